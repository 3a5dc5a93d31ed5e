//! tercet's answer, in the words that expat's is told in.

use tercet::stanza::{Element, Stanza, Step};
use tercet::stream::Error;
use tercet::{Input, Parser, Unit};

use crate::event::{self, Attribute, Event, Name};

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) units: Vec<event::Unit>,
    /// Each element sent on by itself, in a stream that declares its outer bindings and no others.
    pub(crate) alone: Vec<String>,
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Accepted,
    Truncated,
    Refused(Error),
}

pub(crate) fn read(mut parser: Parser, bytes: &[u8]) -> Answer {
    let (mut input, mut units, mut alone) = (Input::new(), Vec::new(), Vec::new());
    let mut feed = input.with(bytes);
    loop {
        match parser.next(&mut feed) {
            Ok(Some(unit)) => units.push(match unit {
                Unit::Header(header) => event::Unit::Header(open(header.element())),
                Unit::Stanza(stanza) => {
                    alone.push(send_on(stanza));
                    event::Unit::Element(events(stanza.root()))
                }
                Unit::Text => event::Unit::Text { certain: true },
                Unit::Close => event::Unit::Close,
                other => panic!("a unit of another kind: {other:?}"),
            }),
            Ok(None) => break,
            Err(error) => return Answer { units, alone, end: End::Refused(error) },
        }
    }
    drop(feed);
    let end = if parser.eof(&input).is_ok() { End::Accepted } else { End::Truncated };
    Answer { units, alone, end }
}

fn send_on(stanza: Stanza<'_>) -> String {
    let mut stream = String::from("<s");
    for (prefix, ns) in stanza.outer_bindings() {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let ns = ns.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;").replace('\t', "&#9;");
        let ns = ns.replace('\r', "&#13;").replace('\n', "&#10;");
        stream.push_str(&format!(" xmlns{colon}{prefix}='{ns}'"));
    }
    stream + ">" + stanza.raw() + "</s>"
}

fn events(root: Element<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    for step in root.walk() {
        match step {
            Step::Enter(element) => events.push(open(element)),
            Step::Leave(_) => events.push(Event::Close),
            Step::Text(text) => match events.last_mut() {
                Some(Event::Text(run)) => text.decode_into(run),
                _ => events.push(Event::Text(text.decode().into_owned())),
            },
            other => panic!("a step of another kind: {other:?}"),
        }
    }
    events
}

fn open(element: Element<'_>) -> Event {
    let declarations = element.declarations();
    let declarations = declarations.map(|(prefix, ns)| (prefix.to_owned(), ns.decode().into_owned())).collect();
    let attribute = |attr: tercet::stanza::Attr<'_>| Attribute {
        name: name(attr.ns(), attr.local(), attr.prefix()),
        value: attr.value().decode().into_owned(),
    };
    let name = name(element.ns(), element.local(), element.prefix());
    Event::Open { name, declarations, attributes: element.attrs().map(attribute).collect() }
}

fn name(ns: &str, local: &str, prefix: Option<&str>) -> Name {
    Name { ns: ns.to_owned(), local: local.to_owned(), prefix: prefix.unwrap_or_default().to_owned() }
}
