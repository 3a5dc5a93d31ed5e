//! `bindings/cpp/examples`: the bot and the server on Asio, built, and talking to each other and to the command.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::cpp::{STRICT, compiler, folder};
use crate::support::{link, scratch, skip, succeed};
use tercet_c::tercet::jid::JidBuf;
use tercet_c::tercet::ns::name;
use tercet_c::tercet::sasl::Secret;
use tercet_c::tercet::stanza::Kind;
use tercet_c::tercet::write::Writer;
use tercet_c::tercet::{self, Client, ClientConfig, Event, Input, Time, TlsPolicy};

/// The bot and the server; nothing where Asio or OpenSSL is not here.
static PROGRAMS: LazyLock<Option<(PathBuf, PathBuf)>> = LazyLock::new(|| {
    let mut probe = compiler("g++", "c++17")?;
    probe.args(["-fsyntax-only", "-include", "asio/ssl.hpp", "-xc++", "/dev/null"]);
    if !probe.output().ok()?.status.success() {
        skip("Asio or OpenSSL is not here");
        return None;
    }
    let build = |name: &str| {
        let mut command = compiler("g++", "c++17")?;
        // Asio's own headers are no matter of ours.
        command.args(STRICT).arg("-Wno-conversion").arg(folder().join("examples").join(name).with_extension("cpp"));
        // The example in C beside it is a program `server`, too.
        Some(link(&format!("asio_{name}"), command.args(["-lssl", "-lcrypto"])))
    };
    Some((build("echo_bot")?, build("server")?))
});

/// A certificate of example.net and its key, made for this run.
static IDENTITY: LazyLock<(PathBuf, PathBuf)> = LazyLock::new(|| {
    let directory = scratch("asio");
    let (certificate, key) = (directory.join("cert.pem"), directory.join("key.pem"));
    succeed(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=example.net", "-addext", "subjectAltName=DNS:example.net"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate),
    );
    (certificate, key)
});

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program at work, that ends with the test.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// The next line that it prints.
    fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// Its exit code, once it has ended of itself or after a polite word, and what it complained of.
    fn end(mut self, ask: bool) -> (Option<i32>, String) {
        if ask {
            succeed(Command::new("kill").args(["-INT", &self.child.id().to_string()]));
        }
        let patience = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(Instant::now() < patience, "it does not end"),
            }
            thread::sleep(Duration::from_millis(10));
        };
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (status.code(), error)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Logs in as romeo, by the engine of the library and the TLS of the command `openssl`, says `text` to the bot, and
/// waits for the answer.
fn answer_to(text: &str, port: &str) -> String {
    let mut tls = Command::new("openssl")
        .args(["s_client", "-quiet", "-starttls", "xmpp", "-xmpphost", "example.net", "-verify_return_error"])
        .args(["-verify_hostname", "example.net", "-CAfile"])
        .arg(&IDENTITY.0)
        .args(["-connect", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (tls.stdin.take().unwrap(), tls.stdout.take().unwrap());
    let (sender, octets) = channel();
    thread::spawn(move || {
        let mut room = [0; 4_096];
        while let Ok(size @ 1..) = from.read(&mut room) {
            if sender.send(room[..size].to_vec()).is_err() {
                break;
            }
        }
    });
    // What is said and heard behind the handshake of the command is a stream of its own.
    let jid = JidBuf::parse("romeo@example.net/orchard").unwrap();
    let config = ClientConfig::new(jid, Secret::new("jul13t".into())).unwrap().tls(TlsPolicy::Direct);
    let (mut client, mut input, mut output) = (Client::new(config), Input::new(), tercet::Output::new());
    let mut answer = None;
    while answer.is_none() {
        let mut events = client.process(&mut input, &mut output, Time::from_millis(0));
        while let Some((event, mut reply)) = events.next().unwrap() {
            match event {
                Event::Bound(_) => {
                    let message = |out: &mut Writer| {
                        out.open(name::MESSAGE).attr("to", "bot@example.net/echo").attr("type", "chat");
                        out.open(name::BODY).text(text).close().close();
                    };
                    reply.send(message).unwrap();
                }
                Event::Stanza(stanza) if stanza.kind() == Kind::Message => {
                    answer = Some(stanza.root().child(name::BODY).unwrap().text().into_owned());
                }
                _ => {}
            }
        }
        drop(events);
        to.write_all(&output.take()).unwrap();
        if answer.is_none() && !client.wants_process() {
            input.push(&octets.recv_timeout(PATIENCE).unwrap()).unwrap();
        }
    }
    let _ = tls.kill();
    tls.wait().unwrap();
    answer.unwrap()
}

/// The server of the example; its port.
fn example_server(program: &Path, name: &str) -> (Running, String) {
    let accounts = scratch("asio").join(name).with_extension("txt");
    std::fs::write(&accounts, "bot:b0t\nromeo:jul13t\n").unwrap();
    let (certificate, key) = &*IDENTITY;
    let mut server =
        Running::start(Command::new(program).args(["example.net", "0"]).args([certificate, key, &accounts]));
    let line = server.line();
    let port = line.strip_prefix("listening on 127.0.0.1:").unwrap().to_owned();
    (server, port)
}

/// The `tercet` command: the one that `TERCET` names, or the one that Cargo built into the same directory.
fn command() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("TERCET") {
        return Some(path.into());
    }
    let test = std::env::current_exe().ok()?;
    let command = test.parent().and_then(Path::parent)?.join("tercet");
    command.is_file().then_some(command)
}

/// `tercet serve`; its port.
fn command_server(command: &Path) -> (Running, String) {
    let (certificate, key) = &*IDENTITY;
    let mut server = Running::start(
        Command::new(command)
            .args(["serve", "--domain", "example.net", "--listen", "127.0.0.1:0"])
            .args(["--account", "bot@example.net:b0t", "--account", "romeo@example.net:jul13t", "--cert"])
            .arg(certificate)
            .arg("--key")
            .arg(key)
            .current_dir(scratch("asio")),
    );
    let line = server.line();
    let address = line.strip_prefix("listening on 127.0.0.1:").unwrap();
    let port = address.split_whitespace().next().unwrap().to_owned();
    (server, port)
}

fn bot(program: &Path, port: &str, trust: Option<&Path>, password: &str) -> Running {
    let mut command = Command::new(program);
    command.args(["--host", "127.0.0.1", "--port", port, "bot@example.net/echo"]).env("TERCET_PASSWORD", password);
    if let Some(file) = trust {
        command.arg("--ca").arg(file);
    }
    Running::start(&mut command)
}

/// Has the bot log in at a server, somebody talk to it, and everyone leave.
fn converse(program: &Path, server: Running, port: &str) {
    let (certificate, _) = &*IDENTITY;
    let mut bot = bot(program, port, Some(certificate), "b0t");
    assert_eq!(bot.line(), "bound: bot@example.net/echo");
    assert_eq!(answer_to("O <3 & \u{1f339}", port), "O <3 & \u{1f339}");
    assert_eq!(bot.line(), "romeo@example.net/orchard: O <3 & \u{1f339}");
    assert_eq!(bot.end(true), (Some(0), String::new()));
    assert_eq!(server.end(true).0, Some(0));
}

#[test]
fn the_bot_echoes_at_the_server_beside_it() {
    let Some((bot, server)) = &*PROGRAMS else { return };
    let (server, port) = example_server(server, "echo");
    converse(bot, server, &port);
}

#[test]
fn the_bot_echoes_at_the_server_of_the_command() {
    let Some((bot, _)) = &*PROGRAMS else { return };
    let Some(command) = command() else {
        skip("the command `tercet` is not here");
        return;
    };
    let (server, port) = command_server(&command);
    converse(bot, server, &port);
}

#[test]
fn the_bot_trusts_nobody_without_a_reason() {
    let Some((program, server)) = &*PROGRAMS else { return };
    let (server, port) = example_server(server, "trust");
    let (code, error) = bot(program, &port, None, "b0t").end(false);
    assert!(code == Some(1) && error.contains("certificate verify failed"), "{error}");
    let (certificate, _) = &*IDENTITY;
    let (code, error) = bot(program, &port, Some(certificate), "b0ld").end(false);
    assert!(code == Some(1) && error.contains("refused the login"), "{error}");

    // The server says goodbye to those who are there.
    let mut left = bot(program, &port, Some(certificate), "b0t");
    assert_eq!(left.line(), "bound: bot@example.net/echo");
    assert_eq!(server.end(true).0, Some(0));
    let (code, error) = left.end(false);
    assert!(code == Some(1) && error.contains("system-shutdown"), "{error}");
}

/// Runs a program that must fail, and say this.
fn ends(command: &mut Command, code: i32, error: &str) {
    let (ended, said) = Running::start(command.env("TERCET_PASSWORD", "b0t")).end(false);
    assert!(ended == Some(code) && said.contains(error), "{command:?} ends with {ended:?} and says {said}");
}

/// What is wrong is said with its name.
#[test]
fn neither_begins_with_a_mistake() {
    let Some((bot, program)) = &*PROGRAMS else { return };
    let (server, port) = example_server(program, "mistakes");
    let directory = scratch("asio");
    let mut other = Command::new("openssl");
    succeed(other.args(["genrsa", "-out", "rsa.key", "2048"]).current_dir(&directory));
    let taken = format!("cannot listen at 127.0.0.1:{port}: ");
    for (arguments, code, error) in [
        (["99999", "cert.pem", "key.pem"], 2, "error: 99999: a port is a number"),
        (["abc", "cert.pem", "key.pem"], 2, "error: abc: a port is a number"),
        ([&*port, "cert.pem", "key.pem"], 1, &*taken),
        (["0", "nosuch.pem", "key.pem"], 1, "error: nosuch.pem: no certificate in PEM: "),
        (["0", "cert.pem", "nosuch.pem"], 1, "error: nosuch.pem: no private key in PEM"),
        (["0", "cert.pem", "rsa.key"], 1, "error: rsa.key: not the key of the certificate in cert.pem"),
    ] {
        let mut command = Command::new(program);
        command.arg("example.net").args(arguments).arg("mistakes.txt");
        ends(command.current_dir(&directory), code, error);
    }
    for (arguments, code, error) in [
        (&[][..], 2, "error: JID is missing"),
        (&["bot"], 2, "error: bot: no address of an account"),
        (&["--port", "0", "bot@example.net"], 2, "error: 0: a port is a number"),
        (&["--ca", "nosuch.pem", "bot@example.net"], 1, "error: nosuch.pem: no certificates to trust: "),
        (&["--host", "127.0.0.1", "--port", "1", "bot@example.net"], 1, "error: cannot connect to 127.0.0.1:1: "),
    ] {
        ends(Command::new(bot).args(arguments).current_dir(&directory), code, error);
    }
    assert_eq!(server.end(true).0, Some(0));
}

/// A server that has no descriptor left waits a while before it looks again, and then lets in who is there.
#[test]
fn the_server_does_not_spin_without_descriptors() {
    let Some((program, server)) = &*PROGRAMS else { return };
    let accounts = scratch("asio").join("crowd.txt");
    std::fs::write(&accounts, "bot:b0t\n").unwrap();
    let (certificate, key) = &*IDENTITY;
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 40; exec \"$@\"", "sh"]).arg(server).args(["example.net", "0"]);
    let mut server = Running::start(limited.args([certificate, key, &accounts]));
    let line = server.line();
    let port = line.strip_prefix("listening on 127.0.0.1:").unwrap();
    let address = format!("127.0.0.1:{port}");
    let crowd: Vec<_> = (0..60).map(|_| std::net::TcpStream::connect(&*address).unwrap()).collect();
    while !server.line().starts_with("cannot accept: ") {}
    thread::sleep(Duration::from_millis(1_500));
    assert!((1..3).contains(&server.lines.try_iter().count()));
    drop(crowd);
    let mut bot = bot(program, port, Some(certificate), "b0t");
    assert_eq!(bot.line(), "bound: bot@example.net/echo");
    assert_eq!(bot.end(true), (Some(0), String::new()));
    assert_eq!(server.end(true).0, Some(0));
}
