//! The octets that a router delivers: a client's stanza with the true `from`, one stanza for many receivers, errors.
//!
//! Every function gives nothing where nothing can be written, which a parsed stanza and prepared addresses leave to
//! a lack of memory; the one stanza is then lost, and the session goes on.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::jid::{Jid, JidBuf};
use crate::ns::{NsId, name};
use crate::stanza::{Element, Stanza};
use crate::write::{self, Forward, StanzaCondition, Writer};

/// A client's stanza as it goes on: its own octets with `from` in place of whatever the client put there, `to`
/// changed if given, and the language of the client's stream if the stanza names none. Notes of delay that the client
/// wrote in the server's name are left out: receivers would take them for the server's word.
pub(super) fn stamped(stanza: &Stanza<'_>, from: Jid<'_>, to: Option<Jid<'_>>, lang: Option<&str>) -> Option<Bytes> {
    let change = Forward { from: Some(from.as_str()), to: to.map(Jid::as_str), lang, content_ns: NsId::CLIENT.text() };
    let is_forged = |child: Element<'_>| {
        let by = child.attr("from").map(|by| JidBuf::parse(&by.decode()));
        child.is(name::DELAY) && matches!(by, Some(Ok(by)) if by.as_str() == from.domain())
    };
    written(|out| write::forward_without(out, stanza, change, is_forged))
}

/// The error that answers a client's stanza; nothing where the stanza must not be answered.
pub(super) fn refusal(stanza: &Stanza<'_>, condition: StanzaCondition) -> Option<Bytes> {
    let mut out = Vec::new();
    let answered = write::error_reply(&mut out, stanza, condition.default_type(), condition, None);
    matches!(answered, Ok(true)).then(|| Bytes::from(out))
}

/// A presence stanza that has no `to`, for one receiver.
pub(super) fn addressed(stanza: &Bytes, to: Jid<'_>) -> Option<Bytes> {
    let tag = written(|out| {
        let mut presence = Writer::new(out);
        presence.open(name::PRESENCE).attr("to", to.as_str()).close();
        presence.finish()
    })?;
    let attribute = tag.strip_prefix(b"<presence")?.strip_suffix(b"/>")?;
    let rest = stanza.strip_prefix(b"<presence")?;
    Some([b"<presence", attribute, rest].concat().into())
}

/// A kept message with the note of when it was kept (XEP-0203), as the last of its children.
pub(super) fn delayed(stanza: &Bytes, by: Jid<'_>, stamp: &str) -> Option<Bytes> {
    let note = written(|out| {
        let mut delay = Writer::new(out);
        delay.open(name::DELAY).attr("from", by.as_str()).attr("stamp", stamp).close();
        delay.finish()
    })?;
    // A kept message has a body, so its last tag is the end tag of its root.
    let end = stanza.iter().rposition(|&byte| byte == b'<')?;
    let (content, end_tag) = stanza.split_at_checked(end)?;
    Some([content, &note, end_tag].concat().into())
}

/// What `write` appends to nothing.
pub(super) fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), write::Error>) -> Option<Bytes> {
    let mut out = Vec::new();
    write(&mut out).ok().map(|()| Bytes::from(out))
}
