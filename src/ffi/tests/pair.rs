//! Two connections that talk to each other in memory: a client driven by callbacks, a server by pulled events.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use std::vec::Vec;

use super::*;

/// The client's side as its callbacks see it.
#[derive(Default)]
struct Side {
    wire: Vec<u8>,
    seen: Vec<String>,
    request: u64,
    /// Whether something was sent from inside `write`.
    spoke: bool,
    /// Whether `start_tls` answers at once, as a TLS that needs no round trip would.
    secure_at_once: bool,
}

fn tercet_str_is_none(text: tercet_str) -> bool {
    text.ptr.is_null()
}

/// An element in a draft.
fn tag(writer: *mut tercet_writer, ns: Option<&str>, name: &str, inner: impl FnOnce(*mut tercet_writer)) {
    unsafe { tercet_writer_open(writer, ns.map_or(tercet_str::NONE, str_of), str_of(name)) };
    inner(writer);
    unsafe { tercet_writer_close(writer) };
}

/// Fills a draft and spends it.
fn draft(
    fill: impl FnOnce(*mut tercet_writer),
    spend: impl FnOnce(*mut tercet_writer) -> tercet_result,
) -> tercet_result {
    let writer = made(|out| unsafe { tercet_writer_new(out) });
    fill(writer);
    let spent = spend(writer);
    unsafe { tercet_writer_free(writer) };
    spent
}

fn attr(writer: *mut tercet_writer, name: &str, value: tercet_str) {
    unsafe { tercet_writer_attr(writer, str_of(name), value) };
}

unsafe extern "C" fn write(user: *mut c_void, conn: *mut tercet_conn, data: *const u8, len: usize) -> usize {
    let side = unsafe { &mut *user.cast::<Side>() };
    if !tercet_str_is_none(unsafe { tercet_conn_jid(conn) }) && !side.spoke {
        side.spoke = true;
        assert_eq!(
            draft(|writer| tag(writer, None, "presence", |_| {}), |writer| unsafe { tercet_conn_send(conn, writer) }),
            TERCET_OK
        );
    }
    // A transport that takes little at a time.
    let len = len.min(100);
    side.wire.extend_from_slice(unsafe { core::slice::from_raw_parts(data, len) });
    len
}

unsafe extern "C" fn start_tls(user: *mut c_void, conn: *mut tercet_conn, _: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    side.seen.push("start_tls".into());
    if side.secure_at_once { unsafe { tercet_conn_secured(conn) } } else { TERCET_OK }
}

unsafe fn message(conn: *mut tercet_conn, to: tercet_str, body: tercet_str) -> tercet_result {
    draft(
        |writer| {
            tag(writer, None, "message", |writer| {
                attr(writer, "to", to);
                tag(writer, None, "body", |writer| unsafe { tercet_writer_text(writer, body) });
            });
        },
        |writer| unsafe { tercet_conn_send(conn, writer) },
    )
}

unsafe extern "C" fn bound(user: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    unsafe {
        side.seen.push(std::format!("bound {}", text_of((*event).jid).unwrap()));
        assert_eq!(text_of(tercet_conn_jid(conn)), text_of((*event).jid));
        let asked = draft(
            |writer| tag(writer, Some("jabber:iq:roster"), "query", |_| {}),
            |writer| tercet_conn_request(conn, TERCET_REQUEST_GET, tercet_str::NONE, writer, &raw mut side.request),
        );
        assert_eq!(asked, TERCET_OK);
        message(conn, (*event).jid, str_of("R&J"))
    }
}

unsafe extern "C" fn stanza(user: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    let mut body = tercet_element::NONE;
    let mut text = tercet_str::NONE;
    unsafe {
        let root = (*event).stanza.root;
        if (*event).stanza.kind == TERCET_UNIT_IQ {
            assert_eq!(tercet_conn_reply_error(conn, str_of("forbidden"), tercet_str::NONE), TERCET_OK);
            return TERCET_OK;
        }
        assert_eq!(tercet_element_child(root, str_of("jabber:client"), str_of("body"), &raw mut body), TERCET_OK);
        assert_eq!(tercet_element_text(body, &raw mut text), TERCET_OK);
        side.seen.push(std::format!("message {}", text_of(text).unwrap()));
        tercet_conn_close(conn)
    }
}

unsafe extern "C" fn response(user: *mut c_void, _: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    let mut query = tercet_element::NONE;
    unsafe {
        assert_eq!((*event).token, side.request);
        let (ns, name) = (str_of("jabber:iq:roster"), str_of("query"));
        let found = tercet_element_child((*event).stanza.root, ns, name, &raw mut query);
        side.seen.push(std::format!("response {found}"));
    }
    TERCET_OK
}

unsafe extern "C" fn roster_push(user: *mut c_void, _: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    let raw = text_of(unsafe { (*event).stanza.raw }).unwrap();
    assert!(raw.contains("juliet@example.com"), "{raw}");
    side.seen.push("roster push".into());
    TERCET_OK
}

unsafe extern "C" fn closed(user: *mut c_void, _: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    let by_peer = unsafe { (*event).flags } & TERCET_FLAG_BY_PEER != 0;
    side.seen.push(std::format!("closed by {}", if by_peer { "peer" } else { "us" }));
    TERCET_OK
}

/// What the server says to each of its events, now or later.
fn serve(server: *mut tercet_conn, event: &tercet_event, keys: &str, later: &mut Vec<u64>, seen: &mut Vec<String>) {
    let jid = text_of(event.jid).unwrap_or_default();
    unsafe {
        match event.kind {
            TERCET_EVENT_CREDENTIALS => {
                seen.push(std::format!("credentials {jid}"));
                later.push(event.token);
                let mut none = MaybeUninit::uninit();
                assert_eq!(tercet_conn_poll(server, 0, none.as_mut_ptr()), TERCET_NEED_MORE, "input waits");
                assert_eq!(tercet_conn_answer(server, event.token + 1, TERCET_ANSWER_NO_ACCOUNT), TERCET_ERR_STALE);
                let text = [str_of(keys)];
                assert_eq!(tercet_conn_answer_keys(server, event.token, text.as_ptr(), 1), TERCET_OK);
                assert!(tercet_conn_wants_poll(server));
            }
            TERCET_EVENT_RESOURCE => {
                assert_eq!(event.flags, TERCET_FLAG_CHOSEN);
                seen.push(std::format!("resource {jid}"));
                assert_eq!(tercet_conn_answer_resource(server, event.token, str_of("balcony")), TERCET_OK);
            }
            TERCET_EVENT_AUTHENTICATED => seen.push(std::format!("authenticated {jid}")),
            TERCET_EVENT_BOUND => {
                seen.push(std::format!("bound {jid}"));
                // A request that the client is to refuse, and a change of its roster.
                let request = |id, kind, fill: &dyn Fn(*mut tercet_writer)| {
                    let iq = |writer| {
                        tag(writer, None, "iq", |writer| {
                            attr(writer, "type", str_of(kind));
                            attr(writer, "id", str_of(id));
                            fill(writer);
                        });
                    };
                    assert_eq!(draft(iq, |writer| tercet_conn_send(server, writer)), TERCET_OK);
                };
                request("q", "get", &|writer| tag(writer, Some("urn:q"), "q", |_| {}));
                let roster = Some("jabber:iq:roster");
                request("r", "set", &|writer| {
                    tag(writer, roster, "query", |writer| {
                        tag(writer, roster, "item", |writer| attr(writer, "jid", str_of("juliet@example.com")));
                    });
                });
            }
            TERCET_EVENT_STANZA if event.stanza.kind == TERCET_UNIT_PRESENCE => seen.push("presence".into()),
            TERCET_EVENT_STANZA if event.stanza.kind == TERCET_UNIT_IQ => {
                let kind = text_of(event.stanza.r#type).unwrap();
                if kind == "get" {
                    let query = |writer| tag(writer, Some("jabber:iq:roster"), "query", |_| {});
                    assert_eq!(draft(query, |writer| tercet_conn_reply_result(server, writer)), TERCET_OK);
                }
                if kind == "error" {
                    assert!(text_of(event.stanza.raw).unwrap().contains("<forbidden"));
                }
                seen.push(std::format!("iq {kind}"));
            }
            TERCET_EVENT_STANZA => {
                // Sent back as it came.
                let mut body = tercet_element::NONE;
                let mut text = tercet_str::NONE;
                let (ns, name) = (str_of("jabber:client"), str_of("body"));
                assert_eq!(tercet_element_child(event.stanza.root, ns, name, &raw mut body), TERCET_OK);
                assert_eq!(tercet_element_text(body, &raw mut text), TERCET_OK);
                assert_eq!(message(server, event.stanza.to, text), TERCET_OK);
            }
            TERCET_EVENT_START_TLS => seen.push("start_tls".into()),
            TERCET_EVENT_CLOSED => seen.push("closed".into()),
            _ => {}
        }
    }
}

/// Pulls all events of the server and takes its output.
fn pull(server: *mut tercet_conn, octets: &[u8], keys: &str, seen: &mut Vec<String>) -> String {
    let mut event = MaybeUninit::<tercet_event>::uninit();
    let mut later = Vec::new();
    unsafe {
        assert_eq!(tercet_conn_recv(server, octets.as_ptr(), octets.len()), TERCET_OK);
        loop {
            match tercet_conn_poll(server, 0, event.as_mut_ptr()) {
                TERCET_OK => serve(server, &event.assume_init(), keys, &mut later, seen),
                TERCET_NEED_MORE => break,
                other => panic!("{:?}", core::ffi::CStr::from_ptr(tercet_result_str(other))),
            }
        }
        for token in later {
            assert_eq!(tercet_conn_answer(server, token, TERCET_ANSWER_NO_ACCOUNT), TERCET_ERR_STALE, "answered");
        }
    }
    output(server)
}

pub(super) fn keys() -> String {
    let mut buffer = [0_u8; TERCET_KEYS_BYTES];
    let mut written = 0;
    unsafe {
        let (mechanism, password) = (str_of("SCRAM-SHA-256"), str_of("jul13t"));
        let small = tercet_keys_derive(mechanism, password, buffer.as_mut_ptr().cast(), 10, &raw mut written);
        assert_eq!((small, written), (TERCET_ERR_SPACE, 0));
        let capacity = buffer.len();
        let made = tercet_keys_derive(mechanism, password, buffer.as_mut_ptr().cast(), capacity, &raw mut written);
        assert_eq!(made, TERCET_OK);
        assert_eq!(
            tercet_keys_derive(str_of("PLAIN"), password, buffer.as_mut_ptr().cast(), capacity, &raw mut written),
            TERCET_ERR_ARGUMENT
        );
    }
    String::from_utf8(buffer[..written].to_vec()).unwrap()
}

fn converse(secure_at_once: bool) {
    let (client, server, keys) = (client(), server(), keys());
    let mut side = Side { secure_at_once, ..Side::default() };
    let mut seen = Vec::new();
    let callbacks = tercet_callbacks {
        write: Some(write),
        start_tls: Some(start_tls),
        bound: Some(bound),
        stanza: Some(stanza),
        response: Some(response),
        roster_push: Some(roster_push),
        closed: Some(closed),
        ..tercet_callbacks::NONE
    };
    let mut said = String::new();
    for _ in 0..200 {
        let user = (&raw mut side).cast();
        let driven = unsafe { tercet_conn_drive(client, &raw const callbacks, user, said.as_ptr(), said.len(), 0) };
        assert_eq!(driven, TERCET_OK);
        if side.seen == ["start_tls"] && !secure_at_once {
            unsafe { assert_eq!(tercet_conn_secured(client), TERCET_OK) };
            side.seen.push("secured".into());
        }
        if unsafe { tercet_conn_is_over(client) } {
            break;
        }
        let asked = seen.iter().filter(|event| *event == "start_tls").count();
        let heard = core::mem::take(&mut side.wire);
        said = pull(server, &heard, &keys, &mut seen);
        if asked == 0 && seen.iter().any(|event| event == "start_tls") {
            unsafe { assert_eq!(tercet_conn_secured(server), TERCET_OK) };
        }
    }
    let mut expected = std::vec![
        "start_tls",
        "bound romeo@example.net/balcony",
        "roster push",
        "response 0",
        "message R&J",
        "closed by us",
    ];
    if !secure_at_once {
        expected.insert(1, "secured");
    }
    assert_eq!(side.seen, expected);
    let expected = [
        "start_tls",
        "credentials romeo@example.net",
        "authenticated romeo@example.net",
        "resource romeo@example.net/orchard",
        "bound romeo@example.net/balcony",
        "iq get",
        "presence",
        "closed",
    ];
    assert!(["iq error", "iq result"].iter().all(|kind| seen.iter().any(|seen| seen == kind)), "{seen:?}");
    let positions = expected.map(|event| seen.iter().position(|seen| seen == event));
    assert!(positions.iter().all(Option::is_some) && positions.is_sorted(), "{seen:?}");
    unsafe {
        assert_eq!(tercet_conn_recv(client, b" ".as_ptr(), 1), TERCET_ERR_CLOSED);
        assert_eq!(tercet_conn_eof(client), TERCET_OK);
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

#[test]
fn a_conversation_where_tls_is_up_within_the_callback() {
    converse(true);
}

#[test]
fn a_conversation_where_tls_is_up_later() {
    converse(false);
}

#[test]
fn without_a_callback_for_tls_nothing_is_said_in_clear() {
    let (client, server) = (client(), server());
    let mut side = Side::default();
    let callbacks = tercet_callbacks { write: Some(write), ..tercet_callbacks::NONE };
    let mut said = String::new();
    let outcome = (0..20).find_map(|_| {
        let user = (&raw mut side).cast();
        let driven = unsafe { tercet_conn_drive(client, &raw const callbacks, user, said.as_ptr(), said.len(), 0) };
        said = pull(server, &core::mem::take(&mut side.wire), "", &mut Vec::new());
        (driven != TERCET_OK).then_some(driven)
    });
    assert_eq!(outcome, Some(TERCET_ERR_TLS));
    let mut error = MaybeUninit::<tercet_error>::uninit();
    unsafe {
        tercet_conn_last_error(client, error.as_mut_ptr());
        assert_eq!(error.assume_init().result, TERCET_ERR_TLS);
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

#[test]
fn garbage_ends_a_connection_and_the_peer_is_told() {
    let server = server();
    let mut event = MaybeUninit::<tercet_event>::uninit();
    unsafe {
        assert_eq!(tercet_conn_recv(server, b"\xff".as_ptr(), 1), TERCET_OK);
        for _ in 0..2 {
            assert_eq!(tercet_conn_poll(server, 0, event.as_mut_ptr()), TERCET_ERR_SYNTAX);
        }
        let mut error = MaybeUninit::<tercet_error>::uninit();
        tercet_conn_last_error(server, error.as_mut_ptr());
        let error = error.assume_init();
        assert_eq!((error.result, error.offset), (TERCET_ERR_SYNTAX, 0));
        assert!(!text_of(error.message).unwrap().is_empty());
        assert!(output(server).contains("<stream:error>"));
        assert!(tercet_conn_is_over(server));
        assert_eq!(tercet_conn_eof(server), TERCET_ERR_SYNTAX);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

#[test]
fn deadlines_are_told_and_kept() {
    let client = client();
    let mut event = MaybeUninit::<tercet_event>::uninit();
    unsafe {
        assert_eq!(tercet_conn_deadline(client), TERCET_NEVER);
        assert_eq!(tercet_conn_poll(client, 1_000, event.as_mut_ptr()), TERCET_NEED_MORE);
        assert_eq!(tercet_conn_deadline(client), 61_000);
        assert_eq!(tercet_conn_poll(client, 60_999, event.as_mut_ptr()), TERCET_NEED_MORE);
        assert_eq!(tercet_conn_poll(client, 61_000, event.as_mut_ptr()), TERCET_ERR_TIMEOUT);
        assert_eq!(tercet_conn_free(client), TERCET_OK);
    }
}

unsafe extern "C" fn refused(user: *mut c_void, _: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let side = unsafe { &mut *user.cast::<Side>() };
    side.seen.push(text_of(unsafe { (*event).condition }).unwrap());
    TERCET_OK
}

#[test]
fn a_server_without_callbacks_knows_nobody() {
    let (client, server) = unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net"), str_of("jul13t"), out));
        assert_eq!(tercet_client_config_set_tls(config, TERCET_TLS_DISABLED), TERCET_OK);
        let client = made(|out| tercet_client_new(config, out));
        tercet_client_config_free(config);
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, TERCET_TLS_OPTIONAL), TERCET_OK);
        let server = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        (client, server)
    };
    let mut sides = [Side { spoke: true, ..Side::default() }, Side { spoke: true, ..Side::default() }];
    let callbacks = tercet_callbacks { write: Some(write), refused: Some(refused), ..tercet_callbacks::NONE };
    let outcome = (0..100).find_map(|turn| {
        let (conn, here, there) = if turn % 2 == 0 { (client, 0, 1) } else { (server, 1, 0) };
        let heard = core::mem::take(&mut sides[there].wire);
        let user = (&raw mut sides[here]).cast();
        let driven = unsafe { tercet_conn_drive(conn, &raw const callbacks, user, heard.as_ptr(), heard.len(), 0) };
        (driven != TERCET_OK).then_some((conn, driven))
    });
    assert_eq!(outcome, Some((client, TERCET_ERR_LOGIN)));
    assert_eq!(sides[1].seen, ["not-authorized"]);
    unsafe {
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

#[test]
fn a_server_says_why_it_goes() {
    let server = server();
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    pull(server, header.as_bytes(), "", &mut Vec::new());
    unsafe { assert_eq!(tercet_conn_close_with(server, str_of("system-shutdown")), TERCET_OK) };
    let said = output(server);
    assert!(said.contains("<system-shutdown") && said.ends_with("</stream:stream>"), "{said}");
    unsafe { assert_eq!(tercet_conn_free(server), TERCET_OK) };
}

/// Octets in clear that were handed over after the turn to TLS, and not worked on before it is up.
#[test]
fn octets_in_clear_do_not_pass_for_octets_under_tls() {
    const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    let server = server();
    let starttls = [HEADER, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"].concat();
    unsafe {
        let mut event = MaybeUninit::<tercet_event>::uninit();
        assert_eq!(tercet_conn_recv(server, starttls.as_ptr(), starttls.len()), TERCET_OK);
        while tercet_conn_poll(server, 0, event.as_mut_ptr()) == TERCET_OK
            && event.assume_init().kind != TERCET_EVENT_START_TLS
        {}
        assert_eq!(event.assume_init().kind, TERCET_EVENT_START_TLS);
        assert_eq!(tercet_conn_recv(server, HEADER.as_ptr(), HEADER.len()), TERCET_OK);
        assert_eq!(tercet_conn_secured(server), TERCET_ERR_PROTOCOL);
        assert!(tercet_conn_is_over(server));
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

/// Said at the wrong time, that TLS is up leaves the stanza that is lent.
#[test]
fn what_is_lent_outlives_a_word_of_tls_that_nobody_awaits() {
    let server = bound_server();
    let text = "x".repeat(5_000);
    let said = format!("<message to='juliet@example.net'><body>{text}</body></message>");
    unsafe {
        let mut event = MaybeUninit::<tercet_event>::uninit();
        assert_eq!(tercet_conn_recv(server, said.as_ptr(), said.len()), TERCET_OK);
        assert_eq!(tercet_conn_poll(server, 0, event.as_mut_ptr()), TERCET_OK);
        assert_eq!(tercet_conn_secured(server), TERCET_ERR_NOT_AWAITING_TLS);
        let stanza = event.assume_init().stanza;
        assert_eq!(text_of(stanza.raw).as_deref(), Some(said.as_str()));
        assert_eq!(text_of(tercet_element_name(stanza.root)).as_deref(), Some("message"));
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

/// The buffer grows, and may move, while a text in it is read.
#[test]
fn output_is_not_made_of_itself() {
    let server = bound_server();
    let said = "<message/>";
    unsafe {
        let mut event = MaybeUninit::<tercet_event>::uninit();
        assert_eq!(tercet_conn_deliver(server, str_of(said)), TERCET_OK);
        assert_eq!(tercet_conn_recv(server, said.as_ptr(), said.len()), TERCET_OK);
        assert_eq!(tercet_conn_poll(server, 0, event.as_mut_ptr()), TERCET_OK);
        let (mut data, mut len) = (core::ptr::null(), 0);
        assert_eq!(tercet_conn_output(server, &raw mut data, &raw mut len), TERCET_OK);
        let own = tercet_str { ptr: data.cast(), len };
        let (root, none) = (event.assume_init().stanza.root, tercet_str::NONE);
        assert_eq!(tercet_conn_deliver(server, own), TERCET_ERR_ARGUMENT);
        for [from, to, lang] in [[own, none, none], [none, own, none], [none, none, own]] {
            assert_eq!(tercet_conn_forward(server, root, from, to, lang), TERCET_ERR_ARGUMENT);
        }
        assert_eq!(tercet_conn_reply_error(server, str_of("bad-request"), own), TERCET_ERR_ARGUMENT);
        assert_eq!(output(server), said);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}
