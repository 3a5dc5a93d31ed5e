//! Profiles of strings that people type: user names and passwords (RFC 8264, RFC 8265).
//!
//! In: a `str` and the name of a profile. Out: the string in the one form that may be stored and compared, borrowed
//! when it already has that form, or an error.
//!
//! Invariant: what [`enforce`] returns, it returns again unchanged, so two strings are the same to a profile exactly
//! if their enforced forms are equal byte for byte.
//!
//! Text of printable ASCII is decided here, in one pass. Everything else goes to `wide`, which exists only with the
//! feature `idna`: without it such text is an error, never passed on raw.
//!
//! This module knows nothing of addresses, passwords or XML.

mod error;
#[cfg(feature = "idna")]
mod wide;

use alloc::borrow::Cow;

pub use error::Error;
#[cfg(feature = "idna")]
pub(crate) use wide::is_identifier;

/// A PRECIS profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// Passwords and resources: nearly everything but control characters; case and width kept (RFC 8265 section 4.2).
    OpaqueString,
    /// User names that ignore case, no spaces, no symbols outside ASCII (RFC 8265 section 3.3).
    UsernameCaseMapped,
    /// User names that respect case, no spaces, no symbols outside ASCII (RFC 8265 section 3.4).
    UsernameCasePreserved,
}

/// Brings `text` into the form that `profile` prescribes.
///
/// Borrows when nothing had to change. Takes time linear in the length of `text`, which has no bound here.
///
/// # Errors
/// Those of [`Error`]; the profile's string class decides first, then direction.
///
/// ```
/// use tercet::precis::{enforce, Error, Profile};
/// assert_eq!(enforce(Profile::UsernameCaseMapped, "Romeo")?, "romeo");
/// assert_eq!(enforce(Profile::OpaqueString, "Correct Horse")?, "Correct Horse");
/// assert_eq!(enforce(Profile::UsernameCaseMapped, "foo bar"), Err(Error::Disallowed));
/// # Ok::<(), Error>(())
/// ```
pub fn enforce(profile: Profile, text: &str) -> Result<Cow<'_, str>, Error> {
    if text.is_empty() {
        return Err(Error::Empty);
    }
    if text.is_ascii() { enforce_ascii(profile, text) } else { enforce_wide(profile, text) }
}

/// ASCII has no width, direction or composition: the class and the case are all there is.
fn enforce_ascii(profile: Profile, text: &str) -> Result<Cow<'_, str>, Error> {
    let allowed = match profile {
        Profile::OpaqueString => b' '..=b'~',
        Profile::UsernameCaseMapped | Profile::UsernameCasePreserved => b'!'..=b'~',
    };
    if !text.bytes().all(|byte| allowed.contains(&byte)) {
        return Err(Error::Disallowed);
    }
    if profile == Profile::UsernameCaseMapped && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(Cow::Owned(text.to_ascii_lowercase()));
    }
    Ok(Cow::Borrowed(text))
}

#[cfg(feature = "idna")]
fn enforce_wide(profile: Profile, text: &str) -> Result<Cow<'_, str>, Error> {
    wide::enforce(profile, text)
}

#[cfg(not(feature = "idna"))]
fn enforce_wide(_: Profile, _: &str) -> Result<Cow<'_, str>, Error> {
    Err(Error::Unsupported)
}

#[cfg(test)]
mod tests;
