//! tercet beside the others in a few figures: what to look at first after a change.

use crate::markdown::{NONE, decimal, line, percent, table};
use crate::measure::Pieces;
use crate::peers::{BASELINE, Role, TERCET};
use crate::report::Report;
use crate::task::Task;
use crate::ways::PIECE;

/// tercet held to AVX2, where it is here.
const AVX2: &str = "tercet, AVX2";
/// tercet held to what any processor has.
const PORTABLE: &str = "tercet, portable";
/// What a TCP segment holds.
const SEGMENT: Pieces = Pieces::Of(PIECE);

impl Report<'_> {
    pub fn goals(&self, out: &mut String) {
        line(out, "## tercet in short\n");
        line(
            out,
            "Multiples of others' speed on whole streams: the geometric mean over the streams, and the worst. Strict is \
                  who refuses all that is ill-formed.\n",
        );
        for (number, peer) in self.peers.iter().enumerate().filter(|(_, peer)| peer.role() == Role::Tercet) {
            let heads = [peer.name().to_owned()].into_iter().chain(Task::ALL.map(|task| task.name().to_owned()));
            let figure = |what: &str, figure: &dyn Fn(Task) -> String| {
                [what.to_owned()].into_iter().chain(Task::ALL.map(figure)).collect::<Vec<_>>()
            };
            let against =
                |name: &str, task| decimal(self.peer(name).and_then(|peer| self.ratio(number, peer, task)), 2);
            let strict = |peer| self.is_strict(peer);
            let fastest = |found: Option<(usize, f64)>| {
                found.map_or_else(
                    || NONE.to_owned(),
                    |(rival, ratio)| format!("{ratio:.2} ({})", self.peers[rival].name()),
                )
            };
            let held_to = |name, task| self.ratio(self.peer(name).filter(|_| peer.name() == TERCET)?, number, task);
            let rows = [
                figure("× expat", &|task| against(BASELINE, task)),
                figure("× quick-xml", &|task| against("quick-xml", task)),
                figure("× rxml", &|task| against("rxml", task)),
                figure("× the fastest other in the mean", &|task| fastest(self.fastest(number, task, |_| true))),
                figure("× the fastest other, worst stream", &|task| self.worst(number, task, |_| true)),
                figure("× the fastest strict other in the mean", &|task| fastest(self.fastest(number, task, strict))),
                figure("× the fastest strict other, worst stream", &|task| self.worst(number, task, strict)),
                figure("AVX2, share of the best instruction set", &|task| percent(held_to(AVX2, task))),
                figure("portable, share of the best instruction set", &|task| percent(held_to(PORTABLE, task))),
                figure(&format!("pieces of {}, share of whole", SEGMENT.name()), &|task| {
                    percent(self.share(number, task, SEGMENT))
                }),
                figure("instructions per octet", &|task| decimal(self.instructions_per_octet(number, task), 1)),
            ];
            table(out, heads, rows);
        }
    }

    /// The fastest of those of the others that `counts`, and the multiple of its speed, compared by their means.
    pub fn fastest(&self, tercet: usize, task: Task, counts: impl Fn(usize) -> bool) -> Option<(usize, f64)> {
        let ratios = self.rivals(counts).filter_map(|rival| Some((rival, self.ratio(tercet, rival, task)?)));
        ratios.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The least multiple of any other's speed on any stream, and where that is and whose.
    fn worst(&self, tercet: usize, task: Task, counts: impl Fn(usize) -> bool) -> String {
        let cells = self.rivals(counts).flat_map(|rival| (0..self.corpora.len()).map(move |corpus| (rival, corpus)));
        let ratios = cells.filter_map(|cell| Some((cell, self.ratio_on(tercet, cell.0, cell.1, task)?)));
        let Some(((rival, corpus), ratio)) = ratios.min_by(|a, b| a.1.total_cmp(&b.1)) else { return NONE.to_owned() };
        format!("{ratio:.2} ({}, {})", self.corpora[corpus].name, self.peers[rival].name())
    }

    fn rivals(&self, counts: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
        (0..self.peers.len()).filter(move |peer| self.peers[*peer].role() == Role::Rival && counts(*peer))
    }
}
