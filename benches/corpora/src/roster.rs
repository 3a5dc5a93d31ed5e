//! Attributes: rosters, discovery, bookmarks and forms.
//!
//! | of 100 | stanza |
//! |---|---|
//! | 20 | roster result of 5 to 120 contacts |
//! | 30 | roster push |
//! | 22 | disco#info result: identities, 10 to 45 features, sometimes a form |
//! | 14 | disco#items result of 4 to 40 items |
//! | 8 | room configuration form, with prefixes declared at the query |
//! | 6 | disco#info request |

use crate::{Random, Sketch, people, words};

#[derive(Clone, Copy)]
enum Part {
    Roster,
    Push,
    Info,
    Items,
    Form,
    Request,
}

const MIX: &[(usize, Part)] =
    &[(20, Part::Roster), (30, Part::Push), (22, Part::Info), (14, Part::Items), (8, Part::Form), (6, Part::Request)];

const FEATURES: &[&str] = &[
    "http://jabber.org/protocol/caps",
    "http://jabber.org/protocol/chatstates",
    "http://jabber.org/protocol/disco#info",
    "http://jabber.org/protocol/disco#items",
    "http://jabber.org/protocol/muc",
    "http://jabber.org/protocol/pubsub#publish",
    "jabber:iq:version",
    "jabber:x:conference",
    "urn:xmpp:avatar:metadata+notify",
    "urn:xmpp:jingle:1",
    "urn:xmpp:jingle:apps:rtp:audio",
    "urn:xmpp:message-correct:0",
    "urn:xmpp:ping",
    "urn:xmpp:receipts",
    "urn:xmpp:time",
    "vcard-temp",
];
const INFO: &str = "http://jabber.org/protocol/disco#info";

pub(crate) fn stanza(to: &mut Sketch<'_>, random: &mut Random) {
    let (us, them) = (people::bare(random), people::bare(random));
    let (full, from) = (people::full(&us, random), people::full(&them, random));
    let part = random.draw(MIX);
    let kind = match part {
        Part::Push => "set",
        Part::Request => "get",
        _ => "result",
    };
    to.open("iq").attr("type", kind).attr("from", if matches!(part, Part::Push) { &us } else { &from });
    to.attr("to", &full).attr("id", &random.hex(12));
    match part {
        Part::Roster => roster(to, random, 5, 120),
        Part::Push => roster(to, random, 1, 1),
        Part::Info => info(to, random),
        Part::Items => items(to, random),
        Part::Form => form(to, random),
        Part::Request => {
            to.open_in("query", INFO).attr("node", &format!("https://gondola.example/client#{}", random.base64(20)));
        }
    }
}

fn roster(to: &mut Sketch<'_>, random: &mut Random, low: usize, high: usize) {
    to.open_in("query", "jabber:iq:roster").attr("ver", &random.hex(8));
    for _ in 0..random.between(low, high) {
        to.open("item").attr("jid", &people::bare(random));
        if random.percent(80) {
            to.attr("name", &people::nick(random));
        }
        to.attr("subscription", random.draw(&[(8, "both"), (1, "to"), (1, "from"), (1, "none")]));
        if random.percent(5) {
            to.attr("ask", "subscribe");
        }
        for _ in 0..random.draw(&[(5, 0), (4, 1), (1, 2)]) {
            to.leaf("group", people::group(random));
        }
        to.close();
    }
}

fn info(to: &mut Sketch<'_>, random: &mut Random) {
    to.open_in("query", INFO).attr("node", &format!("http://lantern.example/#v2#{}", random.base64(20)));
    to.open("identity").attr("category", "client").attr("type", random.pick(&["pc", "phone", "web"]));
    to.attr("name", "Gondola 3.1").attr("xml:lang", "en").close();
    for _ in 0..random.between(10, 45) {
        to.open("feature").attr("var", random.pick(FEATURES)).close();
    }
    if random.percent(30) {
        to.open_in("x", "jabber:x:data").attr("type", "result");
        field(to, "FORM_TYPE", "hidden", "urn:xmpp:dataforms:softwareinfo");
        field(to, "software", "text-single", "Gondola");
        field(to, "os_version", "text-single", &format!("{}.{}", random.below(20), random.below(10)));
    }
}

fn field(to: &mut Sketch<'_>, var: &str, kind: &str, value: &str) {
    to.open("field").attr("var", var).attr("type", kind).leaf("value", value).close();
}

fn items(to: &mut Sketch<'_>, random: &mut Random) {
    to.open_in("query", "http://jabber.org/protocol/disco#items");
    for _ in 0..random.between(4, 40) {
        let count = random.between(1, 4);
        to.open("item").attr("jid", &people::room(random)).attr("name", &words::sentence(random, count));
        if random.percent(20) {
            to.attr("node", &random.hex(16));
        }
        to.close();
    }
}

/// Prefixed names, as gateways and older servers write them.
fn form(to: &mut Sketch<'_>, random: &mut Random) {
    to.open("muc:query").attr("xmlns:muc", "http://jabber.org/protocol/muc#owner").attr("xmlns:x", "jabber:x:data");
    to.open("x:x").attr("type", "form").leaf("x:title", "Configuration of this room");
    for _ in 0..random.between(6, 24) {
        let count = random.between(2, 6);
        to.open("x:field").attr("var", &format!("muc#roomconfig_{}", random.hex(6))).attr("type", "list-single");
        to.attr("label", &words::sentence(random, count));
        to.leaf("x:value", random.pick(&["0", "1", "moderators", "anyone"]));
        for choice in ["moderators", "participants", "anyone"] {
            to.open("x:option").attr("label", choice).leaf("x:value", choice).close();
        }
        to.close();
    }
}
