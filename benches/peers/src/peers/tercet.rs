//! tercet: the parser alone, stanza views walked.

use ::tercet::stanza::{Node, Stanza, Step, Text};
use ::tercet::{Input, Limits, Parser, Unit};

use super::{Peer, Role, locked};
use crate::task::{Answer, Depth, Dom, Events, Head, Route, Sink, Task};

/// The row that counts.
pub const NAME: &str = "tercet";

/// tercet in one of the ways there are to use it.
pub struct Tercet {
    name: &'static str,
    /// Makes the parser.
    parser: fn() -> Parser,
    /// Whether it is here only to tell where speed comes from.
    detail: bool,
}

/// As its users get it first, then in parts: what each of the processor's instruction sets gives.
pub fn rows() -> Vec<Tercet> {
    vec![Tercet { name: NAME, parser: || Parser::stream(Limits::CLIENT), detail: false }]
}

impl Peer for Tercet {
    fn name(&self) -> &'static str {
        self.name
    }

    fn role(&self) -> Role {
        if self.detail { Role::Detail } else { Role::Tercet }
    }

    fn version(&self) -> String {
        locked("tercet")
    }

    fn remarks(&self) -> &'static str {
        "limits of a client; stanza views"
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        let mut buffer = String::new();
        match task {
            Task::Events => {
                let mut sink = Events::new(Depth::STREAM);
                self.read(stream, piece, |stanza| walk(stanza, &mut buffer, &mut sink))?;
                Ok(sink.answer())
            }
            Task::Route => {
                let mut route = Route::new(Depth::STREAM);
                self.read(stream, piece, |stanza| heads(stanza, &mut buffer, &mut route))?;
                Ok(route.answer())
            }
            Task::Dom => {
                let mut sink = Dom::new(Depth::STREAM);
                self.read(stream, piece, |stanza| walk(stanza, &mut buffer, &mut sink))?;
                Ok(sink.answer())
            }
        }
    }
}

impl Tercet {
    fn read(&self, stream: &[u8], piece: usize, mut visit: impl FnMut(Stanza<'_>)) -> Result<(), String> {
        let mut parser = (self.parser)();
        let mut input = Input::new();
        for piece in stream.chunks(piece) {
            let mut feed = input.with(piece);
            while let Some(unit) = parser.next(&mut feed).map_err(|error| error.to_string())? {
                if let Unit::Stanza(stanza) = unit {
                    visit(stanza);
                }
            }
        }
        parser.eof(&input).map_err(|error| error.to_string())
    }
}

fn walk<S: Sink>(stanza: Stanza<'_>, buffer: &mut String, sink: &mut S) {
    for step in stanza.root().walk() {
        match step {
            Step::Enter(element) => {
                sink.open(if S::NAMESPACES { element.ns() } else { "" }, element.local());
                for attr in element.attrs() {
                    let ns = if S::NAMESPACES { attr.ns() } else { "" };
                    sink.attribute(ns, attr.local(), value(attr.value(), buffer));
                }
            }
            Step::Text(text) => sink.run(value(text, buffer)),
            Step::Leave(_) => sink.close(),
            _ => {}
        }
    }
}

fn heads(stanza: Stanza<'_>, buffer: &mut String, route: &mut Route) {
    route.begin(stanza.root().local());
    let heads =
        [(Head::To, stanza.to()), (Head::From, stanza.from()), (Head::Id, stanza.id()), (Head::Type, stanza.ty())];
    for (head, text) in heads {
        if let Some(text) = text {
            route.head(head, value(text, buffer));
        }
    }
    for body in stanza.root().elements().filter(|element| element.local() == "body") {
        for text in body.children().filter_map(Node::as_text) {
            route.body(value(text, buffer).len());
        }
    }
    route.finish();
}

/// The value of `text`, in `buffer` where it had to be decoded.
#[inline]
fn value<'v>(text: Text<'v>, buffer: &'v mut String) -> &'v str {
    if let Some(plain) = text.as_plain() {
        return plain;
    }
    buffer.clear();
    text.decode_into(buffer);
    buffer
}
