//! The C API: the parser, the connections and the router, translated, not written again.
//!
//! In: what C hands over: handles, pointers, lengths, callbacks. Out: [`tercet_result`]s, numbers, and views that point
//! into memory of a handle. The manual of this module is `include/tercet.h`, which is generated from it; its first page
//! stands in `cbindgen.toml`.
//!
//! Invariants:
//! - No panic crosses: every export runs its body in `boundary`, and a handle in which one was caught is poisoned.
//! - No borrow outlives a call. A view names its place by a number and is looked up anew; the bytes of a view stay
//!   where they are because an [`Input`](crate::Input) keeps its lent unit until the next one is asked for.
//! - Nothing of a handle is borrowed while a callback runs, so that a callback may call back.
//! - No global state.
//!
//! Every pointer may be null, which is an answer and never a crash. What cannot be checked is the same for all
//! functions, and stands once, here and on the first page of the header. It is what `# Safety` would say at each:
//! - a handle is null, or came from its `_new` and was not freed; no other thread uses it at the same time;
//! - a pointer with a length is null, or that many octets can be read there, and stay as they are during the call;
//! - an out-pointer is null, or something of its type can be written there;
//! - a view comes from the library, and its handle was not freed.
//!
//! Refuses to know: rules of XMPP.
#![allow(non_camel_case_types, reason = "the names are those of the C header")]
#![allow(clippy::missing_safety_doc, reason = "one contract for all functions, in the module's documentation")]

// A panic that is not unwound ends the caller's process, where this API promises an answer.
#[cfg(not(panic = "unwind"))]
compile_error!("the C API catches panics: build the feature `capi` with `panic = \"unwind\"`");

mod action;
mod answer;
mod arena;
mod binding;
mod boundary;
mod callbacks;
mod config;
mod connection;
mod element;
mod event;
mod jid;
mod limits;
mod log;
mod names;
mod owned;
mod parser;
mod ptr;
mod result;
mod roster;
mod router;
#[cfg(test)]
mod tests;
mod unit;
mod version;
mod writer;

pub use action::*;
pub use answer::*;
pub use binding::*;
pub use callbacks::*;
pub use config::*;
pub use connection::*;
pub use element::*;
pub use event::*;
pub use jid::*;
pub use limits::*;
pub use log::*;
pub use names::*;
pub use owned::*;
pub use parser::*;
pub use ptr::{tercet_str, tercet_str_from};
pub use result::*;
pub use roster::*;
pub use router::*;
pub use unit::{tercet_error, tercet_unit};
pub use version::*;
pub use writer::*;
