//! The class table: which octets stop which run.

/// A set of octets: one bit of the table.
#[derive(Clone, Copy)]
pub(crate) struct Class(u8);

impl Class {
    /// White space (XML 1.0 section 2.3).
    pub(crate) const SPACE: Self = Self(1);
    /// ASCII characters that may begin a name, the colon left out.
    pub(crate) const NAME_START: Self = Self(2);
    /// ASCII characters that may stand in a name, the colon left out.
    pub(crate) const NAME: Self = Self(4);
    /// Ends or interrupts a run of character data.
    pub(crate) const TEXT_STOP: Self = Self(8);
    /// Ends or interrupts an attribute value in either quotes.
    pub(crate) const VALUE_STOP: Self = Self(16);
    /// Ends or interrupts a CDATA section.
    pub(crate) const CDATA_STOP: Self = Self(32);

    pub(crate) fn holds(self, byte: u8) -> bool {
        TABLE.get(usize::from(byte)).is_some_and(|classes| classes & self.0 != 0)
    }
}

/// First octet of U+F000 to U+FFFF, the only three-octet sequences that hold characters XML refuses.
pub(crate) const NONCHARACTER_LEAD: u8 = 0xef;

const TABLE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = classes(byte as u8);
        byte += 1;
    }
    table
};

const fn classes(byte: u8) -> u8 {
    let mut set = 0;
    if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
        set |= Class::SPACE.0;
    }
    if matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'_') {
        set |= Class::NAME_START.0 | Class::NAME.0;
    }
    if matches!(byte, b'0'..=b'9' | b'-' | b'.') {
        set |= Class::NAME.0;
    }
    let refused = byte < b' ' && !matches!(byte, b'\t' | b'\n');
    if refused || byte == NONCHARACTER_LEAD {
        // The carriage return is among them: it is no error, but the value does not read as written.
        set |= Class::TEXT_STOP.0 | Class::VALUE_STOP.0 | Class::CDATA_STOP.0;
    }
    if matches!(byte, b'<' | b'&' | b']') {
        set |= Class::TEXT_STOP.0;
    }
    if matches!(byte, b'<' | b'&' | b'"' | b'\'' | b'\t' | b'\n') {
        set |= Class::VALUE_STOP.0;
    }
    if byte == b']' {
        set |= Class::CDATA_STOP.0;
    }
    set
}
