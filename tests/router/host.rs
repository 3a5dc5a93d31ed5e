//! A host in memory: it carries out what the router asks for, and keeps what each session is sent.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use tercet::jid::{Jid, JidBuf};
use tercet::router::{Action, Actions, Answer, Error, Offline, Request, Router, RouterConfig, SessionId, Token};
use tercet::session::roster::{Item, Roster};

use crate::tree::{Tree, with_stanza};

pub(crate) const DOMAIN: &str = "x";

#[derive(Default)]
pub(crate) struct Account {
    pub(crate) items: BTreeMap<JidBuf, Item>,
    pub(crate) pending: BTreeMap<JidBuf, Bytes>,
    pub(crate) messages: Vec<Bytes>,
}

impl Account {
    fn roster(&self) -> Roster {
        Roster::new(self.items.values().cloned(), self.pending.clone())
    }
}

pub(crate) struct Host {
    pub(crate) router: Router,
    pub(crate) accounts: BTreeMap<JidBuf, Account>,
    /// What sessions were sent and nobody has looked at yet, in order.
    pub(crate) sent: VecDeque<(SessionId, Tree)>,
    /// Requests that a slow database has not answered.
    pub(crate) open: VecDeque<(Token, Request)>,
    pub(crate) slow: bool,
    /// How many messages are kept for one account.
    pub(crate) quota: usize,
    last_session: u64,
}

pub(crate) fn jid(text: &str) -> JidBuf {
    JidBuf::parse(text).expect("an address")
}

impl Host {
    pub(crate) fn new(config: RouterConfig) -> Self {
        Self {
            router: Router::new(config),
            accounts: BTreeMap::new(),
            sent: VecDeque::new(),
            open: VecDeque::new(),
            slow: false,
            quota: 10,
            last_session: 0,
        }
    }

    pub(crate) fn account(&mut self, user: &str) -> &mut Account {
        self.accounts.entry(jid(user)).or_default()
    }

    pub(crate) fn attach(&mut self, full: &str) -> Result<SessionId, Error> {
        let full = jid(full);
        self.last_session += 1;
        let id = SessionId(self.last_session);
        let roster = self.accounts.get(full.as_jid().bare().as_str()).map(Account::roster).unwrap_or_default();
        let mut actions = Actions::new();
        let attached = self.router.attach(id, full, roster, &mut actions);
        self.carry_out(actions);
        attached.map(|()| id)
    }

    pub(crate) fn session(&self, full: &str) -> SessionId {
        self.router.session_of(jid(full).as_jid()).unwrap_or_else(|| panic!("{full} is not connected"))
    }

    pub(crate) fn handle(&mut self, id: SessionId, xml: &str) {
        let mut actions = Actions::new();
        with_stanza(xml, |stanza| self.router.handle(id, &stanza, &mut actions));
        self.carry_out(actions);
    }

    pub(crate) fn detach(&mut self, id: SessionId) {
        let mut actions = Actions::new();
        self.router.detach(id, &mut actions);
        self.carry_out(actions);
    }

    /// Answers an open request, the `index`-th oldest.
    pub(crate) fn answer_open(&mut self, index: usize) -> Result<(), Error> {
        let (token, request) = self.open.remove(index).expect("an open request");
        let mut actions = Actions::new();
        let answered = self.answer(token, request, &mut actions);
        self.carry_out(actions);
        answered
    }

    fn carry_out(&mut self, mut actions: Actions) {
        while let Some(action) = actions.pop() {
            match action {
                Action::Deliver { session, stanza } => {
                    let xml = str::from_utf8(&stanza).expect("UTF-8");
                    self.sent.push_back((session, Tree::parse(xml)));
                }
                Action::SaveItem { user, item } => {
                    self.accounts.entry(user).or_default().items.insert(item.contact.clone(), item);
                }
                Action::RemoveItem { user, contact } => {
                    self.accounts.entry(user).or_default().items.remove(&contact).expect("a stored item");
                }
                Action::SavePending { user, contact, stanza } => {
                    self.accounts.entry(user).or_default().pending.insert(contact, stanza);
                }
                Action::RemovePending { user, contact } => {
                    self.accounts.entry(user).or_default().pending.remove(&contact).expect("a stored request");
                }
                Action::Request { token, request } if self.slow => self.open.push_back((token, request)),
                Action::Request { token, request } => {
                    self.answer(token, request, &mut actions).expect("an answer that fits");
                }
                other => panic!("unknown action {other:?}"),
            }
        }
    }

    fn answer(&mut self, token: Token, request: Request, actions: &mut Actions) -> Result<(), Error> {
        match request {
            Request::Roster { user } => {
                let answer = match self.accounts.get(&user) {
                    Some(account) => Answer::Roster(account.roster()),
                    None => Answer::NoSuchUser,
                };
                self.router.answer(token, answer, actions)
            }
            Request::StoreOffline { user, stanza } => {
                let quota = self.quota;
                let room = self.accounts.get_mut(&user).filter(|account| account.messages.len() < quota);
                let stored = room.map(|account| account.messages.push(stanza)).is_some();
                self.router.answer(token, if stored { Answer::Stored } else { Answer::Refused }, actions)
            }
            Request::LoadOffline { user } => {
                let account = self.accounts.entry(user).or_default();
                let stamped = |stanza: &Bytes| Offline { stamp: "2026-01-31T23:59:59Z".into(), stanza: stanza.clone() };
                let messages = account.messages.iter().map(stamped).collect();
                let answered = self.router.answer(token, Answer::Messages(messages), actions);
                if answered.is_ok() {
                    account.messages.clear();
                }
                answered
            }
            other => panic!("unknown request {other:?}"),
        }
    }

    /// A user's roster as stored: `contact=subscription`, with `+ask`, `+approved`.
    pub(crate) fn stored_roster(&self, user: &str) -> String {
        let show = |item: &Item| {
            let ask = if item.ask { "+ask" } else { "" };
            let approved = if item.approved { "+approved" } else { "" };
            format!("{}={}{ask}{approved}", local(item.contact.as_jid()), item.subscription)
        };
        let account = self.accounts.get(&jid(user));
        account.map(|account| account.items.values().map(show).collect::<Vec<_>>().join(" ")).unwrap_or_default()
    }

    /// Who asked for a user's presence and awaits an answer, as stored.
    pub(crate) fn stored_requests(&self, user: &str) -> String {
        let account = self.accounts.get(&jid(user));
        let names =
            account.map(|account| account.pending.keys().map(|contact| local(contact.as_jid())).collect::<Vec<_>>());
        names.unwrap_or_default().join(" ")
    }
}

fn local(jid: Jid<'_>) -> String {
    jid.local().unwrap_or(jid.as_str()).into()
}
