//! tercet beside expat, on texts that nobody thought of: both accept or both refuse, and read the same.
//!
//! Texts come from `grammar` and are broken by `mutate`; the same seed makes the same texts everywhere. Where expat
//! takes what XMPP leaves out of XML, tercet must say so by its error, and expat must have met that very thing. Each
//! text is also given to tercet in pieces, on every instruction set, and to its reader that keeps no tree,
//! which must make no difference.
//!
//! ```text
//! TERCET_CASES=1000000 TERCET_SEED=7 cargo test --manifest-path benches/peers/Cargo.toml --test differential
//! ```
#![cfg_attr(not(expat), allow(dead_code, unused_imports))]

mod event;
#[cfg(expat)]
mod expat;
mod grammar;
mod mutate;
mod tercet;
#[path = "../../../../tests/trace/mod.rs"]
mod trace;
#[cfg(expat)]
mod verdict;

use std::collections::BTreeMap;
use std::io::Write as _;

use ::tercet::Limits;

use grammar::{Case, Grammar};
use trace::Form;
use trace::dice::Dice;

/// Cases of a run, unless `TERCET_CASES` says otherwise.
/// Each costs expat and tercet one reading here, on each instruction set.
const CASES: u64 = 100_000;
/// Here, tercet some hundred.
const CASES_IN_PIECES: u64 = 24_000;
/// Where a run begins, unless `TERCET_SEED` says otherwise.
const SEED: u64 = 0x7E5CE7;
/// Texts of so many octets and less are cut at every place.
const SHORT: usize = 200;

#[cfg(not(expat))]
#[test]
fn as_expat_does() {
    say("skipped: expat is not here (Debian's libexpat1-dev)");
    assert!(std::env::var_os("CI").is_none(), "under CI it must not be skipped");
}

#[cfg(expat)]
#[test]
fn as_expat_does() {
    let cases = setting("TERCET_CASES", CASES);
    let seed = setting("TERCET_SEED", SEED);
    let mut counts = BTreeMap::<String, u64>::new();
    let (mut accepted, mut refused) = (0, 0);
    let mut disagreements = Vec::new();
    for (number, case) in Cases::new(seed).take(cases as usize).enumerate() {
        trace::with_each(case.form(), Limits::NONE, |make| match verdict::compare(make, &case) {
            // Counted once for all instruction sets.
            Ok(verdict) if make.is_first() => {
                *(if verdict.is_accepted() { &mut accepted } else { &mut refused }) += 1;
                *counts.entry(verdict.to_string()).or_default() += 1;
            }
            Ok(_) => {}
            Err(what) => disagreements.push(verdict::explain(make, seed, number, &case, &what)),
        });
        if disagreements.len() >= 20 {
            break;
        }
    }
    let mut said = format!("{cases} cases from seed {seed}: {accepted} accepted, {refused} refused\n");
    for (what, count) in counts {
        said.push_str(&format!("{count:8} {what}\n"));
    }
    say(&said);
    assert!(disagreements.is_empty(), "{} disagreements\n\n{}", disagreements.len(), disagreements.join("\n\n"));
    // A test of nothing but refusals, or of nothing but valid texts, would prove little.
    for (what, count) in [("accepted", accepted), ("refused", refused)] {
        assert!(4 * count >= accepted + refused, "of {cases} cases only {count} are {what}");
    }
}

#[test]
fn pieces_make_no_difference() {
    let cases = setting("TERCET_CASES", CASES_IN_PIECES);
    let seed = setting("TERCET_SEED", SEED);
    for (number, case) in Cases::new(seed).take(cases as usize).enumerate() {
        let form = case.form();
        // Some with limits that short texts cross.
        let limits = if number % 4 == 3 { TIGHT } else { Limits::NONE };
        let mut dice = Dice::new(seed ^ number as u64);
        trace::with_each(form, limits, |make| {
            let whole = trace::same_in_pieces(make, &case.bytes, &mut dice.clone());
            if case.bytes.len() <= SHORT {
                trace::same_in_two(make, &case.bytes, &whole);
            }
        });
        dice.bits();
    }
}

/// Limits that short texts cross, and the headers of [`grammar`] do not.
const TIGHT: Limits = Limits {
    stanza_bytes: 260,
    elements: 5,
    depth: 3,
    attributes: 8,
    declarations: 4,
    bindings: 7,
    name_bytes: 15,
    namespace_bytes: 40,
};

/// All cases of a seed, one after the other.
struct Cases {
    grammar: Grammar,
    dice: Dice,
    last: Case,
}

impl Cases {
    fn new(seed: u64) -> Self {
        let grammar = Grammar::new(seed);
        let mut dice = Dice::new(seed);
        let last = grammar.case(&mut dice);
        Self { grammar, dice, last }
    }
}

impl Iterator for Cases {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        let original = self.grammar.case(&mut self.dice);
        let mut case = original.clone();
        mutate::mutate(&mut case, &self.last, &mut self.dice);
        self.last = original;
        Some(case)
    }
}

impl Case {
    fn form(&self) -> Form {
        if self.is_stream { Form::Stream } else { Form::Document }
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    let Ok(text) = std::env::var(name) else { return usual };
    text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
}

/// Says it past the capture of test output, so that nobody takes silence for success.
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("a standard error");
}
