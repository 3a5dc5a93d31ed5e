//! Resource binding, the initiating side (RFC 6120 section 7).

use crate::ns::name;
use crate::sasl::client::Verified;
use crate::session::{bind, iq};
use crate::stanza::Stanza;
use crate::stream::Features;

use super::{Context, Misbehaved, Phase, Step};
use crate::negotiate::{Fact, Incompatible};

const ID: &str = "bind";

/// Asks for a resource: only on a stream whose server has proved itself.
pub(super) fn begin(features: &Features<'_>, _verified: &Verified, cx: &mut Context<'_>) -> Step {
    if !features.bind() {
        return Err(Incompatible::BindNotOffered.into());
    }
    bind::write_request(cx.out, ID, cx.config.jid().resource())?;
    Ok((Phase::ExpectBound(ExpectBound(())), Fact::None))
}

/// The request is out; the server owes the full JID.
pub struct ExpectBound(());

impl ExpectBound {
    pub(super) fn handle(self, stanza: Stanza<'_>) -> Step {
        if !stanza.root().is(name::IQ) || stanza.id().is_none_or(|id| id != ID) {
            return Err(Misbehaved::UnexpectedElement.into());
        }
        if stanza.ty().is_some_and(|kind| kind == "error") {
            return Err(Incompatible::Bind(iq::error_condition(&stanza)).into());
        }
        let jid = bind::read_result(&stanza).map_err(|_| Misbehaved::BindResult)?;
        Ok((Phase::Bound(jid), Fact::Bound))
    }
}
