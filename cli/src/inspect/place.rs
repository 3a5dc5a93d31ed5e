//! Where an offset lies, as people count: lines and columns from 1, columns in characters.
//!
//! In: octets as they arrive, and how far they are done with. Only what is not done with is held. Offsets are the
//! parser's, which reads a header that the input lacks, and no byte order mark before a document or a fragment; a
//! [`Position`] is one in the input.

use std::fmt;

use memchr::{memchr_iter, memrchr};

/// A place that moves along a text.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Octets that the parser read and the input lacks.
    assumed: u64,
    /// Octets of the input before those that are parsed.
    skipped: u64,
    /// Octets from the first that arrived to the first held.
    offset: u64,
    /// Line ends before it.
    lines: u64,
    /// Characters before it in its line.
    characters: u64,
    /// Octets from there on.
    held: Vec<u8>,
}

/// A place in the input. A byte order mark that is passed over takes no column, but octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, line, column } = self;
        write!(f, "byte offset {offset} (line {line}, column {column})")
    }
}

impl Place {
    /// The parser has read so many octets that are not the input's.
    pub(super) fn assume(&mut self, octets: u64) {
        self.assumed = octets;
    }

    /// So many octets of the input are passed over before the first is parsed.
    pub(super) fn skip(&mut self, octets: u64) {
        self.skipped = octets;
    }

    pub(super) fn arrived(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// No octet before `offset` will be asked for.
    pub(super) fn consumed_up_to(&mut self, offset: u64) {
        let count = self.index(offset);
        let done = self.held.get(..count).unwrap_or_default();
        (self.lines, self.characters) = advanced(self.lines, self.characters, done);
        self.held.drain(..count);
        self.offset += count as u64;
    }

    /// The octets that have arrived from `offset` on.
    pub(super) fn from(&self, offset: u64) -> &[u8] {
        self.held.get(self.index(offset)..).unwrap_or_default()
    }

    /// Where `offset` lies in the input.
    pub(super) fn of(&self, offset: u64) -> Position {
        let before = self.held.get(..self.index(offset)).unwrap_or_default();
        let (lines, characters) = advanced(self.lines, self.characters, before);
        let offset = offset.saturating_sub(self.assumed) + self.skipped;
        Position { offset, line: lines + 1, column: characters + 1 }
    }

    fn index(&self, offset: u64) -> usize {
        let ahead = offset.saturating_sub(self.assumed).saturating_sub(self.offset);
        usize::try_from(ahead).map_or(self.held.len(), |ahead| ahead.min(self.held.len()))
    }
}

/// Lines and characters after `bytes`. Octets that are not UTF-8 count as they would in it.
fn advanced(lines: u64, characters: u64, bytes: &[u8]) -> (u64, u64) {
    let begins_character = |&&byte: &&u8| byte & 0xc0 != 0x80;
    let count = |bytes: &[u8]| bytes.iter().filter(begins_character).count() as u64;
    match memrchr(b'\n', bytes) {
        None => (lines, characters + count(bytes)),
        Some(at) => {
            let ends = memchr_iter(b'\n', bytes).count() as u64;
            (lines + ends, count(bytes.get(at + 1..).unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let text = "ab\né€x\n\nend";
        for cut in 0..text.len() {
            let mut place = Place::default();
            place.arrived(text.as_bytes());
            place.consumed_up_to(cut as u64);
            for (part, line, column) in [("x", 2, 3), ("\nend", 3, 1), ("end", 4, 1), ("nd", 4, 2)] {
                let at = text.find(part).unwrap_or_default();
                if at >= cut {
                    let position = Position { offset: at as u64, line, column };
                    assert_eq!(place.of(at as u64), position, "{part} after {cut}");
                }
            }
        }
    }

    #[test]
    fn holds_only_what_is_not_done_with() {
        let mut place = Place::default();
        place.arrived(b"abc\ndef");
        place.consumed_up_to(6);
        assert_eq!(place.held, b"f");
        assert_eq!(place.of(99), Position { offset: 99, line: 2, column: 4 });
    }

    #[test]
    fn what_only_one_of_parser_and_input_has_shifts_offsets() {
        let mut place = Place::default();
        place.assume(10);
        place.skip(3);
        place.arrived(b"abcd");
        assert_eq!(place.from(12), b"cd");
        place.consumed_up_to(11);
        assert_eq!(place.from(12), b"cd");
        assert_eq!(place.of(12).to_string(), "byte offset 5 (line 1, column 3)");
    }
}
