//! What peers can make the router remember, at each bound and over it; and what a host can do wrong.

use tercet::jid::JidBuf;
use tercet::router::{Action, Actions, Answer, Error, Request, Router, RouterConfig, RouterLimits, SessionId};
use tercet::session::roster::Roster;

use crate::host::{DOMAIN, Host, jid};
use crate::play::play_with;
use crate::tree::with_stanza;

fn config(change: impl FnOnce(&mut RouterConfig)) -> RouterConfig {
    let mut config = RouterConfig::new(DOMAIN).unwrap();
    change(&mut config);
    config
}

#[test]
fn stanzas_that_wait_for_the_database() {
    play_with(
        config(|config| config.limits.parked = 2),
        "account juliet
         account nurse
         romeo/o connects
         slow
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         romeo/o > <message to='nurse@x'><body>1</body></message>
         romeo/o > <message to='nurse@x' id='2'><body>2</body></message>
         romeo/o < <message type='error' id='2' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
         romeo/o > <presence to='nurse@x' type='subscribe' id='3'/>
         romeo/o < <presence type='error' id='3' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o > <iq type='set' id='4'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='error' id='4'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         roster romeo: juliet=none+ask
         # Room again.
         answer 1
         romeo/o > <message to='nurse@x'><body>2</body></message>
         answer 1
         messages nurse: 2
         answer 0
         requests juliet: romeo",
    );
}

#[test]
fn octets_of_stanzas_that_wait_for_the_database() {
    // One of the two that come first fits, and not both.
    let long = "x".repeat(500);
    let script = format!(
        "account juliet
         account nurse
         romeo/o connects
         slow
         romeo/o > <presence to='juliet@x' type='subscribe'><status>{long}</status></presence>
         romeo/o > <presence to='nurse@x' type='subscribe' id='1'><status>{long}</status></presence>
         romeo/o < <presence type='error' id='1' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o > <message to='nurse@x' id='2'><body>{long}</body></message>
         romeo/o < <message type='error' id='2' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
         # Short ones still do.
         romeo/o > <message to='nurse@x'><body>1</body></message>
         answer 0
         answer 0
         requests juliet: romeo
         messages nurse: 1
         # Room again.
         romeo/o > <message to='nurse@x' id='3'><body>{long}</body></message>
         romeo/o > <presence to='nurse@x' type='subscribe' id='4'><status>{long}</status></presence>
         romeo/o < <presence type='error' id='4' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         answer 0
         messages nurse: 2"
    );
    play_with(config(|config| config.limits.parked_bytes = 1_200), &script);
}

/// The id of a message is in the error for its sender, which waits with it.
#[test]
fn octets_of_errors_that_may_be_due_count_too() {
    let long = "1".repeat(500);
    let script = format!(
        "account nurse
         romeo/o connects
         slow
         romeo/o > <message to='nurse@x' id='{long}'><body>1</body></message>
         romeo/o < <message type='error' id='{long}' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
         answer none"
    );
    play_with(config(|config| config.limits.parked_bytes = 1_000), &script);
}

#[test]
fn a_removal_needs_room_only_for_what_must_be_told() {
    play_with(
        config(|config| config.limits.parked = 1),
        "romeo both juliet
         romeo/o connects
         slow
         romeo/o > <iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='nurse@x'/></query></iq>
         romeo/o < <iq type='result' id='1'/>
         # Both ties end, and each has a stanza that says so.
         romeo/o > <iq type='set' id='2'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='error' id='2'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         romeo/o > <message to='nurse@x'><body>1</body></message>
         romeo/o > <iq type='set' id='3'><query xmlns='jabber:iq:roster'><item jid='nurse@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='result' id='3'/>
         roster romeo: juliet=both",
    );
}

/// However long stanzas are, and whatever waits: memory is bounded by default.
#[test]
fn a_flood_for_those_who_are_away_is_bounded() {
    let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
    host.slow = true;
    let romeo = host.attach("romeo@x/o").unwrap();
    let long = "x".repeat(250_000);
    let limit = RouterLimits::default().parked_bytes;
    for round in 0..40 {
        host.handle(romeo, &format!("<presence to='juliet@x' type='subscribe'><status>{long}</status></presence>"));
        host.handle(romeo, &format!("<presence to='{round}@x' type='subscribe' id='{long}'/>"));
        host.handle(romeo, &format!("<message to='nurse@x' id='{round}'><body>{long}</body></message>"));
        host.sent.clear();
    }
    let waiting: usize = host
        .open
        .iter()
        .map(|(_, request)| match request {
            Request::StoreOffline { stanza, .. } => stanza.len(),
            _ => 0,
        })
        .sum();
    let held = host.router.memory() + waiting;
    assert!((limit / 2..limit + 100_000).contains(&held), "{held}");
    while !host.open.is_empty() {
        host.answer_open(0).unwrap();
    }
    assert!(host.router.memory() < 100_000, "{}", host.router.memory());
}

#[test]
fn addresses_with_directed_presence() {
    play_with(
        config(|config| config.limits.directed = 1),
        "nurse/n online
         romeo/o connects
         romeo/o > <presence to='nurse@x/n'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n'/>
         romeo/o > <presence to='nurse@x/n'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n'/>
         romeo/o > <presence to='nurse@x' id='1'/>
         romeo/o < <presence type='error' id='1' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o > <presence to='nurse@x/n' type='unavailable'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n' type='unavailable'/>
         romeo/o > <presence to='nurse@x'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x'/>",
    );
}

#[test]
fn contacts_in_a_roster() {
    play_with(
        config(|config| config.limits.items = 1),
        "account juliet
         romeo/o connects
         romeo/o > <iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='juliet@x'/></query></iq>
         romeo/o < <iq type='result' id='1'/>
         romeo/o > <iq type='set' id='2'><query xmlns='jabber:iq:roster'><item jid='juliet@x' name='J'/></query></iq>
         romeo/o < <iq type='result' id='2'/>
         romeo/o > <iq type='set' id='3'><query xmlns='jabber:iq:roster'><item jid='nurse@x'/></query></iq>
         romeo/o < <iq type='error' id='3'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         romeo/o > <presence to='nurse@x' type='subscribe' id='4'/>
         romeo/o < <presence type='error' id='4' from='nurse@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         roster romeo: juliet=none+ask",
    );
}

#[test]
fn octets_of_a_roster() {
    play_with(
        config(|config| config.limits.roster_bytes = 2 * (64 + "nurse@x".len()) + 3),
        "account juliet
         romeo/o connects
         romeo/o > <iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='nurse@x' name='abcd'/></query></iq>
         romeo/o < <iq type='result' id='1'/>
         romeo/o > <iq type='set' id='2'><query xmlns='jabber:iq:roster'><item jid='paris@x'/></query></iq>
         romeo/o < <iq type='error' id='2'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         romeo/o > <presence to='paris@x' type='subscribe' id='3'/>
         romeo/o < <presence type='error' id='3' from='paris@x'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         # Room again, up to the last octet.
         romeo/o > <iq type='set' id='4'><query xmlns='jabber:iq:roster'><item jid='nurse@x' name='abc'/></query></iq>
         romeo/o < <iq type='result' id='4'/>
         romeo/o > <iq type='set' id='5'><query xmlns='jabber:iq:roster'><item jid='paris@x'/></query></iq>
         romeo/o < <iq type='result' id='5'/>
         romeo/o > <iq type='set' id='6'><query xmlns='jabber:iq:roster'><item jid='paris@x' name='a'/></query></iq>
         romeo/o < <iq type='error' id='6'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         romeo/o > <iq type='set' id='7'><query xmlns='jabber:iq:roster'><item jid='paris@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='result' id='7'/>
         romeo/o > <iq type='set' id='8'><query xmlns='jabber:iq:roster'><item jid='nurse@x'><group>abc</group></item></query></iq>
         romeo/o < <iq type='result' id='8'/>
         roster romeo: nurse=none",
    );
}

#[test]
fn octets_of_kept_presence() {
    let presence =
        |status: &str| format!("<presence from='romeo@x/o' to='romeo@x'><status>{status}</status></presence>");
    play_with(
        config(|config| config.limits.presence_bytes = presence("ab").len() - " to='romeo@x'".len()),
        "romeo/p online
         romeo/o connects
         romeo/o > <presence id='1'><status>abc</status></presence>
         romeo/o < <presence type='error' id='1'><error type='modify'><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/p > <presence type='probe' to='romeo@x/o'/>
         romeo/o > <presence><status>ab</status></presence>
         romeo/p < <presence from='romeo@x/o' to='romeo@x'><status>ab</status></presence>
         romeo/o < <presence from='romeo@x/o' to='romeo@x'><status>ab</status></presence>
         romeo/o < <presence from='romeo@x/p' to='romeo@x'/>",
    );
}

#[test]
fn open_requests_for_one_users_presence() {
    play_with(
        config(|config| config.limits.pending = 1),
        "account juliet
         romeo/o connects
         nurse/n connects
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         nurse/n > <presence to='juliet@x' type='subscribe'/>
         requests juliet: romeo
         juliet/b online
         nurse/n > <presence to='juliet@x' type='subscribe'/>
         requests juliet: romeo
         juliet/b > <presence to='romeo@x' type='unsubscribed'/>
         nurse/n > <presence to='juliet@x' type='subscribe'/>
         juliet/b < <presence from='nurse@x' to='juliet@x' type='subscribe'/>
         requests juliet: nurse",
    );
}

#[test]
fn sessions_that_cannot_be_attached() {
    let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
    for address in ["romeo@x", "x", "x/r", "romeo@y/o"] {
        assert_eq!(host.attach(address), Err(Error::Address), "{address}");
    }
    let first = host.attach("romeo@x/o").unwrap();
    assert_eq!(host.attach("Romeo@x/o"), Err(Error::AddressInUse));
    let again = host.router.attach(first, jid("romeo@x/p"), Roster::default(), &mut Actions::new());
    assert_eq!(again, Err(Error::SessionInUse));
    assert_eq!(host.router.session_of(jid("romeo@x/p").as_jid()), None);
    host.detach(first);
    assert!(!host.router.has_roster(jid("romeo@x").as_jid()));
    let next = host.attach("romeo@x/o").unwrap();
    let sessions: Vec<_> =
        host.router.sessions(jid("romeo@x").as_jid()).map(|(id, full)| (id, full.to_buf())).collect();
    assert_eq!(sessions, [(next, jid("romeo@x/o"))]);
}

/// The language goes out with every stanza that names none.
#[test]
fn octets_of_a_language() {
    let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
    let (romeo, juliet) = (host.attach("romeo@x/o").unwrap(), host.attach("juliet@x/b").unwrap());
    let heard = |host: &mut Host| {
        host.handle(romeo, "<message to='juliet@x/b'/>");
        let (to, heard) = host.sent.pop_front().unwrap();
        assert_eq!(to, juliet);
        heard.attr("{http://www.w3.org/XML/1998/namespace}lang").map(str::to_owned)
    };
    assert_eq!(heard(&mut host), None);
    let longest = "x".repeat(64);
    for lang in [&longest, "de-CH-1996"] {
        assert_eq!(host.router.set_lang(romeo, lang), Ok(()));
        assert_eq!(heard(&mut host).as_deref(), Some(lang));
    }
    for wrong in ["x".repeat(65), "x".repeat(9_000), "en_US".into(), "a b".into(), "d\u{e9}".into(), "\u{1}".into()] {
        assert_eq!(host.router.set_lang(romeo, &wrong), Err(Error::Language), "{wrong}");
        assert_eq!(heard(&mut host).as_deref(), Some("de-CH-1996"));
    }
    assert_eq!(host.router.set_lang(romeo, ""), Ok(()));
    assert_eq!(heard(&mut host), None);
    assert_eq!(host.router.set_lang(SessionId(99), "de"), Ok(()));
}

#[test]
fn sessions_that_are_not_there_cause_nothing() {
    let mut router = Router::new(RouterConfig::new(DOMAIN).unwrap());
    let mut actions = Actions::new();
    router.detach(SessionId(1), &mut actions);
    with_stanza("<presence/>", |stanza| router.handle(SessionId(1), &stanza, &mut actions));
    assert!(actions.is_empty());
}

#[test]
fn limits_may_change_under_way() {
    let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
    let id = host.attach("romeo@x/o").unwrap();
    let put =
        |contact| format!("<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='{contact}'/></query></iq>");
    for contact in ["juliet@x", "nurse@x"] {
        host.handle(id, &put(contact));
    }
    let mut limits = RouterLimits::default();
    limits.items = 1;
    host.router.set_limits(limits);
    host.handle(id, &put("tybalt@x"));
    assert_eq!(host.stored_roster("romeo@x"), "juliet=none nurse=none");
    limits.items = 3;
    host.router.set_limits(limits);
    host.handle(id, &put("tybalt@x"));
    assert_eq!(host.stored_roster("romeo@x"), "juliet=none nurse=none tybalt=none");
}

#[test]
fn who_may_come_can_be_asked_before() {
    let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
    let id = host.attach("romeo@x/o").unwrap();
    let next = SessionId(id.0 + 1);
    let admits = |host: &Host, id, full: &str| host.router.admits(id, jid(full).as_jid());
    for stranger in ["romeo@x", "romeo@y/o", "x", "x/o"] {
        assert_eq!(admits(&host, next, stranger), Err(Error::Address), "{stranger}");
    }
    assert_eq!(admits(&host, id, "romeo@x/p"), Err(Error::SessionInUse));
    assert_eq!(admits(&host, next, "romeo@x/o"), Err(Error::AddressInUse));
    assert_eq!(admits(&host, next, "romeo@x/p"), Ok(()));
    assert!(host.router.has_session(id) && !host.router.has_session(next));
    host.detach(id);
    assert!(!host.router.has_session(id));
    assert_eq!(admits(&host, next, "romeo@x/o"), Ok(()));
}

#[test]
fn an_answer_counts_once_and_only_if_it_fits() {
    let mut router = Router::new(RouterConfig::new(DOMAIN).unwrap());
    let mut actions = Actions::new();
    let romeo = JidBuf::parse("romeo@x/o").unwrap();
    router.attach(SessionId(1), romeo, Roster::default(), &mut actions).unwrap();
    let message = "<message to='juliet@x'><body>Hi</body></message>";
    with_stanza(message, |stanza| router.handle(SessionId(1), &stanza, &mut actions));
    let Some(Action::Request { token, .. }) = actions.pop() else { panic!("no request") };
    for wrong in [Answer::NoSuchUser, Answer::Roster(Roster::default()), Answer::Messages(Vec::new())] {
        assert_eq!(router.answer(token, wrong, &mut actions), Err(Error::WrongAnswer));
    }
    assert_eq!(router.answer(token, Answer::Refused, &mut actions), Ok(()));
    assert!(matches!(actions.pop(), Some(Action::Deliver { session: SessionId(1), .. })));
    assert_eq!(router.answer(token, Answer::Refused, &mut actions), Err(Error::StaleToken));
    assert!(actions.is_empty());
}
