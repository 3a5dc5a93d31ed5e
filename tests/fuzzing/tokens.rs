//! Tokens, units and errors are the same however the bytes are cut, on whatever instructions, as a reader tells them
//! that keeps no tree, and with memory given back in between; and errors are final.

use tercet::token::Tokenizer;
use tercet::{Isa, Limits};

use super::cuts;
use super::trace::{self, Form, Make, Way};

/// Reads `bytes` as bare tokens, as a stream and as a document, each whole and in pieces, on each instruction set.
///
/// # Panics
/// Where any of that makes a difference, a reader tells what a walk does not find, or an error does not stay.
pub fn tokens(bytes: &[u8]) {
    let cuts = cuts(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        let [whole, cut @ ..] = &cuts;
        let whole = bare(text, whole);
        for pieces in cut {
            assert_eq!(bare(text, pieces), whole, "bare, in pieces of {:?}", lens(pieces));
        }
    }
    for form in [Form::Stream, Form::Document] {
        for limits in [Limits::PRE_LOGIN, Limits::NONE, TIGHT] {
            read(form, limits, bytes, &cuts);
        }
    }
}

fn read(form: Form, limits: Limits, bytes: &[u8], cuts: &[Vec<&[u8]>; 3]) {
    let best = Make::new(form, limits, Isa::best());
    let [viewed, walked] = [trace::read(best, Way::Lend, [bytes]), trace::walk(best, Way::Lend, [bytes])];
    for pieces in cuts {
        let how = |who, way| move || format!("{who}, {way:?}, in pieces of {:?}", lens(pieces));
        for way in [Way::Lend, Way::Push, Way::Shrink] {
            trace::same(&viewed, &trace::read(best, way, pieces.iter().copied()), bytes, how("viewed", way));
        }
        for way in [Way::Lend, Way::Shrink] {
            trace::same(&walked, &trace::hear(best, way, pieces.iter().copied()), bytes, how("told", way));
        }
    }
    // Instruction sets differ in how they scan what there is: few cuts tell as much of them.
    for isa in Isa::available().skip(1) {
        let (make, [.., pieces]) = (Make::new(form, limits, isa), cuts);
        let how = || format!("on {isa}");
        trace::same(&viewed, &trace::read(make, Way::Lend, [bytes]), bytes, how);
        trace::same(&walked, &trace::hear(make, Way::Push, pieces.iter().copied()), bytes, how);
    }
}

/// Limits that short inputs can cross.
const TIGHT: Limits = Limits {
    stanza_bytes: 100,
    elements: 4,
    depth: 3,
    attributes: 3,
    declarations: 2,
    bindings: 4,
    name_bytes: 12,
    namespace_bytes: 40,
};

fn lens(pieces: &[&[u8]]) -> Vec<usize> {
    pieces.iter().map(|piece| piece.len()).collect()
}

/// The tokens of `text`, seen through a window that grows by `pieces` as far as characters allow.
fn bare(text: &str, pieces: &[&[u8]]) -> Vec<String> {
    let (mut tokenizer, mut log, mut end) = (Tokenizer::new(64), Vec::new(), 0);
    for piece in pieces {
        end += piece.len();
        let Some(window) = text.get(..end) else { continue };
        loop {
            match tokenizer.next(window) {
                Ok(Some(token)) => log.push(format!("{token:?}")),
                Ok(None) => break,
                Err(error) => {
                    log.push(format!("{error:?}"));
                    assert_eq!(tokenizer.next(text), Err(error), "a fault is told for ever after");
                    return log;
                }
            }
        }
    }
    log
}
