//! SCRAM (RFC 5802, RFC 7677) and what a server stores for it.
//!
//! `message` reads and writes the four messages, `hash` does the arithmetic, `keys` is what a server keeps, `client`
//! and `server` are the two sides, each a chain of states that consume one another.
//!
//! ```text
//!   AwaitFirst ── client-first ──> ExpectFirst ──> AwaitKeys (look-up) ──┐
//!       │ <──────────────────────────────────────────── server-first ── ExpectFinal
//!   AwaitFinal ── client-final ──────────────────────────────────────────> │
//!       └ <──────────────────────────────────────────── server-final ──────┘
//! ```
//!
//! With and without channel binding it is one exchange: what is bound to is a part of what both sides sign.

pub(super) mod client;
#[cfg(test)]
mod damage;
mod hash;
mod keys;
mod message;
pub(super) mod server;
#[cfg(test)]
mod vectors;

use alloc::string::String;

use base64ct::{Base64, Encoding};

use super::crypto::{Provider, RandomFailed};

pub use hash::Hash;
pub use keys::{Account, Keys};

/// The least key stretching that a client accepts and a server stores (RFC 5802 section 5.1).
pub const ITERATIONS_MIN: u32 = 4_096;
/// The most: a second or so of work for a small machine. Without a bound a server could keep its clients busy for ever.
pub const ITERATIONS_MAX: u32 = 1_000_000;
/// What [`Account::derive`] uses. Clients pay for it at each login, some of them on batteries.
pub const ITERATIONS_DEFAULT: u32 = 10_000;

/// Octets of salt in new keys.
const SALT_BYTES: usize = 16;
/// Random octets in one side's share of a nonce.
const NONCE_BYTES: usize = 24;

/// One side's share of a nonce: printable, without commas, 192 bits.
pub(super) fn nonce(random: &dyn Provider) -> Result<String, RandomFailed> {
    let mut octets = [0; NONCE_BYTES];
    random.random(&mut octets)?;
    Ok(Base64::encode_string(&octets))
}
