//! Rosters: items, requests, results, pushes (RFC 6121 section 2).
//!
//! In: views of iq stanzas and their `query`. Out: [`Item`], [`Edit`], [`Push`], or the stanza error to answer with;
//! stanzas appended to an output. Invariants: addresses of contacts are bare and prepared; a client's request never
//! sets what only the server may set (`subscription`, `ask`, `approved`).
//!
//! Refuses to know: where rosters are stored, who may see what, presence.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use super::subscription::{State, Subscription};
use super::table;
use crate::jid::{Jid, JidBuf};
use crate::ns::name;
use crate::stanza::{Element, Kind, Stanza};
use crate::write::{self, StanzaCondition, Writer};

/// Most octets that a contact's name may have. The RFC leaves the number to the server.
pub const MAX_NAME: usize = 1023;
/// Most octets that a group's name may have. The RFC leaves the number to the server.
pub const MAX_GROUP: usize = 1023;
/// Most groups that a contact may be in.
pub const MAX_GROUPS: usize = 100;

/// One contact in a roster (RFC 6121 section 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// The contact's bare address.
    pub contact: JidBuf,
    /// What the user calls the contact.
    pub name: Option<String>,
    /// Who sees whom.
    pub subscription: Subscription,
    /// Whether the user asked to see the contact and awaits an answer.
    pub ask: bool,
    /// Whether the user approved a request that has not come yet (section 3.4).
    pub approved: bool,
    /// The groups that the user put the contact in.
    pub groups: Vec<String>,
}

impl Item {
    /// An item that says nothing but the address.
    #[must_use]
    pub fn new(contact: JidBuf) -> Self {
        Self { contact, name: None, subscription: Subscription::None, ask: false, approved: false, groups: Vec::new() }
    }

    /// About how many octets it takes to write it: its texts, and a bit for what stands around them.
    #[must_use]
    pub fn octets(&self) -> usize {
        const AROUND_ITEM: usize = 64;
        const AROUND_GROUP: usize = 16;
        let groups: usize = self.groups.iter().map(|group| group.len() + AROUND_GROUP).sum();
        AROUND_ITEM + self.contact.as_str().len() + self.name.as_ref().map_or(0, String::len) + groups
    }

    /// Octets on the heap.
    fn heap(&self) -> usize {
        let groups: usize = self.groups.iter().map(String::capacity).sum();
        self.contact.as_str().len()
            + self.name.as_ref().map_or(0, String::capacity)
            + self.groups.capacity() * size_of::<String>()
            + groups
    }

    /// Reads an item that a server sent. A value of `subscription` that the RFC does not know counts as absent
    /// (section 2.1.2.5).
    ///
    /// # Errors
    /// `bad-request` without an address, `jid-malformed` with a bad one.
    pub fn read(item: Element<'_>) -> Result<Self, StanzaCondition> {
        let value = |attribute| item.attr(attribute).map(|value| value.decode());
        Ok(Self {
            contact: contact(item)?,
            name: value("name").map(|name| name.into_owned()).filter(|name| !name.is_empty()),
            subscription: value("subscription").and_then(|name| Subscription::from_name(&name)).unwrap_or_default(),
            ask: value("ask").is_some_and(|ask| ask == "subscribe"),
            approved: value("approved").is_some_and(|approved| approved == "true" || approved == "1"),
            groups: groups(item).collect(),
        })
    }

    /// Appends `<item/>`.
    pub fn write(&self, out: &mut Writer<'_>) {
        out.open(name::ROSTER_ITEM)
            .attr("jid", self.contact.as_str())
            .attr_opt("name", self.name.as_deref())
            .attr("subscription", self.subscription.name())
            .attr_opt("ask", self.ask.then_some("subscribe"))
            .attr_opt("approved", self.approved.then_some("true"));
        for group in &self.groups {
            out.open(name::ROSTER_GROUP).text(group).close();
        }
        out.close();
    }
}

/// What a server keeps for one user: the contacts, and the requests that await the user's answer.
///
/// A request is not a contact: somebody who asked is not in the roster until the user says so (section 3.1.3).
#[derive(Clone, Debug, Default)]
pub struct Roster {
    items: BTreeMap<JidBuf, Item>,
    /// The sum of the items' octets.
    octets: usize,
    pending: BTreeMap<JidBuf, Bytes>,
}

impl Roster {
    /// A roster of `items`, and of the open requests in `pending`: who asked, with the whole stanza.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = Item>, pending: impl IntoIterator<Item = (JidBuf, Bytes)>) -> Self {
        let mut roster = Self { pending: pending.into_iter().collect(), ..Self::default() };
        items.into_iter().for_each(|item| roster.put(item));
        roster
    }

    /// The contacts, in the order of their addresses.
    pub fn items(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.items.values()
    }

    /// The open requests: who asked, with the whole stanza.
    pub fn pending(&self) -> impl ExactSizeIterator<Item = (&JidBuf, &Bytes)> {
        self.pending.iter()
    }

    /// The item of a contact, a bare address.
    #[must_use]
    pub fn item(&self, contact: Jid<'_>) -> Option<&Item> {
        self.items.get(contact.as_str())
    }

    /// How the user stands with a contact, a bare address. A stranger's state is [`State::None`].
    #[must_use]
    pub fn state(&self, contact: Jid<'_>) -> State {
        let pending_in = self.pending.contains_key(contact.as_str());
        match self.item(contact) {
            Some(item) => State::new(item.subscription, item.ask, pending_in),
            None => State::new(Subscription::None, false, pending_in),
        }
    }

    /// About how many octets it takes to write the contacts, the sum of [`Item::octets`].
    #[must_use]
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// About how many octets of the heap it takes. A walk over all of it.
    pub(crate) fn heap(&self) -> usize {
        let tables = table::<(JidBuf, Item)>(self.items.len()) + table::<(JidBuf, Bytes)>(self.pending.len());
        let items: usize = self.items.iter().map(|(contact, item)| contact.as_str().len() + item.heap()).sum();
        let pending: usize = self.pending.iter().map(|(contact, stanza)| contact.as_str().len() + stanza.len()).sum();
        tables + items + pending
    }

    /// Adds an item, or replaces the one with the same address.
    pub fn put(&mut self, item: Item) {
        self.octets += item.octets();
        let old = self.items.insert(item.contact.clone(), item);
        self.octets -= old.map_or(0, |old| old.octets());
    }

    /// Takes a contact out. The contact's open request, if any, stays.
    pub fn remove(&mut self, contact: Jid<'_>) -> Option<Item> {
        let removed = self.items.remove(contact.as_str())?;
        self.octets -= removed.octets();
        Some(removed)
    }

    /// Notes a request that awaits the user's answer; the first one of a contact is kept (section 3.1.3, rule 4).
    pub fn put_pending(&mut self, contact: JidBuf, stanza: Bytes) {
        self.pending.entry(contact).or_insert(stanza);
    }

    /// Forgets a request that was answered or withdrawn.
    pub fn remove_pending(&mut self, contact: Jid<'_>) -> Option<Bytes> {
        self.pending.remove(contact.as_str())
    }
}

/// What a client asks a server to do to its roster (RFC 6121 sections 2.3 to 2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Add a contact, or change its name and groups.
    Put {
        /// The contact's bare address.
        contact: JidBuf,
        /// What the user calls the contact from now on.
        name: Option<String>,
        /// The groups the contact is in from now on.
        groups: Vec<String>,
    },
    /// Take a contact out, and end the subscriptions both ways.
    Remove {
        /// The contact's bare address.
        contact: JidBuf,
    },
}

impl Edit {
    /// Reads the `query` of a client's roster set, on the server's side.
    ///
    /// # Errors
    /// The stanza error to answer with (section 2.3.3): `bad-request` unless there is exactly one item with a bare
    /// address and no group twice, `jid-malformed` for a bad address, `not-acceptable` for a name or group that is
    /// too long, an empty group, or more than [`MAX_GROUPS`].
    pub fn read(query: Element<'_>) -> Result<Self, StanzaCondition> {
        let item = only_item(query).ok_or(StanzaCondition::BadRequest)?;
        let contact = contact(item)?;
        if item.attr("subscription").is_some_and(|subscription| subscription == "remove") {
            return Ok(Self::Remove { contact });
        }
        let name = item.attr("name").map(|name| name.decode().into_owned()).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.len() > MAX_NAME) {
            return Err(StanzaCondition::NotAcceptable);
        }
        Ok(Self::Put { contact, name, groups: checked_groups(item)? })
    }
}

/// Whether `stanza` asks for the roster or to change it; gives the `query`.
#[must_use]
pub fn query<'a>(stanza: &Stanza<'a>) -> Option<Element<'a>> {
    (stanza.kind() == Kind::Iq).then(|| stanza.root().child(name::ROSTER)).flatten()
}

/// A change that a server tells a client (RFC 6121 section 2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// The item is new, or takes the place of the one with the same address.
    Put(Item),
    /// The contact is gone.
    Remove(JidBuf),
}

impl Push {
    /// Reads a roster push on the client's side. `own` is the client's address, bare or full.
    ///
    /// Only the account itself may change the roster: a push counts if it has no `from`, or the account's bare
    /// address as `from`. Everybody else is a forger.
    ///
    /// # Errors
    /// The stanza error to answer with; the roster stays as it is. `service-unavailable` for a forged push, which
    /// tells the forger nothing; `bad-request` or `jid-malformed` for a bad item.
    pub fn read(stanza: &Stanza<'_>, own: Jid<'_>) -> Result<Self, StanzaCondition> {
        let genuine = stanza.from().is_none_or(|from| is(&from.decode(), own.bare()));
        if !genuine {
            return Err(StanzaCondition::ServiceUnavailable);
        }
        let item = query(stanza).and_then(only_item).ok_or(StanzaCondition::BadRequest)?;
        if item.attr("subscription").is_some_and(|subscription| subscription == "remove") {
            return contact(item).map(Self::Remove);
        }
        Item::read(item).map(Self::Put)
    }
}

/// Reads the items of a roster result on the client's side; an item that cannot be read is left out.
pub fn read_result(stanza: &Stanza<'_>) -> impl Iterator<Item = Item> {
    query(stanza).into_iter().flat_map(items).filter_map(|item| Item::read(item).ok())
}

/// Appends a client's request for the roster.
///
/// # Errors
/// If `id` cannot be written.
pub fn write_get(out: &mut Vec<u8>, id: &str) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "get").attr("id", id);
    iq.open(name::ROSTER).close();
    iq.close();
    iq.finish()
}

/// Appends a client's request to change the roster.
///
/// # Errors
/// If a text cannot be written.
pub fn write_set(out: &mut Vec<u8>, id: &str, edit: &Edit) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "set").attr("id", id);
    iq.open(name::ROSTER).open(name::ROSTER_ITEM);
    match edit {
        Edit::Put { contact, name, groups } => {
            iq.attr("jid", contact.as_str()).attr_opt("name", name.as_deref());
            for group in groups {
                iq.open(name::ROSTER_GROUP).text(group).close();
            }
        }
        Edit::Remove { contact } => {
            iq.attr("jid", contact.as_str()).attr("subscription", "remove");
        }
    }
    iq.close().close().close();
    iq.finish()
}

/// Appends a server's answer to a request for the roster.
///
/// # Errors
/// If a text cannot be written.
pub fn write_result(out: &mut Vec<u8>, to: Jid<'_>, id: Option<&str>, roster: &Roster) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "result").attr_opt("id", id).attr("to", to.as_str());
    iq.open(name::ROSTER);
    for item in roster.items() {
        item.write(&mut iq);
    }
    iq.close().close();
    iq.finish()
}

/// Appends a roster push. It has no `from`: it comes from the account itself.
///
/// # Errors
/// If a text cannot be written.
pub fn write_push(out: &mut Vec<u8>, to: Jid<'_>, id: &str, push: &Push) -> Result<(), write::Error> {
    let mut iq = Writer::new(out);
    iq.open(name::IQ).attr("type", "set").attr("id", id).attr("to", to.as_str());
    iq.open(name::ROSTER);
    match push {
        Push::Put(item) => item.write(&mut iq),
        Push::Remove(contact) => {
            iq.open(name::ROSTER_ITEM).attr("jid", contact.as_str()).attr("subscription", "remove").close();
        }
    }
    iq.close().close();
    iq.finish()
}

/// The bare address of an item.
fn contact(item: Element<'_>) -> Result<JidBuf, StanzaCondition> {
    let text = item.attr("jid").ok_or(StanzaCondition::BadRequest)?;
    let contact = JidBuf::parse(&text.decode()).map_err(|_| StanzaCondition::JidMalformed)?;
    if contact.as_jid().is_bare() { Ok(contact) } else { Err(StanzaCondition::BadRequest) }
}

fn items(query: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    query.elements().filter(|child| child.is(name::ROSTER_ITEM))
}

/// The item of a query that has exactly one.
fn only_item(query: Element<'_>) -> Option<Element<'_>> {
    let mut items = items(query);
    items.next().filter(|_| items.next().is_none())
}

fn groups(item: Element<'_>) -> impl Iterator<Item = String> {
    item.elements().filter(|child| child.is(name::ROSTER_GROUP)).map(|group| group.text().into_owned())
}

/// The groups of a client's item, held to section 2.3.3.
fn checked_groups(item: Element<'_>) -> Result<Vec<String>, StanzaCondition> {
    let mut found: Vec<String> = Vec::new();
    for group in groups(item) {
        if group.is_empty() || group.len() > MAX_GROUP || found.len() == MAX_GROUPS {
            return Err(StanzaCondition::NotAcceptable);
        }
        if found.contains(&group) {
            return Err(StanzaCondition::BadRequest);
        }
        found.push(group);
    }
    Ok(found)
}

/// Whether `text` is the address `jid` once prepared.
fn is(text: &str, jid: Jid<'_>) -> bool {
    JidBuf::parse(text).is_ok_and(|from| from.as_jid() == jid)
}
