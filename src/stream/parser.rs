//! The parser for those who want no protocol: a stream's bytes in, its units out.
//!
//! In: a [`Feed`]. Out: [`Unit`]s, lent until the next call. The framing, the tape and the error that ended it all are
//! kept here; the bytes stay with their owner.

use super::framer::{Framer, Mode, Seed};
use super::{Error, Fault, Feed, Header, Input, Truncated, Unit, UnitKind};
use crate::limits::Limits;
use crate::scan::{Isa, Present};
#[cfg(feature = "capi")]
use crate::stanza::Element;
use crate::stanza::{OnTape, Outlet, Sink, Source, Stanza, Told};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

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
pub struct Parser {
    machine: Machine,
    mode: Mode,
    isa: Present,
    limits: Limits,
    /// The unit lent last.
    lent: Option<UnitKind>,
    /// The error that ended the stream, to be given for ever after.
    fault: Option<Error>,
}

/// What reads. It is large, and there only while there is something to read.
enum Machine {
    /// Nothing has come.
    Fresh,
    /// Nothing but white space has come since a restart.
    Restarted,
    /// Between two units of a stream, to be woken by the next.
    Asleep(Seed),
    /// At work. A slice of one, as a vector asks for memory that may be refused, and a plain box cannot.
    Awake(Box<[Framer; 1]>),
}

impl Machine {
    /// A machine at work; nothing where memory is out.
    fn awake(framer: Framer) -> Option<Self> {
        let mut place = Vec::new();
        place.try_reserve_exact(1).ok()?;
        place.push(framer);
        place.try_into().ok().map(Self::Awake)
    }

    fn framer(&self) -> Option<&Framer> {
        match self {
            Self::Awake(place) => place.first(),
            Self::Fresh | Self::Restarted | Self::Asleep(_) => None,
        }
    }

    /// Octets on the heap.
    fn heap(&self) -> usize {
        match self {
            Self::Fresh | Self::Restarted => 0,
            Self::Asleep(seed) => seed.heap(),
            Self::Awake(place) => size_of::<Framer>() + place.iter().map(Framer::heap).sum::<usize>(),
        }
    }
}

impl Parser {
    /// A parser of a stream: its header, then first-level elements, then its end tag.
    #[must_use]
    pub fn stream(limits: Limits) -> Self {
        Self::new(Mode::Stream, limits, Present::of(Isa::best()))
    }

    /// A parser of one document, whose root is its only unit.
    #[must_use]
    pub fn document(limits: Limits) -> Self {
        Self::new(Mode::Document, limits, Present::of(Isa::best()))
    }

    fn new(mode: Mode, limits: Limits, isa: Present) -> Self {
        Self { machine: Machine::Fresh, mode, isa, limits, lent: None, fault: None }
    }

    /// The same parser on the instructions of `isa`, at the start of its stream; on the best ones that there are where
    /// this CPU lacks those. What it reads is the same on all, so what this tells is how fast each one is on a machine.
    #[must_use]
    pub fn with_isa(self, isa: Isa) -> Self {
        Self::new(self.mode, self.limits, Present::of(isa))
    }

    /// The instructions that it runs on.
    #[must_use]
    pub fn isa(&self) -> Isa {
        self.isa.isa()
    }

    /// The next unit; nothing where `feed` ends before one does, and what is left of it is kept in its input.
    ///
    /// The unit lent is consumed by the next call, or when the feed is dropped. A unit must end in the input that it
    /// began in: the next feed may be of another input only where the last one holds nothing more, and
    /// [`Self::is_aligned`] says so of it. Else what comes out is wrong, an error most likely, of which neither peer is
    /// the cause.
    ///
    /// # Errors
    /// The stream's first fault, and the same ever after; everything that comes later is thrown away. A lack of memory
    /// to keep an unfinished tail is reported without ending the stream: the call may be repeated.
    pub fn next<'a>(&'a mut self, feed: &'a mut Feed<'_>) -> Result<Option<Unit<'a>>, Error> {
        Ok(self.advance(feed)?.and_then(|kind| self.view(kind, feed)))
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
        feed.begin()?;
        if self.machine.framer().is_none() {
            self.wake(feed)?;
        }
        let Machine::Awake(place) = &mut self.machine else { return Ok(None) };
        let [framer] = &mut **place;
        loop {
            let base = feed.position();
            let (mut window, edge) = feed.window();
            if window.is_empty() {
                // Lets go of the feed.
                window = "";
                // Nothing to read, and nothing in progress: the framer would find nothing.
                if feed.unread() == 0 && framer.rest_between() {
                    return Ok(None);
                }
            }
            let progress = framer.step(window, edge, base, outlet).inspect_err(|fault| self.fault = Some(*fault))?;
            if progress.skipped > 0 {
                feed.consume(progress.skipped);
            }
            if let Some((kind, len)) = progress.unit {
                feed.lend(len);
                self.lent = Some(kind);
                return Ok(self.lent);
            }
            if !feed.extend()? {
                if !O::KEEPS {
                    let base = feed.position();
                    let (window, _) = feed.window();
                    framer.tell_partial_text(window, base, outlet).inspect_err(|fault| self.fault = Some(*fault))?;
                }
                return Ok(None);
            }
        }
    }

    /// Makes the machine, unless there is nothing to read. White space between units, which keeps connections alive,
    /// and between streams is passed over without one.
    #[cold]
    fn wake(&mut self, feed: &mut Feed<'_>) -> Result<(), Error> {
        if matches!(self.machine, Machine::Restarted | Machine::Asleep(_)) {
            feed.consume_whitespace();
        }
        if feed.unread() == 0 {
            return Ok(());
        }
        let framer = match &self.machine {
            Machine::Asleep(seed) => Framer::grown(seed, self.limits, self.isa).ok(),
            _ => Some(Framer::new(self.mode, self.limits, self.isa)),
        };
        let awake = framer.and_then(Machine::awake);
        self.machine = awake.ok_or_else(|| Error { at: feed.position(), fault: Fault::OutOfMemory })?;
        Ok(())
    }

    /// Gives back the memory that only reading needs: what is left is little, and enough to read on from. Does nothing
    /// where a unit is in progress, or the stream is not open. The unit lent last is consumed.
    ///
    /// For a stream that has had nothing to say for a while, and may have nothing to say for long. The next unit takes
    /// a dozen allocations and some 5 KB; white space takes none.
    ///
    /// ```
    /// use tercet::{Input, Limits, Parser};
    /// let mut parser = Parser::stream(Limits::SERVER);
    /// let mut input = Input::new();
    /// let header = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
    /// input.push(header)?;
    /// while parser.next(&mut (&mut input).into())?.is_some() {}
    /// parser.shrink();
    /// input.shrink();
    /// assert!(parser.memory() + input.memory() < 350);
    /// # Ok::<(), tercet::stream::Error>(())
    /// ```
    pub fn shrink(&mut self) {
        self.lent = None;
        if let Machine::Awake(place) = &mut self.machine
            && self.fault.is_none()
            && let [framer] = &mut **place
            && let Ok(Some(seed)) = framer.seed()
        {
            self.machine = Machine::Asleep(seed);
        }
    }

    /// Octets of memory in use, the parser itself included. What the allocator adds is not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.heap()
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.machine.heap()
    }

    /// The stream header, where that is what the last call found in `feed`.
    #[must_use]
    pub fn header<'a>(&'a self, feed: &'a Feed<'_>) -> Option<Header<'a>> {
        (self.lent == Some(UnitKind::Header)).then(|| self.source(feed)).flatten().map(Header::new)
    }

    /// The stanza, where that is what the last call found in `feed`.
    #[must_use]
    pub fn stanza<'a>(&'a self, feed: &'a Feed<'_>) -> Option<Stanza<'a>> {
        (self.lent == Some(UnitKind::Stanza)).then(|| self.source(feed)).flatten().map(Stanza::new)
    }

    /// What the views of the unit lent read.
    fn source<'a>(&'a self, feed: &'a Feed<'_>) -> Option<Source<'a>> {
        self.source_in(feed.lent())
    }

    fn source_in<'a>(&'a self, lent: &'a str) -> Option<Source<'a>> {
        self.machine.framer().map(|framer| framer.source(lent))
    }

    /// The stanza, where that is what the last call found: of a feed that is gone, and of which `lent` is what stays.
    #[cfg(feature = "capi")]
    #[inline]
    pub(crate) fn stanza_in<'a>(&'a self, lent: &'a str) -> Option<Stanza<'a>> {
        (self.lent == Some(UnitKind::Stanza)).then(|| self.source_in(lent)).flatten().map(Stanza::new)
    }

    /// As [`Self::stanza_in`], the root of a stanza or of a stream header.
    #[cfg(feature = "capi")]
    #[inline]
    pub(crate) fn root_in<'a>(&'a self, lent: &'a str) -> Option<Element<'a>> {
        let has_root = matches!(self.lent, Some(UnitKind::Stanza | UnitKind::Header));
        has_root.then(|| self.source_in(lent)).flatten().map(Element::root)
    }

    fn view<'a>(&'a self, kind: UnitKind, feed: &'a Feed<'_>) -> Option<Unit<'a>> {
        let source = self.source(feed)?;
        Some(match kind {
            UnitKind::Header => Unit::Header(Header::new(source)),
            UnitKind::Stanza => Unit::Stanza(Stanza::new(source)),
            UnitKind::Text => Unit::Text,
            UnitKind::Close => Unit::Close,
        })
    }

    /// Begins a new stream, as after STARTTLS and SASL (RFC 6120 section 4.3.3): nothing of the old one is left, its
    /// bindings and its fault included. Limits stay.
    ///
    /// Whitespace ahead of the new header is passed over, and an XML declaration may follow it: it still belongs to the
    /// old stream, between whose elements it was allowed.
    ///
    /// What an input still holds is read as the new stream's beginning. For another connection, take a new [`Input`].
    pub fn restart(&mut self) {
        *self = Self { machine: Machine::Restarted, ..Self::new(self.mode, self.limits, self.isa) };
    }

    /// Changes the limits, from the next octet on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        if let Machine::Awake(place) = &mut self.machine {
            place.iter_mut().for_each(|framer| framer.set_limits(limits));
        }
    }

    /// Whether no unit is in progress and `input` holds nothing: what comes next begins afresh.
    #[must_use]
    pub fn is_aligned(&self, input: &Input) -> bool {
        self.fault.is_none() && self.machine.framer().is_none_or(Framer::is_between) && input.is_empty()
    }

    /// Tells what it means that no more bytes will come behind `input`.
    ///
    /// # Errors
    /// [`Truncated`], if the stream's end tag or the document's end has not been seen. After a fault nothing is looked
    /// for any more: the error holds that fault then, also where the end tag had come before it.
    pub fn eof(&self, input: &Input) -> Result<(), Truncated> {
        self.eof_behind(input, 0)
    }

    /// As [`Self::eof`], where the unit lent last is still among the input's octets, the first `lent` of them.
    pub(crate) fn eof_behind(&self, input: &Input, lent: usize) -> Result<(), Truncated> {
        let is_closed = self.machine.framer().is_some_and(Framer::is_closed);
        if self.fault.is_none() && is_closed && input.len() == lent {
            return Ok(());
        }
        Err(Truncated { at: input.offset() + input.len() as u64, fault: self.fault })
    }

    #[cfg(test)]
    pub(super) fn tape_capacity(&self) -> (usize, usize) {
        let tape = self.machine.framer().map(|framer| framer.source("").tape);
        tape.map_or((0, 0), |tape| (tape.nodes.capacity(), tape.attrs.capacity()))
    }
}

/// Tells how it is set, what it lent last, what ended it and how much memory it takes; nothing of what was read, which
/// may be secret.
impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser")
            .field("mode", &self.mode)
            .field("isa", &self.isa())
            .field("limits", &self.limits)
            .field("lent", &self.lent)
            .field("fault", &self.fault)
            .field("memory", &self.memory())
            .finish_non_exhaustive()
    }
}

/// A parser for those who want no tree: it tells a [`Sink`] of each element as it is read, and keeps none. The octets
/// of a stanza stay in their input until it ends.
///
/// It accepts and refuses what [`Parser`] does, at the same octets. What a sink was told of a stanza counts only when
/// the stanza is over: a fault may follow. [`Sink`] shows it at work.
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

    /// Reads up to the end of the next unit, or of `feed`, and tells `sink` of the elements and text in a stanza as
    /// they come. Where the feed ends amid a text, the sink has been told of it up to there: see [`Sink::text`]. Of the
    /// other units it is told nothing; a header is to be had from [`Self::header`].
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

    /// As [`Parser::shrink`].
    pub fn shrink(&mut self) {
        self.parser.shrink();
    }

    /// As [`Parser::memory`].
    #[must_use]
    pub fn memory(&self) -> usize {
        self.parser.memory()
    }

    /// As [`Parser::is_aligned`].
    #[must_use]
    pub fn is_aligned(&self, input: &Input) -> bool {
        self.parser.is_aligned(input)
    }

    /// As [`Parser::eof`].
    ///
    /// # Errors
    /// As [`Parser::eof`].
    pub fn eof(&self, input: &Input) -> Result<(), Truncated> {
        self.parser.eof(input)
    }
}
