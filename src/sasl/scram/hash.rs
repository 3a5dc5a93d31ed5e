//! The arithmetic of SCRAM over the hashes it is defined for.
//!
//! In: octets. Out: octets of the hash's length, wiped on drop. Which value means what is the caller's business.

use alloc::vec::Vec;

use hmac::digest::{Digest, KeyInit};
use hmac::{EagerHash, Hmac, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A hash function that SCRAM is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1 (RFC 5802).
    Sha1,
    /// SHA-256 (RFC 7677).
    Sha256,
    /// SHA-512 (draft-melnikov-scram-sha-512).
    Sha512,
}

/// A hash value or a key: wiped on drop. Neither `==` nor `Debug`, for the reasons of [`Secret`](crate::sasl::Secret).
#[derive(Clone)]
pub(super) struct Octets(Vec<u8>);

impl Octets {
    pub(super) const fn new(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

impl core::ops::Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Octets {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Hash {
    /// Every hash, the strongest first.
    pub const ALL: [Self; 3] = [Self::Sha512, Self::Sha256, Self::Sha1];
    /// The first of [`Hash::ALL`].
    pub(in crate::sasl) const STRONGEST: Self = Self::ALL[0];

    /// Octets in a hash value.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// `H(data)`.
    pub(super) fn digest(self, data: &[u8]) -> Octets {
        match self {
            Self::Sha1 => taken(&mut Sha1::digest(data)),
            Self::Sha256 => taken(&mut Sha256::digest(data)),
            Self::Sha512 => taken(&mut Sha512::digest(data)),
        }
    }

    /// `HMAC(key, parts)`, the parts one after the other.
    pub(super) fn hmac(self, key: &[u8], parts: &[&str]) -> Octets {
        match self {
            Self::Sha1 => hmac::<Sha1>(key, parts),
            Self::Sha256 => hmac::<Sha256>(key, parts),
            Self::Sha512 => hmac::<Sha512>(key, parts),
        }
    }

    /// `Hi(password, salt, iterations)`: PBKDF2 with one block of output. This is the expensive one.
    pub(super) fn stretch(self, password: &str, salt: &[u8], iterations: u32) -> Octets {
        let password = password.as_bytes();
        let mut out = Octets::new(alloc::vec![0; self.length()]);
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut out.0),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut out.0),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut out.0),
        }
        out
    }
}

/// `a XOR b`; both have the length of one hash.
pub(super) fn xor(a: &[u8], b: &[u8]) -> Octets {
    Octets::new(a.iter().zip(b).map(|(a, b)| a ^ b).collect())
}

/// Whether two secrets are equal, in a time that depends on nothing but their lengths.
pub(super) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

fn hmac<D: EagerHash>(key: &[u8], parts: &[&str]) -> Octets
where
    Hmac<D>: Mac + KeyInit,
{
    let mut mac = <Hmac<D> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part.as_bytes());
    }
    taken(&mut mac.finalize().into_bytes())
}

/// Moves octets off the stack, leaving zeros.
fn taken(octets: &mut [u8]) -> Octets {
    let out = Octets::new(octets.to_vec());
    octets.zeroize();
    out
}
