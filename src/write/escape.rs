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
use crate::scan::{is_name_char, is_name_start, is_nonchar};

/// Where the escaped string is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Between two quotes of either kind.
    Attribute,
    /// Between two tags.
    Text,
}

impl Place {
    /// The class of octets that cannot stand here as they are.
    const fn special(self) -> u8 {
        match self {
            Self::Attribute => ATTRIBUTE,
            Self::Text => TEXT,
        }
    }
}

/// The part of `text` before all that cannot stand in `place` as it is, and what comes from there on.
pub(super) fn split_plain(text: &str, place: Place) -> (&str, &str) {
    let plain = Suspects::new(text.as_bytes()).next_special(place.special());
    text.split_at_checked(plain).unwrap_or(("", text))
}

/// The pieces that stand for `text` in `place`.
#[inline]
pub(super) fn pieces(text: &str, place: Place) -> Pieces<'_> {
    let special = place.special();
    let mut suspects = Suspects::new(text.as_bytes());
    let stop = suspects.next_special(special);
    Pieces { text, at: 0, stop, suspects, special }
}

/// Octets of `text` as an attribute's value is written; what XML cannot carry is not counted.
pub(crate) fn escaped_len(text: &str) -> usize {
    pieces(text, Place::Attribute).map(|piece| piece.map_or(0, str::len)).sum()
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
    text: &'a str,
    /// What is before was given.
    at: usize,
    /// The next octet that cannot be appended as it is, or the end.
    stop: usize,
    suspects: Suspects<'a>,
    special: u8,
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
        self.stop = self.suspects.next_special(self.special);
        Some(reference(special).ok_or(Error::ForbiddenCharacter(special)))
    }
}

/// Finds the octets that may be special in some place: whole blocks are compared at once, and few blocks hold one.
#[derive(Clone, Debug)]
struct Suspects<'a> {
    bytes: &'a [u8],
    /// The suspects of the block looked at last that were not given, an octet for each of its octets.
    marks: u128,
    /// Where that block begins, and where the next one does.
    block: usize,
    next: usize,
}

const BLOCK: usize = 16;

/// Octets of which is asked first whether any is a suspect.
const GROUP: usize = 4 * BLOCK;

impl<'a> Suspects<'a> {
    #[inline]
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, marks: 0, block: 0, next: 0 }
    }

    /// The next octet that is special, or the end.
    #[inline(always)]
    fn next_special(&mut self, special: u8) -> usize {
        loop {
            while self.marks != 0 {
                let at = self.block + self.marks.trailing_zeros() as usize / 8;
                self.marks &= self.marks - 1;
                if self.bytes.get(at..).is_some_and(|rest| is_special(rest, special)) {
                    return at;
                }
            }
            if self.next >= self.bytes.len() {
                return self.bytes.len();
            }
            self.look();
        }
    }

    /// Looks at blocks up to one that has a suspect, or to the end.
    #[inline(always)]
    fn look(&mut self) {
        let mut rest = self.bytes.get(self.next..).unwrap_or(&[]);
        // Where one was found, the next is often near.
        if let Some((block, behind)) = rest.split_first_chunk() {
            (self.marks, self.block) = (marks(block), self.next);
            self.next += BLOCK;
            if self.marks != 0 {
                return;
            }
            rest = behind;
        }
        let (groups, _) = rest.as_chunks();
        let plain = groups.iter().take_while(|group| is_plain(group)).count() * GROUP;
        self.next += plain;
        let (blocks, tail) = rest.get(plain..).unwrap_or(&[]).as_chunks();
        for block in blocks {
            (self.marks, self.block) = (marks(block), self.next);
            self.next += BLOCK;
            if self.marks != 0 {
                return;
            }
        }
        if tail.is_empty() {
            return;
        }
        self.marks = match self.bytes.last_chunk() {
            // The octets before the tail were looked at already.
            Some(last) => marks(last) >> (8 * (BLOCK - tail.len())),
            None => {
                let mut padded = [b' '; BLOCK];
                padded.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
                marks(&padded)
            }
        };
        self.block = self.next;
        self.next = self.bytes.len();
    }
}

/// Whether no octet of a group of blocks may be special: comparisons without branches, which the compiler turns into a few
/// instructions on vectors.
#[inline]
fn is_plain(group: &[u8; GROUP]) -> bool {
    let mark = |byte: u8| {
        // Two pairs differ in one bit each: & and ', < and >.
        let paired = u8::from(byte | 1 == b'\'') | u8::from(byte | 2 == b'>');
        paired | u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == 0xEF)
    };
    group.iter().fold(0, |any, &byte| any | mark(byte)) == 0
}

/// Marks the octets of a block that may be special, and seldom one behind such.
#[inline]
fn marks(block: &[u8; BLOCK]) -> u128 {
    let (words, _) = block.as_chunks();
    words.iter().rev().fold(0, |marks, word| marks << 64 | u128::from(mark_word(u64::from_le_bytes(*word))))
}

/// The same for eight octets in a word, in the top bit of each: [`is_plain`] without vectors, which the compiler does not
/// find where it is asked which octets they are.
#[inline]
fn mark_word(word: u64) -> u64 {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // The top bit of an octet that is 0; a borrow may set that of one above, too.
    let zero = |word: u64| word.wrapping_sub(each(1)) & !word;
    let paired = zero((word | each(1)) ^ each(b'\'')) | zero((word | each(2)) ^ each(b'>'));
    let single = zero(word & each(0xE0)) | zero(word ^ each(b'"')) | zero(word ^ each(0xEF));
    (paired | single) & each(0x80)
}

#[inline]
fn is_special(rest: &[u8], special: u8) -> bool {
    let class = rest.first().map_or(0, |&byte| CLASSES[usize::from(byte)]);
    class & special != 0 || (class & LEAD != 0 && is_nonchar(rest, 0))
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
            for before in 0..GROUP + 3 * BLOCK {
                for after in [0, 1, BLOCK, 2 * BLOCK + 1] {
                    let text = "a".repeat(before) + &String::from(special) + &"b".repeat(after);
                    let mut suspects = Suspects::new(text.as_bytes());
                    assert_eq!(suspects.next_special(ATTRIBUTE), before, "{special:?}");
                    assert_eq!(suspects.next_special(ATTRIBUTE), text.len(), "{special:?}");
                }
            }
        }
    }

    #[test]
    fn blocks_and_classes_agree() {
        for byte in 0..=255_u8 {
            let is_suspect = CLASSES[usize::from(byte)] != 0;
            for at in 0..BLOCK {
                let mut block = [b'a'; BLOCK];
                block[at] = byte;
                let expected = u128::from(is_suspect) << (8 * at + 7);
                assert_eq!(marks(&block), expected, "{byte:#x}");
            }
            let mut group = [b'a'; GROUP];
            group[GROUP / 2] = byte;
            assert_eq!(is_plain(&group), !is_suspect, "{byte:#x}");
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
