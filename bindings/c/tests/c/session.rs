//! `examples/server.c` and `examples/client.c`, built and run together. Where OpenSSL or SQLite cannot be built
//! against, this is said and stands for nothing.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{STRICT, compiler, compiler_named, here, link, scratch, skip, succeed};

/// Longer than anything here takes, under valgrind too.
const PATIENCE: Duration = Duration::from_secs(60);

static PROGRAMS: LazyLock<Option<[PathBuf; 2]>> = LazyLock::new(|| {
    let server = ["server.c", "store.c", "system.c"];
    Some([example("server", &server, &["openssl", "sqlite3"])?, example("client", &["client.c"], &["openssl"])?])
});

/// What a compiler needs for packages that pkg-config knows; nothing where they are not here.
fn flags(packages: &[&str]) -> Option<Vec<String>> {
    let flags = Command::new("pkg-config").args(["--cflags", "--libs"]).args(packages).output().ok()?;
    let words = String::from_utf8(flags.stdout).ok()?;
    flags.status.success().then(|| words.split_whitespace().map(String::from).collect())
}

/// Builds an example of several files.
fn example(name: &str, sources: &[&str], packages: &[&str]) -> Option<PathBuf> {
    let sources = sources.iter().map(|source| here().join("examples").join(source));
    Some(link(name, compiler("c11").args(STRICT).args(sources).args(flags(packages)?)))
}

/// The two programs, or a word on why there are none.
fn programs() -> Option<&'static [PathBuf; 2]> {
    if PROGRAMS.is_none() {
        skip("OpenSSL or SQLite is not here to build against");
    }
    PROGRAMS.as_ref()
}

/// A server with the accounts `romeo` and `juliet`, whose passwords are their names.
struct Server {
    child: Child,
    directory: PathBuf,
    ports: [String; 2],
}

impl Server {
    fn start(program: &Path, name: &str) -> Self {
        let directory = scratch("session").join(name);
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).unwrap();
        identity(&directory, EC, "key.pem", "cert.pem");
        identity(&directory, EC, "other.key", "other.pem");
        identity(&directory, &["rsa:2048"], "rsa.key", "rsa.pem");
        for account in ["romeo", "juliet"] {
            succeed(&mut adding(program, &directory, account, &format!("{account}\r\n")));
        }
        let out = std::fs::File::create(directory.join("out")).unwrap();
        let err = std::fs::File::create(directory.join("err")).unwrap();
        let child = serving(program, &directory).stdout(out).stderr(err).spawn().unwrap();
        let mut server = Self { child, directory, ports: Default::default() };
        server.ports = ["STARTTLS at 127.0.0.1:", "TLS at 127.0.0.1:"].map(|before| server.said(before));
        server
    }

    /// What stands behind `before` on a line of what the server says, now or soon.
    fn said(&self, before: &str) -> String {
        self.said_if(|| (), before)
    }

    /// The same, where it says that only when it is asked, and perhaps something else at first.
    fn said_if(&self, ask: impl Fn(), before: &str) -> String {
        let start = Instant::now();
        loop {
            ask();
            let out = std::fs::read_to_string(self.directory.join("out")).unwrap();
            let (whole, _) = out.rsplit_once('\n').unwrap_or_default();
            if let Some(behind) = whole.lines().find_map(|line| line.strip_prefix(before)) {
                return behind.to_owned();
            }
            assert!(start.elapsed() < PATIENCE, "the server does not say: {before}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The client, as `jid`, at the port for STARTTLS or the one for TLS.
    fn client(&self, program: &Path, direct: bool, password: &str, arguments: &[&str]) -> Command {
        let mut client = Command::new(program);
        client.args(["--server", "127.0.0.1", "--port", &self.ports[usize::from(direct)], "--ca", "cert.pem"]);
        client.args(direct.then_some("--direct")).args(arguments);
        client.env("TERCET_PASSWORD", password).current_dir(&self.directory);
        client
    }

    /// One more server like this one.
    fn serving(&self, program: &Path) -> Command {
        serving(program, &self.directory)
    }

    fn signal(&self, name: &str) {
        succeed(Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()));
    }

    /// Ends in order.
    fn stop(mut self) {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success());
    }
}

/// A key on a curve, as `openssl req -newkey` has it.
const EC: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// Makes a key, and a certificate of it for `localhost`.
fn identity(directory: &Path, kind: &[&str], key: &str, certificate: &str) {
    succeed(
        Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-days", "2", "-newkey"])
            .args(kind)
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-keyout", key, "-out", certificate])
            .current_dir(directory),
    );
}

/// The server's program at any ports that are free.
fn serving(program: &Path, directory: &Path) -> Command {
    let mut serving = Command::new(program);
    serving.args(["--domain", "localhost", "--database", "db", "--cert", "cert.pem", "--key", "key.pem"]);
    serving.args(["--port", "0", "--tls-port", "0"]).current_dir(directory);
    serving
}

/// Runs a program that must fail, and say this.
fn ends(command: &mut Command, code: i32, error: &str) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(10));
    }
    // Nothing happens where it has ended.
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(error), "{command:?} does not say {error:?}: {said}");
    assert_eq!(output.status.code(), Some(code), "{command:?}: {said}");
}

/// Has the server's program make an account, with a standard input of `input`.
fn adding(program: &Path, directory: &Path, account: &str, input: &str) -> Command {
    let password = directory.join("password");
    std::fs::write(&password, input).unwrap();
    let mut adding = Command::new(program);
    adding.args(["--domain", "localhost", "--database", "db", "--add-account", account]);
    adding.current_dir(directory).stdin(std::fs::File::open(password).unwrap());
    adding
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(output: &Output) -> Vec<String> {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(err, "", "{out}");
    out.lines().map(String::from).collect()
}

/// Some warnings come with optimisation alone.
#[test]
fn all_examples_compile_without_a_warning() {
    if programs().is_none() {
        return;
    }
    for program in ["gcc", "clang"] {
        let Some(mut compiler) = compiler_named(program, "c11") else { continue };
        let examples = std::fs::read_dir(here().join("examples")).unwrap().map(|entry| entry.unwrap().path());
        let sources = examples.filter(|path| path.extension().is_some_and(|extension| extension == "c"));
        compiler.args(STRICT).args(["-O2", "-c"]).args(sources).current_dir(scratch("session"));
        succeed(&mut compiler);
    }
}

#[test]
fn messages_wait_and_arrive() {
    let Some([server, client]) = programs() else { return };
    let server = Server::start(server, "messages");
    let mut full = Vec::new();
    for (direct, text) in [(false, "Wherefore art thou?"), (true, "<&> \u{1f339}")] {
        let sent = succeed(&mut server.client(client, direct, "romeo", &["romeo@localhost", "juliet@localhost", text]));
        let lines = lines(&sent);
        full.push(lines[0].strip_prefix("bound: ").unwrap().to_owned());
        assert_eq!(lines[1..], [format!("presence from {}", full.last().unwrap()), "closed".to_owned()]);
    }
    let received = succeed(&mut server.client(client, true, "juliet", &["--count", "2", "juliet@localhost/balcony"]));
    let expected = [
        "bound: juliet@localhost/balcony".to_owned(),
        "presence from juliet@localhost/balcony".to_owned(),
        format!("message from {}: Wherefore art thou?", full[0]),
        format!("message from {}: <&> \u{1f339}", full[1]),
        "closed".to_owned(),
    ];
    assert_eq!(lines(&received), expected);
    // It hears that the client is gone a moment after the client is.
    server.said_if(|| server.signal("USR1"), "connections 0, bytes: ");
    server.stop();
}

#[test]
fn what_is_wrong_is_said() {
    let Some([server, client]) = programs() else { return };
    let server = Server::start(server, "wrong");
    for (password, arguments, error, code) in [
        ("r0sal1ne", &["romeo@localhost", "juliet@localhost", "?"][..], "refused the login: not-authorized", 1),
        ("romeo", &["romeo@localhost", "paris@localhost", "?"], "the message came back: <message type='error'", 1),
        ("romeo", &["--ca", "key.pem", "romeo@localhost"], "no certificates to trust in key.pem: no certificate", 1),
        ("romeo", &["--ca", "nosuch.pem", "romeo@localhost"], "to trust in nosuch.pem: No such file", 1),
        ("romeo", &["--ca", "other.pem", "romeo@localhost"], " certificate\n--ca FILE says whom to trust", 1),
        ("romeo", &["--direct", "romeo@localhost"], "\nwithout --direct it begins", 1),
        ("romeo", &["--port", &server.ports[1], "romeo@localhost"], "\nwith --direct it begins", 1),
        ("romeo", &["--port", "1", "romeo@localhost"], "cannot connect to 127.0.0.1:1: Connection refused", 1),
        ("romeo", &["romeo@example.net"], "host-unknown", 1),
        ("", &["romeo@localhost"], "error: TERCET_PASSWORD: not set", 2),
        ("romeo", &["--count", "x", "romeo@localhost"], "error: x: a count is a number", 2),
        ("romeo", &["--port", "abc", "romeo@localhost"], "error: abc: a port is a number", 2),
        ("romeo", &["--port", "99999", "romeo@localhost"], "error: 99999: a port is a number", 2),
        ("romeo", &["romeo"], "error: romeo: no address of an account, local@domain\nusage: ", 2),
        ("romeo", &["romeo@localhost", "juliet@localhost"], "error: TEXT: missing", 2),
        ("romeo", &["romeo@localhost", "juliet@localhost", "what", "man"], "error: man: too much", 2),
        ("romeo", &[], "error: JID: missing", 2),
    ] {
        ends(&mut server.client(client, false, password, arguments), code, error);
    }
    // The peer's address is before each line of the log.
    let log = std::fs::read_to_string(server.directory.join("err")).unwrap();
    let line = log
        .lines()
        .find(|line| {
            line.ends_with(": stream failed: login or resource binding failed as often as one connection allows")
        })
        .unwrap();
    assert!(line.starts_with("127.0.0.1:"), "{line}");
    server.stop();
}

/// A server that cannot serve as it was told to says why, and does not begin.
#[test]
fn no_server_begins_with_a_mistake() {
    let Some([server, _]) = programs() else { return };
    let running = Server::start(server, "mistakes");
    let taken = &*running.ports[0];
    for (arguments, error, code) in [
        (&["--port", "99999"][..], "--port 99999: a port is a number", 2),
        (&["--tls-port", "abc"], "--tls-port abc: a port is a number", 2),
        (&["--port", ""], "--port : a port is a number", 2),
        (&["--database", ""], "--database is missing\nusage: ", 2),
        (&["stray"], "stray: this belongs to no option\nusage: ", 2),
        (&["--unheard-of"], "unheard-of", 2),
        (&["--port", taken], &*format!("cannot listen at 127.0.0.1:{taken}: Address already in use\n"), 1),
        (&["--database", "typo"], "typo: no such database: make it with --add-account\n", 1),
        (&["--database", "key.pem"], "key.pem: file is not a database\n", 1),
        (&["--cert", "nosuch.pem"], "nosuch.pem: no certificate in PEM: No such file or directory\n", 1),
        (&["--cert", "key.pem"], "key.pem: no certificate in PEM: no start line\n", 1),
        (&["--key", "nosuch.pem"], "nosuch.pem: no private key in PEM: No such file or directory\n", 1),
        (&["--key", "other.key"], "other.key: not the key of the certificate in cert.pem\n", 1),
        (&["--key", "rsa.key"], "rsa.key: not the key of the certificate in cert.pem\n", 1),
    ] {
        ends(running.serving(server).args(arguments), code, error);
    }
    assert!(!running.directory.join("typo").exists());
    ends(Command::new(server).args(["--domain", "localhost"]), 2, "--database is missing\nusage: server --domain D");
    running.stop();
}

/// Who logs in again under the same address takes the place of the older session; who is there when the server ends is
/// told.
#[test]
fn sessions_end_with_a_word() {
    let Some([server, client]) = programs() else { return };
    let server = Server::start(server, "ends");
    let listen = |name: &str| {
        let out = std::fs::File::create(server.directory.join(name)).unwrap();
        server
            .client(client, true, "romeo", &["romeo@localhost/orchard"])
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap()
    };
    let said = |name: &str, what: &str| {
        let start = Instant::now();
        while !std::fs::read_to_string(server.directory.join(name)).unwrap().contains(what) {
            assert!(start.elapsed() < PATIENCE, "{name} does not say: {what}");
            thread::sleep(Duration::from_millis(20));
        }
    };
    let mut older = listen("older");
    said("older", "presence from romeo@localhost/orchard\n");
    let mut newer = listen("newer");
    said("older", "error: the server ended the stream: conflict\n");
    said("newer", "presence from romeo@localhost/orchard\n");
    server.signal("TERM");
    said("newer", "error: the server ended the stream: system-shutdown\n");
    for client in [&mut older, &mut newer] {
        assert_eq!(client.wait().unwrap().code(), Some(1));
    }
    server.stop();
}

/// A body with line feeds, or with what a terminal obeys, is one line of plain text.
#[test]
fn no_message_looks_like_two() {
    let Some([server, client]) = programs() else { return };
    let server = Server::start(server, "lines");
    let text = "one\nmessage from paris@localhost: two\u{7f}\u{9b}\u{a0}\t";
    let to = ["romeo@localhost/orchard", "juliet@localhost", text];
    succeed(&mut server.client(client, true, "romeo", &to));
    let received = succeed(&mut server.client(client, true, "juliet", &["--count", "1", "juliet@localhost"]));
    let expected =
        "message from romeo@localhost/orchard: one\\x0amessage from paris@localhost: two\\x7f\\x9b\u{a0}\\x09";
    assert_eq!(lines(&received)[2..], [expected, "closed"]);
    server.stop();
}

/// What waits for somebody is bounded in octets, and all of it arrives.
#[test]
fn a_full_mailbox_refuses_and_loses_nothing() {
    let Some([server, client]) = programs() else { return };
    let server = Server::start(server, "full");
    let long = "x".repeat(100_000);
    let send = |text: &str| {
        let to = ["romeo@localhost", "juliet@localhost", text];
        let output = server.client(client, true, "romeo", &to).output().unwrap();
        let back = String::from_utf8_lossy(&output.stderr).contains("the message came back: <message type='error'");
        assert_eq!(output.status.code(), Some(i32::from(back)));
        !back
    };
    // 1 MiB holds ten of them, and something short.
    assert_eq!((0..12).filter(|_| send(&long)).count(), 10);
    assert!(send("short"));
    let received = succeed(&mut server.client(client, true, "juliet", &["--count", "11", "juliet@localhost"]));
    let lines = lines(&received);
    assert_eq!(lines.iter().filter(|line| line.ends_with(&long)).count(), 10);
    assert!(lines[12].ends_with(": short"), "{}", lines[12]);
    assert!(send(&long), "there is room again");
    server.stop();
}

/// The server offers nothing that has it derive keys from a password.
#[test]
fn only_scram_is_offered() {
    let Some([server, _]) = programs() else { return };
    let server = Server::start(server, "offer");
    let mut tls = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{}", server.ports[1])])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' \
                  version='1.0'></stream:stream>";
    tls.stdin.as_mut().unwrap().write_all(header.as_bytes()).unwrap();
    let mut said = String::new();
    tls.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(tls.wait().unwrap().success());
    let names = said.split("<mechanism>").skip(1).map(|behind| behind.split('<').next().unwrap());
    assert!(names.clone().count() >= 2 && names.clone().all(|name| name.starts_with("SCRAM-")), "{said}");
    server.stop();
}

#[test]
fn a_password_that_is_none_makes_no_account() {
    let Some([server, _]) = programs() else { return };
    let directory = scratch("session").join("accounts");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    for (input, error) in [
        ("", "paris@localhost: no password: it is read from standard input"),
        ("\r\n", "paris@localhost: the password is empty\n"),
        (&*"x".repeat(2_000), "paris@localhost: the password is too long\n"),
    ] {
        ends(&mut adding(server, &directory, "paris", input), 1, error);
    }
    succeed(&mut adding(server, &directory, "paris", "x\n"));
    ends(&mut adding(server, &directory, "paris", "y\n"), 1, "paris@localhost: there is such an account already\n");
}
