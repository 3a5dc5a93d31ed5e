//! The receiving side, phase by phase. `Expect*`: the client owes something; `Await*`: the application does.

mod answer;
mod bind;
mod login;
mod opening;
mod secure;

use alloc::vec::Vec;

use crate::jid::{Jid, JidBuf};
use crate::ns::NsId;
use crate::sasl::{Bindings, Mechanism, Secured};
use crate::stanza::Stanza;
use crate::stream::Header;

use super::{Error, Fact, Misbehaved, ServerConfig, TlsPolicy};
pub use answer::Answer;
use bind::{AwaitResource, ExpectBind};
use login::{AwaitKeys, ExpectAuth, ExpectResponse};
use opening::ExpectHeader;
use secure::AwaitSecure;

/// What a phase may look at and write to.
pub(crate) struct Context<'c> {
    pub(crate) config: &'c ServerConfig,
    pub(crate) out: &'c mut Vec<u8>,
    /// Octets that wait behind the unit being handled.
    pub(crate) unread: usize,
}

impl Context<'_> {
    /// `N` octets as `2 * N` hexadecimal digits that nobody can guess.
    fn unguessable<const N: usize>(&self) -> Result<alloc::string::String, Error> {
        let mut octets = [0; N];
        self.config.random.random(&mut octets).map_err(|_| Error::Random)?;
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        Ok(octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect())
    }
}

/// How far the stream has come, with the proof of it.
pub(super) enum Stage {
    Clear,
    Secured(Secured, Bindings),
    Authenticated(JidBuf),
}

impl Stage {
    fn confidential(&self) -> Option<Secured> {
        match self {
            Self::Secured(secured, _) => Some(*secured),
            Self::Clear | Self::Authenticated(_) => None,
        }
    }

    /// What is known of the channel.
    fn bindings(&self) -> &Bindings {
        match self {
            Self::Secured(_, bindings) => bindings,
            Self::Clear | Self::Authenticated(_) => Bindings::NONE,
        }
    }

    /// The mechanisms that make sense here (RFC 6120 section 6.3.4).
    fn mechanisms(&self, config: &ServerConfig) -> Vec<Mechanism> {
        let confidential = self.confidential().is_some();
        if !confidential && config.tls == TlsPolicy::Required {
            return Vec::new();
        }
        config.mechanisms.iter().copied().filter(|mechanism| confidential || *mechanism != Mechanism::Plain).collect()
    }
}

/// Where the negotiation stands.
pub enum Phase {
    ExpectHeader(ExpectHeader),
    ExpectAuth(ExpectAuth),
    AwaitSecure(AwaitSecure),
    AwaitKeys(AwaitKeys),
    ExpectResponse(ExpectResponse),
    ExpectBind(ExpectBind),
    AwaitResource(AwaitResource),
    Bound(JidBuf),
}

type Step = Result<(Phase, Fact), Error>;

impl Phase {
    /// Waits for the first stream header. `bindings` are of a transport that is TLS from its first byte.
    pub(crate) fn begin(bindings: Bindings, config: &ServerConfig) -> Self {
        let stage = match config.tls {
            TlsPolicy::Direct => Stage::Secured(Secured::assert_confidential(), bindings),
            TlsPolicy::Required | TlsPolicy::Optional | TlsPolicy::Disabled => Stage::Clear,
        };
        Self::ExpectHeader(ExpectHeader::new(stage))
    }

    /// The client's stream header.
    pub(crate) fn header(self, header: &Header<'_>, cx: &mut Context<'_>) -> Step {
        match self {
            Self::ExpectHeader(phase) => phase.handle(header, cx),
            _ => Err(Misbehaved::UnexpectedElement.into()),
        }
    }

    /// A first-level element.
    pub(crate) fn stanza(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        match self {
            Self::ExpectAuth(phase) => phase.handle(stanza, cx),
            Self::ExpectResponse(phase) => phase.handle(stanza, cx),
            Self::ExpectBind(phase) => phase.handle(stanza, cx),
            Self::ExpectHeader(_)
            | Self::AwaitSecure(_)
            | Self::AwaitKeys(_)
            | Self::AwaitResource(_)
            | Self::Bound(_) => Err(unexpected(stanza)),
        }
    }

    /// What is known of the channel, from the agreement on TLS until the features say so.
    pub(crate) fn bindings(&mut self) -> Option<&mut Bindings> {
        match self {
            Self::AwaitSecure(phase) => Some(phase.bindings()),
            Self::ExpectHeader(phase) => phase.bindings(),
            _ => None,
        }
    }

    /// The application secured the transport: a new header is due.
    pub(crate) fn secured(self) -> Self {
        match self {
            Self::AwaitSecure(phase) => phase.secured(),
            other => other,
        }
    }

    /// The application's answer to what was asked; the same phase where it asked for nothing of the kind.
    pub(crate) fn answer(self, answer: Answer, cx: &mut Context<'_>) -> Step {
        match self {
            Self::AwaitKeys(phase) => phase.answer(answer, cx),
            Self::AwaitResource(phase) => phase.answer(answer, cx),
            other => Ok((other, Fact::None)),
        }
    }

    /// Whether the client owes a stream header, so that an error must be preceded by one of ours.
    pub(crate) fn owes_header(&self) -> bool {
        matches!(self, Self::ExpectHeader(_))
    }

    /// Writes a response header for an error in the opening phase (RFC 6120 section 4.9.1.2).
    pub(crate) fn respond(cx: &mut Context<'_>) -> Result<(), Error> {
        opening::respond(None, cx)
    }

    /// Whether the application owes the TLS handshake.
    pub(crate) fn awaits_secure(&self) -> bool {
        matches!(self, Self::AwaitSecure(_))
    }

    /// Whether the application owes an answer; input waits meanwhile.
    pub(crate) fn awaits_answer(&self) -> bool {
        matches!(self, Self::AwaitKeys(_) | Self::AwaitResource(_))
    }

    /// The bare JID that wants to log in, or has.
    pub(crate) fn account(&self) -> Option<Jid<'_>> {
        match self {
            Self::AwaitKeys(phase) => Some(phase.account()),
            Self::ExpectHeader(phase) => phase.account(),
            _ => None,
        }
    }

    /// Which full JID wants to be bound, and whether the client chose its resource.
    pub(crate) fn proposed(&self) -> Option<(Jid<'_>, bool)> {
        match self {
            Self::AwaitResource(phase) => Some((phase.proposed(), phase.chosen_by_client())),
            _ => None,
        }
    }
}

/// The error for an element that has no place: a stanza is one thing (RFC 6120 section 4.9.3.12),
/// anything else another.
fn unexpected(stanza: Stanza<'_>) -> Error {
    match stanza.root().name().ns {
        NsId::CLIENT => Misbehaved::NotAuthorized.into(),
        _ => Misbehaved::UnexpectedElement.into(),
    }
}
