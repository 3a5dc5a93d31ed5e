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
        text.get(start..start.saturating_add(self.len as usize)).unwrap_or("")
    }
}
