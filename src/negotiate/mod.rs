//! From a fresh transport to a bound session, for either role (RFC 6120 sections 4 to 7).
//!
//! ```text
//!             ┌───────────── restart: new header, old parser state gone ─────────────┐
//!             ▼                                                                      │
//!  header ──> features ──┬─> STARTTLS ──> the application secures the transport ─────┤
//!                        ├─> SASL ──> proof checked ─────────────────────────────────┘
//!                        └─> bind ──> session
//! ```
//!
//! In: units of the stream, one at a time. Out: bytes for the peer, and at most one `Fact` a unit.
//! Invariant: a phase is a struct that owns only what is true in it; handling a unit consumes it, and an error leaves
//! no phase behind. What must not be skipped is a value that only its check can make: `AlignedProof` before TLS,
//! `sasl::Secured` before PLAIN, `sasl::client::Verified` before a login is believed.
//!
//! Refuses to know: the caller's sockets, clock and database. `client` and `server` mirror each other file for file.

pub(crate) mod client;
mod config;
mod encoding;
mod error;
mod fact;
mod secure;
pub(crate) mod server;

pub use config::{ClientConfig, ConfigError, ServerConfig, Timing, TlsPolicy};
pub use error::{Error, Incompatible, Misbehaved};
pub(crate) use fact::Fact;
pub(crate) use secure::AlignedProof;
pub use server::Answer;
