//! Everything that a parser says of some octets, to be compared with what it says when they are cut elsewhere.
//!
//! In: a maker of parsers, octets, a way of cutting them. Out: a [`Trace`], or a panic that shows where two differ.
//! Knows the public interface alone, so that it holds whatever the parser is made of.
#![allow(dead_code, unreachable_pub, reason = "shared by tests that need different parts of it")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

pub mod dice;

use std::fmt::Write as _;
use tercet::stanza::{Element, Stanza, Step, Text};
use tercet::stream::{Error, Header};
use tercet::{Feed, Input, Limits, Parser, Unit};

use dice::Dice;

/// Makes parsers that are all alike.
pub type Make<'m> = &'m dyn Fn() -> Parser;

/// Runs `test` with each kind of parser that this machine can run: all tests that share this module take theirs here.
pub fn with_each(new: fn(Limits) -> Parser, limits: Limits, mut test: impl FnMut(Make<'_>)) {
    test(&|| new(limits));
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
    /// Too early, after so many octets.
    Truncated(u64),
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
    /// Lent, and what is left behind a unit is left to a feed of its own.
    Leave,
    /// Each way in turn.
    Turns,
}

impl Way {
    const ALL: [Self; 5] = [Self::Lend, Self::Push, Self::Fill, Self::Leave, Self::Turns];

    /// The way of the piece called `number`.
    fn of(self, number: usize) -> Self {
        if self == Self::Turns { Self::ALL[number % 4] } else { self }
    }

    fn feed<'i>(self, input: &'i mut Input, piece: &'i [u8]) -> Feed<'i> {
        match self {
            Self::Push => input.push(piece).unwrap(),
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
pub fn read<'p>(make: Make<'_>, way: Way, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    let (mut parser, mut input, mut log) = (make(), Input::new(), String::new());
    let mut is_empty = false;
    for (number, piece) in pieces.into_iter().enumerate() {
        let way = way.of(number);
        let mut feed = way.feed(&mut input, piece);
        loop {
            match parser.next(&mut feed) {
                Ok(Some(unit)) => {
                    is_empty |= matches!(unit, Unit::Header(header) if header.raw().ends_with("/>"));
                    write_unit(unit, &mut log);
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(parser.next(&mut feed).unwrap_err(), error, "an error stays");
                    return Trace { log, end: End::Refused(error) };
                }
            }
            // A stream that is one empty tag closes without a tag; how much white space is gone by then is open.
            if !is_empty {
                writeln!(log, "  up to {}", feed.position()).unwrap();
            }
            if way == Way::Leave {
                drop(feed);
                feed = Feed::from(&mut input);
            }
        }
    }
    let end = match parser.eof(&input) {
        Ok(()) => End::Complete,
        Err(truncated) => End::Truncated(truncated.at),
    };
    Trace { log, end }
}

/// Sizes of pieces that lie well and badly with what parsers work in.
pub const SIZES: [usize; 8] = [1, 2, 3, 7, 63, 64, 65, 1460];

/// Reads `bytes` whole, in pieces of each of [`SIZES`] and at random: no difference. The trace.
pub fn same_in_pieces(make: Make<'_>, bytes: &[u8], dice: &mut Dice) -> Trace {
    let whole = read(make, Way::Lend, [bytes]);
    for size in SIZES.into_iter().filter(|size| *size < bytes.len()) {
        same(&whole, &read(make, Way::Lend, bytes.chunks(size)), bytes, || format!("in pieces of {size}"));
    }
    same(&whole, &read(make, Way::Leave, [bytes]), bytes, || "left after each unit".into());
    for way in Way::ALL {
        let pieces = dice.cut(bytes);
        same(&whole, &read(make, way, pieces.iter().copied()), bytes, || {
            format!("{way:?}, in pieces of {:?}", pieces.iter().map(|piece| piece.len()).collect::<Vec<_>>())
        });
    }
    whole
}

/// Reads `bytes` in two pieces, cut everywhere: always `whole`.
pub fn same_in_two(make: Make<'_>, bytes: &[u8], whole: &Trace) {
    for at in 1..bytes.len() {
        let (head, tail) = bytes.split_at(at);
        same(whole, &read(make, Way::Lend, [head, tail]), bytes, || format!("cut at {at}"));
    }
}

fn same(whole: &Trace, cut: &Trace, bytes: &[u8], how: impl Fn() -> String) {
    if whole == cut {
        return;
    }
    let place = whole.log.lines().zip(cut.log.lines()).position(|(one, other)| one != other);
    let line = |trace: &Trace| place.and_then(|at| trace.log.lines().nth(at)).unwrap_or("").to_owned();
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
    assert_eq!(text.as_plain().is_some(), text.raw() == value, "{text:?} is plain where it reads as written");
    writeln!(log, "  text {:?} plain {} {value:?}", place(text.raw(), unit), text.as_plain().is_some()).unwrap();
}

/// Where `part` lies in `unit`.
fn place(part: &str, unit: &str) -> (usize, usize) {
    let start = (part.as_ptr() as usize).wrapping_sub(unit.as_ptr() as usize);
    assert!(part.is_empty() || unit.get(start..start + part.len()) == Some(part), "{part:?} is lent from its unit");
    (if part.is_empty() { 0 } else { start }, part.len())
}
