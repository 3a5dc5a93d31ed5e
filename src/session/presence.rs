//! Presence: types, availability, priority (RFC 6121 section 4.7).
//!
//! In: views of presence stanzas. Out: [`Kind`], [`Availability`], or the reason why there is none; presence without
//! further content, appended to an output. Refuses to know: subscriptions, who is told.

use alloc::vec::Vec;
use core::fmt;

use super::subscription::Verb;
use crate::jid::Jid;
use crate::ns::{NameId, name};
use crate::stanza::Stanza;
use crate::write::{self, Writer};

/// What a presence stanza is for: its attribute `type` (RFC 6121 section 4.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The sender can be reached.
    Available,
    /// The sender can no longer be reached.
    Unavailable,
    /// Subscriptions.
    Subscription(Verb),
    /// A server asks for presence on behalf of a user.
    Probe,
    /// A presence stanza came back.
    Error,
}

impl Kind {
    /// The kind of a presence stanza; nothing if its type is none of the RFC's.
    #[must_use]
    pub fn of(stanza: &Stanza<'_>) -> Option<Self> {
        let Some(ty) = stanza.ty() else { return Some(Self::Available) };
        match &*ty.decode() {
            "unavailable" => Some(Self::Unavailable),
            "probe" => Some(Self::Probe),
            "error" => Some(Self::Error),
            other => Verb::from_name(other).map(Self::Subscription),
        }
    }

    /// The value of `type` on the wire; nothing for [`Kind::Available`].
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Available => None,
            Self::Unavailable => Some("unavailable"),
            Self::Subscription(verb) => Some(verb.name()),
            Self::Probe => Some("probe"),
            Self::Error => Some("error"),
        }
    }
}

/// How available somebody is: `<show/>` (RFC 6121 section 4.7.2.1), the most inviting first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Show {
    /// Wants to talk.
    Chat,
    /// Simply there: no `<show/>`.
    #[default]
    Online,
    /// Away for a while.
    Away,
    /// Away for long.
    ExtendedAway,
    /// Busy.
    DoNotDisturb,
}

impl Show {
    /// The content of `<show/>`; nothing for [`Show::Online`].
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Chat => Some("chat"),
            Self::Online => None,
            Self::Away => Some("away"),
            Self::ExtendedAway => Some("xa"),
            Self::DoNotDisturb => Some("dnd"),
        }
    }

    /// Reads the content of `<show/>`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let named = [Self::Chat, Self::Away, Self::ExtendedAway, Self::DoNotDisturb];
        named.into_iter().find(|show| show.name() == Some(name))
    }
}

/// What a presence stanza without `type` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Availability {
    /// How available the resource is.
    pub show: Show,
    /// Who of several resources gets a message: the highest; below zero, never (section 8.5.2).
    pub priority: i8,
}

impl Availability {
    /// Reads `<show/>` and `<priority/>`. Absent ones have their defaults, [`Show::Online`] and 0. An empty `<show/>`
    /// counts as absent: clients in use (go-sendxmpp) send one.
    ///
    /// # Errors
    /// If either has a value outside the RFC's.
    pub fn of(stanza: &Stanza<'_>) -> Result<Self, Error> {
        let content = |name| stanza.child(name).map(|child| child.text());
        let show = match content(NameId::SHOW) {
            Some(show) if !show.is_empty() => Show::from_name(&show).ok_or(Error::Show)?,
            _ => Show::default(),
        };
        let priority = match content(NameId::PRIORITY) {
            Some(priority) => priority.trim().parse().map_err(|_| Error::Priority)?,
            None => 0,
        };
        Ok(Self { show, priority })
    }
}

/// Why a presence stanza does not say how available somebody is. As a stanza error: `bad-request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// `<priority/>` is not a number from -128 to 127.
    Priority,
    /// `<show/>` is none of away, chat, dnd, xa.
    Show,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Priority => "presence priority is not a number from -128 to 127",
            Self::Show => "presence show is none of away, chat, dnd, xa",
        })
    }
}

impl core::error::Error for Error {}

/// Appends presence of one kind and no content.
///
/// # Errors
/// If `id` cannot be written.
pub fn write(
    out: &mut Vec<u8>,
    kind: Kind,
    from: Option<Jid<'_>>,
    to: Option<Jid<'_>>,
    id: Option<&str>,
) -> Result<(), write::Error> {
    let mut presence = Writer::new(out);
    presence
        .open(name::PRESENCE)
        .attr_opt("type", kind.name())
        .attr_opt("id", id)
        .attr_opt("from", from.map(Jid::as_str))
        .attr_opt("to", to.map(Jid::as_str))
        .close();
    presence.finish()
}
