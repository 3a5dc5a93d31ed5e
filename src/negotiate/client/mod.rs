//! The initiating side, phase by phase. `Expect*`: the server owes something; `Await*`: the application does.

mod bind;
mod login;
mod opening;
mod secure;

use alloc::vec::Vec;

use crate::jid::JidBuf;
use crate::sasl::client::Verified;
use crate::sasl::{Bindings, Secured};
use crate::stanza::Stanza;
use crate::stream::Header;

use super::{ClientConfig, Error, Fact, Misbehaved, TlsPolicy};
use bind::ExpectBound;
use login::ExpectOutcome;
use opening::{ExpectError, ExpectFeatures, ExpectHeader};
use secure::{AwaitSecure, ExpectProceed};

/// What a phase may look at and write to.
pub(crate) struct Context<'c> {
    pub(crate) config: &'c ClientConfig,
    pub(crate) out: &'c mut Vec<u8>,
    /// Octets that wait behind the unit being handled.
    pub(crate) unread: usize,
}

/// How far the stream has come, with the proof of it.
pub(super) enum Stage {
    Clear,
    Secured(Secured, Bindings),
    Authenticated { verified: Verified, confidential: Option<Secured> },
}

impl Stage {
    fn is_confidential(&self) -> bool {
        match self {
            Self::Clear => false,
            Self::Secured(..) => true,
            Self::Authenticated { confidential, .. } => confidential.is_some(),
        }
    }

    fn bindings(&mut self) -> Option<&mut Bindings> {
        match self {
            Self::Secured(_, bindings) => Some(bindings),
            Self::Clear | Self::Authenticated { .. } => None,
        }
    }
}

/// Where the negotiation stands.
pub enum Phase {
    ExpectHeader(ExpectHeader),
    ExpectError(ExpectError),
    ExpectFeatures(ExpectFeatures),
    ExpectProceed(ExpectProceed),
    AwaitSecure(AwaitSecure),
    ExpectOutcome(ExpectOutcome),
    ExpectBound(ExpectBound),
    Bound(JidBuf),
}

type Step = Result<(Phase, Fact), Error>;

impl Phase {
    /// Writes the first stream header. `bindings` are of a transport that is TLS from its first byte.
    pub(crate) fn begin(bindings: Bindings, cx: &mut Context<'_>) -> Result<Self, Error> {
        let stage = match cx.config.tls {
            TlsPolicy::Direct => Stage::Secured(Secured::assert_confidential(), bindings),
            TlsPolicy::Required | TlsPolicy::Optional | TlsPolicy::Disabled => Stage::Clear,
        };
        Ok(Self::ExpectHeader(ExpectHeader::open(stage, cx)?))
    }

    /// The server's stream header.
    pub(crate) fn header(self, header: &Header<'_>, cx: &mut Context<'_>) -> Step {
        match self {
            Self::ExpectHeader(phase) => phase.handle(header, cx),
            _ => Err(Misbehaved::UnexpectedElement.into()),
        }
    }

    /// A first-level element.
    pub(crate) fn stanza(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        match self {
            Self::ExpectError(phase) => Err(phase.handle()),
            Self::ExpectFeatures(phase) => phase.handle(stanza, cx),
            Self::ExpectProceed(phase) => phase.handle(stanza, cx),
            Self::ExpectOutcome(phase) => phase.handle(stanza, cx),
            Self::ExpectBound(phase) => phase.handle(stanza),
            Self::ExpectHeader(_) | Self::AwaitSecure(_) | Self::Bound(_) => Err(Misbehaved::UnexpectedElement.into()),
        }
    }

    /// What is known of the channel, from the agreement on TLS until a mechanism is chosen.
    pub(crate) fn bindings(&mut self) -> Option<&mut Bindings> {
        match self {
            Self::AwaitSecure(phase) => Some(phase.bindings()),
            Self::ExpectHeader(phase) => phase.bindings(),
            Self::ExpectFeatures(phase) => phase.bindings(),
            _ => None,
        }
    }

    /// The application secured the transport: the stream starts anew.
    pub(crate) fn secured(self, cx: &mut Context<'_>) -> Result<Self, Error> {
        match self {
            Self::AwaitSecure(phase) => phase.secured(cx),
            other => Ok(other),
        }
    }

    /// The parser starts anew behind `<success/>`: the header that opens the authenticated stream.
    pub(crate) fn restart(self, cx: &mut Context<'_>) -> Result<Self, Error> {
        match self {
            Self::ExpectHeader(phase) => phase.reopen(cx),
            other => Ok(other),
        }
    }

    /// Whether the application owes the TLS handshake.
    pub(crate) fn awaits_secure(&self) -> bool {
        matches!(self, Self::AwaitSecure(_))
    }
}
