//! What can go wrong, by who hears of it: [`Error`] tells a client's caller what its server did, [`Failure`] is what a
//! server tells its client, [`KeysError`] tells a server's caller why keys cannot be.

use core::fmt;

use crate::precis;

/// Why a client gives an exchange up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The authorization identity to send is empty or contains a NUL.
    Authzid,
    /// The server asks for less key stretching than [`scram::ITERATIONS_MIN`](super::scram::ITERATIONS_MIN), which
    /// would make the password cheap to guess from what we would send.
    IterationsTooFew {
        /// The count asked for.
        got: u32,
    },
    /// The server asks for more key stretching than [`scram::ITERATIONS_MAX`](super::scram::ITERATIONS_MAX); nothing
    /// was hashed.
    IterationsTooMany {
        /// The count asked for (`u32::MAX` for anything larger).
        got: u32,
    },
    /// A message of the server does not follow the mechanism's grammar.
    MalformedChallenge,
    /// The server requires an extension that we do not know (RFC 5802 section 5.1, `m`).
    MandatoryExtension,
    /// The server offers nothing that the policy permits.
    NoMechanism,
    /// The server's nonce does not begin with ours, or adds nothing to it.
    NonceMismatch,
    /// PLAIN was asked for without a [`Secured`](super::Secured) channel.
    NotConfidential,
    /// The password cannot be prepared by RFC 8265 (OpaqueString).
    Password(precis::Error),
    /// The random source failed.
    Random,
    /// The server's last message is an error of its own.
    ServerRefused,
    /// The server reports success without having shown that it knows the password.
    ServerSignatureMissing,
    /// The server's signature is wrong: it does not know the password.
    ServerSignatureWrong,
    /// A challenge came when the mechanism has nothing left to answer.
    UnexpectedChallenge,
    /// Success came with data where the mechanism has none.
    UnexpectedSuccessData,
    /// The user name cannot be prepared by RFC 8265 (UsernameCasePreserved).
    Username(precis::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authzid => "the authorization identity is empty or contains a NUL",
            Self::IterationsTooFew { got } => {
                return write!(f, "the server asks for too little key stretching ({got} iterations)");
            }
            Self::IterationsTooMany { got } => {
                return write!(f, "the server asks for too much key stretching ({got} iterations)");
            }
            Self::MalformedChallenge => "a message of the server is malformed",
            Self::MandatoryExtension => "the server requires an unknown extension",
            Self::NoMechanism => "the server offers no acceptable mechanism",
            Self::NonceMismatch => "the server's nonce does not extend ours",
            Self::NotConfidential => "the channel is not confidential enough for a password",
            Self::Password(error) => return write!(f, "the password {error}"),
            Self::Random => "the random source failed",
            Self::ServerRefused => "the server ended the exchange with an error",
            Self::ServerSignatureMissing => "the server did not prove that it knows the password",
            Self::ServerSignatureWrong => "the server's proof of knowing the password is wrong",
            Self::UnexpectedChallenge => "the server sent a challenge where none is due",
            Self::UnexpectedSuccessData => "the server sent data with success where none is due",
            Self::Username(error) => return write!(f, "the user name {error}"),
        })
    }
}

impl core::error::Error for Error {}

impl From<super::crypto::RandomFailed> for Error {
    fn from(_: super::crypto::RandomFailed) -> Self {
        Self::Random
    }
}

/// The conditions with which a server ends an exchange (RFC 6120 section 6.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// The client gave up (6.5.1).
    Aborted,
    /// The account is disabled for the time being (6.5.2).
    AccountDisabled,
    /// The credentials have expired (6.5.3).
    CredentialsExpired,
    /// The mechanism needs a confidential channel (6.5.4).
    EncryptionRequired,
    /// The data is not proper base64 (6.5.5).
    IncorrectEncoding,
    /// The client may not act as the identity that it asked for (6.5.6).
    InvalidAuthzid,
    /// The mechanism is not on offer (6.5.7).
    InvalidMechanism,
    /// A message of the client does not follow the mechanism's grammar (6.5.8).
    MalformedRequest,
    /// The mechanism is weaker than local policy permits for this client (6.5.9).
    MechanismTooWeak,
    /// The credentials are wrong; for whatever reason, which is not told (6.5.10).
    NotAuthorized,
    /// The server has a problem of its own; the client may try again later (6.5.11).
    TemporaryAuthFailure,
}

impl Failure {
    const ALL: [Self; 11] = [
        Self::Aborted,
        Self::AccountDisabled,
        Self::CredentialsExpired,
        Self::EncryptionRequired,
        Self::IncorrectEncoding,
        Self::InvalidAuthzid,
        Self::InvalidMechanism,
        Self::MalformedRequest,
        Self::MechanismTooWeak,
        Self::NotAuthorized,
        Self::TemporaryAuthFailure,
    ];

    /// The condition's element name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aborted => "aborted",
            Self::AccountDisabled => "account-disabled",
            Self::CredentialsExpired => "credentials-expired",
            Self::EncryptionRequired => "encryption-required",
            Self::IncorrectEncoding => "incorrect-encoding",
            Self::InvalidAuthzid => "invalid-authzid",
            Self::InvalidMechanism => "invalid-mechanism",
            Self::MalformedRequest => "malformed-request",
            Self::MechanismTooWeak => "mechanism-too-weak",
            Self::NotAuthorized => "not-authorized",
            Self::TemporaryAuthFailure => "temporary-auth-failure",
        }
    }

    /// The condition of that element name. A name we do not know is a refusal all the same, and reads as
    /// [`Failure::NotAuthorized`].
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|failure| failure.name() == name).unwrap_or(Self::NotAuthorized)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl core::error::Error for Failure {}

/// Why there can be no such [`scram::Keys`](super::scram::Keys).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeysError {
    /// The iteration count is outside what clients accept:
    /// [`scram::ITERATIONS_MIN`](super::scram::ITERATIONS_MIN) to
    /// [`scram::ITERATIONS_MAX`](super::scram::ITERATIONS_MAX).
    Iterations,
    /// The stored text is not of the form that [`Keys::to_text`](super::scram::Keys::to_text) writes.
    Malformed,
    /// The password cannot be prepared by RFC 8265 (OpaqueString).
    Password(precis::Error),
    /// The random source failed.
    Random,
    /// The salt is empty.
    Salt,
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iterations => "the iteration count is out of range",
            Self::Malformed => "the stored keys are malformed",
            Self::Password(error) => return write!(f, "the password {error}"),
            Self::Random => "the random source failed",
            Self::Salt => "the salt is empty",
        })
    }
}

impl core::error::Error for KeysError {}

impl From<super::crypto::RandomFailed> for KeysError {
    fn from(_: super::crypto::RandomFailed) -> Self {
        Self::Random
    }
}
