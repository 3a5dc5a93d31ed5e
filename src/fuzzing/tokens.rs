//! Tokens, units and errors are the same however the bytes are cut, and errors are final.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{cuts, meaning};
use crate::stream::{Feed, Input, Parser, Unit};
use crate::token::Tokenizer;
use crate::{Limits, stream};

/// Reads `bytes` as bare tokens, as a stream and as a document, each whole and in pieces.
///
/// # Panics
/// Where the pieces make a difference, or an error does not stay.
pub fn tokens(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        same(bytes, |pieces| bare(text, pieces));
    }
    for limits in [Limits::PRE_LOGIN, Limits::NONE, TIGHT] {
        same(bytes, |pieces| Reading::new(Parser::stream(limits), Way::Lend).read(pieces));
        same(bytes, |pieces| Reading::new(Parser::document(limits), Way::Lend).read(pieces));
        let lent = Reading::new(Parser::stream(limits), Way::Lend).read(&[bytes]);
        same(bytes, |pieces| {
            let pushed = Reading::new(Parser::stream(limits), Way::Push).read(pieces);
            assert_eq!(pushed, lent, "pushed and lent bytes differ");
            pushed
        });
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
}

struct Reading {
    parser: Parser,
    way: Way,
    input: Input,
    log: Vec<String>,
}

impl Reading {
    fn new(parser: Parser, way: Way) -> Self {
        Self { parser, way, input: Input::new(), log: Vec::new() }
    }

    /// Everything that the parser says of `pieces`, with offsets.
    fn read(mut self, pieces: &[&[u8]]) -> Vec<String> {
        for piece in pieces {
            if let Err(error) = self.feed(piece) {
                assert_eq!(self.feed(b"<a/>"), Err(error), "an error that does not stay");
                assert_eq!(self.feed(b""), Err(error), "an error that does not stay");
                self.log.push(format!("{error:?}"));
                return self.log;
            }
        }
        self.log.push(format!("{:?}", self.parser.eof(&self.input)));
        self.log
    }

    fn feed(&mut self, piece: &[u8]) -> Result<(), stream::Error> {
        let mut feed: Feed<'_> = match self.way {
            Way::Lend => self.input.with(piece),
            Way::Push => {
                self.input.push(piece)?;
                Feed::from(&mut self.input)
            }
        };
        while let Some(unit) = self.parser.next(&mut feed)? {
            let said = match unit {
                Unit::Header(header) => format!("{header:?} {:?}", meaning(header.element())),
                Unit::Stanza(stanza) => format!("{} {:?}", stanza.raw(), meaning(stanza.root())),
                Unit::Text => String::from("text"),
                Unit::Close => String::from("close"),
            };
            self.log.push(format!("{} {said}", feed.position()));
        }
        Ok(())
    }
}
