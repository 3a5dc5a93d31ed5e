//! The only thing that appends to an output.
//!
//! In: names, strings of any content, and views of what was received. Out: bytes appended to a `Vec<u8>`, or an
//! [`Error`] and not one byte.
//!
//! Invariant: whatever the strings, what is appended is well-formed and namespace-well-formed, keeps to the restricted
//! XML of RFC 6120 section 11, and holds the elements that were asked for and no other. The prefix `stream` alone is
//! left to the surroundings: on a stream its header declares it. There is no call that appends
//! raw text. What XML cannot carry (control characters, U+FFFE, U+FFFF) is refused, never replaced.
//!
//! Refuses to know: negotiation, sessions, where the output goes.

mod condition;
mod copy;
mod error;
mod escape;
mod forward;
mod reply;
mod sink;
mod stream;
mod writer;

pub use condition::{ErrorType, StanzaCondition};
pub use error::Error;
pub(crate) use escape::escaped_len;
pub use forward::{Forward, forward, forward_without};
pub use reply::{error_reply, iq_error, iq_result};
pub use stream::{stream_close, stream_header};
pub use writer::Writer;
