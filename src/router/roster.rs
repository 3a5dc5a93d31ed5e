//! Roster requests from the user's own clients, and roster pushes (RFC 6121 section 2).

use alloc::format;
use alloc::vec::Vec;

use super::stamp::written;
use super::subscription::Notice;
use super::{Action, Actions, Place, Router, Sender};
use crate::jid::{Jid, JidBuf};
use crate::session::roster::{self, Edit, Item, Push, Roster};
use crate::session::subscription::Verb;
use crate::stanza::{Element, Stanza};
use crate::write::StanzaCondition;

impl Router {
    /// The client asks for the roster; from now on it is told of changes (section 2.2).
    pub(super) fn roster_get(&mut self, sender: &Sender, stanza: &Stanza<'_>, out: &mut Actions) {
        if let Some(session) = self.users.session_mut(sender.id) {
            session.interested = true;
        }
        let full = sender.full.as_jid();
        let Some(roster) = self.users.roster(full.bare()) else { return };
        let id = stanza.id().map(|id| id.decode());
        out.extend(sender.id, written(|out| roster::write_result(out, full, id.as_deref(), roster)));
    }

    /// The client changes the roster (sections 2.3 to 2.5).
    pub(super) fn roster_set(&mut self, sender: &Sender, query: Element<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        let user = sender.full.as_jid().bare();
        let done = match Edit::read(query) {
            Err(condition) => Err(condition),
            Ok(Edit::Put { contact, .. } | Edit::Remove { contact }) if contact == user => {
                Err(StanzaCondition::NotAllowed)
            }
            Ok(Edit::Put { contact, name, groups }) => {
                self.put_item(user, Item { name, groups, ..Item::new(contact) }, out)
            }
            Ok(Edit::Remove { contact }) => self.remove_item(user, &contact, out),
        };
        match done {
            Ok(()) => sender.answer_empty(stanza, out),
            Err(condition) => sender.refuse(stanza, condition, out),
        }
    }

    /// Adds a contact or renames it; how the two stand with each other stays as it is.
    fn put_item(&mut self, user: Jid<'_>, edited: Item, out: &mut Actions) -> Result<(), StanzaCondition> {
        let roster = self.users.roster(user).ok_or(StanzaCondition::InternalServerError)?;
        let item = match roster.item(edited.contact.as_jid()) {
            Some(old) if !self.has_room_for_change(roster, old, &edited) => {
                return Err(StanzaCondition::ResourceConstraint);
            }
            Some(old) => Item { name: edited.name, groups: edited.groups, ..old.clone() },
            None if self.has_room_for_item(roster, &edited) => edited,
            None => return Err(StanzaCondition::ResourceConstraint),
        };
        if let Some(roster) = self.users.roster_mut(user) {
            roster.put(item.clone());
        }
        out.push(Action::SaveItem { user: user.to_buf(), item: item.clone() });
        self.push(user, &Push::Put(item), out);
        Ok(())
    }

    /// Whether the roster may have one item more.
    pub(super) fn has_room_for_item(&self, roster: &Roster, item: &Item) -> bool {
        roster.items().len() < self.config.limits.items
            && roster.octets() + item.octets() <= self.config.limits.roster_bytes
    }

    /// Whether an item may become another: it may always become smaller.
    fn has_room_for_change(&self, roster: &Roster, old: &Item, new: &Item) -> bool {
        let more = new.octets().saturating_sub(old.octets());
        more == 0 || roster.octets() + more <= self.config.limits.roster_bytes
    }

    /// Removes a contact, and ends what ties the two: both subscriptions, and open requests (section 2.5.2).
    fn remove_item(&mut self, user: Jid<'_>, contact: &JidBuf, out: &mut Actions) -> Result<(), StanzaCondition> {
        let roster = self.users.roster(user).ok_or(StanzaCondition::InternalServerError)?;
        roster.item(contact.as_jid()).ok_or(StanzaCondition::ItemNotFound)?;
        let state = roster.state(contact.as_jid());
        let ties = [
            (Verb::Unsubscribe, state.subscription().sees_contact() || state.ask()),
            (Verb::Unsubscribed, state.subscription().shows_user() || state.pending_in()),
        ];
        let user = user.to_buf();
        let local = self.place(contact.as_jid()) == Place::Account;
        let told = ties.into_iter().filter(|(_, tied)| *tied && local);
        let notices: Vec<_> = told.filter_map(|(verb, _)| Notice::new(&user, contact, verb, None)).collect();
        if !self.has_room_in_line(contact.as_jid(), &notices) {
            return Err(StanzaCondition::ResourceConstraint);
        }
        self.forget_item(user.as_jid(), contact, out);
        if state.subscription().shows_user() {
            self.hide(user.as_jid(), contact.as_jid(), out);
        }
        for notice in notices {
            self.receive_notice(notice, out);
        }
        Ok(())
    }

    fn forget_item(&mut self, user: Jid<'_>, contact: &JidBuf, out: &mut Actions) {
        let Some(roster) = self.users.roster_mut(user) else { return };
        roster.remove(contact.as_jid());
        let asked = roster.remove_pending(contact.as_jid()).is_some();
        out.push(Action::RemoveItem { user: user.to_buf(), contact: contact.clone() });
        if asked {
            out.push(Action::RemovePending { user: user.to_buf(), contact: contact.clone() });
        }
        self.push(user, &Push::Remove(contact.clone()), out);
    }

    /// Tells an interested resource each change of the roster.
    pub(super) fn push(&mut self, user: Jid<'_>, push: &Push, out: &mut Actions) {
        for (session, interested) in self.users.interested(user) {
            self.pushes += 1;
            let id = format!("push{}", self.pushes);
            let full = interested.full.as_jid();
            out.extend(session, written(|out| roster::write_push(out, full, &id, push)));
        }
    }
}
