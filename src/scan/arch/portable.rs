//! Blocks on any CPU: eight words of eight octets.
//!
//! In: a block. Out: its masks, by arithmetic on words alone.

use crate::scan::block::{BLOCK, Block, Masks};

/// One word for each eight octets.
#[derive(Clone, Copy, Debug)]
pub(in crate::scan) struct Words<const COUNT: usize = { BLOCK / 8 }>([u64; COUNT]);

/// Each octet of a word `1`.
const ONES: u64 = u64::MAX / 0xff;
/// The highest bit of each octet.
const HIGHS: u64 = ONES << 7;

/// The highest bit of each octet that is zero, exactly: the sum cannot carry from octet to octet.
#[inline(always)]
const fn zeros(word: u64) -> u64 {
    !(((word & !HIGHS) + !HIGHS) | word | !HIGHS)
}

#[inline(always)]
pub(super) const fn equal(word: u64, octet: u8) -> u64 {
    zeros(word ^ (ONES * octet as u64))
}

/// The highest bit of each octet below `0x20`.
#[inline(always)]
const fn below_space(word: u64) -> u64 {
    zeros(word & (ONES * 0xe0))
}

/// Gathers the highest bits of the octets into the lowest octet.
#[inline(always)]
pub(super) const fn gather(highs: u64) -> u64 {
    (highs >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[inline(always)]
const fn odd(word: u64) -> u64 {
    let control = below_space(word) & !equal(word, b'\t') & !equal(word, b'\n');
    control | equal(word, b'&') | equal(word, 0xef)
}

impl<const COUNT: usize> Words<COUNT> {
    #[inline(always)]
    pub(super) fn of(octets: &[u8]) -> Self {
        let mut words = [0; COUNT];
        for (word, octets) in words.iter_mut().zip(octets.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*octets);
        }
        Self(words)
    }

    #[inline(always)]
    fn mask(self, class: impl Fn(u64) -> u64) -> u64 {
        self.0.iter().rev().fold(0, |mask, word| (mask << 8) | gather(class(*word)))
    }

    #[inline(always)]
    pub(super) fn classify(self) -> Masks {
        let marked = |word| equal(word, b'\'') | equal(word, b'"') | equal(word, b'\t') | equal(word, b'\n');
        Masks {
            lt: self.mask(|word| equal(word, b'<')),
            gt: self.mask(|word| equal(word, b'>')),
            odd: self.mask(odd),
            marked: self.mask(marked),
        }
    }
}

impl Block for Words {
    type Base = u16;

    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        Self::of(octets)
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        self.classify()
    }
}
