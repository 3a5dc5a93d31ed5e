//! The router by plays: many sessions, a host in memory, and every stanza that anybody hears accounted for.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod host;
mod iq;
mod limits;
mod message;
mod play;
mod presence;
mod roster;
mod rules;
mod scansion;
mod shared;
mod subscription;
mod tree;
mod walk;
