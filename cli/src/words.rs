//! How many there are of something, and what is too long to be told, in words.

/// `count` of what `one` names, in the plural unless it is one.
pub(crate) fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

/// All of `text`, or its first characters where it is long.
pub(crate) fn beginning(text: &str) -> String {
    /// Characters shown.
    const MOST: usize = 60;
    let mut characters = text.chars();
    let shown: String = characters.by_ref().take(MOST).collect();
    if characters.next().is_some() { shown + "..." } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "byte")), ["0 bytes", "1 byte", "2 bytes"]);
    }
}
