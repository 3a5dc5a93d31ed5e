//! A server that offers PLAIN alone, as those in front of a directory of passwords do, and may fall silent.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use support::{JULIET, PASSWORD, Server, outcome, tercet};
use tercet::jid::JidBuf;
use tercet::sasl::scram::Account;
use tercet::sasl::{Mechanism, Secret, crypto};
use tercet::{Answer, Event, Input, Output, ServerConfig, Time};

/// What a server says last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Its closing tag.
    Close,
    /// That the login succeeded.
    Success,
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
            let (mut is_due, mut over) = (false, false);
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
                    _ => {}
                }
            }
            drop(events);
            let octets = if is_silent { Vec::new() } else { output.take() };
            is_silent = logged_in && last == Last::Success;
            if secure {
                let _ = rustls::Stream::new(&mut session, &mut stream).write_all(&octets);
            } else {
                stream.write_all(&octets).unwrap();
            }
            if is_due {
                server.secured(&mut input, &mut output).unwrap();
                secure = true;
            }
            if over {
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
            "error: localhost at {address} did not get done within 2 s, which --timeout sets: waited for the stream to begin anew behind the \
             login\n"
        );
        assert_eq!((code, out.as_str(), err), (1, "", complaint));
    }
}
