//! Texts by number: a search tree on the first bit that tells two texts apart (a crit-bit tree).
//!
//! In: texts without the octet 0, each with a number that its owner chose. Out: the number of the one text that a
//! given text may be equal to. A search looks at single bits of the key, at most each once, then the owner compares
//! once: cost is bounded by the length of the key alone, so no choice of texts makes it slow. The tree holds no text
//! and hashes nothing.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

/// Either a text's number or a branch.
#[derive(Clone, Copy, Debug)]
enum Link {
    Text(u32),
    Branch(u32),
}

/// Texts that agree before `bit` of octet `at`, parted by it.
#[derive(Clone, Copy, Debug)]
struct Branch {
    at: u32,
    /// The one bit set that parts them.
    bit: u8,
    zero: Link,
    one: Link,
}

impl Branch {
    fn side(&self, key: &str) -> Link {
        if octet(key, self.at) & self.bit == 0 { self.zero } else { self.one }
    }

    /// Whether this branch parts earlier in the text than octet `at`, bit `bit`.
    fn before(&self, at: u32, bit: u8) -> bool {
        (self.at, core::cmp::Reverse(self.bit)) < (at, core::cmp::Reverse(bit))
    }
}

/// Past its end a text reads as 0, which no text holds, so that no text is a prefix of another.
fn octet(text: &str, at: u32) -> u8 {
    text.as_bytes().get(at as usize).copied().unwrap_or(0)
}

#[derive(Clone, Debug, Default)]
pub(super) struct Trie {
    branches: Vec<Branch>,
    root: Option<Link>,
}

impl Trie {
    pub(super) fn clear(&mut self) {
        self.branches.clear();
        self.root = None;
    }

    pub(super) fn shrink_to(&mut self, kept: usize) {
        self.branches.shrink_to(kept);
    }

    /// Octets on the heap.
    pub(super) fn heap(&self) -> usize {
        self.branches.capacity() * size_of::<Branch>()
    }

    /// The number of the only text in the tree that may equal `key`.
    pub(super) fn nearest(&self, key: &str) -> Option<u32> {
        let mut link = self.root?;
        loop {
            match link {
                Link::Text(number) => return Some(number),
                Link::Branch(at) => link = self.branches.get(at as usize)?.side(key),
            }
        }
    }

    /// Adds `key` under `number`. `nearest` is the text that [`Self::nearest`] named, which must differ from `key`.
    pub(super) fn insert(&mut self, key: &str, number: u32, nearest: Option<&str>) -> Result<(), TryReserveError> {
        let Some((at, bit)) = nearest.and_then(|nearest| parting(key, nearest)) else {
            self.root = Some(Link::Text(number));
            return Ok(());
        };
        self.branches.try_reserve(1)?;
        let fresh = Link::Branch(u32::try_from(self.branches.len()).unwrap_or(u32::MAX));
        let below = core::mem::replace(self.slot(key, at, bit), fresh);
        let text = Link::Text(number);
        let (zero, one) = if octet(key, at) & bit == 0 { (text, below) } else { (below, text) };
        self.branches.push(Branch { at, bit, zero, one });
        Ok(())
    }

    /// The link on the way to `key` that a branch at this place must take over.
    fn slot(&mut self, key: &str, at: u32, bit: u8) -> &mut Link {
        let mut up: Option<u32> = None;
        let mut link = self.root;
        while let Some(Link::Branch(index)) = link {
            match self.branches.get(index as usize).filter(|branch| branch.before(at, bit)) {
                Some(branch) => link = Some(branch.side(key)),
                None => break,
            }
            up = Some(index);
        }
        match up.and_then(|index| self.branches.get_mut(index as usize)) {
            Some(branch) if octet(key, branch.at) & branch.bit == 0 => &mut branch.zero,
            Some(branch) => &mut branch.one,
            None => self.root.get_or_insert(Link::Text(0)),
        }
    }
}

/// The first octet in which two texts differ, and the highest bit of it that does; nothing for equal texts.
fn parting(a: &str, b: &str) -> Option<(u32, u8)> {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let at = u32::try_from(common).ok()?;
    let differing = octet(a, at) ^ octet(b, at);
    let highest = 0x80u8.checked_shr(differing.leading_zeros())?;
    Some((at, highest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn add(trie: &mut Trie, texts: &mut Vec<String>, text: String) {
        let nearest = trie.nearest(&text);
        let near = nearest.and_then(|at| texts.get(at as usize)).map(String::as_str);
        assert_ne!(near, Some(text.as_str()), "added twice");
        trie.insert(&text, u32::try_from(texts.len()).unwrap_or(0), near).expect("memory");
        texts.push(text);
    }

    #[test]
    fn every_text_finds_itself_and_no_other() {
        let mut trie = Trie::default();
        let mut texts = Vec::new();
        for text in ["", "a", "b", "ab", "abc", "é", "\u{10ffff}", "x".repeat(300).as_str()] {
            add(&mut trie, &mut texts, text.into());
        }
        for number in 0..2_000u32 {
            add(&mut trie, &mut texts, format!("p{}", number.wrapping_mul(2_654_435_761)));
        }
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(trie.nearest(text).map(|at| at as usize), Some(number), "{text}");
        }
        let stranger = trie.nearest("absent").and_then(|at| texts.get(at as usize));
        assert_ne!(stranger.map(String::as_str), Some("absent"));
    }

    #[test]
    fn cleared_is_empty() {
        let mut trie = Trie::default();
        trie.insert("a", 7, None).expect("memory");
        assert_eq!(trie.nearest("zzz"), Some(7));
        trie.clear();
        assert_eq!(trie.nearest("a"), None);
    }
}
