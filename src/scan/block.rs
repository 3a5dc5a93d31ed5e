//! 64 octets at once: which of them are structure.
//!
//! ```text
//!   octets      <b c='d>e'>f 'g' > h</b>
//!   lt          1                1
//!   gt                 1  1    1      1
//!   in tag      1111111           111        up to the first `>`: gt - lt, borrowing from block to block
//!   structure   1    1 1          1  1       lt, the gt that ends a tag, quotes in tags, and what is odd anywhere
//! ```
//!
//! The `>` of a `]]>` is structure, too, wherever it stands.
//!
//! In: 64 octets and what the ones before them left open. Out: one bit for each octet that a reader of the stream must
//! look at; or, asked for less, whether a block of text surely holds no such octet. Every other octet is an ordinary
//! character of the text, name or value it stands in, or white space between attributes. A `>` in a quoted value ends
//! the tag for this pass; whoever reads the tag finds it unfinished there, and reads it octet by octet.
//!
//! Refuses to know: what comes of it.

/// Octets of a block.
pub(super) const BLOCK: usize = 64;

/// A block in whatever registers a CPU has for it.
///
/// # Safety
///
/// Whoever calls a method must know that the CPU has the instructions of the implementation.
pub(super) trait Block: Copy {
    /// Loads a whole block.
    unsafe fn load(octets: &[u8; BLOCK]) -> Self;

    /// One bit an octet, for each class.
    unsafe fn masks(self) -> Masks;

    /// Whether the block, if it stands in text, surely holds no structure. A `>` may end a `]]>`, and counts as some.
    #[inline(always)]
    unsafe fn is_text(self) -> bool {
        // SAFETY: as promised by our caller.
        let Masks { lt, gt, odd, .. } = unsafe { self.masks() };
        lt | gt | odd == 0
    }

    /// What turns the bits into places.
    type Base: Base;
}

/// The number of a block's first octet, in whatever form it is added to others.
///
/// # Safety
///
/// Whoever calls a method must know that the CPU has the instructions of the implementation.
pub(super) trait Base: Copy {
    /// That of a block whose first octet is `number`.
    unsafe fn of(number: u16) -> Self;

    /// That of the next block.
    unsafe fn next(self) -> Self;

    /// Writes this base plus the number of each bit that is set, in order, and the octet there. `octets` are those of
    /// the block.
    unsafe fn places(self, bits: u64, octets: &[u8; BLOCK], out: Room<'_>);
}

/// Where the places of a block go, and the octets there.
pub(super) struct Room<'r> {
    pub(super) places: &'r mut [u16; BLOCK],
    pub(super) kinds: &'r mut [u8; BLOCK],
}

/// Where octets of each class are in a block: bit 0 is the first octet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `<`
    pub(super) lt: u64,
    /// `>`
    pub(super) gt: u64,
    /// What is to be looked at anywhere: `&`, CR, the other control characters, and the lead of U+FFFE and U+FFFF.
    pub(super) odd: u64,
    /// What is to be looked at in tags, too: quotes, and TAB and LF, which an attribute's value does not keep. What is
    /// odd may be among it.
    pub(super) marked: u64,
}

impl Masks {
    /// Those of the octets behind the first `count`, fewer than 64.
    #[inline(always)]
    pub(super) fn behind(self, count: usize) -> Self {
        let Self { lt, gt, odd, marked } = self;
        Self { lt: lt >> count, gt: gt >> count, odd: odd >> count, marked: marked >> count }
    }
}

/// Whether the next octet, behind the blocks that were looked at, is in a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Carry {
    in_tag: bool,
}

impl Carry {
    #[inline(always)]
    pub(super) fn is_in_tag(self) -> bool {
        self.in_tag
    }

    /// Two masks: the octets that the block alone shows to be structure; and each `>` that ends no tag, of which
    /// [`behind_brackets`] tells those that are structure, too.
    #[inline(always)]
    pub(super) fn structure(&mut self, masks: Masks) -> (u64, u64) {
        let Masks { lt, gt, odd, marked } = masks;
        let entered = u64::from(self.in_tag);
        let (difference, in_tag) = gt.borrowing_sub(lt, self.in_tag);
        self.in_tag = in_tag;
        let in_tag = difference & !gt;
        let ends = gt & (in_tag << 1 | entered);
        (lt | ends | marked & in_tag | odd, gt & !ends)
    }
}

/// Those of the `stray` bits, each of which stands for a `>` of `text` from `start` on, that end a `]]>`. There are few
/// such `>`: to look back from each costs less than to search every block for brackets.
#[cold]
pub(super) fn behind_brackets(text: &[u8], start: usize, mut stray: u64) -> u64 {
    let mut found = 0;
    while stray != 0 {
        let at = stray.trailing_zeros();
        if text.get(..start + at as usize).is_some_and(|before| before.ends_with(b"]]")) {
            found |= 1 << at;
        }
        stray &= stray - 1;
    }
    found
}

/// In portable code, which needs no instructions of its own.
impl Base for u16 {
    #[inline(always)]
    unsafe fn of(number: u16) -> u16 {
        number
    }

    #[inline(always)]
    unsafe fn next(self) -> u16 {
        self.wrapping_add(BLOCK as u16)
    }

    #[inline(always)]
    unsafe fn places(self, mut bits: u64, octets: &[u8; BLOCK], out: Room<'_>) {
        // So it is in most of a long text or value.
        if bits == 0 {
            return;
        }
        // Eight at a time: writing a few too many costs less than a guess about how many there are.
        let groups = out.places.as_chunks_mut::<8>().0.iter_mut().zip(out.kinds.as_chunks_mut::<8>().0);
        for (places, kinds) in groups {
            for (place, kind) in places.iter_mut().zip(kinds) {
                let at = bits.trailing_zeros() as usize;
                *place = self.wrapping_add(at as u16);
                *kind = octets[at % BLOCK];
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                break;
            }
        }
    }
}

/// As many octets of a block as there are, and spaces.
#[inline(always)]
pub(super) fn padded(octets: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    if let Some(room) = block.get_mut(..octets.len()) {
        room.copy_from_slice(octets);
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::arch::portable::Words;
    use alloc::format;
    use alloc::string::String;

    /// The structure of `text`, in blocks of at most `step` octets.
    fn marks(text: &str, step: usize) -> String {
        let mut carry = Carry::default();
        let mut marks = String::new();
        for (number, part) in text.as_bytes().chunks(step).enumerate() {
            // SAFETY: the portable block needs no instructions of its own.
            let masks = unsafe { Words::load(&padded(part)).masks() };
            let (bits, stray) = carry.structure(masks);
            let bits = bits | behind_brackets(text.as_bytes(), number * step, stray);
            marks.extend((0..part.len()).map(|at| if bits >> at & 1 == 1 { '^' } else { ' ' }));
        }
        marks
    }

    #[test]
    fn structure_at_every_cut() {
        for (text, expected) in [
            ("<b c='d' e=\"f'g\">h 'i' > j</b>", "^    ^ ^   ^ ^ ^^         ^  ^"),
            ("<b c='d>e'>f", "^    ^ ^    "),
            ("<a>]]>]]x>]]]></a>", "^ ^  ^       ^^  ^"),
            ("a&b\rc\td\n\u{1}<a\tb\n>", " ^ ^    ^^ ^ ^^"),
            ("> > <a/>", "    ^  ^"),
            ("\u{f8ff}<a b='\u{ffff}'/>", "^  ^    ^^  ^ ^"),
        ] {
            for step in 1..=BLOCK {
                assert_eq!(marks(text, step), expected, "{text} in steps of {step}");
                let (before, unmarked) = ("x".repeat(step), " ".repeat(step));
                assert_eq!(marks(&(before + text), BLOCK), unmarked.clone() + expected, "{text} behind {step}");
                assert_eq!(marks(&format!("{}{text}", "x".repeat(step)), BLOCK - 1), unmarked + expected);
            }
        }
    }

    #[test]
    fn a_block_that_ends_a_tag_and_begins_one() {
        let text = format!("<{}>{}<b c='1'/>", "a".repeat(BLOCK - 1), "x".repeat(BLOCK - 2));
        let expected = format!("^{:1$}^{2:3$}^    ^ ^ ^", "", BLOCK - 1, "", BLOCK - 2);
        assert_eq!(marks(&text, BLOCK), expected);
    }

    /// What a block should say, octet by octet.
    fn expected(octets: &[u8; BLOCK]) -> Masks {
        let mask =
            |class: fn(u8) -> bool| octets.iter().rev().fold(0, |mask, octet| mask << 1 | u64::from(class(*octet)));
        const fn odd(octet: u8) -> bool {
            matches!(octet, b'&' | 0xef | 0..=8 | 11..=31)
        }
        Masks {
            lt: mask(|octet| octet == b'<'),
            gt: mask(|octet| octet == b'>'),
            odd: mask(odd),
            // With what is odd.
            marked: mask(|octet| odd(octet) || matches!(octet, b'\'' | b'"' | b'\t' | b'\n')),
        }
    }

    fn check<B: Block>(octets: &[u8; BLOCK]) {
        // SAFETY: only called for blocks whose instructions are here.
        let masks = unsafe { B::load(octets).masks() };
        let expected = expected(octets);
        assert_eq!(Masks { marked: masks.marked | masks.odd, ..masks }, expected, "{octets:02x?}");
        // SAFETY: as above.
        let is_text = unsafe { B::load(octets).is_text() };
        assert_eq!(is_text, expected.lt | expected.gt | expected.odd == 0, "{octets:02x?}");
        for bits in [masks.lt, masks.marked, masks.odd, !0, 0, 1 << 63, !masks.lt] {
            let (mut places, mut kinds) = ([0; BLOCK], [0; BLOCK]);
            let room = Room { places: &mut places, kinds: &mut kinds };
            // SAFETY: as above.
            unsafe { B::Base::of(65_500 - 64).next().places(bits, octets, room) };
            let set = || (0..64).filter(|at| bits >> at & 1 == 1);
            let count = bits.count_ones() as usize;
            assert!(places[..count].iter().copied().eq(set().map(|at| 65_500_u16.wrapping_add(at))), "{bits:b}");
            assert!(kinds[..count].iter().copied().eq(set().map(|at| octets[usize::from(at)])), "{bits:b}");
        }
    }

    #[test]
    fn every_octet_at_every_place_on_every_instruction_set() {
        let mut seed = 1_u64;
        let mut blocks: alloc::vec::Vec<[u8; BLOCK]> =
            (0..=255).map(|first| core::array::from_fn(|at| first ^ at as u8)).collect();
        blocks.extend((0..500).map(|_| {
            core::array::from_fn(|_| {
                seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
                let pick = (seed >> 40) as usize;
                *b"<>'\"&]\t\n\r\x00\xefabc \xbc".get(pick % 24).unwrap_or(&(pick as u8))
            })
        }));
        // Texts of nothing else, too, and of one octet that may be.
        blocks.extend((0..=255_u8).flat_map(|octet| {
            [0, 17, 31, 32, 63].map(|place| core::array::from_fn(|at| if at == place { octet } else { b'x' }))
        }));
        for block in &blocks {
            for isa in crate::scan::Isa::available() {
                crate::scan::arch::with_block!(isa, check, block);
            }
        }
    }
}
