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
    let sources = tercet_header::path().with_file_name("../src/ffi");
    for entry in std::fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let exports = text.split("extern \"C\" fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
        for export in exports.filter(|export| export.starts_with("tercet_")) {
            let declared = [' ', '*'].iter().any(|before| header.contains(&format!("{before}{export}(")));
            assert!(declared, "{export} of {} is not in the header", path.display());
        }
    }
}
