//! Logins that are bound to the TLS connection under them, at any chunking; and what becomes of them where somebody
//! sits between two connections.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use base64ct::{Base64, Encoding as _};
use support::*;
use tercet::engine::ApiMisuse;
use tercet::negotiate::{self, Incompatible, Misbehaved};
use tercet::sasl::{BindingKind, ChannelBinding, Failure, Mechanism};
use tercet::{Answer, Error, TlsPolicy};

const EXPORTER: BindingKind = BindingKind::TlsExporter;
const END_POINT: BindingKind = BindingKind::TlsServerEndPoint;

fn misbehaved(misbehaved: Misbehaved) -> Error {
    Error::Negotiation(negotiate::Error::Misbehaved(misbehaved))
}

fn refused() -> Error {
    Error::Negotiation(negotiate::Error::Incompatible(Incompatible::Login(Failure::NotAuthorized)))
}

/// What one TLS connection tells both of its ends; `channel` says which one it is.
fn known(kinds: &[BindingKind], channel: u8) -> Vec<ChannelBinding> {
    kinds.iter().map(|kind| ChannelBinding::new(*kind, &[channel; 32]).unwrap()).collect()
}

fn pair(tls: TlsPolicy, client: &[BindingKind], server: &[BindingKind], channels: (u8, u8)) -> Pair {
    let mut pair = Pair::new(client_config("romeo@example.net/orchard").tls(tls), server_config().tls(tls));
    pair.client.bindings = known(client, channels.0);
    pair.server.bindings = known(server, channels.1);
    if tls == TlsPolicy::Direct {
        pair.client.tell_bindings();
        pair.server.tell_bindings();
    }
    pair
}

/// The mechanism that was asked for, and the GS2 header of the first message.
fn said(wire: &str) -> (String, String) {
    let (_, auth) = wire.split_once(" mechanism='").unwrap();
    let (mechanism, rest) = auth.split_once("'>").unwrap();
    let first = Base64::decode_vec(rest.split_once('<').unwrap().0).unwrap();
    let first = String::from_utf8(first).unwrap();
    (mechanism.into(), first.split_once(",n=").unwrap().0.into())
}

#[test]
fn a12_a13_a17_b11_every_combination_of_two_honest_sides() {
    let sets: [&[BindingKind]; 4] = [&[], &[END_POINT], &[EXPORTER], &[END_POINT, EXPORTER]];
    for tls in [TlsPolicy::Required, TlsPolicy::Optional, TlsPolicy::Direct] {
        for client in sets {
            for server in sets {
                let mut pair = pair(tls, client, server, (1, 1));
                let (one, other) = pair.run();
                one.unwrap();
                other.unwrap();
                assert!(pair.client.saw("bound romeo@example.net/orchard"), "{}", pair.wire);
                let both =
                    [EXPORTER, END_POINT].into_iter().find(|kind| client.contains(kind) && server.contains(kind));
                let expected = match both {
                    Some(kind) => ("SCRAM-SHA-256-PLUS".into(), format!("p={},", kind.name())),
                    None if server.is_empty() && !client.is_empty() => ("SCRAM-SHA-256".into(), "y,".into()),
                    None => ("SCRAM-SHA-256".into(), "n,".into()),
                };
                assert_eq!(said(&pair.wire), expected, "{tls:?} {client:?} {server:?}");
                assert_eq!(pair.wire.contains("-PLUS</mechanism>"), !server.is_empty());
                for kind in BindingKind::ALL {
                    let named = pair.wire.contains(&format!("<channel-binding type='{}'/>", kind.name()));
                    assert_eq!(named, server.contains(kind), "{kind:?}");
                }
            }
        }
    }
}

#[test]
fn n04_a_bound_login_at_any_chunking() {
    for chunk in [1, 2, 3, 7, 64] {
        let mut pair = pair(TlsPolicy::Required, &[EXPORTER], &[EXPORTER], (1, 1));
        pair.chunk = chunk;
        let (client, server) = pair.run();
        client.unwrap();
        server.unwrap();
        assert!(pair.client.saw("bound") && pair.server.saw("bound"));
        assert_eq!(said(&pair.wire).0, "SCRAM-SHA-256-PLUS");
    }
}

/// The features are in the order of the configuration, the variant that binds before the one that does not,
/// PLAIN alone.
#[test]
fn b11_the_offer() {
    let mut server = server(server_config().tls(TlsPolicy::Direct));
    server.bindings = known(&[END_POINT, EXPORTER], 1);
    server.tell_bindings();
    let sent = server.feed(HEADER.as_bytes(), 3).unwrap();
    let features = sent.split_once("<stream:features>").unwrap().1;
    assert_eq!(
        features,
        "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/>\
         <channel-binding type='tls-server-end-point'/></sasl-channel-binding>\
         <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256-PLUS</mechanism>\
         <mechanism>SCRAM-SHA-256</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism>\
         <mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
    );
}

/// Two TLS connections, each of them sound, and somebody who passes on what is said: no login, for either kind.
#[test]
fn a16_somebody_between_two_channels() {
    for tls in [TlsPolicy::Required, TlsPolicy::Direct] {
        for kind in [EXPORTER, END_POINT] {
            let mut pair = pair(tls, &[kind], &[kind], (1, 2));
            let (client, _) = pair.run();
            assert_eq!(client, Err(refused()), "{kind:?}");
            assert!(!pair.server.saw("authenticated") && !pair.client.saw("authenticated"));
        }
    }
}

/// Somebody in between edits the offer as it passes.
fn with_edited_offer(kind: BindingKind, edit: impl Fn(String) -> String) -> (Result<(), Error>, bool, Pair) {
    let mut pair = pair(TlsPolicy::Direct, &[kind], &[kind], (1, 1));
    pair.client.step().unwrap();
    let header = pair.client.sent();
    let offer = pair.server.feed(header.as_bytes(), usize::MAX).unwrap();
    let auth = pair.client.feed(edit(offer).as_bytes(), usize::MAX).unwrap();
    pair.wire = auth.clone();
    let answer = pair.server.feed(auth.as_bytes(), usize::MAX).unwrap();
    pair.client.input.push(answer.as_bytes()).unwrap();
    let heard = pair.client.step();
    let (client, _) = if heard.is_ok() { pair.run() } else { (heard, Ok(())) };
    let authenticated = pair.server.saw("authenticated");
    (client, authenticated, pair)
}

#[test]
fn a16_an_offer_that_is_struck_out_is_noticed() {
    let strike = |offer: String| {
        let (before, rest) = offer.split_once("<sasl-channel-binding").unwrap();
        let (_, rest) = rest.split_once("</sasl-channel-binding>").unwrap();
        let names = rest.replace("<mechanism>SCRAM-SHA-256-PLUS</mechanism>", "");
        format!("{before}{}", names.replace("<mechanism>SCRAM-SHA-1-PLUS</mechanism>", ""))
    };
    let (client, authenticated, pair) = with_edited_offer(EXPORTER, strike);
    assert_eq!(said(&pair.wire), ("SCRAM-SHA-256".into(), "y,".into()));
    assert_eq!((client, authenticated), (Err(refused()), false));
}

/// Servers that offer to bind and do not name what to mean `tls-unique` (RFC 5802 section 6.1), whatever the TLS, and
/// refuse all else.
#[test]
fn a17_a_server_that_names_no_kinds() {
    let strike = |offer: String| {
        let (before, rest) = offer.split_once("<sasl-channel-binding").unwrap();
        format!("{before}{}", rest.split_once("</sasl-channel-binding>").unwrap().1)
    };
    for (kind, mechanism, flag) in
        [(EXPORTER, "SCRAM-SHA-256", "n,"), (BindingKind::TlsUnique, "SCRAM-SHA-256-PLUS", "p=tls-unique,")]
    {
        let (client, authenticated, pair) = with_edited_offer(kind, strike);
        assert_eq!(said(&pair.wire), (mechanism.into(), flag.into()));
        assert_eq!((client, authenticated), (Ok(()), true));
    }
}

/// A list that names nothing we know: the one thing that is left to a client (XEP-0440 section 3).
#[test]
fn b11_no_kind_in_common() {
    let edit = |offer: String| offer.replace("tls-exporter", "tls-of-tomorrow");
    let (client, authenticated, pair) = with_edited_offer(EXPORTER, edit);
    assert_eq!(said(&pair.wire), ("SCRAM-SHA-256".into(), "n,".into()));
    assert_eq!((client, authenticated), (Ok(()), true));
}

const AUTH: &str = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism=";

fn auth(mechanism: &str, first: &str) -> String {
    format!("{AUTH}'{mechanism}'>{}</auth>", Base64::encode_string(first.as_bytes()))
}

/// A server under TLS, its features said.
fn greeted(kinds: &[BindingKind]) -> End<tercet::engine::ServerRole> {
    let mut server = server(server_config().tls(TlsPolicy::Direct));
    server.bindings = known(kinds, 1);
    server.tell_bindings();
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    server
}

#[test]
fn a02_what_was_not_offered_is_not_taken() {
    let sent = greeted(&[]).feed(auth("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=romeo,r=abc").as_bytes(), 5).unwrap();
    assert!(sent.contains("<invalid-mechanism/>"), "{sent}");
    for (mechanism, flag, condition) in [
        ("SCRAM-SHA-512-PLUS", "p=tls-exporter", "invalid-mechanism"),
        ("PLAIN-PLUS", "n", "invalid-mechanism"),
        ("SCRAM-SHA-256", "p=tls-exporter", "malformed-request"),
        ("SCRAM-SHA-256-PLUS", "n", "malformed-request"),
        ("SCRAM-SHA-256-PLUS", "p=tls-unique", "not-authorized"),
        ("SCRAM-SHA-256", "y", "not-authorized"),
    ] {
        let mut server = greeted(&[EXPORTER]);
        let sent = server.feed(auth(mechanism, &format!("{flag},,n=romeo,r=abc")).as_bytes(), 5).unwrap();
        assert!(sent.contains(&format!("<{condition}/>")), "{mechanism} {flag}: {sent}");
        assert!(!server.saw("credentials"), "{mechanism} {flag}");
        // None of them has used the binding: the next try may.
        let sent = server.feed(auth("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=romeo,r=abc").as_bytes(), 5).unwrap();
        assert!(sent.contains("<challenge"), "{sent}");
    }
}

/// What TLS exported serves for one exchange (RFC 9266 section 4.1): when that fails, the stream is over. A
/// certificate's hash is no such thing.
#[test]
fn a17_an_exporter_serves_once() {
    let first = |kind: BindingKind| auth("SCRAM-SHA-256-PLUS", &format!("p={},,n=romeo,r=abc", kind.name()));
    let wrong = "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>Yz1iaXdzLHI9YWJjLHA9QUFBQQ==</response>";
    let abort = "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
    let again = auth("SCRAM-SHA-256", "n,,n=romeo,r=abc");
    for end in [wrong, abort, &again] {
        let mut server = greeted(&[EXPORTER, END_POINT]);
        assert!(server.feed(first(END_POINT).as_bytes(), usize::MAX).unwrap().contains("<challenge"));
        server.feed(end.as_bytes(), usize::MAX).unwrap();
        assert!(server.feed(first(EXPORTER).as_bytes(), usize::MAX).unwrap().contains("<challenge"), "{end}");
        let (error, sent) = server.refuses(end);
        assert_eq!(error, misbehaved(Misbehaved::TooManyAttempts), "{end}");
        assert!(sent.contains("<failure") && sent.contains("<policy-violation"), "{sent}");
    }
    // A look-up that fails ends it as well.
    let mut server = greeted(&[EXPORTER]);
    server.keys = |_| Some(Answer::Unavailable);
    let (error, sent) = server.refuses(&first(EXPORTER));
    assert_eq!(error, misbehaved(Misbehaved::TooManyAttempts));
    assert!(sent.contains("<temporary-auth-failure/>"), "{sent}");
}

#[test]
fn bindings_are_taken_while_they_are_of_use() {
    let exporter = || known(&[EXPORTER], 1).remove(0);
    let late = Err(ApiMisuse::NotAwaitingTls);
    // Nothing is known of a channel before there is one.
    for tls in [TlsPolicy::Required, TlsPolicy::Optional, TlsPolicy::Disabled] {
        let mut pair = Pair::new(client_config("romeo@example.net").tls(tls), server_config().tls(tls));
        assert_eq!(pair.client.connection.set_binding(exporter()), late);
        assert_eq!(pair.server.connection.set_binding(exporter()), late);
        pair.client.step().unwrap();
        pair.server.step().unwrap();
        assert_eq!(pair.client.connection.set_binding(exporter()), late);
        assert_eq!(pair.server.connection.set_binding(exporter()), late);
    }
    // Until the features are said, and no longer.
    let mut client = client(client_config("romeo@example.net").tls(TlsPolicy::Direct));
    let mut server = server(server_config().tls(TlsPolicy::Direct));
    client.step().unwrap();
    server.step().unwrap();
    assert_eq!(server.connection.set_binding(exporter()), Ok(()));
    let offer = server.feed(client.sent().as_bytes(), usize::MAX).unwrap();
    assert_eq!(server.connection.set_binding(exporter()), late);
    let (header, features) = offer.split_at(offer.find("<stream:features>").unwrap());
    client.feed(header.as_bytes(), usize::MAX).unwrap();
    assert_eq!(client.connection.set_binding(exporter()), Ok(()));
    assert!(client.feed(features.as_bytes(), usize::MAX).unwrap().contains("SCRAM-SHA-256-PLUS"));
    assert_eq!(client.connection.set_binding(exporter()), late);
    let session = session(usize::MAX, TlsPolicy::Required);
    let (mut client, mut server) = (session.client.connection, session.server.connection);
    assert_eq!(client.set_binding(exporter()), late);
    assert_eq!(server.set_binding(exporter()), late);
    client.tls_failed();
    assert_eq!(client.set_binding(exporter()), late);
}

/// A client that may not use SCRAM-SHA-1 does not bind with it either,
/// and says what it says to a server that has nothing.
#[test]
fn a03_policy_goes_before_binding() {
    let mut pair = pair(TlsPolicy::Direct, &[EXPORTER], &[EXPORTER], (1, 1));
    let policy = tercet::sasl::Policy { allow_scram_sha1: false, ..Default::default() };
    pair.client = client(client_config("romeo@example.net").tls(TlsPolicy::Direct).sasl(policy));
    pair.server = server(server_config().tls(TlsPolicy::Direct).mechanisms(&[Mechanism::ScramSha1]));
    pair.server.bindings = known(&[EXPORTER], 1);
    pair.server.tell_bindings();
    let no_mechanism = Error::Negotiation(negotiate::Error::Incompatible(Incompatible::NoMechanism));
    assert_eq!(pair.run().0, Err(no_mechanism));
}
