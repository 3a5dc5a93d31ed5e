//! `bindings/cpp/examples`: the bot and the server on Asio, built, and talking to each other and to the command.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::cpp::{STRICT, compiler, folder, say};
use crate::support::{command, link, scratch, succeed};

/// The bot and the server; nothing where Asio or OpenSSL is not here.
static PROGRAMS: LazyLock<Option<(PathBuf, PathBuf)>> = LazyLock::new(|| {
    let mut probe = compiler("g++", "c++17")?;
    probe.args(["-fsyntax-only", "-include", "asio/ssl.hpp", "-xc++", "/dev/null"]);
    if !probe.output().ok()?.status.success() {
        say("skipped: Asio or OpenSSL is not here\n");
        return None;
    }
    let build = |name: &str| {
        let mut command = compiler("g++", "c++17")?;
        // Asio's own headers are no matter of ours.
        command.args(STRICT).arg("-Wno-conversion").arg(folder().join("examples").join(name).with_extension("cpp"));
        Some(link(name, command.args(["-lssl", "-lcrypto"])))
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

/// A program at work, that ends with the test.
struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next line that it prints; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    /// Its exit code, once it has ended of itself or after a polite word, and what it complained of.
    fn end(mut self, ask: bool) -> (Option<i32>, String) {
        if ask {
            succeed(Command::new("kill").args(["-INT", &self.child.id().to_string()]));
        }
        let patience = Instant::now() + Duration::from_secs(20);
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

/// The server of the example; its port.
fn example_server(program: &Path, name: &str) -> (Running, String) {
    let accounts = scratch("asio").join(name).with_extension("txt");
    std::fs::write(&accounts, "bot:b0t\nromeo:jul13t\n").unwrap();
    let (certificate, key) = &*IDENTITY;
    let mut server =
        Running::start(Command::new(program).args(["example.net", "0"]).args([certificate, key, &accounts]));
    let line = server.line();
    let port = line.trim().strip_prefix("listening on 127.0.0.1:").unwrap().to_owned();
    (server, port)
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
    assert_eq!(bot.line(), "bound: bot@example.net/echo\n");
    if let Some(command) = command() {
        let words = |verb: &str, resource: &str| {
            let mut command = Command::new(&command);
            command.args([verb, "--jid", &format!("romeo@example.net/{resource}")]);
            command.args(["--server", &format!("127.0.0.1:{port}"), "--ca"]).arg(certificate);
            command.env("TERCET_PASSWORD", "jul13t");
            command
        };
        let mut listener = words("listen", "garden");
        // Where the bot's answer comes before it is there, the server keeps the answer.
        let mut listener = Running::start(listener.args(["--count", "1", "--timeout", "20"]));
        succeed(words("send", "orchard").args(["bot@example.net/echo", "O <3 & \u{1f339}"]));
        assert_eq!(bot.line(), "romeo@example.net/orchard: O <3 & \u{1f339}\n");
        assert!(listener.line().contains("O <3 & \u{1f339}"));
        assert_eq!(listener.end(false).0, Some(0));
    } else {
        say("skipped in part: the command `tercet` is not here\n");
    }
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
        say("skipped: the command `tercet` is not here\n");
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
    assert_eq!(left.line(), "bound: bot@example.net/echo\n");
    assert_eq!(server.end(true).0, Some(0));
    let (code, error) = left.end(false);
    assert!(code == Some(1) && error.contains("system-shutdown"), "{error}");
}
