//! The client's side: whom to believe that they are the server.
//!
//! In: the machine's authorities, a PEM file, or nobody. Out: a configuration. Invariant: the certificate must be for
//! the domain of the address, and its dates must fit, whether it is believed for its issuer or for itself; `Anything`
//! alone waives that. In every case the server must prove that the certificate's key is its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Error, certificates, provider};

/// Whom a client believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Anyone at all: for experiments.
    Anything,
    /// The certificates in a PEM file: authorities, or the very certificate of a server.
    File(PathBuf),
    /// The authorities that the machine trusts.
    System,
}

/// The configuration of a client that believes `trust`.
///
/// # Errors
/// The file cannot be read or used, or the machine has no authorities.
pub(crate) fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, Error> {
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Anything => Arc::new(Verifier::new(Belief::Anyone)),
        Trust::File(path) => Arc::new(Verifier::new(given(path)?)),
        Trust::System => chains(system_roots()?)?,
    };
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Error::Config)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Every certificate of the file is a pin; those marked as authorities may vouch for others too.
fn given(path: &Path) -> Result<Belief, Error> {
    let unusable = |why: rustls::Error| Error::Unusable { path: path.into(), why: why.to_string() };
    let pins = certificates(path)?;
    let mut roots = RootCertStore::empty();
    for pin in &pins {
        ParsedCertificate::try_from(pin).map_err(unusable)?;
        if X509Certificate::from_der(pin).is_ok_and(|(_, cert)| cert.is_ca()) {
            roots.add(pin.clone()).map_err(unusable)?;
        }
    }
    let chains = if roots.is_empty() { None } else { Some(chains(roots)?) };
    Ok(Belief::Given { pins, chains })
}

/// Damaged entries of the machine's list are passed over: one of them must not stop every login.
fn system_roots() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(Error::NoRoots) } else { Ok(roots) }
}

fn chains(roots: RootCertStore) -> Result<Arc<WebPkiServerVerifier>, Error> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|why| Error::Config(rustls::Error::General(why.to_string())))
}

/// Which certificates are believed.
#[derive(Debug)]
enum Belief {
    /// All.
    Anyone,
    /// Those in the list, for servers that make their own certificate, often marked as an authority's, which no chain
    /// allows; else those with a chain to an authority.
    Given { pins: Vec<CertificateDer<'static>>, chains: Option<Arc<WebPkiServerVerifier>> },
}

/// A belief, and the proof that the certificate is the server's own, which no belief waives.
#[derive(Debug)]
struct Verifier {
    belief: Belief,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    fn new(belief: Belief) -> Self {
        Self { belief, algorithms: provider().signature_verification_algorithms }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.belief {
            Belief::Anyone => {}
            Belief::Given { pins, .. } if pins.contains(end_entity) => {
                check_dates(end_entity, now)?;
                rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
            Belief::Given { chains: Some(chains), .. } => {
                chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
            }
            Belief::Given { chains: None, .. } => return Err(CertificateError::UnknownIssuer.into()),
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn check_dates(cert: &CertificateDer<'_>, now: UnixTime) -> Result<(), rustls::Error> {
    let (_, cert) = X509Certificate::from_der(cert).map_err(|_| CertificateError::BadEncoding)?;
    let (not_before, not_after) = (unix(cert.validity().not_before), unix(cert.validity().not_after));
    if now < not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
    }
    if now > not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
    }
    Ok(())
}

/// Dates before 1970 count as 1970: a clock that agrees with them is wrong anyway.
fn unix(time: x509_parser::time::ASN1Time) -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(time.timestamp()).unwrap_or(0)))
}
