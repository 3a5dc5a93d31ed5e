//! The straight line through a stanza: tokens of the common shape, from the index of structure onto the tape.
//!
//! In: the unit's text, the places of structure in it, where a token begins. Out: the tape, built as far as tokens are
//! whole and of the common shape, and the place where one is not: the tokenizer reads that one, octet by octet, and says
//! what is wrong with it if anything is. Nothing of a tag is kept unless all of it is good, so both always agree.
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

use super::build::{Builder, Context, Tag, find_space};
use super::tape::index;
use super::{AttrNode, Error, NodeKind, Outlet, TapeNode, Written};
use crate::ns::{Declared, NameId, SpaceRef};
use crate::scan::{Class, Index, Places, Short, Text, Word, Work, before_space, is_nonchar, same};
use crate::span::Span;
use crate::token::QName;

/// Where the line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The root's last octet is the one before this offset.
    Closed(u32),
    /// The token that begins here is of another shape, or goes on behind the text.
    Other(usize),
    /// Character data that begins here goes on behind the text; nothing is wrong with what there is.
    Text(usize),
}

/// Why a token was not read.
enum Halt {
    /// It is not of the common shape.
    Other,
    /// There are no more places.
    Starved,
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
        if cx.limits.name_bytes < TagLimits::NAME {
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
            let mut line = Line { text, places, at: text.from_offset(begin) };
            let halt = line.read(builder, cx)?;
            let (at, left) = (text.offset(line.at), line.places.len());
            structure.leave(left);
            begin = at;
            match halt {
                None => return Ok(Stop::Closed(index(at))),
                Some(Halt::Other) => return Ok(Stop::Other(at)),
                Some(Halt::Starved) if structure.extend(octets, offset) => {}
                Some(Halt::Starved) if at < octets.len() && structure.is_used_up() => return Ok(Stop::Text(at)),
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
        let limits = TagLimits::of(cx);
        if builder.run.is_some()
            && let Some(halt) = self.end_run(builder, cx)?
        {
            return Ok(Some(halt));
        }
        loop {
            let Some((place, octet)) = self.places.peek() else { return Ok(Some(Halt::Starved)) };
            if place != self.at || octet != b'<' {
                if let Some(halt) = self.text(builder, cx, place, octet)? {
                    return Ok(Some(halt));
                }
                continue;
            }
            let behind = self.text.eight(place + 1);
            if behind as u8 == b'/' {
                let ended = builder.open;
                if let Some(halt) = self.end_tag(builder) {
                    return Ok(Some(halt));
                }
                cx.scope.leave(builder.depth);
                builder.depth -= 1;
                builder.tell_end(ended, cx);
                if builder.depth == 0 {
                    return Ok(None);
                }
            } else {
                let tag = match self.start_tag(builder, limits, behind) {
                    Ok(tag) => tag,
                    Err(halt) => return Ok(Some(halt)),
                };
                if builder.begin_element(cx, tag, self.index(place), self.index(self.at))? {
                    return Ok(None);
                }
            }
        }
    }

    /// Ends the character data that a CDATA section has begun, where a tag follows.
    #[inline(never)]
    fn end_run<O: Outlet>(&mut self, builder: &mut Builder, cx: &mut Context<'_, O>) -> Result<Option<Halt>, Error> {
        let Some((mut place, octet)) = self.places.peek() else { return Ok(Some(Halt::Starved)) };
        if place != self.at || octet != b'<' {
            let (places, end, plain) = match octet {
                b'<' => (self.places, place, true),
                _ => match past_references(self.text, self.places, b'<') {
                    Ok(found) => found,
                    Err(halt) => return Ok(Some(halt)),
                },
            };
            builder.extend_run(Span::between(self.index(self.at), self.index(end)), plain, true);
            (self.places, self.at, place) = (places, end, end);
        }
        match self.text.octet(place + 1) {
            0 => Ok(Some(Halt::Starved)),
            b'!' | b'?' => Ok(Some(Halt::Other)),
            _ => builder.end_run(self.index(place), cx).map(|()| None),
        }
    }

    /// The offset in the unit, as the tape has it.
    #[inline(always)]
    fn index(&self, at: usize) -> u32 {
        self.text.offset(at) as u32
    }

    /// Character data up to the next tag; `place` is that of the first structure in or behind it.
    #[inline(always)]
    fn text<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_, O>,
        place: usize,
        octet: u8,
    ) -> Result<Option<Halt>, Error> {
        let (mut end, mut plain) = (place, true);
        if octet != b'<' {
            match past_references(self.text, self.places, b'<') {
                Ok(found) => (self.places, end, plain) = found,
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
    fn end_tag(&mut self, builder: &mut Builder) -> Option<Halt> {
        let Some([_, (end, octet)]) = self.places.peek_two() else { return Some(Halt::Starved) };
        let start = self.at + 2;
        let next = builder.tape.nodes.len() as u32;
        let Some(open) = builder.tape.nodes.as_mut_slice().get_mut(builder.open as usize) else {
            return Some(Halt::Other);
        };
        let (opened, len) = (self.text.from_offset(open.start as usize + 1), open.written.len());
        if octet != b'>' || end != start + len {
            return Some(Halt::Other);
        }
        let is_same = if len.wrapping_sub(1) < Short::LEN {
            Short::head(self.text.eight(opened) ^ self.text.eight(start), len).is_empty()
        } else {
            let name = |at| self.text.octets().get(self.text.offset(at)..self.text.offset(at + len)).unwrap_or(&[]);
            len < Written::LONG && same(name(opened), name(start))
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

    /// A start tag; its attributes are written into the tape's room for them. `behind` is what follows its `<`.
    #[inline(always)]
    fn start_tag(&mut self, builder: &mut Builder, limits: TagLimits, behind: u64) -> Result<StartTag, Halt> {
        if builder.elements >= limits.elements || builder.depth >= limits.depth {
            return Err(Halt::Other);
        }
        // Where there is no memory, the tokenizer's way says so.
        let room = builder.tape.attrs.room::<{ TagLimits::ATTRIBUTES }>().map_err(|_| Halt::Other)?;
        let (text, mut places) = (self.text, self.places);
        let Some([_, (mut place, mut octet)]) = places.peek_two() else { return Err(Halt::Starved) };
        places.pass(2);
        let (local, written, mut end) = element_name(text, self.at + 1, place, octet, behind, limits.name)?;

        // Attributes with names that are well known and values that read as written.
        let (mut names, mut count, mut own) = (0_u64, 0, 0);
        while octet != b'>' {
            let Some([(close, closing), next]) = places.peek_two() else { return Err(Halt::Starved) };
            if closing != octet || !is_quote(octet) {
                break;
            }
            let len = place.wrapping_sub(end);
            let local = if len.wrapping_sub(1) < Short::LEN {
                let Some(local) = NameId::of_short_attribute(Short::head(text.eight(end), len)) else { break };
                local
            } else {
                let Some(local) = long_attribute(text.octets(), text.offset(end), len) else { break };
                local
            };
            let Some(slot) = room.get_mut(count) else { return Err(Halt::Other) };
            let value = text.offset(place) as u32 + 1;
            let space = if local == NameId::XMLNS {
                own = count;
                SpaceRef::XMLNS
            } else {
                SpaceRef::NONE
            };
            *slot = AttrNode {
                start: value.wrapping_sub(len as u32),
                value: Span { start: value, len: (close - place) as u32 - 1 },
                space,
                local,
                written: Written::unprefixed(len as u16 - 2),
                plain: true,
            };
            names |= local.bit();
            count += 1;
            places.pass(2);
            end = close + 1;
            (place, octet) = next;
        }
        let declares = names & NameId::XMLNS.bit() != 0;
        let doubtful = names.count_ones() as usize != count;
        let traits = StartTag::DECLARES * u32::from(declares) | StartTag::DOUBTFUL * u32::from(doubtful);
        let mut tag = StartTag { local, written, attributes: count, own, traits };
        if octet != b'>' {
            let rest = OtherAttributes { text, places, quote: (place, octet), end, names, limits, tag };
            (tag, places, place, end) = rest.read(room)?;
        }

        if place != end {
            if place != end + 1 || text.octet(end) != b'/' {
                return Err(Halt::Other);
            }
            tag.traits |= StartTag::EMPTY;
        }
        if tag.attributes > limits.attributes {
            return Err(Halt::Other);
        }
        (self.places, self.at) = (places, place + 1);
        Ok(tag)
    }
}

/// The name of an element that begins at `start` with the octets `name`, and where it ends; `octet`, at `place`, is the
/// first structure behind it.
#[inline(always)]
fn element_name(
    text: Text<'_>,
    start: usize,
    place: usize,
    octet: u8,
    name: u64,
    limit: usize,
) -> Result<(NameId, Written, usize), Halt> {
    let len = match octet {
        b'>' => place - start - usize::from(text.octet(place - 1) == b'/'),
        _ => before_space(name),
    };
    if len.wrapping_sub(1) < Short::LEN
        && let Some(local) = NameId::of_short_element(Short::head(name, len))
    {
        return Ok((local, Written::unprefixed(len as u16), start + len));
    }
    let (local, written, len) = longer_name(text.octets(), text.offset(start), place - start, limit)?;
    Ok((local, written, start + len))
}

/// The name at the front of `len` octets from `start` on, and its length.
#[inline(never)]
fn longer_name(text: &[u8], start: usize, len: usize, limit: usize) -> Result<(NameId, Written, usize), Halt> {
    let name = text.get(start..start + len).unwrap_or(&[]);
    let word = Word::load(text, start);
    let len = match word.before_space() {
        Word::LEN => name.iter().position(|octet| *octet == b' ').unwrap_or(len),
        short => short.min(len),
    };
    let len = len - usize::from(len == name.len() && name.last() == Some(&b'/'));
    if len > Short::LEN
        && len < Word::LEN
        && let Some(local) = NameId::of_long_element(word.head(len))
    {
        return Ok((local, Written::unprefixed(len as u16), len));
    }
    let (local, written) = other_name(text, start, len, limit)?;
    Ok((local, written, len))
}

/// The name of an attribute, given ` name=` in more than 8 octets.
#[inline(never)]
fn long_attribute(text: &[u8], start: usize, len: usize) -> Option<NameId> {
    // No octets are no name, though the table may hold none: a quote may follow right behind a name or a value.
    (1..=Word::LEN).contains(&len).then(|| NameId::of_long_attribute(Word::load(text, start).head(len)))?
}

/// Whether it is one of the two quotes, given an octet that is structure.
#[inline(always)]
const fn is_quote(octet: u8) -> bool {
    const QUOTES: u64 = 1 << b'\'' | 1 << b'"';
    // Of structure, none but the quotes has their number modulo 64.
    QUOTES >> (octet % 64) & 1 == 1
}

/// The attributes of a tag from the first on that takes a closer look.
struct OtherAttributes<'l> {
    text: Text<'l>,
    /// Structure behind the quote.
    places: Places<'l>,
    /// What should be the quote before the next value.
    quote: (usize, u8),
    /// Where the next attribute begins, with its space.
    end: usize,
    /// Bits of the names that were met.
    names: u64,
    limits: TagLimits,
    tag: StartTag,
}

impl<'l> OtherAttributes<'l> {
    /// Reads up to the end of the tag: the tag, the structure behind it, its offset, and where the last attribute ends.
    #[inline(never)]
    fn read(mut self, room: &mut [AttrNode]) -> Result<(StartTag, Places<'l>, usize, usize), Halt> {
        loop {
            let (place, octet) = self.quote;
            match octet {
                b'>' => return Ok((self.tag, self.places, place, self.end)),
                b'\'' | b'"' => {}
                _ => return Err(Halt::Other),
            }
            let (mut places, close, plain) = past_references(self.text, self.places, octet)?;
            let node = self.attribute(place, close, plain)?;
            *room.get_mut(self.tag.attributes).ok_or(Halt::Other)? = node;
            self.tag.attributes += 1;
            places.pass(1);
            self.quote = places.next().ok_or(Halt::Starved)?;
            (self.places, self.end) = (places, close + 1);
        }
    }

    /// The attribute whose value stands between the quotes at `place` and `close`.
    fn attribute(&mut self, place: usize, close: usize, plain: bool) -> Result<AttrNode, Halt> {
        let start = self.end + 1;
        if place <= start || self.text.octet(self.end) != b' ' || self.text.octet(place - 1) != b'=' {
            return Err(Halt::Other);
        }
        let start_offset = self.text.offset(start);
        let (local, written) = other_name(self.text.octets(), start_offset, place - 1 - start, self.limits.name)?;
        let name = self.text.octets().get(start_offset..).unwrap_or(&[]);
        let declares = match written.has_prefix() {
            true => name.starts_with(b"xmlns:"),
            false => local == NameId::XMLNS,
        };
        let bit = local.bit();
        self.tag.traits |= StartTag::DOUBTFUL * u32::from(self.names & bit != 0);
        self.names |= bit;
        let space = match (declares, written.has_prefix()) {
            (true, _) => SpaceRef::XMLNS,
            (false, true) if name.starts_with(b"xml:") => SpaceRef::XML,
            _ => SpaceRef::NONE,
        };
        self.tag.traits |= match space {
            SpaceRef::XMLNS if plain && !written.has_prefix() => StartTag::DECLARES,
            SpaceRef::NONE if !written.has_prefix() => 0,
            SpaceRef::XML => 0,
            _ => StartTag::INVOLVED,
        };
        if space == SpaceRef::XMLNS {
            self.tag.own = self.tag.attributes;
        }
        let value = Span::between(index(self.text.offset(place + 1)), index(self.text.offset(close)));
        Ok(AttrNode { start: index(start_offset), value, space, local, written, plain })
    }
}

/// Goes on past references and the like, to the octet `end`: the structure from there on, its offset, and whether what
/// lies before reads as written.
#[inline(never)]
fn past_references<'l>(text: Text<'l>, mut places: Places<'l>, end: u8) -> Result<(Places<'l>, usize, bool), Halt> {
    let mut plain = true;
    loop {
        let (place, octet) = places.peek().ok_or(Halt::Starved)?;
        let at = text.offset(place);
        let rest = text.octets().get(at..).unwrap_or(&[]);
        match octet {
            _ if octet == end => return Ok((places, place, plain)),
            b'&' if PREDEFINED.iter().any(|known| rest.starts_with(known)) => plain = false,
            0xef if !is_nonchar(text.octets(), at) => {}
            _ => return Err(Halt::Other),
        }
        places.pass(1);
    }
}

const PREDEFINED: [&[u8]; 5] = [b"&amp;", b"&lt;", b"&gt;", b"&apos;", b"&quot;"];

/// A name of `len` octets that is long, or not well known, or has a prefix.
#[inline(never)]
fn other_name(text: &[u8], start: usize, len: usize, limit: usize) -> Result<(NameId, Written), Halt> {
    let name = start.checked_add(len).and_then(|end| text.get(start..end)).unwrap_or(&[]);
    let colon = name.iter().position(|octet| *octet == b':');
    let (prefix, local) = match colon.and_then(|colon| name.split_at_checked(colon)) {
        Some((prefix, local)) => (prefix, local.get(1..).unwrap_or(&[])),
        None => (&b"x"[..], name),
    };
    let is_good = |part: &[u8]| {
        let mut octets = part.iter();
        octets.next().is_some_and(|first| Class::NAME_START.holds(*first))
            && octets.all(|octet| Class::NAME.holds(*octet))
    };
    if name.len() > limit || !is_good(prefix) || !is_good(local) {
        return Err(Halt::Other);
    }
    let span = Span { start: index(start), len: index(len) };
    let name = QName { span, prefix_len: index(colon.unwrap_or(0)) };
    Ok((NameId::at_place(text, start + len - local.len(), local.len()), Written::new(name)))
}

/// The limits that a start tag may cross, as they are looked at here. A tag that crosses one is left to the tokenizer.
#[derive(Clone, Copy)]
struct TagLimits {
    elements: u32,
    depth: u32,
    attributes: usize,
    name: usize,
}

impl TagLimits {
    /// Attributes of a tag of the common shape.
    const ATTRIBUTES: usize = 16;

    /// Octets of a name that is not held against a limit.
    const NAME: u32 = Word::LEN as u32;

    fn of(cx: &Context<'_, impl Outlet>) -> Self {
        Self {
            elements: cx.limits.elements,
            depth: cx.limits.depth,
            attributes: cx.limits.attributes as usize,
            name: cx.limits.name_bytes as usize,
        }
    }
}

/// A start tag that is whole and good in itself.
#[derive(Clone, Copy)]
struct StartTag {
    local: NameId,
    written: Written,
    attributes: usize,
    /// Which of them declares the default namespace, if one does.
    own: usize,
    /// A sum of those below.
    traits: u32,
}

impl StartTag {
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
        let (at, attrs) = (self.tape.nodes.len() as u32, self.tape.attrs.len() as u32);
        self.tape.attrs.advance(tag.attributes);
        self.elements += 1;
        self.depth += 1;
        let space = match tag.traits & !StartTag::EMPTY {
            0 if !tag.written.has_prefix() => {
                cx.scope.default_space().map_err(|error| Error { at: start + 1, fault: error.into() })?
            }
            StartTag::DECLARES if !tag.written.has_prefix() => self.own_default(cx, tag, attrs as usize)?,
            _ => self.resolve_tag(cx, tag, start + 1)?,
        };
        let node = TapeNode {
            start,
            end,
            attrs,
            kind: NodeKind::Element,
            written: tag.written,
            parent: self.open,
            next: at + 1,
            space,
            local: tag.local,
            attr_count: tag.attributes as u16,
        };
        self.tape.nodes.push(node).map_err(|error| Error { at: start, fault: error.into() })?;
        self.note_heads_of_root();
        self.tell_start(at, cx);
        if tag.traits & StartTag::EMPTY != 0 {
            cx.scope.leave(self.depth);
            self.depth -= 1;
            self.tell_end(at, cx);
            return Ok(self.depth == 0);
        }
        self.open = at;
        Ok(false)
    }

    /// The namespace of an element that declares it as the default one and has no other names to resolve; the attributes
    /// begin at `first`. It is bound only where something may stand within.
    #[inline(always)]
    fn own_default<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        tag: StartTag,
        first: usize,
    ) -> Result<SpaceRef, Error> {
        let Some(own) = self.tape.attrs.as_slice().get(first + tag.own) else { return Ok(SpaceRef::NONE) };
        let (start, value) = (own.start, own.value);
        if cx.scope.bindings() >= cx.limits.bindings as usize
            || value.len > cx.limits.namespace_bytes
            || cx.limits.declarations == 0
        {
            self.tag = Tag::default();
            let own = *own;
            self.admit(&own, cx)?;
        }
        let declared = cx.scope.declared(cx.text, Declared::Written(value));
        let space = declared.map_err(|error| Error { at: start, fault: error.into() })?;
        if tag.traits & StartTag::EMPTY == 0 {
            cx.scope.bind_default(space, self.depth).map_err(|error| Error { at: start, fault: error.into() })?;
        }
        Ok(space)
    }

    /// Binds what the tag declares, and finds the namespaces of its element and attributes; `name` is where its name is.
    #[inline(never)]
    fn resolve_tag<O: Outlet>(&mut self, cx: &mut Context<'_, O>, tag: StartTag, name: u32) -> Result<SpaceRef, Error> {
        self.tag = Tag { attributes: tag.attributes as u32, declarations: 0 };
        let first = self.tape.attrs.len() - tag.attributes;
        let qname = tag.written.qname(name, cx.text);
        for at in first..self.tape.attrs.len() {
            let Some(attr) = self.tape.attrs.as_slice().get(at).copied() else { break };
            if attr.space == SpaceRef::XMLNS {
                let prefix = if attr.written.has_prefix() { attr.name(cx.text).local() } else { Span::default() };
                self.declare(prefix, &attr, cx)?;
            }
        }
        let space = find_space(qname, cx)?;
        if tag.traits & (StartTag::INVOLVED | StartTag::DOUBTFUL) != 0 {
            self.resolve_attributes(cx)?;
            self.refuse_duplicates(cx)?;
        }
        Ok(space)
    }
}
