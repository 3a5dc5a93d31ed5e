//! Tokens onto the tape: tags matched, names resolved, duplicates refused, limits counted.
//!
//! In: the tokens of one unit in order, its text so far, the scope; or tags that `fast` and `general` have found good
//! and put on the tape themselves. Out: a finished tape, or an outlet that was told, or the first fault. Keeps no
//! stack: an open element knows its parent.

use super::stack::Blank;
use super::tape::index;
use super::{AttrNode, Coding, Element, Error, Fault, Label, Outlet, Source, Tape, TapeNode, Text};
use crate::limits::{Limit, Limits};
use crate::ns::{Declared, NameId, Scope, SpaceRef};
use crate::span::Span;
use crate::token::{QName, Token};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Builds one tape after another.
#[derive(Default)]
pub(crate) struct Builder {
    pub(super) tape: Tape,
    /// Whether the unit is a stream header, whose bindings lie below every stanza's.
    header: bool,
    /// Open elements.
    pub(super) depth: u32,
    /// Elements begun.
    pub(super) elements: u32,
    /// Tape index of the innermost open element.
    pub(super) open: u32,
    /// The tag being read.
    pub(super) tag: Tag,
    run: Option<Run>,
    /// Whether a sink was told of the first part of a CDATA section, and not of the last.
    in_section: bool,
    /// For finding duplicates among many attributes.
    order: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tag {
    pub(super) attributes: u32,
    pub(super) declarations: u32,
}

/// Character data in progress: text and CDATA sections with nothing between them.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u32,
    end: u32,
    plain: bool,
    /// Whether it begins within a CDATA section.
    in_section: bool,
    /// Whether it stands for any character: empty CDATA sections do not.
    full: bool,
}

/// What the builder needs to read a token.
pub(crate) struct Context<'c, O> {
    /// The unit so far.
    pub(crate) text: &'c str,
    pub(crate) scope: &'c mut Scope,
    pub(crate) limits: &'c Limits,
    pub(crate) outlet: &'c mut O,
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// The unit goes on.
    More,
    /// The root's start tag ended, with the octet before this offset, and its element goes on.
    RootOpen(u32),
    /// The root ended here, with the octet before this offset.
    RootClosed(u32),
}

impl Builder {
    /// Attributes up to which comparing each with each beats sorting them.
    const FEW: usize = 8;

    /// Forgets the last unit.
    pub(crate) fn forget(&mut self) {
        self.tape.clear();
        self.depth = 0;
        self.elements = 0;
        self.open = 0;
        self.run = None;
        self.in_section = false;
    }

    /// Prepares for the next unit, after [`Self::forget`].
    pub(crate) fn begin(&mut self, header: bool) {
        self.header = header;
    }

    /// Gives back what a large unit needed; for a builder between units.
    pub(crate) fn rest(&mut self) {
        self.tape.rest();
        self.order = Vec::new();
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.tape.heap() + self.order.capacity() * size_of::<u32>()
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }

    /// Whether a unit is in progress.
    pub(crate) fn is_inside(&self) -> bool {
        self.depth > 0
    }

    /// Whether limits on elements and on their depth allow another one here.
    #[inline(always)]
    pub(super) fn may_open(&self, most_elements: u32, most_depth: u32) -> bool {
        self.elements < most_elements && self.depth < most_depth
    }

    /// Whether character data is in progress.
    #[inline(always)]
    pub(super) fn is_in_run(&self) -> bool {
        self.run.is_some()
    }

    /// Takes the unit's next token.
    pub(crate) fn token(&mut self, token: Token, cx: &mut Context<'_, impl Outlet>) -> Result<Built, Error> {
        match token {
            Token::Open { name } => self.open(name, cx),
            Token::Attribute { name, value, plain } => self.attribute(name, value, plain, cx),
            Token::TagEnd { end, empty } => self.tag_end(end, empty, cx),
            Token::Close { span, name } => self.close(span, name, cx),
            Token::Text { span, plain } => Ok(self.extend_run(span, plain, true)),
            Token::Cdata { span, empty } => {
                let built = self.extend_run(span, false, !empty);
                self.in_section = false;
                Ok(built)
            }
            Token::CdataOpen { .. } | Token::Declaration { .. } => Ok(Built::More),
        }
    }

    /// Marks the tape of a stream header as complete: its element stays open on the stream, not on the tape.
    pub(crate) fn close_header(&mut self, end: u32) {
        self.depth = 0;
        self.set_end(end);
    }

    fn open(&mut self, name: QName, cx: &mut Context<'_, impl Outlet>) -> Result<Built, Error> {
        let start = name.span.start.saturating_sub(1);
        self.end_run(start, cx)?;
        within(self.elements, cx.limits.elements, Limit::Elements, start)?;
        within(self.depth, cx.limits.depth, Limit::Depth, start)?;
        let node = TapeNode {
            start,
            attrs: index(self.tape.attrs.len()),
            parent: self.open,
            label: Label::new(NameId::of(name.local().of(cx.text)), name),
            ..TapeNode::BLANK
        };
        let at = index(self.tape.nodes.len());
        self.tape.nodes.push(node).map_err(|error| Error { at: start, fault: error.into() })?;
        self.open = at;
        self.elements += 1;
        self.depth += 1;
        self.tag = Tag::default();
        Ok(Built::More)
    }

    fn attribute(
        &mut self,
        name: QName,
        value: Span,
        plain: bool,
        cx: &mut Context<'_, impl Outlet>,
    ) -> Result<Built, Error> {
        let at = name.span.start;
        within(self.tag.attributes, cx.limits.attributes, Limit::Attributes, at)?;
        self.tag.attributes += 1;
        let local = name.local().of(cx.text);
        let declared = match name.prefix().of(cx.text) {
            "" if local == "xmlns" => Some(Span::default()),
            "xmlns" => Some(name.local()),
            _ => None,
        };
        let space = if declared.is_some() { SpaceRef::XMLNS } else { SpaceRef::NONE };
        let label = Label::new(NameId::of(local), name);
        let node = AttrNode { start: at, value, space, label: if plain { label } else { AttrNode::coded(label) } };
        if let Some(prefix) = declared {
            self.declare(prefix, &node, if self.header { 0 } else { self.depth }, cx)?;
        }
        self.tape.attrs.push(node).map_err(|error| Error { at, fault: error.into() })?;
        Ok(Built::More)
    }

    /// Binds `prefix` to the namespace that `node` declares, for the element at `depth`.
    pub(super) fn declare(
        &mut self,
        prefix: Span,
        node: &AttrNode,
        depth: u32,
        cx: &mut Context<'_, impl Outlet>,
    ) -> Result<(), Error> {
        let at = node.start;
        admit(self.tag.declarations, at, node.value, cx.scope, cx.limits)?;
        self.tag.declarations += 1;
        let declared = if node.is_plain() {
            cx.scope.declare(cx.text, prefix, Declared::Written(node.value), depth)
        } else {
            let written = node.value.of(cx.text);
            let mut name = String::new();
            name.try_reserve(written.len()).map_err(|error| Error { at, fault: error.into() })?;
            Text::new(written, Coding::Value).decode_into(&mut name);
            cx.scope.declare(cx.text, prefix, Declared::Decoded(&name), depth)
        };
        declared.map_err(|error| Error { at, fault: error.into() })
    }

    fn tag_end(&mut self, end: u32, empty: bool, cx: &mut Context<'_, impl Outlet>) -> Result<Built, Error> {
        if let Some(element) = self.open_element() {
            let name = element.name(cx.text);
            element.space = find_space(name, cx)?;
            element.end = end;
        }
        self.resolve_attributes(cx)?;
        self.refuse_duplicates(cx)?;
        let declarations = self.put_declarations_first();
        let attributes = self.tag.attributes - declarations;
        if let Some(element) = self.open_element() {
            element.attrs += declarations;
            element.label = element.label.counting(attributes as usize);
        }
        if self.depth == 1 {
            self.note_heads_of_root();
        }
        let at = self.open;
        self.tell_start(at, cx);
        if empty {
            return Ok(self.leave(end, cx));
        }
        Ok(if self.depth == 1 { Built::RootOpen(end) } else { Built::More })
    }

    /// Tells that the element at `at` of the tape begins.
    #[inline(always)]
    pub(super) fn tell_start<O: Outlet>(&mut self, at: u32, cx: &mut Context<'_, O>) {
        if O::KEEPS || self.header {
            return;
        }
        let next = index(self.tape.nodes.len());
        if let Some(element) = self.tape.nodes.get_mut(at as usize) {
            element.next = next;
        }
        if let Some(element) = self.element(at, cx.text, cx.scope) {
            cx.outlet.start(element);
        }
        // Those of the elements around it are gone, too: the tape has none but its.
        self.tape.attrs.truncate(0);
        if let Some(element) = self.tape.nodes.get_mut(at as usize) {
            (element.attrs, element.label) = (0, element.label.counting_none());
        }
    }

    /// Tells that the element at `at` of the tape has ended.
    #[inline(always)]
    pub(super) fn tell_end<O: Outlet>(&mut self, at: u32, cx: &mut Context<'_, O>) {
        if O::KEEPS || self.header {
            return;
        }
        if let Some(element) = self.element(at, cx.text, cx.scope) {
            cx.outlet.end(element);
        }
        self.tape.nodes.truncate(at as usize);
    }

    #[inline(always)]
    fn element<'a>(&'a self, at: u32, text: &'a str, scope: &'a Scope) -> Option<Element<'a>> {
        let node = self.tape.node(at)?;
        Some(Element { source: Source { text, tape: &self.tape, scope }, node })
    }

    /// Has the declarations of the last tag come before its attributes, each in document order; how many there are.
    pub(super) fn put_declarations_first(&mut self) -> u32 {
        let Tag { attributes, declarations } = self.tag;
        if declarations > 0 {
            let attrs = self.tape.attrs.as_mut_slice();
            let first = attrs.len().saturating_sub(attributes as usize);
            AttrNode::put_declarations_first(attrs.get_mut(first..).unwrap_or_default());
        }
        declarations
    }

    pub(super) fn resolve_attributes(&mut self, cx: &mut Context<'_, impl Outlet>) -> Result<(), Error> {
        let count = self.tag.attributes as usize;
        let attrs = self.tape.attrs.as_mut_slice();
        let first = attrs.len().saturating_sub(count);
        for attr in attrs.get_mut(first..).unwrap_or_default() {
            if attr.label.has_prefix() && attr.space != SpaceRef::XMLNS {
                let space = cx.scope.resolve(cx.text, attr.name(cx.text).prefix());
                attr.space = space.map_err(|error| Error { at: attr.start, fault: error.into() })?;
            }
        }
        Ok(())
    }

    /// Refuses the first attribute that has the expanded name of an earlier one. Declarations count: their namespace
    /// is that of `xmlns`.
    pub(super) fn refuse_duplicates(&mut self, cx: &Context<'_, impl Outlet>) -> Result<(), Error> {
        let Self { tape, order, tag, .. } = self;
        let attrs = last_attrs(tape.attrs.as_slice(), tag.attributes);
        let duplicate = if attrs.len() <= Self::FEW {
            let is_second = |(at, attr): &(usize, &AttrNode)| {
                attrs.iter().take(*at).any(|earlier| compare(earlier, attr, cx.text) == Ordering::Equal)
            };
            attrs.iter().enumerate().find(is_second).map(|(_, attr)| *attr)
        } else {
            duplicate_among_many(attrs, order, cx.text)
                .map_err(|fault| Error { at: attrs.first().map_or(0, |attr| attr.start), fault })?
        };
        match duplicate {
            Some(attr) => Err(Error { at: attr.start, fault: Fault::DuplicateAttribute }),
            None => Ok(()),
        }
    }

    /// Notes where the attributes that routing asks for are, before the tape has others than the root's.
    #[inline(always)]
    pub(super) fn note_heads_of_root(&mut self) {
        let Tape { attrs, heads, .. } = &mut self.tape;
        for (at, attr) in (0..).zip(attrs.as_slice()) {
            heads.note(attr.label.local(), attr.space, at);
        }
    }

    fn close(&mut self, span: Span, name: QName, cx: &mut Context<'_, impl Outlet>) -> Result<Built, Error> {
        self.end_run(span.start, cx)?;
        let opened = self.open_element().map(|element| element.name(cx.text).span.of(cx.text));
        if opened != Some(name.span.of(cx.text)) {
            return Err(Error { at: span.start, fault: Fault::MismatchedTag });
        }
        Ok(self.leave(span.end(), cx))
    }

    /// The innermost element ends.
    #[inline(always)]
    fn leave<O: Outlet>(&mut self, end: u32, cx: &mut Context<'_, O>) -> Built {
        if !self.header {
            cx.scope.leave(self.depth);
        }
        self.depth = self.depth.saturating_sub(1);
        let ended = self.open;
        self.set_end(end);
        self.tell_end(ended, cx);
        if self.depth == 0 { Built::RootClosed(end) } else { Built::More }
    }

    #[inline(always)]
    fn set_end(&mut self, end: u32) {
        let next = index(self.tape.nodes.len());
        if let Some(element) = self.open_element() {
            (element.end, element.next) = (end, next);
            let parent = element.parent;
            self.open = parent;
        }
    }

    /// More of the character data in progress.
    pub(super) fn extend_run(&mut self, span: Span, plain: bool, full: bool) -> Built {
        let in_section = self.in_section;
        let fresh = Run { start: span.start, end: span.end(), plain: true, in_section, full: false };
        let run = self.run.get_or_insert(fresh);
        run.end = span.end();
        run.plain &= plain;
        run.full |= full;
        Built::More
    }

    /// Character data ends, if any is in progress, before `at`.
    #[inline(always)]
    pub(super) fn end_run(&mut self, at: u32, cx: &mut Context<'_, impl Outlet>) -> Result<(), Error> {
        if self.run.is_some() { self.end_some_run(at, cx) } else { Ok(()) }
    }

    #[inline(never)]
    fn end_some_run(&mut self, at: u32, cx: &mut Context<'_, impl Outlet>) -> Result<(), Error> {
        match self.run.take() {
            // A sink's: on a tape sections are whole.
            Some(Run { start, end, plain: false, in_section: true, full: true }) => {
                tell_text(Span::between(start, end), Coding::Section, cx);
                Ok(())
            }
            Some(Run { start, end, plain, full: true, .. }) => self.put_text(Span::between(start, end), plain, at, cx),
            _ => Ok(()),
        }
    }

    /// A part of a CDATA section that goes on, for a sink alone: a tape has sections whole.
    pub(crate) fn take_part_of_section(&mut self, span: Span, plain: bool) {
        self.extend_run(span, plain, true);
        self.in_section = true;
    }

    /// Tells a sink of the character data in progress, which may go on.
    pub(crate) fn tell_run(&mut self, cx: &mut Context<'_, impl Outlet>) -> Result<(), Error> {
        let end = self.run.as_ref().map_or(0, |run| run.end);
        self.end_run(end, cx)
    }

    /// Character data: on the tape a run as a whole, to a sink what has come of one. Where there is no memory for it,
    /// the fault is at `at`.
    #[inline(always)]
    pub(super) fn put_text<O: Outlet>(
        &mut self,
        span: Span,
        plain: bool,
        at: u32,
        cx: &mut Context<'_, O>,
    ) -> Result<(), Error> {
        if O::KEEPS {
            let node = TapeNode::text(span, plain, index(self.tape.attrs.len()));
            return self.tape.nodes.push(node).map_err(|error| Error { at, fault: error.into() });
        }
        tell_text(span, if plain { Coding::Plain } else { Coding::Content }, cx);
        Ok(())
    }

    #[inline(always)]
    fn open_element(&mut self) -> Option<&mut TapeNode> {
        self.tape.nodes.as_mut_slice().get_mut(self.open as usize)
    }
}

/// Tells of character data.
#[inline(always)]
pub(super) fn tell_text<O: Outlet>(span: Span, coding: Coding, cx: &mut Context<'_, O>) {
    cx.outlet.text(Text::new(span.of(cx.text), coding));
}

/// Refuses a declaration of `value`, by an attribute at `at`, that crosses a limit; its tag has `declarations` before.
pub(super) fn admit(declarations: u32, at: u32, value: Span, scope: &Scope, limits: &Limits) -> Result<(), Error> {
    within(declarations, limits.declarations, Limit::Declarations, at)?;
    within(index(scope.bindings()), limits.bindings, Limit::Bindings, at)?;
    let crossing = value.start.saturating_add(limits.namespace_bytes);
    within(value.len, limits.namespace_bytes.saturating_add(1), Limit::NamespaceBytes, crossing)
}

/// The namespace of an element called `name`.
#[inline(always)]
pub(super) fn find_space(name: QName, cx: &mut Context<'_, impl Outlet>) -> Result<SpaceRef, Error> {
    let space = match name.prefix_len {
        0 => return Ok(cx.scope.default_space()),
        _ => cx.scope.resolve(cx.text, name.prefix()),
    };
    space.map_err(|error| Error { at: name.span.start, fault: error.into() })
}

fn last_attrs(attrs: &[AttrNode], count: u32) -> &[AttrNode] {
    attrs.get(attrs.len().saturating_sub(count as usize)..).unwrap_or_default()
}

/// Orders attributes by expanded name.
fn compare(a: &AttrNode, b: &AttrNode, text: &str) -> Ordering {
    let known = (a.space, a.label.local()).cmp(&(b.space, b.label.local()));
    match known {
        Ordering::Equal if a.label.local() == NameId::OTHER => a.local(text).cmp(b.local(text)),
        known => known,
    }
}

/// The first attribute that equals an earlier one, found by sorting.
fn duplicate_among_many(attrs: &[AttrNode], order: &mut Vec<u32>, text: &str) -> Result<Option<AttrNode>, Fault> {
    order.clear();
    order.try_reserve(attrs.len())?;
    order.extend(0..index(attrs.len()));
    let attr = |at: &u32| attrs.get(*at as usize);
    let by_name = |a: &u32, b: &u32| match (attr(a), attr(b)) {
        (Some(first), Some(second)) => compare(first, second, text),
        _ => Ordering::Equal,
    };
    order.sort_unstable_by(|a, b| by_name(a, b).then(a.cmp(b)));
    let seconds = order.windows(2).filter_map(|pair| match pair {
        [a, b] if by_name(a, b) == Ordering::Equal => Some(*b),
        _ => None,
    });
    Ok(seconds.min().and_then(|at| attr(&at)).copied())
}

/// Refuses one more than `limit`.
fn within(count: u32, limit: u32, which: Limit, at: u32) -> Result<(), Error> {
    if count < limit { Ok(()) } else { Err(Error { at, fault: Fault::Limit(which) }) }
}
