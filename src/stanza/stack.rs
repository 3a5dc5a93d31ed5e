//! A vector that is filled in place: entries are written into room that is there, and counted afterwards.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

/// Entries, and blank ones behind them for those to come.
#[derive(Debug)]
pub(crate) struct Stack<T> {
    // INVARIANT: len <= entries.len().
    entries: Vec<T>,
    len: usize,
    /// How many entries were lately needed at once; it fades with each rest.
    lately: usize,
}

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), len: 0, lately: 0 }
    }
}

/// The copy has no room to spare.
impl<T: Copy> Clone for Stack<T> {
    fn clone(&self) -> Self {
        Self { entries: self.as_slice().to_vec(), len: self.len, lately: self.len }
    }
}

impl<T: Copy + Blank> Stack<T> {
    #[inline(always)]
    pub(crate) fn push(&mut self, entry: T) -> Result<(), TryReserveError> {
        if self.len >= self.entries.len() {
            self.grow(1)?;
        }
        if let Some(room) = self.entries.get_mut(self.len) {
            *room = entry;
            self.len += 1;
        }
        Ok(())
    }

    /// The room for `COUNT` entries more, to be taken by [`Self::advance`], if there is so much: see [`Self::reserve`].
    #[inline(always)]
    pub(crate) fn room<const COUNT: usize>(&mut self) -> Option<&mut [T; COUNT]> {
        self.entries.get_mut(self.len..self.len + COUNT)?.try_into().ok()
    }

    /// The room for the next entry, to be taken by [`Self::advance`], if there is any.
    #[inline(always)]
    pub(crate) fn vacancy(&mut self) -> Option<&mut T> {
        self.entries.get_mut(self.len)
    }

    /// The entry at `at`; behind the last one, whatever stands in the room.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.entries.get_mut(at)
    }

    /// Makes room for `count` entries more.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, count: usize) -> Result<(), TryReserveError> {
        if self.entries.len() - self.len < count { self.grow(count) } else { Ok(()) }
    }

    /// Takes the first `count` entries of the room, which must be there:
    /// a stack that counts more than it has reads as an empty one.
    #[inline(always)]
    pub(crate) fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.entries.len() - self.len);
        self.len += count;
    }

    #[cold]
    fn grow(&mut self, count: usize) -> Result<(), TryReserveError> {
        let missing = self.len.saturating_add(count).saturating_sub(self.entries.len());
        // Growing by what is there keeps the work of growing in proportion.
        let more = missing.max(self.entries.len()).max(T::FIRST);
        self.entries.try_reserve_exact(more)?;
        self.entries.resize(self.entries.len() + more, T::BLANK);
        Ok(())
    }

    /// Forgets all entries, and remembers how many there were.
    pub(crate) fn clear(&mut self) {
        self.lately = self.lately.max(self.len);
        self.len = 0;
    }

    /// Gives back memory that was not needed lately, and what is more than `most` entries; for an empty stack.
    pub(crate) fn rest(&mut self, most: usize) {
        debug_assert_eq!(self.len, 0);
        let wanted = (self.lately + T::FIRST).min(most);
        if self.entries.len() > 2 * wanted || self.entries.len() > most {
            self.entries.truncate(wanted);
            self.entries.shrink_to(wanted);
        }
        self.lately -= self.lately.div_ceil(8);
    }
}

impl<T> Stack<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[T] {
        self.entries.get(..self.len).unwrap_or(&[])
    }

    /// `count` entries from `start` on, which must have been taken; behind the last one, whatever stands in the room.
    /// Not cut to `len`: whoever asks knows how many there are, and one look is enough.
    #[inline(always)]
    pub(crate) fn part(&self, start: u32, count: u32) -> &[T] {
        // In 64 bits the sum of two such numbers never wraps, and need not be looked at; in 32, one that does is
        // refused.
        let (start, count) = (start as usize, count as usize);
        match self.entries.get(start..start.wrapping_add(count)) {
            Some(part) => part,
            None => Self::none(),
        }
    }

    /// A call and no value: else every reader waited for the choice between two slices.
    #[cold]
    #[inline(never)]
    fn none<'e>() -> &'e [T] {
        &[]
    }

    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        self.entries.get_mut(..self.len).unwrap_or_default()
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.entries.capacity() * size_of::<T>()
    }

    /// Forgets all entries from `len` on.
    #[inline(always)]
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Entries there is memory for.
    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.entries.capacity()
    }
}

/// What stands in room that is not used.
pub(crate) trait Blank {
    const BLANK: Self;

    /// Entries to make room for at first.
    const FIRST: usize;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    impl Blank for u8 {
        const BLANK: Self = 0;
        const FIRST: usize = 8;
    }

    #[test]
    fn room_becomes_entries_only_when_taken() {
        let mut stack = Stack::<u8>::default();
        assert!(stack.room::<2>().is_none());
        stack.push(1).unwrap();
        stack.reserve(2).unwrap();
        let room = stack.room::<2>().unwrap();
        (room[0], room[1]) = (2, 3);
        assert_eq!(stack.as_slice(), [1]);
        stack.advance(2);
        assert_eq!(stack.as_slice(), [1, 2, 3]);
        stack.truncate(1);
        assert_eq!(stack.as_slice(), [1]);
    }

    #[test]
    fn memory_goes_back() {
        let mut stack = Stack::<u8>::default();
        stack.reserve(1_000).unwrap();
        stack.advance(1_000);
        let copy = stack.clone();
        assert_eq!(copy.capacity(), 1_000);
        stack.clear();
        stack.rest(2_000);
        assert_eq!(stack.capacity(), 1_000, "it may be needed again");
        stack.rest(500);
        assert_eq!(stack.capacity(), 500);
        for _ in 0..100 {
            stack.rest(2_000);
        }
        assert!(stack.capacity() <= 16, "{}", stack.capacity());
    }
}
