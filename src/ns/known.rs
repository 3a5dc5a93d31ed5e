//! The well-known namespaces and names: two tables, numbered at compile time.
//!
//! Facts as data: to know a further name, append its line to the table; where a test says that it shares a slot, put
//! the factor that the test names in the place of the old one. Numbers are positions in the tables, and are never
//! written to a wire; but the C API gives them to programs that are compiled once, so no line is moved, and none is
//! taken out. `bindings/abi/names.txt` holds the house to it.

use super::scope::SpaceRef;
use crate::scan::{Load, Word, same};
use core::fmt;

/// A namespace as an integer: one of the constants, or [`NsId::OTHER`] for one that is not in the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NsId(u16);

/// Prints the text, as the number says nothing to a reader.
impl fmt::Debug for NsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "NsId", self.text())
    }
}

/// A local name as an integer: one of the constants, or [`NameId::OTHER`] for one that is not in the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u16);

/// Prints the text, as the number says nothing to a reader.
impl fmt::Debug for NameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "NameId", self.text())
    }
}

fn debug(f: &mut fmt::Formatter<'_>, kind: &str, text: Option<&str>) -> fmt::Result {
    match text {
        Some(text) => f.debug_tuple(kind).field(&text).finish(),
        None => write!(f, "{kind}(OTHER)"),
    }
}

/// A well-known name of an element or attribute, as written: what [`Self::pack`] says of it, and from bit 48 on, where
/// it is an attribute's, its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known(u64);

impl Known {
    const SPACE: u32 = 48;

    const fn new(local: NameId, len: u16, prefix_len: u8) -> Self {
        Self(Self::pack(local, len, prefix_len))
    }

    /// The same name as an attribute's, in a well-known namespace.
    const fn within(self, space: NsId) -> Self {
        Self(self.0 | (space.0 as u64) << Self::SPACE)
    }

    /// What is said of a name in one number: from the lowest bit, 16 bits with the number of the local name, 16 with
    /// the octets of the name, prefix and colon included, 8 with those of the prefix.
    #[inline(always)]
    pub(crate) const fn pack(local: NameId, len: u16, prefix_len: u8) -> u64 {
        local.0 as u64 | (len as u64) << 16 | (prefix_len as u64) << 32
    }

    /// The local name.
    #[inline(always)]
    pub(crate) const fn local(self) -> NameId {
        NameId(self.0 as u16)
    }

    /// The name, as [`Self::pack`] has it, and an attribute's namespace behind that.
    #[inline(always)]
    pub(crate) const fn packed(self) -> u64 {
        self.0
    }

    /// The namespace of an attribute.
    #[inline(always)]
    pub(crate) const fn space(self) -> SpaceRef {
        SpaceRef::known(NsId((self.0 >> Self::SPACE) as u16))
    }
}

/// Positions in a table of texts, each in the first free slot from where its text hashes to; `u16::MAX` for none.
type Slots = [u16; SLOTS];

/// At least four times the longest table, so that probing stays short; a power of two.
const SLOTS: usize = 2_048;

/// Which of `COUNT` slots a number has, spread by an odd factor.
#[inline(always)]
const fn slot_among<const COUNT: usize>(fold: u64, factor: u64) -> usize {
    (fold.wrapping_mul(factor) >> (u64::BITS - COUNT.ilog2())) as usize % COUNT
}

/// What a text is found by: all of it where it fits into a word, else its last octets. The texts are fixed and few
/// slots are full, so a peer gains nothing by choosing what collides:
/// it pays for each text with more octets than the probing takes looks.
const fn slot(key: Word) -> usize {
    slot_among::<SLOTS>(key.fold(), 0x9E37_79B9_7F4A_7C15)
}

/// The word to look for, given `len` octets at `start`.
#[inline(always)]
fn key(octets: &[u8], start: usize, len: usize) -> Word {
    if len <= Word::LEN { Word::load(octets, start).head(len) } else { Word::load(octets, start + len - Word::LEN) }
}

/// The keys of texts, in the order of the texts.
const fn keys<const N: usize>(texts: &[&str; N]) -> [Word; N] {
    let mut keys = [Word::of(""); N];
    let mut position = 0;
    while position < N {
        keys[position] = Word::last_of(texts[position]);
        position += 1;
    }
    keys
}

const fn slots(keys: &[Word]) -> Slots {
    assert!(keys.len() * 4 <= SLOTS, "the table has outgrown its slots");
    let mut slots = [u16::MAX; SLOTS];
    let mut position = 0;
    while position < keys.len() {
        let mut at = slot(keys[position]);
        while slots[at] != u16::MAX {
            at = (at + 1) % SLOTS;
        }
        slots[at] = position as u16;
        position += 1;
    }
    slots
}

macro_rules! numbered {
    ($type:ident, $texts:ident, $($id:ident $text:literal $doc:literal;)*) => {
        /// Positions, so that the constants below need no hand-kept count.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Position { $($id),* }

        const $texts: &[&str; [$($text),*].len()] = &[$($text),*];

        static KEYS: [Word; $texts.len()] = keys($texts);

        pub(super) static TABLE: Slots = slots(&keys($texts));

        impl $type {
            $(#[doc = $doc] pub const $id: Self = Self(Position::$id as u16);)*
            /// Not in the table.
            pub const OTHER: Self = Self(u16::MAX);

            /// The number of `text`, or [`Self::OTHER`].
            #[must_use]
            pub fn of(text: &str) -> Self {
                Self::quickly(text).unwrap_or_else(|| Self::at_place(text.as_bytes(), 0, text.len()))
            }

            /// The number of the `len` octets from `start` on, or [`Self::OTHER`].
            #[inline(always)]
            pub(crate) fn at_place(octets: &[u8], start: usize, len: usize) -> Self {
                let key = key(octets, start, len);
                let mut slot = slot(key);
                loop {
                    let position = TABLE[slot];
                    let Some(found) = KEYS.get(usize::from(position)) else { return Self::OTHER };
                    if *found == key && is_text($texts[usize::from(position)], octets, start, len) {
                        return Self(position);
                    }
                    slot = (slot + 1) % SLOTS;
                }
            }

            /// The text behind the number; nothing for [`Self::OTHER`].
            #[inline]
            #[must_use]
            pub fn text(self) -> Option<&'static str> {
                $texts.get(usize::from(self.0)).copied()
            }
        }

        #[cfg(feature = "capi")]
        impl $type {
            /// The number in C: the position in the table counted from 1, and 0 for [`Self::OTHER`].
            #[inline(always)]
            pub(crate) const fn id(self) -> u32 {
                self.0.wrapping_add(1) as u32
            }

            /// The other way around; nothing for 0, and for what is no number.
            pub(crate) fn of_id(id: u32) -> Option<Self> {
                let position = u16::try_from(id.checked_sub(1)?).ok()?;
                (usize::from(position) < $texts.len()).then_some(Self(position))
            }

            /// For the header: all that is in the table, as name of the constant, number in C, and text.
            #[doc(hidden)]
            pub fn all() -> impl Iterator<Item = (&'static str, u32, &'static str)> {
                let constants = [$((stringify!($id), Self::$id)),*];
                constants.into_iter().zip($texts).map(|((name, number), text)| (name, number.id(), *text))
            }
        }
    };
}

/// Whether `known`, whose key was found, is the `len` octets from `start` on.
#[inline(always)]
fn is_text(known: &str, octets: &[u8], start: usize, len: usize) -> bool {
    if known.len() != len {
        return false;
    }
    len <= Word::LEN || octets.get(start..start + len).is_some_and(|octets| same(octets, known.as_bytes()))
}

mod namespaces {
    use super::{NsId, SLOTS, Slots, Word, is_text, key, keys, same, slot, slot_among, slots};

    numbered! { NsId, NAMESPACES,
        NONE "" "No namespace.";
        CLIENT "jabber:client" "`jabber:client`: the content namespace of client streams (RFC 6120 section 4.8.2).";
        SERVER "jabber:server" "`jabber:server`: the content namespace of server streams (RFC 6120 section 4.8.2).";
        STREAM "http://etherx.jabber.org/streams" "`http://etherx.jabber.org/streams`: stream elements (RFC 6120 section 4.8.1).";
        STREAM_ERRORS "urn:ietf:params:xml:ns:xmpp-streams" "`urn:ietf:params:xml:ns:xmpp-streams`: stream error conditions (RFC 6120 section 4.9).";
        STANZA_ERRORS "urn:ietf:params:xml:ns:xmpp-stanzas" "`urn:ietf:params:xml:ns:xmpp-stanzas`: stanza error conditions (RFC 6120 section 8.3).";
        TLS "urn:ietf:params:xml:ns:xmpp-tls" "`urn:ietf:params:xml:ns:xmpp-tls`: STARTTLS (RFC 6120 section 5).";
        SASL "urn:ietf:params:xml:ns:xmpp-sasl" "`urn:ietf:params:xml:ns:xmpp-sasl`: SASL (RFC 6120 section 6).";
        BIND "urn:ietf:params:xml:ns:xmpp-bind" "`urn:ietf:params:xml:ns:xmpp-bind`: resource binding (RFC 6120 section 7).";
        SESSION "urn:ietf:params:xml:ns:xmpp-session" "`urn:ietf:params:xml:ns:xmpp-session`: the retired session request (RFC 3921 section 3).";
        ROSTER "jabber:iq:roster" "`jabber:iq:roster`: rosters (RFC 6121 section 2).";
        ROSTER_VERSIONING "urn:xmpp:features:rosterver" "`urn:xmpp:features:rosterver`: roster versioning (RFC 6121 section 2.6).";
        PRE_APPROVAL "urn:xmpp:features:pre-approval" "`urn:xmpp:features:pre-approval`: subscription pre-approval (RFC 6121 section 3.4).";
        PING "urn:xmpp:ping" "`urn:xmpp:ping`: ping (XEP-0199).";
        DISCO_INFO "http://jabber.org/protocol/disco#info" "`http://jabber.org/protocol/disco#info`: service discovery (XEP-0030).";
        DISCO_ITEMS "http://jabber.org/protocol/disco#items" "`http://jabber.org/protocol/disco#items`: service discovery items (XEP-0030).";
        DELAY "urn:xmpp:delay" "`urn:xmpp:delay`: delayed delivery (XEP-0203).";
        CAPS "http://jabber.org/protocol/caps" "`http://jabber.org/protocol/caps`: entity capabilities (XEP-0115).";
        CHAT_STATES "http://jabber.org/protocol/chatstates" "`http://jabber.org/protocol/chatstates`: chat states (XEP-0085).";
        RECEIPTS "urn:xmpp:receipts" "`urn:xmpp:receipts`: delivery receipts (XEP-0184).";
        CHAT_MARKERS "urn:xmpp:chat-markers:0" "`urn:xmpp:chat-markers:0`: chat markers (XEP-0333).";
        CARBONS "urn:xmpp:carbons:2" "`urn:xmpp:carbons:2`: carbons (XEP-0280).";
        FORWARD "urn:xmpp:forward:0" "`urn:xmpp:forward:0`: forwarded stanzas (XEP-0297).";
        MAM "urn:xmpp:mam:2" "`urn:xmpp:mam:2`: message archive (XEP-0313).";
        STANZA_ID "urn:xmpp:sid:0" "`urn:xmpp:sid:0`: stanza ids (XEP-0359).";
        HINTS "urn:xmpp:hints" "`urn:xmpp:hints`: processing hints (XEP-0334).";
        OMEMO "eu.siacs.conversations.axolotl" "`eu.siacs.conversations.axolotl`: OMEMO (XEP-0384).";
        SM "urn:xmpp:sm:3" "`urn:xmpp:sm:3`: stream management (XEP-0198).";
        CSI "urn:xmpp:csi:0" "`urn:xmpp:csi:0`: client state indication (XEP-0352).";
        VCARD "vcard-temp" "`vcard-temp`: vcard-temp (XEP-0054).";
        VCARD_UPDATE "vcard-temp:x:update" "`vcard-temp:x:update`: avatar hashes (XEP-0153).";
        DATA_FORMS "jabber:x:data" "`jabber:x:data`: data forms (XEP-0004).";
        MUC "http://jabber.org/protocol/muc" "`http://jabber.org/protocol/muc`: multi-user chat (XEP-0045).";
        MUC_USER "http://jabber.org/protocol/muc#user" "`http://jabber.org/protocol/muc#user`: multi-user chat, occupants (XEP-0045).";
        PUBSUB "http://jabber.org/protocol/pubsub" "`http://jabber.org/protocol/pubsub`: publish-subscribe (XEP-0060).";
        PUBSUB_EVENT "http://jabber.org/protocol/pubsub#event" "`http://jabber.org/protocol/pubsub#event`: publish-subscribe events (XEP-0060).";
        STREAM_LIMITS "urn:xmpp:stream-limits:0" "`urn:xmpp:stream-limits:0`: stream limits (XEP-0478).";
        VERSION "jabber:iq:version" "`jabber:iq:version`: software version (XEP-0092).";
        IDLE "urn:xmpp:idle:1" "`urn:xmpp:idle:1`: last user interaction (XEP-0319).";
        EME "urn:xmpp:eme:0" "`urn:xmpp:eme:0`: explicit message encryption (XEP-0380).";
        OMEMO_2 "urn:xmpp:omemo:2" "`urn:xmpp:omemo:2`: OMEMO (XEP-0384).";
        RSM "http://jabber.org/protocol/rsm" "`http://jabber.org/protocol/rsm`: result sets (XEP-0059).";
        COMMANDS "http://jabber.org/protocol/commands" "`http://jabber.org/protocol/commands`: ad-hoc commands (XEP-0050).";
        PUBSUB_OWNER "http://jabber.org/protocol/pubsub#owner" "`http://jabber.org/protocol/pubsub#owner`: publish-subscribe, owners (XEP-0060).";
        PUBSUB_ERRORS "http://jabber.org/protocol/pubsub#errors" "`http://jabber.org/protocol/pubsub#errors`: publish-subscribe, errors (XEP-0060).";
        PUBSUB_OPTIONS "http://jabber.org/protocol/pubsub#publish-options" "`http://jabber.org/protocol/pubsub#publish-options`: publish-subscribe, publishing options (XEP-0060).";
        MUC_ADMIN "http://jabber.org/protocol/muc#admin" "`http://jabber.org/protocol/muc#admin`: multi-user chat, administration (XEP-0045).";
        MUC_OWNER "http://jabber.org/protocol/muc#owner" "`http://jabber.org/protocol/muc#owner`: multi-user chat, owners (XEP-0045).";
        JINGLE "urn:xmpp:jingle:1" "`urn:xmpp:jingle:1`: Jingle (XEP-0166).";
        JINGLE_RTP "urn:xmpp:jingle:apps:rtp:1" "`urn:xmpp:jingle:apps:rtp:1`: Jingle RTP sessions (XEP-0167).";
        JINGLE_ICE_UDP "urn:xmpp:jingle:transports:ice-udp:1" "`urn:xmpp:jingle:transports:ice-udp:1`: Jingle ICE-UDP (XEP-0176).";
        JINGLE_MESSAGE "urn:xmpp:jingle-message:0" "`urn:xmpp:jingle-message:0`: Jingle message initiation (XEP-0353).";
        PRIVACY "jabber:iq:privacy" "`jabber:iq:privacy`: privacy lists (XEP-0016).";
        PRIVATE "jabber:iq:private" "`jabber:iq:private`: private storage (XEP-0049).";
        REGISTER "jabber:iq:register" "`jabber:iq:register`: in-band registration (XEP-0077).";
        SEARCH "jabber:iq:search" "`jabber:iq:search`: search (XEP-0055).";
        LAST "jabber:iq:last" "`jabber:iq:last`: last activity (XEP-0012).";
        OOB "jabber:x:oob" "`jabber:x:oob`: out-of-band data (XEP-0066).";
        CONFERENCE "jabber:x:conference" "`jabber:x:conference`: direct invitations (XEP-0249).";
        SHIM "http://jabber.org/protocol/shim" "`http://jabber.org/protocol/shim`: stanza headers (XEP-0131).";
        ADDRESS "http://jabber.org/protocol/address" "`http://jabber.org/protocol/address`: extended stanza addressing (XEP-0033).";
        FEATURE_NEG "http://jabber.org/protocol/feature-neg" "`http://jabber.org/protocol/feature-neg`: feature negotiation (XEP-0020).";
        HASHES "urn:xmpp:hashes:2" "`urn:xmpp:hashes:2`: hashes (XEP-0300).";
        HTTP_UPLOAD "urn:xmpp:http:upload:0" "`urn:xmpp:http:upload:0`: HTTP file upload (XEP-0363).";
        CORRECT "urn:xmpp:message-correct:0" "`urn:xmpp:message-correct:0`: message correction (XEP-0308).";
        REACTIONS "urn:xmpp:reactions:0" "`urn:xmpp:reactions:0`: reactions (XEP-0444).";
        REPLY "urn:xmpp:reply:0" "`urn:xmpp:reply:0`: replies (XEP-0461).";
        FALLBACK "urn:xmpp:fallback:0" "`urn:xmpp:fallback:0`: fallback indication (XEP-0428).";
        REFERENCE "urn:xmpp:reference:0" "`urn:xmpp:reference:0`: references (XEP-0372).";
        SIMS "urn:xmpp:sims:1" "`urn:xmpp:sims:1`: stateless inline media sharing (XEP-0385).";
        SFS "urn:xmpp:sfs:0" "`urn:xmpp:sfs:0`: stateless file sharing (XEP-0447).";
        RETRACT "urn:xmpp:message-retract:1" "`urn:xmpp:message-retract:1`: message retraction (XEP-0424).";
        OCCUPANT_ID "urn:xmpp:occupant-id:0" "`urn:xmpp:occupant-id:0`: occupant ids (XEP-0421).";
        BLOCKING "urn:xmpp:blocking" "`urn:xmpp:blocking`: blocking (XEP-0191).";
        BOOKMARKS "urn:xmpp:bookmarks:1" "`urn:xmpp:bookmarks:1`: bookmarks (XEP-0402).";
        AVATAR_DATA "urn:xmpp:avatar:data" "`urn:xmpp:avatar:data`: avatars, data (XEP-0084).";
        AVATAR_METADATA "urn:xmpp:avatar:metadata" "`urn:xmpp:avatar:metadata`: avatars, metadata (XEP-0084).";
        NICK "http://jabber.org/protocol/nick" "`http://jabber.org/protocol/nick`: nicknames (XEP-0172).";
        MOOD "http://jabber.org/protocol/mood" "`http://jabber.org/protocol/mood`: moods (XEP-0107).";
        TUNE "http://jabber.org/protocol/tune" "`http://jabber.org/protocol/tune`: tunes (XEP-0118).";
        ATTENTION "urn:xmpp:attention:0" "`urn:xmpp:attention:0`: attention (XEP-0224).";
        PUSH "urn:xmpp:push:0" "`urn:xmpp:push:0`: push notifications (XEP-0357).";
        BOB "urn:xmpp:bob" "`urn:xmpp:bob`: bits of binary (XEP-0231).";
        XHTML_IM "http://jabber.org/protocol/xhtml-im" "`http://jabber.org/protocol/xhtml-im`: XHTML-IM (XEP-0071).";
        XHTML "http://www.w3.org/1999/xhtml" "`http://www.w3.org/1999/xhtml`: XHTML.";
        ATOM "http://www.w3.org/2005/Atom" "`http://www.w3.org/2005/Atom`: Atom (RFC 4287).";
        MIX "urn:xmpp:mix:core:1" "`urn:xmpp:mix:core:1`: mediated information exchange (XEP-0369).";
        SASL2 "urn:xmpp:sasl:2" "`urn:xmpp:sasl:2`: extensible SASL profile (XEP-0388).";
        BIND2 "urn:xmpp:bind:0" "`urn:xmpp:bind:0`: bind 2 (XEP-0386).";
        SPOILER "urn:xmpp:spoiler:0" "`urn:xmpp:spoiler:0`: spoiler messages (XEP-0382).";
        EXTDISCO "urn:xmpp:extdisco:2" "`urn:xmpp:extdisco:2`: external service discovery (XEP-0215).";
        TIME "urn:xmpp:time" "`urn:xmpp:time`: entity time (XEP-0202).";
        COMPRESS_FEATURE "http://jabber.org/features/compress" "`http://jabber.org/features/compress`: the retired stream compression (XEP-0138).";
        COMPONENT "jabber:component:accept" "`jabber:component:accept`: component streams (XEP-0114).";
        DIALBACK "jabber:server:dialback" "`jabber:server:dialback`: server dialback (XEP-0220).";
        XDATA_VALIDATE "http://jabber.org/protocol/xdata-validate" "`http://jabber.org/protocol/xdata-validate`: data forms validation (XEP-0122).";
        XDATA_LAYOUT "http://jabber.org/protocol/xdata-layout" "`http://jabber.org/protocol/xdata-layout`: data forms layout (XEP-0141).";
        CAPS2 "urn:xmpp:caps" "`urn:xmpp:caps`: entity capabilities 2.0 (XEP-0390).";
        XML "http://www.w3.org/XML/1998/namespace" "`http://www.w3.org/XML/1998/namespace`: the prefix `xml` (Namespaces in XML, section 3).";
        XMLNS "http://www.w3.org/2000/xmlns/" "`http://www.w3.org/2000/xmlns/`: the prefix `xmlns` (Namespaces in XML, section 3).";
        SASL_CB "urn:xmpp:sasl-cb:0" "`urn:xmpp:sasl-cb:0`: SASL channel-binding types (XEP-0440).";
    }

    const XML: u16 = NsId::XML.0;
    const XMLNS: u16 = NsId::XMLNS.0;

    pub(super) const LOOKUP_SLOTS: usize = 512;

    /// Each name of 8 octets or more that anyone may declare, in its slot, where no earlier one has that.
    static LOOKUP: [(&str, NsId); LOOKUP_SLOTS] = {
        let mut lookup = [("", NsId::OTHER); LOOKUP_SLOTS];
        let mut position = 0;
        while position < NAMESPACES.len() {
            let name = NAMESPACES[position];
            let is_reserved = matches!(position as u16, XML | XMLNS);
            if let (false, Some(last)) = (is_reserved, name.as_bytes().last_chunk()) {
                let entry = &mut lookup[lookup_slot(last, name.len())];
                if entry.0.is_empty() {
                    *entry = (name, NsId(position as u16));
                }
            }
            position += 1;
        }
        lookup
    };

    /// The slot of a name, by its last octets and its length. The factor is found as those of the names are.
    #[inline(always)]
    const fn lookup_slot(last: &[u8; 8], len: usize) -> usize {
        slot_among::<LOOKUP_SLOTS>(fold(last, len), 0xCD29_D508_9A7A_EC87)
    }

    #[inline(always)]
    pub(super) const fn fold(last: &[u8; 8], len: usize) -> u64 {
        u64::from_le_bytes(*last) ^ len as u64
    }

    impl NsId {
        fn quickly(text: &str) -> Option<Self> {
            Some(Self::of_span(text.as_bytes(), 0, text.len()))
        }

        /// The number of the name of `len` octets at `start`, or [`Self::OTHER`].
        #[inline(always)]
        pub(crate) fn of_span(octets: &[u8], start: usize, len: usize) -> Self {
            Self::declarable(octets, start, len).unwrap_or_else(|| Self::at_place(octets, start, len))
        }

        /// The number of the name of `len` octets at `start`, if one look finds it, and a declaration may name it.
        #[inline(always)]
        pub(in crate::ns) fn declarable(octets: &[u8], start: usize, len: usize) -> Option<Self> {
            let name = octets.get(start..start + len)?;
            let (text, known) = LOOKUP[lookup_slot(name.last_chunk()?, len)];
            same(text.as_bytes(), name).then_some(known)
        }

        /// Octets of the longest in the table.
        pub(crate) const LONGEST: u32 = {
            let (mut longest, mut position) = (0, 0);
            while position < NAMESPACES.len() {
                if NAMESPACES[position].len() > longest {
                    longest = NAMESPACES[position].len();
                }
                position += 1;
            }
            longest as u32
        };

        /// How many are in the table.
        pub(in crate::ns) const COUNT: u32 = NAMESPACES.len() as u32;

        /// Where in the table it stands.
        pub(in crate::ns) const fn position(self) -> u32 {
            self.0 as u32
        }

        /// The text at `position`; nothing past the end of the table.
        #[inline]
        pub(in crate::ns) fn text_at(position: u32) -> Option<&'static str> {
            NAMESPACES.get(position as usize).copied()
        }

        /// The entry at `position`; [`Self::OTHER`] past the end of the table.
        #[inline]
        pub(in crate::ns) fn at(position: u32) -> Self {
            const { assert!(Self::COUNT <= u16::MAX as u32) };
            if position < Self::COUNT { Self(position as u16) } else { Self::OTHER }
        }
    }
}

mod names {
    use super::{Known, Load, NameId, NsId, SLOTS, Slots, Word, is_text, key, keys, slot, slot_among, slots};

    numbered! { NameId, NAMES,
        TO "to" "`to`.";
        FROM "from" "`from`.";
        ID "id" "`id`.";
        TYPE "type" "`type`.";
        VERSION "version" "`version`.";
        LANG "lang" "`lang`.";
        XMLNS "xmlns" "`xmlns`.";
        NAME "name" "`name`.";
        JID "jid" "`jid`.";
        NODE "node" "`node`.";
        VAR "var" "`var`.";
        STAMP "stamp" "`stamp`.";
        BY "by" "`by`.";
        VALUE "value" "`value`.";
        LABEL "label" "`label`.";
        CATEGORY "category" "`category`.";
        SUBSCRIPTION "subscription" "`subscription`.";
        AFFILIATION "affiliation" "`affiliation`.";
        ROLE "role" "`role`.";
        HASH "hash" "`hash`.";
        VER "ver" "`ver`.";
        RID "rid" "`rid`.";
        PREKEY "prekey" "`prekey`.";
        QUERYID "queryid" "`queryid`.";
        NICK "nick" "`nick`.";
        CODE "code" "`code`.";
        NAMESPACE "namespace" "`namespace`.";
        ACTION "action" "`action`.";
        SINCE "since" "`since`.";
        FIELD "field" "`field`.";
        STATUS "status" "`status`.";
        SID "sid" "`sid`.";
        HOST "host" "`host`.";
        PORT "port" "`port`.";
        URL "url" "`url`.";
        BYTES "bytes" "`bytes`.";
        DESC "desc" "`desc`.";
        FEATURE "feature" "`feature`.";
        ASK "ask" "`ask`.";
        APPROVED "approved" "`approved`.";
        MEDIA_TYPE "media-type" "`media-type`.";
        SIZE "size" "`size`.";
        THREAD "thread" "`thread`.";
        PARENT "parent" "`parent`.";
        INDEX "index" "`index`.";
        SECONDS "seconds" "`seconds`.";
        REASON "reason" "`reason`.";
        PRIORITY "priority" "`priority`.";
        DATE "date" "`date`.";
        ALGO "algo" "`algo`.";
        METHOD "method" "`method`.";
        URI "uri" "`uri`.";
        HREF "href" "`href`.";
        REL "rel" "`rel`.";
        MESSAGE "message" "`message`.";
        PRESENCE "presence" "`presence`.";
        IQ "iq" "`iq`.";
        STREAM "stream" "`stream`.";
        ERROR "error" "`error`.";
        FEATURES "features" "`features`.";
        STARTTLS "starttls" "`starttls`.";
        PROCEED "proceed" "`proceed`.";
        FAILURE "failure" "`failure`.";
        REQUIRED "required" "`required`.";
        MECHANISMS "mechanisms" "`mechanisms`.";
        MECHANISM "mechanism" "`mechanism`.";
        AUTH "auth" "`auth`.";
        CHALLENGE "challenge" "`challenge`.";
        RESPONSE "response" "`response`.";
        SUCCESS "success" "`success`.";
        ABORT "abort" "`abort`.";
        BIND "bind" "`bind`.";
        RESOURCE "resource" "`resource`.";
        SESSION "session" "`session`.";
        QUERY "query" "`query`.";
        ITEM "item" "`item`.";
        GROUP "group" "`group`.";
        BODY "body" "`body`.";
        SUBJECT "subject" "`subject`.";
        SHOW "show" "`show`.";
        TEXT "text" "`text`.";
        PING "ping" "`ping`.";
        IDENTITY "identity" "`identity`.";
        DELAY "delay" "`delay`.";
        C "c" "`c`.";
        X "x" "`x`.";
        A "a" "`a`.";
        R "r" "`r`.";
        ENABLE "enable" "`enable`.";
        ENABLED "enabled" "`enabled`.";
        RESUME "resume" "`resume`.";
        RESUMED "resumed" "`resumed`.";
        FAILED "failed" "`failed`.";
        FORWARDED "forwarded" "`forwarded`.";
        SENT "sent" "`sent`.";
        RECEIVED "received" "`received`.";
        PRIVATE "private" "`private`.";
        RESULT "result" "`result`.";
        FIN "fin" "`fin`.";
        SET "set" "`set`.";
        EVENT "event" "`event`.";
        ITEMS "items" "`items`.";
        LIST "list" "`list`.";
        KEY "key" "`key`.";
        HEADER "header" "`header`.";
        PAYLOAD "payload" "`payload`.";
        ENCRYPTED "encrypted" "`encrypted`.";
        IV "iv" "`iv`.";
        DATA "data" "`data`.";
        PHOTO "photo" "`photo`.";
        OPTIONAL "optional" "`optional`.";
        SUB "sub" "`sub`.";
        MARKABLE "markable" "`markable`.";
        DISPLAYED "displayed" "`displayed`.";
        REQUEST "request" "`request`.";
        ACTIVE "active" "`active`.";
        INACTIVE "inactive" "`inactive`.";
        COMPOSING "composing" "`composing`.";
        PAUSED "paused" "`paused`.";
        GONE "gone" "`gone`.";
        STANZA_ID "stanza-id" "`stanza-id`.";
        ORIGIN_ID "origin-id" "`origin-id`.";
        NO_STORE "no-store" "`no-store`.";
        STORE "store" "`store`.";
        USER "user" "`user`.";
        BAD_FORMAT "bad-format" "`bad-format`.";
        BAD_NAMESPACE_PREFIX "bad-namespace-prefix" "`bad-namespace-prefix`.";
        CONFLICT "conflict" "`conflict`.";
        CONNECTION_TIMEOUT "connection-timeout" "`connection-timeout`.";
        HOST_GONE "host-gone" "`host-gone`.";
        HOST_UNKNOWN "host-unknown" "`host-unknown`.";
        IMPROPER_ADDRESSING "improper-addressing" "`improper-addressing`.";
        INTERNAL_SERVER_ERROR "internal-server-error" "`internal-server-error`.";
        INVALID_FROM "invalid-from" "`invalid-from`.";
        INVALID_ID "invalid-id" "`invalid-id`.";
        INVALID_NAMESPACE "invalid-namespace" "`invalid-namespace`.";
        INVALID_XML "invalid-xml" "`invalid-xml`.";
        NOT_AUTHORIZED "not-authorized" "`not-authorized`.";
        NOT_WELL_FORMED "not-well-formed" "`not-well-formed`.";
        POLICY_VIOLATION "policy-violation" "`policy-violation`.";
        REMOTE_CONNECTION_FAILED "remote-connection-failed" "`remote-connection-failed`.";
        RESET "reset" "`reset`.";
        RESOURCE_CONSTRAINT "resource-constraint" "`resource-constraint`.";
        RESTRICTED_XML "restricted-xml" "`restricted-xml`.";
        SEE_OTHER_HOST "see-other-host" "`see-other-host`.";
        SYSTEM_SHUTDOWN "system-shutdown" "`system-shutdown`.";
        UNDEFINED_CONDITION "undefined-condition" "`undefined-condition`.";
        UNSUPPORTED_ENCODING "unsupported-encoding" "`unsupported-encoding`.";
        UNSUPPORTED_FEATURE "unsupported-feature" "`unsupported-feature`.";
        UNSUPPORTED_STANZA_TYPE "unsupported-stanza-type" "`unsupported-stanza-type`.";
        UNSUPPORTED_VERSION "unsupported-version" "`unsupported-version`.";
        BAD_REQUEST "bad-request" "`bad-request`.";
        FEATURE_NOT_IMPLEMENTED "feature-not-implemented" "`feature-not-implemented`.";
        FORBIDDEN "forbidden" "`forbidden`.";
        ITEM_NOT_FOUND "item-not-found" "`item-not-found`.";
        JID_MALFORMED "jid-malformed" "`jid-malformed`.";
        NOT_ACCEPTABLE "not-acceptable" "`not-acceptable`.";
        NOT_ALLOWED "not-allowed" "`not-allowed`.";
        PAYMENT_REQUIRED "payment-required" "`payment-required`.";
        RECIPIENT_UNAVAILABLE "recipient-unavailable" "`recipient-unavailable`.";
        REDIRECT "redirect" "`redirect`.";
        REGISTRATION_REQUIRED "registration-required" "`registration-required`.";
        REMOTE_SERVER_NOT_FOUND "remote-server-not-found" "`remote-server-not-found`.";
        REMOTE_SERVER_TIMEOUT "remote-server-timeout" "`remote-server-timeout`.";
        SERVICE_UNAVAILABLE "service-unavailable" "`service-unavailable`.";
        SUBSCRIPTION_REQUIRED "subscription-required" "`subscription-required`.";
        UNEXPECTED_REQUEST "unexpected-request" "`unexpected-request`.";
        ABORTED "aborted" "`aborted`.";
        ACCOUNT_DISABLED "account-disabled" "`account-disabled`.";
        CREDENTIALS_EXPIRED "credentials-expired" "`credentials-expired`.";
        ENCRYPTION_REQUIRED "encryption-required" "`encryption-required`.";
        INCORRECT_ENCODING "incorrect-encoding" "`incorrect-encoding`.";
        INVALID_AUTHZID "invalid-authzid" "`invalid-authzid`.";
        INVALID_MECHANISM "invalid-mechanism" "`invalid-mechanism`.";
        MALFORMED_REQUEST "malformed-request" "`malformed-request`.";
        MECHANISM_TOO_WEAK "mechanism-too-weak" "`mechanism-too-weak`.";
        TEMPORARY_AUTH_FAILURE "temporary-auth-failure" "`temporary-auth-failure`.";
        PUBSUB "pubsub" "`pubsub`.";
        OPTION "option" "`option`.";
        PAYLOAD_TYPE "payload-type" "`payload-type`.";
        JINGLE "jingle" "`jingle`.";
        CONTENT "content" "`content`.";
        TITLE "title" "`title`.";
        PUBLISH "publish" "`publish`.";
        CLOCKRATE "clockrate" "`clockrate`.";
        DESCRIPTION "description" "`description`.";
        CREATOR "creator" "`creator`.";
        ADDRESS "address" "`address`.";
        TRANSPORT "transport" "`transport`.";
        CANDIDATE "candidate" "`candidate`.";
        PARAMETER "parameter" "`parameter`.";
        DELIVERED "delivered" "`delivered`.";
        ENTRY "entry" "`entry`.";
        COMMAND "command" "`command`.";
        SUBSCRIBE "subscribe" "`subscribe`.";
        IP "ip" "`ip`.";
        MD5_HASH "md5Hash" "`md5Hash`.";
        SCHEMA "schema" "`schema`.";
        FILE "file" "`file`.";
        LINK "link" "`link`.";
        HEADERS "headers" "`headers`.";
        START "start" "`start`.";
        PUBLISHED "published" "`published`.";
        COMPONENT "component" "`component`.";
        UPDATED "updated" "`updated`.";
        MEDIA "media" "`media`.";
        NETWORK "network" "`network`.";
        SEQNR "seqnr" "`seqnr`.";
        MAX "max" "`max`.";
        SAVE "save" "`save`.";
        SESSIONID "sessionid" "`sessionid`.";
        INSTRUCTIONS "instructions" "`instructions`.";
        TIMESTAMP "timestamp" "`timestamp`.";
        WITH "with" "`with`.";
        LAST "last" "`last`.";
        CID "cid" "`cid`.";
        FIRST "first" "`first`.";
        P "p" "`p`.";
        PWD "pwd" "`pwd`.";
        UFRAG "ufrag" "`ufrag`.";
        MOMENTARY "momentary" "`momentary`.";
        SOURCE "source" "`source`.";
        END "end" "`end`.";
        JOIN "join" "`join`.";
        ADDRESSES "addresses" "`addresses`.";
        PROFILE "profile" "`profile`.";
        V_CARD "vCard" "`vCard`.";
        WIDTH "width" "`width`.";
        HEIGHT "height" "`height`.";
        CONTENT_TYPE "content-type" "`content-type`.";
        COUNT "count" "`count`.";
        OPTIONS "options" "`options`.";
        PASSWORD "password" "`password`.";
        USERNAME "username" "`username`.";
        TIME "time" "`time`.";
        VALIDATE "validate" "`validate`.";
        UNIT "unit" "`unit`.";
        RETRACT "retract" "`retract`.";
        N "n" "`n`.";
        REMOVE "remove" "`remove`.";
        PREF "pref" "`pref`.";
        ALGORITHM "algorithm" "`algorithm`.";
        PUBLISHER "publisher" "`publisher`.";
        INFO "info" "`info`.";
        TUNE "tune" "`tune`.";
        SOURCES "sources" "`sources`.";
        CONFERENCE "conference" "`conference`.";
        REFERENCE "reference" "`reference`.";
        SERVICE "service" "`service`.";
        CHANNELS "channels" "`channels`.";
        ENCRYPTION "encryption" "`encryption`.";
        MODE "mode" "`mode`.";
        ENCODING "encoding" "`encoding`.";
        RANGE "range" "`range`.";
        RULE "rule" "`rule`.";
        LENGTH "length" "`length`.";
        H "h" "`h`.";
        OFFER "offer" "`offer`.";
        ENVELOPE "envelope" "`envelope`.";
        PEER "peer" "`peer`.";
        AUTOJOIN "autojoin" "`autojoin`.";
        TEL "TEL" "`TEL`.";
        NUMBER "NUMBER" "`NUMBER`.";
        CONFIGURE "configure" "`configure`.";
        ENC "enc" "`enc`.";
        ADDR "addr" "`addr`.";
        OUTPUT "output" "`output`.";
        REACTION "reaction" "`reaction`.";
        REACTIONS "reactions" "`reactions`.";
        SUBSCRIPTIONS "subscriptions" "`subscriptions`.";
        AFFILIATIONS "affiliations" "`affiliations`.";
        CREATE "create" "`create`.";
        ATTRIBUTE "attribute" "`attribute`.";
        TAG "tag" "`tag`.";
        FOR "for" "`for`.";
        DOCUMENT "document" "`document`.";
        CONDITION "condition" "`condition`.";
        HTML "html" "`html`.";
        CLASS "class" "`class`.";
        METADATA "metadata" "`metadata`.";
        ACCEPTED "accepted" "`accepted`.";
        STOP "stop" "`stop`.";
        LOG "log" "`log`.";
        EMAIL "email" "`email`.";
        EXPIRE "expire" "`expire`.";
        FILENAME "filename" "`filename`.";
        STORAGE "storage" "`storage`.";
        LI "li" "`li`.";
        STATE "state" "`state`.";
        CHANNEL "channel" "`channel`.";
        OFFLINE "offline" "`offline`.";
        SENDER "sender" "`sender`.";
        COMPLETE "complete" "`complete`.";
        MIME_TYPE "mime-type" "`mime-type`.";
        WORK "WORK" "`WORK`.";
        HOME "HOME" "`HOME`.";
        DELETE "delete" "`delete`.";
        MOOD "mood" "`mood`.";
        ACTIVITY "activity" "`activity`.";
        SCOPE "scope" "`scope`.";
        T "t" "`t`.";
        U "u" "`u`.";
        IDLE "idle" "`idle`.";
        HINT "hint" "`hint`.";
        NO_COPY "no-copy" "`no-copy`.";
        NO_PERMANENT_STORE "no-permanent-store" "`no-permanent-store`.";
        ACKNOWLEDGED "acknowledged" "`acknowledged`.";
        ARCHIVE "archive" "`archive`.";
        BEFORE "before" "`before`.";
        AFTER "after" "`after`.";
        RSM "rsm" "`rsm`.";
        PUBSUB_OWNER "pubsub-owner" "`pubsub-owner`.";
        NOTIFY "notify" "`notify`.";
        HISTORY "history" "`history`.";
        MAXSTANZAS "maxstanzas" "`maxstanzas`.";
        DESTROY "destroy" "`destroy`.";
        DECLINE "decline" "`decline`.";
        INVITE "invite" "`invite`.";
        KICK "kick" "`kick`.";
        BAN "ban" "`ban`.";
        ACTOR "actor" "`actor`.";
        CONTINUE "continue" "`continue`.";
        STREAM_ERROR "stream-error" "`stream-error`.";
        BOB "bob" "`bob`.";
        THUMBNAIL "thumbnail" "`thumbnail`.";
        BUNDLE "bundle" "`bundle`.";
        PREKEYS "prekeys" "`prekeys`.";
        PRE_KEY_PUBLIC "preKeyPublic" "`preKeyPublic`.";
        SIGNED_PRE_KEY_PUBLIC "signedPreKeyPublic" "`signedPreKeyPublic`.";
        SIGNED_PRE_KEY_SIGNATURE "signedPreKeySignature" "`signedPreKeySignature`.";
        IDENTITY_KEY "identityKey" "`identityKey`.";
        PRE_KEY_ID "preKeyId" "`preKeyId`.";
        SIGNED_PRE_KEY_ID "signedPreKeyId" "`signedPreKeyId`.";
        DEVICES "devices" "`devices`.";
        DEVICE "device" "`device`.";
        REPLACE "replace" "`replace`.";
        OPENPGP "openpgp" "`openpgp`.";
        EME "eme" "`eme`.";
        FALLBACK "fallback" "`fallback`.";
        SPOILER "spoiler" "`spoiler`.";
        OOB "oob" "`oob`.";
        GET "get" "`get`.";
        PUT "put" "`put`.";
        SLOT "slot" "`slot`.";
        INPUTEVT "inputevt" "`inputevt`.";
        FN "FN" "`FN`.";
        VCARD_N "N" "`N`.";
        VCARD_NICKNAME "NICKNAME" "`NICKNAME`.";
        VCARD_PHOTO "PHOTO" "`PHOTO`.";
        BINVAL "BINVAL" "`BINVAL`.";
        VCARD_TYPE "TYPE" "`TYPE`.";
        BDAY "BDAY" "`BDAY`.";
        ORGNAME "ORGNAME" "`ORGNAME`.";
        ORG "ORG" "`ORG`.";
        VCARD_UNIT "UNIT" "`UNIT`.";
        VCARD_TITLE "TITLE" "`TITLE`.";
        VCARD_ROLE "ROLE" "`ROLE`.";
        VCARD_DESC "DESC" "`DESC`.";
        VCARD_EMAIL "EMAIL" "`EMAIL`.";
        USERID "USERID" "`USERID`.";
        VCARD_URL "URL" "`URL`.";
        JABBERID "JABBERID" "`JABBERID`.";
        ADR "ADR" "`ADR`.";
        FAMILY "FAMILY" "`FAMILY`.";
        GIVEN "GIVEN" "`GIVEN`.";
        MIDDLE "MIDDLE" "`MIDDLE`.";
        VOICE "VOICE" "`VOICE`.";
        CELL "CELL" "`CELL`.";
        REPORTED "reported" "`reported`.";
        OS "os" "`os`.";
        UTC "utc" "`utc`.";
        TZO "tzo" "`tzo`.";
        ITEM_ID "item-id" "`item-id`.";
        DMUC "dmuc" "`dmuc`.";
        PARTICIPANT "participant" "`participant`.";
        NICKNAME "nickname" "`nickname`.";
        OCCUPANT_ID "occupant-id" "`occupant-id`.";
        HATS "hats" "`hats`.";
        HAT "hat" "`hat`.";
        UID "uid" "`uid`.";
        COLOR "color" "`color`.";
        EXT "ext" "`ext`.";
        PURPOSE "purpose" "`purpose`.";
        RESTRICTED "restricted" "`restricted`.";
        TO_DATE "to-date" "`to-date`.";
        FROM_DATE "from-date" "`from-date`.";
        HASH_FUNCTION "hash-function" "`hash-function`.";
        URI_FALLBACK "uri-fallback" "`uri-fallback`.";
        AFFILIATE "affiliate" "`affiliate`.";
        DEFAULT "default" "`default`.";
        NEVER "never" "`never`.";
        ALWAYS "always" "`always`.";
        ROSTER "roster" "`roster`.";
        BOTH "both" "`both`.";
        NONE "none" "`none`.";
        TEXT_SINGLE "text-single" "`text-single`.";
        NS "ns" "`ns`.";
        MAX_BYTES "max-bytes" "`max-bytes`.";
        IDLE_SECONDS "idle-seconds" "`idle-seconds`.";
        LIMITS "limits" "`limits`.";
        INLINE "inline" "`inline`.";
        AUTHENTICATE "authenticate" "`authenticate`.";
        INITIAL_RESPONSE "initial-response" "`initial-response`.";
        ADDITIONAL_DATA "additional-data" "`additional-data`.";
        USER_AGENT "user-agent" "`user-agent`.";
        SOFTWARE "software" "`software`.";
        UPGRADE "upgrade" "`upgrade`.";
        TASK "task" "`task`.";
        BOUND "bound" "`bound`.";
        CHALLENGE_DATA "challenge-data" "`challenge-data`.";
        DISPLAY "display" "`display`.";
        COMPRESS "compress" "`compress`.";
        COMPRESSION "compression" "`compression`.";
        ZLIB "zlib" "`zlib`.";
        SESSION_ID "session-id" "`session-id`.";
        CREATION "creation" "`creation`.";
        LOCATION "location" "`location`.";
        PREVID "previd" "`previd`.";
        CSI_ACTIVE "csi-active" "`csi-active`.";
        SASL_CHANNEL_BINDING "sasl-channel-binding" "`sasl-channel-binding`.";
        CHANNEL_BINDING "channel-binding" "`channel-binding`.";
    }

    impl NameId {
        /// All names there are.
        #[cfg(test)]
        pub(crate) const TEXTS: &[&str] = NAMES;
    }

    impl Known {
        const OTHER: Self = Self::new(NameId::OTHER, 0, 0);

        /// The one attribute with a prefix that needs no declaration and is met often.
        const XML_LANG: Self = Self::new(NameId::LANG, 8, 3).within(NsId::XML);

        const fn element(position: usize) -> Self {
            Self::new(NameId(position as u16), NAMES[position].len() as u16, 0)
        }

        const fn attribute(position: usize) -> Self {
            let known = Self::element(position);
            if position == NameId::XMLNS.0 as usize { known.within(NsId::XMLNS) } else { known }
        }
    }

    /// What is found under a text, which is a word of 16 octets or one of 8. In this order, what is known begins an
    /// entry of either kind, and is read from one place where the two ways to it meet.
    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Entry<T> {
        known: Known,
        text: T,
    }

    /// Octets of a short text.
    const SHORT: usize = size_of::<u64>();

    /// Names by what stands in a tag where they are met, each in the slot that its text hashes to.
    struct Lookup<const SHORT_SLOTS: usize, const LONG_SLOTS: usize> {
        /// Texts of at most 8 octets, and zeros.
        short: [Entry<u64>; SHORT_SLOTS],
        short_factor: u64,
        /// Texts of 9 to 16.
        long: [Entry<Word>; LONG_SLOTS],
        long_factor: u64,
    }

    impl<const SHORT_SLOTS: usize, const LONG_SLOTS: usize> Lookup<SHORT_SLOTS, LONG_SLOTS> {
        /// Of each name its text, and how many octets that has. Of texts that share a slot, only the first is found:
        /// the factors are odd numbers, found by trial, with which none do. A test tells when there must be others.
        const fn new(texts: &[(Word, usize, Known)], short_factor: u64, long_factor: u64) -> Self {
            let mut short_entries = [Entry { text: 0, known: Known::OTHER }; SHORT_SLOTS];
            let mut long_entries = [Entry { text: Word::of(""), known: Known::OTHER }; LONG_SLOTS];
            let mut position = 0;
            while position < texts.len() {
                let (text, len, known) = texts[position];
                if len <= SHORT {
                    let text = text.low();
                    let entry = &mut short_entries[slot_among::<SHORT_SLOTS>(text, short_factor)];
                    if entry.text == 0 {
                        *entry = Entry { text, known };
                    }
                } else if len <= Word::LEN {
                    let entry = &mut long_entries[slot_among::<LONG_SLOTS>(text.fold(), long_factor)];
                    if entry.text.is_empty() {
                        *entry = Entry { text, known };
                    }
                }
                position += 1;
            }
            Self { short: short_entries, short_factor, long: long_entries, long_factor }
        }

        /// What the first `len` octets of `text` are known as, if one look finds it.
        #[inline(always)]
        fn find(&self, text: impl Load, len: usize) -> Option<Known> {
            if len.wrapping_sub(1) < SHORT {
                let text = Word::head_of_half(text.half(), len);
                let found = &self.short[slot_among::<SHORT_SLOTS>(text, self.short_factor)];
                return (found.text == text).then_some(found.known);
            }
            if len.wrapping_sub(1) >= Word::LEN {
                return None;
            }
            let text = text.word().head(len);
            let found = &self.long[slot_among::<LONG_SLOTS>(text.fold(), self.long_factor)];
            (found.text == text).then_some(found.known)
        }
    }

    pub(super) const ELEMENT_SLOTS: [usize; 2] = [4_096, 512];

    static ELEMENTS: Lookup<{ ELEMENT_SLOTS[0] }, { ELEMENT_SLOTS[1] }> = {
        let mut texts = [(Word::of(""), 0, Known::OTHER); NAMES.len()];
        let mut position = 0;
        while position < NAMES.len() {
            let name = NAMES[position];
            texts[position] = (Word::last_of(name), name.len(), Known::element(position));
            position += 1;
        }
        Lookup::new(&texts, 0xABF0_4A60_68C8_2DC9, 0xC1E3_E10D_162F_A593)
    };

    pub(super) const ATTRIBUTE_SLOTS: [usize; 2] = [2_048, 1_024];

    /// By ` name=`.
    static ATTRIBUTES: Lookup<{ ATTRIBUTE_SLOTS[0] }, { ATTRIBUTE_SLOTS[1] }> = {
        let mut texts = [(Word::as_attribute("xml:lang"), 10, Known::XML_LANG); NAMES.len() + 1];
        let mut position = 0;
        while position < NAMES.len() {
            let name = NAMES[position];
            texts[position] = (Word::as_attribute(name), name.len() + 2, Known::attribute(position));
            position += 1;
        }
        Lookup::new(&texts, 0x8D89_AC77_06C2_91B5, 0x7ABB_D1B0_6AA7_8917)
    };

    impl NameId {
        /// The number of `text`, if one look finds it.
        fn quickly(text: &str) -> Option<Self> {
            let found = Self::of_element(Word::load(text.as_bytes(), 0), text.len());
            // A text may hold the octet 0, which no name does.
            found.map(|found| found.local()).filter(|found| found.text() == Some(text))
        }

        /// The attributes that a stanza's root is asked for by name: the first of the table.
        pub(crate) const HEADS: [Self; 6] = [Self::TO, Self::FROM, Self::ID, Self::TYPE, Self::VERSION, Self::LANG];

        /// Which of [`Self::HEADS`] it is.
        #[inline(always)]
        pub(crate) fn head(self) -> Option<usize> {
            let head = usize::from(self.0);
            (head < Self::HEADS.len()).then_some(head)
        }

        /// The attribute called so, given ` name=` in the first `len` octets, if one look finds it.
        /// Of a text without NUL.
        #[inline(always)]
        pub(crate) fn of_attribute(text: impl Load, len: usize) -> Option<Known> {
            ATTRIBUTES.find(text, len)
        }

        /// The element called by the first `len` octets, if one look finds it. Of a text without NUL.
        #[inline(always)]
        pub(crate) fn of_element(text: impl Load, len: usize) -> Option<Known> {
            ELEMENTS.find(text, len)
        }

        /// The number as such.
        #[inline(always)]
        pub(crate) const fn number(self) -> u16 {
            self.0
        }

        /// The other way around; [`Self::OTHER`] for what is no number of a name.
        #[inline(always)]
        pub(crate) const fn of_number(number: u16) -> Self {
            Self(number)
        }

        /// One of 64 bits, which several names share: where it is not set, no such name was met; where it is, one may
        /// have been.
        #[inline(always)]
        pub(crate) const fn bit(self) -> u64 {
            1 << (self.0 % 64)
        }

        /// The bit of a name that is not well known, from a text that is the same wherever the name is: ` name=`, say.
        /// Never that of `xmlns`, by which a tag that declares a namespace is known.
        #[inline(always)]
        pub(crate) const fn bit_of_other(text: Word) -> u64 {
            let bit = 1_u64 << (text.fold().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - 6));
            if bit == Self::XMLNS.bit() { bit.rotate_left(1) } else { bit }
        }
    }
}

/// Well-known expanded names, usable as patterns.
///
/// What RFC 6120 section 4.8.3 calls the content namespace is `jabber:client` in [`MESSAGE`](name::MESSAGE),
/// [`BODY`](name::BODY) and their like: they match nothing on streams between servers, which have `jabber:server`.
/// [`Stanza::kind`](crate::stanza::Stanza::kind) and [`Stanza::child`](crate::stanza::Stanza::child) are for both.
pub mod name {
    use super::{NameId, NsId};
    use crate::ns::Name;

    macro_rules! expanded {
        ($($id:ident $ns:ident $local:ident;)*) => {
            $(
                #[doc = concat!("`", stringify!($local), "` in the namespace [`NsId::", stringify!($ns), "`].")]
                pub const $id: Name = Name { ns: NsId::$ns, local: NameId::$local };
            )*
        };
    }

    expanded! {
        MESSAGE CLIENT MESSAGE;
        PRESENCE CLIENT PRESENCE;
        IQ CLIENT IQ;
        STANZA_ERROR CLIENT ERROR;
        BODY CLIENT BODY;
        SUBJECT CLIENT SUBJECT;
        THREAD CLIENT THREAD;
        SHOW CLIENT SHOW;
        STATUS CLIENT STATUS;
        PRIORITY CLIENT PRIORITY;
        SERVER_MESSAGE SERVER MESSAGE;
        SERVER_PRESENCE SERVER PRESENCE;
        SERVER_IQ SERVER IQ;
        STREAM STREAM STREAM;
        STREAM_ERROR STREAM ERROR;
        STREAM_FEATURES STREAM FEATURES;
        TLS_STARTTLS TLS STARTTLS;
        TLS_PROCEED TLS PROCEED;
        TLS_FAILURE TLS FAILURE;
        TLS_REQUIRED TLS REQUIRED;
        SASL_MECHANISMS SASL MECHANISMS;
        SASL_MECHANISM SASL MECHANISM;
        SASL_AUTH SASL AUTH;
        SASL_CHALLENGE SASL CHALLENGE;
        SASL_RESPONSE SASL RESPONSE;
        SASL_SUCCESS SASL SUCCESS;
        SASL_FAILURE SASL FAILURE;
        SASL_ABORT SASL ABORT;
        SASL_TEXT SASL TEXT;
        SASL_CHANNEL_BINDING SASL_CB SASL_CHANNEL_BINDING;
        CHANNEL_BINDING SASL_CB CHANNEL_BINDING;
        BIND BIND BIND;
        BIND_RESOURCE BIND RESOURCE;
        BIND_JID BIND JID;
        BIND_REQUIRED BIND REQUIRED;
        SESSION SESSION SESSION;
        ROSTER ROSTER QUERY;
        ROSTER_ITEM ROSTER ITEM;
        ROSTER_GROUP ROSTER GROUP;
        ROSTER_VERSIONING ROSTER_VERSIONING VER;
        PRE_APPROVAL PRE_APPROVAL SUB;
        PING PING PING;
        DISCO_INFO DISCO_INFO QUERY;
        DISCO_ITEMS DISCO_ITEMS QUERY;
        DELAY DELAY DELAY;
        VERSION VERSION QUERY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn every_constant_finds_itself() {
        let mut found = 0;
        for number in (0..u16::MAX).map(NsId).take_while(|number| number.text().is_some()) {
            assert_eq!(number.text().map(NsId::of), Some(number), "{number:?}");
            found += 1;
        }
        assert_eq!(found, NsId::COUNT);
        for (place, head) in NameId::HEADS.into_iter().enumerate() {
            assert_eq!(head.head(), Some(place));
        }
        for number in (0..u16::MAX).map(NameId).take_while(|number| number.text().is_some()) {
            assert_eq!(number.text().map(NameId::of), Some(number), "{number:?}");
        }
    }

    type Find = fn(Word, usize) -> Option<Known>;
    type Factor = fn(&[u64]) -> Option<u64>;

    #[test]
    fn one_look_finds_all_short_names_and_never_another() {
        let texts: Vec<&str> = (0..u16::MAX).map_while(|number| NameId(number).text()).collect();
        let look = |text: &str, find: Find| {
            find(Word::load(text.as_bytes(), 0), text.len()).map(|found| {
                let name = text.trim_start_matches(' ').trim_end_matches('=');
                assert_eq!(usize::from((found.packed() >> 16) as u16), name.len(), "{text}");
                found.local()
            })
        };
        let elements = texts.iter().map(|text| String::from(*text)).collect();
        let attributes = texts.iter().chain(&["xml:lang"]).map(|text| format!(" {text}=")).collect();
        let tables: [(Vec<String>, Find, [Factor; 2]); 2] = [
            (elements, NameId::of_element, {
                const SLOTS: [usize; 2] = names::ELEMENT_SLOTS;
                [factor::<{ SLOTS[0] }>, factor::<{ SLOTS[1] }>]
            }),
            (attributes, NameId::of_attribute, {
                const SLOTS: [usize; 2] = names::ATTRIBUTE_SLOTS;
                [factor::<{ SLOTS[0] }>, factor::<{ SLOTS[1] }>]
            }),
        ];
        for (texts, find, [short_factor, long_factor]) in tables {
            let mut lost = Vec::new();
            for (number, text) in (0..).map(NameId).zip(&texts) {
                let expected = if text == " xml:lang=" { NameId::LANG } else { number };
                match look(text, find) {
                    Some(found) => assert_eq!(found, expected, "{text}"),
                    None if text.len() <= Word::LEN => lost.push(text),
                    None => {}
                }
            }
            let word = |text: &String| (Word::load(text.as_bytes(), 0), text.len());
            let (short, long): (Vec<_>, Vec<_>) =
                texts.iter().map(word).filter(|(_, len)| *len <= Word::LEN).partition(|(_, len)| *len <= 8);
            let short: Vec<u64> = short.into_iter().map(|(word, len)| word.head(len).low()).collect();
            let long: Vec<u64> = long.into_iter().map(|(word, len)| word.head(len).fold()).collect();
            assert!(
                lost.is_empty(),
                "{lost:?} share slots with earlier names: with {:x?} and {:x?} as factors none do",
                short_factor(&short),
                long_factor(&long)
            );
        }
        for text in &texts {
            for behind in ["x", "xx", "="] {
                let (element, attribute) = (format!("{text}{behind}"), format!(" {text}={behind}"));
                let found = look(&element, NameId::of_element).and_then(NameId::text);
                assert!(found.is_none_or(|found| found == element), "{element}");
                assert_eq!(look(&attribute, NameId::of_attribute), None, "{attribute}");
            }
        }
        let space = |text| NameId::of_attribute(Word::of(text), text.len()).map(Known::space);
        assert_eq!([" xmlns=", " xml:lang=", " lang=", " to="].map(space), {
            [SpaceRef::XMLNS, SpaceRef::XML, SpaceRef::NONE, SpaceRef::NONE].map(Some)
        });
        for text in ["nope", "nobody-knows-it", "", " subscri", " to", "id=", " to =", "message "] {
            assert_eq!(look(text, NameId::of_element), None, "{text:?}");
            assert_eq!(look(text, NameId::of_attribute), None, "{text:?}");
        }
    }

    #[test]
    fn one_look_finds_all_long_namespaces_and_never_another() {
        let texts: Vec<&str> = (0..u16::MAX).map_while(|number| NsId(number).text()).collect();
        let fold = |text: &&str| text.as_bytes().last_chunk().map(|last| namespaces::fold(last, text.len()));
        let folds: Vec<u64> = texts.iter().filter_map(fold).collect();
        let better = || factor::<{ namespaces::LOOKUP_SLOTS }>(&folds);
        for (number, text) in (0..).map(NsId).zip(&texts) {
            let found = NsId::declarable(text.as_bytes(), 0, text.len());
            let is_wanted = text.len() >= 8 && !matches!(number, NsId::XML | NsId::XMLNS);
            assert_eq!(found, is_wanted.then_some(number), "{text}: none is lost with {:x?} as factor", better());
            assert_eq!(NsId::of_span(text.as_bytes(), 0, text.len()), number);
            for other in [format!("X{text}"), format!("X{}", text.get(1..).unwrap_or(""))] {
                assert_eq!(NsId::declarable(other.as_bytes(), 0, other.len()), None, "{other}");
                assert_eq!(NsId::of_span(other.as_bytes(), 0, other.len()), NsId::OTHER, "{other}");
            }
        }
    }

    /// An odd factor with which none of the numbers share a slot, if a few million trials find one.
    fn factor<const COUNT: usize>(folds: &[u64]) -> Option<u64> {
        let mut taken = vec![0; COUNT];
        let mut factor = 1_u64;
        (1..8_000_000).find_map(|trial| {
            factor = factor.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F) | 1;
            let is_free =
                |fold: &u64| core::mem::replace(&mut taken[slot_among::<COUNT>(*fold, factor)], trial) != trial;
            folds.iter().all(is_free).then_some(factor)
        })
    }

    #[test]
    fn names_are_printed_as_text() {
        let known = format!("{:?}", name::BODY);
        assert_eq!(known, r#"Name { ns: NsId("jabber:client"), local: NameId("body") }"#);
        assert_eq!(
            format!("{:?} {:?} {:?}", NsId::NONE, NsId::OTHER, NameId::OTHER),
            r#"NsId("") NsId(OTHER) NameId(OTHER)"#
        );
    }

    #[test]
    fn no_other_text_is_known() {
        for other in ["jabber:clien", "jabber:client ", "JABBER:CLIENT", "x-unknown", "urn:xmpp:pinh"] {
            assert_eq!(NsId::of(other), NsId::OTHER, "{other}");
        }
        assert_eq!(NameId::of(""), NameId::OTHER);
        assert_eq!(NameId::OTHER.text(), None);
        assert_eq!(NsId::at(u32::MAX), NsId::OTHER);
    }

    #[test]
    fn probing_is_short() {
        let longest = |table: &Slots| {
            let full = |start: usize| (0..SLOTS).take_while(|step| table[(start + step) % SLOTS] != u16::MAX).count();
            (0..SLOTS).map(full).max()
        };
        for table in [&namespaces::TABLE, &names::TABLE] {
            assert!(longest(table) <= Some(10), "{:?}", longest(table));
        }
    }
}
