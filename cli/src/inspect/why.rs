//! What is wrong with the input, in words.
//!
//! In: what the parser refuses, or that the input ends too early, and what was read up to there. Out: a clause that
//! quotes what is at fault and, where an option or another way of reading may help, says which.

use memchr::memchr;
use tercet::stream::{Error, Fault};
use tercet::{Limits, ns, stanza, token};

use super::open::{Open, Unended};
use super::place::Place;
use super::restart::Restart;
use super::{BYTE_ORDER_MARK, Options, Shape};
use crate::args;
use crate::words::beginning;

/// What is wrong with a declaration before stanzas that have no header, and what it may be the beginning of.
const NO_DECLARATION: &str =
    "a fragment has no XML declaration: a stream is read without --fragment, a document with --document";

/// What is wrong with the end of the stream whose header is supposed: nobody has begun it.
pub(super) const NO_STREAM: &str = "end tag of a stream that has not begun: a stream is read without --fragment";

/// What it is that stands where only white space may.
pub(super) const MARK: &str =
    ", and this is a byte order mark (U+FEFF), which must not be sent (RFC 6120 section 11.6)";

/// What the first octet tells that a byte order mark of UTF-16 begins with.
const OTHER_ENCODING: &str = "; UTF-16 begins so, and XMPP knows only UTF-8";

/// What is to be done where a stream follows that is none of this one's.
const OTHER_STREAM: &str =
    "; another stream is read on only where STARTTLS or SASL restarts one: split the input before it";

/// What is known where an entity is not.
const ENTITIES: &str = "; XMPP knows only amp, lt, gt, apos, quot and numbers such as &#160;";

/// What a document may be that has more than one root.
const SEQUENCE: &str = "; a sequence of elements, without an XML declaration, is read with --fragment";

/// What was read before something was found to be wrong.
pub(super) struct Seen<'r> {
    pub(super) shape: &'r Shape,
    pub(super) limits: &'r Limits,
    pub(super) place: &'r Place,
    /// The root of the stream that is open, if the input has it.
    pub(super) root: Option<&'r Open>,
    /// Whether a stream's header came, also one of a stream that has ended.
    pub(super) is_in_stream: bool,
}

impl<'r> Seen<'r> {
    pub(super) fn new(options: &'r Options, place: &'r Place, root: Option<&'r Open>, restart: &Restart) -> Self {
        let Options { shape, limits, .. } = options;
        Self { shape, limits, place, root, is_in_stream: restart.is_in_stream() }
    }

    /// Why the parser goes no further. The unit it reads begins at `unit`, or behind white space there.
    pub(super) fn refusal(&self, error: Error, unit: u64) -> String {
        let octets = self.place.from(error.at);
        match error.fault {
            // It is late behind the header that is supposed, of which nobody knows.
            Fault::Syntax(token::Fault::LateDeclaration) if matches!(self.shape, Shape::Fragment(_)) => {
                NO_DECLARATION.into()
            }
            Fault::Tree(fault @ stanza::Fault::MismatchedTag) => {
                let open = match self.innermost(unit, error.at) {
                    Some(open) => open.to_string(),
                    None => "no element is open".into(),
                };
                format!("{fault}: {:?}, but {open}", quoted(octets))
            }
            Fault::Tree(fault @ stanza::Fault::Namespace(ns::Error::UnboundPrefix)) => {
                let name = quoted(octets);
                format!("{fault}: {name:?}{}", self.declaration(&name))
            }
            Fault::Tree(fault) => format!("{fault}: {:?}", quoted(octets)),
            Fault::Limit(limit) => match args::Bounds::setting(limit, self.limits) {
                Some((most, option)) => format!("{limit}: the limit is {most}, and {option} sets another"),
                None => limit.to_string(),
            },
            fault @ Fault::OutsideRoot if octets.starts_with(BYTE_ORDER_MARK) => format!("{fault}{MARK}"),
            fault @ (Fault::OutsideRoot | Fault::Syntax(token::Fault::LateDeclaration)) if self.is_in_stream => {
                format!("{fault}{OTHER_STREAM}")
            }
            fault @ Fault::OutsideRoot if *self.shape == Shape::Document && begins_start_tag(octets) => {
                format!("{fault}{SEQUENCE}")
            }
            Fault::Syntax(fault) => self.syntax(fault, error.at),
            fault @ Fault::Utf8 => match octets {
                [octet, ..] => {
                    let hint = if error.at == 0 && *octet >= 0xfe { OTHER_ENCODING } else { "" };
                    format!("{fault}: 0x{octet:02X}{hint}")
                }
                [] => fault.to_string(),
            },
            fault => fault.to_string(),
        }
    }

    /// What is wrong at `at` with what is no XML, and how what may be meant is written.
    fn syntax(&self, fault: token::Fault, at: u64) -> String {
        use token::Fault as Wrong;
        let octets = self.place.from(at);
        // A '<' that is itself the place begins what is no name.
        let is_behind_mark = at > 0 && !octets.starts_with(b"<") && self.place.from(at - 1).starts_with(b"<");
        // The place is where what is quoted begins, and all of it has come.
        match fault {
            Wrong::Entity => format!("{fault}: {:?}{ENTITIES}", quoted(octets)),
            Wrong::CharReference => format!("{fault}: {:?}", quoted(octets)),
            Wrong::Char => match first_character(octets) {
                Some(character) => format!("{fault}: U+{:04X}", u32::from(character)),
                None => fault.to_string(),
            },
            Wrong::Reference => format!("{fault}; an ampersand itself is written &amp;"),
            Wrong::LessThan => format!("{fault}; there it is written &lt;"),
            Wrong::Name => {
                let character = first_character(octets).map_or(String::new(), |character| format!(": {character:?}"));
                let meant = if is_behind_mark { "; a '<' that begins no tag is written &lt;" } else { "" };
                format!("{fault}{character}{meant}")
            }
            Wrong::CdataEnd => format!("{fault}; there it is written ]]&gt;"),
            _ => fault.to_string(),
        }
    }

    /// What is missing at `end`, where the input ends within a unit that begins at `unit` or behind white space there;
    /// `is_other` where another stream may be all there is of it.
    pub(super) fn truncation(&self, unit: u64, end: u64, is_other: bool) -> String {
        let Unended { open, cut } = Unended::of(self.place, unit, end);
        let mut why = match (cut, &open, self.root) {
            (Some(cut), Some(open), _) | (Some(cut), None, Some(open)) => format!("it ends inside {cut}; {open}"),
            (Some(cut), None, None) => format!("it ends inside {cut}"),
            (None, Some(open), _) => format!("it ends inside an element: {open}"),
            (None, None, Some(root)) => format!("the stream's end tag is missing: {root}"),
            (None, None, None) => self.rootless(end),
        };
        if is_other {
            why += OTHER_STREAM;
        }
        why
    }

    /// Which options declare the prefix of `name`, where no header came that might have.
    fn declaration(&self, name: &str) -> String {
        let has_header = self.is_in_stream || self.root.is_some();
        let Some((prefix, local)) = name.split_once(':').filter(|_| !has_header) else { return String::new() };
        let options = match (self.shape, args::check_prefix(prefix)) {
            (Shape::Fragment(_), Ok(())) => return format!("; --declare {prefix}=URI declares it"),
            (_, Ok(())) => format!("--fragment --declare {prefix}=URI"),
            // A header that lacks its own declaration is read under no other.
            _ if prefix == "stream" && local != "stream" => "--fragment".to_owned(),
            _ => return String::new(),
        };
        format!("; {options} reads it under a header that declares it, if no XML declaration comes first")
    }

    /// The innermost element that is open at `end`, in the unit at `unit` or around it.
    fn innermost(&self, unit: u64, end: u64) -> Option<Open> {
        Unended::of(self.place, unit, end).open.or_else(|| self.root.cloned())
    }

    /// What is missing where no element came.
    fn rootless(&self, end: u64) -> String {
        let root = match self.shape {
            Shape::Stream => "stream header",
            Shape::Fragment(_) | Shape::Document => "root element",
        };
        let empty = if self.place.of(end).offset == 0 { "the input is empty: " } else { "" };
        format!("{empty}there is no {root}")
    }
}

/// The end tag or reference that `octets` begin with, or else the name; of a long one its beginning.
fn quoted(octets: &[u8]) -> String {
    let is_behind_name = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'=' | b'>');
    let end = match octets.first() {
        Some(b'<') => memchr(b'>', octets).map(|last| last + 1),
        Some(b'&') => memchr(b';', octets).map(|last| last + 1),
        _ => octets.iter().position(is_behind_name),
    };
    let text = octets.get(..end.unwrap_or(octets.len())).unwrap_or_default();
    beginning(&String::from_utf8_lossy(text))
}

fn first_character(octets: &[u8]) -> Option<char> {
    octets.utf8_chunks().next()?.valid().chars().next()
}

/// Whether a start tag stands there; comments and the like are refused for what they are.
fn begins_start_tag(octets: &[u8]) -> bool {
    matches!(octets, [b'<', next, ..] if !matches!(next, b'/' | b'!'))
}
