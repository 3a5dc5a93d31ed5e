//! Addresses of XMPP entities (RFC 7622).
//!
//! In: text. Out: an address whose three parts are in the one form that may be compared, or an error that names the
//! part and the reason.
//!
//! ```text
//! juliet @ example.com / balcony
//! local    domain        resource
//! ```
//!
//! [`JidBuf`] owns an address in one buffer; [`Jid`] borrows one and is `Copy`. Invariant of both: the text is prepared
//! (preparing it again changes nothing), so two addresses are equal exactly if their texts are.
//!
//! A router asks [`Jid::prepared`] first: nearly every address on the wire is ASCII in prepared form already and is
//! borrowed as it stands.
//!
//! Without the feature `idna`, anything outside ASCII (and a label of `xn--` form, which stands for it) is an error.
//!
//! This module knows nothing of XML, accounts or the domain name system.

mod domain;
mod error;
mod escape;
mod local;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use memchr::memchr;

use crate::precis::{self, Profile};
pub use error::{Error, Part, Reason};
pub use escape::{escape, unescape};

/// Most octets that a part of an address may have in prepared form (RFC 7622 sections 3.2 to 3.4).
pub const MAX_PART: usize = 1023;

/// Octets of a part beyond which it is refused without a look, because no preparation brings it down to [`MAX_PART`].
///
/// The most that one shrinks is seven octets to two: a full-width `u`, a diaeresis and a macron become `ǖ`.
const MAX_INPUT: usize = 4 * MAX_PART;

/// An address borrowed from text that is in prepared form.
///
/// Equality, order and hash are those of the text.
///
/// ```
/// use tercet::jid::Jid;
/// let jid = Jid::prepared("juliet@example.com/balcony").ok_or("not prepared")?;
/// assert_eq!(jid.local(), Some("juliet"));
/// assert_eq!(jid.domain(), "example.com");
/// assert_eq!(jid.resource(), Some("balcony"));
/// assert_eq!(jid.bare().as_str(), "juliet@example.com");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy)]
pub struct Jid<'a> {
    text: &'a str,
    ends: Ends,
}

/// An address that owns its text, one buffer whatever its parts.
///
/// Equality, order and hash are those of the text, so a map keyed by `JidBuf` can be asked with [`Jid::as_str`].
///
/// ```
/// use tercet::jid::JidBuf;
/// let jid = JidBuf::parse("Juliet@Example.COM./balcony")?;
/// assert_eq!(jid.as_str(), "juliet@example.com/balcony");
/// # Ok::<(), tercet::jid::Error>(())
/// ```
#[derive(Clone)]
pub struct JidBuf {
    text: Box<str>,
    ends: Ends,
}

/// Where the parts end.
///
/// INVARIANT: both are character boundaries of the text that they describe; `local` is 0 or the offset of the `@`
/// that ends the localpart (which is never empty), `domain` is the offset of the `/` that ends the domainpart, or the
/// length of the text. Three parts of 1023 octets and two separators fit a `u16`.
#[derive(Clone, Copy)]
struct Ends {
    local: u16,
    domain: u16,
}

impl Ends {
    fn of(local: Option<&str>, domain: &str) -> Self {
        let local = local.map_or(0, str::len);
        let domain = if local == 0 { domain.len() } else { local + 1 + domain.len() };
        // Parts are checked against MAX_PART before they get here.
        Self { local: local as u16, domain: domain as u16 }
    }
}

impl<'a> Jid<'a> {
    /// Borrows `text` if it is an ASCII address in prepared form, without allocating.
    ///
    /// `None` does not mean that the address is bad: [`JidBuf::parse`] says.
    #[must_use]
    pub fn prepared(text: &'a str) -> Option<Self> {
        let (local, domain, resource) = split(text);
        let prepared = local.is_none_or(local::is_prepared)
            && domain::is_prepared(domain)
            && resource.is_none_or(is_prepared_resource);
        prepared.then(|| Self { text, ends: Ends::of(local, domain) })
    }

    /// The part before the `@`: an account, a room.
    #[must_use]
    pub fn local(self) -> Option<&'a str> {
        match self.ends.local {
            0 => None,
            end => Some(&self.text[..usize::from(end)]),
        }
    }

    /// The part that is always there: a server's name or IP address.
    #[must_use]
    pub fn domain(self) -> &'a str {
        let start = match self.ends.local {
            0 => 0,
            end => usize::from(end) + 1,
        };
        &self.text[start..usize::from(self.ends.domain)]
    }

    /// The part after the first `/`: one connection of an account, an occupant of a room.
    #[must_use]
    pub fn resource(self) -> Option<&'a str> {
        self.text.get(usize::from(self.ends.domain) + 1..)
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// The address without its resource.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { text: &self.text[..usize::from(self.ends.domain)], ends: self.ends }
    }

    /// Whether there is no resource.
    #[must_use]
    pub fn is_bare(self) -> bool {
        self.resource().is_none()
    }

    /// Whether there is a resource.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.resource().is_some()
    }

    /// A copy that owns its text.
    #[must_use]
    pub fn to_buf(self) -> JidBuf {
        JidBuf { text: self.text.into(), ends: self.ends }
    }

    /// The same address with `resource`, prepared, in place of its own.
    ///
    /// # Errors
    /// If `resource` is not a resourcepart.
    pub fn with_resource(self, resource: &str) -> Result<JidBuf, Error> {
        let resource = prepare_resource(resource)?;
        Ok(JidBuf::join(self.local(), self.domain(), Some(&resource)))
    }
}

impl JidBuf {
    /// Reads an address and prepares its parts (RFC 7622 section 3).
    ///
    /// # Errors
    /// The first part, from the left, that is bad, and why; without the feature `idna` [`Reason::Unsupported`] for what
    /// is not ASCII.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Some(jid) = Jid::prepared(text) {
            return Ok(jid.to_buf());
        }
        let (local, domain, resource) = split(text);
        Self::new(local, domain, resource)
    }

    /// Puts an address together from parts, which are prepared.
    ///
    /// # Errors
    /// The first part, from the left, that is bad, and why. A separator inside a localpart or a domainpart is bad.
    pub fn new(local: Option<&str>, domain: &str, resource: Option<&str>) -> Result<Self, Error> {
        let local = local.map(prepare_local).transpose()?;
        let domain = prepare_domain(domain)?;
        let resource = resource.map(prepare_resource).transpose()?;
        Ok(Self::join(local.as_deref(), &domain, resource.as_deref()))
    }

    /// Joins parts that are prepared.
    fn join(local: Option<&str>, domain: &str, resource: Option<&str>) -> Self {
        let length = |part: Option<&str>| part.map_or(0, |part| part.len() + 1);
        let mut text = String::with_capacity(length(local) + domain.len() + length(resource));
        if let Some(local) = local {
            text.push_str(local);
            text.push('@');
        }
        text.push_str(domain);
        if let Some(resource) = resource {
            text.push('/');
            text.push_str(resource);
        }
        Self { text: text.into_boxed_str(), ends: Ends::of(local, domain) }
    }

    /// The address, borrowed.
    #[must_use]
    pub fn as_jid(&self) -> Jid<'_> {
        Jid { text: &self.text, ends: self.ends }
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Splits at the first `/`, then what is before it at the first `@` (RFC 7622 section 3.2: the order matters).
fn split(text: &str) -> (Option<&str>, &str, Option<&str>) {
    let (bare, resource) = match memchr(b'/', text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    match memchr(b'@', bare.as_bytes()) {
        Some(at) => (Some(&bare[..at]), &bare[at + 1..], resource),
        None => (None, bare, resource),
    }
}

fn prepare_local(local: &str) -> Result<Cow<'_, str>, Error> {
    prepare(Part::Local, local, local::prepare)
}

fn prepare_domain(domain: &str) -> Result<Cow<'_, str>, Error> {
    prepare(Part::Domain, domain, domain::prepare)
}

fn prepare_resource(resource: &str) -> Result<Cow<'_, str>, Error> {
    prepare(Part::Resource, resource, |resource| Ok(precis::enforce(Profile::OpaqueString, resource)?))
}

/// Applies the rules of one part. The length counts in prepared form.
fn prepare(
    part: Part,
    text: &str,
    rules: impl Fn(&str) -> Result<Cow<'_, str>, Reason>,
) -> Result<Cow<'_, str>, Error> {
    let outcome = match text.len() {
        0..=MAX_INPUT => rules(text),
        _ => Err(Reason::TooLong),
    };
    match outcome {
        Ok(prepared) if prepared.len() <= MAX_PART => Ok(prepared),
        Ok(_) => Err(Error::new(part, Reason::TooLong)),
        Err(reason) => Err(Error::new(part, reason)),
    }
}

/// Whether `resource` is ASCII that the OpaqueString profile leaves alone.
fn is_prepared_resource(resource: &str) -> bool {
    (1..=MAX_PART).contains(&resource.len())
        && resource.bytes().fold(true, |good, byte| good & matches!(byte, b' '..=b'~'))
}

impl PartialEq for Jid<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Jid<'_> {}

impl PartialOrd for Jid<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Jid<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(other.text)
    }
}

impl Hash for Jid<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Display for Jid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Debug for Jid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.text, f)
    }
}

impl PartialEq for JidBuf {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for JidBuf {}

impl PartialEq<Jid<'_>> for JidBuf {
    fn eq(&self, other: &Jid<'_>) -> bool {
        *self.text == *other.text
    }
}

impl PartialEq<JidBuf> for Jid<'_> {
    fn eq(&self, other: &JidBuf) -> bool {
        *self.text == *other.text
    }
}

impl PartialOrd for JidBuf {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for JidBuf {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for JidBuf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Borrow<str> for JidBuf {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl From<Jid<'_>> for JidBuf {
    fn from(jid: Jid<'_>) -> Self {
        jid.to_buf()
    }
}

impl FromStr for JidBuf {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for JidBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for JidBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

#[cfg(test)]
mod tests;
