//! References: the five predefined entities and character numbers (XML 1.0 sections 4.1 and 4.6).

use crate::scan::{self, Word};

/// What the reference `&body;` stands for, if it is one of the five names or the number of a legal character.
pub(crate) fn referenced(body: &str) -> Option<char> {
    match body.strip_prefix('#') {
        Some(number) => numbered(number),
        None => predefined(body),
    }
}

/// The five predefined entities: what they stand for, and how they are referred to.
const PREDEFINED: [(char, &str); 5] = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('\'', "&apos;"), ('"', "&quot;")];

fn predefined(name: &str) -> Option<char> {
    let is_named = |reference: &str| reference.strip_prefix('&').and_then(|rest| rest.strip_suffix(';')) == Some(name);
    PREDEFINED.into_iter().find(|(_, reference)| is_named(reference)).map(|(char, _)| char)
}

/// What the predefined reference that `octets` begin with stands for, and its length.
#[inline]
pub(crate) fn predefined_at(octets: &[u8]) -> Option<(char, usize)> {
    /// The references as numbers, the first octet in the lowest bits.
    const NUMBERS: [u64; 5] = {
        let mut numbers = [0; 5];
        let mut at = 0;
        while at < numbers.len() {
            numbers[at] = Word::of(PREDEFINED[at].1).low();
            at += 1;
        }
        numbers
    };
    let octets = first_eight(octets);
    let is_first = |(number, (_, reference)): &(u64, (char, &str))| {
        octets << (64 - 8 * reference.len()) == number << (64 - 8 * reference.len())
    };
    let (_, (char, reference)) = NUMBERS.into_iter().zip(PREDEFINED).find(is_first)?;
    Some((char, reference.len()))
}

/// The first 8 octets as a number, zeros behind the end; 0 of fewer than the shortest reference has.
#[inline]
fn first_eight(octets: &[u8]) -> u64 {
    if let Some(eight) = octets.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let (Some(first), Some(last)) = (octets.first_chunk(), octets.last_chunk()) else { return 0 };
    let [first, last] = [*first, *last].map(|octets| u64::from(u32::from_le_bytes(octets)));
    first | last << (8 * (octets.len() - 4))
}

fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() {
        return None;
    }
    let mut code: u32 = 0;
    for digit in digits.chars() {
        code = code.saturating_mul(radix).saturating_add(digit.to_digit(radix)?);
    }
    char::from_u32(code).filter(|&char| scan::is_xml_char(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x04_five_names_and_no_other() {
        let values: alloc::string::String =
            ["amp", "apos", "gt", "lt", "quot"].into_iter().filter_map(referenced).collect();
        assert_eq!(values, "&'><\"");
        for other in ["", "AMP", "am", "ampx", "nbsp", "#", "#x", "#xg", "#1a", "#-1", "#+1", "#X41", "# 65"] {
            assert_eq!(referenced(other), None, "{other}");
        }
    }

    #[test]
    fn a_predefined_reference_is_known_by_its_first_octets() {
        let look = |text: &str| predefined_at(text.as_bytes());
        for (char, reference) in PREDEFINED {
            assert_eq!(look(reference), Some((char, reference.len())));
            assert_eq!(look(&alloc::format!("{reference}x")), Some((char, reference.len())));
            assert_eq!(look(&reference.replace(';', "x")), None);
        }
        for other in ["", "&", "&l", "&lt", "&ltx;", "&LT;", "amp;", "&#60;", "&nbsp;", "&ampe;"] {
            assert_eq!(look(other), None, "{other}");
        }
    }

    #[test]
    fn x05_only_legal_characters() {
        assert_eq!(referenced("#65"), Some('A'));
        assert_eq!(referenced("#x000000000000000000041"), Some('A'));
        assert_eq!(referenced("#x10FFFF"), Some('\u{10ffff}'));
        for bad in
            ["#0", "#8", "#x1f", "#xd800", "#xdfff", "#xfffe", "#xffff", "#x110000", "#4294967361", "#x100000041"]
        {
            assert_eq!(referenced(bad), None, "{bad}");
        }
    }
}
