//! What was parsed and written again means the same, and no string given to the writer becomes markup.

use tercet::ns::name;
use tercet::stanza::{Element, Stanza, Step, Text};
use tercet::write::{Error, Forward, StanzaCondition, Writer, error_reply, forward, stream_header};
use tercet::{Input, Limits, Parser, Unit};

/// Reads `bytes` as stanzas of a stream, writes each in all ways there are, and reads what was written. Then writes
/// `bytes` as a string.
///
/// # Panics
/// Where what comes back is not what was written.
pub fn round_trip(bytes: &[u8]) {
    let header = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        xmlns:p='urn:p' xmlns:q='urn:q&amp;&apos;&lt;' version='1.0'>";
    let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
    let all = [header, bytes].concat();
    let mut feed = input.with(&all);
    while let Ok(Some(unit)) = parser.next(&mut feed) {
        if let Unit::Stanza(stanza) = unit {
            copied(&stanza);
            forwarded(&stanza);
            refused(&stanza);
        }
    }
    string(&String::from_utf8_lossy(bytes));
}

fn copied(stanza: &Stanza<'_>) {
    for ns in ["jabber:client", "jabber:server", "urn:q&'<"] {
        let mut out = Vec::new();
        let mut writer = Writer::in_namespace(&mut out, ns);
        writer.element(stanza.root());
        assert_eq!(writer.finish(), Ok(()), "a copy that cannot be written");
        reads_as(ns, &out, &meaning(stanza.root()));
    }
}

fn forwarded(stanza: &Stanza<'_>) {
    let change = Forward { from: Some("romeo@example.net/'<&"), ..Forward::default() };
    let ns = stanza.root().ns();
    let mut out = Vec::new();
    match forward(&mut out, stanza, change) {
        Ok(()) => {}
        Err(error) => {
            assert_eq!(error, Error::PrefixedStanza, "a stanza that cannot be passed on");
            assert!(out.is_empty(), "bytes behind an error");
            return;
        }
    }
    with_parsed(ns, &out, |passed| {
        let from = passed.attr("from").map(|from| from.decode());
        assert_eq!(from.as_deref(), change.from, "another sender");
        let (old, new) = (meaning(stanza.root()), meaning(passed));
        assert_eq!(new.get(1..), old.get(1..), "the content changed");
    });
}

fn refused(stanza: &Stanza<'_>) {
    let condition = StanzaCondition::BadRequest;
    let mut out = Vec::new();
    let answered = error_reply(&mut out, stanza, condition.default_type(), condition, Some("a & b"));
    let Ok(true) = answered else {
        assert_eq!((answered, out.len()), (Ok(false), 0), "an answer that cannot be written");
        return;
    };
    with_parsed(stanza.root().ns(), &out, |error| {
        assert_eq!(error.attr("type").map(|ty| ty.decode()).as_deref(), Some("error"));
        let decoded = |value: Option<Text<'_>>| value.map(|value| value.decode().to_string());
        assert_eq!(decoded(error.attr("to")), decoded(stanza.from()));
        assert_eq!(decoded(error.attr("id")), decoded(stanza.id()));
    });
}

/// Writes `string` wherever a string can stand, and a well-formed rest around it.
fn string(string: &str) {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    writer.open(name::MESSAGE).attr("to", string).open(name::BODY).text(string).close();
    writer.open_ns("urn:x", "x").attr_ns("urn:y", "y", string).close().close();
    let written = writer.finish();
    let carried = string.chars().all(is_char);
    assert_eq!(written.is_ok(), carried, "{written:?}");
    if !carried {
        assert!(out.is_empty(), "bytes behind an error");
        return;
    }
    with_parsed("jabber:client", &out, |message| {
        let mut children = message.elements();
        let (body, other) = (children.next(), children.next());
        assert_eq!(message.attr("to").map(|to| to.decode()).as_deref(), Some(string));
        assert_eq!(body.map(|body| body.text()).as_deref(), Some(string));
        let value = other.and_then(|other| other.attr_ns("urn:y", "y")).map(|value| value.decode());
        assert_eq!(value.as_deref(), Some(string));
        assert!(children.next().is_none() && message.children().count() == 2, "an element out of a string");
    });
    // A namespace is accepted or refused; what is accepted can be read.
    let mut out = Vec::new();
    if stream_header(&mut out, string, |header| _ = header.attr("to", string)).is_ok() {
        let (mut parser, mut input) = (Parser::stream(Limits::NONE), Input::new());
        let mut feed = input.with(&out);
        match parser.next(&mut feed) {
            Ok(Some(Unit::Header(header))) => {
                let declared = header.declarations().find(|(prefix, _)| prefix.is_empty()).map(|(_, ns)| ns.decode());
                assert_eq!(declared.as_deref(), Some(string), "another namespace");
            }
            other => panic!("{other:?} in {}", String::from_utf8_lossy(&out)),
        }
    }
    // A name is accepted or refused; what is accepted stays one name.
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    writer.open_ns(string, "x").attr(string, "").close();
    let _ = writer.finish();
    if !out.is_empty() {
        with_parsed("jabber:client", &out, |element| {
            assert_eq!((element.ns(), element.local()), (string, "x"));
            assert!(element.attr(string).is_some() && element.attrs().count() == 1);
        });
    }
}

/// XML 1.0, production 2.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// What an element means, a line for each tag and text: names expanded, attributes in order of name, values decoded.
fn meaning(element: Element<'_>) -> Vec<String> {
    let steps = element.walk().map(|step| match step {
        Step::Enter(element) => {
            format!("<{{{}}}{} {}>", element.ns(), element.local(), attributes(element).join(" "))
        }
        Step::Text(text) => text.decode().to_string(),
        Step::Leave(_) => String::from("</>"),
        other => panic!("a step of another kind: {other:?}"),
    });
    steps.collect()
}

/// The attributes of an element in order of name: names expanded, values decoded.
fn attributes(element: Element<'_>) -> Vec<String> {
    let attrs = element.attrs();
    let mut attrs: Vec<_> =
        attrs.map(|attr| format!("{{{}}}{}={:?}", attr.ns(), attr.local(), attr.value().decode())).collect();
    attrs.sort();
    attrs
}

fn reads_as(ns: &str, written: &[u8], expected: &[String]) {
    with_parsed(ns, written, |element| assert_eq!(meaning(element), expected, "another meaning"));
}

/// Reads `written` on a stream with `ns` as its content namespace, where it must be one stanza.
fn with_parsed(ns: &str, written: &[u8], look: impl FnOnce(Element<'_>)) {
    let ns = ns.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
    let declared = ["<stream:stream xmlns='", &ns, "' xmlns:stream='http://etherx.jabber.org/streams'>"].concat();
    let all = [declared.as_bytes(), written].concat();
    let (mut parser, mut input, mut look) = (Parser::stream(Limits::NONE), Input::new(), Some(look));
    let mut feed = input.with(&all);
    loop {
        match parser.next(&mut feed) {
            Ok(Some(Unit::Header(_))) => {}
            Ok(Some(Unit::Stanza(stanza))) => match look.take() {
                Some(look) => look(stanza.root()),
                None => panic!("two stanzas where one was written"),
            },
            Ok(None) => break,
            other => panic!("{other:?} in what was written: {}", String::from_utf8_lossy(&all)),
        }
    }
    assert!(feed.unread() == 0 && look.is_none(), "no whole stanza: {}", String::from_utf8_lossy(&all));
}
