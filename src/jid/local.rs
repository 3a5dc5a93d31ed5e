//! The localpart: the UsernameCaseMapped profile less eight characters (RFC 7622 section 3.3).

use alloc::borrow::Cow;

use super::{MAX_PART, Reason};
use crate::precis::{self, Profile};

/// What RFC 7622 section 3.3.1 takes out of the profile.
const EXCLUDED: [char; 8] = ['"', '&', '\'', '/', ':', '<', '>', '@'];

/// Brings a localpart into prepared form; its length is not checked here.
///
/// The excluded characters are looked for afterwards: a full-width `＠` becomes one.
pub(super) fn prepare(local: &str) -> Result<Cow<'_, str>, Reason> {
    let local = precis::enforce(Profile::UsernameCaseMapped, local)?;
    if local.contains(EXCLUDED) { Err(Reason::Disallowed) } else { Ok(local) }
}

/// Whether `local` is ASCII that [`prepare`] leaves alone.
pub(super) fn is_prepared(local: &str) -> bool {
    (1..=MAX_PART).contains(&local.len()) && local.bytes().all(|byte| PREPARED[usize::from(byte)])
}

/// The bytes of a localpart of ASCII in prepared form.
const PREPARED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] = !byte.is_ascii_uppercase();
        byte += 1;
    }
    let mut excluded = 0;
    while excluded < EXCLUDED.len() {
        table[EXCLUDED[excluded] as usize] = false;
        excluded += 1;
    }
    table
};
