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

/// A table whose first column is to the left, the others to the right.
pub fn table(out: &mut String, heads: impl IntoIterator<Item = String>, rows: impl IntoIterator<Item = Vec<String>>) {
    let heads: Vec<String> = heads.into_iter().collect();
    line(out, &format!("| {} |", heads.join(" | ")));
    line(out, &format!("|---|{}", "--:|".repeat(heads.len() - 1)));
    for row in rows {
        line(out, &format!("| {} |", row.join(" | ")));
    }
    line(out, "");
}
