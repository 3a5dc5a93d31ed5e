//! tercet: the parser alone, stanza views walked.

use ::tercet::stanza::{Node, Stanza, Step, Text};
use ::tercet::{Input, Limits, Parser, Unit};

use super::{Peer, locked};
use crate::task::{Answer, Depth, Dom, Events, Heads, Route, Sink, Task};

pub struct Tercet;

impl Peer for Tercet {
    fn name(&self) -> &'static str {
        "tercet"
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
        match task {
            Task::Events => {
                let mut sink = Events::new(Depth::STREAM);
                read(stream, piece, |stanza| walk(stanza, &mut sink))?;
                Ok(sink.answer())
            }
            Task::Route => {
                let mut route = Route::new(Depth::STREAM);
                read(stream, piece, |stanza| heads(stanza, &mut route))?;
                Ok(route.answer())
            }
            Task::Dom => {
                let mut sink = Dom::new(Depth::STREAM);
                read(stream, piece, |stanza| walk(stanza, &mut sink))?;
                Ok(sink.answer())
            }
        }
    }
}

fn read(stream: &[u8], piece: usize, mut visit: impl FnMut(Stanza<'_>)) -> Result<(), String> {
    let mut parser = Parser::stream(Limits::CLIENT);
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

fn walk<S: Sink>(stanza: Stanza<'_>, sink: &mut S) {
    for step in stanza.root().walk() {
        match step {
            Step::Enter(element) => {
                sink.open(if S::NAMESPACES { element.ns() } else { "" }, element.local());
                for attr in element.attrs() {
                    let ns = if S::NAMESPACES { attr.ns() } else { "" };
                    sink.attribute(ns, attr.local(), &attr.value().decode());
                }
            }
            Step::Text(text) => sink.run(&text.decode()),
            Step::Leave(_) => sink.close(),
            _ => {}
        }
    }
}

fn heads(stanza: Stanza<'_>, route: &mut Route) {
    let [to, from, id, ty] = [stanza.to(), stanza.from(), stanza.id(), stanza.ty()].map(|head| head.map(Text::decode));
    let bodies = stanza.root().elements().filter(|element| element.local() == "body");
    route.stanza(&Heads {
        local: stanza.root().local(),
        to: to.as_deref(),
        from: from.as_deref(),
        id: id.as_deref(),
        ty: ty.as_deref(),
        body: bodies.flat_map(|body| body.children()).filter_map(Node::as_text).map(|text| text.decode().len()).sum(),
    });
}
