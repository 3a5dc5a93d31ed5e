//! What the stanzas of a stream hold in a list, made beforehand: answered from it, a task costs what it costs whoever
//! parses.
//!
//! In: a stream. Out: a [`List`], which answers [`Task::Events`] without a parser. It holds what that task asks for and
//! no more: stanzas, elements, values of attributes and text, decoded already, in document order. Neither names nor
//! ends of elements: a parser need not be asked for them.
//!
//! [`Task::Events`]: crate::task::Task::Events

use crate::peers;
use crate::task::{Answer, Seen, Sink};

/// What the stanzas of a stream hold, in document order.
#[derive(Default)]
pub struct List {
    /// Of how many nodes each stanza consists.
    stanzas: Vec<usize>,
    /// One stanza's behind the other's.
    nodes: Vec<Node>,
    /// Of attributes, one element's behind the other's.
    values: Vec<Box<str>>,
    /// How many elements are open, while it is made.
    depth: u32,
}

enum Node {
    Element { attributes: u32 },
    Text(Box<str>),
}

impl List {
    /// # Errors
    /// Why the stream cannot be read.
    pub fn of(stream: &[u8]) -> Result<Self, String> {
        let mut list = Self::default();
        peers::tell_stanzas(stream, &mut list)?;
        Ok(list)
    }

    fn push(&mut self, node: Node) {
        self.nodes.push(node);
        if let Some(nodes) = self.stanzas.last_mut() {
            *nodes += 1;
        }
    }
}

/// As a sink, a list is made; its answer is what its stanzas hold.
impl Sink for List {
    const NAMES: bool = false;
    const NAMESPACES: bool = false;

    fn open(&mut self, _ns: &str, _local: &str) {
        if self.depth == 0 {
            self.stanzas.push(0);
        }
        self.depth += 1;
        self.push(Node::Element { attributes: 0 });
    }

    fn wants_attributes(&self) -> bool {
        true
    }

    fn attribute(&mut self, _ns: &str, _local: &str, value: &str) {
        self.values.push(value.into());
        if let Some(Node::Element { attributes }) = self.nodes.last_mut() {
            *attributes += 1;
        }
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn piece(&mut self, text: &str) {
        self.push(Node::Text(text.into()));
    }

    fn close(&mut self) {
        self.depth -= 1;
    }

    fn answer(&self) -> Answer {
        let mut seen = Seen::default();
        let (mut nodes, mut values) = (self.nodes.iter(), self.values.iter());
        for count in &self.stanzas {
            seen.stanza();
            for node in nodes.by_ref().take(*count) {
                match node {
                    Node::Element { attributes } => {
                        seen.element();
                        for value in values.by_ref().take(*attributes as usize) {
                            seen.value(value.len());
                        }
                    }
                    Node::Text(text) => seen.text(text.len()),
                }
            }
        }
        seen.answer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_what_stanzas_hold_and_answers_by_it() {
        let stream = "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>\
                      <a x='1' y='&lt;2'>t&amp;u<b z='3'/>v</a> <c/></s:stream>";
        let list = List::of(stream.as_bytes()).unwrap();
        let nodes = list.nodes.iter().map(|node| match node {
            Node::Element { attributes } => attributes.to_string(),
            Node::Text(text) => format!("'{text}'"),
        });
        assert_eq!(nodes.collect::<Vec<_>>(), ["2", "'t&u'", "1", "'v'", "0"]);
        assert_eq!(list.stanzas, [4, 1]);
        assert_eq!(list.values, ["1", "<2", "3"].map(Box::from));
        assert_eq!(list.answer(), [2, 3, 3, 4, 4]);
        assert!(List::of(b"<a>").is_err());
    }
}
