//! Strings into the form in which XML carries them.
//!
//! In: any `&str` and the place where it is to stand. Out: pieces to append one after the other, plain runs borrowed
//! from the input and references for what the place does not allow; or the first character that XML cannot carry at
//! all. Also whether a string is a name.
//!
//! Invariant: an XML processor that reads the pieces back in that place gets the input string, unchanged by the
//! normalisation of line ends and of attribute values.
//!
//! Refuses to know: elements, namespaces, where the pieces go.

use super::Error;
use crate::scan::{Specials, Within, is_name_char, is_name_start};

/// The pieces that stand for `text` within that.
#[inline]
pub(super) fn pieces(text: &str, within: Within) -> Pieces<'_> {
    let mut specials = Specials::new(text.as_bytes(), within);
    let stop = specials.next().unwrap_or(text.len());
    Pieces { text, at: 0, stop, specials }
}

/// Octets of `text` as an attribute's value is written; what XML cannot carry is not counted.
pub(crate) fn escaped_len(text: &str) -> usize {
    pieces(text, Within::Value).map(|piece| piece.map_or(0, str::len)).sum()
}

/// Whether `written` is what `raw` looks like as an attribute's value.
pub(super) fn is_escaped_value(written: &[u8], raw: &str) -> bool {
    let mut rest = written;
    for piece in pieces(raw, Within::Value) {
        match piece.ok().and_then(|piece| rest.strip_prefix(piece.as_bytes())) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

/// Whether `text` is an `NCName` (Namespaces in XML 1.0, third edition; XML 1.0, names of its fourth edition).
pub(super) fn is_ncname(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// An iterator over what to append; see [`pieces`].
#[derive(Clone, Debug)]
pub(super) struct Pieces<'a> {
    text: &'a str,
    /// What is before was given.
    at: usize,
    /// The next octet that cannot be appended as it is, or the end.
    stop: usize,
    specials: Specials<'a>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<&'a str, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // A run begins behind a whole character and ends before one, so all cuts fall between characters.
        let run = self.text.get(self.at..self.stop)?;
        if !run.is_empty() {
            self.at = self.stop;
            return Some(Ok(run));
        }
        let special = self.text.get(self.at..)?.chars().next()?;
        self.at += special.len_utf8();
        self.stop = self.specials.next().unwrap_or(self.text.len());
        Some(reference(special).ok_or(Error::ForbiddenCharacter(special)))
    }
}

/// The reference to write for a character that cannot stand as it is; nothing where XML has none.
fn reference(c: char) -> Option<&'static str> {
    Some(match c {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '\'' => "&apos;",
        '"' => "&quot;",
        '\t' => "&#9;",
        '\n' => "&#10;",
        '\r' => "&#13;",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloc::string::String;

    fn escaped(text: &str, within: Within) -> Result<String, Error> {
        pieces(text, within).collect()
    }

    #[test]
    fn text_escapes_markup_and_carriage_return_only() {
        assert_eq!(escaped("a<b>&\"'\t\n\r]]>", Within::Text).unwrap(), "a&lt;b&gt;&amp;\"'\t\n&#13;]]&gt;");
    }

    #[test]
    fn values_escape_quotes_and_what_normalisation_would_change() {
        assert_eq!(
            escaped("a<b>&\"'\t\n\r]]>", Within::Value).unwrap(),
            "a&lt;b&gt;&amp;&quot;&apos;&#9;&#10;&#13;]]&gt;"
        );
    }

    #[test]
    fn every_scalar_value_is_written_or_refused_as_xml_says() {
        for c in '\0'..=char::MAX {
            let allowed = matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer);
            for within in [Within::Text, Within::Value] {
                let result = escaped(text, within);
                assert_eq!(result.is_ok(), allowed, "U+{:04X} in {within:?}", u32::from(c));
                if !allowed {
                    assert_eq!(result, Err(Error::ForbiddenCharacter(c)));
                }
            }
        }
    }

    #[test]
    fn the_lead_octet_of_noncharacters_does_not_end_a_run() {
        let text = "\u{FF0C}\u{FFFD}\u{F000}";
        assert_eq!(pieces(text, Within::Text).collect::<alloc::vec::Vec<_>>(), [Ok(text)]);
    }

    #[test]
    fn a_written_value_is_known_again_and_no_other_is() {
        for (written, raw, same) in [
            ("a&amp;b", "a&b", true),
            ("a&amp;b", "a&amp;b", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("ab", "a", false),
            ("", "", true),
            ("a", "\u{1}", false),
        ] {
            assert_eq!(is_escaped_value(written.as_bytes(), raw), same, "{written} {raw}");
        }
    }

    #[test]
    fn names() {
        for good in ["a", "_", "stanza-id", "a.b", "é", "日本", "a\u{B7}", "a\u{300}", "xmlns"] {
            assert!(is_ncname(good), "{good}");
        }
        for bad in [
            "",
            "-a",
            ".a",
            "1",
            "a:b",
            ":",
            "a b",
            "a>",
            "a/",
            "a='",
            "×",
            "\u{37E}",
            "\u{300}a",
            "\u{10000}",
            "\u{F0000}",
            "a\0",
        ] {
            assert!(!is_ncname(bad), "{bad}");
        }
    }
}
