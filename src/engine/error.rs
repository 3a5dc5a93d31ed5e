//! Every way a connection can end badly, by who is to blame, and the stream error for each.

use core::fmt;

use crate::negotiate;
use crate::stream::{self, Breach, Condition};
use crate::write;

/// Why a connection is over. `Copy`: the same error is returned at every later call.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The peer's bytes are not the XML that XMPP allows, or break a limit; says where.
    Syntax(stream::Error),
    /// The negotiation failed.
    Negotiation(negotiate::Error),
    /// The peer ended the stream with an error of its own.
    Peer(Condition),
    /// Something on the first level of the stream that has no place there: text, or an element that is no stanza.
    Stream(Breach),
    /// A stanza whose `from` is not the sender's.
    InvalidFrom,
    /// More bytes before login than are allowed.
    LoginBytes,
    /// The peer took too long to log in, or to let us.
    LoginTimeout,
    /// The peer did not answer our closing tag in time.
    CloseTimeout,
    /// The transport ended in the middle of the stream.
    Disconnected,
    /// The TLS handshake failed.
    Tls,
    /// Our own output could not be written.
    Write(write::Error),
    /// Memory is out.
    OutOfMemory,
    /// The caller broke the rules of this interface.
    ApiMisuse(ApiMisuse),
}

/// What a caller did wrong. The connection is as it was before the call.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiMisuse {
    /// An answer to a request that is not open: it was answered already, or its connection is past it.
    StaleAnswer,
    /// An answer to the other kind of request.
    WrongAnswer,
    /// A result for a stanza that asks for none.
    NotARequest,
    /// TLS was reported where none was asked for, or what is known of it comes too late.
    NotAwaitingTls,
    /// A stanza was to be sent before a resource is bound.
    NotBound,
    /// Something was to be sent behind our closing tag.
    Closed,
    /// More requests are open than the connection keeps track of.
    TooManyRequests,
}

impl Error {
    /// The stream error that tells the peer; nothing where a closing tag says it all, or nothing can be said.
    #[must_use]
    pub fn condition(&self) -> Option<Condition> {
        match self {
            Self::Syntax(error) => Some(error.condition()),
            Self::Negotiation(error) => error.condition(),
            Self::Stream(breach) => Some(breach.condition),
            Self::InvalidFrom => Some(Condition::InvalidFrom),
            Self::LoginBytes => Some(Condition::PolicyViolation),
            Self::LoginTimeout => Some(Condition::ConnectionTimeout),
            Self::Write(_) | Self::OutOfMemory => Some(Condition::InternalServerError),
            Self::Peer(_) | Self::CloseTimeout | Self::Disconnected | Self::Tls | Self::ApiMisuse(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::Negotiation(error) => error.fmt(f),
            Self::Peer(condition) => write!(f, "the peer ended the stream with the error {condition}"),
            Self::Stream(breach) => write!(f, "the peer broke a rule of streams: {breach}"),
            Self::InvalidFrom => f.write_str("the peer sent a stanza under another sender's address"),
            Self::LoginBytes => f.write_str("the peer sent more bytes before login than are allowed"),
            Self::LoginTimeout => f.write_str("the login took too long"),
            Self::CloseTimeout => f.write_str("the peer did not answer the closing tag in time"),
            Self::Disconnected => f.write_str("the connection ended in the middle of the stream"),
            Self::Tls => f.write_str("the TLS handshake failed"),
            Self::Write(error) => write!(f, "cannot write to the stream: {error}"),
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::ApiMisuse(misuse) => misuse.fmt(f),
        }
    }
}

impl fmt::Display for ApiMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StaleAnswer => "the request that this answers is not open",
            Self::WrongAnswer => "the request asked for something else than this answers",
            Self::NotARequest => "only an iq of type get or set is answered with a result",
            Self::NotAwaitingTls => "no TLS handshake is awaited, or what was told of it comes too late",
            Self::NotBound => "no stanza can be sent before a resource is bound",
            Self::Closed => "nothing can be sent behind the closing tag",
            Self::TooManyRequests => "too many requests are open",
        })
    }
}

impl core::error::Error for Error {}
impl core::error::Error for ApiMisuse {}

impl From<stream::Error> for Error {
    fn from(error: stream::Error) -> Self {
        Self::Syntax(error)
    }
}

impl From<negotiate::Error> for Error {
    fn from(error: negotiate::Error) -> Self {
        Self::Negotiation(error)
    }
}

impl From<write::Error> for Error {
    fn from(error: write::Error) -> Self {
        Self::Write(error)
    }
}

impl From<ApiMisuse> for Error {
    fn from(misuse: ApiMisuse) -> Self {
        Self::ApiMisuse(misuse)
    }
}
