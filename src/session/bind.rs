//! Resource binding: the request and its result (RFC 6120 section 7).
//!
//! In: views of iq stanzas. Out: the resource asked for, the address bound, or the stanza error to answer with; both
//! stanzas appended to an output. Refuses to know: who may bind what.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::iq::{self, Iq};
use crate::jid::{Jid, JidBuf};
use crate::ns::name;
use crate::stanza::Stanza;
use crate::write::{self, StanzaCondition, Writer};

/// What a client asks for when it binds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The resource it would like, as it stands: not prepared. Nothing: the server is to make one.
    pub resource: Option<Cow<'a, str>>,
}

impl<'a> Request<'a> {
    /// Reads a bind request; nothing if the stanza is not one. An empty `<resource/>` counts as none.
    #[must_use]
    pub fn read(stanza: &Stanza<'a>) -> Option<Self> {
        let Iq::Set(bind) = iq::classify(stanza) else { return None };
        if !bind.is(name::BIND) {
            return None;
        }
        let resource = bind.child(name::BIND_RESOURCE).map(|resource| resource.text());
        Some(Self { resource: resource.filter(|resource| !resource.is_empty()) })
    }
}

/// Appends a bind request.
///
/// # Errors
/// If a text cannot be written.
pub fn write_request(out: &mut Vec<u8>, id: &str, resource: Option<&str>) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "set").attr("id", id).open(name::BIND);
    if let Some(resource) = resource {
        iq.open(name::BIND_RESOURCE).text(resource).close();
    }
    iq.close().close();
    iq.finish()
}

/// Reads the result of a bind request: the client's address from now on.
///
/// # Errors
/// `bad-request` if the stanza is no result with one `<jid/>`, `jid-malformed` if that is no full address.
pub fn read_result(stanza: &Stanza<'_>) -> Result<JidBuf, StanzaCondition> {
    let Iq::Result(Some(bind)) = iq::classify(stanza) else { return Err(StanzaCondition::BadRequest) };
    let jid = bind.is(name::BIND).then(|| bind.child(name::BIND_JID)).flatten().ok_or(StanzaCondition::BadRequest)?;
    let jid = JidBuf::parse(&jid.text()).map_err(|_| StanzaCondition::JidMalformed)?;
    if jid.as_jid().is_full() { Ok(jid) } else { Err(StanzaCondition::JidMalformed) }
}

/// Appends the result of a bind request.
///
/// # Errors
/// If a text cannot be written.
pub fn write_result(out: &mut Vec<u8>, id: &str, bound: Jid<'_>) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "result").attr("id", id).open(name::BIND);
    iq.open(name::BIND_JID).text(bound.as_str()).close();
    iq.close().close();
    iq.finish()
}
