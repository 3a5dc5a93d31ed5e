//! STARTTLS, the receiving side (RFC 6120 section 5).

use crate::ns::name;
use crate::sasl::{Bindings, Secured};
use crate::write::Writer;

use super::opening::ExpectHeader;
use super::{Context, Misbehaved, Phase, Stage, Step};
use crate::negotiate::{AlignedProof, Fact};

/// `<proceed/>` is out; the application owes the handshake.
pub struct AwaitSecure {
    _aligned: AlignedProof,
    bindings: Bindings,
}

impl AwaitSecure {
    /// Answers `<starttls/>`, unless bytes wait behind it that would be smuggled into the secured stream.
    pub(super) fn proceed(cx: &mut Context<'_>) -> Step {
        let aligned = AlignedProof::check(cx.unread).ok_or(Misbehaved::BytesBeforeTls)?;
        let mut writer = Writer::new(cx.out);
        writer.open(name::TLS_PROCEED).close();
        writer.finish()?;
        Ok((Phase::AwaitSecure(Self { _aligned: aligned, bindings: Bindings::default() }), Fact::StartTls))
    }

    pub(super) fn bindings(&mut self) -> &mut Bindings {
        &mut self.bindings
    }

    pub(super) fn secured(self) -> Phase {
        Phase::ExpectHeader(ExpectHeader::new(Stage::Secured(Secured::assert_confidential(), self.bindings)))
    }
}
