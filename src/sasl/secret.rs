//! Holders of passwords: wiped on drop, silent in `Debug`, and not comparable with `==`.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroize;

/// A text to keep quiet about: a password, or keys in their stored form.
///
/// There is no `PartialEq`, because comparing secrets with `==` tells by its timing how much of a guess was right.
///
/// ```
/// use tercet::sasl::Secret;
/// let secret = Secret::new("r0m30myr0m30".into());
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// ```
///
/// ```compile_fail
/// use tercet::sasl::Secret;
/// let _ = Secret::new("a".into()) == Secret::new("a".into());
/// ```
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes over `text`; this very buffer is wiped when the secret is dropped.
    /// Copies made before are not ours to wipe.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a client logs in with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose password it is. In XMPP the localpart of the address (RFC 6120 section 6.3.7).
    pub username: String,
    /// The password.
    pub password: Secret,
    /// Whom to act as, when that is not `username`: in XMPP a bare address (RFC 6120 section 6.3.8). Usually `None`.
    pub authzid: Option<String>,
}
