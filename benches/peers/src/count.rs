//! Instructions that a run takes, counted by valgrind's callgrind: figures that no noise of the machine touches.
//!
//! The program starts itself once more, under callgrind, with [`CHILD`] for its first argument. There it runs everyone
//! on short streams. Only [`under_callgrind`] and what it calls counts, and callgrind writes a sum down each time it
//! returns:
//!
//! ```text
//! parent                          child, under callgrind
//! streams/0, streams/1, .. ---->  each peer on each stream for each task
//! sums.1, sums.2, ..       <----  one sum a run
//! task corpus peer ok      <----  one line a run, in the same order
//! ```
//!
//! Callgrind's processor knows AVX2 and nothing beyond. Everyone who chooses at run time chooses accordingly.
//! tercet is run once more by itself, and counted instruction by instruction: see `inside`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::hint::black_box;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::corpus::Corpus;
use crate::inside::{self, Inside};
use crate::peers::{Peer, TERCET};
use crate::task::{Answer, Task};

/// The argument that makes the program count; behind it a directory, and the names of peers.
pub const CHILD: &str = "--under-callgrind";

/// [`under_callgrind`] as callgrind knows it.
const COUNTED: &str = concat!(module_path!(), "::under_callgrind");

/// Octets of each stream: what makes parsers ready weighs nothing then.
const SIZE: usize = 500_000;
/// Octets of each stream that is read before, so that the dynamic linker has found everything.
const WARM: usize = 5_000;

/// What was counted.
pub struct Counts {
    /// Octets of each corpus's stream.
    len: Vec<usize>,
    runs: Vec<Run>,
    /// What tercet's loop does for [`Task::Events`], with the corpus, or why that is not told.
    inside: Result<Vec<(usize, inside::Sums)>, String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Run {
    task: Task,
    corpus: usize,
    peer: usize,
    instructions: u64,
    /// The same by [`Part`], in its order.
    parts: [u64; Part::ALL.len()],
}

/// A part of tercet, and of a task that tercet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Utf8,
    Scan,
    Loop,
    Parser,
    Looking,
}

impl Part {
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Scan, Self::Loop, Self::Parser, Self::Looking];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8 check",
            Self::Scan => "scan",
            Self::Loop => "walking: the loop",
            Self::Parser => "walking: the rest of the parser",
            Self::Looking => "looking",
        }
    }

    /// The one that a function belongs to.
    fn of(function: &str) -> Self {
        // Views are often part of the function that looks at them; where they are not, they count to it.
        const VIEWS: [&str; 4] = [
            "tercet::stanza::text::",
            "tercet::stanza::element::",
            "tercet::stanza::attrs::",
            "tercet::ns::scope::Scope::text",
        ];
        let is_within = |module: &str| function.trim_start_matches('<').starts_with(module);
        // Some compilers name what a function was made for behind it.
        let path = function.split_once("::<").map_or(function, |(path, _)| path);
        if function.contains("simdutf8::") || is_within("tercet::scan::utf8::") {
            Self::Utf8
        } else if is_within("tercet::stanza::fast::")
            || is_within("tercet::scan::arch::") && ["::run", "::run_plainly"].iter().any(|name| path.ends_with(name))
        {
            Self::Loop
        } else if is_within("tercet::scan::") {
            Self::Scan
        } else if is_within("tercet::") && !VIEWS.into_iter().any(is_within) {
            Self::Parser
        } else {
            Self::Looking
        }
    }
}

impl Counts {
    /// Instructions per octet; nothing where the peer did not read the stream.
    pub fn per_octet(&self, peer: usize, corpus: usize, task: Task) -> Option<f64> {
        Some(self.run(peer, corpus, task)?.instructions as f64 / self.len[corpus] as f64)
    }

    /// The same by [`Part`], in its order.
    pub fn parts_per_octet(&self, peer: usize, corpus: usize, task: Task) -> Option<[f64; Part::ALL.len()]> {
        Some(self.run(peer, corpus, task)?.parts.map(|part| part as f64 / self.len[corpus] as f64))
    }

    /// What the loop does for each octet of a corpus, in the order of [`Inside::ALL`]; of each corpus that was read.
    ///
    /// # Errors
    /// Why that is not told.
    pub fn inside_per_octet(&self) -> Result<Vec<(usize, [f64; Inside::ALL.len()])>, &str> {
        let each =
            |(corpus, sums): &(usize, inside::Sums)| (*corpus, sums.map(|sum| sum as f64 / self.len[*corpus] as f64));
        self.inside.as_ref().map(|all| all.iter().map(each).collect()).map_err(String::as_str)
    }

    fn run(&self, peer: usize, corpus: usize, task: Task) -> Option<&Run> {
        self.runs.iter().find(|run| run.peer == peer && run.corpus == corpus && run.task == task)
    }
}

/// Counts all.
///
/// # Errors
/// Why nothing was counted.
pub fn count(corpora: &[Corpus], peers: &[Box<dyn Peer>]) -> Result<Counts, String> {
    let directory = std::env::temp_dir().join(format!("tercet-peers-{}", std::process::id()));
    let counts = count_in(&directory, corpora, peers);
    let _ = fs::remove_dir_all(directory);
    counts
}

fn count_in(directory: &Path, corpora: &[Corpus], peers: &[Box<dyn Peer>]) -> Result<Counts, String> {
    let streams = directory.join("streams");
    let failed = |error: std::io::Error| format!("{}: {error}", streams.display());
    fs::create_dir(directory).and_then(|()| fs::create_dir(&streams)).map_err(failed)?;
    let mut len = Vec::new();
    for (number, corpus) in corpora.iter().enumerate() {
        let stream = corpus.head(SIZE);
        len.push(stream.len());
        fs::write(streams.join(number.to_string()), stream).map_err(failed)?;
        fs::write(streams.join(format!("{number}.warm")), corpus.head(WARM)).map_err(failed)?;
    }
    let names: Vec<&str> = peers.iter().map(|peer| peer.name()).collect();
    let lines = callgrind(&names, directory, &[])?;
    let mut runs = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        runs.extend(run(line, &sum(directory, number)).ok_or("callgrind wrote no sum")?);
    }
    Ok(Counts { len, runs, inside: count_inside(directory) })
}

/// What callgrind wrote of a run, the first being 0: its files count from 1.
fn sum(directory: &Path, number: usize) -> String {
    fs::read_to_string(directory.join(format!("sums.{}", number + 1))).unwrap_or_default()
}

/// Counts tercet's loop, instruction by instruction, on the streams that are in `directory`.
fn count_inside(directory: &Path) -> Result<Vec<(usize, inside::Sums)>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let lines = callgrind(&[TERCET], directory, &["--dump-instr=yes"])?;
    let mut all = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let sum = sum(directory, number);
        let run = run(line, &sum).ok_or("callgrind wrote no sum")?;
        if let Some(run) = run.filter(|run| run.task == Task::Events) {
            let mut executed = BTreeMap::new();
            each_cost(&sum, |part, address, cost| {
                if part == Part::Loop {
                    *executed.entry(address).or_default() += cost;
                }
            });
            all.push((run.corpus, inside::sums(&executed, &program, directory)?));
        }
    }
    Ok(all)
}

/// What the child printed.
fn callgrind(peers: &[&str], directory: &Path, options: &[&str]) -> Result<String, String> {
    let mut command = Command::new("valgrind");
    command.args(["-q", "--tool=callgrind", "--collect-atstart=no"]).args(options);
    command.args([format!("--toggle-collect={COUNTED}"), format!("--dump-after={COUNTED}")]);
    command.arg(format!("--callgrind-out-file={}", directory.join("sums").display()));
    command.arg(std::env::current_exe().map_err(|error| error.to_string())?).arg(CHILD).arg(directory);
    command.args(peers);
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(format!("valgrind failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err("valgrind is not here (valgrind)".to_owned()),
        Err(error) => Err(format!("valgrind: {error}")),
    }
}

/// A line of the child's, with what callgrind wrote; nothing inside where the peer failed.
fn run(line: &str, sum: &str) -> Option<Option<Run>> {
    let mut words = line.split(' ');
    let mut number = || words.next()?.parse().ok();
    let (task, corpus, peer, ok) = (number()?, number()?, number()?, number()? == 1);
    let instructions = sum.lines().find_map(|line| line.strip_prefix("summary: "))?.trim().parse().ok()?;
    let parts = parts(sum);
    Some(ok.then_some(Run { task: *Task::ALL.get(task)?, corpus, peer, instructions, parts }))
}

/// What callgrind wrote, by part.
fn parts(sum: &str) -> [u64; Part::ALL.len()] {
    let mut parts = [0; Part::ALL.len()];
    each_cost(sum, |part, _, cost| parts[part as usize] += cost);
    parts
}

/// Visits what callgrind wrote: the part that a function belongs to, a place in it, and the instructions run there.
/// A place is an address where callgrind was asked for addresses. A function is named once and has a number from then
/// on; a place may be told as a distance from the last one; behind `calls=` stands what the functions that were called
/// cost, which is told of them, too.
fn each_cost(sum: &str, mut visit: impl FnMut(Part, u64, u64)) {
    let (mut known, mut part, mut is_call) = (HashMap::new(), Part::Looking, false);
    let (mut columns, mut place) = (1, 0_u64);
    for line in sum.lines() {
        if let Some(function) = line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn=")) {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            let named = *known.entry(number).or_insert_with(|| Part::of(name));
            if line.starts_with('f') {
                part = named;
            }
        } else if let Some(positions) = line.strip_prefix("positions: ") {
            columns = positions.split(' ').count();
        } else if line.starts_with("calls=") {
            is_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            let mut words = line.split_whitespace();
            place = words.next().and_then(|word| place_behind(place, word)).unwrap_or(place);
            let cost = words.nth(columns - 1).and_then(|cost| cost.parse().ok());
            if let (false, Some(cost)) = (std::mem::take(&mut is_call), cost) {
                visit(part, place, cost);
            }
        }
    }
}

/// The place that a word tells, given the one told before.
fn place_behind(last: u64, word: &str) -> Option<u64> {
    let number = |digits: &str| match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    };
    match word.split_at_checked(1)? {
        ("*", _) => Some(last),
        ("+", distance) => last.checked_add(number(distance)?),
        ("-", distance) => last.checked_sub(number(distance)?),
        _ => number(word),
    }
}

/// The other side: runs the peers with these names, as far as callgrind's processor has what they need.
pub fn child(directory: &Path, names: &[String]) {
    let mut peers = crate::peers::all();
    let read = |name: String| fs::read(directory.join("streams").join(name)).ok();
    for corpus in 0.. {
        let (Some(stream), Some(warm)) = (read(corpus.to_string()), read(format!("{corpus}.warm"))) else { break };
        for (peer, name) in names.iter().enumerate() {
            let Some(runner) = peers.iter_mut().find(|runner| runner.name() == name) else { continue };
            for (task, what) in Task::ALL.into_iter().enumerate() {
                let _ = runner.prepare(&warm).and_then(|()| runner.run(what, &warm, warm.len()));
                if runner.prepare(&stream).is_ok() {
                    let ok = under_callgrind(&mut **runner, what, &stream).is_ok();
                    println!("{task} {corpus} {peer} {}", u8::from(ok));
                }
            }
        }
    }
}

/// What is counted.
#[inline(never)]
fn under_callgrind(peer: &mut dyn Peer, task: Task, stream: &[u8]) -> Result<Answer, String> {
    // A call in the last place would be made a jump, and callgrind would not see the return.
    black_box(peer.run(task, stream, stream.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_their_sums() {
        let sum = "version: 1\nevents: Ir\nfn=(1) a\n1 1234\nsummary: 1234\n";
        let told = Run { task: Task::Route, corpus: 2, peer: 3, instructions: 1234, parts: [0, 0, 0, 0, 1234] };
        assert_eq!(run("1 2 3 1", sum), Some(Some(told)));
        assert_eq!(run("1 2 3 0", sum), Some(None));
        assert_eq!(run("1 2 3 1", "version: 1\n"), None);
        assert_eq!(run("1 2", sum), None);
    }

    #[test]
    fn the_loops_work_is_told_for_each_octet() {
        let counts = |inside| Counts { len: vec![10, 20], runs: Vec::new(), inside };
        let sums = [(1, [20, 40, 0, 0, 2]), (0, [10, 0, 20, 5, 1])];
        let told = [(1, [1.0, 2.0, 0.0, 0.0, 0.1]), (0, [1.0, 0.0, 2.0, 0.5, 0.1])];
        assert_eq!(counts(Ok(sums.to_vec())).inside_per_octet(), Ok(told.to_vec()));
        assert_eq!(counts(Err("no addr2line".to_owned())).inside_per_octet(), Err("no addr2line"));
    }

    #[test]
    fn places_are_told_as_such_or_by_their_distance() {
        let sum = "positions: instr line\nfn=(1) tercet::scan::arch::x86_64::avx2::run\n0x1f 3 10\n+2 * 20\n* +1 30\n\
                   cfn=(2) x\ncalls=1 0x50 7\n-1 4 999\n+0x10 * 40\n";
        let mut found = Vec::new();
        each_cost(sum, |part, place, cost| found.push((part, place, cost)));
        let loops = [(0x1f, 10), (0x21, 20), (0x21, 30), (0x30, 40)];
        assert_eq!(found, loops.map(|(place, cost)| (Part::Loop, place, cost)));
    }

    #[test]
    fn a_function_counts_to_its_part_and_not_to_who_called_it() {
        let sum = "fn=(1) task\n10 1\n+2 2\ncfi=(7) x\ncfn=(2) tercet::stream::parser::Parser::next\ncalls=3 50\n* 999\n-1 4\n\n\
                   fn=(2)\n5 10\ncfn=(3) tercet::scan::arch::x86_64::avx2::run\ncalls=1 +5\n5 998\n\n\
                   fn=(3)\n* 100\n\nfn=(4) tercet::scan::arch::x86_64::avx2::fill\n1 1000\n\n\
                   fn=(5) simdutf8::implementation::x86::avx2::validate_utf8_basic\n1 20000\n\n\
                   fn=(7) tercet::scan::arch::x86_64::avx2::run::<tercet::stanza::fast::Loop<Tape>>\n1 300\n\n\
                   fn=(8) tercet::scan::arch::run_plainly::<tercet::stanza::fast::Loop<Tape>>\n1 4000\n\n\
                   fn=(9) <tercet::stanza::fast::TagPlaces>::find\n1 50000\n\n\
                   fn=(6) <tercet::stanza::text::Text as Debug>::fmt\n1 30\ntotals: 75447\n";
        assert_eq!(parts(sum), [20_000, 1_000, 54_400, 10, 37]);
    }
}
