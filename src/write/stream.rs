//! The two halves of a stream's own element.

use alloc::vec::Vec;

use super::{Error, Writer};

/// Appends an XML declaration and a stream header, which stays open (RFC 6120 section 4.7).
///
/// `content_ns` becomes the default namespace, and the prefix `stream` is declared. `attributes` adds the rest: `to`,
/// `from`, `id`, `version`, the language.
///
/// ```
/// let mut out = Vec::new();
/// tercet::write::stream_header(&mut out, "jabber:client", |header| {
///     header.attr("to", "example.com").attr("version", "1.0").lang("en");
/// })?;
/// tercet::write::stream_close(&mut out)?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
///      to='example.com' version='1.0' xml:lang='en'></stream:stream>"
/// );
/// # Ok::<(), tercet::write::Error>(())
/// ```
///
/// # Errors
///
/// As [`Writer::finish`]; [`Error::BadNamespace`] where `content_ns` may be no default namespace, and
/// [`Error::Unbalanced`] where `attributes` adds anything else.
pub fn stream_header(
    out: &mut Vec<u8>,
    content_ns: &str,
    attributes: impl FnOnce(&mut Writer<'_>),
) -> Result<(), Error> {
    let mut writer = Writer::in_namespace(out, content_ns);
    writer.open_stream();
    attributes(&mut writer);
    writer.finish_stream()
}

/// Appends the end tag of a stream (RFC 6120 section 4.4).
///
/// # Errors
///
/// [`Error::OutOfMemory`].
pub fn stream_close(out: &mut Vec<u8>) -> Result<(), Error> {
    const END: &[u8] = b"</stream:stream>";
    out.try_reserve(END.len()).map_err(|_| Error::OutOfMemory)?;
    out.extend_from_slice(END);
    Ok(())
}
