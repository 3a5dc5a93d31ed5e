//! Messages: types and readable content (RFC 6121 section 5).
//!
//! In: views of message stanzas. Out: [`Kind`], and the body, subject and thread in the language asked for. Refuses
//! to know: delivery.

use alloc::borrow::Cow;

use crate::ns::NameId;
use crate::stanza::{Element, Stanza};

/// What a message is part of: its attribute `type` (RFC 6121 section 5.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A single message; also every type that the RFC does not know.
    #[default]
    Normal,
    /// One of a conversation between two.
    Chat,
    /// One of a conversation between many.
    Groupchat,
    /// News that needs no answer and is not kept.
    Headline,
    /// A message came back.
    Error,
}

impl Kind {
    /// The kind of a message stanza.
    #[must_use]
    pub fn of(stanza: &Stanza<'_>) -> Self {
        match stanza.ty().map(|ty| ty.decode()).as_deref() {
            Some("chat") => Self::Chat,
            Some("groupchat") => Self::Groupchat,
            Some("headline") => Self::Headline,
            Some("error") => Self::Error,
            _ => Self::Normal,
        }
    }

    /// The value of `type` on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Chat => "chat",
            Self::Groupchat => "groupchat",
            Self::Headline => "headline",
            Self::Error => "error",
        }
    }
}

/// The text of the body, if the message has one.
///
/// Of several the one in `lang` is taken, else the one that has no language of its own, else the first
/// (section 5.2.3).
#[must_use]
pub fn body<'a>(stanza: &Stanza<'a>, lang: Option<&str>) -> Option<Cow<'a, str>> {
    in_language(stanza, NameId::BODY, lang)
}

/// The text of the subject, if the message has one; the language is chosen as in [`body`].
#[must_use]
pub fn subject<'a>(stanza: &Stanza<'a>, lang: Option<&str>) -> Option<Cow<'a, str>> {
    in_language(stanza, NameId::SUBJECT, lang)
}

/// The conversation that a message belongs to (section 5.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Thread<'a> {
    /// The name of the conversation.
    pub id: Cow<'a, str>,
    /// The conversation that this one branched off.
    pub parent: Option<Cow<'a, str>>,
}

/// The thread, if the message names one.
#[must_use]
pub fn thread<'a>(stanza: &Stanza<'a>) -> Option<Thread<'a>> {
    let thread = stanza.child(NameId::THREAD)?;
    Some(Thread { id: thread.text(), parent: thread.attr("parent").map(|parent| parent.decode()) })
}

fn in_language<'a>(stanza: &Stanza<'a>, local: NameId, lang: Option<&str>) -> Option<Cow<'a, str>> {
    let name = stanza.name_within(local);
    let variants = || stanza.root().elements().filter(move |child| child.is(name));
    let wanted = variants().find(|&variant| match (variant.lang(), lang) {
        (Some(own), Some(lang)) => own.decode().eq_ignore_ascii_case(lang),
        _ => false,
    });
    let plain = || variants().find(|&variant| variant.lang().is_none());
    wanted.or_else(plain).or_else(|| variants().next()).map(Element::text)
}
