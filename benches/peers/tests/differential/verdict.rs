//! Who is right: the same verdict and the same events, or a difference that XMPP wants.

use std::fmt;

use ::tercet::stanza::Fault as Tree;
use ::tercet::stream::{Condition, Error, Fault};
use ::tercet::token::Fault as Syntax;

use crate::event::{self, Unit};
use crate::expat::{self, Saw};
use crate::grammar::Case;
use crate::tercet::{self, End};
use crate::trace::Make;

/// What both make of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// By both; by tercet because of this.
    Refused(Fault),
    Truncated,
    /// By tercet alone, as it should be.
    RefusedAlone(Fault),
}

impl Verdict {
    pub(crate) fn is_accepted(self) -> bool {
        self == Self::Accepted
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Refused(fault) => write!(f, "refused: {fault}"),
            Self::Truncated => f.write_str("refused: it ends too early"),
            Self::RefusedAlone(fault) => write!(f, "refused, expat would not: {fault}"),
        }
    }
}

/// The verdict on which both agree, or what is wrong.
pub(crate) fn compare(make: Make, case: &Case) -> Result<Verdict, String> {
    let ours = tercet::read(make.parser(), &case.bytes);
    let theirs = expat::read(&case.bytes);
    let units = event::units(&theirs.events, case.is_stream);
    match (ours.end, theirs.error) {
        (End::Accepted, None) if event::agree(&ours.units, &units) => {
            same_alone(&ours).map_err(|alone| format!("means something else with its outer bindings: {alone}"))?;
            Ok(Verdict::Accepted)
        }
        (End::Accepted, None) => Err(format!("other events\n  tercet: {:?}\n  expat:  {units:?}", ours.units)),
        (End::Accepted, Some((error, at))) => Err(format!("tercet accepts, expat says {error} at byte {at}")),
        (End::Truncated, None) => Err("tercet waits for more, expat accepts".into()),
        (End::Refused(error), None) if is_ours_alone(error, theirs.saw, &case.bytes) => {
            Ok(Verdict::RefusedAlone(error.fault))
        }
        (End::Refused(error), None) => Err(format!("tercet says {error}, expat accepts ({:?})", theirs.saw)),
        (end, Some((error, at))) => {
            let (verdict, at_one_place) = match end {
                End::Refused(ours) => (Verdict::Refused(ours.fault), is_at_one_place(ours, &error, at, &case.bytes)),
                _ => (Verdict::Truncated, true),
            };
            let said = || format!("tercet {end:?}, expat {error} at byte {at}");
            if !at_one_place {
                return Err(format!("one refuses elsewhere than the other: {}", said()));
            }
            if !same_until_refused(end, &ours.units, &units, &case.bytes) {
                let units = format!("  tercet: {:?}\n  expat:  {units:?}", ours.units);
                return Err(format!("one has read more than the other: {}\n{units}", said()));
            }
            Ok(verdict)
        }
    }
}

/// Whether each element means the same to who gets it sent on, or which does not.
fn same_alone(ours: &tercet::Answer) -> Result<(), &str> {
    let elements = ours.units.iter().filter(|unit| matches!(unit, Unit::Element(_)));
    for (element, alone) in elements.zip(&ours.alone) {
        let theirs = event::units(&expat::read(alone.as_bytes()).events, true);
        if theirs.get(1) != Some(element) {
            return Err(alone);
        }
    }
    Ok(())
}

/// Whether tercet should refuse what expat accepts: expat met what XMPP leaves out of XML (RFC 6120 section 11.1), or
/// ignored a declaration.
fn is_ours_alone(error: Error, saw: Saw, bytes: &[u8]) -> bool {
    let condition = match error.fault {
        // expat passes over the mark; RFC 6120 section 11.6 has no use for it.
        Fault::OutsideRoot if error.at == 0 && bytes.starts_with("\u{feff}".as_bytes()) => Condition::NotWellFormed,
        Fault::Syntax(Syntax::Comment) if saw.holds(Saw::COMMENT) => Condition::RestrictedXml,
        Fault::Syntax(Syntax::ProcessingInstruction) if saw.holds(Saw::INSTRUCTION) => Condition::RestrictedXml,
        Fault::Syntax(Syntax::Doctype) if saw.holds(Saw::DOCTYPE) => Condition::RestrictedXml,
        Fault::Syntax(Syntax::Encoding) if saw.holds(Saw::OTHER_ENCODING) => Condition::UnsupportedEncoding,
        Fault::Syntax(Syntax::Declaration) if saw.holds(Saw::OTHER_VERSION) => Condition::NotWellFormed,
        _ => return false,
    };
    error.condition() == condition
}

/// Whether the fault lies where expat says, which speaks of an octet at the faults named here, and of whole tokens at
/// others.
fn is_at_one_place(ours: Error, error: &str, at: u64, bytes: &[u8]) -> bool {
    let off = match (ours.fault, error) {
        (
            Fault::Utf8
            | Fault::Syntax(
                Syntax::Char
                | Syntax::CdataEnd
                | Syntax::Equals
                | Syntax::LessThan
                | Syntax::Name
                | Syntax::Quote
                | Syntax::Reference
                | Syntax::Space
                | Syntax::TagEnd,
            ),
            "not well-formed (invalid token)",
        )
        | (Fault::Syntax(Syntax::CharReference), "reference to invalid character number") => 0,
        // At the name, tercet at the tag.
        (Fault::Tree(Tree::MismatchedTag), "mismatched tag") => 2,
        _ => return true,
    };
    let octet = |at: u64| bytes.get(at as usize).copied();
    let head = |at: u64, what: &[u8]| bytes.get(at as usize..).is_some_and(|rest| rest.starts_with(what));
    let excused = || match ours.fault {
        // expat refuses end tags before the root at once, tercet when it has their names.
        _ if head(at.wrapping_sub(1), b"</") => true,
        // tercet judges a declaration when it is complete.
        _ if head(0, b"<?xml") && !bytes[..at as usize].contains(&b'>') => true,
        // tercet judges what begins like a CDATA section when it is long enough to be one.
        Fault::Utf8 if at < ours.at && ours.at - at < 9 && is_in_bang(&bytes[..at as usize]) => true,
        // expat takes two octets with a zero for UTF-16.
        Fault::Syntax(Syntax::Name) if octet(ours.at) == Some(0) => true,
        // A reserved target, at which expat points, tercet at the instruction.
        Fault::Syntax(Syntax::Name) if head(ours.at, b"<?") => true,
        // Colons are no matter of end tags to expat, which compares them to the start tag as written.
        Fault::Syntax(Syntax::Name) => octet(ours.at) == Some(b':') || octet(ours.at.wrapping_sub(1)) == Some(b':'),
        // tercet minds a colon in the name of an entity when it sees that there is none of the name, expat at once.
        Fault::Utf8 | Fault::Syntax(Syntax::Reference) => at < ours.at && octet(at) == Some(b':'),
        _ => false,
    };
    ours.at + off == at || excused()
}

/// Whether markup that begins with `<!` is in progress.
fn is_in_bang(before: &[u8]) -> bool {
    let start = before.iter().rposition(|octet| *octet == b'<');
    start.is_some_and(|start| before[start..].starts_with(b"<!"))
}

/// Whether both had read the same when they refused; tercet less, where it refuses what expat takes.
fn same_until_refused(end: End, ours: &[Unit], theirs: &[Unit], bytes: &[u8]) -> bool {
    let (ours, theirs) = (event::complete(ours), event::complete(theirs));
    let earlier = match end {
        End::Refused(error) => {
            matches!(error.condition(), Condition::RestrictedXml)
                || matches!(error.fault, Fault::Syntax(Syntax::Encoding | Syntax::Declaration))
                || bytes.starts_with("\u{feff}".as_bytes())
        }
        _ => false,
    };
    ours == theirs || earlier && theirs.starts_with(&ours)
}

/// All that is needed to look into a disagreement.
pub(crate) fn explain(make: Make, seed: u64, number: usize, case: &Case, what: &str) -> String {
    let small = minimise(make, case);
    let kind = if case.is_stream { "stream" } else { "document" };
    let (ours, theirs) = (tercet::read(make.parser(), &small.bytes), expat::read(&small.bytes));
    format!(
        "case {number} of seed {seed}, a {kind}: {what}\n  octets: {}\n  less of them: {}\n  tercet: {:?}\n  expat:  {:?}",
        case.bytes.escape_ascii(),
        small.bytes.escape_ascii(),
        ours,
        theirs
    )
}

/// The case with all taken away that the disagreement does not need.
fn minimise(make: Make, case: &Case) -> Case {
    let mut small = case.clone();
    loop {
        let before = small.bytes.len();
        for len in (0..10).rev().map(|power| 1 << power) {
            let mut at = 0;
            while at + len <= small.bytes.len() {
                let mut less = small.clone();
                less.bytes.drain(at..at + len);
                if compare(make, &less).is_err() { small = less } else { at += 1 }
            }
        }
        if small.bytes.len() == before {
            return small;
        }
    }
}
