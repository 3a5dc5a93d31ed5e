//! The target `round_trip` for libFuzzer; its body is `src/fuzzing/round_trip.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tercet::fuzzing::round_trip(bytes));
