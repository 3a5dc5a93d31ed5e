//! The committed header is what the sources say, and the list of symbols what the header declares.
#![allow(clippy::unwrap_used, reason = "a test")]

#[test]
fn header_is_up_to_date() {
    let committed = std::fs::read_to_string(tercet_header::path()).unwrap();
    let generated = tercet_header::generate().unwrap();
    let line = committed.lines().zip(generated.lines()).position(|(old, new)| old != new);
    assert!(
        committed == generated,
        "include/tercet.h is not what src/ffi says, from line {} on: run `cargo run -p tercet-header`",
        line.unwrap_or_else(|| committed.lines().count().min(generated.lines().count())) + 1
    );
}

/// A list of its own, so that no function leaves the ABI unnoticed.
#[test]
fn symbols_are_those_of_the_header() {
    let header = std::fs::read_to_string(tercet_header::path()).unwrap();
    let listed = std::fs::read_to_string(tercet_header::symbols_path()).unwrap();
    let listed = listed.lines().map(String::from).collect();
    let odd: Vec<String> = tercet_header::symbols(&header).symmetric_difference(&listed).cloned().collect();
    assert_eq!(
        odd, [""; 0],
        "in one of include/tercet.h and bindings/abi/symbols.txt; new: `cargo run -p tercet-header`"
    );
}

/// Every source that holds something public is known to the generator.
#[test]
fn no_source_is_left_out() {
    let header = std::fs::read_to_string(tercet_header::path()).unwrap();
    let mut seen = [0; KINDS.len()];
    for entry in std::fs::read_dir(tercet_header::path().with_file_name("../src/ffi")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (kind, seen) in KINDS.iter().zip(&mut seen) {
            for name in text.split(kind.source).skip(1).map(word).filter(|name| name.starts_with(kind.prefix)) {
                let declared = kind.header.iter().any(|form| header.contains(&form.replace("NAME", name)));
                assert!(declared, "{}{name} of {} is not in the header", kind.source, path.display());
                *seen += 1;
            }
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

/// What a source may give to C.
struct Kind {
    /// What stands before its name there.
    source: &'static str,
    /// How its name begins, where it is meant for C.
    prefix: &'static str,
    /// The forms of which one declares it in the header.
    header: &'static [&'static str],
}

const KINDS: [Kind; 4] = [
    Kind { source: "extern \"C\" fn ", prefix: "tercet_", header: &[" NAME(", "*NAME("] },
    Kind { source: "pub const ", prefix: "TERCET_", header: &["\n#define NAME "] },
    Kind { source: "pub struct ", prefix: "tercet_", header: &["\n} NAME;", "\ntypedef struct NAME NAME;"] },
    Kind { source: "pub type ", prefix: "tercet_", header: &[" NAME;\n", " (*NAME)("] },
];

/// The name with which `text` begins.
fn word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default()
}
