//! The client's side of an exchange.
//!
//! In: credentials, then the payload of each challenge and of success. Out: payloads to send, and at the end a
//! [`Verified`]. Each call consumes the [`Exchange`]; an error ends it for good.
//!
//! A caller that hears of success and has no [`Verified`] in hand has not logged in: with SCRAM, a server that does not
//! know the password can still say "success".

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::crypto::Provider;
use super::scram::client::{AwaitFinal, AwaitFirst};
use super::{ChannelBinding, Choice, Credentials, Error, Secret, Secured, plain, prep};

/// Proof that the server's success may be believed: it showed that it knows the password (SCRAM), or the mechanism has
/// nothing to show and the channel's TLS vouches for it (PLAIN).
#[derive(Debug)]
#[must_use = "without this value there is no login"]
pub struct Verified(());

/// A login under way.
pub struct Exchange(State);

enum State {
    /// PLAIN: everything is said.
    Plain,
    /// SCRAM: the server owes its nonce, salt and iteration count.
    ScramFirst(AwaitFirst),
    /// SCRAM: the server owes its signature.
    ScramFinal(AwaitFinal),
    /// SCRAM: the signature came as a challenge and was right; only the word "success" is missing.
    ScramProven(Verified),
}

/// Begins a login with what [`select`](super::select) chose, or with a [`Mechanism`](super::Mechanism) and no thought
/// of channel binding. Returns the exchange and the initial response, which every mechanism here has. For PLAIN that is
/// the password in clear: wipe it, and what is made of it, once sent.
///
/// # Errors
/// [`Error::NotConfidential`] for PLAIN without a [`Secured`]; [`Error::Username`], [`Error::Password`] or
/// [`Error::Authzid`] for credentials that cannot be sent; [`Error::Random`].
pub fn start<'b>(
    choice: impl Into<Choice<'b>>,
    credentials: &Credentials,
    confidential: Option<Secured>,
    random: &dyn Provider,
) -> Result<(Exchange, Vec<u8>), Error> {
    let Choice { mechanism, flag } = choice.into();
    let identity = Identity::prepare(credentials)?;
    let Some(hash) = mechanism.hash() else {
        confidential.ok_or(Error::NotConfidential)?;
        return Ok((Exchange(State::Plain), identity.plain()));
    };
    let (state, first) = AwaitFirst::start(hash, flag.map(bound), identity, &super::scram::nonce(random)?);
    Ok((Exchange(State::ScramFirst(state)), first))
}

fn bound(binding: &ChannelBinding) -> (&str, &[u8]) {
    (binding.kind().name(), binding.data())
}

impl Exchange {
    /// Answers a challenge. Returns the exchange and the response to send, which may be empty.
    ///
    /// # Errors
    /// What the server did wrong; the exchange is over, and the caller tells the server so (`<abort/>`).
    pub fn challenge(self, data: &[u8]) -> Result<(Self, Vec<u8>), Error> {
        match self.0 {
            State::ScramFirst(state) => {
                let (state, response) = state.handle(data)?;
                Ok((Self(State::ScramFinal(state)), response))
            }
            State::ScramFinal(state) => {
                state.handle(data)?;
                Ok((Self(State::ScramProven(Verified(()))), Vec::new()))
            }
            State::Plain | State::ScramProven(_) => Err(Error::UnexpectedChallenge),
        }
    }

    /// Takes the server's word that we are logged in, with the data that came along (`None` and empty are different to
    /// the framing, but not here).
    ///
    /// # Errors
    /// Why the word must not be believed. The stream is then to be closed: the peer is not the server it claims to be.
    pub fn success(self, data: Option<&[u8]>) -> Result<Verified, Error> {
        match (self.0, data.unwrap_or_default()) {
            (State::ScramFirst(_), _) | (State::ScramFinal(_), []) => Err(Error::ServerSignatureMissing),
            (State::ScramFinal(state), data) => {
                state.handle(data)?;
                Ok(Verified(()))
            }
            (State::Plain, []) => Ok(Verified(())),
            (State::ScramProven(verified), []) => Ok(verified),
            (State::Plain | State::ScramProven(_), _) => Err(Error::UnexpectedSuccessData),
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Plain => "Exchange(Plain)",
            State::ScramFirst(_) => "Exchange(ScramFirst)",
            State::ScramFinal(_) => "Exchange(ScramFinal)",
            State::ScramProven(_) => "Exchange(ScramProven)",
        })
    }
}

/// Credentials fit to be sent: prepared, and free of NUL.
pub(super) struct Identity {
    pub(super) username: String,
    pub(super) password: Secret,
    pub(super) authzid: Option<String>,
}

impl Identity {
    pub(super) fn prepare(credentials: &Credentials) -> Result<Self, Error> {
        let authzid = credentials.authzid.clone();
        if authzid.as_ref().is_some_and(|authzid| authzid.is_empty() || authzid.contains('\0')) {
            return Err(Error::Authzid);
        }
        let username = prep::username(&credentials.username).map_err(Error::Username)?;
        let password = prep::password(&credentials.password).map_err(Error::Password)?;
        Ok(Self { username, password, authzid })
    }

    fn plain(&self) -> Vec<u8> {
        plain::write(&plain::Message {
            authzid: self.authzid.as_deref(),
            authcid: &self.username,
            password: self.password.expose(),
        })
    }
}
