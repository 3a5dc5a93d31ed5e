//! SASL data inside XML: base64 with `=` for present but empty (RFC 6120 sections 6.4.2 to 6.4.6).
//!
//! It may be a password in clear: what is made of it here, either way, is wiped on drop.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use crate::stanza::{Node, Stanza};

/// Octets that are not what RFC 6120 section 6.4 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadBase64;

/// Reads the content of an `<auth/>`, `<challenge/>`, `<response/>` or `<success/>`: nothing at all, or data.
///
/// Strict: no white space, padding complete, pad bits zero.
fn decode(text: &str) -> Result<Option<Zeroizing<Vec<u8>>>, BadBase64> {
    match text {
        "" => Ok(None),
        "=" => Ok(Some(Zeroizing::default())),
        _ => {
            // What was decoded before a fault is wiped, too.
            let mut data = Zeroizing::new(vec![0; text.len() / 4 * 3]);
            let len = Base64::decode(text, &mut data).map_err(|_| BadBase64)?.len();
            data.truncate(len);
            Ok(Some(data))
        }
    }
}

/// As [`decode`], of what `stanza` holds.
pub(crate) fn read(stanza: Stanza<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, BadBase64> {
    // Sized at once, as no value is longer than what stands for it: one that grew would leave parts behind.
    let mut text = Zeroizing::new(String::with_capacity(stanza.raw().len()));
    for run in stanza.root().children().filter_map(Node::as_text) {
        run.decode_into(&mut text);
    }
    decode(&text)
}

/// The content for `data`.
pub(crate) fn encode(data: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(if data.is_empty() { String::from("=") } else { Base64::encode_string(data) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Limits, Parser, Unit};
    use alloc::format;

    #[test]
    fn a04_base64_is_strict() {
        assert_eq!(decode(""), Ok(None));
        assert_eq!(decode("="), Ok(Some(Zeroizing::default())));
        assert_eq!(decode("YQ=="), Ok(Some(Zeroizing::new(b"a".to_vec()))));
        for bad in ["YQ", "YQ=", "YR==", "Y", "YWFh=", "YWFhYQ", "YWFhYQ=", " YQ==", "YQ==\n", "Y Q=", "====", "é"] {
            assert_eq!(decode(bad), Err(BadBase64), "{bad:?}");
        }
    }

    #[test]
    fn what_does_not_read_as_written_is_decoded_first() {
        for content in ["YQ==", "&#89;Q==", "<![CDATA[YQ==]]>", "YQ<b/>=="] {
            let text = format!("<auth>{content}</auth>");
            let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
            let mut feed = input.with(text.as_bytes());
            let Ok(Some(Unit::Stanza(stanza))) = parser.next(&mut feed) else { panic!("no stanza: {text}") };
            assert_eq!(read(stanza), Ok(Some(Zeroizing::new(b"a".to_vec()))), "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for data in [&b""[..], b"a", b"ab", b"abc", b"\0\xff"] {
            assert_eq!(decode(&encode(data)), Ok(Some(Zeroizing::new(data.to_vec()))));
        }
    }
}
