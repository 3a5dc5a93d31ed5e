//! One client of the server, from the first octet to the last.
//!
//! In: an accepted socket. Out: entries in the journal, stanzas for the hub. Invariant: what the hub has for the client
//! is written in the hub's order, and before the closing tag. It knows no other session.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Arc;

use tercet::engine::{Closed, ServerRole};
use tercet::jid::{Jid, JidBuf};
use tercet::negotiate::{self, Misbehaved};
use tercet::sasl::Failure;
use tercet::stream::Condition;
use tercet::write::StanzaCondition;
use tercet::{Answer, Connection, Event, Reply, ServerConfig};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::hub::{Hub, Seat};
use super::journal::{Entry, Journal, What, Why};
use crate::link::{Broken, Link, Tap, Tls};

/// Octets handed to the engine's output at a time: what lies there cannot be kept for later any more.
const IN_HAND: usize = 16 * 1024;

/// What every client is served with.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) hub: Arc<Hub>,
    pub(super) config: Arc<ServerConfig>,
    pub(super) tls: Tls,
    pub(super) journal: Journal,
    /// Octets a second that a client is listened to.
    pub(super) rate: NonZeroU32,
    pub(super) taps: Option<Arc<dyn Fn(SocketAddr) -> Tap + Send + Sync>>,
    /// True once the server is to stop.
    pub(super) stop: watch::Receiver<bool>,
}

/// Serves one client.
pub(super) async fn run(terms: Terms, stream: TcpStream, peer: SocketAddr) {
    // Without it small stanzas would wait for each other; where it cannot be had they do.
    let _ = stream.set_nodelay(true);
    let mut link = Link::new(Connection::<ServerRole>::new(terms.config.clone()), stream, terms.tls.clone());
    link.pace(terms.rate);
    if let Some(taps) = &terms.taps {
        link.tap(taps(peer));
    }
    let mut stop = terms.stop.clone();
    let mut client = Client { terms, peer, lang: None, account: None, seat: None, ended: None };
    client.note(What::Connected);
    let why = match client.serve(&mut link, &mut stop).await {
        Ok(Closed::ByUs) => client.ended.map_or(Why::ByClient, Why::ByUs),
        Ok(_) => Why::ByClient,
        Err(broken) => client.failed(&broken),
    };
    // Nothing more can be delivered: whoever writes from now on is to find the client gone.
    client.seat = None;
    link.end().await;
    client.note(What::Closed(why));
}

/// What is known of a client.
struct Client {
    terms: Terms,
    peer: SocketAddr,
    lang: Option<String>,
    /// Whose keys the login under way was checked with.
    account: Option<JidBuf>,
    seat: Option<Seat>,
    /// The stream error that we ended the stream with.
    ended: Option<Condition>,
}

impl Client {
    async fn serve(&mut self, link: &mut Link<ServerRole>, stop: &mut watch::Receiver<bool>) -> Result<Closed, Broken> {
        loop {
            self.pass_on(link)?;
            // Checking a password in clear takes a while, and that comes behind an answer.
            let step = match link.wants_process() {
                true => tokio::task::block_in_place(|| link.process(|event, reply| self.see(event, reply)))?,
                false => link.process(|event, reply| self.see(event, reply))?,
            };
            match step {
                Some(Step::Over(closed)) => return Ok(closed),
                Some(Step::Again) => continue,
                Some(Step::End(condition)) => self.end(link, condition)?,
                None => {}
            }
            let secured = link.secured();
            tokio::select! {
                moved = link.turn() => moved?,
                () = changed(self.seat.as_ref()) => {}
                _ = stop.wait_for(|stop| *stop), if self.ended.is_none() => {
                    self.end(link, Condition::SystemShutdown)?;
                }
            }
            if secured.is_none()
                && let Some(secured) = link.secured()
            {
                self.note(What::Secured(secured));
            }
        }
    }

    /// Moves what the hub has for the client to the output, a little at a time.
    fn pass_on(&mut self, link: &mut Link<ServerRole>) -> Result<(), Broken> {
        let Some(seat) = &self.seat else { return Ok(()) };
        if self.ended.is_none() {
            while link.backlog() < IN_HAND
                && let Some(stanza) = seat.queue().pop()
            {
                let (connection, output) = link.engine();
                connection.deliver(output, &stanza)?;
            }
        }
        match seat.queue().ending() {
            Some(condition) if self.ended.is_none() => self.end(link, condition),
            _ => Ok(()),
        }
    }

    fn end(&mut self, link: &mut Link<ServerRole>, condition: Condition) -> Result<(), Broken> {
        self.ended = Some(condition);
        let (connection, output) = link.engine();
        Ok(connection.close_with(condition, output)?)
    }

    fn see(&mut self, event: Event<'_>, mut reply: Reply<'_>) -> ControlFlow<Step> {
        match event {
            Event::Opened(header) => self.lang = header.lang().map(|lang| lang.decode().into_owned()),
            Event::Credentials(request) => {
                let answer = self.credentials(request.account);
                // The request was opened by this very event.
                let _ = reply.answer(request.token, answer);
                return ControlFlow::Break(Step::Again);
            }
            Event::Refused(failure) => self.refused(failure),
            Event::Authenticated(account) => {
                self.account = None;
                self.note(What::LoggedIn(account.to_buf()));
            }
            Event::Resource(request) => {
                let answer = match self.terms.hub.has_room_for(request.jid) {
                    true => Answer::Accept,
                    false => Answer::Refuse(StanzaCondition::ResourceConstraint),
                };
                let _ = reply.answer(request.token, answer);
            }
            Event::Bound(jid) => return self.bound(jid),
            Event::Stanza(stanza) => {
                if let Some(seat) = &self.seat {
                    seat.handle(&stanza);
                    // The answers go out before whatever the client says next, a closing tag for one, is looked at. A
                    // backlog of kept messages, which an answer may be as well, stays where it can be kept again.
                    let mut room = IN_HAND;
                    while self.ended.is_none()
                        && room > 0
                        && let Some(stanza) = seat.queue().pop()
                    {
                        room = room.saturating_sub(stanza.len());
                        // Refused only behind our closing tag, which is not out yet.
                        let _ = reply.deliver(&stanza);
                    }
                }
            }
            Event::Closed(closed) => return ControlFlow::Break(Step::Over(closed)),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn credentials(&mut self, account: Jid<'_>) -> Answer {
        if let Err(wait) = self.terms.hub.admit_login(self.peer.ip()) {
            self.note(What::Throttled(wait));
            return Answer::Unavailable;
        }
        self.account = Some(account.to_buf());
        self.terms.hub.credentials(account, self.peer)
    }

    fn bound(&mut self, jid: Jid<'_>) -> ControlFlow<Step> {
        self.note(What::Bound(jid.to_buf()));
        match self.terms.hub.attach(jid, self.lang.as_deref(), self.peer) {
            Ok(seat) => {
                self.seat = Some(seat);
                ControlFlow::Continue(())
            }
            Err(condition) => ControlFlow::Break(Step::End(condition)),
        }
    }

    /// A guess at a password counts against the address; what came to no guess does not.
    fn refused(&mut self, failure: Failure) {
        let account = self.account.take();
        if account.is_some() {
            self.terms.hub.login_failed(self.peer.ip());
        }
        self.note(What::LoginFailed(account, failure));
    }

    fn failed(&mut self, broken: &Broken) -> Why {
        if let Broken::Engine(tercet::Error::Negotiation(negotiate::Error::Misbehaved(Misbehaved::TooManyAttempts))) =
            broken
            && self.account.is_some()
        {
            self.refused(Failure::NotAuthorized);
        }
        match (self.ended, broken) {
            (Some(condition), Broken::Engine(tercet::Error::CloseTimeout | tercet::Error::Disconnected)) => {
                Why::ByUs(condition)
            }
            _ => Why::Failed(broken.to_string()),
        }
    }

    fn note(&self, what: What) {
        (self.terms.journal)(Entry { peer: self.peer, what });
    }
}

/// What an event asks of the loop.
enum Step {
    /// To look again at once.
    Again,
    /// To end.
    Over(Closed),
    /// To tell the client that the server does not go on.
    End(Condition),
}

/// Waits for news from the hub; for ever where there is no session yet.
async fn changed(seat: Option<&Seat>) {
    match seat {
        Some(seat) => seat.queue().changed().await,
        None => std::future::pending().await,
    }
}
