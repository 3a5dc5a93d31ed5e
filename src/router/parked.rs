//! What waits for an answer of the host's database.
//!
//! Invariants: what peers can make wait is counted and bounded; subscription stanzas for one user wait in one line, so
//! that they are worked on in the order in which they came; a user has at most one request for kept messages open, so
//! that none is delivered twice.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use bytes::Bytes;

use super::subscription::Notice;
use super::{Action, Actions, Answer, Request, SessionId, Token};
use crate::jid::{Jid, JidBuf};
use crate::session::table;

/// What one token stands for.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Subscription stanzas for a user whose roster is not here.
    Roster { user: JidBuf, line: Vec<Notice> },
    /// A roster that came another way meanwhile: the answer counts for nothing.
    Moot,
    /// A message that is being stored, how many octets it has, and the error for its sender should that fail.
    Store { sender: SessionId, octets: usize, refusal: Option<Bytes> },
    /// A session that waits for the messages kept for its user.
    Load { user: JidBuf, session: SessionId },
}

impl Waiting {
    /// Octets on the heap.
    fn heap(&self) -> usize {
        match self {
            Self::Roster { user, line } => {
                let line = line.capacity() * size_of::<Notice>() + line.iter().map(Notice::heap).sum::<usize>();
                user.as_str().len() + line
            }
            Self::Moot => 0,
            Self::Store { refusal, .. } => refusal.as_ref().map_or(0, Bytes::len),
            Self::Load { user, .. } => user.as_str().len(),
        }
    }

    /// How many stanzas of peers wait with it.
    fn stanzas(&self) -> usize {
        match self {
            Self::Roster { line, .. } => line.len(),
            Self::Store { .. } => 1,
            Self::Moot | Self::Load { .. } => 0,
        }
    }

    /// Their octets, those that the host holds included.
    fn octets(&self) -> usize {
        match self {
            Self::Roster { line, .. } => line.iter().map(Notice::heap).sum(),
            Self::Store { octets, refusal, .. } => octets + refusal.as_ref().map_or(0, Bytes::len),
            Self::Moot | Self::Load { .. } => 0,
        }
    }

    /// Whether an answer is of the kind that is waited for.
    pub(super) const fn takes(&self, answer: &Answer) -> bool {
        matches!(
            (self, answer),
            (Self::Roster { .. } | Self::Moot, Answer::Roster(_) | Answer::NoSuchUser)
                | (Self::Store { .. }, Answer::Stored | Answer::Refused)
                | (Self::Load { .. }, Answer::Messages(_))
        )
    }
}

#[derive(Debug, Default)]
pub(super) struct Parked {
    last_token: u64,
    waiting: BTreeMap<Token, Waiting>,
    rosters: BTreeMap<JidBuf, Token>,
    loads: BTreeMap<JidBuf, Token>,
    /// How many stanzas wait: those in line for rosters, and those being stored.
    stanzas: usize,
    /// Octets of them, and of the errors for their senders.
    octets: usize,
}

impl Parked {
    /// About how many octets of the heap it takes. A walk over all of it.
    pub(super) fn heap(&self) -> usize {
        let users = self.rosters.keys().chain(self.loads.keys());
        table::<(Token, Waiting)>(self.waiting.len())
            + table::<(JidBuf, Token)>(self.rosters.len())
            + table::<(JidBuf, Token)>(self.loads.len())
            + self.waiting.values().map(Waiting::heap).sum::<usize>()
            + users.map(|user| user.as_str().len()).sum::<usize>()
    }

    /// How many stanzas wait.
    pub(super) fn stanzas(&self) -> usize {
        self.stanzas
    }

    /// Their octets.
    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// Lets a subscription stanza wait for its receiver's roster.
    pub(super) fn await_roster(&mut self, notice: Notice, out: &mut Actions) {
        self.stanzas += 1;
        self.octets += notice.heap();
        let user = notice.to.clone();
        let open = self.rosters.get(&user).and_then(|token| self.waiting.get_mut(token));
        if let Some(Waiting::Roster { line, .. }) = open {
            line.push(notice);
            return;
        }
        let waiting = Waiting::Roster { user: user.clone(), line: Vec::from([notice]) };
        let token = self.request(waiting, Request::Roster { user: user.clone() }, out);
        self.rosters.insert(user, token);
    }

    /// Lets a message wait until it is stored.
    pub(super) fn await_store(
        &mut self,
        user: JidBuf,
        stanza: Bytes,
        sender: SessionId,
        refusal: Option<Bytes>,
        out: &mut Actions,
    ) {
        let waiting = Waiting::Store { sender, octets: stanza.len(), refusal };
        self.stanzas += 1;
        self.octets += waiting.octets();
        self.request(waiting, Request::StoreOffline { user, stanza }, out);
    }

    /// Lets a session wait for kept messages, unless another of the user does.
    pub(super) fn await_load(&mut self, user: Jid<'_>, session: SessionId, out: &mut Actions) {
        if self.loads.contains_key(user.as_str()) {
            return;
        }
        let waiting = Waiting::Load { user: user.to_buf(), session };
        let token = self.request(waiting, Request::LoadOffline { user: user.to_buf() }, out);
        self.loads.insert(user.to_buf(), token);
    }

    /// Ends a session's wait for kept messages; says whether it waited.
    pub(super) fn cancel_load(&mut self, user: Jid<'_>, session: SessionId) -> bool {
        let Some(&token) = self.loads.get(user.as_str()) else { return false };
        let waits = matches!(self.waiting.get(&token), Some(Waiting::Load { session: waits, .. }) if *waits == session);
        if waits {
            self.take(token);
        }
        waits
    }

    /// The stanzas that wait for a roster which has come another way.
    pub(super) fn roster_came(&mut self, user: Jid<'_>) -> Vec<Notice> {
        let Some(token) = self.rosters.get(user.as_str()).copied() else { return Vec::new() };
        let Some(Waiting::Roster { line, .. }) = self.take(token) else { return Vec::new() };
        self.waiting.insert(token, Waiting::Moot);
        line
    }

    pub(super) fn peek(&self, token: Token) -> Option<&Waiting> {
        self.waiting.get(&token)
    }

    /// Closes a request.
    pub(super) fn take(&mut self, token: Token) -> Option<Waiting> {
        let waiting = self.waiting.remove(&token)?;
        self.stanzas -= waiting.stanzas();
        self.octets -= waiting.octets();
        match &waiting {
            Waiting::Roster { user, .. } => {
                self.rosters.remove(user);
            }
            Waiting::Load { user, .. } => {
                self.loads.remove(user);
            }
            Waiting::Store { .. } | Waiting::Moot => {}
        }
        Some(waiting)
    }

    fn request(&mut self, waiting: Waiting, request: Request, out: &mut Actions) -> Token {
        self.last_token += 1;
        let token = Token(self.last_token);
        self.waiting.insert(token, waiting);
        out.push(Action::Request { token, request });
        token
    }
}
