//! A server and its clients, each a process of its own, on loopback.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use support::{JULIET, PASSWORD, Player, ROMEO, Running, SOON, Server, outcome, read_until, tercet};
use tercet::Event;
use tercet::ns::name;

const HEADER: &str = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' \
                      xmlns:stream='http://etherx.jabber.org/streams'>";

#[test]
fn a_message_goes_from_one_to_the_other() {
    let server = Server::start(&[]);
    let mut listen = Running::start({
        let mut command = server.client("listen", JULIET);
        command.args(["--count", "2", "--json"]);
        command
    });
    server.await_log("bound juliet@localhost/");
    for text in ["a < b & \u{201c}c\u{201d}", "two\nlines"] {
        assert_eq!(server.send("romeo@localhost/orchard", JULIET, text), (0, String::new(), String::new()));
    }
    assert_eq!(listen.wait(SOON).unwrap().code(), Some(0));
    let (out, _) = listen.rest();
    let heard: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(heard[0]["body"], "a < b & \u{201c}c\u{201d}");
    assert_eq!(heard[0]["from"], "romeo@localhost/orchard");
    assert_eq!(heard[1]["body"], "two\nlines");
    server.await_log("closed by the client");
}

#[test]
fn a_message_waits_for_who_is_away() {
    let server = Server::start(&[]);
    assert_eq!(server.send(ROMEO, JULIET, "one\ttwo").0, 0);
    let (code, out, err) = outcome(&server.client("listen", JULIET).args(["--count", "1"]).output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("romeo@localhost/") && out.ends_with("\tone\\ttwo\n"), "{out}");
    let (code, out, err) =
        outcome(&server.client("listen", JULIET).args(["--count", "1", "--wait", "1"]).output().unwrap());
    assert_eq!((code, out.as_str()), (1, ""), "it came once: {err}");
    assert!(err.contains("0 of 1 message came"), "{err}");
}

#[test]
fn what_waited_is_printed_even_past_the_count() {
    let server = Server::start(&[]);
    for text in ["one", "two", "three"] {
        assert_eq!(server.send(ROMEO, JULIET, text).0, 0);
    }
    let (code, out, err) = outcome(&server.client("listen", JULIET).args(["--count", "1"]).output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert_eq!(out.lines().filter_map(|line| line.split('\t').nth(1)).collect::<Vec<_>>(), ["one", "two", "three"]);
}

#[test]
fn a_message_to_nobody_comes_back() {
    let server = Server::start(&[]);
    let start = Instant::now();
    let (code, out, err) = server.send(ROMEO, "nobody@localhost", "hello");
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(err, "error: nobody@localhost: the message came back: service-unavailable\n");
    assert!(server.send(ROMEO, "juliet@elsewhere.example", "hello").2.contains("remote-server-not-found"));
    assert!(start.elapsed() < SOON);
}

#[test]
fn accounts_are_kept_while_the_server_runs() {
    let server = Server::start(&[]);
    let account = |words: &[&str]| outcome(&tercet(words).args(["--data", server.data()]).output().unwrap());
    assert_eq!(account(&["account", "add", "Nurse@Localhost"]), (0, String::new(), String::new()));
    assert_eq!(account(&["account", "add", "nurse@localhost"]).0, 1);
    assert_eq!(account(&["account", "list"]).1, "juliet@localhost\nnurse@localhost\nromeo@localhost\n");
    assert_eq!(server.send("nurse@localhost", JULIET, "hello").0, 0);
    let (code, roster, _) = outcome(&server.client("roster", "nurse@localhost").output().unwrap());
    assert_eq!((code, roster.as_str()), (0, ""));

    let file = server.dir.path().join("password");
    std::fs::write(&file, "another\n").unwrap();
    let changed = account(&["account", "passwd", "nurse@localhost", "--password-file", file.to_str().unwrap()]);
    assert_eq!(changed, (0, String::new(), String::new()));
    assert_eq!(server.send("nurse@localhost", JULIET, "hello").0, 1, "with the old password");
    let mut send = server.client("send", "nurse@localhost");
    send.args(["--password-file", file.to_str().unwrap(), JULIET, "hello"]);
    assert_eq!(outcome(&send.output().unwrap()).0, 0);

    assert_eq!(account(&["account", "remove", "nurse@localhost"]).0, 0);
    assert_eq!(account(&["account", "remove", "nurse@localhost"]).0, 1);
    assert_eq!(server.send("nurse@localhost", JULIET, "hello").0, 1);
    let kept = std::fs::read(server.dir.path().join("tercet.db")).unwrap();
    assert!(!kept.windows(PASSWORD.len()).any(|text| text == PASSWORD.as_bytes()), "no password is stored");
}

#[test]
fn an_account_of_another_domain_is_warned_of() {
    let mut server = Server::start(&[]);
    let account = |words: &[&str]| outcome(&tercet(words).args(["--data", server.data()]).output().unwrap());
    let (code, out, err) = account(&["account", "add", "nurse@elsewhere.example"]);
    assert_eq!((code, out.as_str()), (0, ""));
    let warning = format!(
        "warning: the server of the folder {} is that of localhost: nobody can log in as nurse@elsewhere.example before it \
         is started with --domain elsewhere.example; `tercet account remove` removes the account\n",
        server.data()
    );
    assert_eq!(err, warning);
    for (words, complaint) in [
        (&["nurse@elsewhere.example"][..], "error: nurse@elsewhere.example: there is such an account already\n"),
        // Nor is anybody asked for the password of an account that cannot be made.
        (
            &["nurse@elsewhere.example", "--password-file", "/none"],
            "error: nurse@elsewhere.example: there is such an account already\n",
        ),
        (&["cook@elsewhere.example", "--password-file", "/dev/null"], "error: the password is empty\n"),
    ] {
        let refused = account(&[&["account", "add"], words].concat());
        assert_eq!(refused, (1, String::new(), complaint.into()), "no account is made, and none is warned of");
    }
    let before = tempfile::TempDir::new().unwrap();
    let data = before.path().to_str().unwrap();
    let added = outcome(&tercet(&["account", "add", ROMEO, "--data", data]).output().unwrap());
    assert_eq!(added, (0, String::new(), String::new()), "nobody knows yet whose server it will be");

    server.stop("-TERM");
    for (domain, data, strangers) in [
        ("localhost", server.data(), "nurse@elsewhere.example"),
        ("elsewhere.example", server.data(), "juliet@localhost, romeo@localhost"),
        ("elsewhere.example", data, "romeo@localhost"),
    ] {
        let serve = tercet(&["serve", "--domain", domain, "--listen", "127.0.0.1:0", "--data", data]);
        let mut serve = Running::start(serve);
        let mut first = [0; 13];
        serve.child().stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        serve.child().kill().unwrap();
        let said = format!(
            "warning: this server is that of {domain}: nobody can log in as {strangers}; `tercet account remove` removes an \
             account\n"
        );
        assert_eq!(serve.rest().1, said);
    }
}

#[test]
fn who_is_removed_is_sent_away() {
    let server = Server::start(&["--tls", "optional"]);
    let account = |words: &[&str]| outcome(&tercet(words).args(["--data", server.data()]).output().unwrap());
    assert_eq!(account(&["account", "add", "nurse@localhost"]).0, 0);
    let mut juliet = Player::online(server.address(), JULIET);
    let mut removed = Player::online(server.address(), ROMEO);
    let mut anew = Player::online(server.address(), "nurse@localhost");
    assert_eq!(account(&["account", "remove", ROMEO]).0, 0);
    assert!(removed.last_words().contains("<not-authorized "));
    server.await_log("closed by the server: not-authorized");
    assert_eq!(account(&["account", "remove", "nurse@localhost"]).0, 0);
    assert_eq!(account(&["account", "add", "nurse@localhost"]).0, 0);
    assert!(anew.last_words().contains("<not-authorized "), "this is another account");
    juliet.say(JULIET, "still here");
    assert_eq!(juliet.hear(), "still here");
}

#[test]
fn who_is_removed_gets_nothing_more() {
    let server = Server::start(&["--tls", "optional"]);
    let mut juliet = Player::online(server.address(), JULIET);
    let mut removed = Player::online(server.address(), ROMEO);
    let account = tercet(&["account", "remove", ROMEO, "--data", server.data()]).output().unwrap();
    assert_eq!(outcome(&account), (0, String::new(), String::new()));
    juliet.say(ROMEO, "too late");
    let words = removed.last_words();
    assert!(words.contains("<not-authorized ") && !words.contains("too late"), "{words}");
    let told = juliet.until(|event| match event {
        Event::Stanza(stanza) if stanza.root().is(name::MESSAGE) => Some(stanza.raw().to_owned()),
        _ => None,
    });
    assert!(told.contains("<service-unavailable "), "{told}");
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let mut server = Server::start(&[]);
    let serve = |data: &str| {
        let mut command = tercet(&["serve", "--domain", "localhost", "--listen", "127.0.0.1:0", "--data", data]);
        command.args(["--account", &format!("nurse@localhost:{PASSWORD}")]);
        command
    };
    let mut second = Running::start(serve(server.data()));
    assert_eq!(second.wait(SOON).expect("it serves").code(), Some(1));
    let (out, err) = second.rest();
    assert_eq!(out, "");
    assert_eq!(err, format!("error: another server runs on the folder {}\n", server.data()));
    let (_, accounts, _) = outcome(&tercet(&["account", "list", "--data", server.data()]).output().unwrap());
    assert_eq!(accounts, "juliet@localhost\nromeo@localhost\n", "it has changed nothing");
    server.stop("-KILL");
    let mut next = Running::start(serve(server.data()));
    let mut first = [0; 13];
    next.child().stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"listening on ");
}

#[test]
fn wrong_password_and_unknown_user_look_alike() {
    let server = Server::start(&[]);
    for jid in [ROMEO, "nobody@localhost"] {
        let mut send = server.client("send", jid);
        let (code, out, err) = outcome(&send.args([JULIET, "x"]).env("TERCET_PASSWORD", "wrong").output().unwrap());
        assert_eq!((code, out.as_str()), (1, ""));
        assert_eq!(err, format!("error: cannot log in as {jid}: the server refused the login: not-authorized\n"));
        server.await_log(&format!("login failed as {jid}: not-authorized"));
        server.await_log("closed: login or resource binding failed as often as one connection allows");
    }
}

#[test]
fn who_guesses_waits() {
    let server = Server::start(&[]);
    let guess =
        || outcome(&server.client("send", ROMEO).args([JULIET, "x"]).env("TERCET_PASSWORD", "no").output().unwrap());
    let mut complaints = Vec::new();
    for _ in 0..8 {
        complaints.push(guess().2);
    }
    assert!(complaints.iter().any(|it| it.contains("temporary-auth-failure")), "{complaints:?}");
    server.await_log("login put off");
    let (code, _, err) = server.send(ROMEO, JULIET, "with the right one");
    assert!(code == 0 || err.contains("temporary-auth-failure"), "{err}");
}

#[test]
fn only_the_right_certificate_will_do() {
    let server = Server::start(&[]);
    let run =
        |words: &[&str]| outcome(&tercet(words).args(["--server", &server.address, JULIET, "x"]).output().unwrap());
    let (code, _, err) = run(&["send", "--jid", ROMEO]);
    assert_eq!(code, 1);
    assert!(err.contains("nobody trusted has signed the server's certificate"), "{err}");

    let other = Server::start(&[]);
    let (code, _, err) = run(&["send", "--jid", ROMEO, "--ca", &other.certificate]);
    assert_eq!(code, 1);
    assert!(err.contains("nobody trusted has signed the server's certificate"), "{err}");

    let (code, _, err) = run(&["send", "--jid", "romeo@example.net", "--ca", &server.certificate]);
    assert_eq!(code, 1);
    assert!(err.contains("host-unknown"), "the server tells why before any certificate is looked at: {err}");
    assert_eq!(run(&["send", "--jid", ROMEO, "--insecure"]).0, 0);
    server.await_log("the other side ended TLS with the alert UnknownCA: it may not trust the certificate");
    server.await_log("the other side ended TLS with the alert DecryptError: it may not trust the certificate");
}

/// A pinned certificate counts for its names alone.
#[test]
fn a_pinned_certificate_with_a_wrong_name_is_refused() {
    let made = Server::start(&[]);
    let key = made.certificate.replace(".crt", ".key");
    let dir = tempfile::TempDir::new().unwrap();
    let mut command = tercet(&["serve", "--domain", "example.net", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(dir.path()).args(["--cert", &made.certificate, "--key", &key, "--account", "romeo@example.net:r0m30"]);
    let mut serve = Running::start(command);
    let mut first = Vec::new();
    let mut out = serve.child().stdout.take().unwrap();
    while !first.ends_with(b"\n") {
        let mut octet = [0];
        out.read_exact(&mut octet).unwrap();
        first.extend(octet);
    }
    let first = String::from_utf8(first).unwrap();
    let address = first.split(' ').nth(2).unwrap();
    let mut send = tercet(&["send", "--jid", "romeo@example.net", "--server", address, "--ca", &made.certificate]);
    let (code, _, err) = outcome(&send.args(["romeo@example.net", "x"]).output().unwrap());
    assert_eq!(code, 1);
    assert!(err.contains("expected a certificate for example.net, but the server's is for localhost"), "{err}");

    serve.child().kill().unwrap();
    let mut warned = String::new();
    serve.child().stderr.take().unwrap().read_to_string(&mut warned).unwrap();
    assert!(warned.starts_with("warning: ") && warned.lines().count() == 1, "{warned}");
    assert!(warned.contains(" is for localhost, not for example.net: clients will refuse it"), "{warned}");
}

#[test]
fn a_server_that_never_answers_costs_no_more_than_the_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    for command in [&["roster"][..], &["listen"], &["send"]] {
        let mut run = tercet(command);
        run.args(["--jid", ROMEO, "--server", &address, "--insecure", "--timeout", "1"]);
        if command == ["send"] {
            run.args([JULIET, "x"]);
        }
        let start = Instant::now();
        let (code, out, err) = outcome(&run.output().unwrap());
        assert_eq!((code, out.as_str()), (1, ""));
        let complaint = format!(
            "error: localhost at {address} did not get done within 1 s, which --timeout sets: waited for its stream \
             header\n"
        );
        assert_eq!(err, complaint);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    drop(silent);
    let mut run = tercet(&["roster", "--jid", ROMEO, "--server", &address, "--insecure"]);
    let (code, _, err) = outcome(&run.output().unwrap());
    assert_eq!(code, 1);
    assert!(err.starts_with(&format!("error: cannot connect to {address}: ")), "{err}");
}

#[test]
fn what_was_waited_for_is_said() {
    const OPENED: &str = "<stream:stream from='localhost' id='1' version='1.0' xmlns='jabber:client' \
                          xmlns:stream='http://etherx.jabber.org/streams'>";
    const OFFERED: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>\
                           </stream:features>";
    const AGREED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    for (said, owed) in [
        (&[OPENED][..], "its stream features"),
        (&[OPENED, OFFERED], "its consent to TLS"),
        (&[OPENED, OFFERED, AGREED], "the TLS handshake"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let silent = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(said.concat().as_bytes()).unwrap();
            // Until the client has gone.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let mut roster = tercet(&["roster", "--jid", ROMEO, "--server", &address, "--insecure", "--timeout", "1"]);
        let (code, _, err) = outcome(&roster.output().unwrap());
        silent.join().unwrap();
        let complaint = format!(
            "error: localhost at {address} did not get done within 1 s, which --timeout sets: waited for {owed}\n"
        );
        assert_eq!((code, err), (1, complaint));
    }
}

#[test]
fn it_stops_in_time_although_nobody_answers() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&["--tls", "optional"]);
        // One that never says a word, one in the middle of a login, one in a TLS handshake, one with a session.
        let _mute = TcpStream::connect(server.address()).unwrap();
        let mut opened = TcpStream::connect(server.address()).unwrap();
        opened.write_all(HEADER.as_bytes()).unwrap();
        read_until(&mut opened, "</stream:features>");
        let mut shaking = TcpStream::connect(server.address()).unwrap();
        shaking.write_all(HEADER.as_bytes()).unwrap();
        read_until(&mut shaking, "</stream:features>");
        shaking.write_all(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").unwrap();
        read_until(&mut shaking, "<proceed");
        let mut online = Player::online(server.address(), ROMEO);
        let (code, took) = server.stop(signal);
        assert_eq!(code, Some(0));
        assert!(took < Duration::from_secs(6), "{took:?}");
        server.await_log(&format!("{} shutting down: ending 4 connections", server.address));
        for words in [online.last_words(), read_until(&mut opened, "</stream:stream>")] {
            assert!(words.contains("<system-shutdown ") && words.ends_with("</stream:stream>"), "{words}");
        }
    }
}

#[test]
fn garbage_ends_in_a_stream_error() {
    const GARBAGE: &[u8] = b"\x16\x03\x01<<>&\xff\0";
    let server = Server::start(&["--tls", "optional"]);
    let address = server.address();
    let ends = |mut stream: TcpStream, state: &str| {
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream.write_all(GARBAGE).unwrap();
        let mut words = String::new();
        stream.read_to_string(&mut words).unwrap();
        assert!(words.contains("<stream:error>"), "{state}: {words}");
        assert!(words.ends_with("</stream:stream>"), "{state}: {words}");
    };
    let opened = || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(HEADER.as_bytes()).unwrap();
        read_until(&mut stream, "</stream:features>");
        stream
    };
    ends(TcpStream::connect(address).unwrap(), "before the header");
    ends(opened(), "behind the header");
    let mut stream = opened();
    // `n,,n=romeo,r=abcdefgh`
    stream.write_all(b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>biwsbj1yb21lbyxyPWFiY2RlZmdo</auth>").unwrap();
    read_until(&mut stream, "</challenge>");
    ends(stream, "in the middle of SASL");
    let mut player = Player::new(address, ROMEO);
    player.until(|event| matches!(event, Event::Authenticated(_)).then_some(()));
    ends(player.stream, "behind the login");
    ends(Player::online(address, ROMEO).stream, "in a session");
}

#[test]
fn garbage_instead_of_a_handshake_ends_the_connection() {
    let server = Server::start(&[]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(HEADER.as_bytes()).unwrap();
    read_until(&mut stream, "</stream:features>");
    stream.write_all(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").unwrap();
    read_until(&mut stream, "<proceed");
    stream.write_all(b"no handshake at all").unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    server.await_log("closed: TLS failed");
}

#[test]
fn a_client_that_does_not_read_stalls_nobody() {
    let server = Server::start(&["--tls", "optional"]);
    let address = server.address();
    let deaf = Player::online(address, "romeo@localhost/deaf");
    let mut juliet = Player::online(address, "juliet@localhost/balcony");
    let long = "x".repeat(100_000);
    let mut sent = 0;
    while !server.log().iter().any(|line| line.contains("undelivered: ")) {
        juliet.say("romeo@localhost", &long);
        sent += 1;
        assert!(sent < 400, "{sent} messages wait for somebody who does not read");
        // To herself and back: nobody waits for the deaf one.
        let start = Instant::now();
        juliet.say("juliet@localhost/balcony", "echo");
        assert_eq!(juliet.hear(), "echo");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    server.await_log("closed by the server: resource-constraint");
    // What did not reach him waits for the next time.
    let mut romeo = Player::online(address, "romeo@localhost/sharp");
    assert_eq!(romeo.hear(), long);
    drop(deaf);
}

/// Nobody else's traffic grows by it.
#[test]
fn a_language_that_is_none_is_left_out() {
    let server = Server::start(&["--tls", "optional"]);
    let mut juliet = Player::online(server.address(), JULIET);
    let mut heard = |lang: &str| {
        Player::speaking(server.address(), ROMEO, lang).come_online().say(JULIET, "Ciao");
        juliet.until(|event| match event {
            Event::Stanza(it) if it.root().is(name::MESSAGE) => Some(it.lang().map(|lang| lang.decode().into_owned())),
            _ => None,
        })
    };
    assert_eq!(heard("it").as_deref(), Some("it"));
    assert_eq!(heard("it_IT"), None);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let lang = format!(" xml:lang='{}'>", "x".repeat(9_000));
    stream.write_all(HEADER.replace('>', &lang).replacen(&lang, ">", 1).as_bytes()).unwrap();
    let words = read_until(&mut stream, "</stream:stream>");
    assert!(words.contains("<policy-violation "), "{words}");
}

/// What nobody reads slowly enough to be sent away for: a sender is no faster than a line may be expected to be.
#[test]
fn a_client_is_listened_to_at_a_pace() {
    let server = Server::start(&["--tls", "optional", "--max-rate", "200000"]);
    let mut romeo = Player::online(server.address(), ROMEO);
    let start = Instant::now();
    for _ in 0..8 {
        romeo.say(ROMEO, &"x".repeat(100_000));
        romeo.hear();
    }
    // 512 KiB pass at once, and the rest takes its time.
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// A server with more messages for Romeo, who is away, than a socket holds.
fn with_much_for_romeo() -> Server {
    let server = Server::start(&["--tls", "optional", "--max-rate", "1000000000"]);
    let mut juliet = Player::online(server.address(), JULIET);
    for _ in 0..120 {
        juliet.say(ROMEO, &"x".repeat(100_000));
    }
    juliet.say(JULIET, "all said");
    assert_eq!(juliet.hear(), "all said");
    server
}

#[test]
fn messages_that_wait_when_it_is_stopped_are_kept() {
    let mut server = with_much_for_romeo();
    let _romeo = Player::online(server.address(), ROMEO);
    let (code, took) = server.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(7), "{took:?}");
    let told = server.await_log("undelivered: ");
    assert!(told.ends_with(" kept for later, 0 lost"), "{told}");
}

#[test]
fn kept_messages_that_did_not_arrive_are_kept_again() {
    let server = with_much_for_romeo();
    // He comes, and is gone before he has read more than a socket holds.
    drop(Player::online(server.address(), ROMEO));
    server.await_log("undelivered: ");
    assert_eq!(Player::online(server.address(), ROMEO).hear().len(), 100_000);
}

#[test]
fn whoever_comes_again_takes_the_place() {
    let server = Server::start(&["--tls", "optional"]);
    let mut first = Player::online(server.address(), "romeo@localhost/orchard");
    let mut second = Player::online(server.address(), "romeo@localhost/orchard");
    assert!(first.last_words().contains("<conflict "), "the first is sent away");
    server.await_log("closed by the server: conflict");
    second.say("romeo@localhost/orchard", "still here");
    assert_eq!(second.hear(), "still here");
}

#[test]
fn an_account_has_so_many_sessions_and_no_more() {
    let server = Server::start(&["--tls", "optional"]);
    let mut sessions: Vec<_> =
        (0..50).map(|n| Player::online(server.address(), &format!("romeo@localhost/{n}"))).collect();
    let (code, _, err) = outcome(&server.client("roster", "romeo@localhost/more").output().unwrap());
    assert_eq!(code, 1);
    assert!(err.contains("resource-constraint"), "{err}");
    // Taking a place is no more than having it.
    sessions.push(Player::online(server.address(), "romeo@localhost/7"));
    sessions.push(Player::online(server.address(), JULIET));
}

#[test]
fn no_more_connections_than_allowed() {
    let server = Server::start(&["--tls", "optional", "--max-connections", "1"]);
    let _first = Player::online(server.address(), ROMEO);
    let mut second = TcpStream::connect(server.address()).unwrap();
    assert_eq!(second.read(&mut [0]).unwrap_or(0), 0);
    server.await_log("declined: too many connections");
}

#[test]
fn a_roster_is_listed() {
    let server = Server::start(&["--tls", "optional"]);
    let mut romeo = Player::online(server.address(), ROMEO);
    romeo
        .stream
        .write_all(
            b"<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='juliet@localhost' name='Juliet\tC'>\
              <group>Friends</group><group>Verona</group></item></query></iq>",
        )
        .unwrap();
    read_until(&mut romeo.stream, "type='result'");
    let roster = |json: &[&str]| outcome(&server.client("roster", ROMEO).args(json).output().unwrap()).1;
    assert_eq!(roster(&[]), "juliet@localhost\tnone\t-\tJuliet C\tFriends, Verona\n");
    let line: serde_json::Value = serde_json::from_str(&roster(&["--json"])).unwrap();
    assert_eq!(line["groups"], serde_json::json!(["Friends", "Verona"]));
}
