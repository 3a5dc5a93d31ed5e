//! What C is told: units of a parser, events of a connection.
//!
//! In: an event while the engine lends it. Out: the same as numbers and texts by address. Invariant: each text points
//! into the unit lent or into the arena of its handle, and lives as long as that unit. It refuses to know what an event
//! is for.

use super::arena::Arena;
use super::element::tercet_element;
use super::names::TERCET_ID_OTHER;
use super::ptr::tercet_str;
use super::result::tercet_result;
use super::unit::Mark;
use crate::engine::{Closed, Event, RequestId, Token};

/// No unit.
pub const TERCET_UNIT_NONE: i32 = 0;
/// The start tag of a stream.
pub const TERCET_UNIT_HEADER: i32 = 1;
/// A message.
pub const TERCET_UNIT_MESSAGE: i32 = 2;
/// A presence.
pub const TERCET_UNIT_PRESENCE: i32 = 3;
/// An iq.
pub const TERCET_UNIT_IQ: i32 = 4;
/// Another first-level element; of a document, its root.
pub const TERCET_UNIT_OTHER: i32 = 5;
/// Text between first-level elements; it is checked and thrown away.
pub const TERCET_UNIT_TEXT: i32 = 6;
/// The end tag of a stream.
pub const TERCET_UNIT_CLOSE: i32 = 7;

/// A stanza or another unit of a stream, with what a router asks for filled in.
///
/// All texts and `root` are borrowed until the handle that gave it reads on: until its next call of `_next`, `_poll`,
/// `_drive`, `_recv`, `_recv_buffer`, `_shrink` or `_free`, of `tercet_parser_restart` or `tercet_conn_secured`. They
/// point into memory of the handle, never into the caller's. To keep the stanza for longer, see `tercet_stanza_detach`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_stanza {
    /// One of `TERCET_UNIT_...`.
    pub kind: i32,
    /// Always 0.
    pub flags: u32,
    /// The number of the namespace, one of `TERCET_NS_...`, or `TERCET_ID_OTHER`.
    pub ns_id: u32,
    /// The number of the local name, one of `TERCET_NAME_...`, or `TERCET_ID_OTHER`.
    pub name_id: u32,
    /// The local name.
    pub name: tercet_str,
    /// The namespace; empty for none.
    pub ns: tercet_str,
    /// The value of `to`, references replaced; none where it is absent. So the next four.
    pub to: tercet_str,
    /// The value of `from`.
    pub from: tercet_str,
    /// The value of `id`.
    pub id: tercet_str,
    /// The value of `type`.
    pub r#type: tercet_str,
    /// The value of `xml:lang`.
    pub lang: tercet_str,
    /// The octets as received, from the first `<` to the last `>`: for a log, but not to be sent on: they may lack
    /// prefixes that the stream header declared, and hold the `from` that the peer wrote. See `tercet_conn_forward`.
    pub raw: tercet_str,
    /// The way to what is inside.
    pub root: tercet_element,
    /// Always 0.
    pub reserved: [u64; 2],
}

impl tercet_stanza {
    /// No unit.
    pub(super) const NONE: Self = Self {
        kind: TERCET_UNIT_NONE,
        flags: 0,
        ns_id: TERCET_ID_OTHER,
        name_id: TERCET_ID_OTHER,
        name: tercet_str::NONE,
        ns: tercet_str::NONE,
        to: tercet_str::NONE,
        from: tercet_str::NONE,
        id: tercet_str::NONE,
        r#type: tercet_str::NONE,
        lang: tercet_str::NONE,
        raw: tercet_str::NONE,
        root: tercet_element::NONE,
        reserved: [0; 2],
    };

    /// A unit of which only the kind is to be known.
    pub(super) const fn bare(kind: i32) -> Self {
        Self { kind, ..Self::NONE }
    }
}

/// The peer's stream header was accepted: `stanza` shows it. Once at first, and again after TLS and after login.
pub const TERCET_EVENT_OPENED: i32 = 1;
/// Both sides agreed on TLS: send the output, run the handshake, then call `tercet_conn_secured` or
/// `tercet_conn_tls_failed`.
pub const TERCET_EVENT_START_TLS: i32 = 2;
/// Server: the keys of the account `jid` are wanted, now or later, under `token`. Input waits meanwhile.
pub const TERCET_EVENT_CREDENTIALS: i32 = 3;
/// Login is done: by the account `jid`.
pub const TERCET_EVENT_AUTHENTICATED: i32 = 4;
/// Server: may the full address `jid` be bound? To be answered, now or later, under `token`. Input waits meanwhile.
/// `flags` has `TERCET_FLAG_CHOSEN` where the resource is the client's wish.
pub const TERCET_EVENT_RESOURCE: i32 = 5;
/// The session begins, under the full address `jid`.
pub const TERCET_EVENT_BOUND: i32 = 6;
/// A stanza. Client: a request (an iq of type get or set) that is neither answered by `tercet_conn_reply_result` or
/// `_error` nor left for later by `tercet_conn_defer` before the next event is answered with `service-unavailable`.
pub const TERCET_EVENT_STANZA: i32 = 7;
/// Client: `stanza` is the answer to the request that `tercet_conn_request` numbered `token`, from whom it may come.
pub const TERCET_EVENT_RESPONSE: i32 = 8;
/// Client: `stanza` is a change of the roster by the server: checked, and already confirmed.
pub const TERCET_EVENT_ROSTER_PUSH: i32 = 9;
/// The peer ended the stream with the error `condition`, perhaps with `text`. `TERCET_EVENT_CLOSED` follows.
pub const TERCET_EVENT_STREAM_ERROR: i32 = 10;
/// The stream is over, in order: send the output, then close the transport. `flags` has `TERCET_FLAG_BY_PEER` where the
/// peer was first.
pub const TERCET_EVENT_CLOSED: i32 = 11;
/// Server: an attempt to log in failed, for the reason `condition` (RFC 6120 section 6.5), and the client was told and
/// may try again. It has three attempts for each connection: where the third fails, or one that was bound by
/// `tls-exporter` (RFC 9266 section 4.1), there is no such event, and the stream ends with `TERCET_ERR_PROTOCOL`.
pub const TERCET_EVENT_REFUSED: i32 = 12;

/// In `tercet_event.flags`: the resource is the client's wish.
pub const TERCET_FLAG_CHOSEN: u32 = 1;
/// In `tercet_event.flags`: the peer sent its closing tag first.
pub const TERCET_FLAG_BY_PEER: u32 = 2;

/// Something that happened on a connection. What an event does not speak of is none, or 0. Numbers above those of this
/// header may come from a younger library: let them pass.
///
/// All texts are borrowed until the connection reads on, as those of `tercet_stanza`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_event {
    /// One of `TERCET_EVENT_...`.
    pub kind: i32,
    /// Some of `TERCET_FLAG_...`.
    pub flags: u32,
    /// The number under which a request is answered, or was made.
    pub token: u64,
    /// An address.
    pub jid: tercet_str,
    /// The name of a condition: of a stream error, or of a failed login. Static.
    pub condition: tercet_str,
    /// A human-readable text.
    pub text: tercet_str,
    /// A unit of the stream.
    pub stanza: tercet_stanza,
    /// Always 0.
    pub reserved: [u64; 4],
}

impl tercet_event {
    /// An event that speaks of nothing.
    pub(super) const fn bare(kind: i32) -> Self {
        Self {
            kind,
            flags: 0,
            token: 0,
            jid: tercet_str::NONE,
            condition: tercet_str::NONE,
            text: tercet_str::NONE,
            stanza: tercet_stanza::NONE,
            reserved: [0; 4],
        }
    }
}

/// Events as C sees them.
pub(super) struct Telling<'a> {
    pub(super) mark: Mark,
    pub(super) arena: &'a mut Arena,
}

impl Telling<'_> {
    /// Tells what `event` says. It is told where it is made: copies of it would cost more than the rest.
    #[inline]
    pub(super) fn tell<T>(self, event: Event<'_>, tell: impl FnOnce(tercet_event) -> T) -> Result<T, tercet_result> {
        let Self { mark, arena } = self;
        let mut told = tercet_event::bare(0);
        match event {
            Event::Opened(header) => {
                told.kind = TERCET_EVENT_OPENED;
                told.stanza = mark.header(header, arena)?;
            }
            Event::StartTls => told.kind = TERCET_EVENT_START_TLS,
            Event::Credentials(request) => {
                told.kind = TERCET_EVENT_CREDENTIALS;
                told.token = number(request.token);
                told.jid = arena.copy(request.account.as_str())?;
            }
            Event::Refused(failure) => {
                told.kind = TERCET_EVENT_REFUSED;
                told.condition = tercet_str::of(failure.name());
            }
            Event::Authenticated(account) => {
                told.kind = TERCET_EVENT_AUTHENTICATED;
                told.jid = arena.copy(account.as_str())?;
            }
            Event::Resource(request) => {
                told.kind = TERCET_EVENT_RESOURCE;
                told.token = number(request.token);
                told.jid = arena.copy(request.jid.as_str())?;
                told.flags = if request.chosen_by_client { TERCET_FLAG_CHOSEN } else { 0 };
            }
            Event::Bound(jid) => {
                told.kind = TERCET_EVENT_BOUND;
                told.jid = arena.copy(jid.as_str())?;
            }
            Event::Stanza(stanza) => {
                told.kind = TERCET_EVENT_STANZA;
                told.stanza = mark.stanza(stanza, arena)?;
            }
            Event::Response(RequestId(request), stanza) => {
                told.kind = TERCET_EVENT_RESPONSE;
                told.token = request.into();
                told.stanza = mark.stanza(stanza, arena)?;
            }
            Event::RosterPush(_) => told.kind = TERCET_EVENT_ROSTER_PUSH,
            Event::StreamError(error) => {
                told.kind = TERCET_EVENT_STREAM_ERROR;
                told.condition = tercet_str::of(error.condition().name());
                told.text = error.text().map_or(Ok(tercet_str::NONE), |text| arena.copy(&text))?;
            }
            Event::Closed(how) => {
                told.kind = TERCET_EVENT_CLOSED;
                told.flags = if how == Closed::ByPeer { TERCET_FLAG_BY_PEER } else { 0 };
            }
        }
        Ok(tell(told))
    }
}

fn number(Token(token): Token) -> u64 {
    token.into()
}

/// The token of that number; one that was never given is as good as a stale one.
pub(super) fn token(number: u64) -> Option<Token> {
    u32::try_from(number).ok().map(Token)
}
