//! Many sessions on one domain: stanza in, deliveries out (RFC 6121 sections 2 to 5 and 8).
//!
//! In: sessions that come and go, what their clients send, and answers of the host's database. Out: [`Actions`], in
//! order: stanzas for sessions, changes to store, requests to look something up. Invariants: a stanza leaves with the
//! true `from` of its session, whatever the client wrote; nobody but those whom a user lets see it learns whether the
//! user is there; what peers can make the router remember is bounded; the same calls give the same actions.
//!
//! ```text
//!  attach ─┐                                       ┌─> Deliver      to sessions, in order
//!  handle ─┤   users: sessions, presence, rosters  ├─> Save, Remove to the database, in order
//!  detach ─┼─> parked: what awaits an answer      ─┼─> Request      token ──┐
//!  answer ─┘                                       │                        │
//!     └──────────────────────── token <────────────┴────────────────────────┘
//! ```
//!
//! The rosters of users with a session are kept here, and every change is written through; for others they are asked
//! for when a subscription stanza comes for them.
//!
//! Refuses to know: streams, TLS, logins, clocks, databases, other domains: what goes there comes back.
//!
//! ```
//! use tercet::jid::JidBuf;
//! use tercet::router::{Actions, Router, RouterConfig, SessionId};
//! use tercet::session::roster::Roster;
//!
//! let mut router = Router::new(RouterConfig::new("example.com")?);
//! let mut actions = Actions::new();
//! let juliet = JidBuf::parse("juliet@example.com/balcony")?;
//! router.attach(SessionId(1), juliet, Roster::default(), &mut actions)?;
//! router.detach(SessionId(1), &mut actions);
//! assert!(actions.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actions;
mod error;
mod iq;
mod message;
mod parked;
mod presence;
mod roster;
mod stamp;
mod subscription;
mod users;

use alloc::string::String;

use bytes::Bytes;

pub use actions::{Action, Actions, Answer, Offline, Request, Token};
pub use error::Error;

use crate::Limits;
use crate::jid::{self, Jid, JidBuf};
use crate::session::roster::Roster;
use crate::stanza::{Kind, Stanza};
use crate::write::StanzaCondition;
use parked::{Parked, Waiting};
use users::Users;

/// The host's number for a session. A number is not used again after its session is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "made by the host")]
pub struct SessionId(pub u64);

/// What a router is for, and what it lets peers make it remember.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RouterConfig {
    /// The domain of all its users.
    pub domain: JidBuf,
    /// What peers can make it remember.
    pub limits: RouterLimits,
}

impl RouterConfig {
    /// The default limits, for a domain.
    ///
    /// # Errors
    /// If `domain` is not a domain.
    pub fn new(domain: &str) -> Result<Self, jid::Error> {
        Ok(Self { domain: JidBuf::new(None, domain, None)?, limits: RouterLimits::default() })
    }
}

/// What peers can make a router remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouterLimits {
    /// Most stanzas that wait for the host's database. Beyond it senders are told to try later.
    pub parked: usize,
    /// Most octets of them, with what is kept to answer their senders. Beyond it senders are told to try later.
    pub parked_bytes: usize,
    /// Most addresses outside the roster to which one session has sent presence (RFC 6121 section 4.6).
    pub directed: usize,
    /// Most contacts in a roster.
    pub items: usize,
    /// Most octets of a roster, as [`Roster::octets`] counts: what one user keeps, and what a look at it costs others.
    pub roster_bytes: usize,
    /// Most octets of presence that is kept to be shown to whoever comes: what a contact's resource costs at a login.
    pub presence_bytes: usize,
    /// Most open requests for one user's presence; further ones are dropped (RFC 6121 section 3.1.3).
    pub pending: usize,
    /// Most octets of an open request; of a longer one only who asks is kept.
    pub pending_bytes: usize,
}

impl Default for RouterLimits {
    fn default() -> Self {
        Self {
            parked: 10_000,
            parked_bytes: 16_777_216,
            directed: 1_000,
            items: 5_000,
            roster_bytes: 786_432,
            presence_bytes: 16_384,
            pending: 200,
            pending_bytes: 4_096,
        }
    }
}

/// The sessions of one domain, and what passes between them.
///
/// A host carries out all actions of a call before the next call. In particular, the roster given to
/// [`Router::attach`] is to be read from the database after all earlier actions reached it.
#[derive(Debug)]
pub struct Router {
    config: RouterConfig,
    users: Users,
    parked: Parked,
    /// How many roster pushes have been sent: their ids.
    pushes: u64,
}

impl Router {
    /// A router without sessions.
    #[must_use]
    pub fn new(config: RouterConfig) -> Self {
        Self { config, users: Users::default(), parked: Parked::default(), pushes: 0 }
    }

    /// About how many octets of memory are in use, the router itself included: sessions, rosters, presence, what waits
    /// for answers. What the allocator adds is not counted, and octets that stanzas share are counted for each of them.
    /// A walk over all of it: to be asked now and then.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.config.domain.as_str().len() + self.users.heap() + self.parked.heap()
    }

    /// What peers can make it remember.
    #[must_use]
    pub fn limits(&self) -> RouterLimits {
        self.config.limits
    }

    /// Sets what peers can make it remember from now on. What is beyond a new limit already stays.
    pub fn set_limits(&mut self, limits: RouterLimits) {
        self.config.limits = limits;
    }

    /// Whether a session that has bound `full` can be added under that number: what [`Router::attach`] checks first.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::AddressInUse`], [`Error::SessionInUse`].
    pub fn admits(&self, id: SessionId, full: Jid<'_>) -> Result<(), Error> {
        if self.place(full) != Place::Resource {
            return Err(Error::Address);
        }
        if self.has_session(id) {
            return Err(Error::SessionInUse);
        }
        if self.session_of(full).is_some() {
            return Err(Error::AddressInUse);
        }
        Ok(())
    }

    /// Adds a session that has bound `full`.
    ///
    /// `roster` counts only for the user's first session: ask [`Router::has_roster`] before looking it up.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::AddressInUse`], [`Error::SessionInUse`].
    pub fn attach(&mut self, id: SessionId, full: JidBuf, roster: Roster, out: &mut Actions) -> Result<(), Error> {
        self.admits(id, full.as_jid())?;
        let user = full.as_jid().bare().to_buf();
        self.users.attach(id, full, roster);
        let line = self.parked.roster_came(user.as_jid());
        self.receive_line(line, out);
        Ok(())
    }

    /// Notes the language of a session's stream: stanzas that name none are in this one (RFC 6120 section 8.1.5). The
    /// empty one says that there is none, which is so from the beginning.
    ///
    /// # Errors
    /// [`Error::Language`]; the session is as it was. A client's header may hold anything, so this is no reason to end
    /// its stream.
    pub fn set_lang(&mut self, id: SessionId, lang: &str) -> Result<(), Error> {
        // It goes out with every stanza that names none: a long one would make little traffic much.
        if lang.len() > Limits::LANG_BYTES || !lang.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Error::Language);
        }
        if let Some(session) = self.users.session_mut(id) {
            session.lang = Some(lang).filter(|lang| !lang.is_empty()).map(String::from);
        }
        Ok(())
    }

    /// Takes in what a session's client sent. A stanza of a session that is not attached is dropped, and so is what
    /// is neither message, presence nor iq.
    ///
    /// The stanza's `from` counts for nothing; whether a wrong one ends the stream is for the stream's owner to say.
    pub fn handle(&mut self, id: SessionId, stanza: &Stanza<'_>, out: &mut Actions) {
        let Some(session) = self.users.session(id) else { return };
        let sender = Sender { id, full: session.full.clone(), lang: session.lang.clone() };
        let to = match stanza.to().map(|to| JidBuf::parse(&to.decode())) {
            Some(Err(_)) => return sender.refuse(stanza, StanzaCondition::JidMalformed, out),
            Some(Ok(to)) => Some(to),
            None => None,
        };
        let to = to.as_ref().map(JidBuf::as_jid);
        match stanza.kind() {
            Kind::Message => self.message(&sender, to, stanza, out),
            Kind::Presence => self.presence(&sender, to, stanza, out),
            Kind::Iq => self.iq(&sender, to, stanza, out),
            _ => {}
        }
    }

    /// Removes a session, which can no longer be sent to. Whoever was told that it is there is told that it is gone.
    pub fn detach(&mut self, id: SessionId, out: &mut Actions) {
        self.vanish(id, out);
        self.users.detach(id);
    }

    /// Takes in what the host's database says to a [`Request`].
    ///
    /// # Errors
    /// [`Error::StaleToken`], [`Error::WrongAnswer`]; nothing was done.
    pub fn answer(&mut self, token: Token, answer: Answer, out: &mut Actions) -> Result<(), Error> {
        self.awaits(token, &answer)?;
        match (self.parked.take(token), answer) {
            (Some(Waiting::Roster { user, line }), Answer::Roster(roster)) => {
                self.users.visit(user.clone(), roster);
                self.receive_line(line, out);
                self.users.forget_if_gone(user.as_jid());
            }
            (Some(Waiting::Store { sender, refusal, .. }), Answer::Refused) if self.users.session(sender).is_some() => {
                out.extend(sender, refusal);
            }
            (Some(Waiting::Load { session, .. }), Answer::Messages(messages)) => {
                self.deliver_kept(session, &messages, out);
            }
            // Stored, or of no more use; presence for nobody is dropped (RFC 6121 section 8.5.1).
            _ => {}
        }
        Ok(())
    }

    /// Whether `answer` is of the kind that the request of `token` waits for.
    ///
    /// # Errors
    /// [`Error::StaleToken`], [`Error::WrongAnswer`].
    pub(crate) fn awaits(&self, token: Token, answer: &Answer) -> Result<(), Error> {
        let waiting = self.parked.peek(token).ok_or(Error::StaleToken)?;
        if waiting.takes(answer) { Ok(()) } else { Err(Error::WrongAnswer) }
    }

    /// Whether the roster of a user, a bare address, is here: then it is current, and the database need not be asked.
    #[must_use]
    pub fn has_roster(&self, user: Jid<'_>) -> bool {
        self.users.roster(user).is_some()
    }

    /// The session that bound a full address.
    #[must_use]
    pub fn session_of(&self, full: Jid<'_>) -> Option<SessionId> {
        self.users.find(full)
    }

    /// The sessions of a user, a bare address, with their full addresses, in the order in which they came.
    pub fn sessions(&self, user: Jid<'_>) -> impl Iterator<Item = (SessionId, Jid<'_>)> {
        self.users.sessions_of(user).map(|(id, session)| (id, session.full.as_jid()))
    }

    /// Whether a session of that number is attached.
    #[must_use]
    pub fn has_session(&self, id: SessionId) -> bool {
        self.users.session(id).is_some()
    }

    /// Whether so many stanzas more, of so many octets in all, may wait for the host's database.
    fn has_room_to_wait(&self, stanzas: usize, octets: usize) -> bool {
        let limits = &self.config.limits;
        self.parked.stanzas() + stanzas <= limits.parked && self.parked.octets() + octets <= limits.parked_bytes
    }

    /// Where an address leads.
    fn place(&self, to: Jid<'_>) -> Place {
        if to.domain() != self.config.domain.as_str() {
            return Place::Remote;
        }
        match (to.local(), to.resource()) {
            (None, None) => Place::Server,
            (None, Some(_)) => Place::ServerResource,
            (Some(_), None) => Place::Account,
            (Some(_), Some(_)) => Place::Resource,
        }
    }

    /// Why nothing is there that could take a stanza.
    fn unreachable(&self, to: Jid<'_>) -> StanzaCondition {
        match self.place(to) {
            Place::Remote => StanzaCondition::RemoteServerNotFound,
            _ => StanzaCondition::ServiceUnavailable,
        }
    }
}

/// Where an address leads, as seen from the router's domain. Neither account nor resource need exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A bare address of a user.
    Account,
    /// Another domain.
    Remote,
    /// A full address of a user.
    Resource,
    /// The domain itself.
    Server,
    /// Something at the domain that is no user.
    ServerResource,
}

/// The session whose stanza is being worked on.
struct Sender {
    id: SessionId,
    full: JidBuf,
    lang: Option<String>,
}

impl Sender {
    /// Answers a stanza with an error, unless it must not be answered.
    fn refuse(&self, stanza: &Stanza<'_>, condition: StanzaCondition, out: &mut Actions) {
        out.extend(self.id, stamp::refusal(stanza, condition));
    }
}

impl Actions {
    /// Delivers what could be written.
    fn extend(&mut self, session: SessionId, stanza: Option<Bytes>) {
        if let Some(stanza) = stanza {
            self.deliver(session, stanza);
        }
    }
}
