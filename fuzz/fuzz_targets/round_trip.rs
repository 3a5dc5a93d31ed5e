//! The target `round_trip` for libFuzzer; its body is `tests/fuzzing/round_trip.rs`.
#![no_main]

#[path = "../../tests/fuzzing/mod.rs"]
mod fuzzing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzing::round_trip(bytes));
