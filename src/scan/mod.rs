//! Octets by class: where structure is, where a run of plain octets ends, and where valid UTF-8 does.
//!
//! In: octets. Out, ahead of the reader and in blocks of 64: the places of structure ([`Index`]); 16 at a time: one of
//! a few octets, and what a string to be written cannot keep; octet by octet: the first that means something, from
//! one class table and two searches over it; and the first that is not UTF-8.
//!
//! ```text
//!   block       which octets are structure: one trait, one algorithm
//!   arch        the trait for each instruction set, and the one chooser
//!   index       the places found, for who reads them
//!   shape       where in a start tag its name and values are, by its places
//!   isa         which instruction sets there are, and code compiled for each
//!   plain       which octets of a string cannot be written as they are
//!   word        up to 16 octets in a register: names are compared and checked there
//!   class       the table of classes for ASCII; chars beyond it
//!   utf8        where valid text ends
//! ```
//!
//! Refuses to know: what markup means, which names are well known, who asks.
#![allow(unsafe_code)]

mod arch;
mod block;
mod chars;
mod class;
mod index;
mod isa;
mod plain;
mod shape;
mod utf8;
mod word;

use core::mem::MaybeUninit;

pub(crate) use chars::{is_name_char, is_name_start, is_nonchar, is_xml_char};
pub(crate) use class::Class;
pub(crate) use index::{Index, Places, Text};
pub use isa::Isa;
pub(crate) use isa::{Present, Work};
pub(crate) use plain::{Specials, Within, is_plain_at_once};
pub(crate) use shape::{Quotes, Shape, is_quote};
pub(crate) use utf8::{Edge, check};
pub(crate) use word::{Load, Word, same};

/// The offset of the first octet from `from` on that is in `class`, or the length of `bytes`.
pub(crate) fn find(bytes: &[u8], from: usize, class: Class) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    let run = rest.iter().position(|&byte| class.holds(byte)).unwrap_or(rest.len());
    count(run);
    from + run
}

/// The offset of the first octet from `from` on that is not in `class`, or the length of `bytes`.
pub(crate) fn skip(bytes: &[u8], from: usize, class: Class) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    let run = rest.iter().position(|&byte| !class.holds(byte)).unwrap_or(rest.len());
    count(run);
    from + run
}

/// The offset of the first octet that is one of `wanted`, or the length of `bytes`.
#[inline]
pub(crate) fn position(bytes: &[u8], wanted: [u8; 4]) -> usize {
    let at = first_of(bytes, wanted);
    count(at);
    at
}

#[inline]
fn first_of(bytes: &[u8], wanted: [u8; 4]) -> usize {
    let (chunks, rest) = bytes.as_chunks();
    for (at, chunk) in (0..).step_by(Word::LEN).zip(chunks) {
        let found = arch::any_of(chunk, wanted);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
    }
    // The last octets are looked at along with those before them, or alone: what then fills the chunk up begins at the
    // end, which is the answer where nothing is found.
    let behind = bytes.len() - rest.len();
    let found = match bytes.last_chunk() {
        Some(last) => arch::any_of(last, wanted) >> (Word::LEN - rest.len()),
        None => arch::any_of(&plain::chunk_of(rest), wanted),
    };
    if found == 0 { bytes.len() } else { behind + found.trailing_zeros() as usize }
}

/// How many octets of `text` are structure, found on the instructions of `isa`, or on the best ones where this CPU
/// lacks those.
pub(crate) fn alone(text: &[u8], isa: Isa) -> usize {
    let mut index = Index::new(Present::of(isa));
    let mut places = 0;
    while index.extend(text, 0) {
        places += index.use_all_up();
    }
    places
}

/// Octets that a CPU prefetches at a time.
const LINE: usize = 64;

/// Prefetches the first octets of memory that is soon to be written, where a stanza's worth is there.
#[inline]
pub(crate) fn prefetch(room: &[MaybeUninit<u8>]) {
    // As much as a stanza usually takes; what comes behind the CPU finds by itself.
    const LINES: usize = 8;
    if let Some(room) = room.first_chunk::<{ LINES * LINE }>() {
        let (lines, _) = room.as_chunks::<LINE>();
        lines.iter().for_each(|line| arch::prefetch(line.as_ptr().cast()));
    }
}

/// Prefetches what lies behind a short slice, as far as the slice is long: where a caller cuts a buffer into
/// pieces, that comes next. Nothing is read and nothing can fault, so the memory need not be the caller's.
#[inline]
pub(crate) fn prefetch_behind(slice: &[u8]) {
    /// Octets; what is scanned of a longer slice prefetches what follows.
    const MOST: usize = 2_048;
    if slice.len() <= MOST {
        let lines = (0..slice.len()).step_by(LINE);
        lines.for_each(|line| arch::prefetch(slice.as_ptr().wrapping_add(slice.len() + line)));
    }
}

#[cfg(not(test))]
#[inline(always)]
pub(crate) fn count(_octets: usize) {}

/// Test builds count every octet that a search passes, that is checked to be UTF-8 or to be good in a name, and every
/// place of structure that is passed where it ends nothing, to show that work is linear.
#[cfg(test)]
pub(crate) fn count(octets: usize) {
    SCANNED.with(|scanned| scanned.set(scanned.get() + octets));
}

#[cfg(test)]
std::thread_local! {
    static SCANNED: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

/// The octets counted on this thread so far.
#[cfg(test)]
pub(crate) fn scanned() -> usize {
    SCANNED.with(core::cell::Cell::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_stop_where_the_class_says() {
        let text = b"abc <d>";
        assert_eq!(find(text, 0, Class::TEXT_STOP), 4);
        assert_eq!(find(text, 5, Class::TEXT_STOP), text.len());
        assert_eq!(find(text, 99, Class::TEXT_STOP), 99);
        assert_eq!(skip(text, 3, Class::SPACE), 4);
        assert_eq!(skip(text, 0, Class::NAME), 3);
    }

    #[test]
    fn the_first_of_four_octets_at_every_place_of_every_length() {
        let wanted = *b"&\t\n\r";
        for len in 0..70 {
            let mut text = alloc::vec![b'x'; len];
            assert_eq!(position(&text, wanted), len);
            for at in (0..len).rev() {
                text[at] = wanted[at % 4];
                assert_eq!(position(&text, wanted), at, "of {len}");
            }
        }
        assert_eq!(position(b"", [b' '; 4]), 0);
        assert_eq!(position(b"ab", [b' '; 4]), 2, "what fills a short text up is no part of it");
    }

    #[test]
    fn octets_are_found_alike_on_any_cpu() {
        let octets = core::array::from_fn(|at| b"a&b\t\x80\xa6\x89c"[at % 8]);
        for wanted in [*b"&&&&", *b"&\t\n\r", [0x80, 0xa6, 0x89, 0], *b"zzzz"] {
            assert_eq!(arch::any_of(&octets, wanted), arch::chunk::any_of(&octets, wanted));
            for at in 0..=Word::LEN {
                let mut other = octets;
                other.iter_mut().skip(at).step_by(3).for_each(|octet| *octet ^= 1);
                assert_eq!(arch::first_difference(&octets, &other), at as u32);
                assert_eq!(arch::chunk::first_difference(&octets, &other), at as u32);
            }
        }
        for first in 0..=u8::MAX {
            let octets = core::array::from_fn(|at| first.wrapping_add(at as u8 * 7));
            assert_eq!(arch::name_octets(&octets), arch::chunk::name_octets(&octets), "{octets:x?}");
        }
    }
}
