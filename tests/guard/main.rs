//! Nothing is read that was not lent: texts of every length lie so that the next octet, or the one before the first,
//! cannot be read. One that is read all the same kills the process.
//!
//! Each is read on every instruction set, whole and in pieces that all lie so, and what is read must be what is read of
//! the same octets in ordinary memory.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod fence;
#[path = "../trace/mod.rs"]
mod trace;

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use tercet::write::{Forward, Writer, forward};
use tercet::{Input, Isa, Limits, Parser, Unit, ns};

use fence::Fence;
use trace::dice::Dice;
use trace::{Form, Make, Way};

/// Lengths of texts: some blocks of 64 and what is left of one.
const LENGTHS: std::ops::RangeInclusive<usize> = 0..=300;

/// Pieces of a text, at most: each has a fence of its own.
const PIECES: usize = 6;

/// What lies around a text where it may be read: one octet too many would be structure.
const AROUND: [u8; 4] = *b"<'>&";

const HEADER: &[u8] =
    b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' xmlns:p='urn:p'>";

/// Texts longer than the longest length, so that their beginnings have every length and end in everything.
const TEXTS: [&str; 4] = [
    "<message to='juliet@capulet.example' from=\"romeo@montague.example/orchard\" id='a1' type='chat' xml:lang='en'>\
     <body>Neither, fair saint, if either thee dislike.</body><active xmlns='http://jabber.org/protocol/chatstates'/>\
     <request xmlns='urn:xmpp:receipts'/></message><presence><show>away</show><priority>1</priority></presence>\
     <iq type='get' id='b2'><query xmlns='jabber:iq:roster'/></iq></stream:stream>",
    "<p:a p:b='&lt;1&gt;' xmlns:q='urn:&#113;' q:c=\"'>\" d=']]>'>x &amp; y<![CDATA[<&]]]]>z]]&gt;<q:b\tq:c = ''\n/>\
     \u{e9}\u{fffd}\u{65e5}\u{1f600}\r\n&#x1F600;<an-element-with-a-long-name an-attribute-with-a-long-name='&apos;'>\
     </an-element-with-a-long-name></p:a> text <b xmlns='urn:&amp;'><c/></b><d/><![CDATA[x]]></stream:stream>  \
     \t\t\r\n                                                                                                        ",
    "<iq type='result' to='a@b/c' from='a@b' id='roster'><query xmlns='jabber:iq:roster' ver='12'>\
     <item jid='nurse@capulet.example' name='Nurse' subscription='both'><group>Servants</group></item>\
     <item jid='benvolio@montague.example' name='Benvolio' subscription='to'/><item jid='c@d' ask='subscribe'/>\
     </query></iq><message><body>\u{65e5}\u{672c}\u{8a9e}\u{65e5}\u{672c}\u{8a9e}</body></message></stream:stream>",
    "<a b='1' c='2' d='3' e='4' f='5' g='6' h='7' i='8' j='9' k='0' l='1' m='2' n='3' o='4' p='5' q='6' r='7' s='8'>\
     <x><x><x><x><x/></x></x></x></x>\
     <t a='a value that is longer than any word, and has a &quot;reference&quot; in its middle, and \u{fffd}' b=''/>\
     ]] ]]] ]]&gt; > >> </a><b/><c/><d/><e/><f></f><g></g><h></h><i></i><j></j><k></k><l></l></stream:stream>",
];

/// What a text begins with, what it is filled up with to its length, and what it ends in.
const FILLED: [(&str, &str, &str); 34] = [
    ("<a>", "t", "</a>"),
    ("<a>", "t", "<"),
    ("<a>", "t", "</"),
    ("<a>", "t", "</a"),
    ("<a>", "t", "<b"),
    ("<a>", "t", "<body>"),
    ("<a>", "t", "<b "),
    ("<a>", "t", "<b c"),
    ("<a>", "t", "<b id="),
    ("<a>", "t", "<b id='"),
    ("<a>", "t", "<b id='1'"),
    ("<a>", "t", "<b id='1'/"),
    ("<a>", "t", "&"),
    ("<a>", "t", "&quo"),
    ("<a>", "t", "]]"),
    ("<a>", "t", "]]>"),
    ("<a>", "t", "<![CDATA["),
    ("<a>", "t", "\u{fffd}"),
    ("<a>", "t", "\u{ffff}"),
    ("<a>", "\u{e9}", "\u{1f600}"),
    ("<a>", "&amp;", "</a>"),
    ("<a>", "<b/>", "</a>"),
    ("<a>", "<b id='1'>", ""),
    ("<a><![CDATA[", "]", "]]></a>"),
    ("<a b='", "v", "'/>"),
    ("<a b='", "v", "&lt;'/>"),
    ("<a b=\"", "\u{fffd}", "\""),
    ("<a", " id='1'", "/>"),
    ("<message", " ", "to='a'/>"),
    ("<a xmlns='", "n", "'><b/></a>"),
    ("<", "n", "/>"),
    ("<p:", "n", " p:b='1'/>"),
    ("<a ", "n", "='1'/>"),
    ("<a></a", " ", ">"),
];

/// Octets of just `len`, filled up. Where they would be more, the first of them.
fn filled((begin, fill, end): (&str, &str, &str), len: usize) -> Vec<u8> {
    let times = len.saturating_sub(begin.len() + end.len()) / fill.len();
    let filled = format!("{begin}{}", fill.repeat(times));
    // Fills of several octets leave some over, which white space within a tag or text may take.
    let left = len.saturating_sub(filled.len() + end.len());
    let mut octets = [filled.as_bytes(), &b" ".repeat(left), end.as_bytes()].concat();
    octets.truncate(len);
    octets
}

/// The fences that all readings share.
struct Yard {
    fences: Vec<Fence>,
    dice: Dice,
}

impl Yard {
    fn new() -> Self {
        Self { fences: (0..PIECES).map(|_| Fence::new(4 * HEADER.len())).collect(), dice: Dice::new(7) }
    }

    /// Each of some pieces at one end of a room of its own.
    fn place<'y>(&'y mut self, behind: bool, pieces: &[&[u8]]) -> Vec<&'y [u8]> {
        assert!(pieces.len() <= self.fences.len());
        let around = self.dice.pick(&AROUND);
        self.fences.iter_mut().zip(pieces).map(|(fence, piece)| fence.at(behind, piece, around)).collect()
    }

    /// Reads `octets`, `ahead` of which something comes in ordinary memory, at both ends, whole and in pieces, on every
    /// instruction set, by views and as a reader tells them.
    fn check(&mut self, form: Form, ahead: &[u8], octets: &[u8]) {
        let best = Make::new(form, Limits::SERVER, Isa::best());
        let ordinary = [ahead, octets];
        let expected = trace::read(best, Way::Lend, ordinary);
        let told = trace::walk(best, Way::Lend, ordinary);
        for (number, isa) in Isa::available().enumerate() {
            let make = Make::new(form, Limits::SERVER, isa);
            for behind in [false, true] {
                let how = || format!("on {isa}, {}", if behind { "behind" } else { "before" });
                let whole = self.place(behind, &[octets])[0];
                trace::same(&expected, &trace::read(make, Way::Lend, [ahead, whole]), octets, how);
                let pieces = self.cut(octets);
                let pieces = self.place(behind, &pieces);
                let pieces = [ahead].into_iter().chain(pieces);
                // Each instruction set has half of them told, and half of them viewed.
                if (octets.len() + number + usize::from(behind)).is_multiple_of(2) {
                    trace::same(&told, &trace::hear(make, Way::Lend, pieces), octets, how);
                } else {
                    trace::same(&expected, &trace::read(make, Way::Lend, pieces), octets, how);
                }
            }
        }
    }

    /// `octets` in a few pieces.
    fn cut<'o>(&mut self, mut octets: &'o [u8]) -> Vec<&'o [u8]> {
        let mut pieces = Vec::new();
        while pieces.len() + 1 < PIECES && !octets.is_empty() {
            let (head, tail) = octets.split_at(self.dice.below(octets.len() + 1));
            pieces.push(head);
            octets = tail;
        }
        pieces.push(octets);
        pieces
    }
}

#[test]
fn beginnings_of_every_length() {
    let mut yard = Yard::new();
    for text in TEXTS {
        let text = text.as_bytes();
        assert!(text.len() > *LENGTHS.end());
        for len in LENGTHS {
            yard.check(Form::Stream, HEADER, &text[..len]);
        }
        yard.check(Form::Stream, HEADER, text);
    }
}

#[test]
fn streams_and_documents_of_every_length() {
    let mut yard = Yard::new();
    let stream = [HEADER, TEXTS[0].as_bytes()].concat();
    for len in LENGTHS {
        yard.check(Form::Stream, b"", &stream[..len]);
        yard.check(Form::Document, b"", &stream[..len]);
        yard.check(Form::Document, b"<?xml version='1.0'?>", &TEXTS[2].as_bytes()[..len]);
    }
}

#[test]
fn filled_to_every_length() {
    let mut yard = Yard::new();
    for text in FILLED {
        for len in LENGTHS {
            let octets = filled(text, len);
            assert_eq!(octets.len(), len);
            yard.check(Form::Stream, HEADER, &octets);
        }
    }
}

#[test]
fn scans_that_begin_anywhere() {
    let mut yard = Yard::new();
    for text in FILLED {
        for shift in 0..=64 {
            let octets = [&b" ".repeat(shift), &*filled(text, 40)].concat();
            yard.check(Form::Stream, HEADER, &octets);
        }
    }
}

#[test]
fn octets_that_are_no_utf8_at_the_end() {
    let mut yard = Yard::new();
    let ends: [&[u8]; 9] =
        [b"\xc3", b"\xef", b"\xef\xbf", b"\xf0\x9f", b"\xf0\x9f\x98", b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80"];
    for end in ends {
        for len in LENGTHS.step_by(3) {
            let octets = [&filled(("<a>", "t", "\u{e9}"), len), end].concat();
            yard.check(Form::Stream, HEADER, &octets);
            let octets = [&filled(("<a b='", "v", ""), len), end].concat();
            yard.check(Form::Stream, HEADER, &octets);
        }
    }
}

/// Writes an element with `text` in both places.
fn write(text: &str) -> Result<Vec<u8>, tercet::write::Error> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    writer.open(ns::name::MESSAGE).attr("id", text).attr_ns("urn:a", "b", text).text(text).close();
    writer.finish().map(|()| out)
}

/// What the stanza becomes when it is sent on by `from`, to a server or as it is.
fn sent_on(stanza: &[u8], from: &str, anew: bool) -> Vec<u8> {
    let (mut parser, mut input, mut out) = (Parser::stream(Limits::SERVER), Input::new(), Vec::new());
    let mut feed = input.with(HEADER);
    assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Header(_)))));
    drop(feed);
    let mut feed = input.with(stanza);
    let Ok(Some(Unit::Stanza(stanza))) = parser.next(&mut feed) else { panic!("{}", stanza.escape_ascii()) };
    let content_ns = anew.then_some("jabber:server");
    forward(&mut out, &stanza, Forward { from: Some(from), content_ns, ..Forward::default() }).unwrap();
    out
}

#[test]
fn written_and_sent_on_at_every_length() {
    let [mut one, mut other] = [Fence::new(1_000), Fence::new(1_000)];
    for (fill, end) in
        [("t", ""), ("t", "&"), ("&", "t"), ("<", ""), ("t", "\u{fffd}"), ("t", "\u{ffff}"), ("\u{e9}", "\n")]
    {
        for len in LENGTHS {
            let text = format!("{}{end}", fill.repeat(len / fill.len()));
            let stanza = format!("<message from='a@b' to=\"{}\"><p:c/></message>", "t".repeat(len));
            let written = write(&text);
            let forwarded = written.is_ok().then(|| sent_on(stanza.as_bytes(), &text, len % 2 == 0));
            for behind in [false, true] {
                let placed = str::from_utf8(one.at(behind, text.as_bytes(), b'<')).unwrap();
                assert_eq!(write(placed), written, "{text:?}");
                let lent = other.at(behind, stanza.as_bytes(), b'<');
                let sent = written.is_ok().then(|| sent_on(lent, placed, len % 2 == 0));
                assert_eq!(sent, forwarded, "{text:?} in {stanza}");
            }
        }
    }
}

/// Which end a child that shall die trespasses at.
const END: &str = "TERCET_TRESPASS";

#[test]
fn fences_hold() {
    if let Ok(end) = std::env::var(END) {
        let octet = Fence::new(1).trespass(end == "behind");
        panic!("it could be read: {octet}");
    }
    for end in ["before", "behind"] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        // Where AddressSanitizer is built in, it would make a report and an exit of the signal.
        child.env("ASAN_OPTIONS", "handle_segv=0:handle_sigbus=0");
        let died = child.args(["--exact", "fences_hold"]).env(END, end).output().unwrap();
        let signal = died.status.signal();
        assert!(matches!(signal, Some(libc::SIGSEGV | libc::SIGBUS)), "{end}: {died:?}");
    }
}
