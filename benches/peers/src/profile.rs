//! Where tercet's time goes, and what a goal leaves for it.
//!
//! In: what `measure` and `count` found. Out: three sections of the report: shares of the time, the nanoseconds of an
//! element, instructions by part.

use crate::count::Part;
use crate::floor::Floor;
use crate::markdown::{decimal, line, percent, table};
use crate::measure::Pieces;
use crate::peers::{BASELINE, TERCET};
use crate::report::Report;
use crate::task::Task;

/// The multiple of expat's speed in `events` that [`Report::budget`] reckons with.
const GOAL: f64 = 15.0;

/// Seconds that `events` takes on a whole stream, step by step.
struct Steps {
    utf8: f64,
    scan: f64,
    /// From tag to tag: what parsing takes beyond the first two.
    walking: f64,
    /// What the task takes beyond parsing.
    looking: f64,
    /// The same task by expat, where it is here.
    expat: Option<f64>,
}

impl Steps {
    fn all(&self) -> f64 {
        self.utf8 + self.scan + self.walking + self.looking
    }
}

impl Report<'_> {
    fn steps(&self, corpus: usize) -> Option<Steps> {
        let seconds = |peer: Option<usize>| Some(self.timing(peer?, corpus, Task::Events, Pieces::Whole)?.seconds);
        let all = seconds(self.peer(TERCET))?;
        let [utf8, scan, parse] =
            [Floor::Utf8, Floor::Scan, Floor::Parse].map(|floor| self.results.floors[corpus][floor as usize]);
        let expat = seconds(self.peer(BASELINE));
        Some(Steps { utf8, scan, walking: parse - utf8 - scan, looking: all - parse, expat })
    }

    /// The shares of the steps.
    pub fn profile(&self, out: &mut String) {
        line(out, "## Where tercet's time goes\n");
        line(
            out,
            "Shares of the time that `tercet` takes for `events` on whole streams. UTF-8 check and scan are timed by \
             themselves; walking is what parsing takes beyond both: matching names and tags, resolving namespaces, refusing \
             what is ill-formed, laying views down; looking is what the task takes beyond parsing. They are differences of \
             medians: what lies within the noise means nothing. The last column is the multiple of expat's speed that the \
             first two steps alone would reach: a bound, not a goal.\n",
        );
        let heads =
            ["stream", "UTF-8 check", "scan", "walking", "looking", "× expat", "× expat, first two steps alone"];
        let rows = (0..self.corpora.len()).filter_map(|corpus| {
            let steps = self.steps(corpus)?;
            let Steps { utf8, scan, walking, looking, expat } = steps;
            let shares = [utf8, scan, walking, looking].map(|part| percent(Some(part / steps.all())));
            let ratios = [steps.all(), utf8 + scan].map(|part| decimal(expat.map(|expat| expat / part), 1));
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
                "The same steps, in nanoseconds an element: its tags with all that is in them, and its text. The columns on \
                 the right ask what {GOAL} times expat's speed would take, a round figure above all that is measured here: \
                 how long an element may take then; how much of that is left to walking and looking, as the first two steps \
                 take what they take; and how many times as fast as now these two had to be together.\n"
            ),
        );
        let goal = format!("{GOAL} × expat");
        let heads = [
            "stream".to_owned(),
            "octets an element".to_owned(),
            "attributes an element".to_owned(),
            "ns now".to_owned(),
            "UTF-8 check and scan, ns".to_owned(),
            "walking, ns".to_owned(),
            "looking, ns".to_owned(),
            format!("ns at {goal}"),
            "of which walking and looking, ns".to_owned(),
            "times as fast as now".to_owned(),
        ];
        let rows = (0..self.corpora.len()).filter_map(|corpus| {
            let steps = self.steps(corpus)?;
            let contents = self.results.contents[corpus];
            let elements = contents.elements.max(1) as f64;
            let each = |seconds: f64| seconds * 1e9 / elements;
            let (fixed, rest) = (steps.utf8 + steps.scan, steps.walking + steps.looking);
            let allowed = steps.expat.map(|expat| expat / GOAL);
            let left = allowed.map(|allowed| allowed - fixed).filter(|left| *left > 0.0);
            let mut row = vec![self.corpora[corpus].name.clone()];
            row.push(decimal(Some(self.corpora[corpus].stream.len() as f64 / elements), 0));
            row.push(decimal(Some(contents.attributes as f64 / elements), 1));
            row.extend([steps.all(), fixed, steps.walking, steps.looking].map(|part| decimal(Some(each(part)), 1)));
            row.extend([allowed, left].map(|part| decimal(part.map(each), 1)));
            row.push(decimal(left.map(|left| rest / left), 1));
            Some(row)
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
}
