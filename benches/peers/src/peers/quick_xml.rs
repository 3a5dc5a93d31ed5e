//! quick-xml: its reader that knows namespaces; from a string where the stream is whole, else from a `BufRead` that
//! gives one piece after the other.

use std::io::{self, BufRead, Read};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;

use super::{Peer, locked, text};
use crate::task::{Answer, Depth, Dom, Events, Route, Sink, Task};

pub struct QuickXml;

impl Peer for QuickXml {
    fn name(&self) -> &'static str {
        "quick-xml"
    }

    fn version(&self) -> String {
        locked("quick-xml")
    }

    fn remarks(&self) -> &'static str {
        "`NsReader`, all checks on; UTF-8 checked for it where whole; names resolved for `dom` only"
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        match task {
            Task::Events => read(Events::new(Depth::DOCUMENT), stream, piece),
            Task::Route => read(Route::new(Depth::DOCUMENT), stream, piece),
            Task::Dom => read(Dom::new(Depth::DOCUMENT), stream, piece),
        }
    }
}

fn read<S: Sink>(mut sink: S, stream: &[u8], piece: usize) -> Result<Answer, String> {
    if piece >= stream.len() {
        let mut reader = NsReader::from_str(text(stream)?);
        reader.config_mut().enable_all_checks(true);
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            if !take(&mut sink, reader.resolver(), event)? {
                return Ok(sink.answer());
            }
        }
    }
    let mut reader = NsReader::from_reader(Pieces { rest: stream, piece, left: piece });
    reader.config_mut().enable_all_checks(true);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| error.to_string())?;
        if !take(&mut sink, reader.resolver(), event)? {
            return Ok(sink.answer());
        }
    }
}

/// Passes an event on; false at the end.
fn take<S: Sink>(sink: &mut S, scope: &NamespaceResolver, event: Event<'_>) -> Result<bool, String> {
    match event {
        Event::Start(tag) => open(sink, scope, &tag)?,
        Event::Empty(tag) => {
            open(sink, scope, &tag)?;
            sink.close();
        }
        Event::End(_) => sink.close(),
        Event::Text(text) if sink.wants_text() => sink.piece(&text.xml10_content()),
        Event::CData(text) if sink.wants_text() => sink.piece(&text.xml10_content()),
        Event::GeneralRef(reference) => {
            let char = reference.resolve_char_ref().map_err(|error| error.to_string())?;
            let mut buffer = [0; 4];
            let value = match char {
                Some(char) => &*char.encode_utf8(&mut buffer),
                None => resolve_predefined_entity(&reference).ok_or("undefined entity")?,
            };
            if sink.wants_text() {
                sink.piece(value);
            }
        }
        Event::Eof => return Ok(false),
        _ => {}
    }
    Ok(true)
}

fn open<S: Sink>(sink: &mut S, scope: &NamespaceResolver, tag: &BytesStart<'_>) -> Result<(), String> {
    if S::NAMESPACES {
        let (space, local) = scope.resolve_element(tag.name());
        sink.open(namespace(&space)?, local.into_inner());
    } else {
        sink.open("", if S::NAMES { tag.local_name().into_inner() } else { "" });
    }
    if !sink.wants_attributes() {
        return Ok(());
    }
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        if S::NAMESPACES {
            let (space, local) = scope.resolve_attribute(attribute.key);
            sink.attribute(namespace(&space)?, local.into_inner(), &value);
        } else if !S::NAMES {
            sink.attribute("", "", &value);
        } else {
            let (local, prefix) = attribute.key.decompose();
            sink.attribute(prefix.map_or("", |prefix| prefix.into_inner()), local.into_inner(), &value);
        }
    }
    Ok(())
}

fn namespace<'n>(space: &ResolveResult<'n>) -> Result<&'n str, String> {
    match space {
        ResolveResult::Bound(namespace) => Ok(namespace.into_inner()),
        ResolveResult::Unbound => Ok(""),
        ResolveResult::Unknown(prefix) => Err(format!("unbound prefix {prefix}")),
    }
}

/// A reader whose buffer holds one piece at a time.
struct Pieces<'s> {
    rest: &'s [u8],
    piece: usize,
    /// Octets left of the piece in progress.
    left: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.rest[..self.left.min(self.rest.len())])
    }

    fn consume(&mut self, count: usize) {
        self.rest = &self.rest[count..];
        self.left -= count;
        if self.left == 0 {
            self.left = self.piece;
        }
    }
}
