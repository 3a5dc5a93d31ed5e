//! What one bound session knows about stanzas (RFC 6121).
//!
//! In: views of stanzas, and values to say. Out: typed values (roster items, presence, kinds of request), stanzas
//! appended to an output, or the stanza error to answer with. Invariant: every function is pure; the one table that
//! remembers anything, [`iq::Pending`], is bounded.
//!
//! Refuses to know: how the session came to be, other sessions, sockets, clocks, databases.

pub mod bind;
pub mod iq;
pub mod message;
pub mod ping;
pub mod presence;
pub mod roster;
pub mod subscription;

#[cfg(test)]
mod tests;

/// About how many octets of the heap an ordered map takes for so many entries: its nodes have room for 11, and where
/// there are more, 7 of it is used.
pub(crate) fn table<T>(entries: usize) -> usize {
    const ROOM: usize = 11;
    let nodes = if entries <= ROOM { usize::from(entries > 0) } else { entries.div_ceil(7) };
    nodes * (ROOM * size_of::<T>() + 2 * size_of::<usize>())
}
