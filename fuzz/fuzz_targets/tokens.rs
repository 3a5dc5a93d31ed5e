//! The target `tokens` for libFuzzer; its body is `src/fuzzing/tokens.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tercet::fuzzing::tokens(bytes));
