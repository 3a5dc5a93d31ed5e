//! The loop that nearly all of a stanza goes through: tokens of the shapes most traffic is made of.
//!
//! In: a line, the builder, what it needs. Out: the tape built and the line moved on, up to the root's end or to a
//! token of another shape, of which nothing is taken.
//! It is compiled anew for CPUs with better bit instructions, and reads
//!
//! ```text
//!   <name attr='value' attr="value">    any name in ASCII, an attribute's of up to 14 octets; any default namespace
//!   <p:name attr='value'>               before an element's name of up to 16 octets the prefix that was met last
//!   <name attr='value' />               with or without the space
//!   <name>text</name>                   at once, where the text reads as written, and all of the name is 16 octets
//!   a &lt; b                            text and values, with or without predefined references
//!   </name>
//! ```
//!
//! Neither attributes nor declarations are counted here, nor the octets of short names and of well-known namespaces:
//! the loop is for limits that allow as many as it takes at most (`Builder::reads_lines`).
//! What is most frequent is asked for first: elements of nothing but text, tags with one value, two or three, names
//! that are well known, quotes of one kind, what reads as written.
//! A name that is well known needs no look at its characters: it is equal to a good one.
//! Rare cases are calls that are marked cold, so that registers are saved there and not in the loop.
//!
//! Refuses to know: how octets are classified, what is wrong with a token.

use super::build::{Builder, Context, tell_text};
use super::general::other_element_name;
use super::line::{Line, Taken, is_reference, past_references};
use super::{AttrNode, Coding, Label, Outlet, Tape, TapeNode};
use crate::limits::Limits;
use crate::ns::{Declared, NameId, Scope, SpaceRef};
use crate::scan::{Load, Places, Quotes, Shape, Text, Word, Work, same};
use crate::span::Span;

/// The loop, as work that is compiled more than once.
pub(super) struct Loop<'r, 'c, 'l, O> {
    pub(super) line: &'r mut Line<'l>,
    pub(super) builder: &'r mut Builder,
    pub(super) cx: &'r mut Context<'c, O>,
}

impl<O: Outlet> Work for Loop<'_, '_, '_, O> {
    /// Whether the root has ended; else the next token has another shape, and nothing of it was taken.
    type Out = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let mut stride = Stride::new(self.line, self.builder, self.cx);
        let mut taken = if stride.builder.is_inside() { Some(Taken::GoesOn) } else { stride.root() };
        while taken == Some(Taken::GoesOn) {
            taken = stride.token();
        }
        stride.end(self.line);
        taken.is_some()
    }
}

/// The octets of structure of `<name>text</name>`.
const LEAF: u32 = u32::from_le_bytes(*b"<><>");

/// What the loop works on.
struct Stride<'w, 'c, 'l, O> {
    text: Text<'l>,
    places: Places<'l>,
    /// As in a [`Line`].
    at: usize,
    /// Those of the context, which cannot change under way: to be had with one load less.
    limits: &'c Limits,
    /// Of them, what is asked for at each start tag: to be had with none.
    most_elements: u32,
    most_depth: u32,
    builder: &'w mut Builder,
    cx: &'w mut Context<'c, O>,
}

/// Each takes nothing of a token where it gives nothing: then that has another shape. Text before a tag is a token.
impl<'w, 'c, 'l, O: Outlet> Stride<'w, 'c, 'l, O> {
    #[inline(always)]
    fn new(line: &Line<'l>, builder: &'w mut Builder, cx: &'w mut Context<'c, O>) -> Self {
        let Line { text, places, at } = *line;
        let Limits { elements: most_elements, depth: most_depth, .. } = *cx.limits;
        Self { text, places, at, limits: cx.limits, most_elements, most_depth, builder, cx }
    }

    #[inline(always)]
    fn end(self, line: &mut Line<'l>) {
        line.places.go_on_to(self.places);
        line.at = self.at;
    }

    /// Takes the root's start tag. It is read apart, so that none of those within asks whether it is one, but for those
    /// that have no [`Shape`] by their number of places.
    #[inline(always)]
    fn root(&mut self) -> Option<Taken> {
        let (place, kinds, next) = self.places.look()?;
        if kinds as u8 != b'<'
            || place != self.at
            || next == b'/'
            || !self.builder.may_open(self.most_elements, self.most_depth)
        {
            return None;
        }
        self.counted_start_tag::<true>(kinds)
    }

    /// Takes the next tag within the root, and text before it.
    #[inline(always)]
    fn token(&mut self) -> Option<Taken> {
        let (mut place, mut kinds, mut next) = self.places.look()?;
        if kinds as u8 != b'<' {
            let (places, is_plain) = past_references(self.text, self.places, b'<').ok()?;
            (place, kinds, next) = places.look()?;
            self.character_data(place, next, is_plain)?;
            self.places.go_on_to(places);
        } else if place != self.at {
            self.character_data(place, next, true)?;
        }
        if next == b'/' { self.end_tag(kinds) } else { self.start_tag(kinds) }
    }

    /// Text up to the tag at `end`, whose second octet is `next`.
    #[inline(always)]
    fn character_data(&mut self, end: usize, next: u8, is_plain: bool) -> Option<()> {
        // A CDATA section may stand next to it: both are one run.
        if matches!(next, 0 | b'!') {
            return None;
        }
        let span = Span::between(self.text.index(self.at), self.text.index(end));
        // Where there is no memory, the tokenizer's way says so.
        self.builder.put_text(span, is_plain, span.start, self.cx).ok()?;
        self.at = end;
        Some(())
    }

    /// The end tag of the innermost open element.
    #[inline(always)]
    fn end_tag(&mut self, kinds: u64) -> Option<Taken> {
        let nodes = &mut self.builder.tape.nodes;
        let next = nodes.len() as u32;
        let node = nodes.get_mut(self.builder.open as usize)?;
        let (opened, len) = (self.text.of_offset(node.start as usize + 1), node.label.len());
        let (start, end) = (self.at + 2, self.places.at(1));
        let is_its = (kinds >> 8) as u8 == b'>'
            && end == start + len
            && match len <= Word::LEN {
                true => self.text.are_same(opened, start, len),
                false => are_one_name(self.text, opened, start, len, self.limits.name_bytes),
            };
        if !is_its {
            return None;
        }
        self.places.pass(2);
        self.at = end + 1;
        (node.end, node.next) = (self.text.index(self.at), next);
        let ended = core::mem::replace(&mut self.builder.open, node.parent);
        self.cx.scope.leave(self.builder.depth);
        Some(self.builder.ended(ended, self.cx))
    }

    /// A start tag within the root. Each number of values that is frequent is asked for, and has code of its own: that
    /// counts nothing, and knows where the next token is before it has read this one.
    #[inline(always)]
    fn start_tag(&mut self, kinds: u64) -> Option<Taken> {
        if !self.builder.may_open(self.most_elements, self.most_depth) {
            return None;
        }
        if kinds as u32 == LEAF && self.leaf().is_some() {
            return Some(Taken::GoesOn);
        }
        if Shape::begins::<1>(kinds) {
            return self.start_tag_with::<1>();
        }
        if Shape::begins::<2>(kinds) {
            return self.start_tag_with::<2>();
        }
        if Shape::begins::<3>(kinds) {
            return self.start_tag_with::<3>();
        }
        self.counted_start_tag::<false>(kinds)
    }

    /// A start tag within the root, with a number of values that is known.
    #[inline(always)]
    fn start_tag_with<const VALUES: usize>(&mut self) -> Option<Taken> {
        let shape = Shape::with(self.places, VALUES)?;
        self.put_tag::<VALUES, false, _>(shape)
    }

    /// A start tag of which the values are counted, if it has a [`Shape`] by its number of places.
    #[inline(always)]
    fn counted_start_tag<const ROOT: bool>(&mut self, kinds: u64) -> Option<Taken> {
        let Some(shape) = Shape::of(self.places, kinds) else { return self.coded_start_tag() };
        self.put_tag::<{ Places::MOST_VALUES }, ROOT, _>(shape)
    }

    /// A start tag that has no [`Shape`] by its number of places.
    #[inline(always)]
    fn coded_start_tag(&mut self) -> Option<Taken> {
        let mut line = Line { text: self.text, places: self.places, at: self.at };
        let taken = coded_start_tag(&mut line, self.builder, self.cx)?;
        self.places.go_on_to(line.places);
        self.at = line.at;
        Some(taken)
    }

    /// All of an element within the root that has no attributes and holds nothing but text, or nothing, where [`LEAF`]
    /// comes next. It need not be opened, as nothing opens in it.
    #[inline(always)]
    fn leaf(&mut self) -> Option<()> {
        // The octets are there, and so the places are: behind the last there are zeros. Asked for once more, the loop
        // would be longer.
        let [first, second, third, last] = *self.places.ahead()?.first_chunk::<4>()?;
        let (start, behind) = (usize::from(first) + 1, usize::from(second) + 1);
        let (text_end, last) = (usize::from(third), usize::from(last));
        let len = behind - start - 1;
        let is_its = last == text_end + 2 + len
            && len <= Word::LEN
            && self.text.octet(text_end + 1) == b'/'
            && self.text.are_same(start, text_end + 2, len);
        if !is_its {
            return None;
        }
        let word = self.text.word(start);
        let (label, space) = match NameId::of_element(word, len) {
            Some(name) => (Label::known(name), self.cx.scope.default_space()),
            None => {
                let (name, space) = short_name(self.text, self.cx.scope, start, len)?;
                (name, space.unwrap_or_else(|| self.cx.scope.default_space()))
            }
        };
        let Tape { nodes, attrs, .. } = &mut self.builder.tape;
        let at = nodes.len() as u32;
        let [node, text_node] = nodes.room()?;
        let attrs = attrs.len() as u32;
        let has_text = text_end != behind;
        let span = Span::between(self.text.index(behind), self.text.index(text_end));
        *node = TapeNode {
            start: self.text.index(self.at),
            // A sink is told of the start tag before the end is known.
            end: self.text.index(if O::KEEPS { last + 1 } else { behind }),
            attrs,
            parent: self.builder.open,
            next: at + 1 + u32::from(has_text),
            space,
            label,
        };
        self.places.pass(4);
        self.at = last + 1;
        self.builder.elements += 1;
        if O::KEEPS {
            *text_node = TapeNode::text(span, true, attrs);
            nodes.advance(1 + usize::from(has_text));
        } else {
            nodes.advance(1);
            self.builder.tell_start(at, self.cx);
            if has_text {
                tell_text(span, Coding::Plain, self.cx);
            }
            if let Some(node) = self.builder.tape.nodes.get_mut(at as usize) {
                node.end = self.text.index(last + 1);
            }
            self.builder.tell_end(at, self.cx);
        }
        Some(())
    }

    /// The name in a start tag: one that is well known, or any one in ASCII, a short one perhaps behind the prefix that
    /// was met last, of which the namespace is told then.
    #[inline(always)]
    fn name<Q: Quotes>(&self, shape: &mut Shape<'_, Q>) -> Option<(Label, Option<SpaceRef>)> {
        let (spot, len) = shape.name()?;
        if let Some(name) = NameId::of_element(spot, len) {
            return Some((Label::known(name), None));
        }
        let (first, second) = (shape.first(), shape.second());
        let (name, space, end) = unknown_name(self.text, self.cx.scope, self.limits.name_bytes, first, second, len)?;
        shape.end_name(end);
        Some((name, space))
    }

    /// Puts a start tag on the tape. Its attributes, `MOST` at most, are written into the room for them, and count once
    /// all is good. Only where `ROOT` says so, it may be the root's.
    #[inline(always)]
    fn put_tag<const MOST: usize, const ROOT: bool, Q: Quotes>(&mut self, mut shape: Shape<'_, Q>) -> Option<Taken> {
        let (name, prefixed) = self.name(&mut shape)?;
        let Tape { nodes, attrs, .. } = &mut self.builder.tape;
        let room = attrs.room::<MOST>()?;
        let values = shape.values();
        debug_assert!(values <= MOST);
        let mut names = 0_u64;
        let text = self.text;
        let last_end = shape.each_value(room, |slot, value| {
            let (label, space, bit) = match NameId::of_attribute(value.before, value.len()) {
                Some(known) => (Label::known(known), known.space(), known.local().bit()),
                None => {
                    let (label, bit) = other_attribute(value.before.word(), value.len())?;
                    (label, SpaceRef::NONE, bit)
                }
            };
            let start = text.index(value.open) + 1;
            *slot = AttrNode {
                start: start.wrapping_sub(value.len() as u32),
                value: Span { start, len: (value.close - value.open) as u32 - 1 },
                space,
                label: if !value.is_plain { AttrNode::coded(label) } else { label },
            };
            names |= bit;
            Some(())
        })?;
        let is_empty = shape.is_empty(last_end)?;
        // Each name has set a bit of its own, or two may be one name. Names share bits, so that some good tags leave
        // here, and below.
        if MOST > 1 && names.count_ones() as usize != values {
            return None;
        }
        let at = nodes.len() as u32;
        let node = nodes.vacancy()?;
        let mut declarations = 0;
        let space = if names & NameId::XMLNS.bit() != 0 {
            // It comes first on the tape, and mostly in the tag.
            if room.first()?.space != SpaceRef::XMLNS {
                AttrNode::put_declarations_first(room.get_mut(..values)?);
            }
            let declaration = room.first()?;
            // The bit was another name's, where it is none.
            if declaration.space != SpaceRef::XMLNS || prefixed.is_some() || Q::CODED && !declaration.is_plain() {
                return None;
            }
            declarations = 1;
            let depth = if is_empty { None } else { Some(self.builder.depth + 1) };
            declared_default(declaration.value, depth, self.limits, self.cx)?
        } else {
            prefixed.unwrap_or_else(|| self.cx.scope.default_space())
        };
        let end = shape.last() + 1;
        *node = TapeNode {
            start: self.text.index(self.at),
            end: self.text.index(end),
            attrs: attrs.len() as u32 + declarations as u32,
            parent: self.builder.open,
            next: at + 1,
            space,
            label: name.counting_few((values - declarations) as u16),
        };
        nodes.advance(1);
        attrs.advance(values);
        self.places.pass(shape.place_count());
        self.at = end;
        if ROOT {
            return Some(self.builder.begun(at, is_empty, self.cx));
        }
        self.builder.begun_within(at, is_empty, self.cx);
        Some(Taken::GoesOn)
    }
}

/// The namespace called `value`, which a tag declares as its default, and nothing else; bound for the element at
/// `depth`, if anything may stand in it.
#[inline(always)]
fn declared_default<O>(value: Span, depth: Option<u32>, limits: &Limits, cx: &mut Context<'_, O>) -> Option<SpaceRef> {
    if cx.scope.bindings() >= limits.bindings as usize {
        return None;
    }
    // One that is well known is never too long: see `Builder::reads_lines`.
    let space = match Scope::well_known(cx.text, value) {
        Some(space) => space,
        None if value.len > limits.namespace_bytes => return None,
        None => cx.scope.declared(cx.text, Declared::Written(value)).ok()?,
    };
    if let Some(depth) = depth {
        cx.scope.bind_default_in_room(space, depth)?;
    }
    Some(space)
}

/// A start tag that has no [`Shape`] by its number of places: its values do not all read as written, or stand between
/// quotes of both kinds; or it is none that can be read here. Apart, and given a line of its own, so that the loop
/// keeps where it is in registers.
#[cold]
#[inline(never)]
fn coded_start_tag<O: Outlet>(line: &mut Line<'_>, builder: &mut Builder, cx: &mut Context<'_, O>) -> Option<Taken> {
    let (shape, mut others) = Shape::found(line.places)?;
    while others != 0 {
        is_reference(line.text, line.places.at(others.trailing_zeros() as usize))?;
        others &= others - 1;
    }
    let mut stride = Stride::new(line, builder, cx);
    let taken = stride.put_tag::<{ Places::MOST_VALUES }, true, _>(shape)?;
    stride.end(line);
    Some(taken)
}

/// The name in a start tag, of `len` octets behind the place `first`, if it is one as [`short_name`] tells it; or,
/// where these are 16, a longer one without prefix, up to the place `second`. Given are its label, the namespace of
/// its prefix if it has one, and where it ends.
#[cold]
#[inline(never)]
fn unknown_name(
    text: Text<'_>,
    scope: &Scope,
    name_bytes: u32,
    first: usize,
    second: usize,
    len: usize,
) -> Option<(Label, Option<SpaceRef>, usize)> {
    let start = first + 1;
    if len >= Word::LEN && scope.recent_prefix_and_colon(text.word(start)).is_none() {
        let (name, end) = other_element_name(text, start, second, name_bytes).ok()?;
        return (!name.has_prefix()).then_some((name, None, end));
    }
    let (name, space) = short_name(text, scope, start, len)?;
    // Only one with a prefix can be too long here: see `Builder::reads_lines`.
    (len <= name_bytes as usize).then_some((name, space, start + len))
}

/// The name of `len` octets at `start`, at most 16, that is not well known, if it is one in ASCII, by itself or behind
/// the prefix that was met last: then with the namespace of that.
#[cold]
#[inline(never)]
fn short_name(text: Text<'_>, scope: &Scope, start: usize, len: usize) -> Option<(Label, Option<SpaceRef>)> {
    let word = text.word(start);
    let Some(with_colon) = scope.recent_prefix_and_colon(word) else { return Some((other_element(word, len)?, None)) };
    let (local, local_len) = (text.word(start + with_colon), len.checked_sub(with_colon)?);
    let number = match NameId::of_element(local, local_len) {
        Some(name) => name.local(),
        None => other_element(local, local_len)?.local(),
    };
    Some((Label::packed(number, len as u16, with_colon as u8 - 1), Some(scope.recent_space()?)))
}

/// An element's name of `len` octets that is not well known, if it is one in ASCII and without prefix, and short.
fn other_element(word: Word, len: usize) -> Option<Label> {
    (len <= Word::LEN && word.is_name(len)).then(|| Label::packed(NameId::OTHER, len as u16, 0))
}

/// Whether the `len` octets from `a` on are those from `b` on, and a name of no more than `limit`.
#[cold]
#[inline(never)]
fn are_one_name(text: Text<'_>, a: usize, b: usize, len: usize, limit: u32) -> bool {
    let name = |at| text.octets().get(text.offset(at)..).and_then(|name| name.get(..len));
    // What counts as long stands for any number of octets.
    len < Label::LONG && len <= limit as usize && name(a).zip(name(b)).is_some_and(|(a, b)| same(a, b))
}

/// What is said of an attribute's short name that is not well known, given the `len` octets from the space before it to
/// the `=` behind it; and its bit among those of the tag.
#[cold]
#[inline(never)]
fn other_attribute(word: Word, len: usize) -> Option<(Label, u64)> {
    let label = word.is_attribute(len).then(|| Label::packed(NameId::OTHER, len as u16 - 2, 0))?;
    Some((label, NameId::bit_of_other(word.head(len))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::scan::{Index, Isa};
    use crate::stanza::{Element, Sink, Step};
    use crate::{EventReader, Input, Limits, Parser, Unit};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn a_namespace_that_does_not_read_as_written_is_decoded() {
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
        let stanza = "<iq id='1'><q xmlns='urn:z'>x</q><a xmlns='u&amp;v' c='1'/><b c='1' xmlns='u&amp;v'>y</b></iq>";
        for isa in Isa::available() {
            let text = format!("{header}{stanza}{:40}", "");
            let (mut parser, mut input) = (Parser::stream(Limits::SERVER).with_isa(isa), Input::new());
            let mut feed = input.with(text.as_bytes());
            parser.next(&mut feed).unwrap();
            let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() else { panic!("no stanza on {isa}") };
            let found: Vec<&str> = stanza.root().elements().map(|element| element.ns()).collect();
            assert_eq!(found, ["urn:z", "u&v", "u&v"], "{isa}");
        }
    }

    /// What is read: `(`, namespace and name, a space, what is within, `)`.
    #[derive(Default)]
    struct Outline(String);

    impl Sink for Outline {
        fn start(&mut self, element: Element<'_>) {
            self.0 += &format!("({}|{} ", element.ns(), element.local());
        }

        fn text(&mut self, piece: crate::stanza::Text<'_>) {
            self.0 += &piece.decode();
        }

        fn end(&mut self, _: Element<'_>) {
            self.0 += ")";
        }
    }

    /// What the stanza `text` is read as in pieces of so many octets, by both who read; nothing where it is refused.
    fn outline(text: &str, piece: usize, limits: Limits, isa: Isa) -> Option<String> {
        let (mut walked, mut told) = (Outline::default(), Outline::default());
        let (mut parser, mut reader) =
            (Parser::document(limits).with_isa(isa), EventReader::document(limits).with_isa(isa));
        let (mut of_parser, mut of_reader) = (Input::new(), Input::new());
        let (mut is_refused, mut is_refused_as_told) = (false, false);
        for piece in text.as_bytes().chunks(piece) {
            match parser.next(&mut of_parser.with(piece)) {
                Ok(Some(Unit::Stanza(stanza))) => {
                    for step in stanza.root().walk() {
                        match step {
                            Step::Enter(element) => walked.start(element),
                            Step::Text(text) => walked.text(text),
                            Step::Leave(element) => walked.end(element),
                        }
                    }
                }
                Ok(_) => {}
                Err(_) => is_refused = true,
            }
            is_refused_as_told |= reader.next(&mut of_reader.with(piece), &mut told).is_err();
            if is_refused {
                break;
            }
        }
        assert_eq!(is_refused, is_refused_as_told, "{text}");
        if is_refused {
            return None;
        }
        assert_eq!(walked.0, told.0, "{text}");
        Some(walked.0)
    }

    #[test]
    fn an_element_of_nothing_but_text_is_read_as_any_other() {
        for (inner, expected) in [
            ("<body>hi</body>", Some("(urn:d|body hi)")),
            ("<zody>hi</zody><body></body><b></b>", Some("(urn:d|zody hi)(urn:d|body )(urn:d|b )")),
            ("<b >t</b >", Some("(urn:d|b t)")),
            ("<b>t</b >", Some("(urn:d|b t)")),
            ("<b>t<xb>u</xb></b>", Some("(urn:d|b t(urn:d|xb u))")),
            ("<b/>t<c>u</c>v", Some("(urn:d|b )t(urn:d|c u)v")),
            ("<a><b>t</b><c>u</c></a>", Some("(urn:d|a (urn:d|b t)(urn:d|c u))")),
            ("<a xmlns='urn:x'><b>t</b></a><c>u</c>", Some("(urn:x|a (urn:x|b t))(urn:d|c u)")),
            ("<abcdefghijklmnop>t</abcdefghijklmnop>", Some("(urn:d|abcdefghijklmnop t)")),
            ("<abcdefghijklmnopq>t</abcdefghijklmnopq>", Some("(urn:d|abcdefghijklmnopq t)")),
            ("<p:b>t</p:b><p:body>u</p:body><b>v</b>", Some("(urn:p|b t)(urn:p|body u)(urn:d|b v)")),
            ("<q:b xmlns:q='urn:q'>t</q:b><p:b>u</p:b>", Some("(urn:q|b t)(urn:p|b u)")),
            ("<\u{e9}>t</\u{e9}>", Some("(urn:d|\u{e9} t)")),
            ("<b>&lt;</b>", Some("(urn:d|b <)")),
            ("<b><![CDATA[t]]></b>", Some("(urn:d|b t)")),
            ("<b>t</c>", None),
            ("<b>t</bb>", None),
            ("<bb>t</b>", None),
            ("<b/>t</b/>", None),
            ("<>t</>", None),
            ("<1>t</1>", None),
            ("<p:>t</p:>", None),
            ("<q:b>t</q:b>", None),
            ("<b>]]></b>", None),
            ("<abcdefg hijklmno>t</abcdefg hijklmno>", None),
            ("<abcdefghijklmno/>t</abcdefghijklmno/>", None),
        ] {
            // Behind the prefix that was met last.
            let text = format!("<m xmlns='urn:d' xmlns:p='urn:p'><p:z/>{inner}</m>{:20}", "");
            let expected = expected.map(|inner| format!("(urn:d|m (urn:p|z ){inner})"));
            for (isa, piece) in Isa::available().flat_map(|isa| [(isa, text.len()), (isa, 7), (isa, 1)]) {
                assert_eq!(outline(&text, piece, Limits::SERVER, isa), expected, "{text} by {piece} on {isa}");
            }
        }
    }

    #[test]
    fn a_sink_is_told_of_a_start_tag_without_what_stands_behind_it() {
        /// What each call shows of the element as received.
        #[derive(Default)]
        struct Received(Vec<String>);

        impl Sink for Received {
            fn start(&mut self, element: Element<'_>) {
                self.0.push(format!("{} {} {:?}", element.raw(), element.inner_raw(), element.text()));
                assert_eq!((element.walk().count(), element.descendants().count()), (2, 1), "{element:?}");
            }

            fn text(&mut self, _: crate::stanza::Text<'_>) {}

            fn end(&mut self, element: Element<'_>) {
                self.0.push(format!("{} {}", element.raw(), element.inner_raw()));
                assert_eq!((element.walk().count(), element.descendants().count()), (2, 1), "{element:?}");
            }
        }

        let text = format!("<a><b>t</b><c></c><d e='1'>u</d><f/></a>{:20}", "");
        for (isa, piece) in Isa::available().flat_map(|isa| [(isa, text.len()), (isa, 1)]) {
            let (mut reader, mut input) = (EventReader::document(Limits::SERVER).with_isa(isa), Input::new());
            let mut received = Received::default();
            for piece in text.as_bytes().chunks(piece) {
                reader.next(&mut input.with(piece), &mut received).unwrap();
            }
            let expected = [
                "<a>  \"\"",
                "<b>  \"\"",
                "<b>t</b> t",
                "<c>  \"\"",
                "<c></c> ",
                "<d e='1'>  \"\"",
                "<d e='1'>u</d> u",
                "<f/>  \"\"",
                "<f/> ",
                "<a><b>t</b><c></c><d e='1'>u</d><f/></a> <b>t</b><c></c><d e='1'>u</d><f/>",
            ];
            assert_eq!(received.0, expected, "by {piece} on {isa}");
        }
    }

    #[test]
    fn an_element_of_nothing_but_text_counts_as_any_other() {
        let text = format!("<m><b>t</b><c>u</c></m>{:20}", "");
        let read = |limits| outline(&text, text.len(), limits, Isa::best()).is_some();
        assert!(read(Limits { elements: 3, depth: 2, ..Limits::SERVER }));
        assert!(!read(Limits { elements: 2, ..Limits::SERVER }));
        assert!(!read(Limits { depth: 1, ..Limits::SERVER }));
    }

    #[test]
    fn what_the_loop_asks_for_first_is_there_on_every_instruction_set() {
        for isa in Isa::available() {
            let text = format!("<a>b</a>{:20}", "");
            let index = Index::of_text(text.as_bytes(), isa);
            let (_, places) = index.places(text.as_bytes(), 0).unwrap();
            assert_eq!(places.kinds() as u32, LEAF, "{isa}");
        }
    }

    /// Each of the tags, where an element may begin, is refused: within a root, and as one.
    fn assert_refused(tags: &[&str]) {
        for (tag, isa) in tags.iter().flat_map(|tag| Isa::available().map(move |isa| (tag, isa))) {
            for before in ["<r>", ""] {
                let text = format!("{before}{tag}{:20}", "");
                let (mut parser, mut input) = (Parser::document(Limits::SERVER).with_isa(isa), Input::new());
                assert!(parser.next(&mut input.with(text.as_bytes())).is_err(), "{text:?} on {isa}");
            }
        }
    }

    #[test]
    fn an_octet_that_is_nowhere_allowed_makes_no_name_a_known_one() {
        assert_refused(&[
            "<\0to/>",
            "<to\0/>",
            "<subscribe\0/>",
            "<a \0to='1'/>",
            "<a to\0='1'/>",
            "<a subscription\0='1'/>",
        ]);
    }

    #[test]
    fn a_reference_outside_of_values_is_refused() {
        assert_refused(&[
            "<a &amp; b='1'/>",
            "<a b='1' &amp; c='2'/>",
            "<a b='1' &amp;/>",
            "<a b='1'&amp;/>",
            "<a b=&amp;'1'/>",
        ]);
    }

    #[test]
    fn what_no_value_may_hold_is_refused() {
        assert_refused(&[
            "<a b='&nope;'/>",
            "<a b='&amp'/>",
            "<a b='&amp;' c='&'/>",
            "<a b=\"1\" c='&nope;'/>",
            "<a b='\u{ffff}'/>",
            "<a b='\u{ff01}' c=\"\u{fffe}\"/>",
            "<a b='<'/>",
            "<a b='&amp;' c=\"<\"/>",
            "<a b='&amp;' c='\u{1}'/>",
        ]);
    }

    #[test]
    fn tags_of_few_values_are_held_to_every_rule() {
        for tag in [
            "<a b='1' b='2'>",
            "<a b='1' b='2'/>",
            "<a b='1' c='2' b='3'>",
            "<a b='1' c='2' c='3'/>",
            "<a id='1' to='2' id='3'/>",
            "<a xmlns='u' xmlns='v'>",
            "<a xmlns='u' b='1' xmlns='v'/>",
            "<a b='1'c='2'>",
            "<a b='1' c='2'd='3'>",
            "<a b='1'/ >",
            "<a b='1' c='2'//>",
            "<a ='1'>",
            "<a b='1' ='2'>",
            "<a b '1'>",
            "<a b='1' 2='2'>",
            "<1 b='1'>",
            "< a b='1'>",
            "<a p:b='1'>",
        ] {
            assert_refused(&[tag, &tag.replace('\'', "\"")]);
        }
        for (tag, ns) in [
            ("<a xmlns='u'/>", "u"),
            ("<a xmlns='u' b='1'/>", "u"),
            ("<a b='1' xmlns='u'/>", "u"),
            ("<a b='1' xmlns='u' c='2'/>", "u"),
            ("<a b='1' c='2' xmlns='u'/>", "u"),
            ("<a b='1' c='2' xmlns=''/>", ""),
            ("<a b='1' c='2' d='3'/>", "urn:d"),
            ("<a b='1' xml:lang='en'/>", "urn:d"),
        ] {
            let open = tag.replace("/>", "><b/></a>");
            for (tag, inner) in [(tag, String::new()), (&open, format!("({ns}|b )"))] {
                for isa in Isa::available() {
                    let text = format!("<m xmlns='urn:d'>{tag}<c/></m>{:20}", "");
                    let expected = format!("(urn:d|m ({ns}|a {inner})(urn:d|c ))");
                    assert_eq!(outline(&text, text.len(), Limits::SERVER, isa), Some(expected), "{tag} on {isa}");
                    let text = format!("{tag}{:20}", "");
                    let expected = format!("({ns}|a {inner})").replace("urn:d", "");
                    assert_eq!(outline(&text, text.len(), Limits::SERVER, isa), Some(expected), "{tag} on {isa}");
                }
            }
        }
    }
}
