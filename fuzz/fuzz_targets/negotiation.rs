//! The target `negotiation` for libFuzzer; its body is `src/fuzzing/negotiation.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tercet::fuzzing::negotiation(bytes));
