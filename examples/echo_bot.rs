//! A bot on tokio that says to everyone what they said.
//!
//! ```sh
//! TERCET_PASSWORD=secret cargo run --example echo_bot -- echo@example.net 127.0.0.1:5222 ca.pem
//! ```
//!
//! `ca.pem` holds the certificates of authorities to trust, such as `/etc/ssl/certs/ca-certificates.crt`. The bot runs
//! until the server ends the stream.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ProtocolVersion, RootCertStore};
use tercet::jid::JidBuf;
use tercet::ns::name;
use tercet::sasl::{BindingKind, ChannelBinding, Secret};
use tercet::session::message;
use tercet::stanza::Kind;
use tercet::{Client, ClientConfig, Event, Input, Output, Reply, Stanza, Time};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [jid, server, authorities] = &arguments[..] else {
        eprintln!("usage: echo_bot JID HOST:PORT CA.PEM");
        return ExitCode::from(2);
    };
    let Ok(password) = std::env::var("TERCET_PASSWORD") else {
        eprintln!("error: the variable TERCET_PASSWORD must hold the password");
        return ExitCode::from(2);
    };
    match answer(jid, Secret::new(password), server, authorities).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn answer(jid: &str, password: Secret, server: &str, authorities: &str) -> Outcome<()> {
    let jid = JidBuf::parse(jid)?;
    let domain = ServerName::try_from(jid.as_jid().domain().to_owned())?;
    let tls = TlsConnector::from(tls_config(authorities)?);

    let client = Client::new(ClientConfig::new(jid, password)?);
    let mut bot = Bot { client, input: Input::new(), output: Output::new(), start: Instant::now() };
    let mut tcp = TcpStream::connect(server).await?;
    if bot.talk(&mut tcp).await? == Pause::StartTls {
        let mut secured = tls.connect(domain, tcp).await?;
        let (_, session) = secured.get_ref();
        // Below TLS 1.3 the octets may be those of another connection too.
        if session.protocol_version() == Some(ProtocolVersion::TLSv1_3) {
            let exported = session.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[]))?;
            bot.client.set_binding(ChannelBinding::new(BindingKind::TlsExporter, &exported)?)?;
        }
        bot.client.secured(&mut bot.input, &mut bot.output)?;
        bot.talk(&mut secured).await?;
        secured.shutdown().await?;
    }
    Ok(())
}

struct Bot {
    client: Client,
    input: Input,
    output: Output,
    start: Instant,
}

/// Why a conversation stops for now.
#[derive(PartialEq)]
enum Pause {
    Closed,
    StartTls,
}

impl Bot {
    /// Talks over `transport` until TLS is to be started or the stream is over.
    async fn talk(&mut self, transport: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Outcome<Pause> {
        loop {
            let turn = self.turn();
            // Also after an error: the output then says to the server what went wrong.
            transport.write_all(self.output.peek()).await?;
            transport.flush().await?;
            self.output.consume(self.output.len());
            if let Some(pause) = turn? {
                return Ok(pause);
            }
            let read = transport.read(self.input.spare_mut(4096)?);
            let count = match self.client.deadline() {
                Some(at) => timeout_at(self.start + Duration::from_millis(at.as_millis()), read).await,
                None => Ok(read.await),
            };
            match count {
                Ok(Ok(0)) => self.client.eof()?,
                Ok(Ok(count)) => self.input.commit(count),
                Ok(Err(error)) => return Err(error.into()),
                // The deadline has come; the next turn says what that means.
                Err(_) => {}
            }
        }
    }

    /// Works on what has come.
    fn turn(&mut self) -> Outcome<Option<Pause>> {
        let now = Time::from_millis(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX));
        let mut pause = None;
        let mut events = self.client.process(&mut self.input, &mut self.output, now);
        while let Some((event, mut reply)) = events.next()? {
            match event {
                Event::StartTls => pause = Some(Pause::StartTls),
                Event::Bound(jid) => {
                    eprintln!("logged in as {jid}");
                    reply.send(|presence| {
                        presence.open(name::PRESENCE).close();
                    })?;
                }
                Event::Stanza(stanza) if stanza.kind() == Kind::Message => echo(stanza, &mut reply)?,
                Event::Closed(_) => pause = Some(Pause::Closed),
                _ => {}
            }
        }
        Ok(pause)
    }
}

/// Says a message back to its sender. Errors are not answered, lest two bots talk for ever.
fn echo(stanza: Stanza<'_>, reply: &mut Reply<'_>) -> Outcome<()> {
    let chat = matches!(message::Kind::of(&stanza), message::Kind::Chat | message::Kind::Normal);
    let (Some(from), Some(body), true) = (stanza.from(), message::body(&stanza, None), chat) else { return Ok(()) };
    reply.send(|message| {
        message.open(name::MESSAGE).attr("to", &from.decode()).attr("type", "chat");
        message.open(name::BODY).text(&body).close().close();
    })?;
    Ok(())
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
