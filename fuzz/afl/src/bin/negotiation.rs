//! The target `negotiation` for AFL; its body is `src/fuzzing/negotiation.rs`.

fn main() {
    afl::fuzz!(|bytes: &[u8]| tercet::fuzzing::negotiation(bytes));
}
