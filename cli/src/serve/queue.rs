//! What waits to be written to one session.
//!
//! In: stanzas from the hub. Out: the same, in order, to the session's own task. Invariant: whoever pushes is told when
//! more than [`OCTETS`] wait, so that a client who does not read costs a known amount and makes nobody else wait.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tercet::stream::Condition;
use tokio::sync::Notify;

/// Octets that may wait.
pub(super) const OCTETS: usize = 1 << 20;

/// More waits than may: the session is to be sent away.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Bytes>,
    octets: usize,
    /// How many octets more may wait, for what was kept and comes all at once.
    extra: usize,
    end: Option<Condition>,
}

impl Queue {
    /// Appends a stanza, also the one that is too many: whoever empties the queue in the end decides about that one
    /// too.
    pub(super) fn push(&self, stanza: Bytes) -> Result<(), Full> {
        let mut state = self.state();
        state.append(stanza);
        let fits = state.octets <= OCTETS + state.extra;
        drop(state);
        self.changed.notify_one();
        if fits { Ok(()) } else { Err(Full) }
    }

    /// Appends a message that was kept for the client, over and above the bound: the store has one of its own.
    pub(super) fn push_kept(&self, stanza: Bytes) {
        let mut state = self.state();
        state.extra += stanza.len();
        state.append(stanza);
        drop(state);
        self.changed.notify_one();
    }

    /// Tells the session to end its stream with an error; the first reason given counts.
    pub(super) fn end(&self, condition: Condition) {
        self.state().end.get_or_insert(condition);
        self.changed.notify_one();
    }

    /// The stanza that has waited longest.
    pub(super) fn pop(&self) -> Option<Bytes> {
        let mut state = self.state();
        let stanza = state.waiting.pop_front()?;
        state.octets -= stanza.len();
        state.extra = state.extra.min(state.octets);
        Some(stanza)
    }

    /// How the session is to end, if it is.
    pub(super) fn ending(&self) -> Option<Condition> {
        self.state().end
    }

    /// Waits until something was pushed or the end decided, since the last wait.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn append(&mut self, stanza: Bytes) {
        self.octets += stanza.len();
        self.waiting.push_back(stanza);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn holds_so_many_octets_and_no_more() {
        let queue = Queue::default();
        queue.push(Bytes::from(vec![b'a'; OCTETS - 1])).unwrap();
        queue.push(Bytes::from_static(b"b")).unwrap();
        assert_eq!(queue.push(Bytes::from_static(b"c")), Err(Full));
        assert_eq!(queue.pop().unwrap().len(), OCTETS - 1);
        queue.push(Bytes::from_static(b"d")).unwrap();
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(rest, ["b", "c", "d"]);
    }

    #[test]
    fn what_was_kept_comes_on_top_until_it_is_gone() {
        let queue = Queue::default();
        queue.push_kept(Bytes::from(vec![b'a'; 2 * OCTETS]));
        queue.push(Bytes::from(vec![b'b'; OCTETS])).unwrap();
        assert_eq!(queue.push(Bytes::from_static(b"c")), Err(Full));
        while queue.pop().is_some() {}
        assert_eq!(queue.push(Bytes::from(vec![b'd'; OCTETS + 1])), Err(Full));
    }

    #[test]
    fn the_first_reason_to_end_counts() {
        let queue = Queue::default();
        assert_eq!(queue.ending(), None);
        queue.end(Condition::Conflict);
        queue.end(Condition::SystemShutdown);
        assert_eq!(queue.ending(), Some(Condition::Conflict));
    }
}
