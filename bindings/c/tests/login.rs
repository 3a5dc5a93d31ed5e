//! `examples/login.c`, built and run against servers on the loopback.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use support::{command, example, scratch};
use tercet_c::tercet::jid::JidBuf;
use tercet_c::tercet::ns::name;
use tercet_c::tercet::sasl::{Secret, crypto::Os, scram::Account};
use tercet_c::tercet::{Answer, Event, Input, Server, ServerConfig, Time, TlsPolicy};

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| example("login"));

fn login(jid: &str, password: &str, address: SocketAddr) -> Output {
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    Command::new(&*PROGRAM).args([jid, &host, &port]).env("TERCET_PASSWORD", password).output().unwrap()
}

/// Serves one client of `example.net` in clear: any account that has the password `jul13t`; messages go back to their
/// sender.
fn serve(mut peer: TcpStream, tls: TlsPolicy) -> io::Result<()> {
    let config = ServerConfig::new(JidBuf::parse("example.net").unwrap()).unwrap().tls(tls);
    let (mut server, mut input, mut output) = (Server::new(config), Input::new(), tercet_c::tercet::Output::new());
    let start = Instant::now();
    let mut octets = [0; 4_096];
    while !server.is_over() {
        let got = if server.wants_process() { 0 } else { peer.read(&mut octets)? };
        if got == 0 && !server.wants_process() {
            let _ = server.eof();
            return Ok(());
        }
        input.push(&octets[..got]).unwrap();
        let now = Time::from_millis(u64::try_from(start.elapsed().as_millis()).unwrap());
        let mut events = server.process(&mut input, &mut output, now);
        while let Ok(Some((event, mut reply))) = events.next() {
            match event {
                Event::Credentials(ask) => {
                    let account = Account::derive(&Secret::new("jul13t".into()), &Os).unwrap();
                    reply.answer(ask.token, Answer::Account(account)).unwrap();
                }
                Event::Resource(ask) => reply.answer(ask.token, Answer::Accept).unwrap(),
                Event::Stanza(stanza) => {
                    let to = stanza.to().unwrap().decode().into_owned();
                    let body = stanza.root().child(name::BODY).unwrap().text().into_owned();
                    reply
                        .send(|out| {
                            out.open(name::MESSAGE).attr("from", &to).open(name::BODY).text(&body).close().close();
                        })
                        .unwrap();
                }
                _ => {}
            }
        }
        drop(events);
        peer.write_all(&output.take())?;
    }
    Ok(())
}

fn server(tls: TlsPolicy) -> (SocketAddr, thread::JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let (peer, _) = listener.accept()?;
        peer.set_read_timeout(Some(Duration::from_secs(20)))?;
        serve(peer, tls)
    });
    (address, serving)
}

fn assert_conversation(outcome: &Output, jid: &str) {
    let out = String::from_utf8_lossy(&outcome.stdout);
    let err = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{out}{err}");
    let lines: Vec<&str> = out.lines().collect();
    let bound = lines[0].strip_prefix("bound: ").unwrap();
    assert!(bound.starts_with(jid), "{out}");
    assert_eq!(lines[1..], [format!("message from {bound}: Wherefore art thou?").as_str(), "closed"]);
}

#[test]
fn logs_in_talks_and_says_goodbye() {
    for tls in [TlsPolicy::Optional, TlsPolicy::Disabled] {
        let (address, serving) = server(tls);
        assert_conversation(&login("romeo@example.net/orchard", "jul13t", address), "romeo@example.net/orchard");
        serving.join().unwrap().unwrap();
    }
}

#[test]
fn a_wrong_password_is_said() {
    let (address, serving) = server(TlsPolicy::Optional);
    let outcome = login("romeo@example.net", "r0sal1ne", address);
    let error = String::from_utf8_lossy(&outcome.stderr);
    assert!(error.contains("refused the login"), "{error}");
    assert_eq!(outcome.status.code(), Some(1));
    serving.join().unwrap().unwrap();
}

#[test]
fn a_server_that_wants_tls_is_refused() {
    let (address, serving) = server(TlsPolicy::Required);
    let outcome = login("romeo@example.net", "jul13t", address);
    assert_eq!(outcome.status.code(), Some(1));
    assert!(!outcome.stderr.is_empty());
    serving.join().unwrap().unwrap();
}

/// A server process that ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The `tercet serve` of this build; nothing where there is none.
fn tercet_serve(command: &Path) -> Option<(Served, SocketAddr)> {
    let help = Command::new(command).args(["serve", "--help"]).output().ok()?;
    if !help.status.success() {
        return None;
    }
    let mut child = Command::new(command)
        .args(["serve", "--domain", "example.net", "--listen", "127.0.0.1:0", "--tls", "optional"])
        .args(["--account", "romeo@example.net:jul13t"])
        .current_dir(scratch("serve"))
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
    let served = Served(child);
    let address = line.strip_prefix("listening on ")?.split_whitespace().next()?.parse().ok()?;
    Some((served, address))
}

#[test]
fn logs_in_to_the_server_of_the_command() {
    let Some((_served, address)) = command().and_then(|command| tercet_serve(&command)) else {
        // Past the harness, which would keep it to itself.
        writeln!(io::stderr(), "skipped: the command `tercet serve` is not here").unwrap();
        return;
    };
    assert_conversation(&login("romeo@example.net/orchard", "jul13t", address), "romeo@example.net/orchard");
}
