//! The forms in which units are shown.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Instant;

use serde_json::{Map, Value, json};
use tercet::Unit;
use tercet::stanza::{Element, Kind, Stanza, Step, Text};
use tercet::stream::Header;

use super::place::Position;
use crate::args::Format;
use crate::canon;
use crate::words::counted;

/// Writes units one by one.
pub(super) struct Show<W: Write> {
    format: Format,
    out: W,
    began: Instant,
    totals: Totals,
    /// Octets of the input before what is wrong with it.
    good: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    messages: u64,
    presences: u64,
    iqs: u64,
    others: u64,
}

impl<W: Write> Show<W> {
    pub(super) fn new(format: Format, out: W) -> Self {
        Self { format, out, began: Instant::now(), totals: Totals::default(), good: None }
    }

    pub(super) fn unit(&mut self, unit: Unit<'_>) -> io::Result<()> {
        match unit {
            Unit::Header(header) => self.header(header),
            Unit::Stanza(stanza) => self.stanza(stanza),
            Unit::Close => self.alone("close"),
            Unit::Text => self.alone("text"),
            _ => Ok(()),
        }
    }

    /// Text between elements that begins with a byte order mark, which nobody would see.
    pub(super) fn mark(&mut self) -> io::Result<()> {
        match self.format {
            Format::Canon => Ok(()),
            Format::Json => writeln!(self.out, "{}", json!({ "kind": "text", "byte_order_mark": true })),
            Format::Text => writeln!(self.out, "text begins with a byte order mark (U+FEFF)"),
        }
    }

    /// Says the totals, and hands over what is written but held back. Where something is wrong, octets count up to
    /// there: how many came along behind it is chance.
    pub(super) fn end(&mut self, read: u64) -> io::Result<()> {
        if self.format == Format::Text {
            let Totals { messages, presences, iqs, others } = self.totals;
            let seconds = self.began.elapsed().as_secs_f64();
            let stanzas = messages + presences + iqs + others;
            let (bytes, which) = self.good.map_or((read, ""), |good| (good, " before the error"));
            writeln!(
                self.out,
                "total {}: {messages} message, {presences} presence, {iqs} iq, {others} other; {}{which} in {seconds:.3} s, \
                 {:.1} MB/s",
                counted(stanzas, "element"),
                counted(bytes, "byte"),
                bytes as f64 / 1e6 / seconds.max(1e-9),
            )?;
        }
        self.out.flush()
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn header(&mut self, header: Header<'_>) -> io::Result<()> {
        let attributes = [
            ("to", header.to()),
            ("from", header.from()),
            ("id", header.id()),
            ("version", header.version()),
            ("lang", header.lang()),
        ];
        match self.format {
            Format::Canon => Ok(()),
            Format::Json => {
                let mut object = object("header", header.element(), attributes, header.raw());
                let declared = header.declarations().map(|(prefix, ns)| (prefix.to_owned(), ns.decode().into()));
                object.insert("declarations".into(), Value::Object(declared.collect()));
                self.json(object)
            }
            Format::Text => {
                self.line("header", header.element(), attributes, header.raw())?;
                for (prefix, ns) in header.declarations() {
                    let colon = if prefix.is_empty() { "" } else { ":" };
                    write!(self.out, " xmlns{colon}{prefix}={:?}", ns.decode())?;
                }
                writeln!(self.out)
            }
        }
    }

    fn stanza(&mut self, stanza: Stanza<'_>) -> io::Result<()> {
        let kind = self.totals.count(stanza.kind());
        let attributes = [
            ("to", stanza.to()),
            ("from", stanza.from()),
            ("id", stanza.id()),
            ("type", stanza.ty()),
            ("lang", stanza.lang()),
        ];
        match self.format {
            Format::Canon => canon::write(stanza.root(), &mut self.out).map(|_| ()),
            Format::Json => {
                let mut object = object(kind, stanza.root(), attributes, stanza.raw());
                object.insert("text".into(), stanza.root().text().into());
                object.insert("children".into(), stanza.root().elements().map(child).collect());
                self.json(object)
            }
            Format::Text => {
                self.line(kind, stanza.root(), attributes, stanza.raw())?;
                if let Some((text, more)) = preview(stanza.root()) {
                    write!(self.out, " text={text:?}{more}")?;
                }
                for ns in child_namespaces(stanza.root()) {
                    write!(self.out, " child-ns={ns:?}")?;
                }
                writeln!(self.out)
            }
        }
    }

    /// What is wrong there. The other formats leave it to the error line.
    pub(super) fn fault(&mut self, condition: &str, at: Position, why: &str) -> io::Result<()> {
        let Position { offset, line, column } = at;
        self.good = Some(offset);
        match self.format {
            Format::Json => {
                let object = json!({
                    "kind": "error", "condition": condition, "offset": offset, "line": line, "column": column, "reason": why,
                });
                writeln!(self.out, "{object}")
            }
            Format::Canon | Format::Text => Ok(()),
        }
    }

    /// What keeps the input from being read. The other formats leave it to the error line.
    pub(super) fn unread(&mut self, why: &str) -> io::Result<()> {
        match self.format {
            Format::Json => writeln!(self.out, "{}", json!({ "kind": "error", "reason": why })),
            Format::Canon | Format::Text => Ok(()),
        }
    }

    /// What has nothing but its kind.
    fn alone(&mut self, kind: &str) -> io::Result<()> {
        match self.format {
            Format::Canon => Ok(()),
            Format::Json => writeln!(self.out, "{}", json!({ "kind": kind })),
            Format::Text => writeln!(self.out, "{kind}"),
        }
    }

    /// A line up to the length; what is inside follows. Values are quoted, and what could move a cursor is escaped.
    fn line<const N: usize>(
        &mut self,
        kind: &str,
        element: Element<'_>,
        attributes: [(&str, Option<Text<'_>>); N],
        raw: &str,
    ) -> io::Result<()> {
        write!(self.out, "{kind}")?;
        if kind == "other" {
            write!(self.out, " {{{}}}{}", element.ns().escape_debug(), element.local())?;
        }
        for (name, value) in attributes {
            if let Some(value) = value {
                write!(self.out, " {name}={:?}", value.decode())?;
            }
        }
        write!(self.out, " {} bytes", raw.len())
    }

    fn json(&mut self, object: Map<String, Value>) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &object)?;
        writeln!(self.out)
    }
}

impl Totals {
    /// Counts one more, and names its kind.
    fn count(&mut self, kind: Kind) -> &'static str {
        let (count, name) = match kind {
            Kind::Message => (&mut self.messages, "message"),
            Kind::Presence => (&mut self.presences, "presence"),
            Kind::Iq => (&mut self.iqs, "iq"),
            _ => (&mut self.others, "other"),
        };
        *count += 1;
        name
    }
}

fn object<const N: usize>(
    kind: &str,
    element: Element<'_>,
    attributes: [(&str, Option<Text<'_>>); N],
    raw: &str,
) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("kind".into(), kind.into());
    object.insert("name".into(), name(element));
    for (name, value) in attributes {
        object.insert(name.into(), value.map(|value| value.decode().into_owned()).into());
    }
    object.insert("bytes".into(), raw.len().into());
    object
}

fn name(element: Element<'_>) -> Value {
    json!({ "ns": element.ns(), "local": element.local() })
}

fn child(element: Element<'_>) -> Value {
    json!({ "ns": element.ns(), "local": element.local(), "text": element.text() })
}

/// Characters of text that a line shows.
const PREVIEW: usize = 60;

/// The beginning of all character data in `element`, its words with a space between, and what marks that there is more.
/// Nothing where there is none but white space.
fn preview(element: Element<'_>) -> Option<(String, &'static str)> {
    let (mut shown, mut room) = (String::new(), PREVIEW);
    for step in element.walk() {
        let Step::Text(text) = step else { continue };
        for word in text.decode().split_ascii_whitespace() {
            let space = if shown.is_empty() { "" } else { " " };
            let mut chars = space.chars().chain(word.chars());
            let before = shown.len();
            shown.extend(chars.by_ref().take(room));
            if chars.next().is_some() {
                return Some((shown, "..."));
            }
            room -= shown.get(before..).unwrap_or_default().chars().count();
        }
    }
    (!shown.is_empty()).then_some((shown, ""))
}

/// The namespaces of the child elements, each once, in order.
fn child_namespaces(element: Element<'_>) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    element.elements().map(Element::ns).filter(|ns| seen.insert(*ns)).collect()
}
