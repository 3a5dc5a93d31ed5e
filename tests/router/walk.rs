//! Random walks: whatever users do, in whatever order the database answers, no two rosters contradict each other.

use tercet::router::{RouterConfig, SessionId};

use crate::host::{Account, DOMAIN, Host, jid};
use crate::tree::Tree;

const USERS: [&str; 3] = ["romeo", "juliet", "nurse"];

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

#[test]
fn p07_rosters_never_contradict_each_other() {
    for seed in 1..=300_u64 {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
        let mut sessions: Vec<(&str, SessionId)> = Vec::new();
        let mut story = Vec::new();
        for user in USERS {
            host.account(&format!("{user}@{DOMAIN}"));
        }
        for step in 0..60 {
            story.push(take_step(&mut dice, &mut host, &mut sessions, step));
            while host.open.len() > 3 {
                let which = dice.below(host.open.len());
                let _ = host.answer_open(which);
            }
        }
        while !host.open.is_empty() {
            let _ = host.answer_open(0);
        }
        check_rosters(&host, seed, &story);
        check_memory(&mut host, &sessions, seed, &story);
    }
}

fn take_step(dice: &mut Dice, host: &mut Host, sessions: &mut Vec<(&'static str, SessionId)>, step: usize) -> String {
    host.slow = dice.below(2) == 0;
    let user = dice.one_of(&USERS);
    let session = sessions.iter().position(|(name, _)| *name == user);
    let Some(at) = session else {
        let id = host.attach(&format!("{user}@{DOMAIN}/{step}")).unwrap();
        host.handle(id, "<presence/>");
        sessions.push((user, id));
        return format!("{user} comes");
    };
    let (_, id) = sessions[at];
    let contact = dice.one_of(&USERS);
    let verb = dice.one_of(&["subscribe", "subscribed", "unsubscribe", "unsubscribed"]);
    let item = |attr: &str| {
        let jid = format!("{contact}@{DOMAIN}");
        format!("<iq type='set' id='i'><query xmlns='jabber:iq:roster'><item jid='{jid}'{attr}/></query></iq>")
    };
    match dice.below(8) {
        0 => {
            sessions.remove(at);
            host.detach(id);
            format!("{user} goes")
        }
        1 => {
            host.handle(id, &item(" subscription='remove'"));
            format!("{user} removes {contact}")
        }
        2 => {
            host.handle(id, &item(""));
            format!("{user} adds {contact}")
        }
        _ => {
            host.handle(id, &format!("<presence to='{contact}@{DOMAIN}' type='{verb}'/>"));
            format!("{user} {verb} {contact}")
        }
    }
}

/// One's "to" is the other's "from", and who asked is known to who was asked.
fn check_rosters(host: &Host, seed: u64, story: &[String]) {
    let account = |user: &str| -> &Account { &host.accounts[&jid(&format!("{user}@{DOMAIN}"))] };
    for user in USERS {
        for contact in USERS.into_iter().filter(|contact| *contact != user) {
            let own = account(user).items.get(&jid(&format!("{contact}@{DOMAIN}")));
            let other = account(contact).items.get(&jid(&format!("{user}@{DOMAIN}")));
            let sees = own.is_some_and(|item| item.subscription.sees_contact());
            let shown = other.is_some_and(|item| item.subscription.shows_user());
            let asks = own.is_some_and(|item| item.ask);
            let asked = account(contact).pending.contains_key(&jid(&format!("{user}@{DOMAIN}")));
            assert_eq!((sees, asks), (shown, asked), "walk {seed}: {user} and {contact}\n{story:#?}");
        }
    }
}

/// What the router keeps of a user who is connected is what was stored.
fn check_memory(host: &mut Host, sessions: &[(&str, SessionId)], seed: u64, story: &[String]) {
    for (user, id) in sessions {
        host.sent.clear();
        host.handle(*id, "<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
        let (_, result) = host.sent.pop_front().unwrap();
        let show = |item: &Tree| {
            let ask = if item.attr("ask").is_some() { "+ask" } else { "" };
            let approved = if item.attr("approved").is_some() { "+approved" } else { "" };
            let local = item.attr("jid").unwrap().split('@').next().unwrap().to_owned();
            format!("{local}={}{ask}{approved}", item.attr("subscription").unwrap())
        };
        let kept: Vec<_> = result.children[0].children.iter().map(show).collect();
        assert_eq!(kept.join(" "), host.stored_roster(&format!("{user}@{DOMAIN}")), "walk {seed}: {user}\n{story:#?}");
    }
}
