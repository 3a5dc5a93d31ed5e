//! Stanzas that are kept, copied and passed on.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use std::vec::Vec;

use super::super::boundary::{alone, with};
use super::views::{HEADER, feed, lent, next, texts};
use super::*;

const SHOUT: &str = "<message to='a&amp;b' id='7'><body>R &amp; <![CDATA[<J>]]></body>\
    <p:x xmlns:p='urn:x' p:k='&lt;' xml:lang='la'><y xmlns=''/></p:x></message>";

/// A server's connection, hand-fed, with a session bound to romeo@example.net/orchard, and nothing in its output.
pub(super) fn session() -> *mut tercet_conn {
    const START: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        xmlns:p='urn:p' to='example.net' version='1.0'>";
    let conn = unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, TERCET_TLS_DIRECT), TERCET_OK);
        let conn = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        conn
    };
    let login = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>";
    let bind =
        "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>orchard</resource></bind></iq>";
    for said in [START, login, START, bind] {
        for event in events(conn, said) {
            let answered = match event.kind {
                TERCET_EVENT_CREDENTIALS => unsafe { tercet_conn_answer_password(conn, event.token, str_of("jul13t")) },
                TERCET_EVENT_RESOURCE => unsafe { tercet_conn_answer(conn, event.token, TERCET_ANSWER_ACCEPT) },
                _ => TERCET_OK,
            };
            assert_eq!(answered, TERCET_OK);
        }
        events(conn, "");
    }
    assert_eq!(text_of(unsafe { tercet_conn_jid(conn) }).unwrap(), "romeo@example.net/orchard");
    output(conn);
    conn
}

/// What comes of octets; the views of the last event alone are good.
fn events(conn: *mut tercet_conn, said: &str) -> Vec<tercet_event> {
    assert_eq!(unsafe { tercet_conn_recv(conn, said.as_ptr(), said.len()) }, TERCET_OK);
    let mut event = MaybeUninit::<tercet_event>::uninit();
    let mut events = Vec::new();
    loop {
        match unsafe { tercet_conn_poll(conn, 0, event.as_mut_ptr()) } {
            TERCET_OK => events.push(unsafe { event.assume_init() }),
            TERCET_NEED_MORE => return events,
            other => panic!("{other}"),
        }
    }
}

/// The one stanza that comes of octets, lent.
fn stanza_of(conn: *mut tercet_conn, said: &str) -> tercet_stanza {
    assert_eq!(unsafe { tercet_conn_recv(conn, said.as_ptr(), said.len()) }, TERCET_OK);
    let mut event = MaybeUninit::<tercet_event>::uninit();
    assert_eq!(unsafe { tercet_conn_poll(conn, 0, event.as_mut_ptr()) }, TERCET_OK);
    let event = unsafe { event.assume_init() };
    assert_eq!(event.kind, TERCET_EVENT_STANZA);
    event.stanza
}

pub(super) fn detach(stanza: tercet_element) -> Result<*mut tercet_owned, tercet_result> {
    let mut owned = ptr::null_mut();
    match unsafe { tercet_stanza_detach(stanza, &raw mut owned) } {
        TERCET_OK => Ok(owned),
        other => {
            assert!(owned.is_null(), "nothing is put out on failure");
            Err(other)
        }
    }
}

fn forward(conn: *mut tercet_conn, stanza: tercet_element, from: Option<&str>, to: Option<&str>) -> tercet_result {
    let text = |text: Option<&str>| text.map_or(tercet_str::NONE, str_of);
    unsafe { tercet_conn_forward(conn, stanza, text(from), text(to), tercet_str::NONE) }
}

#[test]
fn a_kept_stanza_outlives_its_parser() {
    let (parser, stanza) = lent(SHOUT);
    let owned = detach(stanza.root).unwrap();
    assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
    unsafe { tercet_parser_free(parser) };
    let view = || {
        let mut kept = MaybeUninit::<tercet_stanza>::uninit();
        assert_eq!(unsafe { tercet_owned_stanza(owned, kept.as_mut_ptr()) }, TERCET_OK);
        unsafe { kept.assume_init() }
    };
    let kept = view();
    assert_eq!((kept.kind, kept.ns_id, kept.name_id), (TERCET_UNIT_MESSAGE, stanza.ns_id, stanza.name_id));
    assert_eq!(text_of(kept.raw).unwrap(), SHOUT);
    assert_eq!(text_of(kept.to).unwrap(), "a&b");
    assert_eq!(text_of(kept.from), None);
    let mut body = tercet_element::NONE;
    unsafe {
        assert_eq!(tercet_element_child(kept.root, str_of("jabber:client"), str_of("body"), &raw mut body), TERCET_OK);
    }
    assert_eq!(texts(body).unwrap(), "R & <J>");
    assert_eq!(view().to.ptr, kept.to.ptr, "decoded once");

    let again = detach(kept.root).unwrap();
    unsafe { tercet_owned_free(owned) };
    let mut kept = MaybeUninit::<tercet_stanza>::uninit();
    unsafe {
        assert_eq!(tercet_owned_stanza(again, kept.as_mut_ptr()), TERCET_OK);
        assert_eq!(text_of(kept.assume_init().raw).unwrap(), SHOUT);
        tercet_owned_free(again);
    }
}

#[test]
fn only_whole_stanzas_are_kept_and_sent_on() {
    let conn = session();
    let parser = parser();
    feed(parser, HEADER);
    let header = next(parser).unwrap();
    assert_eq!(detach(header.root).unwrap_err(), TERCET_ERR_ARGUMENT);
    assert_eq!(forward(conn, header.root, None, None), TERCET_ERR_ARGUMENT);
    feed(parser, "<message><body/></message>");
    let stanza = next(parser).unwrap();
    let mut iter = tercet_iterate(stanza.root);
    let mut node = MaybeUninit::<tercet_node>::uninit();
    assert_eq!(unsafe { tercet_children_next(&raw mut iter, node.as_mut_ptr()) }, TERCET_OK);
    let body = unsafe { node.assume_init() }.element;
    assert_eq!(detach(body).unwrap_err(), TERCET_ERR_ARGUMENT);
    assert_eq!(forward(conn, body, None, None), TERCET_ERR_ARGUMENT);
    assert_eq!(unsafe { tercet_stanza_detach(stanza.root, ptr::null_mut()) }, TERCET_ERR_NULL);
    assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
    assert_eq!(detach(stanza.root).unwrap_err(), TERCET_ERR_STALE);
    assert_eq!(forward(conn, stanza.root, None, None), TERCET_ERR_STALE);
    assert_eq!(output(conn), "", "nothing was sent");
    unsafe {
        tercet_parser_free(parser);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn a_stanza_goes_on_with_other_addresses() {
    let conn = session();
    let (parser, stanza) = lent(SHOUT);
    assert_eq!(forward(conn, stanza.root, Some("a'<@b"), Some("c@d")), TERCET_OK);
    let expected = SHOUT.replace("<message to='a&amp;b'", "<message from='a&apos;&lt;@b' to='c@d'");
    assert_eq!(output(conn), expected);
    let owned = detach(stanza.root).unwrap();
    let mut kept = MaybeUninit::<tercet_stanza>::uninit();
    unsafe {
        tercet_parser_free(parser);
        assert_eq!(tercet_owned_stanza(owned, kept.as_mut_ptr()), TERCET_OK);
        assert_eq!(forward(conn, kept.assume_init().root, None, None), TERCET_OK);
        assert_eq!(output(conn), SHOUT);
        let broken = tercet_str { ptr: b"\xff".as_ptr().cast(), len: 1 };
        let (root, none) = (kept.assume_init().root, tercet_str::NONE);
        assert_eq!(tercet_conn_forward(conn, root, broken, none, none), TERCET_ERR_UTF8);
        assert_eq!(forward(conn, root, None, Some("\u{1}")), TERCET_ERR_WRITE);
        assert_eq!(tercet_conn_forward(conn, root, none, none, str_of("\u{1}")), TERCET_ERR_WRITE);
        assert_eq!(output(conn), "", "nothing was sent");
        assert_eq!(tercet_conn_forward(conn, root, none, none, str_of("de")), TERCET_OK);
        assert!(output(conn).starts_with("<message xml:lang='de' "), "the language of the stream that it came on");
        tercet_owned_free(owned);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn a_connection_may_be_sent_its_own_stanza() {
    let conn = session();
    let stanza = stanza_of(conn, "<message id='1'><p:e/></message>");
    // What waits in the output stays in front.
    let said = text_of(stanza.raw).unwrap();
    assert_eq!(unsafe { tercet_conn_deliver(conn, stanza.raw) }, TERCET_OK);
    assert_eq!(forward(conn, stanza.root, Some("romeo@example.net/orchard"), None), TERCET_OK);
    assert_eq!(
        output(conn),
        [&said, "<message xmlns:p='urn:p' from='romeo@example.net/orchard' id='1'><p:e/></message>"].concat()
    );
    assert_eq!(text_of(unsafe { tercet_element_name(stanza.root) }).unwrap(), "message", "still lent");
    assert_eq!(unsafe { tercet_conn_free(conn) }, TERCET_OK);
}

#[test]
fn a_stanza_of_a_servers_stream_is_written_anew() {
    let conn = session();
    let parser = parser();
    feed(parser, &HEADER.replace("jabber:client", "jabber:server"));
    next(parser).unwrap();
    feed(parser, "<iq type='get' id='1'><q xmlns='urn:q'/></iq><stream:other/>");
    assert_eq!(forward(conn, next(parser).unwrap().root, None, Some("c@d")), TERCET_OK);
    assert_eq!(output(conn), "<iq type='get' id='1' to='c@d'><q xmlns='urn:q'/></iq>");
    assert_eq!(forward(conn, next(parser).unwrap().root, None, None), TERCET_ERR_WRITE, "its name has a prefix");
    unsafe {
        tercet_parser_free(parser);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn nothing_is_passed_on_before_a_session_or_behind_one() {
    let (conn, fresh) = (session(), server());
    let (parser, stanza) = lent("<message/>");
    let deliver = |conn| unsafe { tercet_conn_deliver(conn, str_of("<presence/>")) };
    assert_eq!((deliver(fresh), forward(fresh, stanza.root, None, None)), (TERCET_ERR_NOT_BOUND, TERCET_ERR_NOT_BOUND));
    assert_eq!(unsafe { tercet_conn_deliver(conn, tercet_str { ptr: ptr::null(), len: 3 }) }, TERCET_ERR_NULL);
    assert_eq!(deliver(conn), TERCET_OK);
    assert_eq!(unsafe { tercet_conn_close(conn) }, TERCET_OK);
    assert_eq!((deliver(conn), forward(conn, stanza.root, None, None)), (TERCET_ERR_CLOSED, TERCET_ERR_CLOSED));
    assert_eq!(output(conn), "<presence/></stream:stream>");
    unsafe {
        tercet_parser_free(parser);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
        assert_eq!(tercet_conn_free(fresh), TERCET_OK);
    }
}

unsafe extern "C" fn echo(user: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    let kept = unsafe { &mut *user.cast::<Vec<*mut tercet_owned>>() };
    let root = unsafe { (*event).stanza.root };
    kept.push(detach(root).unwrap());
    assert_eq!(unsafe { tercet_conn_deliver(conn, str_of("<presence/>")) }, TERCET_OK);
    forward(conn, root, Some("x@y"), None)
}

#[test]
fn a_callback_may_keep_and_pass_on() {
    let conn = session();
    let mut kept: Vec<*mut tercet_owned> = Vec::new();
    let callbacks = tercet_callbacks { stanza: Some(echo), ..tercet_callbacks::NONE };
    let said = "<message><body>1</body></message><message/>";
    unsafe {
        let user = (&raw mut kept).cast();
        let driven = tercet_conn_drive(conn, &raw const callbacks, user, said.as_ptr(), said.len(), 0);
        assert_eq!(driven, TERCET_OK);
    }
    let expected = "<presence/><message from='x@y'><body>1</body></message><presence/><message from='x@y'/>";
    assert_eq!(output(conn), expected);
    assert_eq!(kept.len(), 2);
    unsafe {
        for owned in kept {
            tercet_owned_free(owned);
        }
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn handles_out_of_order_say_so() {
    let (conn, broken) = (session(), session());
    let (parser, stanza) = lent("<message/>");
    let owned = detach(stanza.root).unwrap();
    let mut kept = MaybeUninit::<tercet_stanza>::uninit();
    unsafe {
        assert_eq!(
            alone(broken, |_| -> Result<(), _> { panic!("this message belongs to a test") }),
            Err(TERCET_ERR_PANIC)
        );
        assert_eq!(forward(broken, stanza.root, None, None), TERCET_ERR_POISONED);
        assert_eq!(tercet_conn_deliver(broken, str_of("")), TERCET_ERR_POISONED);

        // A fault in the looking: the output is where it was.
        assert_eq!(tercet_conn_deliver(conn, str_of("<presence/>")), TERCET_OK);
        assert_eq!(
            with(parser, |_| -> Result<(), _> { panic!("this message belongs to a test") }),
            Err(TERCET_ERR_PANIC)
        );
        assert_eq!(forward(conn, stanza.root, None, None), TERCET_ERR_POISONED);
        assert_eq!(output(conn), "<presence/>");
        let mut none = ptr::null_mut();
        assert_eq!(tercet_stanza_detach(stanza.root, &raw mut none), TERCET_ERR_POISONED);

        assert_eq!(
            with(owned, |_| -> Result<(), _> { panic!("this message belongs to a test") }),
            Err(TERCET_ERR_PANIC)
        );
        assert_eq!(tercet_owned_stanza(owned, kept.as_mut_ptr()), TERCET_ERR_POISONED);
        tercet_owned_free(owned);
        tercet_parser_free(parser);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
        assert_eq!(tercet_conn_free(broken), TERCET_OK);
    }
}

#[test]
fn a_draft_takes_copies_of_what_was_received() {
    let (parser, stanza) = lent(SHOUT);
    let mut text = tercet_str::NONE;
    unsafe {
        let writer = made(|out| tercet_writer_new(out));
        tercet_writer_open(writer, str_of("urn:xmpp:forward:0"), str_of("forwarded"));
        tercet_writer_copy(writer, stanza.root);
        tercet_writer_close(writer);
        // The copy is the draft's own.
        assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_OK);
        let written = text_of(text).unwrap();
        let expected = "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' to='a&amp;b' id='7'>\
            <body>R &amp; &lt;J&gt;</body><x xmlns='urn:x' xmlns:ns1='urn:x' ns1:k='&lt;' xml:lang='la'>\
            <y xmlns=''/></x></message></forwarded>";
        assert_eq!(written, expected);

        tercet_writer_copy(writer, stanza.root);
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_ERR_STALE);
        tercet_writer_clear(writer);
        tercet_writer_copy(writer, tercet_element::NONE);
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_ERR_NULL);
        tercet_writer_copy(ptr::null_mut(), stanza.root);
        tercet_writer_free(writer);
        tercet_parser_free(parser);
    }
}

#[test]
fn memory_in_use_is_what_was_taken() {
    let (parser, stanza) = lent(SHOUT);
    let mut owned = ptr::null_mut();
    let taken = |work: &mut dyn FnMut()| usize::try_from(allocation_counter::measure(work).bytes_current).unwrap();
    let detached = taken(&mut || owned = detach(stanza.root).unwrap());
    let memory = unsafe { tercet_owned_memory(owned) };
    assert_eq!(memory, detached);
    let mut kept = MaybeUninit::<tercet_stanza>::uninit();
    let seen = taken(&mut || assert_eq!(unsafe { tercet_owned_stanza(owned, kept.as_mut_ptr()) }, TERCET_OK));
    assert!(seen > 0, "an address is decoded");
    assert_eq!(unsafe { tercet_owned_memory(owned) }, memory + seen);

    let mut read = None;
    let handles = taken(&mut || read = Some(lent(SHOUT).0));
    assert_eq!(unsafe { tercet_parser_memory(read.unwrap()) }, handles);
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        let mut conn = ptr::null_mut();
        let fresh = taken(&mut || conn = made(|out| tercet_server_new(config, out)));
        assert_eq!(tercet_conn_memory(conn), fresh);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
        tercet_server_config_free(config);
        tercet_parser_free(read.unwrap());
        tercet_parser_free(parser);
        tercet_owned_free(owned);
        assert_eq!(tercet_owned_memory(ptr::null_mut()), 0);
    }
}
