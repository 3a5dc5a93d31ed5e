//! The target `negotiation` for AFL; its body is `tests/fuzzing/negotiation.rs`.

#[path = "../../../../tests/fuzzing/mod.rs"]
mod fuzzing;

fn main() {
    afl::fuzz!(|bytes: &[u8]| fuzzing::negotiation(bytes));
}
