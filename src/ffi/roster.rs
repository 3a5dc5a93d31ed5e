//! What the caller's database says of one user: the contacts, and the requests that await an answer.
//!
//! In: contacts and stanzas as the database has them. Out: a [`Roster`] that a router takes whole. Invariant: what is
//! in it can be written to a stream; a call that answers an error has changed nothing. It refuses to know what a
//! subscription means.

use std::string::String;
use std::vec::Vec;

use bytes::Bytes;

use super::boundary::{Guard, Handle, code, free, give, guarded, with};
use super::ptr::{Out, list, tercet_str};
use super::result::{TERCET_ERR_ARGUMENT, TERCET_ERR_JID, TERCET_ERR_NULL, TERCET_ERR_WRITE, tercet_result};
use super::writer::writable;
use crate::Limits;
use crate::jid::JidBuf;
use crate::session::roster::{Item, Roster};
use crate::session::subscription::Subscription;
use crate::stream::{Input, Parser, Unit};

/// Neither sees the other (RFC 6121 section 2.1.2.5).
pub const TERCET_SUBSCRIPTION_NONE: i32 = 0;
/// The user sees the contact.
pub const TERCET_SUBSCRIPTION_TO: i32 = 1;
/// The contact sees the user.
pub const TERCET_SUBSCRIPTION_FROM: i32 = 2;
/// Each sees the other.
pub const TERCET_SUBSCRIPTION_BOTH: i32 = 3;

/// In `tercet_roster_item.flags`: the user asked to see the contact and awaits an answer.
pub const TERCET_ITEM_ASK: u32 = 1;
/// In `tercet_roster_item.flags`: the user approved a request that has not come yet (RFC 6121 section 3.4).
pub const TERCET_ITEM_APPROVED: u32 = 2;

/// One contact in a roster (RFC 6121 section 2.1.2).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_roster_item {
    /// The contact's bare address.
    pub contact: tercet_str,
    /// What the user calls the contact; none where it has no name.
    pub name: tercet_str,
    /// Who sees whom: one of `TERCET_SUBSCRIPTION_...`.
    pub subscription: i32,
    /// Some of `TERCET_ITEM_...`.
    pub flags: u32,
    /// The groups that the user put the contact in: `group_count` texts. NULL where there are none.
    pub groups: *const tercet_str,
    /// How many groups there are.
    pub group_count: usize,
}

impl tercet_roster_item {
    /// No item.
    pub(super) const NONE: Self = Self {
        contact: tercet_str::NONE,
        name: tercet_str::NONE,
        subscription: TERCET_SUBSCRIPTION_NONE,
        flags: 0,
        groups: core::ptr::null(),
        group_count: 0,
    };

    /// A view of `item`; the addresses of its groups are put into `groups`.
    pub(super) fn of(item: &Item, groups: &mut Vec<tercet_str>) -> Self {
        groups.clear();
        groups.extend(item.groups.iter().map(|group| tercet_str::of(group)));
        let ask = if item.ask { TERCET_ITEM_ASK } else { 0 };
        let approved = if item.approved { TERCET_ITEM_APPROVED } else { 0 };
        Self {
            contact: tercet_str::of(item.contact.as_str()),
            name: item.name.as_deref().map_or(tercet_str::NONE, tercet_str::of),
            subscription: match item.subscription {
                Subscription::None => TERCET_SUBSCRIPTION_NONE,
                Subscription::To => TERCET_SUBSCRIPTION_TO,
                Subscription::From => TERCET_SUBSCRIPTION_FROM,
                Subscription::Both => TERCET_SUBSCRIPTION_BOTH,
            },
            flags: ask | approved,
            groups: if groups.is_empty() { core::ptr::null() } else { groups.as_ptr() },
            group_count: groups.len(),
        }
    }

    /// A copy of what is there.
    unsafe fn read(&self) -> Result<Item, tercet_result> {
        // SAFETY: the contract of the module, in each of the calls.
        unsafe {
            let mut item = Item::new(contact(self.contact)?);
            item.name = self.name.read()?.filter(|name| !name.is_empty()).map(String::from);
            item.subscription = match self.subscription {
                TERCET_SUBSCRIPTION_NONE => Subscription::None,
                TERCET_SUBSCRIPTION_TO => Subscription::To,
                TERCET_SUBSCRIPTION_FROM => Subscription::From,
                TERCET_SUBSCRIPTION_BOTH => Subscription::Both,
                _ => return Err(TERCET_ERR_ARGUMENT),
            };
            if self.flags & !(TERCET_ITEM_ASK | TERCET_ITEM_APPROVED) != 0 {
                return Err(TERCET_ERR_ARGUMENT);
            }
            item.ask = self.flags & TERCET_ITEM_ASK != 0;
            item.approved = self.flags & TERCET_ITEM_APPROVED != 0;
            for group in list(self.groups, self.group_count)? {
                item.groups.push(String::from(group.required()?));
            }
            Ok(item)
        }
    }
}

/// What the caller's database says of one user: contacts, and requests that await the user's answer. Opaque. To be
/// filled, then handed to `tercet_router_attach` or `tercet_router_answer_roster`, which take out what is in it.
pub struct tercet_roster {
    guard: Guard,
    pub(super) roster: Roster,
}

impl Handle for tercet_roster {
    fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }
}

/// Puts a new and empty roster into `roster`: owned, to be freed with `tercet_roster_free`.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_roster_new(roster: *mut *mut tercet_roster) -> tercet_result {
    code(guarded(|| {
        let out = Out::new(roster)?;
        // SAFETY: the contract of the module.
        unsafe { out.put(give(tercet_roster { guard: Guard::default(), roster: Roster::default() })) };
        Ok(())
    }))
}

/// Frees a roster. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_roster_free(roster: *mut tercet_roster) {
    // SAFETY: the contract of the module.
    unsafe { free(roster) }
}

/// Adds a contact, or replaces the one with the same address. All that `item` points to is copied; an empty name counts
/// as none.
///
/// Errors: `TERCET_ERR_NULL`, also for a group that is none; `TERCET_ERR_UTF8`; `TERCET_ERR_JID` for a contact that is
/// not a bare address; `TERCET_ERR_ARGUMENT` for a number that this header does not know; `TERCET_ERR_WRITE` for a name
/// or group that XML cannot hold. The roster is as it was then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_roster_put(
    roster: *mut tercet_roster,
    item: *const tercet_roster_item,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(roster, |roster| {
            let item = item.as_ref().ok_or(TERCET_ERR_NULL)?.read()?;
            writable(|out| item.write(out))?;
            roster.roster.put(item);
            Ok(())
        })
    })
}

/// Adds a request for the user's presence that awaits the user's answer: who asked, and the stanza as
/// `TERCET_ACTION_SAVE_PENDING` gave it. Copied. The first request of a contact is kept.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`; `TERCET_ERR_WRITE` for a stanza that is not one
/// whole element. The roster is as it was then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_roster_put_pending(
    roster: *mut tercet_roster,
    contact: tercet_str,
    stanza: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(roster, |roster| {
            let (contact, stanza) = (self::contact(contact)?, whole(stanza.required()?)?);
            roster.roster.put_pending(contact, stanza);
            Ok(())
        })
    })
}

/// A bare address.
pub(super) unsafe fn contact(text: tercet_str) -> Result<JidBuf, tercet_result> {
    // SAFETY: the contract of the module.
    let jid = JidBuf::parse(unsafe { text.required() }?).map_err(|_| TERCET_ERR_JID)?;
    if jid.as_jid().is_bare() { Ok(jid) } else { Err(TERCET_ERR_JID) }
}

/// A stanza that the database gives back: it goes to a client as it is, so a damaged one would break the client's
/// stream.
pub(super) fn whole(stanza: &str) -> Result<Bytes, tercet_result> {
    let (mut parser, mut input) = (Parser::document(Limits::NONE), Input::new());
    let mut feed = input.with(stanza.as_bytes());
    match parser.next(&mut feed) {
        Ok(Some(Unit::Stanza(unit))) if unit.raw().len() == stanza.len() => {
            Ok(Bytes::copy_from_slice(stanza.as_bytes()))
        }
        _ => Err(TERCET_ERR_WRITE),
    }
}
