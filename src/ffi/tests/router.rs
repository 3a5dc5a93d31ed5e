//! Sessions that meet in a router, driven by pointers alone.

use core::ffi::c_void;
use core::mem::{self, MaybeUninit};
use std::format;
use std::vec::Vec;

use super::super::boundary::alone;
use super::keeping::{detach, session};
use super::views::lent;
use super::*;

const ROMEO: u64 = 1;
const JULIET: u64 = 2;

fn router() -> *mut tercet_router {
    made(|out| unsafe { tercet_router_new(str_of("x"), out) })
}

fn item(contact: &str, subscription: i32) -> tercet_roster_item {
    tercet_roster_item { contact: str_of(contact), subscription, ..tercet_roster_item::NONE }
}

/// A roster of contacts that are friends of both sides.
fn friends(contacts: &[&str]) -> *mut tercet_roster {
    let roster = made(|out| unsafe { tercet_roster_new(out) });
    for contact in contacts {
        let item = item(contact, TERCET_SUBSCRIPTION_BOTH);
        assert_eq!(unsafe { tercet_roster_put(roster, &raw const item) }, TERCET_OK);
    }
    roster
}

fn attach(router: *mut tercet_router, session: u64, full: &str, contacts: &[&str]) {
    let roster = friends(contacts);
    unsafe {
        assert_eq!(tercet_router_attach(router, session, str_of(full), roster), TERCET_OK);
        tercet_roster_free(roster);
    }
}

/// Romeo and Juliet, who are friends and have sent nothing yet.
fn pair() -> *mut tercet_router {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &["juliet@x"]);
    attach(router, JULIET, "juliet@x/b", &["romeo@x"]);
    router
}

fn handle(router: *mut tercet_router, session: u64, xml: &str) -> tercet_result {
    let (parser, stanza) = lent(xml);
    unsafe {
        let handled = tercet_router_handle(router, session, stanza.root);
        tercet_parser_free(parser);
        handled
    }
}

fn say(router: *mut tercet_router, session: u64, xml: &str) {
    assert_eq!(handle(router, session, xml), TERCET_OK, "{xml}");
}

/// What an action says, all of it.
fn told(action: &tercet_action) -> String {
    let text = |text| text_of(text).unwrap_or_default();
    let (user, contact, stanza) = (text(action.user), text(action.contact), text(action.stanza));
    assert_eq!((action.flags, action.reserved), (0, [0; 4]));
    match action.kind {
        TERCET_ACTION_DELIVER => format!("{} < {stanza}", action.session),
        TERCET_ACTION_SAVE_ITEM => {
            let item = &action.item;
            assert_eq!(text_of(item.contact).unwrap(), contact);
            let groups: Vec<_> = (0..item.group_count).map(|at| text(unsafe { *item.groups.add(at) })).collect();
            let name = text_of(item.name);
            format!("save {user} {contact} {name:?} {} {} {groups:?}", item.subscription, item.flags)
        }
        TERCET_ACTION_REMOVE_ITEM => format!("remove {user} {contact}"),
        TERCET_ACTION_SAVE_PENDING => format!("asked {user} {contact} {stanza}"),
        TERCET_ACTION_REMOVE_PENDING => format!("answered {user} {contact}"),
        TERCET_ACTION_LOAD_ROSTER => format!("roster? {user}"),
        TERCET_ACTION_STORE_OFFLINE => format!("store? {user} {stanza}"),
        TERCET_ACTION_LOAD_OFFLINE => format!("messages? {user}"),
        other => panic!("{other}"),
    }
}

fn poll(router: *mut tercet_router) -> Option<tercet_action> {
    let mut action = MaybeUninit::uninit();
    match unsafe { tercet_router_poll(router, action.as_mut_ptr()) } {
        TERCET_OK => Some(unsafe { action.assume_init() }),
        other => {
            assert_eq!(other, TERCET_NEED_MORE);
            None
        }
    }
}

/// All that waits, and the tokens of what is asked for.
fn drain(router: *mut tercet_router) -> (Vec<String>, Vec<u64>) {
    let (mut lines, mut tokens) = (Vec::new(), Vec::new());
    while let Some(action) = poll(router) {
        lines.push(told(&action));
        tokens.extend(Some(action.token).filter(|&token| token != 0));
    }
    (lines, tokens)
}

fn free(router: *mut tercet_router) {
    assert_eq!(unsafe { tercet_router_free(router) }, TERCET_OK);
}

#[test]
fn memory_grows_with_what_is_kept() {
    let router = router();
    unsafe {
        let none = tercet_router_memory(router);
        attach(router, ROMEO, "romeo@x/o", &["juliet@x"]);
        let one = tercet_router_memory(router);
        say(router, ROMEO, &format!("<presence><status>{}</status></presence>", "x".repeat(5_000)));
        let present = tercet_router_memory(router);
        drain(router);
        assert!(one > none + 100 && present > one + 5_000, "{none} {one} {present}");
        assert_eq!(tercet_router_detach(router, ROMEO), TERCET_OK);
        drain(router);
        assert!(tercet_router_memory(router) < one + 1_000);
        assert_eq!(tercet_router_memory(ptr::null_mut()), 0);
    }
    free(router);
}

const PRESENCE: &str = "<presence/>";
const HI: &str = "<message to='juliet@x' type='chat'><body>Hi</body></message>";

#[test]
fn presence_and_messages_go_round() {
    let router = pair();
    assert_eq!(drain(router), (Vec::new(), Vec::new()));
    say(router, ROMEO, PRESENCE);
    assert_eq!(drain(router).0, ["1 < <presence to='romeo@x' from='romeo@x/o'/>", "messages? romeo@x"]);
    say(router, JULIET, PRESENCE);
    assert_eq!(
        drain(router).0,
        [
            "1 < <presence to='romeo@x' from='juliet@x/b'/>",
            "2 < <presence to='juliet@x' from='juliet@x/b'/>",
            "2 < <presence to='juliet@x' from='romeo@x/o'/>",
            "messages? juliet@x",
        ]
    );
    say(router, ROMEO, HI);
    assert_eq!(drain(router).0, ["2 < <message from='romeo@x/o' to='juliet@x' type='chat'><body>Hi</body></message>"]);
    unsafe {
        assert_eq!(tercet_router_set_lang(router, ROMEO, str_of("it")), TERCET_OK);
        say(router, ROMEO, HI);
        assert!(drain(router).0[0].contains("xml:lang='it'"));
        assert_eq!(tercet_router_detach(router, ROMEO), TERCET_OK);
        assert_eq!(drain(router).0, ["2 < <presence to='juliet@x' type='unavailable' from='romeo@x/o'/>"]);
        assert_eq!(tercet_router_detach(router, ROMEO), TERCET_NONE);
        assert_eq!(handle(router, ROMEO, PRESENCE), TERCET_NONE);
        assert_eq!(tercet_router_set_lang(router, ROMEO, str_of("it")), TERCET_NONE);
    }
    assert_eq!(drain(router).0.len(), 0);
    free(router);
}

const SET: &str = "<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='nurse@x' name='N &amp; M'>\
    <group>1</group><group>2</group></item></query></iq>";
const ITEM: &str = "<item jid='nurse@x' name='N &amp; M' subscription='none'><group>1</group><group>2</group></item>";

#[test]
fn rosters_are_given_changed_and_pushed() {
    let router = pair();
    say(router, ROMEO, "<iq type='get' id='0'><query xmlns='jabber:iq:roster'/></iq>");
    let (lines, tokens) = drain(router);
    let friend = "<item jid='juliet@x' subscription='both'/>";
    let query = |items: &str| format!("<query xmlns='jabber:iq:roster'>{items}</query></iq>");
    assert_eq!(lines, [format!("1 < <iq type='result' id='0' to='romeo@x/o'>{}", query(friend))]);
    assert_eq!(tokens.len(), 0);
    say(router, ROMEO, SET);
    let (lines, _) = drain(router);
    assert_eq!(lines[0], r#"save romeo@x nurse@x Some("N & M") 0 0 ["1", "2"]"#);
    assert_eq!(lines[1], format!("1 < <iq type='set' id='push1' to='romeo@x/o'>{}", query(ITEM)));
    assert_eq!(lines[2], "1 < <iq type='result' id='1'/>");
    say(router, ROMEO, &SET.replace("name='N &amp; M'", "subscription='remove'"));
    let (lines, _) = drain(router);
    assert_eq!(lines[0], "remove romeo@x nurse@x");
    assert!(lines[1].contains("<item jid='nurse@x' subscription='remove'/>"), "{lines:?}");
    free(router);
}

#[test]
fn every_field_of_an_item_is_read_and_shown() {
    let router = router();
    let roster = friends(&[]);
    let groups = [str_of("G<1>"), str_of("")];
    let numbers =
        [TERCET_SUBSCRIPTION_NONE, TERCET_SUBSCRIPTION_TO, TERCET_SUBSCRIPTION_FROM, TERCET_SUBSCRIPTION_BOTH];
    let words = ["none", "to", "from", "both"];
    for (number, word) in numbers.into_iter().zip(words) {
        let contact = format!("{word}@x");
        let item = tercet_roster_item {
            name: str_of(if number == TERCET_SUBSCRIPTION_TO { "" } else { word }),
            flags: if number == TERCET_SUBSCRIPTION_NONE { TERCET_ITEM_ASK | TERCET_ITEM_APPROVED } else { 0 },
            groups: groups.as_ptr(),
            group_count: if number == TERCET_SUBSCRIPTION_FROM { 2 } else { 0 },
            ..item(&contact, number)
        };
        assert_eq!(unsafe { tercet_roster_put(roster, &raw const item) }, TERCET_OK);
    }
    unsafe {
        assert_eq!(tercet_router_attach(router, ROMEO, str_of("romeo@x/o"), roster), TERCET_OK);
        tercet_roster_free(roster);
    }
    say(router, ROMEO, "<iq type='get' id='0'><query xmlns='jabber:iq:roster'/></iq>");
    let line = &drain(router).0[0];
    for item in [
        "<item jid='none@x' name='none' subscription='none' ask='subscribe' approved='true'/>",
        "<item jid='to@x' subscription='to'/>",
        "<item jid='from@x' name='from' subscription='from'><group>G&lt;1&gt;</group><group/></item>",
        "<item jid='both@x' name='both' subscription='both'/>",
    ] {
        assert!(line.contains(item), "{item} in {line}");
    }
    // Approving none@x in advance is undone by refusing; the item that is to be saved says all the rest.
    say(router, ROMEO, "<presence to='none@x' type='unsubscribed'/>");
    assert_eq!(drain(router).0[0], format!(r#"save romeo@x none@x Some("none") 0 {TERCET_ITEM_ASK} []"#));
    free(router);
}

#[test]
fn a_subscription_waits_for_a_roster_that_comes_later() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &[]);
    say(router, ROMEO, "<presence to='juliet@x' type='subscribe' id='1'/>");
    let (lines, tokens) = drain(router);
    assert_eq!(lines, ["save romeo@x juliet@x None 0 1 []", "roster? juliet@x"]);
    // Other things happen meanwhile.
    say(router, ROMEO, PRESENCE);
    drain(router);
    unsafe {
        assert!(!tercet_router_has_roster(router, str_of("juliet@x")));
        assert_eq!(tercet_router_answer_roster(router, tokens[0], ptr::null_mut()), TERCET_OK);
        let lines = drain(router).0;
        assert_eq!(lines, ["asked juliet@x romeo@x <presence from='romeo@x' to='juliet@x' type='subscribe' id='1'/>"]);
        let stanza = lines[0].strip_prefix("asked juliet@x romeo@x ").unwrap();

        // Juliet comes: the database gives the request back, and she answers it.
        let roster = friends(&[]);
        assert_eq!(tercet_roster_put_pending(roster, str_of("romeo@x"), str_of(stanza)), TERCET_OK);
        assert_eq!(tercet_router_attach(router, JULIET, str_of("juliet@x/b"), roster), TERCET_OK);
        tercet_roster_free(roster);
        assert!(tercet_router_has_roster(router, str_of("juliet@x")));
        say(router, JULIET, PRESENCE);
        let lines = drain(router).0;
        assert!(lines.contains(&format!("2 < {stanza}")), "{lines:?}");
        say(router, JULIET, "<presence to='romeo@x' type='subscribed'/>");
        let lines = drain(router).0;
        assert_eq!(lines[..2], ["answered juliet@x romeo@x", "save juliet@x romeo@x None 2 0 []"]);
        assert!(lines.contains(&"save romeo@x juliet@x None 1 0 []".into()), "{lines:?}");
    }
    free(router);
}

#[test]
fn nobody_waits_for_an_account_that_is_not_there() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &[]);
    say(router, ROMEO, "<presence to='tybalt@x' type='subscribe'/>");
    let (_, tokens) = drain(router);
    unsafe {
        assert_eq!(tercet_router_answer(router, tokens[0], TERCET_ANSWER_NO_ACCOUNT), TERCET_OK);
        assert_eq!(drain(router).0.len(), 0);
        assert_eq!(tercet_router_answer(router, tokens[0], TERCET_ANSWER_NO_ACCOUNT), TERCET_ERR_STALE);
    }
    free(router);
}

#[test]
fn messages_are_kept_and_handed_out() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &["juliet@x"]);
    say(router, ROMEO, HI);
    say(router, ROMEO, &HI.replace("Hi", "Ho"));
    let (lines, tokens) = drain(router);
    let stanzas: Vec<_> = lines.iter().map(|line| line.strip_prefix("store? juliet@x ").unwrap()).collect();
    assert!(stanzas[0].contains("from='romeo@x/o'") && stanzas[0].contains("Hi") && stanzas[1].contains("Ho"));
    unsafe {
        assert_eq!(tercet_router_answer(router, tokens[0], TERCET_ANSWER_STORED), TERCET_OK);
        assert_eq!(drain(router).0.len(), 0);
        assert_eq!(tercet_router_answer(router, tokens[1], TERCET_ANSWER_REFUSED), TERCET_OK);
        let lines = drain(router).0;
        assert!(
            lines[0].starts_with("1 < <message type='error'") && lines[0].contains("service-unavailable"),
            "{lines:?}"
        );

        attach(router, JULIET, "juliet@x/b", &["romeo@x"]);
        say(router, JULIET, PRESENCE);
        let (lines, tokens) = drain(router);
        assert_eq!(lines.last().unwrap(), "messages? juliet@x");
        let stamp = str_of("2026-01-31T23:59:59Z");
        let kept = [0, 1].map(|at| tercet_offline_message { stamp, stanza: str_of(stanzas[at]) });
        assert_eq!(tercet_router_answer_messages(router, tokens[0], kept.as_ptr(), 2), TERCET_OK);
        let lines = drain(router).0;
        let delay = "<delay xmlns='urn:xmpp:delay' from='x' stamp='2026-01-31T23:59:59Z'/></message>";
        for (line, stanza) in lines.iter().zip(&stanzas) {
            assert_eq!(line, &format!("2 < {}{delay}", stanza.strip_suffix("</message>").unwrap()));
        }
        assert_eq!(lines.len(), 2);
        assert_eq!(tercet_router_answer_messages(router, tokens[0], kept.as_ptr(), 2), TERCET_ERR_STALE);

        // Gone before the database answers: the messages are for the next session.
        say(router, JULIET, "<presence type='unavailable'/>");
        say(router, JULIET, PRESENCE);
        let (_, tokens) = drain(router);
        assert_eq!(tercet_router_detach(router, JULIET), TERCET_OK);
        assert_eq!(tercet_router_answer_messages(router, tokens[0], kept.as_ptr(), 2), TERCET_ERR_STALE);
    }
    free(router);
}

#[test]
fn an_answer_that_does_not_fit_leaves_the_request_open() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &[]);
    say(router, ROMEO, "<presence to='juliet@x' type='subscribe'/>");
    say(router, ROMEO, HI);
    say(router, ROMEO, PRESENCE);
    let tokens = drain(router).1;
    let [load_roster, store, load] = tokens[..] else { panic!("{tokens:?}") };
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    let (stamp, message) = (str_of("2026-01-31T23:59:59Z"), str_of("<message><body/></message>"));
    let none = tercet_str::NONE;
    let roster = friends(&["romeo@x"]);
    unsafe {
        for (token, answers) in [
            (load_roster, [TERCET_ANSWER_STORED, TERCET_ANSWER_REFUSED, TERCET_ANSWER_ACCEPT]),
            (store, [TERCET_ANSWER_NO_ACCOUNT, TERCET_ANSWER_DISABLED, 0]),
            (load, [TERCET_ANSWER_NO_ACCOUNT, TERCET_ANSWER_STORED, -1]),
        ] {
            for answer in answers {
                assert_eq!(tercet_router_answer(router, token, answer), TERCET_ERR_ARGUMENT, "{token} {answer}");
            }
        }
        for token in [store, load] {
            assert_eq!(tercet_router_answer_roster(router, token, roster), TERCET_ERR_ARGUMENT);
        }
        for token in [load_roster, store] {
            assert_eq!(tercet_router_answer_messages(router, token, ptr::null(), 0), TERCET_ERR_ARGUMENT);
        }
        for token in [0, load + 1, u64::MAX] {
            assert_eq!(tercet_router_answer(router, token, TERCET_ANSWER_STORED), TERCET_ERR_STALE);
            assert_eq!(tercet_router_answer_roster(router, token, roster), TERCET_ERR_STALE);
            assert_eq!(tercet_router_answer_messages(router, token, ptr::null(), 0), TERCET_ERR_STALE);
        }
        for (stamp, stanza, expected) in [
            (none, message, TERCET_ERR_NULL),
            (stamp, none, TERCET_ERR_NULL),
            (broken, message, TERCET_ERR_UTF8),
            (stamp, broken, TERCET_ERR_UTF8),
            (str_of("\u{1}"), message, TERCET_ERR_WRITE),
            (stamp, str_of(""), TERCET_ERR_WRITE),
            (stamp, str_of("<message><body/></mess"), TERCET_ERR_WRITE),
            (stamp, str_of("<message><body/></message></stream:stream>"), TERCET_ERR_WRITE),
            (stamp, str_of("<message><body/></message><message/>"), TERCET_ERR_WRITE),
            (stamp, str_of("<message><body></message>"), TERCET_ERR_WRITE),
        ] {
            let kept = [
                tercet_offline_message { stamp: str_of("x"), stanza: message },
                tercet_offline_message { stamp, stanza },
            ];
            assert_eq!(tercet_router_answer_messages(router, load, kept.as_ptr(), 2), expected, "{stanza:?}");
        }
        assert_eq!(tercet_router_answer_messages(router, load, ptr::null(), 1), TERCET_ERR_NULL);
        assert_eq!(tercet_router_answer_messages(router, load, ptr::dangling(), usize::MAX), TERCET_ERR_NULL);
        assert_eq!(drain(router).0.len(), 0, "nothing came of all that");

        // All of them were open still, and the roster was not used up by the answers that it did not fit.
        assert_eq!(tercet_router_answer(router, store, TERCET_ANSWER_STORED), TERCET_OK);
        assert_eq!(tercet_router_answer_messages(router, load, ptr::null(), 0), TERCET_OK);
        assert_eq!(tercet_router_answer_roster(router, load_roster, roster), TERCET_OK);
        // So Juliet is not asked: her roster says that she lets Romeo see her.
        assert_eq!(drain(router).0, ["save romeo@x juliet@x None 1 0 []"]);
        attach_with(router, JULIET, "juliet@x/b", roster);
        say(router, JULIET, "<iq type='get' id='0'><query xmlns='jabber:iq:roster'/></iq>");
        assert!(!drain(router).0[0].contains("romeo@x"), "it was used up by the one that it fitted");
        tercet_roster_free(roster);
    }
    free(router);
}

fn attach_with(router: *mut tercet_router, session: u64, full: &str, roster: *mut tercet_roster) {
    assert_eq!(unsafe { tercet_router_attach(router, session, str_of(full), roster) }, TERCET_OK);
}

#[test]
fn who_may_not_come_is_told_why_and_keeps_the_roster() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &[]);
    let roster = friends(&["romeo@x"]);
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    let attach = |session, full| unsafe { tercet_router_attach(router, session, full, roster) };
    for stranger in ["juliet@x", "juliet@y/b", "x", "x/b", "@", ""] {
        assert_eq!(attach(JULIET, str_of(stranger)), TERCET_ERR_JID, "{stranger}");
    }
    assert_eq!(attach(JULIET, tercet_str::NONE), TERCET_ERR_NULL);
    assert_eq!(attach(JULIET, broken), TERCET_ERR_UTF8);
    assert_eq!(attach(ROMEO, str_of("juliet@x/b")), TERCET_ERR_IN_USE);
    assert_eq!(attach(JULIET, str_of("romeo@x/o")), TERCET_ERR_IN_USE);
    assert_eq!(attach(JULIET, str_of("juliet@x/b")), TERCET_OK);
    say(router, JULIET, "<iq type='get' id='0'><query xmlns='jabber:iq:roster'/></iq>");
    assert!(drain(router).0[0].contains("romeo@x"));
    unsafe { tercet_roster_free(roster) };
    free(router);
}

#[test]
fn sessions_are_found() {
    let router = pair();
    attach(router, 3, "juliet@x/chamber", &[]);
    let find = |full: &str| {
        let mut session = 0;
        (unsafe { tercet_router_find(router, str_of(full), &raw mut session) }, session)
    };
    assert_eq!(find("Juliet@X/b"), (TERCET_OK, JULIET));
    assert_eq!(find("juliet@x/garden"), (TERCET_NONE, 0));
    assert_eq!(find("juliet@x"), (TERCET_NONE, 0));
    assert_eq!(find("juliet@"), (TERCET_ERR_JID, 0));
    let sessions = |user: &str, capacity: usize| {
        let (mut sessions, mut count) = ([0; 3], 99);
        let first = if capacity == 0 { ptr::null_mut() } else { sessions.as_mut_ptr() };
        let found = unsafe { tercet_router_sessions(router, str_of(user), first, capacity, &raw mut count) };
        (found, sessions, count)
    };
    assert_eq!(sessions("juliet@x", 3), (TERCET_OK, [JULIET, 3, 0], 2));
    assert_eq!(sessions("juliet@x", 1), (TERCET_OK, [JULIET, 0, 0], 2));
    assert_eq!(sessions("juliet@x", 0), (TERCET_OK, [0; 3], 2));
    assert_eq!(sessions("nurse@x", 3), (TERCET_OK, [0; 3], 0));
    assert_eq!(sessions("juliet@x/b", 3), (TERCET_ERR_JID, [0; 3], 99));
    unsafe {
        assert!(tercet_router_has_roster(router, str_of("juliet@x")));
        for other in ["nurse@x", "juliet@x/b", "@"] {
            assert!(!tercet_router_has_roster(router, str_of(other)), "{other}");
        }
    }
    free(router);
}

#[test]
fn limits_are_set_one_by_one() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &[]);
    let set = |limit, value| assert_eq!(unsafe { tercet_router_set_limit(router, limit, value) }, TERCET_OK);
    let refused = |xml: &str, condition: &str| {
        say(router, ROMEO, xml);
        let line = drain(router).0.pop().unwrap();
        assert!(line.contains("type='error'") && line.contains(condition), "{line}");
    };
    set(TERCET_ROUTER_LIMIT_PARKED, 0);
    refused(HI, "resource-constraint");
    set(TERCET_ROUTER_LIMIT_PARKED, 9);
    set(TERCET_ROUTER_LIMIT_PARKED_BYTES, 10);
    refused(HI, "resource-constraint");
    set(TERCET_ROUTER_LIMIT_PARKED_BYTES, 10_000);
    set(TERCET_ROUTER_LIMIT_ITEMS, 0);
    refused(SET, "resource-constraint");
    set(TERCET_ROUTER_LIMIT_ITEMS, 9);
    set(TERCET_ROUTER_LIMIT_ROSTER_BYTES, 10);
    refused(SET, "resource-constraint");
    set(TERCET_ROUTER_LIMIT_ROSTER_BYTES, 1_000);
    set(TERCET_ROUTER_LIMIT_PRESENCE_BYTES, 10);
    refused(PRESENCE, "policy-violation");
    set(TERCET_ROUTER_LIMIT_DIRECTED, 0);
    refused("<presence to='nurse@x'/>", "resource-constraint");
    set(TERCET_ROUTER_LIMIT_PENDING_BYTES, 10);
    let ask = |id: &str| say(router, ROMEO, &format!("<presence to='{id}@x' type='subscribe' id='{id}'/>"));
    ask("juliet");
    let answer = |token| assert_eq!(unsafe { tercet_router_answer_roster(router, token, ptr::null_mut()) }, TERCET_OK);
    answer(drain(router).1[0]);
    let line = drain(router).0.pop().unwrap();
    assert!(line.starts_with("asked juliet@x") && !line.contains("id="), "{line}");
    set(TERCET_ROUTER_LIMIT_PENDING, 0);
    ask("nurse");
    answer(drain(router).1[0]);
    assert_eq!(drain(router).0.len(), 0);
    for unknown in [0, TERCET_ROUTER_LIMIT_PARKED_BYTES + 1, -1] {
        assert_eq!(unsafe { tercet_router_set_limit(router, unknown, 1) }, TERCET_ERR_ARGUMENT);
    }
    free(router);
}

#[test]
fn only_the_root_of_a_stanza_that_is_lent_is_handled() {
    let router = pair();
    let (parser, stanza) = lent("<message to='juliet@x'><body>Hi</body></message>");
    let mut body = tercet_element::NONE;
    unsafe {
        let (ns, name) = (str_of("jabber:client"), str_of("body"));
        assert_eq!(tercet_element_child(stanza.root, ns, name, &raw mut body), TERCET_OK);
        assert_eq!(tercet_router_handle(router, ROMEO, body), TERCET_ERR_ARGUMENT);
        assert_eq!(tercet_router_handle(router, ROMEO, tercet_element::NONE), TERCET_ERR_NULL);
        assert_eq!(tercet_router_handle(ptr::null_mut(), ROMEO, stanza.root), TERCET_ERR_NULL);
        assert_eq!(tercet_router_handle(router, ROMEO, stanza.root), TERCET_OK);
        assert_eq!(tercet_router_handle(router, JULIET, stanza.root), TERCET_OK, "once more, from somebody else");
        assert_eq!(text_of(tercet_element_name(stanza.root)).unwrap(), "message", "it is lent still");
        assert_eq!(tercet_parser_recv(parser, b"<x".as_ptr(), 2), TERCET_OK);
        assert_eq!(tercet_router_handle(router, ROMEO, stanza.root), TERCET_ERR_STALE);
        tercet_parser_free(parser);
    }
    assert_eq!(drain(router).0.len(), 2);
    assert_eq!(handle(router, ROMEO, "<x xmlns='urn:x'/>"), TERCET_OK);
    assert_eq!(drain(router).0.len(), 0);

    let server = server();
    let header = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    let mut event = MaybeUninit::<tercet_event>::uninit();
    unsafe {
        assert_eq!(tercet_conn_recv(server, header.as_ptr(), header.len()), TERCET_OK);
        assert_eq!(tercet_conn_poll(server, 0, event.as_mut_ptr()), TERCET_OK);
        let opened = event.assume_init();
        assert_eq!(opened.kind, TERCET_EVENT_OPENED);
        assert_eq!(tercet_router_handle(router, ROMEO, opened.stanza.root), TERCET_ERR_ARGUMENT);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
    free(router);
}

#[test]
fn a_kept_stanza_is_handled_when_its_parser_is_gone() {
    let router = pair();
    let (parser, stanza) = lent(HI);
    let kept = detach(stanza.root).unwrap();
    let mut shown = MaybeUninit::<tercet_stanza>::uninit();
    unsafe {
        tercet_parser_free(parser);
        assert_eq!(tercet_owned_stanza(kept, shown.as_mut_ptr()), TERCET_OK);
        assert_eq!(tercet_router_handle(router, ROMEO, shown.assume_init().root), TERCET_OK);
        tercet_owned_free(kept);
    }
    let lines = drain(router).0;
    assert!(lines[0].starts_with("store? juliet@x <message from='romeo@x/o'"), "{lines:?}");
    free(router);
}

/// A connection and the router that its session is in.
struct Host {
    conn: *mut tercet_conn,
    router: *mut tercet_router,
    busy: Vec<tercet_result>,
}

unsafe extern "C" fn stanza(user: *mut c_void, _: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let store = tercet_store { deliver: Some(deliver), ..tercet_store::NONE };
    unsafe {
        let router = (*user.cast::<Host>()).router;
        assert_eq!(tercet_router_handle(router, ROMEO, (*event).stanza.root), TERCET_OK);
        tercet_router_drive(router, &raw const store, user)
    }
}

unsafe extern "C" fn deliver(
    user: *mut c_void,
    router: *mut tercet_router,
    action: *const tercet_action,
) -> tercet_result {
    let callbacks = tercet_callbacks { stanza: Some(stanza), ..tercet_callbacks::NONE };
    let store = tercet_store::NONE;
    unsafe {
        let (host, stanza) = (&mut *user.cast::<Host>(), (*action).stanza);
        host.busy.push(tercet_conn_drive(host.conn, &raw const callbacks, user, ptr::null(), 0, 0));
        host.busy.push(tercet_router_drive(router, &raw const store, user));
        tercet_conn_deliver(host.conn, stanza)
    }
}

#[test]
fn a_connections_callback_may_route_back_to_the_connection() {
    let conn = session();
    let router = made(|out| unsafe { tercet_router_new(str_of("example.net"), out) });
    attach(router, ROMEO, "romeo@example.net/orchard", &[]);
    let mut host = Host { conn, router, busy: Vec::new() };
    let callbacks = tercet_callbacks { stanza: Some(stanza), ..tercet_callbacks::NONE };
    let said = "<message to='romeo@example.net/orchard'><body>1</body></message><iq type='get' id='2' \
        to='example.net'><ping xmlns='urn:xmpp:ping'/></iq>";
    unsafe {
        let user = (&raw mut host).cast();
        let driven = tercet_conn_drive(conn, &raw const callbacks, user, said.as_ptr(), said.len(), 0);
        assert_eq!(driven, TERCET_OK);
        let heard = output(conn);
        assert!(
            heard.starts_with("<message from='romeo@example.net/orchard' to='romeo@example.net/orchard'>"),
            "{heard}"
        );
        assert!(heard.ends_with("<iq type='result' id='2' from='example.net'/>"), "{heard}");
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
    assert_eq!(host.busy, [TERCET_ERR_BUSY; 4]);
    free(router);
}

#[test]
fn an_action_stays_where_it_is_while_others_come() {
    let router = pair();
    say(router, ROMEO, SET);
    let action = poll(router).unwrap();
    let before = told(&action);
    assert!(before.starts_with("save romeo@x nurse@x"), "{before}");
    for _ in 0..100 {
        say(router, JULIET, "<message to='nurse@x'><body>Hi</body></message>");
        say(router, ROMEO, SET);
    }
    unsafe {
        assert_eq!(tercet_router_detach(router, ROMEO), TERCET_OK);
        attach(router, 3, "nurse@x/n", &[]);
        assert_eq!(tercet_router_answer(router, 1, TERCET_ANSWER_REFUSED), TERCET_OK);
        assert_eq!(tercet_router_set_limit(router, TERCET_ROUTER_LIMIT_ITEMS, 1), TERCET_OK);
        let poll_nowhere = tercet_router_poll(router, ptr::null_mut());
        assert_eq!(poll_nowhere, TERCET_ERR_NULL);
    }
    assert_eq!(told(&action), before);
    free(router);
}

#[test]
fn items_that_cannot_be_are_refused() {
    let roster = friends(&["a@x"]);
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    let (none, good) = (tercet_str::NONE, item("b@x", TERCET_SUBSCRIPTION_TO));
    let groups = [str_of("1"), none];
    let forbidden = [str_of("1"), str_of("\u{1}")];
    for (item, expected) in [
        (tercet_roster_item { contact: none, ..good }, TERCET_ERR_NULL),
        (tercet_roster_item { contact: broken, ..good }, TERCET_ERR_UTF8),
        (tercet_roster_item { contact: str_of("b@x/r"), ..good }, TERCET_ERR_JID),
        (tercet_roster_item { contact: str_of("@x"), ..good }, TERCET_ERR_JID),
        (tercet_roster_item { name: broken, ..good }, TERCET_ERR_UTF8),
        (tercet_roster_item { name: str_of("\u{1}"), ..good }, TERCET_ERR_WRITE),
        (tercet_roster_item { subscription: 4, ..good }, TERCET_ERR_ARGUMENT),
        (tercet_roster_item { subscription: -1, ..good }, TERCET_ERR_ARGUMENT),
        (tercet_roster_item { flags: 4, ..good }, TERCET_ERR_ARGUMENT),
        (tercet_roster_item { group_count: 1, ..good }, TERCET_ERR_NULL),
        (tercet_roster_item { groups: groups.as_ptr(), group_count: 2, ..good }, TERCET_ERR_NULL),
        (tercet_roster_item { groups: forbidden.as_ptr(), group_count: 2, ..good }, TERCET_ERR_WRITE),
        (tercet_roster_item { groups: groups.as_ptr(), group_count: usize::MAX, ..good }, TERCET_ERR_NULL),
    ] {
        assert_eq!(unsafe { tercet_roster_put(roster, &raw const item) }, expected, "{item:?}");
    }
    let stanza = str_of("<presence type='subscribe'/>");
    for (contact, stanza, expected) in [
        (none, stanza, TERCET_ERR_NULL),
        (str_of("c@x"), none, TERCET_ERR_NULL),
        (broken, stanza, TERCET_ERR_UTF8),
        (str_of("c@x"), broken, TERCET_ERR_UTF8),
        (str_of("c@x/r"), stanza, TERCET_ERR_JID),
        (str_of("c@x"), str_of("<presence"), TERCET_ERR_WRITE),
        (str_of("c@x"), str_of("c@x"), TERCET_ERR_WRITE),
    ] {
        assert_eq!(unsafe { tercet_roster_put_pending(roster, contact, stanza) }, expected);
    }
    let router = router();
    attach_with(router, ROMEO, "romeo@x/o", roster);
    say(router, ROMEO, "<iq type='get' id='0'><query xmlns='jabber:iq:roster'/></iq>");
    say(router, ROMEO, PRESENCE);
    let lines = drain(router).0;
    assert!(lines[0].contains("<item jid='a@x'") && !lines[0].contains("b@x"), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("c@x") || line.contains("subscribe'")), "{lines:?}");
    unsafe { tercet_roster_free(roster) };
    free(router);
}

#[test]
fn null_is_an_answer_everywhere() {
    let (router, roster) = (ptr::null_mut::<tercet_router>(), ptr::null_mut::<tercet_roster>());
    let real = pair();
    let item = item("a@x", 0);
    let (mut session, mut count, store) = (0, 0, tercet_store::NONE);
    let mut action = MaybeUninit::<tercet_action>::uninit();
    let none = tercet_str::NONE;
    unsafe {
        let answers = [
            tercet_router_new(str_of("x"), ptr::null_mut()),
            tercet_router_new(none, &mut ptr::null_mut()),
            tercet_router_set_limit(router, TERCET_ROUTER_LIMIT_ITEMS, 1),
            tercet_router_attach(router, 1, str_of("a@x/r"), roster),
            tercet_router_attach(real, 9, none, roster),
            tercet_router_set_lang(router, 1, str_of("en")),
            tercet_router_set_lang(real, 1, none),
            tercet_router_handle(router, 1, tercet_element::NONE),
            tercet_router_handle(real, 1, tercet_element::NONE),
            tercet_router_detach(router, 1),
            tercet_router_find(router, str_of("a@x/r"), &raw mut session),
            tercet_router_find(real, none, &raw mut session),
            tercet_router_find(real, str_of("romeo@x/o"), ptr::null_mut()),
            tercet_router_sessions(router, str_of("a@x"), &raw mut session, 1, &raw mut count),
            tercet_router_sessions(real, none, &raw mut session, 1, &raw mut count),
            tercet_router_sessions(real, str_of("romeo@x"), ptr::null_mut(), 1, &raw mut count),
            tercet_router_sessions(real, str_of("romeo@x"), &raw mut session, 1, ptr::null_mut()),
            tercet_router_poll(router, action.as_mut_ptr()),
            tercet_router_poll(real, ptr::null_mut()),
            tercet_router_drive(router, &raw const store, ptr::null_mut()),
            tercet_router_drive(real, ptr::null(), ptr::null_mut()),
            tercet_router_answer(router, 1, TERCET_ANSWER_STORED),
            tercet_router_answer_roster(router, 1, roster),
            tercet_router_answer_messages(router, 1, ptr::null(), 0),
            tercet_roster_new(ptr::null_mut()),
            tercet_roster_put(roster, &raw const item),
            tercet_roster_put_pending(roster, str_of("a@x"), str_of("<presence/>")),
        ];
        assert_eq!(answers, [TERCET_ERR_NULL; 27]);
        let roster = friends(&[]);
        assert_eq!(tercet_roster_put(roster, ptr::null()), TERCET_ERR_NULL);
        tercet_roster_free(roster);
        assert!(!tercet_router_has_roster(router, str_of("a@x")) && !tercet_router_has_roster(real, none));
        assert_eq!(tercet_router_free(router), TERCET_OK);
        tercet_roster_free(ptr::null_mut());
    }
    assert_eq!((session, count), (0, 0), "nothing is put out on failure");
    free(real);
}

#[test]
fn domains_and_languages_that_cannot_be_are_refused() {
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    let mut router = ptr::null_mut();
    unsafe {
        assert_eq!(tercet_router_new(broken, &raw mut router), TERCET_ERR_UTF8);
        for wrong in ["romeo@x", "", "x y"] {
            assert_eq!(tercet_router_new(str_of(wrong), &raw mut router), TERCET_ERR_JID, "{wrong}");
        }
        assert!(router.is_null());
        let router = pair();
        for wrong in ["\u{1}", "en_US", "a b", "d\u{e9}", &"x".repeat(65)] {
            assert_eq!(tercet_router_set_lang(router, ROMEO, str_of(wrong)), TERCET_ERR_ARGUMENT, "{wrong}");
        }
        assert_eq!(tercet_router_set_lang(router, ROMEO, broken), TERCET_ERR_UTF8);
        free(router);
    }
}

/// What callbacks were told, what they are to answer, and what they found when they called back.
#[derive(Default)]
struct World {
    lines: Vec<String>,
    tokens: Vec<u64>,
    answers: Vec<tercet_result>,
    calls_back: bool,
    refused: Vec<(&'static str, tercet_result)>,
    allowed: Vec<(&'static str, bool)>,
}

unsafe extern "C" fn note(
    user: *mut c_void,
    router: *mut tercet_router,
    action: *const tercet_action,
) -> tercet_result {
    let (world, action) = unsafe { (&mut *user.cast::<World>(), &*action) };
    let line = told(action);
    world.tokens.extend(Some(action.token).filter(|&token| token != 0));
    if world.calls_back {
        unsafe { call_back(world, router, user) };
    }
    assert_eq!(told(action), line, "it stays where it is");
    world.lines.push(line);
    world.answers.pop().unwrap_or(TERCET_OK)
}

unsafe fn call_back(world: &mut World, router: *mut tercet_router, user: *mut c_void) {
    let (store, roster) = (tercet_store::NONE, friends(&[]));
    let mut action = MaybeUninit::<tercet_action>::uninit();
    let (mut session, mut count) = (0, 0);
    unsafe {
        world.refused.extend([
            ("tercet_router_drive", tercet_router_drive(router, &raw const store, user)),
            ("tercet_router_poll", tercet_router_poll(router, action.as_mut_ptr())),
            ("tercet_router_attach", tercet_router_attach(router, 99, str_of("nurse@x/n"), roster)),
            ("tercet_router_free", tercet_router_free(router)),
        ]);
        world.allowed.extend([
            ("tercet_router_find", tercet_router_find(router, str_of("romeo@x/o"), &raw mut session) == TERCET_OK),
            (
                "tercet_router_sessions",
                tercet_router_sessions(router, str_of("romeo@x"), &raw mut session, 1, &raw mut count) == TERCET_OK,
            ),
            ("tercet_router_has_roster", tercet_router_has_roster(router, str_of("romeo@x"))),
            ("tercet_router_set_lang", tercet_router_set_lang(router, ROMEO, str_of("en")) == TERCET_OK),
            ("tercet_router_set_limit", tercet_router_set_limit(router, TERCET_ROUTER_LIMIT_ITEMS, 100) == TERCET_OK),
            ("tercet_router_detach", tercet_router_detach(router, 99) == TERCET_NONE),
            ("tercet_router_handle", handle(router, 99, PRESENCE) == TERCET_NONE),
            ("tercet_router_memory", tercet_router_memory(router) > 0),
            ("tercet_router_answer", tercet_router_answer(router, u64::MAX, TERCET_ANSWER_STORED) == TERCET_ERR_STALE),
            ("tercet_router_answer_roster", tercet_router_answer_roster(router, u64::MAX, roster) == TERCET_ERR_STALE),
            (
                "tercet_router_answer_messages",
                tercet_router_answer_messages(router, u64::MAX, ptr::null(), 0) == TERCET_ERR_STALE,
            ),
        ]);
        // All is allowed on another router.
        let other = pair();
        say(other, ROMEO, PRESENCE);
        assert_eq!(tercet_router_drive(other, &raw const store, user), TERCET_OK);
        free(other);
        tercet_roster_free(roster);
    }
}

const ALL: tercet_store = tercet_store {
    deliver: Some(note),
    save_item: Some(note),
    remove_item: Some(note),
    save_pending: Some(note),
    remove_pending: Some(note),
    load_roster: Some(note),
    store_offline: Some(note),
    load_offline: Some(note),
    ..tercet_store::NONE
};

fn drive(router: *mut tercet_router, store: &tercet_store, world: &mut World) -> tercet_result {
    unsafe { tercet_router_drive(router, &raw const *store, (&raw mut *world).cast()) }
}

/// A router where one action of each kind waits, and things to deliver between them.
fn busy_router() -> *mut tercet_router {
    let router = router();
    let roster = friends(&["benvolio@x"]);
    let request = str_of("<presence from='nurse@x' to='romeo@x' type='subscribe'/>");
    assert_eq!(unsafe { tercet_roster_put_pending(roster, str_of("nurse@x"), request) }, TERCET_OK);
    attach_with(router, ROMEO, "romeo@x/o", roster);
    unsafe { tercet_roster_free(roster) };
    attach(router, JULIET, "juliet@x/b", &[]);
    say(router, ROMEO, SET);
    say(router, ROMEO, &SET.replace("name='N &amp; M'", "subscription='remove'"));
    say(router, ROMEO, "<presence to='juliet@x' type='subscribe'/>");
    say(router, ROMEO, "<presence to='tybalt@x' type='subscribe'/>");
    say(router, ROMEO, "<message to='nurse@x'><body>Hi</body></message>");
    say(router, ROMEO, PRESENCE);
    router
}

/// The answer that fits what was asked for.
fn answer_kindly(router: *mut tercet_router, token: u64, asked: &str) -> tercet_result {
    unsafe {
        match asked {
            "roster" => tercet_router_answer(router, token, TERCET_ANSWER_NO_ACCOUNT),
            "store" => tercet_router_answer(router, token, TERCET_ANSWER_STORED),
            _ => tercet_router_answer_messages(router, token, ptr::null(), 0),
        }
    }
}

#[test]
fn callbacks_are_told_what_polling_tells() {
    let (polled, driven) = (busy_router(), busy_router());
    let (lines, tokens) = drain(polled);
    for verb in ["save", "remove", "asked", "answered", "roster?", "store?", "messages?", "1 <"] {
        assert!(lines.iter().any(|line| line.starts_with(verb)), "{verb}: {lines:?}");
    }
    let mut world = World::default();
    assert_eq!(drive(driven, &ALL, &mut world), TERCET_OK);
    assert_eq!((&world.lines, &world.tokens), (&lines, &tokens));
    assert_eq!(drive(driven, &ALL, &mut world), TERCET_OK);
    assert_eq!(world.lines.len(), lines.len(), "nothing comes twice");
    // Requests are open still: now they are answered.
    for (token, line) in tokens.iter().zip(lines.iter().filter(|line| line.contains('?'))) {
        assert_eq!(answer_kindly(driven, *token, line.split_once('?').unwrap().0), TERCET_OK, "{line}");
    }
    free(polled);
    free(driven);
}

#[test]
fn each_callback_stands_for_its_own_action() {
    let none = tercet_store::NONE;
    let verbs = [
        ("1 <", tercet_store { deliver: Some(note), ..none }),
        ("save", tercet_store { save_item: Some(note), ..none }),
        ("remove", tercet_store { remove_item: Some(note), ..none }),
        ("asked", tercet_store { save_pending: Some(note), ..none }),
        ("answered", tercet_store { remove_pending: Some(note), ..none }),
        ("roster?", tercet_store { load_roster: Some(note), ..none }),
        ("store?", tercet_store { store_offline: Some(note), ..none }),
        ("messages?", tercet_store { load_offline: Some(note), ..none }),
    ];
    for (verb, store) in verbs {
        let (router, mut world) = (busy_router(), World::default());
        assert_eq!(drive(router, &store, &mut world), TERCET_OK);
        assert!(!world.lines.is_empty(), "{verb}");
        for line in &world.lines {
            assert!(line.starts_with(verb) || verb == "1 <" && line.contains(" < <"), "{verb}: {line}");
        }
        free(router);
    }
}

#[test]
fn without_a_callback_a_request_is_declined() {
    let router = busy_router();
    let mut world = World::default();
    let store = tercet_store { deliver: Some(note), ..tercet_store::NONE };
    assert_eq!(drive(router, &store, &mut world), TERCET_OK);
    let last = world.lines.last().unwrap();
    assert!(last.starts_with("1 < <message type='error'"), "the sender is told: {last}");
    // Nothing is open: what was asked for is asked for again.
    say(router, ROMEO, "<presence to='tybalt@x' type='unsubscribe'/>");
    say(router, ROMEO, "<presence type='unavailable'/>");
    say(router, ROMEO, PRESENCE);
    let lines = drain(router).0;
    assert!(
        ["roster? tybalt@x", "messages? romeo@x"].iter().all(|line| lines.contains(&String::from(*line))),
        "{lines:?}"
    );
    free(router);
}

#[test]
fn a_callback_can_pause_and_fail_at_each_action() {
    let lines = drain(busy_router()).0;
    for (answer, outcome) in [(TERCET_PAUSE, TERCET_PAUSE), (-77, TERCET_ERR_CALLBACK), (1, TERCET_ERR_CALLBACK)] {
        for at in 0..lines.len() {
            let router = busy_router();
            let mut world = World { answers: [&[answer][..], &[TERCET_OK].repeat(at)].concat(), ..World::default() };
            assert_eq!(drive(router, &ALL, &mut world), outcome);
            assert_eq!(world.lines, lines[..=at], "it stops there");
            let stopped = world.tokens.last().copied();
            assert_eq!(drive(router, &ALL, &mut world), TERCET_OK);
            assert_eq!(world.lines[..lines.len()], lines, "and goes on behind it");
            if let Some((asked, _)) = lines[at].split_once('?') {
                let expected = if outcome == TERCET_PAUSE { TERCET_OK } else { TERCET_ERR_STALE };
                assert_eq!(answer_kindly(router, stopped.unwrap(), asked), expected, "where it failed, it is declined");
            }
            free(router);
        }
    }
}

unsafe extern "C" fn answer_and_fail(
    _: *mut c_void,
    router: *mut tercet_router,
    action: *const tercet_action,
) -> tercet_result {
    unsafe {
        assert_eq!(tercet_router_answer(router, (*action).token, TERCET_ANSWER_STORED), TERCET_OK);
    }
    -1
}

#[test]
fn a_request_that_was_answered_is_not_declined() {
    let router = router();
    attach(router, ROMEO, "romeo@x/o", &[]);
    say(router, ROMEO, HI);
    let mut world = World::default();
    let store = tercet_store { store_offline: Some(answer_and_fail), ..ALL };
    assert_eq!(drive(router, &store, &mut world), TERCET_ERR_CALLBACK);
    assert_eq!(drive(router, &store, &mut world), TERCET_OK);
    assert_eq!(world.lines.len(), 0, "the sender is not told that it was refused");
    free(router);
}

unsafe extern "C" fn answer_at_once(
    user: *mut c_void,
    router: *mut tercet_router,
    action: *const tercet_action,
) -> tercet_result {
    let world = unsafe { &mut *user.cast::<World>() };
    world.lines.push(told(unsafe { &*action }));
    unsafe {
        let token = (*action).token;
        match (*action).kind {
            TERCET_ACTION_LOAD_ROSTER => {
                let roster = friends(&[]);
                let answered = tercet_router_answer_roster(router, token, roster);
                tercet_roster_free(roster);
                answered
            }
            TERCET_ACTION_STORE_OFFLINE => tercet_router_answer(router, token, TERCET_ANSWER_REFUSED),
            TERCET_ACTION_LOAD_OFFLINE => {
                let kept = tercet_offline_message {
                    stamp: str_of("2026-01-31T23:59:59Z"),
                    stanza: str_of("<message></message>"),
                };
                tercet_router_answer_messages(router, token, &raw const kept, 1)
            }
            // A client that does not read is sent away; who sees it hears so.
            _ => tercet_router_detach(router, (*action).session),
        }
    }
}

#[test]
fn what_comes_of_an_answer_in_a_callback_follows() {
    let router = busy_router();
    let mut world = World::default();
    let store = tercet_store {
        load_roster: Some(answer_at_once),
        store_offline: Some(answer_at_once),
        load_offline: Some(answer_at_once),
        ..ALL
    };
    assert_eq!(drive(router, &store, &mut world), TERCET_OK);
    let at = |start: &str| world.lines.iter().position(|line| line.starts_with(start)).unwrap();
    assert!(at("roster? tybalt@x") < at("asked tybalt@x romeo@x"), "{:?}", world.lines);
    assert!(at("store? nurse@x") < at("1 < <message type='error'"));
    assert!(at("messages? romeo@x") < at("1 < <message><delay"));

    let router = pair_online(router);
    let store = tercet_store { deliver: Some(answer_at_once), ..ALL };
    let mut world = World::default();
    say(router, ROMEO, HI);
    assert_eq!(drive(router, &store, &mut world), TERCET_OK);
    assert!(world.lines[0].starts_with("2 < <message"), "{:?}", world.lines);
    assert!(world.lines[1].starts_with("1 < <presence") && world.lines[1].contains("unavailable"), "{:?}", world.lines);
    free(router);
}

/// Romeo and Juliet, who are there, instead of those in `old`.
fn pair_online(old: *mut tercet_router) -> *mut tercet_router {
    free(old);
    let router = pair();
    say(router, ROMEO, PRESENCE);
    say(router, JULIET, PRESENCE);
    drain(router);
    router
}

#[test]
fn each_callback_may_call_some_functions_and_is_refused_by_the_others() {
    let router = busy_router();
    let mut world = World { calls_back: true, ..World::default() };
    assert_eq!(drive(router, &ALL, &mut world), TERCET_OK);
    assert_eq!(world.lines, drain(busy_router()).0);
    assert!(world.refused.iter().all(|(_, answer)| *answer == TERCET_ERR_BUSY), "{:?}", world.refused);
    assert!(world.allowed.iter().all(|(_, fine)| *fine), "{:?}", world.allowed);

    // Each function is called from each callback, and expected to be refused or not.
    let (refused, allowed) = (world.refused.iter().map(|(name, _)| *name), world.allowed.iter().map(|(name, _)| *name));
    let mut known: Vec<_> = refused.chain(allowed).chain(["tercet_router_new"]).collect();
    known.sort_unstable();
    known.dedup();
    assert_eq!(known, exported("tercet_router_"));
    assert_eq!(world.refused.len() + world.allowed.len(), (known.len() - 1) * world.lines.len());
    free(router);
}

#[test]
fn the_table_is_read_as_far_as_its_maker_knew() {
    let router = busy_router();
    let mut world = World::default();
    let word = mem::size_of::<usize>();
    for size in [0, 1, word, word + 1] {
        assert_eq!(drive(router, &tercet_store { struct_size: size, ..ALL }, &mut world), TERCET_ERR_ARGUMENT);
    }
    // A table that ends behind `save_item` has no more, whatever lies there;
    // one of a younger release has more than is known.
    let short = tercet_store { struct_size: mem::offset_of!(tercet_store, remove_item), ..ALL };
    assert_eq!(drive(router, &short, &mut world), TERCET_OK);
    assert!(world.lines.iter().all(|line| line.contains(" < <") || line.starts_with("save ")), "{:?}", world.lines);
    let long = (tercet_store { struct_size: mem::size_of::<tercet_store>() + word, ..ALL }, usize::MAX);
    say(router, ROMEO, HI);
    assert_eq!(drive(router, &long.0, &mut world), TERCET_OK);
    assert!(world.lines.last().unwrap().starts_with("store? "));
    free(router);
}

#[test]
fn a_panic_poisons_the_router_and_leaves_the_lender_whole() {
    let (router, other) = (pair(), pair());
    let (parser, stanza) = lent(PRESENCE);
    let roster = friends(&["a@x"]);
    let (mut session, mut count, store) = (0, 0, tercet_store::NONE);
    let mut action = MaybeUninit::<tercet_action>::uninit();
    unsafe {
        let caught: Result<(), _> =
            stanza.root.look_whole(|_| alone(router, |_| panic!("this message belongs to a test")));
        assert_eq!(caught, Err(TERCET_ERR_PANIC));
        let answers = [
            tercet_router_set_limit(router, TERCET_ROUTER_LIMIT_ITEMS, 1),
            tercet_router_attach(router, 9, str_of("a@x/r"), roster),
            tercet_router_set_lang(router, ROMEO, str_of("en")),
            tercet_router_handle(router, ROMEO, stanza.root),
            tercet_router_detach(router, ROMEO),
            tercet_router_find(router, str_of("a@x/r"), &raw mut session),
            tercet_router_sessions(router, str_of("a@x"), &raw mut session, 1, &raw mut count),
            tercet_router_poll(router, action.as_mut_ptr()),
            tercet_router_drive(router, &raw const store, ptr::null_mut()),
            tercet_router_answer(router, 1, TERCET_ANSWER_STORED),
            tercet_router_answer_roster(router, 1, roster),
            tercet_router_answer_messages(router, 1, ptr::null(), 0),
        ];
        assert_eq!(answers, [TERCET_ERR_POISONED; 12]);
        assert!(!tercet_router_has_roster(router, str_of("romeo@x")));
        assert_eq!(tercet_router_handle(other, ROMEO, stanza.root), TERCET_OK, "stanza, parser, and others are whole");
        tercet_parser_free(parser);
        tercet_roster_free(roster);
    }
    assert_eq!(drain(other).0.len(), 2);
    free(router);
    free(other);
}
