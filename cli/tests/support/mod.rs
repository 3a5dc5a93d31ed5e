//! A running server, the command beside it, and a client of the engine on a plain socket.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses its part; a failed unwrap fails the test"
)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tercet::engine::Client;
use tercet::jid::JidBuf;
use tercet::negotiate::TlsPolicy;
use tercet::ns::name;
use tercet::sasl::Secret;
use tercet::{ClientConfig, Event, Input, Time};
use tercet::{Output as Bytes, Stanza};

/// Nothing here takes longer on a machine that is not broken.
pub const SOON: Duration = Duration::from_secs(20);

pub const ROMEO: &str = "romeo@localhost";
pub const JULIET: &str = "juliet@localhost";
pub const PASSWORD: &str = "r0m30";

/// `tercet` with these words; the password of all accounts is known to it.
pub fn tercet(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tercet"));
    command.args(words).stdin(Stdio::null()).env("TERCET_PASSWORD", PASSWORD);
    command
}

/// Its exit code, its output, its complaints.
pub fn outcome(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A child that does not outlive its test.
pub struct Running(Child);

impl Running {
    pub fn start(mut command: Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Waits for its end.
    pub fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return Some(status);
            }
            if start.elapsed() > patience {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What is left to read.
    pub fn rest(&mut self) -> (String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (out, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server with its folder.
pub struct Server {
    pub address: String,
    pub certificate: String,
    pub dir: TempDir,
    process: Running,
    log: Arc<(Mutex<Vec<String>>, Condvar)>,
}

impl Server {
    /// With the accounts of Romeo and Juliet.
    pub fn start(words: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        let data = dir.path().to_str().unwrap().to_owned();
        let (romeo, juliet) = (format!("{ROMEO}:{PASSWORD}"), format!("{JULIET}:{PASSWORD}"));
        let mut command = tercet(&["serve", "--domain", "localhost", "--listen", "127.0.0.1:0", "--data", &data]);
        command.args(["--account", &romeo, "--account", &juliet]).args(words);
        let mut process = Running::start(command);
        let mut lines = BufReader::new(process.child().stdout.take().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else {
            panic!("the server does not start: {:?}", process.child().wait());
        };
        let first = first.strip_prefix("listening on ").unwrap();
        let (address, certificate) = first.split_once(" for localhost, certificate ").unwrap();
        let log = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let written = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.0.lock().unwrap().push(line);
                written.1.notify_all();
            }
        });
        Self { address: address.into(), certificate: certificate.into(), dir, process, log }
    }

    pub fn data(&self) -> &str {
        self.dir.path().to_str().unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        self.address.parse().unwrap()
    }

    /// A command in the client's role, as `jid`, that trusts this server.
    pub fn client(&self, command: &str, jid: &str) -> Command {
        tercet(&[command, "--jid", jid, "--server", &self.address, "--ca", &self.certificate])
    }

    pub fn send(&self, from: &str, to: &str, text: &str) -> (i32, String, String) {
        outcome(&self.client("send", from).args([to, text]).output().unwrap())
    }

    /// Waits for a line of the log that holds `text`; the `n`th such line.
    pub fn await_log_times(&self, text: &str, n: usize) -> String {
        let start = Instant::now();
        let (lines, changed) = &*self.log;
        let mut lines = lines.lock().unwrap();
        loop {
            if let Some(line) = lines.iter().filter(|line| line.contains(text)).nth(n - 1) {
                return line.clone();
            }
            assert!(start.elapsed() < SOON, "no {text:?} in {lines:#?}");
            lines = changed.wait_timeout(lines, Duration::from_millis(50)).unwrap().0;
        }
    }

    pub fn await_log(&self, text: &str) -> String {
        self.await_log_times(text, 1)
    }

    pub fn log(&self) -> Vec<String> {
        self.log.0.lock().unwrap().clone()
    }

    /// Tells it to stop, and waits for that.
    pub fn stop(&mut self, signal: &str) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let id = self.process.child().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let status = self.process.wait(SOON).expect("the server does not stop");
        (status.code(), start.elapsed())
    }
}

/// A client of the engine, in clear, blocking.
pub struct Player {
    pub stream: TcpStream,
    engine: Client,
    input: Input,
    output: Bytes,
    start: Instant,
}

impl Player {
    /// A client that has not said anything.
    pub fn new(address: SocketAddr, jid: &str) -> Self {
        Self::speaking(address, jid, "en")
    }

    /// One whose stream is to be in a language.
    pub fn speaking(address: SocketAddr, jid: &str, lang: &str) -> Self {
        let jid = JidBuf::parse(jid).unwrap();
        let config = ClientConfig::new(jid, Secret::new(PASSWORD.into())).unwrap();
        let config = config.tls(TlsPolicy::Disabled).lang(lang);
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream.set_nodelay(true).unwrap();
        let start = Instant::now();
        Self { stream, engine: Client::new(config), input: Input::new(), output: Bytes::new(), start }
    }

    /// A client with a session, available.
    pub fn online(address: SocketAddr, jid: &str) -> Self {
        Self::new(address, jid).come_online()
    }

    /// Logs in, and becomes available.
    pub fn come_online(mut self) -> Self {
        self.until(|event| matches!(event, Event::Bound(_)).then_some(()));
        self.engine
            .send(&mut self.output, |it| {
                it.open(name::PRESENCE).close();
            })
            .unwrap();
        self.until(|event| matches!(event, Event::Stanza(it) if it.root().is(name::PRESENCE)).then_some(()));
        self
    }

    pub fn say(&mut self, to: &str, body: &str) {
        self.engine
            .send(&mut self.output, |it| {
                it.open(name::MESSAGE).attr("to", to).attr("type", "chat");
                it.open(name::BODY).text(body).close().close();
            })
            .unwrap();
        self.flush();
    }

    /// The body of the next message.
    pub fn hear(&mut self) -> String {
        self.until(|event| match event {
            Event::Stanza(stanza) => body(stanza),
            _ => None,
        })
    }

    pub fn until<T>(&mut self, mut see: impl FnMut(&Event<'_>) -> Option<T>) -> T {
        loop {
            let now = Time::from_millis(u64::try_from(self.start.elapsed().as_millis()).unwrap());
            let mut events = self.engine.process(&mut self.input, &mut self.output, now);
            while let Some((event, _)) = events.next().unwrap() {
                if let Some(seen) = see(&event) {
                    return seen;
                }
            }
            drop(events);
            self.flush();
            let count = read_some(&mut self.stream, self.input.spare_mut(65_536).unwrap());
            assert!(count > 0, "the server went away");
            self.input.commit(count);
        }
    }

    fn flush(&mut self) {
        self.stream.write_all(&self.output.take()).unwrap();
    }

    /// Everything the server says until it closes the connection.
    pub fn last_words(&mut self) -> String {
        let mut words = Vec::new();
        self.stream.read_to_end(&mut words).unwrap();
        String::from_utf8(words).unwrap()
    }
}

fn body(stanza: &Stanza<'_>) -> Option<String> {
    let error = stanza.ty().is_some_and(|ty| ty == "error");
    assert!(!error, "{}", stanza.raw());
    tercet::session::message::body(stanza, None).map(|body| body.into_owned())
}

/// Reads what has come, and once more where a signal came between, as when the process was stopped meanwhile.
fn read_some(stream: &mut impl Read, room: &mut [u8]) -> usize {
    loop {
        match stream.read(room) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read.unwrap(),
        }
    }
}

/// Reads until `text` has come.
pub fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    let mut memory = [0; 4_096];
    while !String::from_utf8_lossy(&read).contains(text) {
        let count = read_some(stream, &mut memory);
        assert!(count > 0, "the end before {text:?}: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&memory[..count]);
    }
    String::from_utf8(read).unwrap()
}
