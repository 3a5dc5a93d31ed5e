//! Blocks of 4 registers of 16 octets.

use core::arch::x86_64::*;

use crate::scan::block::{BLOCK, Block, Masks};
use crate::scan::index::Fill;

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "sse2")]
pub(in crate::scan) unsafe fn fill(work: Fill<'_>) {
    // SAFETY: as promised by our caller.
    unsafe { work.run::<Sse2>() }
}

#[derive(Clone, Copy)]
pub(in crate::scan) struct Sse2([__m128i; BLOCK / 16]);

impl Sse2 {
    #[inline(always)]
    unsafe fn mask(self, class: impl Fn(__m128i) -> __m128i) -> u64 {
        let mut mask = 0;
        for (at, lane) in self.0.into_iter().enumerate() {
            // SAFETY: as promised by the caller of a method of `Block`.
            mask |= u64::from(unsafe { _mm_movemask_epi8(class(lane)) } as u32) << (at * 16);
        }
        mask
    }
}

impl Block for Sse2 {
    type Base = u16;

    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        let (lanes, _) = octets.as_chunks::<16>();
        // SAFETY: each lane is 16 octets that can be read; loads need no alignment.
        Self(core::array::from_fn(|at| unsafe { _mm_loadu_si128(lanes[at].as_ptr().cast()) }))
    }

    #[inline(always)]
    fn prefetch(place: *const u8) {
        // SAFETY: a hint that is never an access; every x86-64 CPU takes it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY: as promised by our caller; nothing here touches memory.
        unsafe {
            let is = |lane, octet: u8| _mm_cmpeq_epi8(lane, _mm_set1_epi8(octet as i8));
            let or = |a, b| _mm_or_si128(a, b);
            let blank = |lane| or(is(lane, b'\t'), is(lane, b'\n'));
            let control = |lane| {
                let below_space = _mm_cmpeq_epi8(_mm_min_epu8(lane, _mm_set1_epi8(0x1f)), lane);
                _mm_andnot_si128(blank(lane), below_space)
            };
            let odd = self.mask(|lane| or(control(lane), or(is(lane, b'&'), is(lane, 0xef))));
            Masks {
                lt: self.mask(|lane| is(lane, b'<')),
                gt: self.mask(|lane| is(lane, b'>')),
                bracket: self.mask(|lane| is(lane, b']')),
                odd,
                marked: odd | self.mask(|lane| or(blank(lane), or(is(lane, b'\''), is(lane, b'"')))),
            }
        }
    }
}

/// One bit for each octet that is one of `wanted`.
#[inline(always)]
pub(in crate::scan) fn any_of(octets: &[u8; 16], wanted: [u8; 4]) -> u32 {
    // SAFETY: every x86-64 CPU has SSE2; 16 octets can be read.
    unsafe {
        let octets = _mm_loadu_si128(octets.as_ptr().cast());
        let [a, b, c, d] = wanted.map(|octet| _mm_cmpeq_epi8(octets, _mm_set1_epi8(octet as i8)));
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) as u32
    }
}
