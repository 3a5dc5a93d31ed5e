//! Test cases of third parties, which lie beside the source tree and not in it.

use std::path::Path;

/// The text of a file of cases; nothing, and a word about it, where it is absent.
pub(crate) fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        eprintln!("skipped: {file} is not here");
    }
    text
}
