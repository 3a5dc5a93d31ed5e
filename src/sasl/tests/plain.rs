//! PLAIN.

use super::{Counter, account, credentials, refusal, secret};
use crate::sasl::scram::{Account, Hash, Keys};
use crate::sasl::server::{self, Step};
use crate::sasl::{Error, Failure, Mechanism, Secured, client, plain};

fn begin(message: &[u8]) -> Step {
    server::start(Mechanism::Plain, Some(Secured::assert_confidential()), Some(message), &Counter::new())
}

#[test]
fn a11_only_over_a_confidential_channel() {
    let credentials = credentials("user", "pencil", None);
    assert_eq!(
        client::start(Mechanism::Plain, &credentials, None, &Counter::new()).err(),
        Some(Error::NotConfidential)
    );
    for initial in [None, Some(&b"\0user\0pencil"[..])] {
        let step = server::start(Mechanism::Plain, None, initial, &Counter::new());
        assert_eq!(refusal(&step), Some(Failure::EncryptionRequired));
    }
}

#[test]
fn a11_grammar() {
    for bad in [
        &b""[..],
        b"\0",
        b"\0\0",
        b"user",
        b"user\0pencil",
        b"\0user\0",
        b"\0\0pencil",
        b"a\0\0pencil",
        b"\0user\0pencil\0",
        b"\0a\0b\0c",
        b"\0us\xff\0pencil",
        b"\0user\0pen\xc3",
        b"\xed\xa0\x80\0user\0pencil",
    ] {
        assert_eq!(refusal(&begin(bad)), Some(Failure::MalformedRequest), "{bad:?}");
    }
    let message = plain::parse(b"admin\0user\0pencil").unwrap();
    assert_eq!((message.authzid, message.authcid, message.password), (Some("admin"), "user", "pencil"));
    assert_eq!(plain::write(&message), b"admin\0user\0pencil");
}

/// One set of stored keys is enough, whichever it is.
#[test]
fn a11_checked_against_stored_keys() {
    let both = account(Hash::Sha1, "pencil").with(Keys::derive(Hash::Sha256, &secret("pencil"), b"s", 4096).unwrap());
    for account in [account(Hash::Sha1, "pencil"), account(Hash::Sha256, "pencil"), both] {
        for (password, right) in [("pencil", true), ("Pencil", false), ("pencil ", false), ("penci", false)] {
            let message = alloc::format!("boss\0user\0{password}");
            let Step::Lookup(lookup) = begin(message.as_bytes()) else { panic!() };
            assert_eq!((lookup.username(), lookup.authzid()), ("user", Some("boss")));
            match lookup.found(&account) {
                Step::Success { authcid, authzid, data: None } => {
                    assert!(right, "{password}");
                    assert_eq!((authcid.as_str(), authzid.as_deref()), ("user", Some("boss")));
                }
                step => {
                    assert!(!right && matches!(step, Step::Failure(Failure::NotAuthorized)), "{password}: {step:?}")
                }
            }
        }
    }
}

#[test]
fn unknown_users_are_refused() {
    let Step::Lookup(lookup) = begin(b"\0nobody\0pencil") else { panic!() };
    assert_eq!(refusal(&lookup.not_found(b"secret", "nobody")), Some(Failure::NotAuthorized));
    let Step::Lookup(lookup) = begin(b"\0nobody\0pencil") else { panic!() };
    assert_eq!(refusal(&lookup.not_found(b"", "nobody")), Some(Failure::NotAuthorized));
}

/// Not prepared, not right: RFC 4616 section 2 lets preparation fail only as a wrong password does.
#[test]
fn a21_what_cannot_be_prepared_is_not_authorized() {
    assert_eq!(refusal(&begin(b"\0us er\0pencil")), Some(Failure::NotAuthorized));
    let Step::Lookup(lookup) = begin(b"\0user\0pen\x07cil") else { panic!() };
    let account: Account = account(Hash::Sha1, "pencil");
    assert_eq!(refusal(&lookup.found(&account)), Some(Failure::NotAuthorized));
}

#[test]
fn a11_the_client_has_nothing_more_to_say() {
    let start = || {
        let secured = Some(Secured::assert_confidential());
        client::start(Mechanism::Plain, &credentials("user", "pencil", Some("boss")), secured, &Counter::new()).unwrap()
    };
    assert_eq!(start().1, b"boss\0user\0pencil");
    assert!(start().0.success(None).is_ok());
    assert!(start().0.success(Some(b"")).is_ok());
    assert_eq!(start().0.success(Some(b"x")).err(), Some(Error::UnexpectedSuccessData));
    assert_eq!(start().0.challenge(b"").err(), Some(Error::UnexpectedChallenge));
}
