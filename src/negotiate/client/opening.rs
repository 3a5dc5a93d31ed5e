//! Stream headers and features, as the initiating side sees them.

use crate::jid::JidBuf;
use crate::sasl::Bindings;
use crate::stanza::Stanza;
use crate::stream::{Breach, Condition, Features, Header, Opening};

use super::{Context, Error, ExpectProceed, Misbehaved, Phase, Stage, Step, TlsPolicy, bind, login};
use crate::negotiate::{Fact, opening};

/// Our header is out; the server owes its own.
pub struct ExpectHeader {
    stage: Stage,
}

impl ExpectHeader {
    /// Writes a header for `stage`: `from` only where nobody on the path can read it (RFC 6120 section 4.7.1).
    pub(super) fn open(stage: Stage, cx: &mut Context<'_>) -> Result<Self, Error> {
        let jid = cx.config.jid();
        let from = jid.bare();
        let opening = Opening {
            from: stage.is_confidential().then_some(from.as_str()),
            to: Some(jid.domain()),
            id: None,
            lang: &cx.config.lang,
        };
        opening.write(cx.out)?;
        Ok(Self { stage })
    }

    /// A phase whose header is yet to be written, once the parser has started anew.
    pub(super) fn deferred(stage: Stage) -> Self {
        Self { stage }
    }

    pub(super) fn bindings(&mut self) -> Option<&mut Bindings> {
        self.stage.bindings()
    }

    pub(super) fn reopen(self, cx: &mut Context<'_>) -> Result<Phase, Error> {
        Self::open(self.stage, cx).map(Phase::ExpectHeader)
    }

    pub(super) fn handle(self, header: &Header<'_>, cx: &mut Context<'_>) -> Step {
        opening::check(header)?;
        if let Some(from) = header.from() {
            let same =
                JidBuf::parse(&from.decode()).is_ok_and(|from| from.as_jid().as_str() == cx.config.jid().domain());
            if !same {
                return Ok((Phase::ExpectError(ExpectError), Fact::None));
            }
        }
        Ok((Phase::ExpectFeatures(ExpectFeatures { stage: self.stage }), Fact::Opened))
    }
}

/// The header is of another domain. A server that does not know ours answers under its own name and says so (RFC 6120
/// section 4.9.1.3), which the connection takes up; behind such a header there is nothing else to talk about.
pub struct ExpectError;

impl ExpectError {
    pub(super) fn handle(self) -> Error {
        let why = "the server answers for another domain";
        Misbehaved::Header(Breach::new(Condition::InvalidFrom, why)).into()
    }
}

/// The server's header is in; it owes the features.
pub struct ExpectFeatures {
    stage: Stage,
}

impl ExpectFeatures {
    pub(super) fn bindings(&mut self) -> Option<&mut Bindings> {
        self.stage.bindings()
    }

    pub(super) fn handle(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        let Some(features) = Features::read(stanza.root()) else { return Err(Misbehaved::UnexpectedElement.into()) };
        match self.stage {
            Stage::Clear => match cx.config.tls {
                // Asked for even where it is not offered: an attacker can strike the offer out (RFC 7590 section 3.1).
                TlsPolicy::Required | TlsPolicy::Direct => ExpectProceed::request(cx),
                TlsPolicy::Optional if features.starttls() => ExpectProceed::request(cx),
                TlsPolicy::Optional | TlsPolicy::Disabled => login::begin(&features, None, Bindings::NONE, cx),
            },
            Stage::Secured(secured, bindings) => login::begin(&features, Some(secured), &bindings, cx),
            Stage::Authenticated { verified, .. } => bind::begin(&features, &verified, cx),
        }
    }
}
