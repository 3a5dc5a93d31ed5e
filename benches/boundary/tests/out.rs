//! What is printed stands in the file that is named, and nothing else.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_file_has_what_was_printed() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("idle.md");
    fs::write(&path, "what was there before ".repeat(1_000)).expect("a directory for tests");
    // So few may each take more than they may, which is told by the exit code alone.
    let output =
        Command::new(env!("CARGO_BIN_EXE_idle")).arg("100").arg("--out").arg(&path).output().expect("a program");
    let printed = String::from_utf8(output.stdout).expect("text");
    assert!(printed.starts_with("# ") && printed.contains("\n| idle |"), "{printed}");
    assert_eq!(fs::read_to_string(&path).expect("a page"), printed);
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_anything_is_measured() {
    for program in [env!("CARGO_BIN_EXE_idle"), env!("CARGO_BIN_EXE_route")] {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere").join("page.md");
        let output = Command::new(program).arg("--out").arg(&path).output().expect("a program");
        assert_eq!(output.status.code(), Some(1), "{program}");
        assert!(output.stdout.is_empty(), "{program}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.starts_with(&format!("error: {}: ", path.display())), "{told}");
    }
}
