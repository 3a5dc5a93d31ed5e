//! The straight line through a stanza: tokens of the common shape, from the index of structure onto the tape.
//!
//! In: the unit's text, the places of structure in it, where a token begins. Out: the tape, built as far as tokens are
//! whole and of the common shape, and the place where one is not: the tokenizer reads that one, octet by octet, and says
//! what is wrong with it if anything is, unless it is cut and may wait (see `cut`). Nothing of a tag is kept unless all of
//! it is good, so both always agree.
//!
//! The common shape:
//!
//! ```text
//!   <name attr='value' attr="value">    one space before an attribute, none elsewhere; names in ASCII
//!   <name attr='value'/>                values and text with or without the five predefined references
//!   text
//!   </name>
//! ```
//!
//! A name that is well known needs no look at its characters: it is equal to a good one.
//!
//! Refuses to know: how octets are classified; every other shape.

use super::build::{Builder, Context, Tag, admit, find_space};
use super::tape::index;
use super::{AttrNode, Error, Label, Outlet, TapeNode};
use crate::ns::{Declared, Known, NameId, SpaceRef};
use crate::scan::{Class, Index, Places, Text, Word, Work, is_nonchar, same};
use crate::span::Span;
use crate::token::{QName, predefined_at};

/// Where the line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The root's last octet is the one before this offset.
    Closed(u32),
    /// The token that begins here is of another shape, or goes on behind the text; nothing of it was taken.
    Other(usize),
    /// Character data that begins here goes on behind the text; nothing is wrong with what there is.
    Text(usize),
    /// The token that begins here goes on behind the text; nothing is wrong with what there is, and nothing of it was
    /// taken.
    Cut(usize),
}

/// Why a token was not read.
pub(super) enum Halt {
    /// It is not of the common shape.
    Other,
    /// There are no more places.
    Starved,
    /// The tape has no room for a tag's attributes.
    Full,
}

impl Builder {
    /// Reads tokens of the common shape from `at` on, where one begins; `offset` is that of the text in the stream.
    #[inline(always)]
    pub(crate) fn straight<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        places: &mut Index,
        offset: u64,
        at: usize,
    ) -> Result<Stop, Error> {
        if cx.limits.name_bytes < StartTag::LEAST_NAME_LIMIT {
            return Ok(Stop::Other(at));
        }
        places.isa().run(Straight { builder: self, cx, places, offset, at })
    }
}

/// One run along the line, compiled for each instruction set.
struct Straight<'s, 'c, O> {
    builder: &'s mut Builder,
    cx: &'s mut Context<'c, O>,
    places: &'s mut Index,
    offset: u64,
    at: usize,
}

impl<O: Outlet> Work for Straight<'_, '_, O> {
    type Out = Result<Stop, Error>;

    #[inline(always)]
    fn run(self) -> Result<Stop, Error> {
        let Self { builder, cx, places: structure, offset, at } = self;
        let octets = cx.text.as_bytes();
        structure.skip_to(offset + at as u64);
        let mut begin = at;
        loop {
            let Some((text, places)) = structure.places(octets, offset) else { return Ok(Stop::Other(begin)) };
            let mut line = Line { text, places, at: text.of_offset(begin) };
            let halt = line.read(builder, cx)?;
            let (at, head) = (text.offset(line.at), line.places.head());
            structure.use_up(head);
            begin = at;
            match halt {
                None => return Ok(Stop::Closed(index(at))),
                Some(Halt::Full) if builder.tape.attrs.reserve(StartTag::ATTRIBUTES).is_ok() => {}
                // Where there is no memory, the tokenizer's way says so.
                Some(Halt::Other | Halt::Full) => return Ok(Stop::Other(at)),
                Some(Halt::Starved) if structure.extend(octets, offset) => {}
                Some(Halt::Starved) if at < octets.len() && structure.is_used_up() => return Ok(Stop::Text(at)),
                Some(Halt::Starved) if builder.may_wait(cx, structure, offset, at) => return Ok(Stop::Cut(at)),
                Some(Halt::Starved) => return Ok(Stop::Other(at)),
            }
        }
    }
}

/// How far the line has come. Offsets are as [`Text`] counts them, but for what goes onto the tape.
struct Line<'l> {
    text: Text<'l>,
    /// Structure from the next token on.
    places: Places<'l>,
    /// Where the next token begins.
    at: usize,
}

impl Line<'_> {
    /// Reads tokens until the root ends (nothing), or one cannot be read.
    #[inline(always)]
    fn read<O: Outlet>(&mut self, builder: &mut Builder, cx: &mut Context<'_, O>) -> Result<Option<Halt>, Error> {
        // A root begins with structure; where none is, the places are those of another input.
        if builder.depth == 0 && (self.places.first() != self.at || self.places.kinds() as u8 == 0) {
            return Ok(Some(if self.places.kinds() == 0 { Halt::Starved } else { Halt::Other }));
        }
        if builder.is_in_run()
            && let Some(halt) = self.end_run(builder, cx)?
        {
            return Ok(Some(halt));
        }
        loop {
            let kinds = self.places.kinds();
            let place = self.places.first();
            if place != self.at || kinds as u8 != b'<' {
                if let Some(halt) = self.text(builder, cx, kinds as u8, place)? {
                    return Ok(Some(halt));
                }
                continue;
            }
            if self.text.octet(place + 1) == b'/' {
                let ended = builder.open;
                if let Some(halt) = self.end_tag(builder, cx, kinds) {
                    return Ok(Some(halt));
                }
                cx.scope.leave(builder.depth);
                builder.depth -= 1;
                builder.tell_end(ended, cx);
                if builder.depth == 0 {
                    return Ok(None);
                }
            } else {
                let tag = match self.start_tag(builder, cx, kinds) {
                    Ok(tag) => tag,
                    Err(halt) => return Ok(Some(halt)),
                };
                if builder.begin_element(cx, tag, self.index(place), self.index(self.at))? {
                    return Ok(None);
                }
            }
        }
    }

    /// The offset in the unit, as the tape has it.
    #[inline(always)]
    fn index(&self, at: usize) -> u32 {
        self.text.offset(at) as u32
    }

    /// Ends the character data that a CDATA section has begun, where a tag follows.
    #[inline(never)]
    fn end_run<O: Outlet>(&mut self, builder: &mut Builder, cx: &mut Context<'_, O>) -> Result<Option<Halt>, Error> {
        let mut place = self.places.first();
        if place != self.at || self.places.kinds() as u8 != b'<' {
            let (places, plain) = match past_references(self.text, self.places, b'<') {
                Ok(found) => found,
                Err(halt) => return Ok(Some(halt)),
            };
            place = places.first();
            builder.extend_run(Span::between(self.index(self.at), self.index(place)), plain, true);
            (self.places, self.at) = (places, place);
        }
        match self.text.octet(place + 1) {
            0 => Ok(Some(Halt::Starved)),
            b'!' | b'?' => Ok(Some(Halt::Other)),
            _ => builder.end_run(self.index(place), cx).map(|()| None),
        }
    }

    /// Character data up to the next tag; the first structure in or behind it is `octet`, at `end`.
    #[inline(always)]
    fn text<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_, O>,
        octet: u8,
        mut end: usize,
    ) -> Result<Option<Halt>, Error> {
        let mut plain = true;
        if octet == 0 {
            return Ok(Some(Halt::Starved));
        }
        if octet != b'<' {
            match past_references(self.text, self.places, b'<') {
                // All structure is still wanted where nothing is taken.
                Ok((places, _)) if self.text.octet(places.first() + 1) == 0 => return Ok(Some(Halt::Starved)),
                Ok((places, is_plain)) => (self.places, end, plain) = (places, places.first(), is_plain),
                Err(halt) => return Ok(Some(halt)),
            }
        }
        let (start, behind) = (self.index(self.at), self.index(end));
        let span = Span { start, len: behind - start };
        match self.text.octet(end + 1) {
            0 => return Ok(Some(Halt::Starved)),
            // A CDATA section may stand next to it: both are one run.
            b'!' => {
                self.at = end;
                builder.extend_run(span, plain, true);
                return Ok(Some(Halt::Other));
            }
            _ => self.at = end,
        }
        builder.put_text(span, plain, start, cx).map(|()| None)
    }

    /// An end tag, if it is that of the innermost open element, which ends.
    #[inline(always)]
    fn end_tag<O: Outlet>(&mut self, builder: &mut Builder, cx: &Context<'_, O>, kinds: u64) -> Option<Halt> {
        let end = self.places.at(1);
        let start = self.at + 2;
        let next = builder.tape.nodes.len() as u32;
        let Some(open) = builder.tape.nodes.as_mut_slice().get_mut(builder.open as usize) else {
            return Some(Halt::Other);
        };
        let (opened, len) = (self.text.of_offset(open.start as usize + 1), open.label.len());
        if (kinds >> 8) as u8 != b'>' || end != start + len {
            return Some(if kinds >> 8 == 0 { Halt::Starved } else { Halt::Other });
        }
        let is_same = if len.wrapping_sub(1) < Word::LEN {
            self.text.word(opened).differ(self.text.word(start)).head(len).is_empty()
        } else {
            let name = |at| self.text.octets().get(at..at + len).unwrap_or(&[]);
            len <= cx.limits.name_bytes as usize
                && len < Label::LONG
                && same(name(self.text.offset(opened)), name(self.text.offset(start)))
        };
        if !is_same {
            return Some(Halt::Other);
        }
        self.places.pass(2);
        self.at = end + 1;
        open.end = self.text.offset(self.at) as u32;
        open.next = next;
        builder.open = open.parent;
        None
    }

    /// A start tag with the structure `kinds`; its attributes are written into the tape's room for them.
    #[inline(always)]
    fn start_tag<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &Context<'_, O>,
        kinds: u64,
    ) -> Result<StartTag, Halt> {
        if builder.elements >= cx.limits.elements || builder.depth >= cx.limits.depth {
            return Err(Halt::Other);
        }
        let room = builder.tape.attrs.room::<{ StartTag::ATTRIBUTES }>().ok_or(Halt::Full)?;
        let (text, places) = (self.text, self.places);
        let quote = (kinds >> 8) as u8;
        let (count, are_all) = match quote {
            b'>' => (0, true),
            b'\'' | b'"' => {
                let values = values(places, kinds >> 8, quote);
                if values.is_cut {
                    return Err(Halt::Starved);
                }
                (values.plain, values.are_all)
            }
            0 => return Err(Halt::Starved),
            _ => return Err(Halt::Other),
        };
        let (name, mut end) = element_name(text, self.at + 1, places.at(1), quote, cx.limits.name_bytes)?;

        // Attributes with names that are well known and values that read as written.
        let (mut names, mut read) = (0_u64, 0);
        for (pair, slot) in places.pairs().iter().zip(room.iter_mut()).take(count.into()) {
            let [open, close] = pair.map(usize::from);
            let len = open.wrapping_sub(end);
            let Some(known) = known_attribute(text, end, len) else { break };
            let value = text.offset(open) as u32 + 1;
            *slot = AttrNode {
                start: value.wrapping_sub(len as u32),
                value: Span { start: value, len: (close - open) as u32 - 1 },
                space: known.space,
                label: Label::known(*known),
            };
            names |= known.local().bit();
            read += 1;
            end = close + 1;
        }
        let mut tag = StartTag { name, attributes: read, own: 0, traits: 0 };
        // Other names share the bit: only here are the attributes asked one by one.
        if names & NameId::XMLNS.bit() != 0 {
            let is_own = |attr: &AttrNode| attr.space == SpaceRef::XMLNS;
            let own = room.iter().take(read.into()).position(is_own);
            tag.own = own.unwrap_or(0) as u8;
            tag.traits |= StartTag::DECLARES * u32::from(own.is_some());
        }
        tag.traits |= StartTag::DOUBTFUL * u32::from(names.count_ones() != u32::from(read));
        let mut number = 2 * read + 1;
        if read != count || !are_all {
            let other = OtherAttributes { text, places, number, end, names, limit: cx.limits.name_bytes, tag };
            (tag, number, end) = other.read(room)?;
        }

        let place = places.at(number);
        if place != end {
            if place != end + 1 || text.octet(end) != b'/' {
                return Err(Halt::Other);
            }
            tag.traits |= StartTag::EMPTY;
        }
        if u32::from(tag.attributes) > cx.limits.attributes {
            return Err(Halt::Other);
        }
        self.places.pass(number + 1);
        self.at = place + 1;
        Ok(tag)
    }
}

/// The values of a tag.
struct Values {
    /// How many come before the first that is not between quotes like the first, or that has something odd in it.
    plain: u8,
    /// Whether these are all of the tag.
    are_all: bool,
    /// Whether more of the tag is to come.
    is_cut: bool,
}

/// The values of a tag, given the first of its quotes, which is the first of `kinds`.
#[inline(always)]
fn values(places: Places<'_>, kinds: u64, quote: u8) -> Values {
    let all = u64::from(quote) * (u64::MAX / 0xff);
    // Seven kinds are left of eight: the zero behind them is no quote.
    let mut quotes = (kinds ^ all).trailing_zeros() / 8;
    let mut behind = kinds >> (8 * quotes);
    if quotes == 7 {
        let kinds = places.kinds_behind();
        let more = (kinds ^ all).trailing_zeros() / 8;
        quotes += more;
        behind = kinds.checked_shr(8 * more).unwrap_or(0);
    }
    Values {
        plain: (quotes / 2) as u8,
        are_all: quotes.is_multiple_of(2) && behind as u8 == b'>',
        is_cut: behind as u8 == 0 && quotes < Places::AHEAD as u32 - 1,
    }
}

/// The name of an element that begins at `start`, and where it ends; `kind`, at `place`, is the
/// first structure behind it.
#[inline(always)]
pub(super) fn element_name(
    text: Text<'_>,
    start: usize,
    place: usize,
    kind: u8,
    limit: u32,
) -> Result<(Label, usize), Halt> {
    let name = text.word(start);
    let len = match kind {
        b'>' => place - start - usize::from(text.octet(place - 1) == b'/'),
        _ => text.find(start, b' '),
    };
    if len.wrapping_sub(1) < Word::LEN
        && let Some(known) = NameId::of_element(name.head(len))
    {
        return Ok((Label::known(*known), start + len));
    }
    if len < Word::LEN
        && let Some(label) = known_with_prefix(text.octets(), text.offset(start), len)
    {
        return Ok((label, start + len));
    }
    let (label, len) = first_name(text.octets(), text.offset(start), place - start, limit)?;
    Ok((label, start + len))
}

/// The name of `len` octets, fewer than 16, if it is a well-known one behind a prefix.
#[inline(never)]
fn known_with_prefix(text: &[u8], start: usize, len: usize) -> Option<Label> {
    let name = Word::load(text, start);
    let colon = name.find(b':');
    let local = len.checked_sub(colon + 1)?;
    let known = NameId::of_element(Word::load(text, start + colon + 1).head(local)).filter(|_| local > 0)?;
    let is_good = name.octets().get(..colon).is_some_and(is_good);
    is_good.then(|| Label::packed(known.local(), len as u16, colon as u8))
}

/// The name at the front of `len` octets from `start` on, which is long, or not well known, or has a prefix; and its
/// length.
#[inline(never)]
fn first_name(text: &[u8], start: usize, len: usize, limit: u32) -> Result<(Label, usize), Halt> {
    let name = text.get(start..start + len).unwrap_or(&[]);
    let len = name.iter().position(|octet| matches!(octet, b' ' | b'/')).unwrap_or(len);
    Ok((other_name(text, start, len, limit)?, len))
}

/// The attribute called so, if it is well known, given ` name=` in `len` octets.
#[inline(always)]
pub(super) fn known_attribute(text: Text<'_>, start: usize, len: usize) -> Option<&'static Known> {
    if len.wrapping_sub(1) < Word::LEN { NameId::of_attribute(text.word(start).head(len)) } else { None }
}

/// Whether it is one of the two quotes, given an octet that is structure.
#[inline(always)]
pub(super) const fn is_quote(octet: u8) -> bool {
    const QUOTES: u64 = 1 << b'\'' | 1 << b'"';
    // Of structure, none but the quotes has their number modulo 64.
    QUOTES >> (octet % 64) & 1 == 1
}

/// The attributes of a tag from one on that takes a closer look.
struct OtherAttributes<'l> {
    text: Text<'l>,
    /// Structure from the tag's `<` on.
    places: Places<'l>,
    /// Number of the structure that should be the quote before the next value.
    number: u8,
    /// Where the next attribute begins, with its space.
    end: usize,
    /// Bits of the names that were met.
    names: u64,
    /// Octets of a name.
    limit: u32,
    tag: StartTag,
}

impl OtherAttributes<'_> {
    /// Reads up to the end of the tag: the tag, the number of its `>`, and where the last attribute ends.
    #[inline(never)]
    fn read(mut self, room: &mut [AttrNode]) -> Result<(StartTag, u8, usize), Halt> {
        loop {
            let mut places = self.places;
            places.pass(self.number);
            let (octet, open) = (places.kinds() as u8, places.first());
            match octet {
                b'>' => return Ok((self.tag, self.number, self.end)),
                b'\'' | b'"' => places.pass(1),
                0 => return Err(Halt::Starved),
                _ => return Err(Halt::Other),
            }
            let (behind, plain) = past_references(self.text, places, octet)?;
            let close = behind.first();
            let node = self.attribute(open, close, plain)?;
            *room.get_mut(usize::from(self.tag.attributes)).ok_or(Halt::Other)? = node;
            self.tag.attributes += 1;
            self.end = close + 1;
            self.number = behind.past(self.places) + 1;
        }
    }

    /// The attribute whose value stands between the quotes at `open` and `close`.
    fn attribute(&mut self, open: usize, close: usize, plain: bool) -> Result<AttrNode, Halt> {
        let (text, end) = (self.text, self.end);
        let written = open.wrapping_sub(end);
        let known = known_attribute(text, end, written);
        let start = text.offset(end + 1);
        let (label, space) = match known {
            Some(known) => (Label::known(*known), known.space),
            None if open <= end + 1 || text.octet(end) != b' ' || text.octet(open - 1) != b'=' => {
                return Err(Halt::Other);
            }
            None => {
                let label = other_name(text.octets(), start, written - 2, self.limit)?;
                (label, prefixed_space(label, text.octets().get(start..).unwrap_or(&[])))
            }
        };
        self.tag.traits |= match space {
            SpaceRef::XMLNS if plain && !label.has_prefix() => StartTag::DECLARES,
            SpaceRef::NONE if !label.has_prefix() => 0,
            SpaceRef::XML => 0,
            _ => StartTag::INVOLVED,
        };
        if space == SpaceRef::XMLNS {
            self.tag.own = self.tag.attributes;
        }
        let bit = label.local().bit();
        self.tag.traits |= StartTag::DOUBTFUL * u32::from(self.names & bit != 0);
        self.names |= bit;
        let value = Span::between(index(text.offset(open + 1)), index(text.offset(close)));
        let label = if plain { label } else { AttrNode::coded(label) };
        Ok(AttrNode { start: index(start), value, space, label })
    }
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

/// Goes on past references and the like, to the octet `end`: the structure from there on, and whether what lies before
/// reads as written.
#[inline(never)]
pub(super) fn past_references<'l>(text: Text<'_>, mut places: Places<'l>, end: u8) -> Result<(Places<'l>, bool), Halt> {
    let mut plain = true;
    loop {
        let octet = places.kinds() as u8;
        let at = text.offset(places.first());
        match octet {
            _ if octet == end => return Ok((places, plain)),
            b'&' if predefined_at(text.octets().get(at..).unwrap_or(&[])).is_some() => plain = false,
            0xef if !is_nonchar(text.octets(), at) => {}
            0 if places.is_empty() => return Err(Halt::Starved),
            _ => return Err(Halt::Other),
        }
        places.pass(1);
    }
}

/// A name of `len` octets that is long, or not well known, or has a prefix.
#[inline(never)]
fn other_name(text: &[u8], start: usize, len: usize, limit: u32) -> Result<Label, Halt> {
    let name = start.checked_add(len).and_then(|end| text.get(start..end)).unwrap_or(&[]);
    let colon = name.iter().position(|octet| *octet == b':');
    let (prefix, local) = match colon.and_then(|colon| name.split_at_checked(colon)) {
        Some((prefix, local)) => (prefix, local.get(1..).unwrap_or(&[])),
        None => (&b"x"[..], name),
    };
    if name.len() > limit as usize || !is_good(prefix) {
        return Err(Halt::Other);
    }
    let at = start + len - local.len();
    let known = match local.len() {
        1..=Word::LEN => NameId::of_element(Word::load(text, at).head(local.len())),
        _ => None,
    };
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
    /// Which of them declares the default namespace, where the tag [`DECLARES`](Self::DECLARES) one.
    own: u8,
    /// [`EMPTY`](Self::EMPTY), [`DECLARES`](Self::DECLARES), [`DOUBTFUL`](Self::DOUBTFUL) and
    /// [`INVOLVED`](Self::INVOLVED), each or not.
    traits: u32,
}

impl StartTag {
    /// Attributes of a tag of the common shape.
    const ATTRIBUTES: usize = 16;
    /// Limits on names below this are held by the tokenizer.
    const LEAST_NAME_LIMIT: u32 = Word::LEN as u32;

    const EMPTY: u32 = 1;
    /// It declares a default namespace.
    const DECLARES: u32 = 2;
    /// Two of its attributes may bear one name.
    const DOUBTFUL: u32 = 4;
    /// An attribute has a prefix, or a namespace does not read as written.
    const INVOLVED: u32 = 8;
}

impl Builder {
    /// Puts the element on the tape and has its names mean something; whether it was the root and is over.
    #[inline(always)]
    fn begin_element<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        tag: StartTag,
        start: u32,
        end: u32,
    ) -> Result<bool, Error> {
        let (at, attrs) = (self.tape.nodes.len() as u32, self.tape.attrs.len());
        self.tape.attrs.advance(tag.attributes.into());
        self.elements += 1;
        self.depth += 1;
        let space = match tag.traits & !StartTag::EMPTY {
            0 if !tag.name.has_prefix() => cx.scope.default_space(),
            0 => find_space(tag.name.qname(start + 1, cx.text), cx)?,
            StartTag::DECLARES if !tag.name.has_prefix() => {
                let bound = tag.traits & StartTag::EMPTY == 0;
                self.own_default(cx, attrs + usize::from(tag.own), bound)?
            }
            _ => self.resolve_tag(cx, tag.name, tag.traits, attrs, start + 1)?,
        };
        let label = tag.name.counting_few(tag.attributes.into());
        let node = TapeNode { start, end, attrs: attrs as u32, parent: self.open, next: at + 1, space, label };
        self.tape.nodes.push(node).map_err(|error| Error { at: start, fault: error.into() })?;
        self.note_heads_of_root();
        self.tell_start(at, cx);
        if tag.traits & StartTag::EMPTY != 0 {
            self.depth -= 1;
            self.tell_end(at, cx);
            return Ok(self.depth == 0);
        }
        self.open = at;
        Ok(false)
    }

    /// The namespace of an element that declares it as the default one, by the attribute `own`, and has no other names to
    /// resolve. It is bound only where something may stand within.
    #[inline(always)]
    fn own_default<O: Outlet>(&mut self, cx: &mut Context<'_, O>, own: usize, bound: bool) -> Result<SpaceRef, Error> {
        let Some(own) = self.tape.attrs.as_slice().get(own) else { return Ok(SpaceRef::NONE) };
        let (start, value) = (own.start, own.value);
        if cx.scope.bindings() >= cx.limits.bindings as usize
            || value.len > cx.limits.namespace_bytes
            || cx.limits.declarations == 0
        {
            admit(0, start, value, cx.scope, cx.limits)?;
        }
        let space = match cx.scope.declared(cx.text, Declared::Written(value)) {
            Ok(space) => space,
            Err(error) => return Err(Error { at: start, fault: error.into() }),
        };
        if bound {
            cx.scope.bind_default(space, self.depth).map_err(|error| Error { at: start, fault: error.into() })?;
        }
        Ok(space)
    }

    /// Binds what the tag declares, and finds the namespaces of its element and attributes, the first of which is
    /// `first`; `at` is where the element's name is. What an empty tag declares is unbound again, as nothing stands within:
    /// a namespace that was found needs no binding any more.
    #[inline(never)]
    fn resolve_tag<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        name: Label,
        traits: u32,
        first: usize,
        at: u32,
    ) -> Result<SpaceRef, Error> {
        self.tag = Tag { attributes: (self.tape.attrs.len() - first) as u32, declarations: 0 };
        if traits & (StartTag::INVOLVED | StartTag::DECLARES) != 0 {
            for at in first..self.tape.attrs.len() {
                let Some(attr) = self.tape.attrs.as_slice().get(at).copied() else { break };
                if attr.space == SpaceRef::XMLNS {
                    let prefix = if attr.label.has_prefix() { attr.name(cx.text).local() } else { Span::default() };
                    self.declare(prefix, &attr, cx)?;
                }
            }
        }
        let space = find_space(name.qname(at, cx.text), cx)?;
        if traits & (StartTag::INVOLVED | StartTag::DOUBTFUL) != 0 {
            self.resolve_attributes(cx)?;
            self.refuse_duplicates(cx)?;
        }
        if traits & StartTag::EMPTY != 0 {
            cx.scope.leave(self.depth);
        }
        Ok(space)
    }
}
