//! What a session reads and writes, stanza by stanza.
#![allow(clippy::unwrap_used)]

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bind;
use super::iq::{self, Iq, Pending, PendingError};
use super::message;
use super::ping;
use super::presence::{self, Availability, Show};
use super::roster::{self, Edit, Item, Push, Roster};
use super::subscription::{State, Subscription, Verb};
use crate::Limits;
use crate::jid::JidBuf;
use crate::stanza::Stanza;
use crate::stream::{Input, Parser, Unit};
use crate::write::{self, StanzaCondition};

fn with_stanza<R>(xml: &str, see: impl FnOnce(&Stanza<'_>) -> R) -> R {
    let stream = format!("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>{xml}");
    let (mut parser, mut input) = (Parser::stream(Limits::NONE), Input::new());
    let mut feed = input.with(stream.as_bytes());
    parser.next(&mut feed).unwrap();
    match parser.next(&mut feed) {
        Ok(Some(Unit::Stanza(stanza))) => see(&stanza),
        other => panic!("no stanza: {other:?}: {xml}"),
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), write::Error>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn jid(text: &str) -> JidBuf {
    JidBuf::parse(text).unwrap()
}

#[test]
fn z01_kinds_of_iq() {
    let kind = |xml: &str| {
        with_stanza(xml, |stanza| match iq::classify(stanza) {
            Iq::Get(payload) => format!("get {}", payload.local()),
            Iq::Set(payload) => format!("set {}", payload.local()),
            Iq::Result(payload) => format!("result {}", payload.map_or("", |payload| payload.local())),
            Iq::Error => "error".to_owned(),
            Iq::BadRequest => "bad request".to_owned(),
            Iq::BadAnswer => "bad answer".to_owned(),
            Iq::Other => "other".to_owned(),
        })
    };
    assert_eq!(kind("<iq type='get' id='1'> <q/> </iq>"), "get q");
    assert_eq!(kind("<iq type='set' id='1'><q/></iq>"), "set q");
    assert_eq!(kind("<iq type='result' id='1'><q/></iq>"), "result q");
    assert_eq!(kind("<iq type='result' id='1'/>"), "result ");
    assert_eq!(kind("<iq type='error' id='1'><q/><error/></iq>"), "error");
    assert_eq!(kind("<iq type='get' id='1'/>"), "bad request");
    assert_eq!(kind("<iq type='get'><q/></iq>"), "bad request");
    assert_eq!(kind("<iq type='set' id='1'><q/><q/></iq>"), "bad request");
    assert_eq!(kind("<iq id='1'><q/></iq>"), "bad request");
    assert_eq!(kind("<iq type='GET' id='1'><q/></iq>"), "bad request");
    assert_eq!(kind("<iq type='result' id='1'><q/><q/></iq>"), "bad answer");
    assert_eq!(kind("<iq type='result'/>"), "bad answer");
    assert_eq!(kind("<iq type='error'/>"), "bad answer");
    assert_eq!(kind("<message/>"), "other");
}

#[test]
fn z03_an_answer_needs_the_id_and_the_sender_of_the_request() {
    let own = jid("romeo@example.net/orchard");
    let cases: &[(Option<&str>, Option<&str>, bool)] = &[
        (None, None, true),
        (None, Some("romeo@example.net"), true),
        (None, Some("Romeo@EXAMPLE.net"), true),
        (None, Some("romeo@example.net/orchard"), true),
        (None, Some("example.net"), true),
        (None, Some("romeo@example.net/other"), false),
        (None, Some("mallory@example.net"), false),
        (None, Some("example.com"), false),
        (None, Some("not@an@address/"), false),
        (Some("example.net"), None, true),
        (Some("romeo@example.net"), None, true),
        (Some("example.net"), Some("example.net"), true),
        (Some("example.net"), Some("romeo@example.net"), false),
        (Some("example.net"), Some("example.net/x"), false),
        (Some("juliet@example.com/b"), Some("juliet@example.com/b"), true),
        (Some("juliet@example.com/b"), Some("Juliet@example.com/b"), true),
        (Some("juliet@example.com/b"), Some("juliet@example.com/B"), false),
        (Some("juliet@example.com/b"), Some("juliet@example.com"), false),
        (Some("juliet@example.com/b"), Some("example.net"), false),
        (Some("juliet@example.com/b"), None, false),
    ];
    for (to, from, counts) in cases {
        let mut open = Pending::new(1);
        open.insert("1", to.map(jid), ()).unwrap();
        assert_eq!(open.settle("2", *from, own.as_jid()), None, "another id");
        assert_eq!(open.settle("1", *from, own.as_jid()).is_some(), *counts, "{to:?} {from:?}");
        assert_eq!(open.is_empty(), *counts);
    }
}

#[test]
fn z03_the_table_of_requests_is_bounded() {
    let mut open = Pending::new(2);
    assert_eq!(open.insert("1", None, 'a'), Ok(()));
    assert_eq!(open.insert("1", None, 'b'), Err(PendingError::Duplicate));
    assert_eq!(open.insert("2", None, 'c'), Ok(()));
    assert_eq!(open.insert("3", None, 'd'), Err(PendingError::Full));
    assert_eq!(open.insert("2", None, 'e'), Err(PendingError::Duplicate));
    assert_eq!((open.remove("1"), open.remove("1"), open.len()), (Some('a'), None, 1));
    assert_eq!(open.insert("3", None, 'd'), Ok(()));
}

#[test]
fn z01_a_result_goes_back_to_the_sender() {
    let xml = "<iq type='get' id='&lt;1&gt;' from='a@x/r' to='b@x'><ping xmlns='urn:xmpp:ping'/></iq>";
    let result = with_stanza(xml, |stanza| written(|out| iq::write_result(out, stanza)));
    with_stanza(&result, |stanza| {
        assert!(matches!(iq::classify(stanza), Iq::Result(None)));
        let [id, to, from] = [stanza.id(), stanza.to(), stanza.from()].map(|text| text.unwrap().decode().into_owned());
        assert_eq!([id.as_str(), &to, &from], ["<1>", "a@x/r", "b@x"]);
    });
}

#[test]
fn h10_pings() {
    let request = written(|out| ping::write_request(out, Some(jid("example.net").as_jid()), "p1"));
    assert!(with_stanza(&request, ping::is_request));
    assert!(!with_stanza("<iq type='set' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", ping::is_request));
    assert!(!with_stanza("<iq type='get' id='1'><ping xmlns='urn:pong'/></iq>", ping::is_request));
    assert!(!with_stanza("<message><ping xmlns='urn:xmpp:ping'/></message>", ping::is_request));
}

/// Who may push, in the eyes of romeo@example.net/orchard.
#[test]
fn o04_pushes_of_forgers_change_nothing() {
    let own = jid("romeo@example.net/orchard");
    let push = |from: &str| {
        let xml = format!(
            "<iq type='set' id='1' {from}><query xmlns='jabber:iq:roster'><item jid='eve@example.com'/></query></iq>"
        );
        with_stanza(&xml, |stanza| Push::read(stanza, own.as_jid()))
    };
    let genuine = Ok(Push::Put(Item::new(jid("eve@example.com"))));
    for from in ["", "from='romeo@example.net'", "from='Romeo@Example.NET'", "from='rome&#111;@example.net'"] {
        assert_eq!(push(from), genuine, "{from}");
    }
    for from in [
        "eve@example.com",
        "eve@example.net",
        "romeo@example.net/orchard",
        "romeo@example.net/",
        "romeo@example.net/eve",
        "example.net",
        "example.net/romeo",
        "romeo@example.com",
        "romeo@example.net.example.com",
        "xn--romo-5qa@example.net",
        "romeo@xn--exmple-cua.net",
        "romeo\\40example.net@example.com",
        " romeo@example.net",
        "",
    ] {
        assert_eq!(push(&format!("from='{from}'")), Err(StanzaCondition::ServiceUnavailable), "{from}");
    }
}

#[test]
fn o04_a_push_has_one_item() {
    let own = jid("romeo@example.net/orchard");
    let push = |items: &str| {
        let xml = format!("<iq type='set' id='1'><query xmlns='jabber:iq:roster'>{items}</query></iq>");
        with_stanza(&xml, |stanza| Push::read(stanza, own.as_jid()))
    };
    assert_eq!(push("<item jid='a@x' subscription='remove'/>"), Ok(Push::Remove(jid("a@x"))));
    assert_eq!(push(""), Err(StanzaCondition::BadRequest));
    assert_eq!(push("<item jid='a@x'/><item jid='b@x'/>"), Err(StanzaCondition::BadRequest));
    assert_eq!(push("<item/>"), Err(StanzaCondition::BadRequest));
    assert_eq!(push("<item jid='@'/>"), Err(StanzaCondition::JidMalformed));
}

#[test]
fn o01_a_result_is_read_as_it_was_written() {
    let mut romeo = Item::new(jid("romeo@example.net"));
    romeo.name = Some("<Romeo & \"R\">".to_owned());
    romeo.subscription = Subscription::Both;
    romeo.groups = ["Friends", " Montague & Co "].map(str::to_owned).to_vec();
    let mut nurse = Item::new(jid("nurse@example.com"));
    (nurse.ask, nurse.approved) = (true, true);
    let roster = Roster::new([romeo.clone(), nurse.clone()], []);
    let to = jid("juliet@example.com/balcony");
    let result = written(|out| roster::write_result(out, to.as_jid(), Some("r"), &roster));
    let items: Vec<_> = with_stanza(&result, |stanza| roster::read_result(stanza).collect());
    assert_eq!(items, [nurse, romeo]);
}

#[test]
fn o01_what_cannot_be_read_is_left_out() {
    let xml = "<iq type='result' id='r'><query xmlns='jabber:iq:roster'>\
        <item jid='a@x' subscription='sometimes' approved='1' ask='unsubscribe'/><item jid='@'/><item/>\
        <item jid='b@x/r'/><other jid='c@x'/></query></iq>";
    let items: Vec<_> = with_stanza(xml, |stanza| roster::read_result(stanza).collect());
    let mut a = Item::new(jid("a@x"));
    a.approved = true;
    assert_eq!(items, [a]);
}

#[test]
fn o02_a_set_is_read_as_it_was_written() {
    for edit in [
        Edit::Put {
            contact: jid("nurse@x"),
            name: Some("<N>".to_owned()),
            groups: ["A", "B"].map(str::to_owned).to_vec(),
        },
        Edit::Put { contact: jid("nurse@x"), name: None, groups: Vec::new() },
        Edit::Remove { contact: jid("nurse@x") },
    ] {
        let set = written(|out| roster::write_set(out, "s", &edit));
        assert_eq!(with_stanza(&set, |stanza| Edit::read(roster::query(stanza).unwrap())), Ok(edit));
    }
    let get = written(|out| roster::write_get(out, "g"));
    assert!(with_stanza(&get, |stanza| matches!(iq::classify(stanza), Iq::Get(_)) && roster::query(stanza).is_some()));
}

#[test]
fn a_request_makes_no_item() {
    let mut roster = Roster::default();
    let contact = jid("romeo@x");
    roster.put_pending(contact.clone(), b"first"[..].into());
    roster.put_pending(contact.clone(), b"second"[..].into());
    assert_eq!(roster.state(contact.as_jid()), State::NonePendingIn);
    assert_eq!(roster.items().len(), 0);
    assert_eq!(roster.remove_pending(contact.as_jid()).unwrap(), b"first"[..]);
    assert_eq!(roster.state(contact.as_jid()), State::None);
}

#[test]
fn p06_show_and_priority() {
    let read = |content: &str| {
        with_stanza(&format!("<presence>{content}</presence>"), Availability::of)
            .map(|availability| (availability.show, availability.priority))
    };
    assert_eq!(read(""), Ok((Show::Online, 0)));
    assert_eq!(read("<show>dnd</show><priority>-128</priority>"), Ok((Show::DoNotDisturb, -128)));
    assert_eq!(read("<show>xa</show><priority> 127\n</priority>"), Ok((Show::ExtendedAway, 127)));
    assert_eq!(read("<show></show><status></status>"), Ok((Show::Online, 0)));
    assert_eq!(read("<show> </show>"), Err(presence::Error::Show));
    assert_eq!(read("<show>Away</show>"), Err(presence::Error::Show));
    assert_eq!(read("<show>online</show>"), Err(presence::Error::Show));
    for priority in ["128", "-129", "", "1.5", "1 2", "٣"] {
        assert_eq!(read(&format!("<priority>{priority}</priority>")), Err(presence::Error::Priority), "{priority}");
    }
    assert_eq!(read("<show xmlns='urn:x'>odd</show>"), Ok((Show::Online, 0)));
    // Between servers.
    let presence = "<presence xmlns='jabber:server'><show>away</show><priority>-1</priority></presence>";
    let availability = with_stanza(presence, Availability::of).unwrap();
    assert_eq!((availability.show, availability.priority), (Show::Away, -1));
}

#[test]
fn presence_is_read_as_it_was_written() {
    let kinds = Verb::ALL.map(presence::Kind::Subscription);
    for kind in kinds.into_iter().chain([presence::Kind::Available, presence::Kind::Unavailable, presence::Kind::Probe])
    {
        let xml = written(|out| presence::write(out, kind, None, Some(jid("a@x/'").as_jid()), Some("1")));
        assert_eq!(with_stanza(&xml, presence::Kind::of), Some(kind));
        assert!(with_stanza(&xml, |stanza| stanza.to().unwrap() == "a@x/'"));
    }
    assert_eq!(with_stanza("<presence type='available'/>", presence::Kind::of), None);
}

#[test]
fn m01_types_of_messages() {
    let kind = |ty: &str| with_stanza(&format!("<message{ty}/>"), message::Kind::of);
    for known in ["normal", "chat", "groupchat", "headline", "error"] {
        assert_eq!(kind(&format!(" type='{known}'")).name(), known);
    }
    assert_eq!(kind(""), message::Kind::Normal);
    assert_eq!(kind(" type='Chat'"), message::Kind::Normal);
}

#[test]
fn m02_body_in_the_language_asked_for() {
    let xml = "<message xml:lang='en'><body xml:lang='cs'>Ahoj</body><body>Hi &amp; <![CDATA[bye]]></body>\
        <body xml:lang='de'>Hallo</body><subject xml:lang='fr'>Sujet</subject>\
        <thread parent='t0'>t1</thread></message>";
    with_stanza(xml, |stanza| {
        let body = |lang| message::body(stanza, lang).unwrap().to_string();
        assert_eq!(body(None), "Hi & bye");
        assert_eq!(body(Some("CS")), "Ahoj");
        assert_eq!(body(Some("it")), "Hi & bye");
        assert_eq!(message::subject(stanza, None).unwrap(), "Sujet");
        let thread = message::thread(stanza).unwrap();
        assert_eq!((&*thread.id, thread.parent.as_deref()), ("t1", Some("t0")));
    });
    assert_eq!(with_stanza("<message/>", |stanza| message::body(stanza, None).map(|body| body.into_owned())), None);
    let foreign = "<message><body xmlns='urn:x'>No</body></message>";
    assert!(with_stanza(foreign, |stanza| message::body(stanza, None).is_none()));
    // Between servers; and what is no stanza at all.
    let body = |xml| with_stanza(xml, |stanza| message::body(stanza, None).map(|body| body.into_owned()));
    assert_eq!(body("<message xmlns='jabber:server'><body>Hi</body></message>").unwrap(), "Hi");
    assert_eq!(body("<message xmlns='urn:x'><body>Hi</body></message>"), None);
    assert_eq!(body("<message xmlns='jabber:server'><body xmlns='jabber:client'>Hi</body></message>"), None);
}

#[test]
fn r06_binding_is_read_as_it_was_written() {
    let resource = |xml: &str| {
        with_stanza(xml, |stanza| bind::Request::read(stanza).map(|request| request.resource.map(|r| r.into_owned())))
    };
    for wanted in [None, Some("a <balcony>")] {
        let request = written(|out| bind::write_request(out, "b", wanted));
        assert_eq!(resource(&request), Some(wanted.map(str::to_owned)));
    }
    let bind = |inner: &str| format!("<iq type='set' id='1'>{inner}</iq>");
    assert_eq!(resource(&bind("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource/></bind>")), Some(None));
    assert_eq!(resource(&bind("<bind xmlns='urn:x'/>")), None);
    assert_eq!(resource("<iq type='get' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"), None);

    let bound = jid("juliet@example.com/<balcony>");
    let result = written(|out| bind::write_result(out, "b", bound.as_jid()));
    assert_eq!(with_stanza(&result, bind::read_result), Ok(bound));
    let result = |jid: &str| {
        let bind = format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{jid}</bind>");
        with_stanza(&format!("<iq type='result' id='1'>{bind}</iq>"), bind::read_result)
    };
    assert_eq!(result("<jid>juliet@example.com</jid>"), Err(StanzaCondition::JidMalformed));
    assert_eq!(result("<jid>@</jid>"), Err(StanzaCondition::JidMalformed));
    assert_eq!(result(""), Err(StanzaCondition::BadRequest));
}
