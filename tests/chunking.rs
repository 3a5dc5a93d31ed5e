//! Where input is cut makes no difference: units, views, offsets and errors are those of the whole.
//!
//! Two things are tried: streams as they are spoken, in pieces of many sizes; and small texts, one for each thing that
//! the grammar knows and for each fault, moved octet by octet over more than two blocks of 64 and cut everywhere.

mod trace;

use std::fmt::Debug;
use tercet::stream::Condition;
use tercet::{Limit, Limits};
use tercet_corpora::Kind;

use trace::dice::Dice;
use trace::{End, Form, Make, Trace, Way};

/// Builds with debug assertions check each view whole at every octet, which takes long in long streams.
const CORPUS: usize = if cfg!(debug_assertions) { 20_000 } else { 300_000 };

/// Distances over which each small text is moved: two blocks and a little.
const SHIFTS: std::ops::RangeInclusive<usize> = 0..=130;

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' xmlns:p='urn:p'>";

fn corpus(kind: Kind) {
    let stream = kind.stream(11, CORPUS);
    trace::with_each(Form::Stream, Limits::CLIENT, |make| {
        let whole = trace::same_in_pieces(make, &stream, &mut Dice::new(kind as u64));
        assert_eq!(whole.end, End::Complete);
        assert!(whole.log.matches("\nstanza ").count() >= 5, "{}", whole.log);
    });
}

#[test]
fn chat_in_pieces() {
    corpus(Kind::Chat);
}

#[test]
fn presence_in_pieces() {
    corpus(Kind::Presence);
}

#[test]
fn media_in_pieces() {
    corpus(Kind::Media);
}

#[test]
fn rosters_in_pieces() {
    corpus(Kind::Roster);
}

/// Limits that small texts cross.
const TIGHT: Limits = Limits {
    stanza_bytes: 120,
    elements: 4,
    depth: 3,
    attributes: 4,
    declarations: 3,
    bindings: 8,
    name_bytes: 14,
    namespace_bytes: 40,
};

/// First-level elements, one for each thing that the grammar knows.
const WELL_FORMED: &[&str] = &[
    "<a/>",
    "<a />",
    "<a></a>",
    "<a\t></a\r\n>",
    "<p:a xmlns:p='urn:q'/>",
    "<p:a p:b='1' b='2'/>",
    "<message to='a@b' from=\"c@d\" id='1' type='chat' xml:lang='en'><body>x</body></message>",
    "<iq\nto = 'a'\t\tid\r\n=\r\n\"1\"\n/>",
    "<a b='\"' c=\"'\"/>",
    "<a b='>' c='/>' d=']]>'/>",
    "<a b='&lt;&gt;&amp;&apos;&quot;&#65;&#x41;'/>",
    "<a b=' x\ty\r\nz\rw\n'/>",
    "<a b='&#13;&#10;&#9;&#32;'/>",
    "<a b='' c=''/>",
    "<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;</a>",
    "<a>1\r\n2\r3\n4\t5&#13;</a>",
    "<a>x > y ]] ]> ]</a>",
    "<a><![CDATA[<b>&amp;]]></a>",
    "<a>x<![CDATA[]]]]>y<![CDATA[>]]>z</a>",
    "<a><![CDATA[]]><![CDATA[\r\n]]]></a>",
    "<a>\u{e9}\u{65e5}\u{1f600}\u{fffd}\u{d7ff}\u{e000}\u{10ffff}</a>",
    "<\u{e9}t\u{e9} \u{4e2d}='\u{436}\u{fffd}'/>",
    "<a xmlns='urn:a'><b xmlns=''><c/></b><d/></a>",
    "<a xmlns:q='urn:&#113;'><q:b q:c=''/><b xmlns:q='urn:r' q:c=''/></a>",
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:space='preserve'/>",
    "<a><b><c><d>1</d>2</c>3</b>4</a>",
    "<stream:features><stream:stream></stream:stream></stream:features>",
];

/// Broken ones, with the fault told so.
const BROKEN: &[(&str, Condition)] = &[
    ("<a><!-- c --></a>", Condition::RestrictedXml),
    ("<a><?x y?></a>", Condition::RestrictedXml),
    ("<!DOCTYPE a>", Condition::RestrictedXml),
    ("<a>&nbsp;</a>", Condition::RestrictedXml),
    ("<a b='&nbsp;'/>", Condition::RestrictedXml),
    ("<a>\u{1}</a>", Condition::NotWellFormed),
    ("<a>\u{fffe}</a>", Condition::NotWellFormed),
    ("<a b='\u{ffff}'/>", Condition::NotWellFormed),
    ("<a><![CDATA[\u{b}]]></a>", Condition::NotWellFormed),
    ("<a><![CDAT[]]></a>", Condition::NotWellFormed),
    ("<a><!x></a>", Condition::NotWellFormed),
    ("<a>x]]>y</a>", Condition::NotWellFormed),
    ("<a>x]]]>y</a>", Condition::NotWellFormed),
    ("<a>&</a>", Condition::NotWellFormed),
    ("<a>&amp</a>", Condition::NotWellFormed),
    ("<a>&#;</a>", Condition::NotWellFormed),
    ("<a>&#x110000;</a>", Condition::NotWellFormed),
    ("<a>&#xD800;</a>", Condition::NotWellFormed),
    ("<a b='<'/>", Condition::NotWellFormed),
    ("<a b=1/>", Condition::NotWellFormed),
    ("<a b/>", Condition::NotWellFormed),
    ("<a b='1'c='2'/>", Condition::NotWellFormed),
    ("<a'1'/>", Condition::NotWellFormed),
    ("<a id='1''2'/>", Condition::NotWellFormed),
    ("<a id='1'\"2\" c='&amp;'/>", Condition::NotWellFormed),
    ("<a ='1'/>", Condition::NotWellFormed),
    ("<a b='1' b='2'/>", Condition::NotWellFormed),
    ("<a xmlns:q='urn:p' q:b='1' p:b='2'/>", Condition::NotWellFormed),
    ("<a xmlns:q='urn:q' xmlns:q='urn:q'/>", Condition::NotWellFormed),
    ("<:body/>", Condition::NotWellFormed),
    ("<1:body xmlns:p='u'/>", Condition::NotWellFormed),
    ("<p:body:x xmlns:p='u'/>", Condition::NotWellFormed),
    ("<p:/>", Condition::NotWellFormed),
    ("<iq\0 to='x'/>", Condition::NotWellFormed),
    ("<stream:error\0 to='x'/>", Condition::NotWellFormed),
    ("<a / >", Condition::NotWellFormed),
    ("<a></a b>", Condition::NotWellFormed),
    ("<a><b></a></b>", Condition::NotWellFormed),
    ("<1/>", Condition::NotWellFormed),
    ("<a:b:c/>", Condition::NotWellFormed),
    ("<a\u{d7}/>", Condition::NotWellFormed),
    ("< a/>", Condition::NotWellFormed),
    ("<q:a/>", Condition::NotWellFormed),
    ("<a q:b=''/>", Condition::NotWellFormed),
    ("<a xmlns:q=''/>", Condition::NotWellFormed),
    ("<a xmlns:xmlns='urn:q'/>", Condition::NotWellFormed),
    ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", Condition::NotWellFormed),
    ("<?xml version='1.0'?>", Condition::NotWellFormed),
    ("</a>", Condition::NotWellFormed),
    ("</stream:stream>x", Condition::NotWellFormed),
    ("</stream:stream><a/>", Condition::NotWellFormed),
];

/// Octets that are no UTF-8, wherever they stand.
const NOT_UTF8: &[&[u8]] = &[
    b"\x80",
    b"\xc0\xaf",
    b"\xc3(",
    b"\xe0\x9f\xbf",
    b"\xed\xa0\x80",
    b"\xe2\x82<",
    b"\xf0\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xf0\x9f\x98'",
    b"\xff",
];

/// Texts that cross one of the limits of [`TIGHT`], behind [`HEADER`].
const TOO_MUCH: &[&str] = &[
    "<a><b/><c/><d/><e/></a>",
    "<a><b><c><d/></c></b></a>",
    "<a b='' c='' d='' e='' f=''/>",
    "<a xmlns:b='1' xmlns:c='2' xmlns:d='3' xmlns:e='4'/>",
    "<a xmlns:b='1' xmlns:c='2' xmlns:d='3'><b xmlns:e='4' xmlns:f='5' xmlns:g='6'/></a>",
    "<abcdefghijklmno/>",
    "<a abcdefghijklmno=''/>",
    "<a></abcdefghijklmno>",
    "<a xmlns='urn:xmpp:a-namespace-longer-than-forty-octets'/>",
    "<a>0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
     01234567890123</a>",
    "<a b='0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
     0123456789\u{e9}'/>",
];

/// Reads `body` behind [`HEADER`] and `before`: whole, and cut in two at places of the `body`: at all of them where
/// nothing is `before` it, else at every fourth, so that four shifts in a row try all; at one of the four also octet by
/// octet. On all instructions but the first ones, one cut in [`Make::stride`] is tried of a long text.
fn anywhere(make: Make, before: &str, body: &[u8]) -> Trace {
    let stream = [HEADER.as_bytes(), before.as_bytes(), body].concat();
    let whole = trace::whole(make, &stream);
    let check = |pieces: &[&[u8]], how: &dyn Debug| {
        trace::same(&whole, &trace::read(make, Way::Lend, pieces.iter().copied()), &stream, || {
            format!("cut as {how:?}")
        });
    };
    let stride = make.stride(stream.len()) * if before.is_empty() { 1 } else { 4 };
    for at in (HEADER.len() + before.len()..stream.len()).filter(|at| at % stride == 0) {
        let (head, tail) = stream.split_at(at);
        check(&[head, tail], &at);
    }
    if before.len().is_multiple_of(4 * make.stride(stream.len())) {
        check(&stream.chunks(1).collect::<Vec<_>>(), &"octets");
        let told = trace::walk(make, Way::Lend, [&*stream]);
        trace::same(&told, &trace::hear(make, Way::Push, stream.chunks(1)), &stream, || "told in octets".into());
    }
    whole
}

/// What must come of a construct behind a long run of its own.
enum Outcome {
    /// A value, of an attribute or text: the run and this.
    Value(&'static str),
    /// An element.
    Good,
    Bad(Condition),
}

/// A run in a place, and what stands behind it there: what precedes the run, of what it is, what follows, what comes of
/// it.
const RUNS: &[(&str, &str, &str, Outcome)] = &[
    ("<a>", "t", "</a>", Outcome::Value("")),
    ("<a>", "t", "\r\n\r\r\n\n\tx</a>", Outcome::Value("\n\n\n\n\tx")),
    ("<a>", "t", "&amp;&lt;&#x1F600;x&gt;</a>", Outcome::Value("&<\u{1f600}x>")),
    ("<a>", "t", "]]&gt;]] >]></a>", Outcome::Value("]]>]] >]>")),
    ("<a>", "]", "x></a>", Outcome::Value("x>")),
    ("<a>", "t", "<![CDATA[<&]]>]]></a>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "t", "<![CDATA[<&\r]]]]>x</a>", Outcome::Value("<&\n]]x")),
    ("<a>", "\u{e9}", "\u{1f600}\u{fffd}</a>", Outcome::Value("\u{1f600}\u{fffd}")),
    ("<a>", "\u{fffd}", "\u{fffd}x</a>", Outcome::Value("\u{fffd}x")),
    ("<a>", "\r", "</a>", Outcome::Good),
    ("<a>", "&#9;", "</a>", Outcome::Good),
    ("<a>", "<b/>", "</a>", Outcome::Good),
    ("<a>", "t", "]]>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>]]", "]", ">", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "t", "]]]>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "t", "\u{1}", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "t", "\u{fffe}", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "\u{fffd}", "\u{ffff}", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "t", "& ", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>", "t", "&x;", Outcome::Bad(Condition::RestrictedXml)),
    ("<a>", "t", "<!--", Outcome::Bad(Condition::RestrictedXml)),
    ("<a>&#", "0", "65;</a>", Outcome::Good),
    ("<a>&#x", "0", ";</a>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a>&", "n", " ;", Outcome::Bad(Condition::NotWellFormed)),
    ("<a><![CDATA[", "t", "]]></a>", Outcome::Value("")),
    ("<a><![CDATA[", "]", "]]></a>", Outcome::Value("")),
    ("<a><![CDATA[", "t", "]]]&lt;\r\n> ]>]]></a>", Outcome::Value("]]]&lt;\n> ]>")),
    ("<a><![CDATA[", "t", "\u{b}]]>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a b='", "v", "'/>", Outcome::Value("")),
    ("<a b=\"", "v", "'\" c='d'/>", Outcome::Value("'")),
    ("<a b='", "v", "\"/>]]>'></a>", Outcome::Value("\"/>]]>")),
    ("<a b='", "v", "\r\n\r\t\n&#10;&apos;x'/>", Outcome::Value("    \n'x")),
    ("<a b='", "\u{65e5}", "\u{fffd}'/>", Outcome::Value("\u{fffd}")),
    ("<a b='", "v", "<'/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a b='", "v", "\u{1f}'/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a b='", "v", "\u{ffff}'/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a b='", "v", "&'/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a b='", "v", "'c='d'/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a xmlns:q='", "n", "'><q:b q:c=''/></a>", Outcome::Good),
    ("<a xmlns='", "n", "&amp;'><b/></a>", Outcome::Good),
    ("<a", " ", " b='c'\td=\"e\"/>", Outcome::Good),
    ("<a b", "\n", "='c'/>", Outcome::Good),
    ("<a b=", "\t", "'c'/>", Outcome::Good),
    ("<a b='c'", "\r", "/>", Outcome::Good),
    ("<a b='c'", " ", " =''/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a></a", " ", ">", Outcome::Good),
    ("<a></a", " ", " b>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a", "n", "/>", Outcome::Good),
    ("<\u{e9}", "\u{e9}", " b='c'/>", Outcome::Good),
    ("<p:a", "n", "\u{b7} p:a='' a=''/>", Outcome::Good),
    ("<a", "n", ":b/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a", "n", "\u{d7}/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a ", "n", "='c'/>", Outcome::Good),
    ("<a ", "n", " 'c'/>", Outcome::Bad(Condition::NotWellFormed)),
    ("<a></a", "n", "x>", Outcome::Bad(Condition::NotWellFormed)),
];

#[test]
fn x06_runs_of_every_length() {
    trace::with_each(Form::Stream, Limits::NONE, |make| {
        for (before, run, after, outcome) in RUNS {
            let mut faults = Vec::new();
            for len in SHIFTS {
                let run = run.repeat(len);
                let trace = anywhere(make, &format!("{before}{run}"), after.as_bytes());
                let shown = format!("{before}{run}{after}: {:?}\n{}", trace.end, trace.log);
                match (outcome, trace.end) {
                    (Outcome::Value(value), End::Truncated(_)) => {
                        let value = format!("{run}{value}");
                        assert!(value.is_empty() || trace.log.contains(&format!(" {value:?}\n")), "{shown}");
                    }
                    (Outcome::Good, End::Truncated(_)) => assert!(trace.log.contains("\nstanza "), "{shown}"),
                    (Outcome::Bad(condition), End::Refused(error)) => {
                        assert_eq!(error.condition(), *condition, "{shown}");
                        faults.push((error.fault, error.at as i64 - (HEADER.len() + before.len() + run.len()) as i64));
                    }
                    // Without a run the construct may be another.
                    _ => assert_eq!(len, 0, "{shown}"),
                }
            }
            faults.drain(..faults.len().min(1));
            // A fault of the whole construct lies at its beginning, whatever its length; others move along.
            let moves = faults.windows(2).all(|pair| pair[0] == pair[1]);
            let stays = faults.windows(2).all(|pair| pair[0].1 > pair[1].1 && pair[0].0 == pair[1].0);
            assert!(moves || stays, "{before}{run}{after}: {faults:?}");
        }
    });
}

/// What may stand before a text to move it by `shift` octets, in the header's stream; what it is part of is left open.
fn paddings(shift: usize) -> [(String, &'static str); 4] {
    [
        (" ".repeat(shift), ""),
        (format!("<m>{}", "t".repeat(shift)), "</m>"),
        (format!("<m a='{}'>", "v".repeat(shift)), "</m>"),
        (format!("<m><![CDATA[{}]]>", "\u{e9}".repeat(shift / 2)), "</m>"),
    ]
}

/// Which of the paddings `text` may stand behind: only the first where its fault, or its place, is the stream's level.
fn inner(text: &str) -> bool {
    !text.starts_with("</")
}

#[test]
fn x16_well_formed_at_every_place() {
    trace::with_each(Form::Stream, Limits::SERVER, |make| {
        for text in WELL_FORMED {
            for shift in SHIFTS {
                let [first, rest @ ..] = paddings(shift);
                // One of the others each time, all of them in turn.
                for (before, after) in [&first, &rest[shift % rest.len()]] {
                    let body = format!("{text}{after}</stream:stream>");
                    let trace = anywhere(make, before, body.as_bytes());
                    assert_eq!(trace.end, End::Complete, "{before}{body}");
                    assert!(trace.log.contains("\nstanza ") && !trace.log.contains("\ntext\n"), "{}", trace.log);
                }
            }
        }
    });
}

#[test]
fn x06_broken_at_every_place() {
    trace::with_each(Form::Stream, Limits::SERVER, |make| {
        for (text, condition) in BROKEN {
            let mut faults = Vec::new();
            for shift in SHIFTS {
                let [first, rest @ ..] = paddings(shift);
                let second = if inner(text) { &rest[shift % rest.len()] } else { &first };
                for (before, _) in [&first, second] {
                    let trace = anywhere(make, before, text.as_bytes());
                    let End::Refused(error) = trace.end else { panic!("{before}{text}: {:?}", trace.end) };
                    assert_eq!(error.condition(), *condition, "{before}{text}: {error}");
                    faults.push((error.fault, error.at - (HEADER.len() + before.len()) as u64));
                }
            }
            let [first, rest @ ..] = &*faults else { panic!("nothing tried") };
            assert!(rest.iter().all(|fault| fault == first), "{text}: not one fault at one place: {faults:?}");
        }
    });
}

#[test]
fn x08_no_utf8_at_every_place() {
    let homes: [(&str, &str); 5] =
        [("<a>", "</a>"), ("<a b='", "'/>"), ("<a><![CDATA[", "]]></a>"), ("", "<a/>"), ("<a>x</a", ">")];
    trace::with_each(Form::Stream, Limits::SERVER, |make| {
        for octets in NOT_UTF8 {
            for shift in SHIFTS {
                let (head, tail) = homes[shift % homes.len()];
                let before = " ".repeat(shift);
                let body = [head.as_bytes(), octets, tail.as_bytes()].concat();
                let trace = anywhere(make, &before, &body);
                let End::Refused(error) = trace.end else { panic!("{}: {:?}", body.escape_ascii(), trace.end) };
                assert_eq!(error.condition(), Condition::UnsupportedEncoding, "{}: {error}", body.escape_ascii());
                assert_eq!(error.at as usize, HEADER.len() + shift + head.len(), "{}: {error}", body.escape_ascii());
            }
        }
    });
}

#[test]
fn x12_too_much_at_every_place() {
    trace::with_each(Form::Stream, TIGHT, |make| {
        let mut limits = Vec::new();
        for text in TOO_MUCH {
            let mut places = Vec::new();
            for shift in SHIFTS {
                let trace = anywhere(make, &" ".repeat(shift), text.as_bytes());
                let End::Refused(error) = trace.end else { panic!("{text}: {:?}", trace.end) };
                assert_eq!(error.condition(), Condition::PolicyViolation, "{text}: {error}");
                let at = (error.at as usize).checked_sub(HEADER.len() + shift).expect("the header is not too much");
                places.push((error.limit(), at));
            }
            assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{text}: not one place: {places:?}");
            limits.push(places[0].0);
        }
        for limit in [
            Limit::StanzaBytes,
            Limit::Elements,
            Limit::Depth,
            Limit::Attributes,
            Limit::Declarations,
            Limit::Bindings,
            Limit::NameBytes,
            Limit::NamespaceBytes,
        ] {
            assert!(limits.contains(&Some(limit)), "nothing crosses {limit:?}: {limits:?}");
        }
    });
}

#[test]
fn x12_a_limit_beside_bad_octets() {
    trace::with_each(Form::Stream, TIGHT, |make| {
        for octets in NOT_UTF8 {
            for len in SHIFTS {
                let run = format!("<a>{}", "t".repeat(len));
                let trace = anywhere(make, &run, &[octets, &b"</a>"[..]].concat());
                let End::Refused(error) = trace.end else { panic!("{len} {octets:?}: {:?}", trace.end) };
                // Whichever octet comes first: the one that breaks the sequence, or the one past the limit.
                let breaks = |end: &usize| str::from_utf8(&octets[..*end]).is_err_and(|bad| bad.error_len().is_some());
                let broken = run.len() + (1..=octets.len()).find(breaks).expect("no UTF-8") - 1;
                let limit = TIGHT.stanza_bytes as usize;
                let at = error.at as usize - HEADER.len();
                match error.condition() {
                    Condition::UnsupportedEncoding => {
                        assert!(at == run.len() && broken < limit, "{len} {octets:?}: {error}");
                    }
                    Condition::PolicyViolation => assert!(at == limit && broken >= limit, "{len} {octets:?}: {error}"),
                    _ => panic!("{len} {octets:?}: {error}"),
                }
            }
        }
    });
}

#[test]
fn x11_text_between_stanzas_at_every_place() {
    let texts = ["x", "\u{e9}", "&#32;", "<![CDATA[ ]]>", "]]x>", "x&amp;<![CDATA[y]]>z", " \r\n x \t"];
    trace::with_each(Form::Stream, Limits::SERVER, |make| {
        for text in texts {
            for shift in SHIFTS {
                let trace = anywhere(make, &" ".repeat(shift), format!("{text}<a/>{text}</stream:stream>").as_bytes());
                assert_eq!(trace.end, End::Complete, "{text}");
                assert_eq!(trace.log.matches("\ntext\n").count(), 2, "{text}: {}", trace.log);
            }
        }
    });
}

#[test]
fn x09_documents_at_every_place() {
    let prologs = ["", "<?xml version='1.0'?>", "<?xml version=\"1.0\"\nencoding='utf-8' standalone='yes' ?>\r\n"];
    trace::with_each(Form::Document, Limits::SERVER, |make| {
        for prolog in prologs {
            for shift in SHIFTS {
                let space = "\n".repeat(shift);
                for (text, good) in [
                    (format!("{prolog}{space}<a b='c'>d</a>{space}"), true),
                    (format!("{prolog}{space}<a/>{space}x"), false),
                    (format!("{prolog}{space}x"), false),
                    (format!("{prolog}{space}<a"), false),
                ] {
                    let whole = trace::same_in_pieces(make, text.as_bytes(), &mut Dice::new(shift as u64));
                    if shift % 8 == 0 {
                        trace::same_in_two(make, text.as_bytes(), &whole);
                    }
                    assert_eq!(whole.end == End::Complete, good, "{text}");
                }
            }
        }
    });
}

/// Octets of `stream` that had come when its fault was told, where each start of it comes whole but for its `last`
/// octets, which are a piece of their own, or octet by octet.
fn told_after(make: Make, stream: &str, last: Option<usize>) -> Option<usize> {
    let is_refused = |end: &usize| {
        let start = &stream.as_bytes()[..*end];
        let pieces = match last {
            Some(last) => <[_; 2]>::from(start.split_at(start.len().saturating_sub(last))).to_vec(),
            None => start.chunks(1).collect::<Vec<_>>(),
        };
        matches!(trace::read(make, Way::Lend, pieces).end, End::Refused(_))
    };
    (HEADER.len()..=stream.len()).find(is_refused)
}

/// Limits that [`AMID_TAGS`] cross.
const AMID: Limits = Limits {
    stanza_bytes: 120,
    elements: 3,
    depth: 2,
    attributes: 3,
    declarations: 3,
    bindings: 4,
    name_bytes: 16,
    namespace_bytes: 32,
};

/// What crosses the limits of [`AMID`], or breaks a rule of namespaces, before its tag is over.
const AMID_TAGS: &[&str] = &[
    "<a><b/><b/><body id='1'/></a>",
    "<a><b><body id='1'/></b></a>",
    "<message to='1' from='2' id='3' type='4'/>",
    "<message to='1' from='2' xml:lang='3' type='4'/>",
    "<message xmlns='urn:a' xmlns='urn:a' type='4'/>",
    "<message xmlns='urn:a' xmlns:p='urn:p' type='4'/>",
    "<message xmlns:p='urn:p' xmlns='urn:a' type='4'/>",
    "<a xmlns='urn:a'><b xmlns='urn:b' type='4'/></a>",
    "<a xmlns='urn:a' xmlns:b='urn:b' xmlns:c='urn:c'/>",
    "<message xmlns='urn:of-more-than-thirty-two-octets' type='4'/>",
    "<abcdefghijklmnopq type='4'/>",
    "<abcdefgh:ijklmnopq type='4'/>",
    "<message abcdefghijklmnopq='4'/>",
    "<message></abcdefghijklmnopq>",
    "<message to='0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
     0123456789'/>",
    "<message id='1' xmlns='http://www.w3.org/2000/xmlns/' type='4'/>",
    "<message id='1' xmlns='http://www.w3.org/XML/1998/namespace' type='4'/>",
    "<message id='1' xmlns:xml='urn:a' type='4'/>",
    "<message id='1' xmlns:p='' type='4'/>",
    "<message xmlns='&amp;' id='1' id='2'><",
];

/// The same, with little, but enough for what most stanzas are read by at once.
const AT_ONCE: Limits = Limits {
    stanza_bytes: 500,
    elements: 3,
    depth: 2,
    attributes: 7,
    declarations: 3,
    bindings: 4,
    name_bytes: 16,
    namespace_bytes: 64,
};

/// What crosses the limits of [`AT_ONCE`] before its tag is over.
const AT_ONCE_TAGS: &[&str] = &[
    "<message><body/><body/><body id='1'/></message>",
    "<message><body/><body id='&lt;'/><body xml:lang=\"en\"/></message>",
    "<message><body><body id='1'/></body></message>",
    "<message id='1'><x><body id='1' xmlns='urn:xmpp:sid:0'/></x></message>",
    "<message a='1' b='2' c='3' d='4' e='5' f='6' g='7' h='8'/>",
    "<message to='1' from='2' id='3' type='4' name='5' jid='6' node='7' var='8'/>",
    "<message xmlns:a='urn:a' xmlns:b='urn:b' id='1'/>",
    "<a xmlns='urn:xmpp:sid:0'><b xmlns='urn:xmpp:sid:0'><c id='1'/></b></a>",
    "<message xmlns='urn:of-more-than-sixty-four-octets:0123456789:0123456789:0123456789' id='1'/>",
    "<abcdefghijklmnopq id='4'/>",
];

/// A fault or a limit is told in the call that brings its octet, however much of its tag is still to come.
#[test]
fn faults_are_told_with_their_octet() {
    let runs = RUNS.iter().filter(|run| matches!(run.3, Outcome::Bad(_)));
    let runs: Vec<_> = runs.map(|(before, run, after, _)| format!("{before}{run}{run}{after}")).collect();
    let broken = BROKEN.iter().map(|(text, _)| *text).chain(runs.iter().map(String::as_str));
    let roomy = Limits { bindings: 99, ..AMID };
    let cases = broken
        .map(|text| (Limits::SERVER, text))
        .chain(AMID_TAGS.iter().flat_map(|text| [(AMID, *text), (roomy, *text)]))
        .chain(AT_ONCE_TAGS.iter().map(|text| (AT_ONCE, *text)));
    for (limits, text) in cases {
        let make = Make::new(Form::Stream, limits, tercet::Isa::best());
        for before in ["", "<a>text &amp; ", "<m id='1'>", "text"] {
            let stream = [HEADER, before, text].concat();
            let told = told_after(make, &stream, None);
            assert!(told.is_none_or(|told| told > HEADER.len()), "{stream}");
            assert!(told.is_some() || ![AMID, AT_ONCE].contains(&limits), "{stream}");
            for last in [0, 1, 3, 9, 20, 40] {
                let whole = told_after(make, &stream, Some(last));
                assert_eq!(whole, told, "{stream}, the last {last} octets in a piece");
            }
        }
    }
}
