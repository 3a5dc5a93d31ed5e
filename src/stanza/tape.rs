//! The flat form of one parsed unit.
//!
//! In: nodes in document order, from the builder. Out: the same, by index. Offsets count from the unit's first octet.

use crate::ns::{NameId, SpaceRef};
use crate::span::Span;
use alloc::vec::Vec;

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
    /// Octets of the name as written, prefix and colon included; it begins right after `<`.
    pub(crate) name_len: u32,
    /// Octets of the prefix; 0 for none.
    pub(crate) prefix_len: u32,
    /// The namespace.
    pub(crate) space: SpaceRef,
    /// The local name's number.
    pub(crate) local: NameId,
    /// First of its attributes on the tape.
    pub(crate) attrs: u32,
    /// How many attributes, declarations included.
    pub(crate) attr_count: u32,
}

impl ElementNode {
    /// Stands in where a tape has no root, which a lent tape always has.
    pub(super) const NONE: Self = Self {
        start: 0,
        tag_end: 0,
        end: 0,
        parent: 0,
        next: 0,
        name_len: 0,
        prefix_len: 0,
        space: SpaceRef::NONE,
        local: NameId::OTHER,
        attrs: 0,
        attr_count: 0,
    };

    pub(crate) fn qname(&self) -> Span {
        Span { start: self.start.saturating_add(1), len: self.name_len }
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
    /// The name as written.
    pub(crate) name: Span,
    /// Octets of the prefix; 0 for none.
    pub(crate) prefix_len: u32,
    /// The value as written, without its quotes.
    pub(crate) value: Span,
    /// The namespace; [`SpaceRef::XMLNS`] marks a declaration.
    pub(crate) space: SpaceRef,
    /// The local name's number.
    pub(crate) local: NameId,
    /// Whether the value reads as written.
    pub(crate) plain: bool,
}

/// The attributes of the root that routing asks for, as tape indices plus one; 0 for absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heads {
    pub(crate) to: u32,
    pub(crate) from: u32,
    pub(crate) id: u32,
    pub(crate) ty: u32,
    pub(crate) lang: u32,
    pub(crate) version: u32,
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

    /// Where the root's name stands in the unit.
    pub(crate) fn root_qname(&self) -> Span {
        self.root().qname()
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
