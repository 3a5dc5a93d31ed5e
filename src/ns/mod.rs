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
/// [`NsId::OTHER`] or [`NameId::OTHER`], which equals itself: compare unknown names by their text, as
/// [`Element::is_named`](crate::stanza::Element::is_named) does. The module [`name`] has those of the core protocol;
/// any other is a pattern, too.
///
/// ```
/// use tercet::ns::{Name, NameId, NsId, name};
/// fn meaning(found: Name) -> &'static str {
///     match found {
///         name::MESSAGE | name::PRESENCE | name::IQ => "stanza",
///         Name { ns: NsId::RECEIPTS, local: NameId::REQUEST } => "wants a receipt",
///         Name { ns: NsId::CHAT_STATES, .. } => "chat state",
///         _ => "unknown",
///     }
/// }
/// assert_eq!(meaning(Name::of("urn:xmpp:receipts", "request").unwrap()), "wants a receipt");
/// assert_eq!(Name::of("urn:example", "request"), None);
/// assert_eq!(Name::of("", "query").unwrap().ns, NsId::NONE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The namespace's number.
    pub ns: NsId,
    /// The local name's number.
    pub local: NameId,
}

impl Name {
    /// The name by its text, if both parts are well known. So is [`NsId::NONE`], no namespace at all: `""`.
    #[must_use]
    pub fn of(ns: &str, local: &str) -> Option<Self> {
        let name = Self { ns: NsId::of(ns), local: NameId::of(local) };
        name.is_known().then_some(name)
    }

    /// Whether both parts are well known: only then two equal names are one.
    pub(crate) fn is_known(self) -> bool {
        self.ns != NsId::OTHER && self.local != NameId::OTHER
    }
}
