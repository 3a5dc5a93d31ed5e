//! x86-64: from 16 octets, which every such CPU has, to 64.

pub(in crate::scan) mod avx2;
pub(in crate::scan) mod avx512;
pub(in crate::scan) mod sse2;

use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

/// Prefetches the octet at `place`, which may lie anywhere.
#[inline(always)]
pub(in crate::scan) fn prefetch(place: *const u8) {
    // SAFETY: a hint that is never an access; every x86-64 CPU takes it.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
}
