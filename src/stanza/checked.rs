//! Octets of a stanza that several owners share, known to be UTF-8.
//!
//! In: text that was checked, perhaps with the buffer it lies in. Out: the same text, as often as wanted, without
//! another look at it. Unsafe code is allowed here for that one conversion.
#![allow(unsafe_code)]

use bytes::Bytes;

/// Text in a reference-counted buffer.
#[derive(Clone)]
pub(super) struct Checked {
    // INVARIANT: valid UTF-8. Set by the two constructors, both of which are given a `str`, and never changed.
    octets: Bytes,
}

impl Checked {
    /// A copy of `text`.
    pub(super) fn copied(text: &str) -> Self {
        Self { octets: Bytes::copy_from_slice(text.as_bytes()) }
    }

    /// A share of the buffer that `text` lies in; nothing where it lies elsewhere.
    pub(super) fn shared(text: &str, buffer: &Bytes) -> Option<Self> {
        let start = text.as_ptr().addr().checked_sub(buffer.as_ptr().addr())?;
        let end = start.checked_add(text.len())?;
        // Both are borrowed here, so octets at the same addresses are the same octets.
        (end <= buffer.len()).then(|| Self { octets: buffer.slice(start..end) })
    }

    pub(super) fn as_str(&self) -> &str {
        debug_assert!(core::str::from_utf8(&self.octets).is_ok());
        // SAFETY:
        // - The octets were those of a `str` when this was made: copied from it, or found to lie where it lay.
        // - They are the same now. A `Bytes` lends its memory for reading only, and gives it back for writing
        //   (`try_into_mut`, `From<Bytes> for Vec`) only to one that shares it with nobody, or copies; this one holds
        //   a share as long as it lives and is never given away. Where the memory has an owner of its own
        //   (`Bytes::from_owner`), it is what that owner lent as `&[u8]`, which safe code cannot write to while it is
        //   lent; an owner that can, such as a map of a file that others write to, has broken that promise in unsafe
        //   code of its own, and every reader of the `Bytes` with it.
        unsafe { core::str::from_utf8_unchecked(&self.octets) }
    }

    pub(super) fn octets(&self) -> &Bytes {
        &self.octets
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn within(buffer: &Bytes, from: usize, to: usize) -> &str {
        core::str::from_utf8(&buffer[from..to]).unwrap()
    }

    #[test]
    fn text_in_the_buffer_is_shared_whatever_part_it_is() {
        let buffer = Bytes::from_static("a\u{20ac}bc".as_bytes());
        for (from, to) in [(0, buffer.len()), (0, 1), (1, 4), (4, 6), (6, 6)] {
            let text = within(&buffer, from, to);
            let shared = Checked::shared(text, &buffer).unwrap();
            assert_eq!(shared.as_str(), text);
            assert!(text.is_empty() || shared.octets().as_ptr() == text.as_ptr());
        }
    }

    #[test]
    fn text_beside_the_buffer_is_not() {
        let whole = Bytes::from_static(b"abcdefgh");
        let buffer = whole.slice(2..6);
        for (from, to) in [(0, 2), (0, 3), (1, 6), (2, 7), (5, 7), (6, 8), (7, 8), (0, 8)] {
            assert!(Checked::shared(within(&whole, from, to), &buffer).is_none(), "{from}..{to}");
        }
        assert!(Checked::shared("elsewhere", &buffer).is_none());
        assert!(Checked::shared("x", &Bytes::new()).is_none());
    }

    #[test]
    fn a_share_outlives_the_buffer() {
        let buffer = Bytes::from(b"Mantua, Verona".to_vec());
        let shared = Checked::shared(within(&buffer, 8, 14), &buffer).unwrap();
        assert!(buffer.try_into_mut().is_err(), "nobody may write to what is shared");
        let copied = Checked::copied(shared.as_str());
        assert_eq!((shared.as_str(), copied.as_str()), ("Verona", "Verona"));
    }
}
