//! Why something could not be written.

use core::fmt;

/// Why nothing was written. The fault lies with what the caller asked for; the output is as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A local name is not a name of Namespaces in XML (an `NCName`), or is `xmlns` where an attribute was meant.
    BadName,
    /// A namespace that no prefix and no default may be bound to, or a namespace that must be named and is not.
    BadNamespace,
    /// The attribute stands in this tag already.
    DuplicateAttribute,
    /// XML 1.0 has no way to write this character, not even as a reference.
    ForbiddenCharacter(char),
    /// An attribute after the content of its element has begun, or before there is an element.
    NotInTag,
    /// The output could not grow.
    OutOfMemory,
    /// Text beside an element, not inside one.
    OutsideElement,
    /// A stanza whose root has a prefix: it may be answered, but never sent on (RFC 6120 section 4.8.5).
    PrefixedStanza,
    /// More octets in one piece of output than a 32-bit number counts.
    TooLong,
    /// An element closed that was not open, or left open.
    Unbalanced,
    /// A name was given by its number, and a part of it has none: it is to be given as text.
    UnknownName,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName => f.write_str("not a name that XML allows here"),
            Self::BadNamespace => f.write_str("not a namespace that may be declared"),
            Self::DuplicateAttribute => f.write_str("the attribute is already present"),
            Self::ForbiddenCharacter(c) => write!(f, "character U+{:04X} cannot be written in XML", u32::from(*c)),
            Self::NotInTag => f.write_str("attribute outside a start tag"),
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::OutsideElement => f.write_str("text outside an element"),
            Self::PrefixedStanza => f.write_str("the stanza's name has a prefix"),
            Self::TooLong => f.write_str("output too long"),
            Self::Unbalanced => f.write_str("an element was closed that was not open, or is still open"),
            Self::UnknownName => f.write_str("the name has no number: it is to be given as text"),
        }
    }
}

impl core::error::Error for Error {}
