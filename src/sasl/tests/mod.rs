//! Tests of the layer: its tables, the grammar, each side against the other, and each side against a bad peer.
//!
//! They sit inside the crate because published exchanges have fixed nonces, which the public API rightly has no door
//! for; those exchanges are in `scram/vectors.rs`, and what damage does to one of them in `scram/damage.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

extern crate std;

mod binding;
mod client;
mod keys;
mod pair;
mod plain;
mod select;
mod server;
mod tables;

use std::borrow::ToOwned;
use std::string::{String, ToString};

use super::binding::Flag;
use super::client::Identity;
use super::crypto::{Provider, RandomFailed};
use super::scram::server::ExpectFirst;
use super::scram::{Account, Hash, Keys, client::AwaitFirst};
use super::{BindingKind, Bindings, ChannelBinding, Credentials, Failure, Mechanism, Secret, server::Step};

/// A random source that counts: predictable, and never the same twice.
pub(super) struct Counter(std::sync::atomic::AtomicU8);

impl Counter {
    pub(super) fn new() -> Self {
        Self(std::sync::atomic::AtomicU8::new(0))
    }
}

impl Provider for Counter {
    fn random(&self, out: &mut [u8]) -> Result<(), RandomFailed> {
        out.fill_with(|| self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        Ok(())
    }
}

/// A random source that has failed.
pub(super) struct Broken;

impl Provider for Broken {
    fn random(&self, _: &mut [u8]) -> Result<(), RandomFailed> {
        Err(RandomFailed)
    }
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(super) fn credentials(username: &str, password: &str, authzid: Option<&str>) -> Credentials {
    Credentials { username: username.to_owned(), password: secret(password), authzid: authzid.map(ToOwned::to_owned) }
}

/// What a TLS connection could give for these kinds: other octets for each.
pub(super) fn bindings(kinds: &[BindingKind]) -> Bindings {
    let mut bindings = Bindings::default();
    for &kind in kinds {
        bindings.set(ChannelBinding::new(kind, &[kind as u8 + 1; 32]).unwrap());
    }
    bindings
}

/// An account with keys for one hash, at the least cost.
pub(super) fn account(hash: Hash, password: &str) -> Account {
    Account::new(Keys::derive(hash, &secret(password), b"a salt of sixteen", 4096).unwrap())
}

/// The client's side of RFC 5802 section 5, its first message sent.
pub(super) fn rfc_client() -> AwaitFirst {
    let identity = Identity::prepare(&credentials("user", "pencil", None)).unwrap();
    let (client, first) = AwaitFirst::start(Hash::Sha1, Flag::Unable, identity, RFC_CLIENT_NONCE);
    assert_eq!(first, RFC_MESSAGES[0].as_bytes());
    client
}

/// The server's side of RFC 5802 section 5, before anything was said, and the account.
pub(super) fn rfc_server() -> (ExpectFirst, Account) {
    let salt = [0x41, 0x25, 0xc2, 0x47, 0xe4, 0x3a, 0xb1, 0xe9, 0x3c, 0x6d, 0xff, 0x76];
    let keys = Keys::derive(Hash::Sha1, &secret("pencil"), &salt, 4096).unwrap();
    (rfc_server_alone(), Account::new(keys))
}

/// The same without the account, which takes time to make.
pub(super) fn rfc_server_alone() -> ExpectFirst {
    ExpectFirst::new(Hash::Sha1, "3rfcNHYJY1ZVvWVs7j".to_owned(), Mechanism::ScramSha1.into())
}

pub(super) const RFC_CLIENT_NONCE: &str = "fyko+d2lbbFgONRv9qkxdawL";
pub(super) const RFC_MESSAGES: [&str; 4] = [
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
];

/// What a file that is not part of the crate holds, or `None` where the file is not present; then it says so past the
/// capture of test output, so that nobody takes the silence for success.
pub(super) fn shared(file: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped: {file} is not here").unwrap();
    }
    text
}

/// What kind of step it is, for comparison.
pub(super) fn kind(step: &Step) -> String {
    match step {
        Step::Challenge(..) => "challenge".to_owned(),
        Step::Lookup(_) => "lookup".to_owned(),
        Step::Success { .. } => "success".to_owned(),
        Step::Failure(failure) => failure.to_string(),
    }
}

/// Why the step ends the exchange, if it does.
pub(super) fn refusal(step: &Step) -> Option<Failure> {
    match step {
        Step::Failure(failure) => Some(*failure),
        _ => None,
    }
}
