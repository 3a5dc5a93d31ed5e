//! Where octets stop that can be written as they are.
//!
//! In: octets of a string, and the place in XML where they are to stand. Out: those that need a reference there, or
//! that XML cannot carry at all. Strings to be written are mostly short, so they are looked at in chunks smaller than a
//! [block](super::block), on instructions that need no choosing; the classes are those of a block.
//!
//! Refuses to know: what is written instead.

use super::arch::chunk_masks;
use super::block::Masks;
use super::class::NONCHARACTER_LEAD;
use super::word::ends;
use super::{count, is_nonchar};

/// Octets of a chunk.
pub(super) const CHUNK: usize = 16;

/// Chunks of which is asked first whether any holds something.
const GROUP: usize = 4;

/// What a string is to stand within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// Between two quotes of either kind. Raw TAB, LF and CR would come back as spaces.
    Value,
    /// Between two tags. A raw CR would come back as LF; `>` is among the specials always so that no `]]>` can form.
    Text,
}

/// Whether one look at 16 to 32 octets tells that all can stand there as they are; no answer about others. Most
/// addresses are so long.
#[inline]
pub(crate) fn is_plain_at_once(octets: &[u8], within: Within) -> bool {
    let (Some(first), Some(last)) = (octets.first_chunk(), octets.last_chunk()) else { return false };
    // Both ends, which meet or overlap.
    octets.len() <= 2 * CHUNK
        && match within {
            Within::Value => in_attribute(first) | in_attribute(last) == 0,
            Within::Text => in_text(first) | in_text(last) == 0,
        }
}

/// The octets of a string that cannot stand in a place as they are: markup, what does not come back as it was, and what
/// XML cannot carry. An iterator over their offsets.
#[derive(Clone, Debug)]
pub(crate) struct Specials<'a> {
    octets: &'a [u8],
    within: Within,
    /// Those of the chunk looked at last that were not given, a bit for each of its octets.
    marks: u64,
    /// Where that chunk begins, and where the next one does.
    chunk: usize,
    next: usize,
}

impl<'a> Specials<'a> {
    #[inline]
    pub(crate) fn new(octets: &'a [u8], within: Within) -> Self {
        Self { octets, within, marks: 0, chunk: 0, next: 0 }
    }

    /// Looks at chunks up to one that has specials, or to the end.
    #[inline(never)]
    fn look(&mut self) {
        match self.within {
            Within::Value => self.look_for(in_attribute),
            Within::Text => self.look_for(in_text),
        }
    }

    #[inline(always)]
    fn look_for(&mut self, special: impl Fn(&[u8; CHUNK]) -> u64) {
        let (octets, mut at) = (self.octets, self.next);
        let special = |chunk: &[u8; CHUNK]| {
            count(CHUNK);
            special(chunk)
        };
        loop {
            let rest = octets.get(at..).unwrap_or(&[]);
            let marks = match (rest.first_chunk(), octets.last_chunk()) {
                (Some(chunk), _) => special(chunk),
                // The octets before the rest were looked at already.
                (None, Some(last)) => special(last) >> (CHUNK - rest.len()),
                (None, None) => special(&chunk_of(rest)),
            };
            let mut behind = rest.get(CHUNK..).unwrap_or(&[]);
            if marks != 0 || behind.is_empty() {
                let next = octets.len() - behind.len();
                (self.marks, self.chunk, self.next) = (marks, at, next);
                return;
            }
            // Where one was found, the next is often near; where none was, often far. A group that holds one is looked
            // at again, chunk by chunk: a bounded number of times.
            while let Some((group, rest)) = behind.split_first_chunk::<{ GROUP * CHUNK }>() {
                let (chunks, _) = group.as_chunks();
                if chunks.iter().fold(0, |any, chunk| any | special(chunk)) != 0 {
                    break;
                }
                behind = rest;
            }
            at = octets.len() - behind.len();
        }
    }
}

impl Iterator for Specials<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        loop {
            while self.marks != 0 {
                let at = self.chunk + self.marks.trailing_zeros() as usize;
                self.marks &= self.marks - 1;
                if self.octets.get(at) != Some(&NONCHARACTER_LEAD) || is_nonchar(self.octets, at) {
                    return Some(at);
                }
            }
            if self.next >= self.octets.len() {
                return None;
            }
            self.look();
        }
    }
}

#[inline(always)]
fn in_attribute(chunk: &[u8; CHUNK]) -> u64 {
    let Masks { lt, gt, odd, marked } = chunk_masks(chunk);
    lt | gt | odd | marked
}

#[inline(always)]
fn in_text(chunk: &[u8; CHUNK]) -> u64 {
    let Masks { lt, gt, odd, .. } = chunk_masks(chunk);
    lt | gt | odd
}

/// Fewer octets than a chunk has, and spaces.
#[inline]
pub(super) fn chunk_of(octets: &[u8]) -> [u8; CHUNK] {
    const SPACES: u64 = u64::MAX / 0xff * b' ' as u64;
    let len = octets.len() % CHUNK;
    // Both ends, which meet or overlap, put together in registers: what is stored in parts is slow to load as a whole.
    let (low, high) = if let Some((first, last)) = ends::<8>(octets) {
        let behind = (u64::from_le_bytes(last) ^ SPACES).checked_shr(8 * (CHUNK - len) as u32).unwrap_or(0);
        (u64::from_le_bytes(first), behind ^ SPACES)
    } else {
        let head = if let Some((first, last)) = ends::<4>(octets) {
            let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(half)));
            first | last << (8 * (len - 4))
        } else {
            octets.iter().rev().fold(0, |head, octet| head << 8 | u64::from(*octet))
        };
        (head | SPACES << (8 * len), SPACES)
    };
    (u128::from(low) | u128::from(high) << 64).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::is_xml_char;
    use alloc::borrow::ToOwned;
    use alloc::string::String;
    use alloc::vec::Vec;

    const LONGEST: usize = 2 * GROUP * CHUNK + 3 * CHUNK;

    fn specials(text: &str, within: Within) -> Vec<usize> {
        Specials::new(text.as_bytes(), within).collect()
    }

    #[test]
    fn every_character_is_special_where_it_must_be() {
        for char in '\0'..=char::MAX {
            let mut buffer = [0; 4];
            let text = &*char.encode_utf8(&mut buffer);
            let in_text = !is_xml_char(char) || matches!(char, '<' | '>' | '&' | '\r');
            let in_attribute = in_text || matches!(char, '\'' | '"' | '\t' | '\n');
            assert_eq!(specials(text, Within::Text) == [0], in_text, "{char:?}");
            assert_eq!(specials(text, Within::Value) == [0], in_attribute, "{char:?}");
        }
    }

    #[test]
    fn one_is_found_at_any_offset_and_so_is_the_next() {
        for special in ["<", "'", "\0", "\u{1f}", "\u{ffff}", "\n"] {
            for before in 0..LONGEST {
                let text = "a".repeat(before) + special;
                assert_eq!(specials(&text, Within::Value), [before], "{special:?}");
                for after in [0, 1, CHUNK - 2, CHUNK, 2 * CHUNK + 1, LONGEST] {
                    let text = text.clone() + &"b".repeat(after) + special + &"c".repeat(after);
                    assert_eq!(specials(&text, Within::Value), [before, before + special.len() + after]);
                }
            }
        }
    }

    #[test]
    fn all_instructions_find_the_same_in_a_chunk() {
        for octet in 0..=255 {
            for at in 0..CHUNK {
                let mut chunk = [b'a'; CHUNK];
                chunk[at] = octet;
                chunk[(at + 1) % CHUNK] = octet.wrapping_add(1);
                let portable = crate::scan::arch::chunk::chunk_masks(&chunk);
                assert_eq!(chunk_masks(&chunk), portable, "{octet:#x} at {at}");
            }
        }
    }

    #[test]
    fn what_only_looks_special_is_passed() {
        for len in 0..LONGEST {
            let text: String = "\u{ff0c}\"\u{fffd}\n".chars().cycle().take(len).collect();
            assert!(specials(&text, Within::Text).is_empty());
        }
    }

    #[test]
    fn what_is_plain_at_once_has_no_special() {
        for len in 0..LONGEST {
            let text = "a".repeat(len);
            assert_eq!(is_plain_at_once(text.as_bytes(), Within::Text), (CHUNK..=2 * CHUNK).contains(&len), "{len}");
            for at in 0..len {
                let text = ["a".repeat(at), "&".to_owned(), "a".repeat(len - at - 1)].concat();
                assert!(!is_plain_at_once(text.as_bytes(), Within::Text), "{at} of {len}");
                assert!(!is_plain_at_once(text.as_bytes(), Within::Value), "{at} of {len}");
            }
        }
    }

    #[test]
    fn a_search_looks_at_an_octet_a_few_times() {
        // By itself, and in each group that begins at most so many chunks before it.
        const MOST: usize = 1 + GROUP;
        let most = |text: &str| {
            let before = crate::scan::scanned();
            let found = specials(text, Within::Text).len();
            let (looks, octets) = (crate::scan::scanned() - before, text.len().next_multiple_of(CHUNK));
            assert!(looks <= MOST * octets, "{looks} looks at {octets} octets, of which {found} are special");
        };
        for every in [1, 2, CHUNK, CHUNK + 1, GROUP * CHUNK - 1, GROUP * CHUNK, GROUP * CHUNK + 1, 4 * LONGEST] {
            for len in 0..4 * LONGEST {
                let octet = |at: usize| if at % every == every - 1 { '<' } else { 'a' };
                most(&(0..len).map(octet).collect::<String>());
            }
        }
    }
}
