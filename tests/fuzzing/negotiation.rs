//! Any bytes against a live connection of each role: errors are final, nothing is lent before its time, and the cuts
//! make no difference.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tercet::engine::{Role, Token};
use tercet::jid::{Jid, JidBuf};
use tercet::negotiate::Misbehaved;
use tercet::sasl::crypto::{Provider, RandomFailed};
use tercet::sasl::scram::{Account, Keys};
use tercet::sasl::{BindingKind, ChannelBinding, Policy, Secret};
use tercet::{
    Answer, Client, ClientConfig, Connection, Error, Event, Input, Limits, Output, Parser, Server, ServerConfig, Time,
    TlsPolicy, Unit,
};

use super::cuts;

/// Ends a flight: what comes before it is all that the peer says until TLS, where that is due, has been done.
const FLIGHT: u8 = 0x1E;

/// Holds a conversation in which the peer says `bytes`. The first of them chooses our side and whether it knows
/// something of its TLS to bind to, the rest is split into flights at every U+001E.
///
/// # Panics
/// Where anything is lent out of order, where an error does not stay, where output is not XML, or where another way of
/// cutting the flights makes a difference.
pub fn negotiation(bytes: &[u8]) {
    let Some((side, said)) = bytes.split_first() else { return };
    let binds = side & 4 != 0;
    match side % 4 {
        0 => converse(said, TlsPolicy::Required, binds, |tls| Server::new(server(tls))),
        1 => converse(said, TlsPolicy::Optional, binds, |tls| Server::new(server(tls))),
        2 => converse(said, TlsPolicy::Required, binds, |tls| Client::new(client(tls))),
        _ => converse(said, TlsPolicy::Optional, binds, |tls| Client::new(client(tls))),
    }
}

/// The local part of the one account there is; its password is `jul13t`.
const ROMEO: &str = "romeo";
const KEYS: &str = "SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$ejXVgV4B/Izqk/bjQ4RGjS+KQlg8/c+1zWPpv+izwcE=:h3UCHekfHoVX63tF08Xx2s6Vd/MB5603Upa1tQLL91U=";

fn server(tls: TlsPolicy) -> ServerConfig {
    let config = ServerConfig::with_random(jid("example.net"), Counter::new());
    config.unwrap_or_else(|error| panic!("{error}")).tls(tls)
}

fn client(tls: TlsPolicy) -> ClientConfig {
    let config = ClientConfig::with_random(jid("romeo@example.net"), Secret::new("jul13t".into()), Counter::new());
    let plain = Policy { allow_plain: true, ..Policy::default() };
    config.unwrap_or_else(|error| panic!("{error}")).tls(tls).sasl(plain)
}

fn jid(text: &str) -> JidBuf {
    JidBuf::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn keys(account: Jid<'_>) -> Answer {
    match Keys::parse(KEYS) {
        Ok(keys) if account.local() == Some(ROMEO) => Answer::Account(Account::new(keys)),
        _ => Answer::NoAccount,
    }
}

/// Random numbers that anybody can guess, so that a conversation can be held again.
struct Counter(AtomicU8);

impl Counter {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU8::new(1)))
    }
}

impl Provider for Counter {
    fn random(&self, out: &mut [u8]) -> Result<(), RandomFailed> {
        out.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        Ok(())
    }
}

fn converse<R: Role>(said: &[u8], tls: TlsPolicy, binds: bool, begin: impl Fn(TlsPolicy) -> Connection<R>) {
    let flights: Vec<_> = said.split(|byte| *byte == FLIGHT).map(cuts).collect();
    let hold = |way: usize| {
        let mut talk = Talk::new(begin(tls), tls, way != 0, binds);
        talk.hold(flights.iter().filter_map(|cuts| cuts.get(way)));
        talk.outcome()
    };
    let expected = hold(0);
    assert_eq!(hold(1), expected, "in single bytes");
    assert_eq!(hold(2), expected, "in pieces");
}

/// A connection in conversation, and what is to be remembered of it.
struct Talk<R: Role> {
    connection: Connection<R>,
    tls: TlsPolicy,
    /// Whether questions are answered after the call that brought them.
    late: bool,
    /// Whether something is known of TLS once it is up.
    binds: bool,
    input: Input,
    output: Output,
    told: Vec<String>,
    sent: Vec<u8>,
    error: Option<Error>,
    secured: bool,
    tls_due: bool,
    bound: bool,
    closed: bool,
}

impl<R: Role> Talk<R> {
    fn new(connection: Connection<R>, tls: TlsPolicy, late: bool, binds: bool) -> Self {
        Self {
            connection,
            tls,
            late,
            binds,
            input: Input::new(),
            output: Output::new(),
            told: Vec::new(),
            sent: Vec::new(),
            error: None,
            secured: false,
            tls_due: false,
            bound: false,
            closed: false,
        }
    }

    fn hold<'f>(&mut self, flights: impl Iterator<Item = &'f Vec<&'f [u8]>>) {
        self.step(b"");
        for flight in flights {
            for piece in flight {
                self.step(piece);
            }
            if std::mem::take(&mut self.tls_due) && self.error.is_none() {
                self.handshake();
            }
        }
        self.end();
    }

    fn step(&mut self, piece: &[u8]) {
        self.process(piece, Time::default());
        while self.error.is_none() && self.connection.wants_process() {
            self.process(b"", Time::default());
        }
    }

    fn process(&mut self, piece: &[u8], now: Time) {
        let outcome = self.listen(piece, now);
        let silent = self.output.is_empty();
        self.sent.extend(self.output.take());
        match (outcome, self.error) {
            (Ok(late), None) => {
                for (token, answer) in late {
                    assert_eq!(self.connection.answer(token, answer), Ok(()), "an open question that takes no answer");
                }
            }
            (Err(error), None) => {
                assert!(self.connection.is_over(), "alive after {error}");
                self.error = Some(error);
            }
            (outcome, Some(error)) => {
                assert_eq!(outcome.err(), Some(error), "an error that does not stay");
                assert!(silent, "words after an error");
            }
        }
    }

    /// Processes and checks each event; gives back what is to be answered late.
    fn listen(&mut self, piece: &[u8], now: Time) -> Result<Vec<(Token, Answer)>, Error> {
        let mut late = Vec::new();
        let mut answers = Vec::new();
        let mut events = self.connection.process(self.input.with(piece), &mut self.output, now);
        while let Some((event, mut reply)) = events.next()? {
            assert!(!self.closed, "an event after the end: {event:?}");
            assert!(!self.tls_due, "an event while TLS is due: {event:?}");
            self.told.push(format!("{event:?}"));
            match event {
                Event::StartTls => self.tls_due = true,
                Event::Credentials(ask) => answers.push((ask.token, keys(ask.account))),
                Event::Resource(ask) => answers.push((ask.token, Answer::Accept)),
                Event::Authenticated(_) => {
                    assert!(self.secured || self.tls != TlsPolicy::Required, "a login without TLS");
                    assert!(!self.bound, "a login behind the binding");
                }
                Event::Bound(_) => {
                    assert!(!self.bound, "bound twice");
                    self.bound = true;
                }
                Event::Stanza(_) | Event::Response(..) | Event::RosterPush(_) => {
                    assert!(self.bound, "a stanza before the binding");
                }
                Event::Closed(_) => self.closed = true,
                _ => {}
            }
            for (token, answer) in answers.drain(..) {
                if self.late {
                    late.push((token, answer));
                } else {
                    assert_eq!(reply.answer(token, answer), Ok(()), "an open question that takes no answer");
                }
            }
        }
        Ok(late)
    }

    /// What must be the same however the flights are cut.
    fn outcome(mut self) -> (Vec<String>, String, Option<Error>) {
        let early = Error::Negotiation(Misbehaved::BytesBeforeTls.into());
        if self.error == Some(early) {
            // Bytes that come with the agreement on TLS are noticed before it is told, later ones after it: then no
            // more can be said in clear.
            self.told.retain(|told| told != "StartTls");
            self.sent.clear();
        }
        (self.told, String::from_utf8_lossy(&self.sent).into_owned(), self.error)
    }

    fn check_what_was_said_in_clear(&self) {
        let spoke = |word: &[u8]| self.sent.windows(word.len()).any(|window| window == word);
        let silent = !spoke(b"<auth ") && !spoke(b"<mechanism>");
        assert!(silent || self.secured || self.tls != TlsPolicy::Required, "SASL without TLS");
    }

    fn handshake(&mut self) {
        self.check_what_was_said_in_clear();
        self.secured = true;
        self.told.push(String::from("secured"));
        if self.binds {
            let exported = ChannelBinding::new(BindingKind::TlsExporter, &[7; 32]);
            let exported = exported.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(self.connection.set_binding(exported), Ok(()), "TLS is up");
        }
        if let Err(error) = self.connection.secured(&mut self.input, &mut self.output) {
            self.error = Some(error);
        }
        self.sent.extend(self.output.take());
        self.step(b"");
    }

    /// Lets time pass and the transport end; looks at all that was said.
    fn end(&mut self) {
        self.check_what_was_said_in_clear();
        if self.error.is_none() {
            if let Some(deadline) = self.connection.deadline() {
                self.process(b"", deadline);
                assert!(self.error.is_some(), "a deadline that passes without effect");
            }
        } else {
            self.process(b"<presence/>", Time::default());
        }
        let orderly = self.connection.eof().is_ok();
        assert!(!orderly || self.closed || self.error.is_none(), "a good end of a bad stream");
        for stream in streams(&self.sent) {
            let (mut parser, mut input) = (Parser::stream(Limits::NONE), Input::new());
            let mut feed = input.with(stream);
            loop {
                match parser.next(&mut feed) {
                    Ok(Some(Unit::Text)) => panic!("text in {}", String::from_utf8_lossy(stream)),
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => panic!("{error} in {}", String::from_utf8_lossy(stream)),
                }
            }
            assert_eq!(feed.unread(), 0, "an unfinished word in {}", String::from_utf8_lossy(stream));
        }
    }
}

/// What was sent, cut where a stream begins.
fn streams(sent: &[u8]) -> Vec<&[u8]> {
    let begin = b"<?xml ";
    let mut starts: Vec<_> =
        (0..sent.len()).filter(|at| sent.get(*at..).is_some_and(|sent| sent.starts_with(begin))).collect();
    assert!(sent.is_empty() || starts.first() == Some(&0), "words before a header");
    starts.push(sent.len());
    starts.windows(2).filter_map(|pair| sent.get(*pair.first()?..*pair.last()?)).collect()
}
