//! Logs in over plain sockets and rustls, sends one message, closes the stream in order.
//!
//! ```sh
//! TERCET_PASSWORD=secret cargo run --example blocking_client -- \
//!     romeo@example.net 127.0.0.1:5222 ca.pem juliet@example.net 'Wherefore art thou?'
//! ```
//!
//! `ca.pem` holds the certificates of authorities to trust, such as `/etc/ssl/certs/ca-certificates.crt`.

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConnection, ProtocolVersion, RootCertStore, StreamOwned};
use tercet::jid::JidBuf;
use tercet::ns::name;
use tercet::sasl::{BindingKind, ChannelBinding, Secret};
use tercet::{Client, ClientConfig, Event, Input, Output, Time};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [jid, server, authorities, to, text] = &arguments[..] else {
        eprintln!("usage: blocking_client JID HOST:PORT CA.PEM TO TEXT");
        return ExitCode::from(2);
    };
    let Ok(password) = std::env::var("TERCET_PASSWORD") else {
        eprintln!("error: the variable TERCET_PASSWORD must hold the password");
        return ExitCode::from(2);
    };
    match send(jid, Secret::new(password), server, authorities, to, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn send(jid: &str, password: Secret, server: &str, authorities: &str, to: &str, text: &str) -> Outcome<()> {
    let jid = JidBuf::parse(jid)?;
    let domain = ServerName::try_from(jid.as_jid().domain().to_owned())?;
    let tls = tls_config(authorities)?;

    let mut tcp = TcpStream::connect(server)?;
    let mut errand = Errand {
        socket: tcp.try_clone()?,
        client: Client::new(ClientConfig::new(jid, password)?),
        input: Input::new(),
        output: Output::new(),
        start: Instant::now(),
        to,
        text,
    };
    if errand.talk(&mut tcp)? == Pause::StartTls {
        let mut session = ClientConnection::new(tls, domain)?;
        tcp.set_read_timeout(Some(Duration::from_secs(30)))?;
        while session.is_handshaking() {
            session.complete_io(&mut tcp)?;
        }
        // Below TLS 1.3 the octets may be those of another connection too.
        if session.protocol_version() == Some(ProtocolVersion::TLSv1_3) {
            let exported = session.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[]))?;
            errand.client.set_binding(ChannelBinding::new(BindingKind::TlsExporter, &exported)?)?;
        }
        errand.client.secured(&mut errand.input, &mut errand.output)?;
        let mut transport = StreamOwned::new(session, tcp);
        errand.talk(&mut transport)?;
        transport.conn.send_close_notify();
        transport.flush()?;
    }
    Ok(())
}

/// What is to be done, and how far it is.
struct Errand<'a> {
    /// A second handle to the socket, to say how long reads may take.
    socket: TcpStream,
    client: Client,
    input: Input,
    output: Output,
    start: Instant,
    to: &'a str,
    text: &'a str,
}

/// Why a conversation stops for now.
#[derive(PartialEq)]
enum Pause {
    Closed,
    StartTls,
}

impl Errand<'_> {
    /// Talks over `transport` until TLS is to be started or the stream is over.
    fn talk(&mut self, transport: &mut (impl Read + Write)) -> Outcome<Pause> {
        loop {
            let turn = self.turn();
            // Also after an error: the output then says to the server what went wrong.
            transport.write_all(self.output.peek())?;
            transport.flush()?;
            self.output.consume(self.output.len());
            if let Some(pause) = turn? {
                return Ok(pause);
            }
            let wait = self.client.deadline().map(|at| at.as_millis().saturating_sub(self.now().as_millis()).max(1));
            self.socket.set_read_timeout(wait.map(Duration::from_millis))?;
            match transport.read(self.input.spare_mut(4096)?) {
                Ok(0) => self.client.eof()?,
                Ok(count) => self.input.commit(count),
                // The deadline has come, or a signal; the next turn says what that means.
                Err(error) if may_be_tried_again(error.kind()) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Works on what has come.
    fn turn(&mut self) -> Outcome<Option<Pause>> {
        let now = self.now();
        let (mut pause, mut done) = (None, false);
        let mut events = self.client.process(&mut self.input, &mut self.output, now);
        while let Some((event, mut reply)) = events.next()? {
            match event {
                Event::StartTls => pause = Some(Pause::StartTls),
                Event::Bound(jid) => {
                    eprintln!("logged in as {jid}");
                    reply.send(|message| {
                        message.open(name::MESSAGE).attr("to", self.to).attr("type", "chat");
                        message.open(name::BODY).text(self.text).close().close();
                    })?;
                    done = true;
                }
                Event::Closed(_) => pause = Some(Pause::Closed),
                _ => {}
            }
        }
        drop(events);
        if done {
            self.client.close(&mut self.output)?;
        }
        Ok(pause)
    }

    fn now(&self) -> Time {
        Time::from_millis(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

const fn may_be_tried_again(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// TLS that trusts the authorities in a PEM file.
fn tls_config(authorities: &str) -> Outcome<Arc<rustls::ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authorities)? {
        roots.add(certificate?)?;
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
