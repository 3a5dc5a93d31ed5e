//! The one place where sessions meet: router, store and queues behind one lock.
//!
//! In: sessions that come and go, stanzas as views. Out: stanzas in queues, changes in the store. Invariants: the
//! actions of a call are carried out in order before the next call begins; nothing waits for a client while the lock is
//! held; who is told to go is detached at once, so that what comes next goes elsewhere; a session whose account is gone
//! when a call begins gets nothing of it. It refuses to know sockets.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tercet::jid::{Jid, JidBuf};
use tercet::ns::name;
use tercet::router::{Action, Actions, Answer, Offline, Request, Router, RouterConfig, SessionId, Token};
use tercet::session::message::Kind;
use tercet::session::roster::{Item, Roster};
use tercet::session::subscription::Subscription;
use tercet::stanza::Stanza;
use tercet::stream::Condition;
use tercet::{Input, Limits, Parser, Unit};
use time::OffsetDateTime;

use super::journal::{Entry, Journal, What};
use super::queue::Queue;
use crate::account;
use crate::limit::Throttle;
use crate::store::{self, Pushed, Store};

/// Sessions that one account may have: each costs its contacts something when they come.
const SESSIONS: usize = 50;

/// See the module.
pub(crate) struct Hub {
    state: Mutex<State>,
}

struct State {
    router: Router,
    store: Store,
    sessions: BTreeMap<SessionId, Session>,
    last: u64,
    throttle: Throttle,
    journal: Journal,
    /// The store's version when it was last looked whose accounts are gone.
    looked: Option<i64>,
}

struct Session {
    queue: Arc<Queue>,
    peer: SocketAddr,
    user: JidBuf,
    /// When the user's account was made.
    created: i64,
}

/// A session's place in the hub, given up on drop.
pub(super) struct Seat {
    hub: Arc<Hub>,
    id: SessionId,
    queue: Arc<Queue>,
}

impl Hub {
    pub(crate) fn new(config: RouterConfig, store: Store, journal: Journal) -> Self {
        let router = Router::new(config);
        let (sessions, throttle) = (BTreeMap::new(), Throttle::default());
        Self { state: Mutex::new(State { router, store, sessions, last: 0, throttle, journal, looked: None }) }
    }

    /// Lets a client at `address` try to log in, or says how long it must wait.
    pub(super) fn admit_login(&self, address: IpAddr) -> Result<(), Duration> {
        self.state().throttle.admit(address, Instant::now())
    }

    pub(super) fn login_failed(&self, address: IpAddr) {
        self.state().throttle.failed(address, Instant::now());
    }

    /// The answer to a request for the keys of `user`.
    pub(super) fn credentials(&self, user: Jid<'_>, peer: SocketAddr) -> tercet::Answer {
        let state = self.state();
        match state.store.account_keys(user.as_str()) {
            Ok(Some(keys)) => account::account(&keys).map_or(tercet::Answer::Disabled, tercet::Answer::Account),
            Ok(None) => tercet::Answer::NoAccount,
            Err(why) => {
                state.trouble(peer, &why);
                tercet::Answer::Unavailable
            }
        }
    }

    /// Whether `full` may be bound: the account has room for one more session, or this one takes another's place.
    pub(super) fn has_room_for(&self, full: Jid<'_>) -> bool {
        let state = self.state();
        state.router.session_of(full).is_some() || state.router.sessions(full.bare()).count() < SESSIONS
    }

    /// A session has bound `full`. An older one of the same address makes room: whoever logs in again is likely to have
    /// lost the old connection, or to want it gone.
    ///
    /// # Errors
    /// What the client is to be told: the account is gone since it has logged in, or the database fails.
    pub(super) fn attach(
        self: &Arc<Self>,
        full: Jid<'_>,
        lang: Option<&str>,
        peer: SocketAddr,
    ) -> Result<Seat, Condition> {
        let mut state = self.state();
        state.expel_removed();
        let created = match state.store.account_created(full.bare().as_str()) {
            Ok(created) => created.ok_or(Condition::NotAuthorized)?,
            Err(why) => {
                state.trouble(peer, &why);
                return Err(Condition::InternalServerError);
            }
        };
        let mut actions = Actions::new();
        if let Some(old) = state.router.session_of(full) {
            state.dismiss(old, Condition::Conflict, &mut actions);
        }
        // What the old one leaves behind must be in the store before the roster is read.
        state.perform(&mut actions);
        let roster = match state.roster(full.bare()) {
            Ok(roster) => roster,
            Err(why) => {
                state.trouble(peer, &why);
                return Err(Condition::InternalServerError);
            }
        };
        state.last += 1;
        let id = SessionId(state.last);
        if let Err(why) = state.router.attach(id, full.to_buf(), roster, &mut actions) {
            state.trouble(peer, &why);
            return Err(Condition::InternalServerError);
        }
        if let Some(lang) = lang {
            // What is no language tag (`en_US`) is left out: that is no reason to send a client away.
            let _ = state.router.set_lang(id, lang);
        }
        let queue = Arc::new(Queue::default());
        state.sessions.insert(id, Session { queue: queue.clone(), peer, user: full.bare().to_buf(), created });
        state.perform(&mut actions);
        drop(state);
        Ok(Seat { hub: self.clone(), id, queue })
    }

    /// For the time in which no session comes, goes or says anything.
    pub(super) fn expel_removed(&self) {
        self.state().expel_removed();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Takes in what the client sent.
    pub(super) fn handle(&self, stanza: &Stanza<'_>) {
        let mut state = self.hub.state();
        state.expel_removed();
        let mut actions = Actions::new();
        state.router.handle(self.id, stanza, &mut actions);
        state.perform(&mut actions);
    }

    /// What waits for the client.
    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        state.expel_removed();
        let mut actions = Actions::new();
        state.leave(self.id, &mut actions);
        state.perform(&mut actions);
    }
}

impl State {
    /// Carries everything out, and what comes of it.
    fn perform(&mut self, actions: &mut Actions) {
        while let Some(action) = actions.pop() {
            match action {
                Action::Deliver { session, stanza } => self.deliver(session, stanza, actions),
                Action::Request { token, request } => self.answer(token, request, actions),
                Action::SaveItem { user, item } => {
                    let done = self.store.roster_save_item(user.as_str(), &stored(&item));
                    self.check(&user, done);
                }
                Action::RemoveItem { user, contact } => {
                    let done = self.store.roster_remove_item(user.as_str(), contact.as_str());
                    self.check(&user, done);
                }
                Action::SavePending { user, contact, stanza } => {
                    let done = self.store.pending_add(user.as_str(), contact.as_str(), &stanza);
                    self.check(&user, done);
                }
                Action::RemovePending { user, contact } => {
                    let done = self.store.pending_remove(user.as_str(), contact.as_str());
                    self.check(&user, done);
                }
                other => self.report(None, format!("the router asks for what this server does not know: {other:?}")),
            }
        }
    }

    /// Appends to a session's queue. A session whose client does not read is sent away.
    fn deliver(&mut self, id: SessionId, stanza: Bytes, actions: &mut Actions) {
        let Some(session) = self.sessions.get(&id) else { return };
        if session.queue.push(stanza).is_err() {
            self.dismiss(id, Condition::ResourceConstraint, actions);
        }
    }

    fn answer(&mut self, token: Token, request: Request, actions: &mut Actions) {
        let answer = match request {
            Request::Roster { user } => match self.known_roster(user.as_jid()) {
                Ok(Some(roster)) => Answer::Roster(roster),
                Ok(None) => Answer::NoSuchUser,
                Err(why) => {
                    self.report(None, why.to_string());
                    Answer::NoSuchUser
                }
            },
            Request::StoreOffline { user, stanza } => self.store_offline(user.as_jid(), &stanza),
            Request::LoadOffline { user } => return self.hand_out(token, user.as_jid()),
            other => {
                return self.report(None, format!("the router asks for what this server does not know: {other:?}"));
            }
        };
        if let Err(why) = self.router.answer(token, answer, actions) {
            self.report(None, why.to_string());
        }
    }

    fn store_offline(&mut self, user: Jid<'_>, stanza: &[u8]) -> Answer {
        match self.store.offline_push(user.as_str(), account::unix_millis(), stanza) {
            Ok(Pushed::Kept) => Answer::Stored,
            Ok(Pushed::Full) | Err(store::Error::NoAccount) => Answer::Refused,
            Err(why) => {
                self.report(None, why.to_string());
                Answer::Refused
            }
        }
    }

    /// Kept messages go to a session, and out of the store only if the session was still there to take them.
    fn hand_out(&mut self, token: Token, user: Jid<'_>) {
        let kept = self.store.offline_load(user.as_str()).unwrap_or_else(|why| {
            self.report(None, why.to_string());
            Vec::new()
        });
        let last = kept.last().map(|message| message.id);
        let messages = kept
            .into_iter()
            .map(|message| Offline { stamp: stamp(message.received_at), stanza: message.stanza.into() });
        let mut handed = Actions::new();
        let taken = self.router.answer(token, Answer::Messages(messages.collect()), &mut handed).is_ok();
        while let Some(action) = handed.pop() {
            if let Action::Deliver { session, stanza } = action
                && let Some(session) = self.sessions.get(&session)
            {
                session.queue.push_kept(stanza);
            }
        }
        if let Some(last) = last.filter(|_| taken) {
            let done = self.store.offline_delete(user.as_str(), last);
            self.check(&user.to_buf(), done);
        }
    }

    /// Sends away the sessions of accounts that another process has removed. Whatever may deliver begins with it, each
    /// stanza too: where no other process wrote, SQLite takes a lock, looks at a number in memory and reads no file.
    fn expel_removed(&mut self) {
        if let Err(why) = self.try_expel_removed() {
            self.report(None, why.to_string());
        }
    }

    fn try_expel_removed(&mut self) -> Result<(), store::Error> {
        let version = self.store.version()?;
        if self.looked == Some(version) {
            return Ok(());
        }
        let mut gone = Vec::new();
        for (id, session) in &self.sessions {
            if self.store.account_created(session.user.as_str())? != Some(session.created) {
                gone.push(*id);
            }
        }
        // All of them before anybody is told, or one would hear that another is gone.
        let mut actions = Actions::new();
        for id in gone {
            self.dismiss(id, Condition::NotAuthorized, &mut actions);
        }
        self.perform(&mut actions);
        self.looked = Some(version);
        Ok(())
    }

    /// Sends a session away, for a reason of the server's.
    fn dismiss(&mut self, id: SessionId, condition: Condition, actions: &mut Actions) {
        if let Some(session) = self.sessions.get(&id) {
            session.queue.end(condition);
        }
        self.leave(id, actions);
    }

    /// Takes a session out; messages that it did not get are kept for the next one.
    fn leave(&mut self, id: SessionId, actions: &mut Actions) {
        self.router.detach(id, actions);
        let Some(Session { queue, peer, user, .. }) = self.sessions.remove(&id) else { return };
        self.keep(std::iter::from_fn(|| queue.pop()), &user, peer);
    }

    /// Keeps stanzas that did not reach a client, as far as they are messages that another session of the user did not
    /// get as well.
    fn keep(&mut self, undelivered: impl IntoIterator<Item = Bytes>, user: &JidBuf, peer: SocketAddr) {
        let mut messages = undelivered.into_iter().filter(|stanza| is_worth_keeping(stanza)).peekable();
        if messages.peek().is_none() || self.router.sessions(user.as_jid()).next().is_some() {
            return;
        }
        let (mut kept, mut lost) = (0, 0);
        for stanza in messages {
            match self.store_offline(user.as_jid(), &stanza) {
                Answer::Stored => kept += 1,
                _ => lost += 1,
            }
        }
        (self.journal)(Entry { peer, what: What::Undelivered { kept, lost } });
    }

    /// The roster that a first session of `user` begins with.
    fn roster(&self, user: Jid<'_>) -> Result<Roster, store::Error> {
        if self.router.has_roster(user) { Ok(Roster::default()) } else { self.load_roster(user) }
    }

    fn known_roster(&self, user: Jid<'_>) -> Result<Option<Roster>, store::Error> {
        if self.store.account_exists(user.as_str())? { self.load_roster(user).map(Some) } else { Ok(None) }
    }

    fn load_roster(&self, user: Jid<'_>) -> Result<Roster, store::Error> {
        let items = self.store.roster_load(user.as_str())?;
        let pending = self.store.pending_load(user.as_str())?;
        // What this program wrote can be read again; what another hand put there is passed over.
        let pending = pending.into_iter().filter_map(|(contact, stanza)| Some((parse(&contact)?, stanza.into())));
        Ok(Roster::new(items.into_iter().filter_map(loaded), pending))
    }

    /// Tells of a change that could not be stored. An account that is gone has lost its sessions' right to be here.
    fn check<T>(&mut self, user: &JidBuf, done: Result<T, store::Error>) {
        match done {
            Ok(_) => {}
            Err(store::Error::NoAccount) => {
                for (id, _) in self.router.sessions(user.as_jid()) {
                    if let Some(session) = self.sessions.get(&id) {
                        session.queue.end(Condition::NotAuthorized);
                    }
                }
            }
            Err(why) => self.report(None, why.to_string()),
        }
    }

    fn trouble(&self, peer: SocketAddr, why: &dyn std::error::Error) {
        self.report(Some(peer), why.to_string());
    }

    fn report(&self, peer: Option<SocketAddr>, why: String) {
        let peer = peer.unwrap_or(NOBODY);
        (self.journal)(Entry { peer, what: What::Trouble(why) });
    }
}

/// Stands for the server itself in the journal.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

fn parse(jid: &str) -> Option<JidBuf> {
    JidBuf::parse(jid).ok()
}

fn loaded(item: store::Item) -> Option<Item> {
    let mut loaded = Item::new(parse(&item.contact)?);
    loaded.subscription = Subscription::from_name(item.subscription.name()).unwrap_or_default();
    (loaded.name, loaded.ask, loaded.approved, loaded.groups) = (item.name, item.ask, item.approved, item.groups);
    Some(loaded)
}

/// An item in the store's terms.
pub(crate) fn stored(item: &Item) -> store::Item {
    let subscription = match item.subscription {
        Subscription::None => store::Subscription::None,
        Subscription::To => store::Subscription::To,
        Subscription::From => store::Subscription::From,
        Subscription::Both => store::Subscription::Both,
    };
    store::Item {
        contact: item.contact.to_string(),
        name: item.name.clone(),
        subscription,
        ask: item.ask,
        approved: item.approved,
        groups: item.groups.clone(),
    }
}

/// A time as XEP-0082 writes it.
fn stamp(unix_millis: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix_millis / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = at.to_hms();
    format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", at.year(), u8::from(at.month()), at.day())
}

/// Whether a stanza is a message that makes sense later: chat or normal, with a body.
fn is_worth_keeping(stanza: &[u8]) -> bool {
    const AROUND: &[u8] =
        b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
    let mut input = Input::new();
    let whole = [AROUND, stanza].concat();
    let mut feed = input.with(&whole);
    let mut parser = Parser::stream(Limits::NONE);
    if !matches!(parser.next(&mut feed), Ok(Some(Unit::Header(_)))) {
        return false;
    }
    match parser.next(&mut feed) {
        Ok(Some(Unit::Stanza(stanza))) => {
            let kind = matches!(Kind::of(&stanza), Kind::Chat | Kind::Normal);
            stanza.root().is(name::MESSAGE) && kind && stanza.root().child(name::BODY).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::path::Path;

    use crate::store::OfflineLimits;
    use tempfile::TempDir;

    const JULIET: &str = "juliet@example.com";
    const ROMEO: &str = "romeo@example.com";

    fn open(dir: &Path) -> Store {
        Store::open(Some(dir), OfflineLimits::default()).unwrap()
    }

    /// A hub on a folder that has two accounts, each of which sees the other.
    fn hub(dir: &Path) -> Arc<Hub> {
        let mut store = open(dir);
        for (owner, contact) in [(JULIET, ROMEO), (ROMEO, JULIET)] {
            let mut item = Item::new(parse(contact).unwrap());
            item.subscription = Subscription::Both;
            store.account_add(owner, &store::Keys::new(), 1).unwrap();
            store.roster_save_item(owner, &stored(&item)).unwrap();
        }
        Arc::new(Hub::new(RouterConfig::new("example.com").unwrap(), store, Arc::new(|_| {})))
    }

    fn attach(hub: &Arc<Hub>, user: &str, resource: &str) -> Seat {
        let full = parse(&format!("{user}/{resource}")).unwrap();
        hub.attach(full.as_jid(), None, NOBODY).unwrap()
    }

    /// A session that is seen and sees.
    fn online(hub: &Arc<Hub>, user: &str, resource: &str) -> Seat {
        let seat = attach(hub, user, resource);
        let mut input = Input::new();
        let mut feed =
            input.with(b"<stream xmlns='http://etherx.jabber.org/streams'><presence xmlns='jabber:client'/>");
        let mut parser = Parser::stream(Limits::NONE);
        assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Header(_)))));
        let Ok(Some(Unit::Stanza(presence))) = parser.next(&mut feed) else { panic!("no stanza") };
        seat.handle(&presence);
        seat
    }

    fn heard(seat: &Seat) -> Vec<Bytes> {
        std::iter::from_fn(|| seat.queue().pop()).collect()
    }

    /// Romeo goes, in the way of `go`, when Juliet, who has two sessions, may have been removed.
    fn heard_of_going<T>(go: impl FnOnce(&Arc<Hub>, Seat) -> T, is_removed: bool) -> [(usize, Option<Condition>); 2] {
        let dir = TempDir::new().unwrap();
        let hub = hub(dir.path());
        let juliet = ["a", "b"].map(|resource| online(&hub, JULIET, resource));
        let romeo = online(&hub, ROMEO, "c");
        for seat in &juliet {
            assert!(!heard(seat).is_empty());
        }
        if is_removed {
            open(dir.path()).account_remove(JULIET).unwrap();
        }
        // What is left by then goes later.
        let _left = go(&hub, romeo);
        juliet.each_ref().map(|seat| (heard(seat).len(), seat.queue().ending()))
    }

    #[test]
    fn who_is_removed_hears_of_nobody_who_goes() {
        let leaves = |_: &Arc<Hub>, romeo| drop(romeo);
        assert_eq!(heard_of_going(leaves, false), [(1, None); 2]);
        assert_eq!(heard_of_going(leaves, true), [(0, Some(Condition::NotAuthorized)); 2]);
        let is_replaced = |hub: &Arc<Hub>, romeo| (romeo, attach(hub, ROMEO, "c"));
        assert_eq!(heard_of_going(is_replaced, false), [(1, None); 2]);
        assert_eq!(heard_of_going(is_replaced, true), [(0, Some(Condition::NotAuthorized)); 2]);
    }

    #[test]
    fn times_are_written_for_the_wire() {
        assert_eq!(stamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(stamp(1_769_903_999_999), "2026-01-31T23:59:59Z");
    }

    #[test]
    fn only_messages_that_somebody_would_read_later_are_kept() {
        for (stanza, worth) in [
            ("<message from='a@b/c'><body>x</body></message>", true),
            ("<message type='chat'><body>x</body></message>", true),
            ("<message type='chat'><composing xmlns='urn:x'/></message>", false),
            ("<message type='headline'><body>x</body></message>", false),
            ("<message type='error'><body>x</body></message>", false),
            ("<presence/>", false),
            ("<message><body>x</body>", false),
            ("no stanza", false),
        ] {
            assert_eq!(is_worth_keeping(stanza.as_bytes()), worth, "{stanza}");
        }
    }
}
