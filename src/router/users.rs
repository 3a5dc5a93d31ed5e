//! Who is connected: sessions by number, and users (those with a session) by bare address.
//!
//! Invariant: a session is listed in exactly one user, and a user without a session is gone, but for the moment in
//! which an arrived roster is worked on. Ordered maps only: no hash of what peers choose.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use super::SessionId;
use crate::jid::{Jid, JidBuf};
use crate::session::roster::Roster;
use crate::session::table;

/// One connected resource.
#[derive(Debug)]
pub(super) struct Session {
    /// Its full address.
    pub(super) full: JidBuf,
    /// The language of its stream's header, stamped on stanzas that have none.
    pub(super) lang: Option<String>,
    /// Whether it asked for the roster, and so is told of changes (RFC 6121 section 2.2).
    pub(super) interested: bool,
    /// What it last broadcast, from initial presence until unavailable presence.
    pub(super) present: Option<Present>,
    /// Who else was told that it is there (RFC 6121 section 4.6.3), bare or full addresses.
    pub(super) directed: BTreeSet<JidBuf>,
}

/// The last presence of an available resource.
#[derive(Clone, Debug)]
pub(super) struct Present {
    pub(super) priority: i8,
    /// The stanza as broadcast: `from` stamped, no `to`.
    pub(super) stanza: Bytes,
}

impl Session {
    /// Octets on the heap.
    fn heap(&self) -> usize {
        let directed: usize = self.directed.iter().map(|address| address.as_str().len()).sum();
        self.full.as_str().len()
            + self.lang.as_ref().map_or(0, String::capacity)
            + self.present.as_ref().map_or(0, |present| present.stanza.len())
            + table::<JidBuf>(self.directed.len())
            + directed
    }

    /// Whether messages to the account may come here.
    pub(super) fn takes_messages(&self) -> bool {
        self.present.as_ref().is_some_and(|present| present.priority >= 0)
    }
}

/// A user with a session.
#[derive(Debug)]
struct User {
    roster: Roster,
    /// In the order in which they came.
    sessions: Vec<SessionId>,
}

#[derive(Debug, Default)]
pub(super) struct Users {
    sessions: BTreeMap<SessionId, Session>,
    users: BTreeMap<JidBuf, User>,
}

impl Users {
    /// About how many octets of the heap it takes. A walk over all of it.
    pub(super) fn heap(&self) -> usize {
        let user = |(bare, user): (&JidBuf, &User)| {
            bare.as_str().len() + user.roster.heap() + user.sessions.capacity() * size_of::<SessionId>()
        };
        table::<(SessionId, Session)>(self.sessions.len())
            + table::<(JidBuf, User)>(self.users.len())
            + self.sessions.values().map(Session::heap).sum::<usize>()
            + self.users.iter().map(user).sum::<usize>()
    }

    /// Adds a session whose number and address are free; `roster` counts only if the user has no other.
    pub(super) fn attach(&mut self, id: SessionId, full: JidBuf, roster: Roster) {
        let bare = full.as_jid().bare().to_buf();
        self.users.entry(bare).or_insert_with(|| User { roster, sessions: Vec::new() }).sessions.push(id);
        let session = Session { full, lang: None, interested: false, present: None, directed: BTreeSet::new() };
        self.sessions.insert(id, session);
    }

    /// Takes a session out, and its user if it was the last.
    pub(super) fn detach(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else { return };
        let bare = session.full.as_jid().bare();
        if let Some(user) = self.users.get_mut(bare.as_str()) {
            user.sessions.retain(|&other| other != id);
        }
        self.forget_if_gone(bare);
    }

    /// Puts in the roster of a user who has no session, to work on it.
    pub(super) fn visit(&mut self, user: JidBuf, roster: Roster) {
        self.users.entry(user).or_insert_with(|| User { roster, sessions: Vec::new() });
    }

    /// Takes a user out who has no session.
    pub(super) fn forget_if_gone(&mut self, user: Jid<'_>) {
        if self.users.get(user.as_str()).is_some_and(|user| user.sessions.is_empty()) {
            self.users.remove(user.as_str());
        }
    }

    pub(super) fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    pub(super) fn session_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.get_mut(&id)
    }

    /// The session that bound a full address.
    pub(super) fn find(&self, full: Jid<'_>) -> Option<SessionId> {
        self.sessions_of(full.bare()).find(|(_, session)| session.full == full).map(|(id, _)| id)
    }

    pub(super) fn roster(&self, user: Jid<'_>) -> Option<&Roster> {
        self.users.get(user.as_str()).map(|user| &user.roster)
    }

    pub(super) fn roster_mut(&mut self, user: Jid<'_>) -> Option<&mut Roster> {
        self.users.get_mut(user.as_str()).map(|user| &mut user.roster)
    }

    /// The sessions of a user, in the order in which they came.
    pub(super) fn sessions_of(&self, user: Jid<'_>) -> impl Iterator<Item = (SessionId, &Session)> {
        let ids = self.users.get(user.as_str()).map(|user| user.sessions.iter());
        ids.into_iter().flatten().filter_map(|id| Some((*id, self.sessions.get(id)?)))
    }

    /// The sessions that asked for the roster.
    pub(super) fn interested(&self, user: Jid<'_>) -> impl Iterator<Item = (SessionId, &Session)> {
        self.sessions_of(user).filter(|(_, session)| session.interested)
    }

    /// The sessions that sent initial presence.
    pub(super) fn available(&self, user: Jid<'_>) -> impl Iterator<Item = (SessionId, &Session, &Present)> {
        self.sessions_of(user).filter_map(|(id, session)| Some((id, session, session.present.as_ref()?)))
    }

    /// Whether `user` lets `viewer` see its presence: a subscription, or the same account (both bare).
    pub(super) fn shows(&self, user: Jid<'_>, viewer: Jid<'_>) -> bool {
        let subscribed = |roster: &Roster| roster.state(viewer).subscription().shows_user();
        user == viewer || self.roster(user).is_some_and(subscribed)
    }
}
