//! What the two roles are told before they begin: choices and numbers, immutable once a connection exists.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::Limits;
use crate::jid::{Jid, JidBuf};
use crate::sasl::crypto::Provider;
use crate::sasl::{self, Credentials, Mechanism, Secret};

/// What a stream may do before TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsPolicy {
    /// Nothing but STARTTLS. The default: RFC 7590 section 3.1 asks for no less.
    #[default]
    Required,
    /// TLS where the other side offers it (client) or asks for it (server); otherwise SCRAM in clear, PLAIN never.
    Optional,
    /// No TLS, even where it is offered: SCRAM in clear, PLAIN never. For debugging on a loopback.
    Disabled,
    /// The transport is TLS from its first byte (XEP-0368): the caller vouches for it.
    Direct,
}

/// Bounds that are not about one stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Milliseconds from the first call to a bound session; not prolonged by bytes that arrive.
    pub login: u64,
    /// Milliseconds that the peer has to answer our closing tag.
    pub close: u64,
}

impl Default for Timing {
    /// A minute to log in, five seconds to close.
    fn default() -> Self {
        Self { login: 60_000, close: 5_000 }
    }
}

/// Configuration of the client role.
///
/// ```
/// use tercet::{ClientConfig, jid::JidBuf, sasl::Secret};
/// let romeo = JidBuf::parse("romeo@example.net/orchard").unwrap();
/// let config = ClientConfig::new(romeo, Secret::new("jul13t".into())).unwrap();
/// assert!(!format!("{config:?}").contains("jul13t"));
/// ```
#[derive(Clone)]
pub struct ClientConfig {
    pub(crate) jid: JidBuf,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) random: Arc<dyn Provider>,
    pub(crate) sasl: sasl::Policy,
    pub(crate) lang: String,
    pub(crate) tls: TlsPolicy,
    pub(crate) limits: Limits,
    pub(crate) timing: Timing,
}

impl ClientConfig {
    /// To log in as `jid` (a resource in it is proposed to the server), with the system's random source.
    ///
    /// # Errors
    /// [`ConfigError::NoLocalpart`] where the address names no account; [`ConfigError::Password`] where no server could
    /// accept the password.
    #[cfg(feature = "crypto")]
    pub fn new(jid: JidBuf, password: Secret) -> Result<Self, ConfigError> {
        Self::with_random(jid, password, Arc::new(sasl::crypto::Os))
    }

    /// As `new`, with a random source of the caller's.
    ///
    /// # Errors
    /// As `new`.
    pub fn with_random(jid: JidBuf, password: Secret, random: Arc<dyn Provider>) -> Result<Self, ConfigError> {
        let Some(local) = jid.as_jid().local() else { return Err(ConfigError::NoLocalpart) };
        sasl::check_password(&password).map_err(ConfigError::Password)?;
        let credentials = Credentials { username: String::from(local), password, authzid: None };
        Ok(Self {
            jid,
            credentials: Arc::new(credentials),
            random,
            sasl: sasl::Policy::default(),
            lang: String::from("en"),
            tls: TlsPolicy::default(),
            limits: Limits::CLIENT,
            timing: Timing::default(),
        })
    }

    /// Sets what may happen before TLS.
    #[must_use]
    pub fn tls(mut self, policy: TlsPolicy) -> Self {
        self.tls = policy;
        self
    }

    /// Sets which mechanisms may be used.
    #[must_use]
    pub fn sasl(mut self, policy: sasl::Policy) -> Self {
        self.sasl = policy;
        self
    }

    /// Sets the language of the stream (`xml:lang`, a BCP 47 tag).
    #[must_use]
    pub fn lang(mut self, lang: &str) -> Self {
        self.lang = String::from(lang);
        self
    }

    /// Sets the bounds on a stanza after login; [`Limits::CLIENT`] otherwise.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the deadlines.
    #[must_use]
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// The address to log in with.
    #[must_use]
    pub fn jid(&self) -> Jid<'_> {
        self.jid.as_jid()
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig").field("jid", &self.jid).field("tls", &self.tls).finish_non_exhaustive()
    }
}

/// Configuration of the server role, for one domain.
///
/// ```
/// use tercet::{ServerConfig, TlsPolicy, jid::JidBuf};
/// let domain = JidBuf::parse("example.net").unwrap();
/// let config = ServerConfig::new(domain).unwrap().tls(TlsPolicy::Required);
/// ```
#[derive(Clone)]
pub struct ServerConfig {
    pub(crate) domain: JidBuf,
    pub(crate) random: Arc<dyn Provider>,
    pub(crate) unknown_user: Arc<Zeroizing<[u8; 32]>>,
    pub(crate) mechanisms: Vec<Mechanism>,
    pub(crate) lang: String,
    pub(crate) tls: TlsPolicy,
    pub(crate) limits: Limits,
    pub(crate) timing: Timing,
    pub(crate) login_tries: u8,
    pub(crate) bind_tries: u8,
    pub(crate) pre_login_bytes: u64,
    pub(crate) allow_whitespace_after_starttls: bool,
}

impl ServerConfig {
    /// To serve `domain`, with the system's random source.
    ///
    /// # Errors
    /// [`ConfigError::NotADomain`] where `domain` is more than that, [`ConfigError::Random`] where the source fails.
    #[cfg(feature = "crypto")]
    pub fn new(domain: JidBuf) -> Result<Self, ConfigError> {
        Self::with_random(domain, Arc::new(sasl::crypto::Os))
    }

    /// As `new`, with a random source of the caller's.
    ///
    /// # Errors
    /// [`ConfigError::NotADomain`] where `domain` is more than that, [`ConfigError::Random`] where the source fails.
    pub fn with_random(domain: JidBuf, random: Arc<dyn Provider>) -> Result<Self, ConfigError> {
        if domain.as_jid().local().is_some() || domain.as_jid().resource().is_some() {
            return Err(ConfigError::NotADomain);
        }
        let mut key = Zeroizing::new([0; 32]);
        random.random(&mut *key).map_err(|_| ConfigError::Random)?;
        Ok(Self {
            domain,
            random,
            unknown_user: Arc::new(key),
            mechanisms: [Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::Plain].to_vec(),
            lang: String::from("en"),
            tls: TlsPolicy::default(),
            limits: Limits::SERVER,
            timing: Timing::default(),
            login_tries: 3,
            bind_tries: 5,
            pre_login_bytes: 65_536,
            allow_whitespace_after_starttls: false,
        })
    }

    /// Sets what may happen before TLS.
    #[must_use]
    pub fn tls(mut self, policy: TlsPolicy) -> Self {
        self.tls = policy;
        self
    }

    /// Sets the SASL mechanisms on offer, in that order; SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN otherwise. Accounts need
    /// stored keys for the hash of each SCRAM mechanism on offer. Whatever is set, PLAIN is offered under TLS alone.
    #[must_use]
    pub fn mechanisms(mut self, mechanisms: &[Mechanism]) -> Self {
        self.mechanisms = mechanisms.to_vec();
        self
    }

    /// Sets the bounds on a stanza after login; [`Limits::SERVER`] otherwise.
    ///
    /// # Errors
    /// [`ConfigError::StanzaLimit`] below the 10000 octets that RFC 6120 section 13.12 grants every client.
    pub fn limits(mut self, limits: Limits) -> Result<Self, ConfigError> {
        if limits.stanza_bytes < 10_000 {
            return Err(ConfigError::StanzaLimit);
        }
        self.limits = limits;
        Ok(self)
    }

    /// Sets the deadlines.
    #[must_use]
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Passes over white space that a client sends in clear behind `<starttls/>`; an error otherwise, as any other
    /// octet there is in any case.
    ///
    /// RFC 6120 section 5.3.3 forbids it, and clients that end every element with a line feed do it all the same. What
    /// it costs: whoever can write to the connection may do so there without being noticed, though white space alone
    /// says nothing to the stream that follows.
    #[must_use]
    pub fn allow_whitespace_after_starttls(mut self, passes: bool) -> Self {
        self.allow_whitespace_after_starttls = passes;
        self
    }

    /// The domain served.
    #[must_use]
    pub fn domain(&self) -> Jid<'_> {
        self.domain.as_jid()
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig").field("domain", &self.domain).field("tls", &self.tls).finish_non_exhaustive()
    }
}

/// A configuration that cannot work.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The address to log in with has no part before `@`.
    NoLocalpart,
    /// The domain to serve has a part before `@` or behind `/`.
    NotADomain,
    /// The password cannot be prepared by RFC 8265 (OpaqueString).
    Password(sasl::Error),
    /// A stanza limit below 10000 octets.
    StanzaLimit,
    /// The random source failed.
    Random,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLocalpart => "the address to log in with needs a part before the at sign",
            Self::NotADomain => "the address to serve must be a domain alone",
            Self::Password(error) => return error.fmt(f),
            Self::StanzaLimit => "a server must accept stanzas of 10000 octets",
            Self::Random => "the random source failed",
        })
    }
}

impl core::error::Error for ConfigError {}
