//! What must hold for any bytes: the bodies of the fuzz targets, which `tests/seeds.rs` runs on their seeds.
//!
//! In: whatever a fuzzer makes up. Out: nothing, or a panic that says what did not hold. Each body uses the public
//! interface alone, reads no clock, and gives the same verdict for the same bytes each time.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each fuzzer runs one of the bodies")]

mod negotiation;
mod round_trip;
mod tokens;
#[path = "../trace/mod.rs"]
mod trace;

pub use negotiation::negotiation;
pub use round_trip::round_trip;
pub use tokens::tokens;

use trace::dice::Dice;

/// Ways to cut `bytes` into pieces: not at all, into single bytes, and by dice that depend on the bytes alone.
pub fn cuts(bytes: &[u8]) -> [Vec<&[u8]>; 3] {
    // FNV-1a: any change of the input changes the cuts.
    let seed = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    [vec![bytes], bytes.chunks(1).collect(), Dice::new(seed).cut(bytes)]
}
