//! What RFC 6120 asks of a stream beyond XML: its header (sections 4.2, 4.7, 4.8) and its first-level elements.
//!
//! In: views that are well-formed. Out: nothing, or the [`Condition`] they break. Attribute values are looked at, never
//! trusted: whether a host is served, or a `from` believed, is decided above.

use crate::ns::{NsId, name};
use crate::stanza::Element;
use crate::stream::{Condition, Header};

/// Whether the header opens a client-to-server stream of XMPP 1.x: its name, its namespaces, its version.
///
/// # Errors
/// The stream error condition that answers it.
pub fn check_header(header: &Header<'_>) -> Result<(), Condition> {
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

/// Whether the element may stand on the first level of a client's stream once it is negotiated: one of the three
/// stanzas, in the default namespace (sections 4.8.5 and 4.9.3.24).
///
/// # Errors
/// The stream error condition that answers it.
///
/// ```
/// use tercet::stream::{Condition, Input, Parser, Unit, check_stanza};
/// use tercet::Limits;
///
/// let mut input = Input::new();
/// input.push(b"<s:stream xmlns='jabber:client' xmlns:c='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>\
///     <presence/><c:presence/><query xmlns='jabber:iq:roster'/>")?;
/// let mut parser = Parser::stream(Limits::SERVER);
/// let mut feed = input.with(&[]);
/// let mut verdicts = Vec::new();
/// while let Some(unit) = parser.next(&mut feed)? {
///     if let Unit::Stanza(stanza) = unit {
///         verdicts.push(check_stanza(stanza.root()));
///     }
/// }
/// assert_eq!(verdicts, [Ok(()), Err(Condition::BadNamespacePrefix), Err(Condition::UnsupportedStanzaType)]);
/// # Ok::<(), tercet::stream::Error>(())
/// ```
pub fn check_stanza(element: Element<'_>) -> Result<(), Condition> {
    match element.name() {
        name::MESSAGE | name::PRESENCE | name::IQ if element.prefix().is_none() => Ok(()),
        name::MESSAGE | name::PRESENCE | name::IQ => Err(Condition::BadNamespacePrefix),
        _ => Err(Condition::UnsupportedStanzaType),
    }
}

/// Whether the element may stand on the first level of a client's stream at any time: a stanza, or a part of the
/// negotiation (stream features and errors, STARTTLS, SASL).
///
/// # Errors
/// The stream error condition that answers it.
pub fn check_element(element: Element<'_>) -> Result<(), Condition> {
    match element.name() {
        name::STREAM_FEATURES
        | name::STREAM_ERROR
        | name::TLS_STARTTLS
        | name::TLS_PROCEED
        | name::TLS_FAILURE
        | name::SASL_AUTH
        | name::SASL_CHALLENGE
        | name::SASL_RESPONSE
        | name::SASL_ABORT
        | name::SASL_SUCCESS
        | name::SASL_FAILURE => Ok(()),
        _ => check_stanza(element),
    }
}

/// The major part of a version such as `1.0`; numeric, leading zeros ignored (RFC 6120 section 4.7.5).
fn major(version: &str) -> Option<u32> {
    let (major, minor) = version.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| major.parse().unwrap_or(u32::MAX))
}
