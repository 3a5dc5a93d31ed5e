//! STARTTLS, the initiating side (RFC 6120 section 5).

use crate::ns::name;
use crate::sasl::{Bindings, Secured};
use crate::stanza::Stanza;
use crate::write::Writer;

use super::opening::ExpectHeader;
use super::{Context, Error, Misbehaved, Phase, Stage, Step};
use crate::negotiate::{AlignedProof, Fact, Incompatible};

/// `<starttls/>` is out; the server owes `<proceed/>` or `<failure/>`.
pub struct ExpectProceed(());

impl ExpectProceed {
    pub(super) fn request(cx: &mut Context<'_>) -> Step {
        let mut writer = Writer::new(cx.out);
        writer.open(name::TLS_STARTTLS).close();
        writer.finish()?;
        Ok((Phase::ExpectProceed(Self(())), Fact::None))
    }

    pub(super) fn handle(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        match stanza.root().name() {
            name::TLS_PROCEED => {
                let aligned = AlignedProof::check(cx.unread).ok_or(Misbehaved::BytesBeforeTls)?;
                let phase = AwaitSecure { _aligned: aligned, bindings: Bindings::default() };
                Ok((Phase::AwaitSecure(phase), Fact::StartTls))
            }
            name::TLS_FAILURE => Err(Incompatible::TlsRefused.into()),
            _ => Err(Misbehaved::UnexpectedElement.into()),
        }
    }
}

/// Both sides agreed on TLS; the application owes the handshake.
pub struct AwaitSecure {
    _aligned: AlignedProof,
    bindings: Bindings,
}

impl AwaitSecure {
    pub(super) fn bindings(&mut self) -> &mut Bindings {
        &mut self.bindings
    }

    pub(super) fn secured(self, cx: &mut Context<'_>) -> Result<Phase, Error> {
        let stage = Stage::Secured(Secured::assert_confidential(), self.bindings);
        ExpectHeader::open(stage, cx).map(Phase::ExpectHeader)
    }
}
