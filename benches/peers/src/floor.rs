//! What no parser can be faster than, the same bytes read and not understood; and parts of tercet, which tell where its
//! time goes.

use std::hint::black_box;

use tercet::{Input, Isa, Limits, Parser};

/// A way through all bytes. `Read`, `Memchr` and `Utf8` are limits to every parser, `Scan` and `Parse` parts of tercet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Floor {
    Read,
    Memchr,
    Utf8,
    Scan,
    Parse,
}

impl Floor {
    pub const ALL: [Self; 5] = [Self::Read, Self::Memchr, Self::Utf8, Self::Scan, Self::Parse];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read every byte",
            Self::Memchr => "memchr, no hit",
            Self::Utf8 => "UTF-8 check",
            Self::Scan => "tercet's scan alone",
            Self::Parse => "tercet, nobody looking",
        }
    }

    pub fn run(self, bytes: &[u8]) {
        match self {
            Self::Read => read(bytes),
            // An octet that is in no XML.
            Self::Memchr => drop(black_box(memchr::memchr(0, black_box(bytes)))),
            Self::Utf8 => drop(black_box(simdutf8::basic::from_utf8(black_box(bytes)).is_ok())),
            // The places of structure, found and thrown away.
            Self::Scan => drop(black_box(tercet::scan_alone(black_box(bytes), Isa::best()))),
            Self::Parse => parse(&[bytes]),
        }
    }
}

/// Sums the bytes as words.
fn read(bytes: &[u8]) {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from_ne_bytes(*word)));
    black_box((sum, rest));
}

/// Views made and thrown away, of a stream in pieces, up to the end or the first fault.
pub fn parse(pieces: &[&[u8]]) {
    let (mut parser, mut input) = (Parser::stream(Limits::CLIENT), Input::new());
    for piece in pieces {
        let mut feed = input.with(black_box(piece));
        while let Ok(Some(unit)) = parser.next(&mut feed) {
            black_box(&unit);
        }
    }
}
