//! Tokens, units and errors are the same however the bytes are cut, on whatever instructions, as a reader tells them that
//! keeps no tree, and with memory given back in between; and errors are final.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{attributes, cuts, meaning, whim};
use crate::scan::Isa;
use crate::stanza::{Element, Sink, Step, Text};
use crate::stream::{EventReader, Feed, Input, Parser, Unit, UnitKind};
use crate::token::Tokenizer;
use crate::{Limits, stream};

/// Reads `bytes` as bare tokens, as a stream and as a document, each whole and in pieces, on each instruction set.
///
/// # Panics
/// Where any of that makes a difference, a reader tells what a walk does not find, or an error does not stay.
pub fn tokens(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        same(bytes, |pieces| bare(text, pieces));
    }
    for limits in [Limits::PRE_LOGIN, Limits::NONE, TIGHT] {
        read(bytes, |isa| Parser::stream(limits).with_isa(isa), |isa| EventReader::stream(limits).with_isa(isa));
        read(bytes, |isa| Parser::document(limits).with_isa(isa), |isa| EventReader::document(limits).with_isa(isa));
    }
}

fn read(bytes: &[u8], parser: impl Fn(Isa) -> Parser, reader: impl Fn(Isa) -> EventReader) {
    let views = |isa, way, pieces: &[&[u8]]| Reading::new(Views(parser(isa)), way).read(pieces);
    let told = |isa, way, pieces: &[&[u8]]| Reading::new(Told::by(reader(isa)), way).read(pieces);
    let lent = views(Isa::best(), Way::Lend, &[bytes]);
    let walked = Reading::new(Walks(parser(Isa::best())), Way::Lend).read(&[bytes]);
    same(bytes, |pieces| views(Isa::best(), Way::Lend, pieces));
    same(bytes, |pieces| {
        let pushed = views(Isa::best(), Way::Push, pieces);
        assert_eq!(pushed, lent, "pushed and lent bytes differ");
        pushed
    });
    same(bytes, |pieces| {
        assert_eq!(views(Isa::best(), Way::Shrink, pieces), lent, "giving memory back makes a difference");
        let shrunk = told(Isa::best(), Way::Shrink, pieces);
        assert_eq!(shrunk, walked, "giving memory back makes a difference to what is told");
        shrunk
    });
    same(bytes, |pieces| {
        let told = told(Isa::best(), Way::Lend, pieces);
        assert_eq!(told, walked, "told otherwise than walked");
        told
    });
    // Instruction sets differ in how they scan what there is: few cuts tell as much of them.
    for isa in Isa::available().skip(1) {
        assert_eq!(views(isa, Way::Lend, &[bytes]), lent, "{isa} makes a difference");
        assert_eq!(told(isa, Way::Push, &whim(bytes)), walked, "{isa} makes a difference in pieces");
    }
}

/// Limits that short inputs can cross.
const TIGHT: Limits = Limits {
    stanza_bytes: 100,
    elements: 4,
    depth: 3,
    attributes: 3,
    declarations: 2,
    bindings: 4,
    name_bytes: 12,
    namespace_bytes: 40,
};

fn same(bytes: &[u8], read: impl Fn(&[&[u8]]) -> Vec<String>) {
    let [whole, single, whim] = cuts(bytes);
    let expected = read(&whole);
    assert_eq!(read(&single), expected, "in single bytes");
    assert_eq!(read(&whim), expected, "in pieces {:?}", whim.iter().map(|piece| piece.len()).collect::<Vec<_>>());
}

/// The tokens of `text`, seen through a window that grows by `pieces` as far as characters allow.
fn bare(text: &str, pieces: &[&[u8]]) -> Vec<String> {
    let (mut tokenizer, mut log, mut end) = (Tokenizer::new(64), Vec::new(), 0);
    for piece in pieces {
        end += piece.len();
        let Some(window) = text.get(..end) else { continue };
        loop {
            match tokenizer.next(window) {
                Ok(Some(token)) => log.push(format!("{token:?}")),
                Ok(None) => break,
                Err(error) => {
                    log.push(format!("{error:?}"));
                    return log;
                }
            }
        }
    }
    log
}

/// How bytes get to a parser.
#[derive(Clone, Copy)]
enum Way {
    /// As a slice for one call.
    Lend,
    /// Copied into the input first.
    Push,
    /// The same, and what memory can be given back is, before and after.
    Shrink,
}

/// One who can be asked what bytes say.
trait Speaker {
    /// What the next unit says.
    fn next(&mut self, feed: &mut Feed<'_>) -> Result<Option<String>, stream::Error>;

    fn eof(&self, input: &Input) -> Result<(), stream::Truncated>;

    fn shrink(&mut self);
}

/// A parser, by its views.
struct Views(Parser);

impl Speaker for Views {
    fn next(&mut self, feed: &mut Feed<'_>) -> Result<Option<String>, stream::Error> {
        Ok(self.0.next(feed)?.map(|unit| match unit {
            Unit::Header(header) => format!("{header:?} {:?}", meaning(header.element())),
            Unit::Stanza(stanza) => format!("{} {:?}", stanza.raw(), meaning(stanza.root())),
            Unit::Text => String::from("text"),
            Unit::Close => String::from("close"),
        }))
    }

    fn eof(&self, input: &Input) -> Result<(), stream::Truncated> {
        self.0.eof(input)
    }

    fn shrink(&mut self) {
        self.0.shrink();
    }
}

/// A parser, by a walk over its views, to be held against [`Told`].
struct Walks(Parser);

impl Speaker for Walks {
    fn next(&mut self, feed: &mut Feed<'_>) -> Result<Option<String>, stream::Error> {
        Ok(self.0.next(feed)?.map(|unit| match unit {
            Unit::Header(header) => format!("{header:?} {:?}", meaning(header.element())),
            Unit::Stanza(stanza) => {
                let mut outline = Outline::default();
                for step in stanza.root().walk() {
                    match step {
                        Step::Enter(element) => outline.start(element),
                        Step::Text(text) => outline.text(text),
                        Step::Leave(element) => outline.end(element),
                    }
                }
                outline.0
            }
            Unit::Text => String::from("text"),
            Unit::Close => String::from("close"),
        }))
    }

    fn eof(&self, input: &Input) -> Result<(), stream::Truncated> {
        self.0.eof(input)
    }

    fn shrink(&mut self) {
        self.0.shrink();
    }
}

/// A reader that keeps no tree, by what it tells.
struct Told {
    reader: EventReader,
    /// What was told of the stanza in progress.
    outline: Outline,
}

impl Told {
    fn by(reader: EventReader) -> Self {
        Self { reader, outline: Outline::default() }
    }
}

impl Speaker for Told {
    fn next(&mut self, feed: &mut Feed<'_>) -> Result<Option<String>, stream::Error> {
        let Some(kind) = self.reader.next(feed, &mut self.outline)? else { return Ok(None) };
        let told = core::mem::take(&mut self.outline.0);
        assert_eq!(told.is_empty(), kind != UnitKind::Stanza, "of stanzas alone something is told");
        Ok(Some(match (kind, self.reader.header(feed)) {
            (UnitKind::Header, Some(header)) => format!("{header:?} {:?}", meaning(header.element())),
            (UnitKind::Stanza, None) => told,
            (UnitKind::Text, None) => String::from("text"),
            (UnitKind::Close, None) => String::from("close"),
            other => panic!("a header for what is none, or none for what is: {other:?}"),
        }))
    }

    fn eof(&self, input: &Input) -> Result<(), stream::Truncated> {
        self.reader.eof(input)
    }

    fn shrink(&mut self) {
        self.reader.shrink();
    }
}

/// Tags and runs of text, one behind the other.
#[derive(Default)]
struct Outline(String);

impl Sink for Outline {
    fn start(&mut self, element: Element<'_>) {
        let (ns, local) = (element.ns(), element.local());
        self.0 += &format!("<{} {{{ns}}}{local} {:?}>", element.start_tag_raw(), attributes(element));
    }

    fn text(&mut self, run: Text<'_>) {
        self.0.push('[');
        run.decode_into(&mut self.0);
        self.0.push(']');
    }

    fn end(&mut self, element: Element<'_>) {
        self.0 += &format!("</{} {{{}}}{}>", element.raw(), element.ns(), element.local());
    }
}

struct Reading<S> {
    speaker: S,
    way: Way,
    input: Input,
    log: Vec<String>,
}

impl<S: Speaker> Reading<S> {
    fn new(speaker: S, way: Way) -> Self {
        Self { speaker, way, input: Input::new(), log: Vec::new() }
    }

    /// Everything that is said of `pieces`, with offsets.
    fn read(mut self, pieces: &[&[u8]]) -> Vec<String> {
        for piece in pieces {
            if let Err(error) = self.feed(piece) {
                assert_eq!(self.feed(b"<a/>"), Err(error), "an error that does not stay");
                assert_eq!(self.feed(b""), Err(error), "an error that does not stay");
                self.log.push(format!("{error:?}"));
                return self.log;
            }
        }
        self.log.push(format!("{:?}", self.speaker.eof(&self.input)));
        self.log
    }

    fn feed(&mut self, piece: &[u8]) -> Result<(), stream::Error> {
        if matches!(self.way, Way::Shrink) {
            self.speaker.shrink();
            self.input.shrink();
        }
        let mut feed: Feed<'_> = match self.way {
            Way::Lend => self.input.with(piece),
            Way::Push | Way::Shrink => {
                self.input.push(piece)?;
                Feed::from(&mut self.input)
            }
        };
        while let Some(said) = self.speaker.next(&mut feed)? {
            self.log.push(format!("{} {said}", feed.position()));
        }
        Ok(())
    }
}
