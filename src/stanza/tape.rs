//! The flat form of one parsed unit.
//!
//! In: nodes in document order, from the builder. Out: the same, by index. Offsets count from the unit's first octet.

use crate::ns::{NameId, SpaceRef};
use crate::span::Span;
use crate::token::QName;
use alloc::vec::Vec;

/// A name as written, packed: names longer than 16 bits count are measured again when asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    len: u16,
    prefix_len: u16,
}

impl Written {
    const NONE: Self = Self { len: 0, prefix_len: 0 };

    pub(crate) fn new(name: QName) -> Self {
        match (u16::try_from(name.span.len), u16::try_from(name.prefix_len)) {
            (Ok(len), Ok(prefix_len)) => Self { len, prefix_len },
            _ => Self { len: u16::MAX, prefix_len: u16::from(name.prefix_len > 0) },
        }
    }

    /// A name of `len` octets without prefix.
    #[inline(always)]
    pub(crate) fn unprefixed(len: usize) -> Self {
        Self { len: len.min(u16::MAX.into()) as u16, prefix_len: 0 }
    }

    #[inline(always)]
    pub(crate) fn has_prefix(self) -> bool {
        self.prefix_len > 0
    }

    /// The name, which begins at `start` of `text`.
    #[inline(always)]
    pub(crate) fn qname(self, start: u32, text: &str) -> QName {
        if self.len == u16::MAX {
            return self.measure(start, text);
        }
        QName { span: Span { start, len: self.len.into() }, prefix_len: self.prefix_len.into() }
    }

    #[cold]
    fn measure(self, start: u32, text: &str) -> QName {
        let rest = text.get(start as usize..).unwrap_or("");
        let name = rest.split([' ', '\t', '\r', '\n', '/', '>', '=']).next().unwrap_or("");
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        QName { span: Span { start, len: index(name.len()) }, prefix_len: index(prefix.len()) }
    }
}

/// An element: its start tag, how far it reaches, and its resolved name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ElementNode {
    /// Offset of the start tag's `<`.
    pub(crate) start: u32,
    /// Offset just past the start tag's `>`.
    pub(crate) tag_end: u32,
    /// Offset just past the element's last `>`.
    pub(crate) end: u32,
    /// Tape index of the element around it; the root's is its own.
    pub(crate) parent: u32,
    /// Tape index just past the last descendant.
    pub(crate) next: u32,
    /// First of its attributes on the tape.
    pub(crate) attrs: u32,
    /// How many attributes, declarations included.
    pub(crate) attr_count: u32,
    /// The namespace.
    pub(crate) space: SpaceRef,
    /// The local name's number.
    pub(crate) local: NameId,
    /// The name, which begins right after `<`.
    pub(crate) written: Written,
}

impl ElementNode {
    /// Stands in where a tape has no root, which a lent tape always has.
    pub(super) const NONE: Self = Self {
        start: 0,
        tag_end: 0,
        end: 0,
        parent: 0,
        next: 0,
        attrs: 0,
        attr_count: 0,
        space: SpaceRef::NONE,
        local: NameId::OTHER,
        written: Written::NONE,
    };

    #[inline(always)]
    pub(crate) fn name(&self, text: &str) -> QName {
        self.written.qname(self.start.saturating_add(1), text)
    }
}

/// A maximal run of character data: text and CDATA sections with nothing between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextNode {
    pub(crate) span: Span,
    /// Whether the run reads as written: no references, carriage returns or CDATA sections.
    pub(crate) plain: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum TapeNode {
    Element(ElementNode),
    Text(TextNode),
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
    /// The local name's number.
    pub(crate) local: NameId,
    pub(crate) written: Written,
    /// Whether the value reads as written.
    pub(crate) plain: bool,
}

impl AttrNode {
    #[inline(always)]
    pub(crate) fn name(&self, text: &str) -> QName {
        self.written.qname(self.start, text)
    }

    /// The local name.
    #[inline(always)]
    pub(crate) fn local<'a>(&self, text: &'a str) -> &'a str {
        match self.local.text() {
            Some(known) => known,
            None => self.name(text).local().of(text),
        }
    }
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

    /// Notes that the attribute at `at` is called `local`, if that is one to note.
    #[inline(always)]
    pub(crate) fn note(&mut self, local: NameId, at: u32) {
        if let Some(head) = local.head().and_then(|head| self.0.get_mut(head)) {
            *head = at.saturating_add(1);
        }
    }

    /// Where on the tape the attribute `local` of the root is.
    pub(crate) fn find(&self, local: NameId) -> Option<u32> {
        self.0.get(local.head()?)?.checked_sub(1)
    }
}

/// One unit, parsed. The vectors are reused from unit to unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    pub(crate) nodes: Vec<TapeNode>,
    pub(crate) attrs: Vec<AttrNode>,
    pub(crate) heads: Heads,
}

impl Tape {
    /// Nodes and attributes whose memory an idle tape keeps; what a large unit needed beyond is given back.
    pub(crate) const KEPT: usize = 32;

    /// Empties the tape for the next unit.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.attrs.clear();
        self.heads = Heads::default();
    }

    /// Gives back memory beyond [`Self::KEPT`] entries per vector; for an empty tape.
    pub(crate) fn shrink(&mut self) {
        self.nodes.shrink_to(Self::KEPT);
        self.attrs.shrink_to(Self::KEPT);
    }

    /// The root element.
    pub(super) fn root(&self) -> &ElementNode {
        match self.nodes.first() {
            Some(TapeNode::Element(root)) => root,
            _ => &ElementNode::NONE,
        }
    }

    /// Where the root's name stands in the unit, which is `text`.
    pub(crate) fn root_qname(&self, text: &str) -> Span {
        self.root().name(text).span
    }

    pub(super) fn node(&self, index: u32) -> Option<&TapeNode> {
        self.nodes.get(index as usize)
    }

    /// The attributes of `element`, declarations included, in document order.
    pub(super) fn attrs_of(&self, element: &ElementNode) -> &[AttrNode] {
        let start = element.attrs as usize;
        self.attrs.get(start..start.saturating_add(element.attr_count as usize)).unwrap_or(&[])
    }
}
