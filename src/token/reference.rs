//! References: the five predefined entities and character numbers (XML 1.0 sections 4.1 and 4.6).

use crate::scan;

/// What the reference `&body;` stands for, if it is one of the five names or the number of a legal character.
pub(crate) fn referenced(body: &str) -> Option<char> {
    match body.strip_prefix('#') {
        Some(number) => numbered(number),
        None => predefined(body),
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "apos" => '\'',
        "gt" => '>',
        "lt" => '<',
        "quot" => '"',
        _ => return None,
    })
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
