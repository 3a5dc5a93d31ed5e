//! The line through a stanza: how far it has come, and what stands in its way.
//!
//! In: the unit's text and the places of structure in it. Out: what the parts of the line share, each of which takes
//! whole tokens from where it stands and moves it on, or takes nothing. Text is a token of its own: it may be taken
//! where what stands behind it is not.

use super::build::{Builder, Context};
use super::{Error, Outlet};
use crate::scan::{Places, Text, count, is_nonchar};
use crate::token::predefined_at;

/// How far the line has come. Offsets are as [`Text`] counts them, but for what goes onto the tape.
#[derive(Clone, Copy)]
pub(super) struct Line<'l> {
    pub(super) text: Text<'l>,
    /// Structure from the next token on.
    pub(super) places: Places<'l>,
    /// Where the next token begins.
    pub(super) at: usize,
}

impl Line<'_> {
    /// Whether a tag comes next, of which the text holds a part only.
    pub(super) fn is_at_cut_tag(&self) -> bool {
        self.places.kinds() as u8 == b'<' && self.places.first() == self.at && self.places.is_token_cut()
    }
}

/// What has come of a token that was taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    GoesOn,
    RootEnds,
}

impl Builder {
    /// The element at `at` of the tape has begun, the root perhaps.
    #[inline(always)]
    pub(super) fn begun<O: Outlet>(&mut self, at: u32, is_empty: bool, cx: &mut Context<'_, O>) -> Taken {
        if self.depth == 0 {
            self.note_heads_of_root();
        }
        self.begun_within(at, is_empty, cx);
        if is_empty && self.depth == 0 { Taken::RootEnds } else { Taken::GoesOn }
    }

    /// An element within the root has begun: it is counted and told, and ended where its tag is an empty one's.
    #[inline(always)]
    pub(super) fn begun_within<O: Outlet>(&mut self, at: u32, is_empty: bool, cx: &mut Context<'_, O>) {
        self.elements += 1;
        self.tell_start(at, cx);
        if is_empty {
            self.tell_end(at, cx);
        } else {
            self.depth += 1;
            self.open = at;
        }
    }

    /// The open element at `at` of the tape has ended.
    #[inline(always)]
    pub(super) fn ended<O: Outlet>(&mut self, at: u32, cx: &mut Context<'_, O>) -> Taken {
        self.depth -= 1;
        self.tell_end(at, cx);
        if self.depth == 0 { Taken::RootEnds } else { Taken::GoesOn }
    }
}

/// Why the next token was not taken.
pub(super) enum Halt {
    /// It is of no common shape.
    Other,
    /// There are no more places.
    Starved,
    /// The tape has no room for a tag's attributes.
    Full,
    /// It is refused.
    Fault(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Goes on past references and the like, to the octet `end`: the structure from there on, and whether what lies before
/// reads as written.
pub(super) fn past_references<'l>(text: Text<'_>, mut places: Places<'l>, end: u8) -> Result<(Places<'l>, bool), Halt> {
    let mut plain = true;
    loop {
        match places.kinds() as u8 {
            octet if octet == end => return Ok((places, plain)),
            0 if places.is_empty() => return Err(Halt::Starved),
            _ => plain &= !is_reference(text, places.first()).ok_or(Halt::Other)?,
        }
        count(1);
        places.pass(1);
    }
}

/// Whether what stands at `at`, in text or a value, is a reference; nothing where it may not stand there, or not
/// without another look.
#[inline(always)]
pub(super) fn is_reference(text: Text<'_>, at: usize) -> Option<bool> {
    let at = text.offset(at);
    match text.octets().get(at..)? {
        reference @ [b'&', ..] => predefined_at(reference).map(|_| true),
        [0xef, ..] => (!is_nonchar(text.octets(), at)).then_some(false),
        _ => None,
    }
}
