//! `tercet inspect`: what is in a stream, as the parser sees it.
//!
//! In: octets from a file or a pipe, any number of them. Out: a line, a JSON object or canonical lines for each thing
//! on the level of the stream, and for bad input one sentence that says what is wrong and where, among JSON objects one
//! more object that says the same. Reads as it goes: memory is bounded by the largest stanza. A stream may restart, as
//! in a capture of a whole connection.
//!
//! Parser facts only (XML, namespaces, RFC 6120 section 11), unless the stream rules are asked for too.

mod open;
mod place;
mod restart;
mod rules;
mod show;
mod why;

use std::fs::{File, Metadata};
use std::io::{BufWriter, Read, Write};
use std::num::NonZeroUsize;

use tercet::ns::name;
use tercet::stream::Condition;
use tercet::{Input, Limits, Parser, Unit};

use crate::args::{self, Format};
use crate::failure::Failure;
use crate::progress::Progress;
use open::Open;
use place::Place;
use restart::Restart;
use show::Show;
use why::{MARK, NO_STREAM, Seen};

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
    /// The parser's offset.
    at: u64,
    why: String,
}

/// U+FEFF.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

struct Reader<'o, W: Write> {
    options: &'o Options,
    parser: Parser,
    input: Input,
    place: Place,
    restart: Restart,
    /// The root of the stream that is open, unless its header is supposed.
    root: Option<Open>,
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
            root: None,
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
        self.place.assume(self.input.offset());
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
            self.read = start.len() as u64;
            self.place.skip(self.read);
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
        let Self { options, parser, input, place, restart, root, show, is_headless, .. } = self;
        let mut feed = input.with(piece);
        let fault = loop {
            let before = feed.position();
            let ahead = place.from(before);
            if restart.is_due(ahead) {
                parser.restart();
                *root = None;
            }
            let unit = match parser.next(&mut feed) {
                Ok(Some(unit)) => unit,
                Ok(None) => break None,
                Err(error) => {
                    let why = Seen::new(options, place, root.as_ref(), restart).refusal(error, before);
                    break Some(Fault { condition: error.condition(), at: error.at, why });
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
            if matches!(unit, Unit::Close) {
                *root = None;
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
            if let Some(header) = parser.header(&feed) {
                let at = feed.position() - header.raw().len() as u64;
                *root = Some(Open::new(header.element().qname(), place.of(at)));
            }
        };
        let position = feed.position();
        drop(feed);
        if let Some(fault) = fault {
            return Err(self.failed(fault.condition.name(), fault.at, &fault.why));
        }
        self.place.consumed_up_to(position);
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
        let unit = self.input.offset();
        let end = unit + self.input.len() as u64;
        let is_other = self.restart.is_other_stream(self.place.from(unit));
        let seen = Seen::new(self.options, &self.place, self.root.as_ref(), &self.restart);
        let why = seen.truncation(unit, end, is_other);
        Err(self.failed("truncated", end, &why))
    }

    /// The sentence that says what is wrong. Those who read objects get it as one, too.
    fn failed(&mut self, condition: &str, at: u64, why: &str) -> Failure {
        let position = self.place.of(at);
        if let Err(error) = self.show.fault(condition, position, why) {
            return Failure::output(error);
        }
        Failure::Failed(format!("{condition} at {position}: {why}"))
    }
}

/// The header that fragments are read under.
fn header(declared: &[(String, String)]) -> String {
    use std::fmt::Write;
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
