//! The parser for those who want no protocol: a stream's bytes in, its units out.
//!
//! In: a [`Feed`]. Out: [`Unit`]s, lent until the next call. The framing, the tape and the error that ended it all are
//! kept here; the bytes stay with their owner.

use super::framer::{Framer, Mode};
use super::{Error, Feed, Header, Input, Truncated, Unit, UnitKind};
use crate::limits::Limits;
use crate::scan::Isa;
#[cfg(feature = "capi")]
use crate::stanza::Element;
use crate::stanza::{OnTape, Outlet, Sink, Stanza, Told};

/// An incremental, validating parser of XMPP streams and single documents.
///
/// It accepts what RFC 6120 section 11 leaves of XML 1.0 and Namespaces in XML 1.0, and refuses the rest at the
/// faulty octet. Which elements a stream may hold is not its business.
///
/// ```
/// use tercet::{Input, Limits, Parser, Unit};
/// let mut parser = Parser::stream(Limits::SERVER);
/// let mut input = Input::new();
/// let mut feed = input.with(b"<stream:stream xmlns='jabber:client' \
///     xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>\
///     <message to='juliet@capulet.example'><body>Wherefore?</body></message></stream:stream>");
/// while let Some(unit) = parser.next(&mut feed)? {
///     if let Unit::Stanza(stanza) = unit {
///         assert!(stanza.to().unwrap() == "juliet@capulet.example");
///         assert_eq!(stanza.root().elements().next().unwrap().text(), "Wherefore?");
///     }
/// }
/// drop(feed);
/// assert!(parser.eof(&input).is_ok());
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    framer: Framer,
    mode: Mode,
    limits: Limits,
    /// The unit lent last.
    lent: Option<UnitKind>,
    /// The error that ended the stream, to be given for ever after.
    fault: Option<Error>,
    /// Nothing but whitespace has come since the restart.
    between_streams: bool,
}

impl Parser {
    /// A parser of a stream: its header, then first-level elements, then its end tag.
    #[must_use]
    pub fn stream(limits: Limits) -> Self {
        Self::new(Mode::Stream, limits, Isa::best())
    }

    /// A parser of one document, whose root is its only unit.
    #[must_use]
    pub fn document(limits: Limits) -> Self {
        Self::new(Mode::Document, limits, Isa::best())
    }

    fn new(mode: Mode, limits: Limits, isa: Isa) -> Self {
        let framer = Framer::new(mode, limits, isa);
        Self { framer, mode, limits, lent: None, fault: None, between_streams: false }
    }

    /// The same parser on the instructions of `isa`, at the start of its stream; on the best ones that there are where
    /// this CPU lacks those. What it reads is the same on all; this is for tests and benchmarks.
    #[must_use]
    pub fn with_isa(self, isa: Isa) -> Self {
        Self::new(self.mode, self.limits, isa)
    }

    /// The instructions that it runs on.
    #[must_use]
    pub fn isa(&self) -> Isa {
        self.framer.isa()
    }

    /// The next unit; nothing where `feed` ends before one does, and what is left of it is kept in its input.
    ///
    /// The unit lent is consumed by the next call, or when the feed is dropped.
    ///
    /// # Errors
    /// The stream's first fault, and the same ever after; everything that comes later is thrown away. A lack of memory
    /// to keep an unfinished tail is reported without ending the stream: the call may be repeated.
    pub fn next<'a>(&'a mut self, feed: &'a mut Feed<'_>) -> Result<Option<Unit<'a>>, Error> {
        Ok(self.advance(feed)?.map(|kind| self.view(kind, feed)))
    }

    /// The next unit as in [`Self::next`], its view to be had from [`Self::header`] or [`Self::stanza`]: what a loop
    /// needs that passes some units over before it lends one.
    ///
    /// # Errors
    /// As in [`Self::next`].
    pub fn advance(&mut self, feed: &mut Feed<'_>) -> Result<Option<UnitKind>, Error> {
        self.advance_telling(feed, &mut OnTape)
    }

    fn advance_telling<O: Outlet>(&mut self, feed: &mut Feed<'_>, outlet: &mut O) -> Result<Option<UnitKind>, Error> {
        feed.release();
        self.lent = None;
        if let Some(fault) = self.fault {
            feed.discard();
            return Err(fault);
        }
        if self.between_streams {
            feed.lend_whitespace()?;
            feed.release();
            self.between_streams = feed.unread() == 0;
        }
        feed.begin()?;
        loop {
            let base = feed.position();
            let (window, edge) = feed.window()?;
            let progress =
                self.framer.step(window, edge, base, outlet).inspect_err(|fault| self.fault = Some(*fault))?;
            if progress.skipped > 0 {
                feed.consume(progress.skipped);
            }
            if let Some((kind, len)) = progress.unit {
                feed.lend(len);
                self.lent = Some(kind);
                return Ok(self.lent);
            }
            if !feed.extend()? {
                return Ok(None);
            }
        }
    }

    /// The stream header, where that is what the last call found in `feed`.
    #[must_use]
    pub fn header<'a>(&'a self, feed: &'a Feed<'_>) -> Option<Header<'a>> {
        (self.lent == Some(UnitKind::Header)).then(|| Header::new(self.framer.source(feed.lent())))
    }

    /// The stanza, where that is what the last call found in `feed`.
    #[must_use]
    pub fn stanza<'a>(&'a self, feed: &'a Feed<'_>) -> Option<Stanza<'a>> {
        (self.lent == Some(UnitKind::Stanza)).then(|| Stanza::new(self.framer.source(feed.lent())))
    }

    /// The stanza, where that is what the last call found: of a feed that is gone, and of which `lent` is what stays.
    #[cfg(feature = "capi")]
    #[inline]
    pub(crate) fn stanza_in<'a>(&'a self, lent: &'a str) -> Option<Stanza<'a>> {
        (self.lent == Some(UnitKind::Stanza)).then(|| Stanza::new(self.framer.source(lent)))
    }

    /// As [`Self::stanza_in`], the root of a stanza or of a stream header.
    #[cfg(feature = "capi")]
    #[inline]
    pub(crate) fn root_in<'a>(&'a self, lent: &'a str) -> Option<Element<'a>> {
        let has_root = matches!(self.lent, Some(UnitKind::Stanza | UnitKind::Header));
        has_root.then(|| Element::root(self.framer.source(lent)))
    }

    fn view<'a>(&'a self, kind: UnitKind, feed: &'a Feed<'_>) -> Unit<'a> {
        let source = self.framer.source(feed.lent());
        match kind {
            UnitKind::Header => Unit::Header(Header::new(source)),
            UnitKind::Stanza => Unit::Stanza(Stanza::new(source)),
            UnitKind::Text => Unit::Text,
            UnitKind::Close => Unit::Close,
        }
    }

    /// Begins a new stream, as after STARTTLS and SASL (RFC 6120 section 4.3.3): nothing of the old one is left, its
    /// bindings and its fault included. Limits stay.
    ///
    /// Whitespace ahead of the new header is passed over, and an XML declaration may follow it: it still belongs to the
    /// old stream, between whose elements it was allowed.
    pub fn restart(&mut self) {
        *self = Self { between_streams: true, ..Self::new(self.mode, self.limits, self.isa()) };
    }

    /// Changes the limits, from the next octet on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        self.framer.set_limits(limits);
    }

    /// Whether no unit is in progress and `input` holds nothing: what comes next begins afresh.
    #[must_use]
    pub fn is_aligned(&self, input: &Input) -> bool {
        self.fault.is_none() && self.framer.is_between() && input.is_empty()
    }

    /// Tells what it means that no more bytes will come behind `input`.
    ///
    /// # Errors
    /// [`Truncated`], if the stream's end tag or the document's end has not been seen.
    pub fn eof(&self, input: &Input) -> Result<(), Truncated> {
        if self.framer.is_closed() && input.is_empty() {
            return Ok(());
        }
        Err(Truncated { at: input.offset() + input.len() as u64 })
    }

    #[cfg(test)]
    pub(super) fn tape_capacity(&self) -> (usize, usize) {
        let tape = self.framer.source("").tape;
        (tape.nodes.capacity(), tape.attrs.capacity())
    }
}

/// A parser for those who want no tree: it tells a [`Sink`] of each element as it is read, and keeps none.
///
/// It accepts and refuses what [`Parser`] does, at the same octets. What a sink was told of a stanza counts only when the
/// stanza is over: a fault may follow.
#[derive(Debug)]
pub struct EventReader {
    parser: Parser,
}

impl EventReader {
    /// A reader of a stream: its header, then first-level elements, then its end tag.
    #[must_use]
    pub fn stream(limits: Limits) -> Self {
        Self { parser: Parser::stream(limits) }
    }

    /// A reader of one document, whose root is its only unit.
    #[must_use]
    pub fn document(limits: Limits) -> Self {
        Self { parser: Parser::document(limits) }
    }

    /// As [`Parser::with_isa`].
    #[must_use]
    pub fn with_isa(self, isa: Isa) -> Self {
        Self { parser: self.parser.with_isa(isa) }
    }

    /// The instructions that it runs on.
    #[must_use]
    pub fn isa(&self) -> Isa {
        self.parser.isa()
    }

    /// Reads up to the end of the next unit, or of `feed`, and tells `sink` of the elements and text in a stanza as they
    /// come. Of the other units the sink is told nothing; a header is to be had from [`Self::header`].
    ///
    /// # Errors
    /// As [`Parser::next`].
    pub fn next<S: Sink>(&mut self, feed: &mut Feed<'_>, sink: &mut S) -> Result<Option<UnitKind>, Error> {
        self.parser.advance_telling(feed, &mut Told(sink))
    }

    /// The stream header, where that is what the last call found in `feed`.
    #[must_use]
    pub fn header<'a>(&'a self, feed: &'a Feed<'_>) -> Option<Header<'a>> {
        self.parser.header(feed)
    }

    /// As [`Parser::restart`].
    pub fn restart(&mut self) {
        self.parser.restart();
    }

    /// As [`Parser::set_limits`].
    pub fn set_limits(&mut self, limits: Limits) {
        self.parser.set_limits(limits);
    }

    /// As [`Parser::eof`].
    ///
    /// # Errors
    /// As [`Parser::eof`].
    pub fn eof(&self, input: &Input) -> Result<(), Truncated> {
        self.parser.eof(input)
    }
}
