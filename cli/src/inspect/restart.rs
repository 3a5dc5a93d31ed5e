//! Where a new stream begins inside what one side said: behind STARTTLS and SASL (RFC 6120 section 4.3.3).
//!
//! In: the units that were read, and the octets behind the last one. Out: whether the header of a new stream stands
//! there. Nothing else can: the old stream may hold neither an XML declaration nor a root element of streams. So what
//! is asked of the octets needs no guess; they are looked at, never consumed. The start tag that stands there, if one
//! does, is read twice: as the header of a new stream first.

use tercet::ns::name;
use tercet::{Input, Limits, Parser, Unit};

/// Watches one side for the ends of its streams.
#[derive(Debug, Default)]
pub(super) struct Restart {
    /// `<` and the name of the header read last, as it was written; nothing where it was no stream's.
    tag: Option<String>,
    /// Reads what follows the unit read last, where that is one behind which either side restarts.
    near: Option<Ahead>,
}

impl Restart {
    /// Takes note of a unit.
    pub(super) fn saw(&mut self, unit: &Unit<'_>) {
        self.near = None;
        match unit {
            Unit::Header(header) => {
                let root = header.element();
                self.tag = root.is(name::STREAM).then(|| format!("<{}", root.qname()));
            }
            // What a server or a client says last in an old stream. A client cannot know yet that the server agrees;
            // where it does not, the old stream goes on.
            Unit::Stanza(stanza) => {
                let is_near = matches!(
                    stanza.root().name(),
                    name::TLS_STARTTLS | name::TLS_PROCEED | name::SASL_AUTH | name::SASL_RESPONSE | name::SASL_SUCCESS
                );
                self.near = is_near.then(Ahead::default);
            }
            _ => {}
        }
    }

    /// Whether `octets`, which follow the unit seen last, begin with a header. Where they are too few to tell, they are
    /// to be shown again with what follows: until then the old stream has none of them read.
    pub(super) fn is_due(&mut self, octets: &[u8]) -> bool {
        let (Some(tag), Some(ahead)) = (self.tag.as_deref(), &mut self.near) else { return false };
        let octets = octets.trim_ascii_start();
        // A header that is at fault is one by its declaration, or by the name that the old one has.
        let verdicts = [begins(octets, "<?xml"), begins(octets, tag), ahead.is_header(octets)];
        if !verdicts.contains(&None) {
            self.near = None;
        }
        verdicts.contains(&Some(true))
    }

    /// Whether `octets`, behind which the input ends, begin with a header of another stream: inside the old one it is
    /// an element that did not end.
    pub(super) fn is_other_stream(&self, octets: &[u8]) -> bool {
        self.is_in_stream() && Ahead::default().is_header(octets.trim_ascii_start()) == Some(true)
    }

    /// Whether a stream has begun.
    pub(super) fn is_in_stream(&self) -> bool {
        self.tag.is_some()
    }
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

/// Whether `octets` begin with `start` and the end of a name; nothing where they are too few to tell.
fn begins(octets: &[u8], start: &str) -> Option<bool> {
    match octets.strip_prefix(start.as_bytes()) {
        Some([next, ..]) => Some(matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')),
        None if !start.as_bytes().starts_with(octets) => Some(false),
        _ => None,
    }
}
