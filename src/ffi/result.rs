//! What every call answers: one number.
//!
//! Numbers are for ever: one that is no longer used is not given to something else.

use core::ffi::{CStr, c_char};

use crate::engine::{ApiMisuse, Error};
use crate::negotiate::{ConfigError, Error as Negotiation, Incompatible};
use crate::router;
use crate::sasl::KeysError;
use crate::stream::{self, Fault};
use crate::write;

/// What a call came to: 0 for done, above 0 for an outcome that is no error, below 0 for an error.
///
/// From `TERCET_ERR_SYNTAX` down an error is the end of its stream. `_next` and `_poll` give it again at every later
/// call, `_eof` and `tercet_conn_close` too; sending, and `tercet_conn_recv`, answer `TERCET_ERR_CLOSED`.
/// `TERCET_ERR_TRUNCATED` alone is given by nothing but `tercet_parser_eof`.
///
/// After the others nothing was done, with these exceptions. After `TERCET_ERR_NO_MEMORY` of `_next`, `_poll` or
/// `_drive` what was to be lent is lost. With `TERCET_ERR_CALLBACK` a `_drive` has worked on all up to what the
/// callback was called for, and goes on after that. After `TERCET_ERR_PANIC` the handle can only be freed. A draft
/// keeps its first error, until it is cleared.
pub type tercet_result = i32;

/// Done.
pub const TERCET_OK: tercet_result = 0;
/// There is nothing to lend at present: more input is needed first, or an answer, or TLS, or room in the output.
pub const TERCET_NEED_MORE: tercet_result = 1;
/// An iteration is at its end, or what was looked for is not there.
pub const TERCET_NONE: tercet_result = 2;
/// From a callback: return to the caller of `_drive` now; from there: a callback asked for it.
pub const TERCET_PAUSE: tercet_result = 3;

/// A pointer that must not be NULL was.
pub const TERCET_ERR_NULL: tercet_result = -1;
/// A text handed over is not UTF-8.
pub const TERCET_ERR_UTF8: tercet_result = -2;
/// A number or a word handed over is not one of those that the function knows, or a text is none that it can take.
pub const TERCET_ERR_ARGUMENT: tercet_result = -3;
/// The function must not be called from inside a callback of the same handle.
pub const TERCET_ERR_BUSY: tercet_result = -4;
/// A fault of the library's own was caught in this call: please report it. The handle can only be freed.
pub const TERCET_ERR_PANIC: tercet_result = -5;
/// A fault was caught in an earlier call on this handle, which can only be freed.
pub const TERCET_ERR_POISONED: tercet_result = -6;
/// A view whose unit is gone, or an answer to a request that is not open.
pub const TERCET_ERR_STALE: tercet_result = -7;
/// Memory is out.
pub const TERCET_ERR_NO_MEMORY: tercet_result = -8;
/// Not for this kind of handle, or not in this build.
pub const TERCET_ERR_UNSUPPORTED: tercet_result = -9;
/// A callback answered something else than `TERCET_OK` or `TERCET_PAUSE`.
pub const TERCET_ERR_CALLBACK: tercet_result = -10;
/// A stanza was to be sent before a resource is bound.
pub const TERCET_ERR_NOT_BOUND: tercet_result = -11;
/// The stream is closed on our side, or over.
pub const TERCET_ERR_CLOSED: tercet_result = -12;
/// TLS was reported where none was asked for.
pub const TERCET_ERR_NOT_AWAITING_TLS: tercet_result = -13;
/// More requests are open than a connection keeps track of.
pub const TERCET_ERR_TOO_MANY_REQUESTS: tercet_result = -14;
/// The random source of the system failed.
pub const TERCET_ERR_RANDOM: tercet_result = -15;
/// A text handed over is not an address (RFC 7622), or not one of the kind that is wanted.
pub const TERCET_ERR_JID: tercet_result = -16;
/// A password that RFC 8265 does not allow, as is one that is empty.
pub const TERCET_ERR_PASSWORD: tercet_result = -17;
/// A text handed over is not SCRAM keys in their stored form.
pub const TERCET_ERR_KEYS: tercet_result = -18;
/// What was to be written is not what XML allows: a name, a namespace, a character, or tags that do not match.
pub const TERCET_ERR_WRITE: tercet_result = -19;
/// The caller's buffer is too small.
pub const TERCET_ERR_SPACE: tercet_result = -20;
/// The address is bound by another session, or the number is that of another session.
pub const TERCET_ERR_IN_USE: tercet_result = -21;

/// The peer's bytes are not the XML that XMPP allows. `tercet_conn_last_error` and its like say where.
pub const TERCET_ERR_SYNTAX: tercet_result = -100;
/// The peer's bytes cross a limit.
pub const TERCET_ERR_LIMIT: tercet_result = -101;
/// The bytes ended before the stream did.
pub const TERCET_ERR_TRUNCATED: tercet_result = -102;
/// The peer broke the protocol.
pub const TERCET_ERR_PROTOCOL: tercet_result = -103;
/// The peer keeps to the protocol, and yet there is no common ground.
pub const TERCET_ERR_INCOMPATIBLE: tercet_result = -104;
/// The server refused the login.
pub const TERCET_ERR_LOGIN: tercet_result = -105;
/// TLS is required and the server has none, or the handshake failed.
pub const TERCET_ERR_TLS: tercet_result = -106;
/// A deadline has passed.
pub const TERCET_ERR_TIMEOUT: tercet_result = -107;
/// The transport ended in the middle of the stream.
pub const TERCET_ERR_DISCONNECTED: tercet_result = -108;
/// The peer ended the stream with an error.
pub const TERCET_ERR_PEER: tercet_result = -109;
/// A failure on our side that the stream could not outlive.
pub const TERCET_ERR_FAILED: tercet_result = -110;

/// What a result means: a short English sentence. Static, never NULL, for any number.
#[unsafe(no_mangle)]
pub extern "C" fn tercet_result_str(result: tercet_result) -> *const c_char {
    text(result).as_ptr()
}

/// Whether a result is the end of its stream, or of its handle: from `TERCET_ERR_SYNTAX` down, and `TERCET_ERR_PANIC`
/// and `TERCET_ERR_POISONED`.
#[unsafe(no_mangle)]
pub extern "C" fn tercet_result_is_fatal(result: tercet_result) -> bool {
    result <= TERCET_ERR_SYNTAX || matches!(result, TERCET_ERR_PANIC | TERCET_ERR_POISONED)
}

/// The sentences, in the order of the numbers.
pub(super) const fn text(result: tercet_result) -> &'static CStr {
    match result {
        TERCET_OK => c"done",
        TERCET_NEED_MORE => c"nothing to lend at present",
        TERCET_NONE => c"nothing there",
        TERCET_PAUSE => c"a callback asked to pause",
        TERCET_ERR_NULL => c"a pointer that must not be null was",
        TERCET_ERR_UTF8 => c"text is not UTF-8",
        TERCET_ERR_ARGUMENT => c"an argument is not one that the function can take",
        TERCET_ERR_BUSY => c"not to be called from inside a callback of the same handle",
        TERCET_ERR_PANIC => c"fault of the library's own, please report it",
        TERCET_ERR_POISONED => c"handle is out of order since an earlier fault",
        TERCET_ERR_STALE => c"view or request is gone",
        TERCET_ERR_NO_MEMORY => c"out of memory",
        TERCET_ERR_UNSUPPORTED => c"not supported by this handle or this build",
        TERCET_ERR_CALLBACK => c"a callback failed",
        TERCET_ERR_NOT_BOUND => c"no resource is bound yet",
        TERCET_ERR_CLOSED => c"the stream is closed",
        TERCET_ERR_NOT_AWAITING_TLS => c"no TLS was asked for, or it comes too late",
        TERCET_ERR_TOO_MANY_REQUESTS => c"too many requests are open",
        TERCET_ERR_RANDOM => c"the random source failed",
        TERCET_ERR_JID => c"not an address of the kind that is wanted",
        TERCET_ERR_PASSWORD => c"the password is empty or holds characters that are not allowed",
        TERCET_ERR_KEYS => c"not SCRAM keys in their stored form",
        TERCET_ERR_WRITE => c"not what XML allows to be written",
        TERCET_ERR_SPACE => c"the buffer is too small",
        TERCET_ERR_IN_USE => c"the address or the number is in use",
        TERCET_ERR_SYNTAX => c"the peer's bytes are not the XML that XMPP allows",
        TERCET_ERR_LIMIT => c"the peer's bytes cross a limit",
        TERCET_ERR_TRUNCATED => c"the bytes ended before the stream did",
        TERCET_ERR_PROTOCOL => c"the peer broke the protocol",
        TERCET_ERR_INCOMPATIBLE => c"no common ground with the peer",
        TERCET_ERR_LOGIN => c"the server refused the login",
        TERCET_ERR_TLS => c"TLS is required and cannot be had",
        TERCET_ERR_TIMEOUT => c"a deadline has passed",
        TERCET_ERR_DISCONNECTED => c"the connection ended in the middle of the stream",
        TERCET_ERR_PEER => c"the peer ended the stream with an error",
        TERCET_ERR_FAILED => c"failure on our side",
        _ => c"not a result",
    }
}

/// The number of a connection's error.
pub(super) fn of_engine(error: &Error) -> tercet_result {
    match error {
        Error::Syntax(error) => of_stream(error),
        Error::Negotiation(error) => of_negotiation(error),
        Error::Peer(_) => TERCET_ERR_PEER,
        Error::LoginBytes => TERCET_ERR_LIMIT,
        Error::LoginTimeout | Error::CloseTimeout => TERCET_ERR_TIMEOUT,
        Error::Disconnected => TERCET_ERR_DISCONNECTED,
        Error::Tls => TERCET_ERR_TLS,
        Error::Write(error) => of_write(error),
        Error::OutOfMemory => TERCET_ERR_NO_MEMORY,
        Error::ApiMisuse(misuse) => of_misuse(*misuse),
        _ => TERCET_ERR_PROTOCOL,
    }
}

fn of_negotiation(error: &Negotiation) -> tercet_result {
    match error {
        Negotiation::Incompatible(Incompatible::TlsRefused) => TERCET_ERR_TLS,
        Negotiation::Incompatible(Incompatible::Login(_)) => TERCET_ERR_LOGIN,
        Negotiation::Incompatible(_) => TERCET_ERR_INCOMPATIBLE,
        Negotiation::Misbehaved(_) => TERCET_ERR_PROTOCOL,
        _ => TERCET_ERR_FAILED,
    }
}

/// The number of a parser's error.
pub(super) fn of_stream(error: &stream::Error) -> tercet_result {
    match error.fault {
        Fault::OutOfMemory => TERCET_ERR_NO_MEMORY,
        _ if error.limit().is_some() => TERCET_ERR_LIMIT,
        _ => TERCET_ERR_SYNTAX,
    }
}

pub(super) fn of_misuse(misuse: ApiMisuse) -> tercet_result {
    match misuse {
        ApiMisuse::StaleAnswer => TERCET_ERR_STALE,
        ApiMisuse::WrongAnswer | ApiMisuse::NotARequest => TERCET_ERR_ARGUMENT,
        ApiMisuse::NotAwaitingTls => TERCET_ERR_NOT_AWAITING_TLS,
        ApiMisuse::NotBound => TERCET_ERR_NOT_BOUND,
        ApiMisuse::TooManyRequests => TERCET_ERR_TOO_MANY_REQUESTS,
        ApiMisuse::Closed => TERCET_ERR_CLOSED,
    }
}

pub(super) fn of_write(error: &write::Error) -> tercet_result {
    match error {
        write::Error::OutOfMemory => TERCET_ERR_NO_MEMORY,
        _ => TERCET_ERR_WRITE,
    }
}

pub(super) fn of_config(error: ConfigError) -> tercet_result {
    match error {
        ConfigError::NoLocalpart | ConfigError::NotADomain => TERCET_ERR_JID,
        ConfigError::Password(_) => TERCET_ERR_PASSWORD,
        ConfigError::Random => TERCET_ERR_RANDOM,
        _ => TERCET_ERR_ARGUMENT,
    }
}

pub(super) fn of_keys(error: KeysError) -> tercet_result {
    match error {
        KeysError::Password(_) => TERCET_ERR_PASSWORD,
        KeysError::Random => TERCET_ERR_RANDOM,
        _ => TERCET_ERR_KEYS,
    }
}

pub(super) fn of_router(error: router::Error) -> tercet_result {
    match error {
        router::Error::Address => TERCET_ERR_JID,
        router::Error::AddressInUse | router::Error::SessionInUse => TERCET_ERR_IN_USE,
        router::Error::StaleToken => TERCET_ERR_STALE,
        router::Error::Language | router::Error::WrongAnswer => TERCET_ERR_ARGUMENT,
    }
}
