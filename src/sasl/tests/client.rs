//! A client against servers that do wrong.

use alloc::format;
use alloc::vec::Vec;

use super::{Broken, Counter, RFC_MESSAGES, credentials, rfc_client};
use crate::precis;
use crate::sasl::client::{self, Exchange};
use crate::sasl::scram::{Account, ITERATIONS_MAX, ITERATIONS_MIN};
use crate::sasl::server::{self, Step};
use crate::sasl::{Error, Mechanism};

const SERVER_FIRST: &str = RFC_MESSAGES[1];

fn first_error(challenge: &str) -> Error {
    rfc_client().handle(challenge.as_bytes()).err().unwrap_or_else(|| panic!("accepted {challenge}"))
}

#[test]
fn a15_server_nonce_extends_ours() {
    let rest = "s=QSXCR+Q6sek8bf92,i=4096";
    for nonce in [
        "fyko+d2lbbFgONRv9qkxdawL",
        "fyko+d2lbbFgONRv9qkxdaw",
        "Fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j",
        "3rfcNHYJY1ZVvWVs7jfyko+d2lbbFgONRv9qkxdawL",
    ] {
        assert_eq!(first_error(&format!("r={nonce},{rest}")), Error::NonceMismatch, "{nonce}");
    }
}

/// Counts far over the bound come back at once: had they been used, this test would not end.
#[test]
fn a15_iterations_have_a_floor_and_a_cap() {
    let with = |count: &str| SERVER_FIRST.replace("4096", count);
    assert_eq!(first_error(&with("1")), Error::IterationsTooFew { got: 1 });
    assert_eq!(first_error(&with("4095")), Error::IterationsTooFew { got: ITERATIONS_MIN - 1 });
    assert!(rfc_client().handle(with("4096").as_bytes()).is_ok());
    assert_eq!(first_error(&with("1000001")), Error::IterationsTooMany { got: ITERATIONS_MAX + 1 });
    assert_eq!(first_error(&with("4294967295")), Error::IterationsTooMany { got: u32::MAX });
    assert_eq!(first_error(&with("99999999999999999999999999")), Error::IterationsTooMany { got: u32::MAX });
    for malformed in ["0", "04096", "-4096", "+4096", "4096 ", "0x1000", "4e3", ""] {
        assert_eq!(first_error(&with(malformed)), Error::MalformedChallenge, "{malformed}");
    }
}

#[test]
fn mandatory_extensions_are_refused() {
    assert_eq!(first_error(&format!("m=x,{SERVER_FIRST}")), Error::MandatoryExtension);
    assert_eq!(first_error(&format!("{SERVER_FIRST},m=x")), Error::MandatoryExtension);
    assert_eq!(first_error(&SERVER_FIRST.replace(",s=", ",m=x,s=")), Error::MandatoryExtension);
    let (state, _) = rfc_client().handle(SERVER_FIRST.as_bytes()).unwrap();
    assert_eq!(state.handle(format!("m=x,{}", RFC_MESSAGES[3]).as_bytes()), Err(Error::MandatoryExtension));
}

#[test]
fn optional_extensions_are_ignored() {
    assert!(rfc_client().handle(format!("{SERVER_FIRST},x=1,h=a=b").as_bytes()).is_ok());
}

#[test]
fn attributes_are_there_once_and_in_order() {
    for bad in [
        "",
        ",",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,i=4096,s=QSXCR+Q6sek8bf92",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,r=x,s=QSXCR+Q6sek8bf92,i=4096",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,i=4096",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,s=QSXCR+Q6sek8bf92",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,x=1,x=2",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,ext=1",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,1=1",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096,x",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=,i=4096",
        "r=fyko+d2lbbFgONRv9qkxdawL3 rfc,s=QSXCR+Q6sek8bf92,i=4096",
        "r=fyko+d2lbbFgONRv9qkxdawL3\u{e9},s=QSXCR+Q6sek8bf92,i=4096",
        "e=other-error",
    ] {
        assert_eq!(first_error(bad), Error::MalformedChallenge, "{bad}");
    }
}

/// Base64 has one spelling: no missing padding, no bits set in it, no white space, no other alphabet.
#[test]
fn base64_is_strict() {
    for salt in ["QQ", "QQ=", "QR==", "QQ===", "QUJ=", "QU I=", "QQ==\n", "-_-_", "Q", "====", "="] {
        let message = SERVER_FIRST.replace("QSXCR+Q6sek8bf92", salt);
        assert_eq!(first_error(&message), Error::MalformedChallenge, "{salt}");
    }
}

#[test]
fn a15_server_signature_is_checked() {
    let last = |text: &str| rfc_client().handle(SERVER_FIRST.as_bytes()).unwrap().0.handle(text.as_bytes());
    assert_eq!(last(RFC_MESSAGES[3]), Ok(()));
    assert_eq!(last("v=rmF9pqV8S7suAoZWja4dJRkFsKR="), Err(Error::MalformedChallenge), "bits in the padding");
    assert_eq!(last("v=smF9pqV8S7suAoZWja4dJRkFsKQ="), Err(Error::ServerSignatureWrong));
    assert_eq!(last("v=rmF9"), Err(Error::ServerSignatureWrong), "a piece of it");
    assert_eq!(last("v="), Err(Error::MalformedChallenge));
    assert_eq!(last(""), Err(Error::MalformedChallenge));
    assert_eq!(last("e=invalid-proof"), Err(Error::ServerRefused));
    assert_eq!(last("e=other-error,v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), Err(Error::MalformedChallenge));
    assert_eq!(last("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=,x=1"), Ok(()));
}

/// A client brought to where the server owes its signature, and that signature.
fn unproven() -> (Exchange, Vec<u8>) {
    let random = Counter::new();
    let mechanism = Mechanism::ScramSha1;
    let (client, first) = client::start(mechanism, &credentials("user", "pencil", None), None, &random).unwrap();
    let Step::Lookup(lookup) = server::start(mechanism, None, Some(&first), &random) else { panic!() };
    let Step::Challenge(server, challenge) = lookup.found(&super::account(crate::sasl::scram::Hash::Sha1, "pencil"))
    else {
        panic!()
    };
    let (client, response) = client.challenge(&challenge).unwrap();
    let Step::Success { data: Some(signature), .. } = server.response(&response) else { panic!() };
    (client, signature)
}

#[test]
fn a15_success_needs_the_signature() {
    let (client, _) = unproven();
    assert_eq!(client.success(None).err(), Some(Error::ServerSignatureMissing));
    let (client, _) = unproven();
    assert_eq!(client.success(Some(b"")).err(), Some(Error::ServerSignatureMissing));
    let (client, mut signature) = unproven();
    signature[2] ^= 1;
    assert_eq!(client.success(Some(&signature)).err(), Some(Error::ServerSignatureWrong));
    let (client, signature) = unproven();
    assert!(client.success(Some(&signature)).is_ok());
}

#[test]
fn a15_success_before_the_challenge_is_a_lie() {
    for data in [None, Some(&b""[..]), Some(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")] {
        let credentials = credentials("user", "pencil", None);
        let (client, _) = client::start(Mechanism::ScramSha256, &credentials, None, &Counter::new()).unwrap();
        assert_eq!(client.success(data).err(), Some(Error::ServerSignatureMissing));
    }
}

/// The signature may come as a challenge, answered with nothing, before a success without data (RFC 4422 section 3.6).
#[test]
fn signature_as_a_challenge() {
    let proven = || {
        let (client, signature) = unproven();
        let (client, response) = client.challenge(&signature).unwrap();
        assert_eq!(response, b"");
        client
    };
    assert!(proven().success(None).is_ok());
    assert!(proven().success(Some(b"")).is_ok());
    assert_eq!(proven().success(Some(b"v=x")).err(), Some(Error::UnexpectedSuccessData));
    assert_eq!(proven().challenge(b"").err(), Some(Error::UnexpectedChallenge));
    let (client, _) = unproven();
    assert_eq!(client.challenge(b"v=AAAA").err(), Some(Error::ServerSignatureWrong));
}

#[test]
fn no_random_no_login() {
    let credentials = credentials("user", "pencil", None);
    assert_eq!(client::start(Mechanism::ScramSha1, &credentials, None, &Broken).err(), Some(Error::Random));
    assert!(Account::derive(&credentials.password, &Broken).is_err());
}

#[test]
fn a21_credentials_that_cannot_be_sent() {
    let start = |username, password, authzid| {
        client::start(Mechanism::ScramSha1, &credentials(username, password, authzid), None, &Counter::new()).err()
    };
    assert_eq!(start("user", "pencil", Some("")), Some(Error::Authzid));
    assert_eq!(start("user", "pencil", Some("a\0b")), Some(Error::Authzid));
    assert_eq!(start("user", "pencil", Some("juliet@example.com")), None);
    assert_eq!(start("", "pencil", None), Some(Error::Username(precis::Error::Empty)));
    assert_eq!(start("user", "", None), Some(Error::Password(precis::Error::Empty)));
    for name in ["a b", "a\0", "a\n"] {
        assert_eq!(start(name, "pencil", None), Some(Error::Username(precis::Error::Disallowed)), "{name:?}");
    }
    for password in ["a\0", "a\t"] {
        assert_eq!(start("user", password, None), Some(Error::Password(precis::Error::Disallowed)), "{password:?}");
    }
}

#[test]
fn names_are_escaped() {
    let credentials = credentials(",=,=", "password", Some("a=b,c"));
    let (_, first) = client::start(Mechanism::ScramSha1, &credentials, None, &Counter::new()).unwrap();
    assert!(first.starts_with(b"n,a=a=3Db=2Cc,n==2C=3D=2C=3D,r="));
}

/// Nonces are 192 bits, printable, and not repeated.
#[test]
fn nonces_come_from_the_random_source() {
    let random = Counter::new();
    let nonce = || crate::sasl::scram::nonce(&random).unwrap();
    let (first, second) = (nonce(), nonce());
    assert_eq!(first.len(), 32);
    assert_ne!(first, second);
    assert!(first.bytes().all(|byte| byte.is_ascii_graphic() && byte != b','));
}
