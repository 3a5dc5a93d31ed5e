//! Up to 16 octets as one number, so that short names are compared, looked up and checked without a loop.

use super::arch;

/// The first octets of some text, at most [`Word::LEN`], and zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(u128);

impl Word {
    /// Octets that fit.
    pub(crate) const LEN: usize = 16;

    /// The octets of `text`, which must fit.
    pub(crate) const fn of(text: &str) -> Self {
        assert!(text.len() <= Self::LEN, "too long for a word");
        let mut word = 0;
        let mut at = 0;
        while at < text.len() {
            word |= (text.as_bytes()[at] as u128) << (8 * at);
            at += 1;
        }
        Self(word)
    }

    /// The octets of `text` where it fits, else its last ones.
    pub(crate) const fn last_of(text: &str) -> Self {
        match text.as_bytes().last_chunk::<{ Self::LEN }>() {
            Some(last) => Self(u128::from_le_bytes(*last)),
            None => Self::of(text),
        }
    }

    /// A space, `name` and `=`, where that fits; else nothing.
    pub(crate) const fn as_attribute(name: &str) -> Self {
        if name.len() + 2 > Self::LEN {
            return Self(0);
        }
        let Self(word) = Self::of(name);
        Self(b' ' as u128 | (word << 8) | (b'=' as u128) << (8 * (name.len() + 1)))
    }

    #[inline(always)]
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// 16 octets from `at` on; zeros behind the end of `octets`.
    #[inline(always)]
    pub(crate) fn load(octets: &[u8], at: usize) -> Self {
        match octets.get(at..).and_then(<[u8]>::first_chunk) {
            Some(whole) => Self(u128::from_le_bytes(*whole)),
            None => Self::load_end(octets, at),
        }
    }

    /// The number of the first octet that is `wanted`; 16 where none is.
    #[inline(always)]
    pub(crate) fn find(self, wanted: u8) -> usize {
        Self::find_in(&self.octets(), wanted)
    }

    /// The same in 16 octets.
    #[inline(always)]
    pub(super) fn find_in(octets: &[u8; Self::LEN], wanted: u8) -> usize {
        (arch::any_of(octets, [wanted; 4]) | 1 << Self::LEN).trailing_zeros() as usize
    }

    /// The octets, and zeros.
    #[inline(always)]
    pub(crate) const fn octets(self) -> [u8; Self::LEN] {
        self.0.to_le_bytes()
    }

    /// The first 8 octets.
    #[inline(always)]
    pub(crate) const fn low(self) -> u64 {
        self.0 as u64
    }

    #[cold]
    pub(super) fn load_end(octets: &[u8], at: usize) -> Self {
        let mut word = [0; Self::LEN];
        for (to, from) in word.iter_mut().zip(octets.get(at..).unwrap_or(&[])) {
            *to = *from;
        }
        Self(u128::from_le_bytes(word))
    }

    /// The first `len` of 8 octets alone; all of them where `len` is 8 or more.
    #[inline(always)]
    pub(crate) fn head_of_half(half: u64, len: usize) -> u64 {
        Self(half.into()).head(len).low()
    }

    /// The first `len` octets alone; all of them where `len` is 16 or more.
    #[inline(always)]
    pub(crate) fn head(self, len: usize) -> Self {
        /// Ones for what is to stay, and zeros, from where a load begins: a shift of 128 bits takes several
        /// instructions.
        static MASKS: [u8; 2 * Word::LEN] = {
            let mut masks = [0; 2 * Word::LEN];
            let mut at = 0;
            while at < Word::LEN {
                masks[at] = 0xff;
                at += 1;
            }
            masks
        };
        let Self(mask) = Self::load(&MASKS, Self::LEN - len.min(Self::LEN));
        Self(self.0 & mask)
    }

    /// Whether the first `len` octets, at most 16, are a name in ASCII, and without a colon (XML 1.0 production 5).
    #[inline(always)]
    pub(crate) fn is_name(self, len: usize) -> bool {
        let (start, any) = arch::name_octets(&self.octets());
        start & 1 == 1 && any.trailing_ones() as usize >= len && len > 0
    }

    /// Whether the first `len` octets are a space, such a name and a `=`.
    #[inline(always)]
    pub(crate) fn is_attribute(self, len: usize) -> bool {
        let Self(word) = self;
        len.checked_sub(2).is_some_and(|name| len <= Self::LEN && Self(word >> 8).is_name(name))
            && word as u8 == b' '
            && self.find(b'=') + 1 == len
    }

    /// The octets that differ from those of `other`, and zeros for those that do not.
    #[inline(always)]
    pub(crate) const fn differ(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// All octets in 8, to look the word up by.
    #[inline(always)]
    pub(crate) const fn fold(self) -> u64 {
        self.0 as u64 ^ ((self.0 >> 64) as u64).rotate_left(23)
    }
}

/// Where a word comes from, so that half of it is read where half suffices: a load of 16 octets, and what it takes to
/// narrow them, costs more.
pub(crate) trait Load: Copy {
    /// Its first 8 octets.
    fn half(self) -> u64;

    /// All of it.
    fn word(self) -> Word;
}

impl Load for Word {
    #[inline(always)]
    fn half(self) -> u64 {
        self.low()
    }

    #[inline(always)]
    fn word(self) -> Word {
        self
    }
}

impl From<[u8; Word::LEN]> for Word {
    #[inline(always)]
    fn from(octets: [u8; Word::LEN]) -> Self {
        Self(u128::from_le_bytes(octets))
    }
}

/// Whether two pieces of text are equal, for pieces that mostly are, and are short.
#[inline(always)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    // Both ends are compared, which overlap, and where they do not meet, what lies between.
    match (ends::<16>(a), ends::<16>(b)) {
        (Some(a_ends), Some(b_ends)) => {
            let differ = |(one, other): ([u8; 16], [u8; 16])| u128::from_le_bytes(one) ^ u128::from_le_bytes(other);
            let differ = differ((a_ends.0, b_ends.0)) | differ((a_ends.1, b_ends.1));
            differ == 0 && (a.len() <= 32 || a.get(16..a.len() - 16) == b.get(16..b.len() - 16))
        }
        _ => match (ends::<8>(a), ends::<8>(b)) {
            (Some(a), Some(b)) => {
                let differ = |one, other| u64::from_le_bytes(one) ^ u64::from_le_bytes(other);
                differ(a.0, b.0) | differ(a.1, b.1) == 0
            }
            _ => a == b,
        },
    }
}

/// The first and the last octets, which may overlap.
#[inline(always)]
pub(super) fn ends<const LEN: usize>(octets: &[u8]) -> Option<([u8; LEN], [u8; LEN])> {
    Some((*octets.first_chunk()?, *octets.last_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0123456789abcdef";

    #[test]
    fn a_head_is_the_first_octets_alone() {
        for len in 0..=Word::LEN + 1 {
            let head = Word::of(&TEXT[..len.min(Word::LEN)]);
            assert_eq!(Word::of(TEXT).head(len), head);
            assert!(Word::of(TEXT).differ(head).head(len).is_empty());
        }
    }

    #[test]
    fn a_name_is_one_up_to_its_length() {
        for (text, len) in [("body>hi</body>", 4), ("_x.1-y z", 6), ("abcdefghijklmnop", 16), ("a", 1)] {
            for tried in 0..=Word::LEN {
                assert_eq!(Word::of(text).is_name(tried), (1..=len).contains(&tried), "{text} {tried}");
            }
        }
        for text in ["", "1a", "-a", ".a", ":a", " a", "\u{e9}a", "@", "[", "`", "{"] {
            assert!(!Word::of(text).is_name(1), "{text}");
        }
        assert!(!Word::of("a:b").is_name(3));
    }

    #[test]
    fn an_attribute_is_a_space_a_name_and_an_equals_sign() {
        for (text, len) in [(" id='x'", 4), (" abcdefghijklmn=", 16), (" _=", 3)] {
            for tried in 0..=Word::LEN + 2 {
                assert_eq!(Word::of(text).is_attribute(tried), tried == len, "{text} {tried}");
            }
        }
        for (text, len) in [("xid=", 4), (" id'", 4), (" =", 2), ("  id=", 5), (" i d=", 5), (" a:b=", 5), (" 1=", 3)] {
            assert!(!Word::of(text).is_attribute(len), "{text}");
        }
    }

    #[test]
    fn an_octet_is_found_or_none() {
        for (at, octet) in TEXT.bytes().enumerate() {
            assert_eq!(Word::of(TEXT).find(octet), at);
        }
        assert_eq!(Word::of(TEXT).find(b' '), Word::LEN);
    }
}
