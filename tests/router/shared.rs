//! Test cases of third parties, which lie beside the source tree and not in it.

use std::io::Write as _;
use std::path::Path;

/// The text of a file of cases; nothing where it is absent, and a word about it past the capture of test output, so
/// that nobody takes the silence for success.
pub(crate) fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        writeln!(std::io::stderr(), "skipped: {file} is not here").expect("a standard error");
    }
    text
}
