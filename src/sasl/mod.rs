//! SASL (RFC 4422) for both roles: octets in, octets out.
//!
//! **In**: mechanism names, credentials or stored keys, and the payload of each challenge or response, already out of
//! its base64 and its element. **Out**: the payload to send next, and in the end a verdict.
//!
//! ```text
//!   client                                             server
//!   select ──> Choice
//!   client::start ──> Exchange, octets ─────────────>  server::start ──> Step::Lookup ──> found / not_found
//!   Exchange::challenge <────────────────────────────  Step::Challenge
//!        └──────────> octets ───────────────────────>  Exchange::response
//!   Exchange::success <──────────────────────────────  Step::Success (who, and as whom)
//!        └──────────> Verified
//! ```
//!
//! **Invariant**: each step consumes the exchange it is taken on, so that nothing can be retried in one exchange. A
//! success counts for a client only with a [`client::Verified`], which for SCRAM nothing but a right server signature
//! makes; PLAIN runs only on a [`Secured`] channel. A server that offered channel binding believes no client that says
//! it was offered none. Secrets are compared in constant time and wiped on drop.
//!
//! It refuses to know XML, addresses, streams, and which account may act for which: the server's caller is told both
//! identities and decides. How long a message may be is decided by whoever framed it.
//!
//! ```
//! use tercet::sasl::{Bindings, Credentials, Policy, Secret, Wanted, client, crypto, scram, select, server};
//! # #[derive(Clone, Copy)] struct Zeros;
//! # impl crypto::Provider for Zeros {
//! #     fn random(&self, out: &mut [u8]) -> Result<(), crypto::RandomFailed> { out.fill(0); Ok(()) }
//! # }
//! # let random = Zeros; // `crypto::Os` in earnest
//! let account = scram::Account::derive(&Secret::new("r0m30myr0m30".into()), &random)?; // what a server stores
//! let juliet =
//!     Credentials { username: "juliet".into(), password: Secret::new("r0m30myr0m30".into()), authzid: None };
//!
//! let offered = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];
//! let bindings = Bindings::default(); // what our TLS tells of the channel
//! let choice = select(offered.into_iter(), &Policy::default(), None, &bindings, None)?;
//! assert_eq!(choice.name(), "SCRAM-SHA-256");
//!
//! let (client, first) = client::start(choice, &juliet, None, &random)?;
//! let wanted = Wanted::read(choice.name(), &bindings).expect("a name that was offered");
//! let server::Step::Lookup(lookup) = server::start(wanted, None, Some(&first), &random) else { panic!() };
//! assert_eq!(lookup.username(), "juliet");
//! let server::Step::Challenge(server, challenge) = lookup.found(&account) else { panic!() };
//! let (client, response) = client.challenge(&challenge)?;
//! let server::Step::Success { authcid, data, .. } = server.response(&response) else { panic!() };
//! assert_eq!(authcid, "juliet");
//! let _proof: client::Verified = client.success(data.as_deref())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::indexing_slicing)]

mod binding;
pub mod client;
pub mod crypto;
mod error;
mod mechanism;
mod plain;
mod prep;
pub mod scram;
mod secret;
mod select;
pub mod server;

#[cfg(test)]
mod tests;

pub use binding::{BindingKind, BindingLength, Bindings, ChannelBinding, Choice, Wanted};
pub use error::{Error, Failure, KeysError};
pub use mechanism::Mechanism;
pub(crate) use prep::check_password;
pub use secret::{Credentials, Secret};
pub use select::{Policy, Secured, select};
