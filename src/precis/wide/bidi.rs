//! The Bidi Rule of RFC 5893 section 2.
//!
//! In: a string. Out: whether it reads in one order only. A string without right-to-left characters always does
//! (RFC 8265 section 3.3.1).

use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;

/// Whether `text` holds no right-to-left code point, or satisfies all six conditions of the rule.
pub(super) fn is_ordered(text: &str) -> bool {
    let class = CodePointMapData::<BidiClass>::new();
    let classes = || text.chars().map(|c| class.get(c));

    if !classes()
        .any(|class| matches!(class, BidiClass::RightToLeft | BidiClass::ArabicLetter | BidiClass::ArabicNumber))
    {
        return true;
    }
    let last = classes().rfind(|class| *class != BidiClass::NonspacingMark);
    match classes().next() {
        Some(BidiClass::RightToLeft | BidiClass::ArabicLetter) => {
            classes().all(|class| is_neutral(class) || is_right_to_left(class))
                && last.is_some_and(is_right_to_left)
                && !(classes().any(|class| class == BidiClass::EuropeanNumber)
                    && classes().any(|class| class == BidiClass::ArabicNumber))
        }
        Some(BidiClass::LeftToRight) => {
            classes().all(|class| is_neutral(class) || is_left_to_right(class)) && last.is_some_and(is_left_to_right)
        }
        _ => false,
    }
}

/// May stand anywhere but at the end of a string of either direction; marks may end it too.
fn is_neutral(class: BidiClass) -> bool {
    matches!(
        class,
        BidiClass::EuropeanSeparator
            | BidiClass::CommonSeparator
            | BidiClass::EuropeanTerminator
            | BidiClass::OtherNeutral
            | BidiClass::BoundaryNeutral
            | BidiClass::NonspacingMark
    )
}

fn is_right_to_left(class: BidiClass) -> bool {
    matches!(
        class,
        BidiClass::RightToLeft | BidiClass::ArabicLetter | BidiClass::EuropeanNumber | BidiClass::ArabicNumber
    )
}

fn is_left_to_right(class: BidiClass) -> bool {
    matches!(class, BidiClass::LeftToRight | BidiClass::EuropeanNumber)
}
