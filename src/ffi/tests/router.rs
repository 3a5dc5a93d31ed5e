//! Sessions that meet in a router, driven by pointers alone.

use core::mem::MaybeUninit;
use std::format;
use std::vec::Vec;

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
        TERCET_ACTION_STORE_MESSAGE => format!("store? {user} {stanza}"),
        TERCET_ACTION_LOAD_MESSAGES => format!("messages? {user}"),
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
