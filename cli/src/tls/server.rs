//! The server's side: a certificate from files, or one made on the spot.
//!
//! In: two PEM files, or a domain and a folder. Out: a configuration, the paths of what was made, and what clients will
//! object to in the names of the certificate. Invariant: a private key is written readable by its owner only, and
//! before the certificate that needs it. It refuses to overwrite anything but what it made itself: its files carry
//! `self-signed` in their names.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ServerConfig};
use tercet::sasl::ChannelBinding;
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::explain::list;
use super::{Error, certificates, end_point, private_key, provider, server_name};

/// A certificate made here lasts so long.
const LIFETIME: Duration = Duration::days(365);
/// It starts in the past, for clients whose clocks are behind.
const BACKDATED: Duration = Duration::days(1);
/// It is replaced at a start when less than this is left of it.
const RENEW_BEFORE: Duration = Duration::days(30);

/// Where a server's certificate chain and its private key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// PEM certificates, the server's own first.
    pub(crate) cert: PathBuf,
    /// PEM private key: PKCS #8, SEC 1 or PKCS #1.
    pub(crate) key: PathBuf,
}

/// The configuration of a server with this certificate.
///
/// # Errors
/// A file cannot be read or used, or the two do not belong together.
pub(crate) fn server_config(files: &Files) -> Result<Arc<ServerConfig>, Error> {
    let chain = certificates(&files.cert)?;
    let key = private_key(&files.key)?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Error::Config)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|why| Error::Pair { files: files.clone(), why })?;
    Ok(Arc::new(config))
}

/// What the clients of a server with this certificate can bind to, whatever the connection; see [`end_point`].
///
/// # Errors
/// The file cannot be read.
pub(crate) fn own_end_point(files: &Files) -> Result<Option<ChannelBinding>, Error> {
    Ok(certificates(&files.cert)?.first().and_then(end_point))
}

/// Why clients that want a server of `domain` will refuse this certificate, for its names; nothing where they will not.
/// A file that cannot be used is not judged: [`server_config`] says what is wrong with it.
pub(crate) fn complaint(files: &Files, domain: &str) -> Option<String> {
    let chain = certificates(&files.cert).ok()?;
    let own = ParsedCertificate::try_from(chain.first()?).ok()?;
    let name = match server_name(domain) {
        Ok(name) => name,
        Err(why) => return Some(why.to_string()),
    };
    match rustls::client::verify_server_name(&own, &name).err()? {
        rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => Some(format!(
            "the certificate in {} is for {}, not for {}: clients will refuse it, by its subjectAltName",
            files.cert.display(),
            list(&presented),
            name.to_str()
        )),
        other => Some(format!("clients will refuse the certificate in {}: {other}", files.cert.display())),
    }
}

/// A self-signed certificate for `domain` in the folder `dir`: the one made before if it is still good, else a new one.
///
/// # Errors
/// The domain can be no name of a certificate, or the files cannot be written.
pub(crate) fn self_signed(domain: &str, dir: &Path, now: OffsetDateTime) -> Result<Files, Error> {
    let name = server_name(domain)?;
    let stem = format!("self-signed-{}", name.to_str().replace(':', "-"));
    let files = Files { cert: dir.join(format!("{stem}.crt")), key: dir.join(format!("{stem}.key")) };
    if !is_good(&files, &name, now) {
        make(&files, &name, now)?;
    }
    Ok(files)
}

/// Whether the files hold a pair for `name` that lasts a while yet. Whatever is wrong with them, new ones cure it.
fn is_good(files: &Files, name: &ServerName<'_>, now: OffsetDateTime) -> bool {
    let Ok(chain) = certificates(&files.cert) else { return false };
    let Some(own) = chain.first() else { return false };
    server_config(files).is_ok() && is_for(own, name) && lasts(own, now)
}

fn is_for(cert: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    ParsedCertificate::try_from(cert).is_ok_and(|cert| rustls::client::verify_server_name(&cert, name).is_ok())
}

fn lasts(cert: &CertificateDer<'_>, now: OffsetDateTime) -> bool {
    X509Certificate::from_der(cert).is_ok_and(|(_, cert)| {
        let validity = cert.validity();
        validity.not_before.to_datetime() <= now && now + RENEW_BEFORE < validity.not_after.to_datetime()
    })
}

fn make(files: &Files, name: &ServerName<'_>, now: OffsetDateTime) -> Result<(), Error> {
    let key = KeyPair::generate().map_err(Error::Make)?;
    let cert = params(name, now)?.self_signed(&key).map_err(Error::Make)?;
    write(&files.key, key.serialize_pem().as_bytes(), 0o600)?;
    write(&files.cert, cert.pem().as_bytes(), 0o644)
}

/// No key usage is stated: OpenSSL takes a certificate for self-signed only if it may sign certificates or says
/// nothing.
fn params(name: &ServerName<'_>, now: OffsetDateTime) -> Result<CertificateParams, Error> {
    let name = name.to_str();
    let mut params = CertificateParams::new([name.clone().into_owned()]).map_err(Error::Make)?;
    params.distinguished_name = DistinguishedName::new();
    // X.509 allows a common name of 64 characters; the name that counts is the alternative one.
    params.distinguished_name.push(DnType::CommonName, name.chars().take(64).collect::<String>());
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = now - BACKDATED;
    params.not_after = now + LIFETIME;
    Ok(params)
}

/// Writes beside `path` and renames, so that a reader finds the old file or the new one, never half of one.
fn write(path: &Path, content: &[u8], mode: u32) -> Result<(), Error> {
    let failed = |why| Error::Write { path: path.into(), why };
    let beside = path.with_added_extension("new");
    // Left over from a start that was cut short; its mode may be wrong.
    match fs::remove_file(&beside) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(failed(why)),
        _ => {}
    }
    let mut file = create_new(&beside, mode).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)
}

fn create_new(path: &Path, mode: u32) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}
