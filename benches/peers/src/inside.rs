//! What the instructions of the loop do: a profile of walking, by the source that each of them comes from.
//!
//! In: how often each instruction was executed, and the program itself. Out: sums by kind of work. Nearly all of the
//! loop is one function, into which all that it calls was compiled; where each instruction comes from, binutils'
//! `addr2line` reads from the program's line tables. What comes from the standard library counts to who called it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Work that the loop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    Structure,
    Names,
    Namespaces,
    Tape,
    Rest,
}

/// Sums by kind of work, in the order of [`Inside::ALL`].
pub type Sums = [u64; Inside::ALL.len()];

impl Inside {
    pub const ALL: [Self; 5] = [Self::Structure, Self::Names, Self::Namespaces, Self::Tape, Self::Rest];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "where tags and values are",
            Self::Names => "names looked up",
            Self::Namespaces => "namespaces",
            Self::Tape => "tape",
            Self::Rest => "all else",
        }
    }

    /// The one that an instruction belongs to, given the functions it was compiled into and their files, the innermost
    /// first; nothing where none is tercet's.
    fn of(frames: &[(&str, &str)]) -> Option<Self> {
        let own = |file: &str| {
            let (_, path) = file.rsplit_once("/src/")?;
            let module = path.split('/').next()?;
            ["scan", "ns", "stanza"].contains(&module).then(|| path.split(':').next().unwrap_or(path).to_owned())
        };
        let paths: Vec<String> = frames.iter().filter_map(|(_, file)| own(file)).collect();
        let is_declared = |(function, _): &(&str, &str)| function.contains("declared_default");
        let innermost = paths.first()?;
        Some(if paths.iter().any(|path| path == "ns/scope.rs") || frames.iter().any(is_declared) {
            Self::Namespaces
        } else if innermost == "scan/word.rs" || innermost.starts_with("ns/") {
            Self::Names
        } else if innermost.starts_with("scan/") {
            Self::Structure
        } else if ["build", "line", "stack", "tape"].iter().any(|name| *innermost == format!("stanza/{name}.rs")) {
            Self::Tape
        } else {
            Self::Rest
        })
    }
}

/// Sums up what `program` executed: how often the instruction at each address.
///
/// # Errors
/// Why that cannot be told.
pub fn sums(costs: &BTreeMap<u64, u64>, program: &Path, directory: &Path) -> Result<Sums, String> {
    let mut addresses = String::new();
    for address in costs.keys() {
        // Writing to a string does not fail.
        let _ = writeln!(addresses, "{address:#x}");
    }
    let file = directory.join("addresses");
    let failed = |error: std::io::Error| format!("addr2line, of binutils: {error}");
    fs::write(&file, addresses).map_err(failed)?;
    let mut command = Command::new("addr2line");
    command.args(["--addresses", "--functions", "--inlines", "--exe"]).arg(program);
    command.stdin(Stdio::from(fs::File::open(&file).map_err(failed)?));
    let output = command.output().map_err(failed)?;
    let sums = of_frames(costs, &String::from_utf8_lossy(&output.stdout));
    let (all, told) = (costs.values().sum::<u64>(), sums.iter().sum::<u64>());
    // Fewer, and the line tables are missing, or not those of this program.
    if told < all / 10 * 9 {
        return Err(format!("addr2line tells where only {told} of {all} instructions come from"));
    }
    Ok(sums)
}

/// The same of what `addr2line` wrote: each address, then the functions there and their places, line by line in turns.
fn of_frames(costs: &BTreeMap<u64, u64>, told: &str) -> Sums {
    let mut sums = Sums::default();
    let mut lines = told.lines().peekable();
    while let Some(line) = lines.next() {
        let address = line.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let mut frames = Vec::new();
        while let Some(function) = lines.next_if(|line| !line.starts_with("0x")) {
            frames.extend(lines.next().map(|place| (function, place)));
        }
        if let (Some(cost), Some(inside)) = (address.and_then(|at| costs.get(&at)), Inside::of(&frames)) {
            sums[inside as usize] += cost;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is sorted by its name must bear it, or it would count as all else.
    #[test]
    fn what_is_named_is_there() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
        for file in ["ns/scope.rs", "ns/known.rs", "scan/word.rs", "scan/shape.rs", "scan/index.rs"]
            .into_iter()
            .chain(["stanza/build.rs", "stanza/line.rs", "stanza/stack.rs", "stanza/tape.rs"])
        {
            assert!(source.join(file).is_file(), "{file}");
        }
        let function = "fn declared_default";
        assert!(fs::read_to_string(source.join("stanza/fast.rs")).unwrap().contains(function), "{function}");
    }

    #[test]
    fn an_instruction_counts_to_the_innermost_that_is_tercets() {
        let costs =
            BTreeMap::from([(0x10, 1), (0x1f, 20), (0x20, 300), (0x30, 4_000), (0x40, 50_000), (0x50, 600_000)]);
        let told = "\
            0x0000000000000010\ncheck\n/rust/library/core/src/num/mod.rs:1\nof\n/home/t/src/scan/shape.rs:40\nrun\n\
            /home/t/src/stanza/fast.rs:50\n\
            0x000000000000001f\nfind\n/home/t/src/ns/known.rs:900 (discriminator 1)\nname\n/home/t/src/stanza/fast.rs:7\n\
            0x0000000000000020\nfind\n/home/t/src/ns/known.rs:9\n_ZN4fast16declared_default17h0E\n\
            /home/t/src/stanza/fast.rs:9\n\
            0x0000000000000030\nnote\n/home/t/src/stanza/tape.rs:9\n\
            0x0000000000000040\nrun\n/home/t/src/stanza/fast.rs:9\n\
            0x0000000000000050\n??\n??:0\n";
        assert_eq!(of_frames(&costs, told), [1, 20, 300, 4_000, 50_000]);
    }
}
