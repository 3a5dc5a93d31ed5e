//! Streams cut everywhere: what comes out does not depend on where.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Error, EventReader, Fault, Feed, Input, Parser, Unit, UnitKind};
use crate::limits::{Limit, Limits};
use crate::ns::NameId;
use crate::scan;
use crate::stanza::{Element, Kind, Node, Sink, Step};
use crate::token::Fault as Syntax;
use crate::{ns, stanza};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::thread;

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

/// What a parser makes of `pieces`, a line per unit, and the error at the end.
fn trace<'p>(mut parser: Parser, pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<String> {
    let mut input = Input::new();
    let mut lines = Vec::new();
    for piece in pieces {
        let mut feed = input.with(piece);
        loop {
            match parser.next(&mut feed) {
                Ok(Some(unit)) => lines.push(format!("{unit:?}")),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(parser.next(&mut feed).unwrap_err(), error, "an error stays");
                    lines.push(error.to_string());
                    return lines;
                }
            }
        }
    }
    if let Err(truncated) = parser.eof(&input) {
        lines.push(truncated.to_string());
    }
    lines
}

/// Reads `bytes` whole, at every two-way split and octet by octet: always these lines.
fn check_with(make: impl Fn() -> Parser, bytes: impl AsRef<[u8]>, expected: &[&str]) {
    let bytes = bytes.as_ref();
    let shown = String::from_utf8_lossy(bytes);
    assert_eq!(trace(make(), [bytes]), expected, "whole: {shown}");
    for at in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(at);
        assert_eq!(trace(make(), [head, tail]), expected, "cut at {at}: {shown}");
    }
    assert_eq!(trace(make(), bytes.chunks(1)), expected, "octet by octet: {shown}");
}

fn check(body: &str, expected: &[&str]) {
    let header = format!("Header({HEADER})");
    let expected: Vec<&str> = core::iter::once(header.as_str()).chain(expected.iter().copied()).collect();
    check_with(|| Parser::stream(Limits::SERVER), format!("{HEADER}{body}"), &expected);
}

fn check_document(text: impl AsRef<[u8]>, expected: &[&str]) {
    check_with(|| Parser::document(Limits::SERVER), text, expected);
}

/// The error of a document, however it is cut.
fn fault(text: impl AsRef<[u8]>) -> (u64, Fault) {
    fault_within(Limits::SERVER, text)
}

fn fault_within(limits: Limits, text: impl AsRef<[u8]>) -> (u64, Fault) {
    let text = text.as_ref();
    let run = |chunk: usize| {
        let mut parser = Parser::document(limits);
        let mut input = Input::new();
        for piece in text.chunks(chunk) {
            let mut feed = input.with(piece);
            loop {
                match parser.next(&mut feed) {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => return Some((error.at, error.fault)),
                }
            }
        }
        None
    };
    let whole = run(usize::MAX).unwrap_or_else(|| panic!("accepted: {}", String::from_utf8_lossy(text)));
    for chunk in [1, 2, 3, 5, 64] {
        assert_eq!(run(chunk), Some(whole), "chunks of {chunk}: {}", String::from_utf8_lossy(text));
    }
    whole
}

/// Reads one document and shows its root.
fn with_document<T>(limits: Limits, text: &str, show: impl FnOnce(Element<'_>) -> T) -> T {
    let mut parser = Parser::document(limits);
    let mut input = Input::new();
    let mut feed = input.with(text.as_bytes());
    match parser.next(&mut feed) {
        Ok(Some(Unit::Stanza(stanza))) => show(stanza.root()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn x16_units_of_a_stream() {
    let message = "<message to='a@b'><body>hi &amp; bye</body></message>";
    let expected = [&*format!("Stanza({message})"), "Stanza(<presence/>)", "Close"];
    check(&format!("{message} \r\n\t <presence/></stream:stream> \n"), &expected);
}

#[test]
fn x11_white_space_alone_is_nothing() {
    check(" \n ", &[&format!("input ends too early, at byte {}", HEADER.len() + 3)]);
}

#[test]
fn x09_declaration_first_or_never() {
    let declared = format!("<?xml version='1.0'?>{HEADER}</stream:stream>");
    let header = format!("Header({HEADER})");
    check_with(|| Parser::stream(Limits::SERVER), declared, &[&header, "Close"]);
    check_document("<?xml version='1.0' encoding='utf-8'?>\n<a/>\n", &["Stanza(<a/>)"]);
    assert_eq!(fault(" <?xml version='1.0'?><a/>"), (1, Fault::Syntax(Syntax::LateDeclaration)));
    assert_eq!(fault("<a/><?xml version='1.0'?>"), (4, Fault::Syntax(Syntax::LateDeclaration)));
    assert_eq!(fault("<?xml version='1.0' encoding='utf-16'?><a/>"), (30, Fault::Syntax(Syntax::Encoding)));
    assert_eq!(fault("<?xml-style?><a/>"), (0, Fault::Syntax(Syntax::ProcessingInstruction)));
}

#[test]
fn text_between_stanzas_is_told_once() {
    check("ab c<a/>d&#101;]]<b/></stream:stream>", &["Text", "Stanza(<a/>)", "Text", "Stanza(<b/>)", "Close"]);
    check("<![CDATA[ x ]]>y<a/><![CDATA[]]></stream:stream>", &["Text", "Stanza(<a/>)", "Close"]);
}

#[test]
fn text_between_stanzas_is_checked() {
    let at = HEADER.len();
    check("x]]>", &["Text", &format!("']]>' in character data at byte {}", at + 3)]);
    check("x&nbsp;", &["Text", &format!("reference to an entity that is not predefined at byte {}", at + 1)]);
    check("x\u{fffe}", &["Text", &format!("character not allowed in XML at byte {}", at + 1)]);
}

#[test]
fn empty_stream_element_opens_and_closes() {
    check_with(|| Parser::stream(Limits::SERVER), "<s xmlns='x'/>", &["Header(<s xmlns='x'/>)", "Close"]);
}

#[test]
fn smuggled_stream_tags_are_ordinary_inside() {
    let nested = "<message><stream:stream></stream:stream></message>";
    check(&format!("{nested}</stream:stream>"), &[&format!("Stanza({nested})"), "Close"]);
    let at = HEADER.len();
    check("<a></stream:stream>", &[&format!("end tag does not match the start tag at byte {}", at + 3)]);
    check("</stream>", &[&format!("end tag does not match the start tag at byte {at}")]);
}

#[test]
fn nothing_follows_the_root() {
    let outside = Fault::OutsideRoot;
    for (text, at) in [("<a/>x", 4), ("<a/> <b/>", 5), ("x<a/>", 0), ("\u{feff}<a/>", 0), ("<a/></a>", 4)] {
        assert_eq!(fault(text), (at, outside), "{text}");
    }
    assert_eq!(fault("<![CDATA[x"), (0, outside));
    assert_eq!(fault("</a>"), (0, outside));
    assert_eq!(fault(format!("{HEADER}</stream:stream>x")), (HEADER.len() as u64 + 16, outside));
}

#[test]
fn restart_forgets_bindings_and_faults() {
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let mut feed = input.with(b"<s:s xmlns:s='x' xmlns:p='y'><p:a/><");
    for _ in 0..2 {
        assert!(parser.next(&mut feed).unwrap().is_some());
    }
    drop(feed);
    assert!(!parser.is_aligned(&input));
    let mut input = Input::new();
    parser.restart();
    assert!(parser.is_aligned(&input));
    let mut feed = input.with(b"<s:s xmlns:s='x'><p:a/>");
    assert!(matches!(parser.next(&mut feed).unwrap(), Some(Unit::Header(_))));
    let unbound = Fault::Tree(stanza::Fault::Namespace(ns::Error::UnboundPrefix));
    assert_eq!(parser.next(&mut feed).unwrap_err().fault, unbound);
    assert!(parser.next(&mut feed).is_err());
    assert_eq!(feed.unread(), 0, "a dead stream keeps nothing");
    drop(feed);
    parser.restart();
    let mut feed = input.with(b"<s:s xmlns:s='x'>");
    assert!(matches!(parser.next(&mut feed).unwrap(), Some(Unit::Header(_))));
}

/// What a reader tells of the text in a document whose octets come in such pieces.
fn told(pieces: &[&str]) -> Vec<Vec<String>> {
    struct Said(Vec<String>);
    impl Sink for Said {
        fn start(&mut self, _: Element<'_>) {}
        fn text(&mut self, piece: stanza::Text<'_>) {
            assert_eq!(piece.as_plain().is_some(), piece.raw() == piece.decode(), "{piece:?}");
            self.0.push(piece.to_string());
        }
        fn end(&mut self, _: Element<'_>) {}
    }
    let (mut reader, mut input) = (EventReader::document(Limits::SERVER), Input::new());
    let tell = |piece: &&str| {
        let mut said = Said(Vec::new());
        let mut feed = input.with(piece.as_bytes());
        while reader.next(&mut feed, &mut said).unwrap().is_some() {}
        said.0
    };
    pieces.iter().map(tell).collect()
}

#[test]
fn a_reader_tells_of_text_when_it_comes() {
    for (pieces, expected) in [
        (&["<a>some", " text", " more</a>"][..], &[&["some"][..], &[" text"], &[" more"]][..]),
        (&["<a>x", "", "y</", "a>"], &[&["x"], &[], &["y"], &[]]),
        // A reference, a line end and `]]` wait for what follows.
        (&["<a>1 &am", "p; 2 &#6", "5; 3</a>"], &[&["1 "], &["& 2 "], &["A 3"]]),
        (&["<a>1\r", "\n2\r", "3</a>"], &[&["1"], &["\n2"], &["\n3"]]),
        (&["<a>1]", "]", "]", "2]]", "</a>"], &[&["1"], &[], &["]"], &["]]2"], &["]]"]]),
        // Text is told where the tag behind it is cut.
        (&["<a>1 &lt; 2<b c='3", "'>4</b", ">5<", "/a>"], &[&["1 < 2"], &["4"], &["5"], &[]]),
        (&["<a>1<![CDATA[2", "&3]]", ">4</a>"], &[&["12"], &["&3"], &["4"]]),
        (&["<a>1<![CD", "ATA[2]]>3<![CDATA[", "4</a>]]><b/>5</a>"], &[&["1"], &["23"], &["4</a>", "5"]]),
        // In a CDATA section, a line end and `]]` wait, and no reference is one.
        (&["<a><![CDATA[1\r", "\n2\r", "3]", "]]]", ">4</a>"], &[&["1"], &["\n2"], &["\n3"], &["]]"], &["4"]]),
        (&["<a><![CDATA[1&amp", ";2]]", ">&amp;<b/>&#60;</a>"], &[&["1&amp"], &[";2"], &["&", "<"]]),
        (&["<a><![CDATA[", "]]><b/>", "<![CDATA[1", "]]></a>"], &[&[][..], &[], &["1"], &[]]),
        (&["<a><![CDATA[1", "]]><![CDATA[\r2", "3]]></a>"], &[&["1"], &["\n2"], &["3"]]),
        (&["<a>\u{20ac}1 ", "\u{20ac}", "</a>"], &[&["\u{20ac}1 "], &["\u{20ac}"], &[]]),
    ] {
        assert_eq!(told(pieces), expected, "{pieces:?}");
    }
}

#[test]
fn a_stanza_in_one_slice_is_lent_from_it() {
    let stream = format!("{HEADER}<a>1</a><b>2</b><c");
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let mut feed = input.with(stream.as_bytes());
    parser.next(&mut feed).unwrap();
    for at in [HEADER.len(), HEADER.len() + 8] {
        match parser.next(&mut feed).unwrap() {
            Some(Unit::Stanza(stanza)) => assert_eq!(stanza.raw().as_ptr(), stream[at..].as_ptr()),
            other => panic!("{other:?}"),
        }
    }
    assert!(parser.next(&mut feed).unwrap().is_none());
    drop(feed);
    assert_eq!(input.len(), 2);
    assert_eq!(input.offset(), stream.len() as u64 - 2);
}

#[test]
fn what_came_along_of_a_long_slice_is_read_as_all_of_it() {
    let stanzas: Vec<_> =
        (10..60).map(|id| format!("<message id='{id}'><body>{}</body></message>", "\u{e9}".repeat(id))).collect();
    let lines: Vec<_> = stanzas.iter().map(|stanza| format!("Stanza({stanza})")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).chain(["Close"]).collect();
    check(&(stanzas.concat() + "</stream:stream>"), &lines);
}

#[test]
fn what_came_along_is_put_back_unless_nothing_else_is_left() {
    // Whether the third stanza is read in the slice, the first having been cut.
    let is_in_slice = |slice: &str| {
        let mut parser = Parser::stream(Limits::SERVER);
        let mut input = Input::new();
        let mut feed = input.with(HEADER.as_bytes());
        parser.next(&mut feed).unwrap();
        drop(feed);
        assert!(parser.next(&mut input.with(b"<a>")).unwrap().is_none());
        let mut feed = input.with(slice.as_bytes());
        for _ in 0..2 {
            assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Stanza(_)))));
        }
        let Ok(Some(Unit::Stanza(third))) = parser.next(&mut feed) else { panic!() };
        assert_eq!(third.raw(), "<c/>");
        slice.as_bytes().as_ptr_range().contains(&third.raw().as_ptr())
    };
    assert!(!is_in_slice("</a><b/><c/>"));
    assert!(is_in_slice(&format!("</a><b/><c/>{}", "<d>e</d>".repeat(1_000))));
}

#[test]
fn what_a_caller_leaves_is_kept() {
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let mut feed = input.with(HEADER.as_bytes());
    parser.next(&mut feed).unwrap();
    drop(feed);
    let mut feed = input.with("<a/><b>\u{e9}</b>".as_bytes());
    assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Stanza(_)))));
    assert_eq!(feed.unread(), 9);
    assert_eq!(feed.position(), HEADER.len() as u64 + 4);
    drop(feed);
    let mut feed = input.with(b"<c/>");
    for raw in ["Stanza(<b>\u{e9}</b>)", "Stanza(<c/>)"] {
        assert_eq!(format!("{:?}", parser.next(&mut feed).unwrap().unwrap()), raw);
    }
    assert!(parser.next(&mut feed).unwrap().is_none());
}

#[test]
fn x06_faults_and_where() {
    let syntax = |at, fault| (at, Fault::Syntax(fault));
    assert_eq!(fault("<a\u{1}/>"), syntax(2, Syntax::Space));
    assert_eq!(fault("<a>\u{1}"), syntax(3, Syntax::Char));
    assert_eq!(fault("<a b='\u{ffff}"), syntax(6, Syntax::Char));
    assert_eq!(fault("<a b='<"), syntax(6, Syntax::LessThan));
    assert_eq!(fault("<a b=c"), syntax(5, Syntax::Quote));
    assert_eq!(fault("<a b c"), syntax(5, Syntax::Equals));
    assert_eq!(fault("<a b='c'd"), syntax(8, Syntax::Space));
    assert_eq!(fault("<a / >"), syntax(4, Syntax::TagEnd));
    assert_eq!(fault("<a></a b"), syntax(7, Syntax::TagEnd));
    assert_eq!(fault("<a:b:c"), syntax(4, Syntax::Name));
    assert_eq!(fault("<:a"), syntax(1, Syntax::Name));
    assert_eq!(fault("<a: "), syntax(3, Syntax::Name));
    assert_eq!(fault("<-a"), syntax(1, Syntax::Name));
    assert_eq!(fault("<a\u{d7}"), syntax(2, Syntax::Name));
    assert_eq!(fault("<a>]]>"), syntax(5, Syntax::CdataEnd));
    assert_eq!(fault("<a>& "), syntax(4, Syntax::Reference));
    assert_eq!(fault("<a>&amp "), syntax(7, Syntax::Reference));
    assert_eq!(fault("<a>&#x;"), syntax(6, Syntax::Reference));
    assert_eq!(fault("<a>&#0;"), syntax(3, Syntax::CharReference));
    assert_eq!(fault("<a><!x"), syntax(3, Syntax::Markup));
}

#[test]
fn x01_x02_x03_x04_restricted_xml() {
    let cases = [
        ("<a><!-- c", 3, Syntax::Comment),
        ("<!DOCTYPE a", 0, Syntax::Doctype),
        ("<a/><!DOCTYPE", 4, Syntax::Doctype),
        ("<a><?php ", 3, Syntax::ProcessingInstruction),
        ("<a b='&lol;", 6, Syntax::Entity),
        ("<a>&lol;", 3, Syntax::Entity),
    ];
    for (text, at, what) in cases {
        assert_eq!(fault(text), (at, Fault::Syntax(what)), "{text}");
        let error = super::Error { at, fault: Fault::Syntax(what) };
        assert_eq!(error.condition(), super::Condition::RestrictedXml);
    }
}

#[test]
fn x07_namespace_rules() {
    let cases = [
        ("<p:a/>", 1, ns::Error::UnboundPrefix),
        ("<a p:b=''/>", 3, ns::Error::UnboundPrefix),
        ("<xmlns:a/>", 1, ns::Error::UnboundPrefix),
        ("<a xmlns:p=''/>", 3, ns::Error::EmptyNamespace),
        ("<a xmlns:xml='x'/>", 3, ns::Error::Reserved),
        ("<a xmlns:xmlns='x'/>", 3, ns::Error::Reserved),
        ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", 3, ns::Error::Reserved),
        ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", 3, ns::Error::Reserved),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", 3, ns::Error::Reserved),
        ("<a><b xmlns:p='x'/><p:c/></a>", 20, ns::Error::UnboundPrefix),
    ];
    for (text, at, error) in cases {
        assert_eq!(fault(text), (at, Fault::Tree(stanza::Fault::Namespace(error))), "{text}");
    }
    check_document(
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>",
        &["Stanza(<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>)"],
    );
}

#[test]
fn x07_no_attribute_but_xmlns_declares() {
    for name in NameId::TEXTS.iter().filter(|name| **name != "xmlns") {
        for attributes in [
            format!("{name}='urn:x'"),
            format!("id='urn:x' {name}='urn:y'"),
            format!("{name}='urn:x' id='urn:y'"),
            format!("{name}='&amp;' other='urn:y'"),
        ] {
            if attributes.matches("id=").count() > 1 && *name == "id" {
                continue;
            }
            let text = format!("<a xmlns='urn:d'><b {attributes}><c/></b><b {attributes}/></a>");
            with_document(Limits::SERVER, &text, |root| {
                let elements = root.descendants().filter_map(Node::as_element);
                assert!(elements.map(Element::ns).eq(["urn:d"; 4]), "{text}");
            });
        }
    }
    for declaring in ["xmlns='urn:e'", "id='1' never='2' xmlns='urn:e'", "xmlns='urn:e' never='1' file='2'"] {
        with_document(
            Limits::SERVER,
            &format!("<a xmlns='urn:d'><b {declaring}/><c {declaring}><d/></c></a>"),
            |root| {
                let inner = root.elements().flat_map(|element| core::iter::once(element).chain(element.elements()));
                assert!(inner.map(|element| element.ns()).eq(["urn:e"; 3]), "{declaring}");
            },
        );
    }
}

#[test]
fn x07_duplicate_attributes() {
    let many: String = (0..20).map(|at| format!(" a{at}=''")).collect();
    let duplicate = |at| (at, Fault::Tree(stanza::Fault::DuplicateAttribute));
    assert_eq!(fault("<a b='' c='' b=''/>"), duplicate(13));
    assert_eq!(fault("<a xmlns:p='x' xmlns:q='x' p:b='' q:b=''/>"), duplicate(34));
    assert_eq!(fault("<a xmlns:p='&#120;' xmlns:q='x' p:b='' q:b=''/>"), duplicate(39));
    assert_eq!(fault("<a xmlns='x' xmlns='y'/>"), duplicate(13));
    assert_eq!(fault("<a xmlns:p='x' xmlns:p='y'/>"), duplicate(15));
    assert_eq!(fault(format!("<a{many} b='' a3=''/>")), duplicate(many.len() as u64 + 8));
    with_document(Limits::SERVER, "<a xmlns:p='x' xmlns='x' p:b='1' b='2'/>", |root| {
        assert!(root.attr("b").unwrap() == "2");
        assert!(root.attr_ns("x", "b").unwrap() == "1");
        assert_eq!(root.attrs().count(), 2);
    });
}

#[test]
fn x08_bad_utf8_where_the_sequence_begins() {
    for (bytes, at) in [
        (&b"<a>\xff"[..], 3),
        (b"<a>\xc3<", 3),
        (b"<a>\xe2\x82\x28", 3),
        (b"<a>\xed\xa0\x80", 3),
        (b"<a>\xf4\x90\x80\x80", 3),
        (b"<a b='\xc0\xaf", 6),
        (b"\x80", 0),
    ] {
        assert_eq!(fault(bytes), (at, Fault::Utf8), "{bytes:02x?}");
    }
    assert_eq!(fault(b"<a>\x01\xff"), (3, Fault::Syntax(Syntax::Char)), "the first fault counts");
}

#[test]
fn bad_utf8_behind_what_is_checked_at_a_time_is_told_by_the_call_that_brings_it() {
    for bad in [&b"\xff"[..], b"\xe2\x82A"] {
        // Before, at and behind a border of what is checked of a long slice at a time.
        for at in 16_380..16_388 {
            let mut text = b"<a>".to_vec();
            text.resize(at, b'x');
            text.extend(bad);
            let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
            let error = parser.next(&mut input.with(&text)).unwrap_err();
            assert_eq!((error.at, error.fault), (at as u64, Fault::Utf8), "{bad:?} at {at}");
        }
    }
}

#[test]
fn x15_x17_values_as_xml_means_them() {
    let text = "<a b=' x\ty\r\nz&#10;&lt;'>1\r\n2\r3<![CDATA[&amp;]]\r]]>&#x41;<![CDATA[]]><c/><![CDATA[]]></a>";
    for cut in 0..text.len() {
        let mut parser = Parser::document(Limits::SERVER);
        let mut input = Input::new();
        input.push(&text.as_bytes()[..cut]).unwrap();
        assert!(parser.next(&mut input.with(b"")).unwrap().is_none());
        let mut feed = input.with(&text.as_bytes()[cut..]);
        let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() else { panic!("cut at {cut}") };
        assert_eq!(stanza.root().attr("b").unwrap().decode(), " x y z\n<");
        assert_eq!(stanza.root().text(), "1\n2\n3&amp;]]\nA");
        assert_eq!(stanza.root().children().count(), 2, "empty sections are no text");
    }
}

#[test]
fn a_tag_that_is_cut_off_is_judged_as_far_as_it_came() {
    let limits = Limits { namespace_bytes: 20, bindings: 2, attributes: 3, ..Limits::SERVER };
    for (text, expected) in [
        ("<a xmlns:p='urn:q'>\n<b xmlns='http://www.w3.org/1999/xhtml' channel= '&amp;&amp;", Limit::NamespaceBytes),
        ("<a xmlns:p='urn:q' xmlns:q='urn:r'><b xmlns:r='urn:s' c", Limit::Bindings),
        ("<a><b to='1' from='2' id='3' type='4' xml", Limit::Attributes),
    ] {
        assert_eq!(fault_within(limits, text).1, Fault::Limit(expected), "{text}");
    }
    let empty = Fault::Tree(stanza::Fault::Namespace(ns::Error::EmptyNamespace));
    assert_eq!(fault("<a><b xmlns:p='' id='").1, empty);
}

#[test]
fn a_limit_on_names_that_comes_late_holds_for_end_tags() {
    let name = "abcdefghijklmnopqrstuvwxyz";
    for (pieces, limit) in [(usize::MAX, 16), (1, 16), (usize::MAX, 25), (1, 25)] {
        let mut parser = Parser::document(Limits::SERVER);
        let mut input = Input::new();
        let begun = format!("<{name}>x<b>");
        assert!(parser.next(&mut input.with(begun.as_bytes())).unwrap().is_none());
        parser.set_limits(Limits { name_bytes: limit, ..Limits::SERVER });
        let rest = format!("y</b></{name}>");
        let fault =
            rest.as_bytes().chunks(pieces.min(rest.len())).find_map(|piece| parser.next(&mut input.with(piece)).err());
        let at = (begun.len() + "y</b></".len()) as u64 + u64::from(limit);
        assert_eq!(fault.map(|fault| (fault.at, fault.fault)), Some((at, Fault::Limit(Limit::NameBytes))));
    }
}

#[test]
fn what_ends_a_good_name_is_looked_at_before_its_tag_waits() {
    for text in ["<iq\0 ", "<iq\0 to", "<iq& ", "<stream:error\0 ", "<a><iq\0 ", "<iq' "] {
        let mut parser = Parser::stream(Limits::SERVER);
        let mut input = Input::new();
        let mut feed = input.with(HEADER.as_bytes());
        parser.next(&mut feed).unwrap();
        drop(feed);
        let told = parser.next(&mut input.with(text.as_bytes())).is_err();
        assert!(told, "{text:?}");
    }
}

#[test]
fn a_limit_that_comes_lower_than_what_was_read_is_crossed() {
    for rest in ["", "<", "<b c='", "</a"] {
        let mut parser = Parser::stream(Limits::SERVER);
        let mut input = Input::new();
        let mut feed = input.with(HEADER.as_bytes());
        parser.next(&mut feed).unwrap();
        drop(feed);
        assert!(parser.next(&mut input.with(format!("<a><b/>{rest}").as_bytes())).unwrap().is_none());
        parser.set_limits(Limits { stanza_bytes: 2, ..Limits::SERVER });
        let error = parser.next(&mut input.with(b"")).unwrap_err();
        assert_eq!(error.fault, Fault::Limit(Limit::StanzaBytes), "{rest}");
        assert_eq!(error.at, HEADER.len() as u64 + 2, "{rest}");
    }
}

/// Whether what had come of it was read or waits.
#[test]
fn limits_that_change_amid_a_tag_hold_for_its_rest() {
    let name = "abcdefghijklmnopqrstuvwxyz";
    let less = Limits { name_bytes: 16, elements: 1, attributes: 2, ..Limits::SERVER };
    for (begun, rest, at, told) in [
        (format!("<a><{name} to='1"), "' id='2'/></a>", None, ""),
        (format!("<a>x &amp; <{name} to='1' from='2'"), " id='3'/></a>", Some(1), "Attributes"),
        ("<a><b/>x<message to='1' xmlns='urn:a'".into(), "/></a>", None, ""),
        ("<a><b to".into(), "='1' xmlns='urn:a' c='2' d='3'/></a>", Some(19), "Attributes"),
        (format!("<{name} t"), format!("o{name}='1'/>").leak(), Some(15), "NameBytes"),
        (format!("<{name} to='"), "'/>", None, ""),
        (format!("<{name}></{name}"), ">", Some(-10), "NameBytes"),
        ("<a></".into(), "a>", None, ""),
    ] {
        let text = format!("{HEADER}{begun}");
        let limits = [less, Limits { depth: 9, ..less }];
        for piece in [text.len(), 1] {
            let pieces = text.as_bytes().chunks(piece);
            let of_parser = fault_behind(Parser::stream(Limits::SERVER), pieces.clone(), limits, rest);
            let of_reader = fault_behind(EventReader::stream(Limits::SERVER), pieces, limits, rest);
            assert_eq!(of_parser, of_reader, "{begun}|{rest}, in pieces of {piece}");
            let place = of_parser.map(|fault| fault.at as i64 - text.len() as i64);
            assert_eq!(place, at, "{begun}|{rest}, in pieces of {piece}: {of_parser:?}");
            let shown = of_parser.map_or(String::new(), |fault| format!("{:?}", fault.fault));
            assert!(shown.contains(told), "{begun}|{rest}: {shown}");
        }
    }
}

/// Who reads units, whatever else it tells.
trait Reads {
    fn unit(&mut self, feed: &mut Feed<'_>) -> Result<Option<UnitKind>, Error>;
    fn limit(&mut self, limits: Limits);
}

impl Reads for Parser {
    fn unit(&mut self, feed: &mut Feed<'_>) -> Result<Option<UnitKind>, Error> {
        self.advance(feed)
    }

    fn limit(&mut self, limits: Limits) {
        self.set_limits(limits);
    }
}

impl Reads for EventReader {
    fn unit(&mut self, feed: &mut Feed<'_>) -> Result<Option<UnitKind>, Error> {
        self.next(feed, &mut Deaf)
    }

    fn limit(&mut self, limits: Limits) {
        self.set_limits(limits);
    }
}

/// The fault in `rest`, read by the last of the limits, behind pieces that were read without a fault by others.
fn fault_behind<'p>(
    mut reader: impl Reads,
    pieces: impl Iterator<Item = &'p [u8]>,
    limits: [Limits; 2],
    rest: &str,
) -> Option<Error> {
    let mut input = Input::new();
    for piece in pieces {
        let mut feed = input.with(piece);
        while reader.unit(&mut feed).unwrap().is_some() {}
    }
    limits.into_iter().for_each(|limits| reader.limit(limits));
    let mut feed = input.with(rest.as_bytes());
    loop {
        match reader.unit(&mut feed) {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}

/// A sink that listens to nothing.
pub(super) struct Deaf;

impl Sink for Deaf {
    fn start(&mut self, _: Element<'_>) {}
    fn text(&mut self, _: stanza::Text<'_>) {}
    fn end(&mut self, _: Element<'_>) {}
}

/// Callers that break the rules of an input get an answer, if a poor one.
#[test]
fn another_input_or_a_forgotten_feed_ends_in_an_answer() {
    let mut parser = Parser::document(Limits::SERVER);
    let (mut one, mut other) = (Input::new(), Input::new());
    assert!(parser.next(&mut one.with(b"<a b")).unwrap().is_none());
    let _ = parser.next(&mut other.with("<aa\u{e9}\u{e9} b='1'/>".as_bytes()));

    let mut parser = Parser::stream(Limits::SERVER);
    let (mut one, mut other) = (Input::new(), Input::new());
    let stream = format!("{HEADER}<a/><b>");
    let mut feed = one.with(stream.as_bytes());
    assert!(parser.next(&mut feed).unwrap().is_some() && parser.next(&mut feed).unwrap().is_some());
    let _ = parser.next(&mut other.with(format!("<m>{}", "1".repeat(200)).as_bytes()));
    drop(feed);

    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let stream = format!("{HEADER}<a/><b/>");
    let mut feed = input.with(stream.as_bytes());
    assert!(parser.next(&mut feed).unwrap().is_some());
    core::mem::forget(feed);
    for more in [&b""[..], b"<c/>"] {
        let mut feed = input.with(more);
        assert_eq!(feed.lend_whitespace().unwrap_err().fault, Fault::OutOfMemory, "octets are missing");
        for _ in 0..2 {
            assert_eq!(parser.next(&mut feed).unwrap_err().fault, Fault::OutOfMemory, "octets are missing");
        }
    }
}

#[test]
fn what_a_slice_holds_is_told_in_the_call_that_brings_it() {
    let (spaces, junk) = (" ".repeat(3_000), "y".repeat(400));
    let open = "<s xmlns='jabber:client'>";
    for (first, second, units, at) in [
        (
            "<?xml vers".to_owned(),
            format!("ion='1.0'?>{spaces}{open}<a/>"),
            &[UnitKind::Header, UnitKind::Stanza][..],
            None,
        ),
        (format!("{open}<![CDATA["), format!("]]>{spaces}<a/>"), &[UnitKind::Stanza], None),
        (format!("{open}x&am"), format!("p;{spaces}<a/>"), &[UnitKind::Stanza], None),
        ("<?xml vers".to_owned(), format!("ion='1.0'?>\u{1}{junk}"), &[], Some(21)),
        (format!("{open}x&am"), format!("p;\u{1}{junk}"), &[], Some(31)),
    ] {
        // What stands for an octet that is no UTF-8.
        let second: Vec<u8> = second.bytes().map(|octet| if octet == 1 { 0xff } else { octet }).collect();
        let mut parser = Parser::stream(Limits::SERVER);
        let mut input = Input::new();
        let mut feed = input.with(first.as_bytes());
        while parser.next(&mut feed).unwrap().is_some() {}
        drop(feed);
        let (mut feed, mut found) = (input.with(&second), Vec::new());
        let fault = loop {
            match parser.advance(&mut feed) {
                Ok(Some(UnitKind::Text)) => {}
                Ok(Some(unit)) => found.push(unit),
                Ok(None) => break None,
                Err(error) => break Some((error.at, error.fault)),
            }
        };
        assert_eq!((found.as_slice(), fault), (units, at.map(|at| (at, Fault::Utf8))), "{first}");
    }
}

#[test]
fn what_cannot_become_a_cdata_section_is_refused_at_any_character() {
    for begun in ["<![", "<![C", "<![CDATA"] {
        for odd in ["\u{b7}", "\u{85}", "\u{fffd}", "\u{20ac}", "\u{1f600}"] {
            let text = format!("<a>{begun}{odd}DATA[</a>");
            assert_eq!(fault(&text), (3, Fault::Syntax(Syntax::Markup)), "{text}");
        }
    }
}

#[test]
fn what_came_before_limits_were_lowered_was_read_by_the_old_ones() {
    let lowered = Limits { attributes: 1, ..Limits::SERVER };
    for (before, behind, is_read) in [
        ("<m><a b='1' c='2'", "/></m>", true),
        ("<m><a b='1' c='2", "'/></m>", false),
        ("<m><a b='1' c='2' ", "d='3'/></m>", false),
    ] {
        let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
        assert_eq!(parser.advance(&mut input.with(before.as_bytes())), Ok(None));
        parser.set_limits(lowered);
        assert_eq!(parser.advance(&mut input.with(behind.as_bytes())).is_ok(), is_read, "{before}");
    }
}

#[test]
fn a_parser_that_holds_a_part_of_a_tag_does_not_shrink() {
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    let mut feed = input.with(HEADER.as_bytes());
    assert!(parser.next(&mut feed).unwrap().is_some());
    drop(feed);
    assert_eq!(parser.advance(&mut input.with(b"<message to='a'")), Ok(None));
    parser.set_limits(Limits { name_bytes: 4, ..Limits::SERVER });
    parser.shrink();
    assert_eq!(parser.advance(&mut input.with(b"/>")), Ok(Some(UnitKind::Stanza)), "the name came before the limit");
}

#[test]
fn a_reader_keeps_no_elements_that_have_ended() {
    let (mut reader, mut input) = (EventReader::document(Limits::NONE), Input::new());
    let text = format!("<a>{}", "<b c='d'/>".repeat(20_000));
    assert_eq!(reader.next(&mut input.with(text.as_bytes()), &mut Deaf), Ok(None));
    assert!(reader.memory() < 10_000, "{} octets", reader.memory());
}

#[test]
fn room_lent_before_a_feed_is_none_behind_it() {
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    input.push(format!("{HEADER}<m>").as_bytes()).unwrap();
    while parser.next(&mut (&mut input).into()).unwrap().is_some() {}
    let held = input.len();
    input.spare_mut(4).unwrap()[..4].copy_from_slice(b"<a/>");
    assert_eq!(parser.advance(&mut (&mut input).into()), Ok(None));
    input.commit(4);
    assert_eq!(input.len(), held, "the parser has worked on the input since");
    input.spare_mut(4).unwrap()[..4].copy_from_slice(b"</m>");
    input.commit(4);
    assert_eq!(parser.advance(&mut (&mut input).into()), Ok(Some(UnitKind::Stanza)));
}

#[test]
fn however_much_white_space_follows_a_restart() {
    for spaces in [0, 1, 16_383, 16_384, 16_385, 40_000] {
        let next = format!("{}<?xml version='1.0'?>{HEADER}", " ".repeat(spaces));
        for piece in [next.len(), 1_460, 16_384] {
            let mut parser = Parser::stream(Limits::SERVER);
            let mut input = Input::new();
            assert!(parser.next(&mut input.with(HEADER.as_bytes())).unwrap().is_some());
            parser.restart();
            let header = next.as_bytes().chunks(piece).find_map(|piece| {
                parser.next(&mut input.with(piece)).unwrap().map(|unit| matches!(unit, Unit::Header(_)))
            });
            assert_eq!(header, Some(true), "{spaces} spaces in pieces of {piece}");
        }
    }
}

#[test]
fn views_of_a_stanza() {
    let stanza = "<iq to='a@b' from = \"c&amp;d\" id='1' type='get' xml:lang='en' xmlns:x='urn:x'>\
                  <query xmlns='jabber:iq:roster'><item jid='e'/> <x:y z='1'>t</x:y></query></iq>";
    let stream = format!("{HEADER}{stanza}");
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let mut feed = input.with(stream.as_bytes());
    parser.next(&mut feed).unwrap();
    let Some(Unit::Stanza(iq)) = parser.next(&mut feed).unwrap() else { panic!() };
    assert_eq!(iq.kind(), Kind::Iq);
    assert_eq!(iq.raw(), stanza);
    assert!(iq.to().unwrap() == "a@b" && iq.from().unwrap() == "c&d" && iq.id().unwrap() == "1");
    assert!(iq.ty().unwrap() == "get" && iq.lang().unwrap() == "en");
    let from = iq.attr_range("from").unwrap();
    assert_eq!((&stanza[from.whole], &stanza[from.value]), (" from = \"c&amp;d\"", "c&amp;d"));
    let query = iq.root().child(ns::name::ROSTER).unwrap();
    assert!(iq.root().child(ns::name::PING).is_none());
    assert_eq!(query.elements().count(), 2);
    assert_eq!(query.inner_raw(), "<item jid='e'/> <x:y z='1'>t</x:y>");
    assert_eq!(query.start_tag_raw(), "<query xmlns='jabber:iq:roster'>");
    let y = query.child_named("urn:x", "y").unwrap();
    assert_eq!((y.prefix(), y.local(), y.ns(), y.qname()), (Some("x"), "y", "urn:x", "x:y"));
    assert_eq!(y.name().ns, ns::NsId::OTHER);
    assert!(!y.is(y.name()), "unknown names never match as integers");
    let declared: Vec<_> = iq.root().declarations().map(|(prefix, ns)| (prefix, ns.raw())).collect();
    assert_eq!(declared, [("x", "urn:x")]);
    assert_eq!(iq.outer_bindings().collect::<Vec<_>>(), [("", "jabber:client")]);
}

/// What is said of units, memory being given back between the pieces or not.
fn said(pieces: &[&str], shrinks: bool) -> (Vec<String>, usize) {
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    let (mut lines, mut least) = (Vec::new(), usize::MAX);
    for piece in pieces {
        let mut feed = input.with(piece.as_bytes());
        while let Some(unit) = parser.next(&mut feed).unwrap() {
            lines.push(format!("{unit:?}"));
            if let Unit::Stanza(stanza) = unit {
                lines.push(format!("{:?}", stanza.outer_bindings().collect::<Vec<_>>()));
                let names = stanza.root().walk().map(|step| match step {
                    Step::Enter(element) => format!("{{{}}}{}", element.ns(), element.local()),
                    _ => String::new(),
                });
                lines.push(names.collect());
            }
        }
        drop(feed);
        if shrinks {
            parser.shrink();
            input.shrink();
        }
        least = least.min(parser.memory() + input.memory());
    }
    lines.extend(parser.eof(&input).err().map(|truncated| truncated.to_string()));
    (lines, least)
}

#[test]
fn a_stream_goes_on_when_memory_was_given_back() {
    let header = "<s:s xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' xmlns:p='urn:p&amp;q' \
                  xmlns:q='urn:q' xmlns:xml='http://www.w3.org/XML/1998/namespace' xmlns:r='urn:q' version='1.0'>";
    let pieces = [
        header,
        "<message><p:a/><p:b q:c=''/><r:d xml:lang='en'/></message>",
        " ",
        "\n<p:a xmlns:p='other'><q:b xmlns:q='urn:p&amp;q'/></p:a><s:error xmlns:q='x'/><presence/",
        ">",
        "  <iq",
        " id='1'/> ",
        "<a/>text",
        "and more",
        "<!",
        "[CDATA[]]>",
        "<![CDATA[even]]>",
        "<![CDATA[more]]>",
        "<b/>",
        "\t",
        "</s:s>",
    ];
    let (lines, much) = said(&pieces, false);
    let (same, little) = said(&pieces, true);
    assert_eq!(same, lines);
    assert!(lines.last().unwrap().contains("Close"), "{lines:?}");
    assert!(little < 350 && much > 2_000, "{little} {much}");
}

#[test]
fn white_space_wakes_no_parser() {
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    let mut feed = input.with(HEADER.as_bytes());
    assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Header(_)))));
    drop(feed);
    parser.shrink();
    input.shrink();
    let (little, offset) = (parser.memory() + input.memory(), input.offset());
    for _ in 0..3 {
        input.push(b"\r\n").unwrap();
        assert!(parser.next(&mut (&mut input).into()).unwrap().is_none());
        assert!(parser.next(&mut input.with(b" \t")).unwrap().is_none());
        assert_eq!(parser.memory() + input.memory(), little);
    }
    assert_eq!(input.offset(), offset + 12);
    assert!(parser.is_aligned(&input));
    let error = parser.next(&mut input.with(b" \xff")).unwrap_err();
    assert_eq!((error.at, error.fault), (offset + 13, Fault::Utf8));
}

#[test]
fn what_is_in_progress_is_not_given_back() {
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    parser.shrink();
    for (piece, count) in [(HEADER, 1), ("<a>", 0), ("<b", 0), ("/>x</a", 0), ("><c/><d", 2), ("/></stream:stream>", 2)]
    {
        let mut feed = input.with(piece.as_bytes());
        let mut units = 0;
        while parser.next(&mut feed).unwrap().is_some() {
            units += 1;
        }
        assert_eq!(units, count, "{piece}");
        drop(feed);
        parser.shrink();
        input.shrink();
    }
    assert!(parser.eof(&input).is_ok());
}

/// However far the stream had come, and whatever was fed since.
#[test]
fn the_end_of_input_behind_a_fault_tells_the_fault() {
    for (body, into, why) in [
        ("<!-- x -->", 0, "comment, which XMPP does not allow"),
        ("</stream:stream>x", 16, "only white space may stand outside the root element"),
    ] {
        let said = format!("input was refused before its end: {why} at byte {}", HEADER.len() + into);
        let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
        input.push(HEADER.as_bytes()).unwrap();
        input.push(body.as_bytes()).unwrap();
        let fault = loop {
            match parser.next(&mut (&mut input).into()) {
                Ok(unit) => assert!(unit.is_some(), "{body}"),
                Err(fault) => break fault,
            }
        };
        for more in ["", "</stream:stream>", ""] {
            input.push(more.as_bytes()).unwrap();
            let truncated = parser.eof(&input).unwrap_err();
            assert_eq!((truncated.fault, truncated.to_string()), (Some(fault), said.clone()));
            assert_eq!(parser.next(&mut (&mut input).into()).unwrap_err(), fault, "and throws away what was fed");
        }
        parser.restart();
        assert_eq!(parser.eof(&input).unwrap_err().fault, None, "nothing of the old stream is left");
    }
}

#[test]
fn what_was_lent_is_read_when_memory_is_given_back() {
    for (stream, count) in [(format!("{HEADER}<a/><b"), 2), ("<stream xmlns='urn:s'/>".to_string(), 1)] {
        let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
        let mut feed = input.with(stream.as_bytes());
        for _ in 0..count {
            assert!(parser.next(&mut feed).unwrap().is_some());
        }
        drop(feed);
        parser.shrink();
        let feed = (&mut input).into();
        assert!(parser.stanza(&feed).is_none() && parser.header(&feed).is_none(), "{stream}");
    }
}

#[test]
fn x13_bindings_that_a_stanza_leans_on() {
    let stream = "<s:s xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' xmlns:p='urn:p' xmlns:q='urn:q'>\
                  <message><p:a/><p:b q:c=''/></message><p:a xmlns:p='other'/><s:error xmlns:q='x'/>";
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let mut feed = input.with(stream.as_bytes());
    parser.next(&mut feed).unwrap();
    let mut leaned = Vec::new();
    while let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() {
        let kept = stanza.detach();
        let stanza = kept.view();
        let bindings = stanza.outer_bindings().map(|(prefix, ns)| format!("{prefix}={ns}"));
        leaned.push(bindings.collect::<Vec<_>>().join(" "));
    }
    assert_eq!(leaned, ["=jabber:client p=urn:p q=urn:q", "", "s=http://etherx.jabber.org/streams"]);
}

/// Bindings that the first stanza behind `header` leans on.
fn leaned(header: &str, stanza: &str) -> String {
    let stream = format!("{header}{stanza}");
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    let mut feed = input.with(stream.as_bytes());
    parser.next(&mut feed).unwrap();
    let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() else { panic!("{stream}") };
    stanza.outer_bindings().map(|(prefix, ns)| format!("{prefix}={ns}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_binding_that_was_hidden_is_the_headers_again() {
    let header = "<s xmlns:p='urn:o'>";
    for hides in ["<a xmlns:p='urn:i'/>", "<a xmlns:p='urn:i'></a>", "<a xmlns:p='urn:i'><p:c/></a>"] {
        assert_eq!(leaned(header, &format!("<message>{hides}<p:b/></message>")), "p=urn:o", "{hides}");
        assert_eq!(leaned(header, &format!("<message>{hides}<b/></message>")), "", "{hides}");
    }
    let header = "<s xmlns='urn:o'>";
    for hides in ["<a xmlns='urn:i'/>", "<a xmlns='urn:i'></a>", "<a xmlns='urn:i'><c/></a>"] {
        let within = format!("<message xmlns='urn:m'>{hides}<b/></message>");
        assert_eq!((leaned(header, &within), leaned(header, hides)), (String::new(), String::new()), "{hides}");
        assert_eq!(leaned(header, &format!("<message>{hides}</message>")), "=urn:o", "{hides}");
    }
    // No namespace is one that a header may declare.
    assert_eq!(leaned("<s xmlns=''>", "<message/>"), "=");
    assert_eq!(leaned("<s>", "<message/>"), "");
}

#[test]
fn an_element_takes_all_that_it_declared_along() {
    for text in [
        "<m><a xmlns='urn:1' xmlns:p='urn:2'></a><p:b/></m>",
        "<m><a xmlns:p='urn:2' xmlns='urn:1'></a><p:b/></m>",
        "<m><a xmlns:p='urn:1' xmlns:q='urn:2'><c xmlns='urn:3'/></a><p:b/></m>",
        "<m><a xmlns:p='urn:1' xmlns:q='urn:2'><c xmlns='urn:3'></c></a><q:b/></m>",
    ] {
        let at = text.rfind(":b").unwrap() - 1;
        let unbound = Fault::Tree(stanza::Fault::Namespace(ns::Error::UnboundPrefix));
        assert_eq!(fault(text), (at as u64, unbound), "{text}");
    }
}

#[test]
fn heads_are_attributes_without_prefix_but_for_the_language() {
    for (attributes, to, lang) in [
        ("to='a' xml:lang='en'", Some("a"), Some("en")),
        ("to='a' xmlns:to='urn:t'", Some("a"), None),
        ("xmlns:to='urn:t' to:to='b'", None, None),
        ("xmlns:to='urn:t' to:to='b' to='a'", Some("a"), None),
        ("xmlns:lang='urn:l'", None, None),
        ("lang='de'", None, None),
        ("lang='de' xml:lang='en'", None, Some("en")),
        ("xml:to='a' xmlns='urn:x'", None, None),
        ("xmlns:p='urn:p' p:lang='de'", None, None),
    ] {
        for tag in [format!("<message {attributes}/>"), format!("<message {attributes}></message>")] {
            let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
            let mut feed = input.with(tag.as_bytes());
            let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() else { panic!("{tag}") };
            let heads = [stanza.to(), stanza.lang()].map(|text| text.map(|text| text.raw()));
            assert_eq!(heads, [to, lang], "{tag}");
        }
    }
}

#[test]
fn l05_limits_at_and_over() {
    let limits = Limits::SERVER;
    let over = |limits: Limits, text: &str, at: usize, limit: Limit| {
        let (found_at, fault) = fault_within(limits, text);
        let error = super::Error { at: found_at, fault };
        assert_eq!((found_at, error.limit()), (at as u64, Some(limit)), "{text}");
        assert_eq!(error.condition(), super::Condition::PolicyViolation);
    };
    let good = |limits: Limits, text: &str| with_document(limits, text, |_| ());

    let text = "<a>\u{e9}\u{20ac}</a>";
    good(Limits { stanza_bytes: text.len() as u32, ..limits }, text);
    for bytes in 0..text.len() {
        over(Limits { stanza_bytes: bytes as u32, ..limits }, text, bytes, Limit::StanzaBytes);
    }
    good(Limits { elements: 3, ..limits }, "<a><b/><b/></a>");
    over(Limits { elements: 2, ..limits }, "<a><b/><b/></a>", 7, Limit::Elements);
    good(Limits { depth: 2, ..limits }, "<a><b/><b/></a>");
    over(Limits { depth: 1, ..limits }, "<a><b/></a>", 3, Limit::Depth);
    good(Limits { attributes: 2, ..limits }, "<a b='' xmlns='x'/>");
    over(Limits { attributes: 1, ..limits }, "<a b='' xmlns='x'/>", 8, Limit::Attributes);
    good(Limits { declarations: 1, ..limits }, "<a xmlns='x' b=''/>");
    over(Limits { declarations: 1, ..limits }, "<a xmlns='x' xmlns:p='y'/>", 13, Limit::Declarations);
    good(Limits { bindings: 2, ..limits }, "<a xmlns='x'><b xmlns='y'/><b xmlns='y'/></a>");
    over(Limits { bindings: 1, ..limits }, "<a xmlns='x'><b xmlns='y'/></a>", 16, Limit::Bindings);
    good(Limits { name_bytes: 5, ..limits }, "<abcde/>");
    over(Limits { name_bytes: 4, ..limits }, "<ab:cd/>", 5, Limit::NameBytes);
    over(Limits { name_bytes: 4, ..limits }, "<a abc\u{e9}='' />", 7, Limit::NameBytes);
    good(Limits { namespace_bytes: 3, ..limits }, "<a xmlns='urn'/>");
    over(Limits { namespace_bytes: 3, ..limits }, "<a xmlns='urn:'/>", 13, Limit::NamespaceBytes);
}

/// Whether or not a tag is read by what counts its attributes.
#[test]
fn l05_every_limit_on_attributes_is_crossed_by_one_more() {
    for limit in 0..=9 {
        let limits = Limits { attributes: limit, ..Limits::SERVER };
        for count in 0..=10 {
            let attributes = (0..count).fold(String::new(), |tag, number| format!("{tag} a{number}='{number}'"));
            let text = format!("<m><a{attributes}/><b>{}</b></m>", " ".repeat(20));
            let mut input = Input::new();
            let found = Parser::document(limits).advance(&mut input.with(text.as_bytes()));
            let at = "<m><a".len() + " a0='0'".len() * limit as usize + 1;
            let crossed = Error { at: at as u64, fault: Fault::Limit(Limit::Attributes) };
            let expected = if count > limit { Err(crossed) } else { Ok(Some(UnitKind::Stanza)) };
            assert_eq!(found, expected, "{text} with {limit}");
        }
    }
}

#[test]
fn limits_count_from_the_stanza_not_from_the_space_before_it() {
    let limits = Limits { stanza_bytes: HEADER.len() as u32, ..Limits::SERVER };
    let stanza = format!("<a>{}</a>", "x".repeat(HEADER.len() - 7));
    let body = format!("{HEADER}{}{stanza}{}{stanza}</stream:stream>", " ".repeat(500), "text".repeat(200));
    let header = format!("Header({HEADER})");
    let shown = format!("Stanza({stanza})");
    let expected = [&*header, &*shown, "Text", &*shown, "Close"];
    check_with(|| Parser::stream(limits), body, &expected);
}

/// Octets looked at per octet fed, one by one.
fn scanned_per_octet(text: &str) -> usize {
    let mut parser = Parser::document(Limits::NONE);
    let mut input = Input::new();
    let before = scan::scanned();
    for octet in text.as_bytes().chunks(1) {
        let mut feed = input.with(octet);
        while parser.next(&mut feed).unwrap().is_some() {}
    }
    assert!(parser.eof(&input).is_ok());
    (scan::scanned() - before).div_ceil(text.len())
}

#[test]
fn work_is_linear_octet_by_octet() {
    let long = 20_000;
    for text in [
        format!("<a>{}</a>", "x".repeat(long)),
        format!("<a b='{}'/>", "x".repeat(long)),
        format!("<{}/>", "x".repeat(long)),
        format!("<a {}='' />", "x".repeat(long)),
        format!("<a{}/>", " ".repeat(long)),
        format!("{}<a/>", " ".repeat(long)),
        format!("<a><![CDATA[{}]]></a>", "]".repeat(long)),
        format!("<a>{}</a>", "&amp;".repeat(long / 5)),
        format!("<a>&#{}65;</a>", "0".repeat(long)),
        format!("<a>{}</a>", "\u{20ac}".repeat(long / 3)),
        format!("<a>{}</a>", "<b/>".repeat(long / 4)),
    ] {
        let factor = scanned_per_octet(&text);
        assert!(factor <= 4, "{factor} octets scanned per octet of {:.40}", text);
    }
}

#[test]
fn a_million_levels_on_a_small_stack() {
    let work = || {
        let depth = 1_000_000;
        let text = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        with_document(Limits::NONE, &text, |root| {
            let (mut entered, mut left) = (0, 0);
            for step in root.walk() {
                match step {
                    Step::Enter(_) => entered += 1,
                    Step::Leave(_) => left += 1,
                    Step::Text(_) => {}
                }
            }
            assert_eq!((entered, left), (depth, depth));
            assert_eq!(format!("{root:?}").len(), text.len());
            assert_eq!(root.children().filter_map(Node::as_element).count(), 1);
            assert_eq!(root.inner_raw().len(), text.len() - 7);
        });
    };
    thread::Builder::new().stack_size(128 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn a_hundred_thousand_of_a_kind() {
    let attributes: String = (0..100_000).map(|at| format!(" a{at}=''")).collect();
    let declarations: String = (0..100_000).map(|at| format!(" xmlns:p{at}='urn:{at}'")).collect();
    let prefixed: String = (0..10_000).map(|at| format!(" p{at}:x=''")).collect();
    let nested: String = (0..100_000).map(|at| format!("<a xmlns:p{at}='urn:{at}'>")).collect();
    let began = std::time::Instant::now();
    with_document(Limits::NONE, &format!("<a{attributes}/>"), |root| assert_eq!(root.attrs().count(), 100_000));
    with_document(Limits::NONE, &format!("<a{declarations}{prefixed}/>"), |root| {
        assert_eq!(root.declarations().count(), 100_000);
        assert_eq!(root.attrs().last().unwrap().ns(), "urn:9999");
    });
    let mixed: String = (0..100_000).map(|at| format!(" xmlns:p{at}='urn:{at}' a{at}=''")).collect();
    with_document(Limits::NONE, &format!("<a{mixed}/>"), |root| {
        assert_eq!((root.declarations().count(), root.attrs().len()), (100_000, 100_000));
    });
    with_document(Limits::NONE, &format!("{nested}{}", "</a>".repeat(100_000)), |root| {
        assert_eq!(root.walk().count(), 200_000);
    });
    // Quadratic work would take minutes.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

/// Declarations and attributes, each in their order, wherever they stand in the tag: where the loop reads it, where it
/// does not, and as it comes octet by octet.
#[test]
fn declarations_among_attributes() {
    /// What an element has: declared, attributes, its start tag and what stands behind that.
    type Told = (Vec<String>, Vec<String>, String, String);
    fn told(element: Element<'_>) -> Told {
        let attrs = element.attrs();
        let declarations = element.declarations();
        assert_eq!((attrs.len(), declarations.len()), (attrs.clone().count(), declarations.clone().count()));
        let attrs = attrs.map(|attr| format!("{attr:?}")).collect();
        let declared = declarations.map(|(prefix, ns)| format!("{prefix}={}", ns.raw())).collect();
        (declared, attrs, element.start_tag_raw().to_owned(), element.inner_raw().to_owned())
    }
    let known = ["xmlns='jabber:client'", "to='1'", "id='2'", "from='3'"];
    let any = ["xmlns:p='urn:p'", "to='1>'", "xmlns='urn:e>'", "p:q='3'"];
    let is_declaration = |attr: &&&str| attr.starts_with("xmlns");
    let declared = |attr: &&&str| match attr.split_once("='").unwrap() {
        ("xmlns", ns) => format!("={}", ns.trim_end_matches('\'')),
        (prefix, ns) => format!("{}={}", prefix.trim_start_matches("xmlns:"), ns.trim_end_matches('\'')),
    };
    for all in [known, any] {
        // Every order of the four: the digits of a number tell which of those left comes next.
        for order in 0..24 {
            let mut left: Vec<&str> = all.to_vec();
            let tag: Vec<&str> = [order / 6, order / 2 % 3, order % 2, 0].map(|at| left.remove(at)).to_vec();
            let start = format!("<b {}>", tag.join(" "));
            let expected = (
                tag.iter().filter(is_declaration).map(|attr| declared(&attr)).collect::<Vec<_>>(),
                tag.iter().filter(|attr| !is_declaration(attr)).map(ToString::to_string).collect::<Vec<_>>(),
                start.clone(),
                "x".to_owned(),
            );
            let text = format!("<a to='0' xmlns:o='urn:o'>{start}x</b>{start}x</b></a>");
            let check = |root: Element<'_>| {
                let outer = (vec!["o=urn:o".to_owned()], vec!["to='0'".to_owned()]);
                let (declared, attrs, ..) = told(root);
                assert_eq!((declared, attrs), outer, "{text}");
                assert!(root.elements().map(told).eq([expected.clone(), expected.clone()]), "{text}");
            };
            with_document(Limits::SERVER, &text, check);
            let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
            for octet in text.as_bytes() {
                let mut feed = input.with(core::slice::from_ref(octet));
                if let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() {
                    check(stanza.root());
                }
            }
        }
    }
}

#[test]
fn very_many_attributes_are_told_from_the_next_elements_declarations() {
    for count in [65_534, 65_535, 65_536] {
        let attributes: String = (0..count).map(|at| format!(" a{at}=''")).collect();
        let text = format!("<a{attributes}><b xmlns:p='urn:p' xmlns:q='urn:q' c=''/></a>");
        with_document(Limits::NONE, &text, |root| {
            let b = root.elements().next().unwrap();
            assert_eq!((root.attrs().len(), root.declarations().count()), (count, 0));
            assert_eq!((b.attrs().len(), b.declarations().count()), (1, 2));
        });
    }
}

#[test]
fn an_element_that_ends_has_no_attributes_but_its_octets() {
    struct Ended(Vec<[String; 2]>);

    impl Sink for Ended {
        fn start(&mut self, _: Element<'_>) {}
        fn text(&mut self, _: crate::stanza::Text<'_>) {}
        fn end(&mut self, element: Element<'_>) {
            assert_eq!((element.attrs().len(), element.declarations().len()), (0, 0), "{}", element.local());
            self.0.push([element.start_tag_raw(), element.inner_raw()].map(str::to_owned));
        }
    }

    let text = "<a b='1>' xmlns:p='u'><c d='2' xmlns='urn:e>' f=\"'>\"><g h='4'/></c><i xmlns='v>' /></a>";
    for step in [1, 7, text.len()] {
        let (mut reader, mut input) = (EventReader::document(Limits::SERVER), Input::new());
        let mut ended = Ended(Vec::new());
        for piece in text.as_bytes().chunks(step) {
            let mut feed = input.with(piece);
            while reader.next(&mut feed, &mut ended).unwrap().is_some() {}
        }
        let inner = "<c d='2' xmlns='urn:e>' f=\"'>\"><g h='4'/></c><i xmlns='v>' />";
        let expected = [
            ["<g h='4'/>", ""],
            ["<c d='2' xmlns='urn:e>' f=\"'>\">", "<g h='4'/>"],
            ["<i xmlns='v>' />", ""],
            ["<a b='1>' xmlns:p='u'>", inner],
        ];
        assert_eq!(ended.0, expected);
    }
}

#[test]
fn an_idle_parser_holds_little() {
    let mut parser = Parser::stream(Limits::NONE);
    let mut input = Input::new();
    let large = format!("{HEADER}<a>{}</a>", "<b c='d'>x</b>".repeat(10_000));
    let mut feed = input.with(large.as_bytes());
    while parser.next(&mut feed).unwrap().is_some() {}
    drop(feed);
    assert!(input.is_empty());
    assert!(parser.is_aligned(&input));
    let kept = crate::stanza::Tape::KEPT;
    let (nodes, attrs) = parser.tape_capacity();
    assert!(nodes <= kept && attrs <= kept, "{nodes} {attrs}");
}

/// At its end an iterator stays there, as it says of itself, and no more comes than it said.
#[test]
fn iterators_end_once() {
    fn drained(iterator: &mut (impl Iterator + Clone)) -> usize {
        let (least, most) = iterator.size_hint();
        let count = iterator.by_ref().count();
        assert!(least <= count && most.is_none_or(|most| count <= most));
        assert!((0..3).all(|_| iterator.next().is_none()));
        count
    }
    let raw = "<message xmlns:p='urn:p' p:a='1' to='x'>a<b/>c<p:d><e/></p:d></message>";
    let mut input = Input::new();
    let text = format!("{HEADER}{raw}");
    let mut feed = input.with(text.as_bytes());
    let mut parser = Parser::stream(Limits::NONE);
    assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Header(_)))));
    let Ok(Some(Unit::Stanza(stanza))) = parser.next(&mut feed) else { panic!("no stanza") };
    let root = stanza.root();
    assert_eq!(drained(&mut root.attrs()), 2);
    assert_eq!(drained(&mut root.declarations()), 1);
    assert_eq!(drained(&mut root.children()), 4);
    assert_eq!(drained(&mut root.elements()), 2);
    assert_eq!(drained(&mut root.walk()), 10);
    assert_eq!(drained(&mut root.descendants()), 6);
    assert_eq!((stanza.to_string(), root.to_string()), (raw.to_owned(), raw.to_owned()));
}

/// Places of structure are counted by many sizes on the way: none of them may be too small for one token.
#[test]
fn a_token_of_many_references_is_read_once() {
    for count in (0..20).chain(120..135).chain(240..275).chain([1_000, 2_000, 3_000]) {
        let references = "&lt;".repeat(count);
        for (element, attribute) in [("body", "id"), ("zzq", "yyq"), ("body", "yyq"), ("zzq", "id")] {
            for (tag, text) in [("/>".into(), 0), (format!(">{references}</{element}>"), count)] {
                let stanza = format!("<message><{element} {attribute}='{references}'{tag}<body/></message>");
                let mut input = Input::new();
                let mut parser = Parser::stream(Limits::SERVER);
                for piece in [HEADER, &stanza[..stanza.len() / 2], &stanza[stanza.len() / 2..]] {
                    let mut feed = input.with(piece.as_bytes());
                    while let Some(unit) = parser.next(&mut feed).unwrap() {
                        let Unit::Stanza(stanza) = unit else { continue };
                        let mut elements = stanza.root().elements();
                        let (first, second) = (elements.next().unwrap(), elements.next().unwrap());
                        assert_eq!((first.local(), second.local(), elements.next().is_none()), (element, "body", true));
                        assert!(first.attr(attribute).unwrap() == *"<".repeat(count), "{count}");
                        assert_eq!((first.text().len(), first.elements().count()), (text, 0), "{count}");
                    }
                }
            }
        }
    }
}

/// What most stanzas are read by asks for some octets behind each tag: short texts alone would not come to it.
#[test]
fn what_is_read_at_once_is_held_to_every_rule() {
    let tight = |change: fn(&mut Limits)| {
        let mut limits = Limits::SERVER;
        change(&mut limits);
        limits
    };
    let header = HEADER.replace('>', " xmlns:p='urn:p' xmlns:stanza='urn:s'>");
    let more_than_sixty = "urn:of-more-than-sixty-octets:0123456789:0123456789:0123456789'/>";
    let refused: [(Limits, &str, &str); 40] = [
        (Limits::SERVER, "<message id='1' ", "id='2'>"),
        (Limits::SERVER, "<message xmlns='urn:xmpp:sid:0' ", "xmlns='urn:xmpp:sid:0'/>"),
        (Limits::SERVER, "<message uu='1' to='' ", "uu='2'>"),
        (Limits::SERVER, "<message id='&lt;' ", "id='&lt;'/>"),
        (Limits::SERVER, "<message ", "xmlns='http://www.w3.org/2000/xmlns/'>"),
        (tight(|limits| limits.bindings = 5), "<message xmlns='jabber:client'><x ", "xmlns='urn:xmpp:sid:0'/>"),
        (tight(|limits| limits.elements = 2), "<message><body/>", "<body/>"),
        (tight(|limits| limits.depth = 1), "<message>", "<body/>"),
        (tight(|limits| limits.attributes = 4), "<message id='1' to='2' from='3' type='4' ", "name='5'>"),
        (tight(|limits| limits.name_bytes = 17), "<p:message><p:a></p:a><p:affiliations/><", "p:affiliation-more/>"),
        (tight(|limits| limits.name_bytes = 17), "<stanza:iq><stanza:x/><", "stanza:affiliations/>"),
        (tight(|limits| limits.name_bytes = 17), "<message><", "abcdefghijklmnopqr/>"),
        (tight(|limits| limits.namespace_bytes = 33), "<message xmlns='", "http://jabber.org/protocol/chatstates'/>"),
        (tight(|limits| limits.namespace_bytes = 60), "<message xmlns='", more_than_sixty),
        (tight(|limits| limits.namespace_bytes = 60), "<message><uu/><uu xmlns='", more_than_sixty),
        (Limits::SERVER, "<message><body>x", "</body1></message>"),
        // The same behind names that are not well known.
        (Limits::SERVER, "<message><uu vv='1' ww='2' ", "vv='2'/>"),
        (Limits::SERVER, "<message><uu><", "1u></1u></uu>"),
        (Limits::SERVER, "<message><uu/><uu v='1' ", "1v='2'/>"),
        (Limits::SERVER, "<message><uu/><uu v='1' ", "v,='2'/>"),
        (Limits::SERVER, "<message><uu/><uu v='1'", ",w='2'/>"),
        (Limits::SERVER, "<message><uu/><", "q:uu/>"),
        (Limits::SERVER, "<message><uu/><uu ", "q:v='1'/>"),
        (Limits::SERVER, "<message><uu>x", "</uv></message>"),
        (Limits::SERVER, "<message><uu/><a-name-of-more-octets a='1'>", "</a-name-of-more-octetz></message>"),
        (Limits::SERVER, "<message><uu/><a-name-of-more-octets ", "a='1'a='2'/>"),
        (Limits::SERVER, "<message><uu/><a-name-of-more", ",octets/>"),
        (Limits::SERVER, "<message><uu/><a-name-of-more-octets", "/></a-name-of-more-octets>"),
        (tight(|limits| limits.name_bytes = 17), "<message><uu/><", "abcdefghijklmnopqr a=''/>"),
        // A space before the end of a tag changes nothing of what may stand there.
        (Limits::SERVER, "<message ><body /><body ", "/ ></body>"),
        (Limits::SERVER, "<message ><body id='1' /><body id='1' ", "/ ></body>"),
        (Limits::SERVER, "<message ><body id='1' /><body id='1'", ",/>"),
        (Limits::SERVER, "<message ><body id='1' /><body id='1'", "x></body>"),
        (Limits::SERVER, "<message ><body id='1' /><body id='1' ", ",></body>"),
        // White space between attributes, as much as there may be, changes nothing either.
        (Limits::SERVER, "<message\n\tid='1'\n  ", "id='2'>"),
        (Limits::SERVER, "<message\n\tid='1'", "uu='2'>"),
        (Limits::SERVER, "<message><body\n", "1='2'/>"),
        (Limits::SERVER, "<message><body\n\t", ",/>"),
        (Limits::SERVER, "<message><body  id='1'\n uu", "\nvv='2'/>"),
        (Limits::SERVER, "<message><body  id='1'\n ", "q:u='2'/>"),
    ];
    for (limits, good, bad) in refused {
        let text = format!("{header}{good}{bad}</message>{}", "<presence/>".repeat(3));
        let lines = trace(Parser::stream(limits), [text.as_bytes()]);
        assert_eq!(lines.len(), 2, "{good}{bad}: {lines:?}");
        // Whatever comes behind each octet, it is the same fault, found in the octets that are not good.
        let first = header.len() + good.len();
        let fault = |pieces: core::slice::Chunks<'_, u8>| {
            let mut input = Input::new();
            let mut parser = Parser::stream(limits);
            for piece in pieces {
                let mut feed = input.with(piece);
                loop {
                    match parser.next(&mut feed) {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(error) => return error,
                    }
                }
            }
            panic!("{good}{bad}")
        };
        let whole = fault(text.as_bytes().chunks(usize::MAX));
        assert!((first..=first + bad.len()).contains(&(whole.at as usize)), "{good}{bad}: {whole}");
        assert_eq!(fault(text.as_bytes().chunks(1)), whole, "{good}{bad}");
    }
    // The first element makes room for what the third declares.
    let body = "<p:message ><x\n\txmlns='urn:x' ><id /></x><p:iq xmlns='urn:xmpp:sid:0'><id/></p:iq></p:message>";
    let text = format!("{header}{body}{}", "<presence/>".repeat(3));
    let mut input = Input::new();
    let mut parser = Parser::stream(Limits::SERVER);
    let mut feed = input.with(text.as_bytes());
    parser.next(&mut feed).unwrap();
    let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() else { panic!() };
    let spaces: Vec<_> = stanza.root().descendants().filter_map(Node::as_element).map(Element::ns).collect();
    assert_eq!(spaces, ["urn:p", "urn:x", "urn:x", "urn:p", "urn:xmpp:sid:0"]);
}

#[test]
fn where_nothing_may_be_declared_not_even_no_namespace_may() {
    let limits = Limits { declarations: 0, ..Limits::SERVER };
    for tag in ["<uu xmlns=''>", "<body xmlns=''>", "<body xmlns=\"\">", "<body xmlns='urn:xmpp:sid:0'>"] {
        let refused = |step: usize| {
            let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
            // The second stanza finds the room that the first made.
            let before = format!("{HEADER}<message><body id='1' to='2'><x xmlns='urn:x'/></body></message>");
            let mut feed = input.with(before.as_bytes());
            while parser.next(&mut feed).unwrap().is_some() {}
            drop(feed);
            parser.set_limits(limits);
            let text = format!("<message><body/>{tag}</message>{}", "<presence/>".repeat(3));
            let fault = text.as_bytes().chunks(step).find_map(|piece| {
                let mut feed = input.with(piece);
                loop {
                    match parser.next(&mut feed) {
                        Ok(Some(_)) => {}
                        Ok(None) => return None,
                        Err(error) => return Some(error.fault),
                    }
                }
            });
            fault.unwrap_or_else(|| panic!("{tag} in steps of {step}"))
        };
        for step in [1, 7, usize::MAX] {
            assert_eq!(refused(step), Fault::Limit(Limit::Declarations), "{tag} {step}");
        }
    }
}

#[test]
fn debug_tells_nothing_of_what_was_said() {
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    let text = format!("{HEADER}<auth>c2VjcmV0</auth><auth>c2Vjcm");
    let mut feed = input.with(text.as_bytes());
    while parser.next(&mut feed).unwrap().is_some_and(|unit| !matches!(unit, Unit::Stanza(_))) {}
    let shown = format!("{feed:?}");
    assert_eq!(shown, format!("Feed {{ unread: 12, position: {}, .. }}", text.len() - 12));
    assert_eq!(parser.next(&mut feed).unwrap().map(drop), None);
    drop(feed);
    assert_eq!(format!("{input:?}"), format!("Input {{ len: 12, offset: {}, .. }}", text.len() - 12));
    let mut output = crate::Output::new();
    output.buffer().extend_from_slice(b"<auth>c2VjcmV0</auth>");
    assert_eq!(format!("{output:?}"), "Output { len: 21, .. }");
    let mut written = Vec::new();
    let mut writer = crate::write::Writer::new(&mut written);
    writer.open_ns("urn:ietf:params:xml:ns:xmpp-sasl", "auth").text("c2VjcmV0");
    assert_eq!(format!("{writer:?}"), "Writer { state: Content, .. }");
    let shown = format!("{parser:?}");
    assert!(shown.contains("mode: Stream") && shown.len() < 400 && !shown.contains("auth"), "{shown}");
}

#[test]
fn between_two_units_the_next_may_come_in_another_input() {
    let stanzas = ["<a>x<b/></a>", "<iq id='1'><q xmlns='urn:q'/></iq>", "<a><b/>x</a>", "<m>&lt;</m>", "<a b='<'/>"];
    for (first, second) in stanzas.iter().flat_map(|first| stanzas.map(|second| (first, second))) {
        let mut parser = Parser::stream(Limits::SERVER);
        let mut read = |text: &str| {
            let mut input = Input::new();
            let mut feed = input.with(text.as_bytes());
            let mut raw = Vec::new();
            let error = loop {
                match parser.next(&mut feed) {
                    Ok(Some(Unit::Stanza(stanza))) => raw.push(stanza.raw().to_owned()),
                    Ok(Some(_)) => {}
                    Ok(None) => break None,
                    Err(error) => break Some(error.fault),
                }
            };
            drop(feed);
            assert!(error.is_some() || parser.is_aligned(&input), "{text}");
            (raw, error)
        };
        let is_bad = |text: &str| text.contains("'<'");
        assert_eq!(read(HEADER), (Vec::new(), None));
        for text in [*first, second, second].into_iter().take_while(|_| !is_bad(first)) {
            let (raw, error) = read(text);
            assert_eq!((raw.iter().any(|raw| raw == text), error.is_some()), (!is_bad(text), is_bad(text)), "{text}");
            if is_bad(text) {
                break;
            }
        }
    }
}
