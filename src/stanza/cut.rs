//! A token that is cut: whether anything could be wrong with what has come of it.
//!
//! In: the octets of a token that goes on behind the text, and their structure. Out: whether no octet of it is one that
//! a fault is told of, neither by the tokenizer nor by the builder, whatever comes next. Such a token need not be read
//! octet by octet: when more of it has come, it is read from its start, as a whole. Nothing is taken of it now.
//!
//! What is good here is less than what is good: white space other than one space before an attribute, names beyond
//! ASCII, references that are not predefined and prefixes that are declared are left to the tokenizer.

use super::build::{Builder, Context, admit};
use super::general::element_name;
use super::line::{Halt, past_references};
use crate::limits::Limits;
use crate::ns::{Declared, NameId, Scope, SpaceRef};
use crate::scan::{Class, Index, Places, Text, count, is_quote};
use crate::span::Span;

impl Builder {
    /// Whether the token that begins at `at`, and goes on behind the text, may wait for more of it: no fault is in what
    /// there is. `offset` is that of the text in the stream.
    #[inline(never)]
    pub(super) fn may_wait<O>(&self, cx: &Context<'_, O>, structure: &Index, offset: u64, at: usize) -> bool {
        let octets = cx.text.as_bytes();
        if self.is_in_run() || !structure.reaches(octets, offset) {
            return false;
        }
        let Some((text, mut places)) = structure.places(octets, offset) else { return false };
        if places.first() != text.of_offset(at) || places.kinds() as u8 != b'<' {
            match past_references(text, places, b'<') {
                Ok((behind, _)) => places = behind,
                Err(halt) => return matches!(halt, Halt::Starved),
            }
        }
        let at = text.offset(places.first()) + 1;
        places.pass(1);
        match octets.get(at..) {
            Some([b'/', name @ ..]) => self.is_in_end_tag(name, cx),
            Some([_, ..]) if !self.may_open(cx.limits.elements, cx.limits.depth) => false,
            Some([_, ..]) => CutTag { text, places, at, limits: cx.limits }.holds_no_fault(cx.text, cx.scope),
            _ => true,
        }
    }

    /// Whether the innermost open element's name begins with `name`.
    fn is_in_end_tag<O>(&self, name: &[u8], cx: &Context<'_, O>) -> bool {
        let opened = self.tape.nodes.as_slice().get(self.open as usize).filter(|_| self.depth > 0);
        name.len() <= cx.limits.name_bytes as usize
            && opened.is_some_and(|open| open.name(cx.text).span.of(cx.text).as_bytes().starts_with(name))
    }
}

/// A start tag that is cut.
struct CutTag<'l> {
    text: Text<'l>,
    /// Structure behind its `<`.
    places: Places<'l>,
    /// How far it was looked at, from the text's first octet.
    at: usize,
    limits: &'l Limits,
}

impl CutTag<'_> {
    /// Whether nothing is wrong with what has come of it.
    fn holds_no_fault(mut self, unit: &str, scope: &Scope) -> bool {
        let octets = self.text.octets();
        let (mut attributes, mut has_default) = (0, false);
        if !self.pass_element_name() {
            return false;
        }
        loop {
            match octets.get(self.at..) {
                Some([b' ', _, ..]) => {}
                behind => return matches!(behind, Some([] | [b' ' | b'/'])),
            }
            let (open, declares) = match self.known_attribute() {
                Some(known) => known,
                None => match self.other_attribute() {
                    Ok(other) => other,
                    Err(is_cut) => return is_cut,
                },
            };
            let kinds = self.places.kinds() as u16;
            self.places.pass(1);
            let mut plain = true;
            if kinds >> 8 != kinds & 0xff {
                match past_references(self.text, self.places, kinds as u8) {
                    Ok(found) => (self.places, plain) = found,
                    Err(halt) => return matches!(halt, Halt::Starved),
                }
            }
            let close = self.text.offset(self.places.first());
            self.places.pass(1);
            self.at = close + 1;
            attributes += 1;
            let value = Span { start: open as u32 + 1, len: (close - open) as u32 - 1 };
            let may_stand = !declares || plain && !has_default && self.may_declare(unit, value, scope);
            if !may_stand || attributes > self.limits.attributes {
                return false;
            }
            has_default |= declares;
        }
    }

    /// Passes the element's name, or what has come of it; whether it is good.
    fn pass_element_name(&mut self) -> bool {
        if self.places.is_empty() {
            return self.pass_name();
        }
        let (start, place, kind) = (self.text.of_offset(self.at), self.places.first(), self.places.kinds() as u8);
        // Behind a good name the first structure is a value's quote: only up to there are the octets known to be none.
        if !is_quote(kind) {
            return false;
        }
        match element_name(self.text, start, place, kind, self.limits.name_bytes) {
            Ok((_, end)) if end <= place => self.at = self.text.offset(end),
            _ => return false,
        }
        true
    }

    /// Where the value of the next attribute begins, if its name is well known, and whether that is `xmlns`.
    fn known_attribute(&self) -> Option<(usize, bool)> {
        let (start, open) = (self.text.of_offset(self.at), self.places.first());
        if !is_quote(self.places.kinds() as u8) {
            return None;
        }
        let known = NameId::of_attribute(self.text.word(start), open.wrapping_sub(start))?;
        Some((self.text.offset(open), known.space() == SpaceRef::XMLNS))
    }

    /// The same of any attribute; if it has no value yet, or a name that is not good here,
    /// whether nothing is wrong with it.
    fn other_attribute(&mut self) -> Result<(usize, bool), bool> {
        let octets = self.text.octets();
        self.at += 1;
        let start = self.at;
        if !self.pass_name() {
            return Err(false);
        }
        match octets.get(self.at..) {
            Some([b'=', b'\'' | b'"', ..]) => {}
            behind => return Err(matches!(behind, Some([] | [b'=']))),
        }
        let (name, open) = (octets.get(start..self.at).unwrap_or(&[]), self.at + 1);
        if name.starts_with(b"xmlns:") || self.text.offset(self.places.first()) != open {
            return Err(false);
        }
        Ok((open, name == b"xmlns"))
    }

    /// Whether nothing is wrong with `value` as the name of a default namespace, the first that the tag declares.
    fn may_declare(&self, unit: &str, value: Span, scope: &Scope) -> bool {
        admit(0, value.start, value, scope, self.limits).is_ok() && !Declared::Written(value).is_reserved(unit)
    }

    /// Passes a name, or what has come of one; whether it is good.
    fn pass_name(&mut self) -> bool {
        let octets = self.text.octets();
        let start = self.at;
        let mut is_good = self.pass_part();
        if is_good && octets.get(self.at) == Some(&b':') {
            self.at += 1;
            is_good = self.at == octets.len() || self.pass_part();
        }
        is_good && self.at - start <= self.limits.name_bytes as usize
    }

    fn pass_part(&mut self) -> bool {
        let rest = self.text.octets().get(self.at..).unwrap_or(&[]);
        let passed = rest.iter().position(|octet| !Class::NAME.holds(*octet)).unwrap_or(rest.len());
        count(passed);
        self.at += passed;
        rest.first().is_some_and(|first| Class::NAME_START.holds(*first))
    }
}
