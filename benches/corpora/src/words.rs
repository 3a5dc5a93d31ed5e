//! What people write: sentences drawn from our own words.
//!
//! Of a hundred messages 72 are English, 14 in other Latin scripts, 9 in Greek, Cyrillic or Japanese, and 5 have
//! emoji. One of nine holds a character that must be escaped, one of five an apostrophe.

use crate::Random;

const ENGLISH: &[&str] = &[
    "the", "boat", "leaves", "at", "seven", "and", "nobody", "knows", "where", "to", "find", "a", "dry", "lamp", "we",
    "should", "ask", "before", "walking", "home", "tomorrow", "maybe", "yes", "no", "later", "bring", "bread", "over",
    "bridge", "it", "was", "quiet", "this", "morning", "letter", "again", "please", "call", "when", "you", "arrive",
];
const LATIN: &[&str] = &[
    "schöne",
    "Grüße",
    "über",
    "die",
    "Brücke",
    "morgen",
    "früh",
    "à",
    "bientôt",
    "déjà",
    "garçon",
    "mañana",
    "señor",
    "está",
    "łódka",
    "późno",
    "źródło",
    "år",
    "båten",
    "går",
    "nå",
];
const OTHER: &[&str] = &[
    "αύριο",
    "πάμε",
    "σπίτι",
    "καλημέρα",
    "завтра",
    "лодка",
    "уходит",
    "утром",
    "привет",
    "明日",
    "船が",
    "出ます",
    "おはよう",
    "ございます",
    "静かな",
    "朝",
];
const EMOJI: &[&str] = &["👍", "🎭", "⛵", "🌙", "😀", "🥖"];
const MARKUP: &[&str] = &["salt & pepper", "x < y", "a -> b", "R&D", "<shrug>", "if (n > 3 && m < 4)"];
const APOSTROPHE: &[&str] = &["don't", "it's", "we'll", "can't", "\"so\""];
const LINK: &str = "https://files.verona.example/share/view?id=41&lang=en";

/// One message of a chat: from a word to a few sentences.
pub(crate) fn message(random: &mut Random) -> String {
    let words = random.draw(&[(30, (1, 4)), (45, (5, 14)), (20, (15, 40)), (5, (41, 120))]);
    let count = random.between(words.0, words.1);
    sentence(random, count)
}

/// So many words and perhaps something that needs care.
pub(crate) fn sentence(random: &mut Random, count: usize) -> String {
    let language = random.draw(&[(77, ENGLISH), (14, LATIN), (9, OTHER)]);
    let mut text = String::new();
    for word in 0..count {
        if word > 0 {
            text.push_str(random.draw(&[(90, " "), (6, ", "), (3, ". "), (1, "\n")]));
        }
        text.push_str(random.pick(language));
    }
    for (percent, more) in [(11, MARKUP), (20, APOSTROPHE), (5, EMOJI), (3, &[LINK])] {
        if random.percent(percent) {
            text.push(' ');
            text.push_str(random.pick(more));
        }
    }
    text
}
