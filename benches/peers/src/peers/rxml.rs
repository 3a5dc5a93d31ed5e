//! rxml: the parser below most XMPP software in Rust.

use rxml::error::EndOrError;
use rxml::{Event, Parse, Parser};

use super::{Peer, locked};
use crate::task::{Answer, Depth, Dom, Events, Route, Sink, Task};

pub struct Rxml;

impl Peer for Rxml {
    fn name(&self) -> &'static str {
        "rxml"
    }

    fn version(&self) -> String {
        locked("rxml")
    }

    fn remarks(&self) -> &'static str {
        "`Parser`, which resolves namespaces"
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        match task {
            Task::Events => read(Events::new(Depth::DOCUMENT), stream, piece),
            Task::Route => read(Route::new(Depth::DOCUMENT), stream, piece),
            Task::Dom => read(Dom::new(Depth::DOCUMENT), stream, piece),
        }
    }
}

fn read<S: Sink>(mut sink: S, stream: &[u8], piece: usize) -> Result<Answer, String> {
    let mut parser = Parser::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (mut piece, behind) = rest.split_at(piece.min(rest.len()));
        rest = behind;
        loop {
            match parser.parse(&mut piece, rest.is_empty()) {
                Ok(Some(event)) => take(&mut sink, &event),
                Ok(None) => return Ok(sink.answer()),
                Err(EndOrError::NeedMoreData) => break,
                Err(EndOrError::Error(error)) => return Err(error.to_string()),
            }
        }
    }
    Err("the stream does not end".to_owned())
}

fn take<S: Sink>(sink: &mut S, event: &Event) {
    match event {
        Event::StartElement(_, (ns, local), attributes) => {
            sink.open(ns, local);
            if sink.wants_attributes() {
                for ((ns, local), value) in attributes.iter() {
                    sink.attribute(ns, local, value);
                }
            }
        }
        Event::EndElement(_) => sink.close(),
        Event::Text(_, text) if sink.wants_text() => sink.piece(text),
        _ => {}
    }
}
