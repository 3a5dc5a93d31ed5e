//! The parser alone, for daily work: `cargo bench --bench parse`. How it stands beside others is the matter of
//! `benches/peers`.
//!
//! For each kind of stream three tasks, on the whole of it and in pieces of 1460 octets, which is what a TCP segment
//! holds:
//!
//! - `events`: every element, attribute and text is visited; lengths of decoded values are summed.
//! - `route`: each stanza's kind, `to`, `from`, `id`, `type` and the length of its body.
//! - `dom`: every name with its namespace, every value and text decoded; all octets of them are summed.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tercet::stanza::{Kind as StanzaKind, Node, Stanza, Step, Text};
use tercet::{Input, Limits, Parser, Unit};
use tercet_corpora::Kind;

const SEED: u64 = 1;
const SIZE: usize = 1 << 20;
const SEGMENT: usize = 1460;

/// What a task makes of a stanza.
type Visit = fn(Stanza<'_>) -> usize;

const TASKS: [(&str, Visit); 3] = [("events", events), ("route", route), ("dom", dom)];

fn parse(criterion: &mut Criterion) {
    for (task, visit) in TASKS {
        let mut group = criterion.benchmark_group(task);
        for kind in Kind::ALL {
            let stream = kind.stream(SEED, SIZE);
            group.throughput(Throughput::Bytes(stream.len() as u64));
            for (pieces, size) in [("whole", stream.len()), ("1460", SEGMENT)] {
                group.bench_with_input(BenchmarkId::new(kind.name(), pieces), &stream, |bencher, stream| {
                    bencher.iter(|| read(black_box(stream), size, visit));
                });
            }
        }
        group.finish();
    }
}

/// Reads a stream in pieces of `size` octets and sums what `visit` makes of its stanzas.
fn read(stream: &[u8], size: usize, visit: Visit) -> usize {
    let mut parser = Parser::stream(Limits::CLIENT);
    let mut input = Input::new();
    let mut sum = 0;
    for piece in stream.chunks(size) {
        let mut feed = input.with(piece);
        while let Some(unit) = parser.next(&mut feed).expect("the stream is valid") {
            if let Unit::Stanza(stanza) = unit {
                sum += visit(stanza);
            }
        }
    }
    parser.eof(&input).expect("the stream ends with its end tag");
    sum
}

fn events(stanza: Stanza<'_>) -> usize {
    let mut sum = 0;
    for node in stanza.root().descendants() {
        sum += match node {
            Node::Element(element) => 1 + element.attrs().map(|attr| attr.value().len()).sum::<usize>(),
            Node::Text(text) => text.len(),
            _ => 0,
        };
    }
    sum
}

fn route(stanza: Stanza<'_>) -> usize {
    let heads = [stanza.to(), stanza.from(), stanza.id(), stanza.ty()];
    let heads: usize = heads.into_iter().flatten().map(Text::len).sum();
    let body = stanza.root().elements().find(|element| element.local() == "body");
    heads + body.map_or(0, |body| body.text().len()) + usize::from(stanza.kind() != StanzaKind::Other)
}

fn dom(stanza: Stanza<'_>) -> usize {
    let mut sum = 0;
    for step in stanza.root().walk() {
        match step {
            Step::Enter(element) => {
                sum += octets(element.ns()) + octets(element.local());
                for attr in element.attrs() {
                    sum += octets(attr.ns()) + octets(attr.local()) + octets(&attr.value().decode());
                }
            }
            Step::Text(text) => sum += octets(&text.decode()),
            _ => {}
        }
    }
    sum
}

fn octets(text: &str) -> usize {
    text.bytes().map(usize::from).sum()
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = parse
}
criterion_main!(benches);
