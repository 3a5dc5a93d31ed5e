//! Preparation of user names and passwords (RFC 8265) before they are sent, looked up or hashed.
//!
//! In: text as typed or received. Out: the one spelling that both sides hash and compare. Case is kept: whether
//! `Juliet` and `juliet` are the same user is for the look-up to say.

use alloc::borrow::Cow;
use alloc::string::String;

use super::Secret;
use crate::precis::{Error, Profile, enforce};

/// A user name, by UsernameCasePreserved (RFC 8265 section 3.4).
pub(super) fn username(text: &str) -> Result<String, Error> {
    enforce(Profile::UsernameCasePreserved, text).map(Cow::into_owned)
}

/// A password, by OpaqueString (RFC 8265 section 4.2).
pub(super) fn password(text: &Secret) -> Result<Secret, Error> {
    enforce(Profile::OpaqueString, text.expose()).map(Cow::into_owned).map(Secret::new)
}

/// Whether it can be prepared as a password.
pub(crate) fn check_password(text: &Secret) -> Result<(), super::Error> {
    password(text).map(|_| ()).map_err(super::Error::Password)
}
