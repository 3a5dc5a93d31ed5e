//! Resource binding, the receiving side (RFC 6120 section 7).

use alloc::string::String;

use crate::Limits;
use crate::jid::{Jid, JidBuf};
use crate::session::bind;
use crate::stanza::Stanza;
use crate::write::{self, StanzaCondition};

use super::{Answer, Context, Misbehaved, Phase, Step, unexpected};
use crate::negotiate::Fact;

/// Features are out; the client owes a bind request, and nothing else passes before it.
pub struct ExpectBind {
    user: JidBuf,
    failed: u8,
}

impl ExpectBind {
    pub(super) fn new(user: JidBuf) -> Self {
        Self { user, failed: 0 }
    }

    pub(super) fn handle(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        let (Some(request), Some(id)) = (bind::Request::read(&stanza), stanza.id()) else {
            return Err(unexpected(stanza));
        };
        let id = String::from(id.decode());
        let chosen_by_client = request.resource.is_some();
        let proposed = match request.resource {
            Some(resource) => self.user.as_jid().with_resource(&resource),
            None => self.user.as_jid().with_resource(&cx.unguessable::<12>()?),
        };
        match proposed {
            // It is in the `from` of all that the client sends: a long one would make little traffic much.
            Ok(proposed)
                if write::escaped_len(proposed.as_jid().resource().unwrap_or("")) <= Limits::RESOURCE_BYTES =>
            {
                let phase = AwaitResource { bind: self, id, proposed, chosen_by_client };
                Ok((Phase::AwaitResource(phase), Fact::NeedResource))
            }
            _ => self.refuse(&id, StanzaCondition::BadRequest, cx),
        }
    }

    fn refuse(self, id: &str, condition: StanzaCondition, cx: &mut Context<'_>) -> Step {
        write::iq_error(cx.out, None, id, condition)?;
        let failed = self.failed.saturating_add(1);
        if failed >= cx.config.bind_tries {
            return Err(Misbehaved::TooManyAttempts.into());
        }
        Ok((Phase::ExpectBind(Self { failed, ..self }), Fact::None))
    }
}

/// The application owes a decision on a full JID.
pub struct AwaitResource {
    bind: ExpectBind,
    id: String,
    proposed: JidBuf,
    chosen_by_client: bool,
}

impl AwaitResource {
    pub(super) fn proposed(&self) -> Jid<'_> {
        self.proposed.as_jid()
    }

    pub(super) fn chosen_by_client(&self) -> bool {
        self.chosen_by_client
    }

    pub(super) fn answer(self, answer: Answer, cx: &mut Context<'_>) -> Step {
        let full = match answer {
            Answer::Accept => Ok(self.proposed),
            Answer::Resource(resource) => {
                self.proposed.as_jid().with_resource(&resource).map_err(|_| StanzaCondition::InternalServerError)
            }
            Answer::Refuse(condition) => Err(condition),
            Answer::Account(_) | Answer::NoAccount | Answer::Disabled | Answer::Unavailable => {
                Err(StanzaCondition::InternalServerError)
            }
        };
        match full {
            Ok(full) => {
                bind::write_result(cx.out, &self.id, full.as_jid())?;
                Ok((Phase::Bound(full), Fact::Bound))
            }
            Err(condition) => self.bind.refuse(&self.id, condition, cx),
        }
    }
}
