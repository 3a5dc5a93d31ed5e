//! The writer: elements, attributes and text, appended as they are named.

use alloc::vec::Vec;

use super::Error;
use super::escape::{is_escaped_value, is_ncname};
use super::sink::Sink;
use crate::ns::{Name, NsId};
use crate::scan::Within;
use crate::span::Span;
use core::fmt;

/// Appends elements to an output, or nothing.
///
/// The calls chain and cannot fail one by one. The first error is kept, later calls do nothing, and
/// [`finish`](Self::finish) reports it after cutting the output back to where it was. Dropping a writer that was not
/// finished cuts back too.
///
/// ```
/// use tercet::ns::name;
/// use tercet::write::Writer;
/// let mut out = Vec::new();
/// let mut writer = Writer::new(&mut out);
/// writer.open(name::MESSAGE).attr("to", "juliet@example.com").attr_opt("id", None);
/// writer.open(name::BODY).text("R&J").close();
/// writer.open_ns("urn:xmpp:receipts", "request").close();
/// writer.close();
/// writer.finish()?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "<message to='juliet@example.com'><body>R&amp;J</body><request xmlns='urn:xmpp:receipts'/></message>"
/// );
/// # Ok::<(), tercet::write::Error>(())
/// ```
pub struct Writer<'o> {
    /// What is written; spans below are places in it.
    pub(super) sink: Sink<'o>,
    /// The default namespace around what is written.
    outer: &'o str,
    open: Stack,
    state: State,
}

/// Tells where it is, and not what was written: a password may be among it.
impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("state", &self.state).finish_non_exhaustive()
    }
}

/// What comes before a stream's header.
const DECLARATION: &[u8] = b"<?xml version='1.0'?>";

/// Where the next octet would stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// After a complete tag or text, or at the start.
    Content,
    /// In the start tag of the innermost element, after its name or an attribute.
    Tag,
    /// Nowhere: an error has been made.
    Failed(Error),
}

/// An element that waits for its end tag.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    /// Its name as written, prefix included.
    name: Span,
    /// The value, as written, that declares the default namespace in scope; nothing where that is the outer one.
    default_ns: Option<Span>,
}

impl<'o> Writer<'o> {
    /// A writer for a client's stream: `jabber:client` is the default namespace, and the stream header has declared the
    /// prefix `stream`.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self::in_namespace(out, "jabber:client")
    }

    /// A writer where `default_ns` is the default namespace in scope, `""` for none.
    ///
    /// On a stream that is the content namespace, and elements of the stream namespace can be written. Elsewhere the
    /// prefix `stream` is not declared, so they must not be.
    pub fn in_namespace(out: &'o mut Vec<u8>, default_ns: &'o str) -> Self {
        Self { sink: Sink::new(out), outer: default_ns, open: Stack::default(), state: State::Content }
    }

    /// Opens an element by its number.
    ///
    /// Fails with [`Error::UnknownName`] where the name is not a well-known one: [`open_ns`](Self::open_ns) takes any.
    pub fn open(&mut self, name: Name) -> &mut Self {
        self.attempt(|writer| match (name.ns.text(), name.local.text()) {
            (Some(ns), Some(local)) => writer.push_open(name.ns, ns, local),
            _ => Err(Error::UnknownName),
        })
    }

    /// Opens an element by its namespace (`""` for none) and local name.
    ///
    /// The namespace is declared where it is not that of the surroundings. Elements of the stream namespace take the
    /// prefix `stream` (RFC 6120 section 4.8.5).
    pub fn open_ns(&mut self, ns: &str, local: &str) -> &mut Self {
        self.attempt(|writer| writer.write_open(ns, local))
    }

    /// Adds an attribute without a namespace to the element just opened.
    pub fn attr(&mut self, local: &str, value: &str) -> &mut Self {
        self.attempt(|writer| writer.write_attr("", local, value))
    }

    /// Adds an attribute where there is a value for it.
    pub fn attr_opt(&mut self, local: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.attr(local, value),
            None => self,
        }
    }

    /// Adds an attribute of a namespace, declaring a prefix for it.
    pub fn attr_ns(&mut self, ns: &str, local: &str, value: &str) -> &mut Self {
        self.attempt(|writer| writer.write_attr_ns(ns, local, value))
    }

    /// Adds `xml:lang`.
    pub fn lang(&mut self, tag: &str) -> &mut Self {
        self.attempt(|writer| writer.write_attr("xml:", "lang", tag))
    }

    /// Appends text to the innermost open element.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.attempt(|writer| {
            if writer.open.is_empty() {
                return Err(Error::OutsideElement);
            }
            if text.is_empty() {
                return Ok(());
            }
            writer.end_start_tag()?;
            writer.sink.push_escaped(text, Within::Text)
        })
    }

    /// Closes the innermost open element; one that got no content becomes an empty-element tag.
    pub fn close(&mut self) -> &mut Self {
        self.attempt(Self::write_close)
    }

    /// Ends the writing.
    ///
    /// # Errors
    ///
    /// The first error of any call, or [`Error::Unbalanced`] where an element is still open. The output is then as it
    /// was before the writer.
    pub fn finish(mut self) -> Result<(), Error> {
        match self.state {
            State::Failed(error) => Err(error),
            _ if !self.open.is_empty() => Err(Error::Unbalanced),
            _ => {
                self.sink.keep();
                Ok(())
            }
        }
    }

    /// Opens a stream: the XML declaration and the first half of the header, ready for its attributes.
    pub(super) fn open_stream(&mut self) {
        self.attempt(|writer| {
            // Neither may be the default namespace of anything (Namespaces in XML section 3).
            if matches!(NsId::of(writer.outer), NsId::XML | NsId::XMLNS) {
                return Err(Error::BadNamespace);
            }
            writer.sink.push(DECLARATION)?;
            writer.sink.push(b"<")?;
            let name = writer.sink.span(|sink| sink.push(b"stream:stream"))?;
            writer.sink.push(b" xmlns='")?;
            writer.sink.push_escaped(writer.outer, Within::Value)?;
            writer.sink.push(b"' xmlns:stream='http://etherx.jabber.org/streams'")?;
            writer.open.push(Open { name, default_ns: None })?;
            writer.state = State::Tag;
            Ok(())
        });
    }

    /// Ends the writing after the header of a stream, which is left open.
    pub(super) fn finish_stream(mut self) -> Result<(), Error> {
        match self.state {
            State::Failed(error) => return Err(error),
            State::Tag if self.is_at_header() => self.end_start_tag()?,
            _ => return Err(Error::Unbalanced),
        }
        self.sink.keep();
        Ok(())
    }

    /// Does one step unless an earlier one failed, and remembers if this one does.
    pub(super) fn attempt(&mut self, step: impl FnOnce(&mut Self) -> Result<(), Error>) -> &mut Self {
        if !matches!(self.state, State::Failed(_))
            && let Err(error) = step(self)
        {
            self.state = State::Failed(error);
        }
        self
    }

    /// Whether the innermost element is the one that [`open_stream`](Self::open_stream) opened: offsets only grow.
    fn is_at_header(&self) -> bool {
        self.open.last().is_some_and(|element| element.name.start as usize == DECLARATION.len() + 1)
    }

    pub(super) fn write_open(&mut self, ns: &str, local: &str) -> Result<(), Error> {
        if !is_ncname(local) {
            return Err(Error::BadName);
        }
        self.push_open(NsId::of(ns), ns, local)
    }

    /// Opens an element of the namespace `ns`, which is that of the number `id` if it has one; `local` is a name.
    fn push_open(&mut self, id: NsId, ns: &str, local: &str) -> Result<(), Error> {
        debug_assert!(is_ncname(local), "not a name: {local}");
        let prefix: &[u8] = match id {
            NsId::STREAM => b"stream:",
            NsId::XML => b"xml:",
            NsId::XMLNS => return Err(Error::BadNamespace),
            _ => b"",
        };
        self.end_start_tag()?;
        self.sink.push(b"<")?;
        let name = self.sink.span(|sink| {
            sink.push(prefix)?;
            sink.push(local.as_bytes())
        })?;
        let mut default_ns = self.open.last().and_then(|parent| parent.default_ns);
        if prefix.is_empty() && !self.is_default(default_ns, ns) {
            self.sink.push(b" xmlns='")?;
            default_ns = Some(self.sink.span(|sink| sink.push_escaped(ns, Within::Value))?);
            self.sink.push(b"'")?;
        }
        self.open.push(Open { name, default_ns })?;
        self.state = State::Tag;
        Ok(())
    }

    pub(super) fn write_close(&mut self) -> Result<(), Error> {
        let name = self.open.pop().ok_or(Error::Unbalanced)?.name;
        match self.state {
            State::Tag => self.sink.push(b"/>")?,
            _ => self.push_end_tag(name)?,
        }
        self.state = State::Content;
        Ok(())
    }

    fn is_default(&self, declared: Option<Span>, ns: &str) -> bool {
        match declared {
            Some(span) => is_escaped_value(self.sink.written(span), ns),
            None => self.outer == ns,
        }
    }

    fn write_attr(&mut self, prefix: &str, local: &str, value: &str) -> Result<(), Error> {
        if !is_ncname(local) || (prefix.is_empty() && local == "xmlns") {
            return Err(Error::BadName);
        }
        let name = (prefix.as_bytes(), local.as_bytes());
        if self.tag_attributes()?.any(|(written, _)| written.strip_prefix(name.0) == Some(name.1)) {
            return Err(Error::DuplicateAttribute);
        }
        self.sink.push_attr(prefix, local, value)
    }

    pub(super) fn write_attr_ns(&mut self, ns: &str, local: &str, value: &str) -> Result<(), Error> {
        match NsId::of(ns) {
            NsId::NONE => return self.write_attr("", local, value),
            NsId::XML => return self.write_attr("xml:", local, value),
            NsId::XMLNS => return Err(Error::BadNamespace),
            _ => {}
        }
        let mut number = 1_u32;
        let mut bound = false;
        for (_, declared) in self.tag_attributes()?.filter(|(written, _)| written.starts_with(b"xmlns:")) {
            bound = is_escaped_value(declared, ns);
            if bound {
                break;
            }
            number = number.saturating_add(1);
        }
        let prefix = alloc::format!("ns{number}:");
        if !bound {
            let prefix = prefix.trim_end_matches(':');
            self.sink.push_attr("xmlns:", prefix, ns)?;
        }
        self.write_attr(&prefix, local, value)
    }

    /// The attributes of the start tag being written, declarations included, as they stand in the output.
    fn tag_attributes(&self) -> Result<TagAttributes<'_>, Error> {
        match (self.state, self.open.last()) {
            (State::Tag, Some(element)) => Ok(TagAttributes { rest: self.sink.written_from(element.name.end()) }),
            _ => Err(Error::NotInTag),
        }
    }

    pub(super) fn end_start_tag(&mut self) -> Result<(), Error> {
        if self.state == State::Tag {
            self.sink.push(b">")?;
            self.state = State::Content;
        }
        Ok(())
    }

    fn push_end_tag(&mut self, name: Span) -> Result<(), Error> {
        self.sink.push(b"</")?;
        self.sink.push_again(name)?;
        self.sink.push(b">")
    }
}

/// Names and values of ` name='value'` one after the other, in a tag that this writer wrote: values hold no `'`.
struct TagAttributes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for TagAttributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.strip_prefix(b" ")?;
        let (name, rest) = rest.split_at_checked(memchr::memchr(b'=', rest)?)?;
        let rest = rest.strip_prefix(b"='")?;
        let (value, rest) = rest.split_at_checked(memchr::memchr(b'\'', rest)?)?;
        self.rest = rest.strip_prefix(b"'")?;
        Some((name, value))
    }
}

/// The open elements. The outer ones live in the writer itself, so that a stanza of usual depth allocates nothing.
#[derive(Debug, Default)]
struct Stack {
    outer: [Open; INLINE],
    /// How many of `outer` are in use.
    used: usize,
    inner: Vec<Open>,
}

const INLINE: usize = 8;

impl Stack {
    fn push(&mut self, element: Open) -> Result<(), Error> {
        if let Some(free) = self.outer.get_mut(self.used) {
            *free = element;
            self.used += 1;
        } else {
            self.inner.try_reserve(1).map_err(|_| Error::OutOfMemory)?;
            self.inner.push(element);
        }
        Ok(())
    }

    fn pop(&mut self) -> Option<Open> {
        if let Some(element) = self.inner.pop() {
            return Some(element);
        }
        self.used = self.used.checked_sub(1)?;
        self.outer.get(self.used).copied()
    }

    fn last(&self) -> Option<&Open> {
        self.inner.last().or_else(|| self.outer.get(self.used.checked_sub(1)?))
    }

    fn is_empty(&self) -> bool {
        self.used == 0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ns::{NameId, name};
    use alloc::string::String;

    type Steps = fn(&mut Writer<'_>);

    const KEPT: &[u8] = b"<kept/>";

    /// What `steps` append after other output; on an error, that the other output is all there is.
    fn written(steps: impl FnOnce(&mut Writer<'_>)) -> Result<String, Error> {
        let mut out = KEPT.to_vec();
        let mut writer = Writer::new(&mut out);
        steps(&mut writer);
        let result = writer.finish();
        let after = out.strip_prefix(KEPT).unwrap();
        assert!(result.is_ok() || after.is_empty(), "{result:?} left {after:?}");
        result.map(|()| String::from_utf8(after.to_vec()).unwrap())
    }

    #[test]
    fn x12_content_namespace_is_the_default_and_others_are_declared_where_they_change() {
        let result = written(|w| {
            w.open(name::IQ).open(name::ROSTER).open(name::ROSTER_ITEM).close().close();
            w.open_ns("", "bare").open_ns("", "inner").close().open(name::BODY).close().close().close();
        });
        let expected = "<iq><query xmlns='jabber:iq:roster'><item/></query>\
                        <bare xmlns=''><inner/><body xmlns='jabber:client'/></bare></iq>";
        assert_eq!(result.unwrap(), expected);
    }

    #[test]
    fn x12_stream_elements_take_the_prefix() {
        let result = written(|w| {
            w.open(name::STREAM_ERROR).open_ns("urn:ietf:params:xml:ns:xmpp-streams", "reset").close().close();
        });
        let expected = "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
        assert_eq!(result.unwrap(), expected);
    }

    #[test]
    fn another_outer_namespace() {
        let mut out = Vec::new();
        let mut writer = Writer::in_namespace(&mut out, "jabber:server");
        writer.open(name::SERVER_IQ).open(name::PING).close().close().open(name::IQ).close();
        writer.finish().unwrap();
        assert_eq!(out, b"<iq><ping xmlns='urn:xmpp:ping'/></iq><iq xmlns='jabber:client'/>");
    }

    #[test]
    fn namespaced_attributes_share_one_declaration_per_tag() {
        let result = written(|w| {
            w.open(name::IQ).attr_ns("urn:x", "a", "1").attr_ns("urn:'y'", "a", "2").attr_ns("urn:x", "b", "3");
            w.attr_ns("", "id", "4").lang("en").open(name::PING).attr_ns("urn:'y'", "a", "5").close().close();
        });
        let expected = "<iq xmlns:ns1='urn:x' ns1:a='1' xmlns:ns2='urn:&apos;y&apos;' ns2:a='2' ns1:b='3' id='4' \
                        xml:lang='en'><ping xmlns='urn:xmpp:ping' xmlns:ns1='urn:&apos;y&apos;' ns1:a='5'/></iq>";
        assert_eq!(result.unwrap(), expected);
    }

    #[test]
    fn the_xml_namespace_keeps_its_prefix_and_is_never_declared() {
        let xml = "http://www.w3.org/XML/1998/namespace";
        let result = written(|w| {
            w.open_ns(xml, "x").attr_ns(xml, "lang", "en").close();
        });
        assert_eq!(result.unwrap(), "<xml:x xml:lang='en'/>");
    }

    #[test]
    fn empty_text_leaves_an_empty_element() {
        assert_eq!(written(|w| _ = w.open(name::BODY).text("").close()).unwrap(), "<body/>");
    }

    #[test]
    fn every_misuse_is_an_error_and_leaves_no_byte() {
        let well = |w: &mut Writer<'_>| _ = w.open(name::IQ).attr("id", "1").text("so far so good");
        let cases: &[(Error, Steps)] = &[
            (Error::Unbalanced, |w| _ = w.open(name::BODY).close()),
            (Error::Unbalanced, |w| _ = w.close().close()),
            (Error::OutsideElement, |w| _ = w.close().text("x")),
            (Error::OutsideElement, |w| _ = w.close().text("")),
            (Error::NotInTag, |w| _ = w.attr("to", "x").close()),
            (Error::NotInTag, |w| _ = w.open(name::BODY).close().lang("x").close()),
            (Error::NotInTag, |w| _ = w.close().attr("to", "x")),
            (Error::DuplicateAttribute, |w| _ = w.open(name::BODY).attr("a", "").attr("b", "a='").attr("a", "")),
            (Error::DuplicateAttribute, |w| _ = w.open(name::BODY).lang("").lang("")),
            (Error::DuplicateAttribute, |w| _ = w.open(name::BODY).attr_ns("u", "a", "").attr_ns("u", "a", "")),
            (Error::UnknownName, |w| _ = w.open(Name { ns: NsId::CLIENT, local: NameId::OTHER })),
            (Error::BadName, |w| _ = w.open_ns("jabber:client", "a:b")),
            (Error::BadName, |w| _ = w.open_ns("jabber:client", "")),
            (Error::BadName, |w| _ = w.open(name::BODY).attr("xmlns", "urn:x")),
            (Error::BadName, |w| _ = w.open(name::BODY).attr("xmlns:x", "urn:x")),
            (Error::BadName, |w| _ = w.open(name::BODY).attr_ns("urn:x", "a:b", "")),
            (Error::BadNamespace, |w| _ = w.open_ns("http://www.w3.org/2000/xmlns/", "x")),
            (Error::BadNamespace, |w| _ = w.open(name::BODY).attr_ns("http://www.w3.org/2000/xmlns/", "x", "y")),
            (Error::ForbiddenCharacter('\0'), |w| _ = w.text("a\0b").close()),
            (Error::ForbiddenCharacter('\u{1F}'), |w| _ = w.open(name::BODY).attr("a", "\u{1F}").close().close()),
            (Error::ForbiddenCharacter('\u{FFFE}'), |w| _ = w.open_ns("urn:\u{FFFE}", "x").close().close()),
            (Error::ForbiddenCharacter('\u{B}'), |w| _ = w.open(name::BODY).attr_ns("\u{B}", "x", "").close().close()),
            (Error::ForbiddenCharacter('\u{FFFF}'), |w| _ = w.text("\u{FFFF}").attr("xmlns", "").close()),
        ];
        for (at, (error, steps)) in cases.iter().enumerate() {
            let result = written(|w| {
                well(w);
                steps(w);
            });
            assert_eq!(result, Err(*error), "case {at}");
        }
    }

    #[test]
    fn a_writer_dropped_unfinished_wrote_nothing() {
        let mut out = KEPT.to_vec();
        Writer::new(&mut out).open(name::IQ).close();
        assert_eq!(out, KEPT);
    }

    #[test]
    fn markup_in_any_string_stays_a_string() {
        let attack = "'/><iq id='\"><!--]]>&#0;<?x?>";
        let result = written(|w| {
            w.open_ns(attack, "a").attr("b", attack).attr_ns(attack, "c", attack).text(attack).close();
        });
        let written = result.unwrap();
        assert_eq!(written.matches(['<', '>']).collect::<String>(), "<><>");
        // Four values; in text a quote stands for itself.
        assert_eq!(written.matches('\'').count(), 4 * 2 + attack.matches('\'').count());
        for name in ["x/><iq", "x id='1'", "x>", "x\n", "x=", "!--", "?x", "x\"", "&amp;"] {
            assert_eq!(self::written(|w| _ = w.open_ns("", name).close()), Err(Error::BadName));
            assert_eq!(self::written(|w| _ = w.open(name::IQ).attr(name, "").close()), Err(Error::BadName));
            assert_eq!(self::written(|w| _ = w.open(name::IQ).attr_ns("u", name, "").close()), Err(Error::BadName));
        }
    }

    #[test]
    fn depth_beyond_what_the_writer_holds_itself() {
        for depth in [1, INLINE - 1, INLINE, INLINE + 1, 100_000] {
            let result = written(|w| {
                (0..depth).for_each(|_| _ = w.open(name::BODY));
                w.text("x");
                (0..depth).for_each(|_| _ = w.close());
            });
            assert_eq!(result.unwrap(), "<body>".repeat(depth) + "x" + &"</body>".repeat(depth));
        }
    }

    #[test]
    fn only_attributes_go_into_a_stream_header() {
        let misuses: &[Steps] = &[
            |w| _ = w.close(),
            |w| _ = w.close().open(name::IQ),
            |w| _ = w.open(name::IQ),
            |w| _ = w.text("x"),
            |w| _ = w.open(name::IQ).close(),
        ];
        for (at, misuse) in misuses.iter().enumerate() {
            let mut out = KEPT.to_vec();
            let result = crate::write::stream_header(&mut out, "jabber:client", misuse);
            assert_eq!((result, out.as_slice()), (Err(Error::Unbalanced), KEPT), "case {at}");
        }
    }
}
