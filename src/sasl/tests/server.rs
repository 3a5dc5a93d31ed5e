//! A server against clients that do wrong.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Broken, Counter, RFC_MESSAGES, account, credentials, kind, refusal, rfc_server, rfc_server_alone, secret};
use crate::sasl::scram::{Account, Hash};
use crate::sasl::server::{self, Step};
use crate::sasl::{Failure, Mechanism, Secured, client};

fn first(message: &str) -> Result<(), Failure> {
    rfc_server_alone().handle(message.as_bytes()).map(drop)
}

fn last(message: &[u8]) -> Result<Vec<u8>, Failure> {
    let (server, account) = rfc_server();
    let (state, challenge) = server.handle(RFC_MESSAGES[0].as_bytes()).unwrap().challenge(&account);
    assert_eq!(challenge, RFC_MESSAGES[1].as_bytes());
    state.handle(message).map(|proven| proven.signature)
}

#[test]
fn a16_channel_binding_flags() {
    assert_eq!(first("n,,n=user,r=abc"), Ok(()));
    assert_eq!(first("y,,n=user,r=abc"), Ok(()));
    for flag in ["p=tls-unique", "p=tls-exporter", "p=", "p", "p=a b", "x", "N", "", "n=", "y=1", "F"] {
        assert_eq!(first(&format!("{flag},,n=user,r=abc")), Err(Failure::MalformedRequest), "{flag}");
    }
}

#[test]
fn a16_header_is_repeated() {
    let honest = RFC_MESSAGES[2];
    assert_eq!(last(honest.as_bytes()).as_deref(), Ok(RFC_MESSAGES[3].as_bytes()));
    for binding in ["eSws", "bixhPWEs", "biw=", "YmJi", "biwsAA=="] {
        assert_eq!(last(honest.replace("biws", binding).as_bytes()), Err(Failure::NotAuthorized), "{binding}");
    }
}

#[test]
fn a12_first_message_grammar() {
    assert_eq!(first("n,a=admin,n=user,r=abc"), Ok(()));
    assert_eq!(first("n,,n=user,r=abc,x=1,y=2"), Ok(()));
    for bad in [
        "",
        "n",
        "n,",
        "n,,",
        "n,n=user,r=abc",
        "n,,n=user",
        "n,,n=user,r=",
        "n,,n=,r=abc",
        "n,,r=abc,n=user",
        "n,,n=user,n=user,r=abc",
        "n,,n=user,r=abc,r=abc",
        "n,,n=user,r=abc,n=other",
        "n,,n=user,r=abc,p=AAAA",
        "n,,n=user,r=abc,",
        "n,,n=user,,r=abc",
        "n,,m=x,n=user,r=abc",
        "n,,n=user,r=abc,m=x",
        "n,,n=user,r=a c",
        "n,,n=us=er,r=abc",
        "n,,n=us=2cer,r=abc",
        "n,,n=user=,r=abc",
        "n,,n=us\0er,r=abc",
        "n,a=,n=user,r=abc",
        "n,a=x=y,n=user,r=abc",
        "n,a=x\0y,n=user,r=abc",
        "n,b=admin,n=user,r=abc",
        "n,a=admin,a=admin,n=user,r=abc",
    ] {
        assert_eq!(first(bad), Err(Failure::MalformedRequest), "{bad}");
    }
    assert_eq!(rfc_server_alone().handle(b"n,,n=us\xffer,r=abc").err(), Some(Failure::MalformedRequest));
}

#[test]
fn a12_last_message_grammar() {
    let honest = RFC_MESSAGES[2];
    for bad in [
        "".to_string(),
        "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=".to_string(),
        honest.replace("c=biws,", ""),
        honest.replace("c=biws", "c="),
        honest.replace(",p=", ",m=x,p="),
        honest.replace(",p=", ",p=AAAA,p="),
        honest.replace(",p=", ",c=biws,p="),
        honest.replace(",p=", ",x=1,x=1,p="),
        honest.replace("p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "p="),
        honest.replace("p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "p=v0X8"),
        honest.replace("HI4Ts=", "HI4Tt="),
        honest.replace("HI4Ts=", "HI4Ts"),
        format!("{honest},x=1"),
    ] {
        assert_eq!(last(bad.as_bytes()), Err(Failure::MalformedRequest), "{bad}");
    }
    let other_nonce = honest.replace("3rfc", "4rfc");
    assert_eq!(last(other_nonce.as_bytes()), Err(Failure::NotAuthorized));
    let other_proof = honest.replace("p=v", "p=w");
    assert_eq!(last(other_proof.as_bytes()), Err(Failure::NotAuthorized));
}

/// A user that does not exist: the same dialogue, the same salt each time, and no way in.
#[test]
fn unknown_users_look_like_known_ones() {
    let random = Counter::new();
    let derived = Account::derive(&secret("pencil"), &random).unwrap();
    for hash in Hash::ALL {
        let mechanism = Mechanism::from(hash);
        let challenge_of = |username: &str, fake_secret: Option<&[u8]>| {
            let (client, first) =
                client::start(mechanism, &credentials(username, "pencil", None), None, &random).unwrap();
            let Step::Lookup(lookup) = server::start(mechanism, None, Some(&first), &random) else { panic!() };
            let step = match fake_secret {
                Some(fake_secret) => lookup.not_found(fake_secret, &username.to_ascii_lowercase()),
                None => lookup.found(&derived),
            };
            let Step::Challenge(server, challenge) = step else { panic!() };
            let (_, response) = client.challenge(&challenge).unwrap();
            let end = kind(&server.response(&response));
            let text = alloc::string::String::from_utf8(challenge).unwrap();
            (text.split_once(",s=").unwrap().1.to_string(), end)
        };
        let (known, end) = challenge_of("juliet", None);
        assert_eq!(end, "success");
        let (unknown, end) = challenge_of("nobody", Some(b"secret"));
        assert_eq!(end, "not-authorized");
        assert_eq!(known.len(), unknown.len(), "salt length and iteration count give nothing away");
        assert_eq!(known.split_once(",i=").unwrap().1, unknown.split_once(",i=").unwrap().1);
        assert_eq!(challenge_of("nobody", Some(b"secret")).0, unknown, "the same salt on every try");
        assert_eq!(challenge_of("NoBody", Some(b"secret")).0, unknown, "the same salt for every spelling");
        assert_ne!(challenge_of("nobody2", Some(b"secret")).0, unknown);
        assert_ne!(challenge_of("nobody", Some(b"other")).0, unknown);
    }
}

/// An account without keys for the hash in use tells as little.
#[test]
fn accounts_without_the_hash_look_like_known_ones() {
    let random = Counter::new();
    let account = account(Hash::Sha1, "pencil");
    let mut salts = Vec::new();
    for name in ["user", "user", "USER"] {
        let credentials = credentials(name, "pencil", None);
        let (client, first) = client::start(Mechanism::ScramSha256, &credentials, None, &random).unwrap();
        let Step::Lookup(lookup) = server::start(Mechanism::ScramSha256, None, Some(&first), &random) else { panic!() };
        let Step::Challenge(server, challenge) = lookup.found(&account) else { panic!() };
        let (_, response) = client.challenge(&challenge).unwrap();
        assert_eq!(refusal(&server.response(&response)), Some(Failure::NotAuthorized));
        salts.push(alloc::string::String::from_utf8(challenge).unwrap().split_once(",s=").unwrap().1.to_string());
    }
    assert_eq!(salts[0], salts[1]);
    assert_eq!(salts[0], salts[2], "however the name is spelled");
}

#[test]
fn no_random_no_exchange() {
    for initial in [None, Some(&b"n,,n=user,r=abc"[..])] {
        let step = server::start(Mechanism::ScramSha1, None, initial, &Broken);
        assert_eq!(refusal(&step), Some(Failure::TemporaryAuthFailure));
    }
}

/// An initial response that is missing is asked for; an empty one is a mistake.
#[test]
fn missing_and_empty_initial_responses_differ() {
    let secured = Some(Secured::assert_confidential());
    for &mechanism in Mechanism::ALL {
        let step = server::start(mechanism, secured, Some(b""), &Counter::new());
        assert_eq!(refusal(&step), Some(Failure::MalformedRequest));
        let Step::Challenge(server, challenge) = server::start(mechanism, secured, None, &Counter::new()) else {
            panic!()
        };
        assert_eq!(challenge, b"");
        assert_eq!(refusal(&server.response(b"")), Some(Failure::MalformedRequest));
    }
}

/// What is looked up is the prepared name; a name that cannot be prepared belongs to nobody.
#[test]
fn a21_names_are_prepared_before_the_lookup() {
    assert_eq!(first("n,,n=a b,r=abc"), Err(Failure::NotAuthorized));
    let Step::Lookup(lookup) =
        server::start(Mechanism::ScramSha1, None, Some(b"n,a=x=2Cy,n=a=3Db=2Cc,r=abc"), &Counter::new())
    else {
        panic!()
    };
    assert_eq!((lookup.username(), lookup.authzid()), ("a=b,c", Some("x,y")));
}

/// A peer that did not prepare its name is understood all the same.
#[cfg(feature = "idna")]
#[test]
fn a21_unprepared_names_are_prepared_here() {
    let message = "n,,n=Ren\u{65}\u{301}e,r=abc".as_bytes();
    let Step::Lookup(lookup) = server::start(Mechanism::ScramSha1, None, Some(message), &Counter::new()) else {
        panic!()
    };
    assert_eq!(lookup.username(), "Ren\u{e9}e");
    let message = "\0Ren\u{65}\u{301}e\0pencil".as_bytes();
    let secured = Some(Secured::assert_confidential());
    let Step::Lookup(lookup) = server::start(Mechanism::Plain, secured, Some(message), &Counter::new()) else {
        panic!()
    };
    assert_eq!(lookup.username(), "Ren\u{e9}e");
}

#[test]
fn debug_shows_no_secret() {
    let random = Counter::new();
    let secured = Some(Secured::assert_confidential());
    let credentials = credentials("user", "pencil", None);
    let keys = Account::new(super::Keys::derive(Hash::Sha1, &credentials.password, b"salt", 4096).unwrap());
    let (client, first) = client::start(Mechanism::ScramSha1, &credentials, None, &random).unwrap();
    let plain = server::start(Mechanism::Plain, secured, Some(b"\0user\0pencil"), &random);
    let scram = server::start(Mechanism::ScramSha1, None, Some(&first), &random);
    let shown = format!("{credentials:?} {keys:?} {client:?} {plain:?} {scram:?}");
    assert!(!shown.contains("pencil"), "{shown}");
    assert!(!shown.contains("salt") && !shown.contains("stored"), "{shown}");
}
