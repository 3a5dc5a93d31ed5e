//! What it costs that a stream comes in pieces: the same stream given in several ways, and what must be done with
//! pieces whoever reads them.
//!
//! In: a stream. Out: ways through it, to be timed.

use std::hint::black_box;

use tercet::{Input, Limits, Parser};

use crate::floor::{Floor, parse};

/// Octets of a piece: what a TCP segment brings over Ethernet.
pub const PIECE: usize = 1460;

/// A way through a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// tercet, nobody looking, given all at once.
    Whole,
    /// The same, given pieces of [`PIECE`] octets, which mostly cut a stanza.
    Cut,
    /// The same, given pieces that end with a stanza, the last that a [`PIECE`] holds.
    AtStanzas,
    /// The UTF-8 check of all at once.
    Check,
    /// The same of each piece by itself.
    CheckCut,
    /// Each piece copied to where the one before was copied to, which lies in the nearest cache.
    Copy,
}

impl Way {
    pub const ALL: [Self; 6] = [Self::Whole, Self::Cut, Self::AtStanzas, Self::Check, Self::CheckCut, Self::Copy];
}

/// A stream, and the pieces it is given in.
pub struct Ways<'s> {
    stream: &'s [u8],
    cut: Vec<&'s [u8]>,
    at_stanzas: Vec<&'s [u8]>,
}

impl<'s> Ways<'s> {
    pub fn of(stream: &'s [u8]) -> Self {
        Self { stream, cut: stream.chunks(PIECE).collect(), at_stanzas: at_stanzas(stream) }
    }

    pub fn run(&self, way: Way) {
        match way {
            Way::Whole => Floor::Parse.run(self.stream),
            Way::Cut => parse(&self.cut),
            Way::AtStanzas => parse(&self.at_stanzas),
            Way::Check => Floor::Utf8.run(self.stream),
            // One that cuts a character is looked at all the same.
            Way::CheckCut => self.cut.iter().for_each(|piece| Floor::Utf8.run(piece)),
            Way::Copy => {
                let mut buffer = [0; PIECE];
                for piece in &self.cut {
                    buffer[..piece.len()].copy_from_slice(black_box(piece));
                    black_box(&buffer);
                }
            }
        }
    }
}

/// The stream in pieces that end behind a unit, each with as many as [`PIECE`] octets hold, at least one.
fn at_stanzas(stream: &[u8]) -> Vec<&[u8]> {
    let (mut parser, mut input) = (Parser::stream(Limits::CLIENT), Input::new());
    let mut feed = input.with(stream);
    let (mut pieces, mut start, mut end) = (vec![], 0, 0);
    while let Ok(Some(_)) = parser.next(&mut feed) {
        let next = feed.position() as usize;
        if next - start > PIECE && end > start {
            pieces.push(&stream[start..end]);
            start = end;
        }
        end = next;
    }
    pieces.push(&stream[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use tercet_corpora::Kind;

    #[test]
    fn pieces_end_with_stanzas_and_hold_what_fits() {
        let header =
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
        let stanza = |len: usize| format!("<message><body>{}</body></message>", "x".repeat(len));
        let [short, long] = [stanza(500), stanza(3_000)];
        let stream = [header, &short, &short, &short, &long, &short, "</stream:stream>"].concat();
        let pieces = at_stanzas(stream.as_bytes());
        let texts: Vec<&str> = pieces.iter().map(|piece| std::str::from_utf8(piece).unwrap()).collect();
        let first = [header, &short, &short].concat();
        assert!(first.len() <= PIECE && first.len() + short.len() > PIECE);
        let last = [&short, "</stream:stream>"].concat();
        assert_eq!(texts, [first.as_str(), &short, &long, &last]);
    }

    #[test]
    fn ways_stand_where_their_numbers_say() {
        assert!((0..).zip(Way::ALL).all(|(number, way)| way as usize == number));
    }

    #[test]
    fn pieces_are_all_of_the_stream() {
        for kind in Kind::ALL {
            let stream = kind.stream(1, 100_000);
            let ways = Ways::of(&stream);
            assert!(ways.cut.concat() == stream && ways.at_stanzas.concat() == stream, "{}", kind.name());
            assert!(ways.at_stanzas.len() > 10);
            for way in Way::ALL {
                ways.run(way);
            }
        }
    }
}
