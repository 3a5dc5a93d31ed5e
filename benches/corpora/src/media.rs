//! Base64: encrypted messages, keys and pictures.
//!
//! | of 100 | stanza | base64 |
//! |---|---|---|
//! | 70 | OMEMO message to 2 to 12 devices | 60 to 140 octets a key, 20 to 600 of payload |
//! | 12 | OMEMO bundle | 100 keys of 33 octets |
//! | 8 | OMEMO device list | none |
//! | 6 | avatar as published data | 2 to 24 KiB |
//! | 2 | vCard with a picture | 4 to 48 KiB, in lines of 76 characters |
//! | 2 | in-band bytes | 4 KiB |
//!
//! By octets, nearly three quarters are base64.

use crate::{Random, Sketch, people};

#[derive(Clone, Copy)]
enum Part {
    Message,
    Bundle,
    Devices,
    Avatar,
    Card,
    Bytes,
}

const MIX: &[(usize, Part)] = &[
    (70, Part::Message),
    (12, Part::Bundle),
    (8, Part::Devices),
    (6, Part::Avatar),
    (2, Part::Card),
    (2, Part::Bytes),
];

const OMEMO: &str = "eu.siacs.conversations.axolotl";

pub(crate) fn stanza(to: &mut Sketch<'_>, random: &mut Random) {
    let (us, them) = (people::bare(random), people::bare(random));
    let full = people::full(&us, random);
    match random.draw(MIX) {
        Part::Message => {
            let from = people::full(&them, random);
            to.open("message").attr("from", &from).attr("to", &us).attr("type", "chat").attr("id", &random.uuid());
            encrypted(to, random);
            to.mark("store", "urn:xmpp:hints");
            to.open_in("encryption", "urn:xmpp:eme:0").attr("name", "OMEMO").attr("namespace", OMEMO).close();
        }
        Part::Bundle => {
            let node = format!("{OMEMO}.bundles:{}", device(random));
            event(to, random, &them, &full, &node);
            bundle(to, random);
        }
        Part::Devices => {
            event(to, random, &them, &full, "eu.siacs.conversations.axolotl.devicelist");
            to.open_in("list", OMEMO);
            for _ in 0..random.between(1, 6) {
                to.open("device").attr("id", &device(random)).close();
            }
        }
        Part::Avatar => {
            event(to, random, &them, &full, "urn:xmpp:avatar:data");
            let octets = random.between(2 << 10, 24 << 10);
            to.open_in("data", "urn:xmpp:avatar:data").text(&random.base64(octets));
        }
        Part::Card => {
            let octets = random.between(4 << 10, 48 << 10);
            to.open("iq").attr("type", "result").attr("from", &them).attr("to", &full).attr("id", &random.hex(10));
            to.open_in("vCard", "vcard-temp").leaf("FN", &people::nick(random));
            to.open("PHOTO").leaf("TYPE", "image/jpeg").leaf("BINVAL", &lines(&random.base64(octets)));
        }
        Part::Bytes => {
            let from = people::full(&them, random);
            to.open("iq").attr("type", "set").attr("from", &from).attr("to", &full).attr("id", &random.hex(10));
            to.open_in("data", "http://jabber.org/protocol/ibb").attr("seq", &random.below(65_536).to_string());
            to.attr("sid", &random.hex(8)).text(&random.base64(4096));
        }
    }
}

fn device(random: &mut Random) -> String {
    random.between(1, 0x7FFF_FFFF).to_string()
}

fn encrypted(to: &mut Sketch<'_>, random: &mut Random) {
    to.open_in("encrypted", OMEMO).open("header").attr("sid", &device(random));
    for _ in 0..random.between(2, 12) {
        to.open("key").attr("rid", &device(random));
        let first = random.percent(10);
        if first {
            to.attr("prekey", "true");
        }
        let octets = if first { 140 } else { random.between(60, 80) };
        to.text(&random.base64(octets)).close();
    }
    to.leaf("iv", &random.base64(12)).close();
    if random.percent(90) {
        let octets = random.between(20, 600);
        to.leaf("payload", &random.base64(octets));
    }
    to.close();
}

/// Leaves the item open.
fn event(to: &mut Sketch<'_>, random: &mut Random, from: &str, us: &str, node: &str) {
    to.open("message").attr("from", from).attr("to", us).attr("type", "headline").attr("id", &random.hex(10));
    to.open_in("event", "http://jabber.org/protocol/pubsub#event").open("items").attr("node", node);
    to.open("item").attr("id", &random.hex(40));
}

fn bundle(to: &mut Sketch<'_>, random: &mut Random) {
    to.open_in("bundle", OMEMO);
    to.open("signedPreKeyPublic").attr("signedPreKeyId", "1").text(&random.base64(33)).close();
    to.leaf("signedPreKeySignature", &random.base64(64)).leaf("identityKey", &random.base64(33));
    to.open("prekeys");
    for key in 1..=100 {
        to.open("preKeyPublic").attr("preKeyId", &key.to_string()).text(&random.base64(33)).close();
    }
    to.close().close();
}

fn lines(base64: &str) -> String {
    let mut text = String::with_capacity(base64.len() + base64.len() / 76 + 1);
    for (at, digit) in base64.chars().enumerate() {
        if at > 0 && at % 76 == 0 {
            text.push('\n');
        }
        text.push(digit);
    }
    text
}
