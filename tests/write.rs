//! The writer seen from outside: what it wrote, read again.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use tercet::write::{ErrorType, StanzaCondition};

/// A file of third-party cases, or nothing where this checkout came without them.
fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: {} is not here", path.display());
    }
    text
}

#[test]
fn z05_conditions_and_types_are_those_of_the_rfc() {
    let Some(text) = shared("vectors/rfc6120-errors.json") else { return };
    let facts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let facts = &facts["stanza_errors"];
    let names = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&facts["types"]), ErrorType::ALL.map(ErrorType::name));

    let conditions = facts["conditions"].as_array().unwrap();
    let known: Vec<_> = StanzaCondition::ALL.iter().map(|condition| condition.name()).collect();
    assert_eq!(conditions.iter().map(|fact| fact["name"].as_str().unwrap()).collect::<Vec<_>>(), known);
    for (fact, condition) in conditions.iter().zip(StanzaCondition::ALL) {
        let types = names(&fact["types"]);
        assert!(types.contains(&condition.default_type().name().to_owned()), "{}", condition.name());
    }
}
