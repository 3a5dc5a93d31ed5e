//! SCRAM as the server plays it: the client's first message, the look-up of keys, the client's proof.
//!
//! Grammar mistakes are `malformed-request`; everything that could tell a guesser something is `not-authorized`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::hash::{Hash, equal, xor};
use super::keys::{Account, Keys};
use super::message::{self, ClientFinal, ClientFirst, Refusal};
use crate::sasl::binding::Flag;
use crate::sasl::{BindingKind, ChannelBinding, Failure, Wanted, prep};

/// Waiting for the user's name.
pub(in crate::sasl) struct ExpectFirst {
    hash: Hash,
    nonce: String,
    wanted: Wanted,
}

impl ExpectFirst {
    /// Begins with `nonce` as our share.
    pub(in crate::sasl) const fn new(hash: Hash, nonce: String, wanted: Wanted) -> Self {
        Self { hash, nonce, wanted }
    }

    /// Takes the client-first-message.
    pub(in crate::sasl) fn handle(self, data: &[u8]) -> Result<AwaitKeys, Failure> {
        let first = ClientFirst::parse(data)?;
        let bound = self.bound(first.flag)?;
        let username = prep::username(&first.username).map_err(|_| Failure::NotAuthorized)?;
        Ok(AwaitKeys {
            hash: self.hash,
            username,
            authzid: first.authzid,
            once: bound.is_some_and(|binding| binding.kind() == BindingKind::TlsExporter),
            binding: message::binding(first.gs2, bound.map_or(&[], ChannelBinding::data)),
            bare: first.bare.into(),
            nonce: format!("{}{}", first.nonce, self.nonce),
        })
    }

    /// What the client binds to, where what it says agrees with what it chose and was offered (RFC 5802 section 6).
    fn bound(&self, flag: Flag<&str>) -> Result<Option<&ChannelBinding>, Failure> {
        let Wanted { plus, bindings, .. } = &self.wanted;
        match (plus, flag) {
            (false, Flag::Unable) => Ok(None),
            (false, Flag::Unoffered) if bindings.is_empty() => Ok(None),
            // It could have bound, and did not hear of our offer: somebody in between struck it out.
            (false, Flag::Unoffered) => Err(Failure::NotAuthorized),
            (true, Flag::Bound(name)) => {
                let binding = BindingKind::from_name(name).and_then(|kind| bindings.get(kind));
                binding.map(Some).ok_or(Failure::NotAuthorized)
            }
            (true, Flag::Unable | Flag::Unoffered) | (false, Flag::Bound(_)) => Err(Failure::MalformedRequest),
        }
    }
}

/// Waiting for the user's keys.
pub(in crate::sasl) struct AwaitKeys {
    hash: Hash,
    username: String,
    authzid: Option<String>,
    binding: Zeroizing<String>,
    once: bool,
    bare: String,
    nonce: String,
}

impl AwaitKeys {
    /// Who says to be there, prepared.
    pub(in crate::sasl) fn username(&self) -> &str {
        &self.username
    }

    /// Whom it wants to act as.
    pub(in crate::sasl) fn authzid(&self) -> Option<&str> {
        self.authzid.as_deref()
    }

    /// Whether the exchange binds to octets that serve for one exchange alone (RFC 9266 section 4.1).
    pub(in crate::sasl) fn binds_once(&self) -> bool {
        self.once
    }

    /// Takes the keys; returns the server-first-message.
    pub(in crate::sasl) fn challenge(self, account: &Account) -> (ExpectFinal, Vec<u8>) {
        let keys = account.keys_for(self.hash);
        let challenge = format!("r={},s={},i={}", self.nonce, Base64::encode_string(keys.salt()), keys.iterations());
        let said = format!("{},{challenge}", self.bare);
        let Self { username, authzid, binding, nonce, .. } = self;
        (ExpectFinal { keys, username, authzid, binding, said, nonce }, challenge.into_bytes())
    }
}

/// Waiting for the proof.
pub(in crate::sasl) struct ExpectFinal {
    keys: Keys,
    username: String,
    authzid: Option<String>,
    /// What `c=` must be: the first message's header and what is bound to, in base64.
    binding: Zeroizing<String>,
    /// Both first messages, as they are signed.
    said: String,
    nonce: String,
}

/// A proof was right.
pub(in crate::sasl) struct Proven {
    pub(in crate::sasl) username: String,
    pub(in crate::sasl) authzid: Option<String>,
    /// The server-final-message.
    pub(in crate::sasl) signature: Vec<u8>,
}

impl ExpectFinal {
    /// Takes the client-final-message.
    pub(in crate::sasl) fn handle(self, data: &[u8]) -> Result<Proven, Failure> {
        let last = ClientFinal::parse(data)?;
        let hash = self.keys.hash();
        if last.proof.len() != hash.length() {
            return Err(Failure::MalformedRequest);
        }
        if !equal(last.binding.as_bytes(), self.binding.as_bytes()) || last.nonce != self.nonce {
            return Err(Failure::NotAuthorized);
        }
        let auth_message: [&str; 3] = [&self.said, ",", last.signed];
        let client_signature = hash.hmac(self.keys.stored_key(), &auth_message);
        let client_key = xor(&last.proof, &client_signature);
        if !equal(&hash.digest(&client_key), self.keys.stored_key()) {
            return Err(Failure::NotAuthorized);
        }
        let signature = hash.hmac(self.keys.server_key(), &auth_message);
        let signature = format!("v={}", Base64::encode_string(&signature)).into_bytes();
        Ok(Proven { username: self.username, authzid: self.authzid, signature })
    }
}

impl From<Refusal> for Failure {
    fn from(_: Refusal) -> Self {
        Self::MalformedRequest
    }
}
