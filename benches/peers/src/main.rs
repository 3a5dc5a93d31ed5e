//! tercet beside the parsers that are used today: one command that makes streams, runs everyone, prints a table.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --help
//! ```

mod allocations;
mod chart;
mod digest;
mod floor;
mod forward;
mod measure;
mod options;
mod peers;
mod probes;
mod report;
mod scope;
mod task;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use tercet::{Input, Limits, Parser, Unit};
use tercet_corpora::Kind;

use measure::{Corpus, Outcome, measure};
use options::{HELP, Options};
use report::Report;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let only_forward = arguments.next_if(|first| first == "forward").is_some();
    let run = match Options::parse(arguments) {
        Ok(Some(options)) if only_forward => run_forward(&options),
        Ok(Some(options)) => run(&options),
        Ok(None) => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error),
    };
    run.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

/// Fails where a peer refused a stream or read something else than the others.
fn run(options: &Options) -> Result<ExitCode, String> {
    if cfg!(debug_assertions) {
        eprintln!("built without --release: the figures mean nothing");
    }
    let corpora = corpora(options)?;
    let mut peers = peers::all();
    let wanted = |name: &str| options.peers.iter().any(|part| name.contains(part.as_str()));
    if !options.peers.is_empty() {
        peers.retain(|peer| peer.name() == "tercet" || peer.name() == peers::BASELINE || wanted(peer.name()));
    }
    let leniencies: Vec<_> =
        peers.iter_mut().map(|peer| peer.reads_streams().then(|| probes::probe(&mut **peer))).collect();
    let results = measure(&corpora, &mut peers, options.rounds, |what| eprintln!("{what}"));

    let provenance = match options.made_up {
        true => format!("made up from seed {}; files given: {}", options.seed, options.files.len()),
        false => format!("files given: {}", options.files.len()),
    };
    let (peers, leniencies, results) = (&*peers, &*leniencies, &results);
    let report = Report { corpora: &corpora, peers, leniencies, results, rounds: options.rounds, provenance };
    let markdown = report.markdown() + &forward::markdown(&forward::run(&corpora, options.rounds)?);
    print!("{markdown}");
    write(&options.out, "report.md", &markdown)?;
    write(&options.out, "chart.svg", &chart::svg(&report))?;
    let agreed = results.cells.iter().all(|cell| matches!(cell.outcome, Outcome::Timed(_)));
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fails where what is sent on is not the same in all ways.
fn run_forward(options: &Options) -> Result<ExitCode, String> {
    print!("{}", forward::markdown(&forward::run(&corpora(options)?, options.rounds)?));
    Ok(ExitCode::SUCCESS)
}

fn corpora(options: &Options) -> Result<Vec<Corpus>, String> {
    let mut corpora = Vec::new();
    if options.made_up {
        let make =
            |kind: Kind| Corpus { name: kind.name().to_owned(), stream: kind.stream(options.seed, options.size) };
        corpora.extend(Kind::ALL.map(make));
    }
    for path in &options.files {
        let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let mut stream = fs::read(path).map_err(|error| said(&error))?;
        end(&mut stream).map_err(|error| said(&error))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        corpora.push(Corpus { name, stream });
    }
    Ok(corpora)
}

/// Ends a stream that was cut off between two stanzas: parsers of whole documents want it whole.
fn end(stream: &mut Vec<u8>) -> Result<(), tercet::stream::Error> {
    let mut parser = Parser::stream(Limits::NONE);
    let mut input = Input::new();
    let mut root = None;
    let mut feed = input.with(stream);
    while let Some(unit) = parser.next(&mut feed)? {
        match unit {
            Unit::Header(header) => root = Some(header.element().qname().to_owned()),
            Unit::Close => root = None,
            _ => {}
        }
    }
    drop(feed);
    if let Some(root) = root {
        stream.extend_from_slice(format!("</{root}>").as_bytes());
    }
    Ok(())
}

fn write(directory: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = directory.join(name);
    let written = fs::create_dir_all(directory).and_then(|()| fs::write(&path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
