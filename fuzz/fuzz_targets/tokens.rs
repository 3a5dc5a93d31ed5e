//! The target `tokens` for libFuzzer; its body is `tests/fuzzing/tokens.rs`.
#![no_main]

#[path = "../../tests/fuzzing/mod.rs"]
mod fuzzing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzing::tokens(bytes));
