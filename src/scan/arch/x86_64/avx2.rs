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

/// Two registers. Each step is a method that is always inlined, and so has the instructions of who calls it; a closure
/// need not be inlined, and would be a call without them.
#[derive(Clone, Copy)]
pub(in crate::scan) struct Avx2([__m256i; BLOCK / 32]);

/// # Safety
///
/// As for the methods of `Block`.
impl Avx2 {
    /// The highest bit of each octet.
    #[inline(always)]
    unsafe fn highs(self) -> u64 {
        let [a, b] = self.0;
        // SAFETY: as promised by our caller; nothing here touches memory.
        let (a, b) = unsafe { (_mm256_movemask_epi8(a), _mm256_movemask_epi8(b)) };
        u64::from(a as u32) | u64::from(b as u32) << 32
    }

    /// The octets that are this one, by all their bits.
    #[inline(always)]
    unsafe fn equal(self, octet: u8) -> Self {
        let [a, b] = self.0;
        // SAFETY: as above.
        unsafe {
            let octet = _mm256_set1_epi8(octet as i8);
            Self([_mm256_cmpeq_epi8(a, octet), _mm256_cmpeq_epi8(b, octet)])
        }
    }

    /// The octets that are `octet` or a greater one, by their highest bits; for octets below 0x80, and one up to that.
    #[inline(always)]
    unsafe fn least(self, octet: u8) -> Self {
        let [a, b] = self.0;
        // SAFETY: as above.
        unsafe {
            let missing = _mm256_set1_epi8((0x80 - octet) as i8);
            Self([_mm256_adds_epu8(a, missing), _mm256_adds_epu8(b, missing)])
        }
    }

    /// What the octets, all below 16, are in a table of as many.
    #[inline(always)]
    unsafe fn look_up(self, table: &[u8; 16]) -> Self {
        let [a, b] = self.0;
        // SAFETY: as above; the table has 16 octets.
        unsafe {
            let table = _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast()));
            Self([_mm256_shuffle_epi8(table, a), _mm256_shuffle_epi8(table, b)])
        }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        // SAFETY: as above.
        unsafe { Self([_mm256_and_si256(a, c), _mm256_and_si256(b, d)]) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        // SAFETY: as above.
        unsafe { Self([_mm256_or_si256(a, c), _mm256_or_si256(b, d)]) }
    }

    /// The lower halves of the octets, and the upper ones.
    #[inline(always)]
    unsafe fn halves(self) -> (Self, Self) {
        let [a, b] = self.0;
        // SAFETY: as above.
        unsafe {
            let half = Self([_mm256_set1_epi8(0x0f); 2]);
            let shifted = Self([_mm256_srli_epi16(a, 4), _mm256_srli_epi16(b, 4)]);
            (self.and(half), shifted.and(half))
        }
    }

    /// The [`class`] of each octet.
    #[inline(always)]
    unsafe fn classes(self) -> Self {
        // SAFETY: as above.
        unsafe {
            let (low, high) = self.halves();
            low.look_up(&class::LOW).and(high.look_up(&class::HIGH))
        }
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
        let octets = octets.as_ptr();
        // SAFETY: as promised by our caller. The block has 64 octets, 32 behind each place; loads need no alignment.
        Self(unsafe { [_mm256_loadu_si256(octets.cast()), _mm256_loadu_si256(octets.add(32).cast())] })
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY: as promised by our caller.
        unsafe {
            let classes = self.classes();
            Masks {
                lt: self.equal(b'<').highs(),
                gt: self.equal(b'>').highs(),
                odd: classes.least(class::CONTROL_0).highs(),
                marked: classes.least(class::FIRST).highs(),
            }
        }
    }

    #[inline(always)]
    unsafe fn is_text(self) -> bool {
        // SAFETY: as above.
        unsafe {
            let brackets = self.equal(b'<').or(self.equal(b'>'));
            self.classes().least(class::CONTROL_0).or(brackets).highs() == 0
        }
    }
}
