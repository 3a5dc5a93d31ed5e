//! What must hold for any bytes holds for the seeds of the fuzz targets, among them all that once broke something; and
//! the cuts that the targets make of their bytes are cuts.
#![allow(clippy::unwrap_used)]

mod fuzzing;

use std::fs;
use std::path::Path;

/// Runs a target on each of its seeds.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let seeds: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(seeds.len() >= 10, "{} holds {} seeds", folder.display(), seeds.len());
    for seed in seeds {
        println!("{}", seed.display());
        target(&fs::read(seed).unwrap());
    }
}

#[test]
fn of_tokens() {
    replay("tokens", fuzzing::tokens);
}

#[test]
fn of_round_trip() {
    replay("round_trip", fuzzing::round_trip);
}

#[test]
fn of_negotiation() {
    replay("negotiation", fuzzing::negotiation);
}

#[test]
fn cuts_lose_nothing() {
    let bytes: Vec<u8> = (0..=255).cycle().take(2_000).collect();
    let cuts = fuzzing::cuts(&bytes);
    for pieces in &cuts {
        assert!(pieces.concat() == bytes, "in {} pieces", pieces.len());
    }
    let [whole, single, diced] = cuts.map(|pieces| pieces.len());
    assert_eq!((whole, single), (1, bytes.len()));
    assert!((5..bytes.len()).contains(&diced), "{diced} pieces");
    let [.., others] = fuzzing::cuts(&bytes[1..]);
    assert_ne!(others.len(), diced, "other bytes are cut elsewhere");
}
