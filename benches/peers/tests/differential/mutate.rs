//! Breaks texts, or does not: octets and tokens inserted, deleted, repeated, exchanged, texts joined and cut off.

use std::ops::Range;

use crate::grammar::{BAD_OCTETS, Case};
use crate::trace::dice::Dice;

/// What matters to a parser, wherever it is put.
const TOKENS: &[&str] = &[
    "<",
    ">",
    "/",
    "/>",
    "</",
    "<a>",
    "</a>",
    "<a/>",
    "&",
    ";",
    "&amp;",
    "&#",
    "&#x",
    "&#x0;",
    "'",
    "\"",
    "=",
    ":",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "]",
    "]]>",
    "<![CDATA[",
    "<![CDATA[]]>",
    "<![CDAT",
    "<!",
    "<!--",
    "-->",
    "<!-- x -->",
    "<?",
    "?>",
    "<?x y?>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE",
    "<!DOCTYPE a>",
    "xmlns",
    "xmlns=''",
    " xmlns=''",
    " xmlns:p='urn:p'",
    " xmlns:p=''",
    " xmlns:q='urn:p'",
    "xml:",
    "p:",
    " p:a='1'",
    " q:a='1'",
    " xml:lang='x'",
    " a='1'",
    " to='a'",
    "\u{0}",
    "\u{1}",
    "\u{7f}",
    "\u{feff}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{e9}",
    "\u{65e5}",
    "\u{1f600}",
    "\u{d7}",
    "\u{b7}",
    "\u{300}",
    "&nbsp;",
    "-",
    "1",
    "a",
    "!",
    "?",
    "</stream:stream>",
    "</s>",
];

/// Does to the body of `case` what the dice want: a third of all cases stay as they are.
pub(crate) fn mutate(case: &mut Case, other: &Case, dice: &mut Dice) {
    for _ in 0..dice.pick(&[0, 0, 1, 1, 1, 2, 4]) {
        let before = case.bytes.len();
        let within = case.body.clone();
        once(&mut case.bytes, &within, other, dice);
        let end = (case.body.end + case.bytes.len()).saturating_sub(before);
        case.body.end = end.clamp(case.body.start, case.bytes.len());
    }
}

fn once(bytes: &mut Vec<u8>, body: &Range<usize>, other: &Case, dice: &mut Dice) {
    if body.is_empty() {
        return;
    }
    let at = body.start + dice.below(body.len());
    match dice.below(16) {
        0 => bytes[at] ^= 1 << dice.below(8),
        1 => bytes[at] = dice.bits() as u8,
        2 => bytes[at] = dice.pick(b"<>&'\"/=:;]![ \t\r\n?-#xa1\x00\x80\xc3\xef\xff"),
        3 => insert(bytes, at, dice.pick(BAD_OCTETS)),
        4..7 => insert(bytes, at, dice.pick(TOKENS).as_bytes()),
        7 => {
            bytes.remove(at);
        }
        8 => {
            let end = body.end.min(at + 1 + dice.below(12));
            bytes.drain(at..end);
        }
        9 => insert(bytes, at, &b" \n\taA\r"[dice.below(6)..][..1].repeat(dice.below(131))),
        10 => {
            let piece = token(bytes, body, at);
            bytes.drain(piece);
        }
        11 => {
            let piece = bytes[token(bytes, body, at)].to_vec();
            let place = token(bytes, body, body.start + dice.below(body.len())).start;
            insert(bytes, place, &piece);
        }
        12 => swap(bytes, token(bytes, body, at), token(bytes, body, body.start + dice.below(body.len()))),
        13 => {
            // The end of another text from here on, each cut at a token where possible.
            let foreign = other.body.start + dice.below(other.body.len().max(1));
            let from = if other.body.is_empty() { foreign } else { token(&other.bytes, &other.body, foreign).start };
            let to = token(bytes, body, at).start;
            bytes.splice(to..body.end, other.bytes[from..other.body.end].iter().copied());
        }
        14 => {
            let from = other.body.start + dice.below(other.body.len().max(1));
            let to = other.body.end.min(from + dice.below(60));
            insert(bytes, at, &other.bytes[from.min(to)..to]);
        }
        _ => bytes.truncate(at),
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Exchanges two pieces, where they do not overlap.
fn swap(bytes: &mut Vec<u8>, one: Range<usize>, other: Range<usize>) {
    let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
    if first.end > second.start {
        return;
    }
    let swapped = [&bytes[second.clone()], &bytes[first.end..second.start], &bytes[first.clone()]].concat();
    bytes.splice(first.start..second.end, swapped);
}

/// What a person would call the piece around `at`: a tag's head, an attribute, a text.
fn token(bytes: &[u8], body: &Range<usize>, at: usize) -> Range<usize> {
    let begins = |place: usize| place == body.start || matches!(bytes[place], b'<' | b' ') || bytes[place - 1] == b'>';
    let start = (body.start..=at).rev().find(|place| begins(*place)).unwrap_or(at);
    let end = (at + 1..body.end).find(|place| begins(*place)).unwrap_or(body.end);
    start..end
}
