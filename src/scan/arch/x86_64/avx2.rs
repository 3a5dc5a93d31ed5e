//! Blocks of 2 registers of 32 octets.

use core::arch::x86_64::*;

use crate::scan::Work;
use crate::scan::block::{BLOCK, Block, Masks};
use crate::scan::index::Fill;

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(in crate::scan) unsafe fn fill(work: Fill<'_>) {
    // SAFETY: as promised by our caller.
    unsafe { work.run::<Avx2>() }
}

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt")]
pub(in crate::scan) unsafe fn run<W: Work>(work: W) -> W::Out {
    work.run()
}

#[derive(Clone, Copy)]
pub(in crate::scan) struct Avx2([__m256i; BLOCK / 32]);

impl Avx2 {
    #[inline(always)]
    unsafe fn mask(self, class: impl Fn(__m256i) -> __m256i) -> u64 {
        let mut mask = 0;
        for (at, lane) in self.0.into_iter().enumerate() {
            // SAFETY: as promised by the caller of a method of `Block`.
            mask |= u64::from(unsafe { _mm256_movemask_epi8(class(lane)) } as u32) << (at * 32);
        }
        mask
    }
}

/// What an octet is, told by its two halves: the classes that both halves allow, of which no octet has two. They are
/// ordered by number, so that all from one on are found by one addition.
mod class {
    /// TAB and LF.
    const BLANK: u8 = 1;
    const QUOTE: u8 = 2;
    /// From here on, all are odd.
    pub(super) const CONTROL_0: u8 = 4;
    const CONTROL_1: u8 = 8;
    const AMPERSAND: u8 = 16;
    const LEAD: u8 = 32;
    /// All classes begin here.
    pub(super) const FIRST: u8 = BLANK;

    const NOT_BLANK: u8 = CONTROL_0 | CONTROL_1;

    /// By the lower half of an octet.
    pub(super) const LOW: [u8; 16] = [
        NOT_BLANK,
        NOT_BLANK,
        NOT_BLANK | QUOTE,
        NOT_BLANK,
        NOT_BLANK,
        NOT_BLANK,
        NOT_BLANK | AMPERSAND,
        NOT_BLANK | QUOTE,
        NOT_BLANK,
        CONTROL_1 | BLANK,
        CONTROL_1 | BLANK,
        NOT_BLANK,
        NOT_BLANK,
        NOT_BLANK,
        NOT_BLANK,
        NOT_BLANK | LEAD,
    ];

    /// By the upper half of an octet.
    pub(super) const HIGH: [u8; 16] =
        [CONTROL_0 | BLANK, CONTROL_1, QUOTE | AMPERSAND, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, LEAD, 0];
}

impl Block for Avx2 {
    type Base = u16;

    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        let (lanes, _) = octets.as_chunks::<32>();
        // SAFETY: each lane is 32 octets that can be read; loads need no alignment.
        Self(core::array::from_fn(|at| unsafe { _mm256_loadu_si256(lanes[at].as_ptr().cast()) }))
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY: as promised by our caller; but for the two tables, of 16 octets each, nothing here touches memory.
        unsafe {
            let is = |lane, octet: u8| _mm256_cmpeq_epi8(lane, _mm256_set1_epi8(octet as i8));
            let table = |table: &[u8; 16]| _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast()));
            let (low, high) = (table(&class::LOW), table(&class::HIGH));
            let half = _mm256_set1_epi8(0x0f);
            let classes = Self(self.0.map(|lane| {
                let low = _mm256_shuffle_epi8(low, _mm256_and_si256(lane, half));
                let high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(lane, 4), half));
                _mm256_and_si256(low, high)
            }));
            // The highest bit of those that are `first` or more.
            let from = |lane, first: u8| _mm256_adds_epu8(lane, _mm256_set1_epi8((0x80 - first) as i8));
            Masks {
                lt: self.mask(|lane| is(lane, b'<')),
                gt: self.mask(|lane| is(lane, b'>')),
                odd: classes.mask(|lane| from(lane, class::CONTROL_0)),
                marked: classes.mask(|lane| from(lane, class::FIRST)),
            }
        }
    }
}
