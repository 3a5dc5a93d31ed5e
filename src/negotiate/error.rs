//! Why a negotiation ended, by who is to blame, and the stream error that says so to the peer.

use core::fmt;

use crate::sasl;
use crate::stream::{Breach, Condition};
use crate::write::StanzaCondition;

/// A negotiation that cannot go on.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The peer broke the protocol.
    Misbehaved(Misbehaved),
    /// The peer kept to the protocol and yet nothing can come of it.
    Incompatible(Incompatible),
    /// Our side of the SASL exchange could not begin: credentials that cannot be sent, or no random numbers.
    Sasl(sasl::Error),
    /// The random source failed.
    Random,
    /// Our own output could not be written: a configured value holds a character that XML forbids, or memory is out.
    Write(crate::write::Error),
}

/// What a peer did against the protocol.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misbehaved {
    /// The stream header broke a rule.
    Header(Breach),
    /// An element that has no place at this point of the stream.
    UnexpectedElement,
    /// A stanza before authentication or binding.
    NotAuthorized,
    /// Bytes in clear behind the element that starts TLS.
    BytesBeforeTls,
    /// SASL data that is not base64.
    Base64,
    /// The SASL exchange broke a rule of its mechanism; the server's proof may have been missing or wrong.
    Sasl(sasl::Error),
    /// The answer to the bind request holds no usable full JID.
    BindResult,
    /// The stream header named another sender than the one who logged in.
    From,
    /// The attempts that are allowed have failed: logins or binds.
    /// A login that was bound by `tls-exporter` is the last.
    TooManyAttempts,
}

/// Why two well-behaved sides found no common ground.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incompatible {
    /// The server does not do TLS, which our policy requires.
    TlsRefused,
    /// No mechanism on offer is one that we may use.
    NoMechanism,
    /// The server refused the login.
    Login(sasl::Failure),
    /// The server offers no resource binding.
    BindNotOffered,
    /// The server refused to bind a resource.
    Bind(StanzaCondition),
    /// The host in the stream header is not served here.
    HostUnknown,
}

impl Error {
    /// The stream error that tells the peer; nothing where a closing tag says it all.
    #[must_use]
    pub fn condition(&self) -> Option<Condition> {
        match self {
            Self::Misbehaved(misbehaved) => Some(misbehaved.condition()),
            Self::Incompatible(Incompatible::HostUnknown) => Some(Condition::HostUnknown),
            Self::Incompatible(_) | Self::Sasl(_) => None,
            Self::Random | Self::Write(_) => Some(Condition::InternalServerError),
        }
    }
}

impl Misbehaved {
    fn condition(self) -> Condition {
        match self {
            Self::Header(breach) => breach.condition,
            Self::UnexpectedElement => Condition::UnsupportedStanzaType,
            Self::NotAuthorized => Condition::NotAuthorized,
            Self::BytesBeforeTls | Self::TooManyAttempts => Condition::PolicyViolation,
            Self::Base64 | Self::Sasl(_) | Self::BindResult => Condition::UndefinedCondition,
            Self::From => Condition::InvalidFrom,
        }
    }
}

impl From<Misbehaved> for Error {
    fn from(misbehaved: Misbehaved) -> Self {
        Self::Misbehaved(misbehaved)
    }
}

impl From<Incompatible> for Error {
    fn from(incompatible: Incompatible) -> Self {
        Self::Incompatible(incompatible)
    }
}

impl From<crate::write::Error> for Error {
    fn from(error: crate::write::Error) -> Self {
        Self::Write(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misbehaved(misbehaved) => misbehaved.fmt(f),
            Self::Incompatible(incompatible) => incompatible.fmt(f),
            Self::Sasl(error) => write!(f, "cannot log in: {error}"),
            Self::Random => f.write_str("the random source failed"),
            Self::Write(error) => write!(f, "cannot write to the stream: {error}"),
        }
    }
}

impl fmt::Display for Misbehaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(breach) => write!(f, "the peer's stream header is not acceptable: {breach}"),
            Self::UnexpectedElement => f.write_str("the peer sent an element that has no place at this point"),
            Self::NotAuthorized => f.write_str("the peer sent a stanza before its session was bound"),
            Self::BytesBeforeTls => f.write_str("the peer sent bytes in clear behind the start of TLS"),
            Self::Base64 => f.write_str("the peer sent SASL data that is not base64"),
            Self::Sasl(error) => write!(f, "the peer broke the SASL exchange: {error}"),
            Self::BindResult => f.write_str("the server's answer to the bind request holds no full JID"),
            Self::From => f.write_str("the peer's stream header names another sender than the one who logged in"),
            Self::TooManyAttempts => f.write_str("login or resource binding failed as often as one connection allows"),
        }
    }
}

impl fmt::Display for Incompatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TlsRefused => f.write_str("the server does not start TLS, which is required"),
            Self::NoMechanism => f.write_str("the server offers no SASL mechanism that may be used"),
            Self::Login(failure) => write!(f, "the server refused the login: {}", failure.name()),
            Self::BindNotOffered => f.write_str("the server offers no resource binding"),
            Self::Bind(condition) => write!(f, "the server refused to bind a resource: {}", condition.name()),
            Self::HostUnknown => f.write_str("the host in the stream header is not served here"),
        }
    }
}

impl core::error::Error for Error {}
