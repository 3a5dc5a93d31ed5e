//! The Bidi Rule of RFC 5893 section 2.
//!
//! In: a string. Out: whether it reads in one order only. A string without right-to-left characters always does
//! (RFC 8265 section 3.3.1), and the rule lets none of them stand in a string that begins left to right, so what is
//! left of its six conditions is what they say of a string that begins right to left.

use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;

/// Whether `text` holds no right-to-left code point, or satisfies the rule.
pub(super) fn is_ordered(text: &str) -> bool {
    let class = CodePointMapData::<BidiClass>::new();
    let classes = || text.chars().map(|c| class.get(c));
    let holds = |wanted| classes().any(|class| class == wanted);

    let [letters, arabic_letters, arabic_numbers] =
        [BidiClass::RightToLeft, BidiClass::ArabicLetter, BidiClass::ArabicNumber].map(holds);
    if !(letters || arabic_letters || arabic_numbers) {
        return true;
    }
    let first = classes().next();
    let last = classes().rfind(|class| *class != BidiClass::NonspacingMark);
    matches!(first, Some(BidiClass::RightToLeft | BidiClass::ArabicLetter))
        && classes().all(|class| may_end(class) || may_stand_within(class))
        && last.is_some_and(may_end)
        && !(arabic_numbers && holds(BidiClass::EuropeanNumber))
}

fn may_end(class: BidiClass) -> bool {
    matches!(
        class,
        BidiClass::RightToLeft | BidiClass::ArabicLetter | BidiClass::EuropeanNumber | BidiClass::ArabicNumber
    )
}

/// Marks may end a string too, after one of the classes above.
fn may_stand_within(class: BidiClass) -> bool {
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
