//! Characters that XML 1.0 (fifth edition) allows: anywhere (section 2.2) and in names (section 2.3).

/// Whether XML allows the character at all.
pub(crate) const fn is_xml_char(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
