//! Attributes of an element, and its namespace declarations.
//!
//! In: an element of a tape, whose declarations stand before its attributes there. Out: either, in document order.

use super::element::Element;
use super::{AttrNode, Coding, Source, Text};
use crate::ns::{Name, NameId, SpaceRef};
use crate::span::Span;
use core::iter::FusedIterator;
use core::{fmt, slice};

/// One attribute of an element; namespace declarations are not attributes here.
#[derive(Clone, Copy)]
pub struct Attr<'a> {
    source: Source<'a>,
    node: &'a AttrNode,
}

impl<'a> Attr<'a> {
    /// The expanded name as integers.
    #[inline]
    #[must_use]
    pub fn name(self) -> Name {
        Name { ns: self.node.space.id(), local: self.node.label.local() }
    }

    /// The namespace; empty for an attribute without prefix (Namespaces in XML section 6.2).
    #[inline]
    #[must_use]
    pub fn ns(self) -> &'a str {
        self.source.scope.text(self.node.space, self.source.text)
    }

    /// The local name.
    #[inline]
    #[must_use]
    pub fn local(self) -> &'a str {
        self.node.local(self.source.text)
    }

    /// The prefix as written, where there is one.
    #[inline]
    #[must_use]
    pub fn prefix(self) -> Option<&'a str> {
        let text = self.source.text;
        self.node.label.has_prefix().then(|| self.node.name(text).prefix().of(text))
    }

    /// The value.
    #[inline]
    #[must_use]
    pub fn value(self) -> Text<'a> {
        value(self.source.text, self.node)
    }

    /// Where the name and the value stand in the unit.
    pub(super) fn spans(self) -> (Span, Span) {
        (self.node.name(self.source.text).span, self.node.value)
    }
}

/// Prints the attribute as received.
impl fmt::Debug for Attr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, value) = self.spans();
        f.write_str(Span::between(name.start, value.end() + 1).of(self.source.text))
    }
}

/// Iterator over an element's attributes in document order; made by [`Element::attrs`].
#[derive(Clone)]
pub struct Attrs<'a> {
    pub(super) source: Source<'a>,
    pub(super) nodes: slice::Iter<'a, AttrNode>,
}

impl<'a> Iterator for Attrs<'a> {
    type Item = Attr<'a>;

    #[inline]
    fn next(&mut self) -> Option<Attr<'a>> {
        let node = self.nodes.next()?;
        Some(Attr { source: self.source, node })
    }

    /// In one step, as the C API asks for each attribute by its number.
    #[inline]
    fn nth(&mut self, n: usize) -> Option<Attr<'a>> {
        let node = self.nodes.nth(n)?;
        Some(Attr { source: self.source, node })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}

impl ExactSizeIterator for Attrs<'_> {}

impl FusedIterator for Attrs<'_> {}

/// Iterator over an element's namespace declarations as (prefix, namespace name), the default namespace with an empty
/// prefix; made by [`Element::declarations`].
#[derive(Clone)]
pub struct Declarations<'a> {
    pub(super) source: Source<'a>,
    pub(super) nodes: slice::Iter<'a, AttrNode>,
}

impl<'a> Iterator for Declarations<'a> {
    type Item = (&'a str, Text<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let node = self.nodes.next()?;
        let text = self.source.text;
        // `xmlns='..'` has no prefix, and declares none.
        let prefix = if node.label.has_prefix() { node.local(text) } else { "" };
        Some((prefix, value(text, node)))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}

impl ExactSizeIterator for Declarations<'_> {}

impl FusedIterator for Declarations<'_> {}

#[inline]
pub(super) fn value<'a>(text: &'a str, node: &AttrNode) -> Text<'a> {
    Text::new(node.value.of(text), if node.is_plain() { Coding::Plain } else { Coding::Value })
}

impl<'a> Element<'a> {
    /// The attributes in document order, namespace declarations left out.
    #[inline]
    #[must_use]
    pub fn attrs(self) -> Attrs<'a> {
        Attrs { source: self.source, nodes: self.attr_nodes().iter() }
    }

    /// The namespace declarations in this start tag in document order, as (prefix, namespace name).
    #[inline]
    #[must_use]
    pub fn declarations(self) -> Declarations<'a> {
        Declarations { source: self.source, nodes: self.source.tape.declarations_of(self.node).iter() }
    }

    /// The value of the attribute without namespace called `local`.
    #[inline]
    #[must_use]
    pub fn attr(self, local: &str) -> Option<Text<'a>> {
        self.attr_in(SpaceRef::NONE, local)
    }

    /// The value of the attribute `local` in the namespace `ns`.
    #[inline]
    #[must_use]
    pub fn attr_ns(self, ns: &str, local: &str) -> Option<Text<'a>> {
        self.attrs().find(|attr| attr.local() == local && attr.ns() == ns).map(Attr::value)
    }

    /// The value of `xml:lang` on this element itself.
    #[inline]
    #[must_use]
    pub fn lang(self) -> Option<Text<'a>> {
        self.attr_in(SpaceRef::XML, "lang")
    }

    /// The value of the attribute without namespace that bears the well-known name `name`: for the C API.
    #[cfg(feature = "capi")]
    pub(crate) fn attr_known(self, name: NameId) -> Option<Text<'a>> {
        self.attr_where(|node| node.space == SpaceRef::NONE && node.label.local() == name)
    }

    fn attr_in(self, space: SpaceRef, name: &str) -> Option<Text<'a>> {
        let text = self.source.text;
        let number = NameId::of(name);
        self.attr_where(|node| {
            node.space == space && node.label.local() == number && (number != NameId::OTHER || node.local(text) == name)
        })
    }

    fn attr_where(self, is_it: impl Fn(&AttrNode) -> bool) -> Option<Text<'a>> {
        let node = self.attr_nodes().iter().find(|node| is_it(node))?;
        Some(value(self.source.text, node))
    }
}
