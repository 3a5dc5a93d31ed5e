//! The header of the C API, made from the sources in `src/ffi`.
//!
//! In: those files, in the order in which a reader wants them, and `cbindgen.toml`. Out: the text of `include/tercet.h`.

use std::error::Error;
use std::path::PathBuf;

/// The files of `src/ffi` that hold something public, in the order of the header.
const SOURCES: &[&str] = &[
    "version",
    "result",
    "ptr",
    "unit",
    "limits",
    "event",
    "element",
    "parser",
    "writer",
    "config",
    "connection",
    "answer",
    "callbacks",
];

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
    Ok(String::from_utf8(header)?)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
