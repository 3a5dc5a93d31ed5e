//! Hostile texts cost what others do: how many octets are looked at for each that comes, at any chunking, on any
//! instructions.
//!
//! Counted are octets that the block scan, the searches by class, the check of UTF-8 and the looks at names pass over;
//! a block that is scanned for some of its octets counts as those. Each text here has the blocks scanned in vain, or
//! has the reader leave the straight line, as often as can be.
#![allow(clippy::unwrap_used)]

use super::tests::Deaf;
use super::{EventReader, Input, Parser};
use crate::limits::Limits;
use crate::scan::{self, Isa};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Octets looked at for each one that comes, at most. Most texts take 2: UTF-8, and the block scan or the tokenizer.
/// Where tiny CDATA sections spoil the index, 64 octets are scanned anew for each of 12.
const BOUND: f64 = 8.0;

/// What one text may cost more than a text that is a quarter as long.
const GROWTH: f64 = 1.1;

/// How the octets come: at once, and in pieces of so many.
const PIECES: [usize; 6] = [usize::MAX, 1_460, 64, 63, 3, 1];

/// What spoils the index of structure, repeated: `{}` is a number that grows.
const REPEATED: [(&str, &str); 35] = [
    ("empty CDATA sections", "<![CDATA[]]>"),
    ("tiny CDATA sections", "<![CDATA[x]]>"),
    ("CDATA sections of markup", "<![CDATA[<b c='&>']]>"),
    ("CDATA sections between text", "text<![CDATA[x]]>"),
    ("CDATA sections between elements", "<b/><![CDATA[x]]>"),
    ("CDATA sections a block apart", "<![CDATA[]]>0123456789012345678901234567890123456789012345678901234567890123"),
    ("CDATA sections in elements", "<b><![CDATA[x]]></b>"),
    ("'>' in values", "<b c='>'/>"),
    ("'>' in many values", "<b c='>' d='>>' e='>>>'>></b>"),
    ("'/>' in values", "<b c='/>' d='b/>'/>"),
    ("unknown elements", "<u{}/>"),
    ("unknown elements with ends", "<u{}></u{}>"),
    ("unknown attributes", "<b u{}='1'/>"),
    ("unknown names of 17 octets", "<an-unknown-name-{} an-unknown-attr-{}=''/>"),
    ("prefixes", "<p:b p:c{}='1'/>"),
    ("declarations", "<b xmlns='urn:{}'/>"),
    ("declarations of prefixes", "<b xmlns:q{}='urn:{}'/>"),
    ("references by number", "&#65;"),
    ("references by number between elements", "&#65;<b/>"),
    ("references by number in values", "<b c='&#65;&#65;'/>"),
    ("references by name", "&amp;&lt;"),
    ("references by name in values", "<b c='&amp;' d='&lt;'/>"),
    ("brackets", "]"),
    ("brackets between elements", "]]<b/>]] ><b/>"),
    ("tabs in tags", "<b\tc='1'\td='2'\t/>"),
    ("line feeds in tags", "<b\n\n\n\n></b\n>"),
    ("spaces in tags", "<b  c='1'  d = '2'  ></b  >"),
    ("tabs in values", "<b c='\t\n\t\n'/>"),
    ("carriage returns", "\r\n\r"),
    ("leads of U+FFFE", "\u{fffd}"),
    ("leads of U+FFFE in values", "<b c='\u{fffd}\u{fffd}'/>"),
    ("letters beyond ASCII in names", "<\u{e9}\u{65e5} \u{e9}=''></\u{e9}\u{65e5}>"),
    ("quotes", "'\"'<b c='\"' d=\"'\"/>"),
    ("the smallest elements", "<b/>"),
    ("elements that are well known", "<body id='1'>x</body>"),
];

/// Repeats `what` up to `len` octets.
fn repeated(what: &str, len: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= len {
            break;
        }
        text += &what.replace("{}", &format!("{number}"));
    }
    text
}

/// A tag of so many attributes, with names that are known to none.
fn many_attributes(count: usize) -> String {
    let mut tag = String::from("<b");
    for number in 0..count {
        write!(tag, " a{number}='{number}'").unwrap();
    }
    tag + "/>"
}

/// Documents of about `len` octets, each with a word about it.
fn texts(len: usize) -> Vec<(&'static str, String)> {
    let document = |within: String| format!("<a xmlns:p='urn:p'>{within}</a>");
    let mut texts: Vec<_> = REPEATED.iter().map(|(title, what)| (*title, document(repeated(what, len)))).collect();
    let tags: [(&str, String); 10] = [
        ("tags of 31 attributes", many_attributes(31)),
        ("tags of 33 attributes", many_attributes(33)),
        ("tags of 300 attributes", many_attributes(300)),
        ("tags of well-known attributes and one that is not", "<b to='1' from='2' id='3' type='4' u='5'/>".into()),
        ("tags that are nearly good", "<b to='1' from='2' id='3' type='4' name='5' jid ='6'/>".into()),
        ("a long value", format!("<b c='{}'/>", "v".repeat(len))),
        ("a long value of '>'", format!("<b c='{}'/>", ">".repeat(len))),
        ("a long value of references", format!("<b c='{}'/>", "&#65;".repeat(len / 5))),
        ("a long name", format!("<{}/>", "n".repeat(len))),
        ("a long name of an attribute", format!("<b {}=''/>", "n".repeat(len))),
    ];
    texts.extend(tags.into_iter().map(|(title, tag)| (title, document(repeated(&tag, len)))));
    texts.push(("one tag of attributes", document(many_attributes(len / 12))));
    texts.push(("long text", document("t".repeat(len))));
    texts.push(("a long CDATA section", document(format!("<![CDATA[{}]]>", "]>".repeat(len / 2)))));
    texts.push(("deep elements", document("<b>".repeat(len / 7) + &"</b>".repeat(len / 7))));
    texts
}

/// Octets looked at for each octet of `text`, which comes in pieces of `piece`.
fn effort(isa: Isa, text: &str, piece: usize) -> f64 {
    let mut parser = Parser::document(Limits::NONE).with_isa(isa);
    let mut input = Input::new();
    let before = scan::scanned();
    for octets in text.as_bytes().chunks(piece) {
        let mut feed = input.with(octets);
        while parser.next(&mut feed).unwrap().is_some() {}
    }
    assert!(parser.eof(&input).is_ok());
    (scan::scanned() - before) as f64 / text.len() as f64
}

/// The same of a reader that keeps no tree, the octets being pushed.
fn effort_of_reader(text: &str, piece: usize) -> f64 {
    let mut reader = EventReader::document(Limits::NONE);
    let mut input = Input::new();
    let before = scan::scanned();
    for octets in text.as_bytes().chunks(piece) {
        input.push(octets).unwrap();
        while reader.next(&mut (&mut input).into(), &mut Deaf).unwrap().is_some() {}
    }
    assert!(reader.eof(&input).is_ok());
    (scan::scanned() - before) as f64 / text.len() as f64
}

#[test]
fn hostile_texts_are_read_in_linear_effort() {
    // Builds with debug assertions check all text so far at each piece: small pieces are for short texts.
    let (short, long) = (texts(1_500), texts(6_000));
    let mut greatest = 0_f64;
    for ((title, short), (_, long)) in short.iter().zip(&long) {
        let mut line = format!("{title:50}");
        for piece in PIECES {
            for (number, isa) in Isa::available().enumerate() {
                let (less, more) = (effort(isa, short, piece), effort(isa, long, piece));
                assert!(
                    more <= less * GROWTH + 0.2,
                    "{title} in pieces of {piece} on {isa}: {less:.2}, then {more:.2}"
                );
                greatest = greatest.max(less).max(more);
                if number == 0 {
                    write!(line, " {more:5.2}").unwrap();
                }
            }
            let told = effort_of_reader(long, piece);
            greatest = greatest.max(told);
        }
        std::println!("{line}");
    }
    std::println!("octets looked at for each octet: {greatest:.2} at most, {BOUND} allowed");
    assert!(greatest <= BOUND, "{greatest:.2} octets are looked at for each octet, {BOUND} allowed");
}

#[test]
fn long_hostile_texts_are_read_in_linear_effort() {
    let mut greatest = 0_f64;
    for (title, text) in texts(100_000) {
        for piece in [usize::MAX, 16_384, 1_460] {
            let factor = effort(Isa::best(), &text, piece);
            assert!(factor <= BOUND, "{title} in pieces of {piece}: {factor:.2}");
            greatest = greatest.max(factor);
        }
    }
    std::println!("octets looked at for each octet of 100 KB: {greatest:.2} at most, {BOUND} allowed");
}
