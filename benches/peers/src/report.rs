//! Results as Markdown.

use std::fmt::Write;

use tercet_corpora::Kind;

use crate::corpus::Corpus;
use crate::count::Counts;
use crate::floor::Floor;
use crate::machine;
use crate::markdown::{NONE, decimal, line, percent, section, table};
use crate::measure::{Cell, Outcome, Pieces, Results, Timing};
use crate::noise::noise;
use crate::options::Options;
use crate::peers::{BASELINE, MISSING, Peer};
use crate::probes::Leniency;
use crate::task::Task;

/// What is to be reported, and under which circumstances it was found.
pub struct Report<'r> {
    pub corpora: &'r [Corpus],
    /// Those that are too short to be timed. Where numbers tell corpora, theirs are behind the others'.
    pub short: &'r [Corpus],
    pub peers: &'r [Box<dyn Peer>],
    /// For each peer, what it lets pass; nothing where that cannot be told.
    pub leniencies: &'r [Option<Leniency>],
    pub results: &'r Results,
    /// Nothing where nobody asked for them.
    pub counts: &'r Option<Result<Counts, String>>,
    pub options: &'r Options,
}

impl Report<'_> {
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        self.circumstances(&mut out);
        if self.is_timed() {
            section(&mut out, |out| self.goals(out));
            section(&mut out, |out| self.streams(out));
            section(&mut out, |out| self.profile(out));
            section(&mut out, |out| self.budget(out));
            section(&mut out, |out| self.asked(out));
            section(&mut out, |out| self.waiting(out));
            for task in Task::ALL {
                section(&mut out, |out| self.task(out, task));
            }
            section(&mut out, |out| self.pieces(out));
            section(&mut out, |out| self.piece_cost(out));
            section(&mut out, |out| self.growth(out));
        }
        section(&mut out, |out| self.instructions(out));
        section(&mut out, |out| self.parts(out));
        section(&mut out, |out| self.inside(out));
        self.checks(&mut out);
        self.disagreements(&mut out);
        out
    }

    fn is_timed(&self) -> bool {
        self.options.time && !self.corpora.is_empty()
    }

    /// The mean over the corpora of a peer's speed as a multiple of another's.
    pub fn ratio(&self, peer: usize, other: usize, task: Task) -> Option<f64> {
        self.ratio_in(peer, other, task, Pieces::Whole)
    }

    /// The same where both read such pieces.
    fn ratio_in(&self, peer: usize, other: usize, task: Task, pieces: Pieces) -> Option<f64> {
        geometric_mean((0..self.corpora.len()).map(|corpus| self.ratio_of(peer, other, corpus, task, pieces)))
    }

    pub fn ratio_on(&self, peer: usize, other: usize, corpus: usize, task: Task) -> Option<f64> {
        self.ratio_of(peer, other, corpus, task, Pieces::Whole)
    }

    fn ratio_of(&self, peer: usize, other: usize, corpus: usize, task: Task, pieces: Pieces) -> Option<f64> {
        let slow = self.timing(other, corpus, task, pieces)?;
        let fast = self.timing(peer, corpus, task, pieces)?;
        Some(slow.seconds / fast.seconds)
    }

    /// The mean over the corpora of a peer's speed in pieces as a share of its speed on whole streams.
    pub fn share(&self, peer: usize, task: Task, pieces: Pieces) -> Option<f64> {
        geometric_mean((0..self.corpora.len()).map(|corpus| {
            let whole = self.timing(peer, corpus, task, Pieces::Whole)?;
            Some(whole.seconds / self.timing(peer, corpus, task, pieces)?.seconds)
        }))
    }

    /// The mean over the corpora of a peer's instructions per octet.
    pub fn instructions_per_octet(&self, peer: usize, task: Task) -> Option<f64> {
        let counts = self.counts()?;
        geometric_mean((0..self.corpora.len()).map(|corpus| counts.per_octet(peer, corpus, task)))
    }

    pub fn counts(&self) -> Option<&Counts> {
        self.counts.as_ref()?.as_ref().ok()
    }

    pub fn peer(&self, name: &str) -> Option<usize> {
        self.peers.iter().position(|peer| peer.name() == name)
    }

    /// Whether a peer refused all that is ill-formed.
    pub fn is_strict(&self, peer: usize) -> bool {
        self.leniencies[peer].as_ref().is_some_and(|leniency| leniency.ill_formed.is_empty())
    }

    fn circumstances(&self, out: &mut String) {
        line(out, "# tercet and its peers\n");
        line(out, &format!("- machine: {}", machine::machine()));
        line(out, &format!("- instruction sets of tercet here, the best first: {}", instruction_sets()));
        line(out, &format!("- streams: {}", self.options.provenance()));
        if self.options.made_up {
            let streams = Kind::ALL.map(|kind| format!("{}: {}", kind.name(), kind.what()));
            line(out, &format!("- made up are {}", streams.join("; ")));
        }
        let tasks = Task::ALL.map(|task| format!("`{}`: {}", task.name(), task.what()));
        line(out, &format!("- tasks: {}", tasks.join("; ")));
        line(
            out,
            "- `tercet` gives views of a stanza that is whole, `tercet, sink` tells of elements as they are read",
        );
        line(out, "- – stands where nothing was measured, or there is nothing to tell");
        for note in self.corpora.iter().chain(self.short).flat_map(Corpus::notes) {
            line(out, &format!("- {note}"));
        }
        if self.is_timed() {
            self.noise(out);
        }
        if self.options.time {
            line(
                out,
                "- all answers were equal before anything was timed, but for the disagreements at the end, where there are \
                 any",
            );
        }
        if !MISSING.is_empty() {
            line(out, &format!("- not here, and skipped: {MISSING}"));
        }
        if let Some(Err(error)) = self.counts {
            line(out, &format!("- no instructions are counted: {error}"));
        }
        line(out, "");
    }

    fn noise(&self, out: &mut String) {
        let spreads = self.results.cells.iter().filter_map(timing_of).map(|timing| timing.spread);
        noise(out, self.options.rounds, spreads.collect(), self.results.pace);
    }

    fn streams(&self, out: &mut String) {
        line(out, "## Streams and limits\n");
        line(
            out,
            "MB are 10^6 octets. The first three are ways through all octets that understand nothing of them: a parser \
             that looks at each takes longer. The last two are tercet's own: its search for structure alone, and all of it \
             with nobody looking at what it reads.\n",
        );
        let heads = ["stream", "MB", "stanzas", "octets a stanza"].map(str::to_owned).into_iter();
        let heads = heads.chain(Floor::ALL.map(|floor| format!("{}, MB/s", floor.name())));
        let rows = self.corpora.iter().enumerate().map(|(number, corpus)| {
            let (len, stanzas) = (corpus.stream.len() as f64, self.results.contents[number].stanzas);
            let octets = format!("{:.0}", len / stanzas.max(1) as f64);
            let row = [corpus.name.clone(), format!("{:.1}", len / 1e6), stanzas.to_string(), octets];
            let floors = self.results.floors[number].iter().map(|seconds| format!("{:.0}", len / seconds / 1e6));
            row.into_iter().chain(floors).collect()
        });
        table(out, heads, rows);
    }

    fn task(&self, out: &mut String, task: Task) {
        line(out, &format!("## `{}`, whole streams\n", task.name()));
        line(
            out,
            "MB/s; × is the geometric mean of the multiples of expat's speed; allocations and octets allocated are per stanza.\n",
        );
        let all = || 0..self.corpora.len();
        let nanoseconds = self.corpora.iter().map(|corpus| format!("ns/stanza, {}", corpus.name));
        let heads = ["peer".to_owned()].into_iter().chain(self.names()).chain(["×".to_owned()]);
        let heads = heads.chain(nanoseconds).chain(["allocations", "octets"].map(str::to_owned));
        let rows = self.peers.iter().enumerate().map(|(number, peer)| {
            let mut row = vec![peer.name().to_owned()];
            row.extend(all().map(|corpus| self.speed(number, corpus, task)));
            let ratio = self.peer(BASELINE).and_then(|baseline| self.ratio(number, baseline, task));
            row.push(decimal(ratio, 2));
            row.extend(all().map(|corpus| {
                let stanzas = self.results.contents[corpus].stanzas.max(1) as f64;
                let timing = self.timing(number, corpus, task, Pieces::Whole);
                decimal(timing.map(|timing| timing.seconds * 1e9 / stanzas), 0)
            }));
            row.extend(self.allocations(number, task));
            row
        });
        table(out, heads, rows);
    }

    fn speed(&self, peer: usize, corpus: usize, task: Task) -> String {
        match self.outcome(peer, corpus, task, Pieces::Whole) {
            Some(Outcome::Timed(timing)) => {
                format!("{:.0}", self.corpora[corpus].stream.len() as f64 / timing.seconds / 1e6)
            }
            Some(Outcome::Refused(_)) => "refused".to_owned(),
            Some(Outcome::Differs { .. }) => "differs".to_owned(),
            None => NONE.to_owned(),
        }
    }

    /// Allocations and octets per stanza over all corpora.
    fn allocations(&self, peer: usize, task: Task) -> [String; 2] {
        let (mut count, mut bytes, mut stanzas) = (0, 0, 0);
        for corpus in 0..self.corpora.len() {
            if let Some(timing) = self.timing(peer, corpus, task, Pieces::Whole) {
                count += timing.allocations.count;
                bytes += timing.allocations.bytes;
                stanzas += self.results.contents[corpus].stanzas;
            }
        }
        if stanzas == 0 {
            return [NONE, NONE].map(str::to_owned);
        }
        let stanzas = stanzas as f64;
        [format!("{:.2}", count as f64 / stanzas), format!("{:.0}", bytes as f64 / stanzas)]
    }

    fn pieces(&self, out: &mut String) {
        line(out, "## In pieces\n");
        line(out, "Speed as a share of the same parser's on whole streams; geometric mean over the streams.\n");
        let columns: Vec<(Task, Pieces)> =
            Task::ALL.into_iter().flat_map(|task| Pieces::ALL[1..].iter().map(move |pieces| (task, *pieces))).collect();
        let heads = columns.iter().map(|(task, pieces)| format!("{}, {}", task.name(), pieces.name()));
        let rows = self.peers.iter().enumerate().filter(|(_, peer)| peer.takes_pieces()).map(|(number, peer)| {
            let shares = columns.iter().map(|(task, pieces)| percent(self.share(number, *task, *pieces)));
            [peer.name().to_owned()].into_iter().chain(shares).collect()
        });
        table(out, ["peer".to_owned()].into_iter().chain(heads.clone()), rows);
        if let Some(baseline) = self.peer(BASELINE) {
            line(out, "Speed as a multiple of expat's in the same pieces; geometric mean over the streams.\n");
            let rows = self.peers.iter().enumerate().filter(|(_, peer)| peer.takes_pieces()).map(|(number, peer)| {
                let ratios = columns.iter().map(|(task, pieces)| self.ratio_in(number, baseline, *task, *pieces));
                [peer.name().to_owned()].into_iter().chain(ratios.map(|ratio| decimal(ratio, 2))).collect()
            });
            table(out, ["peer".to_owned()].into_iter().chain(heads), rows);
        }
        let whole: Vec<&str> = self.peers.iter().filter(|peer| !peer.takes_pieces()).map(|peer| peer.name()).collect();
        if !whole.is_empty() {
            line(out, &format!("Only whole: {}.\n", whole.join(", ")));
        }
    }

    /// Whether the time per octet stays the same however long it takes.
    fn growth(&self, out: &mut String) {
        line(out, "## Octet by octet\n");
        line(out, "`events` in pieces of one octet, ns per octet: as high on twice the length where time is linear.\n");
        let mut heads = vec!["peer".to_owned()];
        for growth in &self.results.growth {
            let [short, long] = growth.len.map(|len| len as f64 / 1e6);
            heads.extend([format!("{}: {short:.2} MB", growth.name), format!("{long:.2} MB")]);
        }
        let rows = self.peers.iter().enumerate().filter(|(_, peer)| peer.takes_pieces()).map(|(number, peer)| {
            let mut row = vec![peer.name().to_owned()];
            for growth in &self.results.growth {
                row.extend(growth.cells.iter().zip(growth.len).map(|(cells, len)| {
                    let cell = cells.iter().find(|cell| cell.peer == number);
                    decimal(cell.and_then(timing_of).map(|timing| timing.seconds * 1e9 / len as f64), 1)
                }));
            }
            row
        });
        table(out, heads, rows);
    }

    fn instructions(&self, out: &mut String) {
        let Some(counts) = self.counts() else { return };
        line(out, "## Instructions per octet\n");
        line(
            out,
            "Of one run on the first stanzas of each stream, as whole, counted by callgrind on a processor with AVX2.\n",
        );
        let columns =
            || Task::ALL.into_iter().flat_map(|task| (0..self.corpora.len()).map(move |corpus| (task, corpus)));
        let heads = columns().map(|(task, corpus)| format!("{}, {}", task.name(), self.corpora[corpus].name));
        let rows = self.peers.iter().enumerate().map(|(number, peer)| {
            let figures = columns().map(|(task, corpus)| decimal(counts.per_octet(number, corpus, task), 1));
            [peer.name().to_owned()].into_iter().chain(figures).collect()
        });
        table(out, ["peer".to_owned()].into_iter().chain(heads), rows);
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
        let mut tell = |outcome: &Outcome, who: String| {
            let what = match outcome {
                Outcome::Timed(_) => return,
                Outcome::Refused(error) => format!("refused: {error}"),
                Outcome::Differs { answer, expected } => format!("answered {answer:x?}, most {expected:x?}"),
            };
            let _ = writeln!(out, "{heading}- {who}: {what}");
            heading = "";
        };
        let corpora: Vec<&Corpus> = self.corpora.iter().chain(self.short).collect();
        for cell in self.results.cells() {
            let (peer, corpus) = (self.peers[cell.peer].name(), &corpora[cell.corpus].name);
            let (task, pieces) = (cell.task.name(), cell.pieces.name());
            tell(&cell.outcome, format!("{peer}, {corpus}, `{task}`, {pieces}"));
        }
        for (listed, corpus) in self.results.listed.iter().zip(self.corpora) {
            tell(&listed.outcome, format!("the list, {}, `{}`", corpus.name, Task::Events.name()));
        }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.corpora.iter().map(|corpus| corpus.name.clone())
    }

    pub fn timing(&self, peer: usize, corpus: usize, task: Task, pieces: Pieces) -> Option<&Timing> {
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

/// Nothing unless there is a value for each.
fn geometric_mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let logarithms = values.map(|value| value.map(f64::ln)).collect::<Option<Vec<f64>>>()?;
    (!logarithms.is_empty()).then(|| (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp())
}

/// What this processor has of what tercet is compiled for.
fn instruction_sets() -> String {
    let sets: Vec<String> = tercet::Isa::available().map(|isa| isa.to_string()).collect();
    sets.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocations::Allocations;
    use crate::measure::measure;
    use crate::peers::{Named, Role, TERCET};
    use crate::{chart, peers, probes};

    #[test]
    fn multiples_of_expats_speed_in_pieces() {
        let corpora = ["a", "b"].map(|name| Corpus { name: name.to_owned(), stream: vec![0; 80_000], note: None });
        let peers = [TERCET, BASELINE].map(|name| Box::new(Named(name)) as Box<dyn Peer>);
        let mut results = Results::default();
        // Seconds of both, for a and b: whole, in 16 KiB, in pieces that are smaller.
        let seconds = [[[2.0, 2.0], [4.0, 4.0], [5.0, 5.0]], [[20.0, 20.0], [8.0, 32.0], [30.0, 40.0]]];
        for (peer, seconds) in seconds.into_iter().enumerate() {
            for (pieces, seconds) in Pieces::ALL.into_iter().zip(seconds) {
                for (corpus, seconds) in seconds.into_iter().enumerate() {
                    let outcome = Outcome::Timed(Timing { seconds, spread: 0.0, allocations: Allocations::default() });
                    results.cells.push(Cell { peer, corpus, task: Task::Events, pieces, outcome });
                }
            }
        }
        let options = &Options::parse([], false).unwrap().unwrap();
        let (short, leniencies) = (&[], &[None, None]);
        let report =
            Report { corpora: &corpora, short, peers: &peers, leniencies, results: &results, counts: &None, options };
        let mut out = String::new();
        report.pieces(&mut out);
        let (shares, multiples) = out.split_once("Speed as a multiple of expat's").unwrap();
        assert!(shares.contains("| tercet | 50 % | 40 % |"), "{out}");
        // The root of 8/4 × 32/4, and that of 30/5 × 40/5.
        assert!(multiples.contains("| tercet | 4.00 | 6.93 |"), "{out}");
        assert!(multiples.contains("| expat | 1.00 | 1.00 |"), "{out}");

        let peers = &peers[..1];
        let report = Report { peers, ..report };
        let mut out = String::new();
        report.pieces(&mut out);
        assert!(out.contains("| tercet | 50 % | 40 % |") && !out.contains("multiple"), "{out}");
    }

    /// What is reported of these streams, given to those peers.
    fn with_report(corpora: &[Corpus], peers: &mut [Box<dyn Peer>], look: impl FnOnce(&Report<'_>)) {
        let leniencies: Vec<_> =
            peers.iter_mut().map(|peer| peer.reads_streams().then(|| probes::probe(&mut **peer))).collect();
        let results = measure(corpora, peers, crate::clock::Clock::new(1.0), 1, |_| {});
        let options = &Options::parse([], false).unwrap().unwrap();
        let (corpora, short) = corpora.split_at(corpora.partition_point(Corpus::is_timed));
        let (peers, leniencies, results) = (&*peers, &*leniencies, &results);
        look(&Report { corpora, short, peers, leniencies, results, counts: &None, options });
    }

    #[test]
    fn everyone_is_in_the_report_and_on_the_chart() {
        let stream = Kind::Chat.stream(1, Corpus::LEAST);
        let corpora = [Corpus { name: "a & b <c>.xml".to_owned(), stream, note: Some("mended".to_owned()) }];
        with_report(&corpora, &mut peers::all(), |report| {
            let markdown = report.markdown();
            assert!(markdown.contains("- mended\n") && !markdown.contains("Disagreements"), "{markdown}");
            for peer in report.peers {
                // Three tasks, and what is not checked.
                let rows = markdown.lines().filter(|line| line.starts_with(&format!("| {} |", peer.name())));
                assert!(rows.count() >= 4, "{}", peer.name());
            }
            for (head, row) in
                markdown.lines().zip(markdown.lines().skip(2)).filter(|(line, _)| line.starts_with("| peer"))
            {
                assert_eq!(head.matches('|').count(), row.matches('|').count(), "{head}");
            }
            if report.peer(BASELINE).is_some() {
                let chart = chart::svg(report).unwrap();
                let chart = roxmltree::Document::parse(&chart).unwrap();
                let texts: Vec<&str> = chart.descendants().filter_map(|node| node.text()).collect();
                for peer in report.peers {
                    assert_eq!(texts.contains(&peer.name()), peer.role() != Role::Detail, "{}", peer.name());
                }
            }
        });
    }

    #[test]
    fn of_a_few_peers_nothing_empty_is_reported() {
        let corpora = [Corpus::made_up(Kind::Roster, 1, Corpus::LEAST)];
        let mut peers = peers::all();
        peers.retain(|peer| [TERCET, "roxmltree"].contains(&peer.name()));
        with_report(&corpora, &mut peers, |report| {
            let markdown = report.markdown();
            assert!(!markdown.contains("× quick-xml") && !markdown.contains(&format!("× {BASELINE} |")), "{markdown}");
            assert!(markdown.contains("| × the fastest other in the mean |"), "{markdown}");
            let figures = markdown.split("## What is not checked").next().unwrap();
            assert!(!figures.lines().any(|line| line.starts_with("| ") && line.contains("| – |")), "{markdown}");
        });
    }

    #[test]
    fn a_short_stream_has_no_figures_but_its_disagreements() {
        let short = |name: &str, stream: &str| Corpus { name: name.to_owned(), stream: stream.into(), note: None };
        let header = "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>";
        let fine = short("fine.xml", &format!("{header}<a/></s:stream>"));
        let odd = short("odd.xml", &format!("{header}<a><!-- c --></a></s:stream>"));
        let mut peers = peers::all();
        peers.retain(|peer| [TERCET, "roxmltree"].contains(&peer.name()));

        with_report(&[Corpus::made_up(Kind::Chat, 1, Corpus::LEAST), fine], &mut peers, |report| {
            let markdown = report.markdown();
            assert!(markdown.contains("- fine.xml is too short") && !markdown.contains("| fine.xml |"), "{markdown}");
            assert!(markdown.contains("| chat |") && !markdown.contains("Disagreements"), "{markdown}");
        });
        with_report(&[odd], &mut peers, |report| {
            let markdown = report.markdown();
            let (before, behind) = markdown.split_once("## Disagreements").unwrap();
            assert!(before.contains("- odd.xml is too short") && before.matches("## ").count() == 1, "{markdown}");
            assert!(before.contains("## What is not checked"), "{markdown}");
            assert!(behind.contains("- tercet, odd.xml, `events`, whole: refused"), "{markdown}");
            assert!(chart::svg(report).is_none());
        });
    }
}
