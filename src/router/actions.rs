//! What a router asks its host to do, and what the host answers.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use super::SessionId;
use crate::jid::JidBuf;
use crate::session::roster::{Item, Roster};

/// One thing for the host to do. The order of actions is part of their meaning.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Send a stanza to a session: complete octets for a stream whose content namespace is `jabber:client`.
    Deliver {
        /// Whose stream.
        session: SessionId,
        /// One stanza. Copies of a broadcast share their octets.
        stanza: Bytes,
    },
    /// Store an item of a user's roster, in place of the one with the same contact if there is one.
    SaveItem {
        /// Whose roster, a bare address.
        user: JidBuf,
        /// The whole item.
        item: Item,
    },
    /// Delete a contact from a user's roster.
    RemoveItem {
        /// Whose roster, a bare address.
        user: JidBuf,
        /// Which contact, a bare address.
        contact: JidBuf,
    },
    /// Store a request for a user's presence until it is answered (RFC 6121 section 3.1.3).
    SavePending {
        /// Who was asked, a bare address.
        user: JidBuf,
        /// Who asked, a bare address.
        contact: JidBuf,
        /// The request, to be given back in a [`Roster`].
        stanza: Bytes,
    },
    /// Delete a request for a user's presence.
    RemovePending {
        /// Who was asked, a bare address.
        user: JidBuf,
        /// Who had asked, a bare address.
        contact: JidBuf,
    },
    /// Look something up or store it, and tell the outcome by [`super::Router::answer`], now or later.
    Request {
        /// What to name in the answer.
        token: Token,
        /// What is wanted.
        request: Request,
    },
}

/// Names one request; never used twice by one router.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub(crate) u64);

/// What the router needs from the host's database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request {
    /// The roster of a user who has no session. Answer [`Answer::Roster`] or [`Answer::NoSuchUser`].
    Roster {
        /// Whose roster, a bare address; the account need not exist.
        user: JidBuf,
    },
    /// Keep a message for a user who cannot be reached. Answer [`Answer::Stored`] or [`Answer::Refused`].
    StoreOffline {
        /// For whom, a bare address; the account need not exist.
        user: JidBuf,
        /// The message.
        stanza: Bytes,
    },
    /// Hand out the messages kept for a user. Answer [`Answer::Messages`], the oldest first; delete them once
    /// [`super::Router::answer`] took them, and keep them if it refused: then the session is gone.
    LoadOffline {
        /// For whom, a bare address.
        user: JidBuf,
    },
}

/// What the host's database says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// To [`Request::Roster`]: here it is.
    Roster(Roster),
    /// To [`Request::Roster`]: there is no such account, or its roster cannot be read. What waited for it is dropped.
    NoSuchUser,
    /// To [`Request::StoreOffline`]: the message is kept.
    Stored,
    /// To [`Request::StoreOffline`]: no such account, no room, or not wanted. The sender is told; a host that does not
    /// want strangers to find out which accounts exist says [`Answer::Stored`] instead.
    Refused,
    /// To [`Request::LoadOffline`]: here they are, the oldest first.
    Messages(Vec<Offline>),
}

/// A message that waited for its receiver.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "made by the host")]
pub struct Offline {
    /// When it was stored, as XEP-0082 writes a time: `2026-01-31T23:59:59Z`.
    pub stamp: String,
    /// The message as [`Request::StoreOffline`] gave it.
    pub stanza: Bytes,
}

/// Actions in the order in which the host is to carry them out.
///
/// Take them out one by one; answers given on the way append to the same list.
#[derive(Debug, Default)]
pub struct Actions {
    list: VecDeque<Action>,
}

impl Actions {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: VecDeque::new() }
    }

    /// Takes the first action out.
    pub fn pop(&mut self) -> Option<Action> {
        self.list.pop_front()
    }

    /// About how many octets of the heap they take: room in the list, and stanzas.
    #[cfg(feature = "capi")]
    pub(crate) fn heap(&self) -> usize {
        let stanza = |action: &Action| match action {
            Action::Deliver { stanza, .. }
            | Action::SavePending { stanza, .. }
            | Action::Request { request: Request::StoreOffline { stanza, .. }, .. } => stanza.len(),
            _ => 0,
        };
        self.list.capacity() * size_of::<Action>() + self.list.iter().map(stanza).sum::<usize>()
    }

    /// How many actions wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn push(&mut self, action: Action) {
        self.list.push_back(action);
    }

    pub(super) fn deliver(&mut self, session: SessionId, stanza: Bytes) {
        self.push(Action::Deliver { session, stanza });
    }
}
