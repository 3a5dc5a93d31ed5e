//! The writer alone, for daily work: `cargo bench --bench write`. How it stands beside others is the matter of
//! `benches/peers`.
//!
//! - `escape`: text appended to an output: prose, prose with a character now and then that must be escaped, markup.
//! - `forward`: the stanzas of a short stream, parsed beforehand, sent on with another `from`. They stay in the
//!   processor's cache, as a stanza does that was parsed just before.
//! - `detach`: one stanza of each stream made to outlive its bytes: `copy` copies them, `share` shares their buffer.
//! - `parse_and_forward`: a long stream, parsed and sent on: what a router does all day.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tercet::ns::name;
use tercet::stanza::{OwnedStanza, Stanza};
use tercet::stream::UnitKind;
use tercet::write::{self, Forward, Writer};
use tercet::{Input, Limits, Parser, Unit};
use tercet_corpora::Kind;

const SEED: u64 = 1;
const SIZE: usize = 1 << 20;
const SHORT: usize = 1 << 15;
const CHANGE: Forward<'static> =
    Forward { from: Some("mercutio@verona.example/piazza"), to: None, lang: None, content_ns: None };

fn escape(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("escape");
    let prose = "Two households, both alike in dignity, in fair Verona, where we lay our scene, ".repeat(52);
    let texts = [
        ("short", prose[..24].to_owned()),
        ("prose", prose.clone()),
        ("references", prose.replace("both", "R&J")),
        ("markup", "<a b='c'>&amp;</a>".repeat(228)),
        ("japanese", "花の都ヴェローナに威勢を競う二つの名家、".repeat(70)),
    ];
    let mut out = Vec::new();
    for (what, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(what), text, |bencher, text| {
            bencher.iter(|| {
                out.clear();
                let mut writer = Writer::new(&mut out);
                writer.open(name::BODY).text(black_box(text)).close();
                writer.finish().expect("it can be written");
                black_box(&out);
            });
        });
    }
    group.finish();
}

fn forward(criterion: &mut Criterion) {
    let mut out = Vec::with_capacity(SIZE * 2);
    let mut group = criterion.benchmark_group("forward");
    for kind in Kind::ALL {
        let stream = kind.stream(SEED, SHORT);
        let mut stanzas: Vec<OwnedStanza> = Vec::new();
        each(&stream, |stanza| stanzas.push(stanza.detach()));
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function(kind.name(), |bencher| {
            bencher.iter(|| {
                out.clear();
                for stanza in &stanzas {
                    write::forward(&mut out, &stanza.view(), CHANGE).expect("it can be written");
                }
                black_box(&out);
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("parse_and_forward");
    for kind in Kind::ALL {
        let stream = kind.stream(SEED, SIZE);
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function(kind.name(), |bencher| {
            bencher.iter(|| {
                out.clear();
                each(black_box(&stream), |stanza| {
                    write::forward(&mut out, &stanza, CHANGE).expect("it can be written");
                });
                black_box(&out);
            });
        });
    }
    group.finish();
}

fn detach(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("detach");
    for kind in Kind::ALL {
        let buffer = Bytes::from(kind.stream(SEED, SHORT));
        let mut parser = Parser::stream(Limits::CLIENT);
        let mut input = Input::new();
        let mut feed = input.with(&buffer);
        let stanza = loop {
            // The first stanza behind the header stands for all.
            if let Some(UnitKind::Stanza) = parser.advance(&mut feed).expect("the stream is valid") {
                break parser.stanza(&feed).expect("it was found");
            }
        };
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new(kind.name(), "copy"), |bencher| {
            bencher.iter(|| black_box(stanza).detach());
        });
        group.bench_function(BenchmarkId::new(kind.name(), "share"), |bencher| {
            bencher.iter(|| black_box(stanza).detach_in(&buffer));
        });
    }
    group.finish();
}

/// Visits the stanzas of a stream.
fn each(stream: &[u8], mut visit: impl FnMut(Stanza<'_>)) {
    let mut parser = Parser::stream(Limits::CLIENT);
    let mut input = Input::new();
    let mut feed = input.with(stream);
    while let Some(unit) = parser.next(&mut feed).expect("the stream is valid") {
        if let Unit::Stanza(stanza) = unit {
            visit(stanza);
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = escape, forward, detach
}
criterion_main!(benches);
