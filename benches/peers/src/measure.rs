//! Runs everyone on everything, in turns.
//!
//! In: corpora, peers, rounds. Out: medians. Every answer is compared before anything is timed; who answers otherwise
//! is not timed there. One round runs each peer once, beginning with another one each time, and each run is set beside
//! the speed of the machine at that moment: see `clock`. What is set beside another time was measured in the same
//! rounds, but for three: the share that pieces have of whole streams, the parts of reading beside `route` and `dom`,
//! and what a piece costs beside `events`.

use std::hint::black_box;

use crate::allocations::{self, Allocations};
use crate::clock::{Clock, Pace, seconds_of};
use crate::corpus::Corpus;
use crate::floor::Floor;
use crate::list::List;
use crate::peers::Peer;
use crate::statistics::median;
use crate::task::{Answer, Sink, Task};
use crate::ways::{PIECE, Way, Ways};

/// The longest stream that is read octet by octet.
const LONG: usize = 2_000_000;

/// A shorter stream is read once before it is timed: it is over before caches and branches are known again, which
/// belong to the beat before it.
const SHORT: usize = 1_000_000;

/// Octets of a stream, from its beginning, that are read again and again, and of which a list is made of all they hold.
/// Caches hold that, as they hold what a parser has just found, and the processor does not learn all of it by heart.
pub const LISTED: usize = 500_000;

/// How often those octets are read, and the list told, at least.
const LEAST_TIMES: usize = 8;

/// How a stream is given: all of it, or pieces of so many octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pieces {
    Whole,
    Of(usize),
}

impl Pieces {
    pub const ALL: [Self; 3] = [Self::Whole, Self::Of(16_384), Self::Of(PIECE)];

    pub fn name(self) -> String {
        match self {
            Self::Whole => "whole".to_owned(),
            Self::Of(1) => "1 octet".to_owned(),
            Self::Of(size) if size % 1024 == 0 => format!("{} KiB", size / 1024),
            Self::Of(size) => format!("{size} octets"),
        }
    }

    fn size(self, stream: &[u8]) -> usize {
        match self {
            Self::Whole => stream.len(),
            Self::Of(size) => size,
        }
    }
}

/// One peer's result for one task on one corpus, given one way.
pub struct Cell {
    pub peer: usize,
    pub corpus: usize,
    pub task: Task,
    pub pieces: Pieces,
    pub outcome: Outcome,
}

pub enum Outcome {
    Timed(Timing),
    /// The peer said so of the stream.
    Refused(String),
    /// The peer read something else than most.
    Differs {
        answer: Answer,
        expected: Answer,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The median, in seconds; until [`Results::at_pace`] in beats, as are all seconds here.
    pub seconds: f64,
    /// What lies between the quartiles, as a share of the median.
    pub spread: f64,
    pub allocations: Allocations,
}

#[derive(Default)]
pub struct Results {
    pub cells: Vec<Cell>,
    /// For each corpus.
    pub contents: Vec<Contents>,
    /// For each corpus, the seconds of each [`Floor`], by its number.
    pub floors: Vec<[f64; Floor::ALL.len()]>,
    /// For each corpus.
    pub listed: Vec<Listed>,
    /// For each corpus, the seconds of each [`Way`], by its number.
    pub ways: Vec<[f64; Way::ALL.len()]>,
    pub growth: Vec<Growth>,
    /// How long the beats were that all was timed by.
    pub pace: Pace,
}

/// What a corpus holds, as most said in [`Task::Events`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    pub stanzas: u64,
    pub elements: u64,
    /// Namespace declarations left out.
    pub attributes: u64,
}

/// [`Task::Events`], answered from a list of what a stream's first octets hold; and these read with nobody looking.
pub struct Listed {
    /// In the list, and in what it was made of.
    pub elements: u64,
    /// All of the list, once.
    pub outcome: Outcome,
    /// Seconds that [`Floor::Parse`] takes of what it was made of, read again and again.
    pub warm: f64,
}

/// Whether time grows faster than what is read, where octets come one by one.
pub struct Growth {
    /// What is read: one octet a piece, `Task::Events`.
    pub name: String,
    /// Octets of the shorter and the longer stream.
    pub len: [usize; 2],
    pub cells: [Vec<Cell>; 2],
}

impl Results {
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().chain(self.growth.iter().flat_map(|growth| growth.cells.iter().flatten()))
    }

    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.cells().map(|cell| &cell.outcome).chain(self.listed.iter().map(|listed| &listed.outcome))
    }

    /// What was told in beats, in seconds.
    fn at_pace(mut self, pace: Pace) -> Self {
        let of_growth = self.growth.iter_mut().flat_map(|growth| growth.cells.iter_mut().flatten());
        let outcomes = self.cells.iter_mut().chain(of_growth).map(|cell| &mut cell.outcome);
        let timings = outcomes.chain(self.listed.iter_mut().map(|listed| &mut listed.outcome)).filter_map(timing_mut);
        timings.for_each(|timing| timing.seconds *= pace.seconds);
        let (floors, ways) = (self.floors.as_flattened_mut(), self.ways.as_flattened_mut());
        let warm = self.listed.iter_mut().map(|listed| &mut listed.warm);
        floors.iter_mut().chain(ways).chain(warm).for_each(|each| *each *= pace.seconds);
        self.pace = pace;
        self
    }
}

fn timing_mut(outcome: &mut Outcome) -> Option<&mut Timing> {
    match outcome {
        Outcome::Timed(timing) => Some(timing),
        Outcome::Refused(_) | Outcome::Differs { .. } => None,
    }
}

/// Runs all, the streams that are timed first among them; `note` is told what is being done.
pub fn measure(
    corpora: &[Corpus],
    peers: &mut [Box<dyn Peer>],
    mut clock: Clock,
    rounds: usize,
    mut note: impl FnMut(&str),
) -> Results {
    let mut results = Results::default();
    for (number, corpus) in corpora.iter().enumerate() {
        if !corpus.is_timed() {
            note(&format!("{}, answers alone", corpus.name));
            results.cells.extend(disagreements(number, corpus, peers));
            continue;
        }
        note(&format!("{}, what pieces cost", corpus.name));
        results.ways.push(time_ways(&mut clock, &corpus.stream, rounds));
        for task in Task::ALL {
            for pieces in Pieces::ALL {
                note(&format!("{} {}, {}", corpus.name, task.name(), pieces.name()));
                let cells = compare(number, &corpus.stream, task, pieces, peers);
                let [stanzas, elements, attributes, ..] = most_frequent(&cells);
                let cells = cells.into_iter().map(|(cell, _)| (cell, &*corpus.stream)).collect();
                if (task, pieces) == (Task::Events, Pieces::Whole) {
                    results.contents.push(Contents { stanzas, elements, attributes });
                    let (cells, floors, listed) = time_with_floors(&mut clock, corpus, cells, peers, rounds);
                    results.cells.extend(cells);
                    results.floors.push(floors);
                    results.listed.push(listed);
                } else {
                    results.cells.extend(time(&mut clock, cells, peers, rounds));
                }
            }
        }
    }
    let Some(corpus) = corpora.iter().find(|corpus| corpus.is_timed()) else { return results };
    let growth = lengths(corpus).map(|(name, streams)| {
        note(&format!("{name}, octet by octet"));
        grow(&mut clock, name, &streams, peers, rounds)
    });
    results.growth = growth.into();
    results.at_pace(clock.pace())
}

/// What is to be told of a stream that is not timed.
fn disagreements(number: usize, corpus: &Corpus, peers: &mut [Box<dyn Peer>]) -> Vec<Cell> {
    let ways = Task::ALL.into_iter().flat_map(|task| Pieces::ALL.map(|pieces| (task, pieces)));
    let cells = ways.flat_map(|(task, pieces)| compare(number, &corpus.stream, task, pieces, peers));
    cells.map(|(cell, _)| cell).filter(|cell| !matches!(cell.outcome, Outcome::Timed(_))).collect()
}

/// Both lengths in turns, as two moments of the machine are best not compared.
fn grow(
    clock: &mut Clock,
    name: String,
    [short, long]: &[Vec<u8>; 2],
    peers: &mut [Box<dyn Peer>],
    rounds: usize,
) -> Growth {
    let mut cells = Vec::new();
    for stream in [short, long] {
        let compared = compare(0, stream, Task::Events, Pieces::Of(1), peers);
        cells.extend(compared.into_iter().map(|(cell, _)| (cell, &**stream)));
    }
    let mut cells = time(clock, cells, peers, rounds);
    let behind = cells.split_off(cells.len() / 2);
    Growth { name, len: [short.len(), long.len()], cells: [cells, behind] }
}

/// Two streams that differ in how many stanzas they hold, and two that differ in how long a stanza is.
fn lengths(corpus: &Corpus) -> [(String, [Vec<u8>; 2]); 2] {
    let long = corpus.stream.len().min(LONG);
    let many = (format!("{}, more stanzas", corpus.name), [corpus.head(long / 2), corpus.head(long)]);
    let stanza = |len: usize| {
        let words = "All the world is a stage, and each stanza has its entrance. ".repeat(len / 60);
        let header = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
                      xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
        format!("{header}<message><body>{words}</body></message></stream:stream>").into_bytes()
    };
    [many, ("one stanza, longer".to_owned(), [stanza(long / 8), stanza(long / 4)])]
}

/// Everyone's answer, and who gave another than most.
fn compare(
    corpus: usize,
    stream: &[u8],
    task: Task,
    pieces: Pieces,
    peers: &mut [Box<dyn Peer>],
) -> Vec<(Cell, Answer)> {
    let mut cells = Vec::new();
    for (number, peer) in peers.iter_mut().enumerate() {
        if pieces != Pieces::Whole && !peer.takes_pieces() {
            continue;
        }
        let ready = peer.prepare(stream);
        let (answer, allocations) = match ready {
            Ok(()) => allocations::during(|| peer.run(task, stream, pieces.size(stream))),
            Err(error) => (Err(error), Allocations::default()),
        };
        let (outcome, answer) = match answer {
            Ok(answer) => (Outcome::Timed(Timing { seconds: 0.0, spread: 0.0, allocations }), answer),
            Err(error) => (Outcome::Refused(error), Answer::default()),
        };
        cells.push((Cell { peer: number, corpus, task, pieces, outcome }, answer));
    }
    let expected = most_frequent(&cells);
    for (cell, answer) in &mut cells {
        if matches!(cell.outcome, Outcome::Timed(_)) && *answer != expected {
            cell.outcome = Outcome::Differs { answer: *answer, expected };
        }
    }
    cells
}

fn most_frequent(cells: &[(Cell, Answer)]) -> Answer {
    let answers =
        || cells.iter().filter(|(cell, _)| matches!(cell.outcome, Outcome::Timed(_))).map(|(_, answer)| *answer);
    // The first of those that as many gave: `max_by_key` would take the last.
    let best = answers().rev().max_by_key(|answer| answers().filter(|other| other == answer).count());
    best.unwrap_or_default()
}

/// Times each cell on its stream.
fn time(clock: &mut Clock, cells: Vec<(Cell, &[u8])>, peers: &mut [Box<dyn Peer>], rounds: usize) -> Vec<Cell> {
    let beats = clock.in_turns(rounds, cells.len(), |turn| time_once(&cells[turn], peers));
    with_times(cells, beats)
}

/// Times [`Task::Events`] on a whole stream, and in the same rounds what the report sets beside it: the floors, the
/// first octets read again and again, and the list made of what they hold.
fn time_with_floors(
    clock: &mut Clock,
    corpus: &Corpus,
    cells: Vec<(Cell, &[u8])>,
    peers: &mut [Box<dyn Peer>],
    rounds: usize,
) -> (Vec<Cell>, [f64; Floor::ALL.len()], Listed) {
    let head = corpus.head(LISTED);
    let expected = most_frequent(&compare(0, &head, Task::Events, Pieces::Whole, peers));
    let list = List::of(&head);
    // As long as the others take, and not much shorter than a beat.
    let times = corpus.stream.len().div_ceil(head.len()).max(LEAST_TIMES);
    let (peer_turns, floor_turns) = (cells.len(), cells.len() + Floor::ALL.len());
    let mut beats = clock.in_turns(rounds, floor_turns + 2, |turn| {
        if turn < peer_turns {
            return time_once(&cells[turn], peers);
        }
        if let Some(floor) = Floor::ALL.get(turn - peer_turns) {
            return Some(seconds_of(|| floor.run(&corpus.stream)));
        }
        if turn == floor_turns {
            Floor::Parse.run(&head);
            return Some(seconds_of(|| (0..times).for_each(|_| Floor::Parse.run(&head))) / times as f64);
        }
        let list = list.as_ref().ok()?;
        black_box(list.answer());
        let all = seconds_of(|| {
            for _ in 0..times {
                black_box(black_box(list).answer());
            }
        });
        Some(all / times as f64)
    });
    let mut behind = beats.split_off(floor_turns).into_iter();
    let warm = median(behind.next().unwrap_or_default()).0;
    let told = behind.next().unwrap_or_default();
    let mut floors = beats.split_off(peer_turns).into_iter();
    let outcome = match list.map(|list| list.answer()) {
        Ok(answer) if answer == expected => {
            let (beats, spread) = median(told);
            Outcome::Timed(Timing { seconds: beats, spread, allocations: Allocations::default() })
        }
        Ok(answer) => Outcome::Differs { answer, expected },
        Err(error) => Outcome::Refused(error),
    };
    let floors = Floor::ALL.map(|_| median(floors.next().unwrap_or_default()).0);
    (with_times(cells, beats), floors, Listed { elements: expected[1], outcome, warm })
}

fn time_ways(clock: &mut Clock, stream: &[u8], rounds: usize) -> [f64; Way::ALL.len()] {
    let ways = Ways::of(stream);
    let beats = clock.in_turns(rounds, Way::ALL.len(), |turn| Some(seconds_of(|| ways.run(Way::ALL[turn]))));
    let mut beats = beats.into_iter();
    Way::ALL.map(|_| median(beats.next().unwrap_or_default()).0)
}

/// The seconds of a cell's peer, where it is to be timed.
fn time_once((cell, stream): &(Cell, &[u8]), peers: &mut [Box<dyn Peer>]) -> Option<f64> {
    let peer = &mut peers[cell.peer];
    if !matches!(cell.outcome, Outcome::Timed(_)) || peer.prepare(stream).is_err() {
        return None;
    }
    let piece = cell.pieces.size(stream);
    if stream.len() < SHORT {
        drop(black_box(peer.run(cell.task, black_box(stream), piece)));
        peer.prepare(stream).ok()?;
    }
    Some(seconds_of(|| drop(black_box(peer.run(cell.task, black_box(stream), piece)))))
}

/// With beats in the place of seconds, until all is done: see [`Results::at_pace`].
fn with_times(cells: Vec<(Cell, &[u8])>, beats: Vec<Vec<f64>>) -> Vec<Cell> {
    let timed = cells.into_iter().zip(beats).map(|((mut cell, _), beats)| {
        if let Outcome::Timed(timing) = &mut cell.outcome {
            (timing.seconds, timing.spread) = median(beats);
        }
        cell
    });
    timed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers;
    use tercet_corpora::Kind;

    #[test]
    fn a_list_is_timed_where_it_answers_as_most() {
        let corpus = Corpus::made_up(Kind::Chat, 1, 2 * LISTED);
        let mut peers = peers::all();
        peers.truncate(1);
        let [_, elements, ..] = peers[0].run(Task::Events, &corpus.head(LISTED), usize::MAX).unwrap();
        let cells = compare(0, &corpus.stream, Task::Events, Pieces::Whole, &mut peers);
        let cells = cells.into_iter().map(|(cell, _)| (cell, &*corpus.stream)).collect();
        let (cells, floors, listed) = time_with_floors(&mut Clock::new(1.0), &corpus, cells, &mut peers, 1);
        assert!(matches!(cells[..], [Cell { outcome: Outcome::Timed(Timing { seconds, .. }), .. }] if seconds > 0.0));
        assert!(floors.into_iter().all(|seconds| seconds > 0.0));
        assert!(matches!(listed.outcome, Outcome::Timed(Timing { seconds, .. }) if seconds > 0.0));
        assert_eq!(listed.elements, elements);
        assert!(listed.warm > 0.0);
        // Nobody there to answer the same.
        let (_, _, listed) = time_with_floors(&mut Clock::new(1.0), &corpus, vec![], &mut [], 1);
        assert!(matches!(listed.outcome, Outcome::Differs { answer, .. } if answer[1] == elements));
    }

    #[test]
    fn what_was_told_in_beats_is_told_in_seconds() {
        let timed = || Outcome::Timed(Timing { seconds: 3.0, spread: 0.1, allocations: Allocations::default() });
        let cell = |outcome| Cell { peer: 0, corpus: 0, task: Task::Events, pieces: Pieces::Whole, outcome };
        let results = Results {
            cells: vec![cell(timed()), cell(Outcome::Refused(String::new()))],
            floors: vec![[3.0; Floor::ALL.len()]],
            listed: vec![Listed { elements: 1, outcome: timed(), warm: 3.0 }],
            ways: vec![[3.0; Way::ALL.len()]],
            growth: vec![Growth {
                name: String::new(),
                len: [1, 2],
                cells: [vec![cell(timed())], vec![cell(timed())]],
            }],
            ..Results::default()
        };
        let results = results.at_pace(Pace { seconds: 0.5, range: [0.9, 1.1], ..Pace::default() });
        let timings = results.outcomes().filter_map(|outcome| match outcome {
            Outcome::Timed(timing) => Some((timing.seconds, timing.spread)),
            _ => None,
        });
        assert_eq!(timings.collect::<Vec<_>>(), [(1.5, 0.1); 4]);
        assert_eq!(results.floors, [[1.5; Floor::ALL.len()]]);
        assert_eq!(results.ways, [[1.5; Way::ALL.len()]]);
        assert_eq!((results.listed[0].warm, results.pace.range), (1.5, [0.9, 1.1]));
    }

    /// Counts its runs.
    struct Counting(std::rc::Rc<std::cell::Cell<usize>>);

    impl Peer for Counting {
        fn name(&self) -> &'static str {
            "counting"
        }

        fn version(&self) -> String {
            String::new()
        }

        fn remarks(&self) -> &'static str {
            ""
        }

        fn takes_pieces(&self) -> bool {
            true
        }

        fn run(&mut self, _: Task, _: &[u8], _: usize) -> Result<Answer, String> {
            self.0.set(self.0.get() + 1);
            Ok(Answer::default())
        }
    }

    #[test]
    fn a_short_stream_is_read_once_before_it_is_timed() {
        let runs = std::rc::Rc::default();
        let mut peers: Vec<Box<dyn Peer>> = vec![Box::new(Counting(std::rc::Rc::clone(&runs)))];
        for (len, wanted) in [(SHORT - 1, 2), (SHORT, 1)] {
            runs.set(0);
            let outcome = Outcome::Timed(Timing { seconds: 0.0, spread: 0.0, allocations: Allocations::default() });
            let cell = Cell { peer: 0, corpus: 0, task: Task::Events, pieces: Pieces::Whole, outcome };
            assert!(time_once(&(cell, &vec![0; len]), &mut peers).is_some());
            assert_eq!(runs.get(), wanted, "{len}");
        }
    }
}
