//! Names of mechanisms and conditions.

extern crate std;

use alloc::vec::Vec;

use crate::sasl::{BindingKind, Failure, Mechanism};

#[test]
fn mechanism_names_go_both_ways() {
    for &mechanism in Mechanism::ALL {
        assert_eq!(Mechanism::from_name(mechanism.name()), Some(mechanism));
        assert!(mechanism.hash().is_none_or(|hash| Mechanism::from(hash) == mechanism));
        assert_eq!(mechanism.plus_name().is_some(), mechanism.hash().is_some());
        if let Some(name) = mechanism.plus_name() {
            assert_eq!(name, std::format!("{mechanism}-PLUS"));
            assert_eq!(Mechanism::from_plus_name(name), Some(mechanism));
            assert_eq!(Mechanism::from_plus_name(mechanism.name()), None);
        }
    }
    for unknown in ["PLAIN-PLUS", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS ", "-PLUS", ""] {
        assert_eq!(Mechanism::from_plus_name(unknown), None, "{unknown}");
    }
    for &kind in BindingKind::ALL {
        assert_eq!(BindingKind::from_name(kind.name()), Some(kind));
    }
    assert!(BindingKind::ALL.is_sorted(), "the order of the kinds is the order of preference");
    for unknown in ["", "plain", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1 ", "DIGEST-MD5", "EXTERNAL"] {
        assert_eq!(Mechanism::from_name(unknown), None, "{unknown}");
    }
}

#[test]
fn unknown_conditions_are_refusals() {
    assert_eq!(Failure::from_name("account-disabled"), Failure::AccountDisabled);
    assert_eq!(Failure::from_name("text"), Failure::NotAuthorized);
    assert_eq!(Failure::from_name(""), Failure::NotAuthorized);
}

/// The conditions are those of RFC 6120 section 6.5, no more and no fewer.
#[test]
fn conditions_are_those_of_the_rfc() {
    let Some(text) = super::shared("vectors/rfc6120-errors.json") else { return };
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let theirs: Vec<&str> =
        all["sasl_failures"]["conditions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(theirs.len(), 11);
    for name in theirs {
        assert_eq!(Failure::from_name(name).name(), name);
    }
}

/// A look-up may be answered later, on another thread.
#[test]
fn exchanges_may_change_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<crate::sasl::client::Exchange>();
    check::<crate::sasl::server::Step>();
    check::<crate::sasl::scram::Account>();
    check::<crate::sasl::Credentials>();
}
