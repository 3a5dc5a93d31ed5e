//! Why a profile refuses a string.

use core::fmt;

/// Why a profile refuses a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// The string mixes directions against the Bidi Rule (RFC 5893 section 2).
    Direction,
    /// A code point, or its context, is outside the profile's string class (RFC 8264 section 4).
    Disallowed,
    /// There is nothing in it.
    Empty,
    /// The rules, applied again and again, keep changing it (RFC 8264 section 7).
    Unstable,
    /// It is not ASCII, and this build has no tables for more (feature `idna`).
    Unsupported,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direction => "mixes writing directions",
            Self::Disallowed => "contains a character that is not allowed",
            Self::Empty => "is empty",
            Self::Unstable => "has no stable form",
            Self::Unsupported => "is not ASCII: that takes the cargo feature idna",
        })
    }
}

impl core::error::Error for Error {}
