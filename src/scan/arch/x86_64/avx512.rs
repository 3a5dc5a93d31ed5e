//! Blocks of one register of 64 octets.

use core::arch::x86_64::*;

use crate::scan::block::{BLOCK, Block, Masks};
use crate::scan::index::Fill;

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,lzcnt")]
pub(in crate::scan) unsafe fn fill(work: Fill<'_>) {
    // SAFETY: as promised by our caller.
    unsafe { work.run::<Avx512>() }
}

#[derive(Clone, Copy)]
pub(in crate::scan) struct Avx512(__m512i);

/// The numbers 0 to 63.
const COUNT: [u8; BLOCK] = {
    let mut count = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        count[at] = at as u8;
        at += 1;
    }
    count
};

impl Block for Avx512 {
    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        // SAFETY: 64 octets can be read; the load needs no alignment.
        Self(unsafe { _mm512_loadu_si512(octets.as_ptr().cast()) })
    }

    #[inline(always)]
    unsafe fn load_part(octets: &[u8]) -> Self {
        let present = u64::MAX >> (BLOCK - octets.len().clamp(1, BLOCK)) as u32;
        let present = if octets.is_empty() { 0 } else { present };
        // SAFETY: octets masked out are not read; those that are not lie within the slice.
        Self(unsafe { _mm512_mask_loadu_epi8(_mm512_set1_epi8(b' ' as i8), present, octets.as_ptr().cast()) })
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY, here and below: as promised by our caller; none of these touches memory.
        let is = |octet: u8| unsafe { _mm512_cmpeq_epi8_mask(self.0, _mm512_set1_epi8(octet as i8)) };
        let control = unsafe { _mm512_cmplt_epu8_mask(self.0, _mm512_set1_epi8(0x20)) };
        let blank = is(b'\t') | is(b'\n');
        Masks {
            lt: is(b'<'),
            gt: is(b'>'),
            quote: is(b'\'') | is(b'"'),
            bracket: is(b']'),
            blank,
            odd: (control | is(b'&') | is(0xef)) & !blank,
        }
    }

    #[inline(always)]
    unsafe fn places(bits: u64, base: u16, out: &mut [u16; BLOCK]) {
        // SAFETY: as promised by our caller; both stores lie within `out`, each of half its length.
        unsafe {
            let count = _mm512_loadu_si512(COUNT.as_ptr().cast());
            let packed = _mm512_maskz_compress_epi8(bits, count);
            let base = _mm512_set1_epi16(base as i16);
            let low = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed)), base);
            _mm512_storeu_si512(out.as_mut_ptr().cast(), low);
            if bits.count_ones() > 32 {
                let high = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(packed, 1)), base);
                _mm512_storeu_si512(out.as_mut_ptr().add(32).cast(), high);
            }
        }
    }
}
