//! Requests and their answers (RFC 6120 section 8.2.3).
//!
//! In: views of iq stanzas. Out: which of the four kinds one is, or that it is none; answers appended to an output.
//! [`Pending`] holds a client's open requests and says which one a stanza answers. Invariant: an answer counts only
//! if the id *and* the sender are those of the request, the sender compared in prepared form.
//!
//! Refuses to know: what is asked.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::table;
use crate::jid::{Jid, JidBuf};
use crate::ns::{NameId, NsId, name};
use crate::stanza::{Element, Kind, Stanza};
use crate::write::{self, StanzaCondition, Writer};

/// What a stanza is as an iq.
#[derive(Clone, Copy, Debug)]
pub enum Iq<'a> {
    /// A question, with the one element it asks with.
    Get(Element<'a>),
    /// An order, with the one element it orders with.
    Set(Element<'a>),
    /// The answer to a get or set, empty or with one element.
    Result(Option<Element<'a>>),
    /// The refusal of a get or set.
    Error,
    /// No proper request, to be answered with `bad-request`: no id, an unknown type, or not exactly one element.
    BadRequest,
    /// No proper answer, to be dropped: no id, or a result with more than one element.
    BadAnswer,
    /// Not an iq.
    Other,
}

/// Which kind of iq a stanza is (RFC 6120 section 8.2.3).
#[must_use]
pub fn classify<'a>(stanza: &Stanza<'a>) -> Iq<'a> {
    if stanza.kind() != Kind::Iq {
        return Iq::Other;
    }
    let mut children = stanza.root().elements();
    let (first, second) = (children.next(), children.next());
    let has_id = stanza.id().is_some();
    match (stanza.ty().map(|ty| ty.decode()).as_deref(), first, second) {
        (Some("get"), Some(payload), None) if has_id => Iq::Get(payload),
        (Some("set"), Some(payload), None) if has_id => Iq::Set(payload),
        (Some("result"), payload, None) if has_id => Iq::Result(payload),
        (Some("error"), ..) if has_id => Iq::Error,
        (Some("result" | "error"), ..) => Iq::BadAnswer,
        _ => Iq::BadRequest,
    }
}

/// The condition in an error stanza; `undefined-condition` where none, or an unknown one, is named.
#[must_use]
pub fn error_condition(stanza: &Stanza<'_>) -> StanzaCondition {
    let error = stanza.child(NameId::ERROR);
    let named = error.and_then(|error| error.elements().find(|child| child.name().ns == NsId::STANZA_ERRORS));
    named.and_then(|child| StanzaCondition::from_name(child.local())).unwrap_or(StanzaCondition::UndefinedCondition)
}

/// Appends the empty result that answers `stanza`, back to its sender.
///
/// # Errors
/// If the stanza's id or sender cannot be written.
pub fn write_result(out: &mut Vec<u8>, stanza: &Stanza<'_>) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    open_result(&mut iq, stanza).close();
    iq.finish()
}

/// Opens the result that answers `stanza`, back to its sender: an element to put the content in and to close.
pub fn open_result<'w, 'o>(out: &'w mut Writer<'o>, stanza: &Stanza<'_>) -> &'w mut Writer<'o> {
    let [id, to, from] = [stanza.id(), stanza.from(), stanza.to()].map(|text| text.map(|text| text.decode()));
    out.open(name::IQ)
        .attr("type", "result")
        .attr_opt("id", id.as_deref())
        .attr_opt("to", to.as_deref())
        .attr_opt("from", from.as_deref())
}

/// A client's requests that have no answer yet, each with a note `T` of what it was for.
///
/// ```
/// use tercet::jid::JidBuf;
/// use tercet::session::iq::Pending;
/// let own = JidBuf::parse("romeo@example.net/orchard")?;
/// let mut open = Pending::new(100);
/// open.insert("r1", None, "the roster")?;
/// assert_eq!(open.settle("r1", Some("mallory@example.net"), own.as_jid()), None);
/// assert_eq!(open.settle("r1", Some("Romeo@example.net"), own.as_jid()), Some("the roster"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Pending<T> {
    open: BTreeMap<String, (Option<JidBuf>, T)>,
    limit: usize,
}

impl<T> Pending<T> {
    /// A table for at most `limit` requests at a time.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { open: BTreeMap::new(), limit }
    }

    /// Notes a request that is about to be sent `to` an address; without one it goes to the own account.
    ///
    /// # Errors
    /// If as many as allowed are open, or one with this id is.
    pub fn insert(&mut self, id: &str, to: Option<JidBuf>, note: T) -> Result<(), PendingError> {
        let full = self.open.len() >= self.limit;
        match self.open.entry(id.into()) {
            Entry::Occupied(_) => Err(PendingError::Duplicate),
            Entry::Vacant(_) if full => Err(PendingError::Full),
            Entry::Vacant(entry) => {
                entry.insert((to, note));
                Ok(())
            }
        }
    }

    /// Closes the request that an answer with this `id` and this `from` answers, and gives back its note; nothing if
    /// there is none: then the answer is unknown or forged, and to be dropped.
    ///
    /// `own` is the client's full address. A request to the own account may be answered by nobody (no `from`), the
    /// account, the client's own address, or the server; nobody may also speak for the server's own address.
    pub fn settle(&mut self, id: &str, from: Option<&str>, own: Jid<'_>) -> Option<T> {
        let (to, _) = self.open.get(id)?;
        let from = match from {
            Some(from) => Some(JidBuf::parse(from).ok()?),
            None => None,
        };
        let matches = answers(to.as_ref().map(JidBuf::as_jid), from.as_ref().map(JidBuf::as_jid), own);
        matches.then(|| self.open.remove(id)).flatten().map(|(_, note)| note)
    }

    /// Closes a request without an answer: its time is over.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        self.open.remove(id).map(|(_, note)| note)
    }

    /// About how many octets of the heap it takes.
    pub(crate) fn heap(&self) -> usize {
        let texts = |(id, (to, _)): (&String, &(Option<JidBuf>, T))| {
            id.capacity() + to.as_ref().map_or(0, |to| to.as_str().len())
        };
        table::<(String, (Option<JidBuf>, T))>(self.open.len()) + self.open.iter().map(texts).sum::<usize>()
    }

    /// How many requests are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether no request is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

/// Whether somebody `from` may answer what was asked of `to` (RFC 6120 section 8.1.2.1).
fn answers(to: Option<Jid<'_>>, from: Option<Jid<'_>>, own: Jid<'_>) -> bool {
    let is_server = |jid: Jid<'_>| jid.as_str() == own.domain();
    match (to, from) {
        (None, None) => true,
        (None, Some(from)) => from == own.bare() || from == own || is_server(from),
        (Some(to), None) => to == own.bare() || is_server(to),
        (Some(to), Some(from)) => to == from,
    }
}

/// Why a request was not noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PendingError {
    /// A request with this id is open.
    Duplicate,
    /// As many requests as allowed are open.
    Full,
}

impl fmt::Display for PendingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duplicate => "a request with this id is open",
            Self::Full => "too many requests are open",
        })
    }
}

impl core::error::Error for PendingError {}
