//! The delivery rules of RFC 6121 section 8 and RFC 6120 section 10, as a table of third parties states them.
//!
//! A rule that names a receiver, its resources, a kind of stanza and a plain outcome is tried as it stands; those that
//! say more have a play of their own, by id. A rule that has neither fails.

use serde_json::Value;
use tercet::router::RouterConfig;

use crate::host::{DOMAIN, Host};
use crate::play::play;
use crate::shared::shared;
use crate::tree::Tree;

#[test]
fn m03_m04_m05_the_62_rules() {
    let Some(text) = shared("vectors/rfc6121-server-rules.json") else { return };
    let table: Value = serde_json::from_str(&text).unwrap();
    let rules = table["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 62);
    let by_play = rules.iter().filter(|rule| !try_table(rule)).count();
    assert_eq!(by_play, 16);
}

/// What became of one stanza that romeo@x/o sent.
#[derive(Debug, Default)]
struct Outcome {
    /// The resources of the receiver that heard it, unchanged but for `from`.
    heard: Vec<&'static str>,
    /// The conditions of the errors that the sender heard.
    errors: Vec<String>,
    /// How many messages were kept.
    kept: usize,
    /// Whatever else anybody heard.
    other: Vec<Tree>,
}

impl Outcome {
    fn silent(&self) -> bool {
        self.heard.is_empty() && self.errors.is_empty() && self.kept == 0 && self.other.is_empty()
    }

    fn refused(&self) -> bool {
        self.errors == ["service-unavailable"] && self.heard.is_empty() && self.kept == 0 && self.other.is_empty()
    }

    fn kept(&self) -> bool {
        self.kept == 1 && self.heard.is_empty() && self.errors.is_empty() && self.other.is_empty()
    }

    fn delivered(&self, to: &[&str]) -> bool {
        self.heard == to && !to.is_empty() && self.errors.is_empty() && self.kept == 0 && self.other.is_empty()
    }
}

/// The receiver's resources and their priorities, the highest first; without one, connected and not available.
type Resources = &'static [(&'static str, Option<i8>)];

const ONE: Resources = &[("b", Some(0))];
const SEVERAL: Resources = &[("b", Some(5)), ("c", Some(0)), ("d", Some(-1))];
const NEGATIVE: Resources = &[("b", Some(-1))];
const MIXED: Resources = &[("b", Some(0)), ("c", Some(-1))];
const CONNECTED: Resources = &[("b", None)];

/// Tries a rule of plain outcome; says whether it is one.
fn try_table(rule: &Value) -> bool {
    let field = |name: &'static str| rule[name].as_str().unwrap_or("-");
    let id = field("id");
    if let Some(script) = play_of(id) {
        play(script);
        return false;
    }
    let kind = field("kind");
    for to in receivers(field("to"), field("resources")) {
        for resources in houses(field("resources")) {
            for ty in types(kind, field("type")) {
                let outcome = run(&stanza(kind, ty, to), resources);
                let met = met(field("action"), &outcome, resources);
                assert!(met, "{id}: {kind} {ty} to {to} with {resources:?}\n{rule}\n{outcome:#?}");
            }
        }
    }
    true
}

fn receivers(to: &str, resources: &str) -> &'static [&'static str] {
    match (to, resources) {
        ("bare JID", _) => &["juliet@x"],
        ("full JID", "no match") => &["juliet@x/gone"],
        ("full JID", _) => &["juliet@x/b"],
        ("bare or full JID of a local account that does not exist", _) => &["nobody@x", "nobody@x/r"],
        other => panic!("no receiver for {other:?}"),
    }
}

fn houses(resources: &str) -> &'static [Resources] {
    match resources {
        "one, non-negative priority" => &[ONE],
        "several, non-negative priority" => &[SEVERAL],
        "one, negative priority" | "only negative priority" => &[NEGATIVE],
        "none available" => &[&[], CONNECTED],
        "at least one available" => &[ONE, MIXED, SEVERAL],
        "exact match (available or connected)" => &[ONE, CONNECTED, NEGATIVE, SEVERAL],
        "no match" => &[&[], ONE, CONNECTED],
        "-" => &[&[], ONE],
        other => panic!("no resources for {other:?}"),
    }
}

fn types<'r>(kind: &str, ty: &'r str) -> Vec<&'r str> {
    match (kind, ty) {
        ("message", "any") => vec!["normal", "chat", "groupchat", "headline", "error", ""],
        ("message", "any but error") => vec!["normal", "chat", "groupchat", "headline", ""],
        (_, "(none)") => vec![""],
        (_, "get/set of a namespace the server cannot answer") => vec!["get", "set"],
        (_, several) => several.split('/').collect(),
    }
}

fn stanza(kind: &str, ty: &str, to: &str) -> String {
    let ty_attr = if ty.is_empty() { String::new() } else { format!(" type='{ty}'") };
    let content = match (kind, ty) {
        (_, "error") => "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        ("message", _) => "<body>Hi</body>",
        ("iq", "get" | "set") => "<query xmlns='urn:unknown'/>",
        _ => "",
    };
    format!("<{kind}{ty_attr} to='{to}' id='1'>{content}</{kind}>")
}

fn run(xml: &str, resources: Resources) -> Outcome {
    let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
    host.account("romeo@x");
    host.account("juliet@x");
    let romeo = host.attach("romeo@x/o").unwrap();
    let mut sessions = Vec::new();
    for (resource, priority) in resources {
        let id = host.attach(&format!("juliet@x/{resource}")).unwrap();
        if let Some(priority) = priority {
            host.handle(id, &format!("<presence><priority>{priority}</priority></presence>"));
        }
        sessions.push((id, *resource));
    }
    host.sent.clear();
    host.handle(romeo, xml);
    let mut expected = Tree::parse(xml);
    expected.attrs.insert("from".into(), "romeo@x/o".into());
    let mut outcome = Outcome { kept: host.account("juliet@x").messages.len(), ..Outcome::default() };
    for (id, got) in host.sent {
        let error =
            got.child("error").and_then(|error| error.children.first()).map(|condition| condition.local.clone());
        match (sessions.iter().find(|(session, _)| *session == id), error) {
            (Some((_, resource)), _) if got == expected => outcome.heard.push(resource),
            (None, Some(condition)) if got.attr("type") == Some("error") => outcome.errors.push(condition),
            _ => outcome.other.push(got),
        }
    }
    outcome
}

fn met(action: &str, outcome: &Outcome, resources: Resources) -> bool {
    let from = |lowest: i8| -> Vec<&str> {
        let reached = |priority: &Option<i8>| priority.is_some_and(|priority| priority >= lowest);
        resources.iter().filter(|(_, priority)| reached(priority)).map(|(resource, _)| *resource).collect()
    };
    match action {
        "ignore" => outcome.silent(),
        "error service-unavailable" | "error service-unavailable; not delivered" => outcome.refused(),
        "deliver to it" | "deliver to that resource" => outcome.delivered(&["b"]),
        "deliver to all available resources (negative priority too)" => outcome.delivered(&from(i8::MIN)),
        "deliver to all non-negative resources" => outcome.delivered(&from(0)),
        "choice: deliver to the most available resource(s) | deliver to all non-negative resources"
        | "choice: deliver to the most available resource(s) | deliver to all non-negative resources that opted in" => {
            outcome.delivered(&["b"]) || outcome.delivered(&from(0))
        }
        "choice: store offline | error service-unavailable"
        | "choice: store offline | error service-unavailable; not delivered" => outcome.kept() || outcome.refused(),
        "choice: ignore | error" | "choice: ignore | error service-unavailable" => {
            outcome.silent() || outcome.refused()
        }
        "choice: ignore | presence unsubscribed" => {
            let unsubscribed = |stanza: &Tree| stanza.attr("type") == Some("unsubscribed");
            outcome.silent() || (outcome.other.len() == 1 && outcome.other.iter().all(unsubscribed))
        }
        other => panic!("no outcome for {other:?}"),
    }
}

macro_rules! unavailable {
    ($kind:literal, $from:literal) => {
        concat!(
            "\nromeo/o < <",
            $kind,
            " type='error' id='1' from='",
            $from,
            "'><error type='cancel'>",
            "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></",
            $kind,
            ">\n"
        )
    };
}

/// The rules that say more than a table cell.
fn play_of(id: &str) -> Option<&'static str> {
    Some(match id {
        "8.1-message" => {
            "romeo/o online
             romeo/p online
             romeo/o > <message><body>Note</body></message>
             romeo/o < <message from='romeo@x/o' to='romeo@x'><body>Note</body></message>
             romeo/p < <message from='romeo@x/o' to='romeo@x'><body>Note</body></message>"
        }
        "8.1-presence" => {
            "romeo from juliet
             romeo both nurse
             romeo to tybalt
             juliet/b online
             nurse/n online
             tybalt/t online
             romeo/p online
             romeo/o connects
             romeo/o > <presence><priority>-1</priority></presence>
             juliet/b < <presence from='romeo@x/o' to='juliet@x'><priority>-1</priority></presence>
             nurse/n < <presence from='romeo@x/o' to='nurse@x'><priority>-1</priority></presence>
             romeo/o < <presence from='romeo@x/o' to='romeo@x'><priority>-1</priority></presence>
             romeo/p < <presence from='romeo@x/o' to='romeo@x'><priority>-1</priority></presence>
             romeo/o < <presence from='nurse@x/n' to='romeo@x'/>
             romeo/o < <presence from='tybalt@x/t' to='romeo@x'/>
             romeo/o < <presence from='romeo@x/p' to='romeo@x'/>
             romeo/o > <presence type='unavailable'/>
             juliet/b < <presence type='unavailable' from='romeo@x/o' to='juliet@x'/>
             nurse/n < <presence type='unavailable' from='romeo@x/o' to='nurse@x'/>
             romeo/p < <presence type='unavailable' from='romeo@x/o' to='romeo@x'/>
             romeo/o < <presence type='unavailable' from='romeo@x/o' to='romeo@x'/>"
        }
        "8.1-iq-get-set" => {
            "romeo/o online
             romeo/o > <iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>
             romeo/o < <iq type='result' id='1' to='romeo@x/o'><query xmlns='jabber:iq:roster'/></iq>
             romeo/o > <iq type='set' id='2'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
             romeo/o < <iq type='result' id='2'/>
             romeo/o > <iq type='get' id='3'><query xmlns='urn:unknown'/></iq>
             romeo/o < <iq type='error' id='3'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
             romeo/o > <iq type='result' id='4'/>
             romeo/o > <iq type='error' id='5'/>"
        }
        // No other domain can be reached: every route fails.
        "8.2-remote" => {
            "romeo/o online
             romeo/o > <message to='juliet@y' id='1'><body>Hi</body></message>
             romeo/o < <message type='error' id='1' from='juliet@y'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
             romeo/o > <iq type='get' to='y' id='2'><ping xmlns='urn:xmpp:ping'/></iq>
             romeo/o < <iq type='error' id='2' from='y'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
             romeo/o > <presence to='room@y/romeo' id='3'/>
             romeo/o < <presence type='error' id='3' from='room@y/romeo'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
             romeo/o > <presence to='room@y/romeo' type='unavailable'/>
             romeo/o > <message to='juliet@y' type='error'/>
             romeo/o > <iq type='result' to='y' id='2'/>"
        }
        "8.3-domain-bare" => concat!(
            "romeo/o online
             romeo/o > <iq type='get' to='x' id='1'><query xmlns='urn:unknown'/></iq>",
            unavailable!("iq", "x"),
            "romeo/o > <iq type='get' to='X' id='2'><ping xmlns='urn:xmpp:ping'/></iq>
             romeo/o < <iq type='result' id='2' from='X'/>
             romeo/o > <message to='x' id='1'><body>Hello?</body></message>",
            unavailable!("message", "x"),
            "romeo/o > <presence to='x'/>
             romeo/o > <iq type='result' to='x' id='3'/>
             romeo/o > <message to='x' type='error'/>"
        ),
        "8.3-domain-full" => concat!(
            "romeo/o online
             romeo/o > <iq type='get' to='x/admin' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
            unavailable!("iq", "x/admin"),
            "romeo/o > <message to='x/announce' id='1'><body>All!</body></message>",
            unavailable!("message", "x/announce"),
            "romeo/o > <presence to='x/admin'/>"
        ),
        "8.5.2-to-unchanged" => {
            "romeo both juliet
             romeo/o connects
             juliet/b online
             romeo/o > <message to='Juliet@X' type='headline'><body>Hi</body></message>
             juliet/b < <message to='Juliet@X' type='headline' from='romeo@x/o'><body>Hi</body></message>
             romeo/o > <presence to='juliet@x'/>
             juliet/b < <presence to='juliet@x' from='romeo@x/o'/>"
        }
        "8.5.2-negative" => {
            "romeo/o connects
             juliet/b online
             juliet/c connects
             juliet/c > <presence><priority>-1</priority></presence>
             juliet/b < <presence from='juliet@x/c' to='juliet@x'><priority>-1</priority></presence>
             juliet/c < <presence from='juliet@x/c' to='juliet@x'><priority>-1</priority></presence>
             juliet/c < <presence from='juliet@x/b' to='juliet@x'/>
             romeo/o > <message to='juliet@x' type='chat'><body>1</body></message>
             juliet/b < <message to='juliet@x' type='chat' from='romeo@x/o'><body>1</body></message>
             romeo/o > <message to='juliet@x' type='headline'><body>2</body></message>
             juliet/b < <message to='juliet@x' type='headline' from='romeo@x/o'><body>2</body></message>
             romeo/o > <message to='juliet@x'><body>3</body></message>
             juliet/b < <message to='juliet@x' from='romeo@x/o'><body>3</body></message>"
        }
        "8.5.2-presence-subscription" => {
            "account juliet
             romeo/o connects
             romeo/o > <presence to='juliet@x' type='subscribe'/>
             requests juliet: romeo
             juliet/b connects
             juliet/b > <presence/>
             juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
             juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'/>"
        }
        "8.5.2-presence-probe" => {
            "romeo to juliet
             romeo/o connects
             juliet/b online
             romeo/o > <presence to='juliet@x' type='probe'/>
             romeo/o < <presence from='juliet@x/b' to='romeo@x/o'/>"
        }
        "8.5.2-iq-known" => {
            "juliet/b online
             juliet/b > <iq type='get' to='juliet@x' id='1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
             juliet/b < <iq type='result' from='juliet@x' id='1'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/><feature var='http://jabber.org/protocol/disco#info'/><feature var='urn:xmpp:ping'/></query></iq>"
        }
        "8.5.3.1-iq-get" => concat!(
            "romeo to juliet
             romeo/o connects
             nurse/n connects
             juliet/b connects
             romeo/o > <iq type='get' to='juliet@x/b' id='1'><query xmlns='urn:unknown'/></iq>
             juliet/b < <iq type='get' to='juliet@x/b' id='1' from='romeo@x/o'><query xmlns='urn:unknown'/></iq>
             juliet/b > <iq type='get' to='romeo@x/o' id='1'><query xmlns='urn:unknown'/></iq>
             juliet/b < <iq type='error' from='romeo@x/o' id='1'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
             romeo/o > <presence to='juliet@x'/>
             juliet/b > <iq type='set' to='romeo@x/o' id='2'><query xmlns='urn:unknown'/></iq>
             romeo/o < <iq type='set' to='romeo@x/o' id='2' from='juliet@x/b'><query xmlns='urn:unknown'/></iq>
             romeo/o > <iq type='get' to='nurse@x/n' id='1'><query xmlns='urn:unknown'/></iq>",
            unavailable!("iq", "nurse@x/n")
        ),
        "8.5.3.2.1-message-chat" => {
            "account juliet
             romeo/o connects
             romeo/o > <message to='juliet@x/gone' type='chat'><body>1</body></message>
             messages juliet: 1
             juliet/b online
             romeo/o > <message to='juliet@x/gone' type='chat'><body>2</body></message>
             juliet/b < <message to='juliet@x/gone' type='chat' from='romeo@x/o'><body>2</body></message>
             juliet/c online
             juliet/c > <presence><priority>1</priority></presence>
             juliet/b < <presence from='juliet@x/c' to='juliet@x'><priority>1</priority></presence>
             juliet/c < <presence from='juliet@x/c' to='juliet@x'><priority>1</priority></presence>
             romeo/o > <message to='juliet@x/gone' type='chat'><body>3</body></message>
             juliet/c < <message to='juliet@x/gone' type='chat' from='romeo@x/o'><body>3</body></message>"
        }
        "8.5.3.2.2-presence-subscribe" => {
            "romeo/o connects
             juliet/b online
             romeo/o > <presence to='juliet@x/gone' type='subscribe'/>
             juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'/>
             requests juliet: romeo"
        }
        "8.5.3.2.3-iq-result" => {
            "romeo/o connects
             juliet/b online
             romeo/o > <iq type='result' to='juliet@x/gone' id='1'/>
             romeo/o > <iq type='error' to='juliet@x/gone' id='1'><error type='cancel'/></iq>"
        }
        "error-no-reply" => {
            "account juliet
             romeo/o connects
             romeo/o > <message type='error' to='juliet@x'/>
             romeo/o > <message type='error' to='nobody@x/r'/>
             romeo/o > <message type='error' to='x'/>
             romeo/o > <message type='error' to='@'/>
             romeo/o > <presence type='error' to='juliet@x/r'/>
             romeo/o > <presence type='error' to='y'/>
             romeo/o > <iq type='error' id='1' to='juliet@x'/>
             romeo/o > <iq type='error' id='1' to='juliet@x/r'/>
             romeo/o > <iq type='error' id='1' to='y'/>
             romeo/o > <iq type='error' to='x'/>"
        }
        _ => return None,
    })
}
