//! The parser's verdicts and events over published cases: the W3C suite, other parsers' own tests, the examples of the
//! XMPP extensions. Each case is read whole, byte by byte and in other pieces, and moved by some octets of white space.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../cli/src/canon.rs"]
mod canon;
mod trace;

use base64ct::{Base64, Encoding};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;
use tercet::stream::Error;
use tercet::{Input, Isa, Limits, Parser, Unit};

use trace::{Form, Make, Way};

/// The header under which stanzas are read, `extra` being further declarations.
fn header(extra: &str) -> String {
    format!(
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'{extra} version='1.0'>"
    )
}

/// What became of some octets.
#[derive(Debug, PartialEq, Eq)]
struct Reading {
    /// Event lines of all stanzas.
    events: String,
    /// How many lines.
    lines: u64,
    /// First-level elements.
    stanzas: u64,
    error: Option<Error>,
    /// Whether a unit was left unfinished.
    open: bool,
    /// Whether the input ended where a stream or document may end.
    ended: bool,
}

impl Reading {
    /// What the case's author would call it, `open` elements counting as an error at the end of input.
    fn verdict(&self) -> &'static str {
        match self.error {
            Some(error) => error.condition().name(),
            None if self.ended => "accept",
            None => "truncated",
        }
    }
}

fn read(mut parser: Parser, bytes: &[u8], chunk: usize) -> Reading {
    let mut input = Input::new();
    let mut events = Vec::new();
    let (mut lines, mut stanzas, mut error) = (0, 0, None);
    'chunks: for piece in bytes.chunks(chunk) {
        let mut feed = input.with(piece);
        loop {
            match parser.next(&mut feed) {
                Ok(Some(Unit::Stanza(stanza))) => {
                    lines += canon::write(stanza.root(), &mut events).unwrap();
                    stanzas += 1;
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(fault) => {
                    error = Some(fault);
                    break 'chunks;
                }
            }
        }
    }
    let events = String::from_utf8(events).unwrap();
    let ended = parser.eof(&input).is_ok();
    Reading { events, lines, stanzas, error, open: !parser.is_aligned(&input), ended }
}

/// Reads at several chunk sizes, on all instructions, as a reader tells it, and with white space put in at `seam`: none
/// of that must matter.
fn read_any_way(form: Form, bytes: &[u8], seam: Option<usize>, name: &str) -> Reading {
    let make = match form {
        Form::Stream => Parser::stream,
        Form::Document => Parser::document,
    };
    let whole = read(make(Limits::NONE), bytes, usize::MAX);
    for chunk in [1, 2, 3, 7, 64] {
        assert_eq!(read(make(Limits::NONE), bytes, chunk), whole, "{name} in chunks of {chunk}");
    }
    for isa in Isa::available() {
        for chunk in [usize::MAX, 61] {
            let parser = make(Limits::NONE).with_isa(isa);
            assert_eq!(read(parser, bytes, chunk), whole, "{name} in chunks of {chunk} on {isa}");
        }
    }
    let best = Make::new(form, Limits::NONE, Isa::best());
    let walked = trace::walk(best, Way::Lend, [bytes]);
    for chunk in [usize::MAX, 61, 1] {
        let told = trace::hear(best, Way::Lend, bytes.chunks(chunk));
        trace::same(&walked, &told, bytes, || format!("{name} told, in chunks of {chunk}"));
    }
    // Every octet of a short case comes to lie at every place of a block of 64.
    let step = match bytes.len() {
        ..256 => 1,
        256..4096 => 7,
        _ => 31,
    };
    let Some(seam) = seam else { return whole };
    for shift in (1..=66).step_by(step) {
        let (head, tail) = bytes.split_at(seam);
        let moved = [head, " ".repeat(shift).as_bytes(), tail].concat();
        let mut reading = read(make(Limits::NONE), &moved, usize::MAX);
        if let Some(error) = reading.error.as_mut().filter(|error| error.at >= seam as u64) {
            error.at -= shift as u64;
        }
        assert_eq!(reading, whole, "{name} moved by {shift}");
    }
    whole
}

/// Where a document may hold white space that means nothing: after its XML declaration, or at its beginning.
fn seam(document: &[u8]) -> Option<usize> {
    if !document.starts_with(b"<?") {
        return Some(0);
    }
    let end = document.windows(2).position(|octets| octets == b"?>")?;
    document.starts_with(b"<?xml").then_some(end + 2)
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, octet| {
        write!(hex, "{octet:02x}").unwrap();
        hex
    })
}

/// The records of a file of cases, or nothing where the file is not here; then it says so past the capture of test
/// output, so that nobody takes the silence for success.
fn records(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        use std::io::Write as _;
        writeln!(std::io::stderr(), "skipped: {} is not here", path.display()).expect("a standard error");
        return Vec::new();
    };
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!records.is_empty(), "{file} is empty");
    records
}

fn octets(record: &Value, field: &str) -> Vec<u8> {
    Base64::decode_vec(record[field].as_str().unwrap()).unwrap()
}

/// `<?xml` and no more: nothing is wrong with it until the input ends.
const ENDS_TOO_EARLY: &str = "6b22e9a26a4c136e";

/// Collects what is wrong, to show all of it at once.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn check(&mut self, name: &str, good: bool, what: impl FnOnce() -> String) {
        if !good {
            self.0.push(format!("{name}: {}", what()));
        }
    }

    fn verdict(&mut self, record: &Value, name: &str, expect: &str, reading: &Reading) {
        let verdict = reading.verdict();
        let needs_eof = record["needs_eof"] == true || name == ENDS_TOO_EARLY;
        let good = match expect {
            "either" => true,
            "accept" => verdict == "accept",
            "reject" => {
                ["not-well-formed", "restricted-xml", "unsupported-encoding"].contains(&verdict)
                    || (needs_eof && verdict == "truncated")
            }
            "incomplete" => verdict == "truncated" && reading.open,
            _ => verdict == expect || (needs_eof && verdict == "truncated"),
        };
        self.check(name, good, || {
            format!("{expect} expected, {verdict} found ({:?}); {}", reading.error, record["why"])
        });
    }

    fn events(&mut self, record: &Value, name: &str, reading: &Reading) {
        let Some(expected) = record["events_sha256"].as_str() else { return };
        self.check(name, sha256(&reading.events) == expected && record["events"] == reading.lines, || {
            format!("{} lines expected, {} found:\n{}", record["events"], reading.lines, reading.events)
        });
    }

    fn report(self) {
        assert!(self.0.is_empty(), "{} faults:\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn documents(file: &str) {
    let mut faults = Faults::default();
    for record in records(file) {
        let name = record["id"].as_str().unwrap();
        let xml = octets(&record, "xml_b64");
        let reading = read_any_way(Form::Document, &xml, seam(&xml), name);
        let expect = record["expect"].as_str().unwrap();
        faults.verdict(&record, name, expect, &reading);
        if expect == "accept" {
            faults.events(&record, name, &reading);
        }
        let Some(wrapped) = record["wrapped_expect"].as_str() else { continue };
        let close: &[u8] = if wrapped == "incomplete" { b"" } else { b"</stream:stream>" };
        let stream = [header("").as_bytes(), &xml, close].concat();
        let reading = read_any_way(Form::Stream, &stream, Some(header("").len()), name);
        faults.verdict(&record, &format!("{name} in a stream"), wrapped, &reading);
    }
    faults.report();
}

#[test]
fn x06_w3c_suite() {
    documents("conformance/xmlconf.jsonl");
}

#[test]
fn x07_w3c_suite_stripped() {
    documents("conformance/xmlconf-stripped.jsonl");
}

#[test]
fn x06_suites_of_other_parsers() {
    documents("conformance/parser-suites.jsonl");
}

#[test]
fn x08_utf8_and_smuggling() {
    let mut faults = Faults::default();
    for record in records("conformance/utf8-smuggling.jsonl") {
        let name = record["id"].as_str().unwrap();
        let opening = format!("<?xml version='1.0'?>{}", header(""));
        let stream = [opening.as_bytes(), &octets(&record, "payload_b64")].concat();
        let mut reading = read_any_way(Form::Stream, &stream, Some(opening.len()), name);
        reading.ended = !reading.open;
        faults.verdict(&record, name, record["expect"].as_str().unwrap(), &reading);
        if record["expect"] != "either" {
            faults.check(name, record["complete_before"] == reading.stanzas, || {
                format!("{} stanzas expected, {} found", record["complete_before"], reading.stanzas)
            });
        }
    }
    faults.report();
}

/// Further declarations that an example leans on.
fn declarations(record: &Value) -> String {
    let prefixes = record["prefixes"].as_array().map_or(&[][..], Vec::as_slice);
    let declare = |prefix: &Value| match prefix.as_str().unwrap() {
        "stream" => "",
        "db" => " xmlns:db='jabber:server:dialback'",
        "sasl" => " xmlns:sasl='urn:ietf:params:xml:ns:xmpp-sasl'",
        other => panic!("unknown prefix {other}"),
    };
    prefixes.iter().map(declare).collect()
}

#[test]
fn x16_xep_examples() {
    let mut faults = Faults::default();
    for record in records("corpus/xep-examples.jsonl") {
        let name = format!("XEP-{} example {}", record["xep"].as_str().unwrap(), record["n"]);
        let opening = header(&declarations(&record));
        let seam = Some(opening.len());
        let stream = opening + record["xml"].as_str().unwrap();
        let reading = read_any_way(Form::Stream, stream.as_bytes(), seam, &name);
        faults.check(&name, reading.error.is_none() && !reading.open, || format!("{:?}", reading.error));
        faults.check(&name, record["elements"] == reading.stanzas, || format!("{} elements", reading.stanzas));
        faults.events(&record, &name, &reading);
    }
    faults.report();
}

#[test]
fn x06_odd_xep_examples() {
    let mut faults = Faults::default();
    for record in records("corpus/xep-examples-odd.jsonl") {
        let name = format!("XEP-{} example {}", record["xep"].as_str().unwrap(), record["n"]);
        let xml = record["xml"].as_str().unwrap();
        let expect = record["expect"].as_str().unwrap();
        let reading = if expect == "document" || record["alone"] == true {
            read_any_way(Form::Document, xml.as_bytes(), seam(xml.as_bytes()), &name)
        } else if expect == "stream-prefix" {
            read_any_way(Form::Stream, xml.as_bytes(), seam(xml.as_bytes()), &name)
        } else {
            let opening = header(&declarations(&record));
            let stream = format!("{opening}{xml}");
            read_any_way(Form::Stream, stream.as_bytes(), Some(opening.len()), &name)
        };
        match expect {
            "document" => faults.verdict(&record, &name, "accept", &reading),
            "stream-tail" => faults.verdict(&record, &name, "accept", &reading),
            "stream-prefix" => faults.check(&name, reading.error.is_none() && !reading.ended, || "ended".into()),
            // A document type declaration is restricted-xml wherever it stands.
            "not-well-formed" if xml.starts_with("<!DOCTYPE") => {
                faults.verdict(&record, &name, "restricted-xml", &reading);
            }
            "incomplete" => faults.check(&name, reading.error.is_none() && reading.open, || "not open".into()),
            _ => faults.verdict(&record, &name, expect, &reading),
        }
        faults.events(&record, &name, &reading);
        if expect != "either" && expect != "document" && record["complete_before"].is_number() {
            faults.check(&name, record["complete_before"] == reading.stanzas, || {
                format!("{} stanzas expected, {} found", record["complete_before"], reading.stanzas)
            });
        }
    }
    faults.report();
}
