//! One connection of either role on a real transport.
//!
//! ```text
//!             ┌──────────── turn: until something moved ────────────┐
//!   TcpStream ┤ read ──> Input ──> Connection ──> Output ──> write  ├ TcpStream
//!   or TLS    └───────────── process: events to `see` ──────────────┘ or TLS
//! ```
//!
//! In: a connected socket, an engine, how to start TLS. Out: the engine's events, one at a time. Invariants: octets are
//! read straight into the engine's input; what is written in clear is out before the handshake begins; a peer that does
//! not read is not read from; giving up `turn` half-way loses nothing. It refuses to know what the events mean, and
//! where addresses and certificates come from.

mod wire;

use std::future::poll_fn;
use std::io;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tercet::engine::Role;
use tercet::sasl::ChannelBinding;
use tercet::{Connection, Event, Input, Output, Reply, Time};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::limit::Pace;
use crate::runtime::millis;
use crate::tls;
use wire::Wire;
pub(crate) use wire::{Secured, Tls};

/// Octets asked of the transport at a time.
const READ: usize = 16 * 1024;
/// A peer that reads slowly has so long to take what is left for it at the end.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Behind our end of the transport: how long, and for how many octets, the peer is listened to. A socket that is closed
/// over unread octets takes back what was written last.
const DRAIN: Duration = Duration::from_millis(500);
const DRAIN_BYTES: usize = 256 * 1024;

/// Why there is nothing more to be had from a link.
#[derive(Clone, Debug)]
pub(crate) enum Broken {
    /// The engine says so; the peer was told what there is to tell.
    Engine(tercet::Error),
    /// TLS could not be started, and why, for a person.
    Tls(String),
    /// The transport failed.
    Transport(String),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Engine(error) => error.fmt(f),
            Self::Tls(why) => f.write_str(why),
            Self::Transport(why) => write!(f, "the connection broke: {why}"),
        }
    }
}

impl From<tercet::Error> for Broken {
    fn from(error: tercet::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Transport(error.to_string())
    }
}

/// Which way octets went, as seen from this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

/// Looks at the octets of the stream, TLS taken off, as they pass.
pub(crate) type Tap = Box<dyn FnMut(Way, &[u8]) + Send>;

/// An engine and its transport.
pub(crate) struct Link<R: Role> {
    connection: Connection<R>,
    input: Input,
    output: Output,
    wire: Wire,
    tls: Tls,
    tls_is_due: bool,
    secured: Option<Secured>,
    tap: Option<Tap>,
    pace: Option<Pace>,
    began: Instant,
}

impl<R: Role> Link<R> {
    /// `connection`, which has said nothing yet, on `stream`; `tls` is started when the two sides agree on it.
    pub(crate) fn new(connection: Connection<R>, stream: TcpStream, tls: Tls) -> Self {
        Self {
            connection,
            input: Input::new(),
            output: Output::new(),
            wire: Wire::Clear(stream),
            tls,
            tls_is_due: false,
            secured: None,
            tap: None,
            pace: None,
            began: Instant::now(),
        }
    }

    /// Runs the handshake before the first octet of the stream (XEP-0368); the engine must be configured for it.
    ///
    /// # Errors
    /// [`Broken::Tls`].
    pub(crate) async fn secure_at_once(&mut self) -> Result<(), Broken> {
        self.wire.start_tls(&self.tls);
        let outcome = poll_fn(|cx| self.wire.poll_handshake(cx)).await;
        let (secured, bindings) = outcome.map_err(|why| Broken::Tls(tls::explain(&why)))?;
        self.agree(secured, bindings)
    }

    /// Lets `tap` see what passes from now on.
    pub(crate) fn tap(&mut self, tap: Tap) {
        self.tap = Some(tap);
    }

    /// Listens to no more than `per_second` octets a second from now on, taken over a while.
    pub(crate) fn pace(&mut self, per_second: NonZeroU32) {
        self.pace = Some(Pace::new(per_second, std::time::Instant::now()));
    }

    /// Hands events to `see` until it breaks, or until there are no more for now. One that broke may be called again at
    /// once: what has not been seen is not lost.
    ///
    /// # Errors
    /// Why the stream is over; [`Link::end`] is due, so that the peer is told.
    pub(crate) fn process<T>(
        &mut self,
        mut see: impl FnMut(Event<'_>, Reply<'_>) -> ControlFlow<T>,
    ) -> Result<Option<T>, Broken> {
        let now = self.now();
        let mut events = self.connection.process(&mut self.input, &mut self.output, now);
        while let Some((event, reply)) = events.next()? {
            self.tls_is_due |= matches!(event, Event::StartTls);
            if let ControlFlow::Break(found) = see(event, reply) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next event that makes `see` break, whatever has to pass on the wire until then.
    ///
    /// # Errors
    /// Why there will be none.
    pub(crate) async fn wait_for<T>(
        &mut self,
        mut see: impl FnMut(Event<'_>, Reply<'_>) -> ControlFlow<T>,
    ) -> Result<T, Broken> {
        loop {
            if let Some(found) = self.process(&mut see)? {
                return Ok(found);
            }
            if !self.connection.wants_process() {
                self.turn().await?;
            }
        }
    }

    /// Waits until octets have moved, the handshake is done or a deadline has passed: until [`Link::process`] may have
    /// something new.
    ///
    /// # Errors
    /// The transport failed or ended, TLS was refused.
    pub(crate) async fn turn(&mut self) -> Result<(), Broken> {
        let deadline = self.connection.deadline().map(|time| self.began + Duration::from_millis(time.as_millis()));
        let rested = self.rest().map(|rest| Instant::now() + rest);
        let deadline = deadline.into_iter().chain(rested).min();
        let moved = poll_fn(|cx| self.poll_turn(cx));
        match deadline {
            None => moved.await,
            // The deadline itself is the engine's to judge; after a rest the next turn reads.
            Some(deadline) => tokio::time::timeout_at(deadline, moved).await.unwrap_or(Ok(())),
        }
    }

    /// Waits until all that was to be said is with the operating system.
    ///
    /// # Errors
    /// The transport failed.
    pub(crate) async fn flush(&mut self) -> Result<(), Broken> {
        poll_fn(|cx| self.poll_write(cx)).await
    }

    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        if self.wire.is_handshaking() {
            return self.poll_secure(cx);
        }
        let waited = self.output.len();
        let wrote = self.poll_write(cx)?;
        if self.tls_is_due && wrote.is_ready() {
            self.tls_is_due = false;
            self.wire.start_tls(&self.tls);
            return self.poll_secure(cx);
        }
        // While the output is full the engine reads no further, so that octets would pile up in the input.
        let deaf = self.output.is_blocked() || self.rest().is_some();
        let read = if deaf { Poll::Pending } else { self.poll_read(cx)? };
        // Room in the output may be what somebody waits for.
        if read.is_ready() || self.output.len() < waited { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn poll_secure(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        self.wire.poll_handshake(cx).map(|outcome| match outcome {
            Ok((secured, bindings)) => {
                self.agree(secured, bindings)?;
                Ok(self.connection.secured(&mut self.input, &mut self.output)?)
            }
            Err(why) => {
                self.connection.tls_failed();
                Err(Broken::Tls(tls::explain(&why)))
            }
        })
    }

    /// Takes note of what a handshake came to, and has the login bound to it.
    fn agree(&mut self, secured: Secured, bindings: Vec<ChannelBinding>) -> Result<(), Broken> {
        self.secured = Some(secured);
        for binding in bindings {
            self.connection.set_binding(binding).map_err(tercet::Error::from)?;
        }
        Ok(())
    }

    /// Writes what waits; ready once all is out.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        while !self.output.is_empty() {
            let Poll::Ready(wrote) = Pin::new(&mut self.wire).poll_write(cx, self.output.peek())? else {
                return Poll::Pending;
            };
            if wrote == 0 {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero).into()));
            }
            if let Some(tap) = &mut self.tap {
                tap(Way::Out, self.output.peek().get(..wrote).unwrap_or_default());
            }
            self.output.consume(wrote);
        }
        Pin::new(&mut self.wire).poll_flush(cx).map_err(Broken::from)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        let spare = self.input.spare_mut(READ).map_err(tercet::Error::from)?;
        let mut room = ReadBuf::new(spare);
        let Poll::Ready(()) = Pin::new(&mut self.wire).poll_read(cx, &mut room)? else { return Poll::Pending };
        let read = room.filled().len();
        if let Some(tap) = &mut self.tap {
            tap(Way::In, room.filled());
        }
        self.input.commit(read);
        if let Some(pace) = &mut self.pace {
            pace.said(read, std::time::Instant::now());
        }
        Poll::Ready(if read == 0 { Ok(self.connection.eof()?) } else { Ok(()) })
    }

    /// Ends the transport in order: what is left to say, TLS's own farewell, our end of the socket; then a moment of
    /// listening, so that nothing unread destroys it on its way. Takes a few seconds at most.
    pub(crate) async fn end(mut self) {
        if self.wire.is_handshaking() {
            return;
        }
        let said = timeout(LAST_WORDS, async {
            self.flush().await.ok()?;
            self.wire.shutdown().await.ok()
        });
        if said.await.ok().flatten().is_some() {
            // Whatever comes now comes too late.
            let _ = timeout(DRAIN, self.drain()).await;
        }
    }

    async fn drain(&mut self) {
        let mut octets = [0; 4096];
        let mut drained = 0;
        while let Ok(count @ 1..) = self.wire.read(&mut octets).await {
            drained += count;
            if drained > DRAIN_BYTES {
                break;
            }
        }
    }

    /// The engine, and where it writes to.
    pub(crate) fn engine(&mut self) -> (&mut Connection<R>, &mut Output) {
        (&mut self.connection, &mut self.output)
    }

    /// Octets that wait to be written.
    pub(crate) fn backlog(&self) -> usize {
        self.output.len()
    }

    /// Whether [`Link::process`] is due although nothing has moved.
    pub(crate) fn wants_process(&self) -> bool {
        self.connection.wants_process()
    }

    /// What TLS agreed on, once it did.
    pub(crate) fn secured(&self) -> Option<Secured> {
        self.secured
    }

    /// How long the peer is not listened to, having said much.
    fn rest(&self) -> Option<Duration> {
        self.pace.and_then(|pace| pace.wait(std::time::Instant::now()))
    }

    fn now(&self) -> Time {
        Time::from_millis(millis(self.began.elapsed()))
    }
}
