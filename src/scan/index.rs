//! The places of structure in a stream, found block by block ahead of who reads it.
//!
//! In: the text from some place of the stream on, and that place. Out: the offsets of its octets that are structure (see
//! `block`), as far as scanned. Places count from the stream's first octet, so the text may move between calls.
//!
//! Invariant: each octet is scanned once, however the text arrives, but for those behind a CDATA section, whose markup
//! means nothing; no place lies behind the text it was found in.
//!
//! Refuses to know: grammar.

use super::block::{BLOCK, Block, Carry};
use super::{Isa, Word, arch, count};

/// Room for places, the last of which only one whole block may fill.
const ROOM: usize = 192;

/// Octets that one run scans at most: places count from its start in 16 bits.
const RUN: usize = 16_384;

/// Places not used up yet, and where to go on.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    isa: Isa,
    // INVARIANT: head <= tail <= ROOM, places[head..tail] is in order, all below `scanned - base`.
    places: [u16; ROOM],
    head: usize,
    tail: usize,
    /// What places count from.
    base: u64,
    /// First octet not scanned.
    scanned: u64,
    carry: Carry,
    /// Octets that the next run scans at most.
    run: usize,
}

/// One run of a scan: what the code for each CPU works on.
pub(super) struct Fill<'f> {
    text: &'f [u8],
    /// What is added to a place in `text`.
    base: u16,
    carry: &'f mut Carry,
    places: &'f mut [u16; ROOM],
    tail: &'f mut usize,
    /// Octets scanned.
    scanned: &'f mut usize,
}

impl Fill<'_> {
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    pub(super) unsafe fn run<B: Block>(self) {
        let Self { text, base, carry, places, tail, scanned } = self;
        let mut at = 0;
        let mut filled = *tail;
        let mut state = *carry;
        while let Some(room) = places.get_mut(filled..filled + BLOCK).and_then(|room| room.try_into().ok()) {
            let rest = text.get(at..).unwrap_or(&[]);
            if rest.is_empty() {
                break;
            }
            // SAFETY: as promised by our caller.
            let (block, len) = match rest.first_chunk() {
                Some(whole) => (unsafe { B::load(whole) }, BLOCK),
                None => (unsafe { B::load_part(rest) }, rest.len()),
            };
            // SAFETY: as above.
            let bits = state.structure(unsafe { block.masks() }, len);
            // SAFETY: as above.
            unsafe { B::places(bits, base.wrapping_add(at as u16), room) };
            filled += bits.count_ones() as usize;
            at += len;
        }
        (*carry, *tail, *scanned) = (state, filled, at);
    }
}

impl Index {
    pub(crate) fn new(isa: Isa) -> Self {
        Self { isa, places: [0; ROOM], head: 0, tail: 0, base: 0, scanned: 0, carry: Carry::default(), run: RUN }
    }

    pub(crate) fn isa(&self) -> Isa {
        self.isa
    }

    /// Forgets all places: the next scan begins where it is told to, outside of tags. It begins with little, so that a
    /// text of many pieces that spoil the index is not scanned far ahead for each.
    pub(crate) fn forget(&mut self) {
        (self.head, self.tail, self.base, self.scanned) = (0, 0, 0, 0);
        self.run = BLOCK;
    }

    /// Drops the places before `offset`, which stands outside of tags.
    pub(crate) fn skip_to(&mut self, offset: u64) {
        if offset >= self.scanned {
            (self.head, self.tail) = (0, 0);
            (self.base, self.scanned, self.carry) = (offset, offset, Carry::default());
            return;
        }
        let first = offset.saturating_sub(self.base);
        while self.head < self.tail && u64::from(self.places[self.head]) < first {
            self.head += 1;
        }
    }

    /// Scans on in `text`, which begins at `offset` of the stream; whether there is more than before.
    pub(crate) fn extend(&mut self, text: &[u8], offset: u64) -> bool {
        let Some(rest) = usize::try_from(self.scanned - offset).ok().and_then(|seen| text.get(seen..)) else {
            return false;
        };
        if rest.is_empty() {
            return false;
        }
        self.make_room();
        let ahead = self.scanned - self.base;
        if ahead > u64::from(u16::MAX) - RUN as u64 {
            // What the first place begins is too long to be told in 16 bits.
            return false;
        }
        let rest = rest.get(..self.run.min(rest.len())).unwrap_or(&[]);
        self.run = (self.run * 4).min(RUN);
        let mut scanned = 0;
        let work = Fill {
            text: rest,
            base: ahead as u16,
            carry: &mut self.carry,
            places: &mut self.places,
            tail: &mut self.tail,
            scanned: &mut scanned,
        };
        arch::fill(self.isa, work);
        count(scanned);
        self.scanned += scanned as u64;
        scanned > 0
    }

    /// Moves the places left to the front, and has them count from as late as may be.
    fn make_room(&mut self) {
        let first = self.places.get(self.head..self.tail).and_then(|rest| rest.first().copied());
        let shift = first.map_or(self.scanned - self.base, u64::from);
        self.places.copy_within(self.head..self.tail, 0);
        self.tail -= self.head;
        self.head = 0;
        for place in self.places.get_mut(..self.tail).unwrap_or_default() {
            *place -= shift as u16;
        }
        self.base += shift;
    }

    /// `text`, which begins at `offset`, and the places in it that are not used up; nothing where one lies outside of it.
    #[inline(always)]
    pub(crate) fn places<'s>(&'s self, text: &'s [u8], offset: u64) -> Option<(Text<'s>, Places<'s>)> {
        let text = Text::new(text, self.base.wrapping_sub(offset) as usize);
        let places = self.places.get(self.head..self.tail).unwrap_or(&[]);
        let lies_within =
            |place: Option<&u16>| place.is_none_or(|place| text.offset((*place).into()) < text.octets.len());
        // Places are in order: where the first and the last lie within the text, all do.
        let all = lies_within(places.first()) && lies_within(places.last());
        all.then_some((text, Places { origin: text.origin, rest: places }))
    }

    /// Uses up all places but the last `count`.
    #[inline(always)]
    pub(crate) fn leave(&mut self, count: usize) {
        self.head = self.head.max(self.tail.saturating_sub(count));
    }

    /// Whether no place is left.
    pub(crate) fn is_used_up(&self) -> bool {
        self.head == self.tail
    }
}

/// A text in which offsets count from an origin, which may lie before it: places of structure need no addition then.
/// [`Text::offset`] tells what an offset is from the text's first octet.
#[derive(Clone, Copy)]
pub(crate) struct Text<'s> {
    octets: &'s [u8],
    /// What is to be added to an offset, wrapping.
    delta: usize,
    // INVARIANT: the first octet of `octets`, less `delta`.
    origin: *const u8,
    // INVARIANT: from any lower offset from the text's first octet, a word lies within the text.
    loadable: usize,
}

impl<'s> Text<'s> {
    #[inline(always)]
    fn new(octets: &'s [u8], delta: usize) -> Self {
        let loadable = (octets.len() + 1).saturating_sub(Word::LEN);
        Self { octets, delta, origin: octets.as_ptr().wrapping_add(delta), loadable }
    }

    #[inline(always)]
    pub(crate) fn octets(self) -> &'s [u8] {
        self.octets
    }

    /// The offset from the text's first octet.
    #[inline(always)]
    pub(crate) fn offset(self, at: usize) -> usize {
        at.wrapping_add(self.delta)
    }

    /// The other way around.
    #[inline(always)]
    pub(crate) fn from_offset(self, offset: usize) -> usize {
        offset.wrapping_sub(self.delta)
    }

    /// The octet at `at`; 0 outside of the text.
    #[inline(always)]
    pub(crate) fn octet(self, at: usize) -> u8 {
        self.octets.get(self.offset(at)).copied().unwrap_or(0)
    }

    /// 8 octets from `at` on; zeros outside of the text.
    #[inline(always)]
    pub(crate) fn eight(self, at: usize) -> u64 {
        self.word(at).low()
    }

    /// 16 octets from `at` on; zeros outside of the text.
    #[inline(always)]
    pub(crate) fn word(self, at: usize) -> Word {
        let start = self.offset(at);
        if start < self.loadable {
            // SAFETY: as the field says, 16 octets lie behind `start`; any octets make a word.
            Word::from_octets(unsafe { self.octets.as_ptr().add(start).cast::<[u8; Word::LEN]>().read_unaligned() })
        } else {
            Word::load_end(self.octets, start)
        }
    }
}

/// Places of structure in a [`Text`], which are used up one by one.
#[derive(Clone, Copy)]
pub(crate) struct Places<'s> {
    // INVARIANT: the origin of the text that the places lie in.
    origin: *const u8,
    rest: &'s [u16],
}

impl Places<'_> {
    /// How many are left.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.rest.len()
    }

    /// The next one and its octet, which is not passed yet.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Option<(usize, u8)> {
        self.rest.first().map(|place| self.octet(*place))
    }

    /// The next one and its octet.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<(usize, u8)> {
        let (place, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(self.octet(*place))
    }

    /// The next two, which are not passed yet.
    #[inline(always)]
    pub(crate) fn peek_two(&self) -> Option<[(usize, u8); 2]> {
        self.rest.first_chunk::<2>().map(|two| two.map(|place| self.octet(place)))
    }

    /// Passes the next `count`.
    #[inline(always)]
    pub(crate) fn pass(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or(&[]);
    }

    #[inline(always)]
    fn octet(&self, place: u16) -> (usize, u8) {
        let place = usize::from(place);
        // SAFETY: only called for places, which lie in the text when counted from its origin.
        (place, unsafe { *self.origin.wrapping_add(place) })
    }
}
