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
//! In: 64 octets and what the ones before them left open. Out: one bit for each octet that a reader of the stream must
//! look at; every other octet is an ordinary character of the text, name or value it stands in, or white space between
//! attributes. A `>` in a quoted value ends the tag for this pass; whoever reads the tag finds it unfinished there, and
//! reads it octet by octet.
//!
//! Refuses to know: what comes of it.

/// Octets of a block.
pub(super) const BLOCK: usize = 64;

/// A block in whatever registers a CPU has for it.
///
/// # Safety
///
/// Methods may only be called where the CPU has the instructions of the implementation.
pub(super) trait Block: Copy {
    /// Loads a whole block.
    unsafe fn load(octets: &[u8; BLOCK]) -> Self;

    /// Loads fewer octets, the rest being spaces.
    unsafe fn load_part(octets: &[u8]) -> Self {
        let mut block = [b' '; BLOCK];
        if let Some(room) = block.get_mut(..octets.len()) {
            room.copy_from_slice(octets);
        }
        // SAFETY: as promised by our caller.
        unsafe { Self::load(&block) }
    }

    /// One bit an octet, for each class.
    unsafe fn masks(self) -> Masks;

    /// Writes `base` plus the number of each bit that is set, in order; `out` has room for 64.
    unsafe fn places(bits: u64, base: u16, out: &mut [u16; BLOCK]) {
        spread(bits, base, out);
    }
}

/// Where octets of each class are in a block: bit 0 is the first octet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `<`
    pub(super) lt: u64,
    /// `>`
    pub(super) gt: u64,
    /// `'` and `"`
    pub(super) quote: u64,
    /// `]`
    pub(super) bracket: u64,
    /// TAB and LF: white space that an attribute's value does not keep.
    pub(super) blank: u64,
    /// `&`, CR, the other control characters, and the lead of U+FFFE and U+FFFF: to be looked at anywhere.
    pub(super) odd: u64,
}

/// What one block leaves open for the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Carry {
    /// Whether the next octet is in a tag.
    in_tag: bool,
    /// Whether the last octet was `]` (bit 1), and the one before it (bit 0).
    brackets: u64,
}

impl Carry {
    /// The bits of the octets that are structure; `len` octets of the block are real.
    #[inline(always)]
    pub(super) fn structure(&mut self, masks: Masks, len: usize) -> u64 {
        let Masks { lt, gt, quote, bracket, blank, odd } = masks;
        let entered = u64::from(self.in_tag);
        let (difference, less) = gt.overflowing_sub(lt);
        let (difference, still_less) = difference.overflowing_sub(entered);
        self.in_tag = less | still_less;
        let in_tag = difference & !gt;
        let ends = gt & (in_tag << 1 | entered);
        let mut structure = lt | ends | (quote | blank) & in_tag | odd;
        if bracket | self.brackets != 0 {
            let before = self.brackets;
            structure |= gt & (bracket << 1 | before >> 1) & (bracket << 2 | before);
            self.brackets = if len == BLOCK { bracket >> 62 } else { (bracket << 2 | before) >> len & 3 };
        }
        structure
    }
}

/// [`Block::places`] in portable code.
#[inline(always)]
pub(super) fn spread(mut bits: u64, base: u16, out: &mut [u16; BLOCK]) {
    let mut at = 0;
    while bits != 0 {
        // Four at a time: writing a few too many costs less than a guess about how many there are.
        let group: &mut [u16; 4] = match out.get_mut(at..at + 4).and_then(|group| group.try_into().ok()) {
            Some(group) => group,
            None => return,
        };
        for place in group {
            *place = base.wrapping_add(bits.trailing_zeros() as u16);
            bits &= bits.wrapping_sub(1);
        }
        at += 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::arch::portable::Words;
    use alloc::string::String;

    /// The structure of `text`, in blocks of at most `step` octets.
    fn marks(text: &str, step: usize) -> String {
        let mut carry = Carry::default();
        let mut marks = String::new();
        for part in text.as_bytes().chunks(step) {
            // SAFETY: the portable block needs no instructions of its own.
            let masks = unsafe { Words::load_part(part).masks() };
            let bits = carry.structure(masks, part.len());
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
            }
        }
    }
}
