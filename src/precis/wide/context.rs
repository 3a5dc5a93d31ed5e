//! The contextual rules of RFC 5892 appendix A.
//!
//! In: a string, and the place of a code point in it that is allowed in some contexts only. Out: whether this is one.
//!
//! Some rules ask about the whole string. What they ask is found out once, when first needed, so that a string of such
//! code points costs no more than any other.

use core::cell::OnceCell;

use icu_properties::CodePointMapData;
use icu_properties::props::{CanonicalCombiningClass, JoiningType, Script};

/// A string as the rules see it.
pub(super) struct Context<'a> {
    text: &'a str,
    census: OnceCell<Census>,
}

impl<'a> Context<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, census: OnceCell::new() }
    }

    /// Whether the code point `c`, which stands at the offset `at`, may stand there.
    ///
    /// One for which there is no rule may not.
    pub(super) fn allows(&self, at: usize, c: char) -> bool {
        let (before, after) = (&self.text[..at], &self.text[at + c.len_utf8()..]);
        match c {
            '\u{200c}' => follows_virama(before) || joins(before, after),
            '\u{200d}' => follows_virama(before),
            '\u{b7}' => before.ends_with('l') && after.starts_with('l'),
            '\u{375}' => after.chars().next().is_some_and(|c| script(c) == Script::Greek),
            '\u{5f3}' | '\u{5f4}' => before.chars().next_back().is_some_and(|c| script(c) == Script::Hebrew),
            '\u{30fb}' => self.census().japanese,
            '\u{660}'..='\u{669}' => !self.census().extended_arabic_indic,
            '\u{6f0}'..='\u{6f9}' => !self.census().arabic_indic,
            _ => false,
        }
    }

    fn census(&self) -> &Census {
        self.census.get_or_init(|| Census::of(self.text))
    }
}

/// What the whole string holds.
struct Census {
    /// A digit of U+0660 to U+0669.
    arabic_indic: bool,
    /// A digit of U+06F0 to U+06F9.
    extended_arabic_indic: bool,
    /// A character of the scripts Hiragana, Katakana or Han.
    japanese: bool,
}

impl Census {
    fn of(text: &str) -> Self {
        Self {
            arabic_indic: text.contains(|c| matches!(c, '\u{660}'..='\u{669}')),
            extended_arabic_indic: text.contains(|c| matches!(c, '\u{6f0}'..='\u{6f9}')),
            japanese: text.contains(|c| matches!(script(c), Script::Hiragana | Script::Katakana | Script::Han)),
        }
    }
}

fn follows_virama(before: &str) -> bool {
    let class = CodePointMapData::<CanonicalCombiningClass>::new();
    before.chars().next_back().is_some_and(|c| class.get(c) == CanonicalCombiningClass::Virama)
}

/// Whether a non-joiner between the two breaks a join that would be there without it.
fn joins(before: &str, after: &str) -> bool {
    let joining = CodePointMapData::<JoiningType>::new();
    let visible = |kind: &JoiningType| *kind != JoiningType::Transparent;
    let left = before.chars().rev().map(|c| joining.get(c)).find(visible);
    let right = after.chars().map(|c| joining.get(c)).find(visible);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}
