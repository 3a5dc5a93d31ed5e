//! Both ends of a stream in memory, and what a test needs to look at them.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test binary uses its part; a failed unwrap fails the test"
)]

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use tercet::engine::{Role, Token};
use tercet::jid::JidBuf;
use tercet::sasl::crypto::{Provider, RandomFailed};
use tercet::sasl::scram::{Account, Hash, Keys};
use tercet::sasl::{ChannelBinding, Policy, Secret};
use tercet::{
    Answer, Client, ClientConfig, Connection, Error, Event, Input, Output, Server, ServerConfig, Time, TlsPolicy,
};

/// A random source that counts: unlike octets, alike in every run.
pub struct Counting(std::sync::atomic::AtomicU8);

impl Counting {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(std::sync::atomic::AtomicU8::new(1)))
    }
}

impl Provider for Counting {
    fn random(&self, out: &mut [u8]) -> Result<(), RandomFailed> {
        for octet in out {
            *octet = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A random source that has none to give.
pub struct Broken;

impl Provider for Broken {
    fn random(&self, _: &mut [u8]) -> Result<(), RandomFailed> {
        Err(RandomFailed)
    }
}

pub const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' to='example.net' version='1.0'>";

/// What a server says first, `id` and all.
pub const RESPONSE: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' from='example.net' id='1' xml:lang='en' version='1.0'>";

pub fn client_config(jid: &str) -> ClientConfig {
    let jid = JidBuf::parse(jid).unwrap();
    ClientConfig::with_random(jid, Secret::new("jul13t".into()), Counting::new()).unwrap()
}

pub fn server_config() -> ServerConfig {
    ServerConfig::with_random(JidBuf::parse("example.net").unwrap(), Counting::new()).unwrap()
}

/// Stored keys of romeo's, whose password is `jul13t`.
pub fn romeo() -> Account {
    static ROMEO: LazyLock<Account> = LazyLock::new(|| {
        let keys = |hash| Keys::derive(hash, &Secret::new("jul13t".into()), b"0123456789abcdef", 4096).unwrap();
        Account::new(keys(Hash::Sha256)).with(keys(Hash::Sha1))
    });
    ROMEO.clone()
}

pub fn plain_policy() -> Policy {
    Policy { allow_plain: true, ..Policy::default() }
}

/// One end: a connection, its buffers, and a log of what it told.
pub struct End<R: Role> {
    pub connection: Connection<R>,
    pub input: Input,
    pub output: Output,
    pub log: Vec<String>,
    pub asked: Option<Token>,
    pub now: Time,
    /// What it is told of its TLS, when that is up.
    pub bindings: Vec<ChannelBinding>,
    /// Answers requests for keys; later where it gives nothing.
    pub keys: fn(&str) -> Option<Answer>,
    /// Answers requests for a resource; later where it gives nothing.
    pub resource: fn(&str) -> Option<Answer>,
}

fn keys_of_romeo(account: &str) -> Option<Answer> {
    Some(if account == "romeo@example.net" { Answer::Account(romeo()) } else { Answer::NoAccount })
}

pub fn client(config: ClientConfig) -> End<tercet::engine::ClientRole> {
    End::new(Client::new(config))
}

pub fn server(config: ServerConfig) -> End<tercet::engine::ServerRole> {
    End::new(Server::new(config))
}

impl<R: Role> End<R> {
    pub fn new(connection: Connection<R>) -> Self {
        Self {
            connection,
            input: Input::new(),
            output: Output::new(),
            log: Vec::new(),
            asked: None,
            now: Time::default(),
            bindings: Vec::new(),
            keys: keys_of_romeo,
            resource: |_| Some(Answer::Accept),
        }
    }

    /// Feeds `bytes` in pieces of `chunk` octets and gives back what is to be sent.
    pub fn feed(&mut self, bytes: &[u8], chunk: usize) -> Result<String, Error> {
        let mut outcome = Ok(());
        for piece in bytes.chunks(chunk.max(1)) {
            self.input.push(piece).unwrap();
            outcome = self.step();
            if outcome.is_err() {
                break;
            }
        }
        let sent = self.sent();
        match outcome {
            Ok(()) => Ok(sent),
            Err(error) => {
                write!(self.last(), "{sent}").unwrap();
                Err(error)
            }
        }
    }

    /// Feeds a whole text, from which an error is expected; gives back the error and what was sent with it.
    pub fn refuses(&mut self, text: &str) -> (Error, String) {
        self.input.push(text.as_bytes()).unwrap();
        let error = self.step().expect_err(text);
        (error, self.sent())
    }

    fn last(&mut self) -> &mut String {
        self.log.push(String::new());
        self.log.last_mut().unwrap()
    }

    /// Processes what is there.
    pub fn step(&mut self) -> Result<(), Error> {
        let Self { connection, input, output, log, asked, now, keys, resource, .. } = self;
        let mut events = connection.process(&mut *input, output, *now);
        while let Some((event, mut reply)) = events.next()? {
            let told = match event {
                Event::Opened(_) => "opened".into(),
                Event::StartTls => "start-tls".into(),
                Event::Credentials(request) => {
                    *asked = Some(request.token);
                    if let Some(answer) = keys(request.account.as_str()) {
                        reply.answer(request.token, answer).unwrap();
                    }
                    format!("credentials {}", request.account)
                }
                Event::Authenticated(account) => format!("authenticated {account}"),
                Event::Resource(request) => {
                    *asked = Some(request.token);
                    if let Some(answer) = resource(request.jid.as_str()) {
                        reply.answer(request.token, answer).unwrap();
                    }
                    format!("resource {}", if request.chosen_by_client { request.jid.as_str() } else { "generated" })
                }
                Event::Bound(jid) => format!("bound {jid}"),
                Event::Stanza(stanza) => {
                    if stanza.id().is_some_and(|id| id == "answer-me") {
                        reply.result(&stanza, |_| {}).unwrap();
                    }
                    format!("stanza {}", stanza.raw())
                }
                Event::Response(_, stanza) => format!("response {}", stanza.raw()),
                Event::RosterPush(push) => format!("push {push:?}"),
                Event::StreamError(error) => format!("stream-error {}", error.condition()),
                Event::Closed(how) => format!("closed {how:?}"),
                _ => "unknown".into(),
            };
            log.push(told);
        }
        Ok(())
    }

    /// TLS is up.
    pub fn secured(&mut self) {
        self.tell_bindings();
        self.connection.secured(&mut self.input, &mut self.output).unwrap();
    }

    /// Tells what there is to tell of TLS.
    pub fn tell_bindings(&mut self) {
        for binding in self.bindings.drain(..) {
            self.connection.set_binding(binding).unwrap();
        }
    }

    /// What is to be sent.
    pub fn sent(&mut self) -> String {
        String::from_utf8(self.output.take()).unwrap()
    }

    /// Whether the log holds a line that begins so.
    pub fn saw(&self, start: &str) -> bool {
        self.log.iter().any(|line| line.starts_with(start))
    }
}

/// Both ends of one stream.
pub struct Pair {
    pub client: End<tercet::engine::ClientRole>,
    pub server: End<tercet::engine::ServerRole>,
    pub chunk: usize,
    /// Everything that passed, as `C:` and `S:` lines.
    pub wire: String,
}

impl Pair {
    pub fn new(client_config: ClientConfig, server_config: ServerConfig) -> Self {
        Self { client: client(client_config), server: server(server_config), chunk: usize::MAX, wire: String::new() }
    }

    /// Lets both talk until neither has anything to say; stands in for TLS where both want it.
    pub fn run(&mut self) -> (Result<(), Error>, Result<(), Error>) {
        let mut ends = (self.client.step(), self.server.step());
        for _ in 0..64 {
            let (out, back) = (self.client.sent(), self.server.sent());
            if out.is_empty() && back.is_empty() && !self.upgrade() {
                break;
            }
            if !out.is_empty() {
                writeln!(self.wire, "C: {out}").unwrap();
                if ends.1.is_ok() {
                    ends.1 = carry(&out, &mut self.server, self.chunk);
                }
            }
            if !back.is_empty() {
                writeln!(self.wire, "S: {back}").unwrap();
                if ends.0.is_ok() {
                    ends.0 = carry(&back, &mut self.client, self.chunk);
                }
            }
        }
        ends
    }

    fn upgrade(&mut self) -> bool {
        let wants = |log: &[String]| log.iter().filter(|line| *line == "start-tls").count() == 1;
        if !wants(&self.client.log) || !wants(&self.server.log) {
            return false;
        }
        self.client.log.push("start-tls done".into());
        self.server.log.push("start-tls done".into());
        for log in [&mut self.client.log, &mut self.server.log] {
            log.retain(|line| line != "start-tls");
        }
        self.client.secured();
        self.server.secured();
        true
    }
}

fn carry<R: Role>(bytes: &str, to: &mut End<R>, chunk: usize) -> Result<(), Error> {
    for piece in bytes.as_bytes().chunks(chunk) {
        to.input.push(piece).unwrap();
        to.step()?;
    }
    Ok(())
}

/// A pair with a bound session.
pub fn session(chunk: usize, tls: TlsPolicy) -> Pair {
    let mut pair = Pair::new(client_config("romeo@example.net/orchard").tls(tls), server_config().tls(tls));
    pair.chunk = chunk;
    let (client, server) = pair.run();
    client.unwrap();
    server.unwrap();
    assert!(pair.client.saw("bound romeo@example.net/orchard"), "{:#?}", pair.client.log);
    assert!(pair.server.saw("bound romeo@example.net/orchard"), "{:#?}", pair.server.log);
    pair
}
