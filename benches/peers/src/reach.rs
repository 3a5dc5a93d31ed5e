//! What more speed would ask of tercet.
//!
//! In: what `measure` found. Out: a table of the report, the most that `events` could reach, with what a multiple of
//! expat's speed leaves for each step; and two sections: how much faster walking would have to become for other
//! multiples, and how much of reading is waiting.

use crate::floor::Floor;
use crate::markdown::{NONE, decimal, line, percent, table};
use crate::measure::{LISTED, Pieces};
use crate::peers::{BASELINE, TERCET};
use crate::report::Report;
use crate::task::Task;

/// The multiple of expat's speed in `events` that [`Report::reach`] reckons with.
const TIMES_EXPAT: f64 = 15.0;

/// A round multiple of another's speed, in the mean of all streams.
struct Goal {
    task: Task,
    times: f64,
    /// The fastest of all others in the mean, where nobody is named.
    rival: Option<&'static str>,
}

const GOALS: &[Goal] = {
    const fn goal(task: Task, times: f64, rival: Option<&'static str>) -> Goal {
        Goal { task, times, rival }
    }
    const QUICK_XML: Option<&str> = Some("quick-xml");
    const RXML: Option<&str> = Some("rxml");
    &[
        goal(Task::Events, TIMES_EXPAT, Some(BASELINE)),
        goal(Task::Route, 15.0, Some(BASELINE)),
        goal(Task::Dom, 10.0, Some(BASELINE)),
        goal(Task::Events, 2.0, None),
        goal(Task::Route, 2.0, None),
        goal(Task::Dom, 2.0, None),
        goal(Task::Events, 6.0, QUICK_XML),
        goal(Task::Route, 6.0, QUICK_XML),
        goal(Task::Dom, 6.0, QUICK_XML),
        goal(Task::Events, 30.0, RXML),
        goal(Task::Route, 30.0, RXML),
        goal(Task::Dom, 30.0, RXML),
    ]
};

/// Seconds that a task takes on a whole stream, step by step.
pub struct Steps {
    pub utf8: f64,
    pub scan: f64,
    /// From tag to tag: what parsing takes beyond the first two.
    pub walking: f64,
    /// What the task takes beyond parsing.
    pub looking: f64,
    /// What looking takes where all that is looked at lies ready, where that is known.
    pub least_looking: Option<f64>,
}

impl Steps {
    pub fn all(&self) -> f64 {
        self.fixed() + self.walking + self.looking
    }

    /// What no way of walking and looking changes.
    pub fn fixed(&self) -> f64 {
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
    pub fn steps(&self, corpus: usize, task: Task) -> Option<Steps> {
        let all = self.seconds(TERCET, corpus, task)?;
        let [utf8, scan, parse] =
            [Floor::Utf8, Floor::Scan, Floor::Parse].map(|floor| self.results.floors[corpus][floor as usize]);
        let is_listed = task == Task::Events;
        let least_looking = self.listed(corpus).filter(|_| is_listed).map(|each| each * self.elements(corpus));
        Some(Steps { utf8, scan, walking: parse - utf8 - scan, looking: all - parse, least_looking })
    }

    /// What a peer takes for a task on a whole stream.
    pub fn seconds(&self, peer: &str, corpus: usize, task: Task) -> Option<f64> {
        Some(self.timing(self.peer(peer)?, corpus, task, Pieces::Whole)?.seconds)
    }

    /// What is the most that could be reached, and what the goal leaves for walking; nothing without expat.
    pub fn reach(&self, out: &mut String) {
        let streams = (0..self.corpora.len()).filter_map(|corpus| {
            let (steps, expat) = (self.steps(corpus, Task::Events)?, self.seconds(BASELINE, corpus, Task::Events)?);
            Some((corpus, steps, expat))
        });
        let streams: Vec<(usize, Steps, f64)> = streams.collect();
        if streams.is_empty() {
            return;
        }
        line(
            out,
            &format!(
                "The most that could be reached, as multiples of expat's speed, and what {TIMES_EXPAT} times that speed, a round \
                 figure, would ask for:\n\n\
                 - × expat, walking free: no time but that of UTF-8 check, scan and looking, all as they are now\n\
                 - × expat, looking at its floor, too: the same with the floor in the place of looking\n\
                 - ns at {TIMES_EXPAT} × expat: how long an element may take then\n\
                 - walking and looking, ns: how much of that is left to these two, as UTF-8 check and scan take what they take\n\
                 - times as fast as now: what walking and looking together would have to become for that\n\
                 - walking, looking at its floor, ns: how much of that is left to walking alone, were looking at its floor\n"
            ),
        );
        let heads = [
            "stream".to_owned(),
            "× expat now".to_owned(),
            "× expat, walking free".to_owned(),
            "× expat, looking at its floor, too".to_owned(),
            format!("ns at {TIMES_EXPAT} × expat"),
            "walking and looking, ns".to_owned(),
            "times as fast as now".to_owned(),
            "walking, looking at its floor, ns".to_owned(),
        ];
        let rows = streams.iter().map(|(corpus, steps, expat)| {
            let each = |seconds: f64| seconds * 1e9 / self.elements(*corpus);
            let times = |seconds: Option<f64>| decimal(seconds.map(|seconds| expat / seconds), 1);
            let allowed = expat / TIMES_EXPAT;
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
            clause(|steps| Some(steps.all())).map(|on| format!("{TIMES_EXPAT} × expat is reached {on}")),
            clause(|steps| Some(steps.walking_free())).map(|on| format!("were walking free, {on}")),
            clause(Steps::least).map(|on| format!("were looking at its floor, too, {on}")),
        ];
        format!("{}.\n", clauses.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }

    /// How many times as fast walking would have to become for each of [`GOALS`].
    pub fn asked(&self, out: &mut String) {
        let rows = GOALS.iter().filter_map(|goal| {
            let rival = match goal.rival {
                Some(name) => self.peer(name)?,
                None => self.fastest(self.peer(TERCET)?, goal.task, |_| true)?.0,
            };
            let streams = (0..self.corpora.len()).map(|corpus| {
                let theirs = self.timing(rival, corpus, goal.task, Pieces::Whole)?.seconds;
                Some((self.steps(corpus, goal.task)?, theirs / goal.times))
            });
            let streams = streams.collect::<Option<Vec<_>>>()?;
            let mut row = vec![format!("`{}`, {} × {}", goal.task.name(), goal.times, self.peers[rival].name())];
            row.extend(streams.chunks(1).chain([&*streams]).map(faster));
            Some(row)
        });
        line(out, "## What more speed would ask of walking\n");
        line(
            out,
            "How many times as fast walking alone would have to become for round multiples of others' speed, UTF-8 check, \
             scan and looking as they are; walking takes the same in all tasks.\n\n\
             - `reached`: it may stay as it is\n\
             - `never`: UTF-8 check, scan and looking alone take longer than the multiple allows\n\
             - in the mean: by one factor for all streams, so that the geometric mean of the multiples is reached; that may \
             be where single streams never reach it\n",
        );
        let names = self.corpora.iter().map(|corpus| corpus.name.clone());
        let heads = ["multiple".to_owned()].into_iter().chain(names).chain(["in the mean".to_owned()]);
        table(out, heads, rows);
    }

    /// What is saved where little is waited for, and what that would give.
    pub fn waiting(&self, out: &mut String) {
        line(out, "## What waiting costs\n");
        line(
            out,
            &format!(
                "Nanoseconds an element with nobody looking: of the whole stream; and warm, which is of the stanzas that \
                 begin within its first {} MB, read again and again, so that caches hold all of it and many branches have \
                 been learned. What it takes less then is waiting: for memory, and for what follows a mispredicted branch. \
                 What is left is mostly the instructions themselves.\n\n\
                 - × expat, no waiting: the multiple of expat's speed in `events`, were reading warm and looking as it is\n",
                LISTED as f64 / 1e6
            ),
        );
        let mut heads = vec!["stream", "whole, ns", "warm, ns", "waiting"];
        let has_expat = self.peer(BASELINE).is_some();
        if has_expat {
            heads.extend(["× expat now", "× expat, no waiting"]);
        }
        let rows = (0..self.corpora.len()).map(|corpus| {
            let (elements, listed) = (self.elements(corpus), &self.results.listed[corpus]);
            let whole = self.results.floors[corpus][Floor::Parse as usize] / elements;
            let warm = listed.warm / listed.elements.max(1) as f64;
            let mut row = vec![self.corpora[corpus].name.clone()];
            row.extend([whole, warm].map(|seconds| decimal(Some(seconds * 1e9), 1)));
            row.push(percent(Some(1.0 - warm / whole)));
            if has_expat {
                let seconds = |peer| Some(self.seconds(peer, corpus, Task::Events)? / elements);
                let times = |saved: f64| Some(seconds(BASELINE)? / (seconds(TERCET)? - saved));
                row.extend([0.0, whole - warm].map(|saved| decimal(times(saved), 1)));
            }
            row
        });
        table(out, heads.into_iter().map(str::to_owned), rows);
    }
}

/// How many times as fast walking would have to become, given the steps and the seconds allowed on each stream, for
/// what is allowed in the geometric mean.
fn faster(streams: &[(Steps, f64)]) -> String {
    let fits = |share: f64| {
        let beyond =
            |(steps, allowed): &(Steps, f64)| ((steps.fixed() + steps.looking + share * steps.walking) / allowed).ln();
        streams.iter().map(beyond).sum::<f64>() <= 0.0
    };
    if fits(1.0) {
        return "reached".to_owned();
    }
    // The share of its time that walking may keep: the more, the longer all takes.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        *(if fits(middle) { &mut low } else { &mut high }) = middle;
    }
    // Upwards, as what is not reached is more than 1; but for what the search leaves open.
    let tenths = (10.0 / low - 1e-6).ceil();
    if tenths.is_finite() { format!("{:.1}", tenths / 10.0) } else { "never".to_owned() }
}

/// On which streams the goal is reached, given the multiple of expat's speed on each.
fn on_which(streams: &[(&str, f64)]) -> String {
    let (yes, no): (Vec<_>, Vec<_>) = streams.iter().partition(|(_, ratio)| *ratio >= TIMES_EXPAT);
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

    #[test]
    fn streams_where_the_goal_is_reached_are_told_from_others() {
        assert_eq!(on_which(&[("a", 15.0), ("b", 20.0)]), "on every stream");
        assert_eq!(on_which(&[("a", 14.9), ("b", 1.0)]), "on no stream");
        assert_eq!(on_which(&[("a", 14.9), ("b", 15.1)]), "on b, not on a");
        let many = [("a", 16.0), ("b", 1.0), ("c", 17.0), ("d", 2.0), ("e", 18.0), ("f", 3.0)];
        assert_eq!(on_which(&many), "on a, c and e, not on b, d and f");
    }

    #[test]
    fn how_much_faster_walking_would_have_to_become() {
        let stream = |allowed| {
            let steps = Steps { utf8: 2.0, scan: 3.0, walking: 30.0, looking: 15.0, least_looking: None };
            (steps, allowed)
        };
        let alone = |allowed| faster(&[stream(allowed)]);
        assert_eq!((&*alone(50.0), &*alone(49.0), &*alone(35.0), &*alone(26.0)), ("reached", "1.1", "2.0", "5.0"));
        assert_eq!((&*alone(20.0), &*alone(19.9)), ("never", "never"));
        // 20 + 30 / 2 seconds each: what one stream takes more than it may, the other does not.
        assert_eq!(faster(&[stream(17.5), stream(70.0)]), "2.0");
    }
}
