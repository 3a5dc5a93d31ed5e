//! Profiles beyond ASCII.
//!
//! In: a string that is not all ASCII. Out: the same contract as [`precis::enforce`](super::enforce).
//!
//! The mappings and the string classes are those of the `precis-profiles` and `precis-core` crates. Two things are
//! decided here instead. Their tables stop at Unicode 6.3, as the IANA registry does, so `class` derives the code
//! points assigned since by the same rules from current data. Their Bidi Rule refuses a vowel mark that is followed by
//! a letter, which no pointed Hebrew or Thaana word survives, so `bidi` states the rule anew.

mod bidi;
mod class;

use alloc::borrow::Cow;

use precis_core::profile::Rules;
use precis_core::{FreeformClass, IdentifierClass, StringClass};
use precis_profiles::{OpaqueString, UsernameCaseMapped};

use super::{Error, Profile};
use class::Current;

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
    Current(IdentifierClass::default()).allows(text).is_ok()
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
    let rules = OpaqueString::new();
    class(&Current(FreeformClass::default()), text)?;
    let text = mapped(rules.additional_mapping_rule(text))?;
    mapped(rules.normalization_rule(text))
}

/// RFC 8265 sections 3.3.3 and 3.4.3, which differ in the case mapping alone.
fn username(text: &str, map_case: bool) -> Result<Cow<'_, str>, Error> {
    let rules = UsernameCaseMapped::new();
    let text = mapped(rules.width_mapping_rule(text))?;
    class(&Current(IdentifierClass::default()), &text)?;
    let text = if map_case { mapped(rules.case_mapping_rule(text))? } else { text };
    let text = mapped(rules.normalization_rule(text))?;
    if bidi::is_ordered(&text) { Ok(text) } else { Err(Error::Direction) }
}

fn class(class: &impl StringClass, text: &str) -> Result<(), Error> {
    class.allows(text).map_err(|_| Error::Disallowed)
}

/// The crate's mappings are total; their error type is an artefact of its trait.
fn mapped(result: Result<Cow<'_, str>, precis_core::Error>) -> Result<Cow<'_, str>, Error> {
    result.map_err(|_| Error::Disallowed)
}
