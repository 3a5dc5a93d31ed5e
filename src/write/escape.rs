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
use crate::scan::{is_name_char, is_name_start};

/// Where the escaped string is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Between two quotes of either kind.
    Attribute,
    /// Between two tags.
    Text,
}

/// The pieces that stand for `text` in `place`.
pub(super) fn pieces(text: &str, place: Place) -> Pieces<'_> {
    let special = match place {
        Place::Attribute => ATTRIBUTE,
        Place::Text => TEXT,
    };
    Pieces { rest: text, special }
}

/// Whether `written` is what `raw` looks like as an attribute's value.
pub(super) fn is_escaped_value(written: &[u8], raw: &str) -> bool {
    let mut rest = written;
    for piece in pieces(raw, Place::Attribute) {
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
    rest: &'a str,
    special: u8,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<&'a str, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.rest.chars().next()?;
        let plain = plain_run(self.rest.as_bytes(), self.special);
        // A run ends before ASCII or before a whole character, so both cuts fall between characters.
        let (piece, rest) = match plain {
            0 => (reference(first), self.rest.get(first.len_utf8()..)),
            _ => (self.rest.get(..plain), self.rest.get(plain..)),
        };
        self.rest = rest.unwrap_or("");
        Some(piece.ok_or(Error::ForbiddenCharacter(first)))
    }
}

/// How many octets at the start of `bytes` can be appended as they are.
fn plain_run(bytes: &[u8], special: u8) -> usize {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (blocks, _) = rest.as_chunks();
        at += blocks.iter().take_while(|block| is_plain_block(block)).count() * BLOCK;
        // What follows is a block with an octet to look at, or the tail.
        for _ in 0..BLOCK.min(bytes.len() - at) {
            if is_special(&bytes[at..], special) {
                return at;
            }
            at += 1;
        }
    }
    at
}

const BLOCK: usize = 16;

/// Whether no octet of the block is special in any place: comparisons without branches on whole octets, a shape that the
/// compiler turns into a few instructions on vectors.
fn is_plain_block(block: &[u8; BLOCK]) -> bool {
    let marks = block.map(|byte| {
        let other = |other| u8::from(byte == other);
        u8::from(byte < 0x20) | other(b'\'') | other(b'"') | other(b'<') | other(b'>') | other(b'&') | other(0xEF)
    });
    u128::from_ne_bytes(marks) == 0
}

fn is_special(rest: &[u8], special: u8) -> bool {
    let class = rest.first().map_or(0, |&byte| CLASSES[usize::from(byte)]);
    class & special != 0 || (class & LEAD != 0 && is_noncharacter(rest))
}

/// Whether U+FFFE or U+FFFF comes first.
fn is_noncharacter(rest: &[u8]) -> bool {
    matches!(rest, [0xEF, 0xBF, 0xBE | 0xBF, ..])
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

/// Not plain in text. A raw CR would come back as LF; `>` is escaped always so that no `]]>` can form.
const TEXT: u8 = 1;
/// Not plain in an attribute's value. Raw TAB, LF and CR would come back as spaces.
const ATTRIBUTE: u8 = 2;
/// May begin U+FFFE or U+FFFF.
const LEAD: u8 = 4;

/// What each octet may be.
const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = TEXT | ATTRIBUTE;
        control += 1;
    }
    table[b'\t' as usize] = ATTRIBUTE;
    table[b'\n' as usize] = ATTRIBUTE;
    table[b'\'' as usize] = ATTRIBUTE;
    table[b'"' as usize] = ATTRIBUTE;
    table[b'<' as usize] = TEXT | ATTRIBUTE;
    table[b'>' as usize] = TEXT | ATTRIBUTE;
    table[b'&' as usize] = TEXT | ATTRIBUTE;
    table[0xEF] = LEAD;
    table
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloc::string::String;

    fn escaped(text: &str, place: Place) -> Result<String, Error> {
        pieces(text, place).collect()
    }

    #[test]
    fn text_escapes_markup_and_carriage_return_only() {
        assert_eq!(escaped("a<b>&\"'\t\n\r]]>", Place::Text).unwrap(), "a&lt;b&gt;&amp;\"'\t\n&#13;]]&gt;");
    }

    #[test]
    fn values_escape_quotes_and_what_normalisation_would_change() {
        assert_eq!(
            escaped("a<b>&\"'\t\n\r]]>", Place::Attribute).unwrap(),
            "a&lt;b&gt;&amp;&quot;&apos;&#9;&#10;&#13;]]&gt;"
        );
    }

    #[test]
    fn every_scalar_value_is_written_or_refused_as_xml_says() {
        for c in '\0'..=char::MAX {
            let allowed = matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer);
            for place in [Place::Text, Place::Attribute] {
                let result = escaped(text, place);
                assert_eq!(result.is_ok(), allowed, "U+{:04X} in {place:?}", u32::from(c));
                if !allowed {
                    assert_eq!(result, Err(Error::ForbiddenCharacter(c)));
                }
            }
        }
    }

    #[test]
    fn a_special_octet_is_found_at_any_offset() {
        for special in ['<', '\'', '\0', '\u{1F}', '\u{FFFF}', '\n'] {
            for before in 0..3 * BLOCK {
                for after in [0, 1, BLOCK, 2 * BLOCK + 1] {
                    let text = "a".repeat(before) + &String::from(special) + &"b".repeat(after);
                    assert_eq!(plain_run(text.as_bytes(), ATTRIBUTE), before, "{special:?}");
                }
            }
        }
    }

    #[test]
    fn blocks_and_classes_agree() {
        for byte in 0..=255_u8 {
            let mut block = [b'a'; BLOCK];
            block[BLOCK - 1] = byte;
            assert_eq!(is_plain_block(&block), CLASSES[usize::from(byte)] == 0, "{byte:#x}");
        }
    }

    #[test]
    fn the_lead_octet_of_noncharacters_does_not_end_a_run() {
        let text = "\u{FF0C}\u{FFFD}\u{F000}";
        assert_eq!(pieces(text, Place::Text).collect::<alloc::vec::Vec<_>>(), [Ok(text)]);
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
