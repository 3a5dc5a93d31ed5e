//! What RFC 6120 asks of a stream beyond XML: its header (sections 4.2, 4.7, 4.8) and its first-level elements.
//!
//! In: views that are well-formed. Out: nothing, or the [`Breach`]. Attribute values are looked at, never trusted:
//! whether a host is served, or a `from` believed, is decided above.

use core::fmt;

use super::{Condition, Header};
use crate::ns::{NsId, name};
use crate::stanza::Element;

/// A rule of streams that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// The stream error that answers it.
    pub condition: Condition,
    /// What is wrong, for people.
    pub why: &'static str,
}

impl Breach {
    /// Character data where only elements may stand.
    pub const TEXT: Self = Self::new(Condition::BadFormat, "text between first-level elements");

    pub(crate) const fn new(condition: Condition, why: &'static str) -> Self {
        Self { condition, why }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

/// Whether the header opens a stream of XMPP 1.x: its name, its namespaces, its version. The content namespace may be
/// that of clients or of servers.
///
/// # Errors
/// The rule it breaks.
pub fn check_header(header: &Header<'_>) -> Result<(), Breach> {
    let breach = |condition, why| Err(Breach::new(condition, why));
    let root = header.element();
    if root.name().ns != NsId::STREAM {
        return breach(Condition::InvalidNamespace, "the root element is not in the namespace of streams");
    }
    if !root.is(name::STREAM) {
        return breach(Condition::BadFormat, "the root element is not a stream");
    }
    if !matches!(header.content_namespace(), Some(NsId::CLIENT | NsId::SERVER)) {
        return breach(Condition::InvalidNamespace, "the default namespace is not that of stanzas");
    }
    match header.version().map(|version| major(&version.decode())) {
        Some(Some(1..)) => Ok(()),
        Some(None) => breach(Condition::UnsupportedVersion, "the version is malformed"),
        _ => breach(Condition::UnsupportedVersion, "version 1.0 or later is required"),
    }
}

/// Whether the element may stand on the first level of a client's stream once it is negotiated: one of the three
/// stanzas, in the default namespace (sections 4.8.5 and 4.9.3.24).
///
/// # Errors
/// The rule it breaks.
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
///         verdicts.push(check_stanza(stanza.root()).map_err(|breach| breach.condition));
///     }
/// }
/// assert_eq!(verdicts, [Ok(()), Err(Condition::BadNamespacePrefix), Err(Condition::UnsupportedStanzaType)]);
/// # Ok::<(), tercet::stream::Error>(())
/// ```
pub fn check_stanza(element: Element<'_>) -> Result<(), Breach> {
    match element.name() {
        name::MESSAGE | name::PRESENCE | name::IQ => unprefixed(element),
        _ => Err(Breach::new(Condition::UnsupportedStanzaType, "a first-level element that is no stanza")),
    }
}

/// Whether the element may stand on the first level of a stream at any time: a stanza, or a part of the negotiation
/// (stream features and errors, STARTTLS, SASL, stream management, client state).
///
/// # Errors
/// The rule it breaks.
pub fn check_element(element: Element<'_>) -> Result<(), Breach> {
    match (element.name(), element.name().ns) {
        (name::STREAM_FEATURES | name::STREAM_ERROR, _) | (_, NsId::TLS | NsId::SASL | NsId::SM | NsId::CSI) => Ok(()),
        (name::SERVER_MESSAGE | name::SERVER_PRESENCE | name::SERVER_IQ, _) => unprefixed(element),
        _ => check_stanza(element),
    }
}

/// A stanza stands in the default namespace, so that it can be sent on as it is.
fn unprefixed(element: Element<'_>) -> Result<(), Breach> {
    match element.prefix() {
        None => Ok(()),
        Some(_) => Err(Breach::new(Condition::BadNamespacePrefix, "a stanza with a namespace prefix")),
    }
}

/// The major part of a version such as `1.0`; numeric, leading zeros ignored (RFC 6120 section 4.7.5).
fn major(version: &str) -> Option<u32> {
    let (major, minor) = version.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| major.parse().unwrap_or(u32::MAX))
}
