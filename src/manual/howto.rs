//! The loops to write around the library.
//!
//! # Look into a stream
//!
//! [`Parser`](crate::Parser) knows XML and nothing of the protocol:
//!
//! ```
//! use tercet::{Input, Limits, Parser, Unit};
//!
//! let mut parser = Parser::stream(Limits::SERVER);
//! let mut input = Input::new();
//! let mut bodies = Vec::new();
//! let wire = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>\
//!     <message to='juliet@example.com'><body>Wherefore &amp; why?</body></message>";
//! for piece in wire.as_bytes().chunks(7) {
//!     let mut feed = input.with(piece);
//!     while let Some(unit) = parser.next(&mut feed)? {
//!         if let Unit::Stanza(stanza) = unit {
//!             bodies.extend(stanza.root().elements().map(|child| child.text().into_owned()));
//!         }
//!     }
//! }
//! assert_eq!(bodies, ["Wherefore & why?"]);
//! # Ok::<(), tercet::stream::Error>(())
//! ```
//!
//! # Read elements as they come
//!
//! Who wants no tree implements [`Sink`](crate::stanza::Sink) and asks an [`EventReader`](crate::EventReader): it tells
//! of each start tag, text and end as it is read, with names resolved, and keeps none; the stanza's octets stay in the
//! input until it ends. A text whose octets come in pieces is told in pieces, which are put together by their values.
//! What it tells of a stanza counts when the stanza is over; how much of a faulty one it tells depends on how the
//! octets came.
//!
//! ```
//! use tercet::stanza::{Element, Sink, Text};
//! use tercet::{EventReader, Input, Limits};
//!
//! /// Puts together what messages say in their bodies, and not in those of what they forward.
//! #[derive(Default)]
//! struct Said {
//!     depth: usize,
//!     is_in_body: bool,
//!     text: String,
//! }
//!
//! impl Sink for Said {
//!     fn start(&mut self, element: Element<'_>) {
//!         self.depth += 1;
//!         self.is_in_body |= self.depth == 2 && element.is(tercet::ns::name::BODY);
//!     }
//!     fn text(&mut self, piece: Text<'_>) {
//!         if self.is_in_body {
//!             piece.decode_into(&mut self.text);
//!         }
//!     }
//!     fn end(&mut self, _element: Element<'_>) {
//!         self.is_in_body &= self.depth != 2;
//!         self.depth -= 1;
//!     }
//! }
//!
//! let (mut reader, mut input, mut said) = (EventReader::stream(Limits::SERVER), Input::new(), Said::default());
//! let stream = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>\
//!     <message><body>Tybalt &amp; <![CDATA[<Romeo>]]></body></message>";
//! for piece in stream.chunks(7) {
//!     let mut feed = input.with(piece);
//!     while reader.next(&mut feed, &mut said)?.is_some() {}
//! }
//! assert_eq!(said.text, "Tybalt & <Romeo>");
//! # Ok::<(), tercet::stream::Error>(())
//! ```
//!
//! # Send a stanza on, or keep it
//!
//! [`forward`](crate::write::forward) copies a stanza's own bytes around the addresses that change.
//! [`detach_in`](crate::Stanza::detach_in) keeps a stanza, as an [`OwnedStanza`](crate::OwnedStanza) for any thread,
//! without copying what lies in a buffer of yours (of the crate `bytes`). The example `router` does both.
//!
//! ```
//! use bytes::Bytes;
//! use tercet::write::{self, Forward};
//! use tercet::{Input, Limits, Parser, Unit};
//!
//! let piece = Bytes::from_static(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
//!     version='1.0'><message to='juliet@example.com' from='forged'><body>Wherefore?</body></message>");
//! let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
//! let (mut kept, mut out) = (Vec::new(), Vec::new());
//! let mut feed = input.with(&piece);
//! while let Some(unit) = parser.next(&mut feed)? {
//!     if let Unit::Stanza(stanza) = unit {
//!         write::forward(&mut out, &stanza, Forward { from: Some("romeo@example.com/orchard"), ..Forward::default() })?;
//!         kept.push(stanza.detach_in(&piece));
//!     }
//! }
//! let expected = b"<message to='juliet@example.com' from='romeo@example.com/orchard'><body>Wherefore?</body></message>";
//! assert_eq!(out, expected);
//! assert_eq!(kept[0].view().child(tercet::ns::NameId::BODY).unwrap().text(), "Wherefore?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Hold a connection
//!
//! The same four steps whatever the runtime: process, write, wait, read.
//!
//! ```no_run
//! # use tercet::{Client, Event, Input, Output, Time};
//! # use std::io::{Read, Write};
//! # fn start_tls(_: &mut std::net::TcpStream) {}
//! # fn hold(mut client: Client, mut socket: std::net::TcpStream) -> Result<(), Box<dyn std::error::Error>> {
//! let (mut input, mut output) = (Input::new(), Output::new());
//! let start = std::time::Instant::now();
//! while !client.is_over() {
//!     let now = Time::from_millis(start.elapsed().as_millis().try_into()?);
//!     let mut tls = false;
//!     let mut events = client.process(&mut input, &mut output, now);
//!     let ended = loop {
//!         match events.next() {
//!             Ok(Some((Event::StartTls, _))) => tls = true,
//!             Ok(Some((Event::Stanza(stanza), _))) => println!("{stanza:?}"),
//!             Ok(Some(_)) => {}
//!             Ok(None) => break Ok(()),
//!             Err(error) => break Err(error),
//!         }
//!     };
//!     drop(events); // what was read leaves the input
//!     socket.write_all(output.peek())?; // also after an error: the output holds what the peer is told about it
//!     output.consume(output.len());
//!     ended?;
//!     if tls {
//!         start_tls(&mut socket);
//!         client.secured(&mut input, &mut output)?;
//!     } else if !client.wants_process() && !client.is_over() {
//!         // Wait no longer than until `client.deadline()`.
//!         let read = socket.read(input.spare_mut(4096)?)?;
//!         input.commit(read);
//!         if read == 0 {
//!             client.eof()?;
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Three rules:
//!
//! 1. After [`Event::StartTls`](crate::Event::StartTls) send the output in clear, run the handshake, and call
//!    [`secured`](crate::Connection::secured) or [`tls_failed`](crate::Connection::tls_failed). Bytes in clear that
//!    come in between must go to the connection, not to TLS; it will refuse them. Where your TLS exports keys, tell
//!    [`set_binding`](crate::Connection::set_binding) first: the login is then bound to the connection.
//! 2. After [`Event::Closed`](crate::Event::Closed) send the output, then `close_notify`, then close.
//! 3. After an error send the output, which holds the stream error; shut down the writing half; read and drop what
//!    comes for a moment, so that a TCP reset does not destroy the error on its way; close.
//!
//! Complete programs are in `examples/`: `blocking_client.rs` on plain sockets, `echo_bot.rs` on a runtime.
//!
//! # Answer questions
//!
//! A server is asked for keys and for a decision on the resource. Both can be answered in the loop through the
//! [`Reply`](crate::Reply), or later through [`Connection::answer`](crate::Connection::answer) with the token that came
//! with the question; [`wants_process`](crate::Connection::wants_process) then says that there is work without input.
//!
//! # Callbacks instead of a loop
//!
//! [`drive`](crate::drive) runs the same loop and calls a [`Handler`](crate::Handler) for each event and for the
//! output.
//!
//! # Serve many
//!
//! Each connection has its own `Connection`, `Input` and `Output`. One [`Router`](crate::router::Router) holds their
//! sessions: [`attach`](crate::router::Router::attach) at `Event::Bound`, [`handle`](crate::router::Router::handle) for
//! each `Event::Stanza`, [`detach`](crate::router::Router::detach) at the end. Its
//! [`Actions`](crate::router::Actions) say which bytes go to which session
//! ([`Connection::deliver`](crate::Connection::deliver)) and what to store.
//!
//! Most of many connections are silent at a time. One on which nothing has happened for some minutes is told so by
//! [`Connection::shrink`](crate::Connection::shrink), [`Input::shrink`](crate::Input::shrink) and
//! [`Output::shrink`](crate::Output::shrink): it takes some 600 octets then, at most 1,024, until the next stanza
//! comes. What is in use is what their `memory` says.
