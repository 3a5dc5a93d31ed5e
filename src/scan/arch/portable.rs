//! Blocks on any CPU: eight words of eight octets; and what is asked of 16 octets, where no CPU's own code answers.
//!
//! On x86-64, which has such code at all times, `--cfg tercet_portable` has a build do without, so that it can be
//! tested.

use crate::scan::block::{BLOCK, Block, Masks};
#[cfg(any(test, tercet_portable, not(target_arch = "x86_64")))]
use crate::scan::{class::Class, plain::CHUNK};

/// Has no instruction to prefetch the octet at `place`.
#[cfg(any(tercet_portable, not(target_arch = "x86_64")))]
#[inline(always)]
pub(in crate::scan) fn prefetch(_place: *const u8) {}

/// One word for each eight octets.
#[derive(Clone, Copy, Debug)]
pub(in crate::scan) struct Words<const COUNT: usize = { BLOCK / 8 }>([u64; COUNT]);

/// Where octets of each class are in a chunk.
#[cfg(any(test, tercet_portable, not(target_arch = "x86_64")))]
#[inline(always)]
pub(in crate::scan) fn chunk_masks(octets: &[u8; CHUNK]) -> Masks {
    Words::<{ CHUNK / 8 }>::of(octets).classify()
}

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
const fn equal(word: u64, octet: u8) -> u64 {
    zeros(word ^ (ONES * octet as u64))
}

/// The highest bit of each octet below `0x20`.
#[inline(always)]
const fn below_space(word: u64) -> u64 {
    zeros(word & (ONES * 0xe0))
}

/// Gathers the highest bits of the octets into the lowest octet.
#[inline(always)]
const fn gather(highs: u64) -> u64 {
    (highs >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[inline(always)]
const fn odd(word: u64) -> u64 {
    let control = below_space(word) & !equal(word, b'\t') & !equal(word, b'\n');
    control | equal(word, b'&') | equal(word, 0xef)
}

/// The number of the first octet that differs; 16 where none does.
#[cfg(any(test, tercet_portable, not(target_arch = "x86_64")))]
#[inline(always)]
pub(in crate::scan) fn first_difference(a: &[u8; 16], b: &[u8; 16]) -> u32 {
    (u128::from_le_bytes(*a) ^ u128::from_le_bytes(*b)).trailing_zeros() / 8
}

/// One bit for each octet that may begin a name in ASCII, and one for each that may stand in one; no colon may.
#[cfg(any(test, tercet_portable, not(target_arch = "x86_64")))]
#[inline(always)]
pub(in crate::scan) fn name_octets(octets: &[u8; 16]) -> (u32, u32) {
    let mask = |class: Class| octets.iter().rev().fold(0, |mask, octet| mask << 1 | u32::from(class.holds(*octet)));
    (mask(Class::NAME_START), mask(Class::NAME))
}

/// One bit for each octet that is one of `wanted`.
#[cfg(any(test, tercet_portable, not(target_arch = "x86_64")))]
#[inline(always)]
pub(in crate::scan) fn any_of(octets: &[u8; 16], wanted: [u8; 4]) -> u32 {
    let (words, _) = octets.as_chunks();
    words.iter().rev().fold(0, |mask, word| {
        let word = u64::from_le_bytes(*word);
        mask << 8 | gather(wanted.into_iter().fold(0, |found, octet| found | equal(word, octet))) as u32
    })
}

impl<const COUNT: usize> Words<COUNT> {
    #[inline(always)]
    fn of(octets: &[u8]) -> Self {
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
    fn classify(self) -> Masks {
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
