//! Which mechanism a client uses: a pure function of the offer, the policy and the channel.
//!
//! In: names as the server offered them. Out: the one mechanism to try. A refused login is an outcome, never a reason to
//! come back here for something weaker.

use super::{Error, Mechanism};

/// The caller's word that nobody can read or change what passes on the transport.
///
/// PLAIN asks for one of these in both roles, so that sending or accepting a password in clear has to be written down.
#[derive(Clone, Copy, Debug)]
pub struct Secured(());

impl Secured {
    /// States that the transport is confidential: TLS is up, and a client has checked the server's certificate.
    ///
    /// Saying so where it is not true gives passwords away.
    #[must_use]
    pub const fn assert_confidential() -> Self {
        Self(())
    }
}

/// What a client is willing to use. The default is any SCRAM, and no PLAIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Allow PLAIN, and then only on a [`Secured`] channel. It hands the password to whoever answers as the server,
    /// which SCRAM never does.
    pub allow_plain: bool,
    /// Allow SCRAM-SHA-1, which every XMPP server must offer (RFC 6120 section 13.8).
    pub allow_scram_sha1: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { allow_plain: false, allow_scram_sha1: true }
    }
}

impl Policy {
    fn permits(&self, mechanism: Mechanism, confidential: Option<Secured>) -> bool {
        match mechanism {
            Mechanism::Plain => self.allow_plain && confidential.is_some(),
            Mechanism::ScramSha1 => self.allow_scram_sha1,
            Mechanism::ScramSha256 | Mechanism::ScramSha512 => true,
        }
    }
}

/// The best mechanism that is both offered and permitted. Neither the order of the offer nor names we do not know
/// change the answer.
///
/// # Errors
/// [`Error::NoMechanism`] when nothing on offer may be used.
pub fn select<'m>(
    offered: impl Iterator<Item = &'m str>,
    policy: &Policy,
    confidential: Option<Secured>,
) -> Result<Mechanism, Error> {
    let rank = |mechanism: &Mechanism| Mechanism::ALL.iter().position(|known| known == mechanism);
    offered
        .filter_map(Mechanism::from_name)
        .filter(|mechanism| policy.permits(*mechanism, confidential))
        .min_by_key(rank)
        .ok_or(Error::NoMechanism)
}
