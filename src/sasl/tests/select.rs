//! The choice of a mechanism, over everything that can be offered.

use alloc::vec::Vec;

use crate::sasl::{Error, Mechanism, Policy, Secured, select};

const NAMES: [&str; 6] = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "DIGEST-MD5", "SCRAM-SHA-256-PLUS"];

/// All subsets of names, in both orders, under all policies, with and without TLS.
#[test]
fn a11_every_choice_there_is() {
    for set in 0_u32..1 << NAMES.len() {
        let mut offered: Vec<&str> = (0..NAMES.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| NAMES[bit]).collect();
        for bits in 0..8 {
            let (allow_plain, allow_scram_sha1, tls) = (bits & 1 == 1, bits & 2 == 2, bits & 4 == 4);
            let policy = Policy { allow_plain, allow_scram_sha1 };
            let has = |name| offered.contains(&name);
            let expected = if has("SCRAM-SHA-512") {
                Ok(Mechanism::ScramSha512)
            } else if has("SCRAM-SHA-256") {
                Ok(Mechanism::ScramSha256)
            } else if has("SCRAM-SHA-1") && allow_scram_sha1 {
                Ok(Mechanism::ScramSha1)
            } else if has("PLAIN") && allow_plain && tls {
                Ok(Mechanism::Plain)
            } else {
                Err(Error::NoMechanism)
            };
            let secured = tls.then(Secured::assert_confidential);
            assert_eq!(select(offered.iter().copied(), &policy, secured), expected, "{offered:?} {policy:?} {tls}");
            offered.reverse();
            assert_eq!(select(offered.iter().copied(), &policy, secured), expected, "{offered:?} {policy:?} {tls}");
        }
    }
}

#[test]
fn plain_has_to_be_allowed() {
    let secured = Some(Secured::assert_confidential());
    assert_eq!(select(["PLAIN"].into_iter(), &Policy::default(), secured), Err(Error::NoMechanism));
}
