//! Text into XML tokens: spans, resumable at any octet.
//!
//! In: a window of text that begins at a fixed point and grows between calls. Out: [`Token`]s, whose spans count from
//! the window's first octet, or the first fault. All of the syntax of XML 1.0 that RFC 6120 section
//! 11.1 leaves is checked here: characters, names, attribute syntax, references, CDATA sections.
//!
//! Invariant: when the tokenizer asks for more, every octet of the window has been looked at and found good so far, but
//! for an XML declaration and what follows `<!`, which are judged as a whole; what it finds, and where, does not depend
//! on where windows ended.
//!
//! Refuses to know: which end tag belongs to which start tag, namespaces, trees, XMPP.

mod declaration;
mod error;
mod reference;
mod tokenizer;

pub use error::{Error, Fault};
pub(crate) use reference::{predefined_at, referenced};
pub use tokenizer::Tokenizer;
pub(crate) use tokenizer::without_loose_end;

use crate::span::Span;

/// A name as written, `prefix:local` or `local`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QName {
    /// All of it.
    pub span: Span,
    /// Octets of the prefix; 0 for none.
    pub prefix_len: u32,
}

impl QName {
    /// Where the prefix stands; empty for none.
    #[must_use]
    pub const fn prefix(self) -> Span {
        Span { start: self.span.start, len: self.prefix_len }
    }

    /// Where the local name stands.
    #[must_use]
    pub const fn local(self) -> Span {
        match self.prefix_len {
            0 => self.span,
            prefix => Span::between(self.span.start.saturating_add(prefix).saturating_add(1), self.span.end()),
        }
    }
}

/// A lexical piece of XML. `plain` tells that a value reads as written: no references, no line ends to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Token {
    /// The XML declaration, which only the very first octets may hold.
    Declaration {
        /// From `<?xml` to `?>`.
        span: Span,
    },
    /// `<name`: a start tag begins; attributes follow, then [`Token::TagEnd`].
    Open {
        /// The element's name.
        name: QName,
    },
    /// An attribute or namespace declaration of the tag begun last.
    Attribute {
        /// The attribute's name.
        name: QName,
        /// The value, quotes left out.
        value: Span,
        /// Whether the value reads as written.
        plain: bool,
    },
    /// The end of a start tag.
    TagEnd {
        /// Offset just past its `>`.
        end: u32,
        /// Whether it was `/>`.
        empty: bool,
    },
    /// An end tag.
    Close {
        /// From `</` to `>`.
        span: Span,
        /// The element's name.
        name: QName,
    },
    /// Character data up to the next markup.
    Text {
        /// All of it; never empty.
        span: Span,
        /// Whether it reads as written.
        plain: bool,
    },
    /// `<![CDATA[`: a CDATA section begins, to end with [`Token::Cdata`].
    CdataOpen {
        /// Offset of its `<`.
        start: u32,
    },
    /// A CDATA section, to its end.
    Cdata {
        /// From `<![CDATA[` to `]]>`.
        span: Span,
        /// Whether nothing stands between the two.
        empty: bool,
    },
}
