//! The callback door: the same events, handed to a [`Handler`] instead of lent to a loop.

use crate::jid::Jid;
use crate::negotiate::Answer;
use crate::sasl::Failure;
use crate::session::roster;
use crate::stanza::Stanza;
use crate::stream::{Feed, Header, StreamError};

use super::{
    Closed, Connection, CredentialsRequest, Error, Event, Output, Reply, RequestId, ResourceRequest, Role, Time,
};

/// A caller's side of a connection, as callbacks. Every one has a default, so that a handler names what it needs.
///
/// An answer of `None` to a request means later: see [`Connection::answer`].
#[allow(unused_variables, reason = "names are documentation")]
pub trait Handler {
    /// Takes octets for the transport; returns how many it took. The rest is offered again at the next call.
    fn write(&mut self, bytes: &[u8]) -> usize;

    /// Starts TLS on the transport, behind what was written; the handshake's end is told by [`Connection::secured`].
    fn start_tls(&mut self);

    /// The peer's stream header.
    fn opened(&mut self, header: Header<'_>) {}

    /// Looks the keys of an account up.
    fn credentials(&mut self, request: CredentialsRequest<'_>) -> Option<Answer> {
        Some(Answer::NoAccount)
    }

    /// An attempt to log in failed; the client was told.
    fn refused(&mut self, failure: Failure) {}

    /// Login is done.
    fn authenticated(&mut self, account: Jid<'_>) {}

    /// Decides on a resource.
    fn resource(&mut self, request: ResourceRequest<'_>) -> Option<Answer> {
        Some(Answer::Accept)
    }

    /// A session begins.
    fn bound(&mut self, jid: Jid<'_>) {}

    /// A stanza has come.
    fn stanza(&mut self, stanza: Stanza<'_>, reply: &mut Reply<'_>) {}

    /// A request of ours is answered.
    fn response(&mut self, request: RequestId, stanza: Stanza<'_>) {}

    /// The server changed the roster.
    fn roster_push(&mut self, push: roster::Push) {}

    /// The peer ended the stream with an error.
    fn stream_error(&mut self, error: StreamError<'_>) {}

    /// The stream is over, in order.
    fn closed(&mut self, how: Closed) {}
}

/// Works on `input` as [`Connection::process`] does and calls `handler` for each event, then for the output.
///
/// ```
/// use tercet::{Handler, Input, Output, Server, ServerConfig, Time, drive, jid::JidBuf};
///
/// struct Wire(Vec<u8>);
/// impl Handler for Wire {
///     fn write(&mut self, bytes: &[u8]) -> usize {
///         self.0.extend_from_slice(bytes);
///         bytes.len()
///     }
///     fn start_tls(&mut self) {}
/// }
///
/// let mut server = Server::new(ServerConfig::new(JidBuf::parse("example.net").unwrap()).unwrap());
/// let (mut input, mut output, mut wire) = (Input::new(), Output::new(), Wire(Vec::new()));
/// let header = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
///     to='example.net' version='1.0'>";
/// drive(&mut server, input.with(header), &mut output, Time::default(), &mut wire).unwrap();
/// assert!(String::from_utf8(wire.0).unwrap().contains("<starttls"));
/// ```
///
/// # Errors
/// Why the connection is over; what the peer is to be told has been offered to `write`.
pub fn drive<'i, R: Role>(
    connection: &mut Connection<R>,
    input: impl Into<Feed<'i>>,
    output: &mut Output,
    now: Time,
    handler: &mut impl Handler,
) -> Result<(), Error> {
    let feed: Feed<'_> = input.into();
    let outcome = dispatch(connection.process(feed, output, now), handler);
    let taken = handler.write(output.peek());
    output.consume(taken);
    if let Ok(Turn::StartTls) = outcome {
        handler.start_tls();
    }
    outcome.map(|_| ())
}

/// What is due once the output is on its way.
enum Turn {
    Nothing,
    StartTls,
}

fn dispatch<R: Role>(mut events: super::Events<'_, R>, handler: &mut impl Handler) -> Result<Turn, Error> {
    let mut turn = Turn::Nothing;
    while let Some((event, mut reply)) = events.next()? {
        match event {
            Event::Opened(header) => handler.opened(header),
            Event::StartTls => turn = Turn::StartTls,
            Event::Credentials(request) => {
                if let Some(answer) = handler.credentials(request) {
                    reply.answer(request.token, answer)?;
                }
            }
            Event::Refused(failure) => handler.refused(failure),
            Event::Authenticated(account) => handler.authenticated(account),
            Event::Resource(request) => {
                if let Some(answer) = handler.resource(request) {
                    reply.answer(request.token, answer)?;
                }
            }
            Event::Bound(jid) => handler.bound(jid),
            Event::Stanza(stanza) => handler.stanza(stanza, &mut reply),
            Event::Response(request, stanza) => handler.response(request, stanza),
            Event::RosterPush(push) => handler.roster_push(push),
            Event::StreamError(error) => handler.stream_error(error),
            Event::Closed(how) => handler.closed(how),
        }
    }
    Ok(turn)
}
