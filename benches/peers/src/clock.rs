//! Times of what is run in turns, on a machine whose speed changes.
//!
//! In: what to run, and how often. Out: what each run took, told in beats. A beat is what tercet takes to read one and
//! the same stream, at the moment: virtual machines work at half their speed for seconds, while a neighbour is busy. So
//! one is timed between any two runs, and a run is set beside the two around it. That takes out most of what slows the
//! machine, not all: what waits for memory is slowed by another factor than what does not. So quiet moments are waited
//! for, and a run in which one ended is repeated; but waiting takes no longer than a multiple of what is timed. Beats
//! decide what counts, and not what was run. Yet they see the ends of a run alone: a loud moment within a long one is
//! not seen, and counts against it. How many seconds a beat is, is told at last, by the median of those that count.
//!
//! Refuses to know: what is run between beats.

use std::time::Instant;

use tercet_corpora::Kind;

use crate::floor::Floor;
use crate::statistics::quantile;

/// Octets that are read in a beat: some milliseconds, which no tick of the system shows in.
const BEAT: usize = 8_000_000;

/// A moment is quiet if its beat takes no longer than so many times what the shortest in twenty take at most. These are
/// quiet ones, however long was waited in vain; the lower quartile would be loud soon.
pub const QUIET: f64 = 1.25;

/// Counts beats.
pub struct Clock {
    /// Takes a beat and tells its seconds.
    read: Box<dyn FnMut() -> f64>,
    /// The seconds of each so far, the shortest first.
    readings: Vec<f64>,
    /// Of those before and behind each run that counts.
    around: Vec<f64>,
    /// Seconds that may be waited for each that was timed.
    waits: f64,
    /// Seconds that may still be waited.
    patience: f64,
    /// Seconds that were waited, runs that were repeated among them.
    waited: f64,
    /// How many runs were repeated.
    repeated: usize,
}

impl Clock {
    /// Who waits for quiet moments for as many times as long as what is timed takes, at most.
    pub fn new(waits: f64) -> Self {
        let stream = Kind::Chat.stream(0, BEAT);
        Self::of(waits, move || seconds_of(|| Floor::Parse.run(&stream)))
    }

    /// Takes so many turns in each round, beginning with another one each time: the beats that each took, but for those
    /// that told nothing. A turn tells the seconds of what is to be timed in it, and may be taken again at once.
    pub fn in_turns(
        &mut self,
        rounds: usize,
        turns: usize,
        mut run: impl FnMut(usize) -> Option<f64>,
    ) -> Vec<Vec<f64>> {
        let mut beats = vec![Vec::with_capacity(rounds); turns];
        let mut before = self.beat();
        for round in 0..rounds {
            for turn in (0..turns).map(|turn| (round + turn) % turns) {
                let (seconds, behind) = loop {
                    before = self.wait(before);
                    let (seconds, behind) = (run(turn), self.beat());
                    if !self.is_loud(behind) || self.patience <= 0.0 {
                        break (seconds, behind);
                    }
                    self.take_patience(seconds.unwrap_or(0.0) + behind);
                    self.repeated += 1;
                    before = behind;
                };
                if let Some(seconds) = seconds {
                    self.patience += self.waits * seconds;
                    self.around.extend([before, behind]);
                    beats[turn].push(seconds / f64::midpoint(before, behind));
                }
                before = behind;
            }
        }
        beats
    }

    /// How long the beats were that count.
    pub fn pace(&self) -> Pace {
        let mut around = self.around.clone();
        around.sort_by(f64::total_cmp);
        if around.is_empty() {
            return Pace::default();
        }
        let seconds = quantile(&around, 0.5);
        let range = |readings: &[f64]| [0.05, 0.95].map(|share| quantile(readings, share) / seconds);
        let Self { waited, repeated, .. } = *self;
        Pace { seconds, range: range(&around), all: range(&self.readings), waited, repeated }
    }

    fn of(waits: f64, read: impl FnMut() -> f64 + 'static) -> Self {
        let read = Box::new(read);
        Self { read, readings: vec![], around: vec![], waits, patience: 0.0, waited: 0.0, repeated: 0 }
    }

    fn beat(&mut self) -> f64 {
        let seconds = (self.read)();
        self.readings.insert(self.readings.partition_point(|reading| *reading < seconds), seconds);
        seconds
    }

    /// Whether the moment of a beat that took so many seconds is not quiet.
    fn is_loud(&self, seconds: f64) -> bool {
        seconds > QUIET * quantile(&self.readings, 0.05)
    }

    /// Waits for a quiet moment, if that of the last beat is none, as long as there is patience: the last beat then.
    fn wait(&mut self, mut last: f64) -> f64 {
        while self.is_loud(last) && self.patience > 0.0 {
            last = self.beat();
            self.take_patience(last);
        }
        last
    }

    fn take_patience(&mut self, seconds: f64) {
        self.patience -= seconds;
        self.waited += seconds;
    }
}

/// How long beats are.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The median.
    pub seconds: f64,
    /// Of nine in ten the shortest and the longest, as shares of the median.
    pub range: [f64; 2],
    /// The same of all that were taken, those while waiting among them; as shares of the same.
    pub all: [f64; 2],
    /// Seconds that were waited for quiet moments.
    pub waited: f64,
    /// How many runs were repeated meanwhile.
    pub repeated: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { seconds: 1.0, range: [1.0; 2], all: [1.0; 2], waited: 0.0, repeated: 0 }
    }
}

/// The seconds that it takes.
pub fn seconds_of(run: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    run();
    begin.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tercet::{Input, Limits, Parser};

    #[test]
    fn a_round_takes_each_turn_once_and_begins_with_another() {
        let mut taken = vec![];
        let mut clock = Clock::of(1.0, || 2.0);
        let beats = clock.in_turns(3, 3, |turn| {
            taken.push(turn);
            (turn != 1).then_some(turn as f64)
        });
        assert_eq!(taken, [0, 1, 2, 1, 2, 0, 2, 0, 1]);
        assert_eq!(beats, [vec![0.0; 3], vec![], vec![1.0; 3]]);
        // One between any two turns, one before and one behind all.
        assert_eq!(clock.readings.len(), 10);
    }

    #[test]
    fn what_slows_all_alike_does_not_show() {
        let moment = std::rc::Rc::new(std::cell::Cell::new(0));
        // Slower from the second beat on, and quick again from the fourth.
        let slowness = |moment: u32| if (1..3).contains(&moment) { 2.0 } else { 1.0 };
        let beats = moment.clone();
        let mut clock = Clock::of(1.0, move || {
            let seconds = 0.01 * slowness(beats.get());
            beats.set(beats.get() + 1);
            seconds
        });
        // As long as four beats, at the speed between those around.
        let told =
            clock.in_turns(4, 1, |_| Some(0.04 * f64::midpoint(slowness(moment.get() - 1), slowness(moment.get()))));
        assert!(told[0].iter().all(|beats| (beats - 4.0).abs() < 1e-9), "{told:?}");
        let pace = clock.pace();
        assert!((pace.seconds - 0.01).abs() < 1e-9 && pace.range[0] == 1.0 && pace.range[1] > 1.5, "{pace:?}");
    }

    #[test]
    fn quiet_moments_are_waited_for_no_longer_than_allowed() {
        // The fourth beat, behind the third run, is long, and so are some more.
        let told = |waits: f64, long: std::ops::Range<usize>| {
            let mut beat = 0;
            let mut clock = Clock::of(waits, move || {
                beat += 1;
                if long.contains(&beat) { 2.0 } else { 1.0 }
            });
            let mut runs = 0;
            let beats = clock.in_turns(4, 1, |_| {
                runs += 1;
                Some(4.0)
            });
            let Pace { range, waited, repeated, .. } = clock.pace();
            assert_eq!(repeated, runs - 4);
            (beats, waited, clock.readings.len(), range)
        };
        // The third is run once more, behind a beat that was waited for.
        assert_eq!(told(1.0, 4..5), (vec![vec![4.0; 4]], 7.0, 7, [1.0, 1.0]));
        // Two runs took 8 seconds: that, and the beat that was waited for in vain, leave none. Another run leaves two
        // beats to be waited for.
        assert_eq!(told(1.0, 4..20), (vec![vec![4.0, 4.0, 2.0, 2.0]], 12.0, 9, [1.0 / 1.5, 2.0 / 1.5]));
        // Waited for to the end, also where most beats were loud by then; or not at all.
        assert_eq!(told(5.0, 4..20), (vec![vec![4.0; 4]], 37.0, 22, [1.0, 1.0]));
        assert_eq!(told(0.0, 4..5).1, 0.0);
    }

    #[test]
    fn a_beat_reads_a_whole_stream() {
        let stream = Kind::Chat.stream(0, BEAT);
        let (mut parser, mut input) = (Parser::stream(Limits::CLIENT), Input::new());
        let mut feed = input.with(&stream);
        while parser.next(&mut feed).unwrap().is_some() {}
        drop(feed);
        parser.eof(&input).unwrap();
        let mut clock = Clock::new(1.0);
        clock.in_turns(1, 1, |_| Some(1.0));
        // No machine reads 100 GB/s.
        assert!(clock.pace().seconds > BEAT as f64 / 1e11);
    }
}
