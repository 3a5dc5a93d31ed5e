//! What each parser lets pass: found out, not claimed.
//!
//! Streams with one thing wrong each are given to every parser, with the code that does the task `dom`. Those that it
//! accepts are what it does not check.

use crate::peers::Peer;
use crate::task::Task;

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/// Violations of XML 1.0 and of Namespaces in XML 1.0.
const ILL_FORMED: &[(&str, &[u8])] = &[
    ("UTF-8", b"<a>\xC0\xAF</a>"),
    ("surrogates", b"<a>\xED\xA0\x80</a>"),
    ("control characters", b"<a>\x01</a>"),
    ("U+FFFF", b"<a>\xEF\xBF\xBF</a>"),
    ("references to forbidden characters", b"<a>&#1;</a>"),
    ("undefined entities", b"<a>&nope;</a>"),
    ("`&` alone", b"<a>salt & pepper</a>"),
    ("`]]>` in text", b"<a>x]]>y</a>"),
    ("`<` in values", b"<a b='<'/>"),
    ("space between attributes", b"<a b='1'c='2'/>"),
    ("quotes around values", b"<a b=1/>"),
    ("names of elements", b"<a><1/></a>"),
    ("names of attributes", b"<a 1='b'/>"),
    ("end tags", b"<a><b></a></b>"),
    ("duplicate attributes", b"<a b='1' b='2'/>"),
    ("duplicate attributes by namespace", b"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"),
    ("unbound prefixes", b"<p:a/>"),
    ("names with two colons", b"<a xmlns:p='u'><p:b:c/></a>"),
    ("prefixes bound to nothing", b"<a xmlns:p=''/>"),
    ("the prefix `xmlns`", b"<a xmlns:xmlns='u'/>"),
];

/// Well-formed XML that RFC 6120 section 11.1 forbids.
const RESTRICTED: &[(&str, &[u8])] =
    &[("comments", b"<a><!-- x --></a>"), ("processing instructions", b"<a><?x y?></a>")];

/// What a parser accepts although it is wrong.
pub struct Leniency {
    pub ill_formed: Vec<&'static str>,
    pub restricted: Vec<&'static str>,
}

pub fn probe(peer: &mut dyn Peer) -> Leniency {
    let ill_formed = lets_pass(peer, ILL_FORMED);
    let mut restricted = lets_pass(peer, RESTRICTED);
    let document_type = format!("<!DOCTYPE stream:stream>{HEADER}<a/></stream:stream>");
    if accepts(peer, document_type.as_bytes()) {
        restricted.push("document types");
    }
    Leniency { ill_formed, restricted }
}

fn lets_pass(peer: &mut dyn Peer, probes: &[(&'static str, &[u8])]) -> Vec<&'static str> {
    let mut passed = Vec::new();
    for (what, stanza) in probes {
        let stream = [b"<?xml version='1.0'?>", HEADER.as_bytes(), stanza, b"</stream:stream>"].concat();
        if accepts(peer, &stream) {
            passed.push(*what);
        }
    }
    passed
}

fn accepts(peer: &mut dyn Peer, stream: &[u8]) -> bool {
    peer.prepare(stream).is_ok() && peer.run(Task::Dom, stream, stream.len()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers;

    #[test]
    fn a_stream_with_nothing_wrong_passes() {
        let stream = format!("<?xml version='1.0'?>{HEADER}<a>x</a></stream:stream>");
        for mut peer in peers::all() {
            assert!(accepts(&mut *peer, stream.as_bytes()), "{}", peer.name());
        }
    }

    #[test]
    fn tercet_lets_nothing_pass() {
        let Leniency { ill_formed, restricted } = probe(&mut *peers::all()[0]);
        assert!(ill_formed.is_empty() && restricted.is_empty(), "{ill_formed:?} {restricted:?}");
    }
}
