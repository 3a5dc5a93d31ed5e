//! Lines, tables and figures, as Markdown has them.

/// What is not known.
pub const NONE: &str = "–";

pub fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// A figure with so many digits behind the point.
pub fn decimal(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.digits$}"))
}

pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// A table whose first column is to the left, the others to the right. Rows and columns that hold nothing but [`NONE`]
/// behind or below their heads are left out; so is the table where nothing is left.
pub fn table(out: &mut String, heads: impl IntoIterator<Item = String>, rows: impl IntoIterator<Item = Vec<String>>) {
    let heads: Vec<String> = heads.into_iter().collect();
    let tells = |cell: &String| cell != NONE;
    let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| row[1..].iter().any(tells)).collect();
    let columns: Vec<usize> =
        (0..heads.len()).filter(|column| *column == 0 || rows.iter().any(|row| tells(&row[*column]))).collect();
    if rows.is_empty() {
        return;
    }
    let cells = |row: &[String]| columns.iter().map(|column| &*row[*column]).collect::<Vec<_>>().join(" | ");
    line(out, &format!("| {} |", cells(&heads)));
    line(out, &format!("|---|{}", "--:|".repeat(columns.len() - 1)));
    for row in rows {
        line(out, &format!("| {} |", cells(&row)));
    }
    line(out, "");
}

/// What `write` appends, unless there is no table in it.
pub fn section(out: &mut String, write: impl FnOnce(&mut String)) {
    let begin = out.len();
    write(out);
    if !out[begin..].contains("\n|---|") {
        out.truncate(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_without_a_table_is_left_out() {
        let mut out = "# a\n".to_owned();
        let cell = |text: &str| [vec!["b".to_owned(), text.to_owned()]];
        section(&mut out, |out| {
            line(out, "## c\n");
            table(out, ["d", "e"].map(str::to_owned), cell(NONE));
        });
        assert_eq!(out, "# a\n");
        section(&mut out, |out| {
            line(out, "## c\n");
            table(out, ["d", "e"].map(str::to_owned), cell("1"));
        });
        assert_eq!(out, "# a\n## c\n\n| d | e |\n|---|--:|\n| b | 1 |\n\n");
    }

    fn printed(heads: &str, rows: &[&str]) -> String {
        let words = |row: &str| row.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let mut out = String::new();
        table(&mut out, words(heads), rows.iter().map(|row| words(row)));
        out
    }

    #[test]
    fn a_table_leaves_out_what_has_nothing_in_it() {
        assert_eq!(
            printed("a b c", &["d 1 –", "– – 2"]),
            "| a | b | c |\n|---|--:|--:|\n| d | 1 | – |\n| – | – | 2 |\n\n"
        );
        assert_eq!(printed("a b c", &["d – 1", "e – –", "f – 2"]), "| a | c |\n|---|--:|\n| d | 1 |\n| f | 2 |\n\n");
        assert_eq!(printed("a b", &["c –"]), "");
        assert_eq!(printed("a", &["b"]), "");
        assert_eq!(printed("a b", &[]), "");
    }
}
