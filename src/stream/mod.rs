//! Streams: bytes in, one unit at a time out.
//!
//! In: an [`Input`] that owns what is left over between calls, and slices the caller lends. Out: [`Unit`]s, which
//! borrow the bytes where they lie, or the first [`Error`] at its exact offset from the stream's beginning.
//!
//! ```text
//!   slice ──────────────┐ whole units are lent from here
//!                       ├──> Feed ──> framer ──> Unit
//!   Input <── the tail ─┘ only what is unfinished is copied, once
//! ```
//!
//! Invariant: units, errors and their offsets do not depend on how the bytes were cut into calls; a unit comes out of
//! the call that brings its last octet; work is linear: an octet is looked at twice mostly, and 8 times at most,
//! whatever the text and its pieces (`effort` counts).
//!
//! Above that, what RFC 6120 section 4 says of streams: the header and the first-level elements (`rules`), the header
//! we send (`header`), the features element (`features`), stream errors (`condition`).
//!
//! Refuses to know: SASL, rosters, negotiation's order, time, I/O.

mod condition;
#[cfg(test)]
mod effort;
mod error;
mod features;
mod framer;
mod header;
mod input;
mod octets;
mod parser;
mod rules;
#[cfg(test)]
mod tests;
mod unit;

pub use condition::{Condition, StreamError, write_error};
pub use error::{Error, Fault, Truncated};
pub use features::Features;
pub(crate) use features::Offer;
pub(crate) use header::Opening;
#[cfg(feature = "capi")]
pub(crate) use input::Held;
pub use input::{Feed, Input};
pub use parser::{EventReader, Parser};
pub use rules::{Breach, check_element, check_header, check_stanza};
pub use unit::{Header, Unit, UnitKind};
