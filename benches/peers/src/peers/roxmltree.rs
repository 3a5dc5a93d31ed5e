//! roxmltree: a read-only tree of a whole document.

use roxmltree::{Document, Node, ParsingOptions};

use super::{Peer, locked, text};
use crate::task::{Answer, Depth, Dom, Head, Route, Seen, Sink, Task};

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
            Task::Events => Ok(events(&document)),
            Task::Route => Ok(heads(&document)),
            Task::Dom => Ok(dom(&document)),
        }
    }
}

fn events(document: &Document<'_>) -> Answer {
    let mut seen = Seen::default();
    for stanza in document.root_element().children().filter(Node::is_element) {
        seen.stanza();
        for node in stanza.descendants() {
            if node.is_element() {
                seen.element();
                for attribute in node.attributes() {
                    seen.value(attribute.value().len());
                }
            } else if let Some(text) = node.text().filter(|_| node.is_text()) {
                seen.text(text.len());
            }
        }
    }
    seen.answer()
}

fn dom(document: &Document<'_>) -> Answer {
    let mut dom = Dom::new(Depth::DOCUMENT);
    visit(document.root_element(), &mut dom);
    dom.answer()
}

fn visit(element: Node<'_, '_>, dom: &mut Dom) {
    let name = element.tag_name();
    dom.open(name.namespace().unwrap_or(""), name.name());
    if dom.wants_attributes() {
        for attribute in element.attributes() {
            dom.attribute(attribute.namespace().unwrap_or(""), attribute.name(), attribute.value());
        }
    }
    for node in element.children() {
        if node.is_element() {
            visit(node, dom);
        } else if let Some(text) = node.text().filter(|_| node.is_text() && dom.wants_text()) {
            dom.run(text);
        }
    }
    dom.close();
}

fn heads(document: &Document<'_>) -> Answer {
    let mut route = Route::new(Depth::STREAM);
    for stanza in document.root_element().children().filter(Node::is_element) {
        route.begin(stanza.tag_name().name());
        // Asked for a name alone, it gives the first attribute of that local name, whatever its namespace.
        for attribute in stanza.attributes().filter(|attribute| attribute.namespace().is_none()) {
            if let Some(head) = Head::named(attribute.name()) {
                route.head(head, attribute.value());
            }
        }
        for body in stanza.children().filter(|child| child.is_element() && child.tag_name().name() == "body") {
            route.body(body.children().filter(Node::is_text).filter_map(|node| node.text()).map(str::len).sum());
        }
        route.finish();
    }
    route.answer()
}
