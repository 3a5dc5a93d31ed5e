//! The target `tokens` for AFL; its body is `src/fuzzing/tokens.rs`.

fn main() {
    afl::fuzz!(|bytes: &[u8]| tercet::fuzzing::tokens(bytes));
}
