//! Elements and their children.
//!
//! In: a tape, the text it was made of, and the scope. Out: views of one element, what it holds, and ways through it,
//! none of which recurses or allocates.

use super::stack::Blank;
use super::tape::index;
use super::{AttrNode, Coding, NodeKind, Source, TapeNode, Text};
use crate::ns::Name;
use crate::scan;
use crate::span::{Span, part};
use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::iter::FusedIterator;
use core::slice;

/// An element of a parsed stanza.
///
/// ```
/// use tercet::ns::name;
/// use tercet::stanza::Step;
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<message xmlns='jabber:client'><body>see <em>here</em></body></message>");
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <message xmlns='jabber:client'><body>see <em>here</em></body></message>
/// let body = stanza.root().child(name::BODY).unwrap();
/// assert_eq!((body.ns(), body.local()), ("jabber:client", "body"));
/// assert_eq!(body.text(), "see ");
/// assert_eq!(body.raw(), "<body>see <em>here</em></body>");
/// let mut outline = String::new();
/// for step in body.walk() {
///     match step {
///         Step::Enter(element) => outline += &format!("({}", element.local()),
///         Step::Text(text) => outline += &format!(" {text}"),
///         Step::Leave(_) => outline += ")",
///         _ => {}
///     }
/// }
/// assert_eq!(outline, "(body see (em here))");
/// assert_eq!(body.descendants().count(), 4);
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub(super) source: Source<'a>,
    pub(super) node: &'a TapeNode,
}

impl<'a> Element<'a> {
    pub(crate) fn root(source: Source<'a>) -> Self {
        Self { source, node: source.tape.root() }
    }

    /// The expanded name as integers, for `match`. Two that are unknown are equal here: see [`Name`].
    #[inline]
    #[must_use]
    pub fn name(self) -> Name {
        Name { ns: self.node.space.id(), local: self.node.label.local() }
    }

    /// Whether the element bears the well-known name `name`.
    ///
    /// Never true of a name with a part that is not numbered: compare those by [`Self::is_named`].
    #[inline]
    #[must_use]
    pub fn is(self, name: Name) -> bool {
        name.is_known() && self.name() == name
    }

    /// Whether the element is `local` in the namespace `ns`, by text.
    #[inline]
    #[must_use]
    pub fn is_named(self, ns: &str, local: &str) -> bool {
        self.local() == local && self.ns() == ns
    }

    /// The namespace name; empty for none.
    #[inline]
    #[must_use]
    pub fn ns(self) -> &'a str {
        self.source.scope.text(self.node.space, self.source.text)
    }

    /// The local name.
    #[inline]
    #[must_use]
    pub fn local(self) -> &'a str {
        match self.node.label.local().text() {
            Some(known) => known,
            None => self.node.name(self.source.text).local().of(self.source.text),
        }
    }

    /// The prefix as written, where there is one.
    #[inline]
    #[must_use]
    pub fn prefix(self) -> Option<&'a str> {
        let text = self.source.text;
        self.node.label.has_prefix().then(|| self.node.name(text).prefix().of(text))
    }

    /// The name as written, prefix included.
    #[inline]
    #[must_use]
    pub fn qname(self) -> &'a str {
        self.node.name(self.source.text).span.of(self.source.text)
    }

    /// Child elements and text, in document order.
    #[inline]
    #[must_use]
    pub fn children(self) -> Children<'a> {
        let nodes = self.source.tape.nodes.as_slice();
        Children { source: self.source, nodes, at: self.index() as usize + 1, end: self.node.next as usize }
    }

    /// Child elements in document order.
    #[inline]
    #[must_use]
    pub fn elements(self) -> Elements<'a> {
        Elements { children: self.children() }
    }

    /// The element itself, then all elements and text within it, in document order, without recursion: as
    /// [`Self::walk`], where nobody asks where elements end. For elements alone, `filter_map(Node::as_element)`.
    #[inline]
    #[must_use]
    pub fn descendants(self) -> Descendants<'a> {
        let nodes = self.source.tape.nodes.as_slice().get(self.index() as usize..self.node.next as usize);
        Descendants { source: self.source, nodes: nodes.unwrap_or_default().iter() }
    }

    /// Everything from this start tag to its end tag, in document order, without recursion.
    #[inline]
    #[must_use]
    pub fn walk(self) -> Walk<'a> {
        let nodes = self.source.tape.nodes.as_slice();
        Walk { source: self.source, nodes, root: self.node, open: self.node, at: self.index() as usize }
    }

    /// The first child element bearing the well-known name `name`. Of a stanza on a stream that may be one between
    /// servers, see [`Stanza::child`](super::Stanza::child).
    #[inline]
    #[must_use]
    pub fn child(self, name: Name) -> Option<Element<'a>> {
        self.elements().find(|element| element.is(name))
    }

    /// The first child element `local` in the namespace `ns`, by text.
    #[inline]
    #[must_use]
    pub fn child_named(self, ns: &str, local: &str) -> Option<Element<'a>> {
        self.elements().find(|element| element.is_named(ns, local))
    }

    /// The value of the element's own text, that of child elements left out; borrowed where it reads as written.
    #[inline]
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        let mut runs = self.children().filter_map(Node::as_text);
        let Some(first) = runs.next() else { return Cow::Borrowed("") };
        let Some(second) = runs.next() else { return first.decode() };
        let mut value = String::new();
        for run in [first, second].into_iter().chain(runs) {
            run.decode_into(&mut value);
        }
        Cow::Owned(value)
    }

    /// The element as received, from its `<` to its last `>`.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.slice(self.node.start, self.node.end)
    }

    /// Where [`Self::raw`] stands in that of the stanza.
    #[inline]
    pub(crate) fn span(self) -> Span {
        Span::between(self.node.start, self.node.end)
    }

    /// The start tag as received; the whole of an element written `<name/>`.
    #[inline]
    #[must_use]
    pub fn start_tag_raw(self) -> &'a str {
        self.slice(self.node.start, self.tag_end())
    }

    /// What stands between the start tag and the end tag, as received.
    #[inline]
    #[must_use]
    pub fn inner_raw(self) -> &'a str {
        let body = self.slice(self.tag_end(), self.node.end);
        body.rfind('<').and_then(|end_tag| body.get(..end_tag)).unwrap_or("")
    }

    /// Where the element stands in its stanza: a number that outlives borrows, for the C API.
    #[cfg(feature = "capi")]
    pub(crate) fn place(self) -> u32 {
        self.index()
    }

    /// The element at `place` of the same stanza, if that is one.
    #[cfg(feature = "capi")]
    pub(crate) fn at(self, place: u32) -> Option<Self> {
        let node = self.source.tape.node(place)?;
        Node::of(self.source, node, node.kind()).as_element()
    }

    /// The child at `place`, 0 for the first, and the place of the one after it.
    #[cfg(feature = "capi")]
    pub(crate) fn child_at(self, place: u32) -> Option<(Node<'a>, u32)> {
        let mut children = self.children();
        children.at = children.at.max(place as usize);
        Some((children.next()?, index(children.at)))
    }

    #[inline(always)]
    pub(super) fn attr_nodes(self) -> &'a [AttrNode] {
        self.source.tape.attrs_of(self.node)
    }

    /// Where the element stands on the tape.
    #[inline(always)]
    fn index(self) -> u32 {
        self.source.tape.index_of(self.node)
    }

    /// Offset just past the `>` of the start tag: the first behind the name that stands in no value. Of a tag that was
    /// told to a sink, the tape has no values any more.
    fn tag_end(self) -> u32 {
        let octets = self.source.text.as_bytes();
        let mut at = self.node.name(self.source.text).span.end() as usize;
        while let Some(rest) = octets.get(at..) {
            let mark = scan::position(rest, *b">>'\"");
            at += mark + 1;
            match rest.get(mark) {
                Some(b'>') => return index(at),
                Some(quote) => at += scan::position(rest.get(mark + 1..).unwrap_or(&[]), [*quote; 4]) + 1,
                None => break,
            }
        }
        self.node.end
    }

    fn slice(self, start: u32, end: u32) -> &'a str {
        part(self.source.text, start as usize, end as usize)
    }
}

/// Prints the element as received.
impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

/// The octets as received, as [`Element::raw`]: where a prefix is declared outside, the element cannot stand alone.
impl fmt::Display for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

/// A child of an element. Further kinds may come, so a `match` ends with an arm for all others.
///
/// ```
/// use tercet::stanza::Node;
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<body>see <em>here</em></body>");
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <body>see <em>here</em></body>
/// for node in stanza.root().children() {
///     match node {
///         Node::Text(text) => assert!(text == "see "),
///         Node::Element(element) => assert_eq!(element.local(), "em"),
///         _ => {}
///     }
/// }
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Node<'a> {
    /// A child element.
    Element(Element<'a>),
    /// A maximal run of character data; never empty.
    Text(Text<'a>),
}

impl<'a> Node<'a> {
    /// The child element, if it is one.
    #[inline]
    #[must_use]
    pub fn as_element(self) -> Option<Element<'a>> {
        match self {
            Self::Element(element) => Some(element),
            Self::Text(_) => None,
        }
    }

    /// The character data, if it is that.
    #[inline]
    #[must_use]
    pub fn as_text(self) -> Option<Text<'a>> {
        match self {
            Self::Element(_) => None,
            Self::Text(text) => Some(text),
        }
    }

    #[inline]
    fn of(source: Source<'a>, node: &'a TapeNode, kind: NodeKind) -> Self {
        match kind {
            NodeKind::Element => Self::Element(Element { source, node }),
            kind => Self::Text(text(source, node, kind)),
        }
    }
}

#[inline]
fn text<'a>(source: Source<'a>, node: &TapeNode, kind: NodeKind) -> Text<'a> {
    let coding = if kind == NodeKind::Plain { Coding::Plain } else { Coding::Content };
    Text::new(part(source.text, node.start as usize, node.end as usize), coding)
}

/// Iterator over the children of an element; made by [`Element::children`].
#[derive(Clone)]
pub struct Children<'a> {
    source: Source<'a>,
    nodes: &'a [TapeNode],
    /// The node to look at next.
    at: usize,
    /// Behind all that the element holds.
    end: usize,
}

impl<'a> Children<'a> {
    #[inline]
    fn next_node(&mut self) -> Option<(&'a TapeNode, NodeKind)> {
        if self.at >= self.end {
            return None;
        }
        let node = self.nodes.get(self.at)?;
        let kind = node.kind();
        self.at += 1;
        if kind == NodeKind::Element {
            self.at = self.at.max(node.next as usize);
        }
        Some((node, kind))
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Node<'a>> {
        let (node, kind) = self.next_node()?;
        Some(Node::of(self.source, node, kind))
    }
}

impl FusedIterator for Children<'_> {}

/// Iterator over the child elements of an element; made by [`Element::elements`].
#[derive(Clone)]
pub struct Elements<'a> {
    children: Children<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        // No text is cut out of the source to be passed by.
        loop {
            let (node, kind) = self.children.next_node()?;
            if kind == NodeKind::Element {
                return Some(Element { source: self.children.source, node });
            }
        }
    }
}

impl FusedIterator for Elements<'_> {}

/// Iterator over an element and all it holds in document order; made by [`Element::descendants`].
#[derive(Clone)]
pub struct Descendants<'a> {
    source: Source<'a>,
    nodes: slice::Iter<'a, TapeNode>,
}

impl<'a> Iterator for Descendants<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Node<'a>> {
        let node = self.nodes.next()?;
        Some(Node::of(self.source, node, node.kind()))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}

impl ExactSizeIterator for Descendants<'_> {}

impl FusedIterator for Descendants<'_> {}

/// A step of a walk over an element and all it holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Step<'a> {
    /// A start tag.
    Enter(Element<'a>),
    /// A maximal run of character data; never empty.
    Text(Text<'a>),
    /// The end of the element entered last and not left yet.
    Leave(Element<'a>),
}

/// Iterator over an element in document order; made by [`Element::walk`]. Holds no stack, however deep it goes.
#[derive(Clone)]
pub struct Walk<'a> {
    source: Source<'a>,
    /// Nothing once the walk is over.
    nodes: &'a [TapeNode],
    /// What is walked over.
    root: &'a TapeNode,
    /// The element entered last and not left yet. At first it is the root, before which nothing can be left; when that
    /// was left, [`Self::ENDLESS`].
    open: &'a TapeNode,
    /// The node to look at next.
    at: usize,
}

impl Walk<'_> {
    /// An element around everything: nothing stands behind it.
    const ENDLESS: &'static TapeNode = &TapeNode { next: u32::MAX, ..TapeNode::BLANK };
}

impl<'a> Iterator for Walk<'a> {
    type Item = Step<'a>;

    #[inline]
    fn next(&mut self) -> Option<Step<'a>> {
        let (source, open) = (self.source, self.open);
        if self.at >= open.next as usize {
            if core::ptr::eq(open, self.root) {
                (self.nodes, self.open) = (&[], Self::ENDLESS);
            } else if let Some(parent) = self.nodes.get(open.parent as usize) {
                self.open = parent;
            }
            return Some(Step::Leave(Element { source, node: open }));
        }
        let node = self.nodes.get(self.at)?;
        self.at += 1;
        Some(match node.kind() {
            NodeKind::Element => {
                self.open = node;
                Step::Enter(Element { source, node })
            }
            kind => Step::Text(text(source, node, kind)),
        })
    }
}

impl FusedIterator for Walk<'_> {}
