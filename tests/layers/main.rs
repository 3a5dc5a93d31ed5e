//! Holds the order of the house: imports point down, siblings do not know each other, `unsafe` stays in its rooms, and
//! comments are no wider than code.
//!
//! The table is the one of the manual (`src/manual/architecture.rs`), read from there, so that what is documented and
//! what is enforced cannot part. Modules compiled for tests alone are exempt from it, because a test may bring about
//! with the layers above what its layer shall deal with; they are not exempt from the rule on `unsafe`.

#![allow(clippy::unwrap_used)]

mod comments;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const UNSAFE_ROOMS: [&str; 4] = ["ffi/", "scan/", "stanza/checked.rs", "stream/octets.rs"];

/// The top-level module that is no layer: it holds documentation.
const NO_LAYER: &str = "manual";

/// What every layer may import without a word in its row.
const FOUNDATIONS: [&str; 2] = ["span", "limits"];

#[test]
fn the_house_holds_its_table() {
    let violations = violations(&table(&read("src/manual/architecture.rs")), &files("src", &["rs"]));
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn comments_are_no_wider_than_code() {
    let rustfmt = read("rustfmt.toml");
    let columns = rustfmt.lines().find_map(|line| line.strip_prefix("max_width = ")).unwrap().parse().unwrap();
    let files = files("", &["c", "cpp", "h", "hpp", "rs"]);
    let found: Vec<_> = files.iter().flat_map(|(path, text)| comments::too_wide(path, text, columns)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// A layer's row: its level, and what it may import besides the foundations.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    level: u32,
    imports: Vec<String>,
}

type Table = BTreeMap<String, Row>;

/// Reads the rows ``| level | `module`, .. | import, .. | .. |`` of a page.
fn table(page: &str) -> Table {
    let names = |cell: &str| -> Vec<String> {
        let words = cell.split(',').map(|word| word.trim().trim_matches('`'));
        words.filter(|word| !matches!(*word, "" | "-")).map(str::to_owned).collect()
    };
    let mut table = Table::new();
    for line in page.lines() {
        let cells: Vec<_> = line.trim_start_matches("//!").trim().split('|').map(str::trim).collect();
        let ["", level, modules, imports, _, ""] = cells[..] else { continue };
        let Ok(level) = level.parse() else { continue };
        for module in names(modules) {
            table.insert(module, Row { level, imports: names(imports) });
        }
    }
    table
}

/// Whatever in `files` (paths below `src` and their text) breaks the table or the rules beside it, a line each.
fn violations(table: &Table, files: &[(String, String)]) -> Vec<String> {
    let root = files.iter().find(|(path, _)| path == "lib.rs").map_or("", |(_, text)| text);
    let reexports: BTreeMap<_, _> = source::reexports(root).into_iter().collect();
    let facts: Vec<_> =
        files.iter().map(|(path, text)| (path, module_of(path), source::facts(&module_of(path), text))).collect();
    let test_modules: Vec<_> = facts.iter().flat_map(|(_, _, facts)| &facts.test_modules).collect();

    let mut found = table_violations(table);
    for (path, module, facts) in &facts {
        found.extend(facts.back_doors.iter().map(|line| format!("{path}:{line}: source that this test cannot see")));
        if !UNSAFE_ROOMS.iter().any(|room| path.starts_with(room)) {
            found.extend(facts.unsafe_lines.iter().map(|line| format!("{path}:{line}: `unsafe` outside its rooms")));
        }
        if test_modules.iter().any(|test| module.starts_with(test)) {
            continue;
        }
        if !facts.has_contract {
            found.push(format!("{path}: opens without a contract (`//!`)"));
        }
        let Some(layer) = module.first().filter(|layer| *layer != NO_LAYER) else { continue };
        let Some(row) = table.get(layer) else {
            found.push(format!("{path}: the table has no row for `{layer}`"));
            continue;
        };
        for (line, name) in &facts.imports {
            let target = reexports.get(name).unwrap_or(name);
            let permitted = target == layer || FOUNDATIONS.contains(&target.as_str()) || row.imports.contains(target);
            if !permitted {
                found.push(format!("{path}:{line}: `{layer}` must not import `{target}`"));
            }
        }
    }
    found
}

/// A table whose permissions do not all point down is wrong in itself.
fn table_violations(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for (layer, row) in table {
        for import in &row.imports {
            match table.get(import) {
                Some(below) if below.level < row.level => {}
                Some(_) => found.push(format!("the table lets `{layer}` import `{import}`, which is not below it")),
                None => found.push(format!("the table lets `{layer}` import `{import}`, which has no row")),
            }
        }
    }
    found
}

/// `a/b.rs` and `a/b/mod.rs` are both module `a::b`.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs");
    path.split('/').filter(|part| !matches!(*part, "mod" | "lib")).map(str::to_owned).collect()
}

/// All files below `folder` with these extensions, but what Cargo builds: their paths from there, and their text.
fn files(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (mut folders, mut files) = (vec![root.clone()], Vec::<PathBuf>::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.join("CACHEDIR.TAG").exists() {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| extensions.iter().any(|extension| found == *extension)) {
                files.push(path);
            }
        }
    }
    files.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The checker against made-up houses: each rule must be able to fail.
mod checker {
    use super::*;
    use source::What;

    const PAGE: &str = "\
        //! | # | module | may import | must not know |\n\
        //! |---|---|---|---|\n\
        //! | 0 | `span`, `limits` | - | anything |\n\
        //! | 1 | `low` | - | x |\n\
        //! | 2 | `left` | low | x |\n\
        //! | 2 | `right` | low | x |\n\
        //! | 3 | `top` | left, right | x |\n";

    const HOUSE: [(&str, &str); 7] = [
        ("lib.rs", "//! \npub use left::Thing;\npub use top::{Both, door::Door as Gate};"),
        ("span.rs", "//! "),
        ("limits.rs", "//! "),
        ("low/mod.rs", "//! \nmod inner;"),
        ("left.rs", "//! \nuse crate::low::X;"),
        ("right.rs", "//! \nuse crate::{low, span::Span};"),
        ("top/mod.rs", "//! \nuse crate::left;\nuse super::right;"),
    ];

    /// What is wrong with the house once `path` reads `//!` and then `text`.
    fn with(path: &str, text: &str) -> Vec<String> {
        let mut files: Vec<_> = HOUSE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        files.retain(|(other, _)| other != path);
        files.push((path.to_owned(), format!("//! \n{text}")));
        violations(&table(PAGE), &files)
    }

    #[track_caller]
    fn refused(path: &str, text: &str, why: &str) {
        assert_eq!(with(path, text), [why], "{text}");
    }

    #[track_caller]
    fn accepted(path: &str, text: &str) {
        assert_eq!(with(path, text), [""; 0], "{text}");
    }

    #[test]
    fn comments_that_are_too_wide() {
        let lines = |path: &str, text: &str| comments::too_wide(path, text, 12);
        let why = |path: &str| [format!("{path}:2: a comment of more than 12 columns")];
        for comment in ["// said of 13", "/// aid of 13", "//! aid of 13", "    // of 13a", "// \u{e9}\u{e9}id of 13"] {
            assert_eq!(lines("a.rs", &format!("f();\n{comment}")), why("a.rs"), "{comment}");
            assert_eq!(lines("a.rs", &comment[1..]), [""; 0], "{comment}");
        }
        for comment in ["/* aid of 13 */", "/** aid of 13", " * aid of 13a", "/// aid of 13"] {
            assert_eq!(lines("a.hpp", &format!("f();\n{comment}")), why("a.hpp"), "{comment}");
        }
        assert_eq!(
            lines("a.rs", "/// ```\n/// let a = 1 + 1;\n/// ```\n/// after the code"),
            ["a.rs:4: a comment of more than 12 columns"]
        );
        assert_eq!(lines("a.rs", "//! ```text\nf();\n/// said of it"), ["a.rs:3: a comment of more than 12 columns"]);
        for whole in ["//! | a | table |", "// https://example.com", "let a = 1 + 1 + 1;", "* a = 1 + 1 + 1;"] {
            assert_eq!(lines("a.rs", whole), [""; 0], "{whole}");
        }
        assert_eq!(lines("a.c", "*a = 1 + 1 + 1;"), [""; 0]);
    }

    #[test]
    fn a_tidy_house_passes() {
        accepted("left.rs", "use crate::low;");
    }

    #[test]
    fn imports_up_sideways_and_past_the_table() {
        refused("low/mod.rs", "use crate::top::Both;", "low/mod.rs:2: `low` must not import `top`");
        refused("left.rs", "use crate::right;", "left.rs:2: `left` must not import `right`");
        refused("top/mod.rs", "\nuse crate::low;", "top/mod.rs:3: `top` must not import `low`");
        refused("left.rs", "use crate::{low, right::{a, b}};", "left.rs:2: `left` must not import `right`");
        refused("left.rs", "use crate::{low::{a, b}, right};", "left.rs:2: `left` must not import `right`");
        refused("left.rs", "fn f() -> crate::right::X { g() }", "left.rs:2: `left` must not import `right`");
        refused(
            "left.rs",
            "macro_rules! m { () => { $crate::right::f() } }",
            "left.rs:2: `left` must not import `right`",
        );
    }

    #[test]
    fn chains_of_super() {
        let why = "low/inner.rs:2: `low` must not import `top`";
        refused("low/inner.rs", "use super::super::top;", why);
        refused("low/inner.rs", "use super::{a, super::top};", why);
        refused("low/inner.rs", "mod deeper { use super::super::super::top::X; }", why);
        refused("low/inner.rs", "mod deeper {} use self::super::super::top;", why);
        accepted("low/inner.rs", "use super::top; mod deeper { use super::super::top; }");
        accepted("low/inner.rs", "pub(super) fn f() {} pub(in crate::low) fn g() {}");
    }

    #[test]
    fn names_of_the_root() {
        refused("low/mod.rs", "use crate::Thing;", "low/mod.rs:2: `low` must not import `left`");
        refused("left.rs", "use crate::{low::X, Gate};", "left.rs:2: `left` must not import `top`");
        accepted("top/mod.rs", "use crate::Thing;");
        for whole in ["use crate::*;", "use crate as root;", "use super::*;", "use crate::{self as root};"] {
            refused("low.rs", whole, "low.rs:2: `low` must not import `*`");
        }
    }

    #[test]
    fn what_is_not_code() {
        accepted(
            "low/mod.rs",
            "// use crate::top;\n/* use /* crate::top; */ crate::top */\n/// [`crate::top`]\nfn f() {}",
        );
        accepted(
            "low/mod.rs",
            "const A: &str = \"crate::top \\\" unsafe\"; const B: char = '\"'; const C: char = '\\'';",
        );
        accepted("low/mod.rs", "const A: &str = r#\"crate::top \" unsafe\"#; fn f<'crate_>(x: &'static str) {}");
        refused("low/mod.rs", "const B: char = '\"'; use crate::top;", "low/mod.rs:2: `low` must not import `top`");
    }

    #[test]
    fn tests_are_exempt() {
        accepted("low/mod.rs", "#[cfg(test)]\nmod tests { use crate::top; fn f() { { } } }");
        accepted("low/mod.rs", "#[cfg(any(test, doctest))] use crate::top::{a, b};");
        accepted("low/mod.rs", "#[cfg(test)] #[allow(x)] fn f(a: [u8; 3]) { crate::top::g() }");
        let after = "#[cfg(test)] mod tests { use crate::top; }\nuse crate::top;";
        refused("low/mod.rs", after, "low/mod.rs:3: `low` must not import `top`");
        refused("low/mod.rs", "#[cfg(not(test))] use crate::top;", "low/mod.rs:2: `low` must not import `top`");
        refused("low/mod.rs", "#[derive(Debug)] struct A(crate::top::B);", "low/mod.rs:2: `low` must not import `top`");
    }

    #[test]
    fn files_of_tests_are_exempt() {
        let house = |declared: &str| {
            let files = HOUSE.iter().filter(|(path, _)| *path != "low/mod.rs").copied();
            let files = files.chain([("low/mod.rs", declared), ("low/tests/a.rs", "//! \nuse crate::top;")]);
            let files: Vec<_> = files.map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
            violations(&table(PAGE), &files)
        };
        assert_eq!(house("//! \n#[cfg(test)]\nmod tests;"), [""; 0]);
        assert_eq!(house("//! \nmod tests;"), ["low/tests/a.rs:2: `low` must not import `top`"]);
    }

    #[test]
    fn unsafe_stays_in_its_rooms() {
        let code = "#[cfg(test)] mod tests { fn f() { unsafe { g() } } }";
        refused("low/mod.rs", code, "low/mod.rs:2: `unsafe` outside its rooms");
        accepted("low/mod.rs", "#![deny(unsafe_code)]");
        assert!(!with("ffi/x.rs", "unsafe fn f() {}").iter().any(|found| found.contains("rooms")));
    }

    #[test]
    fn back_doors() {
        refused("low/mod.rs", "#[path = \"../top/mod.rs\"] mod t;", "low/mod.rs:2: source that this test cannot see");
        refused("low/mod.rs", "include!(\"../top/mod.rs\");", "low/mod.rs:2: source that this test cannot see");
        accepted("low/mod.rs", "const X: [u8; 1] = [path]; const Y: &str = include_str!(\"x\");");
    }

    #[test]
    fn contracts_and_rows() {
        let mut files: Vec<_> = HOUSE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        files[4].1 = "use crate::low;".to_owned();
        assert_eq!(violations(&table(PAGE), &files), ["left.rs: opens without a contract (`//!`)"]);
        refused("extra.rs", "", "extra.rs: the table has no row for `extra`");
        let house: Vec<_> = HOUSE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let page = format!("{PAGE}//! | 1 | `low` | top, cellar | x |\n");
        let wrong = [
            "the table lets `low` import `top`, which is not below it",
            "the table lets `low` import `cellar`, which has no row",
        ];
        assert_eq!(violations(&table(&page), &house), wrong);
    }

    #[test]
    fn words_and_signs() {
        let kinds: Vec<_> =
            source::tokens("a::b<'c>\n{ 'd' }").into_iter().map(|token| (token.line, token.what)).collect();
        let expected = [
            (1, What::Word("a")),
            (1, What::Path),
            (1, What::Word("b")),
            (1, What::Sign('<')),
            (1, What::Sign('>')),
            (2, What::Sign('{')),
            (2, What::Sign('}')),
        ];
        assert_eq!(kinds, expected);
    }
}
