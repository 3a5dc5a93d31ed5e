//! What is asked of 16 octets, where no CPU's own code answers.
//!
//! In: 16 octets. Out: the same as from x86-64's SSE2, beside which tests hold it.
//! On x86-64, which has such code at all times, `--cfg tercet_portable` has a build do without, so that it can be
//! tested as a whole.

use super::portable::{Words, equal, gather};
use crate::scan::block::Masks;
use crate::scan::{class::Class, plain::CHUNK};

/// Where octets of each class are in a chunk.
#[inline(always)]
pub(in crate::scan) fn chunk_masks(octets: &[u8; CHUNK]) -> Masks {
    Words::<{ CHUNK / 8 }>::of(octets).classify()
}

/// The number of the first octet that differs; 16 where none does.
#[inline(always)]
pub(in crate::scan) fn first_difference(a: &[u8; 16], b: &[u8; 16]) -> u32 {
    (u128::from_le_bytes(*a) ^ u128::from_le_bytes(*b)).trailing_zeros() / 8
}

/// One bit for each octet that may begin a name in ASCII, and one for each that may stand in one; no colon may.
#[inline(always)]
pub(in crate::scan) fn name_octets(octets: &[u8; 16]) -> (u32, u32) {
    let mask = |class: Class| octets.iter().rev().fold(0, |mask, octet| mask << 1 | u32::from(class.holds(*octet)));
    (mask(Class::NAME_START), mask(Class::NAME))
}

/// One bit for each octet that is one of `wanted`.
#[inline(always)]
pub(in crate::scan) fn any_of(octets: &[u8; 16], wanted: [u8; 4]) -> u32 {
    let (words, _) = octets.as_chunks();
    words.iter().rev().fold(0, |mask, word| {
        let word = u64::from_le_bytes(*word);
        mask << 8 | gather(wanted.into_iter().fold(0, |found, octet| found | equal(word, octet))) as u32
    })
}

/// Has no instruction to prefetch the octet at `place`.
#[inline(always)]
#[cfg_attr(test, allow(dead_code, reason = "tests have both ways, and use one"))]
pub(in crate::scan) fn prefetch(_place: *const u8) {}
