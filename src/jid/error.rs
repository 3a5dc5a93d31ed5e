//! Why text is not an address.

use core::fmt;

use crate::precis;

/// Why text is not an address: which part is to blame, and for what.
///
/// On the wire this is the stanza error `jid-malformed` (RFC 6120 section 8.3.3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Error {
    /// The part that is bad.
    pub part: Part,
    /// What is bad about it.
    pub reason: Reason,
}

impl Error {
    pub(super) fn new(part: Part, reason: Reason) -> Self {
        Self { part, reason }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {}", self.part, self.reason)
    }
}

impl core::error::Error for Error {}

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// What is before the `@`.
    Local,
    /// What is between `@` and `/`.
    Domain,
    /// What is after the `/`.
    Resource,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "localpart",
            Self::Domain => "domainpart",
            Self::Resource => "resourcepart",
        })
    }
}

/// What is bad about a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Bracketed, but not an IPv6 address.
    Address,
    /// It mixes directions against the Bidi Rule (RFC 5893 section 2).
    Direction,
    /// A code point that the part's profile refuses, or one of those that RFC 7622 section 3.3.1 excludes.
    Disallowed,
    /// The separator is there, the part is not.
    Empty,
    /// Not a domain name: a character, a hyphen's place, a label of 0 or over 63 octets, a name over 253 (RFC 1034
    /// allows 255 with the length octets), or a label that is not a valid A-label or U-label (RFC 5890).
    Name,
    /// Over 1023 octets in prepared form, or so long that it cannot be shorter once prepared.
    TooLong,
    /// Preparing it again and again keeps changing it.
    Unstable,
    /// It is not ASCII, or stands for text that is not, and this build has no tables for that (feature `idna`).
    Unsupported,
}

impl From<precis::Error> for Reason {
    fn from(error: precis::Error) -> Self {
        match error {
            precis::Error::Direction => Self::Direction,
            precis::Error::Disallowed => Self::Disallowed,
            precis::Error::Empty => Self::Empty,
            precis::Error::Unstable => Self::Unstable,
            precis::Error::Unsupported => Self::Unsupported,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "is in brackets but not an IPv6 address",
            Self::Direction => "mixes writing directions",
            Self::Disallowed => "contains a character that is not allowed",
            Self::Empty => "is empty",
            Self::Name => "is not a domain name",
            Self::TooLong => "is longer than 1023 octets",
            Self::Unstable => "has no stable form",
            Self::Unsupported => "is not ASCII, or stands for text that is not: that takes the cargo feature idna",
        })
    }
}
