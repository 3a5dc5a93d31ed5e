//! The C programs beside this directory, each of which is a test by itself; and whether the tools that watch them do.

use std::process::Command;

use crate::support::{build, here, scratch, succeed, words};

#[test]
fn all_programs_succeed() {
    let mut count = 0;
    for entry in std::fs::read_dir(here().join("tests")).unwrap() {
        let source = entry.unwrap().path();
        if source.extension().is_some_and(|extension| extension == "c") {
            let name = source.file_stem().and_then(|name| name.to_str()).unwrap();
            succeed(&mut Command::new(build(name, &source)));
            count += 1;
        }
    }
    assert!(count > 0);
}

/// Builds and runs the body of a `main`; the exit code.
fn run(name: &str, body: &str) -> Option<i32> {
    let source = scratch("watched").join(name).with_extension("c");
    std::fs::write(&source, format!("#include <stdlib.h>\n#include \"tercet.h\"\nint main(void)\n{{\n{body}\n}}\n"))
        .unwrap();
    Command::new(build(name, &source)).output().unwrap().status.code()
}

/// Under a sanitizer or valgrind, both told to end with 99: what they are there to find is found.
#[test]
fn mistakes_are_found_where_a_tool_watches() {
    let watched = ["TERCET_C_FLAGS", "TERCET_C_RUNNER"].iter().any(|variable| !words(variable).is_empty());
    if !watched {
        return;
    }
    let parser = "tercet_parser *parser; if (tercet_parser_new(TERCET_LIMITS_SERVER, &parser) != TERCET_OK) return 1;";
    assert_eq!(run("clean", &format!("{parser} tercet_parser_free(parser); return 0;")), Some(0));
    assert_eq!(run("leaks", &format!("{parser} parser = NULL; return 0;")), Some(99));
    assert_eq!(
        run("frees_twice", &format!("{parser} tercet_parser_free(parser); tercet_parser_free(parser); return 0;")),
        Some(99)
    );
    // A length that is not true: seen where the library itself is watched.
    let beyond = "char *octets = calloc(1, 4); tercet_str name = {octets, 5}; if (octets == NULL) return 1; \
        uint32_t id = tercet_name_id(name); free(octets); return id == TERCET_ID_OTHER ? 0 : 2;";
    assert_eq!(run("reads_beyond", beyond), Some(99));
}
