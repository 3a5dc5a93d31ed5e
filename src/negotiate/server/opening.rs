//! Stream headers and features, as the receiving side gives them.

use alloc::vec::Vec;

use crate::jid::{Jid, JidBuf};
use crate::sasl::{BindingKind, Bindings, Mechanism};
use crate::stanza::Text;
use crate::stream::{Breach, Condition, Header, Offer, Opening};
use crate::{Limits, write};

use super::bind::ExpectBind;
use super::login::ExpectAuth;
use super::{Context, Error, Misbehaved, Phase, Stage, Step, TlsPolicy};
use crate::negotiate::{Fact, Incompatible, opening};

/// The client owes a stream header.
pub struct ExpectHeader {
    stage: Stage,
}

impl ExpectHeader {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage }
    }

    /// Who has logged in, on a stream that is to start anew for it.
    pub(super) fn account(&self) -> Option<Jid<'_>> {
        match &self.stage {
            Stage::Authenticated(user) => Some(user.as_jid()),
            Stage::Clear | Stage::Secured(..) => None,
        }
    }

    pub(super) fn bindings(&mut self) -> Option<&mut Bindings> {
        match &mut self.stage {
            Stage::Secured(_, bindings) => Some(bindings),
            Stage::Clear | Stage::Authenticated(_) => None,
        }
    }

    /// Answers with a header of our own in any case, then with features or the error.
    pub(super) fn handle(self, header: &Header<'_>, cx: &mut Context<'_>) -> Step {
        respond(Some(header), cx)?;
        opening::check(header)?;
        check_weight(header)?;
        let to = header.to().and_then(|to| JidBuf::parse(&to.decode()).ok());
        if to.is_none_or(|to| to.as_jid() != cx.config.domain()) {
            return Err(Incompatible::HostUnknown.into());
        }
        let from = header.from().and_then(|from| JidBuf::parse(&from.decode()).ok());
        match self.stage {
            Stage::Authenticated(user) => {
                if from.is_some_and(|from| from.as_jid().bare() != user.as_jid()) {
                    return Err(Misbehaved::From.into());
                }
                Offer::Bind.write(cx.out)?;
                Ok((Phase::ExpectBind(ExpectBind::new(user)), Fact::Opened))
            }
            stage @ (Stage::Clear | Stage::Secured(..)) => {
                offer(&stage, cx)?;
                Ok((Phase::ExpectAuth(ExpectAuth::new(stage)), Fact::Opened))
            }
        }
    }
}

/// Whether the header holds no more than may be put on every stanza that the client sends: else little traffic of its
/// own would make much for others.
fn check_weight(header: &Header<'_>) -> Result<(), Misbehaved> {
    let heavy = |why| Err(Misbehaved::Header(Breach::new(Condition::PolicyViolation, why)));
    if header.lang().is_some_and(|lang| lang.decode().len() > Limits::LANG_BYTES) {
        return heavy("the language of the stream is too long");
    }
    let octets = |(prefix, ns): (&str, Text<'_>)| prefix.len() + write::escaped_len(&ns.decode());
    if header.declarations().map(octets).sum::<usize>() > Limits::HEADER_NAMESPACES_BYTES {
        return heavy("too many bytes of namespaces are declared for the stream");
    }
    Ok(())
}

/// The features before authentication. Where something is known of the channel, each mechanism that can bind is offered
/// in both variants (RFC 5802 section 6).
fn offer(stage: &Stage, cx: &mut Context<'_>) -> Result<(), Error> {
    let bindings: Vec<_> = stage.bindings().kinds().map(BindingKind::name).collect();
    let variants = |mechanism: Mechanism| {
        let plus = mechanism.plus_name().filter(|_| !bindings.is_empty());
        plus.into_iter().chain([mechanism.name()])
    };
    let names: Vec<_> = stage.mechanisms(cx.config).into_iter().flat_map(variants).collect();
    let offer = match (stage, cx.config.tls) {
        (Stage::Clear, TlsPolicy::Required) => Offer::StartTls,
        (Stage::Clear, TlsPolicy::Optional) => Offer::StartTlsOrSasl(&names),
        _ => Offer::Sasl { mechanisms: &names, bindings: &bindings },
    };
    Ok(offer.write(cx.out)?)
}

/// Writes the response header: `to` exactly where the client gave a `from` (RFC 6120 section 4.7.2).
pub(super) fn respond(header: Option<&Header<'_>>, cx: &mut Context<'_>) -> Result<(), Error> {
    let id = cx.unguessable::<16>()?;
    let to = header.and_then(Header::from).and_then(|from| JidBuf::parse(&from.decode()).ok());
    let opening = Opening {
        from: Some(cx.config.domain().as_str()),
        to: to.as_ref().map(|to| to.as_jid().as_str()),
        id: Some(&id),
        lang: &cx.config.lang,
    };
    Ok(opening.write(cx.out)?)
}
