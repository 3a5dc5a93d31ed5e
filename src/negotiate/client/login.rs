//! SASL, the initiating side (RFC 6120 section 6).

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::ns::name;
use crate::sasl::client::Exchange;
use crate::sasl::{self, BindingKind, Bindings, Failure, Secured};
use crate::stanza::Stanza;
use crate::stream::Features;
use crate::write::Writer;

use super::opening::ExpectHeader;
use super::{Context, Error, Misbehaved, Phase, Stage, Step};
use crate::negotiate::{Fact, Incompatible, encoding};

/// Picks a mechanism by our own order and sends `<auth/>`. What is known of the channel is of no use afterwards.
pub(super) fn begin(
    features: &Features<'_>,
    confidential: Option<Secured>,
    bindings: &Bindings,
    cx: &mut Context<'_>,
) -> Step {
    let offered: Vec<_> = features.mechanisms().collect();
    let offered = offered.iter().map(AsRef::as_ref);
    let named: Option<Vec<_>> =
        features.channel_bindings().map(|names| names.filter_map(|name| BindingKind::from_name(&name)).collect());
    let choice = sasl::select(offered, &cx.config.sasl, confidential, bindings, named.as_deref())
        .map_err(|_| Incompatible::NoMechanism)?;
    let (exchange, initial) =
        sasl::client::start(choice, &cx.config.credentials, confidential, &*cx.config.random).map_err(Error::Sasl)?;
    let initial = Zeroizing::new(initial);
    let mut writer = Writer::new(cx.out);
    writer.open(name::SASL_AUTH).attr("mechanism", choice.name()).text(&encoding::encode(&initial)).close();
    writer.finish()?;
    Ok((Phase::ExpectOutcome(ExpectOutcome { exchange, confidential }), Fact::None))
}

/// An exchange is under way; the server owes a challenge or its outcome.
pub struct ExpectOutcome {
    exchange: Exchange,
    confidential: Option<Secured>,
}

impl ExpectOutcome {
    pub(super) fn handle(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        match stanza.root().name() {
            name::SASL_CHALLENGE => self.challenge(stanza, cx),
            name::SASL_SUCCESS => self.success(stanza),
            name::SASL_FAILURE => Err(Incompatible::Login(failure(stanza)).into()),
            _ => Err(Misbehaved::UnexpectedElement.into()),
        }
    }

    fn challenge(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        let data = encoding::read(stanza).map_err(|_| Misbehaved::Base64)?;
        let (exchange, response) = self.exchange.challenge(&data.unwrap_or_default()).map_err(Misbehaved::Sasl)?;
        let response = Zeroizing::new(response);
        let mut writer = Writer::new(cx.out);
        writer.open(name::SASL_RESPONSE);
        if !response.is_empty() {
            writer.text(&encoding::encode(&response));
        }
        writer.close();
        writer.finish()?;
        Ok((Phase::ExpectOutcome(Self { exchange, ..self }), Fact::None))
    }

    /// Success is believed only with the proof that the server knows our keys.
    fn success(self, stanza: Stanza<'_>) -> Step {
        let data = encoding::read(stanza).map_err(|_| Misbehaved::Base64)?;
        let verified = self.exchange.success(data.as_ref().map(|data| data.as_slice())).map_err(Misbehaved::Sasl)?;
        let stage = Stage::Authenticated { verified, confidential: self.confidential };
        Ok((Phase::ExpectHeader(ExpectHeader::deferred(stage)), Fact::Restart))
    }
}

/// The condition in a `<failure/>`.
fn failure(stanza: Stanza<'_>) -> Failure {
    let condition = stanza.root().elements().find(|child| child.local() != "text");
    condition.map_or(Failure::NotAuthorized, |child| Failure::from_name(child.local()))
}
