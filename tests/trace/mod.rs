//! Everything that a parser says of some octets, to be compared with what it says when they are cut elsewhere, on other
//! instructions, with memory given back in between, and to who wants no tree.
//!
//! In: a maker of parsers, octets, a way of cutting them. Out: a [`Trace`], or a panic that shows where two differ.
//! Knows the public interface alone, so that it holds whatever the parser is made of.
#![allow(dead_code, unreachable_pub, reason = "shared by tests that need different parts of it")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

pub mod dice;
mod speaker;

use std::fmt::Write as _;
use tercet::stanza::{Element, Node, Stanza, Step, Text};
use tercet::stream::{Error, Header, Truncated};
use tercet::{EventReader, Feed, Input, Isa, Limits, Parser, Unit};

use dice::Dice;
use speaker::{Listener, Speaker, Views, Walks};

/// What octets are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Stream,
    Document,
}

/// Makes parsers that are all alike.
#[derive(Clone, Copy, Debug)]
pub struct Make {
    form: Form,
    limits: Limits,
    isa: Isa,
}

impl Make {
    pub fn new(form: Form, limits: Limits, isa: Isa) -> Self {
        Self { form, limits, isa }
    }

    pub fn parser(self) -> Parser {
        let new = if self.form == Form::Stream { Parser::stream } else { Parser::document };
        new(self.limits).with_isa(self.isa)
    }

    pub fn reader(self) -> EventReader {
        let new = if self.form == Form::Stream { EventReader::stream } else { EventReader::document };
        new(self.limits).with_isa(self.isa)
    }

    /// Whether it is the one of its kind that the others are held against, and that is tried with all cuts of long
    /// texts: the others differ in the block scan and the bit instructions of the loop alone.
    pub fn is_first(self) -> bool {
        self.isa == Isa::best()
    }

    fn first(self) -> Self {
        Self { isa: Isa::best(), ..self }
    }

    /// Of how many cuts of a text of `len` octets one is tried.
    pub fn stride(self, len: usize) -> usize {
        if self.is_first() || len <= SHORT { 1 } else { 13 }
    }
}

/// Runs `test` with each kind of parser that this machine can run: all tests that share this module take theirs here.
pub fn with_each(form: Form, limits: Limits, test: impl FnMut(Make)) {
    Isa::available().map(|isa| Make { form, limits, isa }).for_each(test);
}

/// What became of some octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// A line for each thing said.
    pub log: String,
    pub end: End,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Where a stream or document may end.
    Complete,
    /// Too early.
    Truncated(Truncated),
    Refused(Error),
}

/// How octets get to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Lent for one call.
    Lend,
    /// Copied into the input first.
    Push,
    /// Written where the input has room.
    Fill,
    /// Copied, after what memory can be given back was.
    Shrink,
    /// Lent, and what is left behind a unit is left to a feed of its own.
    Leave,
    /// Each way in turn.
    Turns,
}

impl Way {
    const ALL: [Self; 6] = [Self::Lend, Self::Push, Self::Fill, Self::Shrink, Self::Leave, Self::Turns];

    /// The way of the piece called `number`.
    fn of(self, number: usize) -> Self {
        // All but the last, which is this one.
        if self == Self::Turns { Self::ALL[number % (Self::ALL.len() - 1)] } else { self }
    }

    fn feed<'i>(self, input: &'i mut Input, piece: &'i [u8]) -> Feed<'i> {
        match self {
            Self::Push | Self::Shrink => input.push(piece).unwrap(),
            Self::Fill => {
                input.spare_mut(piece.len()).unwrap()[..piece.len()].copy_from_slice(piece);
                input.commit(piece.len());
            }
            Self::Lend | Self::Leave | Self::Turns => return input.with(piece),
        }
        Feed::from(input)
    }
}

/// Reads `pieces` one after the other.
pub fn read<'p>(make: Make, way: Way, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    listen(Views(make.parser()), way, pieces)
}

/// Reads `pieces` as [`hear`] does, by a walk over the views of each stanza.
pub fn walk<'p>(make: Make, way: Way, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    listen(Walks(make.parser()), way, pieces)
}

/// Has `pieces` told by a reader that keeps no tree.
pub fn hear<'p>(make: Make, way: Way, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    listen(Listener::new(make.reader()), way, pieces)
}

fn listen<'p>(mut speaker: impl Speaker, way: Way, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    let (mut input, mut log) = (Input::new(), String::new());
    for (number, piece) in pieces.into_iter().enumerate() {
        let way = way.of(number);
        if way == Way::Shrink {
            speaker.shrink();
            input.shrink();
        }
        let mut feed = way.feed(&mut input, piece);
        loop {
            match speaker.next(&mut feed, &mut log) {
                Ok(true) => writeln!(log, "  up to {}", feed.position()).unwrap(),
                Ok(false) => break,
                Err(error) => {
                    assert_eq!(speaker.next(&mut feed, &mut log), Err(error), "an error stays");
                    drop(feed);
                    for more in [&b"<a/>"[..], b""] {
                        let mut feed = way.feed(&mut input, more);
                        assert_eq!(speaker.next(&mut feed, &mut log), Err(error), "an error stays whatever comes");
                    }
                    return Trace { log, end: End::Refused(error) };
                }
            }
            if way == Way::Leave {
                drop(feed);
                feed = Feed::from(&mut input);
            }
        }
    }
    let end = match speaker.eof(&input) {
        Ok(()) => End::Complete,
        Err(truncated) => End::Truncated(truncated),
    };
    Trace { log, end }
}

/// Texts of so many octets are cut everywhere, whoever reads them.
const SHORT: usize = 128;

/// Sizes of pieces that lie well and badly with what parsers work in.
pub const SIZES: [usize; 8] = [1, 2, 3, 7, 63, 64, 65, 1460];

/// Reads `bytes` whole: what is read in pieces is held against this. Neither instructions nor a reader make a
/// difference.
pub fn whole(make: Make, bytes: &[u8]) -> Trace {
    let whole = read(make, Way::Lend, [bytes]);
    if make.is_first() {
        same(&walk(make, Way::Lend, [bytes]), &hear(make, Way::Lend, [bytes]), bytes, || "told".into());
    } else {
        same(&read(make.first(), Way::Lend, [bytes]), &whole, bytes, || format!("on {}", make.isa));
    }
    whole
}

/// Reads `bytes` whole, in pieces of each of [`SIZES`] and at random: no difference. The trace.
pub fn same_in_pieces(make: Make, bytes: &[u8], dice: &mut Dice) -> Trace {
    let whole = whole(make, bytes);
    for size in SIZES.iter().filter(|size| **size < bytes.len()) {
        same(&whole, &read(make, Way::Lend, bytes.chunks(*size)), bytes, || format!("in pieces of {size}"));
    }
    same(&whole, &read(make, Way::Leave, [bytes]), bytes, || "left after each unit".into());
    let lens = |pieces: &[&[u8]]| pieces.iter().map(|piece| piece.len()).collect::<Vec<_>>();
    for way in Way::ALL {
        let pieces = dice.cut(bytes);
        same(&whole, &read(make, way, pieces.iter().copied()), bytes, || {
            format!("{way:?}, in pieces of {:?}", lens(&pieces))
        });
    }
    let (pieces, way) = (dice.cut(bytes), dice.pick(&Way::ALL));
    same(&walk(make, Way::Lend, [bytes]), &hear(make, way, pieces.iter().copied()), bytes, || {
        format!("told, {way:?}, in pieces of {:?}", lens(&pieces))
    });
    whole
}

/// Reads `bytes` in two pieces, cut everywhere: always `whole`.
pub fn same_in_two(make: Make, bytes: &[u8], whole: &Trace) {
    let told = walk(make, Way::Lend, [bytes]);
    for at in (1..bytes.len()).step_by(make.stride(bytes.len())) {
        let (head, tail) = bytes.split_at(at);
        same(whole, &read(make, Way::Lend, [head, tail]), bytes, || format!("cut at {at}"));
        same(&told, &hear(make, Way::Lend, [head, tail]), bytes, || format!("told, cut at {at}"));
    }
}

/// Two readings of the same octets, the second read in another way, must be one.
#[track_caller]
pub fn same(whole: &Trace, cut: &Trace, bytes: &[u8], how: impl Fn() -> String) {
    if whole == cut {
        return;
    }
    let pairs = || whole.log.lines().zip(cut.log.lines());
    let place = pairs().position(|(one, other)| one != other).unwrap_or_else(|| pairs().count());
    let line = |trace: &Trace| trace.log.lines().nth(place).unwrap_or("").to_owned();
    panic!(
        "{}, differs from the whole\n  whole: {:?} {}\n  cut:   {:?} {}\n  octets: {}",
        how(),
        whole.end,
        line(whole),
        cut.end,
        line(cut),
        bytes.escape_ascii()
    );
}

fn write_unit(unit: Unit<'_>, log: &mut String) {
    match unit {
        Unit::Header(header) => write_header(header, log),
        Unit::Stanza(stanza) => write_stanza(stanza, log),
        Unit::Text => log.push_str("text\n"),
        Unit::Close => log.push_str("close\n"),
        other => panic!("a unit of another kind: {other:?}"),
    }
}

fn write_header(header: Header<'_>, log: &mut String) {
    writeln!(log, "header {}", header.raw()).unwrap();
    let heads = [("to", header.to()), ("from", header.from()), ("id", header.id()), ("version", header.version())];
    write_heads(header.element(), &heads, header.lang(), log);
    write_element(header.element(), header.raw(), log);
    writeln!(log, "  content {:?}", header.content_namespace()).unwrap();
}

fn write_stanza(stanza: Stanza<'_>, log: &mut String) {
    writeln!(log, "stanza {:?} {}", stanza.kind(), stanza.raw()).unwrap();
    let heads = [("to", stanza.to()), ("from", stanza.from()), ("id", stanza.id()), ("type", stanza.ty())];
    write_heads(stanza.root(), &heads, stanza.lang(), log);
    for (name, _) in heads {
        writeln!(log, "  {name} at {:?}", stanza.attr_range(name)).unwrap();
    }
    let mut outer: Vec<_> = stanza.outer_bindings().collect();
    outer.sort_unstable();
    writeln!(log, "  outer {outer:?}").unwrap();
    let mut depth = 0_u32;
    for step in stanza.root().walk() {
        match step {
            Step::Enter(element) => {
                depth += 1;
                write_element(element, stanza.raw(), log);
            }
            Step::Text(text) => write_text(text, stanza.raw(), log),
            Step::Leave(element) => {
                depth -= 1;
                writeln!(log, "  leave {}", element.qname()).unwrap();
            }
            other => panic!("a step of another kind: {other:?}"),
        }
    }
    assert_eq!(depth, 0, "whatever is entered is left");
    for element in core::iter::once(stanza.root()).chain(stanza.root().elements()) {
        let walked = element.walk().filter_map(|step| match step {
            Step::Enter(element) => Some(place(element.raw(), stanza.raw())),
            Step::Text(text) => Some(place(text.raw(), stanza.raw())),
            _ => None,
        });
        let listed = element.descendants().map(|node| match node {
            Node::Element(element) => place(element.raw(), stanza.raw()),
            Node::Text(text) => place(text.raw(), stanza.raw()),
            other => panic!("a node of another kind: {other:?}"),
        });
        assert!(listed.eq(walked), "descendants of {element:?}");
    }
}

/// The attributes that are found ahead of time, which must be those that a search finds.
fn write_heads(root: Element<'_>, heads: &[(&str, Option<Text<'_>>)], lang: Option<Text<'_>>, log: &mut String) {
    let decoded = |text: Option<Text<'_>>| text.map(|text| text.decode().into_owned());
    for (name, text) in heads {
        assert_eq!(decoded(*text), decoded(root.attr(name)), "{name} of {root:?}");
        writeln!(log, "  {name} {text:?}").unwrap();
    }
    assert_eq!(decoded(lang), decoded(root.lang()), "xml:lang of {root:?}");
    writeln!(log, "  lang {lang:?}").unwrap();
}

fn write_element(element: Element<'_>, unit: &str, log: &mut String) {
    let (whole, tag) = (place(element.raw(), unit), place(element.start_tag_raw(), unit));
    let (name, prefix) = (element.name(), element.prefix());
    writeln!(log, "  enter {whole:?} {tag:?} {name:?} {:?}|{prefix:?}|{}", element.ns(), element.local()).unwrap();
    for (prefix, ns) in element.declarations() {
        writeln!(log, "    xmlns {prefix:?} {:?} {ns:?}", place(ns.raw(), unit)).unwrap();
    }
    for attr in element.attrs() {
        let (name, prefix, value) = (attr.name(), attr.prefix(), attr.value());
        write!(log, "    attr {name:?} {:?}|{prefix:?}|{} ", attr.ns(), attr.local()).unwrap();
        write_text(value, unit, log);
        assert!(element.attr_ns(attr.ns(), attr.local()).is_some(), "{attr:?} is found by its name");
    }
}

fn write_text(text: Text<'_>, unit: &str, log: &mut String) {
    let value = text.decode();
    assert!(text == *value, "{text:?} is what it decodes to");
    assert_eq!(text.len(), value.len(), "octets of {text:?}");
    assert_eq!(text.as_plain().is_some(), text.raw() == value, "{text:?} is plain where it reads as written");
    writeln!(log, "  text {:?} plain {} {value:?}", place(text.raw(), unit), text.as_plain().is_some()).unwrap();
}

/// Where `part` lies in `unit`.
fn place(part: &str, unit: &str) -> (usize, usize) {
    let start = (part.as_ptr() as usize).wrapping_sub(unit.as_ptr() as usize);
    assert!(part.is_empty() || unit.get(start..start + part.len()) == Some(part), "{part:?} is lent from its unit");
    (if part.is_empty() { 0 } else { start }, part.len())
}
