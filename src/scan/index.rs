//! The places of structure in a stream, found block by block ahead of who reads it.
//!
//! In: the text from some place of the stream on, and that place. Out: the offsets of its octets that are structure
//! (see `block`), as far as scanned. Places count from an offset of the stream that moves on with them, so the text may
//! move between calls. It must still hold the token that is being read then: whether a `>` ends a `]]>` is seen in the
//! octets before it.
//!
//! Invariant: each octet is marked once, however the text arrives, but for those behind a CDATA section, whose markup
//! means nothing; no place lies behind the text it was found in.
//!
//! Refuses to know: grammar.

use core::marker::PhantomData;

use super::block::{BLOCK, Base, Block, Carry, Room, behind_brackets, padded};
use super::{Present, Word, arch, count};

/// Room for places, the last of which only one whole block may fill: the fewer times a reader comes to the end of them,
/// the faster it is, but each takes 3 octets of a parser's memory.
const ROOM: usize = 1_024;

/// Octets that one run scans at most. Places are told in 16 bits: a run may begin at most 65,535 less so many octets
/// behind what they count from.
const RUN: usize = 16_384;

/// Octets that the first run scans at most, which may be in vain.
const FIRST_RUN: usize = 1_024;

/// How far ahead of the scan octets are prefetched: a run, so that the octets checked to be UTF-8 next are there by
/// then. A caller's slice is often read for the first time here.
const PREFETCH: usize = RUN;

/// Places not used up yet, and where to go on.
pub(crate) struct Index {
    isa: Present,
    // INVARIANT: head <= tail <= ROOM, places[head..tail] rise, no two alike, all below `scanned - base`.
    places: [u16; ROOM + Places::AHEAD],
    // INVARIANT, but while a run fills them: the octets at the places; zeros from `tail` on, as many as `Places` reads
    // at once.
    kinds: [u8; ROOM + Places::AHEAD],
    head: usize,
    tail: usize,
    /// What places count from.
    base: u64,
    /// First octet not scanned.
    scanned: u64,
    carry: Carry,
    /// Octets that the next run scans at most.
    run: usize,
    /// Whether what was scanned last means nothing for what comes.
    is_stale: bool,
}

/// One run of a scan: what the code for each CPU works on.
pub(super) struct Fill<'f> {
    text: &'f [u8],
    /// The octet of it to begin with.
    from: usize,
    /// What the place of that octet counts as.
    base: u16,
    carry: &'f mut Carry,
    places: &'f mut [u16; ROOM + Places::AHEAD],
    kinds: &'f mut [u8; ROOM + Places::AHEAD],
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
        let Self { text, from, base, carry, places, kinds, tail, scanned } = self;
        let (blocks, rest) = text.get(from..).unwrap_or(&[]).as_chunks::<BLOCK>();
        let mut marks = Marks { text, from, at: 0, filled: *tail, carry: *carry, places, kinds };
        // SAFETY: as promised by our caller.
        unsafe { marks.take_all::<B>(blocks, base) };
        // Where there was no room for a block, there is none for the last one either.
        if !rest.is_empty() {
            // What is no whole block is looked at with the octets before it, or spaces behind it.
            let (last, before) = match text.last_chunk() {
                Some(last) => (*last, BLOCK - rest.len()),
                None => (padded(rest), 0),
            };
            let base = base.wrapping_add(marks.at as u16).wrapping_sub(before as u16);
            // SAFETY: as above.
            unsafe { marks.take::<B>(&[last], before, base) };
        }
        (*carry, *tail, *scanned) = (marks.carry, marks.filled, marks.at.min(text.len().saturating_sub(from)));
    }
}

/// What a run has marked so far.
struct Marks<'f> {
    text: &'f [u8],
    from: usize,
    /// Octets behind `from` that were looked at.
    at: usize,
    filled: usize,
    carry: Carry,
    places: &'f mut [u16; ROOM + Places::AHEAD],
    kinds: &'f mut [u8; ROOM + Places::AHEAD],
}

impl Marks<'_> {
    /// Blocks that are marked at once. Behind as many without structure a long text is likely: only there a shorter
    /// look at each block is worth its branch.
    const SEGMENT: usize = 8;

    /// As [`Self::take`], segment by segment, and passes over what long texts hold.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn take_all<B: Block>(&mut self, blocks: &[[u8; BLOCK]], base: u16) {
        let mut left = blocks;
        while !left.is_empty() {
            let (segment, behind) = left.split_at(left.len().min(Self::SEGMENT));
            let (at, filled) = (self.at, self.filled);
            // SAFETY: as promised by our caller.
            unsafe { self.take::<B>(segment, 0, base.wrapping_add(at as u16)) };
            let has_room = self.at == at + segment.as_flattened().len();
            if !has_room {
                return;
            }
            left = behind;
            if self.filled == filled && !self.carry.is_in_tag() {
                // SAFETY: as promised by our caller.
                left = unsafe { self.pass_text::<B>(left) };
            }
        }
    }

    /// Passes over blocks that stand in text and hold no structure, up to the first that may, which is looked at again:
    /// those left.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn pass_text<'b, B: Block>(&mut self, mut blocks: &'b [[u8; BLOCK]]) -> &'b [[u8; BLOCK]] {
        while let [octets, behind @ ..] = blocks
            // SAFETY: as promised by our caller.
            && unsafe { B::load(octets).is_text() }
        {
            prefetch(self.text, self.from + self.at);
            self.at += BLOCK;
            blocks = behind;
        }
        blocks
    }

    /// Marks blocks as long as there is room; places in the first one count from `base`. Its first `before` octets were
    /// looked at already; where there are any, it is the only block.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn take<B: Block>(&mut self, blocks: &[[u8; BLOCK]], before: usize, base: u16) {
        debug_assert!(before == 0 || blocks.len() == 1);
        let (mut at, mut filled, mut carry) = (self.at, self.filled, self.carry);
        // SAFETY: as promised by our caller.
        let mut base = unsafe { B::Base::of(base) };
        for octets in blocks {
            let Some(room) = room_for_block(self.places, self.kinds, filled) else { break };
            let start = self.from + at;
            prefetch(self.text, start);
            // SAFETY: as above.
            let masks = unsafe { B::load(octets).masks() };
            let (mut bits, stray) = carry.structure(masks.behind(before));
            if stray != 0 {
                bits |= behind_brackets(self.text, start, stray);
            }
            // SAFETY: as above.
            base = unsafe {
                base.places(bits << before, octets, room);
                base.next()
            };
            filled += bits.count_ones() as usize;
            at += BLOCK;
        }
        (self.at, self.filled, self.carry) = (at, filled, carry);
    }
}

/// Prefetches what will be scanned long behind `at`.
#[inline(always)]
fn prefetch(text: &[u8], at: usize) {
    arch::prefetch(text.as_ptr().wrapping_add(at + PREFETCH));
}

#[inline(always)]
fn room_for_block<'r>(
    places: &'r mut [u16; ROOM + Places::AHEAD],
    kinds: &'r mut [u8; ROOM + Places::AHEAD],
    filled: usize,
) -> Option<Room<'r>> {
    let places = places.get_mut(filled..ROOM)?.first_chunk_mut()?;
    let kinds = kinds.get_mut(filled..ROOM)?.first_chunk_mut()?;
    Some(Room { places, kinds })
}

impl Index {
    /// Places that move at a time.
    const PART: usize = 16;

    /// An index made on the instructions of `isa`.
    pub(crate) fn new(isa: Present) -> Self {
        Self {
            isa,
            places: [0; ROOM + Places::AHEAD],
            kinds: [0; ROOM + Places::AHEAD],
            head: 0,
            tail: 0,
            base: 0,
            scanned: 0,
            carry: Carry::default(),
            run: FIRST_RUN,
            is_stale: true,
        }
    }

    /// The index of a text by itself, as tests want it.
    #[cfg(test)]
    pub(crate) fn of_text(text: &[u8], isa: super::Isa) -> Self {
        let mut index = Self::new(Present::of(isa));
        index.skip_to(0);
        index.extend(text, 0);
        index
    }

    /// The instructions that it is made on.
    pub(crate) fn isa(&self) -> Present {
        self.isa
    }

    /// Forgets all places: the next scan begins where it is told to, outside of tags. It begins with little, so that a
    /// text of many pieces that spoil the index is not scanned far ahead for each.
    pub(crate) fn forget(&mut self) {
        self.clear();
        self.is_stale = true;
        self.run = BLOCK;
    }

    fn clear(&mut self) {
        (self.head, self.tail) = (0, 0);
        self.end();
    }

    /// Marks the end of the places.
    fn end(&mut self) {
        if let Some(behind) = self.kinds.get_mut(self.tail..).and_then(<[u8]>::first_chunk_mut) {
            *behind = [0; Places::AHEAD];
        }
    }

    /// Whether the next place is the one at `offset`.
    #[inline(always)]
    pub(crate) fn is_at(&self, offset: u64) -> bool {
        self.head < self.tail && self.places.get(self.head).is_some_and(|place| self.base + u64::from(*place) == offset)
    }

    /// Drops the places before `offset`, which stands outside of tags.
    pub(crate) fn skip_to(&mut self, offset: u64) {
        if self.is_stale || offset >= self.scanned {
            self.clear();
            (self.base, self.scanned, self.carry, self.is_stale) = (offset, offset, Carry::default(), false);
            return;
        }
        let first = offset.saturating_sub(self.base);
        while self.head < self.tail && u64::from(self.places[self.head]) < first {
            self.head += 1;
        }
    }

    /// Scans on in `text`, which begins at `offset` of the stream, not behind the token that is being read; whether
    /// there is more than before.
    pub(crate) fn extend(&mut self, text: &[u8], offset: u64) -> bool {
        let seen = self.scanned.checked_sub(offset).and_then(|seen| usize::try_from(seen).ok());
        let Some(seen) = seen.filter(|seen| *seen < text.len()) else { return false };
        self.make_room();
        let ahead = self.scanned - self.base;
        if ahead > u64::from(u16::MAX) - RUN as u64 {
            // What the first place begins is too long to be told in 16 bits.
            return false;
        }
        let text = text.get(..seen.saturating_add(self.run)).unwrap_or(text);
        self.run = (self.run * 4).min(RUN);
        let mut scanned = 0;
        let work = Fill {
            text,
            from: seen,
            base: ahead as u16,
            carry: &mut self.carry,
            places: &mut self.places,
            kinds: &mut self.kinds,
            tail: &mut self.tail,
            scanned: &mut scanned,
        };
        arch::fill(self.isa, work);
        self.end();
        count(scanned);
        self.scanned += scanned as u64;
        scanned > 0
    }

    /// Moves the places left to the front, and has them count from as late as may be.
    fn make_room(&mut self) {
        let first = self.places.get(self.head..self.tail).and_then(|rest| rest.first().copied());
        let shift = first.map_or(self.scanned - self.base, u64::from);
        // A part is read before anything is written there: it only moves to the front.
        for to in (0..self.tail - self.head).step_by(Self::PART) {
            let from = self.head + to;
            let part = self.places.get(from..).and_then(<[u16]>::first_chunk::<{ Self::PART }>).copied();
            if let (Some(part), Some(room)) = (part, self.places.get_mut(to..).and_then(<[u16]>::first_chunk_mut)) {
                *room = part.map(|place| place.wrapping_sub(shift as u16));
            }
            let part = self.kinds.get(from..).and_then(<[u8]>::first_chunk::<{ Self::PART }>).copied();
            if let (Some(part), Some(room)) = (part, self.kinds.get_mut(to..).and_then(<[u8]>::first_chunk_mut)) {
                *room = part;
            }
        }
        self.tail -= self.head;
        self.head = 0;
        self.end();
        self.base += shift;
    }

    /// The text of `octets`, which begins at `offset`, and the places in it that are not used up; nothing where there
    /// are some, and the first lies before the text or the scan went on behind it.
    #[inline(always)]
    pub(crate) fn places<'s>(&'s self, octets: &'s [u8], offset: u64) -> Option<(Text<'s>, Places<'s>)> {
        let text = Text::new(octets, self.base.wrapping_sub(offset) as usize);
        // Places rise, and all lie before where the scan ended: if the first does not lie before the text and the scan
        // ended no later than the text, all lie within.
        let begins_within = |place: &u16| self.base + u64::from(*place) >= offset;
        let all = self.is_used_up()
            || self.scanned <= offset + octets.len() as u64 && self.places.get(self.head).is_some_and(begins_within);
        let places = Places {
            index: self,
            head: self.head as u64,
            near: text.near(),
            last_octet: text.bound(octets.len().saturating_sub(1)),
            loadable: text.bound(text.loadable),
        };
        all.then_some((text, places))
    }

    /// Whether all of `text`, which begins at `offset`, was scanned.
    pub(crate) fn reaches(&self, text: &[u8], offset: u64) -> bool {
        self.scanned >= offset + text.len() as u64
    }

    /// Uses up the places before `head`, which [`Places::head`] told.
    #[inline(always)]
    pub(crate) fn use_up(&mut self, head: usize) {
        self.head = head.min(self.tail);
    }

    /// Uses up all places; how many there were.
    pub(crate) fn use_all_up(&mut self) -> usize {
        let count = self.tail - self.head;
        self.head = self.tail;
        count
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
    // INVARIANT: from any lower offset from the text's first octet, a word lies within the text.
    loadable: usize,
}

impl<'s> Text<'s> {
    #[inline(always)]
    fn new(octets: &'s [u8], delta: usize) -> Self {
        Self { octets, delta, loadable: (octets.len() + 1).saturating_sub(Word::LEN) }
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

    /// The same as a tape has it: a unit has fewer octets than a `u32` counts.
    #[inline(always)]
    pub(crate) fn index(self, at: usize) -> u32 {
        self.offset(at) as u32
    }

    /// The other way around.
    #[inline(always)]
    pub(crate) fn of_offset(self, offset: usize) -> usize {
        offset.wrapping_sub(self.delta)
    }

    /// As [`Self::of_offset`], to be compared with offsets of octets in the text: 0 in place of what lies before the
    /// origin.
    #[inline(always)]
    fn bound(self, offset: usize) -> usize {
        // Where the text begins behind the origin, `delta` has wrapped, and is subtracted as the negative number it is.
        (offset as isize).wrapping_sub(self.delta as isize).max(0) as usize
    }

    /// The octet at `at`; 0 outside of the text.
    #[inline(always)]
    pub(crate) fn octet(self, at: usize) -> u8 {
        self.octets.get(self.offset(at)).copied().unwrap_or(0)
    }

    /// Whether a word lies within the text from `at` on.
    #[inline(always)]
    fn reaches(self, at: usize) -> bool {
        self.offset(at) < self.loadable
    }

    /// Whether the first `len` octets, at most 16, from `a` on are those from `b` on, if words lie within the text
    /// there.
    #[inline(always)]
    pub(crate) fn are_same(self, a: usize, b: usize, len: usize) -> bool {
        if !self.reaches(a) || !self.reaches(b) {
            return self.word(a).differ(self.word(b)).head(len).is_empty();
        }
        // SAFETY: both reach, so 16 octets lie behind each.
        let (a, b) = unsafe {
            (&*self.octets.as_ptr().add(self.offset(a)).cast(), &*self.octets.as_ptr().add(self.offset(b)).cast())
        };
        super::arch::first_difference(a, b) as usize >= len
    }

    /// The same text for who knows what lies within.
    #[inline(always)]
    fn near(self) -> Near<'s> {
        Near { origin: self.octets.as_ptr().wrapping_add(self.delta), text: PhantomData }
    }

    /// As [`Word::find`] of the [`word`](Self::word) at `at`, from memory: the word need not move to another register.
    #[inline(always)]
    pub(crate) fn find(self, at: usize, wanted: u8) -> usize {
        let start = self.offset(at);
        if start < self.loadable {
            // SAFETY: as the field says, 16 octets lie behind `start`.
            Word::find_in(unsafe { &*self.octets.as_ptr().add(start).cast::<[u8; Word::LEN]>() }, wanted)
        } else {
            Word::load_end(self.octets, start).find(wanted)
        }
    }

    /// 16 octets from `at` on; zeros outside of the text.
    #[inline(always)]
    pub(crate) fn word(self, at: usize) -> Word {
        let start = self.offset(at);
        if start < self.loadable {
            // SAFETY: as the field says, 16 octets lie behind `start`; any octets make a word.
            Word::from(unsafe { self.octets.as_ptr().add(start).cast::<[u8; Word::LEN]>().read_unaligned() })
        } else {
            Word::load_end(self.octets, start)
        }
    }
}

/// A [`Text`] that is looked at where that is known to be within.
#[derive(Clone, Copy)]
pub(super) struct Near<'s> {
    /// What offsets count from.
    origin: *const u8,
    text: PhantomData<&'s [u8]>,
}

impl Near<'_> {
    /// 16 octets from `at` on.
    ///
    /// # Safety
    ///
    /// They must lie within the text.
    #[inline(always)]
    pub(super) unsafe fn word(self, at: usize) -> Word {
        // SAFETY: as promised by our caller; any octets make a word.
        Word::from(unsafe { self.origin.wrapping_add(at).cast::<[u8; Word::LEN]>().read_unaligned() })
    }

    /// The first 8 of them.
    ///
    /// # Safety
    ///
    /// As [`Self::word`].
    #[inline(always)]
    pub(super) unsafe fn half(self, at: usize) -> u64 {
        // SAFETY: as promised by our caller; any octets make a number.
        u64::from_le_bytes(unsafe { self.origin.wrapping_add(at).cast::<[u8; Word::LEN / 2]>().read_unaligned() })
    }

    /// As [`Word::find`] of them.
    ///
    /// # Safety
    ///
    /// As [`Self::word`].
    #[inline(always)]
    pub(super) unsafe fn find(self, at: usize, wanted: u8) -> usize {
        // SAFETY: as promised by our caller.
        Word::find_in(unsafe { &*self.origin.wrapping_add(at).cast::<[u8; Word::LEN]>() }, wanted)
    }

    /// The octet at `at`.
    ///
    /// # Safety
    ///
    /// It must lie within the text.
    #[inline(always)]
    pub(super) unsafe fn octet(self, at: usize) -> u8 {
        // SAFETY: as promised by our caller.
        unsafe { *self.origin.wrapping_add(at) }
    }
}

/// Places of structure in a [`Text`], which are used up one by one. Behind the last the octets are 0; the places there
/// mean nothing. NUL is structure, too, and refused wherever it stands: who must know which of the two it is asks
/// [`Index::is_used_up`].
#[derive(Clone, Copy)]
pub(crate) struct Places<'s> {
    index: &'s Index,
    /// How many were used up. No sum with a few more wraps: it begins at most at [`ROOM`] and grows by less than
    /// [`Self::STEP`] a call, which would have to be 2^59 calls.
    // INVARIANT: it never falls.
    head: u64,
    /// The text, without its length.
    // INVARIANT: each place that is left lies within it.
    near: Near<'s>,
    // INVARIANT: an offset below this one, and not before a place that is left, has an octet behind it in the text.
    last_octet: usize,
    // INVARIANT: from an offset below this one, and not before a place that is left, a word lies within the text.
    loadable: usize,
}

impl<'s> Places<'s> {
    /// How many places are looked at ahead at most.
    pub(crate) const AHEAD: usize = 16;

    /// Fewer than so many are passed at once.
    const STEP: usize = 2 * Self::AHEAD;

    /// As many values as so many places hold with the `<` before them and the `>` behind.
    pub(crate) const MOST_VALUES: usize = (Self::AHEAD - 1) / 2;

    /// How many places were used up, as [`Index::use_up`] wants it.
    #[inline(always)]
    pub(crate) fn head(self) -> usize {
        self.head as usize
    }

    /// Whether no place is left.
    #[inline(always)]
    pub(crate) fn is_empty(self) -> bool {
        self.head >= self.index.tail as u64
    }

    /// Whether the next token goes on behind the text: the places end before a `>`.
    #[inline(always)]
    pub(crate) fn is_token_cut(self) -> bool {
        let Some(ahead) = self.kinds_ahead(0) else { return true };
        arch::any_of(ahead, [0; 4]).trailing_zeros() < arch::any_of(ahead, *b">>>>").trailing_zeros()
    }

    /// The octets of the next 8, the first in the lowest bits.
    #[inline(always)]
    pub(crate) fn kinds(self) -> u64 {
        self.kinds_from(0)
    }

    /// The octets of 8 more.
    #[inline(always)]
    pub(super) fn kinds_behind(self) -> u64 {
        self.kinds_from(8)
    }

    #[inline(always)]
    fn kinds_from(self, skipped: usize) -> u64 {
        self.kinds_ahead(skipped).map_or(0, |kinds| u64::from_le_bytes(*kinds))
    }

    /// The octets of the next places behind the first `skipped` ones; nothing where there is no room for so many.
    #[inline(always)]
    fn kinds_ahead<const COUNT: usize>(self, skipped: usize) -> Option<&'s [u8; COUNT]> {
        self.index.kinds.get(self.head() + skipped..)?.first_chunk()
    }

    /// The next places; those that are not left any more mean nothing.
    #[inline(always)]
    pub(crate) fn ahead(self) -> Option<&'s [u16; Places::AHEAD]> {
        if self.head > ROOM as u64 {
            return None;
        }
        // SAFETY: behind `ROOM` lie so many. A checked slice would be checked for two ends.
        Some(unsafe { &*self.index.places.as_ptr().add(self.head()).cast() })
    }

    /// The next places, where at least `count` are left; those behind mean nothing.
    #[inline(always)]
    pub(super) fn left(self, count: usize) -> Option<&'s [u16; Places::AHEAD]> {
        if self.head + count as u64 > self.index.tail as u64 {
            return None;
        }
        // SAFETY: `head` is at most `tail`, and so at most `ROOM`, behind which lie so many.
        Some(unsafe { &*self.index.places.as_ptr().add(self.head()).cast() })
    }

    /// The next place, the octets at it and the seven behind it, the first in the lowest bits, and the octet of the
    /// text behind the place, 0 where there is none; nothing where no place is left.
    #[inline(always)]
    pub(crate) fn look(self) -> Option<(usize, u64, u8)> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: `head` is below `tail`, and so below `ROOM`, behind which lie more than eight; any octets make a
        // number.
        let (kinds, place) = unsafe {
            let kinds = self.index.kinds.as_ptr().add(self.head()).cast::<[u8; 8]>().read_unaligned();
            (u64::from_le_bytes(kinds), usize::from(*self.index.places.as_ptr().add(self.head())))
        };
        // SAFETY: the place is left, and where it is below `last_octet`, an octet stands behind it.
        let second = if place < self.last_octet { unsafe { self.near.octet(place + 1) } } else { 0 };
        Some((place, kinds, second))
    }

    /// The text, without its length.
    #[inline(always)]
    pub(super) fn near(self) -> Near<'s> {
        self.near
    }

    /// Whether a word lies within the text from `at` on, which must not be before a place that is left.
    #[inline(always)]
    pub(super) fn reach(self, at: usize) -> bool {
        debug_assert!(self.is_empty() || at >= self.first());
        at < self.loadable
    }

    /// Those of the next 16 that hold one of the `wanted` octets, a bit for each.
    #[inline(always)]
    pub(crate) fn which(self, wanted: [u8; 4]) -> u32 {
        self.kinds_ahead(0).map_or(0, |kinds| arch::any_of(kinds, wanted))
    }

    /// The next place.
    #[inline(always)]
    pub(crate) fn first(self) -> usize {
        self.at(0)
    }

    /// The place of that number, 0 being the next.
    #[inline(always)]
    pub(crate) fn at(self, number: usize) -> usize {
        self.index.places.get(self.head() + number).map_or(0, |place| (*place).into())
    }

    /// Passes the next `count`, fewer than twice [`Self::AHEAD`].
    #[inline(always)]
    pub(crate) fn pass(&mut self, count: usize) {
        debug_assert!(count < Self::STEP);
        self.head += (count % Self::STEP) as u64;
    }

    /// Goes on to where others of the same index are. That is all that differs: the compiler keeps the rest where it
    /// is. Never back, where places may lie before the text.
    #[inline(always)]
    pub(crate) fn go_on_to(&mut self, others: Self) {
        debug_assert!(core::ptr::eq(self.index, others.index) && others.head >= self.head);
        self.head = others.head.max(self.head);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::scan::Isa;

    #[test]
    fn places_are_only_those_of_a_text_that_holds_all_that_was_scanned() {
        let text = b"<a b='1'>x<c/>y";
        for isa in Isa::available() {
            let mut index = Index::new(Present::of(isa));
            index.skip_to(10);
            assert!(index.extend(text, 10));
            let is_told = |text: &[u8], offset| index.places(text, offset).is_some();
            assert!(is_told(text, 10) && is_told(&[text, &b"z"[..]].concat(), 10), "{isa}");
            for short in [&text[..14], &text[..5], &[]] {
                assert!(!is_told(short, 10), "{short:?} on {isa}");
            }
            assert!(!is_told(&text[1..], 11), "{isa}");
        }
    }

    /// The index of `text`, which begins at `offset` of the stream, with the first `used` places used up.
    fn indexed(text: &[u8], offset: u64, used: usize, isa: Isa) -> Index {
        let mut index = Index::new(Present::of(isa));
        index.skip_to(offset);
        while index.extend(text, offset) {}
        index.use_up(index.head + used);
        index
    }

    #[test]
    fn structure_is_found_behind_texts_and_values_of_any_length() {
        for isa in Isa::available() {
            for len in (0..200).map(|number| number * 13) {
                let (text, value) = ("\nx\t'".repeat(len / 4), "x".repeat(len));
                for behind in ["</a>", "&amp;", "]]>", "\r", "\u{1}", "\u{ffff}", ">", "'\"\t\n"] {
                    let tag = format!("<a b='{value}' c=\"{value}\n\">");
                    let whole = format!("{tag}{text}{behind}{text}y<b c='>'/>{:70}", "");
                    let mut in_tag = false;
                    let expected = whole.bytes().enumerate().filter_map(|(at, octet)| {
                        let was_in_tag = in_tag;
                        in_tag = octet == b'<' || in_tag && octet != b'>';
                        let is_structure = match octet {
                            b'<' | b'&' | b'\r' | 1 | 0xef => true,
                            b'>' => was_in_tag || whole[..at].ends_with("]]"),
                            b'\'' | b'"' | b'\n' | b'\t' => in_tag,
                            _ => false,
                        };
                        is_structure.then_some(at)
                    });
                    let mut index = Index::new(Present::of(isa));
                    index.skip_to(0);
                    let mut found = Vec::new();
                    while index.extend(whole.as_bytes(), 0) {
                        let (octets, mut places) = index.places(whole.as_bytes(), 0).unwrap();
                        while !places.is_empty() {
                            found.push(octets.offset(places.first()));
                            places.pass(1);
                        }
                        let head = places.head();
                        index.use_up(head);
                    }
                    assert!(found.iter().copied().eq(expected), "{len} before {behind:?} on {isa}");
                }
            }
        }
    }

    #[test]
    fn what_lies_behind_a_place_is_looked_at_within_the_text_alone() {
        let whole = b"<a b='1'>x<c/>y<d e=\"2\" f='3'/></a><g>hello there</g>";
        for isa in Isa::available() {
            for (len, used) in (1..=whole.len()).flat_map(|len| [(len, 0), (len, 1), (len, 4)]) {
                let index = indexed(&whole[..len], 100, used, isa);
                if index.is_used_up() {
                    assert!(index.places(&whole[..len], 100).unwrap().1.look().is_none());
                    continue;
                }
                let first = usize::from(index.places[index.head]);
                // The text begins where the places count from, or somewhere up to the first that is left.
                for begin in 0..=first {
                    let text = whole[begin..len].to_vec().into_boxed_slice();
                    let (text, places) = index.places(&text, 100 + begin as u64).unwrap();
                    let (place, kinds, second) = places.look().unwrap();
                    assert_eq!((place, kinds as u8), (first, whole[first]));
                    assert_eq!(second, whole[..len].get(first + 1).copied().unwrap_or(0), "{len} {begin} on {isa}");
                    for at in first..len + 20 {
                        assert_eq!(places.reach(at), text.reaches(at), "{at} of {len} from {begin}");
                    }
                }
                assert!(index.places(&whole[first + 1..len], 101 + first as u64).is_none(), "{first} of {len}");
            }
        }
    }

    #[test]
    fn no_word_reaches_from_places_behind_the_last_that_does() {
        // Where a token is read again, the index may have begun amid the text: here behind the last offset that does.
        let text = b"text <a b='1'>x</a>";
        let mut index = Index::new(Present::of(Isa::best()));
        index.skip_to(5);
        assert!(index.extend(text, 0));
        let (text, places) = index.places(text, 0).unwrap();
        let (place, _, second) = places.look().unwrap();
        assert_eq!((text.offset(place), second), (5, b'a'));
        assert!(text.reaches(text.of_offset(3)) && !text.reaches(text.of_offset(4)));
        assert!(!places.reach(place));
    }

    #[test]
    fn places_that_were_passed_do_not_come_back() {
        let text = b"<a b='1'><c/><d/>";
        let index = Index::of_text(text, Isa::best());
        let (_, first) = index.places(text, 0).unwrap();
        let mut places = first;
        places.pass(4);
        assert_eq!(places.first(), 9);
        let mut others = first;
        others.go_on_to(places);
        assert_eq!(others.head(), places.head());
        if !cfg!(debug_assertions) {
            others.go_on_to(first);
            assert_eq!(others.head(), places.head());
        }
        assert!(places.left(4).is_some() && places.left(5).is_none());
        places.pass(3);
        assert!(places.look().is_some());
        places.pass(1);
        assert!(places.look().is_none());
    }
}
