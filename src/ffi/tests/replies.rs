//! What is said in a session: drafts, replies, and how long input waits for output.

use core::mem::MaybeUninit;

use super::*;

/// The next event.
fn poll(conn: *mut tercet_conn) -> Result<tercet_event, tercet_result> {
    let mut event = MaybeUninit::<tercet_event>::uninit();
    match unsafe { tercet_conn_poll(conn, 0, event.as_mut_ptr()) } {
        TERCET_OK => Ok(unsafe { event.assume_init() }),
        other => Err(other),
    }
}

fn say(conn: *mut tercet_conn, text: &str) {
    assert_eq!(unsafe { tercet_conn_recv(conn, text.as_ptr(), text.len()) }, TERCET_OK);
}

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
    to='example.net' version='1.0'>";
const ASKED: &str = "<iq type='get' id='q'><query xmlns='urn:example'/></iq>";

#[test]
fn a_request_is_answered_once() {
    let conn = bound_server();
    let (none, draft) = (tercet_str::NONE, ptr::null_mut());
    unsafe {
        say(conn, ASKED);
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_STANZA);
        assert_eq!(tercet_conn_reply_result(conn, draft), TERCET_OK);
        assert_eq!(tercet_conn_reply_result(conn, draft), TERCET_ERR_STALE);
        assert_eq!(tercet_conn_reply_error(conn, str_of("forbidden"), none), TERCET_ERR_STALE);
        assert_eq!(output(conn), "<iq type='result' id='q'/>");

        // The next one is another.
        say(conn, ASKED);
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_STANZA);
        assert_eq!(tercet_conn_reply_error(conn, str_of("forbidden"), none), TERCET_OK);
        assert_eq!(tercet_conn_reply_result(conn, draft), TERCET_ERR_STALE);
        assert_eq!(output(conn).matches("<iq").count(), 1);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn what_asks_for_nothing_has_no_result() {
    let conn = bound_server();
    for text in ["<message/>", "<message type='get'/>", "<presence/>", "<iq type='result' id='r'/>"] {
        say(conn, text);
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_STANZA);
        assert_eq!(unsafe { tercet_conn_reply_result(conn, ptr::null_mut()) }, TERCET_ERR_ARGUMENT, "{text}");
    }
    assert_eq!(output(conn), "");
    assert_eq!(unsafe { tercet_conn_free(conn) }, TERCET_OK);
}

#[test]
fn a_draft_that_could_not_be_sent_is_kept() {
    let (early, conn) = (server(), bound_server());
    let draft = made(|out| unsafe { tercet_writer_new(out) });
    unsafe {
        tercet_writer_open(draft, tercet_str::NONE, str_of("presence"));
        tercet_writer_close(draft);
        assert_eq!(tercet_conn_send(early, draft), TERCET_ERR_NOT_BOUND);
        assert_eq!(tercet_conn_send(conn, draft), TERCET_OK);
        assert_eq!(output(conn), "<presence/>");
        assert_eq!(tercet_conn_send(conn, draft), TERCET_OK);
        assert_eq!(output(conn), "", "what was sent is gone");

        // Of a draft that cannot be sent at all the error stays, until it is cleared.
        tercet_writer_open(draft, tercet_str::NONE, tercet_str::NONE);
        assert_eq!(tercet_conn_send(conn, draft), TERCET_ERR_NULL);
        assert_eq!(tercet_conn_send(conn, draft), TERCET_ERR_NULL);
        tercet_writer_clear(draft);
        assert_eq!(tercet_conn_send(conn, draft), TERCET_OK);

        tercet_writer_free(draft);
        assert_eq!(tercet_conn_free(early), TERCET_OK);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn input_that_waits_for_the_output_is_not_forgotten() {
    let conn = bound_server();
    let long = std::format!("<message><body>{}</body></message>", "x".repeat(1 << 20));
    unsafe {
        assert_eq!(tercet_conn_deliver(conn, str_of(&long)), TERCET_OK);
        say(conn, "<presence/>");
        assert_eq!(poll(conn).unwrap_err(), TERCET_NEED_MORE, "the output is full");
        assert!(!tercet_conn_wants_poll(conn), "and still is");
        output(conn);
        assert!(tercet_conn_wants_poll(conn));
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_STANZA);
        assert!(!tercet_conn_wants_poll(conn), "there is no more");

        say(conn, "<presence/><presence/>");
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_STANZA);
        assert!(tercet_conn_wants_poll(conn), "one more waits");
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_STANZA);
        assert_eq!(poll(conn).unwrap_err(), TERCET_NEED_MORE);
        assert!(!tercet_conn_wants_poll(conn));
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn a_handshake_that_failed_is_known_at_once() {
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    let conn = server();
    let mut error = MaybeUninit::<tercet_error>::uninit();
    unsafe {
        say(conn, header);
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_OPENED);
        assert_eq!(poll(conn).unwrap().kind, TERCET_EVENT_START_TLS);
        assert_eq!(tercet_conn_tls_failed(conn), TERCET_OK);
        assert_eq!(tercet_conn_last_error(conn, error.as_mut_ptr()), TERCET_OK);
        assert_eq!(error.assume_init().result, TERCET_ERR_TLS);
        assert_eq!(poll(conn).unwrap_err(), TERCET_ERR_TLS);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn a_resource_that_is_none_leaves_the_request_open() {
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, TERCET_TLS_DIRECT), TERCET_OK);
        let conn = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>";
        let bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
        let mut asked = 0;
        for text in [HEADER, auth, HEADER, bind] {
            say(conn, text);
            while let Ok(event) = poll(conn) {
                asked = event.token;
                if event.kind == TERCET_EVENT_CREDENTIALS {
                    assert_eq!(tercet_conn_answer_password(conn, asked, str_of("jul13t")), TERCET_OK);
                }
            }
        }
        for none in ["", "a\u{7}b", &"x".repeat(1_024)] {
            assert_eq!(tercet_conn_answer_resource(conn, asked, str_of(none)), TERCET_ERR_JID, "{none:?}");
        }
        assert_eq!(tercet_conn_answer_resource(conn, asked, str_of("orchard")), TERCET_OK);
        assert_eq!(text_of(poll(conn).unwrap().jid).unwrap(), "romeo@example.net/orchard");
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn the_place_of_an_error_counts_from_the_first_octet_of_all() {
    let parser = parser();
    let mut stanza = MaybeUninit::<tercet_stanza>::uninit();
    let mut error = MaybeUninit::<tercet_error>::uninit();
    let fault = "<a><!-- -->";
    unsafe {
        let hear = |text: &str| assert_eq!(tercet_parser_recv(parser, text.as_ptr(), text.len()), TERCET_OK);
        hear(HEADER);
        assert_eq!(tercet_parser_next(parser, stanza.as_mut_ptr()), TERCET_OK);
        assert_eq!(tercet_parser_restart(parser), TERCET_OK);
        hear(HEADER);
        assert_eq!(tercet_parser_next(parser, stanza.as_mut_ptr()), TERCET_OK);
        hear(fault);
        assert_eq!(tercet_parser_next(parser, stanza.as_mut_ptr()), TERCET_ERR_SYNTAX);
        assert_eq!(tercet_parser_last_error(parser, error.as_mut_ptr()), TERCET_OK);
        let before = 2 * HEADER.len() as u64;
        let at = error.assume_init().offset;
        assert!((before..before + fault.len() as u64).contains(&at), "{at} after {before}");
        tercet_parser_free(parser);
    }
}

#[test]
fn an_error_that_ended_a_stream_is_given_again_and_nothing_goes_on() {
    let (conn, parser) = (bound_server(), parser());
    let fault = "<message><!-- --></message>";
    let mut stanza = MaybeUninit::<tercet_stanza>::uninit();
    unsafe {
        say(conn, fault);
        for _ in 0..2 {
            assert_eq!(poll(conn).unwrap_err(), TERCET_ERR_SYNTAX);
        }
        assert_eq!(tercet_conn_close(conn), TERCET_ERR_SYNTAX);
        assert_eq!(tercet_conn_close_with(conn, str_of("reset")), TERCET_ERR_SYNTAX);
        assert_eq!(tercet_conn_eof(conn), TERCET_ERR_SYNTAX);
        assert_eq!(tercet_conn_recv(conn, b"<".as_ptr(), 1), TERCET_ERR_CLOSED);
        assert_eq!(tercet_conn_deliver(conn, str_of("<presence/>")), TERCET_ERR_CLOSED);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);

        assert_eq!(tercet_parser_recv(parser, b"<!-- -->".as_ptr(), 8), TERCET_OK);
        for _ in 0..2 {
            assert_eq!(tercet_parser_next(parser, stanza.as_mut_ptr()), TERCET_ERR_SYNTAX);
        }
        assert_eq!(tercet_parser_eof(parser), TERCET_ERR_SYNTAX);
        tercet_parser_free(parser);
    }
}
