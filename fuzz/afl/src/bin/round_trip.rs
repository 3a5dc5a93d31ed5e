//! The target `round_trip` for AFL; its body is `tests/fuzzing/round_trip.rs`.

#[path = "../../../../tests/fuzzing/mod.rs"]
mod fuzzing;

fn main() {
    afl::fuzz!(|bytes: &[u8]| fuzzing::round_trip(bytes));
}
