//! What always holds, and which code sees to it.
//!
//! # Of bytes and views
//!
//! - A unit, an error and its offset do not depend on how the bytes were cut into calls.
//! - A stanza is lent by the call that brings its last byte. Nothing waits for more input than its own end tag.
//! - A view's names are resolved and its text is valid UTF-8. A stanza that is lent is complete: its root is closed. A
//!   [`Sink`](crate::stanza::Sink) is told of elements before that, one at a time, without what they hold.
//! - A view lives until the next event is asked for; the compiler holds this. In C it is a rule of the header.
//! - Nothing recurses over the depth of a stanza: not the parser, not a view, not `Debug`, not `Drop`.
//! - After an error the parser gives the same error for ever and reads nothing more.
//!
//! # Of output
//!
//! - What [`write`](crate::write) appends is well-formed and keeps to the restricted XML of RFC 6120, whatever strings
//!   it was given. What XML cannot carry is refused, not replaced. A failed call leaves not one byte.
//! - Nothing is written behind our closing tag.
//! - A stanza passed on by the [`router`](crate::router) bears the `from` of the session that sent it.
//!
//! # Of a connection
//!
//! - No stanza is lent before a resource is bound.
//! - No SASL byte is written before TLS where TLS is required, and PLAIN never in clear, whatever the policy.
//! - Bytes in clear that come between the agreement on TLS and its start are an error, not input.
//! - A SCRAM login counts for the client only with the right signature of the server.
//! - At each restart of the stream nothing of the old one is left: no namespace binding, no unread byte, no features.
//! - An error is final, and the peer is told as far as RFC 6120 has words for it.
//! - A peer that says nothing is bounded by a deadline: see [`Connection::deadline`](crate::Connection::deadline).
//!
//! # Of effort
//!
//! - Work is linear in the bytes received, at any chunking.
//! - What a peer can make a connection hold is bounded by [`Limits`](crate::Limits), and by
//!   [`Output::BLOCKED`](crate::Output::BLOCKED) where the peer does not read.
//! - No hash table is keyed with what a peer sent, so none can be flooded.
