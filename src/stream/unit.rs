//! What a stream consists of, as views.

use crate::ns::NsId;
use crate::stanza::{Declarations, Element, Source, Stanza, Text};
use core::fmt;

/// One thing on the level of the stream.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Unit<'a> {
    /// The stream's start tag.
    Header(Header<'a>),
    /// A complete first-level element; of a document, its root.
    Stanza(Stanza<'a>),
    /// A run of character data other than white space between first-level elements, reported once; it is checked and
    /// thrown away.
    Text,
    /// The stream's end tag.
    Close,
}

/// What a [`Unit`] is, without its view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnitKind {
    /// [`Unit::Header`].
    Header,
    /// [`Unit::Stanza`].
    Stanza,
    /// [`Unit::Text`].
    Text,
    /// [`Unit::Close`].
    Close,
}

/// The start tag of a stream (RFC 6120 section 4.7), as an element without content.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    stanza: Stanza<'a>,
}

impl<'a> Header<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        Self { stanza: Stanza::new(source) }
    }

    /// The tag as an element: name, attributes.
    #[must_use]
    pub fn element(&self) -> Element<'a> {
        self.stanza.root()
    }

    /// The attribute `to`.
    #[must_use]
    pub fn to(&self) -> Option<Text<'a>> {
        self.stanza.to()
    }

    /// The attribute `from`.
    #[must_use]
    pub fn from(&self) -> Option<Text<'a>> {
        self.stanza.from()
    }

    /// The attribute `id`.
    #[must_use]
    pub fn id(&self) -> Option<Text<'a>> {
        self.stanza.id()
    }

    /// The attribute `version`.
    #[must_use]
    pub fn version(&self) -> Option<Text<'a>> {
        self.stanza.version()
    }

    /// The attribute `xml:lang`.
    #[must_use]
    pub fn lang(&self) -> Option<Text<'a>> {
        self.stanza.lang()
    }

    /// The namespaces declared for the stream, as (prefix, namespace name), the default one with an empty prefix.
    #[must_use]
    pub fn declarations(&self) -> Declarations<'a> {
        self.element().declarations()
    }

    /// The default namespace declared for the stream, which is that of its stanzas (RFC 6120 section 4.8.2); nothing
    /// where none is declared.
    #[must_use]
    pub fn content_namespace(&self) -> Option<NsId> {
        let declared = self.declarations().find(|(prefix, _)| prefix.is_empty());
        declared.map(|(_, ns)| NsId::of(&ns.decode()))
    }

    /// The tag as received.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        self.element().start_tag_raw()
    }
}

/// Prints the tag as received.
impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}
