//! What waits to be written to one session.
//!
//! In: stanzas from the hub. Out: the same, in order, to the session's own task. Invariant: at most [`OCTETS`] wait, so
//! that a client who does not read costs a known amount and never makes anybody else wait.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tercet::stream::Condition;
use tokio::sync::Notify;

/// Octets that may wait.
pub(super) const OCTETS: usize = 1 << 20;

/// The queue has no room for the stanza, which was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full(pub(super) Bytes);

#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Bytes>,
    octets: usize,
    end: Option<Condition>,
}

impl Queue {
    /// Appends a stanza.
    pub(super) fn push(&self, stanza: Bytes) -> Result<(), Full> {
        let mut state = self.state();
        if state.octets + stanza.len() > OCTETS {
            return Err(Full(stanza));
        }
        state.octets += stanza.len();
        state.waiting.push_back(stanza);
        drop(state);
        self.changed.notify_one();
        Ok(())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn holds_so_many_octets_and_no_more() {
        let queue = Queue::default();
        queue.push(Bytes::from(vec![b'a'; OCTETS - 1])).unwrap();
        queue.push(Bytes::from_static(b"b")).unwrap();
        assert_eq!(queue.push(Bytes::from_static(b"c")), Err(Full(Bytes::from_static(b"c"))));
        assert_eq!(queue.pop().unwrap().len(), OCTETS - 1);
        queue.push(Bytes::from_static(b"d")).unwrap();
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some("b".into()), Some("d".into()), None]);
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
