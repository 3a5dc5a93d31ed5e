//! XMPP engine: stream bytes in, borrowed stanza views and protocol events out.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod jid;
mod limits;
pub mod ns;
pub mod precis;
pub mod router;
mod scan;
pub mod session;
mod span;
pub mod stanza;
pub mod write;

pub use limits::Limits;
pub use span::Span;
