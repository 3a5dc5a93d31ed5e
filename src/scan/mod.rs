//! Octets by class: where structure is, where a run of plain octets ends, and where valid UTF-8 does.
//!
//! In: octets. Out, ahead of the reader and in blocks of 64: the places of structure ([`Index`]); octet by octet: the
//! first that means something, from one class table and two searches over it; and the first that is not UTF-8.
//!
//! ```text
//!   block       which octets are structure: one trait, one algorithm
//!   arch        the trait for each instruction set, and the one chooser
//!   index       the places found, for who reads them
//!   isa         which instruction sets there are, and code compiled for each
//!   word        up to 16 octets in a register: names are compared there
//!   class       the table of classes for ASCII; chars beyond it
//!   utf8        where valid text ends
//! ```
//!
//! Refuses to know: grammar, who asks.
#![allow(unsafe_code)]

mod arch;
mod block;
mod chars;
mod class;
mod index;
mod isa;
mod utf8;
mod word;

pub(crate) use chars::{is_name_char, is_name_start, is_nonchar, is_xml_char};
pub(crate) use class::Class;
pub(crate) use index::{Index, Places, Text};
pub use isa::Isa;
pub(crate) use isa::Work;
pub(crate) use utf8::{Edge, check};
pub(crate) use word::{Long, Short, Word, before_space, same};

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

/// How many octets of `text` are structure, found on the instructions of `isa`, or on the best ones where this CPU lacks
/// those.
pub(crate) fn alone(text: &[u8], isa: Isa) -> usize {
    let mut index = Index::new(isa);
    let mut places = 0;
    while index.extend(text, 0) {
        places += index.use_all_up();
    }
    places
}

#[cfg(not(test))]
fn count(_octets: usize) {}

/// Test builds count every octet that a search passes or UTF-8 validation reads, to show that work is linear.
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
}
