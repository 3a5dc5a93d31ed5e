//! The means as a bar chart in SVG: no script, no font of its own, light and dark.
//!
//! ```text
//! title
//! which mean, legend
//!            events           route            dom
//!  tercet    ##|#########     ##|#####         ##|######
//!  pugixml   ==|======        ==|====          ==|===
//!  expat     ==|              ==|              ==|
//! ```
//!
//! One scale for all; the line is where the baseline ends. Parsers that accept what is ill-formed have hollow bars.

use std::fmt::{Display, Write};

use crate::peers::{BASELINE, Role};
use crate::report::Report;
use crate::task::Task;

const WIDTH: f64 = 860.0;
/// Where the names end.
const LABEL: f64 = 138.0;
const PANEL: f64 = (WIDTH - LABEL - 10.0) / Task::ALL.len() as f64;
/// Room for the figure behind a bar, and for what lies between panels.
const FIGURE: f64 = 58.0;
/// Where the first bar begins.
const TOP: f64 = 130.0;
const ROW: f64 = 22.0;
const BAR: f64 = 14.0;

const STYLE: &str = "\
text { fill: #1f2328; font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif }
.title { font-size: 16px; font-weight: 600 } .task { font-size: 13px; font-weight: 600 }
.end { text-anchor: end } .quiet { fill: #59636e } .bold { font-weight: 600 }
rect { stroke-width: 1 } .tercet { fill: #c2410c; stroke: #c2410c } .strict { fill: #8b98a7; stroke: #8b98a7 }
.lenient { fill: none; stroke: #8b98a7 } line { stroke: #59636e; stroke-dasharray: 2 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #9198a1 } .tercet { fill: #f0743e; stroke: #f0743e } line { stroke: #9198a1 }
}";

/// How many times as fast as the baseline everyone is, one panel a task; nothing where there is no baseline.
pub fn svg(report: &Report<'_>) -> Option<String> {
    let rows = rows(report);
    if rows.is_empty() {
        return None;
    }
    let most = rows.iter().flat_map(|row| row.ratios).flatten().fold(1.0, f64::max);
    let scale = (PANEL - FIGURE) / most;
    let bottom = TOP + rows.len() as f64 * ROW;
    let height = bottom + 24.0;

    let mut out = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' viewBox='0 0 {WIDTH} {height}'>\n\
         <title>{TITLE}</title>\n<style>\n{STYLE}\n</style>\n"
    );
    text(&mut out, "title", 10.0, 26.0, TITLE);
    text(&mut out, "quiet", 10.0, 46.0, format!("Geometric mean over {}.", streams(report)));
    legend(&mut out);
    for (number, task) in Task::ALL.into_iter().enumerate() {
        let left = LABEL + number as f64 * PANEL;
        text(&mut out, "task", left, TOP - 26.0, task.name());
        text(&mut out, "quiet", left, TOP - 11.0, task.what());
        let one = left + scale;
        let _ = writeln!(out, "<line x1='{one:.1}' y1='{}' x2='{one:.1}' y2='{bottom}'/>", TOP - 4.0);
        text(&mut out, "quiet", one - 4.0, bottom + 14.0, "1");
        for (row, y) in rows.iter().zip((0..).map(|row| TOP + f64::from(row) * ROW)) {
            bar(&mut out, row.class, row.ratios[number], [left, y], scale);
        }
    }
    for (row, y) in rows.iter().zip((0..).map(|row| TOP + f64::from(row) * ROW)) {
        let class = if row.class == "tercet" { "end bold" } else { "end" };
        text(&mut out, class, LABEL - 8.0, y + BAR - 3.0, row.name);
    }
    out.push_str("</svg>\n");
    Some(out)
}

const TITLE: &str = "Speed as a multiple of expat's, on whole XMPP streams";

struct Row {
    name: &'static str,
    class: &'static str,
    /// For each task; nothing where it was not done on all streams.
    ratios: [Option<f64>; Task::ALL.len()],
}

impl Row {
    /// What rows are in order by: as the mean over the tasks is, where one that was not done counts as done at the
    /// speed of the baseline.
    fn rank(&self) -> f64 {
        self.ratios.iter().map(|ratio| ratio.map_or(0.0, f64::ln)).sum()
    }
}

/// The peers by speed, the fastest first.
fn rows(report: &Report<'_>) -> Vec<Row> {
    let Some(baseline) = report.peer(BASELINE) else { return Vec::new() };
    let on_chart = report.peers.iter().enumerate().filter(|(_, peer)| peer.role() != Role::Detail);
    let rows = on_chart.map(|(number, peer)| Row {
        name: peer.name(),
        class: match peer.role() {
            Role::Tercet => "tercet",
            _ if report.is_strict(number) => "strict",
            _ => "lenient",
        },
        ratios: Task::ALL.map(|task| report.ratio(number, baseline, task)),
    });
    let mut rows: Vec<Row> = rows.filter(|row| row.ratios.iter().any(Option::is_some)).collect();
    rows.sort_by(|a, b| b.rank().total_cmp(&a.rank()));
    rows
}

fn legend(out: &mut String) {
    let entries = [
        (10.0, "tercet", "tercet"),
        (LABEL, "strict", "refuses all that is ill-formed"),
        (LABEL + PANEL, "lenient", "accepts some that is ill-formed"),
    ];
    for (x, class, what) in entries {
        let _ = writeln!(out, "<rect class='{class}' x='{x:.1}' y='60' width='12' height='12'/>");
        text(out, "quiet", x + 18.0, 70.0, what);
    }
}

fn bar(out: &mut String, class: &str, ratio: Option<f64>, [x, y]: [f64; 2], scale: f64) {
    let Some(ratio) = ratio else { return text(out, "quiet", x, y + BAR - 3.0, "–") };
    let width = (ratio * scale).max(1.0);
    let _ = writeln!(out, "<rect class='{class}' x='{x:.1}' y='{y}' width='{width:.1}' height='{BAR}'/>");
    let class = if class == "tercet" { "bold" } else { "quiet" };
    // Not across the line.
    let end = if ratio < 1.0 { scale } else { width };
    text(out, class, x + end + 5.0, y + BAR - 3.0, format!("{ratio:.2}"));
}

fn text(out: &mut String, class: &str, x: f64, y: f64, text: impl Display) {
    let _ = writeln!(out, "<text class='{class}' x='{x:.1}' y='{y:.1}'>{text}</text>");
}

/// Their names, as far as there is room.
fn streams(report: &Report<'_>) -> String {
    const ROOM: usize = 100;
    let names: Vec<&str> = report.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
    let names = names.join(", ");
    if names.chars().count() > ROOM {
        return format!("{} streams", report.corpora.len());
    }
    names.replace('&', "&amp;").replace('<', "&lt;")
}
