//! Localparts for names that a localpart cannot hold (XEP-0106).
//!
//! In: a name as another system knows it. Out: text fit for a localpart as far as these ten characters go, and back.

use alloc::borrow::Cow;
use alloc::string::String;

/// What is escaped, as its two digits say: the characters a localpart excludes, the space, and the backslash itself.
const ESCAPED: [u8; 10] = *b" \"&'/:<>@\\";

/// Escapes a name for use as a localpart.
///
/// A backslash is escaped only where it would otherwise read as an escape. `None` if the name begins or ends with a
/// space, which the scheme cannot express.
///
/// ```
/// use tercet::jid::{escape, unescape};
/// assert_eq!(escape("d'artagnan").as_deref(), Some(r"d\27artagnan"));
/// assert_eq!(unescape(r"d\27artagnan"), "d'artagnan");
/// assert_eq!(escape(" space"), None);
/// ```
#[must_use]
pub fn escape(name: &str) -> Option<Cow<'_, str>> {
    const HEX: &[u8; 16] = b"0123456789abcdef";

    if name.starts_with(' ') || name.ends_with(' ') {
        return None;
    }
    let mut escaped = String::new();
    let mut done = 0;
    for (at, byte) in name.bytes().enumerate() {
        let must = match byte {
            b'\\' => escape_at(name, at).is_some(),
            _ => ESCAPED.contains(&byte),
        };
        if must {
            escaped.push_str(&name[done..at]);
            escaped.push('\\');
            escaped.push(char::from(HEX[usize::from(byte >> 4)]));
            escaped.push(char::from(HEX[usize::from(byte & 15)]));
            done = at + 1;
        }
    }
    Some(finish(name, escaped, done))
}

/// Reads the escapes of a localpart back.
///
/// What is not one of the ten escapes stays as it is, and so does an escaped space at either end.
#[must_use]
pub fn unescape(local: &str) -> Cow<'_, str> {
    let mut name = String::new();
    let mut done = 0;
    for (at, _) in local.match_indices('\\') {
        match escape_at(local, at) {
            // The `5c` of a `\5c` just read is no backslash, so `at` is always past `done`.
            Some(b' ') if at == 0 || at + 3 == local.len() => {}
            Some(byte) => {
                name.push_str(&local[done..at]);
                name.push(char::from(byte));
                done = at + 3;
            }
            None => {}
        }
    }
    finish(local, name, done)
}

/// The character for which the escape at the backslash `at` stands.
///
/// Digits in upper case count: preparing a localpart lowers them.
fn escape_at(text: &str, at: usize) -> Option<u8> {
    let digits = text.get(at + 1..at + 3)?;
    let byte = u8::from_str_radix(digits, 16).ok()?;
    ESCAPED.contains(&byte).then_some(byte)
}

/// Appends the untouched rest; borrows if that is everything.
fn finish(text: &str, mut changed: String, done: usize) -> Cow<'_, str> {
    if done == 0 {
        return Cow::Borrowed(text);
    }
    changed.push_str(&text[done..]);
    Cow::Owned(changed)
}
