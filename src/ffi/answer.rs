//! Answers to a server's requests, given in the callback, after the event, or much later.
//!
//! In: the token of a request, and a number, texts or keys. Out: an [`Answer`] on the desk of the connection, which the
//! next walk takes up; or an error, and the request stays open. Invariant: what is put there is fit to be acted on. It
//! refuses to know what a login or a session makes of it.

use core::ffi::c_char;
use std::string::String;

use super::boundary::{code, found, guarded, with};
use super::connection::tercet_conn;
use super::event::token;
use super::ptr::{Out, list, tercet_str};
use super::result::{
    TERCET_ERR_ARGUMENT, TERCET_ERR_JID, TERCET_ERR_KEYS, TERCET_ERR_SPACE, TERCET_ERR_STALE, of_keys, of_misuse,
    tercet_result,
};
use crate::jid::JidBuf;
use crate::negotiate::Answer;
use crate::sasl::crypto::{Os, Provider as _};
use crate::sasl::scram::{Account, ITERATIONS_DEFAULT, Keys};
use crate::sasl::{Mechanism, Secret};
use crate::write::StanzaCondition;

/// To credentials: there is no such account. The client is led through the same dialogue and refused at its end.
/// To a router that wants a roster: there is no such account, or its roster cannot be read.
pub const TERCET_ANSWER_NO_ACCOUNT: i32 = 1;
/// To credentials: the account may not log in at present.
pub const TERCET_ANSWER_DISABLED: i32 = 2;
/// To credentials: the database does not answer.
pub const TERCET_ANSWER_UNAVAILABLE: i32 = 3;
/// To a resource: the proposed one.
pub const TERCET_ANSWER_ACCEPT: i32 = 4;

/// Octets that suffice for SCRAM keys in their stored form, as `tercet_keys_derive` makes them.
pub const TERCET_KEYS_BYTES: usize = 256;

/// Answers a request with one of `TERCET_ANSWER_...`. The next `_poll` or `_drive` acts on it, here and below.
///
/// Errors, here and below: `TERCET_ERR_NULL`; `TERCET_ERR_STALE` where `token` is not that of the open request;
/// `TERCET_ERR_ARGUMENT` where the answer is unknown, or not one to a request of that kind, which stays open.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_answer(conn: *mut tercet_conn, token: u64, answer: i32) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let answer = match answer {
                TERCET_ANSWER_NO_ACCOUNT => Answer::NoAccount,
                TERCET_ANSWER_DISABLED => Answer::Disabled,
                TERCET_ANSWER_UNAVAILABLE => Answer::Unavailable,
                TERCET_ANSWER_ACCEPT => Answer::Accept,
                _ => return Err(TERCET_ERR_ARGUMENT),
            };
            put(conn, token, answer)
        })
    })
}

/// Answers a request for credentials with what was stored of the account: `count` texts in the form that
/// `tercet_keys_derive` makes, one for each hash.
///
/// Errors: also `TERCET_ERR_KEYS`, `TERCET_ERR_UTF8`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_answer_keys(
    conn: *mut tercet_conn,
    token: u64,
    keys: *const tercet_str,
    count: usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let mut account: Option<Account> = None;
            for text in list(keys, count)? {
                let keys = Keys::parse(text.required()?).map_err(of_keys)?;
                account = Some(match account {
                    Some(account) => account.with(keys),
                    None => Account::new(keys),
                });
            }
            put(conn, token, Answer::Account(account.ok_or(TERCET_ERR_KEYS)?))
        })
    })
}

/// Answers a request for credentials with the password itself. For trials: keys are derived from it at each login,
/// which takes milliseconds of work, and a server should not know passwords.
///
/// Errors: also `TERCET_ERR_UTF8`, `TERCET_ERR_PASSWORD`, `TERCET_ERR_RANDOM`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_answer_password(
    conn: *mut tercet_conn,
    token: u64,
    password: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let password = Secret::new(String::from(password.required()?));
            put(conn, token, Answer::Account(Account::derive(&password, &Os).map_err(of_keys)?))
        })
    })
}

/// Answers a request for a resource with another one.
///
/// Errors: also `TERCET_ERR_UTF8`; `TERCET_ERR_JID` where `resource` cannot be the resource of an address (RFC 7622
/// section 3.4): the request stays open.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_answer_resource(
    conn: *mut tercet_conn,
    token: u64,
    resource: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let resource = resource.required()?;
            // Any domain will do to see whether it is one.
            JidBuf::new(None, "localhost", Some(resource)).map_err(|_| TERCET_ERR_JID)?;
            put(conn, token, Answer::Resource(String::from(resource)))
        })
    })
}

/// Refuses a resource; `condition` is the name of a stanza error condition, such as `conflict` (RFC 6120 sections 7.6.2
/// and 7.7.2).
///
/// Errors: also `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` also for a name that the RFC does not know.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_answer_refuse(
    conn: *mut tercet_conn,
    token: u64,
    condition: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let condition = StanzaCondition::from_name(condition.required()?).ok_or(TERCET_ERR_ARGUMENT)?;
            put(conn, token, Answer::Refuse(condition))
        })
    })
}

fn put(conn: &mut tercet_conn, number: u64, answer: Answer) -> Result<(), tercet_result> {
    conn.put(token(number).ok_or(TERCET_ERR_STALE)?, answer).map_err(of_misuse)
}

/// Puts what a server stores instead of `password` into `buffer`: SCRAM keys for `mechanism`, such as `SCRAM-SHA-256`,
/// with a fresh salt, not NUL-terminated; and into `written` how many octets it is. `TERCET_KEYS_BYTES` of `capacity`
/// suffice. It takes milliseconds of work.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_ARGUMENT` for an unknown mechanism, `TERCET_ERR_PASSWORD`,
/// `TERCET_ERR_RANDOM`; `TERCET_ERR_SPACE` where `capacity` is too small.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_keys_derive(
    mechanism: tercet_str,
    password: tercet_str,
    buffer: *mut c_char,
    capacity: usize,
    written: *mut usize,
) -> tercet_result {
    let derive = || {
        let (buffer, out) = (Out::new(buffer.cast::<u8>())?, Out::new(written)?);
        // SAFETY: the contract of the module.
        let (mechanism, password) = unsafe { (mechanism.required()?, password.required()?) };
        let hash = Mechanism::from_name(mechanism).and_then(Mechanism::hash).ok_or(TERCET_ERR_ARGUMENT)?;
        let mut salt = [0; 16];
        Os.random(&mut salt).map_err(|error| of_keys(error.into()))?;
        let keys = Keys::derive(hash, &Secret::new(String::from(password)), &salt, ITERATIONS_DEFAULT);
        let text = keys.map_err(of_keys)?.to_text();
        let octets = text.expose().as_bytes();
        if octets.len() > capacity {
            return Ok(false);
        }
        // SAFETY: the contract of the module: `capacity` octets can be written there, and these are no more.
        unsafe {
            buffer.put_all(octets);
            out.put(octets.len());
        }
        Ok(true)
    };
    found(guarded(derive), TERCET_ERR_SPACE)
}
