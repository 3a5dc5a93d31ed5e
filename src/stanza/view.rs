//! The stanza as routing sees it: a root element with the five common attributes at hand.

use super::attrs;
use super::{AttrNode, Element, Source, Text};
use crate::ns::{Leaned, Name, NameId, NsId};
use crate::span::Span;
use core::{fmt, ops::Range};

/// Which of the three stanzas an element is (RFC 6120 section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `<message/>`.
    Message,
    /// `<presence/>`.
    Presence,
    /// `<iq/>`.
    Iq,
    /// Any other first-level element.
    Other,
}

/// A complete first-level element of a stream, borrowed from the bytes it came in.
///
/// ```
/// use tercet::stanza::Kind;
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<iq xmlns='jabber:client' type='get' id='1' to='example.net'><ping xmlns='urn:xmpp:ping'/></iq>");
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <iq xmlns='jabber:client' type='get' id='1' to='example.net'><ping xmlns='urn:xmpp:ping'/></iq>
/// assert_eq!(stanza.kind(), Kind::Iq);
/// assert!(stanza.to().is_some_and(|to| to == "example.net") && stanza.from().is_none());
/// let id = stanza.attr_range("id").unwrap();
/// assert_eq!((&stanza.raw()[id.whole], &stanza.raw()[id.value]), (" id='1'", "1"));
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Stanza<'a> {
    root: Element<'a>,
}

/// Where an attribute stands, as offsets into [`Stanza::raw`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttrRange {
    /// The attribute with the white space before it, up to and including the closing quote.
    pub whole: Range<usize>,
    /// The value without its quotes.
    pub value: Range<usize>,
}

impl<'a> Stanza<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        Self { root: Element::root(source) }
    }

    /// The element itself.
    #[inline]
    #[must_use]
    pub fn root(self) -> Element<'a> {
        self.root
    }

    /// Message, presence or iq, in either content namespace; else `Other`.
    #[inline]
    #[must_use]
    pub fn kind(self) -> Kind {
        let name = self.root.name();
        match (name.ns, name.local) {
            (NsId::CLIENT | NsId::SERVER, NameId::MESSAGE) => Kind::Message,
            (NsId::CLIENT | NsId::SERVER, NameId::PRESENCE) => Kind::Presence,
            (NsId::CLIENT | NsId::SERVER, NameId::IQ) => Kind::Iq,
            _ => Kind::Other,
        }
    }

    /// The first child called `local` in the stanza's own namespace, mostly the stream's content namespace (RFC 6120
    /// section 4.8.3): the body of a message, say, from a client or from a server.
    ///
    /// None where that namespace or `local` is not numbered: see [`Element::child_named`].
    ///
    /// ```
    /// use tercet::ns::{NameId, name};
    /// # use tercet::{Input, Limits, Parser, Unit};
    /// # let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
    /// # let mut feed = input.with(b"<message xmlns='jabber:server'><body>Wherefore?</body></message>");
    /// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
    /// // <message xmlns='jabber:server'><body>Wherefore?</body></message>
    /// assert_eq!(stanza.child(NameId::BODY).unwrap().text(), "Wherefore?");
    /// assert!(stanza.root().child(name::BODY).is_none());
    /// # Ok::<(), tercet::stream::Error>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn child(self, local: NameId) -> Option<Element<'a>> {
        self.root.child(self.name_within(local))
    }

    /// The name that `local` is in the stanza's own namespace.
    #[inline]
    pub(crate) fn name_within(self, local: NameId) -> Name {
        Name { local, ..self.root.name() }
    }

    /// The attribute `to`.
    #[inline]
    #[must_use]
    pub fn to(self) -> Option<Text<'a>> {
        self.head(NameId::TO)
    }

    /// The attribute `from`.
    #[inline]
    #[must_use]
    pub fn from(self) -> Option<Text<'a>> {
        self.head(NameId::FROM)
    }

    /// The attribute `id`.
    #[inline]
    #[must_use]
    pub fn id(self) -> Option<Text<'a>> {
        self.head(NameId::ID)
    }

    /// The attribute `type`.
    #[doc(alias = "type")]
    #[inline]
    #[must_use]
    pub fn ty(self) -> Option<Text<'a>> {
        self.head(NameId::TYPE)
    }

    /// The attribute `xml:lang` of the root itself; the stream header's is not inherited here.
    #[inline]
    #[must_use]
    pub fn lang(self) -> Option<Text<'a>> {
        self.head(NameId::LANG)
    }

    /// The attribute `version`, which stream headers have.
    pub(crate) fn version(self) -> Option<Text<'a>> {
        self.head(NameId::VERSION)
    }

    /// The octets as received, from the first `<` to the last `>`.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.root.raw()
    }

    /// Where the attribute without namespace called `local` stands on the root: what a forwarder cuts or replaces.
    #[inline]
    #[must_use]
    pub fn attr_range(self, local: &str) -> Option<AttrRange> {
        let attr = self.root.attrs().find(|attr| attr.prefix().is_none() && attr.local() == local)?;
        let (name, value) = attr.spans();
        let before = self.raw().get(..name.start as usize)?;
        let start = before.trim_end_matches([' ', '\t', '\r', '\n']).len();
        Some(AttrRange { whole: start..value.end() as usize + 1, value: value.start as usize..value.end() as usize })
    }

    /// Bindings of the stream header that element and attribute names in this stanza lean on, as (prefix, namespace
    /// name), the default namespace with an empty prefix. Whoever puts the octets on another stream must declare them
    /// there. Prefixes inside values are not looked for.
    #[inline]
    #[must_use]
    pub fn outer_bindings(self) -> OuterBindings<'a> {
        OuterBindings { leaned: self.root.source.scope.leaned() }
    }

    /// As [`Self::outer_bindings`], without the default namespace.
    #[inline]
    pub(crate) fn outer_prefixes(self) -> OuterBindings<'a> {
        OuterBindings { leaned: self.root.source.scope.leaned().of_prefixes() }
    }

    /// Where the value of the attribute `local`, one of [`NameId::HEADS`], stands in [`Self::raw`].
    #[inline]
    pub(crate) fn head_span(self, local: NameId) -> Option<Span> {
        Some(self.head_node(local)?.value)
    }

    #[inline]
    fn head(self, local: NameId) -> Option<Text<'a>> {
        Some(attrs::value(self.root.source.text, self.head_node(local)?))
    }

    #[inline]
    fn head_node(self, local: NameId) -> Option<&'a AttrNode> {
        let tape = self.root.source.tape;
        tape.attrs.as_slice().get(tape.heads.find(local)? as usize)
    }
}

/// Prints the stanza as received.
impl fmt::Debug for Stanza<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.root, f)
    }
}

/// The octets as received, as [`Stanza::raw`].
impl fmt::Display for Stanza<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.root, f)
    }
}

/// Iterator over header bindings in use; made by [`Stanza::outer_bindings`].
#[derive(Clone)]
pub struct OuterBindings<'a> {
    leaned: Leaned<'a>,
}

impl<'a> Iterator for OuterBindings<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.leaned.next()
    }
}
