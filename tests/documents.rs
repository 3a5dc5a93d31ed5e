//! Holds what the papers at the root say against what is so: dependencies in the README, limits in SECURITY.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tercet::Limits;
use tercet::router::RouterLimits;

#[test]
fn the_readme_lists_the_default_dependencies() {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "tercet").unwrap();
    assert_eq!(listed(&read("README.md")), default_dependencies(package));
}

/// The names in code marks in the first paragraph below the heading "Dependencies".
fn listed(readme: &str) -> BTreeSet<String> {
    let section = readme.split("\n## ").find(|section| section.starts_with("Dependencies\n")).unwrap_or_default();
    let paragraph = section.split("\n\n").nth(1).unwrap_or_default();
    paragraph.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What a package needs to run with its default features.
fn default_dependencies(package: &Value) -> BTreeSet<String> {
    let mut enabled = BTreeSet::new();
    let mut open = vec!["default".to_owned()];
    while let Some(feature) = open.pop() {
        if let Some(enables) = package["features"][&feature].as_array() {
            open.extend(enables.iter().map(|name| name.as_str().unwrap().to_owned()));
        }
        enabled.insert(feature);
    }
    let needed = |dependency: &&Value| {
        let name = dependency["name"].as_str().unwrap();
        let chosen = dependency["optional"] == false || enabled.contains(&format!("dep:{name}"));
        dependency["kind"].is_null() && chosen
    };
    let dependencies = package["dependencies"].as_array().unwrap().iter().filter(needed);
    dependencies.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_reader_of_the_readme_reads() {
    let readme = "# x\n`no`\n\n## Dependencies\n\nTwo: `a`, `b` (for c), `d` (x).\n\nOther `no`.\n\n## Next\n`no`\n";
    assert_eq!(listed(readme), ["a", "b", "d"].map(str::to_owned).into());
}

#[test]
fn optional_and_development_dependencies_do_not_count() {
    let package = serde_json::json!({
        "features": { "default": ["std"], "std": ["dep:chosen"], "other": ["dep:unchosen"] },
        "dependencies": [
            { "name": "plain", "kind": null, "optional": false },
            { "name": "chosen", "kind": null, "optional": true },
            { "name": "unchosen", "kind": null, "optional": true },
            { "name": "testing", "kind": "dev", "optional": false },
        ],
    });
    assert_eq!(default_dependencies(&package), ["chosen", "plain"].map(str::to_owned).into());
}

#[test]
fn the_security_page_lists_the_limits() {
    let page = read("SECURITY.md");
    let sets = [Limits::PRE_LOGIN, Limits::SERVER, Limits::PRE_LOGIN_CLIENT, Limits::CLIENT];
    type Field = fn(&Limits) -> u32;
    let rows: [(&str, Field); 8] = [
        ("bytes of a stanza", |limits| limits.stanza_bytes),
        ("elements in a stanza", |limits| limits.elements),
        ("elements open at a time", |limits| limits.depth),
        ("attributes in a tag", |limits| limits.attributes),
        ("namespace declarations in a tag", |limits| limits.declarations),
        ("namespace bindings in scope", |limits| limits.bindings),
        ("bytes of a name", |limits| limits.name_bytes),
        ("bytes of a namespace name", |limits| limits.namespace_bytes),
    ];
    for (title, field) in rows {
        let row = page.lines().find_map(|line| line.strip_prefix("| ")?.strip_prefix(title)?.strip_prefix(" | "));
        let cells: Vec<_> = row.unwrap_or_default().trim_end_matches(" |").split(" | ").collect();
        let expected: Vec<_> = sets.iter().map(|limits| grouped(field(limits))).collect();
        assert_eq!(cells, expected, "{title}");
    }
}

#[test]
fn the_security_page_lists_what_may_go_out_with_every_stanza() {
    let page = read("SECURITY.md");
    for (title, most) in [
        ("bytes of the stream's language", Limits::LANG_BYTES),
        ("bytes of the stream's namespaces", Limits::HEADER_NAMESPACES_BYTES),
        ("bytes of a resource asked for", Limits::RESOURCE_BYTES),
    ] {
        let row = format!("\n| {title} | {} | - | - | - |\n", grouped(u32::try_from(most).unwrap()));
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn the_security_page_tells_what_a_router_keeps() {
    let page = read("SECURITY.md").replace('\n', " ");
    let RouterLimits { parked, parked_bytes, items, roster_bytes, presence_bytes, pending, pending_bytes, .. } =
        RouterLimits::default();
    let number = |most: usize| grouped(u32::try_from(most).unwrap());
    for told in [
        format!("at most {} contacts and {} bytes of them", number(items), number(roster_bytes)),
        format!("{} open requests of {} bytes", number(pending), number(pending_bytes)),
        format!("of each resource {} bytes of presence", number(presence_bytes)),
        format!("{} stanzas and {} bytes of them wait for the database", number(parked), number(parked_bytes)),
    ] {
        assert!(page.contains(&told), "{told}");
    }
}

/// A number with commas between groups of three digits.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}
