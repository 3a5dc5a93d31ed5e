//! A server that offers PLAIN alone, as those in front of a directory of passwords do, and may fall silent.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use support::{JULIET, PASSWORD, Server, outcome, tercet};
use tercet::jid::JidBuf;
use tercet::sasl::scram::Account;
use tercet::sasl::{Mechanism, Secret, crypto};
use tercet::stanza::{Kind, Stanza};
use tercet::{Answer, Event, Input, Output, ServerConfig, Time};

/// What a server says last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Its closing tag.
    Close,
    /// That the login succeeded.
    Success,
    /// Its header inside TLS.
    Header,
    /// Its features behind the login, with no header before them.
    Features,
    /// Its closing tag, instead of the answer to a request; it leaves the transport to the client.
    End,
    /// What was asked for: a message to who is available, the answer to a request. The client's closing tag gets none,
    /// and the transport goes behind it, or stays.
    Answer { stays: bool },
    /// The session's beginning: requests get no answer.
    Session,
    /// A stream error to who is available. It leaves the end to the client, and the transport.
    Error,
}

impl Last {
    /// What it says to a stanza, behind which there is nothing more.
    fn words(self, stanza: &Stanza<'_>) -> Option<String> {
        let id = stanza.id().map(|id| id.decode().into_owned()).unwrap_or_default();
        match (self, stanza.kind()) {
            (Self::End, Kind::Iq) => Some("</stream:stream>".into()),
            (Self::Session, Kind::Iq) => Some(String::new()),
            (Self::Error, Kind::Presence) => {
                Some("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>".into())
            }
            (Self::Answer { .. }, Kind::Presence) => {
                Some("<message from='romeo@localhost' type='chat'><body>hello</body></message>".into())
            }
            (Self::Answer { .. }, Kind::Iq) => Some(format!(
                "<iq type='result' id='{id}'><query xmlns='jabber:iq:roster'>\
                 <item jid='romeo@localhost' subscription='both'/></query></iq>"
            )),
            _ => None,
        }
    }
}

/// Serves one client, and says whether its login succeeded.
fn serve_one(certificate: &str, last: Last) -> (SocketAddr, JoinHandle<bool>) {
    let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificate.replace(".crt", ".key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = Arc::new(tls.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let served = std::thread::spawn(move || {
        let config = ServerConfig::new(JidBuf::parse("localhost").unwrap()).unwrap();
        let mut server = tercet::Server::new(config.mechanisms(&[Mechanism::Plain]));
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(support::SOON)).unwrap();
        let mut session = rustls::ServerConnection::new(tls).unwrap();
        let (mut input, mut output) = (Input::new(), Output::new());
        let (start, mut secure, mut logged_in, mut is_silent) = (Instant::now(), false, false, false);
        loop {
            let now = Time::from_millis(u64::try_from(start.elapsed().as_millis()).unwrap());
            let (mut is_due, mut over, mut words) = (false, false, None);
            let mut events = server.process(&mut input, &mut output, now);
            while let Ok(Some((event, mut reply))) = events.next() {
                match event {
                    Event::StartTls => is_due = true,
                    Event::Credentials(request) => {
                        let account = Account::derive(&Secret::new(PASSWORD.into()), &crypto::Os).unwrap();
                        reply.answer(request.token, Answer::Account(account)).unwrap();
                    }
                    Event::Authenticated(_) => logged_in = true,
                    Event::Resource(request) => reply.answer(request.token, Answer::Accept).unwrap(),
                    Event::Closed(_) => over = true,
                    Event::Stanza(stanza) => words = words.or_else(|| last.words(&stanza)),
                    _ => {}
                }
            }
            drop(events);
            let mut octets = output.take();
            if is_silent {
                octets.clear();
            }
            if let Some(words) = &words {
                octets.extend_from_slice(words.as_bytes());
            }
            let features = octets.windows(16).position(|it| it == b"<stream:features");
            if secure && last == Last::Header && !is_silent && !octets.is_empty() {
                octets.truncate(features.unwrap());
                is_silent = true;
            }
            if logged_in && last == Last::Features {
                octets.drain(..features.unwrap_or_default());
            }
            is_silent |= words.is_some() || logged_in && last == Last::Success;
            if secure {
                let _ = rustls::Stream::new(&mut session, &mut stream).write_all(&octets);
            } else {
                stream.write_all(&octets).unwrap();
            }
            if is_due {
                server.secured(&mut input, &mut output).unwrap();
                secure = true;
            }
            if over && last == (Last::Answer { stays: false }) {
                return logged_in;
            }
            if over && !is_silent {
                session.send_close_notify();
                let _ = session.complete_io(&mut stream);
                return logged_in;
            }
            if server.wants_process() {
                continue;
            }
            let room = input.spare_mut(4_096).unwrap();
            let read = match secure {
                true => rustls::Stream::new(&mut session, &mut stream).read(room),
                false => stream.read(room),
            };
            match read {
                Ok(count @ 1..) => input.commit(count),
                // A signal came between, as when the process was stopped meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                _ => return logged_in,
            }
        }
    });
    (address, served)
}

#[test]
fn the_password_itself_is_sent_only_where_it_is_allowed_and_to_whom_it_is_due() {
    let made = Server::start(&[]);
    let other = Server::start(&[]);
    let listen = |trusted: &[&str], more: &[&str]| {
        let (address, served) = serve_one(&made.certificate, Last::Close);
        let mut command = tercet(&["listen", "--jid", JULIET, "--wait", "1", "--server", &address.to_string()]);
        let (code, _, err) = outcome(&command.args(trusted).args(more).output().unwrap());
        (code, err, served.join().unwrap())
    };
    let (code, err, logged_in) = listen(&["--ca", &made.certificate], &[]);
    assert_eq!((code, logged_in), (1, false));
    assert_eq!(
        err,
        "error: cannot log in as juliet@localhost: the server offers no SASL mechanism that may be used; if it offers \
         PLAIN alone, --allow-plain sends it the password, inside TLS\n"
    );
    let (code, err, logged_in) = listen(&["--ca", &made.certificate], &["--allow-plain"]);
    assert_eq!((code, logged_in), (0, true), "{err}");
    for trusted in [&[][..], &["--ca", &other.certificate]] {
        let (code, err, logged_in) = listen(trusted, &["--allow-plain"]);
        assert_eq!((code, logged_in), (1, false));
        assert!(err.contains("nobody trusted has signed the server's certificate"), "{err}");
    }
    let (code, err, logged_in) = listen(&[], &["--allow-plain", "--insecure"]);
    assert_eq!((code, logged_in), (0, true), "{err}");
}

/// How `command` ends with a server that says `last` last, and where that server was.
fn with_last(last: Last, command: &[&str]) -> (SocketAddr, (i32, String, String)) {
    let made = Server::start(&[]);
    let (address, served) = serve_one(&made.certificate, last);
    let mut client = tercet(command);
    client.args(["--jid", JULIET, "--allow-plain", "--server", &address.to_string(), "--ca", &made.certificate]);
    let ended = outcome(&client.output().unwrap());
    assert_eq!(served.join().unwrap(), last != Last::Header, "{ended:?}");
    (address, ended)
}

const LISTED: &str = "romeo@localhost\tboth\t-\t\t\n";

#[test]
fn a_server_that_ends_the_stream_instead_of_answering_is_told_of_at_once() {
    let ended = "the server ended the stream; waited for its answer\n";
    for (command, complaint) in [
        (&["roster"][..], format!("error: {ended}")),
        (&["send", "romeo@localhost", "x"], format!("error: the message was sent, but not confirmed: {ended}")),
    ] {
        let start = Instant::now();
        let (_, ended) = with_last(Last::End, command);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!(ended, (1, String::new(), complaint));
    }
}

#[test]
fn a_server_that_reports_an_error_is_not_waited_for() {
    let start = Instant::now();
    let (_, ended) = with_last(Last::Error, &["listen"]);
    // Waiting for its closing tag would take 5 s more than all the rest.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let online = "online as ";
    assert_eq!((ended.0, ended.1.as_str(), ended.2.starts_with(online)), (1, "", true), "{ended:?}");
    assert!(ended.2.ends_with("\nerror: the server ended the stream: conflict\n"), "{ended:?}");
}

#[test]
fn a_roster_that_came_is_printed_however_the_stream_ends() {
    let (_, gone) = with_last(Last::Answer { stays: false }, &["roster"]);
    let (code, out, err) = gone;
    assert_eq!((code, out.as_str()), (0, LISTED), "{err}");
    assert!(err.starts_with("warning: the stream did not end properly: ") && err.lines().count() == 1, "{err}");
    let (address, stays) = with_last(Last::Answer { stays: true }, &["roster", "--timeout", "2"]);
    let warning = format!(
        "warning: the stream did not end properly: localhost at {address} did not get done within 2 s, which --timeout \
         sets: waited for its closing tag\n"
    );
    assert_eq!(stays, (0, LISTED.into(), warning));
}

#[test]
fn what_was_listened_for_has_come_however_the_stream_ends() {
    for (words, expected) in [(&["--count", "1"][..], 0), (&["--wait", "1"], 0), (&["--count", "2", "--wait", "1"], 1)]
    {
        let (_, (code, out, err)) = with_last(Last::Answer { stays: false }, &[&["listen"], words].concat());
        assert_eq!((code, out.as_str()), (expected, "romeo@localhost\thello\n"), "{err}");
        assert!(err.contains("\nwarning: the stream did not end properly: "), "{err}");
        assert_eq!(err.contains("error: 1 of 2 messages came"), expected == 1, "{err}");
    }
}

#[test]
fn a_message_is_sent_once_it_is_confirmed() {
    let send = ["send", "romeo@localhost", "x", "--timeout", "2"];
    let (_, (code, out, err)) = with_last(Last::Answer { stays: false }, &send);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.starts_with("warning: the stream did not end properly: ") && err.lines().count() == 1, "{err}");
    let (address, unconfirmed) = with_last(Last::Session, &send);
    let complaint = format!(
        "error: the message was sent, but not confirmed: localhost at {address} did not get done within 2 s, which \
         --timeout sets: waited for its answer\n"
    );
    assert_eq!(unconfirmed, (1, String::new(), complaint));
}

#[test]
fn features_are_waited_for_inside_tls() {
    let (address, ended) = with_last(Last::Header, &["roster", "--timeout", "1"]);
    let complaint = format!(
        "error: localhost at {address} did not get done within 1 s, which --timeout sets: waited for its stream \
         features inside TLS\n"
    );
    assert_eq!(ended, (1, String::new(), complaint));
}

/// RFC 6120 section 6.4.6: the stream begins anew behind the login.
#[test]
fn a_stream_that_does_not_begin_anew_is_told_when_the_time_is_over() {
    let made = Server::start(&[]);
    for command in [&["roster"][..], &["listen"], &["send", "romeo@localhost", "x"]] {
        let (address, served) = serve_one(&made.certificate, Last::Success);
        let mut client = tercet(command);
        client.args(["--jid", JULIET, "--allow-plain", "--timeout", "2"]);
        client.args(["--server", &address.to_string(), "--ca", &made.certificate]);
        let (code, out, err) = outcome(&client.output().unwrap());
        assert!(served.join().unwrap(), "{err}");
        let complaint = format!(
            "error: localhost at {address} did not get done within 2 s, which --timeout sets: waited for its \
             stream header behind the login\n"
        );
        assert_eq!((code, out.as_str(), err), (1, "", complaint));
    }
}

/// What is wrong with its first octets is no help without what they were to be.
#[test]
fn a_stream_that_goes_on_behind_the_login_without_a_header_is_told_with_what_was_waited_for() {
    for command in [&["roster"][..], &["listen"], &["send", "romeo@localhost", "x"]] {
        let (_, (code, out, err)) = with_last(Last::Features, command);
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        let why = "error: cannot log in as juliet@localhost: prefix is not bound to a namespace at byte ";
        assert!(err.starts_with(why), "{err}");
        assert!(err.ends_with("; waited for its stream header behind the login\n"), "{err}");
    }
}
