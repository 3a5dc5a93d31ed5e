//! Results as Markdown.

use std::fmt::Write;

use crate::floor::FLOORS;
use crate::measure::{Cell, Corpus, Outcome, Pieces, Results, Timing};
use crate::peers::{BASELINE, MISSING, Peer};
use crate::probes::Leniency;
use crate::task::Task;

/// What is to be reported, and under which circumstances it was found.
pub struct Report<'r> {
    pub corpora: &'r [Corpus],
    pub peers: &'r [Box<dyn Peer>],
    /// For each peer, what it lets pass; nothing where that cannot be told.
    pub leniencies: &'r [Option<Leniency>],
    pub results: &'r Results,
    pub rounds: usize,
    /// How the corpora came about.
    pub provenance: String,
}

const NONE: &str = "–";

impl Report<'_> {
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        self.circumstances(&mut out);
        self.streams(&mut out);
        for task in Task::ALL {
            self.task(&mut out, task);
        }
        self.pieces(&mut out);
        self.checks(&mut out);
        self.disagreements(&mut out);
        out
    }

    /// The mean over the corpora of a peer's speed as a multiple of the baseline's.
    pub fn ratio(&self, peer: usize, task: Task) -> Option<f64> {
        let baseline = self.peers.iter().position(|peer| peer.name() == BASELINE)?;
        geometric_mean((0..self.corpora.len()).map(|corpus| {
            let slow = self.timing(baseline, corpus, task, Pieces::Whole)?;
            let fast = self.timing(peer, corpus, task, Pieces::Whole)?;
            Some(slow.seconds / fast.seconds)
        }))
    }

    /// Whether a peer refused all that is ill-formed.
    pub fn is_strict(&self, peer: usize) -> bool {
        self.leniencies[peer].as_ref().is_some_and(|leniency| leniency.ill_formed.is_empty())
    }

    fn circumstances(&self, out: &mut String) {
        let spreads = self.results.cells.iter().filter_map(timing_of).map(|timing| timing.spread);
        let mut spreads: Vec<f64> = spreads.collect();
        spreads.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * spreads.len().saturating_sub(1) as f64) as usize;
            spreads.get(place).map_or(0.0, |spread| spread * 100.0)
        };
        line(out, "# tercet and its peers\n");
        line(out, &format!("- machine: {}, {} cores, {}", processor(), cores(), std::env::consts::OS));
        line(out, &format!("- streams: {}", self.provenance));
        line(out, &format!("- {} rounds in turns; medians", self.rounds));
        let noise = format!("{:.1} % in half of all cells, {:.1} % in nine of ten", at(0.5), at(0.9));
        line(out, &format!("- noise: the middle half of a cell's rounds lies within {noise}"));
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
        line(out, &format!("- load of the machine at the end, this program included: {load}"));
        if !MISSING.is_empty() {
            line(out, &format!("- not here, and skipped: {MISSING}"));
        }
        line(
            out,
            "- all answers were equal before anything was timed, but for the disagreements at the end, where there are any\n",
        );
    }

    fn streams(&self, out: &mut String) {
        line(out, "## Streams and limits\n");
        line(out, "MB are 10^6 octets. No parser can be faster than the right half.\n");
        let floors: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
        line(out, &format!("| stream | MB | stanzas | octets a stanza | {}, MB/s |", floors.join(", MB/s | ")));
        line(out, &format!("|---|{}", "--:|".repeat(3 + FLOORS.len())));
        for (number, corpus) in self.corpora.iter().enumerate() {
            let (len, stanzas) = (corpus.stream.len() as f64, self.results.stanzas[number]);
            let row = [format!("{:.1}", len / 1e6), stanzas.to_string(), format!("{:.0}", len / stanzas.max(1) as f64)];
            let floors = self.results.floors[number].iter().map(|seconds| format!("{:.0}", len / seconds / 1e6));
            let row: Vec<String> = row.into_iter().chain(floors).collect();
            line(out, &format!("| {} | {} |", corpus.name, row.join(" | ")));
        }
        line(out, "");
    }

    fn task(&self, out: &mut String, task: Task) {
        line(out, &format!("## `{}`, whole streams\n", task.name()));
        line(
            out,
            "MB/s; × is the geometric mean of the multiples of expat's speed; allocations and octets allocated are per stanza.\n",
        );
        let names: Vec<&str> = self.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
        let nanoseconds: Vec<String> = names.iter().map(|name| format!("ns/stanza, {name}")).collect();
        line(
            out,
            &format!("| peer | {} | × | {} | allocations | octets |", names.join(" | "), nanoseconds.join(" | ")),
        );
        line(out, &format!("|---|{}", "--:|".repeat(3 + 2 * names.len())));
        for (number, peer) in self.peers.iter().enumerate() {
            let speed = |corpus: usize| {
                let outcome = self.outcome(number, corpus, task, Pieces::Whole);
                match outcome {
                    Some(Outcome::Timed(timing)) => {
                        format!("{:.0}", self.corpora[corpus].stream.len() as f64 / timing.seconds / 1e6)
                    }
                    Some(Outcome::Refused(_)) => "refused".to_owned(),
                    Some(Outcome::Differs { .. }) => "differs".to_owned(),
                    None => NONE.to_owned(),
                }
            };
            let nanoseconds = |corpus: usize| {
                let stanzas = self.results.stanzas[corpus].max(1) as f64;
                let timing = self.timing(number, corpus, task, Pieces::Whole);
                timing.map_or_else(|| NONE.to_owned(), |timing| format!("{:.0}", timing.seconds * 1e9 / stanzas))
            };
            let mut row: Vec<String> = (0..self.corpora.len()).map(speed).collect();
            row.push(self.ratio(number, task).map_or_else(|| NONE.to_owned(), |ratio| format!("{ratio:.2}")));
            row.extend((0..self.corpora.len()).map(nanoseconds));
            row.extend(self.allocations(number, task));
            line(out, &format!("| {} | {} |", peer.name(), row.join(" | ")));
        }
        line(out, "");
    }

    /// Allocations and octets per stanza over all corpora.
    fn allocations(&self, peer: usize, task: Task) -> [String; 2] {
        let (mut count, mut bytes, mut stanzas) = (0, 0, 0);
        for corpus in 0..self.corpora.len() {
            if let Some(timing) = self.timing(peer, corpus, task, Pieces::Whole) {
                count += timing.allocations.count;
                bytes += timing.allocations.bytes;
                stanzas += self.results.stanzas[corpus];
            }
        }
        let stanzas = stanzas.max(1) as f64;
        [format!("{:.2}", count as f64 / stanzas), format!("{:.0}", bytes as f64 / stanzas)]
    }

    fn pieces(&self, out: &mut String) {
        line(out, "## In pieces\n");
        line(out, "Speed as a share of the same parser's on whole streams; geometric mean over the streams.\n");
        let columns: Vec<(Task, Pieces)> =
            Task::ALL.into_iter().flat_map(|task| Pieces::ALL[1..].iter().map(move |pieces| (task, *pieces))).collect();
        let heads: Vec<String> =
            columns.iter().map(|(task, pieces)| format!("{}, {}", task.name(), name(*pieces))).collect();
        line(out, &format!("| peer | {} |", heads.join(" | ")));
        line(out, &format!("|---|{}", "--:|".repeat(columns.len())));
        for (number, peer) in self.peers.iter().enumerate().filter(|(_, peer)| peer.takes_pieces()) {
            let share = |&(task, pieces): &(Task, Pieces)| {
                let share = geometric_mean((0..self.corpora.len()).map(|corpus| {
                    let whole = self.timing(number, corpus, task, Pieces::Whole)?;
                    Some(whole.seconds / self.timing(number, corpus, task, pieces)?.seconds)
                }));
                share.map_or_else(|| NONE.to_owned(), |share| format!("{:.0} %", share * 100.0))
            };
            let row: Vec<String> = columns.iter().map(share).collect();
            line(out, &format!("| {} | {} |", peer.name(), row.join(" | ")));
        }
        line(out, "");
        let whole: Vec<&str> = self.peers.iter().filter(|peer| !peer.takes_pieces()).map(|peer| peer.name()).collect();
        line(out, &format!("Only whole: {}.\n", whole.join(", ")));
    }

    fn checks(&self, out: &mut String) {
        line(out, "## What is not checked\n");
        line(out, "Streams with one fault each, read as for `dom`: what is listed was accepted.\n");
        line(out, "| peer | version | here | ill-formed, accepted | well-formed, forbidden in XMPP, accepted |");
        line(out, "|---|---|---|---|---|");
        for (peer, leniency) in self.peers.iter().zip(self.leniencies) {
            let list = |items: &[&str]| if items.is_empty() { NONE.to_owned() } else { items.join(", ") };
            let [ill_formed, restricted] = match leniency {
                Some(Leniency { ill_formed, restricted }) => [list(ill_formed), list(restricted)],
                None => ["as above".to_owned(), "as above".to_owned()],
            };
            let (name, version, remarks) = (peer.name(), peer.version(), peer.remarks());
            line(out, &format!("| {name} | {version} | {remarks} | {ill_formed} | {restricted} |"));
        }
    }

    fn disagreements(&self, out: &mut String) {
        let mut heading = "\n## Disagreements\n\n";
        for cell in &self.results.cells {
            let what = match &cell.outcome {
                Outcome::Timed(_) => continue,
                Outcome::Refused(error) => format!("refused: {error}"),
                Outcome::Differs { answer, expected } => format!("answered {answer:x?}, most {expected:x?}"),
            };
            let (peer, corpus) = (self.peers[cell.peer].name(), &self.corpora[cell.corpus].name);
            let _ = writeln!(out, "{heading}- {peer}, {corpus}, `{}`, {}: {what}", cell.task.name(), name(cell.pieces));
            heading = "";
        }
    }

    fn timing(&self, peer: usize, corpus: usize, task: Task, pieces: Pieces) -> Option<&Timing> {
        match self.outcome(peer, corpus, task, pieces)? {
            Outcome::Timed(timing) => Some(timing),
            _ => None,
        }
    }

    fn outcome(&self, peer: usize, corpus: usize, task: Task, pieces: Pieces) -> Option<&Outcome> {
        let wanted =
            |cell: &&Cell| cell.peer == peer && cell.corpus == corpus && cell.task == task && cell.pieces == pieces;
        self.results.cells.iter().find(wanted).map(|cell| &cell.outcome)
    }
}

fn timing_of(cell: &Cell) -> Option<&Timing> {
    match &cell.outcome {
        Outcome::Timed(timing) => Some(timing),
        _ => None,
    }
}

fn name(pieces: Pieces) -> String {
    match pieces {
        Pieces::Whole => "whole".to_owned(),
        Pieces::Of(size) if size % 1024 == 0 => format!("{} KiB", size / 1024),
        Pieces::Of(size) => format!("{size} octets"),
    }
}

/// Nothing unless there is a value for each.
fn geometric_mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let logarithms = values.map(|value| value.map(f64::ln)).collect::<Option<Vec<f64>>>()?;
    (!logarithms.is_empty()).then(|| (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp())
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or("unknown processor", |(_, model)| model.trim()).to_owned()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
