//! What a report says of the machine that its figures were measured on.

use crate::clock::{Pace, quantile};
use crate::markdown::line;

/// What nine cells in ten keep below where figures mean something, in percent.
const NOISY: f64 = 15.0;

/// Processor, cores and system.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let processor = model.map_or("unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{processor}, {cores} cores, {}", std::env::consts::OS)
}

/// How busy it has been for a minute.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// How much what was timed in so many rounds differed, a share for each cell, and the machine meanwhile.
pub fn noise(out: &mut String, rounds: usize, mut spreads: Vec<f64>, pace: Pace) {
    spreads.sort_by(f64::total_cmp);
    let at = |share| if spreads.is_empty() { 0.0 } else { quantile(&spreads, share) * 100.0 };
    line(out, &format!("- {rounds} rounds in turns; medians"));
    let [fast, slow] = pace.range.map(|share| share * 100.0);
    line(
        out,
        &format!(
            "- speed of the machine: what tercet takes for one and the same stream was timed between any two runs, and \
             was {fast:.0} to {slow:.0} % of its median in nine of ten; every run is set beside the two around it, and \
             told as at the median"
        ),
    );
    let noise = format!("{:.1} % in half of all cells, {:.1} % in nine of ten", at(0.5), at(0.9));
    line(out, &format!("- noise: the middle half of a cell's rounds lies within {noise}"));
    if at(0.9) > NOISY {
        line(out, "- **too much noise to be trusted: run it again when the machine has nothing else to do**");
    }
    line(out, &format!("- load of the machine at the end, this program included: {}", load()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_loud_machine_are_called_so() {
        let told = |spread: f64| {
            let mut out = String::new();
            noise(&mut out, 7, vec![spread; 10], Pace { seconds: 0.01, range: [0.9, 1.6] });
            out
        };
        assert!(told(0.1).contains("was 90 to 160 % of") && told(0.1).contains("10.0 % in nine of ten\n"));
        assert!(told(0.16).contains("too much noise") && !told(0.1).contains("too much noise"));
    }
}
