//! TLS for both roles: rustls configurations from files, and what went wrong in words.
//!
//! In: paths of PEM files, a domain as in an address, whom to trust. Out: configurations that tokio-rustls takes.
//! Invariant: `ring` is the one provider of cryptography, named in every configuration; TLS 1.3 and 1.2 only; the
//! signature of a handshake is checked whatever else is waived. It refuses to know streams, sockets and the time: `now`
//! is an argument where dates decide what to do.

mod binding;
mod client;
mod explain;
mod server;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};

pub(crate) use binding::{end_point, exporter};
pub(crate) use client::{Trust, client_config};
pub(crate) use explain::explain;
pub(crate) use server::{Files, complaint, own_end_point, self_signed, server_config};

/// Why there is no configuration.
#[derive(Debug)]
pub(crate) enum Error {
    /// The domain can be no name of a certificate.
    Domain(String),
    /// A file holds no certificate.
    NoCertificate(PathBuf),
    /// A file holds no private key.
    NoKey(PathBuf),
    /// The machine has no list of authorities.
    NoRoots,
    /// A file is no PEM, or what it holds is no certificate or key that can be used.
    Unusable { path: PathBuf, why: String },
    /// A file cannot be read.
    Read { path: PathBuf, why: io::Error },
    /// A certificate cannot be made.
    Make(rcgen::Error),
    /// The certificate and the key do not belong together, or are of a kind that cannot be used.
    Pair { files: Files, why: rustls::Error },
    /// A file cannot be written.
    Write { path: PathBuf, why: io::Error },
    /// rustls refuses the configuration.
    Config(rustls::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Domain(domain) => {
                write!(f, "no certificate can be for {domain:?}: it is neither a DNS name nor an IP address")
            }
            Self::NoCertificate(path) => write!(f, "{} holds no PEM certificate", path.display()),
            Self::NoKey(path) => write!(f, "{} holds no PEM private key (PKCS #8, SEC 1 or PKCS #1)", path.display()),
            Self::NoRoots => f.write_str(
                "this machine has no list of trusted authorities; name some with --ca FILE or install ca-certificates",
            ),
            Self::Unusable { path, why } => write!(f, "{} cannot be used: {why}", path.display()),
            Self::Read { path, why } => write!(f, "cannot read {}: {why}", path.display()),
            Self::Make(why) => write!(f, "cannot make a certificate: {why}"),
            Self::Pair { files, why } => {
                write!(f, "cannot serve {} with {}: {why}", files.cert.display(), files.key.display())
            }
            Self::Write { path, why } => write!(f, "cannot write {}: {why}", path.display()),
            Self::Config(why) => write!(f, "cannot set TLS up: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// The name that a server of `domain` must prove: what TLS calls it, for SNI and for the certificate (RFC 6120 section
/// 13.7.2). An internationalised domain becomes its A-label, an IP literal an address.
pub(crate) fn server_name(domain: &str) -> Result<ServerName<'static>, Error> {
    let refused = || Error::Domain(domain.into());
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: std::net::Ipv6Addr = literal.parse().map_err(|_| refused())?;
        return Ok(ServerName::from(std::net::IpAddr::from(address)));
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_| refused())?;
    ServerName::try_from(ascii).map_err(|_| refused())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// All certificates of a PEM file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(|why| pem_error(path, why))?.collect();
    match all {
        Ok(all) if all.is_empty() => Err(Error::NoCertificate(path.into())),
        Ok(all) => Ok(all),
        Err(why) => Err(pem_error(path, why)),
    }
}

/// The first private key of a PEM file.
fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(path).map_err(|why| match why {
        pem::Error::NoItemsFound => Error::NoKey(path.into()),
        why => pem_error(path, why),
    })
}

fn pem_error(path: &Path, why: pem::Error) -> Error {
    match why {
        pem::Error::Io(why) => Error::Read { path: path.into(), why },
        why => Error::Unusable { path: path.into(), why: why.to_string() },
    }
}

#[cfg(test)]
mod tests;
