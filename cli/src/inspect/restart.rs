//! Where a new stream begins inside what one side said: behind STARTTLS and SASL (RFC 6120 section 4.3.3).
//!
//! In: the units that were read, and the octets behind the last one. Out: whether the header of a new stream stands
//! there. Nothing else can: the old stream may hold neither an XML declaration nor a root element of streams. So what
//! is asked of the octets needs no guess, but of a byte order mark, which is taken for a beginning although the old
//! stream might hold one as text; they are looked at, never consumed. The start tag that stands there, if one
//! does, is read twice: as the header of a new stream first. Where the input ends too early, also whether another
//! stream stood inside the one that did not end.

use tercet::ns::name;
use tercet::stanza::{Element, Sink, Text};
use tercet::{EventReader, Input, Limits, Parser, Unit};

use super::BYTE_ORDER_MARK;

/// Watches one side for the ends of its streams.
#[derive(Debug, Default)]
pub(super) struct Restart {
    /// The header read last, as it was written; nothing where it was no stream's.
    header: Option<String>,
    /// Whether an element of its stream was the whole of another one.
    holds_stream: bool,
    /// Reads what follows the unit read last, where that is one behind which either side restarts.
    near: Option<Ahead>,
}

impl Restart {
    /// Takes note of a unit.
    pub(super) fn saw(&mut self, unit: &Unit<'_>) {
        self.near = None;
        match unit {
            Unit::Header(header) => {
                self.header = header.element().is(name::STREAM).then(|| header.raw().to_owned());
                self.holds_stream = false;
            }
            // What a server or a client says last in an old stream. A client cannot know yet that the server agrees;
            // where it does not, the old stream goes on.
            Unit::Stanza(stanza) => {
                let is_near = matches!(
                    stanza.root().name(),
                    name::TLS_STARTTLS | name::TLS_PROCEED | name::SASL_AUTH | name::SASL_RESPONSE | name::SASL_SUCCESS
                );
                self.near = is_near.then(Ahead::default);
                self.holds_stream |= self.is_in_stream() && stanza.root().is(name::STREAM);
            }
            _ => {}
        }
    }

    /// Whether `octets`, which follow the unit seen last, begin with a header. Where they are too few to tell, they are
    /// to be shown again with what follows: until then the old stream has none of them read.
    pub(super) fn is_due(&mut self, octets: &[u8]) -> bool {
        let (Some(header), Some(ahead)) = (self.header.as_deref(), &mut self.near) else { return false };
        let octets = octets.trim_ascii_start();
        // Whoever writes a byte order mark begins something: the new stream is to refuse it.
        if octets.starts_with(BYTE_ORDER_MARK) {
            return true;
        }
        if BYTE_ORDER_MARK.starts_with(octets) {
            return false;
        }
        // A header that is at fault is one by its declaration, or by the name that the old one has.
        let verdicts = [begins(octets, "<?xml"), begins(octets, tag(header)), ahead.is_header(octets)];
        if !verdicts.contains(&None) {
            self.near = None;
        }
        verdicts.contains(&Some(true))
    }

    /// Whether `octets`, behind which the input ends, begin with a header of another stream, or one stood before them:
    /// inside the old stream it is an element, which did not end, or ended and left the old one open. It may be one of
    /// the prefixes that the old header declares.
    pub(super) fn is_other_stream(&self, octets: &[u8]) -> bool {
        if self.holds_stream {
            return true;
        }
        let Some(header) = &self.header else { return false };
        // One that looks ahead knows no prefixes of the old stream.
        let (mut reader, mut input) = (EventReader::stream(Limits::NONE), Input::new());
        let mut first = First::default();
        for part in [header.as_bytes(), octets] {
            let mut feed = input.with(part);
            while first.is_stream.is_none() && matches!(reader.next(&mut feed, &mut first), Ok(Some(_))) {}
        }
        first.is_stream == Some(true)
    }

    /// Whether a stream has begun.
    pub(super) fn is_in_stream(&self) -> bool {
        self.header.is_some()
    }
}

/// What the first element of a stream is.
#[derive(Debug, Default)]
struct First {
    is_stream: Option<bool>,
}

impl Sink for First {
    fn start(&mut self, element: Element<'_>) {
        self.is_stream.get_or_insert(element.is(name::STREAM));
    }

    fn text(&mut self, _: Text<'_>) {}

    fn end(&mut self, _: Element<'_>) {}
}

/// A parser that reads one start tag as a stream's first.
#[derive(Debug)]
struct Ahead {
    parser: Parser,
    input: Input,
}

impl Default for Ahead {
    /// No limits: the parser of the stream reads the same octets before more of them come, and has them.
    fn default() -> Self {
        Self { parser: Parser::stream(Limits::NONE), input: Input::new() }
    }
}

impl Ahead {
    /// Whether `octets`, those of the call before and what has come since, begin with the header of a stream, whatever
    /// its prefix; nothing where they are too few to tell.
    fn is_header(&mut self, octets: &[u8]) -> Option<bool> {
        let new = octets.get(self.input.len()..).unwrap_or_default();
        match self.parser.next(&mut self.input.with(new)) {
            Ok(None) => None,
            Ok(Some(Unit::Header(header))) => Some(header.element().is(name::STREAM)),
            Ok(Some(_)) | Err(_) => Some(false),
        }
    }
}

/// `<` and the name of a start tag.
fn tag(start: &str) -> &str {
    start.split([' ', '\t', '\r', '\n', '/', '>']).next().unwrap_or(start)
}

/// Whether `octets` begin with `start` and the end of a name; nothing where they are too few to tell.
fn begins(octets: &[u8], start: &str) -> Option<bool> {
    match octets.strip_prefix(start.as_bytes()) {
        Some([next, ..]) => Some(matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')),
        None if !start.as_bytes().starts_with(octets) => Some(false),
        _ => None,
    }
}
