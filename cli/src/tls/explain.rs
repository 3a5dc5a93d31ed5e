//! A failed handshake in words for a person.
//!
//! In: the error of a TLS stream. Out: one sentence without full stop that says what was expected, what came, and what
//! may help. Names inside a certificate are the peer's words: nothing of them that could move a terminal's cursor is
//! passed on.

use std::io;

use rustls::{AlertDescription as Alert, CertificateError as Bad};

/// Why a handshake failed.
pub(crate) fn explain(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(bad)) => certificate(bad),
        Some(rustls::Error::AlertReceived(alert)) => {
            format!("the other side ended TLS with the alert {alert:?}{}", cause(*alert))
        }
        Some(other) => format!("TLS failed: {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "the other side went away during the TLS handshake".into()
        }
        None => format!("TLS failed: {error}"),
    }
}

/// What most likely made the other side send this alert, where a person would not guess it.
fn cause(alert: Alert) -> &'static str {
    match alert {
        // The last: one whom it trusts has the issuer's name, and did not make the signature.
        Alert::UnknownCA
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::DecryptError => ": it may not trust the certificate",
        _ => "",
    }
}

fn certificate(bad: &Bad) -> String {
    match bad {
        Bad::NotValidForNameContext { expected, presented } => {
            let (expected, presented) = (expected.to_str(), list(presented));
            format!("expected a certificate for {expected}, but the server's is for {presented}")
        }
        // The second: an authority has the issuer's name, and a key of another kind than the one that signed.
        Bad::UnknownIssuer | Bad::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => UNKNOWN.into(),
        Bad::Other(why) if is_own_authority(why) => UNKNOWN.into(),
        Bad::ExpiredContext { time, not_after } => {
            let days = time.as_secs().saturating_sub(not_after.as_secs()) / 86_400;
            format!("the server's certificate expired {days} days ago")
        }
        Bad::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet (or the clock here is behind)".into()
        }
        Bad::BadSignature => {
            "a signature is wrong: the server's certificate is not from whom it names, or not its own".into()
        }
        other => format!("the server's certificate is not acceptable: {other}"),
    }
}

const UNKNOWN: &str =
    "nobody trusted has signed the server's certificate; --ca FILE names whom to trust, or the certificate itself";

/// A certificate marked as an authority's in a server's hand: servers that sign for themselves show such, and to a
/// person that is an unknown issuer. rustls passes webpki's word for it on without a name of its own.
fn is_own_authority(why: &rustls::OtherError) -> bool {
    why.0.to_string() == "CaUsedAsEndEntity"
}

/// The names in a certificate.
pub(super) fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().filter_map(|name| plain(name)).collect();
    if names.is_empty() { "no name at all".into() } else { names.join(", ") }
}

/// rustls writes a name as `DnsName("example.com")`; other kinds (an `otherName`, say) tell a person nothing.
fn plain(name: &str) -> Option<String> {
    let inner = name.strip_prefix("DnsName(").or_else(|| name.strip_prefix("IpAddress("))?.strip_suffix(')')?;
    Some(inner.trim_matches('"').chars().take(255).flat_map(char::escape_default).collect())
}
