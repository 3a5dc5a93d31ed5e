//! The machine of one connection, the same for both roles.

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::sync::Arc;
use core::fmt;

use crate::jid::Jid;
use crate::negotiate::{self, Answer, Fact, Misbehaved};
use crate::ns::name;
use crate::sasl::{Bindings, ChannelBinding, Failure};
use crate::session::roster;
#[cfg(feature = "capi")]
use crate::stanza::Stanza;
use crate::stream::{Breach, Condition, Feed, Parser, StreamError, UnitKind, write_error};
use crate::write::{self, Writer};

use super::event::{CredentialsRequest, RequestId, ResourceRequest};
use super::reply::{Asked, Debt, Desk};
use super::role::{Awaits, REQUESTS, Screened};
use super::{ApiMisuse, ClientRole, Closed, Error, Event, Events, Output, Reply, Role, Time, Token};

/// One end of a stream. See [`Client`](super::Client) and [`Server`](super::Server).
///
/// ```
/// use tercet::{Client, ClientConfig, Event, Input, Output, Time, jid::JidBuf, sasl::Secret};
///
/// let config = ClientConfig::new(JidBuf::parse("romeo@example.net").unwrap(), Secret::new("jul13t".into())).unwrap();
/// let mut client = Client::new(config);
/// let (mut input, mut output) = (Input::new(), Output::new());
///
/// // Once at the start, whenever bytes have come, and when the deadline has passed:
/// let mut events = client.process(&mut input, &mut output, Time::from_millis(0));
/// while let Some((event, _reply)) = events.next().unwrap() {
///     if let Event::StartTls = event { /* send the output, run TLS, then `client.secured(..)` */ }
/// }
/// drop(events);
/// assert!(output.peek().starts_with(b"<?xml"), "the client speaks first");
/// ```
pub struct Connection<R: Role> {
    config: Arc<R::Config>,
    parser: Parser,
    state: State<R>,
    began: Option<Time>,
    desk: Desk,
    debt: Debt,
}

/// Where a connection stands. What is true in one state alone lives in it.
enum State<R: Role> {
    /// Nothing happened yet. What is known of a channel that is secured from its first byte waits here.
    Fresh(Bindings),
    /// On the way to a session.
    Negotiating(Box<R::Phase>),
    /// A resource is bound.
    Session(R::Session),
    /// Our closing tag is out; the peer may still say something.
    Closing { session: Option<R::Session>, since: Option<Time>, peer_error: Option<Condition> },
    /// A step has the state in hand; only `fail` can find it so.
    Moving,
    /// Both closing tags were seen.
    Closed,
    /// Over, for this reason.
    Failed(Error),
}

/// What `advance` found for the caller to look at: no views, which are made once the walk is over.
pub(super) enum Lent {
    Opened,
    StartTls,
    Credentials,
    Refused(Failure),
    Authenticated,
    Resource,
    Bound,
    Stanza,
    Response(RequestId),
    Push(roster::Push),
    StreamError,
    Closed(Closed),
}

impl<R: Role> Connection<R> {
    /// A connection that has not said anything. Configurations can be shared: pass an `Arc` for many connections.
    #[must_use]
    pub fn new(config: impl Into<Arc<R::Config>>) -> Self {
        let config = config.into();
        let parser = Parser::stream(R::limits_before(&config));
        Self {
            config,
            parser,
            state: State::Fresh(Bindings::default()),
            began: None,
            desk: Desk::default(),
            debt: Debt::default(),
        }
    }

    /// Works on what has come: lends its events one by one, appends what is to be sent to `output`.
    ///
    /// To be called once at the start (the client role speaks first), whenever bytes have come, after an answer was
    /// given, and when [`Connection::deadline`] has passed; `now` must not go back.
    pub fn process<'c>(&'c mut self, input: impl Into<Feed<'c>>, output: &'c mut Output, now: Time) -> Events<'c, R> {
        Events { connection: self, feed: input.into(), output, now }
    }

    /// The transport is TLS now, and for the client role its certificate was checked against the domain: starts the
    /// stream anew. `input` is what has come before TLS, of which nothing may be left;
    /// what comes under TLS is put into it afterwards.
    ///
    /// # Errors
    /// [`ApiMisuse::NotAwaitingTls`] where no [`Event::StartTls`] is open. Octets that were sent in clear and would
    /// pass for octets under TLS (RFC 6120 section 5.4.3.3) end the connection.
    pub fn secured<'c>(&mut self, input: impl Into<Feed<'c>>, output: &mut Output) -> Result<(), Error> {
        if !self.awaits_tls() {
            return Err(ApiMisuse::NotAwaitingTls.into());
        }
        self.reads(&mut input.into()).map_err(|error| self.fail(error, output))?;
        let Some(phase) = self.take_phase() else { return Err(ApiMisuse::NotAwaitingTls.into()) };
        self.parser.restart();
        let phase = R::secured(phase, &self.config, output).map_err(|error| self.fail(error.into(), output))?;
        self.state = State::Negotiating(Box::new(phase));
        Ok(())
    }

    /// Tells what both ends know of the TLS connection under the stream, so that the login can be bound to it: a client
    /// then uses a -PLUS mechanism where the server offers one, a server offers one for each SCRAM mechanism.
    ///
    /// To be called when the handshake is done and before [`Connection::secured`], or before the first `process` of a
    /// connection whose transport is TLS from the beginning; until the server has said its features it is still taken.
    /// Once for each kind; a second call with the same kind replaces the first. A session keeps none of it.
    ///
    /// # Errors
    /// [`ApiMisuse::NotAwaitingTls`] before TLS was agreed on, and when it comes too late.
    pub fn set_binding(&mut self, binding: ChannelBinding) -> Result<(), ApiMisuse> {
        self.bindings().ok_or(ApiMisuse::NotAwaitingTls)?.set(binding);
        Ok(())
    }

    /// Whether the transport is TLS by now, and what is known of it would still be taken.
    #[cfg(feature = "capi")]
    pub(crate) fn takes_binding(&mut self) -> bool {
        !self.awaits_tls() && self.bindings().is_some()
    }

    /// Whether [`Event::StartTls`] is open.
    pub(crate) fn awaits_tls(&self) -> bool {
        matches!(&self.state, State::Negotiating(phase) if R::awaits(phase) == Awaits::Secure)
    }

    fn bindings(&mut self) -> Option<&mut Bindings> {
        match &mut self.state {
            State::Fresh(bindings) if R::begins_secured(&self.config) => Some(bindings),
            State::Negotiating(phase) => R::bindings(phase),
            _ => None,
        }
    }

    /// The TLS handshake failed: the connection is over, and nothing more is written (RFC 6120 section 5.4.3.2).
    pub fn tls_failed(&mut self) {
        if !self.is_over() {
            self.state = State::Failed(Error::Tls);
        }
    }

    /// The transport has ended.
    ///
    /// # Errors
    /// [`Error::Disconnected`] where the stream had not; the error that ended it before, if one did.
    pub fn eof(&mut self) -> Result<(), Error> {
        match self.state {
            State::Closed => Ok(()),
            State::Failed(error) => Err(error),
            State::Closing { peer_error: Some(condition), .. } => Err(self.dead(Error::Peer(condition))),
            _ => Err(self.dead(Error::Disconnected)),
        }
    }

    fn dead(&mut self, error: Error) -> Error {
        self.state = State::Failed(error);
        error
    }

    /// Says that we are done: writes the closing tag. [`Event::Closed`] comes when the peer has answered.
    ///
    /// # Errors
    /// The error that ended the connection before, if one did.
    pub fn close(&mut self, output: &mut Output) -> Result<(), Error> {
        self.finish(None, output)
    }

    /// Ends the stream with an error, such as `system-shutdown` or `conflict`, and the closing tag.
    ///
    /// # Errors
    /// As [`Connection::close`].
    pub fn close_with(&mut self, condition: Condition, output: &mut Output) -> Result<(), Error> {
        self.finish(Some(condition), output)
    }

    /// Writes a stanza.
    ///
    /// # Errors
    /// [`ApiMisuse::NotBound`] or [`ApiMisuse::Closed`]; what [`Writer::finish`] says. Nothing is written then.
    pub fn send(&mut self, output: &mut Output, stanza: impl FnOnce(&mut Writer<'_>)) -> Result<(), Error> {
        self.may_send()?;
        let mut writer = Writer::new(output.buffer());
        stanza(&mut writer);
        Ok(writer.finish()?)
    }

    /// Passes on stanzas in their serialised form, as a [`Router`](crate::router::Router) or a [`Writer`] made them.
    /// They are not looked at again.
    ///
    /// # Errors
    /// [`ApiMisuse::NotBound`], [`ApiMisuse::Closed`], [`Error::OutOfMemory`]. Nothing is written then.
    pub fn deliver(&mut self, output: &mut Output, serialised: &[u8]) -> Result<(), Error> {
        self.may_send()?;
        output.append(serialised)
    }

    /// Answers a request of the connection's, now or later; the next `process` acts on it.
    ///
    /// # Errors
    /// [`ApiMisuse::StaleAnswer`] where the request is not open, [`ApiMisuse::WrongAnswer`] where it is one to the
    /// other kind of request; the request stays open then.
    pub fn answer(&mut self, token: Token, answer: Answer) -> Result<(), ApiMisuse> {
        self.desk.put(token, answer)
    }

    /// Whether `process` has something to do although no byte has come: to begin, to act on an answer, or to refuse a
    /// request that was lent and not answered. Input that waits, since not all events were walked or
    /// [`Output::is_blocked`] stopped the walk, is not counted.
    #[must_use]
    pub fn wants_process(&self) -> bool {
        matches!(self.state, State::Fresh(_)) || !self.is_over() && (self.desk.is_answered() || self.debt.is_owed())
    }

    /// Whether input is what `process` waits for: not an answer, not TLS.
    #[cfg(feature = "capi")]
    pub(crate) fn awaits_input(&self) -> bool {
        match &self.state {
            State::Negotiating(phase) => R::awaits(phase) == Awaits::Input,
            State::Session(_) | State::Closing { .. } => true,
            State::Fresh(_) | State::Moving | State::Closed | State::Failed(_) => false,
        }
    }

    /// Ends the connection for a reason that its caller found, as far as that can be told to the peer.
    #[cfg(feature = "capi")]
    pub(crate) fn give_up(&mut self, error: Error, output: &mut Output) -> Error {
        self.fail(error, output)
    }

    /// When `process` is to be called although no byte has come; the time since the first call counts.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let timing = R::timing(&self.config);
        match &self.state {
            State::Negotiating(_) => self.began.map(|began| began.plus(timing.login)),
            State::Closing { since, .. } => since.map(|since| since.plus(timing.close)),
            State::Fresh(_) | State::Session(_) | State::Moving | State::Closed | State::Failed(_) => None,
        }
    }

    /// The full JID of the session, once it is bound.
    #[must_use]
    pub fn jid(&self) -> Option<Jid<'_>> {
        match &self.state {
            State::Session(session) | State::Closing { session: Some(session), .. } => Some(R::jid(session)),
            _ => None,
        }
    }

    /// Whether both closing tags have passed, or the connection failed: nothing more is to be read.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Closed | State::Failed(_))
    }

    /// Gives back the memory that only work needs: for a connection that has had nothing to say for a while, to be
    /// called beside [`Input::shrink`](crate::Input::shrink) and [`Output::shrink`]. A bound session takes some 600
    /// octets then, at most 1,024, all three together, and more only where its address is long or the peer's stream
    /// header declares more than the usual two namespaces. Does nothing where a stanza is in progress.
    ///
    /// Nothing is forgotten but the unit lent last. The next stanza takes the memory anew, as
    /// [`Parser::shrink`](crate::Parser::shrink) says; white space takes none.
    pub fn shrink(&mut self) {
        self.parser.shrink();
    }

    /// Octets of memory in use, the connection itself included, its configuration not. What the allocator adds is not
    /// counted; neither are texts of a login under way.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.heap()
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        let state = match &self.state {
            State::Negotiating(_) => size_of::<R::Phase>(),
            State::Session(session) | State::Closing { session: Some(session), .. } => R::heap(session),
            _ => 0,
        };
        self.parser.heap() + state + self.desk.heap() + self.debt.heap()
    }

    /// Walks the input up to something that the caller is to see.
    pub(super) fn advance(
        &mut self,
        feed: &mut Feed<'_>,
        output: &mut Output,
        now: Time,
    ) -> Result<Option<Lent>, Error> {
        if let State::Failed(error) = self.state {
            return Err(error);
        }
        self.try_advance(feed, output, now).map_err(|error| self.fail(error, output))
    }

    fn try_advance(&mut self, feed: &mut Feed<'_>, output: &mut Output, now: Time) -> Result<Option<Lent>, Error> {
        feed.set_secret(!self.is_bound());
        match self.may_send() {
            Ok(()) => self.debt.pay(output)?,
            Err(_) => self.debt.settle(),
        }
        self.begin(output, now)?;
        self.keep_time(now)?;
        loop {
            if let Some(answer) = self.desk.take() {
                if let Some(lent) = self.answered(answer, output)? {
                    return Ok(Some(lent));
                }
                continue;
            }
            if !self.reads(feed)? || output.is_blocked() {
                return Ok(None);
            }
            let kind = self.parser.advance(feed)?;
            self.count(feed)?;
            let Some(kind) = kind else { return Ok(None) };
            self.debt.begin();
            if let Some(lent) = self.unit(kind, feed, output, now)? {
                return Ok(Some(lent));
            }
        }
    }

    /// Whether there is, or was, a session: no login comes any more.
    fn is_bound(&self) -> bool {
        matches!(self.state, State::Session(_) | State::Closing { session: Some(_), .. })
    }

    fn begin(&mut self, output: &mut Output, now: Time) -> Result<(), Error> {
        self.began.get_or_insert(now);
        if let State::Fresh(bindings) = &mut self.state {
            let bindings = core::mem::take(bindings);
            self.state = State::Negotiating(Box::new(R::begin(bindings, &self.config, output)?));
        }
        Ok(())
    }

    fn keep_time(&mut self, now: Time) -> Result<(), Error> {
        if let State::Closing { since, .. } = &mut self.state {
            since.get_or_insert(now);
        }
        match (self.deadline().is_some_and(|deadline| now >= deadline), &self.state) {
            (true, State::Negotiating(_)) => Err(Error::LoginTimeout),
            (true, State::Closing { .. }) => Err(Error::CloseTimeout),
            _ => Ok(()),
        }
    }

    /// Whether input may be read now. While TLS is owed there must be none.
    fn reads(&self, feed: &mut Feed<'_>) -> Result<bool, Error> {
        match &self.state {
            State::Negotiating(phase) => match R::awaits(phase) {
                Awaits::Input => Ok(true),
                Awaits::Answer => Ok(false),
                Awaits::Secure => {
                    if R::passes_space(&self.config) {
                        feed.lend_whitespace()?;
                    }
                    match feed.unread() {
                        0 => Ok(false),
                        _ => Err(negotiate::Error::from(Misbehaved::BytesBeforeTls).into()),
                    }
                }
            },
            State::Session(_) | State::Closing { .. } => Ok(true),
            State::Fresh(_) | State::Moving | State::Closed | State::Failed(_) => Ok(false),
        }
    }

    /// Counts what a peer sends before it has logged in.
    fn count(&self, feed: &Feed<'_>) -> Result<(), Error> {
        let held = matches!(self.state, State::Negotiating(_)) && feed.position() > R::login_bytes(&self.config);
        if held { Err(Error::LoginBytes) } else { Ok(()) }
    }

    fn unit(
        &mut self,
        kind: UnitKind,
        feed: &mut Feed<'_>,
        output: &mut Output,
        now: Time,
    ) -> Result<Option<Lent>, Error> {
        match kind {
            UnitKind::Close => self.closed(output),
            UnitKind::Text => Err(Error::Stream(Breach::TEXT)),
            UnitKind::Header => self.negotiate(feed, output),
            UnitKind::Stanza => {
                let error = self.parser.stanza(feed).and_then(|stanza| StreamError::read(stanza.root()));
                if let Some(condition) = error.map(|error| error.condition()) {
                    self.finish(None, output)?;
                    if let State::Closing { peer_error, .. } = &mut self.state {
                        *peer_error = Some(condition);
                    }
                    self.keep_time(now)?;
                    return Ok(Some(Lent::StreamError));
                }
                match &self.state {
                    State::Negotiating(_) => self.negotiate(feed, output),
                    _ => self.screen(feed, output),
                }
            }
        }
    }

    /// Hands the unit to the phase, which is gone if it fails.
    fn negotiate(&mut self, feed: &mut Feed<'_>, output: &mut Output) -> Result<Option<Lent>, Error> {
        // The closing side ignores what else is said, the header that answers its own included.
        let Some(phase) = self.take_phase() else { return Ok(None) };
        if R::passes_space(&self.config)
            && self.parser.stanza(feed).is_some_and(|stanza| stanza.root().is(name::TLS_STARTTLS))
        {
            feed.lend_whitespace()?;
        }
        let unread = feed.unread();
        let step = match (self.parser.header(feed), self.parser.stanza(feed)) {
            (Some(header), _) => R::header(phase, &header, &self.config, output),
            (None, Some(stanza)) => R::stanza(phase, stanza, unread, &self.config, output),
            (None, None) => Ok((phase, Fact::None)),
        };
        let (phase, fact) = step?;
        self.state = State::Negotiating(Box::new(phase));
        self.act(fact, output)
    }

    fn answered(&mut self, answer: Answer, output: &mut Output) -> Result<Option<Lent>, Error> {
        let Some(phase) = self.take_phase() else { return Ok(None) };
        let (phase, fact) = R::answer(phase, answer, &self.config, output)?;
        self.state = State::Negotiating(Box::new(phase));
        self.act(fact, output)
    }

    /// Takes the phase out, for the step that gives the next one; `fail` ends the stream where none comes back. A state
    /// without a phase stays.
    fn take_phase(&mut self) -> Option<R::Phase> {
        match core::mem::replace(&mut self.state, State::Moving) {
            State::Negotiating(phase) => Some(*phase),
            other => {
                self.state = other;
                None
            }
        }
    }

    fn act(&mut self, fact: Fact, output: &mut Output) -> Result<Option<Lent>, Error> {
        Ok(match fact {
            Fact::None => None,
            Fact::Opened => Some(Lent::Opened),
            Fact::StartTls => Some(Lent::StartTls),
            Fact::NeedKeys => {
                self.desk.ask(Asked::Keys);
                Some(Lent::Credentials)
            }
            Fact::Refused(failure) => Some(Lent::Refused(failure)),
            Fact::NeedResource => {
                self.desk.ask(Asked::Resource);
                Some(Lent::Resource)
            }
            Fact::Restart => {
                self.restart(output)?;
                Some(Lent::Authenticated)
            }
            Fact::Bound => {
                self.bind()?;
                Some(Lent::Bound)
            }
        })
    }

    /// Starts the stream anew behind a login: nothing of the old one is left.
    fn restart(&mut self, output: &mut Output) -> Result<(), Error> {
        self.parser.restart();
        if let Some(phase) = self.take_phase() {
            self.state = State::Negotiating(Box::new(R::restart(phase, &self.config, output)?));
        }
        Ok(())
    }

    fn bind(&mut self) -> Result<(), Error> {
        if let Some(phase) = self.take_phase() {
            self.parser.set_limits(R::limits_after(&self.config));
            self.state = match R::session(phase) {
                Ok(session) => State::Session(session),
                Err(phase) => State::Negotiating(Box::new(phase)),
            };
        }
        Ok(())
    }

    fn screen(&mut self, feed: &Feed<'_>, output: &mut Output) -> Result<Option<Lent>, Error> {
        let said = output.buffer().len();
        let silent = self.may_send().is_err();
        let Self { state, parser, debt, .. } = self;
        let (State::Session(session) | State::Closing { session: Some(session), .. }) = state else { return Ok(None) };
        let Some(stanza) = parser.stanza(feed) else { return Ok(None) };
        let screened = R::screen(session, &stanza, output, debt)?;
        if silent {
            // Behind our closing tag stanzas are still taken in, and nothing is answered (RFC 6120 section 4.4).
            output.buffer().truncate(said);
        }
        Ok(match screened {
            Screened::Done => None,
            Screened::Stanza => Some(Lent::Stanza),
            Screened::Response(request) => Some(Lent::Response(request)),
            Screened::Push(push) => Some(Lent::Push(push)),
        })
    }

    /// The peer's closing tag: answered, unless ours came first.
    fn closed(&mut self, output: &mut Output) -> Result<Option<Lent>, Error> {
        let ours_first = matches!(self.state, State::Closing { .. });
        if !ours_first {
            write::stream_close(output.buffer())?;
        }
        self.state = State::Closed;
        Ok(Some(Lent::Closed(if ours_first { Closed::ByUs } else { Closed::ByPeer })))
    }

    /// Writes the end of our stream.
    fn finish(&mut self, condition: Option<Condition>, output: &mut Output) -> Result<(), Error> {
        let session = match core::mem::replace(&mut self.state, State::Moving) {
            State::Fresh(_) | State::Closed => {
                self.state = State::Closed;
                return Ok(());
            }
            ending @ (State::Closing { .. } | State::Moving) => {
                self.state = ending;
                return Ok(());
            }
            State::Failed(error) => return Err(self.dead(error)),
            State::Negotiating(phase) => {
                self.end(&phase, condition, None, output).map_err(|error| self.dead(error))?;
                None
            }
            State::Session(session) => {
                write_end(condition, None, output).map_err(|error| self.dead(error))?;
                Some(session)
            }
        };
        self.state = State::Closing { session, since: None, peer_error: None };
        Ok(())
    }

    fn end(
        &self,
        phase: &R::Phase,
        condition: Option<Condition>,
        text: Option<&str>,
        output: &mut Output,
    ) -> Result<(), Error> {
        if R::awaits(phase) == Awaits::Secure {
            return Ok(());
        }
        if R::owes_header(phase) {
            R::respond(&self.config, output)?;
        }
        write_end(condition, text, output)
    }

    /// Ends the stream with the error that fits, as far as anything may be written, and is dead from then on.
    fn fail(&mut self, error: Error, output: &mut Output) -> Error {
        let text = error.condition().map(|_| error.to_string());
        let condition = error.condition();
        // What cannot be written any more is not: the error itself is what counts.
        let _ = match core::mem::replace(&mut self.state, State::Failed(error)) {
            State::Negotiating(phase) => self.end(&phase, condition, text.as_deref(), output),
            // A phase that failed is gone, and had its header answered.
            State::Moving | State::Session(_) => write_end(condition, text.as_deref(), output),
            State::Fresh(_) | State::Closing { .. } | State::Closed | State::Failed(_) => Ok(()),
        };
        error
    }

    /// Makes the views of what `advance` found: each from fields of its own,
    /// so that event and reply can be held at once.
    pub(super) fn lend<'a>(
        &'a mut self,
        lent: Lent,
        feed: &'a Feed<'_>,
        output: &'a mut Output,
    ) -> Option<(Event<'a>, Reply<'a>)> {
        let may_send = self.may_send();
        let Self { config, parser, state, desk, debt, .. } = self;
        let token = desk.token();
        let event = match lent {
            Lent::Opened => Event::Opened(parser.header(feed)?),
            Lent::StartTls => Event::StartTls,
            Lent::Credentials => {
                Event::Credentials(CredentialsRequest { token, account: account::<R>(state, config)? })
            }
            Lent::Refused(failure) => Event::Refused(failure),
            Lent::Authenticated => Event::Authenticated(account::<R>(state, config)?),
            Lent::Resource => match state {
                State::Negotiating(phase) => {
                    let (jid, chosen_by_client) = R::proposed(phase)?;
                    Event::Resource(ResourceRequest { token, jid, chosen_by_client })
                }
                _ => return None,
            },
            Lent::Bound => match state {
                State::Session(session) => Event::Bound(R::jid(session)),
                _ => return None,
            },
            Lent::Stanza => Event::Stanza(parser.stanza(feed)?),
            Lent::Response(request) => Event::Response(request, parser.stanza(feed)?),
            Lent::Push(push) => Event::RosterPush(push),
            Lent::StreamError => Event::StreamError(StreamError::read(parser.stanza(feed)?.root())?),
            Lent::Closed(closed) => Event::Closed(closed),
        };
        Some((event, Reply { out: output, desk, debt, may_send }))
    }

    /// The unit that `feed` lends, and the means to reply to it, for the C API, which asks for them one call later.
    #[cfg(feature = "capi")]
    pub(crate) fn lent<'a>(
        &'a mut self,
        feed: &'a Feed<'_>,
        output: &'a mut Output,
    ) -> (Option<Stanza<'a>>, Reply<'a>) {
        let may_send = self.may_send();
        let Self { parser, desk, debt, .. } = self;
        (parser.stanza(feed), Reply { out: output, desk, debt, may_send })
    }

    /// The parser, for the C API, which looks at a unit between two calls.
    #[cfg(feature = "capi")]
    #[inline]
    pub(crate) fn parser(&self) -> &Parser {
        &self.parser
    }

    fn may_send(&self) -> Result<(), ApiMisuse> {
        match self.state {
            State::Session(_) => Ok(()),
            State::Fresh(_) | State::Negotiating(_) => Err(ApiMisuse::NotBound),
            State::Closing { .. } | State::Moving | State::Closed | State::Failed(_) => Err(ApiMisuse::Closed),
        }
    }
}

impl Connection<ClientRole> {
    /// Sends a request (an iq of type get or set, as `kind` says) `to` an address, the own account without one. Its
    /// answer comes as [`Event::Response`]; answers of anybody else are dropped.
    ///
    /// # Errors
    /// [`ApiMisuse::NotBound`], [`ApiMisuse::Closed`], [`ApiMisuse::TooManyRequests`]; what [`Writer::finish`] says.
    pub fn request(
        &mut self,
        output: &mut Output,
        kind: Request,
        to: Option<Jid<'_>>,
        payload: impl FnOnce(&mut Writer<'_>),
    ) -> Result<RequestId, Error> {
        self.may_send()?;
        let State::Session(session) = &mut self.state else { return Err(ApiMisuse::NotBound.into()) };
        if session.pending.len() >= REQUESTS {
            return Err(ApiMisuse::TooManyRequests.into());
        }
        let request = RequestId(session.requests);
        let id = alloc::format!("t{}", session.requests);
        let mut writer = Writer::new(output.buffer());
        writer.open(name::IQ).attr("type", kind.name()).attr_opt("to", to.map(|to| to.as_str())).attr("id", &id);
        payload(&mut writer);
        writer.close();
        writer.finish()?;
        session.pending.insert(&id, to.map(|to| to.to_buf()), request).map_err(|_| ApiMisuse::TooManyRequests)?;
        session.requests = session.requests.wrapping_add(1);
        Ok(request)
    }
}

/// What a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// To be told something.
    Get,
    /// To change something.
    Set,
}

impl Request {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Set => "set",
        }
    }
}

fn account<'a, R: Role>(state: &'a State<R>, config: &'a R::Config) -> Option<Jid<'a>> {
    match state {
        State::Negotiating(phase) => R::account(phase, config),
        _ => None,
    }
}

/// A stream error, where there is one, and the closing tag.
fn write_end(condition: Option<Condition>, text: Option<&str>, output: &mut Output) -> Result<(), Error> {
    if let Some(condition) = condition {
        write_error(output.buffer(), condition, text)?;
    }
    Ok(write::stream_close(output.buffer())?)
}

impl<R: Role> fmt::Debug for Connection<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Fresh(_) => "fresh",
            State::Negotiating(_) => "negotiating",
            State::Session(_) => "session",
            State::Closing { .. } => "closing",
            State::Moving | State::Closed => "closed",
            State::Failed(_) => "failed",
        };
        f.debug_struct("Connection").field("state", &state).field("jid", &self.jid()).finish_non_exhaustive()
    }
}
