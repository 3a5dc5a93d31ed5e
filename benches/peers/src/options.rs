//! The command line.

use std::path::PathBuf;

use crate::corpus::Corpus;
use crate::peers::{self, MISSING};

pub const HELP: &str = "\
Compares tercet with other parsers on XMPP streams: made-up ones of four kinds, and yours.

  forward        as the first word: only the comparison of sending stanzas on, which is printed;
                 takes none of the last four options
  --size MB      size of each made-up stream, at least 0.05, default 16
  --seed N       other streams of the same kinds, default 1
  --file PATH    a stream of yours as it came off the wire, from its header on; may be repeated
  --only-files   leaves the made-up streams out
  --rounds N     how often each cell is timed, at least 7, default 7
  --patience N   quiet moments are waited for at most N times as long as all
                 that is timed takes, default 1
  --peer NAME    only tercet, its sink, expat and peers whose name has NAME in it; may be repeated
  --no-count     leaves out the instructions per octet, which valgrind counts
  --only-count   nothing but them, which need no quiet machine
  --out DIR      where report.md and chart.svg go, default target/report beside this package's Cargo.toml

Ends with 0; with 1 where a peer read something else than most, or sent
on something else than tercet, or a file cannot be used; with 2 where it was called
wrongly.
";

/// What was asked for.
#[derive(Debug)]
pub struct Options {
    pub size: usize,
    pub seed: u64,
    pub files: Vec<PathBuf>,
    pub made_up: bool,
    pub rounds: usize,
    pub patience: f64,
    pub peers: Vec<String>,
    pub time: bool,
    pub count: bool,
    pub out: PathBuf,
}

impl Options {
    /// Fewer rounds make no median worth a word.
    const MIN_ROUNDS: usize = 7;

    /// What sending on has no use for, as it prints what it finds, and has ways of its own in place of peers.
    const NOT_FORWARD: [&str; 4] = ["--peer", "--no-count", "--only-count", "--out"];

    /// Reads arguments, of `forward` alone or of all; nothing where help was asked for.
    ///
    /// # Errors
    /// A sentence on what is wrong with them.
    pub fn parse(arguments: impl IntoIterator<Item = String>, forward: bool) -> Result<Option<Self>, String> {
        let mut options = Self {
            size: 16_000_000,
            seed: 1,
            files: Vec::new(),
            made_up: true,
            rounds: Self::MIN_ROUNDS,
            patience: 1.0,
            peers: Vec::new(),
            time: true,
            count: true,
            out: [env!("CARGO_MANIFEST_DIR"), "target", "report"].iter().collect(),
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match argument.as_str() {
                option if forward && Self::NOT_FORWARD.contains(&option) => {
                    return Err(format!("forward takes no {option}: it prints what it finds, and knows no peers"));
                }
                "--help" | "-h" => return Ok(None),
                "--only-files" => options.made_up = false,
                "--no-count" => options.count = false,
                "--only-count" => options.time = false,
                "--size" => options.size = size(&value()?)?,
                "--seed" => options.seed = number("--seed", &value()?)?,
                "--rounds" => options.rounds = number("--rounds", &value()?)?,
                "--patience" => options.patience = number("--patience", &value()?)?,
                "--file" => options.files.push(value()?.into()),
                "--peer" => options.peers.push(peer(value()?)?),
                "--out" => options.out = value()?.into(),
                "forward" => return Err("forward may only be the first word".to_owned()),
                _ => return Err(format!("what is {argument}? See --help")),
            }
        }
        if options.rounds < Self::MIN_ROUNDS {
            return Err(format!("at least {} rounds", Self::MIN_ROUNDS));
        }
        if !(0.0..=100.0).contains(&options.patience) {
            return Err(format!("--patience {} is not between 0 and 100", options.patience));
        }
        if !options.made_up && options.files.is_empty() {
            return Err("--only-files without --file leaves nothing".to_owned());
        }
        if !options.time && !options.count {
            return Err("--only-count with --no-count leaves nothing".to_owned());
        }
        Ok(Some(options))
    }

    /// How the streams came about.
    pub fn provenance(&self) -> String {
        match self.made_up {
            true => format!("made up from seed {}; files given: {}", self.seed, self.files.len()),
            false => format!("files given: {}", self.files.len()),
        }
    }
}

/// Octets, from so many millions of them.
fn size(text: &str) -> Result<usize, String> {
    let millions: f64 = number("--size", text)?;
    let least = Corpus::LEAST as f64 / 1e6;
    if (least..=1000.0).contains(&millions) {
        return Ok((millions * 1e6).ceil() as usize);
    }
    Err(format!("--size {text} is not between {least} and 1000"))
}

/// A part of the name of one who is here.
fn peer(part: String) -> Result<String, String> {
    let peers = peers::all();
    if peers.iter().any(|peer| peer.name().contains(&part)) {
        return Ok(part);
    }
    let names: Vec<&str> = peers.iter().map(|peer| peer.name()).collect();
    let missing = if MISSING.is_empty() { String::new() } else { format!("; not here: {MISSING}") };
    Err(format!("no peer has {part} in its name: there are {}{missing}", names.join("; ")))
}

fn number<N: std::str::FromStr>(option: &str, text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{option} wants a number, not {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Options>, String> {
        Options::parse(line.split_whitespace().map(str::to_owned), false)
    }

    #[test]
    fn arguments() {
        let options = parse("--size 0.5 --rounds 9 --file a --file b").unwrap().unwrap();
        assert_eq!((options.size, options.rounds, options.files.len()), (500_000, 9, 2));
        assert!(parse("--help").unwrap().is_none());
        assert!(parse("--rounds 3").is_err());
        assert!(parse("--patience 2.5").unwrap().is_some_and(|options| options.patience == 2.5));
        assert_eq!(parse("--patience NaN").err().as_deref(), Some("--patience NaN is not between 0 and 100"));
        assert!(parse("--patience -1").is_err());
        assert!(parse("--size").is_err());
        assert_eq!(parse("--size x").err().as_deref(), Some("--size wants a number, not x"));
        assert!(parse("--size 0.05").unwrap().is_some_and(|options| options.size == Corpus::LEAST));
        assert_eq!(parse("--size 0.04").err().as_deref(), Some("--size 0.04 is not between 0.05 and 1000"));
        assert!(parse("--size 0").is_err() && parse("--size -1").is_err() && parse("--size NaN").is_err());
        assert!(parse("--only-files").is_err());
        assert!(parse("--no-count --only-count").is_err());
        assert!(parse("--peer rxml").unwrap().is_some_and(|options| options.peers == ["rxml"]));
        assert!(parse("--peer nobody").unwrap_err().contains("rxml"));
        assert!(parse("--nonsense").is_err());
        assert!(parse("--seed 2 forward").unwrap_err().starts_with("forward may only be"));
        for option in Options::NOT_FORWARD {
            let refused = Options::parse([option.to_owned(), "rxml".to_owned()], true).unwrap_err();
            assert!(refused.starts_with(&format!("forward takes no {option}")), "{refused}");
        }
        assert!(Options::parse(["--size".to_owned(), "1".to_owned()], true).is_ok());
    }
}
