//! The two roles behind one connection: what each does in a negotiation and with a stanza in its session.

use crate::Limits;
use crate::jid::{Jid, JidBuf};
use crate::negotiate::{self, Answer, ClientConfig, Fact, ServerConfig, Timing, TlsPolicy, client, server};
use crate::ns::name;
use crate::sasl::Bindings;
use crate::session::iq::{self, Iq, Pending};
use crate::session::{ping, roster};
use crate::stanza::Stanza;
use crate::stream::{Header, check_stanza};
use crate::write::{self, StanzaCondition};

use super::event::RequestId;
use super::reply::Debt;
use super::{Error, Output};

/// Requests of ours that may be open at a time.
pub(super) const REQUESTS: usize = 256;

/// One of the two sides of a stream: [`ClientRole`] or [`ServerRole`].
pub trait Role: sealed::Sealed {}

impl<R: sealed::Sealed> Role for R {}

/// The initiating side.
#[derive(Debug)]
pub struct ClientRole(());

/// The receiving side.
#[derive(Debug)]
pub struct ServerRole(());

type Step<P> = Result<(P, Fact), negotiate::Error>;

/// What is owed to a phase before input can go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    Input,
    Secure,
    Answer,
}

/// What becomes of a stanza in a session.
pub enum Screened {
    /// Dealt with, or to be ignored.
    Done,
    /// For the caller.
    Stanza,
    /// For the caller: the answer to this request.
    Response(RequestId),
    /// For the caller: a change of its roster.
    Push(roster::Push),
}

pub(super) mod sealed {
    use super::{
        Answer, Awaits, Bindings, Debt, Error, Header, Jid, Limits, Output, Screened, Stanza, Step, Timing, negotiate,
    };

    /// The steps of a role. Sealed: there is no third side of a stream.
    pub trait Sealed: Sized {
        type Config;
        type Phase;
        type Session;

        /// Whether white space behind `<starttls/>` is passed over.
        fn passes_space(config: &Self::Config) -> bool;

        fn timing(config: &Self::Config) -> Timing;
        fn limits_before(config: &Self::Config) -> Limits;
        fn limits_after(config: &Self::Config) -> Limits;
        fn login_bytes(config: &Self::Config) -> u64;

        /// Whether the transport is TLS from its first byte.
        fn begins_secured(config: &Self::Config) -> bool;
        fn begin(bindings: Bindings, config: &Self::Config, out: &mut Output) -> Result<Self::Phase, negotiate::Error>;
        fn header(
            phase: Self::Phase,
            header: &Header<'_>,
            config: &Self::Config,
            out: &mut Output,
        ) -> Step<Self::Phase>;
        fn stanza(
            phase: Self::Phase,
            stanza: Stanza<'_>,
            unread: usize,
            config: &Self::Config,
            out: &mut Output,
        ) -> Step<Self::Phase>;
        fn answer(phase: Self::Phase, answer: Answer, config: &Self::Config, out: &mut Output) -> Step<Self::Phase>;
        fn secured(
            phase: Self::Phase,
            config: &Self::Config,
            out: &mut Output,
        ) -> Result<Self::Phase, negotiate::Error>;
        fn restart(
            phase: Self::Phase,
            config: &Self::Config,
            out: &mut Output,
        ) -> Result<Self::Phase, negotiate::Error>;

        /// Where what is known of the channel is put, as long as it is of use.
        fn bindings(phase: &mut Self::Phase) -> Option<&mut Bindings>;
        fn awaits(phase: &Self::Phase) -> Awaits;
        fn owes_header(phase: &Self::Phase) -> bool;
        fn respond(config: &Self::Config, out: &mut Output) -> Result<(), negotiate::Error>;
        fn account<'a>(phase: &'a Self::Phase, config: &'a Self::Config) -> Option<Jid<'a>>;
        fn proposed(phase: &Self::Phase) -> Option<(Jid<'_>, bool)>;
        fn session(phase: Self::Phase) -> Result<Self::Session, Self::Phase>;

        fn jid(session: &Self::Session) -> Jid<'_>;
        fn heap(session: &Self::Session) -> usize;
        fn screen(
            session: &mut Self::Session,
            stanza: &Stanza<'_>,
            out: &mut Output,
            debt: &mut Debt,
        ) -> Result<Screened, Error>;
    }
}

/// A bound session of the client role.
pub struct ClientSession {
    jid: JidBuf,
    pub(super) pending: Pending<RequestId>,
    pub(super) requests: u32,
}

/// A bound session of the server role.
pub struct ServerSession {
    jid: JidBuf,
}

impl sealed::Sealed for ClientRole {
    type Config = ClientConfig;
    type Phase = client::Phase;
    type Session = ClientSession;

    fn passes_space(_: &ClientConfig) -> bool {
        false
    }

    fn timing(config: &ClientConfig) -> Timing {
        config.timing
    }

    fn limits_before(_: &ClientConfig) -> Limits {
        Limits::PRE_LOGIN_CLIENT
    }

    fn limits_after(config: &ClientConfig) -> Limits {
        config.limits
    }

    /// A client chose its server and has a deadline: it counts stanzas, not the sum.
    fn login_bytes(_: &ClientConfig) -> u64 {
        u64::MAX
    }

    fn begins_secured(config: &ClientConfig) -> bool {
        config.tls == TlsPolicy::Direct
    }

    fn begin(bindings: Bindings, config: &ClientConfig, out: &mut Output) -> Result<client::Phase, negotiate::Error> {
        client::Phase::begin(bindings, &mut client::Context { config, out: out.buffer(), unread: 0 })
    }

    fn header(
        phase: client::Phase,
        header: &Header<'_>,
        config: &ClientConfig,
        out: &mut Output,
    ) -> Step<client::Phase> {
        phase.header(header, &mut client::Context { config, out: out.buffer(), unread: 0 })
    }

    fn stanza(
        phase: client::Phase,
        stanza: Stanza<'_>,
        unread: usize,
        config: &ClientConfig,
        out: &mut Output,
    ) -> Step<client::Phase> {
        phase.stanza(stanza, &mut client::Context { config, out: out.buffer(), unread })
    }

    fn answer(phase: client::Phase, _: Answer, _: &ClientConfig, _: &mut Output) -> Step<client::Phase> {
        Ok((phase, Fact::None))
    }

    fn secured(
        phase: client::Phase,
        config: &ClientConfig,
        out: &mut Output,
    ) -> Result<client::Phase, negotiate::Error> {
        phase.secured(&mut client::Context { config, out: out.buffer(), unread: 0 })
    }

    fn restart(
        phase: client::Phase,
        config: &ClientConfig,
        out: &mut Output,
    ) -> Result<client::Phase, negotiate::Error> {
        phase.restart(&mut client::Context { config, out: out.buffer(), unread: 0 })
    }

    fn bindings(phase: &mut client::Phase) -> Option<&mut Bindings> {
        phase.bindings()
    }

    fn awaits(phase: &client::Phase) -> Awaits {
        if phase.awaits_secure() { Awaits::Secure } else { Awaits::Input }
    }

    fn owes_header(_: &client::Phase) -> bool {
        false
    }

    fn respond(_: &ClientConfig, _: &mut Output) -> Result<(), negotiate::Error> {
        Ok(())
    }

    fn account<'a>(_: &'a client::Phase, config: &'a ClientConfig) -> Option<Jid<'a>> {
        Some(config.jid().bare())
    }

    fn proposed(_: &client::Phase) -> Option<(Jid<'_>, bool)> {
        None
    }

    fn session(phase: client::Phase) -> Result<ClientSession, client::Phase> {
        match phase {
            client::Phase::Bound(jid) => Ok(ClientSession { jid, pending: Pending::new(REQUESTS), requests: 0 }),
            other => Err(other),
        }
    }

    fn jid(session: &ClientSession) -> Jid<'_> {
        session.jid.as_jid()
    }

    fn heap(session: &ClientSession) -> usize {
        session.jid.as_str().len() + session.pending.heap()
    }

    fn screen(
        session: &mut ClientSession,
        stanza: &Stanza<'_>,
        out: &mut Output,
        debt: &mut Debt,
    ) -> Result<Screened, Error> {
        check_stanza(stanza.root()).map_err(Error::Stream)?;
        match iq::classify(stanza) {
            Iq::Other => Ok(Screened::Stanza),
            Iq::Result(_) | Iq::Error => Ok(session.settle(stanza).map_or(Screened::Done, Screened::Response)),
            Iq::BadAnswer => Ok(Screened::Done),
            Iq::BadRequest => refuse(stanza, StanzaCondition::BadRequest, out),
            Iq::Set(payload) if payload.is(name::ROSTER) => match roster::Push::read(stanza, session.jid.as_jid()) {
                Ok(push) => {
                    iq::write_result(out.buffer(), stanza)?;
                    debt.answered();
                    Ok(Screened::Push(push))
                }
                Err(condition) => refuse(stanza, condition, out),
            },
            Iq::Get(_) if ping::is_request(stanza) => {
                iq::write_result(out.buffer(), stanza)?;
                Ok(Screened::Done)
            }
            Iq::Get(_) | Iq::Set(_) => {
                debt.incur(stanza);
                Ok(Screened::Stanza)
            }
        }
    }
}

fn refuse(stanza: &Stanza<'_>, condition: StanzaCondition, out: &mut Output) -> Result<Screened, Error> {
    write::error_reply(out.buffer(), stanza, condition.default_type(), condition, None)?;
    Ok(Screened::Done)
}

impl ClientSession {
    /// The request that `stanza` answers, where it comes from whom it was asked.
    fn settle(&mut self, stanza: &Stanza<'_>) -> Option<RequestId> {
        let from = stanza.from().map(|from| from.decode());
        self.pending.settle(&stanza.id()?.decode(), from.as_deref(), self.jid.as_jid())
    }
}

impl sealed::Sealed for ServerRole {
    type Config = ServerConfig;
    type Phase = server::Phase;
    type Session = ServerSession;

    fn passes_space(config: &ServerConfig) -> bool {
        config.allow_whitespace_after_starttls
    }

    fn timing(config: &ServerConfig) -> Timing {
        config.timing
    }

    fn limits_before(_: &ServerConfig) -> Limits {
        Limits::PRE_LOGIN
    }

    fn limits_after(config: &ServerConfig) -> Limits {
        config.limits
    }

    fn login_bytes(config: &ServerConfig) -> u64 {
        config.pre_login_bytes
    }

    fn begins_secured(config: &ServerConfig) -> bool {
        config.tls == TlsPolicy::Direct
    }

    fn begin(bindings: Bindings, config: &ServerConfig, _: &mut Output) -> Result<server::Phase, negotiate::Error> {
        Ok(server::Phase::begin(bindings, config))
    }

    fn header(
        phase: server::Phase,
        header: &Header<'_>,
        config: &ServerConfig,
        out: &mut Output,
    ) -> Step<server::Phase> {
        phase.header(header, &mut server::Context { config, out: out.buffer(), unread: 0 })
    }

    fn stanza(
        phase: server::Phase,
        stanza: Stanza<'_>,
        unread: usize,
        config: &ServerConfig,
        out: &mut Output,
    ) -> Step<server::Phase> {
        phase.stanza(stanza, &mut server::Context { config, out: out.buffer(), unread })
    }

    fn answer(phase: server::Phase, answer: Answer, config: &ServerConfig, out: &mut Output) -> Step<server::Phase> {
        phase.answer(answer, &mut server::Context { config, out: out.buffer(), unread: 0 })
    }

    fn secured(phase: server::Phase, _: &ServerConfig, _: &mut Output) -> Result<server::Phase, negotiate::Error> {
        Ok(phase.secured())
    }

    fn restart(phase: server::Phase, _: &ServerConfig, _: &mut Output) -> Result<server::Phase, negotiate::Error> {
        Ok(phase)
    }

    fn bindings(phase: &mut server::Phase) -> Option<&mut Bindings> {
        phase.bindings()
    }

    fn awaits(phase: &server::Phase) -> Awaits {
        if phase.awaits_secure() {
            Awaits::Secure
        } else if phase.awaits_answer() {
            Awaits::Answer
        } else {
            Awaits::Input
        }
    }

    fn owes_header(phase: &server::Phase) -> bool {
        phase.owes_header()
    }

    fn respond(config: &ServerConfig, out: &mut Output) -> Result<(), negotiate::Error> {
        server::Phase::respond(&mut server::Context { config, out: out.buffer(), unread: 0 })
    }

    fn account<'a>(phase: &'a server::Phase, _: &'a ServerConfig) -> Option<Jid<'a>> {
        phase.account()
    }

    fn proposed(phase: &server::Phase) -> Option<(Jid<'_>, bool)> {
        phase.proposed()
    }

    fn session(phase: server::Phase) -> Result<ServerSession, server::Phase> {
        match phase {
            server::Phase::Bound(jid) => Ok(ServerSession { jid }),
            other => Err(other),
        }
    }

    fn jid(session: &ServerSession) -> Jid<'_> {
        session.jid.as_jid()
    }

    fn heap(session: &ServerSession) -> usize {
        session.jid.as_str().len()
    }

    /// A client speaks for itself alone: a `from` must be its bare or full JID (RFC 6120 section 8.1.2.1).
    fn screen(
        session: &mut ServerSession,
        stanza: &Stanza<'_>,
        _: &mut Output,
        _: &mut Debt,
    ) -> Result<Screened, Error> {
        check_stanza(stanza.root()).map_err(Error::Stream)?;
        let own = session.jid.as_jid();
        let honest = stanza.from().is_none_or(|from| {
            let from = from.decode();
            from == own.as_str()
                || JidBuf::parse(&from).is_ok_and(|from| from.as_jid() == own || from.as_jid() == own.bare())
        });
        if honest { Ok(Screened::Stanza) } else { Err(Error::InvalidFrom) }
    }
}
