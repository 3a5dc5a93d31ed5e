//! One token of any common shape: what the loop of `fast` leaves.
//!
//! In: a line that has come to such a token. Out: the token on the tape and the line moved on, or why it was not taken;
//! text before a CDATA section is taken for the run that both are, and that is why the section is not. The shapes are
//!
//! ```text
//!   <name attr='value' attr="value">    white space but CR where it may stand, none about a `=`; names in ASCII,
//!   <name attr='value'/>                with prefixes or without; values and text with or without the predefined
//!   text                                references
//! ```
//!
//! and all that namespaces ask of them is done here: declarations, prefixes, duplicates.
//!
//! Refuses to know: every other shape.

use super::build::{Builder, Context, Tag, find_space};
use super::line::{Halt, Line, Taken, past_references};
use super::tape::index;
use super::{AttrNode, Error, Label, Outlet, TapeNode};
use crate::ns::{NameId, SpaceRef};
use crate::scan::{Class, Places, Text, Word, count, is_quote};
use crate::span::Span;
use crate::token::QName;

impl Line<'_> {
    /// Takes the next token.
    #[inline(never)]
    pub(super) fn read_any<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_, O>,
    ) -> Result<Taken, Halt> {
        let (kinds, place) = (self.places.kinds(), self.places.first());
        if place != self.at || kinds as u8 != b'<' {
            return self.text(builder, cx, kinds as u8, place);
        }
        if self.text.octet(place + 1) == b'/' {
            // The loop has taken any of the common shape; one that is cut does not come here.
            return Err(Halt::Other);
        }
        let tag = self.start_tag(builder, cx, kinds)?;
        Ok(builder.begin_element(cx, tag, self.text.index(place), self.text.index(self.at))?)
    }

    /// Ends the character data that a CDATA section has begun, where a tag follows.
    #[cold]
    pub(super) fn end_run<O: Outlet>(&mut self, builder: &mut Builder, cx: &mut Context<'_, O>) -> Result<(), Halt> {
        let mut place = self.places.first();
        if place != self.at || self.places.kinds() as u8 != b'<' {
            let (places, plain) = past_references(self.text, self.places, b'<')?;
            place = places.first();
            builder.extend_run(Span::between(self.text.index(self.at), self.text.index(place)), plain, true);
            (self.places, self.at) = (places, place);
        }
        match self.text.octet(place + 1) {
            0 => Err(Halt::Starved),
            b'!' | b'?' => Err(Halt::Other),
            _ => Ok(builder.end_run(self.text.index(place), cx)?),
        }
    }

    /// Character data up to the next tag; the first structure in or behind it is `octet`, at `end`.
    fn text<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_, O>,
        octet: u8,
        mut end: usize,
    ) -> Result<Taken, Halt> {
        let mut plain = true;
        if octet == 0 {
            return Err(Halt::Starved);
        }
        if octet != b'<' {
            let (places, is_plain) = past_references(self.text, self.places, b'<')?;
            // All structure is still wanted where nothing is taken.
            if self.text.octet(places.first() + 1) == 0 {
                return Err(Halt::Starved);
            }
            (self.places, end, plain) = (places, places.first(), is_plain);
        }
        let (start, behind) = (self.text.index(self.at), self.text.index(end));
        let span = Span { start, len: behind - start };
        match self.text.octet(end + 1) {
            0 => return Err(Halt::Starved),
            // A CDATA section may stand next to it: both are one run.
            b'!' => {
                self.at = end;
                builder.extend_run(span, plain, true);
                return Err(Halt::Other);
            }
            _ => self.at = end,
        }
        builder.put_text(span, plain, start, cx)?;
        Ok(Taken::GoesOn)
    }

    /// A start tag with the structure `kinds`; its attributes are written into the tape's room for them.
    fn start_tag<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &Context<'_, O>,
        kinds: u64,
    ) -> Result<StartTag, Halt> {
        if !builder.may_open(cx.limits.elements, cx.limits.depth) {
            return Err(Halt::Other);
        }
        let room = builder.tape.attrs.room::<{ Builder::FEW_ATTRIBUTES as usize }>().ok_or(Halt::Full)?;
        let (text, mut places, limit) = (self.text, self.places, cx.limits.name_bytes);
        let kind = (kinds >> 8) as u8;
        if kind != b'>' && !is_quote(kind) && !is_blank(kind) {
            return Err(Halt::Other);
        }
        let (name, end) = element_name(text, self.at + 1, places.at(1), kind, limit)?;
        places.pass(1);
        let tag = StartTag { name, attributes: 0, traits: 0 };
        let (mut tag, mut places, end) = Attributes { text, places, end, names: 0, limit, tag }.read(room)?;
        let place = places.first();
        let behind = text.octets().get(text.offset(end)..text.offset(place)).ok_or(Halt::Other)?;
        match behind.get(white_space_len(behind)..) {
            Some([]) => {}
            Some([b'/']) => tag.traits |= StartTag::EMPTY,
            _ => return Err(Halt::Other),
        }
        if u32::from(tag.attributes) > cx.limits.attributes {
            return Err(Halt::Other);
        }
        places.pass(1);
        (self.places, self.at) = (places, place + 1);
        Ok(tag)
    }
}

/// The name of an element that begins at `start`, and where it ends;
/// `kind`, at `place`, is the first structure behind it.
pub(super) fn element_name(
    text: Text<'_>,
    start: usize,
    place: usize,
    kind: u8,
    limit: u32,
) -> Result<(Label, usize), Halt> {
    let len = match kind {
        b'>' => place - start - usize::from(text.octet(place - 1) == b'/'),
        _ => text.find(start, b' '),
    };
    if let Some(known) = NameId::of_element(text.word(start), len) {
        return Ok((Label::known(known), start + len));
    }
    other_element_name(text, start, place, limit)
}

/// The same of one that may be long, or not well known, or have a prefix.
pub(super) fn other_element_name(
    text: Text<'_>,
    start: usize,
    place: usize,
    limit: u32,
) -> Result<(Label, usize), Halt> {
    let name = text.octets().get(text.offset(start)..text.offset(place)).unwrap_or(&[]);
    let len = name.iter().position(|octet| matches!(octet, b' ' | b'/')).unwrap_or(name.len());
    count(len);
    Ok((other_name(text.octets(), text.offset(start), len, limit)?, start + len))
}

/// The attributes of a tag.
struct Attributes<'l> {
    text: Text<'l>,
    /// Structure behind the last value: white space, or the quote before the next one.
    places: Places<'l>,
    /// Where the next attribute begins, with the white space before it.
    end: usize,
    /// Bits of the names that were met.
    names: u64,
    /// Octets of a name.
    limit: u32,
    tag: StartTag,
}

impl<'l> Attributes<'l> {
    /// Reads up to the end of the tag: the tag, structure from its `>` on, and where the last attribute ends.
    fn read(mut self, room: &mut [AttrNode]) -> Result<(StartTag, Places<'l>, usize), Halt> {
        loop {
            let (octet, open) = (self.places.kinds() as u8, self.places.first());
            match octet {
                b'>' => return Ok((self.tag, self.places, self.end)),
                b'\'' | b'"' => self.places.pass(1),
                _ if is_blank(octet) => {
                    // Whether it stands where it may is seen when what stands behind it is read.
                    self.places.pass(1);
                    continue;
                }
                0 => return Err(Halt::Starved),
                _ => return Err(Halt::Other),
            }
            let (behind, plain) = past_references(self.text, self.places, octet)?;
            let close = behind.first();
            let node = self.attribute(open, close, plain)?;
            *room.get_mut(usize::from(self.tag.attributes)).ok_or(Halt::Other)? = node;
            self.tag.attributes += 1;
            self.end = close + 1;
            self.places = behind;
            self.places.pass(1);
        }
    }

    /// The attribute whose value stands between the quotes at `open` and `close`.
    fn attribute(&mut self, open: usize, close: usize, plain: bool) -> Result<AttrNode, Halt> {
        let (text, end) = (self.text, self.end);
        let written = open.wrapping_sub(end);
        let known = NameId::of_attribute(text.word(end), written);
        let mut start = text.offset(end + 1);
        let (label, space) = match known {
            Some(known) => (Label::known(known), known.space()),
            None => {
                let before = text.octets().get(text.offset(end)..text.offset(open)).unwrap_or(&[]);
                let blank = white_space_len(before);
                let [name @ .., b'='] = before.get(blank..).unwrap_or(&[]) else { return Err(Halt::Other) };
                if blank == 0 {
                    return Err(Halt::Other);
                }
                start = text.offset(end + blank);
                let label = other_name(text.octets(), start, name.len(), self.limit)?;
                (label, prefixed_space(label, name))
            }
        };
        self.tag.traits |= match space {
            SpaceRef::XMLNS => StartTag::DECLARES,
            SpaceRef::XML => 0,
            _ if label.has_prefix() => StartTag::PREFIXED,
            _ => 0,
        };
        let bit = label.local().bit();
        self.tag.traits |= StartTag::DOUBTFUL * u8::from(self.names & bit != 0);
        self.names |= bit;
        let value = Span::between(text.index(open + 1), text.index(close));
        let label = if plain { label } else { AttrNode::coded(label) };
        Ok(AttrNode { start: index(start), value, space, label })
    }
}

/// TAB or LF: the white space that is structure in a tag.
const fn is_blank(octet: u8) -> bool {
    matches!(octet, b'\t' | b'\n')
}

/// How many octets of white space but CR come first.
fn white_space_len(octets: &[u8]) -> usize {
    let len = octets.iter().take_while(|octet| **octet == b' ' || is_blank(**octet)).count();
    count(len);
    len
}

/// The namespace of an attribute, as far as its name tells.
fn prefixed_space(label: Label, name: &[u8]) -> SpaceRef {
    match (label.has_prefix(), label.local()) {
        (false, NameId::XMLNS) => SpaceRef::XMLNS,
        (true, _) if name.starts_with(b"xmlns:") => SpaceRef::XMLNS,
        (true, _) if name.starts_with(b"xml:") => SpaceRef::XML,
        _ => SpaceRef::NONE,
    }
}

/// A name of `len` octets that is long, or not well known, or has a prefix.
fn other_name(text: &[u8], start: usize, len: usize, limit: u32) -> Result<Label, Halt> {
    let name = start.checked_add(len).and_then(|end| text.get(start..end)).unwrap_or(&[]);
    // It is looked at for the colon, and for what no name may hold.
    count(2 * name.len());
    let colon = name.iter().position(|octet| *octet == b':');
    let (prefix, local) = match colon.and_then(|colon| name.split_at_checked(colon)) {
        Some((prefix, local)) => (prefix, local.get(1..).unwrap_or(&[])),
        None => (&b"x"[..], name),
    };
    if name.len() > limit as usize || !is_good(prefix) {
        return Err(Halt::Other);
    }
    let at = start + len - local.len();
    let known = NameId::of_element(Word::load(text, at), local.len());
    let number = known.map_or_else(|| NameId::at_place(text, at, local.len()), |known| known.local());
    if number == NameId::OTHER && !is_good(local) {
        return Err(Halt::Other);
    }
    let span = Span { start: index(start), len: index(len) };
    Ok(Label::new(number, QName { span, prefix_len: index(colon.unwrap_or(0)) }))
}

/// Whether it is a name, in ASCII and without colon.
fn is_good(name: &[u8]) -> bool {
    let mut octets = name.iter();
    octets.next().is_some_and(|first| Class::NAME_START.holds(*first)) && octets.all(|octet| Class::NAME.holds(*octet))
}

/// A start tag that is whole and good in itself.
#[derive(Clone, Copy)]
struct StartTag {
    name: Label,
    attributes: u8,
    /// Each of the constants below, or not.
    traits: u8,
}

impl StartTag {
    const EMPTY: u8 = 1;
    /// An attribute declares a namespace.
    const DECLARES: u8 = 2;
    /// An attribute has a prefix that must be resolved.
    const PREFIXED: u8 = 4;
    /// Two of its attributes may bear one name.
    const DOUBTFUL: u8 = 8;
}

impl Builder {
    /// Puts the element on the tape and has its names mean something.
    fn begin_element<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        tag: StartTag,
        start: u32,
        end: u32,
    ) -> Result<Taken, Error> {
        let (at, first) = (self.tape.nodes.len() as u32, self.tape.attrs.len());
        self.tape.attrs.advance(tag.attributes.into());
        let space = self.resolve_tag(cx, tag, first, start + 1)?;
        let declarations = self.put_declarations_first();
        let label = tag.name.counting_few(u16::from(tag.attributes) - declarations as u16);
        let attrs = first as u32 + declarations;
        let node = TapeNode { start, end, attrs, parent: self.open, next: at + 1, space, label };
        self.tape.nodes.push(node).map_err(|error| Error { at: start, fault: error.into() })?;
        Ok(self.begun(at, tag.traits & StartTag::EMPTY != 0, cx))
    }

    /// Binds what the tag declares, and finds the namespaces of its element and attributes, the first of which is
    /// `first`; `at` is where the element's name is. The element is not among the open ones yet. What an empty tag
    /// declares is unbound again, as nothing stands within: a namespace that was found needs no binding any more.
    fn resolve_tag<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        tag: StartTag,
        first: usize,
        at: u32,
    ) -> Result<SpaceRef, Error> {
        self.tag = Tag { attributes: tag.attributes.into(), declarations: 0 };
        if tag.traits & StartTag::DECLARES != 0 {
            for at in first..self.tape.attrs.len() {
                let Some(attr) = self.tape.attrs.as_slice().get(at).copied() else { break };
                if attr.space == SpaceRef::XMLNS {
                    let prefix = if attr.label.has_prefix() { attr.name(cx.text).local() } else { Span::default() };
                    self.declare(prefix, &attr, self.depth + 1, cx)?;
                }
            }
        }
        let space = find_space(tag.name.qname(at, cx.text), cx)?;
        if tag.traits & (StartTag::PREFIXED | StartTag::DOUBTFUL) != 0 {
            self.resolve_attributes(cx)?;
            self.refuse_duplicates(cx)?;
        }
        if tag.traits & StartTag::EMPTY != 0 {
            cx.scope.leave(self.depth + 1);
        }
        Ok(space)
    }
}
