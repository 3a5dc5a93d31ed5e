//! Plays: who says what to the router, and who hears what of it.
//!
//! One line, one thing:
//!
//! ```text
//! # a remark
//! account nurse                     nurse@x exists (whoever is named below does anyway)
//! romeo both juliet                 their rosters before the play: to, from, both, or asks (and awaits an answer)
//! romeo/o connects                  a session romeo@x/o that has sent nothing
//! romeo/o online                    one that has asked for the roster and sent presence; what is heard of it is skipped
//! romeo/o leaves                    its connection breaks
//! romeo/o > <presence/>             it sends
//! romeo/o < <presence from='*'/>    it hears, exactly this; `*` stands for any value
//! slow / fast                       the database leaves requests open / answers at once
//! lang romeo/o it                   the language of its stream's header
//! answer 0                          the database answers the oldest open request
//! answer 0 stale                    the router refuses that answer
//! answer none                       no request is open
//! roster romeo: juliet=to+ask       what is stored
//! requests juliet: romeo
//! messages juliet: 1
//! ```
//!
//! All that a line causes must be heard by the lines below it, each session's in order, and nothing else.

use tercet::router::{Error, RouterConfig};
use tercet::session::roster::Item;
use tercet::session::subscription::Subscription;

use crate::host::{DOMAIN, Host, jid};
use crate::tree::Tree;

pub(crate) fn play(script: &str) {
    play_with(RouterConfig::new(DOMAIN).expect("a domain"), script);
}

pub(crate) fn play_with(config: RouterConfig, script: &str) {
    let mut host = Host::new(config);
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        perform(&mut host, line);
    }
    expect_silence(&host, "the end");
}

fn perform(host: &mut Host, line: &str) {
    let (who, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    if verb == "<" {
        return hear(host, who, rest, line);
    }
    match (who, verb) {
        ("roster", user) => {
            let user = format!("{}@{DOMAIN}", user.trim_end_matches(':'));
            return assert_eq!(host.stored_roster(&user), rest, "{line}");
        }
        ("requests", user) => {
            let user = format!("{}@{DOMAIN}", user.trim_end_matches(':'));
            return assert_eq!(host.stored_requests(&user), rest, "{line}");
        }
        ("messages", user) => {
            let user = format!("{}@{DOMAIN}", user.trim_end_matches(':'));
            return assert_eq!(host.account(&user).messages.len().to_string(), rest, "{line}");
        }
        _ => expect_silence(host, line),
    }
    match (who, verb) {
        ("slow", _) => host.slow = true,
        ("fast", _) => host.slow = false,
        ("account", user) => drop(host.account(&address(user))),
        ("lang", full) => {
            let id = host.session(&address(full));
            host.router.set_lang(id, rest).expect("a language");
        }
        ("answer", "none") => assert!(host.open.is_empty(), "{:?}", host.open),
        ("answer", index) => {
            let answered = host.answer_open(index.parse().expect("a number"));
            let expected = if rest == "stale" { Err(Error::StaleToken) } else { Ok(()) };
            assert_eq!(answered, expected, "{line}");
        }
        (_, "connects") => drop(connect(host, who)),
        (_, "online") => online(host, who),
        (_, "leaves") => {
            let id = host.session(&address(who));
            host.detach(id);
        }
        (_, ">") => {
            let id = host.session(&address(who));
            host.handle(id, rest);
        }
        (_, "asks") => ask(host, who, rest),
        (_, subscription) => tie(host, who, subscription, rest),
    }
}

/// `romeo/o` is `romeo@x/o`.
fn address(who: &str) -> String {
    match who.split_once('/') {
        Some((local, resource)) => format!("{local}@{DOMAIN}/{resource}"),
        None => format!("{who}@{DOMAIN}"),
    }
}

fn connect(host: &mut Host, who: &str) -> tercet::router::SessionId {
    let full = address(who);
    host.account(jid(&full).as_jid().bare().as_str());
    host.attach(&full).expect("a free address")
}

fn online(host: &mut Host, who: &str) {
    let id = connect(host, who);
    host.handle(id, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    host.handle(id, "<presence/>");
    host.sent.clear();
}

fn tie(host: &mut Host, user: &str, subscription: &str, contact: &str) {
    let there = Subscription::from_name(subscription).unwrap_or_else(|| panic!("no such line: {user} {subscription}"));
    let back = match there {
        Subscription::To => Subscription::From,
        Subscription::From => Subscription::To,
        same => same,
    };
    for (user, contact, subscription) in [(user, contact, there), (contact, user, back)] {
        let mut item = Item::new(jid(&address(contact)));
        item.subscription = subscription;
        host.account(&address(user)).items.insert(item.contact.clone(), item);
    }
}

fn ask(host: &mut Host, user: &str, contact: &str) {
    let mut item = Item::new(jid(&address(contact)));
    item.ask = true;
    let (user, contact) = (address(user), address(contact));
    host.account(&user).items.insert(item.contact.clone(), item);
    let request = format!("<presence type='subscribe' from='{user}' to='{contact}'/>");
    host.account(&contact).pending.insert(jid(&user), request.into());
}

fn hear(host: &mut Host, who: &str, xml: &str, line: &str) {
    let id = host.session(&address(who));
    let Some(at) = host.sent.iter().position(|(session, _)| *session == id) else {
        panic!("nothing was heard for: {line}");
    };
    let (_, got) = host.sent.remove(at).expect("it is there");
    let expected = Tree::parse(xml);
    assert!(expected.accepts(&got, false), "for: {line}\nheard: {got:#?}");
}

fn expect_silence(host: &Host, before: &str) {
    assert!(host.sent.is_empty(), "before: {before}\nunexpected: {:#?}", host.sent);
}
