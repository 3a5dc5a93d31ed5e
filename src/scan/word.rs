//! Up to 16 octets as one number, so that short names are compared and looked up without a loop.

use core::ops::RangeInclusive;

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

    #[cfg(test)]
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

    /// The first `len` octets alone; all of them where `len` is 16 or more.
    #[inline(always)]
    pub(crate) const fn head(self, len: usize) -> Self {
        if len < Self::LEN { Self(self.0 & ((1 << (8 * len)) - 1)) } else { self }
    }

    /// All octets in 8, to look the word up by.
    #[inline(always)]
    pub(crate) const fn fold(self) -> u64 {
        self.0 as u64 ^ ((self.0 >> 64) as u64).rotate_left(23)
    }
}

/// Up to 8 octets as one number: most names fit. The last octet is the highest, whatever their number: that is one shift
/// from the octets as they lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short(u64);

impl Short {
    /// Octets that fit.
    pub(crate) const LEN: usize = 8;

    /// No octets.
    pub(crate) const EMPTY: Self = Self(0);

    /// What `word`, which holds no octet 0, holds, where it fits; else nothing.
    pub(crate) const fn of(Word(word): Word) -> Self {
        if word == 0 || word >> 64 != 0 {
            return Self::EMPTY;
        }
        let octets = word as u64;
        Self(octets << (octets.leading_zeros() / 8 * 8))
    }

    /// The first `len` octets of `octets`, 1 to 8.
    #[inline(always)]
    pub(crate) const fn head(octets: u64, len: usize) -> Self {
        Self(octets << ((Self::LEN - len) * 8 % 64))
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The octets, to look the text up by.
    #[inline(always)]
    pub(crate) const fn fold(self) -> u64 {
        self.0
    }
}

/// 9 to 16 octets: the first 8, and the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Long(u64, Short);

impl Long {
    /// How many octets there may be.
    pub(crate) const LENS: RangeInclusive<usize> = Short::LEN + 1..=Word::LEN;

    /// No octets.
    pub(crate) const EMPTY: Self = Self(0, Short::EMPTY);

    /// What `word`, which holds no octet 0, holds, where it is long enough; else nothing.
    pub(crate) const fn of(Word(word): Word) -> Self {
        match word >> 64 {
            0 => Self::EMPTY,
            rest => Self(word as u64, Short::of(Word(rest))),
        }
    }

    /// The first `len` octets, 9 to 16, of `first` and what follows it.
    #[inline(always)]
    pub(crate) const fn head(first: u64, rest: u64, len: usize) -> Self {
        Self(first, Short::head(rest, len - Short::LEN))
    }

    /// All octets in 8, to look the text up by.
    #[inline(always)]
    pub(crate) const fn fold(self) -> u64 {
        self.0 ^ self.1.0.rotate_left(23)
    }
}

/// How many of 8 octets stand before the first space; 8 where none is a space.
#[inline(always)]
pub(crate) const fn before_space(octets: u64) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    let differs = octets ^ (ONES * b' ' as u64);
    // The lowest zero octet is found exactly: borrows only go up from it.
    let zeros = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
    (zeros.trailing_zeros() / 8) as usize
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
fn ends<const LEN: usize>(octets: &[u8]) -> Option<([u8; LEN], [u8; LEN])> {
    Some((*octets.first_chunk()?, *octets.last_chunk()?))
}
