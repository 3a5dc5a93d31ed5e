//! The lending guard: one event at a time, each borrowed until the next.

use crate::stream::Feed;
#[cfg(feature = "capi")]
use crate::stream::Held;

use super::{Connection, Error, Event, Output, Reply, Role, Time};

/// Events of one [`Connection::process`] call. What was read leaves the input when this is dropped.
pub struct Events<'c, R: Role> {
    pub(super) connection: &'c mut Connection<R>,
    pub(super) feed: Feed<'c>,
    pub(super) output: &'c mut Output,
    pub(super) now: Time,
}

impl<R: Role> Events<'_, R> {
    /// The next event, with the means to reply to it; nothing where more input, an answer, TLS or room in the output is
    /// needed first.
    ///
    /// # Errors
    /// Why the connection is over. What the peer is to be told about it is in the output; the same error comes back at
    /// every later call.
    #[allow(clippy::should_implement_trait, reason = "an Iterator cannot lend")]
    pub fn next(&mut self) -> Result<Option<(Event<'_>, Reply<'_>)>, Error> {
        match self.connection.advance(&mut self.feed, self.output, self.now)? {
            Some(lent) => Ok(self.connection.lend(lent, &self.feed, self.output)),
            None => Ok(None),
        }
    }

    /// Octets that came and were not walked.
    #[cfg(feature = "capi")]
    pub(crate) fn unread(&self) -> usize {
        self.feed.unread()
    }

    /// Ends the walk with the event lent last still unconsumed, for the C API, which cannot keep this guard.
    #[cfg(feature = "capi")]
    pub(crate) fn hold(self) -> Held {
        self.feed.hold()
    }
}
