//! What a server stores instead of a password, and the account that holds it.
//!
//! In: a password once, or the stored text. Out: keys that can check a proof of the password and prove to the client
//! that the server knows it. The password cannot be had back from them except by guessing,
//! at the price of the iterations.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::hash::{Hash, Octets, equal};
use super::{ITERATIONS_DEFAULT, ITERATIONS_MAX, ITERATIONS_MIN, SALT_BYTES};
use crate::sasl::crypto::Provider;
use crate::sasl::{KeysError, Mechanism, Secret, prep};

/// The keys of one user for one hash (RFC 5802 section 3: StoredKey, ServerKey, salt, iteration count).
///
/// Who reads them can pretend to be the server, so they are wiped on drop and `Debug` does not show them.
#[derive(Clone)]
pub struct Keys {
    hash: Hash,
    iterations: u32,
    salt: Vec<u8>,
    stored: Octets,
    server: Octets,
}

impl Keys {
    /// Keys for `password`, prepared by RFC 8265. The salt should be random and of this user alone;
    /// 16 octets are usual.
    ///
    /// # Errors
    /// [`KeysError::Password`], [`KeysError::Salt`] or [`KeysError::Iterations`].
    pub fn derive(hash: Hash, password: &Secret, salt: &[u8], iterations: u32) -> Result<Self, KeysError> {
        check(salt, iterations)?;
        let password = prep::password(password).map_err(KeysError::Password)?;
        let salted = hash.stretch(password.expose(), salt, iterations);
        let stored = hash.digest(&client_key(hash, &salted));
        Ok(Self { hash, iterations, salt: salt.to_vec(), stored, server: server_key(hash, &salted) })
    }

    /// The stored form: `SCRAM-SHA-256$4096:salt$stored-key:server-key`, binary parts in base64 (the layout of
    /// RFC 5803, as databases of other servers hold it).
    ///
    /// ```
    /// use tercet::sasl::{Secret, scram::{Hash, Keys}};
    /// let keys = Keys::derive(Hash::Sha1, &Secret::new("pencil".into()), b"salt", 4096)?;
    /// let text = keys.to_text();
    /// assert!(text.expose().starts_with("SCRAM-SHA-1$4096:c2FsdA==$"));
    /// assert_eq!(Keys::parse(text.expose())?.iterations(), 4096);
    /// # Ok::<(), tercet::sasl::KeysError>(())
    /// ```
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let stored = Zeroizing::new(Base64::encode_string(&self.stored));
        let server = Zeroizing::new(Base64::encode_string(&self.server));
        let parts = [
            Mechanism::from(self.hash).name(),
            "$",
            &self.iterations.to_string(),
            ":",
            &Base64::encode_string(&self.salt),
            "$",
            &stored,
            ":",
            &server,
        ];
        Secret::new(parts.concat())
    }

    /// Reads the form that [`Keys::to_text`] writes, and nothing else.
    ///
    /// # Errors
    /// [`KeysError::Malformed`], [`KeysError::Salt`] or [`KeysError::Iterations`].
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let (hash, iterations, salt, stored, server) = split(text).ok_or(KeysError::Malformed)?;
        check(&salt, iterations)?;
        Ok(Self { hash, iterations, salt, stored, server })
    }

    /// The hash that the keys are for.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// How often the hash was applied to the password.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The salt, which every client that names the user gets to see.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    pub(super) fn stored_key(&self) -> &[u8] {
        &self.stored
    }

    pub(super) fn server_key(&self) -> &[u8] {
        &self.server
    }

    /// Keys that no password opens: the stored key has no known preimage. The same for the same arguments.
    fn decoy(secret: &[u8], username: &str, hash: Hash, iterations: u32) -> Self {
        let pseudo = |purpose| hash.hmac(secret, &[purpose, "\0", Mechanism::from(hash).name(), "\0", username]);
        let salt = pseudo("salt").iter().copied().take(SALT_BYTES).collect();
        Self { hash, iterations, salt, stored: pseudo("stored key"), server: pseudo("server key") }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("hash", &self.hash).field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// `ClientKey` of RFC 5802 section 3.
pub(super) fn client_key(hash: Hash, salted: &[u8]) -> Octets {
    hash.hmac(salted, &["Client Key"])
}

/// `ServerKey` of RFC 5802 section 3.
pub(super) fn server_key(hash: Hash, salted: &[u8]) -> Octets {
    hash.hmac(salted, &["Server Key"])
}

fn check(salt: &[u8], iterations: u32) -> Result<(), KeysError> {
    if salt.is_empty() {
        return Err(KeysError::Salt);
    }
    if !(ITERATIONS_MIN..=ITERATIONS_MAX).contains(&iterations) {
        return Err(KeysError::Iterations);
    }
    Ok(())
}

fn split(text: &str) -> Option<(Hash, u32, Vec<u8>, Octets, Octets)> {
    let (name, text) = text.split_once('$')?;
    let (stretching, keys) = text.split_once('$')?;
    let (iterations, salt) = stretching.split_once(':')?;
    let (stored, server) = keys.split_once(':')?;
    let hash = Mechanism::from_name(name)?.hash()?;
    let key = |text| Base64::decode_vec(text).ok().map(Octets::new).filter(|key| key.len() == hash.length());
    let salt = Base64::decode_vec(salt).ok()?;
    Some((hash, super::message::positive(iterations)?, salt, key(stored)?, key(server)?))
}

/// What a server keeps of one user: keys for one hash or several.
#[derive(Clone, Debug)]
pub struct Account {
    strongest: Keys,
    others: Vec<Keys>,
}

impl Account {
    /// An account with keys for one hash.
    #[must_use]
    pub const fn new(keys: Keys) -> Self {
        Self { strongest: keys, others: Vec::new() }
    }

    /// An account for `password` with keys for every hash of [`Hash::ALL`], fresh salts, and the usual key stretching.
    ///
    /// # Errors
    /// [`KeysError::Password`] or [`KeysError::Random`].
    pub fn derive(password: &Secret, random: &dyn Provider) -> Result<Self, KeysError> {
        let fresh = |hash| {
            let mut salt = [0; SALT_BYTES];
            random.random(&mut salt)?;
            Keys::derive(hash, password, &salt, ITERATIONS_DEFAULT)
        };
        let account = Self::new(fresh(Hash::STRONGEST)?);
        Hash::ALL.into_iter().skip(1).try_fold(account, |account, hash| Ok(account.with(fresh(hash)?)))
    }

    /// An account that no password opens, the same at each call with the same arguments; for users that do not exist.
    ///
    /// `secret` is the server's own. `hash` and `iterations` should be those of real accounts' strongest keys: they
    /// decide how long a wrong PLAIN password takes, and what a SCRAM client is told.
    #[must_use]
    pub fn decoy(secret: &[u8], username: &str, hash: Hash, iterations: u32) -> Self {
        Self::new(Keys::decoy(secret, username, hash, iterations))
    }

    /// Adds keys, in the place of those for the same hash.
    #[must_use]
    pub fn with(mut self, mut keys: Keys) -> Self {
        if keys.hash == self.strongest.hash {
            self.strongest = keys;
            return self;
        }
        if keys.hash.length() > self.strongest.hash.length() {
            core::mem::swap(&mut keys, &mut self.strongest);
        }
        self.others.retain(|other| other.hash != keys.hash);
        self.others.push(keys);
        self
    }

    /// All keys, those for the strongest hash first.
    pub fn keys(&self) -> impl Iterator<Item = &Keys> {
        core::iter::once(&self.strongest).chain(&self.others)
    }

    /// The keys for `hash`, or a decoy where there are none.
    pub(super) fn keys_for(&self, hash: Hash) -> Keys {
        match self.keys().find(|keys| keys.hash == hash) {
            Some(keys) => keys.clone(),
            // The server key is a secret that is there for certain, stays the same, and is this account's alone,
            // however the client spelled the name.
            None => Keys::decoy(&self.strongest.server, "", hash, self.strongest.iterations),
        }
    }

    /// Whether `password`, as a client sent it in clear, is the right one. Derives keys once, for the strongest hash.
    pub(in crate::sasl) fn opens_with(&self, password: &Secret) -> bool {
        let keys = &self.strongest;
        let Ok(password) = prep::password(password) else { return false };
        let salted = keys.hash.stretch(password.expose(), &keys.salt, keys.iterations);
        equal(&keys.hash.digest(&client_key(keys.hash, &salted)), &keys.stored)
    }
}
