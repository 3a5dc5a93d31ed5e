//! Many sessions on one domain: stanzas in, actions out.
//!
//! The actions wait in the handle, and one of them is lent at a time. A stanza is lent by another handle, which is
//! borrowed around the router: the two are different allocations, so neither borrow knows of the other, and a panic in
//! the router is caught inside the loan and leaves the lender whole.

use core::mem;
use std::string::String;
use std::vec::Vec;

use super::action::tercet_action;
use super::answer::TERCET_ANSWER_NO_ACCOUNT;
use super::boundary::{Guard, Handle, alone, code, found, free_unless_running, give, guarded, with};
use super::element::tercet_element;
use super::ptr::{Out, list, tercet_str};
use super::result::{TERCET_ERR_ARGUMENT, TERCET_ERR_JID, TERCET_NEED_MORE, TERCET_NONE, of_router, tercet_result};
use super::roster::{contact, tercet_roster, whole};
use super::writer::writable;
use crate::jid::JidBuf;
use crate::ns::name;
use crate::router::{Action, Actions, Answer, Offline, Router, RouterConfig, SessionId, Token};
use crate::session::roster::Roster;

/// Most stanzas that wait for the database. Beyond it senders are told to try later. Default: 10000.
pub const TERCET_ROUTER_LIMIT_PARKED: i32 = 1;
/// Most addresses outside the roster to which one session has sent presence (RFC 6121 section 4.6). Default: 1000.
pub const TERCET_ROUTER_LIMIT_DIRECTED: i32 = 2;
/// Most contacts in a roster. Default: 5000.
pub const TERCET_ROUTER_LIMIT_ITEMS: i32 = 3;
/// Most octets of a roster as it is written, about. Default: 786432.
pub const TERCET_ROUTER_LIMIT_ROSTER_BYTES: i32 = 4;
/// Most octets of presence that is kept to be shown to whoever comes. Default: 16384.
pub const TERCET_ROUTER_LIMIT_PRESENCE_BYTES: i32 = 5;
/// Most open requests for one user's presence; further ones are dropped. Default: 200.
pub const TERCET_ROUTER_LIMIT_PENDING: i32 = 6;
/// Most octets of an open request; of a longer one only who asks is kept. Default: 4096.
pub const TERCET_ROUTER_LIMIT_PENDING_BYTES: i32 = 7;
/// Most octets of the stanzas that wait for the database, with what is kept to answer their senders. Beyond it senders
/// are told to try later. Default: 16777216.
pub const TERCET_ROUTER_LIMIT_PARKED_BYTES: i32 = 8;

/// To a message to be kept: it is.
pub const TERCET_ANSWER_STORED: i32 = 5;
/// To a message to be kept: no such account, no room, or not wanted. The sender is told; who does not want strangers to
/// find out which accounts exist answers `TERCET_ANSWER_STORED` instead.
pub const TERCET_ANSWER_REFUSED: i32 = 6;

/// The sessions of one domain, and what passes between them: presence, rosters, subscriptions, messages, requests (RFC
/// 6121). Opaque. It knows no connection: a session is a number of the caller's.
///
/// Sessions come with `tercet_router_attach` and go with `_detach`; `_handle` takes in what a session's client sent.
/// What comes of these calls is a list of actions, to be carried out in order: pulled one by one with
/// `tercet_router_poll`, or handed to callbacks by `tercet_router_drive`. Some ask for something from the caller's
/// database, and are answered under their token, at once or later, in any order; what comes of an answer is done after
/// what waits already. Actions wait in memory until they are carried out, so it is best done after each call.
pub struct tercet_router {
    guard: Guard,
    router: Router,
    actions: Actions,
    // INVARIANT: while C may look at it, it neither moves nor changes; only `next` puts another one there.
    lent: Option<Action>,
    /// The groups of the item lent.
    groups: Vec<tercet_str>,
}

impl Handle for tercet_router {
    fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }
}

impl tercet_router {
    /// Takes the next action out, and lends it.
    pub(super) fn next(&mut self) -> Option<tercet_action> {
        self.groups.clear();
        self.lent = self.actions.pop();
        self.lent.as_ref().map(|action| tercet_action::of(action, &mut self.groups))
    }

    /// Gives an answer to the router.
    pub(super) fn answer(&mut self, token: u64, answer: Answer) -> Result<(), tercet_result> {
        self.router.answer(Token(token), answer, &mut self.actions).map_err(of_router)
    }
}

/// Puts a new router for the users of `domain` into `router`: owned, to be freed with `tercet_router_free`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_new(domain: tercet_str, router: *mut *mut tercet_router) -> tercet_result {
    code(guarded(|| {
        let out = Out::new(router)?;
        // SAFETY: the contract of the module.
        let config = RouterConfig::new(unsafe { domain.required() }?).map_err(|_| TERCET_ERR_JID)?;
        let (actions, groups) = (Actions::new(), Vec::new());
        let handle =
            tercet_router { guard: Guard::default(), router: Router::new(config), actions, lent: None, groups };
        // SAFETY: the contract of the module.
        unsafe { out.put(give(handle)) };
        Ok(())
    }))
}

/// Frees a router, with all actions that were not carried out. NULL is fine.
///
/// Errors: `TERCET_ERR_BUSY` from inside a callback of this router, which lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_free(router: *mut tercet_router) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe { free_unless_running(router) }
}

/// About how many octets of memory are in use, the handle included: sessions, rosters, presence, what waits for answers
/// or to be carried out. What the allocator adds is not counted, and octets that stanzas share are counted for each of
/// them. A walk over all of it: to be asked now and then. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_memory(router: *mut tercet_router) -> usize {
    // SAFETY: the contract of the module.
    let memory = unsafe {
        with(router, |handle| {
            let around = size_of::<tercet_router>() - size_of::<Router>();
            let groups = handle.groups.capacity() * size_of::<tercet_str>();
            Ok(around + handle.router.memory() + handle.actions.heap() + groups)
        })
    };
    memory.unwrap_or(0)
}

/// Sets one limit, `TERCET_ROUTER_LIMIT_...`, on what peers can make the router remember from now on. What is beyond it
/// already stays.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_set_limit(
    router: *mut tercet_router,
    limit: i32,
    value: usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(router, |router| {
            let mut limits = router.router.limits();
            let place = match limit {
                TERCET_ROUTER_LIMIT_PARKED => &mut limits.parked,
                TERCET_ROUTER_LIMIT_DIRECTED => &mut limits.directed,
                TERCET_ROUTER_LIMIT_ITEMS => &mut limits.items,
                TERCET_ROUTER_LIMIT_ROSTER_BYTES => &mut limits.roster_bytes,
                TERCET_ROUTER_LIMIT_PRESENCE_BYTES => &mut limits.presence_bytes,
                TERCET_ROUTER_LIMIT_PENDING => &mut limits.pending,
                TERCET_ROUTER_LIMIT_PENDING_BYTES => &mut limits.pending_bytes,
                TERCET_ROUTER_LIMIT_PARKED_BYTES => &mut limits.parked_bytes,
                _ => return Err(TERCET_ERR_ARGUMENT),
            };
            *place = value;
            router.router.set_limits(limits);
            Ok(())
        })
    })
}

/// Adds the session `session`, a number of the caller's that is not used again, which has bound the full address
/// `full`. On `TERCET_OK` what is in `roster` was moved out, and it is empty; NULL is as good as an empty one. The
/// roster counts only for the user's first session: ask `tercet_router_has_roster` before looking it up, and carry out
/// all actions before that.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`, `TERCET_ERR_UTF8`; `TERCET_ERR_JID` for an address that is not a full
/// one of a user on the router's domain; `TERCET_ERR_IN_USE` where the number is that of a session, or the address is
/// bound: detach that session first, or refuse the new one.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_attach(
    router: *mut tercet_router,
    session: u64,
    full: tercet_str,
    roster: *mut tercet_roster,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with_roster(roster, |roster| {
            alone(router, |router| {
                let session = SessionId(session);
                let full = JidBuf::parse(full.required()?).map_err(|_| TERCET_ERR_JID)?;
                router.router.admits(session, full.as_jid()).map_err(of_router)?;
                router.router.attach(session, full, mem::take(roster), &mut router.actions).map_err(of_router)
            })
        })
    })
}

/// Whether the roster of `user`, a bare address, is here: then it is current, and the database need not be asked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_has_roster(router: *mut tercet_router, user: tercet_str) -> bool {
    // SAFETY: the contract of the module.
    unsafe { with(router, |router| Ok(router.router.has_roster(contact(user)?.as_jid()))) }.unwrap_or(false)
}

/// Notes the language of a session's stream, `xml:lang` of its header: stanzas that name none are in this one (RFC 6120
/// section 8.1.5). The empty one says that there is none, which is so from the beginning.
///
/// `TERCET_NONE` where there is no such session. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT`
/// for what is longer than 64 octets, or of other characters than letters, digits and hyphens of ASCII: a client's
/// header may hold anything, so this is no reason to end its stream. The session is as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_set_lang(
    router: *mut tercet_router,
    session: u64,
    lang: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    let noted = unsafe {
        with(router, |router| {
            router.router.set_lang(SessionId(session), lang.required()?).map_err(of_router)?;
            Ok(router.router.has_session(SessionId(session)))
        })
    };
    found(noted, TERCET_NONE)
}

/// Takes in a stanza that the client of `session` sent: `stanza` is the root of a stanza lent by any handle, such as
/// `event.stanza.root`. It is looked at during the call and not kept. Its `from` counts for nothing: it goes on with
/// the session's own address. What is neither message, presence nor iq is dropped.
///
/// `TERCET_NONE` where there is no such session; the stanza is dropped then. Errors: `TERCET_ERR_NULL`,
/// `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT` where `stanza` is not the root of a stanza.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_handle(
    router: *mut tercet_router,
    session: u64,
    stanza: tercet_element,
) -> tercet_result {
    let session = SessionId(session);
    // SAFETY: the contract of the module. The unit and the router are handles of different types, so never one
    // allocation; each is borrowed for this call alone.
    let handled = unsafe {
        stanza.look_whole(|stanza| {
            with(router, |router| {
                router.router.handle(session, &stanza, &mut router.actions);
                Ok(router.router.has_session(session))
            })
        })
    };
    found(handled, TERCET_NONE)
}

/// Removes a session, which can no longer be sent to. Whoever was told that it is there is told that it is gone.
///
/// `TERCET_NONE` where there is no such session. Errors: `TERCET_ERR_NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_detach(router: *mut tercet_router, session: u64) -> tercet_result {
    let session = SessionId(session);
    // SAFETY: the contract of the module.
    let detached = unsafe {
        with(router, |router| {
            let is_there = router.router.has_session(session);
            router.router.detach(session, &mut router.actions);
            Ok(is_there)
        })
    };
    found(detached, TERCET_NONE)
}

/// Puts the session that bound the full address `full` into `session`.
///
/// `TERCET_NONE` where there is none. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_find(
    router: *mut tercet_router,
    full: tercet_str,
    session: *mut u64,
) -> tercet_result {
    // SAFETY: the contract of the module.
    let session = unsafe {
        with(router, |router| {
            let out = Out::new(session)?;
            let full = JidBuf::parse(full.required()?).map_err(|_| TERCET_ERR_JID)?;
            Ok(router.router.session_of(full.as_jid()).map(|SessionId(session)| out.put(session)).is_some())
        })
    };
    found(session, TERCET_NONE)
}

/// Puts the sessions of `user`, a bare address, into `sessions`, at most `capacity` of them, in the order in which they
/// came; and into `count` how many there are, which may be more. `sessions` may be NULL where `capacity` is 0.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_sessions(
    router: *mut tercet_router,
    user: tercet_str,
    sessions: *mut u64,
    capacity: usize,
    count: *mut usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(router, |router| {
            let out = Out::new(count)?;
            if capacity > 0 {
                Out::new(sessions)?;
            }
            let user = contact(user)?;
            let mut count = 0;
            for (SessionId(session), _) in router.router.sessions(user.as_jid()) {
                if count < capacity {
                    Out::new(sessions.add(count))?.put(session);
                }
                count += 1;
            }
            out.put(count);
            Ok(())
        })
    })
}

/// Puts the next thing to do into `action`; the one before it is forgotten, and counts as carried out. To be called
/// until it answers `TERCET_NEED_MORE`, after each call that may leave something to do: `_attach`, `_handle`,
/// `_detach`, and answers. Borrowed until the next call of `tercet_router_poll`, `_drive` or `_free`.
///
/// `TERCET_NEED_MORE` where nothing is to be done. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_poll(router: *mut tercet_router, action: *mut tercet_action) -> tercet_result {
    // SAFETY: the contract of the module.
    let polled = unsafe {
        alone(router, |router| {
            let out = Out::new(action)?;
            Ok(router.next().map(|action| out.put(action)).is_some())
        })
    };
    found(polled, TERCET_NEED_MORE)
}

/// Answers a request of the router's with one of `TERCET_ANSWER_NO_ACCOUNT`, `_STORED` and `_REFUSED`. What comes of it
/// is given by `tercet_router_poll` and `_drive`, here and below.
///
/// Errors, here and below: `TERCET_ERR_NULL`; `TERCET_ERR_STALE` where `token` was answered, or what was asked for is
/// no longer wanted; `TERCET_ERR_ARGUMENT` where the answer does not fit the request, which stays open.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_answer(router: *mut tercet_router, token: u64, answer: i32) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(router, |router| {
            let answer = match answer {
                TERCET_ANSWER_NO_ACCOUNT => Answer::NoSuchUser,
                TERCET_ANSWER_STORED => Answer::Stored,
                TERCET_ANSWER_REFUSED => Answer::Refused,
                _ => return Err(TERCET_ERR_ARGUMENT),
            };
            router.answer(token, answer)
        })
    })
}

/// Answers `TERCET_ACTION_LOAD_ROSTER`. On `TERCET_OK` what is in `roster` was moved out, and it is empty; NULL is as
/// good as an empty one.
///
/// Errors: as `tercet_router_answer`; the roster is as it was then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_answer_roster(
    router: *mut tercet_router,
    token: u64,
    roster: *mut tercet_roster,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with_roster(roster, |roster| {
            with(router, |router| {
                router.router.awaits(Token(token), &Answer::Roster(Roster::default())).map_err(of_router)?;
                router.answer(token, Answer::Roster(mem::take(roster)))
            })
        })
    })
}

/// A message that waited for its receiver.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_offline_message {
    /// When it was stored, as XEP-0082 writes a time: `2026-01-31T23:59:59Z`.
    pub stamp: tercet_str,
    /// The message as `TERCET_ACTION_STORE_OFFLINE` gave it.
    pub stanza: tercet_str,
}

/// Answers `TERCET_ACTION_LOAD_OFFLINE` with `count` messages, the oldest first: copied. `messages` may be NULL where
/// `count` is 0.
///
/// Errors: also `TERCET_ERR_UTF8`, and `TERCET_ERR_WRITE` where one of them is not one whole element, or has a stamp
/// that XML cannot hold: none is delivered then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_router_answer_messages(
    router: *mut tercet_router,
    token: u64,
    messages: *const tercet_offline_message,
    count: usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(router, |router| {
            let messages = list(messages, count)?.iter().map(|kept| {
                let stamp = kept.stamp.required()?;
                writable(|out| {
                    out.open(name::DELAY).attr("stamp", stamp).close();
                })?;
                Ok(Offline { stamp: String::from(stamp), stanza: whole(kept.stanza.required()?)? })
            });
            router.answer(token, Answer::Messages(messages.collect::<Result<_, tercet_result>>()?))
        })
    })
}

/// Shows what is in `roster` to `body`; an empty one where there is none.
unsafe fn with_roster<T>(
    roster: *mut tercet_roster,
    body: impl FnOnce(&mut Roster) -> Result<T, tercet_result>,
) -> Result<T, tercet_result> {
    if roster.is_null() {
        return body(&mut Roster::default());
    }
    // SAFETY: not null; the contract of the module. A roster is another handle than the router that `body` borrows.
    unsafe { with(roster, |roster| body(&mut roster.roster)) }
}
