//! The C program in the README, built and run.

use std::process::Command;

use crate::support::{build, here, scratch, succeed};

#[test]
fn the_readmes_program_runs() {
    let readme = std::fs::read_to_string(here().join("../../README.md")).unwrap();
    let (_, behind) = readme.split_once("```c\n").unwrap();
    let (program, _) = behind.split_once("```").unwrap();
    let source = scratch("readme").join("readme.c");
    std::fs::write(&source, program).unwrap();
    let output = succeed(&mut Command::new(build("readme", &source)));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "to juliet@example.net: 75 bytes\n");
}
