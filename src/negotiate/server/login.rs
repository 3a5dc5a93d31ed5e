//! SASL, the receiving side (RFC 6120 section 6).

use alloc::string::String;

use crate::jid::{Jid, JidBuf};
use crate::ns::name;
use crate::sasl::server::{Exchange, Lookup, Step as SaslStep};
use crate::sasl::{self, Failure, Wanted};
use crate::stanza::Stanza;
use crate::write::Writer;

use super::opening::ExpectHeader;
use super::secure::AwaitSecure;
use super::{Answer, Context, Error, Misbehaved, Phase, Stage, Step, TlsPolicy, unexpected};
use crate::negotiate::{Fact, encoding};

/// Features are out; the client owes `<starttls/>` or `<auth/>`.
pub struct ExpectAuth {
    stage: Stage,
    tries: Tries,
}

/// How often the client may still try.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tries {
    /// So many have failed.
    Failed(u8),
    /// What was bound to must not serve again: this try is the last one on its channel.
    Last,
}

impl Tries {
    /// What is left after one more failure, if anything is.
    fn after_failure(self, allowed: u8) -> Option<Self> {
        match self {
            Self::Failed(failed) => Some(failed.saturating_add(1)).filter(|&failed| failed < allowed).map(Self::Failed),
            Self::Last => None,
        }
    }
}

impl ExpectAuth {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage, tries: Tries::Failed(0) }
    }

    pub(super) fn handle(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        match (stanza.root().name(), &self.stage) {
            (name::TLS_STARTTLS, Stage::Clear) if cx.config.tls != TlsPolicy::Disabled => AwaitSecure::proceed(cx),
            (name::SASL_AUTH, _) => self.auth(stanza, cx),
            (name::SASL_ABORT, _) => self.fail(Failure::Aborted, cx),
            _ => Err(unexpected(stanza)),
        }
    }

    fn auth(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        let name = stanza.root().attr("mechanism");
        let wanted = name.and_then(|name| Wanted::read(&name.decode(), self.stage.bindings()));
        let Some(wanted) = wanted.filter(|wanted| cx.config.mechanisms.contains(&wanted.mechanism())) else {
            return self.fail(Failure::InvalidMechanism, cx);
        };
        if !self.stage.mechanisms(cx.config).contains(&wanted.mechanism()) {
            return self.fail(Failure::EncryptionRequired, cx);
        }
        let Ok(initial) = encoding::read(stanza) else {
            return self.fail(Failure::IncorrectEncoding, cx);
        };
        let confidential = self.stage.confidential();
        let step =
            sasl::server::start(wanted, confidential, initial.as_ref().map(|data| data.as_slice()), &*cx.config.random);
        self.take(step, cx)
    }

    /// Carries out what the mechanism decided.
    fn take(self, step: SaslStep, cx: &mut Context<'_>) -> Step {
        match step {
            SaslStep::Challenge(exchange, challenge) => {
                write(name::SASL_CHALLENGE, Some(&challenge), cx)?;
                Ok((Phase::ExpectResponse(ExpectResponse { auth: self, exchange }), Fact::None))
            }
            SaslStep::Lookup(lookup) => self.lookup(lookup, cx),
            SaslStep::Success { authcid, authzid, data } => match account(&authcid, authzid.as_deref(), cx) {
                Some(user) => {
                    write(name::SASL_SUCCESS, data.as_deref(), cx)?;
                    let header = ExpectHeader::new(Stage::Authenticated(user));
                    Ok((Phase::ExpectHeader(header), Fact::Restart))
                }
                None => self.fail(Failure::InvalidAuthzid, cx),
            },
            SaslStep::Failure(failure) => self.fail(failure, cx),
        }
    }

    /// Asks the application for the account's keys, where the name can be one of an account at all.
    fn lookup(mut self, lookup: Lookup, cx: &mut Context<'_>) -> Step {
        if lookup.binds_once() {
            self.tries = Tries::Last;
        }
        match JidBuf::new(Some(lookup.username()), cx.config.domain().domain(), None) {
            Ok(account) => Ok((Phase::AwaitKeys(AwaitKeys { auth: self, lookup, account }), Fact::NeedKeys)),
            Err(_) => {
                let name = String::from(lookup.username());
                let step = lookup.not_found(&**cx.config.unknown_user, &name);
                self.take(step, cx)
            }
        }
    }

    /// Tells the client, which may try again a few times (RFC 6120 section 6.4.5).
    fn fail(self, failure: Failure, cx: &mut Context<'_>) -> Step {
        let mut writer = Writer::new(cx.out);
        writer.open(name::SASL_FAILURE).open_ns(SASL, failure.name()).close().close();
        writer.finish()?;
        let Some(tries) = self.tries.after_failure(cx.config.login_tries) else {
            return Err(Misbehaved::TooManyAttempts.into());
        };
        Ok((Phase::ExpectAuth(Self { tries, ..self }), Fact::Refused(failure)))
    }
}

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// The bare JID that a login stands for; `None` where it wants to act as somebody else.
fn account(authcid: &str, authzid: Option<&str>, cx: &Context<'_>) -> Option<JidBuf> {
    let own = JidBuf::new(Some(authcid), cx.config.domain().domain(), None).ok()?;
    match authzid {
        None => Some(own),
        Some(wanted) => JidBuf::parse(wanted).is_ok_and(|wanted| wanted == own).then_some(own),
    }
}

/// Writes a SASL element; `None` for no content, which differs from empty data.
fn write(element: crate::ns::Name, data: Option<&[u8]>, cx: &mut Context<'_>) -> Result<(), Error> {
    let mut writer = Writer::new(cx.out);
    writer.open(element);
    match data {
        // An empty challenge is an empty element: `=` is for initial responses and success (RFC 6120 section 6.4.3).
        Some([]) if element == name::SASL_CHALLENGE => {}
        Some(data) => {
            writer.text(&encoding::encode(data));
        }
        None => {}
    }
    writer.close();
    Ok(writer.finish()?)
}

/// The application owes the keys of an account.
pub struct AwaitKeys {
    auth: ExpectAuth,
    lookup: Lookup,
    account: JidBuf,
}

impl AwaitKeys {
    pub(super) fn account(&self) -> Jid<'_> {
        self.account.as_jid()
    }

    pub(super) fn answer(self, answer: Answer, cx: &mut Context<'_>) -> Step {
        let Self { auth, lookup, account: wanted } = self;
        match answer {
            Answer::Account(account) => auth.take(lookup.found(&account), cx),
            Answer::Disabled => auth.fail(Failure::AccountDisabled, cx),
            Answer::Unavailable => auth.fail(Failure::TemporaryAuthFailure, cx),
            Answer::NoAccount | Answer::Accept | Answer::Resource(_) | Answer::Refuse(_) => {
                auth.take(lookup.not_found(&**cx.config.unknown_user, wanted.as_jid().as_str()), cx)
            }
        }
    }
}

/// A challenge is out; the client owes a response.
pub struct ExpectResponse {
    auth: ExpectAuth,
    exchange: Exchange,
}

impl ExpectResponse {
    pub(super) fn handle(self, stanza: Stanza<'_>, cx: &mut Context<'_>) -> Step {
        match stanza.root().name() {
            name::SASL_RESPONSE => match encoding::read(stanza) {
                Ok(data) => self.auth.take(self.exchange.response(&data.unwrap_or_default()), cx),
                Err(_) => self.auth.fail(Failure::IncorrectEncoding, cx),
            },
            name::SASL_ABORT => self.auth.fail(Failure::Aborted, cx),
            name::SASL_AUTH if self.auth.tries == Tries::Last => self.auth.fail(Failure::NotAuthorized, cx),
            // A second <auth/> discards the exchange under way.
            name::SASL_AUTH => self.auth.auth(stanza, cx),
            _ => Err(unexpected(stanza)),
        }
    }
}
