//! Coming from another parser, in Rust.
//!
//! With [`Parser`](crate::Parser) a stanza comes when its last octet has come, checked as a whole, as a view of the
//! bytes that came, which costs no allocation. Depth is not counted, text is not glued together, no tree is grown.
//! Nothing has to be switched on: tags, names, namespaces, characters, UTF-8 and what XMPP forbids are always checked,
//! and the bounds are [`Limits`](crate::Limits). For who comes from C, `bindings/c/MIGRATION.md` has the same for
//! expat, libstrophe and jabberd2's sx.
//!
//! # From quick-xml
//!
//! | quick-xml | tercet |
//! |---|---|
//! | `NsReader::from_reader(BufReader::new(io))`, which reads by itself | [`Parser::stream`](crate::Parser::stream); bytes are fed as they come, by [`Input::with`](crate::Input::with) |
//! | `read_event_into(&mut buffer)`, `buffer.clear()` | [`parser.next(&mut feed)`](crate::Parser::next), until it has nothing |
//! | `Event::Start`, `Event::Empty`, `Event::End`, depth counted | [`Unit::Stanza`](crate::Unit::Stanza), whole; or a [`Sink`](crate::stanza::Sink) that is told of each |
//! | `config_mut().enable_all_checks(true)`, which is end tags and comments | always, and all else that is ill-formed |
//! | `resolver().resolve_element(name)`, compared as text | [`element.is(name::BODY)`](crate::stanza::Element::is), [`ns`](crate::stanza::Element::ns), [`local`](crate::stanza::Element::local) |
//! | `tag.attributes()`, each a `Result`, declarations among them | [`element.attr("to")`](crate::stanza::Element::attr), [`attrs`](crate::stanza::Element::attrs), without declarations |
//! | `attribute.normalized_value(version)` | [`Text`](crate::stanza::Text): compares and prints as the value; [`decode`](crate::stanza::Text::decode) borrows it where it reads as written |
//! | `Event::Text`, `Event::CData`, `Event::GeneralRef`, put together | [`element.text()`](crate::stanza::Element::text) |
//! | the same, counted or skimmed, with no need of ends | [`descendants`](crate::stanza::Element::descendants) of an element in a row; [`Text::len`](crate::stanza::Text::len) without decoding |
//! | `Event::Comment`, `PI`, `DocType`, refused by hand | always refused (RFC 6120 section 11.1) |
//! | `Event::Eof` | [`parser.eof(&input)`](crate::Parser::eof) |
//! | `Writer::write_event` | [`write::Writer`](crate::write::Writer); a stanza that came is sent on by [`write::forward`](crate::write::forward) |
//!
//! # From rxml
//!
//! What comes nearest are an [`EventReader`](crate::EventReader) and its sink, which are told of elements as they are
//! read: what comes later in a stanza may still be refused. Or take a [`Parser`](crate::Parser), as above.
//!
//! | rxml | tercet |
//! |---|---|
//! | `parser.parse(&mut bytes, at_eof)` until `NeedMoreData` | [`reader.next(&mut feed, &mut sink)`](crate::EventReader::next) until it has nothing |
//! | `Event::StartElement(_, (ns, name), attributes)` | [`Sink::start`](crate::stanza::Sink::start), given an [`Element`](crate::stanza::Element) |
//! | `Event::Text`, `Event::EndElement` | [`Sink::text`](crate::stanza::Sink::text), [`Sink::end`](crate::stanza::Sink::end) |
//! | `AttrMap` of owned strings, names as owned strings, `Namespace` reference-counted | borrowed from the bytes |
//! | `Ok(None)` | [`reader.eof(&input)`](crate::EventReader::eof) |
//!
//! # From minidom
//!
//! | minidom | tercet |
//! |---|---|
//! | `Element`, owned | a view; [`detach`](crate::Stanza::detach) makes an [`OwnedStanza`](crate::OwnedStanza) for any thread |
//! | `element.is(name, ns)`, `get_child(name, ns)` | [`is_named(ns, local)`](crate::stanza::Element::is_named), [`child_named(ns, local)`](crate::stanza::Element::child_named), or by [`ns::name`](crate::ns::name) |
//! | `element.attr(name)`, `element.attrs()` | [`attr`](crate::stanza::Element::attr), [`attrs`](crate::stanza::Element::attrs) |
//! | `element.children()`, `nodes()` | [`elements`](crate::stanza::Element::elements), [`children`](crate::stanza::Element::children) |
//! | `element.text()` | [`text`](crate::stanza::Element::text) |
//! | `set_attr`, then `write_to` | [`write::forward`](crate::write::forward), which copies what does not change |
//! | `Element::builder` | [`write::Writer`](crate::write::Writer) |
//!
//! # Before and after
//!
//! What looked so with quick-xml, cut down to what every such program has; it shows bodies as they come, also of
//! stanzas that turn out to be cut or ill-formed:
//!
//! ```text
//! let mut reader = NsReader::from_reader(BufReader::new(socket));
//! reader.config_mut().enable_all_checks(true);
//! let (mut buffer, mut depth, mut in_body, mut body) = (Vec::new(), 0, false, String::new());
//! loop {
//!     buffer.clear();
//!     match reader.read_event_into(&mut buffer)? {
//!         Event::Start(tag) => {
//!             depth += 1;
//!             in_body |= depth == 3 && is_body(reader.resolver().resolve_element(tag.name()));
//!         }
//!         Event::Text(text) if in_body => body.push_str(&text.xml10_content()),
//!         Event::CData(text) if in_body => body.push_str(&text.xml10_content()),
//!         Event::GeneralRef(reference) if in_body => body.push_str(&resolve(&reference)?),
//!         Event::End(_) => {
//!             depth -= 1;
//!             if in_body && depth == 2 {
//!                 in_body = false;
//!                 show(&std::mem::take(&mut body));
//!             }
//!         }
//!         Event::Eof => break,
//!         Event::Comment(_) | Event::PI(_) | Event::DocType(_) => return Err(forbidden()),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! looks so here, of stanzas that are whole:
//!
//! ```
//! use tercet::ns::NameId;
//! use tercet::{Input, Limits, Parser, Unit};
//!
//! # fn read(mut socket: impl std::io::Read, mut show: impl FnMut(&str)) -> Result<(), Box<dyn std::error::Error>> {
//! let (mut parser, mut input) = (Parser::stream(Limits::CLIENT), Input::new());
//! let mut buffer = vec![0; 16_384];
//! loop {
//!     let count = socket.read(&mut buffer)?;
//!     if count == 0 {
//!         break parser.eof(&input)?;
//!     }
//!     let mut feed = input.with(&buffer[..count]);
//!     while let Some(unit) = parser.next(&mut feed)? {
//!         if let Unit::Stanza(stanza) = unit
//!             && let Some(body) = stanza.child(NameId::BODY)
//!         {
//!             show(&body.text());
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! # let wire = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>\
//! #     <message><body>Wherefore &amp; <![CDATA[why?]]></body></message></stream:stream>";
//! # let mut shown = Vec::new();
//! # read(wire.as_bytes(), |body| shown.push(body.to_owned()))?;
//! # assert_eq!(shown, ["Wherefore & why?"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
