//! The domainpart: a domain name in Unicode form, or an IP address (RFC 7622 section 3.2).
//!
//! A name of ASCII is decided here. Any other, and a name with an `xn--` label, goes through UTS #46 for its mappings
//! and then has to hold under IDNA2008 as well, which knows no symbols. An IPv4 address has the form of a name. An
//! IPv6 address stands in brackets and keeps its spelling: there is one text for each connection, not for each address.

use alloc::borrow::Cow;
use core::net::Ipv6Addr;

use super::Reason;
#[cfg(feature = "idna")]
use crate::precis;

/// Octets of a label in ASCII form (RFC 1034 section 3.1).
const MAX_LABEL: usize = 63;

/// Characters of a name in ASCII form: 255 octets less the root label and the length of the first.
const MAX_NAME: usize = 253;

/// Brings a domainpart into prepared form; its length in that form is not checked here.
pub(super) fn prepare(domain: &str) -> Result<Cow<'_, str>, Reason> {
    // The final dot goes before everything else.
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    match domain {
        "" => Err(Reason::Empty),
        _ if domain.starts_with('[') => literal(domain),
        _ if is_name(domain) => Ok(Cow::Borrowed(domain)),
        _ if domain.is_ascii() && !has_a_label(domain) => lowercase(domain),
        _ => unicode_name(domain).map(Cow::Owned),
    }
}

/// Whether `domain` is ASCII that [`prepare`] leaves alone.
pub(super) fn is_prepared(domain: &str) -> bool {
    is_name(domain) || is_literal(domain)
}

fn literal(domain: &str) -> Result<Cow<'_, str>, Reason> {
    if is_literal(domain) { Ok(Cow::Borrowed(domain)) } else { Err(Reason::Address) }
}

fn is_literal(domain: &str) -> bool {
    let address = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

/// Whether `domain` consists of NR-LDH labels in lower case (RFC 5890 section 2.3.1).
///
/// One look at each byte: a router asks this of nearly every address.
fn is_name(domain: &str) -> bool {
    let mut label = 0;
    let mut last = b'.';
    for byte in domain.bytes() {
        // A hyphen is not first in a label, nor third and fourth: that is kept for `xn--` and its like.
        if LETTERS_AND_DIGITS[usize::from(byte)] || (byte == b'-' && label > 0 && !(label == 3 && last == b'-')) {
            label += 1;
        } else if byte == b'.' && is_label(label, last) {
            label = 0;
        } else {
            return false;
        }
        last = byte;
    }
    is_label(label, last) && domain.len() <= MAX_NAME
}

/// Whether a label of so many good characters may end after `last`.
fn is_label(length: usize, last: u8) -> bool {
    (1..=MAX_LABEL).contains(&length) && last != b'-'
}

/// The bytes of a label but for the hyphen.
const LETTERS_AND_DIGITS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'0';
    while byte <= b'z' {
        table[byte as usize] = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        byte += 1;
    }
    table
};

/// Whether a label claims to stand for a Unicode one.
fn has_a_label(domain: &str) -> bool {
    domain.split('.').any(|label| label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--")))
}

fn lowercase(domain: &str) -> Result<Cow<'_, str>, Reason> {
    let domain = domain.to_ascii_lowercase();
    if is_name(&domain) { Ok(Cow::Owned(domain)) } else { Err(Reason::Name) }
}

/// The name with its labels in Unicode form.
///
/// UTS #46 maps (case, width, composition, compatible forms) and checks hyphens, joiners, direction and the punycode of
/// A-labels; the lengths count in ASCII form. What it lets pass and IDNA2008 does not (symbols, punctuation, contextual
/// characters out of context) falls to the IdentifierClass, which derives from the same properties as the PVALID of
/// RFC 5892.
#[cfg(feature = "idna")]
fn unicode_name(domain: &str) -> Result<alloc::string::String, Reason> {
    let name = to_unicode(domain)?;
    if to_unicode(&name)? == name { Ok(name) } else { Err(Reason::Unstable) }
}

#[cfg(feature = "idna")]
fn to_unicode(domain: &str) -> Result<alloc::string::String, Reason> {
    use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

    let uts46 = Uts46::new();
    uts46
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
        .map_err(|_| Reason::Name)?;
    let (name, verdict) = uts46.to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    verdict.map_err(|_| Reason::Name)?;
    if name.split('.').all(precis::is_identifier) { Ok(name.into_owned()) } else { Err(Reason::Name) }
}

#[cfg(not(feature = "idna"))]
fn unicode_name(_: &str) -> Result<alloc::string::String, Reason> {
    Err(Reason::Unsupported)
}
