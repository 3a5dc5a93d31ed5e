//! minidom: a tree of each stanza, built from rxml's raw events, as the XMPP libraries above it do.

use minidom::tree_builder::TreeBuilder;
use minidom::{Element, Node};
use rxml::error::EndOrError;
use rxml::{Parse, RawParser};

use super::{Peer, locked};
use crate::task::{Answer, Depth, Dom, Events, Head, Route, Sink, Task};

pub struct Minidom;

impl Peer for Minidom {
    fn name(&self) -> &'static str {
        "minidom"
    }

    fn version(&self) -> String {
        locked("minidom")
    }

    fn remarks(&self) -> &'static str {
        "`TreeBuilder` over rxml's `RawParser`, one tree a stanza"
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

fn read(stream: &[u8], piece: usize, mut visit: impl FnMut(&Element)) -> Result<(), String> {
    let mut parser = RawParser::new();
    let mut builder = TreeBuilder::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (mut piece, behind) = rest.split_at(piece.min(rest.len()));
        rest = behind;
        loop {
            let event = match parser.parse(&mut piece, rest.is_empty()) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(()),
                Err(EndOrError::NeedMoreData) => break,
                Err(EndOrError::Error(error)) => return Err(error.to_string()),
            };
            builder.process_event(event).map_err(|error| error.to_string())?;
            if builder.depth() == 1
                && let Some(stanza) = builder.unshift_child()
            {
                visit(&stanza);
            }
        }
    }
    Err("the stream does not end".to_owned())
}

fn walk<S: Sink>(element: &Element, sink: &mut S) {
    if S::NAMESPACES {
        sink.open(&element.ns(), element.name());
    } else {
        sink.open("", element.name());
    }
    for ((ns, local), value) in element.attrs().iter() {
        sink.attribute(ns, local, value);
    }
    for node in element.nodes() {
        match node {
            Node::Element(child) => walk(child, sink),
            Node::Text(text) => sink.run(text),
        }
    }
    sink.close();
}

fn heads(stanza: &Element, route: &mut Route) {
    route.begin(stanza.name());
    for (head, name) in [(Head::To, "to"), (Head::From, "from"), (Head::Id, "id"), (Head::Type, "type")] {
        if let Some(value) = stanza.attr(name) {
            route.head(head, value);
        }
    }
    for body in stanza.children().filter(|child| child.name() == "body") {
        route.body(body.texts().map(str::len).sum());
    }
    route.finish();
}
