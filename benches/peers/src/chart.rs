//! The means as a bar chart in SVG: no script, no font of its own, light and dark. Parsers that accept what is
//! ill-formed have hollow bars.

use std::fmt::Write;

use crate::report::Report;
use crate::task::Task;

const WIDTH: f64 = 760.0;
const LABEL: f64 = 170.0;
const BAR: f64 = 15.0;
const GAP: f64 = 5.0;
const TITLE: f64 = 46.0;
const HEAD: f64 = 34.0;

const STYLE: &str = "\
text { fill: #222 } rect { fill: #8794a3; stroke: #8794a3 } .tercet { fill: #b8361e; stroke: #b8361e }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .tercet { fill: #e2613f; stroke: #e2613f } }
.lenient { fill: none }";

/// One group of bars a task: how many times as fast as the baseline.
pub fn svg(report: &Report<'_>) -> String {
    let groups = Task::ALL.map(|task| (task, ratios(report, task)));
    let all = || groups.iter().flat_map(|(_, ratios)| ratios);
    let scale = (WIDTH - LABEL - 60.0) / all().map(|(_, ratio)| *ratio).fold(1.0, f64::max);
    let height = TITLE + groups.len() as f64 * HEAD + all().count() as f64 * (BAR + GAP) + 10.0;

    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' viewBox='0 0 {WIDTH} {height}' \
         font-family='sans-serif' font-size='12'>\n\
         <title>Speed as a multiple of expat's</title>\n<style>{STYLE}</style>\n\
         <text x='10' y='20' font-size='14'>Speed as a multiple of expat's: whole streams, mean of {}</text>\n\
         <text x='10' y='38'>Hollow: accepts streams that are not well-formed.</text>",
        report.corpora.len()
    );
    let mut y = TITLE;
    for (task, ratios) in &groups {
        y += HEAD;
        let _ = writeln!(out, "<text x='10' y='{}' font-weight='bold'>{}</text>", y - 8.0, task.name());
        for &(peer, ratio) in ratios {
            bar(&mut out, report, peer, ratio, scale, y);
            y += BAR + GAP;
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The peers by speed, the fastest first.
fn ratios(report: &Report<'_>, task: Task) -> Vec<(usize, f64)> {
    let ratios = (0..report.peers.len()).filter_map(|peer| Some((peer, report.ratio(peer, task)?)));
    let mut ratios: Vec<_> = ratios.collect();
    ratios.sort_by(|a, b| b.1.total_cmp(&a.1));
    ratios
}

fn bar(out: &mut String, report: &Report<'_>, peer: usize, ratio: f64, scale: f64, y: f64) {
    let name = report.peers[peer].name();
    let class = match name {
        "tercet" => "tercet",
        _ if report.is_strict(peer) => "strict",
        _ => "lenient",
    };
    let (width, middle) = ((ratio * scale).max(1.0), y + BAR - 3.0);
    let _ = writeln!(
        out,
        "<text x='{}' y='{middle}' text-anchor='end'>{name}</text>\
         <rect class='{class}' x='{LABEL}' y='{y}' width='{width:.1}' height='{BAR}'/>\
         <text x='{:.1}' y='{middle}'>{ratio:.2}</text>",
        LABEL - 8.0,
        LABEL + width + 6.0,
    );
}
