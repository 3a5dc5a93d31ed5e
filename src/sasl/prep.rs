//! Preparation of user names and passwords (RFC 8265) before they are sent, looked up or hashed.
//!
//! In: text as typed or received. Out: the one spelling that both sides hash and compare. Case is kept.

use alloc::borrow::Cow;

/// Printable ASCII only: passes as it is, everything else is refused rather than passed on unprepared.
pub(super) fn username(text: &str) -> Option<Cow<'_, str>> {
    let printable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    printable.then_some(Cow::Borrowed(text))
}

/// As [`username`], with spaces.
pub(super) fn password(text: &str) -> Option<Cow<'_, str>> {
    let printable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    printable.then_some(Cow::Borrowed(text))
}
