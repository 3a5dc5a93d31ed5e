//! What a phase learned and the engine has to act on.

use crate::sasl::Failure;

/// The outcome of one unit, beside the bytes written.
#[derive(Debug)]
pub enum Fact {
    /// Nothing to tell.
    None,
    /// The peer's stream header was accepted.
    Opened,
    /// Both sides agreed on TLS: the application secures the transport next.
    StartTls,
    /// The server role needs the keys of an account.
    NeedKeys,
    /// An attempt to log in failed, and the client was told; it may try again.
    Refused(Failure),
    /// Login is done: the parser starts anew behind this unit.
    Restart,
    /// The server role needs a decision on a resource.
    NeedResource,
    /// A resource is bound: the session begins.
    Bound,
}
