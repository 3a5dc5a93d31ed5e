//! What an application answers when the negotiation asks it for something that only it can know.

use alloc::string::String;

use crate::sasl::scram::Account;
use crate::write::StanzaCondition;

/// An answer to a request of the server role, given now or later.
#[non_exhaustive]
#[derive(Debug)]
pub enum Answer {
    /// To a request for credentials: the account's stored keys.
    Account(Account),
    /// To a request for credentials: there is no such account. The client is led through the same dialogue and refused
    /// at its end, so that it cannot find out.
    NoAccount,
    /// To a request for credentials: the account exists and may not log in at present.
    Disabled,
    /// To a request for credentials: the database does not answer.
    Unavailable,
    /// To a request for a resource: the proposed one.
    Accept,
    /// To a request for a resource: this one instead (prepared by OpaqueString).
    Resource(String),
    /// To a request for a resource: none, for this reason (RFC 6120 sections 7.6.2 and 7.7.2).
    Refuse(StanzaCondition),
}
