//! Texts made for C, at addresses that stay until all are forgotten.

use core::ops::Range;
use std::string::String;
use std::vec::Vec;

use super::ptr::tercet_str;
use super::result::{TERCET_ERR_NO_MEMORY, tercet_result};
use crate::stanza::Text;

/// Values that do not stand in the input as they are: decoded ones, addresses, messages.
#[derive(Debug, Default)]
pub(super) struct Arena {
    // INVARIANT: a chunk never grows beyond the capacity it was made with, so its octets never move.
    chunks: Vec<String>,
}

impl Arena {
    /// Octets of a usual chunk, and what an empty arena may keep.
    const CHUNK: usize = 512;

    /// Chunks that an empty arena may keep the list for.
    const CHUNKS: usize = 4;

    /// Where its texts lie.
    pub(super) fn places(&self) -> impl Iterator<Item = Range<*const u8>> {
        self.chunks.iter().map(|chunk| chunk.as_bytes().as_ptr_range())
    }

    /// Forgets all texts.
    #[inline]
    pub(super) fn clear(&mut self) {
        match self.chunks.as_mut_slice() {
            [] => {}
            [only] if only.capacity() <= Self::CHUNK => only.clear(),
            _ => self.give_back(),
        }
    }

    /// Forgets all texts, and keeps no more memory than an empty arena may.
    #[cold]
    fn give_back(&mut self) {
        self.chunks.truncate(1);
        self.chunks.retain(|first| first.capacity() <= Self::CHUNK);
        self.chunks.iter_mut().for_each(String::clear);
        self.chunks.shrink_to(Self::CHUNKS);
    }

    /// Forgets all texts, and gives all memory back.
    pub(super) fn shrink(&mut self) {
        *self = Self::default();
    }

    /// Octets on the heap.
    pub(super) fn heap(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(String::capacity).sum();
        chunks + self.chunks.capacity() * size_of::<String>()
    }

    /// The value of `text`: where it stands if it reads as written, else a copy.
    pub(super) fn decode(&mut self, text: Text<'_>) -> Result<tercet_str, tercet_result> {
        match text.as_plain() {
            Some(plain) => Ok(tercet_str::of(plain)),
            None => self.join(core::iter::once(text)),
        }
    }

    /// As [`Self::decode`], or none.
    pub(super) fn decode_opt(&mut self, text: Option<Text<'_>>) -> Result<tercet_str, tercet_result> {
        text.map_or(Ok(tercet_str::NONE), |text| self.decode(text))
    }

    /// A copy of `text`.
    pub(super) fn copy(&mut self, text: &str) -> Result<tercet_str, tercet_result> {
        self.join(core::iter::once(Text::from_plain(text)))
    }

    /// The values of `runs`, one after the other.
    pub(super) fn join<'t>(
        &mut self,
        runs: impl Iterator<Item = Text<'t>> + Clone,
    ) -> Result<tercet_str, tercet_result> {
        // A value is never longer than what it was written as.
        let most = runs.clone().map(|run| run.raw().len()).sum();
        let chunk = self.room(most)?;
        let start = chunk.len();
        let capacity = chunk.capacity();
        for run in runs {
            run.decode_into(chunk);
        }
        debug_assert_eq!(chunk.capacity(), capacity, "a chunk that grows may move");
        Ok(tercet_str::of(chunk.get(start..).unwrap_or_default()))
    }

    /// A chunk with room for `most` octets.
    fn room(&mut self, most: usize) -> Result<&mut String, tercet_result> {
        let fits = self.chunks.last().is_some_and(|chunk| chunk.capacity() - chunk.len() >= most);
        if !fits {
            let mut chunk = String::new();
            chunk.try_reserve_exact(most.max(Self::CHUNK)).map_err(|_| TERCET_ERR_NO_MEMORY)?;
            self.chunks.try_reserve(1).map_err(|_| TERCET_ERR_NO_MEMORY)?;
            self.chunks.push(chunk);
        }
        self.chunks.last_mut().ok_or(TERCET_ERR_NO_MEMORY)
    }
}
