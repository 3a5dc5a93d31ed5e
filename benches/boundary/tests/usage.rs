//! Wrong usage is told from a measure that fails: by exit code 2, before anything is built or measured.

use std::process::Command;

#[test]
fn wrong_usage_is_2_and_says_what_is_right() {
    for (program, words) in [
        (env!("CARGO_BIN_EXE_idle"), &["many"][..]),
        (env!("CARGO_BIN_EXE_idle"), &["99"]),
        (env!("CARGO_BIN_EXE_idle"), &["100", "100"]),
        (env!("CARGO_BIN_EXE_idle"), &["100", "--out"]),
        (env!("CARGO_BIN_EXE_route"), &["--fast"]),
        (env!("CARGO_BIN_EXE_route"), &["--count", "1"]),
        (env!("CARGO_BIN_EXE_route"), &["--out"]),
        (env!("CARGO_BIN_EXE_route"), &["--count", "--out", "nowhere/page.md"]),
    ] {
        // Nothing can be built where no tool is found.
        let output = Command::new(program).args(words).env("PATH", "").output().expect("a program that was built");
        assert_eq!(output.status.code(), Some(2), "{program} {words:?}");
        assert!(output.stdout.is_empty(), "{program} {words:?}");
        assert!(output.stderr.starts_with(b"usage: "), "{program} {words:?}");
    }
}

#[test]
fn help_that_is_asked_for_is_0() {
    for program in [env!("CARGO_BIN_EXE_idle"), env!("CARGO_BIN_EXE_route")] {
        let output = Command::new(program).arg("--help").env("PATH", "").output().expect("a program that was built");
        assert_eq!(output.status.code(), Some(0), "{program}");
        assert!(output.stdout.starts_with(b"usage: ") && output.stderr.is_empty(), "{program}");
    }
}

#[test]
fn a_measure_that_cannot_be_built_is_1() {
    let output = Command::new(env!("CARGO_BIN_EXE_route")).env("PATH", "").output().expect("a program that was built");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"error: "), "{}", String::from_utf8_lossy(&output.stderr));
}
