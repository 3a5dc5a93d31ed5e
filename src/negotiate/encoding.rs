//! SASL data inside XML: base64 with `=` for present but empty (RFC 6120 sections 6.4.2 to 6.4.6).

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};

/// Octets that are not what RFC 6120 section 6.4 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadBase64;

/// Reads the content of an `<auth/>`, `<challenge/>`, `<response/>` or `<success/>`: nothing at all, or data.
///
/// Strict: no white space, padding complete, pad bits zero.
pub(crate) fn decode(text: &str) -> Result<Option<Vec<u8>>, BadBase64> {
    match text {
        "" => Ok(None),
        "=" => Ok(Some(Vec::new())),
        _ => Base64::decode_vec(text).map(Some).map_err(|_| BadBase64),
    }
}

/// The content for `data`.
pub(crate) fn encode(data: &[u8]) -> String {
    if data.is_empty() { String::from("=") } else { Base64::encode_string(data) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a04_base64_is_strict() {
        assert_eq!(decode(""), Ok(None));
        assert_eq!(decode("="), Ok(Some(Vec::new())));
        assert_eq!(decode("YQ=="), Ok(Some(b"a".to_vec())));
        for bad in ["YQ", "YQ=", "YR==", " YQ==", "YQ==\n", "Y Q=", "====", "é"] {
            assert_eq!(decode(bad), Err(BadBase64), "{bad:?}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for data in [&b""[..], b"a", b"ab", b"abc", b"\0\xff"] {
            assert_eq!(decode(&encode(data)), Ok(Some(data.to_vec())));
        }
    }
}
