//! What a server owes a client, from its address to its answers.
//!
//! In: the engine's events. Out: words for what has not come, where the time is over. It decides nothing.

use std::fmt;

use tercet::Event;

/// What comes next, if the server goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owed {
    /// Where it is, by DNS.
    Place,
    /// TCP, and TLS where that comes first.
    Connection,
    /// The first stream header (RFC 6120 section 4.7).
    Header,
    /// `<proceed/>` (section 5.4.2.3).
    Tls,
    /// The header of the stream inside TLS.
    HeaderInTls,
    /// The end of SASL (section 6.4).
    Login,
    /// The header of the stream behind SASL.
    HeaderBehindLogin,
    /// The full JID (section 7).
    Resource,
    /// What was asked for on the session.
    Answer,
}

impl Owed {
    /// What is owed once this has happened.
    pub(super) fn after(self, event: &Event<'_>) -> Self {
        match (event, self) {
            (Event::Opened(_), Self::Header) => Self::Tls,
            (Event::Opened(_), Self::HeaderInTls) => Self::Login,
            (Event::Opened(_), Self::HeaderBehindLogin) => Self::Resource,
            (Event::StartTls, _) => Self::HeaderInTls,
            (Event::Authenticated(_), _) => Self::HeaderBehindLogin,
            (Event::Bound(_), _) => Self::Answer,
            _ => self,
        }
    }
}

impl fmt::Display for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Place => "its address",
            Self::Connection => "the connection",
            Self::Header => "its stream header",
            Self::Tls => "its consent to TLS",
            Self::HeaderInTls => "the stream to begin inside TLS",
            Self::Login => "the outcome of the login",
            Self::HeaderBehindLogin => "the stream to begin anew behind the login",
            Self::Resource => "a resource to be bound",
            Self::Answer => "its answer",
        })
    }
}
