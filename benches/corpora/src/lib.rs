//! Made-up XMPP streams of four kinds, for benchmarks.
//!
//! In: a [`Kind`], a seed, a size. Out: a whole stream as a client receives it: XML declaration, stream header,
//! stanzas, stream end tag. Everything in it is valid, so that parsers of every strictness read it; all texts and names
//! are our own. The same arguments give the same bytes on every machine.
//!
//! What the kinds have in common: two of three writers of stanzas put attributes in single quotes, the third in double
//! ones; one of four escapes quotes in text although it need not; no white space between stanzas. Those are the habits
//! of the servers and clients in use.
//!
//! Refuses to know: who parses it, and how fast.

mod chat;
mod media;
mod people;
mod presence;
mod random;
mod roster;
mod sketch;
mod words;

use random::Random;
use sketch::Sketch;

/// What a stream consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One-to-one chat with receipts, markers, carbons and archive results; the mix is in `chat.rs`.
    Chat,
    /// Presence with capabilities, avatar hashes and chat room membership; the mix is in `presence.rs`.
    Presence,
    /// OMEMO messages, avatars and bundles in base64; the mix is in `media.rs`.
    Media,
    /// Rosters, service discovery and forms: attributes mostly; the mix is in `roster.rs`.
    Roster,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Presence, Self::Media, Self::Roster];

    /// A word for it, for file names and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Presence => "presence",
            Self::Media => "media",
            Self::Roster => "roster",
        }
    }

    /// What such a stream holds, in a few words.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Chat => "one-to-one chat with receipts, markers, carbons and archive results",
            Self::Presence => "presence with capabilities, avatar hashes and chat room membership",
            Self::Media => "OMEMO messages, avatars and bundles, which are base64 mostly",
            Self::Roster => "rosters, service discovery and forms, which are attributes mostly",
        }
    }

    /// A stream of this kind that ends with the first stanza to reach `size` octets.
    #[must_use]
    pub fn stream(self, seed: u64, size: usize) -> Vec<u8> {
        // The kinds must not share their dice, or a change to one would show in all.
        let mut random = Random::new(seed ^ (self as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut stream = String::with_capacity(size + size / 8 + 1024);
        stream.push_str(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams' from='verona.example' id='c2s-7f1e' version='1.0' \
             xml:lang='en'>",
        );
        while stream.len() < size {
            let mut sketch = Sketch::new(&mut stream, &mut random);
            match self {
                Self::Chat => chat::stanza(&mut sketch, &mut random),
                Self::Presence => presence::stanza(&mut sketch, &mut random),
                Self::Media => media::stanza(&mut sketch, &mut random),
                Self::Roster => roster::stanza(&mut sketch, &mut random),
            }
            sketch.finish();
        }
        stream.push_str("</stream:stream>");
        stream.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_bytes() {
        for kind in Kind::ALL {
            assert_eq!(kind.stream(7, 50_000), kind.stream(7, 50_000), "{kind:?}");
            assert_ne!(kind.stream(7, 50_000), kind.stream(8, 50_000), "{kind:?}");
        }
    }

    #[test]
    fn a_longer_stream_begins_as_the_shorter() {
        for kind in Kind::ALL {
            let (short, long) = (kind.stream(7, 20_000), kind.stream(7, 60_000));
            let stanzas = short.len() - "</stream:stream>".len();
            assert!(long[..stanzas] == short[..stanzas], "{kind:?}");
        }
    }

    #[test]
    fn size_is_reached_and_hardly_passed() {
        for kind in Kind::ALL {
            let len = kind.stream(1, 1_000_000).len();
            assert!((1_000_000..1_100_000).contains(&len), "{kind:?}: {len}");
        }
    }
}
