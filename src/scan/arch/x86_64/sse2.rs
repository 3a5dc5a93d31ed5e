//! Blocks of 4 registers of 16 octets.

use core::arch::x86_64::*;

use crate::scan::block::{BLOCK, Block, Masks};
use crate::scan::index::Fill;
use crate::scan::plain::CHUNK;

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "sse2")]
pub(in crate::scan) unsafe fn fill(work: Fill<'_>) {
    // SAFETY: as promised by our caller.
    unsafe { work.run::<Sse2>() }
}

/// One register for each 16 octets.
#[derive(Clone, Copy)]
pub(in crate::scan) struct Sse2<const LANES: usize = { BLOCK / 16 }>([__m128i; LANES]);

/// Where octets of each class are in a chunk.
#[inline(always)]
pub(in crate::scan) fn chunk_masks(octets: &[u8; CHUNK]) -> Masks {
    // SAFETY: a chunk is 16 octets that can be read; every x86-64 CPU has SSE2.
    unsafe { Sse2([_mm_loadu_si128(octets.as_ptr().cast())]).classify() }
}

impl<const LANES: usize> Sse2<LANES> {
    #[inline(always)]
    unsafe fn mask(self, class: impl Fn(__m128i) -> __m128i) -> u64 {
        let mut mask = 0;
        for (at, lane) in self.0.into_iter().enumerate() {
            // SAFETY: as promised by the caller of a method of `Block`.
            mask |= u64::from(unsafe { _mm_movemask_epi8(class(lane)) } as u32) << (at * 16);
        }
        mask
    }

    #[inline(always)]
    unsafe fn classify(self) -> Masks {
        // SAFETY: as promised by our caller; nothing here touches memory.
        unsafe {
            let is = |lane, octet: u8| _mm_cmpeq_epi8(lane, _mm_set1_epi8(octet as i8));
            let or = |a, b| _mm_or_si128(a, b);
            let blank = |lane| or(is(lane, b'\t'), is(lane, b'\n'));
            let below_space = |lane| _mm_cmpeq_epi8(_mm_min_epu8(lane, _mm_set1_epi8(0x1f)), lane);
            let control = |lane| _mm_andnot_si128(blank(lane), below_space(lane));
            let other = |lane| or(is(lane, b'&'), is(lane, 0xef));
            let quote = |lane| or(is(lane, b'\''), is(lane, b'"'));
            Masks {
                lt: self.mask(|lane| is(lane, b'<')),
                gt: self.mask(|lane| is(lane, b'>')),
                odd: self.mask(|lane| or(control(lane), other(lane))),
                marked: self.mask(|lane| or(blank(lane), quote(lane))),
            }
        }
    }
}

impl Block for Sse2 {
    type Base = u16;

    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        let (lanes, _) = octets.as_chunks::<16>();
        // SAFETY: as promised by our caller. Each lane is 16 octets that can be read; loads need no alignment.
        Self(core::array::from_fn(|at| unsafe { _mm_loadu_si128(lanes[at].as_ptr().cast()) }))
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY: as promised by our caller.
        unsafe { self.classify() }
    }
}

/// One bit for each octet that may begin a name in ASCII, and one for each that may stand in one; no colon may.
#[inline(always)]
pub(in crate::scan) fn name_octets(octets: &[u8; 16]) -> (u32, u32) {
    // SAFETY: every x86-64 CPU has SSE2; 16 octets can be read.
    unsafe {
        let octets = _mm_loadu_si128(octets.as_ptr().cast());
        // Octets beyond ASCII are negative, and below them all.
        let among = |octets, first: u8, last: u8| {
            let (first, last) = (_mm_set1_epi8(first as i8 - 1), _mm_set1_epi8(last as i8 + 1));
            _mm_and_si128(_mm_cmpgt_epi8(octets, first), _mm_cmpgt_epi8(last, octets))
        };
        let letter = among(_mm_or_si128(octets, _mm_set1_epi8(0x20)), b'a', b'z');
        let start = _mm_or_si128(letter, _mm_cmpeq_epi8(octets, _mm_set1_epi8(b'_' as i8)));
        let other = _mm_or_si128(among(octets, b'-', b'.'), among(octets, b'0', b'9'));
        (_mm_movemask_epi8(start) as u32, _mm_movemask_epi8(_mm_or_si128(start, other)) as u32)
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

/// The number of the first octet that differs; 16 where none does.
#[inline(always)]
pub(in crate::scan) fn first_difference(a: &[u8; 16], b: &[u8; 16]) -> u32 {
    // SAFETY: every x86-64 CPU has SSE2; 16 octets can be read of each.
    let same = unsafe {
        let (a, b) = (_mm_loadu_si128(a.as_ptr().cast()), _mm_loadu_si128(b.as_ptr().cast()));
        _mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) as u32
    };
    (!same).trailing_zeros()
}
