//! Where an offset lies, as people count: lines and columns from 1, columns in characters.
//!
//! In: octets as they arrive, and how far they are done with. Only what is not done with is held.

use memchr::{memchr_iter, memrchr};

/// A place that moves along a text.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Octets from the input's first to the first held.
    offset: u64,
    /// Line ends before it.
    lines: u64,
    /// Characters before it in its line.
    characters: u64,
    /// Octets from there on.
    held: Vec<u8>,
}

impl Place {
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

    /// Line and column of `offset`.
    pub(super) fn of(&self, offset: u64) -> (u64, u64) {
        let before = self.held.get(..self.index(offset)).unwrap_or_default();
        let (lines, characters) = advanced(self.lines, self.characters, before);
        (lines + 1, characters + 1)
    }

    fn index(&self, offset: u64) -> usize {
        let ahead = offset.saturating_sub(self.offset);
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
            for (part, line_and_column) in [("x", (2, 3)), ("\nend", (3, 1)), ("end", (4, 1)), ("nd", (4, 2))] {
                let at = text.find(part).unwrap_or_default();
                if at >= cut {
                    assert_eq!(place.of(at as u64), line_and_column, "{part} after {cut}");
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
        assert_eq!(place.of(99), (2, 4));
    }
}
