//! roxmltree: a read-only tree of a whole document.

use roxmltree::{Document, Node, ParsingOptions};

use super::{Peer, locked, text};
use crate::task::{Answer, Depth, Dom, Events, Head, Route, Sink, Task};

pub struct Roxmltree;

impl Peer for Roxmltree {
    fn name(&self) -> &'static str {
        "roxmltree"
    }

    fn version(&self) -> String {
        locked("roxmltree")
    }

    fn remarks(&self) -> &'static str {
        "one tree of the whole stream; UTF-8 checked for it"
    }

    fn takes_pieces(&self) -> bool {
        false
    }

    fn run(&mut self, task: Task, stream: &[u8], _piece: usize) -> Result<Answer, String> {
        let document = Document::parse_with_options(text(stream)?, ParsingOptions::default());
        let document = document.map_err(|error| error.to_string())?;
        match task {
            Task::Events => Ok(walk(&document, Events::new(Depth::DOCUMENT))),
            Task::Route => Ok(heads(&document)),
            Task::Dom => Ok(walk(&document, Dom::new(Depth::DOCUMENT))),
        }
    }
}

fn walk<S: Sink>(document: &Document<'_>, mut sink: S) -> Answer {
    visit(document.root_element(), &mut sink);
    sink.answer()
}

fn visit<S: Sink>(element: Node<'_, '_>, sink: &mut S) {
    let name = element.tag_name();
    sink.open(if S::NAMESPACES { name.namespace().unwrap_or("") } else { "" }, name.name());
    if sink.wants_attributes() {
        for attribute in element.attributes() {
            let ns = if S::NAMESPACES { attribute.namespace().unwrap_or("") } else { "" };
            sink.attribute(ns, attribute.name(), attribute.value());
        }
    }
    for node in element.children() {
        if node.is_element() {
            visit(node, sink);
        } else if let Some(text) = node.text().filter(|_| node.is_text() && sink.wants_text()) {
            sink.run(text);
        }
    }
    sink.close();
}

fn heads(document: &Document<'_>) -> Answer {
    let mut route = Route::new(Depth::STREAM);
    for stanza in document.root_element().children().filter(Node::is_element) {
        route.begin(stanza.tag_name().name());
        for (head, name) in [(Head::To, "to"), (Head::From, "from"), (Head::Id, "id"), (Head::Type, "type")] {
            if let Some(value) = stanza.attribute(name) {
                route.head(head, value);
            }
        }
        for body in stanza.children().filter(|child| child.is_element() && child.tag_name().name() == "body") {
            route.body(body.children().filter(Node::is_text).filter_map(|node| node.text()).map(str::len).sum());
        }
        route.finish();
    }
    route.answer()
}
