//! Real handshakes, in memory: each side's bytes are carried over to the other until both are done or one refuses.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{self, Read, Write};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;
use rustls::{ClientConnection, ServerConfig, ServerConnection};
use tempfile::TempDir;
use tercet::sasl::{BindingKind, ChannelBinding};
use time::{Duration, OffsetDateTime};

use super::*;

const XMPP_ADDR: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 8, 5];

/// A certificate, its key, and a folder that holds both as files.
struct Made {
    params: CertificateParams,
    cert: rcgen::Certificate,
    key: KeyPair,
    dir: TempDir,
}

impl Made {
    fn new(params: CertificateParams, issuer: Option<&Made>) -> Self {
        let key = KeyPair::generate().unwrap();
        let cert = match issuer {
            None => params.self_signed(&key).unwrap(),
            Some(by) => params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)).unwrap(),
        };
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("crt"), cert.pem()).unwrap();
        fs::write(dir.path().join("key"), key.serialize_pem()).unwrap();
        Self { params, cert, key, dir }
    }

    fn files(&self) -> Files {
        Files { cert: self.dir.path().join("crt"), key: self.dir.path().join("key") }
    }

    fn pinned(&self) -> Trust {
        Trust::File(self.files().cert)
    }
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

fn authority(name: &str) -> Made {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Made::new(params, None)
}

/// As `openssl req -x509` makes them for XMPP servers:
/// its own authority, with an address and an XmppAddr beside the name.
fn like_prosody(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.subject_alt_names.push(SanType::IpAddress([127, 0, 0, 1].into()));
    params.subject_alt_names.push(SanType::OtherName((XMPP_ADDR.into(), name.into())));
    params
}

fn handshake_with(trust: &Trust, domain: &str, server: Arc<ServerConfig>) -> Result<(), io::Error> {
    let mut client = ClientConnection::new(client_config(trust).unwrap(), server_name(domain).unwrap()).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire)?;
        server.read_tls(&mut wire.as_slice())?;
        server.process_new_packets().map_err(io::Error::other)?;
        wire.clear();
        server.write_tls(&mut wire)?;
        client.read_tls(&mut wire.as_slice())?;
        client.process_new_packets().map_err(io::Error::other)?;
    }
    carry(&mut client, &mut server)
}

/// Both ends have the same keys: what one writes the other reads.
fn carry(client: &mut ClientConnection, server: &mut ServerConnection) -> Result<(), io::Error> {
    client.writer().write_all(b"ping")?;
    let mut wire = Vec::new();
    while client.wants_write() {
        client.write_tls(&mut wire)?;
    }
    server.read_tls(&mut wire.as_slice())?;
    server.process_new_packets().map_err(io::Error::other)?;
    let mut got = [0; 4];
    server.reader().read_exact(&mut got)?;
    assert_eq!(&got, b"ping");
    Ok(())
}

/// A handshake in which both sides may do one version; gives both ends.
fn ends(made: &Made, version: &'static rustls::SupportedProtocolVersion) -> (ClientConnection, ServerConnection) {
    let roots = client_config(&made.pinned()).unwrap();
    let key = private_key(&made.files().key).unwrap();
    let config = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
    let chain = vec![made.cert.der().clone()];
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let mut client = ClientConnection::new(roots, server_name("localhost").unwrap()).unwrap();
    let mut server = ServerConnection::new(Arc::new(config)).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        wire.clear();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets().unwrap();
    }
    (client, server)
}

/// Whether two bindings are of one channel: a login with them tells.
fn agree(client: ChannelBinding, server: ChannelBinding) -> bool {
    use tercet::sasl::{Bindings, Credentials, Policy, Secret, Wanted, crypto::Os, scram, select, server::Step};
    let password = Secret::new("pencil".into());
    let keys = scram::Keys::derive(scram::Hash::Sha256, &password, b"salt", 4096).unwrap();
    let credentials = Credentials { username: "user".into(), password, authzid: None };
    let (kinds, [mut ours, mut theirs]) = ([client.kind(), server.kind()], [Bindings::default(), Bindings::default()]);
    ours.set(client);
    theirs.set(server);
    let choice = select(["SCRAM-SHA-256-PLUS"].into_iter(), &Policy::default(), None, &ours, Some(&kinds)).unwrap();
    let (client, first) = tercet::sasl::client::start(choice, &credentials, None, &Os).unwrap();
    let wanted = Wanted::read(choice.name(), &theirs).unwrap();
    let Step::Lookup(lookup) = tercet::sasl::server::start(wanted, None, Some(&first), &Os) else { return false };
    let Step::Challenge(server, challenge) = lookup.found(&scram::Account::new(keys)) else { return false };
    let (_, response) = client.challenge(&challenge).unwrap();
    matches!(server.response(&response), Step::Success { .. })
}

#[test]
fn a17_both_ends_export_the_same_and_another_connection_something_else() {
    let made = Made::new(named("localhost"), None);
    let (client, server) = ends(&made, &rustls::version::TLS13);
    let (_, other) = ends(&made, &rustls::version::TLS13);
    assert!(agree(exporter(&client).unwrap(), exporter(&server).unwrap()));
    assert!(!agree(exporter(&client).unwrap(), exporter(&other).unwrap()));
    let (client, server) = ends(&made, &rustls::version::TLS12);
    assert!(exporter(&client).is_none() && exporter(&server).is_none(), "nobody knows whether they are unique");
}

#[test]
fn a17_a_certificate_is_hashed_as_it_was_signed() {
    use sha2::{Digest, Sha256, Sha384};
    let signed = |algorithm| {
        let key = KeyPair::generate_for(algorithm).unwrap();
        named("localhost").self_signed(&key).unwrap().der().clone()
    };
    let is = |der: &CertificateDer<'_>, hash: &[u8]| {
        let expected = ChannelBinding::new(BindingKind::TlsServerEndPoint, hash).unwrap();
        agree(end_point(der).unwrap(), expected)
    };
    let der = signed(&rcgen::PKCS_ECDSA_P256_SHA256);
    assert!(is(&der, &Sha256::digest(&der)) && !is(&der, &Sha384::digest(&der)));
    let der = signed(&rcgen::PKCS_ECDSA_P384_SHA384);
    assert!(is(&der, &Sha384::digest(&der)) && !is(&der, &Sha256::digest(&der)));
    assert!(end_point(&signed(&rcgen::PKCS_ED25519)).is_none(), "no hash function, so no binding");
    assert!(end_point(&CertificateDer::from(vec![0; 9])).is_none());
}

fn handshake(trust: &Trust, domain: &str, made: &Made) -> Result<(), String> {
    handshake_with(trust, domain, server_config(&made.files()).unwrap()).map_err(|error| explain(&error))
}

#[track_caller]
fn refused(trust: &Trust, domain: &str, made: &Made, with: &str) {
    let why = handshake(trust, domain, made).unwrap_err();
    assert!(why.contains(with), "{why}");
}

#[test]
fn t08_a_pinned_certificate_is_believed_even_if_marked_as_an_authority() {
    for params in [named("localhost"), like_prosody("localhost")] {
        let made = Made::new(params, None);
        handshake(&made.pinned(), "localhost", &made).unwrap();
    }
}

#[test]
fn t08_both_versions_take_a_pinned_authority() {
    let made = Made::new(like_prosody("localhost"), None);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let server = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates(&made.files().cert).unwrap(), private_key(&made.files().key).unwrap())
            .unwrap();
        handshake_with(&made.pinned(), "localhost", Arc::new(server)).unwrap();
    }
}

#[test]
fn t08_a_pinned_certificate_with_a_wrong_name_is_refused() {
    for params in [named("localhost"), like_prosody("localhost")] {
        let made = Made::new(params, None);
        let why = handshake(&made.pinned(), "example.com", &made).unwrap_err();
        assert!(why.starts_with("expected a certificate for example.com, but the server's is for localhost"), "{why}");
        assert!(!why.contains("0x"), "{why}");
    }
}

#[test]
fn t08_the_common_name_and_the_xmpp_address_name_no_host() {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    params.subject_alt_names.push(SanType::OtherName((XMPP_ADDR.into(), "localhost".into())));
    let made = Made::new(params, None);
    refused(&made.pinned(), "localhost", &made, "expected a certificate for localhost");
    let nameless = Made::new(CertificateParams::default(), None);
    refused(&nameless.pinned(), "localhost", &nameless, "is for no name at all");
}

#[test]
fn t08_a_wildcard_covers_one_label_on_the_left() {
    let made = Made::new(named("*.example.com"), None);
    handshake(&made.pinned(), "xmpp.example.com", &made).unwrap();
    refused(&made.pinned(), "example.com", &made, "expected a certificate for example.com");
    refused(&made.pinned(), "a.b.example.com", &made, "expected a certificate for a.b.example.com");
}

#[test]
fn t08_a_pinned_certificate_out_of_its_dates_is_refused() {
    let now = OffsetDateTime::now_utc();
    let mut params = like_prosody("localhost");
    params.not_after = now - Duration::days(3);
    let expired = Made::new(params, None);
    refused(&expired.pinned(), "localhost", &expired, "expired 3 days ago");

    let mut params = like_prosody("localhost");
    params.not_before = now + Duration::days(3);
    let early = Made::new(params, None);
    refused(&early.pinned(), "localhost", &early, "not valid yet");
}

#[test]
fn t08_a_chain_to_a_given_authority_is_believed() {
    let authority = authority("ours");
    let made = Made::new(named("localhost"), Some(&authority));
    handshake(&authority.pinned(), "localhost", &made).unwrap();
    refused(&authority.pinned(), "example.com", &made, "expected a certificate for example.com");
}

#[test]
fn t08_an_unknown_issuer_is_refused() {
    let ours = authority("ours");
    for theirs in [authority("theirs"), authority("ours")] {
        let made = Made::new(named("localhost"), Some(&theirs));
        assert!(handshake(&theirs.pinned(), "localhost", &made).is_ok());
        assert!(handshake(&ours.pinned(), "localhost", &made).is_err());
    }
    let made = Made::new(named("localhost"), Some(&authority("theirs")));
    refused(&ours.pinned(), "localhost", &made, "nobody trusted has signed");
    let alone = Made::new(named("localhost"), None);
    refused(&ours.pinned(), "localhost", &alone, "nobody trusted has signed");
    let own_authority = Made::new(like_prosody("localhost"), None);
    refused(&ours.pinned(), "localhost", &own_authority, "nobody trusted has signed");
}

#[test]
fn t08_another_certificate_with_the_pinned_names_is_refused() {
    let pin = Made::new(like_prosody("localhost"), None);
    for twin in [like_prosody("localhost"), named("localhost")] {
        assert!(handshake(&pin.pinned(), "localhost", &Made::new(twin, None)).is_err());
    }
}

#[test]
fn t08_a_pinned_leaf_gives_no_trust_to_what_it_signs() {
    let mut params = named("example.com");
    params.distinguished_name.push(rcgen::DnType::CommonName, "leaf");
    let pin = Made::new(params, None);
    handshake(&pin.pinned(), "example.com", &pin).unwrap();
    let signed = Made::new(named("localhost"), Some(&pin));
    refused(&pin.pinned(), "localhost", &signed, "nobody trusted has signed");
}

#[test]
fn insecure_takes_any_certificate() {
    let mut params = named("example.com");
    params.not_after = OffsetDateTime::now_utc() - Duration::days(3);
    let made = Made::new(params, None);
    handshake(&Trust::Anything, "localhost", &made).unwrap();
}

/// Shows a certificate whose key it does not have.
#[derive(Debug)]
struct Impostor(Arc<CertifiedKey>);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

#[test]
fn a_certificate_without_its_key_is_refused_by_all() {
    let (victim, impostor) = (Made::new(like_prosody("localhost"), None), Made::new(named("localhost"), None));
    for trust in [victim.pinned(), Trust::Anything] {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let key = provider().key_provider.load_private_key(private_key(&impostor.files().key).unwrap()).unwrap();
            let shown = CertifiedKey::new(vec![victim.cert.der().clone()], key);
            let server = ServerConfig::builder_with_provider(provider())
                .with_protocol_versions(&[version])
                .unwrap()
                .with_no_client_auth()
                .with_cert_resolver(Arc::new(Impostor(Arc::new(shown))));
            let why = explain(&handshake_with(&trust, "localhost", Arc::new(server)).unwrap_err());
            assert!(why.contains("not its own"), "{why}");
        }
    }
}

#[test]
fn a_self_signed_certificate_is_made_reused_and_renewed() {
    let dir = TempDir::new().unwrap();
    let now = OffsetDateTime::now_utc();
    let files = self_signed("localhost", dir.path(), now).unwrap();
    let first = fs::read(&files.cert).unwrap();
    handshake_with(&Trust::File(files.cert.clone()), "localhost", server_config(&files).unwrap()).unwrap();

    assert_eq!(self_signed("localhost", dir.path(), now + Duration::days(300)).unwrap(), files);
    assert_eq!(fs::read(&files.cert).unwrap(), first, "still good");
    self_signed("localhost", dir.path(), now + Duration::days(350)).unwrap();
    let second = fs::read(&files.cert).unwrap();
    assert_ne!(second, first, "about to end");
    self_signed("localhost", dir.path(), now).unwrap();
    assert_ne!(fs::read(&files.cert).unwrap(), second, "from the future");

    fs::write(&files.key, "").unwrap();
    self_signed("localhost", dir.path(), now).unwrap();
    server_config(&files).unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left lying about");
}

#[test]
fn two_domains_share_a_folder() {
    let dir = TempDir::new().unwrap();
    let now = OffsetDateTime::now_utc();
    let one = self_signed("one.example", dir.path(), now).unwrap();
    let two = self_signed("two.example", dir.path(), now).unwrap();
    assert_ne!(one, two);
    handshake_with(&Trust::File(one.cert.clone()), "one.example", server_config(&one).unwrap()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_key_made_here_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let files = self_signed("localhost", dir.path(), OffsetDateTime::now_utc()).unwrap();
    assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn t11_names_for_tls() {
    let name = |domain| server_name(domain).map(|name| name.to_str().into_owned());
    assert_eq!(name("example.com").unwrap(), "example.com");
    assert_eq!(name("straße.example").unwrap(), "xn--strae-oqa.example");
    assert_eq!(name("127.0.0.1").unwrap(), "127.0.0.1");
    assert_eq!(name("[::1]").unwrap(), "::1");
    for bad in ["", "a b", "a/b", "..", "[1", "[x]", &"a".repeat(64)] {
        assert!(matches!(server_name(bad), Err(Error::Domain(_))), "{bad:?}");
    }
}

#[test]
fn internationalised_and_numeric_domains_get_certificates() {
    let dir = TempDir::new().unwrap();
    for domain in ["straße.example", "127.0.0.1", "[::1]"] {
        let files = self_signed(domain, dir.path(), OffsetDateTime::now_utc()).unwrap();
        handshake_with(&Trust::File(files.cert.clone()), domain, server_config(&files).unwrap()).unwrap();
    }
}

#[test]
fn keys_of_all_forms_are_read() {
    let made = Made::new(named("localhost"), None);
    let key = private_key(&made.files().key).unwrap();
    assert!(matches!(key, PrivateKeyDer::Pkcs8(_)));
    for (label, expected) in [("EC PRIVATE KEY", "sec1"), ("RSA PRIVATE KEY", "pkcs1")] {
        let pem = made.key.serialize_pem().replace("PRIVATE KEY", label);
        fs::write(made.files().key, pem).unwrap();
        let form = match private_key(&made.files().key).unwrap() {
            PrivateKeyDer::Sec1(_) => "sec1",
            PrivateKeyDer::Pkcs1(_) => "pkcs1",
            _ => "other",
        };
        assert_eq!(form, expected);
    }
}

#[test]
fn unusable_files_are_named() {
    let made = Made::new(named("localhost"), None);
    let other = Made::new(named("localhost"), None);
    let Files { cert, key } = made.files();
    let swapped = Files { cert: key.clone(), key: cert.clone() };
    assert!(matches!(server_config(&swapped), Err(Error::NoCertificate(path)) if path == key));
    let no_key = Files { key: cert.clone(), ..made.files() };
    assert!(matches!(server_config(&no_key), Err(Error::NoKey(path)) if path == cert));
    let mixed = Files { key: other.files().key, ..made.files() };
    assert!(matches!(server_config(&mixed), Err(Error::Pair { .. })));
    let absent = Files { cert: made.dir.path().join("none"), ..made.files() };
    assert!(server_config(&absent).unwrap_err().to_string().starts_with("cannot read"));
    fs::write(&cert, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    assert!(matches!(client_config(&made.pinned()), Err(Error::Unusable { .. })));
    fs::write(&cert, "-----BEGIN CERTIFICATE-----\n!\n").unwrap();
    assert!(matches!(client_config(&made.pinned()), Err(Error::Unusable { .. })));
}

#[test]
fn names_from_a_peer_cannot_write_on_the_terminal() {
    let error = rustls::Error::InvalidCertificate(rustls::CertificateError::NotValidForNameContext {
        expected: server_name("example.com").unwrap(),
        presented: vec!["DnsName(\"a\u{1b}[2Jb\")".into(), "IpAddress(127.0.0.1)".into()],
    });
    assert_eq!(
        explain(&io::Error::other(error)),
        "expected a certificate for example.com, but the server's is for a\\u{1b}[2Jb, 127.0.0.1"
    );
}

/// What a server is told of its certificate is what clients will think of it.
#[test]
fn a_certificate_for_another_name_is_complained_of_before_clients_do() {
    let made = Made::new(like_prosody("example.net"), None);
    assert_eq!(complaint(&made.files(), "example.net"), None);
    for (domain, name) in [("example.org", "example.org"), ("im.example.net", "im.example.net"), ("[::1]", "::1")] {
        let said = complaint(&made.files(), domain).unwrap();
        assert!(said.contains(&format!(" is for example.net, 127.0.0.1, not for {name}: ")), "{said}");
        let refused = handshake_with(&made.pinned(), domain, server_config(&made.files()).unwrap());
        assert!(refused.is_err(), "{domain}");
    }
    let wide = Made::new(named("*.example.net"), None);
    assert_eq!(complaint(&wide.files(), "im.example.net"), None);
    assert!(complaint(&wide.files(), "example.net").is_some());
    let foreign = Made::new(named("xn--bcher-kva.example"), None);
    assert_eq!(complaint(&foreign.files(), "b\u{fc}cher.example"), None);
    let nameless = Made::new(CertificateParams::default(), None);
    assert!(complaint(&nameless.files(), "example.net").unwrap().contains(" is for no name at all, not for "));
    assert!(complaint(&made.files(), "no_name.example!").unwrap().contains("no certificate can be for"));
    let nowhere = Files { cert: "/nowhere".into(), key: "/nowhere".into() };
    assert_eq!(complaint(&nowhere, "example.net"), None);
}
