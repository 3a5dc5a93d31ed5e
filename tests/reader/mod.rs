//! Reads XML back for tests of what was written.

use tercet::Limits;
use tercet::stanza::{Stanza, Step as Walked};
use tercet::stream::{Input, Parser, Unit};

/// A piece of a tree in document order, names and values as they are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An element's namespace, local name, and attributes as (namespace, local name, value), sorted.
    Open(String, String, Vec<(String, String, String)>),
    Text(String),
    Close,
}

/// Shows the first-level elements of `xml`, sent on a stream whose header holds the declarations `header`.
pub(crate) fn with_stanzas(header: &str, xml: &str, mut show: impl FnMut(Stanza<'_>)) {
    let stream =
        format!("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' {header}>{xml}</stream:stream>");
    let mut input = Input::new();
    let mut feed = input.with(stream.as_bytes());
    let mut parser = Parser::stream(Limits::NONE);
    let mut closed = false;
    while let Some(unit) = parser.next(&mut feed).unwrap_or_else(|error| panic!("{error}: {xml}")) {
        match unit {
            Unit::Stanza(stanza) => show(stanza),
            Unit::Close => closed = true,
            Unit::Text => panic!("text on the level of the stream: {xml}"),
            _ => {}
        }
    }
    assert!(closed, "unfinished: {xml}");
}

/// The elements of `xml` one after the other.
pub(crate) fn steps(header: &str, xml: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    with_stanzas(header, xml, |stanza| {
        steps.extend(stanza.root().walk().map(|step| match step {
            Walked::Enter(element) => {
                let attrs = element.attrs();
                let mut attrs: Vec<_> = attrs
                    .map(|attr| (attr.ns().to_owned(), attr.local().to_owned(), attr.value().decode().into_owned()))
                    .collect();
                attrs.sort();
                Step::Open(element.ns().to_owned(), element.local().to_owned(), attrs)
            }
            Walked::Text(text) => Step::Text(text.decode().into_owned()),
            Walked::Leave(_) => Step::Close,
            _ => panic!("a step of another kind"),
        }));
    });
    steps
}
