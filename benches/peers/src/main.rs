//! tercet beside the parsers that are used today: one command that makes streams, runs everyone, prints a table.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --help
//! ```

mod allocations;
mod chart;
mod clock;
mod corpus;
mod count;
mod digest;
mod floor;
mod forward;
mod goals;
mod inside;
mod list;
mod machine;
mod markdown;
mod measure;
mod noise;
mod options;
mod peers;
mod probes;
mod profile;
mod reach;
mod report;
mod scope;
mod statistics;
mod task;
mod ways;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use tercet_corpora::Kind;

use clock::Clock;
use corpus::Corpus;
use measure::{Outcome, Results, measure};
use options::{HELP, Options};
use peers::{Peer, Role};
use report::Report;

/// Called wrongly.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let only_forward = arguments.next_if(|first| first == "forward").is_some();
    let arguments: Vec<String> = arguments.collect();
    if let [first, directory, names @ ..] = &*arguments
        && first == count::CHILD
    {
        count::child(Path::new(directory), names);
        return ExitCode::SUCCESS;
    }
    match Options::parse(arguments, only_forward) {
        Ok(Some(options)) if only_forward => run_forward(&options).unwrap_or_else(|error| failure(&error, 1)),
        Ok(Some(options)) => run(&options).unwrap_or_else(|error| failure(&error, 1)),
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(error) => failure(&error, USAGE),
    }
}

fn failure(error: &str, code: u8) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(code)
}

/// Fails where a peer refused a stream, or read or sent on something else than the others.
fn run(options: &Options) -> Result<ExitCode, String> {
    if cfg!(debug_assertions) {
        eprintln!("warning: built without --release: the figures mean nothing");
    }
    let corpora = corpora(options)?;
    // Rather now than at the end of it all.
    fs::create_dir_all(&options.out).map_err(|error| format!("{}: {error}", options.out.display()))?;
    let mut peers = peers(options);
    let note = |what: &str| eprintln!("{what}");
    let leniencies: Vec<_> =
        peers.iter_mut().map(|peer| peer.reads_streams().then(|| probes::probe(&mut **peer))).collect();
    let results = match options.time {
        true => measure(&corpora, &mut peers, Clock::new(options.patience), options.rounds, note),
        false => Results::default(),
    };
    let (timed, short) = corpora.split_at(corpora.partition_point(Corpus::is_timed));
    let counts = (options.count && !timed.is_empty()).then(|| {
        note("instructions, with valgrind");
        count::count(timed, &peers)
    });

    let report = Report {
        corpora: timed,
        short,
        peers: &peers,
        leniencies: &leniencies,
        results: &results,
        counts: &counts,
        options,
    };
    let mut markdown = report.markdown();
    let mut agreed = results.outcomes().all(|outcome| matches!(outcome, Outcome::Timed(_)));
    if options.time {
        note("forward");
        let forwarded = forward::run(&corpora, Clock::new(options.patience), options.rounds)?;
        agreed &= forwarded.is_whole();
        markdown += "\n";
        markdown += &forwarded.markdown();
    }
    write(&options.out, "report.md", &markdown)?;
    match chart::svg(&report) {
        Some(chart) => write(&options.out, "chart.svg", &chart)?,
        None if options.time => note("no chart: nothing is timed beside expat"),
        None => {}
    }
    note(&format!("report: {}", options.out.join("report.md").display()));
    // Whoever reads may have seen enough.
    let _ = std::io::stdout().write_all(markdown.as_bytes());
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Those who are wanted, and always tercet and the one whose speed is 1.
fn peers(options: &Options) -> Vec<Box<dyn Peer>> {
    let mut peers = peers::all();
    let wanted = |name: &str| options.peers.iter().any(|part| name.contains(part.as_str()));
    if !options.peers.is_empty() {
        peers.retain(|peer| peer.role() == Role::Tercet || peer.name() == peers::BASELINE || wanted(peer.name()));
    }
    peers
}

/// Fails where what is sent on is not the same in all ways.
fn run_forward(options: &Options) -> Result<ExitCode, String> {
    let corpora = corpora(options)?;
    let forwarded = forward::run(&corpora, Clock::new(options.patience), options.rounds)?;
    print!("{}", forwarded.markdown());
    for note in corpora.iter().flat_map(Corpus::notes) {
        println!("- {note}");
    }
    Ok(if forwarded.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Those that are timed first.
fn corpora(options: &Options) -> Result<Vec<Corpus>, String> {
    let mut corpora = Vec::new();
    if options.made_up {
        corpora.extend(Kind::ALL.map(|kind| Corpus::made_up(kind, options.seed, options.size)));
    }
    for path in &options.files {
        corpora.push(Corpus::read(path)?);
    }
    corpora.sort_by_key(|corpus| !corpus.is_timed());
    Ok(corpora)
}

fn write(directory: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = directory.join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
