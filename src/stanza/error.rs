//! What may be wrong with a tree whose tokens are good.

use crate::limits::Limit;
use crate::ns;
use alloc::collections::TryReserveError;
use core::fmt;

/// A fault and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Offset from the unit's first octet.
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

/// A breach of well-formedness that takes more than one token to see, or a limit crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// An end tag that names another element than the one it ends.
    MismatchedTag,
    /// Two attributes of one name in a tag, as written or as expanded.
    DuplicateAttribute,
    /// A prefix or declaration against Namespaces in XML.
    Namespace(ns::Error),
    /// More than the limit allows.
    Limit(Limit),
    /// No memory for the tape.
    OutOfMemory,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MismatchedTag => f.write_str("end tag does not match the start tag"),
            Self::DuplicateAttribute => f.write_str("attribute given twice"),
            Self::Namespace(error) => error.fmt(f),
            Self::Limit(limit) => limit.fmt(f),
            Self::OutOfMemory => f.write_str("out of memory"),
        }
    }
}

impl From<ns::Error> for Fault {
    fn from(error: ns::Error) -> Self {
        match error {
            ns::Error::OutOfMemory => Self::OutOfMemory,
            other => Self::Namespace(other),
        }
    }
}

impl From<TryReserveError> for Fault {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}
