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

use super::build::{Builder, Context, Tag, push};
use super::tape;
use super::{AttrNode, ElementNode, Error, Fault, TapeNode, TextNode, Written};
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
    pub(crate) fn straight(
        &mut self,
        cx: &mut Context<'_>,
        index: &mut Index,
        offset: u64,
        at: usize,
    ) -> Result<Stop, Error> {
        let text = cx.text.as_bytes();
        index.skip_to(offset + at as u64);
        let mut line = Line { at, used: 0 };
        loop {
            let halt = line.read(self, cx, index.structure(text, offset))?;
            index.advance(core::mem::take(&mut line.used));
            match halt {
                None => return Ok(Stop::Closed(tape::index(line.at))),
                Some(Halt::Other) => return Ok(Stop::Other(line.at)),
                Some(Halt::Starved) if index.extend(text, offset) => {}
                Some(Halt::Starved) if line.at < text.len() && index.is_used_up() => return Ok(Stop::Text(line.at)),
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
    fn read(
        &mut self,
        builder: &mut Builder,
        cx: &mut Context<'_>,
        structure: Structure<'_>,
    ) -> Result<Option<Halt>, Error> {
        loop {
            let Some((place, octet)) = structure.at(self.used) else { return Ok(Some(Halt::Starved)) };
            if place != self.at {
                if let Err(halt) = self.text(builder, structure, place, octet)? {
                    return Ok(Some(halt));
                }
            } else if structure.text().get(place + 1) == Some(&b'/') {
                match self.end_tag(builder, cx, structure) {
                    Ok(()) => builder.end_run().map_err(|fault| fault_at(place, fault))?,
                    Err(halt) => return Ok(Some(halt)),
                }
                if builder.leave_straight(tape::index(self.at), cx) {
                    return Ok(None);
                }
            } else {
                let attrs = builder.tape.attrs.len();
                match self.start_tag(builder, cx, structure) {
                    Ok(tag) => {
                        if builder.finish_tag(cx, tag, attrs, tape::index(place), tape::index(self.at))? {
                            return Ok(None);
                        }
                    }
                    Err(halt) => {
                        builder.tape.attrs.truncate(attrs);
                        return Ok(Some(halt));
                    }
                }
            }
        }
    }

    /// Character data up to the next tag; `place` is that of the first structure in or behind it.
    #[inline(always)]
    fn text(
        &mut self,
        builder: &mut Builder,
        structure: Structure<'_>,
        place: usize,
        octet: u8,
    ) -> Result<Result<(), Halt>, Error> {
        let (mut number, mut end, mut plain) = (self.used, place, true);
        if octet != b'<' {
            match past_references(structure, number, b'<') {
                Ok(found) => (number, end, plain) = found,
                Err(halt) => return Ok(Err(halt)),
            }
        }
        let span = Span::between(tape::index(self.at), tape::index(end));
        if builder.run.is_some() || structure.text().get(end + 1) == Some(&b'!') {
            // A CDATA section stands next to it: both are one run.
            builder.text(span, plain, true);
        } else {
            let node = TapeNode::Text(TextNode { span, plain });
            push(&mut builder.tape.nodes, node).map_err(|fault| fault_at(self.at, fault))?;
        }
        (self.used, self.at) = (number, end);
        Ok(Ok(()))
    }

    /// An end tag, if it is that of the innermost open element.
    #[inline(always)]
    fn end_tag(&mut self, builder: &Builder, cx: &Context<'_>, structure: Structure<'_>) -> Result<(), Halt> {
        let (end, octet) = structure.at(self.used + 1).ok_or(Halt::Starved)?;
        let start = self.at + 2;
        let Some(TapeNode::Element(open)) = builder.tape.nodes.get(builder.open as usize) else { return Err(Halt::Other) };
        let name = open.name(cx.text).span;
        let (opened, len) = (name.start as usize, name.len as usize);
        if octet != b'>' || end != start + len {
            return Err(Halt::Other);
        }
        let text = structure.text();
        let is_same = if len <= Word::LEN {
            Word::load(text, opened).agrees(Word::load(text, start), len)
        } else {
            let name = |at: usize| text.get(at..at + len).unwrap_or(&[]);
            same(name(opened), name(start))
        };
        if !is_same {
            return Err(Halt::Other);
        }
        self.used += 2;
        self.at = end + 1;
        Ok(())
    }

    /// A start tag; its attributes are put on the tape.
    #[inline(always)]
    fn start_tag(&mut self, builder: &mut Builder, cx: &Context<'_>, structure: Structure<'_>) -> Result<StartTag, Halt> {
        let text = structure.text();
        let longest = cx.limits.name_bytes.min(SHORT) as usize;
        if builder.elements >= cx.limits.elements || builder.depth >= cx.limits.depth {
            return Err(Halt::Other);
        }
        let start = self.at + 1;
        let mut number = self.used + 1;
        let (mut place, mut octet) = structure.at(number).ok_or(Halt::Starved)?;
        let word = Word::load(text, start);
        let len = match octet {
            b'>' => place - start - usize::from(text.get(place - 1) == Some(&b'/')),
            _ => word.before_space(),
        };
        let (mut element, mut element_written) = (NameId::OTHER, Written::unprefixed(len));
        if len <= longest {
            element = NameId::of_word(word.head(len));
        }
        let mut end = start + len;
        if element == NameId::OTHER {
            let name = text.get(start..place).unwrap_or(&[]);
            let name = name.split(|octet| matches!(octet, b' ' | b'/')).next().unwrap_or(&[]);
            (element, element_written) = other_name(text, start, name.len(), cx.limits.name_bytes)?;
            end = start + name.len();
        }
        let (mut traits, mut names) = (0, 0_u64);
        let attrs = builder.tape.attrs.len();
        while octet != b'>' {
            let [(mut close, closing), mut next] = structure.two_at(number + 1).ok_or(Halt::Starved)?;
            let len = place.wrapping_sub(end);
            let mut local = NameId::of_attribute(Word::load(text, end).head(len));
            let mut written = Written::unprefixed(len.wrapping_sub(2));
            if local == NameId::OTHER || len > longest + 2 {
                if len <= 2 || text.get(end) != Some(&b' ') || text.get(place - 1) != Some(&b'=') {
                    return Err(Halt::Other);
                }
                (local, written) = other_name(text, end + 1, len - 2, cx.limits.name_bytes)?;
            }
            if octet != b'\'' && octet != b'"' {
                return Err(Halt::Other);
            }
            let mut plain = true;
            number += 2;
            if closing != octet {
                (number, close, plain) = past_references(structure, number - 1, octet)?;
                number += 1;
                next = structure.at(number).ok_or(Halt::Starved)?;
            }
            let mut space = SpaceRef::NONE;
            if local == NameId::XMLNS {
                (space, traits) = (SpaceRef::XMLNS, traits | StartTag::DECLARES);
                traits |= if plain { 0 } else { StartTag::INVOLVED };
            }
            if written.has_prefix() {
                traits |= StartTag::INVOLVED;
                let declares = text.get(end + 1..).is_some_and(|name| name.starts_with(b"xmlns:"));
                space = if declares { SpaceRef::XMLNS } else { SpaceRef::NONE };
            }
            traits |= if names >> local.bit() & 1 == 0 { 0 } else { StartTag::DOUBTFUL };
            names |= 1 << local.bit();
            let value = Span { start: place as u32 + 1, len: (close - place) as u32 - 1 };
            let node = AttrNode { start: end as u32 + 1, value, space, local, written, plain };
            if push(&mut builder.tape.attrs, node).is_err() {
                // The tokenizer's way says so.
                return Err(Halt::Other);
            }
            end = close + 1;
            (place, octet) = next;
        }
        if builder.tape.attrs.len() - attrs > cx.limits.attributes as usize {
            return Err(Halt::Other);
        }
        if place != end {
            if place != end + 1 || text.get(end) != Some(&b'/') {
                return Err(Halt::Other);
            }
            traits |= StartTag::EMPTY;
        }
        (self.used, self.at) = (number + 1, place + 1);
        Ok(StartTag { local: element, written: element_written, traits })
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
fn other_name(text: &[u8], start: usize, len: usize, limit: u32) -> Result<(NameId, Written), Halt> {
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
    if name.len() > limit as usize || !is_good(prefix) || !is_good(local) {
        return Err(Halt::Other);
    }
    let span = Span { start: tape::index(start), len: tape::index(len) };
    let name = QName { span, prefix_len: tape::index(colon.unwrap_or(0)) };
    Ok((NameId::at_place(text, start + len - local.len(), local.len()), Written::new(name)))
}

/// Octets of a name that is looked up as a word, with ` ` and `=` around it if it is an attribute's.
const SHORT: u32 = Word::LEN as u32 - 2;

fn fault_at(at: usize, fault: Fault) -> Error {
    Error { at: tape::index(at), fault }
}

/// A start tag that is whole and good in itself.
#[derive(Clone, Copy)]
struct StartTag {
    local: NameId,
    written: Written,
    /// A sum of those below.
    traits: u32,
}

impl StartTag {
    const EMPTY: u32 = 1;
    /// It declares a default namespace.
    const DECLARES: u32 = 2;
    /// Two of its attributes may bear one name.
    const DOUBTFUL: u32 = 4;
    /// A name of it has a prefix, or a namespace does not read as written.
    const INVOLVED: u32 = 8;
}

impl Builder {
    /// The innermost element ends; whether it was the root.
    #[inline(always)]
    fn leave_straight(&mut self, end: u32, cx: &mut Context<'_>) -> bool {
        cx.scope.leave(self.depth);
        let next = tape::index(self.tape.nodes.len());
        if let Some(TapeNode::Element(element)) = self.tape.nodes.get_mut(self.open as usize) {
            (element.end, element.next) = (end, next);
            self.open = element.parent;
        }
        self.depth -= 1;
        self.depth == 0
    }

    /// Puts the element on the tape and has its names mean something; whether it was the root and is over.
    #[inline(always)]
    fn finish_tag(
        &mut self,
        cx: &mut Context<'_>,
        tag: StartTag,
        attrs: usize,
        start: u32,
        end: u32,
    ) -> Result<bool, Error> {
        let oom = |fault| Error { at: start, fault };
        self.end_run().map_err(oom)?;
        let (at, parent) = (tape::index(self.tape.nodes.len()), self.open);
        let attr_count = (self.tape.attrs.len() - attrs) as u32;
        self.elements += 1;
        self.depth += 1;
        let space = match tag.traits & !StartTag::EMPTY {
            0 if !tag.written.has_prefix() => {
                cx.scope.default_space().map_err(|error| Error { at: start + 1, fault: error.into() })?
            }
            _ => self.resolve_tag(cx, tag, attrs, start + 1)?,
        };
        let node = ElementNode {
            start,
            tag_end: end,
            end,
            parent,
            next: at + 1,
            attrs: tape::index(attrs),
            attr_count,
            space,
            local: tag.local,
            written: tag.written,
        };
        push(&mut self.tape.nodes, TapeNode::Element(node)).map_err(oom)?;
        if self.depth == 1 {
            self.note_heads();
        }
        if tag.traits & StartTag::EMPTY != 0 {
            cx.scope.leave(self.depth);
            self.depth -= 1;
            return Ok(self.depth == 0);
        }
        self.open = at;
        Ok(false)
    }

    /// Binds what the tag declares, and finds the namespaces of its element and attributes.
    #[inline(never)]
    fn resolve_tag(&mut self, cx: &mut Context<'_>, tag: StartTag, attrs: usize, name: u32) -> Result<SpaceRef, Error> {
        let at = |error: crate::ns::Error| Error { at: name, fault: error.into() };
        let own = self.tape.attrs.get(attrs..).unwrap_or(&[]);
        self.tag = Tag { attributes: own.len() as u32, declarations: 0 };
        if tag.traits & !StartTag::EMPTY == StartTag::DECLARES && !tag.written.has_prefix() {
            let Some(own) = own.iter().find(|attr| attr.space == SpaceRef::XMLNS).copied() else { return Ok(SpaceRef::NONE) };
            if tag.traits & StartTag::EMPTY == 0 {
                self.declare(Span::default(), &own, cx)?;
                return cx.scope.default_space().map_err(at);
            }
            // Nothing can stand within that would need the binding.
            self.admit(&own, cx)?;
            let space = cx.scope.declared(cx.text, Declared::Written(own.value));
            return space.map_err(|error| Error { at: own.start, fault: error.into() });
        }
        for number in attrs..self.tape.attrs.len() {
            let Some(attr) = self.tape.attrs.get(number).copied() else { break };
            if attr.space == SpaceRef::XMLNS {
                let prefix = if attr.written.has_prefix() { attr.name(cx.text).local() } else { Span::default() };
                self.declare(prefix, &attr, cx)?;
            }
        }
        let prefix = tag.written.qname(name, cx.text).prefix();
        let space = match prefix.is_empty() {
            true => cx.scope.default_space(),
            false => cx.scope.resolve(cx.text, prefix),
        };
        let space = space.map_err(at)?;
        self.resolve_attributes(cx)?;
        self.refuse_duplicates(cx)?;
        Ok(space)
    }
}
