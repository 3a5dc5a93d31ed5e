//! The mechanisms we speak, their registered names, and which we like better.
//!
//! One table, strongest first. What may be used in a given session is `select`'s business.

use super::scram::Hash;

/// A SASL mechanism that this crate can perform in both roles. Each SCRAM mechanism has a variant that binds to the
/// channel, which is the same mechanism with other words about the channel: see [`Choice`](super::Choice) and
/// [`Wanted`](super::Wanted).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mechanism {
    /// PLAIN (RFC 4616): the password itself, so only over a confidential channel.
    Plain,
    /// SCRAM-SHA-1 (RFC 5802).
    ScramSha1,
    /// SCRAM-SHA-256 (RFC 7677).
    ScramSha256,
    /// SCRAM-SHA-512 (draft-melnikov-scram-sha-512).
    ScramSha512,
}

impl Mechanism {
    /// Every mechanism, the one we prefer first. A server offers those of them that its accounts hold keys for.
    pub const ALL: &'static [Self] = &[Self::ScramSha512, Self::ScramSha256, Self::ScramSha1, Self::Plain];

    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }

    /// The mechanism registered under `name`, compared octet for octet (RFC 4422 section 3.1 has no lower case).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mechanism| mechanism.name() == name)
    }

    /// The registered name of the variant with channel binding; `None` for a mechanism that has none.
    #[must_use]
    pub const fn plus_name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::ScramSha1 => Some("SCRAM-SHA-1-PLUS"),
            Self::ScramSha256 => Some("SCRAM-SHA-256-PLUS"),
            Self::ScramSha512 => Some("SCRAM-SHA-512-PLUS"),
        }
    }

    /// The mechanism whose variant with channel binding is registered under `name`.
    #[must_use]
    pub fn from_plus_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mechanism| mechanism.plus_name() == Some(name))
    }

    /// The hash under a SCRAM mechanism; `None` for the others.
    #[must_use]
    pub const fn hash(self) -> Option<Hash> {
        match self {
            Self::Plain => None,
            Self::ScramSha1 => Some(Hash::Sha1),
            Self::ScramSha256 => Some(Hash::Sha256),
            Self::ScramSha512 => Some(Hash::Sha512),
        }
    }
}

impl From<Hash> for Mechanism {
    /// The SCRAM mechanism over that hash.
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::ScramSha1,
            Hash::Sha256 => Self::ScramSha256,
            Hash::Sha512 => Self::ScramSha512,
        }
    }
}

impl core::fmt::Display for Mechanism {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
