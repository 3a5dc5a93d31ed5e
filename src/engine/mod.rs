//! One connection of either role: bytes and time in, bytes and events out.
//!
//! ```text
//!  caller's bytes ──> Input ─┐                         ┌──> Event<'_>, Reply<'_>
//!                            ├──> process ──> Events ──┤
//!  caller's clock ──> Time ──┘                         └──> Output ──> caller's transport
//! ```
//!
//! `process` lends an [`Events`] that walks the input once, left to right. A lent stanza borrows the input; the reply
//! beside it borrows the output. Invariants: an error is final and comes back at every later call; nothing is written
//! behind our closing tag; a connection never reads a socket, a clock, a random source or a database of its own.
//!
//! The engine owns the order of things and no rule: parsing is `stream`'s, the way to a session is `negotiate`'s, what
//! stanzas mean is `session`'s. It refuses to know C.

mod connection;
mod drive;
mod error;
mod event;
mod events;
mod output;
mod reply;
mod role;
mod time;

pub use connection::{Connection, Request};
pub use drive::{Handler, drive};
pub use error::{ApiMisuse, Error};
pub use event::{Closed, CredentialsRequest, Event, RequestId, ResourceRequest, Token};
pub use events::Events;
pub use output::Output;
pub use reply::Reply;
pub use role::{ClientRole, Role, ServerRole};
pub use time::Time;

/// The initiating side: logs in to a server.
pub type Client = Connection<ClientRole>;

/// The receiving side: serves one client.
pub type Server = Connection<ServerRole>;
