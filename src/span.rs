//! Ranges of a unit's bytes.
//!
//! A [`Span`] is an offset and a length, counted in octets from the first byte of the unit (stanza, stream header) that
//! is being read. Spans are numbers, never pointers: they survive a buffer that moves, and they mean nothing without
//! the bytes they were made from.

/// `len` octets from offset `start` of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first octet, from the unit's first byte.
    pub start: u32,
    /// Number of octets.
    pub len: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`; empty where `end` lies before `start`.
    #[inline]
    #[must_use]
    pub const fn between(start: u32, end: u32) -> Self {
        Self { start, len: end.saturating_sub(start) }
    }

    /// The offset just past the last octet.
    #[inline]
    #[must_use]
    pub const fn end(self) -> u32 {
        self.start.saturating_add(self.len)
    }

    /// Whether the span holds no octet.
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The piece of `text` that this span names; empty where `text` is not the text the span was made from.
    #[inline]
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        // Not by `end`: a sum in `usize` needs no clamp to 32 bits.
        let start = self.start as usize;
        part(text, start, start.saturating_add(self.len as usize))
    }
}

/// The octets of `text` from `start` up to `end`; empty where they are no part of it.
#[inline(always)]
pub(crate) fn part(text: &str, start: usize, end: usize) -> &str {
    // Nearly all parts of a unit have more of it behind them. Two looks then answer all that `get` would ask, so that
    // the compiler drops its checks.
    let begins = |at: usize| text.as_bytes().get(at).is_some_and(|octet| !is_continuation(*octet));
    if begins(end) && start <= end && begins(start) {
        return text.get(start..end).unwrap_or("");
    }
    part_at_end(text, start, end)
}

/// Whether the octet goes on with a character (RFC 3629 section 3).
const fn is_continuation(octet: u8) -> bool {
    matches!(octet, 0x80..0xc0)
}

/// As [`part`]: one that ends the text, or none.
#[cold]
fn part_at_end(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_str_says_it_is() {
        let text = "a\u{e9}\u{20ac}<\u{1f600}>";
        for start in 0..=text.len() + 2 {
            for end in 0..=text.len() + 2 {
                assert_eq!(part(text, start, end), text.get(start..end).unwrap_or(""), "{start}..{end}");
            }
        }
        assert_eq!(Span { start: u32::MAX, len: u32::MAX }.of(text), "");
    }
}
