//! What the papers say in C: built, and run where it is a whole program.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::{STRICT, build, compiler, here, scratch, skip, succeed};

#[test]
fn the_readmes_program_runs() {
    let readme = read("../../README.md");
    let program = blocks(&readme).next().unwrap();
    let source = scratch("papers").join("readme.c");
    std::fs::write(&source, program).unwrap();
    let output = succeed(&mut Command::new(build("readme", &source)));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "to juliet@example.net: 75 bytes\n");
}

/// Ours always, the old ones where their library is here. sx has no header of its own to build against.
#[test]
fn the_code_of_the_migration_page_compiles() {
    let page = read("MIGRATION.md");
    let mut ours = 0;
    for (number, code) in blocks(&page).enumerate() {
        let header = ["\"tercet.h\"", "<expat.h>", "<strophe.h>"].into_iter().find(|header| code.contains(header));
        let Some(header) = header else { continue };
        if !is_here(header) {
            skip(&format!("block {number} of the migration page, {header} is not here"));
            continue;
        }
        let source = scratch("papers").join(format!("migration-{number}.c"));
        std::fs::write(&source, code).unwrap();
        // A callback alone is used by nobody.
        succeed(compiler("c11").args(STRICT).args(["-Wno-unused-function", "-fsyntax-only"]).arg(&source));
        ours += usize::from(header.contains("tercet"));
    }
    assert_eq!(ours, 3);
}

/// A call that the migration page names is one that the header has.
#[test]
fn the_migration_page_names_what_is_there() {
    let (page, header) = (read("MIGRATION.md"), read("../../include/tercet.h"));
    let there: BTreeSet<&str> = names(&header).collect();
    let mut named = 0;
    for name in names(&page) {
        // `TERCET_LIMITS_...` stands for all that begin so.
        let known = there.contains(name) || name.ends_with('_') && there.iter().any(|other| other.starts_with(name));
        assert!(known, "{name}");
        named += 1;
    }
    assert!(named > 50, "{named}");
}

/// The names of ours in a text, each whole.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.to_ascii_lowercase().starts_with("tercet_"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(here().join(path)).unwrap()
}

/// The code in C on a page.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("```c\n").skip(1).filter_map(|behind| behind.split("```").next())
}

fn is_here(header: &str) -> bool {
    let source = scratch("papers").join("probe.c");
    std::fs::write(&source, format!("#include {header}\n")).unwrap();
    compiler("c11").arg("-fsyntax-only").arg(&source).output().is_ok_and(|output| output.status.success())
}
