//! An XMPP engine: stream bytes in, borrowed stanza views and protocol events out.
//!
//! ```text
//!  caller's input                                                    caller's output
//!    bytes ──> scan ──> token ──> stanza ──> stream ──> negotiate ──┐      ▲
//!              masks    spans     tape+view  units      phases      ├──> write
//!                          ▲        ▲          │           │        │   (escape, serialise)
//!                          └── ns ──┘          └──> session ────────┘
//!                                                      │
//!                         engine: owns the order, lends Event<'_> to the caller
//!                         router: RFC 6121 section 8 between many sessions (pure: stanza in, deliveries out)
//!                         ffi:    the same, in C
//! ```
//!
//! tercet owns no socket, clock, thread, random source or database. Three doors, from low to high:
//!
//! - [`Parser`]: bytes to [`Unit`]s with borrowed [`stanza`] views, nothing of the protocol.
//! - [`Client`] and [`Server`]: one connection, from the first byte to the last, TLS and storage being the caller's.
//! - [`router::Router`]: presence, rosters and messages between the sessions of one server.
//!
//! ```
//! use tercet::{Event, Input, Output, Server, ServerConfig, Time, jid::JidBuf};
//!
//! let config = ServerConfig::new(JidBuf::parse("example.net").unwrap()).unwrap();
//! let mut server = Server::new(config);
//! let (mut input, mut output) = (Input::new(), Output::new());
//!
//! input.push(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
//!     to='example.net' version='1.0'>").unwrap();
//! let mut events = server.process(&mut input, &mut output, Time::from_millis(0));
//! while let Some((event, _reply)) = events.next().unwrap() {
//!     if let Event::Opened(header) = event {
//!         assert!(header.to().is_some_and(|to| to == "example.net"));
//!     }
//! }
//! drop(events);
//! assert!(output.peek().starts_with(b"<?xml version='1.0'?><stream:stream "));
//! ```
//!
//! # Features
//!
//! - `std` (default): run-time choice of SIMD. Without it: `core` and `alloc`.
//! - `crypto` (default): the operating system's random source, [`sasl::crypto::Os`].
//! - `idna`: addresses outside ASCII; without it they are errors.
//! - `capi`: the C API of `include/tercet.h`.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod engine;
#[cfg(feature = "capi")]
#[allow(unsafe_code)]
pub mod ffi;
pub mod jid;
mod limits;
#[cfg(doc)]
pub mod manual;
pub mod negotiate;
pub mod ns;
pub mod precis;
pub mod router;
pub mod sasl;
mod scan;
pub mod session;
mod span;
pub mod stanza;
pub mod stream;
pub mod token;
pub mod write;

pub use engine::{Client, Connection, Error, Event, Events, Handler, Output, Reply, Server, Time, drive};
pub use limits::{Limit, Limits};
pub use negotiate::{Answer, ClientConfig, ServerConfig, TlsPolicy};
pub use scan::Isa;
pub use span::Span;
pub use stanza::{Element, OwnedStanza, Stanza};
pub use stream::{EventReader, Feed, Input, Parser, Unit, UnitKind};

/// For benchmarks: how many octets of `text` are structure, found in blocks on the instructions of `isa`.
#[doc(hidden)]
#[must_use]
pub fn scan_alone(text: &[u8], isa: Isa) -> usize {
    scan::alone(text, isa)
}

/// The README, so that its examples are tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
