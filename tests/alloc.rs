//! What the engine takes from the allocator: nothing per stanza, all of it back at the end, and never more than a small
//! multiple of what a peer sent.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use std::fmt::Write as _;
use std::sync::Arc;

use allocation_counter::measure;
use bytes::Bytes;
use support::*;
use tercet::engine::ServerRole;
use tercet::jid::JidBuf;
use tercet::ns::name;
use tercet::router::{Actions, Router, RouterConfig, SessionId};
use tercet::session::roster::{Item, Roster};
use tercet::write::{self, Forward};
use tercet::{Event, Input, Limits, Output, Parser, Server, Time, TlsPolicy, Unit};

const OPEN: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/// Octets that a bound session may hold between stanzas, its configuration shared with others.
const BETWEEN: i64 = 6_144;

/// Octets that it may hold when it has given back what only work needs.
const IDLE: i64 = 512;

/// A chat stanza such as routers see all day, with a name and a namespace that are not well-known.
const CHAT: &str = "<message to='juliet@example.net/balcony' id='a1' type='chat'><body>Art thou &amp; I</body>\
    <x xmlns='urn:example:unknown' odd='1'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>";

#[test]
fn a_parser_allocates_nothing_per_stanza() {
    for chunk in [usize::MAX, 1460, 64, 1] {
        let mut parser = Parser::stream(Limits::SERVER);
        let mut input = Input::new();
        let mut parse = |bytes: &[u8]| {
            let mut stanzas = 0;
            for piece in bytes.chunks(chunk) {
                let mut feed = input.with(piece);
                while let Some(unit) = parser.next(&mut feed).unwrap() {
                    if let Unit::Stanza(stanza) = unit {
                        assert!(stanza.to().unwrap() == "juliet@example.net/balcony");
                        stanzas += 1;
                    }
                }
            }
            stanzas
        };
        let batch = CHAT.repeat(200);
        parse(OPEN.as_bytes());
        parse(batch.as_bytes());
        let mut stanzas = 0;
        let counted = measure(|| stanzas = parse(batch.as_bytes()));
        assert_eq!(stanzas, 200);
        assert_eq!(counted.count_total, 0, "chunk {chunk}: {counted:?}");
    }
}

/// Bursts that end with a stanza, in pieces that do not: nothing is left in the input for long.
#[test]
fn a_parser_allocates_nothing_per_burst() {
    let burst = CHAT.repeat(12);
    assert!((2_000..2_600).contains(&burst.len()), "{}", burst.len());
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let mut parse = |bytes: &[u8]| {
        for piece in bytes.chunks(1460) {
            let mut feed = input.with(piece);
            while parser.next(&mut feed).unwrap().is_some() {}
        }
        assert!(input.is_empty() && input.memory() <= 800, "{}", input.memory());
    };
    parse(OPEN.as_bytes());
    parse(burst.as_bytes());
    let counted = measure(|| (0..20).for_each(|_| parse(burst.as_bytes())));
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn a_session_allocates_nothing_per_stanza() {
    let mut pair = session(usize::MAX, TlsPolicy::Direct);
    let batch = CHAT.repeat(200);
    let mut work = |chunk: usize| {
        let mut stanzas = 0;
        for piece in batch.as_bytes().chunks(chunk) {
            pair.server.input.spare_mut(piece.len()).unwrap()[..piece.len()].copy_from_slice(piece);
            pair.server.input.commit(piece.len());
            let mut events =
                pair.server.connection.process(&mut pair.server.input, &mut pair.server.output, Time::default());
            while let Some((event, mut reply)) = events.next().unwrap() {
                if let Event::Stanza(stanza) = event {
                    stanzas += 1;
                    reply
                        .send(|message| {
                            message.open(name::MESSAGE).attr("to", "romeo@example.net").open(name::BODY);
                            message.text(&stanza.root().child(name::BODY).unwrap().text()).close().close();
                        })
                        .unwrap();
                }
            }
            drop(events);
            pair.server.output.consume(usize::MAX);
        }
        stanzas
    };
    assert_eq!(work(1460), 200);
    let mut stanzas = 0;
    let counted = measure(|| stanzas = work(1460));
    assert_eq!(stanzas, 200);
    // One for each text that holds a reference, which this test decodes.
    assert!(counted.count_total <= 202, "{counted:?}");
}

#[test]
fn a_stanza_kept_from_the_callers_buffer_copies_none_of_it() {
    const LARGE: usize = 100_000;
    let stanza = format!("<message to='juliet@example.net'><body>{}</body></message>", "x".repeat(LARGE));
    let buffer = Bytes::from(format!("{OPEN}{stanza}"));
    let begin = buffer.len() - stanza.len();
    for (chunk, copied) in [(usize::MAX, false), (1460, true)] {
        let mut parser = Parser::stream(Limits::SERVER);
        let mut input = Input::new();
        let mut kept = None;
        for piece in buffer.chunks(chunk.min(buffer.len())) {
            let mut feed = input.with(piece);
            while let Some(unit) = parser.next(&mut feed).unwrap() {
                let Unit::Stanza(stanza) = unit else { continue };
                let counted = measure(|| kept = Some(stanza.detach_in(&buffer)));
                assert_eq!(counted.bytes_total >= LARGE as u64, copied, "chunk {chunk}: {counted:?}");
                let counted = measure(|| drop(stanza.detach()));
                assert!(counted.bytes_total >= LARGE as u64, "chunk {chunk}: {counted:?}");
            }
        }
        drop((parser, input));
        let kept = kept.unwrap();
        assert_eq!(kept.view().raw(), stanza);
        assert_eq!(kept.octets().as_ptr() == buffer[begin..].as_ptr(), !copied);
        let counted = measure(|| drop(kept.clone()));
        assert_eq!(counted.count_total, 0, "a clone is a reference count");
    }
}

#[test]
fn a_stanza_sent_on_allocates_nothing_but_the_output() {
    let mut parser = Parser::stream(Limits::SERVER);
    let mut input = Input::new();
    let stream = format!("{OPEN}{CHAT}");
    let mut feed = input.with(stream.as_bytes());
    let mut out = Vec::with_capacity(2 * CHAT.len());
    while let Some(unit) = parser.next(&mut feed).unwrap() {
        let Unit::Stanza(stanza) = unit else { continue };
        let change = Forward { from: Some("romeo@example.net/orchard"), to: Some("a@b"), ..Forward::default() };
        let counted = measure(|| write::forward(&mut out, &stanza, change).unwrap());
        assert_eq!(counted.count_total, 0);
        let counted = measure(|| write::forward(&mut Vec::new(), &stanza, change).unwrap());
        assert_eq!(counted.count_total, 1);
    }
    assert!(!out.is_empty());
}

#[test]
fn every_prefix_of_a_conversation_gives_all_memory_back() {
    let wire = session(usize::MAX, TlsPolicy::Disabled).wire;
    let said: String = wire.lines().filter_map(|line| line.strip_prefix("C: ")).collect();
    for end in 0..=said.len() {
        let Some(prefix) = said.get(..end) else { continue };
        let counted = measure(|| {
            let mut server = server(server_config().tls(TlsPolicy::Disabled));
            let _ = server.feed(prefix.as_bytes(), 7);
        });
        assert_eq!((counted.count_current, counted.bytes_current), (0, 0), "after {end} octets");
    }
}

#[test]
fn memory_is_bounded_by_what_came() {
    let mut cases = vec![
        "<message>".to_owned() + &"x".repeat(200_000),
        "<message>".to_owned() + &"&amp;".repeat(40_000),
        "<message a='".to_owned() + &"x".repeat(200_000),
        "<message>".to_owned() + &"<a/>".repeat(9_000),
        "<message>".to_owned() + &"<a b='' c='' d='' e=''/>".repeat(8_000),
        "<message>".to_owned() + &"<a xmlns='b'/>".repeat(9_000),
        "<message>".to_owned() + &"<![CDATA[]]>x".repeat(15_000),
    ];
    let mut names = "<message>".to_owned();
    for at in 0..9_000 {
        write!(names, "<n{at} xmlns='u{at}'/>").unwrap();
    }
    cases.push(names);
    for case in cases {
        for chunk in [1460, usize::MAX] {
            let counted = measure(|| {
                let mut parser = Parser::stream(Limits::SERVER);
                let mut input = Input::new();
                for piece in [OPEN.as_bytes()].into_iter().chain(case.as_bytes().chunks(chunk)) {
                    let mut feed = input.with(piece);
                    while parser.next(&mut feed).unwrap().is_some() {}
                }
            });
            // The unfinished tail itself, the tape, and the slack of both as they grow by doubling.
            let bound = 16_384 + 40 * case.len() as u64;
            assert!(counted.bytes_max <= bound, "{:.40} chunk {chunk}: {} of {bound}", case, counted.bytes_max);
            assert_eq!(counted.bytes_current, 0);
        }
    }
}

/// What the parts of an end say that they hold.
fn memory(end: &End<ServerRole>) -> i64 {
    i64::try_from(end.connection.memory() + end.input.memory() + end.output.memory()).unwrap()
}

#[test]
fn l07_an_idle_session_holds_little() {
    let wire = session(usize::MAX, TlsPolicy::Disabled).wire;
    let said: Vec<&str> = wire.lines().filter_map(|line| line.strip_prefix("C: ")).collect();
    // The same random numbers in the same order: what the client said then is right for this server, too.
    let config = Arc::new(server_config().tls(TlsPolicy::Disabled));
    let mut idle = None;
    let counted = measure(|| {
        let mut server = End::new(Server::new(config));
        for text in &said {
            server.feed(text.as_bytes(), usize::MAX).unwrap();
        }
        (server.log, server.output) = (Vec::new(), Output::new());
        idle = Some(server);
    });
    let mut idle = idle.unwrap();
    assert_eq!(idle.connection.jid().unwrap().as_str(), "romeo@example.net/orchard");
    let own = size_of_val(&idle.connection) + size_of_val(&idle.input) + size_of_val(&idle.output);
    let held = counted.bytes_current + i64::try_from(own).unwrap();
    assert!(held <= BETWEEN, "{held} octets, {own} of them in the connection itself");
    assert_eq!(memory(&idle), held);

    let given = measure(|| {
        idle.connection.shrink();
        idle.input.shrink();
        idle.output.shrink();
    });
    let held = held + given.bytes_current;
    assert!(held <= IDLE, "{held} octets, {own} of them in the connection itself");
    assert_eq!(memory(&idle), held);
    let space = measure(|| drop(idle.feed(b" ", usize::MAX).unwrap()));
    assert_eq!(space.bytes_current, 0, "white space keeps a connection alive, and no memory");

    idle.feed(b"<presence/>", usize::MAX).unwrap();
    assert!(idle.log.last().unwrap().contains("presence"), "{:?}", idle.log);
}

#[test]
fn memory_in_use_is_what_was_taken() {
    let mut parser = None;
    let counted = measure(|| {
        let mut input = Input::new();
        let mut reading = Parser::stream(Limits::SERVER);
        for piece in [OPEN, "<message><a xmlns:p='urn:p' b='", "c'/>"] {
            let mut feed = input.with(piece.as_bytes());
            while reading.next(&mut feed).unwrap().is_some() {}
        }
        parser = Some((reading, input));
    });
    let (parser, input) = parser.unwrap();
    let own = size_of_val(&parser) + size_of_val(&input);
    let held = counted.bytes_current + i64::try_from(own).unwrap();
    assert_eq!(i64::try_from(parser.memory() + input.memory()).unwrap(), held);
}

#[test]
fn a_router_tells_about_how_much_it_takes() {
    let jid = |text: &str| JidBuf::parse(text).unwrap();
    let mut counted = Vec::new();
    let mut told = Vec::new();
    for users in [0, 100, 1_000] {
        let mut router = None;
        let taken = measure(|| {
            let mut made = Router::new(RouterConfig::new("example.net").unwrap());
            let mut actions = Actions::new();
            for user in 0..users {
                let items = (0..user % 20).map(|contact| Item::new(jid(&format!("contact{contact}@example.com"))));
                let roster = Roster::new(items, [(jid("stranger@example.org"), Bytes::from(vec![b'x'; 100]))]);
                let full = jid(&format!("user{user}@example.net/orchard"));
                made.attach(SessionId(user), full, roster, &mut actions).unwrap();
            }
            router = Some(made);
        });
        counted.push(taken.bytes_current as usize + size_of::<Router>());
        told.push(router.unwrap().memory());
    }
    for (told, counted) in told.iter().zip(&counted) {
        assert!(4 * told >= 3 * counted && 4 * told <= 5 * counted, "{told} of {counted}");
    }
    assert!(told[2] > 5 * told[1] && told[1] > 5 * told[0], "{told:?}");
}
