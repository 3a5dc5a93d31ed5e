//! An append-only run of octets that remembers how far it is known to be UTF-8.
//!
//! One of the few places outside `ffi` with unsafe code: text that was checked in one call is read as `str` in a later
//! one without checking again. That is sound because nothing here hands out checked octets for writing. Octets that may
//! be secret are overwritten, and given up in the same step.
#![allow(unsafe_code)]

use crate::scan::{self, Edge};
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::ops::Range;
use zeroize::Zeroize;

/// ```text
///   buffer  |  consumed  |  checked text  |  unchecked  |  spare, initialised  |
///           0          start           checked        filled              buffer.len()
/// ```
#[derive(Default)]
pub(super) struct Octets {
    buffer: Memory,
    // INVARIANT: start <= checked <= filled <= buffer.len(), and buffer[start..checked] is valid UTF-8.
    start: usize,
    checked: usize,
    filled: usize,
    /// What follows the checked text, as far as `looked`.
    edge: Option<Edge>,
    /// Where `filled` was when the edge was found.
    looked: usize,
    /// Octets of the room lent last, from `filled` on, that may have been written.
    lent: usize,
}

/// Initialised memory, of which nothing is left behind where its octets may be secret: neither when it moves nor when
/// it is given back.
#[derive(Default)]
struct Memory {
    // INVARIANT: as long as its capacity, but while it grows.
    octets: Vec<u8>,
    is_secret: bool,
}

impl Memory {
    /// Makes room for so many octets more, and initialises all the room there is.
    fn grow(&mut self, more: usize) -> Result<(), TryReserveError> {
        if self.is_secret {
            // Where the allocator moves it, what is left is nobody's to wipe.
            self.move_on(more)?;
        } else {
            self.octets.try_reserve_exact(more)?;
        }
        self.octets.resize(self.octets.capacity(), 0);
        Ok(())
    }

    /// Moves to where there is room for so many octets more.
    fn move_on(&mut self, more: usize) -> Result<(), TryReserveError> {
        let mut octets = Vec::new();
        octets.try_reserve_exact(self.octets.len().saturating_add(more))?;
        octets.extend_from_slice(&self.octets);
        // What is left is wiped as it is dropped.
        *self = Self { octets, is_secret: self.is_secret };
        Ok(())
    }

    /// Overwrites the octets at these places with zeros, if they may be secret.
    #[inline]
    fn wipe(&mut self, places: Range<usize>) {
        if self.is_secret {
            self.wipe_secret(places);
        }
    }

    #[cold]
    fn wipe_secret(&mut self, places: Range<usize>) {
        if let Some(octets) = self.octets.get_mut(places) {
            octets.zeroize();
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.wipe(0..self.octets.len());
    }
}

impl Octets {
    /// Octets of memory kept while empty.
    const KEPT: usize = 640;

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.filled - self.start
    }

    /// Octets for which there is room without more memory.
    #[inline]
    pub(super) fn room(&self) -> usize {
        self.buffer.octets.capacity() - if self.is_compactible() { self.len() } else { self.filled }
    }

    /// Room for at least `min` octets more, to be [`commit`](Self::commit)ted.
    pub(super) fn spare_mut(&mut self, min: usize) -> Result<&mut [u8], TryReserveError> {
        self.lent = 0;
        if self.buffer.octets.len() - self.filled < min {
            self.compact();
            let len = self.buffer.octets.len();
            let missing = self.filled.saturating_add(min).saturating_sub(len);
            if missing > 0 {
                // What may be kept is taken at once, so that it need not grow; then growing by what is there keeps the
                // work of growing in proportion. All of it is to be had, so that it need not be asked for again.
                let kept = Self::KEPT.checked_sub(len).filter(|kept| *kept >= missing);
                self.buffer.grow(kept.unwrap_or(missing.max(len)))?;
            }
        }
        self.lent = self.buffer.octets.len() - self.filled;
        Ok(self.buffer.octets.get_mut(self.filled..).unwrap_or_default())
    }

    /// Says whether octets may be secret from now on: they are wiped wherever they are no longer held then.
    #[inline]
    pub(super) fn set_secret(&mut self, is_secret: bool) {
        self.buffer.is_secret = is_secret;
    }

    /// Takes the first `count` octets of the room lent last as arrived, once: what stands there otherwise are octets of
    /// the past.
    pub(super) fn commit(&mut self, count: usize) {
        self.filled += count.min(core::mem::take(&mut self.lent));
    }

    /// Takes the room lent back: nothing that is written there arrives any more.
    pub(super) fn end_loan(&mut self) {
        self.lent = 0;
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), TryReserveError> {
        if self.push_in_room(bytes) { Ok(()) } else { self.push_checked("", bytes) }
    }

    /// Appends text that need not be checked again, then octets that must be.
    pub(super) fn push_checked(&mut self, text: &str, rest: &[u8]) -> Result<(), TryReserveError> {
        let spare = self.spare_mut(text.len() + rest.len())?;
        if let Some((room, behind)) = spare.split_at_mut_checked(text.len())
            && let Some(last) = behind.get_mut(..rest.len())
        {
            room.copy_from_slice(text.as_bytes());
            if !rest.is_empty() {
                last.copy_from_slice(rest);
            }
            if self.is_checked() {
                self.checked += text.len();
            }
        }
        self.commit(text.len() + rest.len());
        Ok(())
    }

    /// As [`Self::push`], where there is room right behind the others; whether there is.
    #[inline]
    fn push_in_room(&mut self, bytes: &[u8]) -> bool {
        let end = self.filled.saturating_add(bytes.len());
        let Some(room) = self.buffer.octets.get_mut(self.filled..end) else { return false };
        match (room, bytes) {
            // So that a stream that comes octet by octet need not have each copied by a call.
            ([place], [octet]) => *place = *octet,
            (room, bytes) => room.copy_from_slice(bytes),
        }
        (self.filled, self.lent) = (end, 0);
        true
    }

    /// Whether all octets are known to be text.
    #[inline]
    pub(super) fn is_checked(&self) -> bool {
        self.checked == self.filled
    }

    /// Checks what was not yet, and tells what follows the checked text.
    #[inline]
    pub(super) fn check(&mut self) -> Edge {
        match self.edge {
            Some(bad @ Edge::Bad(_)) => return bad,
            // The rest is the start of a character, of which no more has come.
            Some(Edge::Open) if self.looked == self.filled => return Edge::Open,
            _ if self.is_checked() => return Edge::Open,
            _ => {}
        }
        self.looked = self.filled;
        let fresh = self.buffer.octets.get(self.checked..self.filled).unwrap_or(&[]);
        // What came before it was checked to its end, so that an octet in ASCII is text.
        if let [0..0x80] = fresh {
            scan::count(1);
            self.checked = self.filled;
            return Edge::Open;
        }
        let fresh = scan::check(fresh);
        let edge = fresh.edge;
        self.checked += fresh.text.len();
        self.edge = Some(edge);
        edge
    }

    /// The checked text that is not consumed.
    #[inline]
    pub(super) fn text(&self) -> &str {
        let text = self.buffer.octets.get(self.start..self.checked).unwrap_or(&[]);
        debug_assert!(core::str::from_utf8(text).is_ok());
        // SAFETY:
        // - `checked` only grows over octets that `scan::check` found valid, over one that is ASCII, or over what came
        //   from a `str`, each time from where valid text ended, so `buffer[start..checked]` was valid UTF-8 when it
        //   was checked.
        // - Octets from `start` to `checked` are never written again: `spare_mut` lends from `filled` on,
        //   `push_in_room` writes there, and `checked <= filled`; `compact` moves the octets from `start` on as they
        //   are, and the offsets with them; `grow` keeps all, and writes behind. What `wipe` overwrites, `consume`,
        //   `clear` and `compact` have dropped or moved away from before they return.
        // - `consume` moves `start` to character boundaries only.
        unsafe { core::str::from_utf8_unchecked(text) }
    }

    /// Drops the first `count` octets of [`Self::text`].
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        if !self.text().is_char_boundary(count) {
            debug_assert!(false, "consumed more than checked text, or part of a character");
            return;
        }
        self.buffer.wipe(self.start..self.start + count);
        self.start += count;
        self.lent = 0;
        if self.start == self.filled {
            self.clear();
        }
    }

    /// Where the buffer lies.
    #[cfg(feature = "capi")]
    pub(super) fn place(&self) -> Range<*const u8> {
        self.buffer.octets.as_ptr_range()
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        self.buffer.wipe(self.start..self.filled);
        // All but the memory, which is not even taken out and put back: pieces end here by the thousand.
        let Self { buffer: _, start, checked, filled, edge, looked, lent } = self;
        (*start, *checked, *filled, *edge, *looked, *lent) = Default::default();
    }

    /// Gives memory back, where nothing is held.
    pub(super) fn rest(&mut self) {
        if self.buffer.octets.capacity() > Self::KEPT {
            self.shrink();
        }
    }

    /// Gives all memory back, where nothing is held.
    pub(super) fn shrink(&mut self) {
        if self.len() == 0 {
            self.clear();
            self.buffer = Memory { octets: Vec::new(), is_secret: self.buffer.is_secret };
        }
    }

    /// Octets on the heap.
    pub(super) fn heap(&self) -> usize {
        self.buffer.octets.capacity()
    }

    /// Whether moving what is not consumed to the front is no more work than consuming the rest was.
    #[inline]
    fn is_compactible(&self) -> bool {
        self.start >= self.len()
    }

    /// Moves what is not consumed to the front, where that is no more work than consuming it was.
    fn compact(&mut self) {
        if !self.is_compactible() {
            return;
        }
        let len = self.len();
        self.buffer.octets.copy_within(self.start..self.filled, 0);
        self.buffer.wipe(len..self.filled);
        self.checked -= self.start;
        self.looked = self.looked.saturating_sub(self.start);
        self.filled = len;
        self.start = 0;
    }
}

/// Octets of a caller, checked piece by piece as far as they are wanted.
///
/// ```text
///   octets  |  consumed  |  consumed text  |  text  |  unchecked  |
///           0          first                     checked
/// ```
pub(super) struct Lent<'l> {
    octets: &'l [u8],
    // INVARIANT: first <= checked <= octets.len(), and octets[first..checked] is valid UTF-8.
    first: usize,
    checked: usize,
    /// The checked text that is not consumed.
    // INVARIANT: ends where octets[first..checked] ends, and is no longer.
    text: &'l str,
    /// What follows the checked text, as far as that is known.
    edge: Edge,
}

impl<'l> Lent<'l> {
    /// Octets that one check looks at: they are still near when they are read.
    const PIECE: usize = 16_384;

    pub(super) fn new(octets: &'l [u8]) -> Self {
        Self { octets, first: 0, checked: 0, text: "", edge: Edge::Open }
    }

    #[inline(always)]
    fn start(&self) -> usize {
        self.checked - self.text.len()
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.octets.len() - self.start()
    }

    /// Checks some more octets; whether anything is new: more text, or that it ends with a fault.
    #[inline]
    pub(super) fn check(&mut self) -> bool {
        let rest = self.octets.get(self.checked..).unwrap_or(&[]);
        let piece = rest.get(..Self::PIECE).unwrap_or(rest);
        if self.edge != Edge::Open || piece.is_empty() {
            return false;
        }
        // Long before it is looked at, as the first look at a piece waits for memory otherwise.
        scan::prefetch_behind(self.octets);
        // That counts from `checked`.
        let start = self.start();
        let checked = scan::check(piece);
        self.checked += checked.text.len();
        self.edge = checked.edge;
        // Valid text ended where this began, or `first` stands there.
        let begins = self.begin_text(start);
        debug_assert!(begins);
        !checked.text.is_empty() || checked.edge != Edge::Open
    }

    /// What follows the checked text.
    #[inline]
    pub(super) fn edge(&self) -> Edge {
        self.edge
    }

    /// The checked text that is not consumed.
    #[inline]
    pub(super) fn text(&self) -> &'l str {
        self.text
    }

    /// Has the text begin at `start`, if all from there on was checked, and a character begins there or none is left;
    /// whether it does.
    #[inline]
    fn begin_text(&mut self, start: usize) -> bool {
        let Some(text) = self.octets.get(start..self.checked) else { return false };
        if start < self.first || text.first().is_some_and(|octet| (0x80..0xc0).contains(octet)) {
            return false;
        }
        debug_assert!(core::str::from_utf8(text).is_ok());
        // SAFETY:
        // - `octets[first..checked]` is valid UTF-8: `checked` only grows over octets that `scan::check` found valid,
        //   each time from where valid text ended or from `first` itself, where that is moved.
        // - `start` lies within, as was just looked at, and its octet is none that goes on with a character: in valid
        //   text one begins there, so what is left is valid.
        // - The octets are borrowed, so that nobody writes them.
        self.text = unsafe { core::str::from_utf8_unchecked(text) };
        true
    }

    /// The octets behind the checked text.
    pub(super) fn unchecked(&self) -> &'l [u8] {
        self.octets.get(self.checked..).unwrap_or(&[])
    }

    /// Drops the first `count` octets of [`Self::text`].
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        match self.text.get(count..) {
            Some(rest) => self.text = rest,
            None => debug_assert!(false, "consumed more than checked text, or part of a character"),
        }
    }

    /// The first `count` octets, checked or not: at most all there are.
    pub(super) fn front(&self, count: usize) -> &'l [u8] {
        let start = self.start();
        let end = self.octets.len().min(start.saturating_add(count));
        self.octets.get(start..end).unwrap_or(&[])
    }

    /// Takes `count` octets off the front, checked or not: at most all there are.
    pub(super) fn pass(&mut self, count: usize) {
        self.forget(self.octets.len().min(self.start().saturating_add(count)));
    }

    /// Puts the last `count` octets taken or consumed back. They need no check if all of them were text.
    pub(super) fn back(&mut self, count: usize) {
        let start = self.start().saturating_sub(count);
        if !self.begin_text(start) {
            self.forget(start);
        }
    }

    /// Goes on at `start`, as if nothing was checked.
    fn forget(&mut self, start: usize) {
        (self.first, self.checked, self.text, self.edge) = (start, start, "", Edge::Open);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloc::vec;

    #[test]
    fn checks_each_octet_once_and_waits_for_the_rest_of_a_character() {
        let mut octets = Octets::default();
        octets.push(b"a\xe2\x82").unwrap();
        assert_eq!(octets.check(), Edge::Open);
        assert_eq!(octets.text(), "a");
        octets.push(b"\xacb").unwrap();
        let before = scan::scanned();
        assert_eq!(octets.check(), Edge::Open);
        assert_eq!(octets.text(), "a\u{20ac}b");
        assert_eq!(scan::scanned() - before, 4);
        assert_eq!(octets.check(), Edge::Open);
        assert_eq!(scan::scanned() - before, 4);
    }

    #[test]
    fn bad_octet_stays_where_it_is() {
        let mut octets = Octets::default();
        octets.push(b"ab\xff").unwrap();
        assert_eq!(octets.check(), Edge::Bad(0));
        octets.push(b"more").unwrap();
        assert_eq!(octets.check(), Edge::Bad(0));
        assert_eq!(octets.text(), "ab");
    }

    #[test]
    fn room_is_taken_once_and_only_while_it_is_lent() {
        let mut octets = Octets::default();
        octets.push(b"old").unwrap();
        octets.check();
        octets.consume(3);
        octets.commit(3);
        assert_eq!(octets.len(), 0, "no room was lent");
        octets.spare_mut(3).unwrap()[..3].copy_from_slice(b"new");
        octets.commit(2);
        octets.commit(2);
        octets.check();
        assert_eq!(octets.text(), "ne");
        let _ = octets.spare_mut(1).unwrap();
        assert!(octets.spare_mut(usize::MAX / 2).is_err());
        octets.commit(1);
        assert_eq!(octets.len(), 2, "the room asked for last could not be had");
        let _ = octets.spare_mut(1).unwrap();
        octets.consume(2);
        octets.commit(2);
        assert_eq!(octets.len(), 0, "the room was elsewhere");
    }

    #[test]
    fn memory_does_not_grow_where_moving_to_the_front_makes_room() {
        let mut octets = Octets::default();
        octets.push(&[b'x'; 2_000]).unwrap();
        octets.check();
        octets.consume(1_500);
        let room = octets.buffer.octets.len();
        octets.spare_mut(room - 500).unwrap();
        assert_eq!(octets.buffer.octets.len(), room);
        octets.spare_mut(room - 499).unwrap();
        assert!(octets.buffer.octets.len() >= 2 * room);
    }

    #[test]
    fn what_is_secret_stands_nowhere_but_where_it_is_held() {
        let places = |octets: &Octets| octets.buffer.octets.windows(2).filter(|octets| octets == b"##").count();
        let mut octets = Octets::default();
        octets.set_secret(true);
        octets.push(b"##a##").unwrap();
        assert_eq!((octets.check(), places(&octets)), (Edge::Open, 2));
        octets.consume(3);
        assert_eq!((octets.text(), places(&octets)), ("##", 1), "the rest is held");
        octets.clear();
        assert_eq!(places(&octets), 0, "thrown away");
        octets.push(&[b'x'; Octets::KEPT - 2]).unwrap();
        octets.push(b"##").unwrap();
        octets.check();
        octets.consume(Octets::KEPT - 2);
        octets.push(b"yyy").unwrap();
        assert_eq!((octets.check(), octets.text(), places(&octets)), (Edge::Open, "##yyy", 1), "moved to the front");
        assert_eq!(octets.heap(), Octets::KEPT, "room was made by that");
        octets.push(&[b'z'; Octets::KEPT]).unwrap();
        assert!(octets.check() == Edge::Open && octets.text().starts_with("##yyyz"));
        assert_eq!((octets.len(), places(&octets)), (Octets::KEPT + 5, 1), "in more memory");
        octets.consume(octets.len());
        octets.shrink();
        octets.push(b"##").unwrap();
        octets.check();
        octets.consume(2);
        assert_eq!(places(&octets), 0, "after memory was given back");
        octets.set_secret(false);
        octets.push(b"##").unwrap();
        octets.check();
        octets.consume(2);
        assert_eq!(places(&octets), 1, "no secret");
    }

    #[test]
    fn what_is_pushed_in_room_needs_room_that_is_there() {
        let mut octets = Octets::default();
        assert!(!octets.push_in_room(b"a"), "there is no memory yet");
        octets.push(b"a").unwrap();
        let room = octets.buffer.octets.len() - 1;
        octets.spare_mut(1).unwrap()[..2].copy_from_slice(b"xy");
        assert!(octets.push_in_room(b"b") && octets.push_in_room("c\u{20ac}".as_bytes()));
        octets.commit(1);
        assert_eq!((octets.check(), octets.text()), (Edge::Open, "abc\u{20ac}"), "room that was lent is not any more");
        assert!(!octets.push_in_room(&vec![b'd'; room - 4]));
        assert!(octets.push_in_room(&vec![b'd'; room - 5]));
        assert!(!octets.push_in_room(b"e"));
        assert_eq!(octets.len(), room + 1);
    }

    #[test]
    fn octets_that_come_one_by_one_are_checked_as_others() {
        for (bytes, text, edge) in [
            (&b"ab"[..], "ab", Edge::Open),
            (b"a\xc3\xa9b", "a\u{e9}b", Edge::Open),
            (b"a\xc3", "a", Edge::Open),
            (b"a\xc3b", "a", Edge::Bad(1)),
            (b"a\x80", "a", Edge::Bad(0)),
            (b"a\xffb", "a", Edge::Bad(0)),
        ] {
            let mut octets = Octets::default();
            let edges: Vec<_> =
                bytes.iter().map(|byte| octets.push(&[*byte]).map(|()| octets.check()).unwrap()).collect();
            assert_eq!((octets.text(), edges.last()), (text, Some(&edge)), "{bytes:x?}");
        }
    }

    #[test]
    fn memory_goes_back_when_empty() {
        let mut octets = Octets::default();
        octets.push(&[b'x'; 100_000]).unwrap();
        octets.check();
        octets.consume(99_999);
        octets.push(b"y").unwrap();
        octets.check();
        assert_eq!(octets.text(), "xy");
        octets.rest();
        assert!(octets.buffer.octets.capacity() > 0);
        octets.consume(2);
        octets.rest();
        assert_eq!(octets.buffer.octets.capacity(), 0);
        assert_eq!(octets.len(), 0);
    }

    #[test]
    fn spare_room_becomes_input_only_when_committed() {
        let mut octets = Octets::default();
        octets.spare_mut(4).unwrap()[..2].copy_from_slice(b"hi");
        octets.check();
        assert_eq!(octets.text(), "");
        octets.commit(2);
        octets.check();
        assert_eq!(octets.text(), "hi");
        octets.commit(usize::MAX);
        assert!(octets.len() < 1_000);
    }

    #[test]
    fn what_is_put_back_is_text_only_where_all_of_it_was() {
        // Octets; how many are consumed as text, then taken, then put back; the text that needs no other check then.
        for (octets, consumed, taken, back, text) in [
            ("a\u{e9}b".as_bytes(), 3, 0, 3, "a\u{e9}b"),
            ("a\u{e9}b".as_bytes(), 3, 0, 1, ""),
            ("a\u{bf}\u{ff}".as_bytes(), 5, 0, 1, ""),
            (b"ab", 0, 1, 1, ""),
            (b"ab\xff", 0, 3, 3, ""),
            (b"ab\xff", 0, 3, 1, ""),
            (b"ab", 2, 0, 0, ""),
        ] {
            let mut lent = Lent::new(octets);
            lent.check();
            lent.consume(consumed);
            if taken > 0 {
                lent.pass(taken);
            }
            lent.back(back);
            let rest = &octets[consumed + taken - back..];
            assert_eq!((lent.text(), lent.len()), (text, rest.len()), "{octets:?}");
            lent.check();
            let checked = scan::check(rest);
            assert_eq!((lent.text(), lent.edge()), (checked.text, checked.edge), "{octets:?}");
        }
    }

    #[test]
    fn octets_that_came_along_are_checked_before_they_are_lent_again() {
        let mut input = crate::Input::new();
        let mut parser = crate::Parser::stream(crate::Limits::SERVER);
        input
            .push(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><iq>")
            .unwrap();
        let mut feed = input.with(b"</iq>\xff");
        assert!(parser.next(&mut feed).unwrap().is_some());
        assert!(parser.next(&mut feed).unwrap().is_some());
        assert!(parser.next(&mut feed).is_err());
    }

    #[test]
    fn text_known_to_be_text_is_not_checked_again() {
        let mut octets = Octets::default();
        let before = scan::scanned();
        octets.push_checked("abc", b"\xc3").unwrap();
        assert_eq!(octets.text(), "abc");
        assert_eq!(scan::scanned(), before);
        octets.push_checked("\u{80}", b"").unwrap();
        assert_eq!(octets.check(), Edge::Bad(1), "text behind half a character is checked with it");
    }
}
