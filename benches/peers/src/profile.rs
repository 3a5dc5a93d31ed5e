//! Where tercet's time goes.
//!
//! In: what `measure` and `count` found. Out: five sections of the report: shares of the time; the nanoseconds of an
//! element, behind which `reach` tells what more speed would ask for; what a piece costs; instructions by part, and
//! those of the loop by what they do.

use crate::count::Part;
use crate::inside::Inside;
use crate::markdown::{NONE, decimal, line, percent, table};
use crate::measure::{LISTED, Listed, Outcome};
use crate::peers::{BASELINE, TERCET};
use crate::report::Report;
use crate::task::Task;
use crate::ways::{PIECE, Way};

/// The share of whole streams' speed in `events` that [`Report::piece_cost`] reckons with.
const SHARE: f64 = 0.85;

impl Report<'_> {
    /// What an element takes that stands in a list.
    pub fn listed(&self, corpus: usize) -> Option<f64> {
        match &self.results.listed[corpus] {
            Listed { elements, outcome: Outcome::Timed(timing), .. } => Some(timing.seconds / *elements as f64),
            _ => None,
        }
    }

    pub fn elements(&self, corpus: usize) -> f64 {
        self.results.contents[corpus].elements.max(1) as f64
    }

    /// The shares of the steps.
    pub fn profile(&self, out: &mut String) {
        line(out, "## Where tercet's time goes\n");
        line(
            out,
            "Shares of the time that `tercet` takes for `events` on whole streams. UTF-8 check and scan are timed by \
             themselves; walking is what parsing takes beyond both: matching names and tags, resolving namespaces, refusing \
             what is ill-formed, laying views down; looking is what the task takes beyond parsing. They are differences of \
             medians, all of the same rounds: what lies within the noise means nothing. The last column is the multiple \
             of expat's speed that UTF-8 check and scan alone would reach: a bound, not a goal.\n",
        );
        let heads =
            ["stream", "UTF-8 check", "scan", "walking", "looking", "× expat", "× expat, UTF-8 check and scan alone"];
        let rows = (0..self.corpora.len()).filter_map(|corpus| {
            let steps = self.steps(corpus, Task::Events)?;
            let expat = self.seconds(BASELINE, corpus, Task::Events);
            let shares = [steps.utf8, steps.scan, steps.walking, steps.looking];
            let shares = shares.map(|part| percent(Some(part / steps.all())));
            let ratios = [steps.all(), steps.fixed()].map(|part| decimal(expat.map(|expat| expat / part), 1));
            Some([self.corpora[corpus].name.clone()].into_iter().chain(shares).chain(ratios).collect())
        });
        table(out, heads.map(str::to_owned), rows);
    }

    /// What an element takes, and what it might take at the goal.
    pub fn budget(&self, out: &mut String) {
        line(out, "## An element's nanoseconds\n");
        line(
            out,
            &format!(
                "The same steps, in nanoseconds an element: its tags with all that is in them, and its text. The last column \
                 is the floor of looking: what the task itself costs whoever parses. There it is answered from a list, made \
                 beforehand of the stanzas that begin within the stream's first {} MB, of elements, values and text, these \
                 decoded already, in the order in which the task asks for them; the list is gone through again and again, \
                 and so lies in the cache, as what a parser has just found does.\n",
                LISTED as f64 / 1e6
            ),
        );
        let heads = [
            "stream",
            "octets an element",
            "attributes an element",
            "ns now",
            "UTF-8 check and scan, ns",
            "walking, ns",
            "looking, ns",
            "looking, floor, ns",
        ];
        let rows = (0..self.corpora.len()).filter_map(|corpus| {
            let (steps, elements) = (self.steps(corpus, Task::Events)?, self.elements(corpus));
            let mut row = vec![self.corpora[corpus].name.clone()];
            row.push(decimal(Some(self.corpora[corpus].stream.len() as f64 / elements), 0));
            row.push(decimal(Some(self.results.contents[corpus].attributes as f64 / elements), 1));
            let parts = [steps.all(), steps.fixed(), steps.walking, steps.looking].map(Some);
            let each = |part: Option<f64>| decimal(part.map(|seconds| seconds * 1e9 / elements), 1);
            row.extend(parts.into_iter().chain([steps.least_looking]).map(each));
            Some(row)
        });
        table(out, heads.map(str::to_owned), rows);
        self.reach(out);
    }

    /// What a piece costs beyond its octets, and how much of that nobody can spare.
    pub fn piece_cost(&self, out: &mut String) {
        line(out, "## What a piece costs\n");
        line(
            out,
            &format!(
                "Nanoseconds for each {PIECE} octets, with nobody looking, all ways timed in the same rounds:\n\n\
                 - beyond whole: what pieces of {PIECE} octets, which mostly cut a stanza, take more than the whole stream\n\
                 - UTF-8 check: what the check alone takes more where it begins anew with each piece\n\
                 - copy: what it takes at least to copy each octet once, as a stanza that is cut is put together\n\
                 - ending with stanzas, beyond whole: what pieces take more that end with the last stanza of which {PIECE} \
                   octets hold all; there is nothing to put together\n\
                 - {:.0} % allow: what `events` might take more for such a share of its speed on whole streams\n",
                SHARE * 100.0
            ),
        );
        let heads = [
            "stream".to_owned(),
            "whole".to_owned(),
            "in pieces".to_owned(),
            "beyond whole".to_owned(),
            "UTF-8 check".to_owned(),
            "copy".to_owned(),
            "ending with stanzas, beyond whole".to_owned(),
            format!("{:.0} % allow", SHARE * 100.0),
        ];
        let rows = self.results.ways.iter().enumerate().map(|(corpus, ways)| {
            let pieces = self.corpora[corpus].stream.len() as f64 / PIECE as f64;
            let each = |seconds: f64| decimal(Some(seconds * 1e9 / pieces), 0);
            let of = |way: Way| ways[way as usize];
            let whole = of(Way::Whole);
            let figures = [
                whole,
                of(Way::Cut),
                of(Way::Cut) - whole,
                of(Way::CheckCut) - of(Way::Check),
                of(Way::Copy),
                of(Way::AtStanzas) - whole,
            ];
            let allowed = self.seconds(TERCET, corpus, Task::Events).map(|all| each(all / SHARE - all));
            let mut row = vec![self.corpora[corpus].name.clone()];
            row.extend(figures.map(each));
            row.push(allowed.unwrap_or_else(|| NONE.to_owned()));
            row
        });
        table(out, heads, rows);
    }

    /// tercet's instructions, by who runs them.
    pub fn parts(&self, out: &mut String) {
        let (Some(counts), Some(tercet)) = (self.counts(), self.peer(TERCET)) else { return };
        line(out, "## tercet's instructions, part by part\n");
        line(
            out,
            "Those of `tercet` above, by the functions that ran them. The loop reads what stanzas are made of mostly: start \
             tags with names in ASCII, end tags, text, the predefined references. The rest of the parser finds where stanzas \
             begin and end, and reads all else: declarations of prefixes, numbers of characters, CDATA, tokens that are cut. \
             Looking is the task with the views that it asks, and every copy of memory, whoever makes it.\n",
        );
        let heads =
            ["task", "stream"].map(str::to_owned).into_iter().chain(Part::ALL.map(|part| part.name().to_owned()));
        let cells = Task::ALL.into_iter().flat_map(|task| (0..self.corpora.len()).map(move |corpus| (task, corpus)));
        let rows = cells.filter_map(|(task, corpus)| {
            let parts = counts.parts_per_octet(tercet, corpus, task)?.map(|part| decimal(Some(part), 2));
            Some([format!("`{}`", task.name()), self.corpora[corpus].name.clone()].into_iter().chain(parts).collect())
        });
        table(out, heads, rows);
    }

    /// What the loop does, by the source of its instructions.
    pub fn inside(&self, out: &mut String) {
        let (Some(counts), Some(_)) = (self.counts(), self.peer(TERCET)) else { return };
        line(out, "## What the loop does\n");
        let all = match counts.inside_per_octet() {
            Ok(all) => all,
            Err(why) => return line(out, &format!("Not told: {why}.")),
        };
        line(
            out,
            "The loop's instructions for each octet in `events`, by the source that they come from:\n\n\
             - where tags and values are: places taken from the scan, the shape of a start tag told from them\n\
             - names looked up: of elements and attributes, which also finds them good\n\
             - namespaces: declared ones looked up, bound and unbound, that of an element without prefix\n\
             - tape: elements, attributes and text laid down, elements and their depth counted\n\
             - all else: what comes next, end tags compared, duplicates refused, attributes put together\n",
        );
        let heads = ["stream", "the loop"].into_iter().chain(Inside::ALL.map(Inside::name)).map(str::to_owned);
        let rows = all.into_iter().map(|(corpus, inside)| {
            let figures = [inside.iter().sum()].into_iter().chain(inside).map(|each: f64| decimal(Some(each), 2));
            [self.corpora[corpus].name.clone()].into_iter().chain(figures).collect()
        });
        table(out, heads, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocations::Allocations;
    use crate::corpus::Corpus;
    use crate::measure::{Cell, Contents, Pieces, Results, Timing};
    use crate::options::Options;
    use crate::peers::{Named, Peer};

    const ELEMENTS: u64 = 1_000;

    fn timed(nanoseconds: f64) -> Outcome {
        let seconds = nanoseconds * 1e-9;
        Outcome::Timed(Timing { seconds, spread: 0.0, allocations: Allocations::default() })
    }

    /// Two streams of 1,000 elements each, of which an element takes 2 ns of UTF-8 check, 3 of scan, and so many of
    /// walking, a fifth of it waiting, and looking; the list has half of them.
    fn results(parts: [[f64; 2]; 2], expat: f64, floor: [Outcome; 2]) -> Results {
        let mut results = Results::default();
        for (corpus, ([walking, looking], outcome)) in parts.into_iter().zip(floor).enumerate() {
            for (peer, nanoseconds) in [(0, 5.0 + walking + looking), (1, expat)] {
                let outcome = timed(nanoseconds * ELEMENTS as f64);
                results.cells.push(Cell { peer, corpus, task: Task::Events, pieces: Pieces::Whole, outcome });
            }
            let floors = [1.0, 1.0, 2.0, 3.0, 5.0 + walking].map(|each| each * 1e-9 * ELEMENTS as f64);
            results.floors.push(floors);
            results.contents.push(Contents { stanzas: 10, elements: ELEMENTS, attributes: 1_500 });
            let warm = (5.0 + 0.8 * walking) * 1e-9 * ELEMENTS as f64 / 2.0;
            results.listed.push(Listed { elements: ELEMENTS / 2, outcome, warm });
            let ways = [1_000.0, 1_300.0, 1_100.0, 50.0, 70.0, 40.0];
            results.ways.push(ways.map(|each| each * 1e-9 * 80_000.0 / PIECE as f64));
        }
        results
    }

    /// Of which all is known; an element takes 50 and 71 ns, and 375 with expat.
    fn two_streams() -> Results {
        results([[30.0, 15.0], [41.0, 25.0]], 375.0, [timed(2_000.0), timed(5_000.0)])
    }

    fn markdown(names: &[&'static str], results: &Results) -> String {
        let corpus = |name: &str| Corpus { name: name.to_owned(), stream: vec![0; 80_000], note: None };
        let peers: Vec<Box<dyn Peer>> = names.iter().map(|name| Box::new(Named(name)) as Box<dyn Peer>).collect();
        let options = Options::parse([], false).unwrap().unwrap();
        let report = Report {
            corpora: &[corpus("a"), corpus("b")],
            short: &[],
            peers: &peers,
            leniencies: &[None, None],
            results,
            counts: &None,
            options: &options,
        };
        report.markdown()
    }

    #[test]
    fn an_elements_nanoseconds_and_what_the_goal_leaves_of_them() {
        let results = two_streams();
        let out = markdown(&[TERCET, BASELINE], &results);
        assert!(out.contains("| a | 80 | 1.5 | 50.0 | 5.0 | 30.0 | 15.0 | 4.0 |\n"), "{out}");
        assert!(out.contains("| b | 80 | 1.5 | 71.0 | 5.0 | 41.0 | 25.0 | 10.0 |\n"), "{out}");
        assert!(out.contains("| a | 7.5 | 18.8 | 41.7 | 25.0 | 20.0 | 2.2 | 16.0 |\n"), "{out}");
        assert!(out.contains("| b | 5.3 | 12.5 | 25.0 | 25.0 | 20.0 | 3.3 | 10.0 |\n"), "{out}");
        // Of b, UTF-8 check, scan and looking take 30 ns, where 25 are allowed.
        assert!(out.contains("| `events`, 15 × expat | 6.0 | never | 69.6 |\n"), "{out}");
        let sentence = "15 × expat is reached on no stream; were walking free, on a, not on b; were looking at its floor, too, \
                        on every stream.\n";
        assert!(out.contains(sentence), "{out}");
    }

    #[test]
    fn what_waiting_costs() {
        let results = two_streams();
        let out = markdown(&[TERCET, BASELINE], &results);
        assert!(out.contains("| a | 35.0 | 29.0 | 17 % | 7.5 | 8.5 |\n"), "{out}");
        assert!(out.contains("| b | 46.0 | 37.8 | 18 % | 5.3 | 6.0 |\n"), "{out}");
        let out = markdown(&[TERCET, "x"], &results);
        assert!(out.contains("| a | 35.0 | 29.0 | 17 % |\n"), "{out}");
        // Where expat refuses a stream.
        let mut results = results;
        results.cells[1].outcome = Outcome::Refused(String::new());
        let out = markdown(&[TERCET, BASELINE], &results);
        assert!(out.contains("| a | 35.0 | 29.0 | 17 % | – | – |\n"), "{out}");
    }

    #[test]
    fn what_walking_is_asked_for_in_each_task() {
        let mut results = two_streams();
        for (peer, nanoseconds) in [(0, [40.0, 50.0]), (1, [60.0, 300.0])] {
            for (corpus, each) in nanoseconds.into_iter().enumerate() {
                let outcome = timed(each * ELEMENTS as f64);
                results.cells.push(Cell { peer, corpus, task: Task::Route, pieces: Pieces::Whole, outcome });
            }
        }
        let out = markdown(&[TERCET, "x"], &results);
        // Of a, 5 ns are UTF-8 check and scan, 30 walking, 5 looking, and 30 allowed.
        assert!(out.contains("| `route`, 2 × x | 1.5 | reached | reached |\n"), "{out}");
        assert!(out.contains("| `events`, 2 × x | reached | reached | reached |\n"), "{out}");
        assert!(!out.contains("× expat |") && !out.contains("| `dom`, 2"), "{out}");
    }

    #[test]
    fn what_a_piece_costs_beyond_its_octets() {
        let results = two_streams();
        let out = markdown(&[TERCET, BASELINE], &results);
        // `events` takes 50 and 71 microseconds, for not quite 55 pieces.
        assert!(out.contains("| a | 1000 | 1300 | 300 | 20 | 40 | 100 | 161 |\n"), "{out}");
        assert!(out.contains("| b | 1000 | 1300 | 300 | 20 | 40 | 100 | 229 |\n"), "{out}");
        let out = markdown(&["x", BASELINE], &results);
        assert!(out.contains("| a | 1000 | 1300 | 300 | 20 | 40 | 100 |\n"), "{out}");
    }

    #[test]
    fn without_a_list_or_expat_there_is_less_to_tell() {
        let differs = Outcome::Differs { answer: [0; 5], expected: [1; 5] };
        let results = results([[30.0, 15.0], [40.0, 25.0]], 60.0, [timed(2_000.0), differs]);
        let out = markdown(&[TERCET, BASELINE], &results);
        assert!(out.contains("| a | 1.2 | 3.0 | 6.7 | 4.0 | nothing | nothing |\n"), "{out}");
        assert!(out.contains("| b | 0.9 | 2.0 | – | 4.0 | nothing | – |\n"), "{out}");
        assert!(out.contains("15 × expat is reached on no stream; were walking free, on no stream.\n"), "{out}");
        assert!(out.contains("- the list, b, `events`: answered [0, 0, 0, 0, 0], most [1, 1, 1, 1, 1]\n"), "{out}");
        let out = markdown(&[TERCET, "x"], &results);
        assert!(out.contains("| a | 80 | 1.5 | 50.0 |") && !out.contains("× expat now"), "{out}");
    }
}
