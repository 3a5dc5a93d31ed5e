//! What a host can do wrong with a router. The fault is the caller's; the router is as it was before.

use core::fmt;

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// The address is not that of a session on the router's domain: local part, the domain, resource.
    Address,
    /// The address is bound by another session: detach that one first, or refuse the new one.
    AddressInUse,
    /// Not a language tag: longer than [`Limits::LANG_BYTES`](crate::Limits::LANG_BYTES), or of other characters than
    /// letters, digits and hyphens of ASCII.
    Language,
    /// The number is that of an attached session.
    SessionInUse,
    /// The token was answered, or what was asked for is no longer wanted.
    StaleToken,
    /// The answer is not of the kind that was asked for; the request stays open.
    WrongAnswer,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "not a full address on the router's domain",
            Self::AddressInUse => "the address is bound by another session",
            Self::Language => "not a language tag",
            Self::SessionInUse => "the session number is in use",
            Self::StaleToken => "the request is no longer open",
            Self::WrongAnswer => "the answer does not fit the request",
        })
    }
}

impl core::error::Error for Error {}
