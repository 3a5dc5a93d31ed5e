//! What both ends of a TLS connection know of it, for a login that is bound to it.
//!
//! In: a connection whose handshake is done, the server's certificate. Out: channel bindings, as many as there are. A
//! kind that is not safe for the connection, or not defined for the certificate, is left out and never guessed.

use rustls::pki_types::CertificateDer;
use rustls::{ConnectionCommon, ProtocolVersion};
use sha2::{Digest, Sha256, Sha384, Sha512};
use tercet::sasl::{BindingKind, ChannelBinding};
use x509_parser::oid_registry::{
    OID_HASH_SHA1, OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512, OID_PKCS1_MD5WITHRSAENC,
    OID_PKCS1_SHA1WITHRSA, OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
    OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512, Oid,
};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::signature_algorithm::SignatureAlgorithm;
use zeroize::Zeroizing;

/// `tls-exporter` (RFC 9266) of a connection. TLS 1.3 alone: below it the octets are good only with the extended master
/// secret, and rustls does not tell whether that was agreed on.
pub(crate) fn exporter<Side>(tls: &ConnectionCommon<Side>) -> Option<ChannelBinding> {
    if tls.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return None;
    }
    let exported = tls.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[]));
    let exported = Zeroizing::new(exported.ok()?);
    ChannelBinding::new(BindingKind::TlsExporter, &*exported).ok()
}

/// `tls-server-end-point` (RFC 5929 section 4.1) of a certificate. `None` where its signature has no hash function, or
/// one that is not known here.
pub(crate) fn end_point(certificate: &CertificateDer<'_>) -> Option<ChannelBinding> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let algorithm = SignatureAlgorithm::try_from(&parsed.signature_algorithm).ok()?;
    let hash = match &algorithm {
        SignatureAlgorithm::RSASSA_PSS(params) => params.hash_algorithm_oid(),
        _ => &parsed.signature_algorithm.algorithm,
    };
    let hashed = hash_by(hash, certificate)?;
    ChannelBinding::new(BindingKind::TlsServerEndPoint, &hashed).ok()
}

fn hash_by(oid: &Oid<'_>, data: &[u8]) -> Option<Vec<u8>> {
    const BY_SHA256: [Oid<'_>; 6] = [
        // What is too weak by now is replaced by SHA-256.
        OID_PKCS1_MD5WITHRSAENC,
        OID_PKCS1_SHA1WITHRSA,
        OID_HASH_SHA1,
        OID_PKCS1_SHA256WITHRSA,
        OID_SIG_ECDSA_WITH_SHA256,
        OID_NIST_HASH_SHA256,
    ];
    const BY_SHA384: [Oid<'_>; 3] = [OID_PKCS1_SHA384WITHRSA, OID_SIG_ECDSA_WITH_SHA384, OID_NIST_HASH_SHA384];
    const BY_SHA512: [Oid<'_>; 3] = [OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA512, OID_NIST_HASH_SHA512];
    if BY_SHA256.contains(oid) {
        Some(Sha256::digest(data).to_vec())
    } else if BY_SHA384.contains(oid) {
        Some(Sha384::digest(data).to_vec())
    } else if BY_SHA512.contains(oid) {
        Some(Sha512::digest(data).to_vec())
    } else {
        None
    }
}
