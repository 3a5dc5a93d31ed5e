//! Where tercet's time goes, and what a goal leaves for it.
//!
//! In: what `measure` and `count` found. Out: five sections of the report: shares of the time; the nanoseconds of an
//! element, with the most that could be reached; what a piece costs; instructions by part, and those of the loop by
//! what they do.

use crate::count::Part;
use crate::floor::Floor;
use crate::inside::Inside;
use crate::markdown::{NONE, decimal, line, percent, table};
use crate::measure::{LISTED, Listed, Outcome, Pieces};
use crate::peers::{BASELINE, TERCET};
use crate::report::Report;
use crate::task::Task;
use crate::ways::{PIECE, Way};

/// The multiple of expat's speed in `events` that [`Report::reach`] reckons with.
const GOAL: f64 = 15.0;

/// The share of whole streams' speed in `events` that [`Report::piece_cost`] reckons with.
const SHARE: f64 = 0.85;

/// Seconds that `events` takes on a whole stream, step by step.
struct Steps {
    utf8: f64,
    scan: f64,
    /// From tag to tag: what parsing takes beyond the first two.
    walking: f64,
    /// What the task takes beyond parsing.
    looking: f64,
    /// What looking takes where all that is looked at lies ready, where that is known.
    least_looking: Option<f64>,
}

impl Steps {
    fn all(&self) -> f64 {
        self.fixed() + self.walking + self.looking
    }

    /// What no way of walking and looking changes.
    fn fixed(&self) -> f64 {
        self.utf8 + self.scan
    }

    /// All, were walking free.
    fn walking_free(&self) -> f64 {
        self.fixed() + self.looking
    }

    /// The same, with the least of looking.
    fn least(&self) -> Option<f64> {
        Some(self.fixed() + self.least_looking?)
    }
}

impl Report<'_> {
    fn steps(&self, corpus: usize) -> Option<Steps> {
        let all = self.seconds(TERCET, corpus)?;
        let [utf8, scan, parse] =
            [Floor::Utf8, Floor::Scan, Floor::Parse].map(|floor| self.results.floors[corpus][floor as usize]);
        let least_looking = self.listed(corpus).map(|each| each * self.elements(corpus));
        Some(Steps { utf8, scan, walking: parse - utf8 - scan, looking: all - parse, least_looking })
    }

    /// What a peer takes for `events` on a whole stream.
    fn seconds(&self, peer: &str, corpus: usize) -> Option<f64> {
        Some(self.timing(self.peer(peer)?, corpus, Task::Events, Pieces::Whole)?.seconds)
    }

    /// What an element takes that is told from a list.
    fn listed(&self, corpus: usize) -> Option<f64> {
        match &self.results.listed[corpus] {
            Listed { elements, outcome: Outcome::Timed(timing) } => Some(timing.seconds / *elements as f64),
            _ => None,
        }
    }

    fn elements(&self, corpus: usize) -> f64 {
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
             of expat's speed that the first two steps alone would reach: a bound, not a goal.\n",
        );
        let heads =
            ["stream", "UTF-8 check", "scan", "walking", "looking", "× expat", "× expat, first two steps alone"];
        let rows = (0..self.corpora.len()).filter_map(|corpus| {
            let steps = self.steps(corpus)?;
            let expat = self.seconds(BASELINE, corpus);
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
                 is the floor of looking: what the task itself costs whoever parses. There it is told from a list of events, \
                 made beforehand of the stream's first {} MB at most, names, values and text decoded already; the list is \
                 told again and again, and so lies in the cache, as what a parser has just found does.\n",
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
            let (steps, elements) = (self.steps(corpus)?, self.elements(corpus));
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

    /// What is the most that could be reached, and what the goal leaves for walking; nothing without expat.
    fn reach(&self, out: &mut String) {
        let streams = (0..self.corpora.len()).filter_map(|corpus| {
            let (steps, expat) = (self.steps(corpus)?, self.seconds(BASELINE, corpus)?);
            Some((corpus, steps, expat))
        });
        let streams: Vec<(usize, Steps, f64)> = streams.collect();
        if streams.is_empty() {
            return;
        }
        line(
            out,
            &format!(
                "The most that could be reached, as multiples of expat's speed, and what {GOAL} times that speed, a round \
                 figure, would ask for:\n\n\
                 - × expat, walking free: no time but that of the first two steps and of looking, all as they are now\n\
                 - × expat, looking at its floor, too: the same with the floor in the place of looking\n\
                 - ns at {GOAL} × expat: how long an element may take then\n\
                 - walking and looking, ns: how much of that is left to these two, as the first two steps take what they take\n\
                 - times as fast as now: what walking and looking together had to become for that\n\
                 - walking, looking at its floor, ns: how much of that is left to walking alone, were looking at its floor\n"
            ),
        );
        let heads = [
            "stream".to_owned(),
            "× expat now".to_owned(),
            "× expat, walking free".to_owned(),
            "× expat, looking at its floor, too".to_owned(),
            format!("ns at {GOAL} × expat"),
            "walking and looking, ns".to_owned(),
            "times as fast as now".to_owned(),
            "walking, looking at its floor, ns".to_owned(),
        ];
        let rows = streams.iter().map(|(corpus, steps, expat)| {
            let each = |seconds: f64| seconds * 1e9 / self.elements(*corpus);
            let times = |seconds: Option<f64>| decimal(seconds.map(|seconds| expat / seconds), 1);
            let allowed = expat / GOAL;
            let left =
                |seconds: f64| if seconds > 0.0 { format!("{:.1}", each(seconds)) } else { "nothing".to_owned() };
            let both = allowed - steps.fixed();
            let faster = (both > 0.0).then(|| (steps.walking + steps.looking) / both);
            let mut row = vec![self.corpora[*corpus].name.clone()];
            row.extend([Some(steps.all()), Some(steps.walking_free()), steps.least()].map(times));
            row.extend([decimal(Some(each(allowed)), 1), left(both), decimal(faster, 1)]);
            row.push(steps.least().map_or_else(|| NONE.to_owned(), |least| left(allowed - least)));
            row
        });
        table(out, heads, rows);
        line(out, &self.reached(&streams));
    }

    /// Where the goal is reached, and where it would be, in a sentence.
    fn reached(&self, streams: &[(usize, Steps, f64)]) -> String {
        let clause = |seconds: fn(&Steps) -> Option<f64>| {
            let ratios = streams.iter().map(|(corpus, steps, expat)| {
                let ratio = expat / seconds(steps)?;
                Some((self.corpora[*corpus].name.as_str(), ratio))
            });
            ratios.collect::<Option<Vec<_>>>().map(|ratios| on_which(&ratios))
        };
        let clauses = [
            clause(|steps| Some(steps.all())).map(|on| format!("{GOAL} × expat is reached {on}")),
            clause(|steps| Some(steps.walking_free())).map(|on| format!("were walking free, {on}")),
            clause(Steps::least).map(|on| format!("were looking at its floor, too, {on}")),
        ];
        format!("{}.\n", clauses.into_iter().flatten().collect::<Vec<_>>().join("; "))
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
            let allowed = self.seconds(TERCET, corpus).map(|all| each(all / SHARE - all));
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

/// On which streams the goal is reached, given the multiple of expat's speed on each.
fn on_which(streams: &[(&str, f64)]) -> String {
    let (yes, no): (Vec<_>, Vec<_>) = streams.iter().partition(|(_, ratio)| *ratio >= GOAL);
    let list = |streams: &[(&str, f64)]| {
        let names: Vec<&str> = streams.iter().map(|(name, _)| *name).collect();
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    };
    match (&*yes, &*no) {
        ([], _) => "on no stream".to_owned(),
        (_, []) => "on every stream".to_owned(),
        (yes, no) => format!("on {}, not on {}", list(yes), list(no)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocations::Allocations;
    use crate::corpus::Corpus;
    use crate::measure::{Cell, Contents, Results, Timing};
    use crate::options::Options;
    use crate::peers::Peer;
    use crate::task::Answer;

    #[test]
    fn streams_where_the_goal_is_reached_are_told_from_others() {
        assert_eq!(on_which(&[("a", 15.0), ("b", 20.0)]), "on every stream");
        assert_eq!(on_which(&[("a", 14.9), ("b", 1.0)]), "on no stream");
        assert_eq!(on_which(&[("a", 14.9), ("b", 15.1)]), "on b, not on a");
        let many = [("a", 16.0), ("b", 1.0), ("c", 17.0), ("d", 2.0), ("e", 18.0), ("f", 3.0)];
        assert_eq!(on_which(&many), "on a, c and e, not on b, d and f");
    }

    struct Named(&'static str);

    impl Peer for Named {
        fn name(&self) -> &'static str {
            self.0
        }

        fn version(&self) -> String {
            String::new()
        }

        fn remarks(&self) -> &'static str {
            ""
        }

        fn takes_pieces(&self) -> bool {
            false
        }

        fn run(&mut self, _task: Task, _stream: &[u8], _piece: usize) -> Result<Answer, String> {
            Err(String::new())
        }
    }

    const ELEMENTS: u64 = 1_000;

    fn timed(nanoseconds: f64) -> Outcome {
        let seconds = nanoseconds * 1e-9;
        Outcome::Timed(Timing { seconds, spread: 0.0, allocations: Allocations::default() })
    }

    /// Two streams of 1,000 elements each, of which an element takes 2 ns of UTF-8 check, 3 of scan, and so many of
    /// walking and looking; the list has half of them.
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
            results.listed.push(Listed { elements: ELEMENTS / 2, outcome });
            let ways = [1_000.0, 1_300.0, 1_100.0, 50.0, 70.0, 40.0];
            results.ways.push(ways.map(|each| each * 1e-9 * 80_000.0 / PIECE as f64));
        }
        results
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
        let results = results([[30.0, 15.0], [41.0, 25.0]], 375.0, [timed(2_000.0), timed(5_000.0)]);
        let out = markdown(&[TERCET, BASELINE], &results);
        assert!(out.contains("| a | 80 | 1.5 | 50.0 | 5.0 | 30.0 | 15.0 | 4.0 |\n"), "{out}");
        assert!(out.contains("| b | 80 | 1.5 | 71.0 | 5.0 | 41.0 | 25.0 | 10.0 |\n"), "{out}");
        assert!(out.contains("| a | 7.5 | 18.8 | 41.7 | 25.0 | 20.0 | 2.2 | 16.0 |\n"), "{out}");
        assert!(out.contains("| b | 5.3 | 12.5 | 25.0 | 25.0 | 20.0 | 3.3 | 10.0 |\n"), "{out}");
        let sentence = "15 × expat is reached on no stream; were walking free, on a, not on b; were looking at its floor, too, \
                        on every stream.\n";
        assert!(out.contains(sentence), "{out}");
    }

    #[test]
    fn what_a_piece_costs_beyond_its_octets() {
        let results = results([[30.0, 15.0], [41.0, 25.0]], 375.0, [timed(2_000.0), timed(5_000.0)]);
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
        assert!(
            out.contains("- the list of events, b, `events`: answered [0, 0, 0, 0, 0], most [1, 1, 1, 1, 1]\n"),
            "{out}"
        );
        let out = markdown(&[TERCET, "x"], &results);
        assert!(out.contains("| a | 80 | 1.5 | 50.0 |") && !out.contains("× expat now"), "{out}");
    }
}
