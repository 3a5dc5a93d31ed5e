//! Subscription stanzas between two users of the domain (RFC 6121 section 3).
//!
//! [`Router::send_notice`] is the sender's server, [`Router::receive_notice`] the receiver's; both are this router,
//! so that neither roster can miss what the other learned. The tables of [`crate::session::subscription`] decide, and
//! this module carries out: rosters first, then the stanza, then the roster push, then presence.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use super::stamp::{addressed, stamped, written};
use super::{Action, Actions, Place, Router, Sender};
use crate::jid::{Jid, JidBuf};
use crate::session::presence::{self, Kind};
use crate::session::roster::{Item, Push, Roster};
use crate::session::subscription::{State, Subscription, Verb};
use crate::stanza::Stanza;
use crate::write::StanzaCondition;

/// A subscription stanza on its way to a local user.
#[derive(Debug)]
pub(super) struct Notice {
    /// Who says it, a bare address.
    pub(super) from: JidBuf,
    /// To whom, a bare address.
    pub(super) to: JidBuf,
    pub(super) verb: Verb,
    /// The stanza's id, which an automatic reply repeats.
    pub(super) id: Option<String>,
    pub(super) stanza: Bytes,
}

impl Notice {
    /// Octets on the heap.
    pub(super) fn heap(&self) -> usize {
        let Self { from, to, id, stanza, .. } = self;
        from.as_str().len() + to.as_str().len() + id.as_ref().map_or(0, String::capacity) + stanza.len()
    }

    /// One that the server says for `from`, without further content.
    pub(super) fn new(from: &JidBuf, to: &JidBuf, verb: Verb, id: Option<String>) -> Option<Self> {
        let kind = Kind::Subscription(verb);
        let (sender, receiver) = (Some(from.as_jid()), Some(to.as_jid()));
        let stanza = written(|out| presence::write(out, kind, sender, receiver, id.as_deref()))?;
        Some(Self { from: from.clone(), to: to.clone(), verb, id, stanza })
    }
}

impl Router {
    /// A client sends a subscription stanza. One to a full address is as good as one to its bare address (RFC 6121
    /// section 3.1.2), whichever it is and whoever is there: else the answer would tell which resources are.
    pub(super) fn subscription(
        &mut self,
        sender: &Sender,
        verb: Verb,
        to: Jid<'_>,
        stanza: &Stanza<'_>,
        out: &mut Actions,
    ) {
        match self.place(to) {
            Place::Account | Place::Resource => {}
            Place::Remote | Place::Server | Place::ServerResource => {
                return self.subscription_nowhere(sender, verb, to, stanza, out);
            }
        }
        let (user, contact) = (sender.full.as_jid().bare(), to.bare());
        if contact == user {
            return sender.refuse(stanza, StanzaCondition::NotAllowed, out);
        }
        let Some(bytes) = stamped(stanza, user, Some(contact), sender.lang.as_deref()) else { return };
        let id = stanza.id().map(|id| id.decode().into_owned());
        let notice = Notice { from: user.to_buf(), to: contact.to_buf(), verb, id, stanza: bytes };
        if !self.has_room(&notice) {
            return sender.refuse(stanza, StanzaCondition::ResourceConstraint, out);
        }
        self.send_notice(notice, out);
    }

    /// Nobody can be reached there. What adds a tie fails; what ends one still holds on the user's own side.
    fn subscription_nowhere(
        &mut self,
        sender: &Sender,
        verb: Verb,
        to: Jid<'_>,
        stanza: &Stanza<'_>,
        out: &mut Actions,
    ) {
        let (user, contact) = (sender.full.as_jid().bare(), to.bare());
        if matches!(verb, Verb::Subscribe | Verb::Subscribed) {
            return sender.refuse(stanza, self.unreachable(to), out);
        }
        let Some(roster) = self.users.roster(user) else { return };
        let next = roster.state(contact).outbound(verb).state;
        let withdrawn = (verb == Verb::Unsubscribed).then_some(false);
        if self.settle(user, contact, next, withdrawn, out) {
            self.push_item(user, contact, out);
        }
    }

    /// Whether a subscription stanza finds room: in the sender's roster, and in line for the receiver's.
    fn has_room(&self, notice: &Notice) -> bool {
        let (user, contact) = (notice.from.as_jid(), notice.to.as_jid());
        let roster_has_room = |roster: &Roster| {
            roster.item(contact).is_some() || self.has_room_for_item(roster, &Item::new(contact.to_buf()))
        };
        self.users.roster(user).is_some_and(roster_has_room)
            && self.has_room_in_line(contact, core::slice::from_ref(notice))
    }

    /// Whether subscription stanzas for `user` need not wait for its roster, or may.
    pub(super) fn has_room_in_line(&self, user: Jid<'_>, notices: &[Notice]) -> bool {
        let octets = notices.iter().map(Notice::heap).sum();
        self.users.roster(user).is_some() || notices.is_empty() || self.has_room_to_wait(notices.len(), octets)
    }

    /// The sender's side (appendix A.2), then the receiver's, and what follows from both.
    pub(super) fn send_notice(&mut self, notice: Notice, out: &mut Actions) {
        let (from, to, verb) = (notice.from.clone(), notice.to.clone(), notice.verb);
        let (user, contact) = (from.as_jid(), to.as_jid());
        let Some(roster) = self.users.roster(user) else { return };
        let state = roster.state(contact);
        let step = state.outbound(verb);
        let approved = match verb {
            // Nobody asked yet: an approval in advance (section 3.4.2).
            Verb::Subscribed if !step.passes && !state.subscription().shows_user() => Some(true),
            Verb::Unsubscribed => Some(false),
            _ => None,
        };
        if verb == Verb::Unsubscribed && state.subscription().shows_user() {
            self.hide(user, contact, out);
        }
        let changed = self.settle(user, contact, step.state, approved, out);
        let reply = if step.passes { self.receive_notice(notice, out) } else { None };
        if changed {
            self.push_item(user, contact, out);
        }
        if let Some(reply) = reply {
            self.receive_notice(reply, out);
        }
    }

    /// Works on subscription stanzas that waited for their receiver's roster.
    ///
    /// Their senders went on meanwhile: a reply to what a sender wished first must not meet what it wishes now, so
    /// only the last wish is replied to.
    pub(super) fn receive_line(&mut self, line: Vec<Notice>, out: &mut Actions) {
        let mut replies = BTreeMap::new();
        for notice in line {
            if matches!(notice.verb, Verb::Subscribe | Verb::Unsubscribe) {
                replies.remove(&notice.from);
            }
            if let Some(reply) = self.receive_notice(notice, out) {
                replies.insert(reply.to.clone(), reply);
            }
        }
        for reply in replies.into_values() {
            self.receive_notice(reply, out);
        }
    }

    /// The receiver's side (appendix A.3). Gives what the receiver's server replies by itself; a reply has no reply.
    ///
    /// The `unsubscribed` that answers an `unsubscribe` is left out: it serves to tell another server, and the sender's
    /// roster, which is here, has already been changed.
    pub(super) fn receive_notice(&mut self, notice: Notice, out: &mut Actions) -> Option<Notice> {
        let (user, contact) = (notice.to.as_jid(), notice.from.as_jid());
        let Some(roster) = self.users.roster(user) else {
            self.parked.await_roster(notice, out);
            return None;
        };
        let state = roster.state(contact);
        let approved = roster.item(contact).is_some_and(|item| item.approved);
        let step = state.inbound(notice.verb);
        let (next, passes, answer) = match notice.verb {
            Verb::Subscribe if approved && !state.subscription().shows_user() => {
                (step.state.outbound(Verb::Subscribed).state, false, Some(Verb::Subscribed))
            }
            Verb::Subscribe if step.passes => {
                self.ask(&notice, out);
                return None;
            }
            Verb::Subscribe => (step.state, step.passes, step.reply),
            _ => (step.state, step.passes, None),
        };
        let used_up = (approved && answer == Some(Verb::Subscribed)).then_some(false);
        let changed = self.settle(user, contact, next, used_up, out);
        if passes {
            for (id, _) in self.users.interested(user) {
                out.deliver(id, notice.stanza.clone());
            }
        }
        if changed {
            self.push_item(user, contact, out);
        }
        match notice.verb {
            Verb::Subscribed if passes => self.show(contact, user, out),
            Verb::Unsubscribe if state.subscription().shows_user() => self.hide(user, contact, out),
            _ => {}
        }
        answer.and_then(|verb| Notice::new(&notice.to, &notice.from, verb, notice.id))
    }

    /// Puts a request before the user, and keeps it until it is answered (section 3.1.3). Beyond the bounds it is
    /// dropped: who floods somebody with requests is not told where they end.
    fn ask(&mut self, notice: &Notice, out: &mut Actions) {
        let limit = self.config.limits.pending;
        let Some(kept) = self.kept_request(notice) else { return };
        let Some(roster) = self.users.roster_mut(notice.to.as_jid()) else { return };
        if roster.pending().len() >= limit {
            return;
        }
        roster.put_pending(notice.from.clone(), kept.clone());
        let (user, contact) = (notice.to.clone(), notice.from.clone());
        out.push(Action::SavePending { user, contact, stanza: kept });
        for (id, ..) in self.users.available(notice.to.as_jid()) {
            out.deliver(id, notice.stanza.clone());
        }
    }

    /// What of a request is kept: all of it, or no more than who asks whom.
    fn kept_request(&self, notice: &Notice) -> Option<Bytes> {
        if notice.stanza.len() <= self.config.limits.pending_bytes {
            return Some(notice.stanza.clone());
        }
        Notice::new(&notice.from, &notice.to, notice.verb, None).map(|short| short.stanza)
    }

    /// Makes a user's roster say that it stands with a contact as in `next`, and sets or clears the approval in
    /// advance. Says whether the item changed.
    fn settle(
        &mut self,
        user: Jid<'_>,
        contact: Jid<'_>,
        next: State,
        approved: Option<bool>,
        out: &mut Actions,
    ) -> bool {
        let Some(roster) = self.users.roster_mut(user) else { return false };
        if !next.pending_in() && roster.remove_pending(contact).is_some() {
            out.push(Action::RemovePending { user: user.to_buf(), contact: contact.to_buf() });
        }
        let old = roster.item(contact);
        let worth_an_item = next.subscription() != Subscription::None || next.ask() || approved == Some(true);
        if old.is_none() && !worth_an_item {
            return false;
        }
        let mut item = old.cloned().unwrap_or_else(|| Item::new(contact.to_buf()));
        item.subscription = next.subscription();
        item.ask = next.ask();
        item.approved = approved.unwrap_or(item.approved);
        if old == Some(&item) {
            return false;
        }
        roster.put(item.clone());
        out.push(Action::SaveItem { user: user.to_buf(), item });
        true
    }

    /// Tells a user's interested resources what its roster now says of a contact (section 2.1.6).
    pub(super) fn push_item(&mut self, user: Jid<'_>, contact: Jid<'_>, out: &mut Actions) {
        let item = self.users.roster(user).and_then(|roster| roster.item(contact));
        let push = item.cloned().map_or_else(|| Push::Remove(contact.to_buf()), Push::Put);
        self.push(user, &push, out);
    }

    /// Shows `viewer` which resources of `user` are there.
    fn show(&self, user: Jid<'_>, viewer: Jid<'_>, out: &mut Actions) {
        for (_, _, present) in self.users.available(user) {
            let Some(stanza) = addressed(&present.stanza, viewer) else { continue };
            for (id, ..) in self.users.available(viewer) {
                out.deliver(id, stanza.clone());
            }
        }
    }

    /// Tells `viewer` that the resources of `user` are gone, as far as it is concerned.
    pub(super) fn hide(&self, user: Jid<'_>, viewer: Jid<'_>, out: &mut Actions) {
        for (_, session, _) in self.users.available(user) {
            let from = Some(session.full.as_jid());
            let gone = written(|out| presence::write(out, Kind::Unavailable, from, Some(viewer), None));
            let Some(stanza) = gone else { continue };
            for (id, ..) in self.users.available(viewer) {
                out.deliver(id, stanza.clone());
            }
        }
    }
}
