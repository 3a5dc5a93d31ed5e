//! The choice of a mechanism, over everything that can be offered.

use alloc::vec::Vec;

use super::bindings;
use crate::sasl::BindingKind::{TlsExporter, TlsServerEndPoint, TlsUnique};
use crate::sasl::binding::Flag;
use crate::sasl::{BindingKind, Bindings, Error, Mechanism, Policy, Secured, select};

const NAMES: [&str; 6] = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "DIGEST-MD5", "SCRAM-SHA-3-PLUS"];

/// All subsets of names, in both orders, under all policies, with and without TLS, to a client that cannot bind.
#[test]
fn a11_every_choice_there_is() {
    for set in 0_u32..1 << NAMES.len() {
        let mut offered: Vec<&str> = (0..NAMES.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| NAMES[bit]).collect();
        for bits in 0..8 {
            let (allow_plain, allow_scram_sha1, tls) = (bits & 1 == 1, bits & 2 == 2, bits & 4 == 4);
            let policy = Policy { allow_plain, allow_scram_sha1 };
            let has = |name| offered.contains(&name);
            let expected = if has("SCRAM-SHA-512") {
                Ok("SCRAM-SHA-512")
            } else if has("SCRAM-SHA-256") {
                Ok("SCRAM-SHA-256")
            } else if has("SCRAM-SHA-1") && allow_scram_sha1 {
                Ok("SCRAM-SHA-1")
            } else if has("PLAIN") && allow_plain && tls {
                Ok("PLAIN")
            } else {
                Err(Error::NoMechanism)
            };
            let secured = tls.then(Secured::assert_confidential);
            for _ in 0..2 {
                let chosen = select(offered.iter().copied(), &policy, secured, Bindings::NONE, None);
                assert_eq!(chosen.map(|choice| choice.name()), expected, "{offered:?} {policy:?} {tls}");
                offered.reverse();
            }
        }
    }
}

#[test]
fn plain_has_to_be_allowed() {
    let secured = Some(Secured::assert_confidential());
    let chosen = select(["PLAIN"].into_iter(), &Policy::default(), secured, Bindings::NONE, None);
    assert_eq!(chosen.err(), Some(Error::NoMechanism));
}

const VARIANTS: [&str; 6] = [
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-3-PLUS",
];

/// All subsets of variants, to a client that knows any of the kinds,
/// of a server that names any of them or says nothing.
#[test]
fn a16_b11_every_choice_with_channel_binding() {
    for set in 0_u32..1 << VARIANTS.len() {
        let offered: Vec<&str> =
            (0..VARIANTS.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| VARIANTS[bit]).collect();
        let has = |name| offered.contains(&name);
        for allow_scram_sha1 in [false, true] {
            let policy = Policy { allow_scram_sha1, ..Policy::default() };
            let plus = if has("SCRAM-SHA-512-PLUS") {
                Some("SCRAM-SHA-512-PLUS")
            } else if has("SCRAM-SHA-256-PLUS") {
                Some("SCRAM-SHA-256-PLUS")
            } else {
                Some("SCRAM-SHA-1-PLUS").filter(|name| has(name) && allow_scram_sha1)
            };
            let plain = if has("SCRAM-SHA-256") {
                Some("SCRAM-SHA-256")
            } else {
                Some("SCRAM-SHA-1").filter(|name| has(name) && allow_scram_sha1)
            };
            for known in subsets() {
                let bindings = bindings(&known);
                for named in subsets().into_iter().map(Some).chain([None]) {
                    let common = match &named {
                        Some(named) => {
                            BindingKind::ALL.iter().find(|kind| known.contains(kind) && named.contains(kind))
                        }
                        None => Some(&TlsUnique).filter(|kind| known.contains(kind)),
                    };
                    let expected = match (plus, common, plain) {
                        (Some(plus), Some(kind), _) => Ok((plus, "p", Some(*kind))),
                        (_, _, None) => Err(Error::NoMechanism),
                        (None, _, Some(plain)) if !known.is_empty() => Ok((plain, "y", None)),
                        (_, _, Some(plain)) => Ok((plain, "n", None)),
                    };
                    let chosen = select(offered.iter().copied(), &policy, None, &bindings, named.as_deref());
                    let flag = |flag| match flag {
                        Flag::Unable => "n",
                        Flag::Unoffered => "y",
                        Flag::Bound(_) => "p",
                    };
                    let chosen = chosen.map(|choice| (choice.name(), flag(choice.flag.map(|_| ())), choice.binds()));
                    assert_eq!(chosen, expected, "{offered:?} {policy:?} {known:?} {named:?}");
                }
            }
        }
    }
}

/// A name of nobody's that ends in -PLUS does not make a client say that it cannot bind: a server that struck its own
/// names out and put that one in would get away with it.
#[test]
fn a16_a_made_up_name_does_not_hide_what_was_struck_out() {
    let offered = ["SCRAM-SHA-256", "SCRAM-SHA-3-PLUS", "PLAIN-PLUS", "-PLUS"];
    let bindings = bindings(&[TlsExporter]);
    let choice = select(offered.into_iter(), &Policy::default(), None, &bindings, None).unwrap();
    assert_eq!((choice.mechanism(), choice.flag.map(|_| ())), (Mechanism::ScramSha256, Flag::Unoffered));
}

fn subsets() -> Vec<Vec<BindingKind>> {
    let kinds = [TlsServerEndPoint, TlsExporter, TlsUnique];
    (0..8).map(|set| (0..3).filter(|bit| set >> bit & 1 == 1).map(|bit| kinds[bit]).collect()).collect()
}
