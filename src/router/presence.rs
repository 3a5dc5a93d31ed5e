//! Presence: broadcast, directed, probed (RFC 6121 section 4).
//!
//! All contacts are on this domain, so no probe ever travels: what a probe would fetch is looked up.

use bytes::Bytes;

use super::stamp::{addressed, stamped, written};
use super::users::Present;
use super::{Actions, Place, Router, Sender, SessionId};
use crate::jid::Jid;
use crate::session::presence::{self, Availability, Kind};
use crate::stanza::Stanza;
use crate::write::StanzaCondition;

impl Router {
    /// A client sends presence.
    pub(super) fn presence(&mut self, sender: &Sender, to: Option<Jid<'_>>, stanza: &Stanza<'_>, out: &mut Actions) {
        match (Kind::of(stanza), to) {
            (None, _) | (Some(Kind::Subscription(_)), None) => {
                sender.refuse(stanza, StanzaCondition::BadRequest, out);
            }
            (Some(Kind::Available), None) => self.announce(sender, stanza, out),
            (Some(Kind::Unavailable), None) => self.withdraw(sender, stanza, out),
            (Some(kind @ (Kind::Available | Kind::Unavailable)), Some(to)) => {
                self.direct(sender, kind, to, stanza, out);
            }
            (Some(Kind::Subscription(verb)), Some(to)) => self.subscription(sender, verb, to, stanza, out),
            (Some(Kind::Probe), Some(to)) => self.probe(sender, to, out),
            (Some(Kind::Error), Some(to)) => self.pass_error(sender, to, stanza, out),
            // Nobody is asked, nobody is told.
            (Some(Kind::Probe | Kind::Error), None) => {}
        }
    }

    /// Initial presence and updates (sections 4.2 and 4.4).
    fn announce(&mut self, sender: &Sender, stanza: &Stanza<'_>, out: &mut Actions) {
        let Ok(availability) = Availability::of(stanza) else {
            return sender.refuse(stanza, StanzaCondition::BadRequest, out);
        };
        let Some(bytes) = stamped(stanza, sender.full.as_jid(), None, sender.lang.as_deref()) else { return };
        if bytes.len() > self.config.limits.presence_bytes {
            return sender.refuse(stanza, StanzaCondition::PolicyViolation, out);
        }
        let Some(session) = self.users.session_mut(sender.id) else { return };
        let took_messages = session.takes_messages();
        let present = Present { priority: availability.priority, stanza: bytes.clone() };
        let initial = session.present.replace(present).is_none();
        let user = sender.full.as_jid().bare();
        self.broadcast(user, &bytes, out);
        if initial {
            self.catch_up(sender.id, user, out);
        }
        match (took_messages, availability.priority >= 0) {
            (false, true) => self.parked.await_load(user, sender.id, out),
            (true, false) => self.pass_load_on(user, sender.id, out),
            _ => {}
        }
    }

    /// What probes would tell a resource that has just come (sections 4.2.2 and 4.3), and what waits for an answer
    /// (section 3.1.3).
    fn catch_up(&self, id: SessionId, user: Jid<'_>, out: &mut Actions) {
        let Some(roster) = self.users.roster(user) else { return };
        let seen = roster.items().filter(|item| item.subscription.sees_contact());
        let visible = seen.map(|item| item.contact.as_jid()).filter(|contact| self.users.shows(*contact, user));
        for contact in visible.chain([user]) {
            for (other, _, present) in self.users.available(contact) {
                if other != id {
                    self.deliver_addressed(id, &present.stanza, user, out);
                }
            }
        }
        for (_, request) in roster.pending() {
            out.deliver(id, request.clone());
        }
    }

    /// Unavailable presence from the client itself (section 4.5).
    fn withdraw(&mut self, sender: &Sender, stanza: &Stanza<'_>, out: &mut Actions) {
        let Some(bytes) = stamped(stanza, sender.full.as_jid(), None, sender.lang.as_deref()) else { return };
        self.leave(sender.id, &bytes, out);
        self.deliver_addressed(sender.id, &bytes, sender.full.as_jid().bare(), out);
    }

    /// Unavailable presence on behalf of a client that is gone (section 4.5.2).
    pub(super) fn vanish(&mut self, id: SessionId, out: &mut Actions) {
        let Some(session) = self.users.session(id) else { return };
        let from = Some(session.full.as_jid());
        let gone = written(|out| presence::write(out, Kind::Unavailable, from, None, None));
        if let Some(stanza) = gone {
            self.leave(id, &stanza, out);
        }
    }

    /// Ends a presence session: everybody who was told of it hears `stanza`, once.
    fn leave(&mut self, id: SessionId, stanza: &Bytes, out: &mut Actions) {
        let Some(session) = self.users.session_mut(id) else { return };
        let was_present = session.present.take().is_some();
        let directed = core::mem::take(&mut session.directed);
        let full = session.full.clone();
        let user = full.as_jid().bare();
        if was_present {
            self.broadcast(user, stanza, out);
        }
        for target in &directed {
            let target = target.as_jid();
            let heard = was_present && self.users.shows(user, target.bare());
            if !heard {
                self.deliver_directed(full.as_jid(), Kind::Unavailable, target, addressed(stanza, target), out);
            }
        }
        self.pass_load_on(user, id, out);
    }

    /// Presence to the user's own available resources, and to those of the contacts who may see the user.
    fn broadcast(&self, user: Jid<'_>, stanza: &Bytes, out: &mut Actions) {
        let Some(roster) = self.users.roster(user) else { return };
        let viewers = roster.items().filter(|item| item.subscription.shows_user());
        for viewer in viewers.map(|item| item.contact.as_jid()).chain([user]) {
            let mut receivers = self.users.available(viewer).peekable();
            if receivers.peek().is_none() {
                continue;
            }
            let Some(stanza) = addressed(stanza, viewer) else { continue };
            for (id, ..) in receivers {
                out.deliver(id, stanza.clone());
            }
        }
    }

    /// Directed presence (section 4.6).
    fn direct(&mut self, sender: &Sender, kind: Kind, to: Jid<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        match self.place(to) {
            Place::Account | Place::Resource => {}
            // The server itself takes note of nobody's presence.
            Place::Server | Place::ServerResource => return,
            Place::Remote if kind == Kind::Unavailable => return,
            Place::Remote => return sender.refuse(stanza, StanzaCondition::RemoteServerNotFound, out),
        }
        let user = sender.full.as_jid().bare();
        let covered = self.users.shows(user, to.bare());
        let limit = self.config.limits.directed;
        let Some(session) = self.users.session_mut(sender.id) else { return };
        if kind == Kind::Unavailable {
            session.directed.remove(to.as_str());
        } else if (!covered || session.present.is_none()) && !session.directed.contains(to.as_str()) {
            if session.directed.len() >= limit {
                return sender.refuse(stanza, StanzaCondition::ResourceConstraint, out);
            }
            session.directed.insert(to.to_buf());
        }
        let bytes = stamped(stanza, sender.full.as_jid(), Some(to), sender.lang.as_deref());
        self.deliver_directed(sender.full.as_jid(), kind, to, bytes, out);
    }

    /// Hands presence to the resource named, or to all available ones of the account (sections 8.5.2.1.2, 8.5.3.1).
    fn deliver_directed(&mut self, from: Jid<'_>, kind: Kind, to: Jid<'_>, stanza: Option<Bytes>, out: &mut Actions) {
        let Some(stanza) = stanza else { return };
        let Some(_) = to.resource() else {
            for (id, ..) in self.users.available(to) {
                out.deliver(id, stanza.clone());
            }
            return;
        };
        let Some(id) = self.users.find(to) else { return };
        out.deliver(id, stanza);
        // Who has gone needs no word when this resource goes (section 4.6.1).
        if kind == Kind::Unavailable
            && let Some(session) = self.users.session_mut(id)
        {
            session.directed.remove(from.as_str());
        }
    }

    /// A probe from a client (sections 4.3.2 and 4.6.6). Who may not see the presence learns nothing, not even
    /// whether there is such an account.
    fn probe(&self, sender: &Sender, to: Jid<'_>, out: &mut Actions) {
        let prober = sender.full.as_jid();
        let subscribed = self.users.shows(to.bare(), prober.bare());
        match self.place(to) {
            Place::Account if subscribed => {
                for (_, _, present) in self.users.available(to) {
                    self.deliver_addressed(sender.id, &present.stanza, prober, out);
                }
            }
            Place::Resource => {
                let Some(session) = self.users.find(to).and_then(|id| self.users.session(id)) else { return };
                let directed = [prober, prober.bare()].iter().any(|jid| session.directed.contains(jid.as_str()));
                if directed || (subscribed && session.present.is_some()) {
                    let mere = written(|out| presence::write(out, Kind::Available, Some(to), Some(prober), None));
                    out.extend(sender.id, mere);
                }
            }
            _ => {}
        }
    }

    /// A presence stanza that a client sends back.
    fn pass_error(&self, sender: &Sender, to: Jid<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        if let Some(id) = self.users.find(to) {
            out.extend(id, stamped(stanza, sender.full.as_jid(), None, sender.lang.as_deref()));
        }
    }

    /// A session takes no more messages: kept ones that were to come to it go to another of the user, if there is one.
    fn pass_load_on(&mut self, user: Jid<'_>, id: SessionId, out: &mut Actions) {
        if !self.parked.cancel_load(user, id) {
            return;
        }
        let next = self.users.sessions_of(user).find(|(other, session)| *other != id && session.takes_messages());
        if let Some((other, _)) = next {
            self.parked.await_load(user, other, out);
        }
    }

    fn deliver_addressed(&self, id: SessionId, stanza: &Bytes, to: Jid<'_>, out: &mut Actions) {
        out.extend(id, addressed(stanza, to));
    }
}
