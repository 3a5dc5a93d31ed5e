//! What may be wrong with the syntax of a text.

use core::fmt;

/// A fault and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Offset from the window's first octet.
    pub at: u32,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl core::error::Error for Error {}

/// A breach of the syntax of XML 1.0, or of what XMPP leaves of it (RFC 6120 section 11.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A control character, U+FFFE or U+FFFF.
    Char,
    /// `<!` that begins neither a CDATA section nor what XMPP refuses.
    Markup,
    /// A character that a name may not hold there, or a second colon.
    Name,
    /// A name longer than its limit.
    NameBytes,
    /// No white space before an attribute.
    Space,
    /// No `=` after an attribute's name.
    Equals,
    /// An attribute value without quotes.
    Quote,
    /// `<` in an attribute value.
    LessThan,
    /// A tag that does not end with `>` where it must.
    TagEnd,
    /// `]]>` outside a CDATA section.
    CdataEnd,
    /// `&` that begins no reference.
    Reference,
    /// A reference to a character that XML does not allow.
    CharReference,
    /// An XML declaration that does not follow the grammar, or of a version other than 1.0.
    Declaration,
    /// An XML declaration after the first octet.
    LateDeclaration,
    /// An XML declaration that names an encoding other than UTF-8.
    Encoding,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
    /// A document type declaration.
    Doctype,
    /// A reference to an entity other than the five predefined ones.
    Entity,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Char => "character not allowed in XML",
            Self::Markup => "malformed markup after '<!'",
            Self::Name => "character not allowed in a name here",
            Self::NameBytes => "name too long",
            Self::Space => "white space expected before an attribute",
            Self::Equals => "'=' expected after an attribute name",
            Self::Quote => "quote expected before an attribute value",
            Self::LessThan => "'<' in an attribute value",
            Self::TagEnd => "'>' expected at the end of a tag",
            Self::CdataEnd => "']]>' in character data",
            Self::Reference => "malformed reference",
            Self::CharReference => "reference to a character not allowed in XML",
            Self::Declaration => "XML declaration that is malformed, or not of version 1.0",
            Self::LateDeclaration => "XML declaration after the beginning",
            Self::Encoding => "declared encoding is not UTF-8",
            Self::Comment => "comment, which XMPP does not allow",
            Self::ProcessingInstruction => "processing instruction, which XMPP does not allow",
            Self::Doctype => "document type declaration, which XMPP does not allow",
            Self::Entity => "reference to an entity that is not predefined",
        })
    }
}
