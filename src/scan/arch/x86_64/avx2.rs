//! Blocks of 2 registers of 32 octets.

use core::arch::x86_64::*;

use crate::scan::block::{BLOCK, Block, Masks};
use crate::scan::index::Fill;

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
pub(in crate::scan) unsafe fn fill(work: Fill<'_>) {
    // SAFETY: as promised by our caller.
    unsafe { work.run::<Avx2>() }
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

impl Block for Avx2 {
    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        let (lanes, _) = octets.as_chunks::<32>();
        // SAFETY: each lane is 32 octets that can be read; loads need no alignment.
        Self(core::array::from_fn(|at| unsafe { _mm256_loadu_si256(lanes[at].as_ptr().cast()) }))
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY, here and below: as promised by our caller; none of these touches memory.
        let is = |lane, octet: u8| unsafe { _mm256_cmpeq_epi8(lane, _mm256_set1_epi8(octet as i8)) };
        let or = |a, b| unsafe { _mm256_or_si256(a, b) };
        let control = |lane| unsafe {
            let last = _mm256_set1_epi8(0x1f);
            _mm256_cmpeq_epi8(_mm256_min_epu8(lane, last), lane)
        };
        unsafe {
            let blank = self.mask(|lane| or(is(lane, b'\t'), is(lane, b'\n')));
            let odd = self.mask(|lane| or(control(lane), or(is(lane, b'&'), is(lane, 0xef))));
            Masks {
                lt: self.mask(|lane| is(lane, b'<')),
                gt: self.mask(|lane| is(lane, b'>')),
                quote: self.mask(|lane| or(is(lane, b'\''), is(lane, b'"'))),
                bracket: self.mask(|lane| is(lane, b']')),
                blank,
                odd: odd & !blank,
            }
        }
    }
}
