//! Scripts of another server's test suite, those that need no more than RFC 6121.

use std::collections::BTreeMap;

use serde_json::Value;
use tercet::router::{RouterConfig, SessionId};

use crate::host::{Host, jid};
use crate::shared::shared;
use crate::tree::Tree;

#[test]
fn scripts_that_need_rfc_6121_alone() {
    let Some(text) = shared("sessions/scansion.jsonl") else { return };
    let scripts: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let core: Vec<_> = scripts.iter().filter(|script| script["core_rfc6121_only"] == true).collect();
    assert_eq!(core.len(), 2);
    core.into_iter().for_each(perform);
}

fn perform(script: &Value) {
    let mut host = Host::new(RouterConfig::new("localhost").unwrap());
    let mut sessions: BTreeMap<&str, SessionId> = BTreeMap::new();
    let actors = script["actors"].as_object().unwrap();
    let full = |name: &str| {
        let resource = actors[name]["resource"].as_str().unwrap_or("scansion");
        format!("{}/{resource}", actors[name]["jid"].as_str().unwrap())
    };
    for name in actors.keys() {
        host.account(jid(&full(name)).as_jid().bare().as_str());
    }
    for step in script["steps"].as_array().unwrap() {
        let who = step["who"].as_str().unwrap();
        let xml = || {
            let filled = actors.keys().fold(step["xml"].as_str().unwrap().to_owned(), |xml, name| {
                let full = full(name);
                let bare = jid(&full).as_jid().bare().as_str().to_owned();
                xml.replace(&format!("${{{name}'s JID}}"), &bare).replace(&format!("${{{name}'s full JID}}"), &full)
            });
            filled.replace("{scansion:any}", "*")
        };
        match step["action"].as_str().unwrap() {
            "connects" => drop(sessions.insert(who, host.attach(&full(who)).unwrap())),
            "disconnects" => {
                if let Some(id) = sessions.remove(who) {
                    host.detach(id);
                    host.sent.retain(|(session, _)| *session != id);
                }
            }
            "sends" => host.handle(sessions[who], &xml()),
            "receives" => {
                let at = host.sent.iter().position(|(session, _)| *session == sessions[who]);
                let (_, got) = host.sent.remove(at.unwrap_or_else(|| panic!("nothing for: {step}"))).unwrap();
                let mut expected = Tree::parse(&xml());
                without_versions(&mut expected);
                assert!(expected.accepts(&got, true), "for: {step}\nheard: {got:#?}");
            }
            other => panic!("no action {other}"),
        }
    }
}

/// Roster versions (RFC 6121 section 2.6) are for servers that offer them; this one does not.
fn without_versions(tree: &mut Tree) {
    if tree.ns == "jabber:iq:roster" {
        tree.attrs.remove("ver");
    }
    tree.children.iter_mut().for_each(without_versions);
}
