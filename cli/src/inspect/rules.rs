//! The stream rules of RFC 6120 that can be seen from one side's bytes alone: headers, and what may stand on the first
//! level. Who sends what when is for a connection to know.

use tercet::Unit;
use tercet::ns::{NsId, name};
use tercet::stanza::{Element, Kind, Stanza};
use tercet::stream::{Condition, Header};

/// The rule that `unit` breaks, if any.
pub(super) fn breach(unit: Unit<'_>) -> Option<(Condition, &'static str)> {
    match unit {
        Unit::Header(header) => header_breach(&header),
        Unit::Stanza(stanza) => stanza_breach(stanza),
        Unit::Text => Some((Condition::BadFormat, "text between first-level elements")),
        _ => None,
    }
}

/// Octets of the unit lent last, whichever it is.
pub(super) fn len(stanza: &Option<Stanza<'_>>, header: &Option<Header<'_>>) -> u64 {
    let raw = stanza.map(Stanza::raw).or(header.map(|header| header.raw()));
    raw.map_or(0, |raw| raw.len() as u64)
}

fn header_breach(header: &Header<'_>) -> Option<(Condition, &'static str)> {
    let root = header.element();
    if root.name().ns != NsId::STREAM {
        return Some((Condition::InvalidNamespace, "the root element is not in the namespace of streams"));
    }
    if !root.is(name::STREAM) {
        return Some((Condition::BadFormat, "the root element is not a stream"));
    }
    if !matches!(header.content_namespace(), Some(NsId::CLIENT | NsId::SERVER)) {
        return Some((Condition::InvalidNamespace, "the default namespace is not that of stanzas"));
    }
    let version = header.version().map(|version| major(&version.decode()));
    match version {
        Some(Some(1..)) => None,
        Some(None) => Some((Condition::UnsupportedVersion, "malformed version")),
        _ => Some((Condition::UnsupportedVersion, "version 1.0 or later expected")),
    }
}

/// The major part of a version such as `1.0` (RFC 6120 section 4.7.5).
fn major(version: &str) -> Option<u32> {
    let (major, minor) = version.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| major.parse().unwrap_or(u32::MAX))
}

fn stanza_breach(stanza: Stanza<'_>) -> Option<(Condition, &'static str)> {
    let root = stanza.root();
    match root.name().ns {
        NsId::CLIENT | NsId::SERVER if root.prefix().is_some() => {
            Some((Condition::BadNamespacePrefix, "a stanza with a namespace prefix"))
        }
        NsId::CLIENT | NsId::SERVER if stanza.kind() == Kind::Other => Some(unsupported()),
        NsId::CLIENT | NsId::SERVER => None,
        _ if negotiates(root) => None,
        _ => Some(unsupported()),
    }
}

fn unsupported() -> (Condition, &'static str) {
    (Condition::UnsupportedStanzaType, "a first-level element that is neither a stanza nor negotiates the stream")
}

/// Elements of stream features that stand on the first level.
fn negotiates(root: Element<'_>) -> bool {
    root.is(name::STREAM_FEATURES)
        || root.is(name::STREAM_ERROR)
        || matches!(root.name().ns, NsId::TLS | NsId::SASL | NsId::SM | NsId::CSI)
}
