//! `tercet session`, as a person runs it.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use support::{outcome, tercet};

#[test]
fn all_eight_steps_are_seen() {
    let (code, out, err) = outcome(&tercet(&["session"]).output().unwrap());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for step in 1..=8 {
        assert!(out.lines().any(|line| line.starts_with(&format!("{step} ")) && line.ends_with(" ms")), "{out}");
    }
    for line in [
        "romeo \u{2194} server  (TLS 1.3,",
        "server \u{2192} juliet  <iq type='result'> bind [juliet@example.com/balcony]",
        "server \u{2192} romeo   <presence from='juliet@example.com/balcony' to='romeo@example.com'>",
        "query [romeo@example.com (both)]",
        "wherefore art thou Romeo?",
        "server \u{2192} juliet  </stream:stream>",
        "all eight steps seen from both sides",
    ] {
        assert!(out.contains(line), "no {line:?} in {out}");
    }
}

#[test]
fn raw_shows_the_octets() {
    let (code, out, err) = outcome(&tercet(&["session", "--raw"]).output().unwrap());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), "{out}");
    let bound = out.matches("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256-PLUS'>");
    assert_eq!(bound.count(), 2, "both log in bound to their TLS: {out}");
}
