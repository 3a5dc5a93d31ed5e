//! The header of the C API, made from the sources in `src/ffi`.
//!
//! In: those files, in the order in which a reader wants them, `cbindgen.toml`, and the tables of well-known names.
//! Out: the text of `include/tercet.h`, and the names for `bindings/abi/symbols.txt`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use tercet::ns::{NameId, NsId};

/// The files of `src/ffi` that hold something public, in the order of the header.
const SOURCES: &[&str] = &[
    "version",
    "result",
    "ptr",
    "unit",
    "jid",
    "limits",
    "names",
    "event",
    "element",
    "owned",
    "parser",
    "writer",
    "config",
    "connection",
    "binding",
    "answer",
    "log",
    "callbacks",
    "roster",
    "action",
    "router",
];

/// Where the list of exported functions stands, one a line, sorted.
#[must_use]
pub fn symbols_path() -> PathBuf {
    root().join("bindings/abi/symbols.txt")
}

/// The functions that a header declares.
#[must_use]
pub fn symbols(header: &str) -> BTreeSet<String> {
    let declarations = header.split("\nTERCET_API ").skip(1);
    let names = declarations.filter_map(|rest| rest.split_once('(')?.0.rsplit([' ', '*']).next());
    names.map(String::from).collect()
}

/// Where the header stands.
#[must_use]
pub fn path() -> PathBuf {
    root().join("include/tercet.h")
}

/// The text of the header.
///
/// # Errors
/// Where a source cannot be read, or holds what has no place in a header.
pub fn generate() -> Result<String, Box<dyn Error>> {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml"))?;
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root().join(format!("src/ffi/{source}.rs")));
    }
    let mut header = Vec::new();
    builder.generate()?.write(&mut header);
    let header = String::from_utf8(header)?;
    let (declarations, end_of_guard) = header.rsplit_once("#endif").ok_or("a header has a guard")?;
    Ok(format!("{declarations}{}\n#endif{end_of_guard}", constants()?))
}

/// A well-known namespace or name in C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Of the number.
    pub name: String,
    /// What it is in C.
    pub number: u32,
    /// What it stands for.
    pub text: &'static str,
}

/// All well-known namespaces, then all well-known names, each in the order of their numbers.
#[must_use]
pub fn names() -> Vec<Constant> {
    let of = |kind, (name, number, text)| Constant { name: format!("TERCET_{kind}_{name}"), number, text };
    let namespaces = NsId::all().map(|entry| of("NS", entry));
    namespaces.chain(NameId::all().map(|entry| of("NAME", entry))).collect()
}

/// The last block of the header.
fn constants() -> Result<String, std::fmt::Error> {
    let mut block = String::from("/* Well-known namespaces and names as numbers: see TERCET_ID_OTHER. */\n");
    for Constant { name, number, text } in names() {
        writeln!(block, "#define {name} {number} /**< `{text}` */")?;
    }
    Ok(block)
}

/// Where it is written down which numbers were given away.
#[must_use]
pub fn golden() -> PathBuf {
    root().join("bindings/abi/names.txt")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
