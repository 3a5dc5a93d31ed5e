//! What happens, as lines for a log.
//!
//! In: events. Out: one line for each. Invariants: nothing secret gets into a line, and no content of a stanza, of
//! which the kind and the length are told. What a peer words in it are addresses alone, and these are prepared: no
//! control character is in them, so that a line stays one. Conditions are ours. It refuses to know where lines go.

use core::ffi::c_void;
use std::format;
use std::string::String;

use super::connection::tercet_conn;
use super::event::{
    TERCET_EVENT_AUTHENTICATED, TERCET_EVENT_BOUND, TERCET_EVENT_CLOSED, TERCET_EVENT_CREDENTIALS, TERCET_EVENT_OPENED,
    TERCET_EVENT_REFUSED, TERCET_EVENT_RESOURCE, TERCET_EVENT_RESPONSE, TERCET_EVENT_ROSTER_PUSH, TERCET_EVENT_STANZA,
    TERCET_EVENT_START_TLS, TERCET_EVENT_STREAM_ERROR, TERCET_FLAG_BY_PEER, TERCET_UNIT_IQ, TERCET_UNIT_MESSAGE,
    TERCET_UNIT_PRESENCE, tercet_event,
};
use super::ptr::tercet_str;

/// Of use to whoever looks for a fault: each stanza, each question.
pub const TERCET_LOG_DEBUG: i32 = 1;
/// The course of a connection: opened, secured, logged in, bound, closed.
pub const TERCET_LOG_INFO: i32 = 2;
/// What went wrong: a login refused, a stream that ended with an error.
pub const TERCET_LOG_WARNING: i32 = 3;

/// The callback for a log: `message` is one line, an English sentence without a line feed, borrowed for the call;
/// `level` is one of `TERCET_LOG_...`. Never a password, key or content of a stanza; addresses are named.
pub type tercet_on_log =
    Option<unsafe extern "C" fn(user: *mut c_void, conn: *mut tercet_conn, level: i32, message: tercet_str)>;

/// The line for an event that a connection lends.
pub(super) unsafe fn line(event: &tercet_event) -> (i32, String) {
    // SAFETY: the contract of the module: texts of the library's own, which are lent.
    let text = |text: tercet_str| unsafe { text.read() }.ok().flatten().unwrap_or_default();
    let (jid, condition, len) = (text(event.jid), text(event.condition), event.stanza.raw.len);
    match event.kind {
        TERCET_EVENT_OPENED => (TERCET_LOG_INFO, String::from("stream opened")),
        TERCET_EVENT_START_TLS => (TERCET_LOG_INFO, String::from("TLS begins")),
        TERCET_EVENT_CREDENTIALS => (TERCET_LOG_DEBUG, format!("credentials of {jid} are wanted")),
        TERCET_EVENT_REFUSED => (TERCET_LOG_WARNING, format!("login refused: {condition}")),
        TERCET_EVENT_AUTHENTICATED => (TERCET_LOG_INFO, format!("logged in as {jid}")),
        TERCET_EVENT_RESOURCE => (TERCET_LOG_DEBUG, format!("address {jid} is asked for")),
        TERCET_EVENT_BOUND => (TERCET_LOG_INFO, format!("session of {jid} begins")),
        TERCET_EVENT_STANZA => {
            let kind = match event.stanza.kind {
                TERCET_UNIT_MESSAGE => "message",
                TERCET_UNIT_PRESENCE => "presence",
                TERCET_UNIT_IQ => "iq",
                _ => "other element",
            };
            (TERCET_LOG_DEBUG, format!("{kind} of {len} octets"))
        }
        TERCET_EVENT_RESPONSE => (TERCET_LOG_DEBUG, format!("answer to request {} of {len} octets", event.token)),
        TERCET_EVENT_ROSTER_PUSH => (TERCET_LOG_DEBUG, format!("change of the roster of {len} octets")),
        TERCET_EVENT_STREAM_ERROR => (TERCET_LOG_WARNING, format!("peer ended the stream: {condition}")),
        TERCET_EVENT_CLOSED => {
            let first = if event.flags & TERCET_FLAG_BY_PEER == 0 { "us" } else { "the peer" };
            (TERCET_LOG_INFO, format!("stream closed, by {first} first"))
        }
        other => (TERCET_LOG_DEBUG, format!("event {other}")),
    }
}
