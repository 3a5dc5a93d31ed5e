//! Blocks of one register of 64 octets.

use core::arch::x86_64::*;

use crate::scan::block::{BLOCK, Base, Block, Masks, Room};
use crate::scan::index::Fill;

/// # Safety
///
/// The CPU must have the instructions named.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
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

/// The highest bit, which can be gathered without a test.
const LT: u8 = 0x80;
const GT: u8 = 4;
const ODD: u8 = 1;
const MARKED: u8 = 2;

/// What each octet below 64 is: all that is structure but 0xEF, which is compared for. The last entry stands for all
/// octets from 63 on.
const CLASSES: [u8; 64] = {
    let mut classes = [0; 64];
    let mut octet = 0;
    while octet < 64 {
        classes[octet] = match octet as u8 {
            b'<' => LT,
            b'>' => GT,
            b'\'' | b'"' | b'\t' | b'\n' => MARKED,
            b'&' | 0..=0x1f => ODD,
            _ => 0,
        };
        octet += 1;
    }
    assert!(classes[63] == 0);
    classes
};

/// # Safety
///
/// As for the methods of `Block`.
impl Avx512 {
    /// What each octet is, but for 0xEF.
    #[inline(always)]
    unsafe fn classes(self) -> __m512i {
        // SAFETY: as promised by our caller; the table has 64 octets.
        unsafe {
            let table = _mm512_loadu_si512(CLASSES.as_ptr().cast());
            // The table looks at the lowest six bits: of octets below 64 the sum leaves them as they are, of all others
            // it makes ones, which is the last entry.
            let capped = _mm512_adds_epu8(self.0, _mm512_set1_epi8(0xc0_u8 as i8));
            _mm512_permutexvar_epi8(capped, table)
        }
    }

    /// Where 0xEF is.
    #[inline(always)]
    unsafe fn leads(self) -> u64 {
        // SAFETY: as above; nothing here touches memory.
        unsafe { _mm512_cmpeq_epi8_mask(self.0, _mm512_set1_epi8(0xef_u8 as i8)) }
    }
}

impl Block for Avx512 {
    type Base = Places;

    #[inline(always)]
    unsafe fn load(octets: &[u8; BLOCK]) -> Self {
        // SAFETY: as promised by our caller. 64 octets can be read; the load needs no alignment.
        Self(unsafe { _mm512_loadu_si512(octets.as_ptr().cast()) })
    }

    #[inline(always)]
    unsafe fn masks(self) -> Masks {
        // SAFETY: as promised by our caller; nothing here touches memory.
        unsafe {
            let (classes, lead) = (self.classes(), self.leads());
            let (gt, odd) = (_mm512_set1_epi8(GT as i8), _mm512_set1_epi8(ODD as i8));
            let marked = _mm512_set1_epi8(MARKED as i8);
            // The highest bits are gathered by a port that `vptestmb`, which finds the others, does not need. With one
            // class by the one and three by the other, both have about as much to do.
            Masks {
                lt: _mm512_movepi8_mask(classes),
                gt: _mm512_test_epi8_mask(classes, gt),
                odd: _mm512_test_epi8_mask(classes, odd) | lead,
                marked: _mm512_test_epi8_mask(classes, marked),
            }
        }
    }

    #[inline(always)]
    unsafe fn is_text(self) -> bool {
        // SAFETY: as above.
        unsafe { _mm512_test_epi8_mask(self.classes(), _mm512_set1_epi8((LT | GT | ODD) as i8)) | self.leads() == 0 }
    }
}

/// The base, 32 times.
#[derive(Clone, Copy)]
pub(in crate::scan) struct Places(__m512i);

impl Base for Places {
    #[inline(always)]
    unsafe fn of(number: u16) -> Self {
        // SAFETY: as promised by our caller.
        Self(unsafe { _mm512_set1_epi16(number as i16) })
    }

    #[inline(always)]
    unsafe fn next(self) -> Self {
        // SAFETY: as promised by our caller.
        Self(unsafe { _mm512_add_epi16(self.0, _mm512_set1_epi16(BLOCK as i16)) })
    }

    #[inline(always)]
    unsafe fn places(self, bits: u64, octets: &[u8; BLOCK], out: Room<'_>) {
        // SAFETY: as promised by our caller. The loads are of 64 octets, from arrays of as many. `places` has 128
        // octets and `kinds` 64: stored are the first 32 of the one and 16 of the other, or both halves of the one and
        // all of the other.
        unsafe {
            let count = _mm512_loadu_si512(COUNT.as_ptr().cast());
            let packed = _mm512_maskz_compress_epi8(bits, count);
            let kinds = _mm512_permutexvar_epi8(packed, _mm512_loadu_si512(octets.as_ptr().cast()));
            // Blocks mostly have few places, and a store of 64 octets nearly always touches two cache lines.
            if bits.count_ones() <= 16 {
                let first = _mm256_cvtepu8_epi16(_mm512_castsi512_si128(packed));
                let first = _mm256_add_epi16(first, _mm512_castsi512_si256(self.0));
                _mm256_storeu_si256(out.places.as_mut_ptr().cast(), first);
                _mm_storeu_si128(out.kinds.as_mut_ptr().cast(), _mm512_castsi512_si128(kinds));
            } else {
                let low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed));
                let high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(packed, 1));
                _mm512_storeu_si512(out.places.as_mut_ptr().cast(), _mm512_add_epi16(low, self.0));
                _mm512_storeu_si512(out.places.as_mut_ptr().add(32).cast(), _mm512_add_epi16(high, self.0));
                _mm512_storeu_si512(out.kinds.as_mut_ptr().cast(), kinds);
            }
        }
    }
}
