//! Reads Rust, C and C++ as far as the width of their comments goes, which no formatter here holds.
//!
//! In: a file and how many columns there are. Out: the lines of comments that take more. A row of a table, code in
//! documentation and a lone word (an address on the web, say) cannot be cut and may take what they need. Comments that
//! stand behind code are not looked at.

/// Lines that are too long, each with where it is.
pub(crate) fn too_wide(path: &str, text: &str, columns: usize) -> Vec<String> {
    let (mut found, mut fenced) = (Vec::new(), false);
    for (number, line) in text.lines().enumerate() {
        let Some(comment) = comment(line, !path.ends_with(".rs")) else {
            fenced = false;
            continue;
        };
        let fence = comment.starts_with("```");
        fenced ^= fence;
        let is_whole = fence || fenced || comment.starts_with('|') || !comment.contains(' ');
        if line.chars().count() > columns && !is_whole {
            found.push(format!("{path}:{}: a comment of more than {columns} columns", number + 1));
        }
    }
    found
}

/// What a line says that holds nothing but a comment, or the part of one; those with stars are C's alone.
fn comment(line: &str, is_c: bool) -> Option<&str> {
    let line = line.trim_start();
    let said = match line.strip_prefix("//") {
        Some(said) => said.trim_start_matches(['/', '!']),
        None if is_c && line.starts_with("/*") => line.trim_start_matches(['/', '*']),
        None if is_c && (line == "*" || line.starts_with("* ")) => &line[1..],
        None => return None,
    };
    Some(said.trim())
}
