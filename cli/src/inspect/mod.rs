//! `tercet inspect`: what is in a stream, as the parser sees it.
//!
//! In: octets from a file or a pipe, any number of them. Out: a line, a JSON object or canonical lines for each thing
//! on the level of the stream, and for bad input one sentence that says what is wrong and where, among JSON objects one
//! more object that says the same. Reads as it goes: memory is bounded by the largest stanza. A stream may restart, as
//! in a capture of a whole connection.
//!
//! Parser facts only (XML, namespaces, RFC 6120 section 11), unless the stream rules are asked for too.

mod place;
mod restart;
mod rules;
mod show;

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{BufWriter, Read, Write};
use std::num::NonZeroUsize;

use tercet::ns::name;
use tercet::stream::{Condition, Error, Fault as Wrong};
use tercet::token;
use tercet::{Input, Limits, Parser, Unit};

use crate::args::{self, Format};
use crate::failure::Failure;
use crate::progress::Progress;
use place::Place;
use restart::Restart;
use show::Show;

/// What to read and how to show it.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) shape: Shape,
    pub(crate) format: Format,
    /// Feed the parser so many octets at a time; as they come where none is given.
    pub(crate) chunk: Option<NonZeroUsize>,
    /// Hold streams to the rules of RFC 6120 too.
    pub(crate) strict: bool,
    pub(crate) limits: Limits,
}

/// What the input is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A stream from its header on.
    Stream,
    /// First-level elements, as if a header stood before them that declares these prefixes too.
    Fragment(Vec<(String, String)>),
    /// One XML document.
    Document,
}

/// `tercet inspect`: opens what is to be read.
///
/// # Errors
/// Those of [`run`], and a file that cannot be opened.
pub(crate) fn command(args: args::Inspect) -> Result<(), Failure> {
    let file = args.file.clone().filter(|file| file.as_os_str() != "-");
    let out = std::io::stdout().lock();
    let options = Options::from(args);
    let Some(path) = file else {
        return run(&options, Progress::bytes(None).reading(std::io::stdin().lock()), out);
    };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) => {
            let why = format!("cannot open {}: {error}", path.display());
            return Err(unread(&mut Show::new(options.format, out), why));
        }
    };
    let metadata = file.metadata().ok();
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        return Err(unread(
            &mut Show::new(options.format, out),
            format!("cannot read {}: it is a folder", path.display()),
        ));
    }
    let len = metadata.filter(Metadata::is_file).map(|metadata| metadata.len());
    run(&options, Progress::bytes(len).reading(file), out)
}

impl From<args::Inspect> for Options {
    fn from(args: args::Inspect) -> Self {
        let shape = match (args.fragment, args.document) {
            (true, _) => Shape::Fragment(args.declare),
            (false, true) => Shape::Document,
            (false, false) => Shape::Stream,
        };
        let limits = args.bounds.limits();
        Self { shape, format: args.format, chunk: args.chunk, strict: args.strict, limits }
    }
}

/// Octets read at a time.
const BUFFER: usize = 64 * 1024;

/// Reads all of `input` and writes to `out` what is in it.
///
/// # Errors
/// [`Failure::Failed`] with the condition, the place and the reason where the input is bad or ends too early, after
/// everything complete before it was written; failed reads and writes.
pub(crate) fn run(options: &Options, mut input: impl Read, out: impl Write) -> Result<(), Failure> {
    let mut reader = Reader::new(options, BufWriter::new(out))?;
    let verdict = reader
        .past_byte_order_mark(&mut input)
        .and_then(|start| reader.read_all(&mut start.as_slice().chain(&mut input), options.chunk));
    // It may draw how far it is where the remark goes.
    drop(input);
    // What was complete before a fault is shown before the fault.
    reader.show.end(reader.read).map_err(Failure::output)?;
    if reader.is_headless {
        let remark = "note: the root element is no stream header (RFC 6120 section 4.8.1): stanzas alone are read with \
                      --fragment, a document with --document";
        // Nobody is left to tell if this fails.
        let _ = writeln!(std::io::stderr(), "{remark}");
    }
    verdict
}

/// What is wrong with the input.
struct Fault {
    condition: Condition,
    /// Offset in the stream, an assumed header included.
    at: u64,
    why: String,
}

impl Fault {
    /// What the parser refuses, where `octets` stand at the place; `is_in_stream` where a header came before it.
    fn new(error: Error, options: &Options, octets: &[u8], is_in_stream: bool) -> Self {
        let why = match error.fault {
            // It is late behind the header that is supposed, of which nobody knows.
            Wrong::Syntax(token::Fault::LateDeclaration) if matches!(options.shape, Shape::Fragment(_)) => {
                NO_DECLARATION.into()
            }
            // The place is where the name or the end tag begins, and all of it has come.
            Wrong::Tree(fault) => format!("{fault}: {:?}", tag_or_name(octets)),
            Wrong::Limit(limit) => match args::Bounds::setting(limit, &options.limits) {
                Some((most, option)) => format!("{limit}: the limit is {most}, and {option} sets another"),
                None => limit.to_string(),
            },
            Wrong::OutsideRoot if octets.starts_with(BYTE_ORDER_MARK) => format!("{}{MARK}", error.fault),
            Wrong::OutsideRoot | Wrong::Syntax(token::Fault::LateDeclaration) if is_in_stream => {
                format!("{}{OTHER_STREAM}", error.fault)
            }
            fault => fault.to_string(),
        };
        Self { condition: error.condition(), at: error.at, why }
    }
}

/// The end tag that `octets` begin with, or else the name; of a long one its first characters.
fn tag_or_name(octets: &[u8]) -> String {
    /// Characters shown.
    const MOST: usize = 60;
    let is_tag = octets.starts_with(b"<");
    let ends = |octet: &u8| *octet == b'>' || !is_tag && matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'=');
    let len = octets.iter().position(ends).map_or(octets.len(), |end| end + usize::from(is_tag));
    let text = String::from_utf8_lossy(octets.get(..len).unwrap_or_default());
    let mut characters = text.chars();
    let shown: String = characters.by_ref().take(MOST).collect();
    if characters.next().is_some() { shown + "..." } else { shown }
}

/// What is wrong with a declaration before stanzas that have no header, and what it may be the beginning of.
const NO_DECLARATION: &str =
    "a fragment has no XML declaration: a stream is read without --fragment, a document with --document";

/// What is wrong with the end of the stream whose header is supposed: nobody has begun it.
const NO_STREAM: &str = "end tag of a stream that has not begun: a stream is read without --fragment";

/// What it is that stands where only white space may.
const MARK: &str = ", and this is a byte order mark (U+FEFF), which must not be sent (RFC 6120 section 11.6)";

/// What is to be done where a stream follows that is none of this one's.
const OTHER_STREAM: &str =
    "; another stream is read on only where STARTTLS or SASL restarts one: split the input before it";

/// U+FEFF.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

struct Reader<'o, W: Write> {
    options: &'o Options,
    parser: Parser,
    input: Input,
    place: Place,
    restart: Restart,
    /// Octets of the header that the input does not have.
    assumed: u64,
    /// Octets of the input before those that are parsed.
    skipped: u64,
    /// Octets of the input.
    read: u64,
    /// Whether a stream was announced, and another element came in place of its header.
    is_headless: bool,
    show: Show<W>,
}

impl<'o, W: Write> Reader<'o, W> {
    fn new(options: &'o Options, out: W) -> Result<Self, Failure> {
        let parser = match options.shape {
            Shape::Document => Parser::document(options.limits),
            Shape::Stream => Parser::stream(options.limits),
            // The header is ours: the limits are for what comes after it.
            Shape::Fragment(_) => Parser::stream(Limits::NONE),
        };
        let show = Show::new(options.format, out);
        let mut reader = Self {
            options,
            parser,
            input: Input::new(),
            place: Place::default(),
            restart: Restart::default(),
            assumed: 0,
            skipped: 0,
            read: 0,
            is_headless: false,
            show,
        };
        if let Shape::Fragment(declared) = &options.shape {
            reader.assume(declared)?;
        }
        Ok(reader)
    }

    /// Reads the header that a fragment stands under.
    fn assume(&mut self, declared: &[(String, String)]) -> Result<(), Failure> {
        let header = header(declared);
        let mut feed = self.input.with(header.as_bytes());
        let fault = match self.parser.next(&mut feed) {
            Ok(Some(Unit::Header(read))) if read.raw() == header => None,
            Ok(_) => Some("not a prefix and a namespace".to_owned()),
            Err(error) => Some(error.fault.to_string()),
        };
        drop(feed);
        if let Some(why) = fault {
            return Err(Failure::Usage(format!("--declare: {why}")));
        }
        self.assumed = self.input.offset();
        self.parser.set_limits(self.options.limits);
        Ok(())
    }

    /// Passes over the byte order mark that a file may begin with, as its signature and no part of it (XML 1.0 section
    /// 4.3.3). A stream may not (RFC 6120 section 11.6), and a fragment is never the beginning of one. What else was
    /// read is handed back.
    fn past_byte_order_mark(&mut self, from: &mut impl Read) -> Result<Vec<u8>, Failure> {
        let mut start = Vec::new();
        if self.options.shape != Shape::Stream {
            start.resize(BYTE_ORDER_MARK.len(), 0);
            let count = self.fill(from, &mut start, true)?;
            start.truncate(count);
        }
        if start == BYTE_ORDER_MARK {
            self.skipped = start.len() as u64;
            self.read += self.skipped;
            start.clear();
        }
        Ok(start)
    }

    fn read_all(&mut self, from: &mut impl Read, chunk: Option<NonZeroUsize>) -> Result<(), Failure> {
        let mut buffer = vec![0; buffer_len(chunk)];
        loop {
            let count = self.fill(from, &mut buffer, chunk.is_some())?;
            let bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                return self.end();
            }
            for piece in bytes.chunks(chunk.map_or(BUFFER, NonZeroUsize::get)) {
                self.feed(piece)?;
            }
            self.show.flush().map_err(Failure::output)?;
        }
    }

    /// [`fill`], and those who read objects get its failure as one, too.
    fn fill(&mut self, from: &mut impl Read, buffer: &mut [u8], whole: bool) -> Result<usize, Failure> {
        fill(from, buffer, whole).map_err(|error| unread(&mut self.show, format!("cannot read the input: {error}")))
    }

    fn feed(&mut self, piece: &[u8]) -> Result<(), Failure> {
        self.place.arrived(piece);
        self.read += piece.len() as u64;
        let Self { options, parser, input, place, restart, assumed, show, is_headless, .. } = self;
        let mut feed = input.with(piece);
        let fault = loop {
            let from = |at: u64| place.from(at.saturating_sub(*assumed));
            let before = feed.position();
            let ahead = from(before);
            if restart.is_due(ahead) {
                parser.restart();
            }
            let unit = match parser.next(&mut feed) {
                Ok(Some(unit)) => unit,
                Ok(None) => break None,
                Err(error) => {
                    break Some(Fault::new(error, options, from(error.at), restart.is_in_stream()));
                }
            };
            if matches!((&options.shape, &unit), (Shape::Fragment(_), Unit::Close)) {
                // No other `<` stands in an end tag.
                let mut read = ahead.iter().take((feed.position() - before) as usize);
                let at = before + read.rposition(|octet| *octet == b'<').unwrap_or_default() as u64;
                break Some(Fault { condition: Condition::NotWellFormed, at, why: NO_STREAM.into() });
            }
            if options.shape == Shape::Stream {
                restart.saw(&unit);
            }
            if let Unit::Header(header) = &unit {
                // The rules of streams refuse it anyhow.
                *is_headless |= options.shape == Shape::Stream && !options.strict && !header.element().is(name::STREAM);
            }
            let is_mark = matches!(unit, Unit::Text) && ahead.trim_ascii_start().starts_with(BYTE_ORDER_MARK);
            if options.strict
                && let Some(breach) = rules::breach(unit)
            {
                let at = feed.position() - rules::len(parser.stanza(&feed), parser.header(&feed));
                let more = if is_mark { MARK } else { "" };
                break Some(Fault { condition: breach.condition, at, why: format!("{}{more}", breach.why) });
            }
            let shown = if is_mark { show.mark() } else { show.unit(unit) };
            shown.map_err(Failure::output)?;
        };
        let position = feed.position();
        drop(feed);
        if let Some(fault) = fault {
            return Err(self.failed(fault.condition.name(), fault.at, &fault.why));
        }
        self.place.consumed_up_to(position - self.assumed);
        Ok(())
    }

    /// The input has ended: whether it may.
    fn end(&mut self) -> Result<(), Failure> {
        let ended = match self.options.shape {
            Shape::Fragment(_) => self.parser.is_aligned(&self.input),
            Shape::Stream | Shape::Document => self.parser.eof(&self.input).is_ok(),
        };
        if ended {
            return Ok(());
        }
        let why = match self.options.shape {
            Shape::Stream if self.parser.is_aligned(&self.input) => "the stream's end tag is missing",
            Shape::Stream => "it ends inside a tag or an element",
            Shape::Fragment(_) => "an element is open",
            Shape::Document => "the root element has not ended",
        };
        let at = self.input.offset() + self.input.len() as u64;
        let unended = self.place.from(self.input.offset().saturating_sub(self.assumed));
        let more = if self.restart.is_other_stream(unended) { OTHER_STREAM } else { "" };
        Err(self.failed("truncated", at, &format!("{why}{more}")))
    }

    /// The sentence that says what is wrong. Those who read objects get it as one, too.
    fn failed(&mut self, condition: &str, at: u64, why: &str) -> Failure {
        let at = at.saturating_sub(self.assumed);
        let (line, column) = self.place.of(at);
        let at = at + self.skipped;
        if let Err(error) = self.show.fault(condition, at, (line, column), why) {
            return Failure::output(error);
        }
        Failure::Failed(format!("{condition} at byte offset {at} (line {line}, column {column}): {why}"))
    }
}

/// The header that fragments are read under.
fn header(declared: &[(String, String)]) -> String {
    use fmt::Write;
    let mut header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'".to_owned();
    for (prefix, uri) in declared {
        let uri = uri.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
        // Writing to a string does not fail.
        let _ = write!(header, " xmlns:{prefix}='{uri}'");
    }
    header + " version='1.0'>"
}

/// A whole number of chunks, so that each is as long as was asked for.
fn buffer_len(chunk: Option<NonZeroUsize>) -> usize {
    let chunk = chunk.map_or(BUFFER, NonZeroUsize::get);
    chunk.saturating_mul((BUFFER / chunk).max(1))
}

/// The sentence that says why the input cannot be read, after the object for those who read such.
fn unread<W: Write>(show: &mut Show<W>, why: String) -> Failure {
    match show.unread(&why) {
        Ok(()) => Failure::Failed(why),
        Err(error) => Failure::output(error),
    }
}

/// Reads into `buffer`: all of it where `whole` asks for that, else what there is. Nothing at the end of input.
fn fill(from: &mut impl Read, buffer: &mut [u8], whole: bool) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match from.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if !whole {
            break;
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
