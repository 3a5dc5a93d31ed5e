//! Stored keys and accounts.

use alloc::format;
use alloc::vec::Vec;

use super::secret;
use crate::sasl::KeysError;
use crate::sasl::scram::{Account, Hash, Keys};

const TEXT: &str = "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=";

#[test]
fn a12_stored_form() {
    let keys = Keys::parse(TEXT).unwrap();
    assert_eq!(keys.to_text().expose(), TEXT);
    let salt = keys.salt().to_vec();
    assert_eq!(Keys::derive(Hash::Sha1, &secret("pencil"), &salt, 4096).unwrap().to_text().expose(), TEXT);
    for hash in Hash::ALL {
        let text = Keys::derive(hash, &secret("pencil"), b"s", 4096).unwrap().to_text();
        assert_eq!(Keys::parse(text.expose()).unwrap().to_text().expose(), text.expose());
        assert_eq!(Keys::parse(text.expose()).unwrap().hash(), hash);
    }
}

#[test]
fn stored_form_is_strict() {
    for (from, to) in [
        ("SHA-1$", "SHA-2$"),
        ("SHA-1$", "SHA-256$"),
        ("SHA-1$", "SHA-1-PLUS$"),
        ("SCRAM", "{SCRAM"),
        ("4096:", "4096"),
        ("4096", "04096"),
        ("4096", "+4096"),
        ("4096", ""),
        ("bf92$", "bf9$"),
        ("9Y=:", "9Y=$"),
        ("K9Y=", "K9Z="),
        ("K9Y=", "K9Y"),
        ("fTE=", "fTE=:"),
        ("fTE=", "fTE=\n"),
        ("D+CS", "+CS"),
    ] {
        let text = TEXT.replacen(from, to, 1);
        assert_ne!(text, TEXT);
        assert_eq!(Keys::parse(&text).err(), Some(KeysError::Malformed), "{text}");
    }
    assert_eq!(Keys::parse("").err(), Some(KeysError::Malformed));
    assert_eq!(Keys::parse(&TEXT.replace("QSXCR+Q6sek8bf92", "")).err(), Some(KeysError::Salt));
}

#[test]
fn iterations_at_and_over_the_bounds() {
    let parse = |count: &str| Keys::parse(&TEXT.replace("4096", count)).err();
    assert_eq!(parse("4095"), Some(KeysError::Iterations));
    assert_eq!(parse("4096"), None);
    assert_eq!(parse("1000000"), None);
    assert_eq!(parse("1000001"), Some(KeysError::Iterations));
    assert_eq!(parse("99999999999999999999"), Some(KeysError::Iterations));
    let derive = |salt: &[u8], count| Keys::derive(Hash::Sha1, &secret("pencil"), salt, count).err();
    assert_eq!(derive(b"salt", 0), Some(KeysError::Iterations));
    assert_eq!(derive(b"salt", u32::MAX), Some(KeysError::Iterations));
    assert_eq!(derive(b"", 4096), Some(KeysError::Salt));
}

#[test]
fn a21_passwords_that_cannot_be_prepared_have_no_keys() {
    for password in ["", "a\0b", "a\u{7}"] {
        let keys = Keys::derive(Hash::Sha1, &secret(password), b"salt", 4096);
        assert!(matches!(keys.err(), Some(KeysError::Password(_))), "{password:?}");
    }
}

#[test]
fn an_account_has_one_set_of_keys_for_each_hash() {
    let keys = |hash, salt: &str| Keys::derive(hash, &secret("pencil"), salt.as_bytes(), 4096).unwrap();
    let orders = [
        [Hash::Sha1, Hash::Sha256, Hash::Sha512],
        [Hash::Sha512, Hash::Sha256, Hash::Sha1],
        [Hash::Sha256, Hash::Sha512, Hash::Sha1],
    ];
    for order in orders {
        let [first, rest @ ..] = order;
        let mut account = Account::new(keys(first, "old"));
        for hash in rest {
            account = account.with(keys(hash, "old"));
        }
        for hash in order {
            account = account.with(keys(hash, &format!("new {hash:?}")));
        }
        let mut found: Vec<_> = account.keys().map(|keys| (keys.hash(), keys.salt().to_vec())).collect();
        assert_eq!(found[0].0, Hash::Sha512, "the strongest comes first");
        found.sort_by_key(|(hash, _)| *hash as u8);
        assert_eq!(found.len(), 3);
        for (hash, salt) in found {
            assert_eq!(salt, format!("new {hash:?}").into_bytes());
        }
    }
}

#[test]
fn derived_accounts_have_fresh_salts() {
    let account = Account::derive(&secret("pencil"), &super::Counter::new()).unwrap();
    let salts: Vec<_> = account.keys().map(|keys| keys.salt().to_vec()).collect();
    assert_eq!(salts.len(), 3);
    assert!(salts.iter().all(|salt| salt.len() == 16));
    assert!(salts[0] != salts[1] && salts[1] != salts[2] && salts[0] != salts[2]);
}
