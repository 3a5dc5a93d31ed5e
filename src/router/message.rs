//! Messages (RFC 6121 section 8.5, as its table 1 sums it up).
//!
//! Where the RFC leaves a choice: a message to an account goes to the resources with the highest priority; what finds
//! none is kept if it is a chat or normal message with a body; one to a resource that is gone comes back to those who
//! may see the receiver, and is dropped otherwise, so that no stranger can find out which resources are there.

use bytes::Bytes;

use super::stamp::{refusal, stamped};
use super::{Actions, Place, Router, Sender, SessionId};
use crate::jid::Jid;
use crate::ns::NameId;
use crate::session::message::Kind;
use crate::stanza::Stanza;
use crate::write::StanzaCondition;

impl Router {
    /// A client sends a message.
    pub(super) fn message(&mut self, sender: &Sender, to: Option<Jid<'_>>, stanza: &Stanza<'_>, out: &mut Actions) {
        // Without an address: to the own account (RFC 6120 section 10.3.1).
        let to = to.unwrap_or(sender.full.as_jid().bare());
        let kind = Kind::of(stanza);
        match self.place(to) {
            Place::Account => self.message_to_account(sender, kind, to, stanza, out),
            Place::Resource => match self.users.find(to) {
                Some(id) => out.extend(id, self.stamped_message(sender, to, stanza)),
                None if kind == Kind::Chat => self.message_to_account(sender, kind, to, stanza, out),
                None if self.sees(sender, to) => sender.refuse(stanza, StanzaCondition::ServiceUnavailable, out),
                None => {}
            },
            Place::Remote | Place::Server | Place::ServerResource => {
                sender.refuse(stanza, self.unreachable(to), out);
            }
        }
    }

    /// Whether the sender may see a user's presence, told by the sender's own roster: the user's need not be here.
    fn sees(&self, sender: &Sender, user: Jid<'_>) -> bool {
        let (own, user) = (sender.full.as_jid().bare(), user.bare());
        own == user || self.users.roster(own).is_some_and(|roster| roster.state(user).subscription().sees_contact())
    }

    /// To an account, or to a resource that is gone as if to its account.
    fn message_to_account(&mut self, sender: &Sender, kind: Kind, to: Jid<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        let user = to.bare();
        let lowest = match kind {
            Kind::Error => return,
            Kind::Groupchat => return sender.refuse(stanza, StanzaCondition::ServiceUnavailable, out),
            Kind::Headline => Some(0),
            Kind::Normal | Kind::Chat => self.users.available(user).map(|(_, _, present)| present.priority).max(),
        };
        let floor = lowest.unwrap_or(0).max(0);
        let mut receivers = self.users.available(user).filter(|(_, _, present)| present.priority >= floor).peekable();
        if receivers.peek().is_some() {
            let Some(bytes) = self.stamped_message(sender, to, stanza) else { return };
            for (id, ..) in receivers {
                out.deliver(id, bytes.clone());
            }
            return;
        }
        drop(receivers);
        if kind != Kind::Headline {
            self.keep(sender, to, stanza, out);
        }
    }

    /// Nobody is there to take a chat or normal message. One without a body (somebody is typing) is of no use later,
    /// and is dropped in silence: an error would tell any stranger that the user is away.
    fn keep(&mut self, sender: &Sender, to: Jid<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        if stanza.child(NameId::BODY).is_none() {
            return;
        }
        let Some(bytes) = self.stamped_message(sender, to, stanza) else { return };
        let failed = refusal(stanza, StanzaCondition::ServiceUnavailable);
        if !self.has_room_to_wait(1, bytes.len() + failed.as_ref().map_or(0, Bytes::len)) {
            return sender.refuse(stanza, StanzaCondition::ResourceConstraint, out);
        }
        self.parked.await_store(to.bare().to_buf(), bytes, sender.id, failed, out);
    }

    /// Hands kept messages to the session that waited for them.
    pub(super) fn deliver_kept(&self, id: SessionId, messages: &[super::Offline], out: &mut Actions) {
        for message in messages {
            let delayed = super::stamp::delayed(&message.stanza, self.config.domain.as_jid(), &message.stamp);
            out.extend(id, delayed);
        }
    }

    fn stamped_message(&self, sender: &Sender, to: Jid<'_>, stanza: &Stanza<'_>) -> Option<Bytes> {
        // `to` is never rewritten (section 8.5.2.1.1), only supplied.
        let supplied = stanza.to().is_none().then_some(to);
        stamped(stanza, sender.full.as_jid(), supplied, sender.lang.as_deref())
    }
}
