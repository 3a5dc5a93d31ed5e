//! The flat form of one parsed unit.
//!
//! In: nodes in document order, from the builder; of each tag the declarations, then the attributes, each in document
//! order. Out: the same, by index. Offsets count from the unit's first octet.
//!
//! A node is 32 octets, an attribute 24, and neither holds what can be told from the text when somebody asks: where a
//! start tag ends, or how long a very long name is.

use super::stack::{Blank, Stack};
use crate::ns::{Known, NameId, SpaceRef};
use crate::span::Span;
use crate::token::QName;

/// What is said of a name, and a few things more, in one number: it is copied as such.
///
/// ```text
///   bits  0..16  number of the local name
///        16..32  octets of the name as written; `LONG` where they are more
///        32..40  octets of its prefix; where the name is long, whether it has one
///        40..48  mark
///        48..64  count; of an attribute, which has none, what [`Known`] says of its namespace, or 0
/// ```
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label(u64);

impl Label {
    const BLANK: Self = Self(NameId::OTHER.number() as u64);

    /// So many octets of a name or more: it is measured again when asked for.
    pub(crate) const LONG: usize = u16::MAX as usize;

    /// So many of what is counted, or more.
    const MANY: u64 = u16::MAX as u64;

    /// The label of a name that is well known; only an element's may be counted on.
    #[inline(always)]
    pub(crate) const fn known(known: Known) -> Self {
        Self(known.packed())
    }

    pub(crate) fn new(local: NameId, name: QName) -> Self {
        match (u16::try_from(name.span.len), u8::try_from(name.prefix_len)) {
            (Ok(len), Ok(prefix_len)) => Self::packed(local, len, prefix_len),
            _ => Self::packed(local, Self::LONG as u16, u8::from(name.prefix_len > 0)),
        }
    }

    /// The label of a name that has such parts.
    #[inline(always)]
    pub(crate) const fn packed(local: NameId, len: u16, prefix_len: u8) -> Self {
        Self(Known::pack(local, len, prefix_len))
    }

    #[inline(always)]
    pub(crate) const fn marked(self, mark: u8) -> Self {
        Self(self.0 | (mark as u64) << 40)
    }

    #[inline(always)]
    pub(crate) fn counting(self, count: usize) -> Self {
        Self(self.0 | Self::MANY.min(count as u64) << 48)
    }

    /// As [`Self::counting`], for what is known to be few.
    #[inline(always)]
    pub(crate) const fn counting_few(self, count: u16) -> Self {
        Self(self.0 | (count as u64) << 48)
    }

    /// The label with nothing counted.
    #[inline(always)]
    pub(crate) const fn counting_none(self) -> Self {
        Self(self.0 & !(Self::MANY << 48))
    }

    #[inline(always)]
    pub(crate) const fn local(self) -> NameId {
        NameId::of_number(self.0 as u16)
    }

    /// Octets of the name; [`Self::LONG`] of one that is longer.
    #[inline(always)]
    pub(crate) const fn len(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    #[inline(always)]
    pub(crate) const fn has_prefix(self) -> bool {
        self.prefix_len() > 0
    }

    #[inline(always)]
    const fn prefix_len(self) -> u8 {
        (self.0 >> 32) as u8
    }

    #[inline(always)]
    const fn mark(self) -> u8 {
        (self.0 >> 40) as u8
    }

    /// What was counted; nothing where it was too many.
    #[inline(always)]
    fn count(self) -> Option<u32> {
        let count = self.0 >> 48;
        (count < Self::MANY).then_some(count as u32)
    }

    /// The name, which begins at `start` of `text`.
    #[inline(always)]
    pub(crate) fn qname(self, start: u32, text: &str) -> QName {
        if self.len() == Self::LONG {
            return measure(start, text);
        }
        QName { span: Span { start, len: self.len() as u32 }, prefix_len: self.prefix_len().into() }
    }
}

#[cold]
fn measure(start: u32, text: &str) -> QName {
    let rest = text.get(start as usize..).unwrap_or("");
    let name = rest.split([' ', '\t', '\r', '\n', '/', '>', '=']).next().unwrap_or("");
    let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
    QName { span: Span { start, len: index(name.len()) }, prefix_len: index(prefix.len()) }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Element,
    /// Character data that reads as written: no references, carriage returns or CDATA sections.
    Plain,
    /// Other character data.
    Coded,
}

/// An element, or a maximal run of character data: text and CDATA sections with nothing between them. Of a run only the
/// ends, `attrs` and the kind mean something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// Offset of the first octet, of an element its start tag's `<`.
    pub(crate) start: u32,
    /// Offset just past the last octet.
    pub(crate) end: u32,
    /// Index of the next attribute on the tape: of an element its first, behind its declarations.
    pub(crate) attrs: u32,
    /// Tape index of the element around it; the root's is its own.
    pub(crate) parent: u32,
    /// Tape index just past the last descendant.
    pub(crate) next: u32,
    pub(crate) space: SpaceRef,
    /// The name, the kind as mark, the number of attributes, declarations left out, as count.
    pub(crate) label: Label,
}

impl Node {
    const PLAIN: u8 = 1;
    const CODED: u8 = 2;

    pub(crate) fn text(span: Span, plain: bool, attrs: u32) -> Self {
        let label = Label::BLANK.marked(if plain { Self::PLAIN } else { Self::CODED });
        Self { start: span.start, end: span.end(), attrs, label, ..Self::BLANK }
    }

    #[inline(always)]
    pub(crate) fn kind(&self) -> NodeKind {
        match self.label.mark() {
            0 => NodeKind::Element,
            Self::PLAIN => NodeKind::Plain,
            _ => NodeKind::Coded,
        }
    }

    #[inline(always)]
    pub(crate) fn name(&self, text: &str) -> QName {
        self.label.qname(self.start.saturating_add(1), text)
    }
}

/// Stands in where a tape has no root, which a lent tape always has.
impl Blank for Node {
    const FIRST: usize = 12;

    const BLANK: Self =
        Self { start: 0, end: 0, attrs: 0, parent: 0, next: 0, space: SpaceRef::NONE, label: Label::BLANK };
}

/// An attribute or a namespace declaration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttrNode {
    /// Offset of the name.
    pub(crate) start: u32,
    /// The value as written, without its quotes.
    pub(crate) value: Span,
    /// The namespace; [`SpaceRef::XMLNS`] marks a declaration.
    pub(crate) space: SpaceRef,
    /// The name, and as mark whether the value does not read as written.
    pub(crate) label: Label,
}

impl AttrNode {
    const CODED: u8 = 1;

    /// The label of an attribute whose value does not read as written.
    pub(crate) const fn coded(label: Label) -> Label {
        label.marked(Self::CODED)
    }

    /// Has the declarations of a tag come before its attributes, each in document order: in place, and with no square
    /// of very many.
    #[cold]
    #[inline(never)]
    pub(super) fn put_declarations_first(of_tag: &mut [Self]) {
        of_tag.sort_unstable_by_key(|attr| (attr.is_attribute(), attr.start));
    }

    /// Whether it declares no namespace.
    pub(super) fn is_attribute(&self) -> bool {
        self.space != SpaceRef::XMLNS
    }

    /// Whether the value reads as written.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        self.label.mark() == 0
    }

    #[inline(always)]
    pub(crate) fn name(&self, text: &str) -> QName {
        self.label.qname(self.start, text)
    }

    /// The local name.
    #[inline(always)]
    pub(crate) fn local<'a>(&self, text: &'a str) -> &'a str {
        match self.label.local().text() {
            Some(known) => known,
            None => self.name(text).local().of(text),
        }
    }
}

impl Blank for AttrNode {
    /// What a tag of the common shape asks for, and half as much.
    const FIRST: usize = 24;

    const BLANK: Self = Self { start: 0, value: Span { start: 0, len: 0 }, space: SpaceRef::NONE, label: Label::BLANK };
}

/// A tape has fewer entries than its unit has octets, and a unit fewer octets than a `u32` counts.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The attributes of the root that routing asks for, as tape indices plus one; 0 for absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heads([u32; Heads::COUNT]);

impl Heads {
    const COUNT: usize = NameId::HEADS.len();

    /// Notes that the attribute at `at` is called `local` and in `space`, if that is one to note.
    #[inline(always)]
    pub(crate) fn note(&mut self, local: NameId, space: SpaceRef, at: u32) {
        if let Some(head) = local.head().and_then(|head| self.0.get_mut(head)) {
            let of_head = if local == NameId::LANG { SpaceRef::XML } else { SpaceRef::NONE };
            if space == of_head {
                *head = at + 1;
            }
        }
    }

    /// Where on the tape the attribute `local` of the root is.
    pub(crate) fn find(&self, local: NameId) -> Option<u32> {
        self.0.get(local.head()?)?.checked_sub(1)
    }
}

/// One unit, parsed. The stacks are reused from unit to unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    pub(crate) nodes: Stack<Node>,
    pub(crate) attrs: Stack<AttrNode>,
    pub(crate) heads: Heads,
}

impl Tape {
    /// Nodes and attributes whose memory an idle tape keeps at most, and only while units need that many; what a large
    /// unit needed beyond is given back.
    pub(crate) const KEPT: usize = 128;

    /// Empties the tape for the next unit.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.attrs.clear();
        self.heads = Heads::default();
    }

    /// Gives memory back; for an empty tape.
    pub(crate) fn rest(&mut self) {
        self.nodes.rest(Self::KEPT);
        self.attrs.rest(Self::KEPT);
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.nodes.heap() + self.attrs.heap()
    }

    /// The root element.
    #[inline(always)]
    pub(super) fn root(&self) -> &Node {
        self.node(0).unwrap_or(&Node::BLANK)
    }

    /// Where the root's name stands in the unit, which is `text`.
    pub(crate) fn root_qname(&self, text: &str) -> Span {
        self.root().name(text).span
    }

    #[inline(always)]
    pub(super) fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.as_slice().get(index as usize)
    }

    /// Which node of this tape `node` is.
    #[inline(always)]
    pub(super) fn index_of(&self, node: &Node) -> u32 {
        let offset = core::ptr::from_ref(node).addr().wrapping_sub(self.nodes.as_slice().as_ptr().addr());
        index(offset / size_of::<Node>())
    }

    /// The attributes of `element`, declarations left out, in document order.
    #[inline(always)]
    pub(super) fn attrs_of(&self, element: &Node) -> &[AttrNode] {
        let count = element.label.count().unwrap_or_else(|| self.many_attrs(element));
        self.attrs.part(element.attrs, count)
    }

    #[cold]
    fn many_attrs(&self, element: &Node) -> u32 {
        let behind = self.node(self.index_of(element).saturating_add(1));
        let end = behind.map_or(self.attrs.len(), |node| node.attrs as usize);
        // Behind them come the next element's declarations.
        let more = self.attrs.as_slice().get(element.attrs as usize..end).unwrap_or(&[]);
        index(more.partition_point(AttrNode::is_attribute))
    }

    /// The declarations of `element`, in document order.
    pub(super) fn declarations_of(&self, element: &Node) -> &[AttrNode] {
        let before = self.index_of(element).checked_sub(1).and_then(|before| self.node(before));
        let start = before.map_or(0, |node| node.attrs);
        // Before them come the attributes of the element before.
        let both = self.attrs.part(start, element.attrs.saturating_sub(start));
        both.get(both.partition_point(AttrNode::is_attribute)..).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Word;

    #[test]
    fn a_known_name_is_labelled_as_any() {
        let label = |text: &str| {
            let (prefix_len, local) = match text.split_once(':') {
                Some((prefix, local)) => (index(prefix.len()), local),
                None => (0, text),
            };
            Label::new(NameId::of(local), QName { span: Span { start: 0, len: index(text.len()) }, prefix_len })
        };
        let mut found = 0;
        for text in NameId::TEXTS.iter().chain([&"xml:lang"]) {
            let word = |text: &str| Word::load(text.as_bytes(), 0);
            let element = NameId::of_element(word(text), text.len());
            let written = alloc::format!(" {text}=");
            let attribute = NameId::of_attribute(word(&written), written.len());
            if let Some(known) = element {
                assert_eq!(Label::known(known).0, label(text).0, "{text}");
                found += 1;
            }
            if let Some(known) = attribute {
                let name = |label: Label| label.0 & !(u64::MAX << 48);
                assert_eq!(name(Label::known(known)), name(label(text)), "{text}");
                let node = |label| AttrNode { label, ..AttrNode::BLANK };
                assert!(node(Label::known(known)).is_plain(), "{text}");
                assert!(!node(AttrNode::coded(Label::known(known))).is_plain(), "{text}");
                found += 1;
            }
        }
        assert!(found > NameId::TEXTS.len());
    }

    #[test]
    fn entries_are_small() {
        assert_eq!((size_of::<Node>(), size_of::<AttrNode>()), (32, 24));
    }
}
