//! The target `negotiation` for libFuzzer; its body is `tests/fuzzing/negotiation.rs`.
#![no_main]

#[path = "../../tests/fuzzing/mod.rs"]
mod fuzzing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzing::negotiation(bytes));
