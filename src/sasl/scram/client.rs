//! SCRAM as the client plays it: two states, each waiting for one message of the server.
//!
//! Everything the server says is checked before any key is derived, and the key is derived once.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::hash::{Hash, Octets, equal, xor};
use super::message::{Refusal, ServerFinal, ServerFirst, utf8, write_saslname};
use super::{ITERATIONS_MAX, ITERATIONS_MIN, keys, message};
use crate::sasl::binding::Flag;
use crate::sasl::client::Identity;
use crate::sasl::{Error, Secret};

/// Waiting for nonce, salt and iteration count.
pub(in crate::sasl) struct AwaitFirst {
    hash: Hash,
    password: Secret,
    /// What `c=` will be.
    binding: Zeroizing<String>,
    bare: String,
    nonce: String,
}

impl AwaitFirst {
    /// Begins with `nonce` as our share; returns the client-first-message. What `flag` binds to is the name of a kind
    /// and octets of it.
    pub(in crate::sasl) fn start(
        hash: Hash,
        flag: Flag<(&str, &[u8])>,
        identity: Identity,
        nonce: &str,
    ) -> (Self, Vec<u8>) {
        let (mut gs2, data) = match flag {
            Flag::Unable => (String::from("n,"), &[][..]),
            Flag::Unoffered => (String::from("y,"), &[][..]),
            Flag::Bound((kind, data)) => (format!("p={kind},"), data),
        };
        if let Some(authzid) = &identity.authzid {
            gs2.push_str("a=");
            write_saslname(authzid, &mut gs2);
        }
        gs2.push(',');
        let mut bare = String::from("n=");
        write_saslname(&identity.username, &mut bare);
        bare.push_str(",r=");
        bare.push_str(nonce);
        let first = format!("{gs2}{bare}").into_bytes();
        let binding = message::binding(&gs2, data);
        (Self { hash, password: identity.password, binding, bare, nonce: nonce.into() }, first)
    }

    /// Takes the server-first-message; returns the client-final-message.
    pub(in crate::sasl) fn handle(self, data: &[u8]) -> Result<(AwaitFinal, Vec<u8>), Error> {
        let text = utf8(data)?;
        let first = ServerFirst::parse(text)?;
        // Longer than ours, too: a server that adds nothing would let us sign the same words again.
        if first.nonce.strip_prefix(self.nonce.as_str()).is_none_or(str::is_empty) {
            return Err(Error::NonceMismatch);
        }
        match first.iterations {
            got @ ..ITERATIONS_MIN => return Err(Error::IterationsTooFew { got }),
            ITERATIONS_MIN..=ITERATIONS_MAX => {}
            got => return Err(Error::IterationsTooMany { got }),
        }

        let hash = self.hash;
        let signed = format!("c={},r={}", *self.binding, first.nonce);
        let auth_message: [&str; 5] = [&self.bare, ",", text, ",", &signed];
        let salted = hash.stretch(self.password.expose(), &first.salt, first.iterations);
        let client_key = keys::client_key(hash, &salted);
        let client_signature = hash.hmac(&hash.digest(&client_key), &auth_message);
        let proof = xor(&client_key, &client_signature);
        let signature = hash.hmac(&keys::server_key(hash, &salted), &auth_message);
        let response = format!("{signed},p={}", Base64::encode_string(&proof)).into_bytes();
        Ok((AwaitFinal { signature }, response))
    }
}

/// Waiting for the server to show that it knows the password.
pub(in crate::sasl) struct AwaitFinal {
    /// What it must send.
    pub(super) signature: Octets,
}

impl AwaitFinal {
    /// Takes the server-final-message.
    pub(in crate::sasl) fn handle(self, data: &[u8]) -> Result<(), Error> {
        match ServerFinal::parse(data)? {
            ServerFinal::Signature(signature) if equal(&signature, &self.signature) => Ok(()),
            ServerFinal::Signature(_) => Err(Error::ServerSignatureWrong),
            ServerFinal::Refused => Err(Error::ServerRefused),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Extension => Self::MandatoryExtension,
            Refusal::Syntax => Self::MalformedChallenge,
        }
    }
}
