//! What a report says of how far its figures can be trusted.
//!
//! In: how much the rounds of each cell differed, and the pace of the machine. Out: lines, and a verdict.

use crate::clock::{Pace, QUIET};
use crate::machine;
use crate::markdown::line;
use crate::statistics::quantile;

/// What nine cells in ten keep below where figures mean something, in percent.
const NOISY: f64 = 15.0;

/// Most that the slowest of nine readings in ten may take, as a multiple of the fastest, where figures mean something:
/// a busy neighbour does not slow everything equally.
const UNSTEADY: f64 = 1.5;

/// How much what was timed in so many rounds differed, a share for each cell, and the machine meanwhile.
pub fn noise(out: &mut String, rounds: usize, mut spreads: Vec<f64>, pace: Pace) {
    spreads.sort_by(f64::total_cmp);
    let at = |share| if spreads.is_empty() { 0.0 } else { quantile(&spreads, share) * 100.0 };
    line(out, &format!("- {rounds} rounds in turns; medians"));
    let [[fast, slow], [fastest, slowest]] = [pace.range, pace.all].map(|range| range.map(|share| share * 100.0));
    line(
        out,
        &format!(
            "- pace of the machine: between any two runs tercet read one and the same stream; nine in ten of these \
             readings, around the runs that count, took {fast:.0} to {slow:.0} % of their median, of all readings \
             {fastest:.0} to {slowest:.0} %"
        ),
    );
    line(
        out,
        &format!(
            "- a moment is quiet where a reading took no more than {QUIET} times what the shortest in twenty take; \
             others were waited out, and runs in which one began repeated, as long as `--patience` allows: {:.0} s \
             in all, {} runs; what happens within a run is not seen",
            pace.waited, pace.repeated
        ),
    );
    line(
        out,
        "- a run is divided by the two readings around it; seconds, and what is made of them, are those at the median \
         reading",
    );
    let noise = format!("{:.1} % in half of all cells, {:.1} % in nine of ten", at(0.5), at(0.9));
    line(out, &format!("- noise that is left: the middle half of a cell's rounds lies within {noise}"));
    if at(0.9) > NOISY || slow > fast * UNSTEADY {
        line(
            out,
            &format!(
                "- **too much noise to be trusted, as cells differ by more than {NOISY} % or the pace by more than a \
                 factor of {UNSTEADY}: run it again when the machine has nothing else to do**"
            ),
        );
    }
    line(out, &format!("- load of the machine at the end, this program included: {}", machine::load()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_loud_machine_are_called_so() {
        let told = |quiet: f64, loud: f64, slow: f64| {
            let mut out = String::new();
            // Nine of eleven lie no higher than the tenth does.
            let spreads = [[quiet; 9].as_slice(), &[loud; 2]].concat();
            let pace = Pace { seconds: 0.01, range: [0.9, slow], all: [0.9, 2.0], waited: 12.4, repeated: 5 };
            noise(&mut out, 7, spreads, pace);
            out
        };
        let quiet = told(0.02, 0.15, 1.3);
        assert!(quiet.contains("took 90 to 130 % of their median, of all readings 90 to 200 %\n"), "{quiet}");
        assert!(quiet.contains("allows: 12 s in all, 5 runs;"), "{quiet}");
        assert!(quiet.contains(" 2.0 % in half of all cells, 15.0 % in nine of ten\n"), "{quiet}");
        assert!(!quiet.contains("too much noise"));
        assert!(told(0.02, 0.151, 1.3).contains("too much noise"));
        assert!(told(0.02, 0.15, 1.36).contains("too much noise"));
    }
}
