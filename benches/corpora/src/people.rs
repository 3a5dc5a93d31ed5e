//! Who writes to whom: addresses out of a few hundred thousand.

use crate::Random;

const NAMES: &[&str] = &[
    "anselma", "bertok", "cosima", "darian", "elettra", "fabrizio", "ginevra", "horatia", "ilario", "jolanda",
    "kasimir", "lavinia", "matteo", "nerissa", "orsino", "petra", "quirin", "rosalba", "silvio", "tamsin", "ursola",
    "valerio",
];
const DOMAINS: &[&str] = &["verona.example", "im.mantua.example", "padua.example", "chat.arezzo.example", "a.example"];
const RESOURCES: &[&str] = &["phone", "laptop.office", "web-session", "Gondola", "tablet"];
const GROUPS: &[&str] = &["Friends", "Family", "Work & Play", "Choir", "Sailing", "Neighbours"];

/// A bare address.
pub(crate) fn bare(random: &mut Random) -> String {
    let name = random.pick(NAMES);
    let number = if random.percent(60) { random.below(10_000).to_string() } else { String::new() };
    format!("{name}{number}@{}", random.pick(DOMAINS))
}

/// A resource of one of the usual shapes.
pub(crate) fn resource(random: &mut Random) -> String {
    match random.below(3) {
        0 => format!("{}.{}", random.pick(RESOURCES), random.hex(4)),
        1 => random.hex(16),
        _ => format!("{}-{}", random.pick(RESOURCES), random.below(100_000_000)),
    }
}

/// A full address of `bare`.
pub(crate) fn full(bare: &str, random: &mut Random) -> String {
    format!("{bare}/{}", resource(random))
}

/// A nickname as people choose them.
pub(crate) fn nick(random: &mut Random) -> String {
    let name = random.pick(NAMES);
    match random.below(4) {
        0 => format!("{name} ☀"),
        1 => format!("Zoë & {name}"),
        _ => name.to_owned(),
    }
}

/// The name of a roster group.
pub(crate) fn group(random: &mut Random) -> &'static str {
    random.pick(GROUPS)
}

/// The address of a chat room.
pub(crate) fn room(random: &mut Random) -> String {
    format!("{}-{}@rooms.verona.example", random.pick(NAMES), random.below(500))
}
