//! What no parser can be faster than: the same bytes, read and not understood.

use std::hint::black_box;

/// A way to look at every byte: its name, and the work.
pub type Floor = (&'static str, fn(&[u8]));

pub const FLOORS: &[Floor] = &[
    ("read every byte", read),
    ("memchr, no hit", memchr_all),
    ("UTF-8 check", utf8),
    ("tercet's scan alone", scan),
];

/// Sums the bytes as words.
fn read(bytes: &[u8]) {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from_ne_bytes(*word)));
    black_box((sum, rest));
}

/// Looks for an octet that is in no XML.
fn memchr_all(bytes: &[u8]) {
    black_box(memchr::memchr(0, black_box(bytes)));
}

fn utf8(bytes: &[u8]) {
    black_box(simdutf8::basic::from_utf8(black_box(bytes)).is_ok());
}

/// The places of structure, found and thrown away.
fn scan(bytes: &[u8]) {
    black_box(tercet::scan_alone(black_box(bytes), tercet::Isa::best()));
}
