//! The way back to the peer, handed out beside each event.

use alloc::boxed::Box;
use alloc::string::String;

use crate::negotiate::Answer;
use crate::stanza::{Kind, Stanza, Text};
use crate::write::{self, StanzaCondition, Writer};

use super::{ApiMisuse, Error, Output, Token};

/// Writes to the output of the connection whose event is being looked at, without touching its input.
pub struct Reply<'a> {
    pub(super) out: &'a mut Output,
    pub(super) desk: &'a mut Desk,
    pub(super) debt: &'a mut Debt,
    pub(super) may_send: Result<(), ApiMisuse>,
}

impl Reply<'_> {
    /// Writes a stanza.
    ///
    /// # Errors
    /// [`ApiMisuse::NotBound`] or [`ApiMisuse::Closed`]; what [`Writer::finish`] says. Nothing is written then.
    pub fn send(&mut self, stanza: impl FnOnce(&mut Writer<'_>)) -> Result<(), Error> {
        self.may_send?;
        let mut writer = Writer::new(self.out.buffer());
        stanza(&mut writer);
        Ok(writer.finish()?)
    }

    /// Passes on stanzas in their serialised form, as [`Connection::deliver`](super::Connection::deliver) does.
    ///
    /// # Errors
    /// [`ApiMisuse::NotBound`], [`ApiMisuse::Closed`], [`Error::OutOfMemory`]. Nothing is written then.
    pub fn deliver(&mut self, serialised: &[u8]) -> Result<(), Error> {
        self.may_send?;
        self.out.append(serialised)
    }

    /// Answers the request `stanza`, the one that the event showed, with a result; `payload` writes what is in it, if
    /// anything.
    ///
    /// # Errors
    /// As [`Reply::send`]; [`ApiMisuse::NotARequest`] where `stanza` is not an iq of type get or set,
    /// [`ApiMisuse::StaleAnswer`] where it was answered already.
    pub fn result(&mut self, stanza: &Stanza<'_>, payload: impl FnOnce(&mut Writer<'_>)) -> Result<(), Error> {
        self.may_send?;
        let asks = stanza.ty().is_some_and(|ty| ty == "get" || ty == "set");
        if stanza.kind() != Kind::Iq || !asks {
            return Err(ApiMisuse::NotARequest.into());
        }
        self.debt.check()?;
        let text = |text: Option<Text<'_>>| text.map(|text| String::from(text.decode()));
        let id = text(stanza.id()).unwrap_or_default();
        write::iq_result(self.out.buffer(), text(stanza.from()).as_deref(), &id, payload)?;
        self.debt.answered();
        Ok(())
    }

    /// Answers `stanza`, the one that the event showed, with an error;
    /// does nothing where it is itself an answer (RFC 6120 section 8.3.1).
    ///
    /// # Errors
    /// As [`Reply::send`]; [`ApiMisuse::StaleAnswer`] where it was answered already.
    pub fn error(&mut self, stanza: &Stanza<'_>, condition: StanzaCondition, text: Option<&str>) -> Result<(), Error> {
        self.may_send?;
        self.debt.check()?;
        if write::error_reply(self.out.buffer(), stanza, condition.default_type(), condition, text)? {
            self.debt.answered();
        }
        Ok(())
    }

    /// Leaves the request that was just lent to a later answer of the caller's own.
    pub fn defer(&mut self) {
        self.debt.settle();
    }

    /// Answers a request of the connection's, as [`Connection::answer`](super::Connection::answer) does.
    ///
    /// # Errors
    /// [`ApiMisuse::StaleAnswer`], [`ApiMisuse::WrongAnswer`].
    pub fn answer(&mut self, token: Token, answer: Answer) -> Result<(), ApiMisuse> {
        self.desk.put(token, answer)
    }
}

/// The one request to the caller that may be open, and its answer until the engine takes it up.
#[derive(Debug, Default)]
pub(super) struct Desk {
    asked: u32,
    slot: Slot,
}

#[derive(Debug, Default)]
enum Slot {
    #[default]
    Idle,
    Open(Asked),
    Answered(Box<Answer>),
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Keys,
    Resource,
}

impl Asked {
    fn by(answer: &Answer) -> Self {
        match answer {
            Answer::Account(_) | Answer::NoAccount | Answer::Disabled | Answer::Unavailable => Self::Keys,
            Answer::Accept | Answer::Resource(_) | Answer::Refuse(_) => Self::Resource,
        }
    }
}

impl Desk {
    /// Opens a request.
    pub(super) fn ask(&mut self, asked: Asked) {
        self.asked = self.asked.wrapping_add(1);
        self.slot = Slot::Open(asked);
    }

    /// The request asked last.
    pub(super) fn token(&self) -> Token {
        Token(self.asked)
    }

    /// Takes an answer in.
    pub(super) fn put(&mut self, token: Token, answer: Answer) -> Result<(), ApiMisuse> {
        match self.slot {
            Slot::Open(asked) if token == self.token() => {
                if Asked::by(&answer) != asked {
                    return Err(ApiMisuse::WrongAnswer);
                }
                self.slot = Slot::Answered(Box::new(answer));
                Ok(())
            }
            _ => Err(ApiMisuse::StaleAnswer),
        }
    }

    /// Hands the answer on.
    pub(super) fn take(&mut self) -> Option<Answer> {
        match core::mem::take(&mut self.slot) {
            Slot::Answered(answer) => Some(*answer),
            other => {
                self.slot = other;
                None
            }
        }
    }

    /// Octets on the heap, the texts of an answer left out.
    pub(super) fn heap(&self) -> usize {
        if self.is_answered() { size_of::<Answer>() } else { 0 }
    }

    /// Whether an answer is waiting to be taken up.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.slot, Slot::Answered(_))
    }
}

/// What is owed for the stanza that was lent to the caller: unless a request is settled, the engine refuses it, and
/// none is answered twice.
#[derive(Debug, Default)]
pub struct Debt {
    owed: Option<Box<Owed>>,
    answered: bool,
}

#[derive(Debug)]
struct Owed {
    id: String,
    from: Option<String>,
}

impl Debt {
    /// The next stanza is lent.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }

    /// Whether the stanza lent is still to be answered.
    fn check(&self) -> Result<(), ApiMisuse> {
        if self.answered { Err(ApiMisuse::StaleAnswer) } else { Ok(()) }
    }

    /// Notes that the stanza lent was answered.
    pub(super) fn answered(&mut self) {
        *self = Self { owed: None, answered: true };
    }

    /// Whether the engine is to refuse the request.
    pub(super) fn is_owed(&self) -> bool {
        self.owed.is_some()
    }

    /// Notes the request `stanza`.
    pub(super) fn incur(&mut self, stanza: &Stanza<'_>) {
        let text = |text: Text<'_>| String::from(text.decode());
        self.owed = stanza.id().map(|id| Box::new(Owed { id: text(id), from: stanza.from().map(text) }));
    }

    /// Octets on the heap.
    pub(super) fn heap(&self) -> usize {
        let texts = |owed: &Owed| owed.id.capacity() + owed.from.as_ref().map_or(0, String::capacity);
        self.owed.as_ref().map_or(0, |owed| size_of::<Owed>() + texts(owed))
    }

    /// Owes nothing any more.
    pub(super) fn settle(&mut self) {
        self.owed = None;
    }

    /// Refuses what is still owed (RFC 6120 section 8.4).
    pub(super) fn pay(&mut self, out: &mut Output) -> Result<(), write::Error> {
        let Some(owed) = self.owed.take() else { return Ok(()) };
        self.answered = true;
        let condition = StanzaCondition::ServiceUnavailable;
        write::iq_error(out.buffer(), owed.from.as_deref(), &owed.id, condition)
    }
}
