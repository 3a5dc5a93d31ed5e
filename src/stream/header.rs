//! The stream header: what RFC 6120 asks of a received one, and the one we send (sections 4.2, 4.7, 4.8).
//!
//! In: a header view that is well-formed. Out: nothing, or the [`Condition`] it breaks. Attribute values are looked at,
//! never trusted: whether a host is served, or a `from` believed, is decided above.

use alloc::vec::Vec;

use crate::ns::NsId;
use crate::stream::{Condition, Header};
use crate::write;

/// Whether the header opens a client-to-server stream of XMPP 1.x: its name, its namespaces, its version.
///
/// # Errors
/// The stream error condition that answers it.
pub(crate) fn check(header: &Header<'_>) -> Result<(), Condition> {
    let root = header.element();
    if root.name().ns != NsId::STREAM {
        return Err(Condition::InvalidNamespace);
    }
    if root.local() != "stream" {
        return Err(Condition::BadFormat);
    }
    if header.content_namespace() != Some(NsId::CLIENT) {
        return Err(Condition::InvalidNamespace);
    }
    match header.version().map(|version| major(&version.decode())) {
        Some(Some(1..)) => Ok(()),
        _ => Err(Condition::UnsupportedVersion),
    }
}

/// The major part of a version such as `1.0`; numeric, leading zeros ignored (RFC 6120 section 4.7.5).
fn major(version: &str) -> Option<u32> {
    let (major, minor) = version.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| major.parse().unwrap_or(u32::MAX))
}

/// The attributes of a header of ours. `id` is for the receiving entity alone (section 4.7.3).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opening<'a> {
    pub(crate) from: Option<&'a str>,
    pub(crate) to: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) lang: &'a str,
}

impl Opening<'_> {
    /// Appends the XML declaration and the opening tag.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<(), write::Error> {
        write::stream_header(out, "jabber:client", |header| {
            header.attr_opt("from", self.from).attr_opt("to", self.to).attr_opt("id", self.id);
            header.attr("version", "1.0").lang(self.lang);
        })
    }
}
