//! tercet: the parser alone. Stanza views walked, on the best instruction set and on each; and the sink below the tape,
//! told of elements as they are read.

use ::tercet::ns::name;
use ::tercet::stanza::{Element, Node, Sink as Told, Stanza, Step, Text};
use ::tercet::{EventReader, Input, Isa, Limits, Parser, Unit};

use super::{Peer, Role, locked};
use crate::task::{Answer, Depth, Dom, Events, Head, Route, Seen, Sink, Task};

/// The row that counts.
pub const NAME: &str = "tercet";

/// tercet in one of the ways there are to use it.
pub struct Tercet {
    name: &'static str,
    /// Makes the parser.
    parser: fn() -> Parser,
    /// Whether it is here only to tell where speed comes from.
    detail: bool,
}

/// As its users get it first, then in parts: what each of the processor's instruction sets gives.
pub fn rows() -> Vec<Tercet> {
    let mut rows = vec![Tercet { name: NAME, parser: || Parser::stream(Limits::CLIENT), detail: false }];
    let sets: [(Isa, Tercet); 4] = [
        (Isa::Avx512, on("tercet, AVX-512", || Parser::stream(Limits::CLIENT).with_isa(Isa::Avx512))),
        (Isa::Avx2, on("tercet, AVX2", || Parser::stream(Limits::CLIENT).with_isa(Isa::Avx2))),
        (Isa::Sse2, on("tercet, SSE2", || Parser::stream(Limits::CLIENT).with_isa(Isa::Sse2))),
        (Isa::Portable, on("tercet, portable", || Parser::stream(Limits::CLIENT).with_isa(Isa::Portable))),
    ];
    // The first row is the best set's already.
    rows.extend(sets.into_iter().filter(|(isa, _)| *isa != Isa::best() && isa.is_available()).map(|(_, row)| row));
    rows
}

const fn on(name: &'static str, parser: fn() -> Parser) -> Tercet {
    Tercet { name, parser, detail: true }
}

/// tercet without a tape.
pub struct TercetSink;

impl Peer for TercetSink {
    fn name(&self) -> &'static str {
        "tercet, sink"
    }

    fn role(&self) -> Role {
        Role::Tercet
    }

    fn version(&self) -> String {
        locked("tercet")
    }

    fn remarks(&self) -> &'static str {
        "limits of a client; told of elements as they are read"
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        match task {
            Task::Events => read(Events::new(Depth::STREAM), stream, piece),
            Task::Route => read(Route::new(Depth::STREAM), stream, piece),
            Task::Dom => read(Dom::new(Depth::STREAM), stream, piece),
        }
    }
}

/// Reads the stream, and tells the task.
fn read<S: Sink>(task: S, stream: &[u8], piece: usize) -> Result<Answer, String> {
    let mut teller = Teller { task, buffer: String::new() };
    let mut reader = EventReader::stream(Limits::CLIENT);
    let mut input = Input::new();
    for piece in stream.chunks(piece) {
        let mut feed = input.with(piece);
        while reader.next(&mut feed, &mut teller).map_err(|error| error.to_string())?.is_some() {}
    }
    reader.eof(&input).map_err(|error| error.to_string())?;
    Ok(teller.task.answer())
}

struct Teller<S> {
    task: S,
    buffer: String,
}

impl<S: Sink> Told for Teller<S> {
    #[inline]
    fn start(&mut self, element: Element<'_>) {
        let local = if S::NAMES { element.local() } else { "" };
        self.task.open(if S::NAMESPACES { element.ns() } else { "" }, local);
        if !self.task.wants_attributes() {
            return;
        }
        for attr in element.attrs() {
            if !S::VALUES {
                self.task.attribute_len(attr.value().len());
                continue;
            }
            let local = if S::NAMES { attr.local() } else { "" };
            let ns = if S::NAMESPACES { attr.ns() } else { attr.prefix().unwrap_or("") };
            self.task.attribute(ns, local, value(attr.value(), &mut self.buffer));
        }
    }

    #[inline]
    fn text(&mut self, piece: Text<'_>) {
        if !self.task.wants_text() {
            return;
        }
        if S::TEXT {
            self.task.piece(value(piece, &mut self.buffer));
        } else {
            self.task.piece_len(piece.len());
        }
    }

    #[inline]
    fn end(&mut self, _element: Element<'_>) {
        self.task.close();
    }
}

impl Peer for Tercet {
    fn name(&self) -> &'static str {
        self.name
    }

    fn role(&self) -> Role {
        if self.detail { Role::Detail } else { Role::Tercet }
    }

    fn version(&self) -> String {
        locked("tercet")
    }

    fn remarks(&self) -> &'static str {
        if self.detail {
            "limits of a client; stanza views; UTF-8 checked on the best instructions, names compared on SSE2 at least"
        } else {
            "limits of a client; stanza views"
        }
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        let mut buffer = String::new();
        match task {
            Task::Events => {
                let mut seen = Seen::default();
                self.read(stream, piece, |stanza| events(stanza, &mut seen))?;
                Ok(seen.answer())
            }
            Task::Route => {
                let mut route = Route::new(Depth::STREAM);
                self.read(stream, piece, |stanza| heads(stanza, &mut buffer, &mut route))?;
                Ok(route.answer())
            }
            Task::Dom => {
                let mut sink = Dom::new(Depth::STREAM);
                self.read(stream, piece, |stanza| walk(stanza, &mut buffer, &mut sink))?;
                Ok(sink.answer())
            }
        }
    }
}

impl Tercet {
    fn read(&self, stream: &[u8], piece: usize, mut visit: impl FnMut(Stanza<'_>)) -> Result<(), String> {
        let mut parser = (self.parser)();
        let mut input = Input::new();
        for piece in stream.chunks(piece) {
            let mut feed = input.with(piece);
            while let Some(unit) = parser.next(&mut feed).map_err(|error| error.to_string())? {
                if let Unit::Stanza(stanza) = unit {
                    visit(stanza);
                }
            }
        }
        parser.eof(&input).map_err(|error| error.to_string())
    }
}

/// Tells `sink` of all stanzas of a stream, values and text decoded.
///
/// # Errors
/// Why the stream cannot be read.
pub fn tell_stanzas(stream: &[u8], sink: &mut impl Sink) -> Result<(), String> {
    let mut buffer = String::new();
    rows()[0].read(stream, stream.len(), |stanza| walk(stanza, &mut buffer, sink))
}

fn events(stanza: Stanza<'_>, seen: &mut Seen) {
    seen.stanza();
    for node in stanza.root().descendants() {
        match node {
            Node::Element(element) => {
                seen.element();
                for attr in element.attrs() {
                    seen.value(attr.value().len());
                }
            }
            Node::Text(text) => seen.text(text.len()),
            _ => {}
        }
    }
}

fn walk<S: Sink>(stanza: Stanza<'_>, buffer: &mut String, sink: &mut S) {
    for step in stanza.root().walk() {
        match step {
            Step::Enter(element) => {
                sink.open(if S::NAMESPACES { element.ns() } else { "" }, element.local());
                for attr in element.attrs() {
                    let ns = if S::NAMESPACES { attr.ns() } else { "" };
                    sink.attribute(ns, attr.local(), value(attr.value(), buffer));
                }
            }
            Step::Text(text) => sink.run(value(text, buffer)),
            Step::Leave(_) => sink.close(),
            _ => {}
        }
    }
}

fn heads(stanza: Stanza<'_>, buffer: &mut String, route: &mut Route) {
    route.begin(stanza.root().local());
    let mut head = |head: Head, text: Option<Text<'_>>| {
        if let Some(text) = text {
            route.head(head, value(text, buffer));
        }
    };
    head(Head::To, stanza.to());
    head(Head::From, stanza.from());
    head(Head::Id, stanza.id());
    head(Head::Type, stanza.ty());
    for body in stanza.root().elements().filter(|element| element.name().local == name::BODY.local) {
        for text in body.children().filter_map(Node::as_text) {
            route.body(text.len());
        }
    }
    route.finish();
}

/// The value of `text`, in `buffer` where it had to be decoded.
#[inline]
fn value<'v>(text: Text<'v>, buffer: &'v mut String) -> &'v str {
    if let Some(plain) = text.as_plain() {
        return plain;
    }
    buffer.clear();
    text.decode_into(buffer);
    buffer
}
