//! One-to-one chat, as the server sends it to a client.
//!
//! | of 100 | stanza |
//! |---|---|
//! | 34 | message with text, receipt request, marker request, chat state, stanza id |
//! | 12 | receipt |
//! | 10 | chat state alone |
//! | 8 | marker: received or displayed |
//! | 14 | carbon of a message |
//! | 18 | archive result with a message and its time |
//! | 2 | end of an archive page |
//! | 2 | ping |

use crate::{Random, Sketch, people, words};

#[derive(Clone, Copy)]
enum Part {
    Text,
    Receipt,
    State,
    Marker,
    Carbon,
    Archived,
    PageEnd,
    Ping,
}

const MIX: &[(usize, Part)] = &[
    (34, Part::Text),
    (12, Part::Receipt),
    (10, Part::State),
    (8, Part::Marker),
    (14, Part::Carbon),
    (18, Part::Archived),
    (2, Part::PageEnd),
    (2, Part::Ping),
];

const CHAT_STATES: &str = "http://jabber.org/protocol/chatstates";
const MARKERS: &str = "urn:xmpp:chat-markers:0";
const RECEIPTS: &str = "urn:xmpp:receipts";
const ARCHIVE: &str = "urn:xmpp:mam:2";

pub(crate) fn stanza(to: &mut Sketch<'_>, random: &mut Random) {
    let (us, them) = (people::bare(random), people::bare(random));
    match random.draw(MIX) {
        Part::Text => text(to, random, &us, &them, false),
        Part::Receipt => {
            head(to, random, &us, &them);
            to.open_in("received", RECEIPTS).attr("id", &random.uuid()).close();
            to.mark("store", "urn:xmpp:hints");
        }
        Part::State => {
            head(to, random, &us, &them);
            let state = random.draw(&[(5, "composing"), (3, "active"), (3, "paused"), (1, "inactive"), (1, "gone")]);
            to.mark(state, CHAT_STATES).mark("no-store", "urn:xmpp:hints");
        }
        Part::Marker => {
            head(to, random, &us, &them);
            let marker = random.draw(&[(1, "received"), (2, "displayed")]);
            to.open_in(marker, MARKERS).attr("id", &random.uuid()).close();
        }
        Part::Carbon => carbon(to, random, &us, &them),
        Part::Archived => archived(to, random, &us, &them),
        Part::PageEnd => page_end(to, random, &us),
        Part::Ping => {
            let (id, full) = (random.hex(10), people::full(&us, random));
            to.open("iq").attr("type", "get").attr("from", "verona.example").attr("to", &full).attr("id", &id);
            to.mark("ping", "urn:xmpp:ping");
        }
    }
}

fn head(to: &mut Sketch<'_>, random: &mut Random, us: &str, them: &str) {
    let (from, full) = (people::full(them, random), people::full(us, random));
    to.open("message").attr("from", &from).attr("to", &full).attr("type", "chat").attr("id", &random.uuid());
}

/// A message with text; `inner` if it is wrapped, and then says its namespace.
fn text(to: &mut Sketch<'_>, random: &mut Random, us: &str, them: &str, inner: bool) {
    let (from, id) = (people::full(them, random), random.uuid());
    to.open("message");
    if inner {
        to.attr("xmlns", "jabber:client");
    }
    to.attr("from", &from).attr("to", us).attr("type", "chat").attr("id", &id);
    if random.percent(30) {
        to.attr("xml:lang", random.draw(&[(4, "en"), (1, "de"), (1, "el")]));
    }
    to.leaf("body", &words::message(random));
    if random.percent(8) {
        to.leaf("thread", &random.hex(12));
    }
    if random.percent(70) {
        to.mark("request", RECEIPTS);
    }
    if random.percent(60) {
        to.mark("markable", MARKERS);
    }
    if random.percent(50) {
        to.mark("active", CHAT_STATES);
    }
    if random.percent(60) {
        to.open_in("origin-id", "urn:xmpp:sid:0").attr("id", &id).close();
    }
    if random.percent(80) {
        to.open_in("stanza-id", "urn:xmpp:sid:0").attr("by", us).attr("id", &random.hex(16)).close();
    }
    to.close();
}

fn carbon(to: &mut Sketch<'_>, random: &mut Random, us: &str, them: &str) {
    let direction = random.draw(&[(1, "sent"), (1, "received")]);
    let full = people::full(us, random);
    to.open("message").attr("from", us).attr("to", &full).attr("type", "chat");
    to.open_in(direction, "urn:xmpp:carbons:2").open_in("forwarded", "urn:xmpp:forward:0");
    text(to, random, us, them, true);
    to.close().close();
}

fn archived(to: &mut Sketch<'_>, random: &mut Random, us: &str, them: &str) {
    let full = people::full(us, random);
    to.open("message").attr("from", us).attr("to", &full);
    to.open_in("result", ARCHIVE).attr("queryid", &random.hex(6)).attr("id", &random.hex(16));
    to.open_in("forwarded", "urn:xmpp:forward:0");
    to.open_in("delay", "urn:xmpp:delay").attr("stamp", &random.time()).close();
    text(to, random, us, them, true);
    to.close().close();
}

fn page_end(to: &mut Sketch<'_>, random: &mut Random, us: &str) {
    let full = people::full(us, random);
    to.open("iq").attr("type", "result").attr("to", &full).attr("id", &random.hex(10));
    to.open_in("fin", ARCHIVE).attr("complete", random.draw(&[(1, "true"), (3, "false")]));
    to.open_in("set", "http://jabber.org/protocol/rsm");
    to.open("first").attr("index", &random.below(5000).to_string()).text(&random.hex(16)).close();
    to.leaf("last", &random.hex(16)).leaf("count", &random.below(90_000).to_string());
    to.close().close();
}
