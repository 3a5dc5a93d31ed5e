//! The grammar of SCRAM's four messages (RFC 5802 section 7), read and written.
//!
//! In: text as it arrived. Out: its attributes, checked for form, order and repetition. Extensions that may be ignored
//! are ignored; a mandatory one (`m`) is refused, and so is an attribute of the RFC in a place that is not its own.
//!
//! It knows no keys, and does not judge values: a nonce may be anyone's, an iteration count anything.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::sasl::binding::Flag;

/// Why a message cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It requires an extension (`m=`), and we know none.
    Extension,
    /// It does not follow the grammar.
    Syntax,
}

/// client-first-message.
#[derive(Debug)]
pub(super) struct ClientFirst<'a> {
    /// The channel binding flag: `n`, `y` or `p=name`.
    pub(super) flag: Flag<&'a str>,
    /// Everything before `bare`, both commas included.
    pub(super) gs2: &'a str,
    /// Everything that is signed.
    pub(super) bare: &'a str,
    pub(super) authzid: Option<String>,
    pub(super) username: String,
    pub(super) nonce: &'a str,
}

impl<'a> ClientFirst<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, Refusal> {
        let text = utf8(data)?;
        let (flag, rest) = text.split_once(',').ok_or(Refusal::Syntax)?;
        let (authzid, bare) = rest.split_once(',').ok_or(Refusal::Syntax)?;
        let gs2 = text.strip_suffix(bare).ok_or(Refusal::Syntax)?;
        let flag = match (flag, flag.strip_prefix("p=")) {
            ("n", _) => Flag::Unable,
            ("y", _) => Flag::Unoffered,
            (_, Some(name)) if is_binding_name(name) => Flag::Bound(name),
            _ => return Err(Refusal::Syntax),
        };
        let authzid = match authzid {
            "" => None,
            _ => Some(saslname(authzid.strip_prefix("a=").ok_or(Refusal::Syntax)?)?),
        };
        let mut attributes = Attributes::new(bare);
        let username = saslname(attributes.expect(b'n')?)?;
        let nonce = printable(attributes.expect(b'r')?)?;
        attributes.ignore_extensions()?;
        Ok(Self { flag, gs2, bare, authzid, username, nonce })
    }
}

/// server-first-message.
#[derive(Debug)]
pub(super) struct ServerFirst<'a> {
    pub(super) nonce: &'a str,
    pub(super) salt: Vec<u8>,
    /// `u32::MAX` for any number above.
    pub(super) iterations: u32,
}

impl<'a> ServerFirst<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Refusal> {
        let mut attributes = Attributes::new(text);
        let nonce = printable(attributes.expect(b'r')?)?;
        let salt = base64(attributes.expect(b's')?)?;
        let iterations = positive(attributes.expect(b'i')?).ok_or(Refusal::Syntax)?;
        attributes.ignore_extensions()?;
        Ok(Self { nonce, salt, iterations })
    }
}

/// client-final-message.
#[derive(Debug)]
pub(super) struct ClientFinal<'a> {
    /// Everything before `,p=`: the part that is signed.
    pub(super) signed: &'a str,
    /// The channel binding in base64, as sent.
    pub(super) binding: &'a str,
    pub(super) nonce: &'a str,
    pub(super) proof: Vec<u8>,
}

impl<'a> ClientFinal<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, Refusal> {
        let (signed, last) = utf8(data)?.rsplit_once(',').ok_or(Refusal::Syntax)?;
        let proof = base64(Attributes::new(last).expect(b'p')?)?;
        let mut attributes = Attributes::new(signed);
        let binding = attributes.expect(b'c')?;
        let nonce = printable(attributes.expect(b'r')?)?;
        attributes.ignore_extensions()?;
        Ok(Self { signed, binding, nonce, proof })
    }
}

/// server-final-message.
#[derive(Debug)]
pub(super) enum ServerFinal {
    /// `v=`: the server's signature.
    Signature(Vec<u8>),
    /// `e=`: the server's reason to refuse. Its text is not passed on: nothing signs it.
    Refused,
}

impl ServerFinal {
    pub(super) fn parse(data: &[u8]) -> Result<Self, Refusal> {
        let mut attributes = Attributes::new(utf8(data)?);
        let parsed = match attributes.next()? {
            Some((b'v', value)) => Self::Signature(base64(value)?),
            Some((b'e', _)) => Self::Refused,
            Some((b'm', _)) => return Err(Refusal::Extension),
            _ => return Err(Refusal::Syntax),
        };
        attributes.ignore_extensions()?;
        Ok(parsed)
    }
}

/// The value of `c=`: the GS2 header, and behind it the octets that are bound to, if any.
pub(super) fn binding(gs2: &str, data: &[u8]) -> Zeroizing<String> {
    let mut input = Zeroizing::new(Vec::with_capacity(gs2.len() + data.len()));
    input.extend_from_slice(gs2.as_bytes());
    input.extend_from_slice(data);
    Zeroizing::new(Base64::encode_string(&input))
}

/// Text of a message.
pub(super) fn utf8(data: &[u8]) -> Result<&str, Refusal> {
    core::str::from_utf8(data).map_err(|_| Refusal::Syntax)
}

/// `posit-number`: decimal digits without a leading zero. `u32::MAX` for any number above.
pub(super) fn positive(text: &str) -> Option<u32> {
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

/// Appends a name with `,` and `=` escaped.
pub(super) fn write_saslname(name: &str, out: &mut String) {
    for c in name.chars() {
        match c {
            ',' => out.push_str("=2C"),
            '=' => out.push_str("=3D"),
            _ => out.push(c),
        }
    }
}

/// Reads a name with `,` and `=` escaped. Any other `=` is refused.
fn saslname(text: &str) -> Result<String, Refusal> {
    let mut pieces = text.split('=');
    let mut name = String::from(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (c, rest) = match (piece.strip_prefix("2C"), piece.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return Err(Refusal::Syntax),
        };
        name.push(c);
        name.push_str(rest);
    }
    if name.is_empty() || name.contains('\0') { Err(Refusal::Syntax) } else { Ok(name) }
}

fn base64(text: &str) -> Result<Vec<u8>, Refusal> {
    Base64::decode_vec(text).map_err(|_| Refusal::Syntax)
}

fn printable(text: &str) -> Result<&str, Refusal> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(text) } else { Err(Refusal::Syntax) }
}

fn is_binding_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

/// Attributes `x=value`, separated by commas, from left to right.
struct Attributes<'a> {
    rest: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: Some(text) }
    }

    /// The next attribute, which must be `name`.
    fn expect(&mut self, name: u8) -> Result<&'a str, Refusal> {
        match self.next()? {
            Some((found, value)) if found == name => Ok(value),
            Some((b'm', _)) => Err(Refusal::Extension),
            _ => Err(Refusal::Syntax),
        }
    }

    /// Reads on to the end. Extensions have letters that the RFC does not use, each at most once.
    fn ignore_extensions(mut self) -> Result<(), Refusal> {
        let mut seen = Vec::from(b"anrcsipve");
        while let Some((name, _)) = self.next()? {
            if name == b'm' {
                return Err(Refusal::Extension);
            }
            if seen.contains(&name) {
                return Err(Refusal::Syntax);
            }
            seen.push(name);
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<(u8, &'a str)>, Refusal> {
        let Some(text) = self.rest else { return Ok(None) };
        let (attribute, rest) = match text.split_once(',') {
            Some((attribute, rest)) => (attribute, Some(rest)),
            None => (text, None),
        };
        self.rest = rest;
        match attribute.split_once('=').map(|(name, value)| (name.as_bytes(), value)) {
            Some(([name], value)) if name.is_ascii_alphabetic() && !value.is_empty() && !value.contains('\0') => {
                Ok(Some((*name, value)))
            }
            _ => Err(Refusal::Syntax),
        }
    }
}
