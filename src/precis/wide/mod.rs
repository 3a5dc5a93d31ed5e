//! Profiles beyond ASCII.
//!
//! In: a string that is not all ASCII. Out: the same contract as [`precis::enforce`](super::enforce).
//!
//! The mappings and the tables of the string classes are those of the `precis-profiles` and `precis-core` crates. The
//! tables stop at Unicode 6.3, as the IANA registry does, so `class` derives the code points assigned since by the same
//! rules from current data, and `context` and `bidi` state the rules that look at neighbours on current data too. (The
//! crates' own take quadratic time, and refuse a vowel mark that is followed by a letter, which no pointed Hebrew or
//! Thaana word survives.)

mod bidi;
mod class;
mod context;

use alloc::borrow::Cow;

use precis_core::profile::Rules;
use precis_core::{FreeformClass, IdentifierClass};
use precis_profiles::{OpaqueString, UsernameCaseMapped};

use super::{Error, Profile};

/// How often the rules are applied once more before a string that still changes is refused (RFC 8264 section 7).
const REAPPLICATIONS: usize = 3;

/// Applies the profile until its output is its own output.
///
/// Each application checks the string class of what it is given, so the form returned has been checked itself.
pub(super) fn enforce(profile: Profile, text: &str) -> Result<Cow<'_, str>, Error> {
    let mut current = apply(profile, text)?;
    for _ in 0..REAPPLICATIONS {
        let next = match apply(profile, &current)? {
            next if next == current => None,
            next => Some(next.into_owned()),
        };
        match next {
            None => return Ok(current),
            Some(next) => current = Cow::Owned(next),
        }
    }
    Err(Error::Unstable)
}

/// Whether every code point of `text` belongs to the IdentifierClass, in its context (RFC 8264 section 4.2).
pub(crate) fn is_identifier(text: &str) -> bool {
    class::allows(&IdentifierClass::default(), text)
}

fn apply(profile: Profile, text: &str) -> Result<Cow<'_, str>, Error> {
    match profile {
        Profile::OpaqueString => opaque_string(text),
        Profile::UsernameCaseMapped => username(text, true),
        Profile::UsernameCasePreserved => username(text, false),
    }
}

/// RFC 8265 section 4.2.2.
fn opaque_string(text: &str) -> Result<Cow<'_, str>, Error> {
    if !class::allows(&FreeformClass::default(), text) {
        return Err(Error::Disallowed);
    }
    let rules = OpaqueString::new();
    let text = mapped(rules.additional_mapping_rule(text))?;
    mapped(rules.normalization_rule(text))
}

/// RFC 8265 sections 3.3.3 and 3.4.3, which differ in the case mapping alone.
fn username(text: &str, map_case: bool) -> Result<Cow<'_, str>, Error> {
    let rules = UsernameCaseMapped::new();
    let text = mapped(rules.width_mapping_rule(text))?;
    if !is_identifier(&text) {
        return Err(Error::Disallowed);
    }
    let text = if map_case { lowercase(text) } else { text };
    let text = mapped(rules.normalization_rule(text))?;
    if bidi::is_ordered(&text) { Ok(text) } else { Err(Error::Direction) }
}

/// The `toLowercase` of the Unicode Standard section 3.13, which knows where a word ends: Σ becomes σ or ς.
fn lowercase(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_lower = |c: char| c.to_lowercase().eq([c]);
    if text.chars().all(is_lower) { text } else { Cow::Owned(text.to_lowercase()) }
}

/// The crate's mappings are total; their error type is an artefact of its trait.
fn mapped(result: Result<Cow<'_, str>, precis_core::Error>) -> Result<Cow<'_, str>, Error> {
    result.map_err(|_| Error::Disallowed)
}
