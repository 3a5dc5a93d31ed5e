//! Those who can be asked what some octets say: a parser by its views, a parser by a walk over them, and a reader that
//! keeps no tree. The last two must say the same.

use std::fmt::Write as _;
use tercet::stanza::{Element, Sink, Step, Text};
use tercet::stream::{Error, Truncated, UnitKind};
use tercet::{EventReader, Feed, Input, Parser, Unit};

/// One who reads and writes down what was read.
pub(super) trait Speaker {
    /// Writes the next unit to `log`; whether there was one.
    fn next(&mut self, feed: &mut Feed<'_>, log: &mut String) -> Result<bool, Error>;

    fn eof(&self, input: &Input) -> Result<(), Truncated>;

    /// Gives back what memory it can.
    fn shrink(&mut self);
}

/// All that the views of a unit say.
pub(super) struct Views(pub(super) Parser);

impl Speaker for Views {
    fn next(&mut self, feed: &mut Feed<'_>, log: &mut String) -> Result<bool, Error> {
        let unit = self.0.next(feed)?;
        Ok(unit.map(|unit| super::write_unit(unit, log)).is_some())
    }

    fn eof(&self, input: &Input) -> Result<(), Truncated> {
        self.0.eof(input)
    }

    fn shrink(&mut self) {
        self.0.shrink();
    }
}

/// What a walk over the views finds.
pub(super) struct Walks(pub(super) Parser);

impl Speaker for Walks {
    fn next(&mut self, feed: &mut Feed<'_>, log: &mut String) -> Result<bool, Error> {
        match self.0.next(feed)? {
            None => return Ok(false),
            Some(Unit::Header(header)) => super::write_header(header, log),
            Some(Unit::Stanza(stanza)) => {
                log.push_str("stanza\n");
                let mut outline = Outline::default();
                for step in stanza.root().walk() {
                    match step {
                        Step::Enter(element) => outline.enter(element),
                        Step::Text(text) => {
                            assert!(outline.text.is_empty(), "a view has a run as a whole: {text:?} in {outline:?}");
                            outline.piece(text);
                        }
                        Step::Leave(element) => outline.end(element),
                        other => panic!("a step of another kind: {other:?}"),
                    }
                }
                log.push_str(&outline.take());
            }
            Some(Unit::Text) => log.push_str("text\n"),
            Some(Unit::Close) => log.push_str("close\n"),
            Some(other) => panic!("a unit of another kind: {other:?}"),
        }
        Ok(true)
    }

    fn eof(&self, input: &Input) -> Result<(), Truncated> {
        self.0.eof(input)
    }

    fn shrink(&mut self) {
        self.0.shrink();
    }
}

/// What a reader tells. Of a stanza that is not over nothing counts.
pub(super) struct Listener {
    reader: EventReader,
    outline: Outline,
}

impl Listener {
    pub(super) fn new(reader: EventReader) -> Self {
        Self { reader, outline: Outline::default() }
    }
}

impl Speaker for Listener {
    fn next(&mut self, feed: &mut Feed<'_>, log: &mut String) -> Result<bool, Error> {
        let Some(kind) = self.reader.next(feed, &mut self.outline)? else { return Ok(false) };
        assert_eq!(self.reader.header(feed).is_some(), kind == UnitKind::Header);
        match kind {
            UnitKind::Header => super::write_header(self.reader.header(feed).unwrap(), log),
            UnitKind::Stanza => {
                log.push_str("stanza\n");
                log.push_str(&self.outline.take());
            }
            UnitKind::Text => log.push_str("text\n"),
            UnitKind::Close => log.push_str("close\n"),
            other => panic!("a unit of another kind: {other:?}"),
        }
        assert!(self.outline.is_empty(), "nothing is told of what is no stanza: {:?}", self.outline);
        Ok(true)
    }

    fn eof(&self, input: &Input) -> Result<(), Truncated> {
        self.reader.eof(input)
    }

    fn shrink(&mut self) {
        self.reader.shrink();
    }
}

/// The tags and the text of a stanza, a line each; neighbouring pieces of text are one.
#[derive(Debug, Default)]
struct Outline {
    log: String,
    text: String,
    depth: usize,
}

impl Outline {
    fn enter(&mut self, element: Element<'_>) {
        self.end_run();
        self.depth += 1;
        let (name, log) = (element.name(), &mut self.log);
        write!(log, "  start {} {name:?} {:?}", element.start_tag_raw(), element.ns()).unwrap();
        writeln!(log, " {:?}|{}|{}", element.prefix(), element.local(), element.qname()).unwrap();
        for (prefix, ns) in element.declarations() {
            writeln!(log, "    xmlns {prefix:?} {ns:?}").unwrap();
        }
        for attr in element.attrs() {
            let (ns, value) = (attr.ns(), attr.value());
            let name = (attr.name(), attr.prefix(), attr.local());
            writeln!(log, "    attr {name:?} {ns:?} {} {:?}", value.as_plain().is_some(), value.decode()).unwrap();
        }
    }

    fn piece(&mut self, text: Text<'_>) {
        assert!(self.depth > 0, "text outside of the stanza");
        assert!(!text.is_empty(), "nothing is told where nothing came");
        assert_eq!(
            text.as_plain().is_some(),
            text.raw() == text.decode(),
            "{text:?} is plain where it reads as written"
        );
        text.decode_into(&mut self.text);
    }

    fn end_run(&mut self) {
        if !self.text.is_empty() {
            writeln!(self.log, "  text {:?}", self.text).unwrap();
            self.text.clear();
        }
    }

    fn is_empty(&self) -> bool {
        self.log.is_empty() && self.text.is_empty()
    }

    /// All of a stanza, which is over.
    fn take(&mut self) -> String {
        assert!(self.depth == 0 && self.text.is_empty(), "whatever begins ends: {self:?}");
        std::mem::take(&mut self.log)
    }
}

impl Sink for Outline {
    fn start(&mut self, element: Element<'_>) {
        assert!(element.children().next().is_none(), "an element that begins looks empty: {element:?}");
        self.enter(element);
    }

    fn text(&mut self, piece: Text<'_>) {
        self.piece(piece);
    }

    fn end(&mut self, element: Element<'_>) {
        self.end_run();
        self.depth = self.depth.checked_sub(1).expect("only what has begun ends");
        writeln!(self.log, "  end {} {:?} {:?}", element.raw(), element.name(), element.ns()).unwrap();
    }
}
