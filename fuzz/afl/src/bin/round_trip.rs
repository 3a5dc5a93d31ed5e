//! The target `round_trip` for AFL; its body is `src/fuzzing/round_trip.rs`.

fn main() {
    afl::fuzz!(|bytes: &[u8]| tercet::fuzzing::round_trip(bytes));
}
