//! What a router asks for, one action after the other, and the callback door to it.
//!
//! An action's texts point into the [`Action`] itself, which the handle keeps where it is until the next one is taken
//! out. Answers append to the list behind it and leave it alone.

use core::ffi::c_void;
use core::mem;

use std::vec::Vec;

use super::boundary::{alone, busy, code, with};
use super::callbacks::{Flow, verdict};
use super::ptr::{table, tercet_str};
use super::result::{TERCET_ERR_CALLBACK, TERCET_ERR_STALE, tercet_result};
use super::roster::tercet_roster_item;
use super::router::tercet_router;
use crate::router::{Action, Answer, Request, SessionId, Token};

/// Send `stanza` to `session`: complete octets for a stream whose content namespace is `jabber:client`, as
/// `tercet_conn_deliver` takes them. The session may have been detached meanwhile: drop the stanza then, or keep it for
/// the user's next session if it is a message.
pub const TERCET_ACTION_DELIVER: i32 = 1;
/// Store `item` in the roster of `user`, in place of the one with the same contact if there is one.
pub const TERCET_ACTION_SAVE_ITEM: i32 = 2;
/// Delete `contact` from the roster of `user`.
pub const TERCET_ACTION_REMOVE_ITEM: i32 = 3;
/// Store `stanza`, the request of `contact` for the presence of `user`, until it is answered (RFC 6121 section 3.1.3);
/// to be given back by `tercet_roster_put_pending`.
pub const TERCET_ACTION_SAVE_PENDING: i32 = 4;
/// Delete the request of `contact` for the presence of `user`.
pub const TERCET_ACTION_REMOVE_PENDING: i32 = 5;
/// The roster of `user`, who has no session, is wanted under `token`: answer with `tercet_router_answer_roster`, or
/// with `TERCET_ANSWER_NO_ACCOUNT` where there is no such account or its roster cannot be read.
pub const TERCET_ACTION_LOAD_ROSTER: i32 = 6;
/// Keep the message `stanza` for `user`, who cannot be reached, and answer `token` with `TERCET_ANSWER_STORED` or
/// `TERCET_ANSWER_REFUSED`. There need be no such account.
pub const TERCET_ACTION_STORE_OFFLINE: i32 = 7;
/// The messages kept for `user` are wanted under `token`: answer with `tercet_router_answer_messages`. Delete them once
/// it took them, and keep them where it answers `TERCET_ERR_STALE`: then the session is gone.
pub const TERCET_ACTION_LOAD_OFFLINE: i32 = 8;

/// One thing to do. The order of actions is part of their meaning. What an action does not speak of is none, or 0.
/// Numbers above those of this header may come from a younger library: let them pass.
///
/// All texts, and the groups of `item`, are borrowed until the next call of `tercet_router_poll`, `_drive` or `_free`
/// on the router; other calls leave them where they are.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_action {
    /// One of `TERCET_ACTION_...`.
    pub kind: i32,
    /// Always 0.
    pub flags: u32,
    /// To which session.
    pub session: u64,
    /// The number under which a request is answered.
    pub token: u64,
    /// Whose roster, requests or messages: a bare address.
    pub user: tercet_str,
    /// The other side: a bare address.
    pub contact: tercet_str,
    /// The octets of a stanza.
    pub stanza: tercet_str,
    /// A contact in the roster of `user`.
    pub item: tercet_roster_item,
    /// Always 0.
    pub reserved: [u64; 4],
}

impl tercet_action {
    const NONE: Self = Self {
        kind: 0,
        flags: 0,
        session: 0,
        token: 0,
        user: tercet_str::NONE,
        contact: tercet_str::NONE,
        stanza: tercet_str::NONE,
        item: tercet_roster_item::NONE,
        reserved: [0; 4],
    };

    /// A view of `action`; the addresses of an item's groups are put into `groups`.
    pub(super) fn of(action: &Action, groups: &mut Vec<tercet_str>) -> Self {
        // Every stanza is UTF-8: the router wrote it, from texts, or C handed it over as a text.
        match action {
            Action::Deliver { session: SessionId(session), stanza } => Self {
                kind: TERCET_ACTION_DELIVER,
                session: *session,
                stanza: tercet_str::of_octets(stanza),
                ..Self::NONE
            },
            Action::SaveItem { user, item } => {
                let item = tercet_roster_item::of(item, groups);
                let (user, contact) = (tercet_str::of(user.as_str()), item.contact);
                Self { kind: TERCET_ACTION_SAVE_ITEM, user, contact, item, ..Self::NONE }
            }
            Action::RemoveItem { user, contact } => {
                let (user, contact) = (tercet_str::of(user.as_str()), tercet_str::of(contact.as_str()));
                Self { kind: TERCET_ACTION_REMOVE_ITEM, user, contact, ..Self::NONE }
            }
            Action::SavePending { user, contact, stanza } => {
                let (user, contact) = (tercet_str::of(user.as_str()), tercet_str::of(contact.as_str()));
                let stanza = tercet_str::of_octets(stanza);
                Self { kind: TERCET_ACTION_SAVE_PENDING, user, contact, stanza, ..Self::NONE }
            }
            Action::RemovePending { user, contact } => {
                let (user, contact) = (tercet_str::of(user.as_str()), tercet_str::of(contact.as_str()));
                Self { kind: TERCET_ACTION_REMOVE_PENDING, user, contact, ..Self::NONE }
            }
            Action::Request { token: Token(token), request } => Self { token: *token, ..Self::asked(request) },
        }
    }

    fn asked(request: &Request) -> Self {
        let (kind, user) = match request {
            Request::Roster { user } => (TERCET_ACTION_LOAD_ROSTER, user),
            Request::StoreOffline { user, .. } => (TERCET_ACTION_STORE_OFFLINE, user),
            Request::LoadOffline { user } => (TERCET_ACTION_LOAD_OFFLINE, user),
        };
        let stanza = match request {
            Request::StoreOffline { stanza, .. } => tercet_str::of_octets(stanza),
            Request::Roster { .. } | Request::LoadOffline { .. } => tercet_str::NONE,
        };
        Self { kind, user: tercet_str::of(user.as_str()), stanza, ..Self::NONE }
    }
}

/// A callback for an action. `user` is what was handed to `tercet_router_drive`; `router` is the router, borrowed for
/// the call; `action` and its texts are borrowed for the call.
///
/// To be answered with `TERCET_OK`, also where a request is to be answered later, or with `TERCET_PAUSE` for the same
/// and to return from `tercet_router_drive`; anything else makes it return `TERCET_ERR_CALLBACK`. The action counts as
/// carried out whatever the callback answers, and the next call goes on with the one after it: what could not be
/// carried out is the caller's to repeat. A request whose callback failed is answered as if there were no callback,
/// unless it was answered.
pub type tercet_on_action = Option<
    unsafe extern "C" fn(user: *mut c_void, router: *mut tercet_router, action: *const tercet_action) -> tercet_result,
>;

/// Functions of the caller's, to be called from inside `tercet_router_drive`. Set all to zero, then `struct_size` to
/// `sizeof(tercet_store)`, then those that are wanted: the table may grow at its end. NULL lets an action pass, except
/// where it says otherwise.
///
/// From inside a callback, answers, `tercet_router_find`, `_sessions`, `_has_roster`, `_memory`, `_handle`, `_detach`,
/// `_set_lang` and `_set_limit` may be called on the same router, and everything on views and on other handles. What
/// such a call leaves to be done is done by the `tercet_router_drive` that called the callback, after what waits
/// already. All else answers `TERCET_ERR_BUSY`: `_drive`, `_poll` and `_free`, which would forget the action, and
/// `_attach`, which wants a roster that no waiting action changes. A callback must return: no longjmp, no C++
/// exception.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_store {
    /// `sizeof(tercet_store)` as the caller was compiled.
    pub struct_size: usize,
    /// `TERCET_ACTION_DELIVER`. NULL drops the stanza.
    pub deliver: tercet_on_action,
    /// `TERCET_ACTION_SAVE_ITEM`.
    pub save_item: tercet_on_action,
    /// `TERCET_ACTION_REMOVE_ITEM`.
    pub remove_item: tercet_on_action,
    /// `TERCET_ACTION_SAVE_PENDING`.
    pub save_pending: tercet_on_action,
    /// `TERCET_ACTION_REMOVE_PENDING`.
    pub remove_pending: tercet_on_action,
    /// `TERCET_ACTION_LOAD_ROSTER`. NULL answers that there is no such account.
    pub load_roster: tercet_on_action,
    /// `TERCET_ACTION_STORE_OFFLINE`. NULL refuses.
    pub store_offline: tercet_on_action,
    /// `TERCET_ACTION_LOAD_OFFLINE`. NULL answers that there are none.
    pub load_offline: tercet_on_action,
}

impl tercet_store {
    pub(super) const NONE: Self = Self {
        struct_size: mem::size_of::<Self>(),
        deliver: None,
        save_item: None,
        remove_item: None,
        save_pending: None,
        remove_pending: None,
        load_roster: None,
        store_offline: None,
        load_offline: None,
    };

    fn callback(&self, kind: i32) -> tercet_on_action {
        match kind {
            TERCET_ACTION_DELIVER => self.deliver,
            TERCET_ACTION_SAVE_ITEM => self.save_item,
            TERCET_ACTION_REMOVE_ITEM => self.remove_item,
            TERCET_ACTION_SAVE_PENDING => self.save_pending,
            TERCET_ACTION_REMOVE_PENDING => self.remove_pending,
            TERCET_ACTION_LOAD_ROSTER => self.load_roster,
            TERCET_ACTION_STORE_OFFLINE => self.store_offline,
            TERCET_ACTION_LOAD_OFFLINE => self.load_offline,
            _ => None,
        }
    }
}

/// Calls `store` for each action that waits, and for those that come of the answers, with `user` handed through.
/// `store` is read during the call and not kept.
///
/// `TERCET_PAUSE` where a callback asked for it: call again to go on. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`
/// for a `struct_size` that is too small, or not a multiple of a pointer's size, `TERCET_ERR_BUSY`,
/// `TERCET_ERR_CALLBACK`: call again to go on.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_drive(
    router: *mut tercet_router,
    store: *const tercet_store,
    user: *mut c_void,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { table(store, tercet_store::NONE).and_then(|store| Driver { router, store, user }.run()) })
}

/// One call of `tercet_router_drive`.
struct Driver {
    router: *mut tercet_router,
    store: tercet_store,
    user: *mut c_void,
}

impl Driver {
    unsafe fn run(&self) -> Flow {
        // SAFETY: the contract of the module.
        while let Some(action) = unsafe { alone(self.router, |router| Ok(router.next())) }? {
            // SAFETY: as above.
            unsafe { self.hand(&action) }?;
        }
        Ok(())
    }

    /// Hands an action to its callback, or does what is to be done without one.
    unsafe fn hand(&self, action: &tercet_action) -> Flow {
        // SAFETY: the contract of the module, in each of the calls.
        unsafe {
            let Some(callback) = self.store.callback(action.kind) else { return self.decline(action) };
            let outcome = verdict(busy(self.router, || callback(self.user, self.router, action))?);
            if outcome == Err(TERCET_ERR_CALLBACK) {
                self.decline(action)?;
            }
            outcome
        }
    }

    /// Answers a request for whom there is no callback, or whose callback failed.
    unsafe fn decline(&self, action: &tercet_action) -> Flow {
        let answer = match action.kind {
            TERCET_ACTION_LOAD_ROSTER => Answer::NoSuchUser,
            TERCET_ACTION_STORE_OFFLINE => Answer::Refused,
            TERCET_ACTION_LOAD_OFFLINE => Answer::Messages(Vec::new()),
            _ => return Ok(()),
        };
        // SAFETY: the contract of the module.
        match unsafe { with(self.router, |router| router.answer(action.token, answer)) } {
            // The callback answered, or nothing waits for the answer any more.
            Err(TERCET_ERR_STALE) => Ok(()),
            done => done,
        }
    }
}
