//! One of the two clients, and the steps as it goes through them.
//!
//! In: an address, a password, where the server is. Out: what its engine says of each step. Each method is one step, or
//! half of one where two must act.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use tercet::engine::{Client, ClientRole, Request};
use tercet::jid::{Jid, JidBuf};
use tercet::negotiate::Timing;
use tercet::ns::name;
use tercet::sasl::Secret;
use tercet::session::{message, presence, roster};
use tercet::stanza::{Kind, Stanza};
use tercet::{ClientConfig, Event};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::ear::Ear;
use super::{listen, new_ear};
use crate::failure::{Failure, failed};
use crate::link::{Link, Secured, Tls};
use crate::tls::{self, Trust};

/// A client, not connected yet.
pub(super) struct Actor {
    pub(super) name: &'static str,
    config: ClientConfig,
    tls: Tls,
    server: SocketAddr,
}

/// A client that is connected.
pub(super) struct Connected {
    pub(super) name: &'static str,
    /// As the server knows it.
    pub(super) address: SocketAddr,
    pub(super) ear: Arc<Mutex<Ear>>,
    link: Link<ClientRole>,
}

impl Actor {
    pub(super) fn new(
        name: &'static str,
        jid: JidBuf,
        mut password: Zeroizing<String>,
        trust: &Trust,
        server: SocketAddr,
    ) -> Result<Self, Failure> {
        let domain = tls::server_name(jid.as_jid().domain()).map_err(failed)?;
        let tls = Tls::Connect(tls::client_config(trust).map_err(failed)?, domain);
        let secret = Secret::new(std::mem::take(&mut *password));
        let timing = Timing { login: 10_000, close: 5_000 };
        let config = ClientConfig::new(jid, secret).map_err(failed)?.timing(timing);
        Ok(Self { name, config, tls, server })
    }

    /// Until the server's first header has come.
    pub(super) async fn connect(self) -> Result<Connected, Failure> {
        let stream = TcpStream::connect(self.server).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let address = stream.local_addr().map_err(failed)?;
        let ear = new_ear();
        let mut link = Link::new(Client::new(self.config), stream, self.tls);
        link.tap(listen(&ear));
        let mut connected = Connected { name: self.name, address, ear, link };
        connected.wait_for(|event| matches!(event, Event::Opened(_)).then_some(())).await?;
        Ok(connected)
    }
}

impl Connected {
    /// Until the stream has started anew inside TLS.
    pub(super) async fn start_tls(&mut self) -> Result<Secured, Failure> {
        self.wait_for(|event| matches!(event, Event::Opened(_)).then_some(())).await?;
        self.link.secured().ok_or_else(|| Failure::Failed(format!("{} has no TLS", self.name)))
    }

    /// Until the server has proved that it knows the password; whom it took us for.
    pub(super) async fn log_in(&mut self) -> Result<JidBuf, Failure> {
        self.wait_for(|event| match event {
            Event::Authenticated(account) => Some(account.to_buf()),
            _ => None,
        })
        .await
    }

    /// Until a resource is bound.
    pub(super) async fn bind(&mut self) -> Result<JidBuf, Failure> {
        self.wait_for(|event| match event {
            Event::Bound(jid) => Some(jid.to_buf()),
            _ => None,
        })
        .await
    }

    pub(super) async fn send_presence(&mut self) -> Result<(), Failure> {
        let (connection, output) = self.link.engine();
        connection
            .send(output, |it| {
                it.open(name::PRESENCE).close();
            })
            .map_err(failed)?;
        self.link.flush().await.map_err(failed)
    }

    /// Until somebody shows up.
    pub(super) async fn await_presence(&mut self, from: Jid<'_>) -> Result<(), Failure> {
        self.await_stanza(|stanza| {
            let available = presence::Kind::of(stanza) == Some(presence::Kind::Available);
            (stanza.kind() == Kind::Presence && available && is_from(stanza, from)).then_some(())
        })
        .await
    }

    /// Until somebody is gone.
    pub(super) async fn await_absence(&mut self, of: Jid<'_>) -> Result<(), Failure> {
        self.await_stanza(|stanza| {
            let gone = presence::Kind::of(stanza) == Some(presence::Kind::Unavailable);
            (stanza.kind() == Kind::Presence && gone && is_from(stanza, of)).then_some(())
        })
        .await
    }

    pub(super) async fn roster(&mut self) -> Result<Vec<roster::Item>, Failure> {
        let (connection, output) = self.link.engine();
        let query = connection.request(output, Request::Get, None, |it| {
            it.open(name::ROSTER).close();
        });
        let query = query.map_err(failed)?;
        self.wait_for(|event| match event {
            Event::Response(request, stanza) if *request == query => Some(roster::read_result(stanza).collect()),
            _ => None,
        })
        .await
    }

    pub(super) async fn send_message(&mut self, to: Jid<'_>, body: &str) -> Result<(), Failure> {
        let (connection, output) = self.link.engine();
        let written = connection.send(output, |it| {
            it.open(name::MESSAGE).attr("to", to.as_str()).attr("type", "chat");
            it.open(name::BODY).text(body).close().close();
        });
        written.map_err(failed)?;
        self.link.flush().await.map_err(failed)
    }

    pub(super) async fn await_message(&mut self, from: Jid<'_>) -> Result<String, Failure> {
        self.await_stanza(|stanza| {
            let body = message::body(stanza, None).filter(|_| stanza.kind() == Kind::Message && is_from(stanza, from));
            body.map(|body| body.into_owned())
        })
        .await
    }

    /// Says the closing tag, and waits for the server's.
    pub(super) async fn close(mut self) -> Result<(), Failure> {
        let (connection, output) = self.link.engine();
        connection.close(output).map_err(failed)?;
        self.wait_for(|event| matches!(event, Event::Closed(_)).then_some(())).await?;
        self.link.end().await;
        Ok(())
    }

    async fn await_stanza<T>(&mut self, mut see: impl FnMut(&Stanza<'_>) -> Option<T>) -> Result<T, Failure> {
        self.wait_for(|event| match event {
            Event::Stanza(stanza) => see(stanza),
            _ => None,
        })
        .await
    }

    async fn wait_for<T>(&mut self, mut see: impl FnMut(&Event<'_>) -> Option<T>) -> Result<T, Failure> {
        let seen = self.link.wait_for(|event, _| see(&event).map_or(ControlFlow::Continue(()), ControlFlow::Break));
        seen.await.map_err(|broken| Failure::Failed(format!("{}: {broken}", self.name)))
    }
}

fn is_from(stanza: &Stanza<'_>, jid: Jid<'_>) -> bool {
    stanza.from().is_some_and(|from| from == jid.as_str())
}
