//! What must hold for any bytes: the bodies of the fuzz targets, which the tests run on their seeds.
//!
//! In: whatever a fuzzer makes up. Out: nothing, or a panic that says what did not hold. Compiled for tests and for
//! fuzzers only. Each body uses the public interface alone, reads no clock, and gives the same verdict for the same
//! bytes each time.

mod negotiation;
mod round_trip;
mod tokens;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};

pub use negotiation::negotiation;
pub use round_trip::round_trip;
pub use tokens::tokens;

use crate::stanza::{Element, Step};

/// Ways to cut `bytes` into pieces: not at all, into single bytes, and by a whim that depends on the bytes alone.
fn cuts(bytes: &[u8]) -> [Vec<&[u8]>; 3] {
    [vec![bytes], bytes.chunks(1).collect(), whim(bytes)]
}

fn whim(bytes: &[u8]) -> Vec<&[u8]> {
    // FNV-1a over the bytes, then an LCG: any change of the input changes the cuts.
    let seed = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let (mut state, mut rest, mut pieces) = (seed, bytes, Vec::new());
    while !rest.is_empty() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let longest = if state & 1 << 60 == 0 { 8 } else { 64 };
        let (piece, after) = rest.split_at(rest.len().min((state >> 33) as usize % longest));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// What an element means, a line for each tag and text: names expanded, attributes in order of name, values decoded.
fn meaning(element: Element<'_>) -> Vec<String> {
    let steps = element.walk().map(|step| match step {
        Step::Enter(element) => {
            format!("<{{{}}}{} {}>", element.ns(), element.local(), attributes(element).join(" "))
        }
        Step::Text(text) => text.decode().to_string(),
        Step::Leave(_) => String::from("</>"),
    });
    steps.collect()
}

/// The attributes of an element in order of name: names expanded, values decoded.
fn attributes(element: Element<'_>) -> Vec<String> {
    let attrs = element.attrs();
    let mut attrs: Vec<_> =
        attrs.map(|attr| format!("{{{}}}{}={:?}", attr.ns(), attr.local(), attr.value().decode())).collect();
    attrs.sort();
    attrs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::path::Path;

    use super::*;

    /// Runs a target on each of its seeds.
    fn replay(name: &str, target: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
        let seeds: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(seeds.len() >= 10, "{} holds {} seeds", folder.display(), seeds.len());
        for seed in seeds {
            std::println!("{}", seed.display());
            target(&fs::read(seed).unwrap());
        }
    }

    #[test]
    fn seeds_of_tokens() {
        replay("tokens", tokens);
    }

    #[test]
    fn seeds_of_round_trip() {
        replay("round_trip", round_trip);
    }

    #[test]
    fn seeds_of_negotiation() {
        replay("negotiation", negotiation);
    }

    #[test]
    fn cuts_lose_nothing() {
        let bytes: Vec<u8> = (0..=255).collect();
        for pieces in cuts(&bytes) {
            assert_eq!(pieces.concat(), bytes);
        }
        assert!(whim(&bytes).len() > 4);
        assert_ne!(whim(&bytes).len(), whim(&bytes[1..]).len());
    }
}
