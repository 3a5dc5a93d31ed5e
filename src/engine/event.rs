//! What a connection tells its caller.

use crate::jid::Jid;
use crate::sasl::Failure;
use crate::session::roster;
use crate::stanza::Stanza;
use crate::stream::{Header, StreamError};

/// Something that happened on a stream. Views in it live until the next [`Events::next`](super::Events::next).
#[non_exhaustive]
#[derive(Debug)]
pub enum Event<'a> {
    /// The peer's stream header was accepted: once at first, and again after TLS and after login.
    Opened(Header<'a>),
    /// Both sides agreed on TLS. Send what is in the output, run the handshake on the transport, then call
    /// [`Connection::secured`](super::Connection::secured) or
    /// [`Connection::tls_failed`](super::Connection::tls_failed).
    StartTls,
    /// Server role: somebody wants to log in; the stored keys are wanted, now or later. Input waits meanwhile.
    Credentials(CredentialsRequest<'a>),
    /// Server role: an attempt to log in failed, and the client was told and may try again. It has three attempts for
    /// each connection: where the third fails, or one that was bound by `tls-exporter` (RFC 9266 section 4.1),
    /// there is an error instead.
    Refused(Failure),
    /// Login is done: by this account.
    Authenticated(Jid<'a>),
    /// Server role: a full JID is to be bound; a decision is wanted, now or later. Input waits meanwhile.
    Resource(ResourceRequest<'a>),
    /// A resource is bound: the session begins, under this full JID.
    Bound(Jid<'a>),
    /// A stanza. Client role: a request (iq of type get or set) that is neither answered nor deferred by the next call
    /// is answered with `service-unavailable`.
    Stanza(Stanza<'a>),
    /// Client role: the answer to a request of ours, from whom it may come.
    Response(RequestId, Stanza<'a>),
    /// Client role: the server changed the roster; already confirmed.
    RosterPush(roster::Push),
    /// The peer ended the stream with an error; [`Event::Closed`] follows.
    StreamError(StreamError<'a>),
    /// The stream is over, in order: send what is in the output, then close the transport (TLS `close_notify` first).
    Closed(Closed),
}

/// How an orderly stream ended.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The peer sent its closing tag first.
    ByPeer,
    /// We did, and the peer answered.
    ByUs,
}

/// A request that the caller answers with [`Reply::answer`](super::Reply::answer) or
/// [`Connection::answer`](super::Connection::answer), once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(pub(crate) u32);

/// A request of ours to the peer, as [`Connection::request`](super::Connection::request) numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(pub(crate) u32);

/// Whose stored keys are wanted.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct CredentialsRequest<'a> {
    /// Names the request in the answer.
    pub token: Token,
    /// The bare JID of the account. Nothing about the peer is proven yet.
    pub account: Jid<'a>,
}

/// Which full JID is to be bound.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct ResourceRequest<'a> {
    /// Names the request in the answer.
    pub token: Token,
    /// The full JID: with the resource that the client wants, or with one that nobody can guess.
    pub jid: Jid<'a>,
    /// Whether the resource is the client's wish.
    pub chosen_by_client: bool,
}
