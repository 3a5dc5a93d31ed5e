//! The unit that a handle lends at present, and what views need to find their way back to it.
//!
//! Views cannot borrow: C keeps them across calls. So a view names the handle, the unit's serial number, and a place on
//! the tape; each look-up borrows the unit anew, for as long as the call. A view of an older unit finds a newer serial
//! number and is told so.

use core::mem;
use std::boxed::Box;
use std::string::{String, ToString as _};

use super::arena::Arena;
use super::boundary::{Guard, Handle};
use super::element::tercet_element;
use super::event::tercet_stanza;
use super::event::{TERCET_UNIT_HEADER, TERCET_UNIT_IQ, TERCET_UNIT_MESSAGE, TERCET_UNIT_OTHER, TERCET_UNIT_PRESENCE};
use super::ptr::tercet_str;
use super::result::{
    TERCET_ERR_ARGUMENT, TERCET_ERR_STALE, TERCET_ERR_TRUNCATED, TERCET_OK, of_stream, tercet_result,
    tercet_result_is_fatal, text,
};
use crate::engine::{Client, Error, Server};
use crate::stanza::{Element, Kind, OwnedStanza, Stanza};
use crate::stream::{self, Condition, Held, Input, Parser};

/// What a handle reads from. Opaque: views carry its address.
pub struct tercet_unit {
    guard: Guard,
    pub(super) source: Source,
    pub(super) input: Input,
    /// How much of the input is lent.
    pub(super) held: Held,
    /// The number of the unit lent.
    serial: u32,
    pub(super) arena: Arena,
    fault: Option<Box<FaultNote>>,
}

/// Whose units they are. In boxes, because what a stanza needs that is kept is much less.
pub(super) enum Source {
    Parser(Box<Parser>),
    Client(Box<Client>),
    Server(Box<Server>),
    Owned(OwnedStanza),
}

/// The error that ended a stream, as C asks for it.
struct FaultNote {
    result: tercet_result,
    condition: Option<Condition>,
    offset: Option<u64>,
    message: String,
}

/// What is known of the error that ended a stream.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_error {
    /// The number; `TERCET_OK` where nothing is wrong.
    pub result: tercet_result,
    /// Always 0.
    pub flags: u32,
    /// Octets from the first that the handle took in to the faulty one, those of streams before the last restart
    /// (STARTTLS, SASL, `tercet_parser_restart`) included; `UINT64_MAX` where the error is not about an octet.
    pub offset: u64,
    /// The stream error condition (RFC 6120 section 4.9.3) that the peer is told, or told us. Static; none where there
    /// is none.
    pub condition: tercet_str,
    /// What is wrong: an English sentence. Borrowed until the next call on the handle.
    pub message: tercet_str,
    /// Always 0.
    pub reserved: [u64; 2],
}

impl Handle for tercet_unit {
    fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }
}

impl tercet_unit {
    pub(super) fn new(source: Source) -> Self {
        Self {
            guard: Guard::default(),
            source,
            input: Input::new(),
            held: Held::default(),
            serial: 1,
            arena: Arena::default(),
            fault: None,
        }
    }

    /// Ends the life of all views.
    pub(super) fn turn(&mut self) {
        self.serial = self.serial.wrapping_add(1).max(1);
        self.arena.clear();
    }

    /// Counts the unit lent as read, and ends the life of all views.
    pub(super) fn pass(&mut self) {
        drop(self.input.resume(mem::take(&mut self.held)));
        self.turn();
    }

    /// As [`Self::pass`], and forgets the error that ended the stream: another one begins.
    pub(super) fn settle(&mut self) {
        self.pass();
        self.fault = None;
    }

    /// The pen that writes views of the unit lent now; `address` is where `self` lies.
    pub(super) fn mark(&self, address: *const Self) -> Mark {
        Mark { unit: address, serial: self.serial }
    }

    /// Shows the root of the unit lent to `look`, if its number is `serial`.
    pub(super) fn look<T>(
        &mut self,
        serial: u32,
        look: impl FnOnce(Element<'_>, &mut Arena) -> Result<T, tercet_result>,
    ) -> Result<T, tercet_result> {
        if serial != self.serial {
            return Err(TERCET_ERR_STALE);
        }
        let root = self.source.root(self.input.lent(self.held)).ok_or(TERCET_ERR_STALE)?;
        look(root, &mut self.arena)
    }

    /// Shows the stanza lent to `look`, if its number is `serial` and `place` is that of its root.
    pub(super) fn look_whole<T>(
        &mut self,
        serial: u32,
        place: u32,
        look: impl FnOnce(Stanza<'_>) -> Result<T, tercet_result>,
    ) -> Result<T, tercet_result> {
        if serial != self.serial {
            return Err(TERCET_ERR_STALE);
        }
        let stanza = self.source.stanza(self.input.lent(self.held));
        look(stanza.filter(|stanza| stanza.root().place() == place).ok_or(TERCET_ERR_ARGUMENT)?)
    }

    /// Notes why a connection is over.
    pub(super) fn ended(&mut self, error: &Error, result: tercet_result) {
        let (condition, offset) = match error {
            Error::Syntax(error) => (Some(error.condition()), Some(error.at)),
            Error::Peer(condition) => (Some(*condition), None),
            other => (other.condition(), None),
        };
        self.note(FaultNote { result, condition, offset, message: error.to_string() });
    }

    /// Notes why a parser is at its end.
    pub(super) fn faulty(&mut self, error: &stream::Error) -> tercet_result {
        let result = of_stream(error);
        let (condition, offset) = (Some(error.condition()), Some(error.at));
        self.note(FaultNote { result, condition, offset, message: error.to_string() });
        result
    }

    /// Notes that the bytes ended too early; where a fault had ended the stream before, that is noted and returned.
    pub(super) fn truncated(&mut self, error: stream::Truncated) -> tercet_result {
        if let Some(fault) = error.fault {
            return self.faulty(&fault);
        }
        let result = TERCET_ERR_TRUNCATED;
        self.note(FaultNote { result, condition: None, offset: Some(error.at), message: error.to_string() });
        result
    }

    fn note(&mut self, fault: FaultNote) {
        self.fault = Some(Box::new(fault));
    }

    /// Gives back what only work needs, and ends the life of all views. What was lent is read.
    pub(super) fn shrink(&mut self) {
        self.pass();
        self.arena.shrink();
        self.input.shrink();
        match &mut self.source {
            Source::Parser(parser) => parser.shrink(),
            Source::Client(client) => client.shrink(),
            Source::Server(server) => server.shrink(),
            Source::Owned(_) => {}
        }
    }

    /// Octets on the heap.
    pub(super) fn heap(&self) -> usize {
        let source = match &self.source {
            Source::Parser(parser) => parser.memory(),
            Source::Client(client) => client.memory(),
            Source::Server(server) => server.memory(),
            Source::Owned(owned) => owned.memory(),
        };
        let fault = self.fault.as_ref().map_or(0, |fault| size_of::<FaultNote>() + fault.message.capacity());
        source + self.input.heap() + self.arena.heap() + fault
    }

    /// The error that ended the stream, if one did.
    pub(super) fn verdict(&self) -> Option<tercet_result> {
        self.fault.as_ref().map(|fault| fault.result).filter(|&result| tercet_result_is_fatal(result))
    }

    /// What is wrong, where an error ended the stream.
    pub(super) fn failure(&self) -> Option<String> {
        self.verdict()?;
        self.fault.as_ref().map(|fault| fault.message.clone())
    }

    /// The error noted last.
    pub(super) fn error(&self) -> tercet_error {
        let none = tercet_error {
            result: TERCET_OK,
            flags: 0,
            offset: u64::MAX,
            condition: tercet_str::NONE,
            message: tercet_str::of(text(TERCET_OK).to_str().unwrap_or_default()),
            reserved: [0; 2],
        };
        self.fault.as_ref().map_or(none, |fault| tercet_error {
            result: fault.result,
            offset: fault.offset.unwrap_or(u64::MAX),
            condition: fault.condition.map_or(tercet_str::NONE, |condition| tercet_str::of(condition.name())),
            message: tercet_str::of(&fault.message),
            ..none
        })
    }
}

impl Source {
    /// The root of the unit lent, a stream header included; `lent` is what the input lends.
    fn root<'a>(&'a self, lent: &'a str) -> Option<Element<'a>> {
        match self {
            Self::Parser(parser) => parser.root_in(lent),
            Self::Client(client) => client.parser().root_in(lent),
            Self::Server(server) => server.parser().root_in(lent),
            Self::Owned(owned) => Some(owned.view().root()),
        }
    }

    fn stanza<'a>(&'a self, lent: &'a str) -> Option<Stanza<'a>> {
        match self {
            Self::Parser(parser) => parser.stanza_in(lent),
            Self::Client(client) => client.parser().stanza_in(lent),
            Self::Server(server) => server.parser().stanza_in(lent),
            Self::Owned(owned) => Some(owned.view()),
        }
    }
}

/// Where views come from.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    unit: *const tercet_unit,
    serial: u32,
}

impl Mark {
    /// The mark that a view bears.
    pub(super) fn of(element: tercet_element) -> Self {
        Self { unit: element.unit, serial: element.serial }
    }

    /// A view of `element`.
    pub(super) fn element(self, element: Element<'_>) -> tercet_element {
        tercet_element { unit: self.unit, place: element.place(), serial: self.serial }
    }

    /// A view of a stanza.
    #[inline(always)]
    pub(super) fn stanza(self, stanza: Stanza<'_>, arena: &mut Arena) -> Result<tercet_stanza, tercet_result> {
        let root = stanza.root();
        Ok(tercet_stanza {
            kind: kind(stanza),
            flags: 0,
            ns_id: root.name().ns.id(),
            name_id: root.name().local.id(),
            name: tercet_str::of(root.local()),
            ns: tercet_str::of(root.ns()),
            to: arena.decode_opt(stanza.to())?,
            from: arena.decode_opt(stanza.from())?,
            id: arena.decode_opt(stanza.id())?,
            r#type: arena.decode_opt(stanza.ty())?,
            lang: arena.decode_opt(stanza.lang())?,
            raw: tercet_str::of(stanza.raw()),
            root: self.element(root),
            reserved: [0; 2],
        })
    }

    /// A view of a stream header.
    pub(super) fn header(self, header: stream::Header<'_>, arena: &mut Arena) -> Result<tercet_stanza, tercet_result> {
        let root = header.element();
        Ok(tercet_stanza {
            kind: TERCET_UNIT_HEADER,
            ns_id: root.name().ns.id(),
            name_id: root.name().local.id(),
            name: tercet_str::of(root.local()),
            ns: tercet_str::of(root.ns()),
            to: arena.decode_opt(header.to())?,
            from: arena.decode_opt(header.from())?,
            id: arena.decode_opt(header.id())?,
            lang: arena.decode_opt(header.lang())?,
            raw: tercet_str::of(header.raw()),
            root: self.element(root),
            ..tercet_stanza::NONE
        })
    }
}

fn kind(stanza: Stanza<'_>) -> i32 {
    match stanza.kind() {
        Kind::Message => TERCET_UNIT_MESSAGE,
        Kind::Presence => TERCET_UNIT_PRESENCE,
        Kind::Iq => TERCET_UNIT_IQ,
        _ => TERCET_UNIT_OTHER,
    }
}
