//! The means as a bar chart in SVG: no script, no font of its own, light and dark.

use std::fmt::Write;

use crate::report::Report;
use crate::task::Task;

const WIDTH: f64 = 760.0;
const LABEL: f64 = 170.0;
const BAR: f64 = 15.0;
const GAP: f64 = 5.0;
const HEAD: f64 = 34.0;

/// One group of bars a task: how many times as fast as the baseline.
pub fn svg(report: &Report<'_>) -> String {
    let groups = Task::ALL.map(|task| {
        let ratios =
            (0..report.peers.len()).filter_map(|peer| Some((report.peers[peer].name(), report.ratio(peer, task)?)));
        let mut ratios: Vec<(&str, f64)> = ratios.collect();
        ratios.sort_by(|a, b| b.1.total_cmp(&a.1));
        (task, ratios)
    });
    let most = groups.iter().flat_map(|(_, ratios)| ratios).map(|(_, ratio)| *ratio).fold(1.0, f64::max);
    let rows: usize = groups.iter().map(|(_, ratios)| ratios.len()).sum();
    let height = 30.0 + groups.len() as f64 * HEAD + rows as f64 * (BAR + GAP) + 10.0;
    let scale = (WIDTH - LABEL - 60.0) / most;

    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' viewBox='0 0 {WIDTH} {height}' \
         font-family='sans-serif' font-size='12'>\n\
         <title>Speed as a multiple of expat's</title>\n\
         <style>text {{ fill: #222 }} .peer {{ fill: #9aa5b1 }} .tercet {{ fill: #b8361e }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} .peer {{ fill: #66717d }} .tercet {{ fill: #e2613f }} }}\n\
         </style>\n\
         <text x='10' y='20' font-size='14'>Speed as a multiple of expat's; whole streams, mean of {}</text>",
        report.corpora.len()
    );
    let mut y = 30.0;
    for (task, ratios) in &groups {
        y += HEAD;
        let _ = writeln!(out, "<text x='10' y='{}' font-weight='bold'>{}</text>", y - 8.0, task.name());
        for (peer, ratio) in ratios {
            let class = if *peer == "tercet" { "tercet" } else { "peer" };
            let (width, middle) = ((ratio * scale).max(1.0), y + BAR - 3.0);
            let _ = writeln!(
                out,
                "<text x='{}' y='{middle}' text-anchor='end'>{peer}</text>\
                 <rect class='{class}' x='{LABEL}' y='{y}' width='{width:.1}' height='{BAR}'/>\
                 <text x='{:.1}' y='{middle}'>{ratio:.2}</text>",
                LABEL - 8.0,
                LABEL + width + 6.0,
            );
            y += BAR + GAP;
        }
    }
    out.push_str("</svg>\n");
    out
}
