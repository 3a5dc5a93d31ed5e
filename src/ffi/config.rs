//! Configurations: builders behind pointers, so that a new choice is a new setter and no change of a struct.

use std::string::String;
use std::sync::Arc;

use super::boundary::{Guard, Handle, code, free, give, guarded, with};
use super::limits::set;
use super::ptr::{Out, tercet_str};
use super::result::{TERCET_ERR_ARGUMENT, TERCET_ERR_JID, of_config, tercet_result};
use crate::jid::JidBuf;
use crate::negotiate::Timing;
use crate::sasl::{Policy, Secret};
use crate::{ClientConfig, Limits, ServerConfig, TlsPolicy};

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
    sasl: Policy,
    timing: Timing,
    limits: Limits,
}

/// How a server serves one domain. Opaque. It may be used for many connections; a setter called later changes only those
/// that are made after it.
pub struct tercet_server_config {
    guard: Guard,
    config: Arc<ServerConfig>,
    timing: Timing,
    limits: Limits,
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

impl tercet_client_config {
    pub(super) fn share(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    fn change(&mut self, change: impl FnOnce(ClientConfig) -> ClientConfig) {
        self.config = Arc::new(change(ClientConfig::clone(&self.config)));
    }
}

impl tercet_server_config {
    pub(super) fn share(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    fn change(&mut self, change: impl FnOnce(ServerConfig) -> ServerConfig) {
        self.config = Arc::new(change(ServerConfig::clone(&self.config)));
    }
}

/// Puts a new configuration into `config`: to log in as `jid` (a resource in it is proposed to the server) with
/// `password`. Owned, to be freed with `tercet_client_config_free`. Both texts are copied; the copy of the password is
/// wiped when the last user of the configuration is freed.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
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
        let handle = tercet_client_config {
            guard: Guard::Free,
            config: Arc::new(config),
            sasl: Policy::default(),
            timing: Timing::default(),
            limits: Limits::CLIENT,
        };
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
    code(unsafe {
        with(config, |config| {
            let policy = tls(policy)?;
            config.change(|config| config.tls(policy));
            Ok(())
        })
    })
}

/// Allows PLAIN, and then only under TLS. It gives the password to whoever answers as the server; SCRAM never does.
/// Not allowed otherwise.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_config_allow_plain(
    config: *mut tercet_client_config,
    allow: bool,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(config, |config| {
            config.sasl.allow_plain = allow;
            let sasl = config.sasl;
            config.change(|config| config.sasl(sasl));
            Ok(())
        })
    })
}

/// Sets how many milliseconds a login may take in all, and how many the server has to answer a closing tag: 60000 and
/// 5000 otherwise.
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
    code(unsafe {
        with(config, |config| {
            config.timing = Timing { login: login_ms, close: close_ms };
            let timing = config.timing;
            config.change(|config| config.timing(timing));
            Ok(())
        })
    })
}

/// Sets one limit, `TERCET_LIMIT_...`, on stanzas after login; those of `TERCET_LIMITS_CLIENT` hold otherwise.
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
    code(unsafe {
        with(config, |config| {
            set(&mut config.limits, limit, value)?;
            let limits = config.limits;
            config.change(|config| config.limits(limits));
            Ok(())
        })
    })
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
        let handle = tercet_server_config {
            guard: Guard::Free,
            config: Arc::new(config),
            timing: Timing::default(),
            limits: Limits::SERVER,
        };
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
    code(unsafe {
        with(config, |config| {
            let policy = tls(policy)?;
            config.change(|config| config.tls(policy));
            Ok(())
        })
    })
}

/// Sets how many milliseconds a login may take in all, and how many the client has to answer a closing tag: 60000 and
/// 5000 otherwise.
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
    code(unsafe {
        with(config, |config| {
            config.timing = Timing { login: login_ms, close: close_ms };
            let timing = config.timing;
            config.change(|config| config.timing(timing));
            Ok(())
        })
    })
}

/// Sets one limit, `TERCET_LIMIT_...`, on stanzas after login; those of `TERCET_LIMITS_SERVER` hold otherwise.
///
/// Errors: `TERCET_ERR_NULL`; `TERCET_ERR_ARGUMENT`, also for less than the 10000 octets that every client may send.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_config_set_limit(
    config: *mut tercet_server_config,
    limit: i32,
    value: u32,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(config, |config| {
            let mut limits = config.limits;
            set(&mut limits, limit, value)?;
            let changed = ServerConfig::clone(&config.config).limits(limits).map_err(of_config)?;
            config.config = Arc::new(changed);
            config.limits = limits;
            Ok(())
        })
    })
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
