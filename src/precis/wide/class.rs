//! String classes for the Unicode of today.
//!
//! In: a class whose tables stop at Unicode 6.3. Out: whether all of a string belongs to it, in linear time. Code
//! points assigned since then have the values that RFC 8264 section 8 derives from their properties.
//!
//! Invariant: a code point that the tables know keeps their value; one that is still unassigned is refused.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use precis_core::stringclasses::SpecificDerivedPropertyValue;
use precis_core::{DerivedPropertyValue, StringClass};
use unicode_normalization::UnicodeNormalization;

use super::context::Context;

/// Whether every code point of `text` belongs to `class`, those bound to a context in theirs.
pub(super) fn allows(class: &(impl StringClass + SpecificDerivedPropertyValue), text: &str) -> bool {
    let context = Context::of(text);
    text.char_indices().all(|(at, c)| match value(class, c) {
        DerivedPropertyValue::PValid | DerivedPropertyValue::SpecClassPval => true,
        DerivedPropertyValue::ContextJ | DerivedPropertyValue::ContextO => context.allows(at, c),
        _ => false,
    })
}

fn value(class: &(impl StringClass + SpecificDerivedPropertyValue), c: char) -> DerivedPropertyValue {
    match class.get_value_from_char(c) {
        DerivedPropertyValue::Unassigned => derive(class, c),
        known => known,
    }
}

/// The algorithm of RFC 8264 section 8, in its order, without the steps that list code points known since before
/// Unicode 6.3 (exceptions, ASCII, join controls, old Hangul jamo).
fn derive(class: &impl SpecificDerivedPropertyValue, c: char) -> DerivedPropertyValue {
    use GeneralCategory as Gc;

    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    if category == Gc::Unassigned {
        return DerivedPropertyValue::Unassigned;
    }
    if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) {
        return DerivedPropertyValue::Disallowed;
    }
    if !core::iter::once(c).nfkc().eq(core::iter::once(c)) {
        return class.on_has_compat();
    }
    match category {
        Gc::LowercaseLetter
        | Gc::UppercaseLetter
        | Gc::OtherLetter
        | Gc::DecimalNumber
        | Gc::ModifierLetter
        | Gc::NonspacingMark
        | Gc::SpacingMark => DerivedPropertyValue::PValid,
        Gc::TitlecaseLetter | Gc::LetterNumber | Gc::OtherNumber | Gc::EnclosingMark => class.on_other_letter_digits(),
        Gc::SpaceSeparator => class.on_spaces(),
        Gc::MathSymbol | Gc::CurrencySymbol | Gc::ModifierSymbol | Gc::OtherSymbol => class.on_symbols(),
        Gc::ConnectorPunctuation
        | Gc::DashPunctuation
        | Gc::OpenPunctuation
        | Gc::ClosePunctuation
        | Gc::InitialPunctuation
        | Gc::FinalPunctuation
        | Gc::OtherPunctuation => class.on_punctuation(),
        _ => DerivedPropertyValue::Disallowed,
    }
}
