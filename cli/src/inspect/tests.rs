//! What `tercet inspect` prints.
#![allow(clippy::unwrap_used)]

use super::*;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

fn options(shape: Shape, format: Format) -> Options {
    Options { shape, format, chunk: None, strict: false, limits: Limits::NONE }
}

/// What goes to standard output, and the error line if any.
fn inspect(options: &Options, input: &[u8]) -> (String, Option<String>) {
    let mut out = Vec::new();
    let error = match run(options, input, &mut out) {
        Ok(()) => None,
        Err(Failure::Failed(message) | Failure::Usage(message)) => Some(message),
        Err(other) => panic!("{other:?}"),
    };
    (String::from_utf8(out).unwrap(), error)
}

/// The error line, however the input is fed.
fn error(options: &Options, input: impl AsRef<[u8]>) -> Option<String> {
    let input = input.as_ref();
    let whole = inspect(options, input).1;
    for chunk in [1, 2, 7] {
        let options = Options { chunk: NonZeroUsize::new(chunk), ..options.clone() };
        assert_eq!(inspect(&options, input).1, whole, "chunks of {chunk}");
    }
    whole
}

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
                      to='a.example' version='1.0'>";

#[test]
fn a_line_for_each() {
    let input = format!(
        "{HEADER}<message to='b' from='\u{e9}&#10;' id='1' type='chat'><body>hi</body><x xmlns='urn:x'/></message>\
         <foo:bar xmlns:foo='urn:foo'/></stream:stream>"
    );
    let (out, error) = inspect(&options(Shape::Stream, Format::Text), input.as_bytes());
    assert_eq!(error, None);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 5, "{out}");
    let declared = "xmlns=\"jabber:client\" xmlns:stream=\"http://etherx.jabber.org/streams\"";
    assert_eq!(lines[0], format!("header to=\"a.example\" version=\"1.0\" {} bytes {declared}", HEADER.len()));
    assert_eq!(
        lines[1],
        "message to=\"b\" from=\"\u{e9}\\n\" id=\"1\" type=\"chat\" 93 bytes text=\"hi\" child-ns=\"jabber:client\" \
         child-ns=\"urn:x\""
    );
    assert_eq!(lines[2], "other {urn:foo}bar 30 bytes");
    assert_eq!(lines[3], "close");
    let total = format!("total 2 elements: 1 message, 0 presence, 0 iq, 1 other; {} bytes in ", input.len());
    assert!(lines[4].starts_with(&total) && lines[4].ends_with(" MB/s"), "{}", lines[4]);
}

#[test]
fn an_object_for_each() {
    let input = format!(
        "{HEADER}<iq id='\"' type='get' xml:lang='en'>a<q xmlns='urn:q'>&lt;<r>r</r>\n</q>b</iq></stream:stream>"
    );
    let (out, _) = inspect(&options(Shape::Stream, Format::Json), input.as_bytes());
    let objects: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects[0]["kind"], "header");
    assert_eq!(objects[0]["declarations"][""], "jabber:client");
    assert_eq!(objects[1]["kind"], "iq");
    assert_eq!((&objects[1]["id"], &objects[1]["lang"]), (&"\"".into(), &"en".into()));
    assert_eq!(objects[1]["to"], serde_json::Value::Null);
    assert_eq!(objects[1]["text"], "ab");
    assert_eq!(objects[1]["children"], serde_json::json!([{ "ns": "urn:q", "local": "q", "text": "<\n" }]));
    assert_eq!(objects[1]["name"]["local"], "iq");
    assert_eq!(objects[2]["kind"], "close");
    assert_eq!(objects.len(), 3);
}

#[test]
fn a_line_shows_where_text_begins() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let shown = |inside: &str| {
        let (out, error) = inspect(&fragment, format!("<message>{inside}</message>").as_bytes());
        assert_eq!(error, None);
        out.split_once(" bytes").unwrap().1.split('\n').next().unwrap().replace(" child-ns=\"jabber:client\"", "")
    };
    assert_eq!(shown(""), "");
    assert_eq!(shown(" <body/>\n "), "");
    assert_eq!(shown("<body>a\n\t&amp;\u{202e}</body> <thread>t</thread>"), " text=\"a &\\u{202e} t\"");
    let (just, over) = ("\u{e9}".repeat(60), "\u{e9}".repeat(61));
    assert_eq!(shown(&format!("<body>{just}</body>")), format!(" text={just:?}"));
    assert_eq!(shown(&format!("<body>{over}</body>")), format!(" text={just:?}..."));
    assert_eq!(shown(&format!("<body>{just}</body> <a/>")), format!(" text={just:?}"));
    assert_eq!(shown(&format!("<body>{just}</body><a>b</a>")), format!(" text={just:?}..."));
}

#[test]
fn one_element_and_one_byte_are_no_plural() {
    let total = |input: &[u8]| {
        let (out, _) = inspect(&options(Shape::Fragment(Vec::new()), Format::Text), input);
        let (total, _) = out.lines().last().unwrap().split_once(" in ").unwrap();
        total.replace(": 0 message, 0 presence, 0 iq, ", ": ")
    };
    assert_eq!(total(b""), "total 0 elements: 0 other; 0 bytes");
    assert_eq!(total(b" "), "total 0 elements: 0 other; 1 byte");
    assert_eq!(total(b"<a/>"), "total 1 element: 1 other; 4 bytes");
    assert_eq!(total(b"<a/><b/>"), "total 2 elements: 2 other; 8 bytes");
}

/// Not the octets that came along with what is wrong.
#[test]
fn the_total_is_of_what_came_before_an_error() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let strict = Options { strict: true, ..fragment.clone() };
    let document = options(Shape::Document, Format::Text);
    let rest = "<iq/>".repeat(40_000);
    for (options, input, elements, bytes) in [
        (&fragment, format!("<iq/><a>&x;</a>{rest}"), "1 element", "8 bytes before the error"),
        (&fragment, format!("<iq/></a>{rest}"), "1 element", "5 bytes before the error"),
        (&strict, format!("<iq/><foo/>{rest}"), "1 element", "5 bytes before the error"),
        (&document, format!("\u{feff}<iq/>{rest}"), "1 element", "8 bytes before the error"),
        (&fragment, "<iq/><a><b>".into(), "1 element", "11 bytes before the error"),
        (&fragment, rest.clone(), "40000 elements", "200000 bytes"),
    ] {
        for chunk in [0, 1, 7] {
            let options = Options { chunk: NonZeroUsize::new(chunk), ..options.clone() };
            let (out, _) = inspect(&options, input.as_bytes());
            let total = out.lines().last().unwrap();
            assert!(total.starts_with(&format!("total {elements}: ")), "{total}");
            assert!(total.contains(&format!("; {bytes} in ")), "{total}");
        }
    }
}

#[test]
fn canonical_lines() {
    let fragment = Shape::Fragment(vec![("p".into(), "urn:p&'<".into())]);
    let (out, error) = inspect(&options(fragment, Format::Canon), b"<p:a c='1' b='\\&#9;'>x<![CDATA[<]]>\n</p:a> ");
    assert_eq!(error, None);
    assert_eq!(out, "S urn:p&'<|a\nA |b=\\\\\\t\nA |c=1\nT x<\\n\nE\n");
    let (out, error) = inspect(&options(Shape::Document, Format::Canon), b"<?xml version='1.0'?>\n<a/>\n");
    assert_eq!((out.as_str(), error), ("S |a\nE\n", None));
}

#[test]
fn everything_before_the_error_then_the_error() {
    let all = options(Shape::Fragment(Vec::new()), Format::Canon);
    let (out, error) = inspect(&all, "<a/>\n<b>\u{e9}\u{1}</b>".as_bytes());
    assert_eq!(out, "S jabber:client|a\nE\n");
    assert_eq!(
        error.unwrap(),
        "not-well-formed at byte offset 10 (line 2, column 5): character not allowed in XML: U+0001"
    );
}

#[test]
fn an_error_is_an_object_too() {
    let json = options(Shape::Stream, Format::Json);
    let last = |options: &Options, input: &str| {
        let (out, error) = inspect(options, input.as_bytes());
        let objects: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (objects.len(), objects.last().unwrap().clone(), error.unwrap())
    };
    let input = format!("{HEADER}\n<iq/>\n\u{e9}<!-- \" -->");
    let at = HEADER.len() + 9;
    let (count, object, error) = last(&json, &input);
    assert_eq!(count, 4, "the header, the iq, the text, the error");
    assert_eq!(
        object,
        serde_json::json!({
            "kind": "error", "condition": "restricted-xml", "offset": at, "line": 3, "column": 2, "reason": "comment, which XMPP does not allow",
        })
    );
    assert_eq!(
        error,
        format!("restricted-xml at byte offset {at} (line 3, column 2): comment, which XMPP does not allow")
    );
    let (count, object, _) = last(&json, HEADER);
    assert_eq!((count, &object["condition"], &object["offset"]), (2, &"truncated".into(), &HEADER.len().into()));
    let fragment = Options { strict: true, ..options(Shape::Fragment(Vec::new()), Format::Json) };
    let (count, object, _) = last(&fragment, "<iq/><foo/>");
    assert_eq!((count, &object["condition"], &object["offset"]), (2, &"unsupported-stanza-type".into(), &5.into()));
}

#[test]
fn an_input_that_cannot_be_read_is_an_object_too() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("it broke"))
        }
    }
    for shape in [Shape::Stream, Shape::Fragment(Vec::new()), Shape::Document] {
        let mut out = Vec::new();
        let verdict = run(&options(shape, Format::Json), Broken, &mut out);
        assert!(matches!(verdict, Err(Failure::Failed(why)) if why == "cannot read the input: it broke"));
        let object: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(object, serde_json::json!({ "kind": "error", "reason": "cannot read the input: it broke" }));
    }
}

#[test]
fn errors_name_the_condition_and_the_place() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let document = options(Shape::Document, Format::Text);
    let limited = Options { limits: Limits { stanza_bytes: 5, ..Limits::NONE }, ..fragment.clone() };
    let cases = [
        (
            &fragment,
            "<a>\n<!-- x -->",
            "restricted-xml at byte offset 4 (line 2, column 1): comment, which XMPP does not allow",
        ),
        (
            &document,
            "<!DOCTYPE a>",
            "restricted-xml at byte offset 0 (line 1, column 1): document type declaration, which XMPP does not allow",
        ),
        (
            &fragment,
            "<p:a/>",
            "not-well-formed at byte offset 1 (line 1, column 2): prefix is not bound to a namespace: \"p:a\"; --declare \
             p=URI declares it",
        ),
        (
            &fragment,
            "<a \u{e9}:b='c'>",
            "not-well-formed at byte offset 3 (line 1, column 4): prefix is not bound to a namespace: \"\u{e9}:b\"",
        ),
        (
            &fragment,
            "<a>\n</b >",
            "not-well-formed at byte offset 4 (line 2, column 1): end tag does not match the start tag: \"</b >\", but \
             \"<a>\", begun at byte offset 0 (line 1, column 1), is open",
        ),
        (
            &document,
            "<a b='1' c='' b='2'/>",
            "not-well-formed at byte offset 14 (line 1, column 15): attribute given twice: \"b\"",
        ),
        (
            &limited,
            "<ab/>\n<abc/>",
            "policy-violation at byte offset 11 (line 2, column 6): too many bytes in a stanza or stream header: the \
             limit is 5, and --max-stanza sets another",
        ),
    ];
    for (options, input, expected) in cases {
        assert_eq!(error(options, input).as_deref(), Some(expected), "{input}");
    }
    let long = "b".repeat(59);
    let found = error(&document, format!("<a></{long}>")).unwrap();
    assert!(found.contains(&format!(": \"</{}...\", but ", &long[1..])), "{found}");
    let declared = "<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
    let found = error(&document, declared).unwrap();
    assert!(found.starts_with("unsupported-encoding at byte offset 30 (line 1, column 31): "), "{found}");
    let found = error(&document, b"<a>\xff").unwrap();
    assert!(found.starts_with("unsupported-encoding at byte offset 3 "), "{found}");
}

fn open(name: &str, at: usize, place: &str) -> String {
    format!("\"<{name}>\", begun at byte offset {at} ({place}), is open")
}

/// Whatever stands between the two: attributes, empty elements, elements that ended, what only looks like a tag.
#[test]
fn a_wrong_end_tag_is_told_with_the_element_that_is_open() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let document = options(Shape::Document, Format::Text);
    let stream = options(Shape::Stream, Format::Text);
    for (options, input, tag, wanted) in [
        (&fragment, "<iq><a><b></a></b></iq>", "</a>", open("b", 7, "line 1, column 8")),
        (
            &fragment,
            "<iq/>\n<iq>\n <a b='>'><b/><c></c>&gt;\n<![CDATA[<d>]]></iq>",
            "</iq>",
            open("a", 12, "line 3, column 2"),
        ),
        (&fragment, "<iq>\u{20ac}<p:a xmlns:p='p'><b></b></a></iq>", "</a>", open("p:a", 7, "line 1, column 6")),
        (&fragment, "<iq/></message>", "</message>", "no element is open".into()),
        (&document, "\u{feff}<?xml version='1.0'?>\n<a></b>", "</b>", open("a", 25, "line 2, column 1")),
        (&stream, &format!("\n{HEADER}<iq/>text</iq>"), "</iq>", open("stream:stream", 1, "line 2, column 1")),
        (&stream, "<a><b/></b></a>", "</b>", open("a", 0, "line 1, column 1")),
        (
            &stream,
            &format!("{HEADER}\n{PROCEED}{DECLARATION}\n{HEADER}</a>"),
            "</a>",
            open("stream:stream", HEADER.len() + PROCEED.len() + DECLARATION.len() + 2, "line 3, column 1"),
        ),
    ] {
        let found = error(options, input).unwrap();
        let (_, why) = found.split_once("): ").unwrap();
        assert_eq!(why, format!("end tag does not match the start tag: {tag:?}, but {wanted}"), "{input}");
    }
    let long = "a".repeat(60);
    let found = error(&document, format!("<{long}></b>")).unwrap();
    assert!(found.contains(&format!(", but \"<{}...\", begun at ", &long[1..])), "{found}");
}

#[test]
fn an_unknown_entity_is_told_with_those_that_are_known() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    for (input, entity, at) in [
        ("<a>&lt;&nbsp;&gt;</a>", "&nbsp;", 7),
        ("<a b='&eacute;'/>", "&eacute;", 6),
        (" &AMP; ", "&AMP;", 1),
        ("<a>&\u{e9}-1;", "&\u{e9}-1;", 3),
    ] {
        let column = at + 1;
        let told = format!(
            "restricted-xml at byte offset {at} (line 1, column {column}): reference to an entity that is not \
             predefined: {entity:?}; XMPP knows only amp, lt, gt, apos, quot and numbers such as &#160;"
        );
        assert_eq!(error(&fragment, input), Some(told), "{input}");
    }
    let long = "n".repeat(60);
    let found = error(&fragment, format!("&{long};")).unwrap();
    assert!(found.contains(&format!(": \"&{}...\"; XMPP", &long[1..])), "{found}");
    for known in ["&amp;", "&lt;", "&gt;", "&apos;", "&quot;", "&#160;"] {
        assert_eq!(error(&fragment, format!("<a>{known}</a>")), None, "{known}");
    }
}

#[test]
fn what_is_no_declaration_is_no_text_either() {
    for input in ["<?XML?>", "<a/><?XML?>"] {
        for chunk in [None, NonZeroUsize::new(1), NonZeroUsize::new(4)] {
            let options = Options { chunk, ..options(Shape::Fragment(Vec::new()), Format::Text) };
            let found = error(&options, input).unwrap();
            assert!(found.ends_with("): character not allowed in a name here: '<'"), "{found}");
        }
    }
}

#[test]
fn what_is_no_xml_is_named_or_told_with_what_may_be_meant() {
    let escaped = "; an ampersand itself is written &amp;";
    for (input, at, why) in [
        ("<a>b & c</a>", 6, &*format!("malformed reference{escaped}")),
        ("<a>&b c;</a>", 5, &format!("malformed reference{escaped}")),
        ("<a>b < c</a>", 6, "character not allowed in a name here: ' '; a '<' that begins no tag is written &lt;"),
        ("<a b c/>", 5, "'=' expected after an attribute name"),
        ("<a:=''/>", 3, "character not allowed in a name here: '='"),
        ("<a:b:c/>", 4, "character not allowed in a name here: ':'"),
        ("</ a>", 2, "character not allowed in a name here: ' '"),
        ("<a b='<'/>", 6, "'<' in an attribute value; there it is written &lt;"),
        ("<a>]]></a>", 5, "']]>' in character data; there it is written ]]&gt;"),
        ("<a>&#0;</a>", 3, "reference to a character not allowed in XML: \"&#0;\""),
        ("<a b='&#xd800;'/>", 6, "reference to a character not allowed in XML: \"&#xd800;\""),
        ("<a>\u{1}</a>", 3, "character not allowed in XML: U+0001"),
        ("<a b='\u{fffe}'/>", 6, "character not allowed in XML: U+FFFE"),
    ] {
        for chunk in [None, NonZeroUsize::new(1)] {
            let options = Options { chunk, ..options(Shape::Document, Format::Text) };
            let place = format!("at byte offset {at} (line 1, column {})", at + 1);
            assert_eq!(error(&options, input), Some(format!("not-well-formed {place}: {why}")), "{input}");
        }
    }
}

/// Those that help: a header that is not supposed is the input's own.
#[test]
fn a_prefix_that_is_not_bound_is_told_with_the_options_that_declare_it() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let document = options(Shape::Document, Format::Text);
    let stream = options(Shape::Stream, Format::Text);
    let supposed =
        "; --fragment --declare p=URI reads it under a header that declares it, if no XML declaration comes first";
    let supposed_as_is = "; --fragment reads it under a header that declares it, if no XML declaration comes first";
    for (options, input, name, hint) in [
        (&fragment, "<p:a/>", "p:a", "; --declare p=URI declares it"),
        (&fragment, "<a><b p:c='d'/></a>", "p:c", "; --declare p=URI declares it"),
        (&fragment, "<\u{e9}:a/>", "\u{e9}:a", ""),
        (&fragment, "<xmlns:a/>", "xmlns:a", ""),
        (&document, "<a p:b='c'/>", "p:b", supposed),
        (&document, "<stream:features/>", "stream:features", supposed_as_is),
        (&stream, "<p:a/>", "p:a", supposed),
        (&stream, "<stream:features/>", "stream:features", supposed_as_is),
        (&stream, "<stream:stream/>", "stream:stream", ""),
        (&stream, &format!("{HEADER}<p:a/>"), "p:a", ""),
        (&stream, &format!("{HEADER}{PROCEED}{DECLARATION}<p:a/>"), "p:a", ""),
    ] {
        let found = error(options, input).unwrap();
        let told = format!("): prefix is not bound to a namespace: {name:?}{hint}");
        assert!(found.ends_with(&told), "{input}: {found}");
    }
    let declared = Shape::Fragment(vec![("p".into(), "urn:p".into())]);
    assert_eq!(error(&options(declared, Format::Text), "<p:a p:b='c'/>"), None);
    assert_eq!(error(&fragment, "<stream:features/>"), None);
}

#[test]
fn a_document_with_two_roots_is_told_how_a_sequence_is_read() {
    let document = options(Shape::Document, Format::Text);
    let outside = "only white space may stand outside the root element";
    let hint = "; a sequence of elements, without an XML declaration, is read with --fragment";
    for (input, at, hint) in [
        ("<iq/><iq/>", 5, hint),
        ("<iq/>\n<message>", 6, hint),
        ("<iq/></iq>", 5, ""),
        ("<iq/><![CDATA[]]>", 5, ""),
        ("<iq/>text", 5, ""),
        ("</iq>", 0, ""),
    ] {
        let found = error(&document, input).unwrap();
        assert!(found.starts_with(&format!("not-well-formed at byte offset {at} ")), "{input}: {found}");
        assert!(found.ends_with(&format!("): {outside}{hint}")), "{input}: {found}");
    }
    assert_eq!(error(&options(Shape::Fragment(Vec::new()), Format::Text), "<iq/>\n<message/>"), None);
}

#[test]
fn an_input_that_ends_too_early_is_told_with_what_is_open() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let document = options(Shape::Document, Format::Text);
    let stream = options(Shape::Stream, Format::Text);
    let a = open("a", 0, "line 1, column 1");
    let root = open("stream:stream", 0, "line 1, column 1");
    let behind = |more: &str| HEADER.to_owned() + more;
    for (options, input, place, why) in [
        (&fragment, "<a>\n<b/>", "8 (line 2, column 5)", &*format!("it ends inside an element: {a}")),
        (
            &fragment,
            "<c/>\n<a> <b>&amp;",
            "17 (line 2, column 13)",
            &format!("it ends inside an element: {}", open("b", 9, "line 2, column 5")),
        ),
        (&fragment, "<c/>\n<a b='1' c", "15 (line 2, column 11)", "it ends inside a tag: \"<a b='1' c\""),
        (&fragment, "<a>&am", "6 (line 1, column 7)", &format!("it ends inside a reference: \"&am\"; {a}")),
        (&document, "<a><b></b></", "12 (line 1, column 13)", &format!("it ends inside a tag: \"</\"; {a}")),
        (&document, "<?xml ver", "9 (line 1, column 10)", "it ends inside an XML declaration: \"<?xml ver\""),
        (&document, "<a/> <", "6 (line 1, column 7)", "it ends inside a tag: \"<\""),
        (&stream, &HEADER[..20], "20 (line 1, column 21)", "it ends inside a tag: \"<stream:stream xmlns\""),
        (&stream, HEADER, "114 (line 1, column 115)", &format!("the stream's end tag is missing: {root}")),
        (&stream, &behind("<a/>text"), "122 (line 1, column 123)", &format!("the stream's end tag is missing: {root}")),
        (
            &stream,
            &behind("<a>"),
            "117 (line 1, column 118)",
            &format!("it ends inside an element: {}", open("a", 114, "line 1, column 115")),
        ),
        (&stream, &behind("</st"), "118 (line 1, column 119)", &format!("it ends inside a tag: \"</st\"; {root}")),
        (&stream, &behind("</stream:stream>\n<"), "132 (line 2, column 2)", "it ends inside a tag: \"<\""),
    ] {
        assert_eq!(error(options, input), Some(format!("truncated at byte offset {place}: {why}")), "{input}");
    }
    assert!(error(&fragment, b"<a>\xe2\x82").unwrap().ends_with(&format!(": it ends inside a character; {a}")));
    assert!(error(&fragment, b"\xe2\x82").unwrap().ends_with(": it ends inside a character"));
    let tag = "<a b='".to_owned() + &"c".repeat(60);
    let found = error(&document, &tag).unwrap();
    assert!(found.ends_with(&format!(": it ends inside a tag: \"{}...\"", &tag[..60])), "{found}");
}

#[test]
fn wherever_an_input_ends_too_early_it_says_so_the_same_however_it_is_fed() {
    let inside = "<a b='&lt;\u{20ac}'>&#x20ac;<c/>\u{20ac}\r\n<![CDATA[]]]]>]</a >";
    let document = format!("\u{feff}<?xml version='1.0'?>\n{inside}");
    let stream = format!("{DECLARATION}{HEADER}{inside}\n{PROCEED}\n{HEADER}{inside}x</stream:stream>");
    for (shape, input) in [
        (Shape::Document, document),
        (Shape::Fragment(Vec::new()), inside.to_owned()),
        (Shape::Fragment(Vec::new()), format!("\r{inside}]\r")),
        (Shape::Stream, stream),
    ] {
        let options = options(shape, Format::Text);
        for end in 0..input.len() {
            let Some(found) = error(&options, &input.as_bytes()[..end]) else { continue };
            let (place, why) = found.split_once("): ").unwrap();
            assert!(place.starts_with(&format!("truncated at byte offset {end} ")), "{found}");
            let told = match options.shape {
                Shape::Fragment(_) => &["it ends inside "][..],
                Shape::Document => &["it ends inside ", "there is no ", "the input is empty: "],
                Shape::Stream => &["it ends inside ", "there is no ", "the input is empty: ", "the stream's end tag "],
            };
            assert!(told.iter().any(|start| why.starts_with(start)), "{found}");
        }
        assert_eq!(error(&options, &input), None);
    }
}

#[test]
fn an_input_without_a_root_says_so() {
    let document = options(Shape::Document, Format::Text);
    let stream = options(Shape::Stream, Format::Text);
    for (options, input, why) in [
        (&document, "", "the input is empty: there is no root element"),
        (&document, "\u{feff}", "there is no root element"),
        (&document, "<?xml version='1.0'?>\n", "there is no root element"),
        (&stream, "", "the input is empty: there is no stream header"),
        (&stream, " \n", "there is no stream header"),
        (&stream, &format!("{HEADER}{PROCEED}{DECLARATION}"), "there is no stream header"),
    ] {
        let found = error(options, input).unwrap();
        assert!(found.starts_with("truncated ") && found.ends_with(&format!("): {why}")), "{input}: {found}");
    }
    assert_eq!(error(&options(Shape::Fragment(Vec::new()), Format::Text), ""), None, "no element is enough");
}

const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
const DECLARATION: &str = "<?xml version='1.0'?>";

/// The lines of `input` without their lengths and all that follows, and the error, however it is fed.
fn kinds(options: &Options, input: &str) -> (Vec<String>, Option<String>) {
    let error = error(options, input);
    let read = |chunk| {
        let options = Options { chunk: NonZeroUsize::new(chunk), ..options.clone() };
        let out = inspect(&options, input.as_bytes()).0;
        let first_word = |line: &str| line.split(' ').next().unwrap().to_owned();
        out.lines().filter(|line| !line.starts_with("total ")).map(first_word).collect::<Vec<_>>()
    };
    let whole = read(0);
    for chunk in [1, 2, 7] {
        assert_eq!(read(chunk), whole, "chunks of {chunk}: {input}");
    }
    (whole, error)
}

/// RFC 6120 section 4.3.3: both sides of a login, with an XML declaration and without.
#[test]
fn a_stream_that_restarts_is_read_on() {
    let stream = options(Shape::Stream, Format::Text);
    let strict = Options { strict: true, limits: Limits::SERVER, ..stream.clone() };
    let features = "<stream:features/>";
    let (tls, sasl) = ("xmlns='urn:ietf:params:xml:ns:xmpp-tls'", "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'");
    for header in [HEADER.to_owned(), format!("{DECLARATION}\n{HEADER}")] {
        let server = format!(
            "{header}{features}{PROCEED}{header}{features}<challenge {sasl}/>{SUCCESS}\n \n{header}{features}<iq/>\
             </stream:stream>"
        );
        let client = format!(
            "{header}<starttls {tls}/>{header}<auth {sasl}>=</auth><auth {sasl}>=</auth><response {sasl}/> \
             {header}<iq/></stream:stream>\n"
        );
        for (said, parts) in [
            (server, "header other other header other other other header other iq close"),
            (client, "header other header other other other header iq close"),
        ] {
            for options in [&stream, &strict] {
                let (kinds, error) = kinds(options, &said);
                assert_eq!((kinds.join(" ").as_str(), error), (parts, None));
            }
        }
    }
    // The header is known by its expanded name: the prefix may be another one each time.
    let other = "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' version='1.0'>";
    let bare = "<stream xmlns='http://etherx.jabber.org/streams' version='1.0'>";
    for (first, second, end) in [
        (other, other, "s:stream"),
        (HEADER, other, "s:stream"),
        (other, HEADER, "stream:stream"),
        (HEADER, bare, "stream"),
    ] {
        let said = format!("{first}{SUCCESS}\n{second}<a/></{end}>");
        let (kinds, error) = kinds(&stream, &said);
        assert_eq!((kinds.join(" ").as_str(), error), ("header other header other close", None), "{said}");
    }
}

/// Nothing of the old stream is left in the new one, and places count on from the first octet.
#[test]
fn faults_behind_a_restart_have_their_place_in_the_whole_input() {
    let stream = options(Shape::Stream, Format::Text);
    let start = format!("{HEADER}\n{PROCEED}\n");
    let header = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>";
    let at = start.len() + header.len();
    let told = |fault: &str, at: usize| {
        let column = at - HEADER.len() - PROCEED.len() - 1;
        Some(fault.replace("PLACE", &format!("at byte offset {at} (line 3, column {column})")))
    };
    assert_eq!(
        error(&stream, format!("{start}{header}<!---->")),
        told("restricted-xml PLACE: comment, which XMPP does not allow", at)
    );
    let position = told("PLACE", start.len()).unwrap().replace("at ", "");
    let open = format!("\"<stream:stream>\", begun at {position}, is open");
    assert_eq!(
        error(&stream, format!("{start}{header}")),
        told(&format!("truncated PLACE: the stream's end tag is missing: {open}"), at)
    );
    // Until the new one begins, the old one is open.
    let open = "\"<stream:stream>\", begun at byte offset 0 (line 1, column 1), is open";
    for (cut, why) in [
        ("<", &*format!("it ends inside a tag: \"<\"; {open}")),
        ("<?xm", &format!("it ends inside markup: \"<?xm\"; {open}")),
        ("<?xml", &format!("it ends inside markup: \"<?xml\"; {open}")),
        ("<?xml ", "it ends inside an XML declaration: \"<?xml \""),
        ("<stream:stream", &format!("it ends inside a tag: \"<stream:stream\"; {open}")),
        ("<stream:stream ", "it ends inside a tag: \"<stream:stream \""),
        ("", &format!("the stream's end tag is missing: {open}")),
    ] {
        let expected = told(&format!("truncated PLACE: {why}"), start.len() + cut.len());
        assert_eq!(error(&stream, format!("{start}{cut}")), expected);
    }
    // What looks alike goes on in the old stream.
    for more in ["<stream:streams/>", "<stream/>", "<s:stream xmlns:s='urn:x'/>", "text", "<iq/>", ""] {
        assert_eq!(error(&stream, format!("{start}{more}</stream:stream>")), None, "{more}");
    }
}

#[test]
fn a_stream_behind_anything_else_is_refused_and_the_error_says_what_to_do() {
    let stream = options(Shape::Stream, Format::Text);
    let declared = format!("{DECLARATION}{HEADER}");
    let late = "XML declaration after the beginning";
    for (between, header, fault) in [
        ("", &*declared, late),
        ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", &declared, late),
        (&format!("{SUCCESS}<iq/>"), &declared, late),
        ("</stream:stream>", &declared, late),
        ("</stream:stream>", HEADER, "only white space may stand outside the root element"),
    ] {
        let found = error(&stream, format!("{HEADER}{between}{header}</stream:stream>")).unwrap();
        let at = HEADER.len() + between.len();
        assert!(found.contains(&format!(" at byte offset {at} ")), "{found}");
        assert!(found.contains(fault) && found.ends_with("split the input before it"), "{found}");
    }
    // Without a declaration it is an element until the input ends.
    let other = "<x:stream xmlns:x='http://etherx.jabber.org/streams' version='1.0'>";
    for (header, is_told) in [
        (other, true),
        (HEADER, true),
        // By the prefixes of the stream that it stands in.
        ("<stream:stream to='b.example' version='1.0'>", true),
        ("<x:stream xmlns:x='http://etherx.jabber.org/streams' stream:y='&gt;'>", true),
        ("<stream:stream xmlns:stream='urn:x'>", false),
        ("<stream:features>", false),
        ("<x:stream xmlns:x='urn:x'>", false),
        ("<a><x:stream xmlns:x='http://etherx.jabber.org/streams'>", false),
        (&other[..other.len() - 1], false),
    ] {
        for more in ["", "<iq/>", "<iq/></x:strea"] {
            let found = error(&stream, format!("{HEADER}<presence/>\n{header}{more}")).unwrap();
            assert!(found.contains(": it ends inside a") || found.starts_with("not-well"), "{found}");
            assert_eq!(found.ends_with("split the input before it"), is_told, "{header}{more}: {found}");
        }
    }
    // One that ended, in one that did not.
    for (element, is_told) in
        [(&*format!("{HEADER}<iq/></stream:stream>"), true), ("<stream:stream/>", true), ("<stream:features/>", false)]
    {
        for more in ["", "<iq/>", "<iq>"] {
            let found = error(&stream, format!("{HEADER}{element}\n{more}")).unwrap();
            assert!(found.starts_with("truncated "), "{found}");
            assert_eq!(found.ends_with("split the input before it"), is_told, "{element}{more}: {found}");
        }
    }
    let found = error(&stream, format!(" {declared}")).unwrap();
    assert!(found.ends_with(&format!(": {late}")), "{found}");
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    assert!(error(&fragment, format!("{SUCCESS}{DECLARATION}{HEADER}")).is_some(), "there is no stream to restart");
}

#[test]
fn a_byte_order_mark_is_named() {
    let found = error(&options(Shape::Stream, Format::Text), format!("\u{feff}{HEADER}")).unwrap();
    assert!(found.starts_with("not-well-formed at byte offset 0 (line 1, column 1): "), "{found}");
    assert!(found.contains("byte order mark (U+FEFF)"), "{found}");
    let found = error(&options(Shape::Document, Format::Text), "\u{fefe}<a/>").unwrap();
    assert!(!found.contains("byte order mark"), "{found}");
}

#[test]
fn an_octet_that_is_no_utf8_is_named_and_so_is_utf16() {
    let document = options(Shape::Document, Format::Text);
    let why = "unsupported-encoding at byte offset 3 (line 1, column 4): octet that is not UTF-8: 0xFF";
    assert_eq!(error(&document, b"<a>\xff\xfe</a>").as_deref(), Some(why));
    for input in [&b"\xff\xfe<\0a\0/\0>\0"[..], b"\xfe\xff\0<\0a\0/\0>"] {
        let why = format!("octet that is not UTF-8: 0x{:X}; UTF-16 begins so, and XMPP knows only UTF-8", input[0]);
        assert_eq!(
            error(&document, input),
            Some(format!("unsupported-encoding at byte offset 0 (line 1, column 1): {why}"))
        );
    }
    let found = error(&document, b"\xc0<a/>").unwrap();
    assert!(found.ends_with("octet that is not UTF-8: 0xC0"), "{found}");
}

#[test]
fn a_byte_order_mark_before_a_new_header_is_named_as_before_the_first() {
    for before in ["", "\n"] {
        let input = format!("{HEADER}{PROCEED}{before}\u{feff}{HEADER}<iq/>");
        let place = HEADER.len() + PROCEED.len() + before.len();
        for chunk in [0, 1, 2] {
            let options = Options { chunk: NonZeroUsize::new(chunk), ..options(Shape::Stream, Format::Text) };
            let (out, found) = inspect(&options, input.as_bytes());
            let found = found.unwrap();
            assert!(found.starts_with(&format!("not-well-formed at byte offset {place} ")), "{found}");
            assert!(found.contains("this is a byte order mark (U+FEFF)"), "{found}");
            assert!(!out.contains("text"), "{out}");
        }
    }
}

/// It is no part of the document: it takes no column, but octets of the file.
#[test]
fn a_document_may_begin_with_a_byte_order_mark() {
    let document = options(Shape::Document, Format::Text);
    for text in ["<a/>", "<?xml version='1.0' encoding='utf-8'?>\n<a/>"] {
        let input = format!("\u{feff}{text}");
        assert_eq!(error(&document, &input), None, "{text}");
        let (out, _) = inspect(&document, input.as_bytes());
        assert!(out.contains(&format!("; {} bytes in ", input.len())), "{out}");
        assert_eq!(error(&document, text), None, "{text}");
    }
    for (input, fault) in [
        ("\u{feff}<a>\u{1}", "not-well-formed at byte offset 6 (line 1, column 4): "),
        ("\u{feff}\n<a>", "truncated at byte offset 7 (line 2, column 4): "),
        ("\u{feff}\u{feff}<a/>", "not-well-formed at byte offset 3 (line 1, column 1): "),
        ("\u{feff}", "truncated at byte offset 3 (line 1, column 1): "),
        ("", "truncated at byte offset 0 (line 1, column 1): "),
        ("<a", "truncated at byte offset 2 (line 1, column 3): "),
    ] {
        let found = error(&document, input).unwrap();
        assert!(found.starts_with(fault), "{input:?}: {found}");
    }
    assert!(error(&document, b"\xef\xbb<a/>").is_some(), "that is none");
}

/// What an editor put before the first stanza of a file is no part of it, as with a document.
#[test]
fn a_fragment_may_begin_with_a_byte_order_mark() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    let strict = Options { strict: true, ..fragment.clone() };
    for options in [&fragment, &strict] {
        let (kinds, error) = kinds(options, "\u{feff}<message/>");
        assert_eq!((kinds.join(" ").as_str(), error), ("message", None));
    }
    let found = error(&fragment, "\u{feff}<iq/><a>\u{1}").unwrap();
    assert!(found.starts_with("not-well-formed at byte offset 11 (line 1, column 9): "), "{found}");
}

/// The first one is passed over; another is text, of which nothing would be seen.
#[test]
fn a_second_byte_order_mark_is_named() {
    let fragment = |format| options(Shape::Fragment(Vec::new()), format);
    let named = "text begins with a byte order mark (U+FEFF)";
    for (input, line) in [
        ("\u{feff}\u{feff}<iq/>", named),
        ("\u{feff} \n\u{feff}<iq/>", named),
        ("<iq/>\n\u{feff}tail", named),
        ("\u{feff}tail\u{feff}<iq/>", "text"),
        ("<iq/>&#xfeff;", "text"),
    ] {
        for chunk in [0, 1, 2] {
            let options = Options { chunk: NonZeroUsize::new(chunk), ..fragment(Format::Text) };
            let (out, error) = inspect(&options, input.as_bytes());
            let told: Vec<&str> = out.lines().filter(|line| line.starts_with("text")).collect();
            assert_eq!((told, error), (vec![line], None), "{input:?}");
        }
    }
    let (out, _) = inspect(&fragment(Format::Json), "\u{feff}\u{feff}".as_bytes());
    assert_eq!(out, "{\"byte_order_mark\":true,\"kind\":\"text\"}\n");
    let strict = Options { strict: true, ..fragment(Format::Text) };
    let found = error(&strict, "\u{feff}<iq/>\u{feff}").unwrap();
    assert!(found.starts_with("bad-format at byte offset 8 ") && found.contains("byte order mark (U+FEFF)"), "{found}");
    let found = error(&strict, "<iq/>junk").unwrap();
    assert!(!found.contains("byte order mark"), "{found}");
}

/// It is not late there, as it is inside a stream: there is no place for it at all.
#[test]
fn a_declaration_has_no_place_in_a_fragment() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    for (before, place) in [("", "0 (line 1, column 1)"), ("<iq/>\n", "6 (line 2, column 1)")] {
        let found = error(&fragment, format!("{before}{DECLARATION}<iq/>")).unwrap();
        let (told, why) = found.split_once(": ").unwrap();
        assert!(told.ends_with(&format!(" at byte offset {place}")), "{found}");
        assert_eq!(
            why,
            "a fragment has no XML declaration: a stream is read without --fragment, a document with --document"
        );
    }
}

/// The header that is supposed is nobody's to end.
#[test]
fn a_fragment_has_no_stream_to_end() {
    for (input, place) in [
        ("</stream:stream>", "0 (line 1, column 1)"),
        ("<iq/>\n</stream:stream >\n", "6 (line 2, column 1)"),
        ("\u{feff}<iq/></stream:stream><iq/>", "8 (line 1, column 6)"),
    ] {
        let complaint = format!(
            "not-well-formed at byte offset {place}: end tag of a stream that has not begun: a stream is read without \
             --fragment"
        );
        for chunk in [0, 1, 2] {
            let fragment =
                Options { chunk: NonZeroUsize::new(chunk), ..options(Shape::Fragment(Vec::new()), Format::Text) };
            let (out, found) = inspect(&fragment, input.as_bytes());
            assert_eq!(found.as_deref(), Some(complaint.as_str()), "{input}");
            assert!(!out.contains("close"), "{out}");
        }
    }
}

/// White space is no text there; what is, a byte order mark behind the first octet too, is not passed over in silence.
#[test]
fn text_between_elements_is_told_once() {
    let fragment = options(Shape::Fragment(Vec::new()), Format::Text);
    for (input, parts) in [
        ("junk<message/>tail", "text message text"),
        ("<message/>\u{feff}", "message text"),
        ("<iq/> \n<iq/>a b&amp;<![CDATA[c]]>d<iq/>", "iq iq text iq"),
        (" \n<iq/>\n", "iq"),
    ] {
        let (kinds, error) = kinds(&fragment, input);
        assert_eq!((kinds.join(" ").as_str(), error), (parts, None), "{input}");
    }
    let said = |format| inspect(&options(Shape::Fragment(Vec::new()), format), b"<iq/>junk").0;
    assert_eq!(said(Format::Json).lines().last(), Some("{\"kind\":\"text\"}"));
    assert_eq!(said(Format::Canon), "S jabber:client|iq\nE\n");
}

#[test]
fn text_and_any_element_pass_unless_strict() {
    let lax = options(Shape::Fragment(Vec::new()), Format::Canon);
    let strict = Options { strict: true, ..lax.clone() };
    for (input, condition) in [
        ("<message/> text", "bad-format at byte offset 11 "),
        ("<message/><foo/>", "unsupported-stanza-type at byte offset 10 "),
        ("<c:iq xmlns:c='jabber:client'/>", "bad-namespace-prefix at byte offset 0 "),
    ] {
        assert_eq!(error(&lax, input), None, "{input}");
        let found = error(&strict, input).unwrap();
        assert!(found.starts_with(condition), "{input}: {found}");
    }
    assert_eq!(error(&strict, "<message/><stream:features/>"), None);
    let strict = Options { shape: Shape::Stream, ..strict };
    for (header, condition) in [
        ("<stream xmlns='jabber:client'/>", "invalid-namespace at byte offset 0 "),
        (
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='0.9'/>",
            "unsupported-version at byte offset 0 ",
        ),
    ] {
        let found = error(&strict, header).unwrap();
        assert!(found.starts_with(condition), "{header}: {found}");
    }
}

#[test]
fn a_bad_declaration_is_wrong_usage() {
    for (prefix, uri) in [("a b", "x"), ("stream", "x"), ("p'/><x", "x"), ("p", "")] {
        let fragment = options(Shape::Fragment(vec![(prefix.into(), uri.into())]), Format::Canon);
        let result = run(&fragment, &b""[..], Vec::new());
        assert!(matches!(result, Err(Failure::Usage(_))), "{prefix}: {result:?}");
    }
}

/// Every example of the XMPP extensions gives the events that another parser found.
#[test]
fn xep_examples() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/xep-examples.jsonl");
    let Ok(records) = std::fs::read_to_string(&path) else {
        // Past the capture of test output, so that nobody takes the silence for success.
        writeln!(std::io::stderr(), "skipped: {} is not here", path.display()).expect("a standard error");
        return;
    };
    for record in records.lines() {
        let record: serde_json::Value = serde_json::from_str(record).unwrap();
        let declare = |prefix: &serde_json::Value| match prefix.as_str().unwrap() {
            "db" => Some(("db".into(), "jabber:server:dialback".into())),
            "sasl" => Some(("sasl".into(), "urn:ietf:params:xml:ns:xmpp-sasl".into())),
            _ => None,
        };
        let declared = record["prefixes"].as_array().unwrap().iter().filter_map(declare).collect();
        let mut options = options(Shape::Fragment(declared), Format::Canon);
        for chunk in [None, NonZeroUsize::new(1)] {
            options.chunk = chunk;
            let (out, error) = inspect(&options, record["xml"].as_str().unwrap().as_bytes());
            assert_eq!(error, None, "XEP-{} example {}", record["xep"], record["n"]);
            let sha256 = Sha256::digest(&out).iter().fold(String::new(), |mut hex, octet| {
                write!(hex, "{octet:02x}").unwrap();
                hex
            });
            assert_eq!(record["events_sha256"], sha256, "XEP-{} example {}", record["xep"], record["n"]);
        }
    }
}
