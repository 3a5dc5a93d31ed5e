//! An output that takes back what was not meant.
//!
//! In: octets, and strings to be escaped. Out: the same appended to a `Vec<u8>` once they are kept; until then dropping
//! the sink cuts the output back to where it was. Growth is asked for, never forced: a lack of memory is an error.
//!
//! Refuses to know: elements, what well-formed means.

use alloc::vec::Vec;

use super::Error;
use super::escape::pieces;
use crate::scan::{Within, is_plain_at_once, prefetch};
use crate::span::Span;

/// Appends to an output; see the module.
#[derive(Debug)]
pub(super) struct Sink<'o> {
    out: &'o mut Vec<u8>,
    /// Where the output ended before; positions and spans count from here.
    base: usize,
}

impl<'o> Sink<'o> {
    #[inline]
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        let base = out.len();
        Self { out, base }
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.reserve(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    pub(super) fn push_escaped(&mut self, text: &str, within: Within) -> Result<(), Error> {
        if is_plain_at_once(text.as_bytes(), within) {
            self.push(text.as_bytes())
        } else {
            self.push_pieces(text, within)
        }
    }

    #[inline(never)]
    fn push_pieces(&mut self, text: &str, within: Within) -> Result<(), Error> {
        for piece in pieces(text, within) {
            self.push(piece?.as_bytes())?;
        }
        Ok(())
    }

    /// Appends ` PREFIXlocal='value'`; `prefix` ends with its colon, if it is any.
    pub(super) fn push_attr(&mut self, prefix: &str, local: &str, value: &str) -> Result<(), Error> {
        self.push_attr_name(prefix, local)?;
        self.push_escaped(value, Within::Value)?;
        self.push(b"'")
    }

    /// Appends the first part of an attribute, up to and including the quote before its value.
    pub(super) fn push_attr_name(&mut self, prefix: &str, local: &str) -> Result<(), Error> {
        self.push(b" ")?;
        self.push(prefix.as_bytes())?;
        self.push(local.as_bytes())?;
        self.push(b"='")
    }

    /// Appends once more what was written.
    pub(super) fn push_again(&mut self, span: Span) -> Result<(), Error> {
        self.reserve(span.len as usize)?;
        let start = self.base.saturating_add(span.start as usize);
        self.out.extend_from_within(start..start.saturating_add(span.len as usize));
        Ok(())
    }

    /// Makes room for `more` octets, so that it is not made bit by bit.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), Error> {
        self.out.try_reserve(more).map_err(|_| Error::OutOfMemory)
    }

    /// Prefetches the memory to which the next octets go, where there is room for a stanza.
    #[inline]
    pub(super) fn prefetch(&mut self) {
        prefetch(self.out.spare_capacity_mut());
    }

    /// Keeps what was written until now.
    #[inline]
    pub(super) fn keep(&mut self) {
        self.base = self.out.len();
    }

    /// Does some pushes and says where their octets stand.
    pub(super) fn span(&mut self, push: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<Span, Error> {
        let start = self.position()?;
        push(self)?;
        Ok(Span::between(start, self.position()?))
    }

    fn position(&self) -> Result<u32, Error> {
        u32::try_from(self.out.len().saturating_sub(self.base)).map_err(|_| Error::TooLong)
    }

    pub(super) fn written(&self, span: Span) -> &[u8] {
        self.written_from(span.start).get(..span.len as usize).unwrap_or(&[])
    }

    /// What was written from a position on.
    pub(super) fn written_from(&self, position: u32) -> &[u8] {
        self.out.get(self.base.saturating_add(position as usize)..).unwrap_or(&[])
    }
}

impl Drop for Sink<'_> {
    #[inline]
    fn drop(&mut self) {
        self.out.truncate(self.base);
    }
}
