//! A received stanza, sent on over another stream.
//!
//! ```text
//!   <message       to='b@x' from='forged'  id='1'><p:e/></message>        p is bound by the stream header
//!           ^                     ------                                  everything else is copied as it stands
//!            xmlns:p='urn:p' ...  a@x/r
//! ```

use alloc::vec::Vec;
use core::ops::Range;

use super::copy::Renamed;
use super::escape::Place;
use super::{Error, Writer};
use crate::stanza::{Attr, Element, Kind, Node, Stanza};

/// What changes when a stanza is sent on.
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
/// # Errors
///
/// [`Error::PrefixedStanza`] where the stanza's own name has a prefix; else as [`Writer::finish`].
pub fn forward(out: &mut Vec<u8>, stanza: &Stanza<'_>, change: Forward<'_>) -> Result<(), Error> {
    forward_without(out, stanza, change, |_| false)
}

/// Appends `stanza` as [`forward`] does, without those of its child elements that `strip` names.
///
/// For elements that a receiver trusts because its server wrote them: every copy that the sender put in goes.
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
    let root = stanza.root();
    if root.prefix().is_some() {
        return Err(Error::PrefixedStanza);
    }
    let content_ns = change.content_ns.unwrap_or(root.ns());
    let mut writer = Writer::in_namespace(out, content_ns);
    writer.attempt(|writer| {
        if content_ns == root.ns() {
            writer.splice(stanza, change, strip)
        } else {
            writer.rewrite(stanza, change, strip)
        }
    });
    writer.finish()
}

impl Writer<'_> {
    /// Copies the octets of a stanza around what changes.
    fn splice(
        &mut self,
        stanza: &Stanza<'_>,
        change: Forward<'_>,
        strip: impl Fn(Element<'_>) -> bool,
    ) -> Result<(), Error> {
        let root = stanza.root();
        let mut rest = Rest { raw: stanza.raw(), at: 0 };
        self.push(rest.until(1 + root.qname().len()))?;
        for (prefix, ns) in stanza.outer_bindings().filter(|(prefix, _)| !matches!(*prefix, "" | "xml")) {
            self.push_attr("xmlns:", prefix, |writer| writer.push_escaped(ns, Place::Attribute))?;
        }
        self.add_attrs(stanza, change)?;
        for (value, new) in replaced_values(stanza, change) {
            self.push(rest.until(value.start))?;
            self.push_escaped(new, Place::Attribute)?;
            rest.skip_to(value.end);
        }
        for child in root.elements().filter(|child| strip(*child)) {
            let start = offset(stanza.raw(), child.raw());
            self.push(rest.until(start))?;
            rest.skip_to(start.saturating_add(child.raw().len()));
        }
        self.push(rest.until(stanza.raw().len()))
    }

    /// Writes a stanza anew in the content namespace of this writer's surroundings.
    fn rewrite(
        &mut self,
        stanza: &Stanza<'_>,
        change: Forward<'_>,
        strip: impl Fn(Element<'_>) -> bool,
    ) -> Result<(), Error> {
        let root = stanza.root();
        let is_stanza = stanza.kind() != Kind::Other;
        let renamed = change.content_ns.filter(|_| is_stanza).map(|to| Renamed { from: root.ns(), to });
        self.write_open(renamed.map_or(root.ns(), |renamed| renamed.to), root.local())?;
        self.copy_attrs(root, |attr| change.replacement(attr))?;
        self.add_attrs(stanza, change)?;
        for child in root.children() {
            match child {
                Node::Element(element) if strip(element) => {}
                Node::Element(element) => self.copy(element, renamed)?,
                Node::Text(text) => self.copy_text(text)?,
            }
        }
        self.write_close()
    }

    /// Adds the attributes that the stanza lacks and the change has.
    fn add_attrs(&mut self, stanza: &Stanza<'_>, change: Forward<'_>) -> Result<(), Error> {
        let lang = change.lang.filter(|_| stanza.lang().is_none());
        let from = change.from.filter(|_| stanza.from().is_none());
        let to = change.to.filter(|_| stanza.to().is_none());
        for (prefix, local, value) in [("", "from", from), ("", "to", to), ("xml:", "lang", lang)] {
            if let Some(value) = value {
                self.push_attr(prefix, local, |writer| writer.push_escaped(value, Place::Attribute))?;
            }
        }
        Ok(())
    }
}

impl<'a> Forward<'a> {
    /// The value to put in place of this attribute's.
    fn replacement(self, attr: Attr<'_>) -> Option<&'a str> {
        match (attr.prefix(), attr.local()) {
            (None, "from") => self.from,
            (None, "to") => self.to,
            _ => None,
        }
    }
}

/// The values to cut out of the stanza's octets, in order, each with what goes in.
fn replaced_values<'a>(
    stanza: &Stanza<'_>,
    change: Forward<'a>,
) -> impl Iterator<Item = (Range<usize>, &'a str)> + use<'a> {
    let find = |local, new: Option<&'a str>| new.and_then(|new| Some((stanza.attr_range(local)?.value, new)));
    let mut found = [find("from", change.from), find("to", change.to)];
    found.sort_by_key(|found| found.as_ref().map(|(value, _)| value.start));
    found.into_iter().flatten()
}

/// Where `inner`, which lies within `outer`, begins in it.
fn offset(outer: &str, inner: &str) -> usize {
    inner.as_ptr().addr().saturating_sub(outer.as_ptr().addr())
}

/// What is still to be copied of some octets.
struct Rest<'a> {
    raw: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    /// The octets up to offset `end`, which are copied next.
    fn until(&mut self, end: usize) -> &'a [u8] {
        let part = self.raw.as_bytes().get(self.at..end).unwrap_or(&[]);
        self.skip_to(end);
        part
    }

    fn skip_to(&mut self, end: usize) {
        self.at = self.at.max(end);
    }
}
