//! Names as small integers.
//!
//! In: namespace names, local names, prefixes, as text. Out: [`NsId`] and [`NameId`], which compare as integers, and
//! [`Name`], the pair of both that code matches on. `known` is the compile-time table; `scope` holds the prefix
//! bindings of one stream and of the stanza being read.
//!
//! Refuses to know: tokens, trees, the protocol.

mod known;
mod scope;
mod trie;

pub(crate) use known::Known;
pub use known::{NameId, NsId, name};
pub use scope::Error;
pub(crate) use scope::{Declared, Leaned, Scope, SpaceRef};

/// An expanded name: a namespace and a local name, both as integers.
///
/// Only well-known names are numbered. Where a name on the wire is not in the table its number is
/// [`NsId::OTHER`] or [`NameId::OTHER`], which equals itself: compare unknown names by their text.
///
/// ```
/// use tercet::ns::{Name, name};
/// fn is_stanza(found: Name) -> bool {
///     matches!(found, name::MESSAGE | name::PRESENCE | name::IQ)
/// }
/// assert!(is_stanza(Name::of("jabber:client", "iq")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The namespace's number.
    pub ns: NsId,
    /// The local name's number.
    pub local: NameId,
}

impl Name {
    /// The name's number, by its text.
    #[must_use]
    pub fn of(ns: &str, local: &str) -> Self {
        Self { ns: NsId::of(ns), local: NameId::of(local) }
    }
}
