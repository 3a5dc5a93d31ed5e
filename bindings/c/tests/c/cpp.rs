//! `bindings/cpp/tercet.hpp`: under every C++ compiler that is here, at work, and refused where it must be.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::{compiler_named, here, link, scratch, skip, succeed, words};

/// The strictest that the header must bear.
pub(crate) const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"];

const SANITIZERS: &[&str] = &["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// What is in `bindings/cpp`.
pub(crate) fn folder() -> PathBuf {
    here().join("../cpp")
}

/// A compiler by its name, set to a standard and to find the header; nothing, and a word of it, where it is not here.
pub(crate) fn compiler(name: &str, standard: &str) -> Option<Command> {
    let mut command = compiler_named(name, standard)?;
    command.arg("-I").arg(folder());
    Some(command)
}

/// What a compiler says to a file of its own that holds `text`.
fn verdict(name: &str, mut compiler: Command, text: &str) -> Output {
    let source = scratch("cpp").join(name).with_extension("cpp");
    std::fs::write(&source, text).unwrap();
    compiler.arg("-fsyntax-only").arg(&source).output().unwrap()
}

/// Whether a compiler, its libraries included, can do what `flags` ask for.
fn can(name: &str, mut compiler: Command, flags: &[&str]) -> bool {
    let source = scratch("cpp").join(format!("can-{name}.cpp"));
    std::fs::write(&source, "int main() {}\n").unwrap();
    compiler.args(flags).arg(&source).arg("-o").arg(source.with_extension("out")).output().unwrap().status.success()
}

/// Builds a test program under the strictest flags and with sanitizers, where they are here, and runs it.
fn run(source: &str, name: &str, standard: &str) {
    let Some(mut command) = compiler(name, standard) else { return };
    // A runner, such as valgrind, looks for the same by itself.
    if words("TERCET_C_RUNNER").is_empty() {
        if can(&format!("{source}-{name}"), compiler(name, standard).unwrap(), SANITIZERS) {
            command.args(SANITIZERS);
        } else {
            skip(&format!("the sanitizers of {name} are not here"));
        }
    }
    command.args(STRICT).arg("-fno-rtti").arg(folder().join("tests").join(source).with_extension("cpp"));
    let output = succeed(&mut Command::new(link(&format!("{source}-{name}"), &mut command)));
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.lines().count() > 5 && out.lines().all(|line| line.starts_with("ok ")), "{out}");
}

#[test]
fn the_header_compiles_alone_and_twice() {
    let text = "#include \"tercet.hpp\"\n#include \"tercet.hpp\"\ntercet::writer empty() { return {}; }\n";
    for name in ["g++", "clang++"] {
        for (standard, more) in [("c++17", &["-fno-rtti"][..]), ("c++20", &[])] {
            let Some(mut command) = compiler(name, standard) else { continue };
            command.args(STRICT).args(more);
            let output = verdict("alone", command, text);
            assert!(output.status.success(), "{name} {standard}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn without_exceptions_it_says_what_to_do() {
    for name in ["g++", "clang++"] {
        let Some(mut command) = compiler(name, "c++17") else { continue };
        command.arg("-fno-exceptions");
        let output = verdict("no-exceptions", command, "#include \"tercet.hpp\"\n");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains("where there are none, use tercet.h"), "{error}");
    }
}

/// Each type that holds a handle, and what makes one.
const HANDLES: &[(&str, &str)] = &[
    ("parser", "(tercet::limits::server)"),
    ("writer", ""),
    ("client_config", "(\"romeo@example.net\", \"jul13t\")"),
    ("server_config", "(\"example.net\")"),
    ("connection", "(tercet::server_config(\"example.net\"))"),
    ("owned_stanza", "(tercet::stanza{})"),
    ("roster", ""),
    ("router", "(\"example.net\")"),
];

#[test]
fn the_program_of_the_page_runs() {
    let Some(mut command) = compiler("g++", "c++17") else { return };
    let page = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let program = blocks(&page).next().unwrap();
    let source = scratch("cpp").join("page.cpp");
    std::fs::write(&source, program).unwrap();
    let output = succeed(&mut Command::new(link("page", command.args(STRICT).arg(&source))));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "to juliet@example.net: O <3\n");
}

/// The pieces of a program on that page, between what they take for granted.
#[test]
fn the_pieces_of_the_page_compile() {
    let page = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let pieces: Vec<&str> = blocks(&page).filter(|code| !code.contains("int main(")).collect();
    assert!(pieces.len() > 1, "{pieces:?}");
    for piece in pieces {
        let Some(mut command) = compiler("g++", "c++17") else { return };
        let text = format!(
            "#include \"tercet.hpp\"\nstd::size_t write(tercet::bytes);\n\
            void piece(tercet::connection &conn, tercet::bytes octets) {{\n{piece}\n}}\n"
        );
        command.args(["-Wall", "-Werror"]);
        let output = verdict("piece", command, &text);
        assert!(output.status.success(), "{piece}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The code in C++ on a page.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("```cpp\n").skip(1).filter_map(|behind| behind.split("```").next())
}

#[test]
fn handles_are_moved_and_not_copied() {
    for (handle, arguments) in HANDLES {
        for (second, well) in [("std::move(first)", true), ("first", false)] {
            let Some(command) = compiler("g++", "c++17") else { return };
            let text = format!(
                "#include \"tercet.hpp\"\nvoid copy() {{ tercet::{handle} first{arguments}; \
                tercet::{handle} second({second}); }}\n"
            );
            let output = verdict("copy", command, &text);
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), well, "{handle}: {error}");
            assert!(well || error.contains("deleted"), "{handle}: {error}");
        }
    }
}

#[test]
fn the_wrapper_keeps_its_promises() {
    run("wrapper", "g++", "c++17");
    run("wrapper", "clang++", "c++20");
}

#[test]
fn the_router_keeps_its_promises() {
    run("router", "g++", "c++20");
    run("router", "clang++", "c++17");
}
