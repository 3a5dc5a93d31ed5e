//! The one thing SASL needs from outside: unpredictable octets.
//!
//! Hashing is fixed to the RustCrypto implementations; only the random source is a choice, because it is I/O.

use core::fmt;

/// A source of unpredictable octets, for nonces and salts.
///
/// There is no fall-back: a source that fails ends the login.
pub trait Provider: Send + Sync {
    /// Fills `out` with octets that nobody can predict.
    ///
    /// # Errors
    /// [`RandomFailed`] when it cannot; `out` then counts as unfilled.
    fn random(&self, out: &mut [u8]) -> Result<(), RandomFailed>;
}

/// The random source gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomFailed;

impl fmt::Display for RandomFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the random source failed")
    }
}

impl core::error::Error for RandomFailed {}

/// The operating system's random source.
#[cfg(feature = "crypto")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

#[cfg(feature = "crypto")]
impl Provider for Os {
    fn random(&self, out: &mut [u8]) -> Result<(), RandomFailed> {
        getrandom::fill(out).map_err(|_| RandomFailed)
    }
}
