//! What passes on one connection, heard at one of its ends.
//!
//! In: octets of both directions as they go by. Out: one [`Heard`] for each unit, with the step of the conversation
//! that it belongs to. Invariant: only what a stream shows is used, nothing that either end says of itself.
//! It judges nothing.

use std::time::Instant;

use tercet::ns::{NsId, name};
use tercet::session::iq::{Iq, classify};
use tercet::stanza::{Element, Kind, Stanza};
use tercet::stream::Header;
use tercet::{Input, Limits, Parser, Unit};

use super::step::Step;
use crate::link::Way;

/// A unit that went by.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) at: Instant,
    pub(super) way: Way,
    pub(super) step: Step,
    /// What it is, for a person.
    pub(super) summary: String,
    /// Its octets.
    pub(super) raw: String,
}

/// Listens at one end.
pub(super) struct Ear {
    heard: Vec<Heard>,
    inward: Side,
    outward: Side,
}

impl Ear {
    pub(super) fn new() -> Self {
        Self { heard: Vec::new(), inward: Side::new(), outward: Side::new() }
    }

    /// Takes octets in.
    pub(super) fn take(&mut self, way: Way, octets: &[u8]) {
        let side = match way {
            Way::In => &mut self.inward,
            Way::Out => &mut self.outward,
        };
        let (at, heard) = (Instant::now(), &mut self.heard);
        side.take(octets, |step, summary, raw| heard.push(Heard { at, way, step, summary, raw }));
    }

    /// Everything so far, in its order.
    pub(super) fn heard(&self) -> &[Heard] {
        &self.heard
    }

    /// The raw units of one direction.
    pub(super) fn units(&self, way: Way) -> Vec<&str> {
        self.heard.iter().filter(|heard| heard.way == way).map(|heard| heard.raw.as_str()).collect()
    }
}

/// One direction.
struct Side {
    parser: Parser,
    input: Input,
    /// Stream headers so far: one in clear, one under TLS, one behind the login.
    headers: usize,
}

impl Side {
    fn new() -> Self {
        Self { parser: Parser::stream(Limits::CLIENT), input: Input::new(), headers: 0 }
    }

    fn take(&mut self, octets: &[u8], mut tell: impl FnMut(Step, String, String)) {
        // A stream starts anew in the middle of the connection; each begins with a declaration of its own.
        if octets.starts_with(b"<?xml") && self.parser.is_aligned(&self.input) {
            self.parser.restart();
        }
        let mut feed = self.input.with(octets);
        // What cannot be read shows itself by being missing: the ends themselves tell why.
        while let Ok(Some(unit)) = self.parser.next(&mut feed) {
            match unit {
                Unit::Header(header) => {
                    self.headers += 1;
                    tell(opening(self.headers), header_line(&header), header.raw().into());
                }
                Unit::Stanza(stanza) => {
                    tell(step(&stanza, self.headers), line(stanza.root()), stanza.raw().into());
                }
                Unit::Close => tell(Step::Close, "</stream:stream>".into(), "</stream:stream>".into()),
                _ => {}
            }
        }
    }
}

/// The step that begins with a stream's header, by how many there were.
fn opening(headers: usize) -> Step {
    match headers {
        0 | 1 => Step::Connect,
        2 => Step::StartTls,
        _ => Step::Bind,
    }
}

fn step(stanza: &Stanza<'_>, headers: usize) -> Step {
    let root = stanza.root().name();
    match (stanza.kind(), root.ns) {
        (Kind::Message, _) => Step::Messages,
        (Kind::Presence, _) if stanza.ty().is_some_and(|ty| ty == "unavailable") => Step::Close,
        (Kind::Presence, _) => Step::Presence,
        (Kind::Iq, _) => match classify(stanza) {
            Iq::Get(payload) | Iq::Set(payload) | Iq::Result(Some(payload)) if payload.is(name::ROSTER) => Step::Roster,
            _ => Step::Bind,
        },
        (_, NsId::TLS) => Step::StartTls,
        (_, NsId::SASL) => Step::Login,
        _ => opening(headers),
    }
}

fn header_line(header: &Header<'_>) -> String {
    start_tag("stream:stream", header.element(), &["from", "to", "version"])
}

/// The start tag with the attributes that matter, and in short what is inside.
fn line(root: Element<'_>) -> String {
    let mut line = start_tag(root.local(), root, &["type", "from", "to", "mechanism"]);
    for child in root.elements() {
        let text = match child.name() {
            name::BODY => format!(" \u{201c}{}\u{201d}", child.text()),
            _ => format!(" {}{}", child.local(), inside(child)),
        };
        line.push_str(&text);
    }
    line
}

/// What a child holds, as far as it fits on the line.
fn inside(child: Element<'_>) -> String {
    let words: Vec<_> = child
        .elements()
        .map(|inner| match (inner.local(), inner.attr("jid")) {
            ("mechanism" | "jid", _) => inner.text().into_owned(),
            ("item", Some(jid)) => {
                let subscription = inner.attr("subscription").map(|it| it.decode().into_owned()).unwrap_or_default();
                format!("{} ({subscription})", jid.decode())
            }
            (other, _) => other.to_owned(),
        })
        .collect();
    if words.is_empty() { String::new() } else { format!(" [{}]", words.join(", ")) }
}

fn start_tag(name: &str, element: Element<'_>, wanted: &[&str]) -> String {
    let mut tag = format!("<{name}");
    for &attribute in wanted {
        if let Some(value) = element.attr(attribute) {
            tag.push_str(&format!(" {attribute}='{}'", value.decode()));
        }
    }
    tag.push('>');
    tag
}
