//! Configurations: builders behind pointers, so that a new choice is a new setter and no change of a struct.
//!
//! In: numbers and texts. Out: configurations of the engine, shared by the connections made with them. Invariants: a
//! setter that answers an error has changed nothing; a connection keeps the configuration that it was made with. It
//! refuses to know what a choice is good for.

use std::string::String;
use std::sync::Arc;
use std::vec::Vec;

use super::boundary::{Guard, Handle, code, free, give, guarded, with};
use super::limits::set;
use super::ptr::{Out, list, tercet_str};
use super::result::{TERCET_ERR_ARGUMENT, TERCET_ERR_JID, of_config, tercet_result};
use super::writer::language;
use crate::jid::JidBuf;
use crate::negotiate::Timing;
use crate::sasl::{Mechanism, Secret};
use crate::{ClientConfig, ServerConfig, TlsPolicy};

/// Nothing before TLS. The default.
pub const TERCET_TLS_REQUIRED: i32 = 1;
/// TLS where the peer wants it, otherwise SCRAM in clear, PLAIN never.
pub const TERCET_TLS_OPTIONAL: i32 = 2;
/// No TLS: SCRAM in clear, PLAIN never. For trials on a loopback: everything that is said can be read on the way.
pub const TERCET_TLS_DISABLED: i32 = 3;
/// The transport is TLS from its first octet (XEP-0368): the caller vouches for it, and with it for the certificate.
pub const TERCET_TLS_DIRECT: i32 = 4;

/// How a client logs in. Opaque. It may be used for many connections; a setter called later changes only those that are
/// made after it.
pub struct tercet_client_config {
    guard: Guard,
    config: Arc<ClientConfig>,
}

/// How a server serves one domain. Opaque. It may be used for many connections; a setter called later changes only
/// those that are made after it.
pub struct tercet_server_config {
    guard: Guard,
    config: Arc<ServerConfig>,
}

impl Handle for tercet_client_config {
    fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }
}

impl Handle for tercet_server_config {
    fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }
}

/// What configurations of both roles are: shared with the connections that were made with them.
pub(super) trait Shared: Handle {
    type Config: Clone;

    fn config(&mut self) -> &mut Arc<Self::Config>;

    /// A share for a new connection.
    fn share(&mut self) -> Arc<Self::Config> {
        Arc::clone(self.config())
    }
}

impl Shared for tercet_client_config {
    type Config = ClientConfig;

    fn config(&mut self) -> &mut Arc<ClientConfig> {
        &mut self.config
    }
}

impl Shared for tercet_server_config {
    type Config = ServerConfig;

    fn config(&mut self) -> &mut Arc<ServerConfig> {
        &mut self.config
    }
}

/// Changes a configuration for the connections to come: those that have it keep it as it was. An error must come before
/// the change.
unsafe fn change<H: Shared>(
    config: *mut H,
    change: impl FnOnce(&mut H::Config) -> Result<(), tercet_result>,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { with(config, |handle| change(Arc::make_mut(handle.config()))) })
}

/// Puts a new configuration into `config`: to log in as `jid` (a resource in it is proposed to the server) with
/// `password`. Owned, to be freed with `tercet_client_config_free`. Both texts are copied; the copy of the password is
/// wiped when the last user of the configuration is freed.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`, `TERCET_ERR_PASSWORD`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_new(
    jid: tercet_str,
    password: tercet_str,
    config: *mut *mut tercet_client_config,
) -> tercet_result {
    code(guarded(|| {
        let out = Out::new(config)?;
        // SAFETY: the contract of the module.
        let (jid, password) = unsafe { (jid.required()?, password.required()?) };
        let jid = JidBuf::parse(jid).map_err(|_| TERCET_ERR_JID)?;
        let config = ClientConfig::new(jid, Secret::new(String::from(password))).map_err(of_config)?;
        let handle = tercet_client_config { guard: Guard::default(), config: Arc::new(config) };
        // SAFETY: the contract of the module.
        unsafe { out.put(give(handle)) };
        Ok(())
    }))
}

/// Frees a configuration; connections that were made with it live on. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_free(config: *mut tercet_client_config) {
    // SAFETY: the contract of the module.
    unsafe { free(config) }
}

/// Sets what may happen before TLS: `TERCET_TLS_...`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_set_tls(config: *mut tercet_client_config, policy: i32) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.tls = tls(policy)?;
            Ok(())
        })
    }
}

/// Allows PLAIN, and then only under TLS. It gives the password to whoever answers as the server; SCRAM never does.
/// Default: not allowed.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_allow_plain(
    config: *mut tercet_client_config,
    allow: bool,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.sasl.allow_plain = allow;
            Ok(())
        })
    }
}

/// Allows SCRAM-SHA-1, which every server must offer (RFC 6120 section 13.8). Default: allowed.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_allow_scram_sha1(
    config: *mut tercet_client_config,
    allow: bool,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.sasl.allow_scram_sha1 = allow;
            Ok(())
        })
    }
}

/// Sets the language of the stream, a tag of BCP 47: that of stanzas which name none. Copied. Default: `en`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_WRITE` for what XML cannot hold.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_set_lang(
    config: *mut tercet_client_config,
    lang: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.lang = String::from(language(lang)?);
            Ok(())
        })
    }
}

/// Sets how many milliseconds a login may take in all, and how many the server has to answer a closing tag.
/// Default: 60000 and 5000.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_set_timing(
    config: *mut tercet_client_config,
    login_ms: u64,
    close_ms: u64,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.timing = Timing { login: login_ms, close: close_ms };
            Ok(())
        })
    }
}

/// Sets one limit, `TERCET_LIMIT_...`, on stanzas after login. Default: those of `TERCET_LIMITS_CLIENT`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_set_limit(
    config: *mut tercet_client_config,
    limit: i32,
    value: u32,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe { change(config, |config| set(&mut config.limits, limit, value)) }
}

/// Puts a new configuration into `config`: to serve `domain`. Owned, to be freed with `tercet_server_config_free`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`, `TERCET_ERR_RANDOM`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_new(
    domain: tercet_str,
    config: *mut *mut tercet_server_config,
) -> tercet_result {
    code(guarded(|| {
        let out = Out::new(config)?;
        // SAFETY: the contract of the module.
        let domain = JidBuf::parse(unsafe { domain.required() }?).map_err(|_| TERCET_ERR_JID)?;
        let config = ServerConfig::new(domain).map_err(of_config)?;
        let handle = tercet_server_config { guard: Guard::default(), config: Arc::new(config) };
        // SAFETY: the contract of the module.
        unsafe { out.put(give(handle)) };
        Ok(())
    }))
}

/// Frees a configuration; connections that were made with it live on. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_free(config: *mut tercet_server_config) {
    // SAFETY: the contract of the module.
    unsafe { free(config) }
}

/// Sets what may happen before TLS: `TERCET_TLS_...`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_set_tls(config: *mut tercet_server_config, policy: i32) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.tls = tls(policy)?;
            Ok(())
        })
    }
}

/// Sets the SASL mechanisms on offer, in that order: `count` names, of `SCRAM-SHA-512`, `SCRAM-SHA-256`, `SCRAM-SHA-1`,
/// `PLAIN`. Default: the last three. Accounts need stored keys for the hash of each SCRAM mechanism on offer; PLAIN is
/// offered under TLS alone. The names are copied.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` where a name is another, or there is none.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_set_mechanisms(
    config: *mut tercet_server_config,
    names: *const tercet_str,
    count: usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            let mechanism = |name: &tercet_str| Mechanism::from_name(name.required()?).ok_or(TERCET_ERR_ARGUMENT);
            let mechanisms: Vec<_> = list(names, count)?.iter().map(mechanism).collect::<Result<_, _>>()?;
            if mechanisms.is_empty() {
                return Err(TERCET_ERR_ARGUMENT);
            }
            config.mechanisms = mechanisms;
            Ok(())
        })
    }
}

/// Passes over white space that a client sends in clear after `<starttls/>`, as some do although RFC 6120 section 5.3.3
/// forbids it. Default: it is an error. What it costs: whoever can write to the connection may do so there unnoticed,
/// though white space alone says nothing to the stream that follows.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_allow_whitespace_after_starttls(
    config: *mut tercet_server_config,
    allow: bool,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.allow_whitespace_after_starttls = allow;
            Ok(())
        })
    }
}

/// Sets how many milliseconds a login may take in all, and how many the client has to answer a closing tag.
/// Default: 60000 and 5000.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_set_timing(
    config: *mut tercet_server_config,
    login_ms: u64,
    close_ms: u64,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            config.timing = Timing { login: login_ms, close: close_ms };
            Ok(())
        })
    }
}

/// Sets one limit, `TERCET_LIMIT_...`, on stanzas after login. Default: those of `TERCET_LIMITS_SERVER`.
///
/// Errors: `TERCET_ERR_NULL`; `TERCET_ERR_ARGUMENT`, also for a `TERCET_LIMIT_STANZA_BYTES` of less than 10000, which
/// every client may send (RFC 6120 section 13.12).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_set_limit(
    config: *mut tercet_server_config,
    limit: i32,
    value: u32,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        change(config, |config| {
            let mut limits = config.limits;
            set(&mut limits, limit, value)?;
            *config = ServerConfig::clone(config).limits(limits).map_err(of_config)?;
            Ok(())
        })
    }
}

fn tls(policy: i32) -> Result<TlsPolicy, tercet_result> {
    Ok(match policy {
        TERCET_TLS_REQUIRED => TlsPolicy::Required,
        TERCET_TLS_OPTIONAL => TlsPolicy::Optional,
        TERCET_TLS_DISABLED => TlsPolicy::Disabled,
        TERCET_TLS_DIRECT => TlsPolicy::Direct,
        _ => return Err(TERCET_ERR_ARGUMENT),
    })
}
