//! From the first byte to the last, both roles, at any chunking; and every way it can go wrong.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use base64ct::{Base64, Encoding as _};
use support::*;
use tercet::engine::{ApiMisuse, Closed, Request};
use tercet::jid::JidBuf;
use tercet::negotiate::{self, ConfigError, Incompatible, Misbehaved, Timing};
use tercet::ns::name;
use tercet::sasl::{Failure, Mechanism, Secret};
use tercet::stream::Condition;
use tercet::write::StanzaCondition;
use tercet::{Answer, ClientConfig, Error, Event, Input, Limits, ServerConfig, Time, TlsPolicy};

fn misbehaved(misbehaved: Misbehaved) -> Error {
    Error::Negotiation(negotiate::Error::Misbehaved(misbehaved))
}

fn incompatible(incompatible: Incompatible) -> Error {
    Error::Negotiation(negotiate::Error::Incompatible(incompatible))
}

#[test]
fn n04_a_whole_conversation_at_any_chunking() {
    for chunk in [usize::MAX, 1, 2, 3, 7, 64] {
        for tls in [TlsPolicy::Required, TlsPolicy::Optional, TlsPolicy::Disabled, TlsPolicy::Direct] {
            let mut pair = session(chunk, tls);
            let starttls = matches!(tls, TlsPolicy::Required | TlsPolicy::Optional);
            assert_eq!(pair.wire.contains("<proceed"), starttls, "{tls:?}");
            assert_eq!(pair.wire.matches("<stream:stream").count(), if starttls { 6 } else { 4 }, "{}", pair.wire);
            pair.client
                .connection
                .send(&mut pair.client.output, |stanza| {
                    stanza
                        .open(name::MESSAGE)
                        .attr("to", "juliet@example.net")
                        .open(name::BODY)
                        .text("O!")
                        .close()
                        .close();
                })
                .unwrap();
            pair.run().1.unwrap();
            assert!(pair.server.saw("stanza <message to='juliet@example.net'><body>O!</body></message>"));
            pair.client.connection.close(&mut pair.client.output).unwrap();
            let (client, server) = pair.run();
            client.unwrap();
            server.unwrap();
            assert!(pair.client.saw(&format!("closed {:?}", Closed::ByUs)));
            assert!(pair.server.saw(&format!("closed {:?}", Closed::ByPeer)));
            assert!(pair.client.connection.is_over() && pair.server.connection.is_over());
            assert_eq!(pair.client.connection.eof(), Ok(()));
            assert_eq!(pair.server.connection.eof(), Ok(()));
        }
    }
}

#[test]
fn n06_features_follow_the_stage() {
    let pair = session(usize::MAX, TlsPolicy::Required);
    let features: Vec<&str> = pair.wire.split("<stream:features>").skip(1).collect();
    assert_eq!(features.len(), 3);
    assert!(
        features[0].contains("<starttls") && features[0].contains("<required/>") && !features[0].contains("mechanism")
    );
    assert!(features[1].contains("<mechanism>SCRAM-SHA-256</mechanism>") && !features[1].contains("starttls"));
    assert!(features[2].contains("<bind") && !features[2].contains("mechanism") && !features[2].contains("starttls"));
}

#[test]
fn s02_s05_from_only_under_tls_and_to_where_there_was_a_from() {
    let pair = session(usize::MAX, TlsPolicy::Required);
    let headers: Vec<&str> =
        pair.wire.split("<stream:stream").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    let (clear, secured) = (headers[0], headers[2]);
    assert!(!clear.contains(" from="), "{clear}");
    assert!(secured.contains(" from='romeo@example.net'"), "{secured}");
    assert!(!headers[1].contains(" to="), "{}", headers[1]);
    assert!(headers[3].contains(" to='romeo@example.net'"), "{}", headers[3]);
    let clear = session(usize::MAX, TlsPolicy::Disabled);
    assert!(!clear.wire.contains(" from='romeo@"), "{}", clear.wire);
    for header in [headers[1], headers[3], headers[5]] {
        assert!(header.contains(" id=") && header.contains(" from='example.net'") && header.contains(" xml:lang="));
    }
    for header in [headers[0], headers[2], headers[4]] {
        assert!(!header.contains(" id=") && header.contains(" to='example.net'"));
    }
}

#[test]
fn a02_mechanisms_by_policy() {
    for (mechanism, name) in [(Mechanism::ScramSha1, "SCRAM-SHA-1"), (Mechanism::ScramSha256, "SCRAM-SHA-256")] {
        let mut pair = Pair::new(
            client_config("romeo@example.net").tls(TlsPolicy::Disabled),
            server_config().tls(TlsPolicy::Disabled).mechanisms(&[mechanism]),
        );
        pair.run().0.unwrap();
        assert!(pair.client.saw("bound romeo@example.net/"), "{name}: {}", pair.wire);
        assert!(pair.wire.contains(&format!("mechanism='{name}'")));
    }
}

#[test]
fn a11_plain_needs_tls_and_permission() {
    let plain = |tls, policy| {
        let mut pair = Pair::new(
            client_config("romeo@example.net").tls(tls).sasl(policy),
            server_config().tls(tls).mechanisms(&[Mechanism::Plain]),
        );
        let ends = pair.run();
        (ends.0, pair.client.saw("bound"))
    };
    assert_eq!(plain(TlsPolicy::Required, plain_policy()), (Ok(()), true));
    assert_eq!(plain(TlsPolicy::Required, Default::default()), (Err(incompatible(Incompatible::NoMechanism)), false));
    assert_eq!(plain(TlsPolicy::Disabled, plain_policy()), (Err(incompatible(Incompatible::NoMechanism)), false));
}

#[test]
fn a11_plain_in_clear_is_refused_whatever_is_offered() {
    let mut server = server(server_config().tls(TlsPolicy::Optional));
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    let sent = server
        .feed(b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>", 1)
        .unwrap();
    assert!(sent.contains("<encryption-required/>"), "{sent}");
    assert!(!server.saw("credentials"));
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_alike() {
    let refused = |jid: &str, password: &str| {
        let jid = JidBuf::parse(jid).unwrap();
        let config = ClientConfig::with_random(jid, Secret::new(password.into()), Counting::new()).unwrap();
        let mut pair = Pair::new(config, server_config());
        let ends = pair.run();
        assert_eq!(ends.0, Err(incompatible(Incompatible::Login(Failure::NotAuthorized))));
        assert!(!pair.server.saw("authenticated"));
        pair.wire.matches("<challenge").count()
    };
    assert_eq!(refused("romeo@example.net", "wrong"), refused("nobody@example.net", "jul13t"));
}

/// All spellings of an account that exists lead to its one salt: where those of another did not, they would tell.
#[test]
fn every_spelling_of_an_unknown_user_has_the_same_salt() {
    let mut server = server(server_config().tls(TlsPolicy::Disabled));
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    let mut salt = |user: &str| {
        let first = Base64::encode_string(format!("n,,n={user},r=abcdefgh").as_bytes());
        let auth = format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>{first}</auth>");
        let sent = server.feed(auth.as_bytes(), usize::MAX).unwrap();
        let data = sent.split_once("xmpp-sasl'>").and_then(|(_, rest)| rest.split_once('<')).unwrap().0;
        let challenge = String::from_utf8(Base64::decode_vec(data).unwrap()).unwrap();
        challenge.split_once(",s=").unwrap().1.to_owned()
    };
    assert_eq!(salt("romeo"), salt("ROMEO"));
    assert_eq!(salt("nobody"), salt("NOBODY"));
    assert_ne!(salt("nobody"), salt("somebody"));
    assert_ne!(salt("nobody"), salt("romeo"));
}

#[test]
fn a08_three_tries_then_policy_violation() {
    let mut server = server(server_config().tls(TlsPolicy::Disabled));
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    let bad = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>!</auth>";
    for _ in 0..2 {
        assert!(server.feed(bad.as_bytes(), 5).unwrap().contains("<incorrect-encoding/>"));
    }
    let (error, sent) = server.refuses(bad);
    assert_eq!(error, misbehaved(Misbehaved::TooManyAttempts));
    assert!(sent.contains("<incorrect-encoding/>") && sent.contains("<policy-violation"), "{sent}");
    assert!(sent.ends_with("</stream:error></stream:stream>"), "{sent}");
}

#[test]
fn a06_abort_is_confirmed() {
    let mut server = server(server_config().tls(TlsPolicy::Disabled));
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    let first =
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>biwsbj1yb21lbyxyPWFiY2RlZg==</auth>";
    assert!(server.feed(first.as_bytes(), usize::MAX).unwrap().contains("<challenge"));
    let sent = server.feed(b"<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", usize::MAX).unwrap();
    assert!(sent.contains("<aborted/>"), "{sent}");
    assert!(server.feed(first.as_bytes(), usize::MAX).unwrap().contains("<challenge"), "a further try is allowed");
    assert!(
        server.feed(first.as_bytes(), usize::MAX).unwrap().contains("<challenge"),
        "a second auth discards the first"
    );
}

#[test]
fn a10_another_authzid_is_refused() {
    let mut server = server(server_config().tls(TlsPolicy::Direct));
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    // juliet@example.net NUL romeo NUL jul13t
    let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>anVsaWV0QGV4YW1wbGUubmV0AHJvbWVvAGp1bDEzdA==</auth>";
    assert!(server.feed(auth.as_bytes(), usize::MAX).unwrap().contains("<invalid-authzid/>"));
    assert!(!server.saw("authenticated"));
    // romeo@example.net NUL romeo NUL jul13t
    let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>cm9tZW9AZXhhbXBsZS5uZXQAcm9tZW8AanVsMTN0</auth>";
    assert!(server.feed(auth.as_bytes(), usize::MAX).unwrap().contains("<success"));
}

#[test]
fn a_password_in_clear_is_wiped_from_the_input() {
    // NUL romeo NUL jul14t. Behind a login that succeeds, the input gives its memory back.
    let password = "AHJvbWVvAGp1bDE0dA==";
    let auth = format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{password}</auth>");
    let is_left = |input: &mut Input| {
        assert_eq!(input.len(), 0);
        // All of an input's memory is room while it holds nothing.
        let room = input.spare_mut(1).unwrap();
        assert!(room.len() >= auth.len());
        password.as_bytes().windows(4).any(|part| room.windows(part.len()).any(|octets| octets == part))
    };
    let opened = || {
        let mut server = server(server_config().tls(TlsPolicy::Direct));
        server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
        server
    };
    for chunk in [usize::MAX, 64, 7, 1] {
        let mut pushed = opened();
        assert!(pushed.feed(auth.as_bytes(), chunk).unwrap().contains("<not-authorized/>"));
        assert!(!is_left(&mut pushed.input), "in pieces of {chunk}");

        // Of what is lent, the tail is kept.
        let mut lent = opened();
        let (end, auth) = (auth.len() - 3, auth.as_bytes());
        for piece in auth[..end].chunks(chunk).chain([&auth[end..]]) {
            let mut events = lent.connection.process(lent.input.with(piece), &mut lent.output, lent.now);
            while let Some((event, mut reply)) = events.next().unwrap() {
                if let Event::Credentials(request) = event {
                    reply.answer(request.token, Answer::Account(romeo())).unwrap();
                }
            }
        }
        assert!(lent.sent().contains("<not-authorized/>"));
        assert!(!is_left(&mut lent.input), "lent in pieces of {chunk}");

        // Nobody logs in any more, but the client does not know that yet.
        let mut closed = opened();
        closed.connection.close(&mut closed.output).unwrap();
        closed.feed(auth, chunk).unwrap();
        assert!(!is_left(&mut closed.input), "in pieces of {chunk}, behind the end");
    }
}

#[test]
fn a09_the_header_after_login_must_name_the_account() {
    let header = |from: &str| HEADER.replace(" to=", &format!(" from='{from}' to="));
    let login = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>";
    for (from, fits) in [("romeo@example.net", true), ("Romeo@example.net/x", true), ("juliet@example.net", false)] {
        let mut server = server(server_config().tls(TlsPolicy::Direct));
        server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
        server.feed(login.as_bytes(), usize::MAX).unwrap();
        if fits {
            assert!(server.feed(header(from).as_bytes(), 3).unwrap().contains("<bind"));
        } else {
            let (error, sent) = server.refuses(&header(from));
            assert_eq!(error, misbehaved(Misbehaved::From));
            assert!(sent.contains("<invalid-from"), "{sent}");
        }
    }
}

#[test]
fn a15_success_without_the_servers_signature_is_no_login() {
    let mut client = client(client_config("romeo@example.net").tls(TlsPolicy::Disabled));
    client.step().unwrap();
    client.sent();
    let mechanisms = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
        <mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>";
    let sent = client.feed(format!("{RESPONSE}{mechanisms}").as_bytes(), usize::MAX).unwrap();
    assert!(sent.contains("mechanism='SCRAM-SHA-1'"));
    let (error, sent) = client.refuses("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    assert!(matches!(error, Error::Negotiation(negotiate::Error::Misbehaved(Misbehaved::Sasl(_)))), "{error}");
    assert!(sent.ends_with("</stream:stream>") && !sent.contains("<stream:stream "), "{sent}");
    assert!(!client.saw("authenticated"));
}

#[test]
fn t02_starttls_is_asked_for_even_where_it_is_not_offered() {
    let mut client = client(client_config("romeo@example.net"));
    client.step().unwrap();
    client.sent();
    let features = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
        <mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>";
    let sent = client.feed(format!("{RESPONSE}{features}").as_bytes(), 1).unwrap();
    assert_eq!(sent, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    for (answer, error) in [
        ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", incompatible(Incompatible::TlsRefused)),
        ("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", misbehaved(Misbehaved::UnexpectedElement)),
        ("<message/>", misbehaved(Misbehaved::UnexpectedElement)),
    ] {
        let mut client = support::client(client_config("romeo@example.net"));
        client.step().unwrap();
        client.feed(format!("{RESPONSE}{features}").as_bytes(), 1).unwrap();
        let (found, sent) = client.refuses(answer);
        assert_eq!(found, error);
        assert!(!sent.contains("<auth"), "no SASL octet in clear: {sent}");
        assert!(sent.ends_with("</stream:stream>"));
    }
}

#[test]
fn t04_bytes_behind_the_turn_to_tls_are_an_error_at_every_split() {
    let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    let starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    let features = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
    for behind in [" ", "\n", " \n\t\r<", "<", "<auth/>", "\u{16}\u{3}\u{1}", "\u{a0}"] {
        for chunk in [1, 2, 5, usize::MAX] {
            let bytes = format!("{HEADER}{starttls}{behind}");
            let mut strict = server(server_config());
            assert_eq!(strict.feed(bytes.as_bytes(), chunk), Err(misbehaved(Misbehaved::BytesBeforeTls)), "{behind:?}");
            let mut server = server(server_config().allow_whitespace_after_starttls(true));
            let end = server.feed(bytes.as_bytes(), chunk);
            if behind.trim_ascii().is_empty() {
                // Some clients cannot but end a line. It is dropped; the secured stream begins with what TLS brings.
                assert!(end.unwrap().ends_with(proceed), "{behind:?}");
                server.connection.secured(&mut server.input, &mut server.output).unwrap();
                assert!(server.feed(HEADER.as_bytes(), chunk).unwrap().contains("<mechanism>"), "{behind:?}");
            } else {
                assert_eq!(end, Err(misbehaved(Misbehaved::BytesBeforeTls)), "{behind:?}");
            }
            let mut client = client(client_config("romeo@example.net"));
            client.step().unwrap();
            let bytes = format!("{RESPONSE}{features}{proceed}{behind}");
            assert_eq!(client.feed(bytes.as_bytes(), chunk), Err(misbehaved(Misbehaved::BytesBeforeTls)), "{behind:?}");
        }
    }
}

#[test]
fn whitespace_behind_the_last_element_belongs_to_the_old_stream() {
    let login = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>";
    for behind in ["\n", " \r\n\t "] {
        for chunk in [1, 2, 5, usize::MAX] {
            let mut server = server(server_config().tls(TlsPolicy::Direct));
            let bytes = format!("{HEADER}{login}{behind}{HEADER}");
            assert!(server.feed(bytes.as_bytes(), chunk).unwrap().contains("<bind"), "{behind:?} by {chunk}");
        }
    }
    let mut server = server(server_config());
    let (_, sent) = server.refuses(&format!("\n{HEADER}"));
    assert!(sent.contains("<not-well-formed"), "there is no stream before the first: {sent}");
}

#[test]
fn t06_a_failed_handshake_writes_nothing() {
    let mut server = server(server_config());
    server.feed(format!("{HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").as_bytes(), 9).unwrap();
    assert!(server.saw("start-tls"));
    server.connection.tls_failed();
    assert_eq!(server.step(), Err(Error::Tls));
    assert!(server.output.is_empty());
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    pair.client.feed(b"</stream:stream>", 1).unwrap();
    pair.client.connection.tls_failed();
    assert_eq!(pair.client.connection.eof(), Ok(()), "what has ended well cannot fail any more");
}

/// Octets that were read into the input after the turn to TLS, in clear, and before the machine is told that TLS is up.
#[test]
fn t04_octets_taken_in_before_tls_do_not_pass_for_octets_under_tls() {
    let starttls = format!("{HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    let mut server = server(server_config());
    server.feed(starttls.as_bytes(), usize::MAX).unwrap();
    server.input.push(HEADER.as_bytes()).unwrap();
    let secured = server.connection.secured(&mut server.input, &mut server.output);
    assert_eq!(secured, Err(misbehaved(Misbehaved::BytesBeforeTls)));
    assert!(server.connection.is_over());

    let mut client = client(client_config("romeo@example.net"));
    client.feed(b"", usize::MAX).unwrap();
    let offer = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>\
        <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    client.feed(format!("{RESPONSE}{offer}").as_bytes(), usize::MAX).unwrap();
    client.input.push(RESPONSE.as_bytes()).unwrap();
    let secured = client.connection.secured(&mut client.input, &mut client.output);
    assert_eq!(secured, Err(misbehaved(Misbehaved::BytesBeforeTls)));
    assert!(client.connection.is_over());
}

#[test]
fn t07_starttls_is_not_taken_twice() {
    let mut server = server(server_config());
    server.feed(format!("{HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").as_bytes(), 9).unwrap();
    server.connection.secured(&mut server.input, &mut server.output).unwrap();
    assert_eq!(
        server.connection.secured(&mut server.input, &mut server.output),
        Err(Error::ApiMisuse(ApiMisuse::NotAwaitingTls))
    );
    let features = server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    assert!(features.contains("<mechanisms") && !features.contains("starttls"), "{features}");
    let (error, _) = server.refuses("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    assert_eq!(error, misbehaved(Misbehaved::UnexpectedElement));
}

#[test]
fn s09_to_s12_headers_that_are_refused() {
    let header = |ns: &str, stream: &str, to: &str, version: &str| {
        format!("<stream:stream xmlns='{ns}' xmlns:stream='{stream}' {to} {version}>")
    };
    let (client, etherx) = ("jabber:client", "http://etherx.jabber.org/streams");
    let (to, version) = ("to='example.net'", "version='1.0'");
    // What goes out with every stanza is bounded, however it is written.
    let lang = |len: usize| format!("{version} xml:lang='{}'", "x".repeat(len));
    let ns = |octets: &str| format!("{version} xmlns:p=\"{octets}\"");
    let left = 512 - "jabber:client".len() - "stream".len() - etherx.len() - "p".len();
    for (bytes, condition) in [
        (header(client, "urn:x", to, version), Condition::InvalidNamespace),
        (header("jabber:server", etherx, to, version), Condition::InvalidNamespace),
        (header("urn:x", etherx, to, version), Condition::InvalidNamespace),
        (header(client, etherx, to, ""), Condition::UnsupportedVersion),
        (header(client, etherx, to, "version='0.9'"), Condition::UnsupportedVersion),
        (header(client, etherx, to, "version='one'"), Condition::UnsupportedVersion),
        (header(client, etherx, "to='other.example'", version), Condition::HostUnknown),
        (header(client, etherx, "to='romeo@example.net'", version), Condition::HostUnknown),
        (header(client, etherx, "", version), Condition::HostUnknown),
        (header(client, etherx, to, version).replace("<stream:stream", "<stream:features"), Condition::BadFormat),
        ("<html>".into(), Condition::InvalidNamespace),
        (header(client, etherx, to, &lang(65)), Condition::PolicyViolation),
        (header(client, etherx, to, &ns(&"u".repeat(left + 1))), Condition::PolicyViolation),
        (header(client, etherx, to, &ns(&"'".repeat(left / "&apos;".len() + 1))), Condition::PolicyViolation),
        (header(client, etherx, to, &ns(&"u".repeat(left)).replace(":p=", ":pq=")), Condition::PolicyViolation),
    ] {
        let mut server = server(server_config());
        let (error, sent) = server.refuses(&bytes);
        assert_eq!(error.condition(), Some(condition), "{bytes}");
        assert!(sent.starts_with("<?xml version='1.0'?><stream:stream "), "e02: a header first: {sent}");
        assert!(sent.contains(&format!("<{condition} ")) && sent.ends_with("</stream:stream>"), "{sent}");
    }
    for accepted in [
        header(client, etherx, to, "version='1.1'"),
        header(client, etherx, to, "version='99999999999.0'"),
        header(client, etherx, to, &lang(64)),
        header(client, etherx, to, &lang(0)),
        header(client, etherx, to, &ns(&"u".repeat(left))),
        header(client, etherx, to, &ns(&"'".repeat(left / "&apos;".len()))),
        header(client, etherx, to, &ns(&"&#x75;".repeat(100))),
        header(client, etherx, "to='Example.NET.'", version),
        header(client, etherx, to, version)
            .replace("stream:", "s:")
            .replace(":stream", ":s")
            .replace("<s:s ", "<s:stream "),
    ] {
        let mut server = server(server_config());
        assert!(
            server.feed(accepted.as_bytes(), usize::MAX).is_ok_and(|sent| sent.contains("<starttls")),
            "{accepted}"
        );
    }
}

#[test]
fn s12_under_a_foreign_name_a_server_may_only_say_why() {
    let foreign = RESPONSE.replace("example.net", "other.example");
    let host_unknown = "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    let mut told = client(client_config("romeo@example.net"));
    told.step().unwrap();
    told.feed(format!("{foreign}{host_unknown}</stream:stream>").as_bytes(), 1).unwrap();
    assert!(told.saw("stream-error host-unknown") && !told.saw("opened"));

    let mut led_on = client(client_config("romeo@example.net"));
    led_on.step().unwrap();
    let (error, sent) = led_on.refuses(&format!("{foreign}<stream:features/>"));
    assert_eq!(error.condition(), Some(Condition::InvalidFrom));
    assert!(sent.contains("<invalid-from"), "{sent}");
}

#[test]
fn e02_garbage_gets_a_header_and_an_error() {
    for garbage in [
        "GET / HTTP/1.1\r\n\r\n",
        "\u{16}\u{3}",
        "<?xml version='1.0' encoding='ISO-8859-1'?>",
        "<!DOCTYPE x>",
        "<!-- -->",
        "<a b='1' b='2'>",
    ] {
        let mut server = server(server_config());
        let (error, sent) = server.refuses(garbage);
        assert!(matches!(error, Error::Syntax(_)), "{garbage:?}: {error}");
        assert!(
            sent.starts_with("<?xml version='1.0'?><stream:stream ")
                && sent.ends_with("</stream:error></stream:stream>")
        );
        assert_eq!(sent.matches("<stream:stream").count(), 1);
    }
}

/// States of the receiving side, by how to get there, and what each lets pass.
const SERVER_STATES: &[(&str, &[&str])] = &[("plain", &["starttls"]), ("secured", &["auth"]), ("bind", &["bind"])];

const ELEMENTS: &[(&str, &str)] = &[
    ("starttls", "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
    ("proceed", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
    ("auth", "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>"),
    ("response", "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
    ("challenge", "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
    ("success", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
    ("bind", "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"),
    ("bind-get", "<iq type='get' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"),
    ("session", "<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>"),
    ("message", "<message to='juliet@example.net'><body>hi</body></message>"),
    ("presence", "<presence/>"),
    ("iq", "<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>"),
    ("features", "<stream:features/>"),
    ("header", "<stream:stream/>"),
    ("compress", "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>"),
    ("unknown", "<x xmlns='urn:x'/>"),
    ("text", "hello"),
];

fn server_in(state: &str) -> End<tercet::engine::ServerRole> {
    let mut server = server(server_config());
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    if state == "plain" {
        return server;
    }
    server.feed(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", usize::MAX).unwrap();
    server.connection.secured(&mut server.input, &mut server.output).unwrap();
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    if state == "bind" {
        let auth = ELEMENTS.iter().find(|(name, _)| *name == "auth").unwrap().1;
        assert!(server.feed(auth.as_bytes(), usize::MAX).unwrap().contains("<success"));
        server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    }
    server.sent();
    server
}

#[test]
fn n03_every_state_takes_what_is_due_and_nothing_else() {
    for (state, allowed) in SERVER_STATES {
        for (kind, element) in ELEMENTS {
            let mut server = server_in(state);
            server.input.push(element.as_bytes()).unwrap();
            let outcome = server.step();
            let sent = server.sent();
            assert!(!server.saw("stanza"), "{state} {kind}: nothing is delivered before a session");
            if allowed.contains(kind) {
                assert!(outcome.is_ok(), "{state} {kind}: {outcome:?}");
                continue;
            }
            // A login before TLS is refused by SASL itself, and may be tried again under TLS.
            if (*state, *kind) == ("plain", "auth") {
                assert!(sent.contains("<encryption-required/>") && outcome.is_ok(), "{sent}");
                continue;
            }
            let error = outcome.expect_err(&format!("{state} {kind}"));
            let condition = match *kind {
                "message" | "presence" | "iq" | "session" | "bind-get" | "bind" => Condition::NotAuthorized,
                "text" => Condition::BadFormat,
                _ => Condition::UnsupportedStanzaType,
            };
            assert_eq!(error.condition(), Some(condition), "{state} {kind}");
            assert!(
                sent.contains(&format!("<{condition} ")) && sent.ends_with("</stream:error></stream:stream>"),
                "{sent}"
            );
            // Dead for good: the same error, and no further octet.
            for more in [*element, HEADER, "</stream:stream>"] {
                assert_eq!(server.refuses(more), (error, String::new()));
            }
        }
    }
}

#[test]
fn r02_r05_resources() {
    let mut server = server_in("bind");
    server.resource = |_| Some(Answer::Refuse(StanzaCondition::Conflict));
    let bind =
        "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>";
    for _ in 0..4 {
        let sent = server.feed(bind.as_bytes(), 2).unwrap();
        assert!(sent.contains("<conflict ") && sent.contains("type='error'") && sent.contains("id='b'"), "{sent}");
    }
    let (error, sent) = server.refuses(bind);
    assert_eq!(error, misbehaved(Misbehaved::TooManyAttempts));
    assert!(sent.contains("<policy-violation "));

    let mut server = server_in("bind");
    let sent = server.feed("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>\u{1}</resource></bind></iq>".replace('\u{1}', "&#x7f;").as_bytes(), 1).unwrap();
    assert!(sent.contains("<bad-request "), "{sent}");
    // A long one would go out with every stanza, however it is written.
    for (resource, answer) in [
        ("x".repeat(256), "<jid>"),
        ("x".repeat(257), "<bad-request "),
        ("'".repeat(256 / "&apos;".len()), "<jid>"),
        ("'".repeat(256 / "&apos;".len() + 1), "<bad-request "),
    ] {
        let bind = bind.replace(">x<", &format!(">{resource}<"));
        let sent = server_in("bind").feed(bind.as_bytes(), usize::MAX).unwrap();
        assert!(sent.contains(answer), "{resource}: {sent}");
    }
    server.resource = |_| Some(Answer::Resource("chosen".into()));
    let sent = server.feed(bind.as_bytes(), 1).unwrap();
    assert!(sent.contains("<jid>romeo@example.net/chosen</jid>"), "{sent}");
    assert!(server.saw("bound romeo@example.net/chosen"));

    let mut server = server_in("bind");
    server.feed(ELEMENTS[6].1.as_bytes(), 1).unwrap();
    assert!(server.saw("resource generated"));
    assert!(server.connection.jid().unwrap().resource().unwrap().len() >= 16);
}

#[test]
fn answers_may_come_later_and_only_once() {
    let mut server = server(server_config().tls(TlsPolicy::Direct));
    server.keys = |_| None;
    server.resource = |_| None;
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    let auth = ELEMENTS.iter().find(|(name, _)| *name == "auth").unwrap().1;
    // What comes behind the request waits, and is not lost.
    let sent = server.feed(format!("{auth}{HEADER}").as_bytes(), usize::MAX).unwrap();
    assert_eq!(sent, "");
    assert!(server.saw("credentials romeo@example.net") && !server.connection.wants_process());
    server.feed(ELEMENTS[6].1.as_bytes(), 1).unwrap();
    let token = server.asked.unwrap();
    assert_eq!(server.connection.answer(token, Answer::Accept), Err(ApiMisuse::WrongAnswer));
    server.connection.answer(token, Answer::Account(romeo())).unwrap();
    assert_eq!(server.connection.answer(token, Answer::NoAccount), Err(ApiMisuse::StaleAnswer));
    assert!(server.connection.wants_process());
    server.step().unwrap();
    let sent = server.sent();
    assert!(sent.contains("<success") && sent.contains("<bind"), "{sent}");
    assert_eq!(server.connection.answer(token, Answer::NoAccount), Err(ApiMisuse::StaleAnswer));
    assert!(server.saw("resource generated"));
    let token = server.asked.unwrap();
    server.connection.answer(token, Answer::Accept).unwrap();
    server.step().unwrap();
    assert!(server.saw("bound romeo@example.net/"));
    assert_eq!(server.connection.answer(token, Answer::Accept), Err(ApiMisuse::StaleAnswer));
}

#[test]
fn z07_a_client_speaks_for_itself() {
    for (from, honest) in [
        ("romeo@example.net", true),
        ("romeo@example.net/orchard", true),
        ("ROMEO@example.net/orchard", true),
        ("juliet@example.net", false),
        ("romeo@example.net/other", false),
        ("example.net", false),
        ("", false),
        ("@@", false),
    ] {
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        let stanza = format!("<message from='{from}'/>");
        if honest {
            pair.server.feed(stanza.as_bytes(), usize::MAX).unwrap();
            assert!(pair.server.saw("stanza"));
        } else {
            let (error, sent) = pair.server.refuses(&stanza);
            assert_eq!(error, Error::InvalidFrom, "{from}");
            assert!(sent.contains("<invalid-from "), "{sent}");
        }
    }
}

#[test]
fn n12_unknown_elements_in_a_session() {
    for (element, condition) in [
        ("<x xmlns='urn:x'/>", Condition::UnsupportedStanzaType),
        ("<message xmlns='jabber:server'/>", Condition::UnsupportedStanzaType),
        ("<stream:features/>", Condition::UnsupportedStanzaType),
        ("text", Condition::BadFormat),
    ] {
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        let (error, sent) = pair.server.refuses(element);
        assert_eq!(error.condition(), Some(condition), "{element}");
        assert!(sent.ends_with("</stream:error></stream:stream>"));
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        assert_eq!(pair.client.refuses(element).0.condition(), Some(condition), "{element}");
    }
}

#[test]
fn z02_an_unanswered_request_is_refused_once() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let request = "<iq type='get' id='q1' from='juliet@example.net/balcony'><query xmlns='urn:x'/></iq>";
    let sent = pair.client.feed(request.as_bytes(), 1).unwrap();
    assert!(sent.contains("<service-unavailable ") && sent.contains("id='q1'"), "{sent}");
    assert!(sent.contains("to='juliet@example.net/balcony'"));
    assert_eq!(pair.client.feed(b" ", 1).unwrap(), "");
    let sent = pair.client.feed(request.replace("q1", "answer-me").as_bytes(), usize::MAX).unwrap();
    assert!(sent.contains("type='result'") && !sent.contains("service-unavailable"), "{sent}");
}

/// A request that was lent when the transport ended is owed no answer, and nothing asks to be called for it.
#[test]
fn z02_a_request_is_not_owed_an_answer_when_all_is_over() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let client = &mut pair.client;
    let request = "<iq type='get' id='q1'><query xmlns='urn:x'/></iq>";
    client.input.push(request.as_bytes()).unwrap();
    let mut events = client.connection.process(&mut client.input, &mut client.output, Time::from_millis(0));
    assert!(matches!(events.next(), Ok(Some((tercet::Event::Stanza(_), _)))));
    drop(events);
    assert!(client.connection.wants_process(), "the refusal is still to be written");
    assert_eq!(client.connection.eof(), Err(Error::Disconnected));
    assert!(!client.connection.wants_process());
}

#[test]
fn z01_z04_bad_requests_are_refused_and_answers_never_answered() {
    for (stanza, answer) in [
        ("<iq type='get' id='1'/>", Some("<bad-request ")),
        ("<iq type='get' id='1'><a xmlns='a'/><b xmlns='b'/></iq>", Some("<bad-request ")),
        ("<iq type='what' id='1'><a xmlns='a'/></iq>", Some("<bad-request ")),
        ("<iq type='result' id='1'><a xmlns='a'/><b xmlns='b'/></iq>", None),
        ("<iq type='error' id='1'/>", None),
        ("<iq type='result' id='nobody-asked'/>", None),
    ] {
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        let sent = pair.client.feed(stanza.as_bytes(), 1).unwrap();
        assert_eq!(sent.contains("<bad-request "), answer.is_some(), "{stanza}: {sent}");
        assert_eq!(sent.is_empty(), answer.is_none(), "{stanza}: {sent}");
        assert!(!pair.client.saw("stanza") && !pair.client.saw("response"));
    }
}

#[test]
fn h10_a_ping_is_answered() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let sent =
        pair.client.feed(b"<iq type='get' id='p' from='example.net'><ping xmlns='urn:xmpp:ping'/></iq>", 1).unwrap();
    assert!(sent.contains("type='result'") && sent.contains("id='p'") && sent.contains("to='example.net'"), "{sent}");
    assert!(!pair.client.saw("stanza"));
}

#[test]
fn z03_answers_count_by_id_and_sender() {
    for (from, counts) in [
        ("", true),
        (" from='romeo@example.net'", true),
        (" from='Romeo@Example.net'", true),
        (" from='juliet@example.net'", false),
        (" from='romeo@example.net.attacker.example'", false),
    ] {
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        pair.client
            .connection
            .request(&mut pair.client.output, Request::Get, None, |iq| {
                iq.open(name::ROSTER).close();
            })
            .unwrap();
        let sent = pair.client.sent();
        let id = sent.split("id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        pair.client.feed(format!("<iq type='result' id='{id}'{from}/>").as_bytes(), usize::MAX).unwrap();
        assert_eq!(pair.client.saw("response"), counts, "{from}");
        pair.client.feed(format!("<iq type='result' id='{id}'/>").as_bytes(), usize::MAX).unwrap();
        assert_eq!(pair.client.log.iter().filter(|line| line.starts_with("response")).count(), 1, "answered once");
    }
}

#[test]
fn o04_forged_roster_pushes_change_nothing() {
    let push = |from: &str| {
        format!(
            "<iq type='set' id='p1'{from}><query xmlns='jabber:iq:roster'>\
             <item jid='mallory@evil.example' subscription='both'/></query></iq>"
        )
    };
    for (from, genuine) in [
        ("", true),
        (" from='romeo@example.net'", true),
        (" from='romeo@example.net/orchard'", false),
        (" from='example.net'", false),
        (" from='mallory@evil.example'", false),
        (" from='romeo@example.net.evil.example'", false),
        (" from=''", false),
    ] {
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        let sent = pair.client.feed(push(from).as_bytes(), usize::MAX).unwrap();
        assert_eq!(pair.client.saw("push"), genuine, "{from}");
        assert_eq!(sent.contains("type='result'"), genuine, "{from}: {sent}");
        assert_eq!(sent.contains("<service-unavailable "), !genuine, "{from}: {sent}");
    }
}

#[test]
fn n07_n10_the_closing_side_reads_on_and_writes_nothing() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    pair.client.connection.close(&mut pair.client.output).unwrap();
    assert_eq!(pair.client.sent(), "</stream:stream>");
    let sent = pair.client.connection.send(&mut pair.client.output, |stanza| {
        stanza.open(name::MESSAGE).close();
    });
    assert_eq!(sent, Err(Error::ApiMisuse(ApiMisuse::Closed)));
    assert_eq!(pair.client.connection.close(&mut pair.client.output), Ok(()), "closing twice says it once");
    let sent = pair.client.feed(b"<message id='late'/><iq type='get' id='1'><x xmlns='x'/></iq>", 1).unwrap();
    assert_eq!(sent, "", "behind our closing tag nothing is said");
    assert!(pair.client.saw("stanza <message id='late'/>"), "and what was on its way is not lost");
    // What the machine answers by itself is not answered either.
    for late in [
        "<iq type='get' id='2'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='set' id='3'><query xmlns='jabber:iq:roster'><item jid='a@example.net'/></query></iq>",
        "<iq type='set' id='4' from='mallory@evil.example'><query xmlns='jabber:iq:roster'><item jid='a@b'/></query></iq>",
    ] {
        assert_eq!(pair.client.feed(late.as_bytes(), usize::MAX).unwrap(), "", "{late}");
    }
    assert_eq!(pair.client.feed(b"</stream:stream>", 1).unwrap(), "");
    assert!(pair.client.saw("closed ByUs"));
}

#[test]
fn n07_a_close_before_the_servers_header_still_waits_for_its_closing_tag() {
    let mut client = client(client_config("romeo@example.net").tls(TlsPolicy::Disabled));
    client.step().unwrap();
    client.sent();
    client.connection.close(&mut client.output).unwrap();
    let answer = format!("{RESPONSE}<stream:features/>");
    assert_eq!(client.feed(answer.as_bytes(), usize::MAX).unwrap(), "</stream:stream>");
    assert!(!client.connection.is_over() && client.connection.deadline().is_some());
    assert_eq!(client.feed(b"</stream:stream>", 1).unwrap(), "");
    assert!(client.saw("closed ByUs") && client.connection.is_over());
}

#[test]
fn n08_deadlines_end_what_a_peer_leaves_open() {
    let timing = Timing { login: 1_000, close: 50 };
    let mut server = server(server_config().timing(timing));
    server.now = Time::from_millis(7_000);
    server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
    assert_eq!(server.connection.deadline(), Some(Time::from_millis(8_000)));
    server.now = Time::from_millis(7_999);
    server.feed(b" ", 1).unwrap();
    assert_eq!(server.connection.deadline(), Some(Time::from_millis(8_000)), "bytes do not prolong it");
    server.now = Time::from_millis(8_000);
    assert_eq!(server.step(), Err(Error::LoginTimeout));
    assert!(server.sent().contains("<connection-timeout "));

    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    assert_eq!(pair.client.connection.deadline(), None);
    pair.client.connection.close(&mut pair.client.output).unwrap();
    pair.client.step().unwrap();
    pair.client.sent();
    let deadline = pair.client.connection.deadline().unwrap();
    pair.client.now = deadline;
    assert_eq!(pair.client.step(), Err(Error::CloseTimeout));
    assert!(pair.client.output.is_empty());
}

#[test]
fn a_silent_server_is_given_up() {
    let mut client = client(client_config("romeo@example.net").timing(Timing { login: 10, close: 10 }));
    client.step().unwrap();
    client.sent();
    client.now = client.connection.deadline().unwrap();
    assert_eq!(client.step(), Err(Error::LoginTimeout));
    assert!(client.sent().ends_with("</stream:stream>"));
}

#[test]
fn e04_a_peers_stream_error_is_told_and_ends_the_stream() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let error = "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
        <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>bye</text></stream:error>";
    assert_eq!(pair.client.feed(error.as_bytes(), 1).unwrap(), "</stream:stream>");
    assert!(pair.client.saw("stream-error system-shutdown"));
    assert_eq!(pair.client.connection.eof(), Err(Error::Peer(Condition::SystemShutdown)));
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let End { connection, input, output, now, .. } = &mut pair.client;
    input.push(error.as_bytes()).unwrap();
    let mut events = connection.process(input, output, *now);
    assert!(matches!(events.next(), Ok(Some((Event::StreamError(_), _)))));
    drop(events);
    assert!(connection.deadline().is_some(), "the peer's closing tag is not waited for without end");
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    pair.client.feed(format!("{error}</stream:stream>").as_bytes(), 1).unwrap();
    assert_eq!(pair.client.connection.eof(), Ok(()));
}

#[test]
fn an_end_in_the_middle_is_told() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    assert_eq!(pair.client.connection.eof(), Err(Error::Disconnected));
    assert_eq!(pair.client.step(), Err(Error::Disconnected));
}

#[test]
fn l04_bytes_before_login_are_counted_to_the_byte() {
    for chunk in [1, 1000, usize::MAX] {
        let spaces = |count| " ".repeat(count - HEADER.len());
        let mut server = server(server_config());
        server.feed(format!("{HEADER}{}", spaces(65_536)).as_bytes(), chunk).unwrap();
        let mut server = support::server(server_config());
        assert_eq!(server.feed(format!("{HEADER}{}", spaces(65_537)).as_bytes(), chunk), Err(Error::LoginBytes));
        assert!(server.log.last().unwrap().contains("<policy-violation "));
    }
}

#[test]
fn l03_stanza_limits_before_and_after_login() {
    let stanza = |size: usize| format!("<message>{}</message>", "x".repeat(size - "<message></message>".len()));
    for chunk in [1, usize::MAX] {
        let mut server = server_in("plain");
        let outcome = server.feed(stanza(10_001).as_bytes(), chunk);
        assert_eq!(outcome.map_err(|error| error.condition()), Err(Some(Condition::PolicyViolation)));
        let mut pair = session(usize::MAX, TlsPolicy::Direct);
        pair.server.feed(stanza(262_144).as_bytes(), chunk.max(100)).unwrap();
        assert!(pair.server.saw("stanza"));
        let outcome = pair.server.feed(stanza(262_145).as_bytes(), chunk.max(100));
        assert_eq!(outcome.map_err(|error| error.condition()), Err(Some(Condition::PolicyViolation)));
    }
    let small = Limits { stanza_bytes: 9_999, ..Limits::SERVER };
    assert_eq!(server_config().limits(small).map(|_| ()), Err(ConfigError::StanzaLimit));
}

#[test]
fn a_blocked_output_stops_the_reading() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    pair.server.connection.deliver(&mut pair.server.output, &vec![b' '; 1 << 20]).unwrap();
    pair.server.connection.deliver(&mut pair.server.output, b" ").unwrap();
    assert!(pair.server.output.is_blocked());
    pair.server.input.push(b"<presence/>").unwrap();
    pair.server.step().unwrap();
    assert!(!pair.server.saw("stanza"), "input waits while output does");
    pair.server.output.consume(usize::MAX);
    pair.server.step().unwrap();
    assert!(pair.server.saw("stanza"));
}

#[test]
fn a_broken_random_source_ends_in_an_error() {
    let domain = JidBuf::parse("example.net").unwrap();
    assert_eq!(ServerConfig::with_random(domain, std::sync::Arc::new(Broken)).map(|_| ()), Err(ConfigError::Random));
    let jid = JidBuf::parse("romeo@example.net").unwrap();
    let config = ClientConfig::with_random(jid, Secret::new("x".into()), std::sync::Arc::new(Broken)).unwrap();
    let mut pair = Pair::new(config.tls(TlsPolicy::Disabled), server_config().tls(TlsPolicy::Disabled));
    assert!(matches!(pair.run().0, Err(Error::Negotiation(negotiate::Error::Sasl(_)))));
}

#[test]
fn l08_no_secret_is_printed() {
    let config = client_config("romeo@example.net");
    let connection = tercet::Client::new(config.clone());
    let printed = format!("{config:?} {connection:?} {:?}", Answer::Account(romeo()));
    assert!(!printed.contains("jul13t"), "{printed}");
}

#[test]
fn x12_a_prefixed_stanza_is_refused() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let (error, sent) = pair.server.refuses("<c:message xmlns:c='jabber:client'/>");
    assert_eq!(error.condition(), Some(Condition::BadNamespacePrefix));
    assert!(sent.contains("<bad-namespace-prefix "), "{sent}");
}
