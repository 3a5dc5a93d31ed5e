//! The stream header that we send (RFC 6120 sections 4.2 and 4.7).
//!
//! In: attribute values. Out: the XML declaration and the opening tag, appended.

use alloc::vec::Vec;

use crate::write;

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
