//! Stanzas as trees that can be compared, whatever the order of attributes and the choice of prefixes.

use std::collections::BTreeMap;

use tercet::stanza::{Element, Node, Stanza};
use tercet::{Input, Limits, Parser, Unit};

/// Reads one stanza as a client's stream would carry it.
pub(crate) fn with_stanza<R>(xml: &str, see: impl FnOnce(Stanza<'_>) -> R) -> R {
    let stream = format!("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>{xml}");
    let (mut parser, mut input) = (Parser::stream(Limits::NONE), Input::new());
    let mut feed = input.with(stream.as_bytes());
    parser.next(&mut feed).expect("a header");
    match parser.next(&mut feed) {
        Ok(Some(Unit::Stanza(stanza))) => see(stanza),
        other => panic!("no stanza: {other:?}: {xml}"),
    }
}

/// An element. Attributes in a namespace are keyed `{namespace}local`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) ns: String,
    pub(crate) local: String,
    pub(crate) attrs: BTreeMap<String, String>,
    pub(crate) children: Vec<Tree>,
    pub(crate) text: String,
}

impl Tree {
    pub(crate) fn parse(xml: &str) -> Self {
        with_stanza(xml, |stanza| Self::of(stanza.root()))
    }

    pub(crate) fn of(element: Element<'_>) -> Self {
        let key = |ns: &str, local: &str| if ns.is_empty() { local.into() } else { format!("{{{ns}}}{local}") };
        let mut tree = Self {
            ns: element.ns().into(),
            local: element.local().into(),
            attrs: element
                .attrs()
                .map(|attr| (key(attr.ns(), attr.local()), attr.value().decode().into_owned()))
                .collect(),
            children: Vec::new(),
            text: String::new(),
        };
        for child in element.children() {
            match child {
                Node::Element(element) => tree.children.push(Self::of(element)),
                Node::Text(text) => tree.text.push_str(&text.decode()),
                other => panic!("unknown node {other:?}"),
            }
        }
        tree.text = tree.text.trim().into();
        tree
    }

    pub(crate) fn child(&self, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.local == local)
    }

    pub(crate) fn attr(&self, local: &str) -> Option<&str> {
        self.attrs.get(local).map(String::as_str)
    }

    /// Whether `got` is what `self` asks for; the value `*` stands for any. With `open`, `got` may have attributes
    /// that `self` does not name.
    pub(crate) fn accepts(&self, got: &Self, open: bool) -> bool {
        let value_fits =
            |(key, value): (&String, &String)| got.attrs.get(key).is_some_and(|got| value == "*" || value == got);
        self.ns == got.ns
            && self.local == got.local
            && self.text == got.text
            && self.attrs.iter().all(value_fits)
            && (open || self.attrs.len() == got.attrs.len())
            && self.children.len() == got.children.len()
            && self.children.iter().zip(&got.children).all(|(own, got)| own.accepts(got, open))
    }
}
