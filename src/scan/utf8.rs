//! UTF-8, with the exact octet at which it stops being that.

use super::count;

/// The longest valid start of some octets, and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checked<'a> {
    pub(crate) text: &'a str,
    pub(crate) edge: Edge,
}

/// What follows checked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Nothing, or the start of a sequence that further octets may complete.
    Open,
    /// An octet that cannot stand there, this many octets after the end of the text (0 to 3).
    Bad(u8),
}

/// Splits `bytes` at the first octet that is not part of a complete, valid sequence.
///
/// The bad octet is the first with which no valid text can begin: the fourth of `F0 80 80 80` is never looked at, as
/// the second already is wrong. Where it lies does not depend on how many octets after it are known.
pub(crate) fn check(bytes: &[u8]) -> Checked<'_> {
    count(bytes.len());
    // The check that does not say where is twice as fast, and enough nearly always.
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Checked { text, edge: Edge::Open };
    }
    let error = match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => return Checked { text, edge: Edge::Open },
        Err(error) => error,
    };
    let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
    let edge = match error.error_len() {
        None => Edge::Open,
        Some(_) if rest.first().is_some_and(|&lead| !may_lead(lead)) => Edge::Bad(0),
        Some(len) => Edge::Bad(u8::try_from(len).unwrap_or(0)),
    };
    // A second pass over the valid start spares an unchecked conversion; only a piece that ends badly or amid a
    // sequence pays for it.
    let text = simdutf8::basic::from_utf8(valid).unwrap_or("");
    Checked { text, edge }
}

/// Whether some valid sequence begins with `byte`.
const fn may_lead(byte: u8) -> bool {
    matches!(byte, 0..=0x7f | 0xc2..=0xf4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where no continuation can be valid any more, found by trying all.
    fn bad_octet(bytes: &[u8]) -> Option<usize> {
        (0..bytes.len()).find(|&at| {
            let head = bytes.get(..=at).unwrap_or(&[]);
            core::str::from_utf8(head).is_err_and(|error| error.error_len().is_some())
        })
    }

    fn assert_agrees(bytes: &[u8]) {
        let checked = check(bytes);
        let found = match checked.edge {
            Edge::Open => None,
            Edge::Bad(past) => Some(checked.text.len() + usize::from(past)),
        };
        assert_eq!(found, bad_octet(bytes), "{bytes:02x?}");
    }

    #[test]
    fn x08_every_pair_and_every_lead_of_four() {
        for a in 0..=255u8 {
            for b in 0..=255u8 {
                assert_agrees(&[b'x', a, b]);
                assert_agrees(&[a, b, 0x80, 0x80]);
                assert_agrees(&[a, b, 0xbf, b'<']);
            }
        }
    }

    #[test]
    fn incomplete_sequence_waits() {
        assert_eq!(check(b"ab\xe2\x82"), Checked { text: "ab", edge: Edge::Open });
        assert_eq!(check(b"ab\xe2<"), Checked { text: "ab", edge: Edge::Bad(1) });
    }
}
