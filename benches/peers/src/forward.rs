//! Stanzas sent on: each stanza of a stream is read, gets another `from`, and is written for another stream.
//!
//! That is what a server does with nearly everything it is sent. What it says of its own stream, features and errors,
//! is no part of it here. tercet copies the octets around what changes; the
//! others write anew what they have read, be it events or a tree. Before anything is timed, what each way wrote is read
//! again by tercet: a way whose `to`, `from`, bodies and numbers of elements are not tercet's is left out, and the
//! report says so.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use minidom::tree_builder::TreeBuilder;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer, XmlVersion};
use rxml::error::EndOrError;
use rxml::{Namespace, NcName, Parse, RawParser};
use tercet::stanza::{Stanza, Step};
use tercet::write::{self, Forward};
use tercet::{Input, Limits, Parser, Unit};

use crate::clock::{Clock, Pace, seconds_of};
use crate::corpus::Corpus;
use crate::markdown::{NONE, line, section, table};
use crate::noise::noise;
use crate::statistics::median;

/// Who sends, in place of whoever is named.
const FROM: &str = "mercutio@verona.example/piazza";

/// A way of doing it: appends to the output what is to be sent.
type Way = fn(stream: &[u8], out: &mut Vec<u8>) -> Result<(), String>;

/// A way and its name.
type Named = (&'static str, Way);

const WAYS: [Named; 5] = [
    ("tercet, octets around what changes", tercet_octets),
    ("quick-xml, each event written at once", quick_xml_events),
    ("quick-xml, owned events of a stanza, then written", quick_xml_owned),
    ("quick-xml, a tree of each stanza, then written", quick_xml_tree),
    ("minidom, a tree of each stanza, then written", minidom_tree),
];

/// What came of all ways on all corpora.
#[derive(Default)]
pub struct Forwarded {
    rows: Vec<Row>,
    /// Numbers and names of those that are timed.
    corpora: Vec<(usize, String)>,
    /// Why a way was not timed on a corpus: a sentence each.
    left_out: Vec<String>,
    rounds: usize,
    pace: Pace,
}

/// How fast one way was on one corpus.
struct Row {
    way: &'static str,
    corpus: usize,
    /// The median, in beats of the clock.
    beats: f64,
    /// What lies between the quartiles, as a share of it.
    spread: f64,
    octets: usize,
}

/// Compares what all ways write, then times them in turns, each beside the speed of the machine at that moment. A way
/// that fails, or writes something else than tercet does, is left out of that corpus.
///
/// # Errors
/// A sentence where tercet fails.
pub fn run(corpora: &[Corpus], mut clock: Clock, rounds: usize) -> Result<Forwarded, String> {
    let mut forwarded = Forwarded { rounds, ..Forwarded::default() };
    for (number, corpus) in corpora.iter().enumerate() {
        let stream = sent_on(&corpus.stream).map_err(|error| format!("{}: {error}", corpus.name))?;
        let (ways, left_out) = compare(&corpus.name, &stream)?;
        forwarded.left_out.extend(left_out);
        if !corpus.is_timed() {
            continue;
        }
        let (mut out, mut failed) = (Vec::with_capacity(stream.len() * 2), None);
        let beats = clock.in_turns(rounds, ways.len(), |turn| {
            out.clear();
            let mut sent = Ok(());
            let seconds = seconds_of(|| {
                sent = ways[turn].1(black_box(&stream), &mut out);
                black_box(&out);
            });
            sent.map(|()| seconds).map_err(|error| failed.get_or_insert(error)).ok()
        });
        if let Some(error) = failed {
            return Err(format!("{}: {error}", corpus.name));
        }
        for ((way, _), beats) in ways.into_iter().zip(beats) {
            let (beats, spread) = median(beats);
            forwarded.rows.push(Row { way, corpus: number, beats, spread, octets: stream.len() });
        }
        forwarded.corpora.push((number, corpus.name.clone()));
    }
    forwarded.pace = clock.pace();
    Ok(forwarded)
}

impl Forwarded {
    /// Whether every way was timed on every corpus.
    pub fn is_whole(&self) -> bool {
        self.left_out.is_empty()
    }

    /// A section of the report.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        section(&mut out, |out| self.figures(out));
        if out.is_empty() && !self.left_out.is_empty() {
            line(&mut out, "## `forward`\n");
        }
        for sentence in &self.left_out {
            line(&mut out, &format!("- not timed: {sentence}"));
        }
        out
    }

    fn figures(&self, out: &mut String) {
        line(
            out,
            "## `forward`, whole streams\n\nEvery stanza is read and written for another stream with another `from`. MB/s of \
             what is read, and in brackets how many times longer than tercet it takes; what is timed here wrote \
             the same.\n",
        );
        noise(out, self.rounds, self.rows.iter().map(|row| row.spread).collect(), self.pace);
        line(out, "");
        let heads = ["way".to_owned()].into_iter().chain(self.corpora.iter().map(|(_, name)| name.clone()));
        let rows = WAYS.into_iter().map(|(way, _)| {
            let find = |way: &str, corpus: usize| self.rows.iter().find(|row| row.way == way && row.corpus == corpus);
            let cells = self.corpora.iter().map(|(corpus, _)| match (find(way, *corpus), find(WAYS[0].0, *corpus)) {
                (Some(row), Some(own)) => {
                    let seconds = row.beats * self.pace.seconds;
                    format!("{:.0} (×{:.1})", row.octets as f64 / seconds / 1e6, row.beats / own.beats)
                }
                _ => NONE.to_owned(),
            });
            [way.to_owned()].into_iter().chain(cells).collect()
        });
        table(out, heads, rows);
    }
}

/// The stream without what no server sends on: first-level elements whose names have prefixes, such as stream features
/// and errors.
fn sent_on(stream: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let (mut kept, mut is_less) = (String::new(), false);
    let mut parser = Parser::stream(Limits::CLIENT);
    let mut input = Input::new();
    let mut feed = input.with(stream);
    let mut end = String::new();
    while let Some(unit) = parser.next(&mut feed).map_err(|error| error.to_string())? {
        match unit {
            Unit::Header(header) => {
                kept += header.raw();
                end = format!("</{}>", header.element().qname());
            }
            Unit::Stanza(stanza) if stanza.root().prefix().is_some() => is_less = true,
            Unit::Stanza(stanza) => kept += stanza.raw(),
            _ => {}
        }
    }
    Ok(if is_less { Cow::Owned((kept + &end).into_bytes()) } else { Cow::Borrowed(stream) })
}

/// The ways that write what tercet writes, tercet first, and why others do not.
fn compare(name: &str, stream: &[u8]) -> Result<(Vec<Named>, Vec<String>), String> {
    let found = |write: Way| {
        let mut out = Vec::new();
        write(stream, &mut out)?;
        digest(&out).map_err(|error| format!("what it wrote cannot be read again: {error}"))
    };
    let (mut ways, mut left_out, mut expected) = (Vec::new(), Vec::new(), None);
    for (way, write) in WAYS {
        let differs = match (found(write), expected) {
            (Ok(found), None) => {
                expected = Some(found);
                None
            }
            (Ok(found), Some(expected)) if found == expected => None,
            (Ok(found), Some(expected)) if (found.0, found.1) == (expected.0, expected.1) => {
                Some("wrote other addresses or bodies than tercet".to_owned())
            }
            (Ok((stanzas, elements, _)), Some((wanted, inside, _))) => {
                Some(format!("wrote {stanzas} stanzas of {elements} elements, tercet {wanted} of {inside}"))
            }
            (Err(error), None) => return Err(format!("{way}, {name}: {error}")),
            (Err(error), Some(_)) => Some(error),
        };
        match differs {
            None => ways.push((way, write)),
            Some(why) => left_out.push(format!("{way}, {name}: {why}")),
        }
    }
    Ok((ways, left_out))
}

/// The stanzas, the elements, and a digest of addresses and bodies in what was written for a client's stream.
fn digest(written: &[u8]) -> Result<(u64, u64, u64), String> {
    let header = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    let stream = [header, written, b"</stream:stream>"].concat();
    let (mut stanzas, mut elements, mut hasher) = (0, 0, DefaultHasher::new());
    each(&stream, |stanza| {
        stanzas += 1;
        elements += stanza.root().walk().filter(|step| matches!(step, Step::Enter(_))).count() as u64;
        let [to, from] = [stanza.to(), stanza.from()].map(|address| address.map(|address| address.decode()));
        (stanza.root().ns(), stanza.root().local(), to, from).hash(&mut hasher);
        for body in stanza.root().elements().filter(|element| element.is(tercet::ns::name::BODY)) {
            body.text().hash(&mut hasher);
        }
        Ok(())
    })?;
    Ok((stanzas, elements, hasher.finish()))
}

fn tercet_octets(stream: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let change = Forward { from: Some(FROM), ..Forward::default() };
    each(stream, |stanza| write::forward(out, &stanza, change).map_err(|error| error.to_string()))
}

fn each(stream: &[u8], mut visit: impl FnMut(Stanza<'_>) -> Result<(), String>) -> Result<(), String> {
    let mut parser = Parser::stream(Limits::CLIENT);
    let mut input = Input::new();
    let mut feed = input.with(stream);
    while let Some(unit) = parser.next(&mut feed).map_err(|error| error.to_string())? {
        if let Unit::Stanza(stanza) = unit {
            visit(stanza)?;
        }
    }
    drop(feed);
    parser.eof(&input).map_err(|error| error.to_string())
}

fn quick_xml_events(stream: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let mut writer = Writer::new(out);
    quick_xml(stream, |event, depth| {
        let written = match event {
            Event::Start(tag) if depth == 1 => writer.write_event(Event::Start(with_from(&tag)?)),
            Event::Empty(tag) if depth == 1 => writer.write_event(Event::Empty(with_from(&tag)?)),
            event => writer.write_event(event),
        };
        written.map_err(|error| error.to_string())
    })
}

fn quick_xml_owned(stream: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let mut writer = Writer::new(out);
    let mut stanza: Vec<Event<'static>> = Vec::new();
    quick_xml(stream, |event, depth| {
        let is_last = depth == 1 && matches!(event, Event::End(_) | Event::Empty(_));
        stanza.push(event.into_owned());
        if !is_last {
            return Ok(());
        }
        if let Some(Event::Start(tag) | Event::Empty(tag)) = stanza.first_mut() {
            *tag = with_from(tag)?.into_owned();
        }
        stanza.drain(..).try_for_each(|event| writer.write_event(event).map_err(|error| error.to_string()))
    })
}

/// What quick-xml's users who want a tree build: names as written, values and text decoded.
struct Tree {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

enum Node {
    Element(Tree),
    Text(String),
}

fn quick_xml_tree(stream: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let mut writer = Writer::new(out);
    let mut open: Vec<Tree> = Vec::new();
    quick_xml(stream, |event, _| {
        let closed = match event {
            Event::Start(tag) => {
                open.push(Tree::of(&tag)?);
                return Ok(());
            }
            Event::Empty(tag) => Tree::of(&tag)?,
            Event::End(_) => open.pop().ok_or("an end tag too many")?,
            event => return open.last_mut().map_or(Ok(()), |parent| parent.push_text(event)),
        };
        match open.last_mut() {
            Some(parent) => {
                parent.children.push(Node::Element(closed));
                Ok(())
            }
            None => {
                let mut stanza = closed;
                match stanza.attributes.iter_mut().find(|(name, _)| name == "from") {
                    Some((_, from)) => FROM.clone_into(from),
                    None => stanza.attributes.push(("from".to_owned(), FROM.to_owned())),
                }
                stanza.write(&mut writer).map_err(|error| error.to_string())
            }
        }
    })
}

impl Tree {
    fn of(tag: &BytesStart<'_>) -> Result<Self, String> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
        }
        Ok(Self { name: tag.name().into_inner().to_owned(), attributes, children: Vec::new() })
    }

    fn push_text(&mut self, event: Event<'_>) -> Result<(), String> {
        let mut buffer = [0; 4];
        let piece = match &event {
            Event::Text(text) => text.xml10_content(),
            Event::CData(text) => text.xml10_content(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                Some(char) => (&*char.encode_utf8(&mut buffer)).into(),
                None => resolve_predefined_entity(reference).ok_or("undefined entity")?.into(),
            },
            _ => return Ok(()),
        };
        match self.children.last_mut() {
            Some(Node::Text(text)) => text.push_str(&piece),
            _ => self.children.push(Node::Text(piece.into_owned())),
        }
        Ok(())
    }

    fn write(&self, writer: &mut Writer<&mut Vec<u8>>) -> std::io::Result<()> {
        let mut tag = BytesStart::new(self.name.as_str());
        for (name, value) in &self.attributes {
            tag.push_attribute((name.as_str(), value.as_str()));
        }
        if self.children.is_empty() {
            return writer.write_event(Event::Empty(tag));
        }
        writer.write_event(Event::Start(tag))?;
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(writer)?,
                Node::Text(text) => writer.write_event(Event::Text(BytesText::new(text)))?,
            }
        }
        writer.write_event(Event::End(BytesEnd::new(self.name.as_str())))
    }
}

/// Gives the events of all stanzas to `take`, with the depth of the element that begins, ends or is around: 1 is a
/// stanza.
fn quick_xml<'s>(stream: &'s [u8], mut take: impl FnMut(Event<'s>, u32) -> Result<(), String>) -> Result<(), String> {
    let text = std::str::from_utf8(stream).map_err(|error| error.to_string())?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let mut depth = 0_u32;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Eof => return Ok(()),
            Event::Start(tag) => {
                if depth > 0 {
                    take(Event::Start(tag), depth)?;
                }
                depth += 1;
            }
            Event::End(tag) => {
                depth -= 1;
                if depth > 0 {
                    take(Event::End(tag), depth)?;
                }
            }
            Event::Empty(tag) if depth > 0 => take(Event::Empty(tag), depth)?,
            // White space between stanzas is none of theirs.
            event if depth > 1 => take(event, depth)?,
            _ => {}
        }
    }
}

fn with_from<'t>(tag: &'t BytesStart<'_>) -> Result<BytesStart<'t>, String> {
    let mut changed = BytesStart::new(tag.name().into_inner());
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.as_ref() != "from" {
            changed.push_attribute(attribute);
        }
    }
    changed.push_attribute(("from", FROM));
    Ok(changed)
}

fn minidom_tree(stream: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let name = NcName::try_from("from").map_err(|error| error.to_string())?;
    let mut parser = RawParser::new();
    let mut builder = TreeBuilder::new();
    let mut rest = stream;
    loop {
        let event = match parser.parse(&mut rest, true) {
            Ok(Some(event)) => event,
            Ok(None) => return Ok(()),
            Err(EndOrError::NeedMoreData) => return Err("the stream does not end".to_owned()),
            Err(EndOrError::Error(error)) => return Err(error.to_string()),
        };
        builder.process_event(event).map_err(|error| error.to_string())?;
        if builder.depth() == 1
            && let Some(mut stanza) = builder.unshift_child()
        {
            stanza.set_attr(Namespace::NONE, name.clone(), FROM);
            stanza.write_to(out).map_err(|error| error.to_string())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tercet_corpora::Kind;

    #[test]
    fn all_ways_write_the_same() {
        for kind in Kind::ALL {
            let (ways, left_out) = compare("x", &Corpus::made_up(kind, 7, 200_000).stream).unwrap();
            assert_eq!((ways.len(), left_out), (WAYS.len(), Vec::new()));
        }
    }

    fn stream(stanzas: &str) -> Corpus {
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
                      xmlns:r='urn:xmpp:receipts'>";
        Corpus { name: "x".to_owned(), stream: format!("{header}{stanzas}</stream:stream>").into_bytes(), note: None }
    }

    #[test]
    fn white_space_between_stanzas_changes_nothing() {
        let spaced = stream("\n<message from='a'><body>b</body></message> \n<iq from='a'/>\n");
        assert_eq!(compare("x", &spaced.stream).unwrap().1, Vec::<String>::new());
    }

    #[test]
    fn what_a_server_says_of_the_stream_is_not_sent_on() {
        let said = stream("<stream:features><x/></stream:features><iq id='1'/> <stream:error/>");
        assert!(tercet_octets(&said.stream, &mut Vec::new()).is_err(), "else nothing need be left out");
        let kept = sent_on(&said.stream).unwrap();
        assert_eq!(kept, stream("<iq id='1'/>").stream);
        assert!(matches!(sent_on(&kept), Ok(Cow::Borrowed(_))));
        assert!(run(&[said], Clock::new(1.0), 1).unwrap().is_whole());
        assert!(sent_on(b"<a><b></a>").is_err());
    }

    #[test]
    fn who_fails_is_left_out_alone() {
        // quick-xml's ways do not declare the header's prefix anew.
        let corpus = stream("<message><r:request/></message>");
        let (ways, left_out) = compare("x", &corpus.stream).unwrap();
        let kept: Vec<_> = WAYS.into_iter().map(|(way, _)| way).filter(|way| !way.starts_with("quick-xml")).collect();
        assert_eq!(ways.iter().map(|(way, _)| *way).collect::<Vec<_>>(), kept);
        assert_eq!(left_out.len(), WAYS.len() - kept.len());
        let forwarded = run(&[corpus], Clock::new(1.0), 1).unwrap();
        assert!(!forwarded.is_whole());
        let markdown = forwarded.markdown();
        assert_eq!(markdown.matches("- not timed: quick-xml, ").count(), left_out.len(), "{markdown}");
        // The stream is too short to be timed, and there is one that is not.
        assert!(!markdown.contains("| way |"), "{markdown}");
        let made_up = Corpus::made_up(Kind::Chat, 1, Corpus::LEAST);
        let markdown = run(&[made_up, stream("<message/>")], Clock::new(1.0), 1).unwrap().markdown();
        assert!(markdown.contains("| way | chat |") && !markdown.contains("not timed"), "{markdown}");
        assert!(markdown.contains("- noise that is left: "), "{markdown}");
    }

    #[test]
    fn beats_are_told_as_megabytes_a_second() {
        let row = |way, beats| Row { way, corpus: 0, beats, spread: 0.2, octets: 1_000_000 };
        let forwarded = Forwarded {
            rows: vec![row(WAYS[0].0, 2.0), row(WAYS[3].0, 5.0)],
            corpora: vec![(0, "x".to_owned())],
            rounds: 7,
            pace: Pace { seconds: 0.005, range: [0.9, 1.1], ..Pace::default() },
            ..Forwarded::default()
        };
        let markdown = forwarded.markdown();
        let rows = [format!("| {} | 100 (×1.0) |\n", WAYS[0].0), format!("| {} | 40 (×2.5) |\n", WAYS[3].0)];
        assert!(rows.iter().all(|row| markdown.contains(row)), "{markdown}");
        assert!(markdown.contains("20.0 % in nine of ten") && markdown.contains("too much noise"), "{markdown}");
    }

    #[test]
    fn a_change_of_address_or_body_shows() {
        let stanza = "<message to='a' from='b'><body>c</body></message>";
        let same = digest(stanza.as_bytes()).unwrap();
        for (from, to) in [("'a'", "'x'"), ("'b'", "'x'"), (">c<", ">x<"), ("<body>", "<x/><body>"), ("message", "iq")]
        {
            assert_ne!(digest(stanza.replace(from, to).as_bytes()).unwrap(), same, "{from}");
        }
    }
}
