//! A received stanza, sent on over another stream.
//!
//! In: the stanza, and what changes. Out: its own octets around the changes, and declarations of the header's prefixes
//! that it leans on. The default namespace is not declared: it is the other stream's content namespace. Where that is
//! another one, the caller says so by `Forward::content_ns`, and the stanza is written anew.
//!
//! ```text
//!   <message       to='b@x' from='forged'  id='1'><p:e/></message>        p is bound by the stream header
//!           ^                     ------                                  everything else is copied as it stands
//!            xmlns:p='urn:p' ...  a@x/r
//! ```

use alloc::vec::Vec;

use super::copy::Renamed;
use super::sink::Sink;
use super::{Error, Writer};
use crate::ns::{NameId, NsId};
use crate::scan::Within;
use crate::span::Span;
use crate::stanza::{Attr, Element, Kind, Node, Stanza};

/// What changes when a stanza is sent on. Addresses are escaped, and not looked at: [`Jid`](crate::jid::Jid) does that.
///
/// ```
/// use tercet::write::Forward;
/// let change = Forward { from: Some("juliet@example.com/balcony"), ..Forward::default() };
/// assert_eq!(change.to, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forward<'a> {
    /// The sender to put in place of the one in the stanza, which is kept where this is nothing. A server must always
    /// name the sender itself: it cannot trust the one it was told (RFC 6120 section 8.1.2.1).
    pub from: Option<&'a str>,
    /// The receiver to put in place of the one in the stanza, which is kept where this is nothing.
    pub to: Option<&'a str>,
    /// The language of the stream the stanza came on, for a stanza that names none (RFC 6120 section 8.1.5).
    pub lang: Option<&'a str>,
    /// The content namespace of the stream it goes to, `jabber:client` or `jabber:server`; nothing where it is the
    /// namespace of the stanza.
    pub content_ns: Option<&'a str>,
}

/// Appends `stanza` for another stream.
///
/// The bytes are copied as received around the attributes that change; prefixes declared by the header of the stream it
/// came on are declared on the stanza (RFC 6120 section 4.8.5). Where the content namespace changes, the stanza is
/// written anew instead, its own elements in the new namespace and everything inside its payloads as it was.
///
/// ```
/// use tercet::write::{Forward, forward};
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
/// #     <message to='juliet@example.com' from='juliet@example.com'><body>Hi</body></message>");
/// # parser.next(&mut feed)?;
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <message to='juliet@example.com' from='juliet@example.com'><body>Hi</body></message>
/// let mut out = Vec::new();
/// let change = Forward { from: Some("romeo@example.net/orchard"), ..Forward::default() };
/// forward(&mut out, &stanza, change)?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "<message to='juliet@example.com' from='romeo@example.net/orchard'><body>Hi</body></message>"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::PrefixedStanza`] where the stanza's own name has a prefix; [`Error::BadNamespace`] where
/// [`Forward::content_ns`] is one that no stream has; else as [`Writer::finish`].
pub fn forward(out: &mut Vec<u8>, stanza: &Stanza<'_>, change: Forward<'_>) -> Result<(), Error> {
    send(out, stanza, change, None::<fn(Element<'_>) -> bool>)
}

/// Appends `stanza` as [`forward`] does, without those of its child elements that `strip` names.
///
/// For elements that a receiver trusts because its server wrote them: every copy that the sender put in goes.
///
/// ```
/// use tercet::write::{Forward, forward_without};
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
/// #     <message><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='example.com' id='forged'/></message>");
/// # parser.next(&mut feed)?;
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <message><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='example.com' id='forged'/></message>
/// let mut out = Vec::new();
/// let is_forged = |child: tercet::stanza::Element<'_>| child.is_named("urn:xmpp:sid:0", "stanza-id");
/// forward_without(&mut out, &stanza, Forward::default(), is_forged)?;
/// assert_eq!(out, b"<message><body>Hi</body></message>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`forward`].
pub fn forward_without(
    out: &mut Vec<u8>,
    stanza: &Stanza<'_>,
    change: Forward<'_>,
    strip: impl Fn(Element<'_>) -> bool,
) -> Result<(), Error> {
    send(out, stanza, change, Some(strip))
}

fn send(
    out: &mut Vec<u8>,
    stanza: &Stanza<'_>,
    change: Forward<'_>,
    strip: Option<impl Fn(Element<'_>) -> bool>,
) -> Result<(), Error> {
    let root = stanza.root();
    if root.prefix().is_some() {
        return Err(Error::PrefixedStanza);
    }
    match change.content_ns.filter(|ns| *ns != root.ns()) {
        None => splice(out, stanza, change, strip),
        // Its elements would have a prefix, as no stanza's root has.
        Some(ns) if matches!(NsId::of(ns), NsId::STREAM | NsId::XML | NsId::XMLNS) => Err(Error::BadNamespace),
        Some(content_ns) => rewrite(out, stanza, change, content_ns, strip),
    }
}

/// Copies the octets of a stanza around what changes.
fn splice(
    out: &mut Vec<u8>,
    stanza: &Stanza<'_>,
    change: Forward<'_>,
    strip: Option<impl Fn(Element<'_>) -> bool>,
) -> Result<(), Error> {
    let raw = stanza.raw();
    let mut splice = Splice { sink: Sink::new(out), at: 0, rest: raw.as_bytes() };
    splice.sink.reserve(raw.len().saturating_add(change.room()))?;
    let mut add = |prefix: &str, local: &str, value: &str| {
        splice.copy_to(1 + stanza.root().qname().len())?;
        splice.sink.push_attr(prefix, local, value)
    };
    for (prefix, ns) in stanza.outer_prefixes() {
        add("xmlns:", prefix, ns)?;
    }
    change.add(stanza, add)?;
    for (old, new) in change.replaced(stanza).into_iter().flatten() {
        splice.replace(old, new)?;
    }
    if let Some(strip) = strip {
        for child in stanza.root().elements().filter(|child| strip(*child)) {
            let gone = child.span();
            splice.copy_to(gone.start as usize)?;
            splice.skip_to(gone.end() as usize);
        }
    }
    splice.finish()
}

/// Writes a stanza anew for a stream of another content namespace.
#[inline(never)]
fn rewrite(
    out: &mut Vec<u8>,
    stanza: &Stanza<'_>,
    change: Forward<'_>,
    content_ns: &str,
    strip: Option<impl Fn(Element<'_>) -> bool>,
) -> Result<(), Error> {
    let mut writer = Writer::in_namespace(out, content_ns);
    writer.attempt(|writer| writer.rewrite(stanza, change, strip));
    writer.finish()
}

impl Writer<'_> {
    /// Writes a stanza anew in the content namespace of this writer's surroundings.
    fn rewrite(
        &mut self,
        stanza: &Stanza<'_>,
        change: Forward<'_>,
        strip: Option<impl Fn(Element<'_>) -> bool>,
    ) -> Result<(), Error> {
        let root = stanza.root();
        let is_stanza = stanza.kind() != Kind::Other;
        let renamed = change.content_ns.filter(|_| is_stanza).map(|to| Renamed { from: root.ns(), to });
        self.write_open(renamed.map_or(root.ns(), |renamed| renamed.to), root.local())?;
        self.copy_attrs(root, |attr| change.replacement(attr))?;
        change.add(stanza, |prefix, local, value| self.sink.push_attr(prefix, local, value))?;
        for child in root.children() {
            match child {
                Node::Element(element) if strip.as_ref().is_some_and(|strip| strip(element)) => {}
                Node::Element(element) => self.copy(element, renamed)?,
                Node::Text(text) => self.copy_text(text)?,
            }
        }
        self.write_close()
    }
}

impl<'a> Forward<'a> {
    /// Hands out the attributes that the stanza lacks and the change has, as prefix, local name and value.
    #[inline]
    fn add(
        self,
        stanza: &Stanza<'_>,
        mut push: impl FnMut(&str, &str, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let Some(from) = self.from
            && stanza.from().is_none()
        {
            push("", "from", from)?;
        }
        if let Some(to) = self.to
            && stanza.to().is_none()
        {
            push("", "to", to)?;
        }
        if let Some(lang) = self.lang
            && stanza.lang().is_none()
        {
            push("xml:", "lang", lang)?;
        }
        Ok(())
    }

    /// Where the values to be replaced stand in the stanza's octets, in order, each with what goes in.
    #[inline]
    fn replaced(self, stanza: &Stanza<'_>) -> [Option<(Span, &'a str)>; 2] {
        let find = |new: Option<&'a str>, old| new.and_then(|new| Some((stanza.head_span(old)?, new)));
        match [find(self.from, NameId::FROM), find(self.to, NameId::TO)] {
            [Some(from), Some(to)] if to.0.start < from.0.start => [Some(to), Some(from)],
            found => found,
        }
    }

    /// The value to put in place of this attribute's.
    fn replacement(self, attr: Attr<'_>) -> Option<&'a str> {
        match (attr.prefix(), attr.local()) {
            (None, "from") => self.from,
            (None, "to") => self.to,
            _ => None,
        }
    }

    /// Octets that usually suffice for what the change puts in.
    fn room(self) -> usize {
        const NAMES: usize = 64;
        let values = [self.from, self.to, self.lang].into_iter().flatten();
        values.fold(NAMES, |sum, value| sum.saturating_add(value.len()))
    }
}

/// Octets on their way to an output, with changes in the order in which they stand there.
struct Splice<'a, 'o> {
    sink: Sink<'o>,
    /// How many octets are dealt with: copied, or skipped.
    at: usize,
    /// The others.
    rest: &'a [u8],
}

impl<'a> Splice<'a, '_> {
    /// Copies what comes before offset `end`.
    #[inline]
    fn copy_to(&mut self, end: usize) -> Result<(), Error> {
        let part = self.take_to(end);
        self.sink.push(part)
    }

    #[inline]
    fn skip_to(&mut self, end: usize) {
        self.take_to(end);
    }

    /// Puts an attribute's value in place of the one at `old`.
    #[inline]
    fn replace(&mut self, old: Span, new: &str) -> Result<(), Error> {
        self.copy_to(old.start as usize)?;
        self.skip_to(old.end() as usize);
        self.sink.push_escaped(new, Within::Value)
    }

    #[inline(always)]
    fn finish(mut self) -> Result<(), Error> {
        self.sink.push(self.rest)?;
        self.sink.keep();
        // Another stanza often follows, which is read before it is written.
        self.sink.prefetch();
        Ok(())
    }

    #[inline]
    fn take_to(&mut self, end: usize) -> &'a [u8] {
        let len = end.saturating_sub(self.at).min(self.rest.len());
        let (part, rest) = self.rest.split_at(len);
        self.at += len;
        self.rest = rest;
        part
    }
}
