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

use super::build::{Builder, Built, Context, Tag, find_space};
use super::tape::index;
use super::{AttrNode, Error, NodeKind, Outlet, TapeNode, Written};
use crate::ns::{Declared, NameId, SpaceRef};
use crate::scan::{Class, Index, Structure, Word, is_nonchar, same};
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
    pub(crate) fn straight<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        places: &mut Index,
        offset: u64,
        at: usize,
    ) -> Result<Stop, Error> {
        let text = cx.text.as_bytes();
        places.skip_to(offset + at as u64);
        let mut line = Line { at, used: 0 };
        loop {
            let halt = line.read(self, cx, places.structure(text, offset))?;
            places.advance(core::mem::take(&mut line.used));
            match halt {
                None => return Ok(Stop::Closed(index(line.at))),
                Some(Halt::Other) => return Ok(Stop::Other(line.at)),
                Some(Halt::Starved) if places.extend(text, offset) => {}
                Some(Halt::Starved) if line.at < text.len() && places.is_used_up() => return Ok(Stop::Text(line.at)),
                Some(Halt::Starved) => return Ok(Stop::Other(line.at)),
            }
        }
    }
}

/// How far the line has come.
struct Line {
    /// Where the next token begins.
    at: usize,
    /// Number of the first place of structure not before it.
    used: usize,
}

impl Line {
    /// Reads tokens until the root ends (nothing), or one cannot be read.
    #[inline(always)]
    fn read<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_, O>,
        structure: Structure<'_>,
    ) -> Result<Option<Halt>, Error> {
        let limits = TagLimits::of(cx);
        loop {
            let Some((place, octet)) = structure.at(self.used) else { return Ok(Some(Halt::Starved)) };
            if place != self.at {
                if let Err(halt) = self.text(builder, cx, structure, place, octet)? {
                    return Ok(Some(halt));
                }
            } else if structure.octet_at(place + 1) == b'/' {
                if let Err(halt) = self.end_tag(builder, structure) {
                    return Ok(Some(halt));
                }
                let end = index(self.at);
                builder.end_run(end, cx)?;
                if builder.leave(end, cx) != Built::More {
                    return Ok(None);
                }
            } else {
                let tag = match self.start_tag(builder, limits, structure) {
                    Ok(tag) => tag,
                    Err(halt) => return Ok(Some(halt)),
                };
                if builder.begin_element(cx, tag, index(place), index(self.at))? {
                    return Ok(None);
                }
            }
        }
    }

    /// Character data up to the next tag; `place` is that of the first structure in or behind it.
    #[inline(always)]
    fn text<O: Outlet>(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_, O>,
        structure: Structure<'_>,
        place: usize,
        octet: u8,
    ) -> Result<Result<(), Halt>, Error> {
        let (mut end, mut plain) = (place, true);
        if octet != b'<' {
            match past_references(structure, self.used, b'<') {
                Ok(found) => (self.used, end, plain) = found,
                Err(halt) => return Ok(Err(halt)),
            }
        }
        let span = Span::between(index(self.at), index(end));
        self.at = end;
        if builder.run.is_some() || structure.octet_at(end + 1) == b'!' {
            // A CDATA section stands next to it: both are one run.
            builder.extend_run(span, plain, true);
        } else {
            builder.put_text(span, plain, span.start, cx)?;
        }
        Ok(Ok(()))
    }

    /// An end tag, if it is that of the innermost open element.
    #[inline(always)]
    fn end_tag(&mut self, builder: &mut Builder, structure: Structure<'_>) -> Result<(), Halt> {
        let (end, octet) = structure.at(self.used + 1).ok_or(Halt::Starved)?;
        let start = self.at + 2;
        let Some(open) = builder.open_element() else { return Err(Halt::Other) };
        let (opened, len) = (open.start as usize + 1, open.written.len());
        if octet != b'>' || end != start + len {
            return Err(Halt::Other);
        }
        let is_same = if len <= Word::LEN {
            structure.word(opened).agrees(structure.word(start), len)
        } else {
            let name = |at: usize| structure.text().get(at..at + len).unwrap_or(&[]);
            len < Written::LONG && same(name(opened), name(start))
        };
        if !is_same {
            return Err(Halt::Other);
        }
        self.used += 2;
        self.at = end + 1;
        Ok(())
    }

    /// A start tag; its attributes are written into the tape's room for them.
    #[inline(always)]
    fn start_tag(
        &mut self,
        builder: &mut Builder,
        limits: TagLimits,
        structure: Structure<'_>,
    ) -> Result<StartTag, Halt> {
        if builder.elements >= limits.elements || builder.depth >= limits.depth {
            return Err(Halt::Other);
        }
        // Where there is no memory, the tokenizer's way says so.
        let room = builder.tape.attrs.room(TagLimits::ATTRIBUTES).map_err(|_| Halt::Other)?;
        let start = self.at + 1;
        let (mut place, mut octet) = structure.at(self.used + 1).ok_or(Halt::Starved)?;
        let word = structure.word(start);
        let len = match octet {
            b'>' => place - start - usize::from(structure.octet_at(place - 1) == b'/'),
            _ => word.before_space(),
        };
        let mut tag = StartTag { local: NameId::OTHER, written: Written::unprefixed(len as u16), attributes: 0, traits: 0 };
        if len <= limits.name {
            tag.local = NameId::of_word(word.head(len));
        }
        let mut end = start + len;
        if tag.local == NameId::OTHER {
            let name = structure.text().get(start..place).unwrap_or(&[]);
            let name = name.split(|octet| matches!(octet, b' ' | b'/')).next().unwrap_or(&[]);
            (tag.local, tag.written) = other_name(structure.text(), start, name.len(), limits)?;
            end = start + name.len();
        }

        // Attributes with names that are well known and values that read as written.
        let mut number = self.used + 1;
        let (mut names, mut doubt, mut count) = (0_u64, 0, 0);
        while octet != b'>' {
            let Some([(close, closing), next]) = structure.two_at(number + 1) else { return Err(Halt::Starved) };
            let len = place.wrapping_sub(end);
            let local = NameId::of_attribute(structure.word(end).head(len));
            let is_plain = closing == octet && matches!(octet, b'\'' | b'"') && local != NameId::OTHER;
            if !is_plain || len > limits.name + 2 {
                break;
            }
            let Some(node) = room.get_mut(count) else { return Err(Halt::Other) };
            *node = AttrNode {
                start: end as u32 + 1,
                value: Span { start: place as u32 + 1, len: (close - place) as u32 - 1 },
                space: if local == NameId::XMLNS { SpaceRef::XMLNS } else { SpaceRef::NONE },
                local,
                written: Written::unprefixed(len as u16 - 2),
                plain: true,
            };
            let bit = local.bit();
            doubt |= names & bit;
            names |= bit;
            count += 1;
            number += 2;
            end = close + 1;
            (place, octet) = next;
        }
        tag.attributes = count;
        tag.traits = StartTag::DECLARES * u32::from(names & NameId::XMLNS.bit() != 0) | StartTag::DOUBTFUL * u32::from(doubt != 0);
        if octet != b'>' {
            let rest = OtherAttributes { number, end, names, limits };
            (number, place, end) = rest.read(structure, room, &mut tag)?;
        }

        if place != end {
            if place != end + 1 || structure.octet_at(end) != b'/' {
                return Err(Halt::Other);
            }
            tag.traits |= StartTag::EMPTY;
        }
        if tag.attributes > limits.attributes {
            return Err(Halt::Other);
        }
        (self.used, self.at) = (number + 1, place + 1);
        Ok(tag)
    }
}

/// The attributes of a tag from the first on that takes a closer look.
struct OtherAttributes {
    /// Number of the structure that should be the quote before the next value.
    number: usize,
    /// Where the next attribute begins, with its space.
    end: usize,
    /// Bits of the names that were met.
    names: u64,
    limits: TagLimits,
}

impl OtherAttributes {
    /// Reads up to the end of the tag: its number, its offset, and where the last attribute ends.
    #[inline(never)]
    fn read(
        mut self,
        structure: Structure<'_>,
        room: &mut [AttrNode],
        tag: &mut StartTag,
    ) -> Result<(usize, usize, usize), Halt> {
        loop {
            let (place, octet) = structure.at(self.number).ok_or(Halt::Starved)?;
            match octet {
                b'>' => return Ok((self.number, place, self.end)),
                b'\'' | b'"' => {}
                _ => return Err(Halt::Other),
            }
            let (number, close, plain) = past_references(structure, self.number + 1, octet)?;
            let node = self.attribute(structure, place, close, plain, tag)?;
            *room.get_mut(tag.attributes).ok_or(Halt::Other)? = node;
            tag.attributes += 1;
            self.end = close + 1;
            self.number = number + 1;
        }
    }

    /// The attribute whose value stands between the quotes at `place` and `close`.
    fn attribute(
        &mut self,
        structure: Structure<'_>,
        place: usize,
        close: usize,
        plain: bool,
        tag: &mut StartTag,
    ) -> Result<AttrNode, Halt> {
        let start = self.end + 1;
        if place <= start || structure.octet_at(self.end) != b' ' || structure.octet_at(place - 1) != b'=' {
            return Err(Halt::Other);
        }
        let (local, written) = other_name(structure.text(), start, place - 1 - start, self.limits)?;
        let name = structure.text().get(start..).unwrap_or(&[]);
        let declares = match written.has_prefix() {
            true => name.starts_with(b"xmlns:"),
            false => local == NameId::XMLNS,
        };
        let bit = local.bit();
        tag.traits |= StartTag::DOUBTFUL * u32::from(self.names & bit != 0);
        self.names |= bit;
        tag.traits |= match (declares, written.has_prefix(), plain) {
            (true, false, true) => StartTag::DECLARES,
            (true, ..) | (_, true, _) => StartTag::INVOLVED,
            _ => 0,
        };
        let space = if declares { SpaceRef::XMLNS } else { SpaceRef::NONE };
        let value = Span::between(index(place + 1), index(close));
        Ok(AttrNode { start: index(start), value, space, local, written, plain })
    }
}

/// Goes on from the structure at `number` past references and the like, to the octet `end`: its number, its offset, and
/// whether what lies before reads as written.
#[inline(never)]
fn past_references(structure: Structure<'_>, mut number: usize, end: u8) -> Result<(usize, usize, bool), Halt> {
    let mut plain = true;
    loop {
        let (place, octet) = structure.at(number).ok_or(Halt::Starved)?;
        let rest = structure.text().get(place..).unwrap_or(&[]);
        match octet {
            _ if octet == end => return Ok((number, place, plain)),
            b'&' if PREDEFINED.iter().any(|known| rest.starts_with(known)) => plain = false,
            0xef if !is_nonchar(structure.text(), place) => {}
            _ => return Err(Halt::Other),
        }
        number += 1;
    }
}

const PREDEFINED: [&[u8]; 5] = [b"&amp;", b"&lt;", b"&gt;", b"&apos;", b"&quot;"];

/// A name of `len` octets that is long, or not well known, or has a prefix.
#[inline(never)]
fn other_name(text: &[u8], start: usize, len: usize, limits: TagLimits) -> Result<(NameId, Written), Halt> {
    let name = start.checked_add(len).and_then(|end| text.get(start..end)).unwrap_or(&[]);
    let colon = name.iter().position(|octet| *octet == b':');
    let (prefix, local) = match colon.and_then(|colon| name.split_at_checked(colon)) {
        Some((prefix, local)) => (prefix, local.get(1..).unwrap_or(&[])),
        None => (&b"x"[..], name),
    };
    let is_good = |part: &[u8]| {
        let mut octets = part.iter();
        octets.next().is_some_and(|first| Class::NAME_START.holds(*first)) && octets.all(|octet| Class::NAME.holds(*octet))
    };
    if name.len() > limits.long_name || !is_good(prefix) || !is_good(local) {
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
    /// Octets of a name that is looked up as a word, with ` ` and `=` around it if it is an attribute's.
    name: usize,
    /// Octets of any name.
    long_name: usize,
}

impl TagLimits {
    /// Attributes of a tag of the common shape.
    const ATTRIBUTES: usize = 32;

    fn of(cx: &Context<'_, impl Outlet>) -> Self {
        let long_name = cx.limits.name_bytes as usize;
        Self {
            elements: cx.limits.elements,
            depth: cx.limits.depth,
            attributes: cx.limits.attributes as usize,
            name: long_name.min(Word::LEN - 2),
            long_name,
        }
    }
}

/// A start tag that is whole and good in itself.
#[derive(Clone, Copy)]
struct StartTag {
    local: NameId,
    written: Written,
    attributes: usize,
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
        self.end_run(start, cx)?;
        let (at, attrs) = (index(self.tape.nodes.len()), index(self.tape.attrs.len()));
        self.tape.attrs.advance(tag.attributes);
        self.elements += 1;
        self.depth += 1;
        let space = if tag.traits & !StartTag::EMPTY == 0 && !tag.written.has_prefix() {
            cx.scope.default_space().map_err(|error| Error { at: start + 1, fault: error.into() })?
        } else {
            self.resolve_tag(cx, tag, start + 1)?
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
        self.open = at;
        self.tell_start(at, cx);
        Ok(tag.traits & StartTag::EMPTY != 0 && self.leave(end, cx) != Built::More)
    }

    /// Binds what the tag declares, and finds the namespaces of its element and attributes; `name` is where its name is.
    #[inline(never)]
    fn resolve_tag<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        tag: StartTag,
        name: u32,
    ) -> Result<SpaceRef, Error> {
        self.tag = Tag { attributes: tag.attributes as u32, declarations: 0 };
        let first = self.tape.attrs.len() - tag.attributes;
        let qname = tag.written.qname(name, cx.text);
        if tag.traits == StartTag::DECLARES | StartTag::EMPTY && qname.prefix_len == 0 {
            // Nothing can stand within that would need the binding.
            let own = self.tape.attrs.as_slice().get(first..).unwrap_or(&[]);
            if let Some(own) = own.iter().find(|attr| attr.space == SpaceRef::XMLNS).copied() {
                self.admit(&own, cx)?;
                let space = cx.scope.declared(cx.text, Declared::Written(own.value));
                return space.map_err(|error| Error { at: own.start, fault: error.into() });
            }
        }
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
