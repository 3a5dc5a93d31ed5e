//! What may be wrong with a stream's bytes, with the offset at which it is.

use super::Condition;
use crate::limits::Limit;
use crate::{stanza, token};
use core::fmt;

/// What ends the stream: a fault of the peer's bytes, which the parser gives for ever after, or a lack of memory. Where
/// that befalls octets that are only to be kept, nothing is lost: see [`Parser::next`](super::Parser::next) and
/// [`Input::push`](super::Input::push).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Octets from the first of the input to the faulty one, also where a stream was restarted in between; the same
    /// however the bytes arrived.
    pub at: u64,
    /// What is wrong there.
    pub fault: Fault,
}

/// What a parser refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// An octet that cannot stand there in UTF-8.
    Utf8,
    /// A breach of XML's syntax, or markup that XMPP excludes.
    Syntax(token::Fault),
    /// A breach that takes more than one token to see.
    Tree(stanza::Fault),
    /// Text, a CDATA section or an end tag before the root element, or anything but white space after it. A byte order
    /// mark (U+FEFF) is text, too (RFC 6120 section 11.6).
    OutsideRoot,
    /// More than the limit allows; each limit is told so, whoever counts it.
    Limit(Limit),
    /// No memory; the one fault that is not the peer's.
    OutOfMemory,
}

impl Error {
    /// The stream error condition to answer with (RFC 6120 section 4.9.3).
    #[must_use]
    pub const fn condition(self) -> Condition {
        use token::Fault as Syntax;
        match self.fault {
            Fault::Utf8 | Fault::Syntax(Syntax::Encoding) => Condition::UnsupportedEncoding,
            Fault::Syntax(Syntax::Comment | Syntax::ProcessingInstruction | Syntax::Doctype | Syntax::Entity) => {
                Condition::RestrictedXml
            }
            Fault::Limit(_) => Condition::PolicyViolation,
            Fault::OutOfMemory => Condition::ResourceConstraint,
            Fault::Syntax(_) | Fault::Tree(_) | Fault::OutsideRoot => Condition::NotWellFormed,
        }
    }

    /// Which limit was crossed, if that is the fault.
    #[must_use]
    pub const fn limit(self) -> Option<Limit> {
        match self.fault {
            Fault::Limit(limit) => Some(limit),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf8 => f.write_str("octet that is not UTF-8"),
            Self::Syntax(fault) => fault.fmt(f),
            Self::Tree(fault) => fault.fmt(f),
            Self::OutsideRoot => f.write_str("only white space may stand outside the root element"),
            Self::Limit(limit) => limit.fmt(f),
            Self::OutOfMemory => f.write_str("out of memory"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault, self.at)
    }
}

impl core::error::Error for Error {}

/// The bytes ended before the stream or document did; or a fault had ended it before them, which is told then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncated {
    /// How many octets there were, those thrown away behind a fault included.
    pub at: u64,
    /// The fault behind which nothing was read any more; nothing where octets are all that is missing.
    pub fault: Option<Error>,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            None => write!(f, "input ends too early, at byte {}", self.at),
            Some(fault) => write!(f, "input was refused before its end: {fault}"),
        }
    }
}

impl core::error::Error for Truncated {}
