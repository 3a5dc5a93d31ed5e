//! Which mechanism a client uses: a pure function of the offer, the policy and the channel.
//!
//! In: names as the server offered them, what is known of the channel. Out: the one mechanism to try, and what is said
//! in it about channel binding. A refused login is an outcome, never a reason to come back here for something weaker.

use super::binding::Flag;
use super::{BindingKind, Bindings, Choice, Error, Mechanism};

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
/// One that binds to the channel comes before all others, if both sides know a kind of binding: `bindings` is what we
/// know of the channel, `named` the kinds that the server says to know (XEP-0440); one that says nothing means
/// `tls-unique`. Where we could bind and are offered nothing that does, the server is told so, and refuses if that is
/// not what it said (RFC 5802 section 6).
///
/// # Errors
/// [`Error::NoMechanism`] when nothing on offer may be used.
pub fn select<'m, 'b>(
    offered: impl Iterator<Item = &'m str>,
    policy: &Policy,
    confidential: Option<Secured>,
    bindings: &'b Bindings,
    named: Option<&[BindingKind]>,
) -> Result<Choice<'b>, Error> {
    let (mut best, mut best_plus) = (None, None);
    for name in offered {
        prefer(&mut best, Mechanism::from_name(name), policy, confidential);
        prefer(&mut best_plus, Mechanism::from_plus_name(name), policy, confidential);
    }
    let named = named.unwrap_or(BindingKind::UNNAMED);
    let common = bindings.kinds().find(|kind| named.contains(kind)).and_then(|kind| bindings.get(kind));
    if let (Some(mechanism), Some(binding)) = (best_plus, common) {
        return Ok(Choice { mechanism, flag: Flag::Bound(binding) });
    }
    let unoffered = best_plus.is_none() && !bindings.is_empty();
    let flag = if unoffered { Flag::Unoffered } else { Flag::Unable };
    best.map(|mechanism| Choice { mechanism, flag }).ok_or(Error::NoMechanism)
}

/// Keeps in `best` the one of two that we like better, if the other may be used at all.
fn prefer(best: &mut Option<Mechanism>, other: Option<Mechanism>, policy: &Policy, confidential: Option<Secured>) {
    let permitted = other.filter(|mechanism| policy.permits(*mechanism, confidential));
    let rank = |mechanism: &Mechanism| Mechanism::ALL.iter().position(|known| known == mechanism);
    *best = (*best).into_iter().chain(permitted).min_by_key(rank);
}
