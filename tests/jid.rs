//! The published cases for addresses and the profiles below them.
//!
//! Without the feature `idna` the cases outside ASCII turn round: every one of them must be refused as unsupported.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;
use tercet::jid::{self, Jid, JidBuf, Part, Reason};
use tercet::precis::{self, Profile, enforce};

/// The records of a file of cases, or `None` where the files are not at hand; then it says so past the capture of test
/// output, so that nobody takes the silence for success.
///
/// A record with half a surrogate pair is left out: no `str` can hold it.
fn records(file: &str) -> Option<Vec<Value>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        writeln!(std::io::stderr(), "skipped: {file} is not here").expect("a standard error");
        return None;
    };
    let lines = text.lines().filter(|line| !line.contains(r#""input": "\ud8"#));
    Some(lines.map(|line| serde_json::from_str(line).expect("a JSON record")).collect())
}

/// Whether `error` is the answer of a build that has no tables for `text`.
fn is_unsupported(text: &str, unsupported: bool) -> bool {
    let foreign = !text.is_ascii() || text.to_ascii_lowercase().contains("xn--");
    !cfg!(feature = "idna") && foreign && unsupported
}

fn assert_stable(jid: &JidBuf) {
    assert_eq!(JidBuf::parse(jid.as_str()).as_ref(), Ok(jid), "preparing again changes {jid:?}");
    let parts = jid.as_jid();
    assert_eq!(JidBuf::new(parts.local(), parts.domain(), parts.resource()).as_ref(), Ok(jid));
    assert_eq!(Jid::prepared(jid.as_str()).is_some(), jid.as_str().is_ascii());
}

#[test]
fn j01_to_j05_addresses() {
    let Some(records) = records("vectors/jid.jsonl") else { return };
    let mut counts = BTreeMap::new();

    for record in &records {
        // Octets that are not UTF-8 cannot be asked: the type refuses them.
        let Some(text) = record["jid"].as_str() else { continue };
        let profile = record["profile"].as_str().expect("a profile");
        let answer = JidBuf::parse(text);
        if let Ok(jid) = &answer {
            assert_stable(jid);
        }
        if is_unsupported(text, answer.as_ref().is_err_and(|error| error.reason == Reason::Unsupported)) {
            continue;
        }
        let valid = match profile {
            "any" | "rfc7622" => record["valid"].as_bool().expect("a verdict"),
            // RFC 1034 limits and the rules of host names hold.
            "dns-strict" | "lenient" => false,
            _ => continue,
        };
        *counts.entry(profile).or_insert(0) += 1;
        match answer {
            Ok(jid) => {
                assert!(valid, "{text:?} was taken for {jid:?}");
                let parts = jid.as_jid();
                assert_eq!(parts.local(), record["local"].as_str(), "{text:?}");
                assert_eq!(Some(parts.domain()), record["domain"].as_str(), "{text:?}");
                assert_eq!(parts.resource(), record["resource"].as_str(), "{text:?}");
            }
            Err(error) => assert!(!valid, "{text:?}: {error}"),
        }
    }
    assert!(counts["any"] > 90, "{counts:?}");
    assert_eq!(counts["lenient"], 2, "{counts:?}");
}

#[test]
fn j01_lenient_rows_fall_to_the_limits_of_names() {
    let Some(records) = records("vectors/jid.jsonl") else { return };
    for record in records.iter().filter(|record| record["profile"] == "lenient") {
        let error = JidBuf::parse(record["jid"].as_str().expect("text")).expect_err("too long for a name");
        assert_eq!((error.part, error.reason), (Part::Domain, Reason::Name));
    }
}

#[test]
fn a21_profiles() {
    let Some(records) = records("vectors/precis.jsonl") else { return };
    let mut compared = 0;
    let mut differences: Vec<(Profile, &str, Option<&str>, Result<_, precis::Error>)> = Vec::new();

    for record in &records {
        let profile = match record["profile"].as_str().expect("a profile") {
            "OpaqueString" => Profile::OpaqueString,
            "UsernameCaseMapped" | "UsernameCaseMapped:ToLower" => Profile::UsernameCaseMapped,
            "UsernameCasePreserved" => Profile::UsernameCasePreserved,
            _ => continue,
        };
        let input = record["input"].as_str().expect("an input");
        let wanted = record["output"].as_str();
        let answer = enforce(profile, input);

        if let Ok(output) = &answer {
            assert_eq!(enforce(profile, output).as_ref(), Ok(output), "enforcing again changes {output:?}");
        }
        if is_unsupported(input, answer == Err(precis::Error::Unsupported)) {
            continue;
        }
        compared += 1;
        if answer.as_deref().ok() != wanted {
            differences.push((profile, input, wanted, answer));
        }
    }
    // The cases come from a library that looks at the string class after the mappings, RFC 8265 before them: what it
    // returns for a string refused here must be the mapped form, which is accepted here as it stands.
    for (profile, input, wanted, answer) in &differences {
        assert_eq!(*answer, Err(precis::Error::Disallowed), "{profile:?} {input:?}");
        let mapped = wanted.expect("what is refused there must be refused here");
        assert_ne!(*input, mapped, "{profile:?}");
        assert_eq!(enforce(*profile, mapped).as_deref(), Ok(mapped), "{profile:?} {input:?}");
    }
    assert!(differences.len() * 20 < compared, "{} of {compared} differ", differences.len());
}

#[test]
fn escaping() {
    let Some(records) = records("vectors/jid-escape.jsonl") else { return };
    for record in &records {
        let [name, local] = ["unescaped", "escaped"].map(|key| record[key].as_str().expect("text"));
        assert_eq!(jid::escape(name).as_deref(), Some(local), "{name:?}");
        assert_eq!(jid::unescape(local), name, "{local:?}");
        let jid = JidBuf::new(Some(local), "example.com", None).expect("escapes are allowed in a localpart");
        assert_eq!(jid.as_jid().local(), Some(local));
    }
}
