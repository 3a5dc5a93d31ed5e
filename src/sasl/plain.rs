//! PLAIN (RFC 4616): one message, `[authzid] NUL authcid NUL password`.
//!
//! In and out: that message. It knows grammar only; whether PLAIN may be used at all is settled before it is asked.

use alloc::vec::Vec;

/// A message's three fields, as received. `authzid` is `None` when empty; the others are never empty.
pub(super) struct Message<'a> {
    pub(super) authzid: Option<&'a str>,
    pub(super) authcid: &'a str,
    pub(super) password: &'a str,
}

/// Reads a message; `None` when it does not follow the grammar.
pub(super) fn parse(data: &[u8]) -> Option<Message<'_>> {
    let mut fields = core::str::from_utf8(data).ok()?.split('\0');
    let (authzid, authcid, password) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() || authcid.is_empty() || password.is_empty() {
        return None;
    }
    Some(Message { authzid: (!authzid.is_empty()).then_some(authzid), authcid, password })
}

/// Writes a message. The caller has seen to it that no field contains a NUL.
pub(super) fn write(message: &Message<'_>) -> Vec<u8> {
    let authzid = message.authzid.unwrap_or_default();
    // Sized at once: a buffer that grew would leave parts of the password behind in freed memory.
    let mut out = Vec::with_capacity(authzid.len() + message.authcid.len() + message.password.len() + 2);
    out.extend_from_slice(authzid.as_bytes());
    out.push(0);
    out.extend_from_slice(message.authcid.as_bytes());
    out.push(0);
    out.extend_from_slice(message.password.as_bytes());
    out
}
