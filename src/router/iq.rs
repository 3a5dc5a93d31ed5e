//! Requests and answers (RFC 6120 sections 8.2.3 and 10, RFC 6121 section 8).
//!
//! The server answers for itself and for the sender's own account. Between users only full addresses talk, and only
//! where presence is shared; otherwise the answer is the same as if there were nobody.

use super::stamp::{stamped, written};
use super::{Actions, Place, Router, Sender};
use crate::jid::Jid;
use crate::ns::{NsId, name};
use crate::session::iq::{self, Iq};
use crate::stanza::{Element, Stanza};
use crate::write::{StanzaCondition, Writer};

/// What the server says of itself in service discovery (XEP-0030): category, type, features.
const SERVER: Identity = Identity {
    category: "server",
    kind: "im",
    features: &[NsId::DISCO_INFO, NsId::DISCO_ITEMS, NsId::PING],
    others: &["msgoffline"],
};

/// What it says of an account.
const ACCOUNT: Identity =
    Identity { category: "account", kind: "registered", features: &[NsId::DISCO_INFO, NsId::PING], others: &[] };

struct Identity {
    category: &'static str,
    kind: &'static str,
    features: &'static [NsId],
    /// Features that are no namespaces.
    others: &'static [&'static str],
}

impl Router {
    /// A client sends an iq.
    pub(super) fn iq(&mut self, sender: &Sender, to: Option<Jid<'_>>, stanza: &Stanza<'_>, out: &mut Actions) {
        let own = sender.full.as_jid().bare();
        let request = match iq::classify(stanza) {
            Iq::Get(payload) => Some(Asked { payload, is_set: false }),
            Iq::Set(payload) => Some(Asked { payload, is_set: true }),
            Iq::Result(_) | Iq::Error => None,
            Iq::BadRequest => return sender.refuse(stanza, StanzaCondition::BadRequest, out),
            Iq::BadAnswer | Iq::Other => return,
        };
        match (to.map(|to| (to, self.place(to))), request) {
            (Some((to, Place::Resource)), request) => self.iq_to_resource(sender, to, request.is_some(), stanza, out),
            // Answers to the server and to accounts: to roster pushes. They need no work (RFC 6121 section 2.1.6).
            (_, None) => {}
            (None, Some(asked)) => self.ask_account(sender, asked, stanza, out),
            (Some((to, Place::Account)), Some(asked)) if to == own => self.ask_account(sender, asked, stanza, out),
            (Some((_, Place::Account)), Some(asked)) => {
                // One user's roster is no other's business (RFC 6121 section 2.3.3).
                let roster = asked.payload.is(name::ROSTER);
                let no = if roster { StanzaCondition::Forbidden } else { StanzaCondition::ServiceUnavailable };
                sender.refuse(stanza, no, out);
            }
            (Some((_, Place::Server)), Some(asked)) => self.ask_server(sender, asked, stanza, out),
            (Some((to, Place::ServerResource | Place::Remote)), Some(_)) => {
                sender.refuse(stanza, self.unreachable(to), out);
            }
        }
    }

    /// A request or an answer from one client to another (RFC 6121 section 8.5.3).
    fn iq_to_resource(&self, sender: &Sender, to: Jid<'_>, is_request: bool, stanza: &Stanza<'_>, out: &mut Actions) {
        let receiver = self.users.find(to).filter(|_| !is_request || self.shares_presence(to, sender.full.as_jid()));
        match receiver {
            Some(id) => out.extend(id, stamped(stanza, sender.full.as_jid(), None, sender.lang.as_deref())),
            // An answer that comes too late is dropped here, since it is never answered.
            None => sender.refuse(stanza, StanzaCondition::ServiceUnavailable, out),
        }
    }

    /// Whether the resource `full` lets `viewer`, a full address, know that it is there.
    fn shares_presence(&self, full: Jid<'_>, viewer: Jid<'_>) -> bool {
        let Some(session) = self.users.find(full).and_then(|id| self.users.session(id)) else { return false };
        let directed = [viewer, viewer.bare()].iter().any(|jid| session.directed.contains(jid.as_str()));
        directed || self.users.shows(full.bare(), viewer.bare())
    }

    /// A request to the sender's own account.
    fn ask_account(&mut self, sender: &Sender, asked: Asked<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        match asked.payload.name() {
            name::ROSTER if asked.is_set => self.roster_set(sender, asked.payload, stanza, out),
            name::ROSTER => self.roster_get(sender, stanza, out),
            name::PING if !asked.is_set => sender.answer_empty(stanza, out),
            name::DISCO_INFO if !asked.is_set => describe(sender, &ACCOUNT, asked.payload, stanza, out),
            // Servers of RFC 3921 wanted this after binding; clients that still ask are content with a yes.
            name::SESSION if asked.is_set => sender.answer_empty(stanza, out),
            _ => sender.refuse(stanza, StanzaCondition::ServiceUnavailable, out),
        }
    }

    /// A request to the server.
    fn ask_server(&self, sender: &Sender, asked: Asked<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
        match asked.payload.name() {
            name::PING if !asked.is_set => sender.answer_empty(stanza, out),
            name::DISCO_INFO if !asked.is_set => describe(sender, &SERVER, asked.payload, stanza, out),
            name::DISCO_ITEMS if !asked.is_set => no_items(sender, asked.payload, stanza, out),
            name::SESSION if asked.is_set => sender.answer_empty(stanza, out),
            _ => sender.refuse(stanza, StanzaCondition::ServiceUnavailable, out),
        }
    }
}

/// A get or set, and what it asks with.
#[derive(Clone, Copy)]
struct Asked<'a> {
    payload: Element<'a>,
    is_set: bool,
}

impl Sender {
    /// Answers a request with an empty result.
    pub(super) fn answer_empty(&self, stanza: &Stanza<'_>, out: &mut Actions) {
        out.extend(self.id, written(|out| iq::write_result(out, stanza)));
    }
}

/// Answers disco#info. Nodes are not known here.
fn describe(sender: &Sender, who: &Identity, query: Element<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
    if query.attr("node").is_some() {
        return sender.refuse(stanza, StanzaCondition::ItemNotFound, out);
    }
    let features = who.features.iter().filter_map(|ns| ns.text()).chain(who.others.iter().copied());
    let reply = written(|out| {
        let mut iq = Writer::new(out);
        iq::open_result(&mut iq, stanza).open(name::DISCO_INFO);
        let ns = NsId::DISCO_INFO.text().unwrap_or_default();
        iq.open_ns(ns, "identity").attr("category", who.category).attr("type", who.kind).close();
        for feature in features {
            iq.open_ns(ns, "feature").attr("var", feature).close();
        }
        iq.close().close();
        iq.finish()
    });
    out.extend(sender.id, reply);
}

/// Answers disco#items: there are none.
fn no_items(sender: &Sender, query: Element<'_>, stanza: &Stanza<'_>, out: &mut Actions) {
    if query.attr("node").is_some() {
        return sender.refuse(stanza, StanzaCondition::ItemNotFound, out);
    }
    let reply = written(|out| {
        let mut iq = Writer::new(out);
        iq::open_result(&mut iq, stanza).open(name::DISCO_ITEMS).close().close();
        iq.finish()
    });
    out.extend(sender.id, reply);
}
