//! The server's side of an exchange.
//!
//! In: the client's payloads, and for the user it names the stored keys or the news that there are none. Out: a
//! [`Step`]. Each call consumes what it is called on, so that a client has one guess per exchange.
//!
//! A user that does not exist is answered like one that does, with a salt that stays the same from one try to the next,
//! and fails at the end. Who may act as whom is not decided here: [`Step::Success`] tells both identities.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::crypto::Provider;
use super::scram::server::{AwaitKeys, ExpectFinal, ExpectFirst};
use super::scram::{Account, ITERATIONS_DEFAULT};
use super::{Failure, Secret, Secured, Wanted, plain, prep};

/// What a server does next.
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// Send these octets (perhaps none) as a challenge and hand the answer to [`Exchange::response`].
    Challenge(Exchange, Vec<u8>),
    /// Look a user up, now or later, and answer with [`Lookup::found`] or [`Lookup::not_found`].
    Lookup(Lookup),
    /// The client is who it says. Before telling it so, check that `authcid` may act as `authzid`
    /// ([`Failure::InvalidAuthzid`]) and may log in at all ([`Failure::AccountDisabled`]).
    Success {
        /// Whose password was right, prepared by RFC 8265 (case kept).
        authcid: String,
        /// Whom the client wants to act as, as received; `None` for itself.
        authzid: Option<String>,
        /// What goes with the success.
        data: Option<Vec<u8>>,
    },
    /// The exchange is over; tell the client why.
    Failure(Failure),
}

/// An exchange in which the client is to speak.
pub struct Exchange(State);

enum State {
    Plain,
    ScramFirst(ExpectFirst),
    ScramFinal(ExpectFinal),
}

/// Begins an exchange for what the client wanted among what is on offer, see [`Wanted::read`]. `initial` is the initial
/// response; `None` if the client sent none, which differs from an empty one (RFC 6120 section 6.4.2).
///
/// PLAIN without a [`Secured`] ends in [`Failure::EncryptionRequired`], a failing random source in
/// [`Failure::TemporaryAuthFailure`].
pub fn start(
    wanted: impl Into<Wanted>,
    confidential: Option<Secured>,
    initial: Option<&[u8]>,
    random: &dyn Provider,
) -> Step {
    match (Exchange::new(wanted.into(), confidential, random), initial) {
        (Ok(exchange), Some(initial)) => exchange.response(initial),
        (Ok(exchange), None) => Step::Challenge(exchange, Vec::new()),
        (Err(failure), _) => Step::Failure(failure),
    }
}

impl Exchange {
    fn new(wanted: Wanted, confidential: Option<Secured>, random: &dyn Provider) -> Result<Self, Failure> {
        match wanted.mechanism.hash() {
            None if confidential.is_none() => Err(Failure::EncryptionRequired),
            None => Ok(Self(State::Plain)),
            Some(hash) => {
                let nonce = super::scram::nonce(random).map_err(|_| Failure::TemporaryAuthFailure)?;
                Ok(Self(State::ScramFirst(ExpectFirst::new(hash, nonce, wanted))))
            }
        }
    }

    /// Takes the client's next message.
    pub fn response(self, data: &[u8]) -> Step {
        match self.0 {
            State::Plain => plain_lookup(data).map_or_else(Step::Failure, Step::Lookup),
            State::ScramFirst(state) => match state.handle(data) {
                Ok(state) => Step::Lookup(Lookup(Owing::Scram(state))),
                Err(failure) => Step::Failure(failure),
            },
            State::ScramFinal(state) => match state.handle(data) {
                Ok(done) => Step::Success { authcid: done.username, authzid: done.authzid, data: Some(done.signature) },
                Err(failure) => Step::Failure(failure),
            },
        }
    }
}

fn plain_lookup(data: &[u8]) -> Result<Lookup, Failure> {
    let message = plain::parse(data).ok_or(Failure::MalformedRequest)?;
    let username = prep::username(message.authcid).map_err(|_| Failure::NotAuthorized)?;
    let password = Secret::new(message.password.to_owned());
    Ok(Lookup(Owing::Plain { username, authzid: message.authzid.map(ToOwned::to_owned), password }))
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Plain => "Exchange(Plain)",
            State::ScramFirst(_) => "Exchange(ScramFirst)",
            State::ScramFinal(_) => "Exchange(ScramFinal)",
        })
    }
}

/// An exchange that waits for the stored keys of a user.
pub struct Lookup(Owing);

enum Owing {
    Plain { username: String, authzid: Option<String>, password: Secret },
    Scram(AwaitKeys),
}

impl Lookup {
    /// Whose keys are wanted: the name that the client sent, prepared by RFC 8265 (case kept).
    #[must_use]
    pub fn username(&self) -> &str {
        match &self.0 {
            Owing::Plain { username, .. } => username,
            Owing::Scram(state) => state.username(),
        }
    }

    /// Whom the client wants to act as, as received; `None` for itself. Nothing is proven yet.
    #[must_use]
    pub fn authzid(&self) -> Option<&str> {
        match &self.0 {
            Owing::Plain { authzid, .. } => authzid.as_deref(),
            Owing::Scram(state) => state.authzid(),
        }
    }

    /// Whether the exchange is bound to the TLS connection by what serves for one exchange alone (RFC 9266
    /// section 4.1): if it fails, there must be no other on this connection.
    #[must_use]
    pub fn binds_once(&self) -> bool {
        match &self.0 {
            Owing::Plain { .. } => false,
            Owing::Scram(state) => state.binds_once(),
        }
    }

    /// The user exists. PLAIN is decided at once, with one key derivation; SCRAM goes on with a challenge.
    ///
    /// An account without keys for the hash in use gets the dialogue of an account that does not exist.
    pub fn found(self, account: &Account) -> Step {
        match self.0 {
            Owing::Plain { username, authzid, password } => {
                if account.opens_with(&password) {
                    Step::Success { authcid: username, authzid, data: None }
                } else {
                    Step::Failure(Failure::NotAuthorized)
                }
            }
            Owing::Scram(state) => {
                let (state, challenge) = state.challenge(account);
                Step::Challenge(Exchange(State::ScramFinal(state)), challenge)
            }
        }
    }

    /// The user does not exist: goes on as if it did, to a certain [`Failure::NotAuthorized`].
    ///
    /// `fake_secret` belongs to the server and stays the same over its life (32 random octets are enough): salts of
    /// users that do not exist are made from it. The pretended account is like those of [`Account::derive`]. Where real
    /// ones differ from that, call [`Lookup::found`] with an [`Account::decoy`] that resembles them.
    ///
    /// `account` is the name under which the user was looked for. All spellings of a user that exists lead to one salt;
    /// they must lead to one salt here too, or two of them tell who exists. [`Lookup::username`] is only one spelling.
    pub fn not_found(self, fake_secret: &[u8], account: &str) -> Step {
        let decoy = Account::decoy(fake_secret, account, super::scram::Hash::STRONGEST, ITERATIONS_DEFAULT);
        self.found(&decoy)
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("username", &self.username()).finish_non_exhaustive()
    }
}
