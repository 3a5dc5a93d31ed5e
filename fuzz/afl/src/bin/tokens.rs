//! The target `tokens` for AFL; its body is `tests/fuzzing/tokens.rs`.

#[path = "../../../../tests/fuzzing/mod.rs"]
mod fuzzing;

fn main() {
    afl::fuzz!(|bytes: &[u8]| fuzzing::tokens(bytes));
}
