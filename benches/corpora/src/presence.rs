//! A flood of presence: a morning's logins, and people in rooms.
//!
//! | of 100 | stanza |
//! |---|---|
//! | 48 | available, with capabilities; often show, status, priority, avatar hash |
//! | 22 | unavailable |
//! | 22 | an occupant of a room, with role, capabilities and avatar hash |
//! | 4 | available with the time since when |
//! | 3 | subscription traffic |
//! | 1 | an error |

use crate::{Random, Sketch, people, words};

#[derive(Clone, Copy)]
enum Part {
    Available,
    Unavailable,
    Occupant,
    Delayed,
    Subscription,
    Error,
}

const MIX: &[(usize, Part)] = &[
    (48, Part::Available),
    (22, Part::Unavailable),
    (22, Part::Occupant),
    (4, Part::Delayed),
    (3, Part::Subscription),
    (1, Part::Error),
];

const CLIENTS: &[&str] = &["https://gondola.example/client", "http://lantern.example/#v2", "https://a.example"];

pub(crate) fn stanza(to: &mut Sketch<'_>, random: &mut Random) {
    let them = people::bare(random);
    let (from, us) = (people::full(&them, random), people::bare(random));
    let us = people::full(&us, random);
    match random.draw(MIX) {
        Part::Available => {
            to.open("presence").attr("from", &from).attr("to", &us);
            available(to, random);
        }
        Part::Unavailable => {
            to.open("presence").attr("from", &from).attr("to", &us).attr("type", "unavailable");
            if random.percent(20) {
                to.leaf("status", &words::sentence(random, 3));
            }
        }
        Part::Occupant => occupant(to, random, &us, &from),
        Part::Delayed => {
            to.open("presence").attr("from", &from).attr("to", &us);
            available(to, random);
            to.open_in("delay", "urn:xmpp:delay").attr("from", &from).attr("stamp", &random.time()).close();
        }
        Part::Subscription => {
            let kind = random.pick(&["subscribe", "subscribed", "unsubscribe", "unsubscribed"]);
            to.open("presence").attr("from", &them).attr("to", &us).attr("type", kind).attr("id", &random.hex(8));
            if kind == "subscribe" {
                to.leaf("status", &words::sentence(random, 6));
                to.open_in("nick", "http://jabber.org/protocol/nick").text(&people::nick(random)).close();
            }
        }
        Part::Error => {
            to.open("presence").attr("from", &them).attr("to", &us).attr("type", "error");
            to.open("error").attr("type", "cancel");
            to.mark("remote-server-not-found", "urn:ietf:params:xml:ns:xmpp-stanzas").close();
        }
    }
}

fn available(to: &mut Sketch<'_>, random: &mut Random) {
    if random.percent(40) {
        to.leaf("show", random.draw(&[(5, "away"), (2, "dnd"), (2, "xa"), (1, "chat")]));
    }
    if random.percent(30) {
        let count = random.between(1, 9);
        to.leaf("status", &words::sentence(random, count));
    }
    if random.percent(60) {
        to.leaf("priority", random.pick(&["0", "1", "5", "10", "-1"]));
    }
    extensions(to, random);
}

fn extensions(to: &mut Sketch<'_>, random: &mut Random) {
    let hash = random.base64(20);
    to.open_in("c", "http://jabber.org/protocol/caps").attr("hash", "sha-1").attr("node", random.pick(CLIENTS));
    to.attr("ver", &hash).close();
    if random.percent(65) {
        to.open_in("x", "vcard-temp:x:update").leaf("photo", &random.hex(40)).close();
    }
    if random.percent(15) {
        to.open_in("idle", "urn:xmpp:idle:1").attr("since", &random.time()).close();
    }
}

fn occupant(to: &mut Sketch<'_>, random: &mut Random, us: &str, real: &str) {
    let seat = format!("{}/{}", people::room(random), people::nick(random));
    to.open("presence").attr("from", &seat).attr("to", us);
    extensions(to, random);
    to.open_in("x", "http://jabber.org/protocol/muc#user");
    to.open("item").attr("affiliation", random.draw(&[(6, "none"), (3, "member"), (1, "admin")]));
    if random.percent(50) {
        to.attr("jid", real);
    }
    to.attr("role", random.draw(&[(8, "participant"), (1, "moderator"), (1, "visitor")])).close();
    if random.percent(10) {
        to.open("status").attr("code", random.pick(&["100", "110", "201"])).close();
    }
    to.close();
}
