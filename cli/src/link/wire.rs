//! The transport under a stream: TCP in clear, TLS once it is started, nothing once it broke.
//!
//! In: octets to write, room to read into. Out: octets, and what TLS agreed on. Invariant: everything is polled, so
//! that a caller who gives up waiting loses nothing; TLS starts only when nothing is left to be written in clear.
//! It knows no XMPP.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ProtocolVersion, ServerConfig, SupportedCipherSuite};
use tercet::sasl::ChannelBinding;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::{Accept, Connect, TlsAcceptor, TlsConnector, TlsStream};

use crate::tls;

/// How to start TLS when its time comes.
#[derive(Clone)]
pub(crate) enum Tls {
    /// As the side that was connected to. Where clients may bind their logins to the connection, `binds` holds what the
    /// certificate gives for that, if anything.
    Accept { config: Arc<ServerConfig>, binds: Option<Option<ChannelBinding>> },
    /// As the side that connects, to a server that must prove this name.
    Connect(Arc<ClientConfig>, ServerName<'static>),
}

/// What a handshake came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secured {
    pub(crate) version: ProtocolVersion,
    pub(crate) suite: SupportedCipherSuite,
}

impl std::fmt::Display for Secured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = match self.version {
            ProtocolVersion::TLSv1_2 => "TLS 1.2",
            ProtocolVersion::TLSv1_3 => "TLS 1.3",
            _ => "TLS",
        };
        let suite = self.suite.suite();
        write!(f, "{version}, {}", suite.as_str().unwrap_or("an unnamed suite"))
    }
}

/// A transport.
pub(super) enum Wire {
    Accepting(Box<Accept<TcpStream>>, Option<Option<ChannelBinding>>),
    Broken,
    Clear(TcpStream),
    Connecting(Box<Connect<TcpStream>>),
    Secure(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Begins the handshake; does nothing where there is no clear transport.
    pub(super) fn start_tls(&mut self, tls: &Tls) {
        *self = match (std::mem::replace(self, Self::Broken), tls) {
            (Self::Clear(stream), Tls::Accept { config, binds }) => {
                Self::Accepting(Box::new(TlsAcceptor::from(config.clone()).accept(stream)), binds.clone())
            }
            (Self::Clear(stream), Tls::Connect(config, name)) => {
                Self::Connecting(Box::new(TlsConnector::from(config.clone()).connect(name.clone(), stream)))
            }
            (other, _) => other,
        }
    }

    /// Whether a handshake is under way.
    pub(super) fn is_handshaking(&self) -> bool {
        matches!(self, Self::Accepting(..) | Self::Connecting(_))
    }

    /// Goes on with the handshake. At its end there is also what both ends know of the connection.
    pub(super) fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Secured, Vec<ChannelBinding>)>> {
        let outcome = match self {
            Self::Accepting(accept, binds) => ready!(Pin::new(accept).poll(cx)).map(|stream| {
                let (_, session) = stream.get_ref();
                let bindings = binds.take().map_or([None, None], |end_point| [tls::exporter(session), end_point]);
                (TlsStream::from(stream), bindings)
            }),
            Self::Connecting(connect) => ready!(Pin::new(connect).poll(cx)).map(|stream| {
                let (_, session) = stream.get_ref();
                let certificate = session.peer_certificates().and_then(<[_]>::first);
                let bindings = [tls::exporter(session), certificate.and_then(tls::end_point)];
                (TlsStream::from(stream), bindings)
            }),
            Self::Broken | Self::Clear(_) | Self::Secure(_) => return Poll::Pending,
        };
        // A failed handshake has taken the transport with it, behind its alert.
        *self = Self::Broken;
        let (stream, bindings) = outcome?;
        let (_, tls) = stream.get_ref();
        let agreed = tls.protocol_version().zip(tls.negotiated_cipher_suite());
        let (version, suite) = agreed.ok_or_else(|| io::Error::other("the handshake agreed on nothing"))?;
        *self = Self::Secure(Box::new(stream));
        Poll::Ready(Ok((Secured { version, suite }, bindings.into_iter().flatten().collect())))
    }
}

const NOT_CONNECTED: io::ErrorKind = io::ErrorKind::NotConnected;

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_read(cx, room),
            Self::Secure(stream) => Pin::new(stream).poll_read(cx, room),
            Self::Accepting(..) | Self::Broken | Self::Connecting(_) => Poll::Ready(Err(NOT_CONNECTED.into())),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_write(cx, octets),
            Self::Secure(stream) => Pin::new(stream).poll_write(cx, octets),
            Self::Accepting(..) | Self::Broken | Self::Connecting(_) => Poll::Ready(Err(NOT_CONNECTED.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_flush(cx),
            Self::Secure(stream) => Pin::new(stream).poll_flush(cx),
            Self::Accepting(..) | Self::Broken | Self::Connecting(_) => Poll::Ready(Ok(())),
        }
    }

    /// Says `close_notify` first where there is TLS; then no more octets go out, and some may still come in.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Accepting(..) | Self::Broken | Self::Connecting(_) => Poll::Ready(Ok(())),
        }
    }
}
