//! The client's role for a person: `tercet send`, `tercet roster`, `tercet listen`.
//!
//! In: an address, a password, where to connect and whom to trust. Out: a bound session, which the commands use and
//! then end in order. Invariants: nothing is said before TLS but what starts it; the server proves the domain of the
//! address, wherever it was found; the password itself is sent only where the options say so; every wait has an end. A
//! refused login is not tried again, here or elsewhere.

mod listen;
mod owed;
mod roster;
mod send;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tercet::engine::{Client, ClientRole};
use tercet::jid::JidBuf;
use tercet::negotiate::{self, Incompatible, Misbehaved, Timing};
use tercet::sasl::{Policy, Secret};
use tercet::{ClientConfig, Connection, Event, TlsPolicy};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

use crate::args::Login;
use crate::failure::{Failure, failed, warn};
use crate::link::{Broken, Link, Tls};
use crate::password::{self, Purpose};
use crate::resolve::{self, Endpoint};
use crate::runtime::{millis, runtime};
use crate::tls::{self, Trust};
use owed::Owed;

pub(crate) use listen::run as listen;
pub(crate) use roster::run as roster;
pub(crate) use send::run as send;

/// One address has so long to take the connection, so that the next can be tried.
const CONNECT: Duration = Duration::from_secs(10);
/// The server has so long to answer our closing tag.
const CLOSE: Duration = Duration::from_secs(5);
/// The application protocol of TLS from the first octet (XEP-0368).
const ALPN: &[u8] = b"xmpp-client";

/// Logs in as the options say, and does `work` with the session, which ends it. All of it is over when the time is.
fn with_session<T, F: Future<Output = Result<T, Failure>>>(
    login: &Login,
    work: impl FnOnce(Session) -> F,
) -> Result<T, Failure> {
    let plan = Plan::new(login)?;
    runtime()?.block_on(async {
        let until = Instant::now() + plan.patience;
        let link = timeout_at(until, plan.log_in()).await.unwrap_or_else(|_| Err(failed(plan.lateness())))?;
        work(Session { link, plan, until }).await
    })
}

/// A bound session that asks for something.
struct Session {
    link: Link<ClientRole>,
    plan: Plan,
    /// When all of it is to be over.
    until: Instant,
}

impl Session {
    /// Waits until `see` finds the answer, or says why there will be none: then the session is over.
    async fn answer<T>(mut self, mut see: impl FnMut(&Event<'_>) -> Option<T>) -> Result<(T, Self), String> {
        let answer = self.link.wait_for(|event, _| match see(&event) {
            Some(answer) => ControlFlow::Break(Ok(answer)),
            None => over(&event).map_or(ControlFlow::Continue(()), |why| ControlFlow::Break(Err(why))),
        });
        let why = match timeout_at(self.until, answer).await {
            Ok(Ok(Ok(answer))) => return Ok((answer, self)),
            Ok(Ok(Err(why))) => why,
            Ok(Err(broken)) => broken.to_string(),
            Err(_) => return Err(self.plan.lateness()),
        };
        let _ = timeout_at(self.until, leave(self.link)).await;
        Err(self.plan.instead(why))
    }

    /// Ends the session, and hands what still comes to `see`. What was asked for has come: a bad end is warned of.
    async fn close(self, see: impl FnMut(&Event<'_>)) {
        let closed = timeout_at(self.until, close(self.link, see)).await;
        if let Err(why) = closed.unwrap_or_else(|_| Err(ends_badly(self.plan.late("its closing tag")))) {
            warn(why);
        }
    }
}

/// How to get a session.
struct Plan {
    jid: JidBuf,
    config: ClientConfig,
    tls: Tls,
    server: Option<crate::args::HostPort>,
    allow_plain: bool,
    patience: Duration,
    /// Whom we connected to last, for messages.
    dialled: RefCell<Option<Endpoint>>,
    /// What we wait for, for messages.
    owed: Cell<Owed>,
}

impl Plan {
    /// Reads what the options name: the password, the certificates.
    fn new(login: &Login) -> Result<Self, Failure> {
        let jid =
            JidBuf::parse(&login.jid).map_err(|why| Failure::Usage(format!("{:?} is no address: {why}", login.jid)))?;
        if jid.as_jid().local().is_none() {
            return Err(Failure::Usage(format!("{jid} names no account, as romeo@example.com does")));
        }
        let name = tls::server_name(jid.as_jid().domain()).map_err(failed)?;
        let trust = match (&login.ca, login.insecure) {
            (Some(file), _) => Trust::File(file.clone()),
            (None, true) => Trust::Anything,
            (None, false) => Trust::System,
        };
        let tls = Tls::Connect(tls::client_config(&trust).map_err(failed)?, name);
        let account = jid.as_jid().bare();
        let mut password = password::read(login.password.file.as_deref(), account.as_str(), Purpose::Login)?;
        let patience = Duration::from_secs(login.timeout.into());
        let timing = Timing { login: millis(patience), close: millis(CLOSE) };
        // The engine requires TLS by default, and sends a password nowhere else.
        let allow_plain = login.allow_plain;
        let policy = Policy { allow_plain, ..Policy::default() };
        let config = ClientConfig::new(jid.clone(), secret(&mut password)).map_err(failed)?.timing(timing).sasl(policy);
        let (server, dialled, owed) = (login.server.clone(), RefCell::default(), Cell::new(Owed::Place));
        Ok(Self { jid, config, tls, server, allow_plain, patience, dialled, owed })
    }

    /// A bound session.
    async fn log_in(&self) -> Result<Link<ClientRole>, Failure> {
        let mut link = self.connect().await?;
        let why = match self.bind(&mut link).await {
            Ok(Ok(())) => return Ok(link),
            Ok(Err(why)) => self.cannot_log_in(why),
            Err(Broken::Engine(tercet::Error::LoginTimeout)) => failed(self.lateness()),
            Err(broken) if !self.allow_plain && finds_no_mechanism(&broken) => self.cannot_log_in(format_args!(
                "{broken}; if it offers PLAIN alone, --allow-plain sends it the password, inside TLS"
            )),
            Err(broken) if leaves_owed(&broken) => self.cannot_log_in(self.instead(broken)),
            Err(broken) => self.cannot_log_in(broken),
        };
        link.end().await;
        Err(why)
    }

    /// Everything up to the full JID; or what the server says at the end of the stream.
    async fn bind(&self, link: &mut Link<ClientRole>) -> Result<Result<(), String>, Broken> {
        loop {
            if link.secured().is_some() {
                self.owed.set(self.owed.get().secured());
            }
            let bound = link.process(|event, _| {
                self.owed.set(self.owed.get().after(&event));
                match event {
                    Event::Bound(_) => ControlFlow::Break(Ok(())),
                    event => over(&event).map_or(ControlFlow::Continue(()), |why| ControlFlow::Break(Err(why))),
                }
            })?;
            if let Some(bound) = bound {
                return Ok(bound);
            }
            if link.backlog() > 0 {
                self.owed.set(self.owed.get().answered());
            }
            if !link.wants_process() {
                link.turn().await?;
            }
        }
    }

    /// A transport to the first endpoint that answers.
    async fn connect(&self) -> Result<Link<ClientRole>, Failure> {
        let endpoints = match &self.server {
            Some(server) => resolve::host(&server.host, server.port).await,
            None => resolve::domain(self.jid.as_jid().domain()).await,
        };
        let mut last = Failure::Failed("there is nowhere to connect to".into());
        for endpoint in endpoints.map_err(failed)? {
            self.dialled.replace(Some(endpoint.clone()));
            self.owed.set(Owed::Connection);
            match timeout(CONNECT, self.connect_to(&endpoint)).await {
                Ok(Ok(link)) => return Ok(link),
                Ok(Err(why)) => last = why,
                Err(_) => last = cannot_connect(&endpoint, "it does not answer"),
            }
        }
        Err(last)
    }

    async fn connect_to(&self, endpoint: &Endpoint) -> Result<Link<ClientRole>, Failure> {
        let stream =
            TcpStream::connect(endpoint.address).await.map_err(|why| cannot_connect(endpoint, &why.to_string()))?;
        // Without it small stanzas would wait for each other; where it cannot be had they do.
        let _ = stream.set_nodelay(true);
        if !endpoint.direct_tls {
            self.owed.set(Owed::Header);
            return Ok(Link::new(Client::new(self.config.clone()), stream, self.tls.clone()));
        }
        self.owed.set(Owed::Handshake);
        let connection = Connection::new(self.config.clone().tls(TlsPolicy::Direct));
        let mut link = Link::new(connection, stream, direct(&self.tls));
        link.secure_at_once().await.map_err(|broken| cannot_connect(endpoint, &broken.to_string()))?;
        Ok(link)
    }

    fn cannot_log_in(&self, why: impl std::fmt::Display) -> Failure {
        Failure::Failed(format!("cannot log in as {}: {why}", self.jid.as_jid().bare()))
    }

    /// What came, and what it came instead of.
    fn instead(&self, why: impl std::fmt::Display) -> String {
        format!("{why}; waited for {}", self.owed.get())
    }

    /// That the time is over, and what for.
    fn lateness(&self) -> String {
        self.late(self.owed.get())
    }

    fn late(&self, owed: impl std::fmt::Display) -> String {
        let (domain, seconds) = (self.jid.as_jid().domain(), self.patience.as_secs());
        let at = self.dialled.borrow().as_ref().map(|endpoint| format!(" at {endpoint}")).unwrap_or_default();
        format!("{domain}{at} did not get done within {seconds} s, which --timeout sets: waited for {owed}")
    }
}

/// Whether another policy could have helped.
fn finds_no_mechanism(broken: &Broken) -> bool {
    const NONE: tercet::Error = tercet::Error::Negotiation(negotiate::Error::Incompatible(Incompatible::NoMechanism));
    matches!(broken, Broken::Engine(error) if *error == NONE)
}

/// Whether the login broke off at words that nobody asked for, or at none: then what was waited for tells a person
/// more.
fn leaves_owed(broken: &Broken) -> bool {
    use tercet::{Error, stream::Fault};
    const UNEXPECTED: Error = Error::Negotiation(negotiate::Error::Misbehaved(Misbehaved::UnexpectedElement));
    match broken {
        Broken::Engine(Error::Syntax(error)) => error.limit().is_none() && error.fault != Fault::OutOfMemory,
        Broken::Engine(Error::Stream(_) | Error::Disconnected) | Broken::Transport(_) => true,
        Broken::Engine(error) => *error == UNEXPECTED,
        Broken::Tls(_) => false,
    }
}

/// The same, announcing what is spoken inside.
fn direct(tls: &Tls) -> Tls {
    match tls {
        Tls::Connect(config, name) => {
            let mut config = rustls::ClientConfig::clone(config);
            config.alpn_protocols = vec![ALPN.to_vec()];
            Tls::Connect(Arc::new(config), name.clone())
        }
        Tls::Accept { .. } => tls.clone(),
    }
}

/// What the server says at the end of the stream, if `event` is that. A server that reports an error is not waited for:
/// many close the transport at once.
fn over(event: &Event<'_>) -> Option<String> {
    match event {
        Event::StreamError(error) => Some(match error.text() {
            Some(text) => format!("the server ended the stream: {} ({})", error.condition().name(), plain(&text)),
            None => format!("the server ended the stream: {}", error.condition().name()),
        }),
        Event::Closed(_) => Some("the server ended the stream".into()),
        _ => None,
    }
}

/// Says our closing tag, hands what still comes to `see`, and closes the transport when the server has answered. What
/// is not in order about that comes back as a sentence.
async fn close(mut link: Link<ClientRole>, mut see: impl FnMut(&Event<'_>)) -> Result<(), String> {
    let (connection, output) = link.engine();
    let mut done = connection.close(output).map_err(|why| why.to_string());
    if done.is_ok() {
        let ended = link.wait_for(|event, _| {
            see(&event);
            match event {
                Event::Closed(_) => ControlFlow::Break(Ok(())),
                event => over(&event).map_or(ControlFlow::Continue(()), |why| ControlFlow::Break(Err(why))),
            }
        });
        done = ended.await.unwrap_or_else(|broken| Err(broken.to_string()));
    }
    link.end().await;
    done.map_err(ends_badly)
}

/// Says our closing tag, and closes the transport: where the server has ended the stream, nothing more is owed to us.
async fn leave(mut link: Link<ClientRole>) {
    let (connection, output) = link.engine();
    let _ = connection.close(output);
    link.end().await;
}

fn ends_badly(why: String) -> String {
    format!("the stream did not end properly: {why}")
}

/// The password's memory becomes the secret's, which wipes it.
fn secret(password: &mut Zeroizing<String>) -> Secret {
    Secret::new(std::mem::take(&mut **password))
}

/// What a peer wrote, on one line of a terminal: without anything that moves its cursor, or the order of what is shown.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let moves = c.is_control() || is_line_end(c) || overrides_order(c);
            let (kept, escaped) = if moves { (None, Some(c.escape_default())) } else { (Some(c), None) };
            kept.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect()
}

/// Unicode's own ends of lines and paragraphs.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// The controls that begin or end an embedding, override or isolate of direction: behind one of them, what we write
/// would stand elsewhere than we wrote it.
fn overrides_order(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn cannot_connect(endpoint: &Endpoint, why: &str) -> Failure {
    Failure::Failed(format!("cannot connect to {endpoint}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_waited_for_is_said_where_the_server_spoke_of_something_else() {
        use tercet::stream::{Error, Fault};
        use tercet::{Limit, token};
        let broken = |fault| Broken::Engine(tercet::Error::Syntax(Error { at: 0, fault }));
        assert!(leaves_owed(&broken(Fault::Syntax(token::Fault::Markup))));
        assert!(leaves_owed(&Broken::Engine(tercet::Error::Disconnected)));
        for ours in [Fault::Limit(Limit::StanzaBytes), Fault::OutOfMemory] {
            assert!(!leaves_owed(&broken(ours)), "{ours:?}");
        }
    }

    #[test]
    fn words_of_others_stay_on_their_line() {
        assert_eq!(plain("caf\u{e9} \u{1F339}"), "caf\u{e9} \u{1F339}");
        assert_eq!(plain("\u{202E}moc.live\u{2069}\u{2028}x"), "\\u{202e}moc.live\\u{2069}\\u{2028}x");
        assert_eq!(
            plain("\u{5E9}\u{5DC}\u{200F}"),
            "\u{5E9}\u{5DC}\u{200F}",
            "a script written from the right is no trick"
        );
        assert_eq!(plain("a\nb\tc\u{1b}[2J\u{9b}d"), "a\\nb\\tc\\u{1b}[2J\\u{9b}d");
    }
}
