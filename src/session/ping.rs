//! Ping (XEP-0199): is anybody there?
//!
//! In: views of iq stanzas. Out: whether one is a ping, and pings appended to an output. The answer is an empty
//! result, [`super::iq::write_result`].

use alloc::vec::Vec;

use super::iq::{self, Iq};
use crate::jid::Jid;
use crate::ns::name;
use crate::stanza::Stanza;
use crate::write::{self, Writer};

/// Whether `stanza` is a ping.
#[must_use]
pub fn is_request(stanza: &Stanza<'_>) -> bool {
    matches!(iq::classify(stanza), Iq::Get(payload) if payload.is(name::PING))
}

/// Appends a ping; without `to` it goes to the own server.
///
/// # Errors
/// If `id` cannot be written.
pub fn write_request(out: &mut Vec<u8>, to: Option<Jid<'_>>, id: &str) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "get").attr("id", id).attr_opt("to", to.map(Jid::as_str));
    iq.open(name::PING).close();
    iq.close();
    iq.finish()
}
