//! The well-known namespaces and names: two tables, numbered at compile time.
//!
//! Facts as data: to know a further name, add its line here. Numbers are positions in the tables, mean nothing outside
//! one build, and are never written to a wire.

/// A namespace as an integer: one of the constants, or [`NsId::OTHER`] for one that is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NsId(u16);

/// A local name as an integer: one of the constants, or [`NameId::OTHER`] for one that is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u16);

/// Positions in a table of texts, each in the first free slot from where its text hashes to; `u16::MAX` for none.
type Slots = [u16; SLOTS];

/// At least four times the longest table, so that probing stays short; a power of two.
const SLOTS: usize = 1_024;

/// Where `text` hashes to. The texts are fixed and few slots are full, so a peer gains nothing by choosing what
/// collides: it pays for each text with more octets than the probing takes looks.
const fn slot(text: &[u8]) -> usize {
    let len = text.len();
    if len == 0 {
        return 0;
    }
    let mut hash = len;
    let mut sample = 0;
    while sample < 4 {
        hash = hash.wrapping_mul(37).wrapping_add(text[(len - 1) * sample / 3] as usize);
        sample += 1;
    }
    hash % SLOTS
}

/// The slots to look in for `text`, in order; never more than there are.
fn probe(text: &str) -> impl Iterator<Item = usize> {
    let first = slot(text.as_bytes());
    (0..SLOTS).map(move |step| (first + step) % SLOTS)
}

const fn slots(texts: &[&str]) -> Slots {
    assert!(texts.len() * 4 <= SLOTS, "the table has outgrown its slots");
    let mut slots = [u16::MAX; SLOTS];
    let mut position = 0;
    while position < texts.len() {
        let mut at = slot(texts[position].as_bytes());
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

        const $texts: &[&str] = &[$($text),*];

        impl $type {
            $(#[doc = $doc] pub const $id: Self = Self(Position::$id as u16);)*
            /// Not in the table.
            pub const OTHER: Self = Self(u16::MAX);

            /// The number of `text`, or [`Self::OTHER`].
            #[must_use]
            pub fn of(text: &str) -> Self {
                static SLOTS: Slots = slots($texts);
                let positions = probe(text).map(|slot| SLOTS[slot]).take_while(|&position| position != Self::OTHER.0);
                let mut numbers = positions.map(Self);
                numbers.find(|number| number.text() == Some(text)).unwrap_or(Self::OTHER)
            }

            /// The text behind the number; nothing for [`Self::OTHER`].
            #[must_use]
            pub fn text(self) -> Option<&'static str> {
                $texts.get(usize::from(self.0)).copied()
            }
        }
    };
}

mod namespaces {
    use super::{NsId, Slots, probe, slots};

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
        XML "http://www.w3.org/XML/1998/namespace" "`http://www.w3.org/XML/1998/namespace`: the prefix `xml` (Namespaces in XML, section 3).";
        XMLNS "http://www.w3.org/2000/xmlns/" "`http://www.w3.org/2000/xmlns/`: the prefix `xmlns` (Namespaces in XML, section 3).";
    }

    impl NsId {
        /// How many are in the table.
        pub(in crate::ns) const COUNT: u32 = NAMESPACES.len() as u32;

        /// Where in the table it stands.
        pub(in crate::ns) const fn position(self) -> u32 {
            self.0 as u32
        }

        /// The entry at `position`; [`Self::OTHER`] past the end of the table.
        pub(in crate::ns) fn at(position: u32) -> Self {
            u16::try_from(position).ok().filter(|_| position < Self::COUNT).map_or(Self::OTHER, Self)
        }
    }
}

mod names {
    use super::{NameId, Slots, probe, slots};

    numbered! { NameId, NAMES,
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
        JID "jid" "`jid`.";
        SESSION "session" "`session`.";
        QUERY "query" "`query`.";
        ITEM "item" "`item`.";
        GROUP "group" "`group`.";
        BODY "body" "`body`.";
        SUBJECT "subject" "`subject`.";
        THREAD "thread" "`thread`.";
        SHOW "show" "`show`.";
        STATUS "status" "`status`.";
        PRIORITY "priority" "`priority`.";
        TEXT "text" "`text`.";
        PING "ping" "`ping`.";
        IDENTITY "identity" "`identity`.";
        FEATURE "feature" "`feature`.";
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
        FIELD "field" "`field`.";
        VALUE "value" "`value`.";
        VER "ver" "`ver`.";
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
        TO "to" "`to`.";
        FROM "from" "`from`.";
        ID "id" "`id`.";
        TYPE "type" "`type`.";
        LANG "lang" "`lang`.";
        XMLNS "xmlns" "`xmlns`.";
        VERSION "version" "`version`.";
        NAME "name" "`name`.";
        SUBSCRIPTION "subscription" "`subscription`.";
        ASK "ask" "`ask`.";
        APPROVED "approved" "`approved`.";
        NODE "node" "`node`.";
        VAR "var" "`var`.";
        CODE "code" "`code`.";
        STAMP "stamp" "`stamp`.";
        BY "by" "`by`.";
        HASH "hash" "`hash`.";
        CATEGORY "category" "`category`.";
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
    }
}

/// Well-known expanded names, usable as patterns.
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

    #[test]
    fn every_constant_finds_itself() {
        let mut found = 0;
        for number in (0..u16::MAX).map(NsId).take_while(|number| number.text().is_some()) {
            assert_eq!(number.text().map(NsId::of), Some(number), "{number:?}");
            found += 1;
        }
        assert_eq!(found, NsId::COUNT);
        for number in (0..u16::MAX).map(NameId).take_while(|number| number.text().is_some()) {
            assert_eq!(number.text().map(NameId::of), Some(number), "{number:?}");
        }
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
            (0..SLOTS)
                .map(|start| (0..SLOTS).take_while(|step| table[(start + step) % SLOTS] != u16::MAX).count())
                .max()
        };
        let names: alloc::vec::Vec<&str> = (0..u16::MAX).map(NameId).map_while(NameId::text).collect();
        let table = slots(&names);
        assert!(longest(&table) <= Some(16), "{:?}", longest(&table));
    }
}
