//! What a log is told.

use core::ffi::c_void;
use std::vec::Vec;

use super::*;

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
    to='example.net' version='1.0'>";

/// What was told, and what became of calls from inside.
#[derive(Default)]
struct Told {
    lines: Vec<(i32, String)>,
    refused: Vec<tercet_result>,
}

unsafe extern "C" fn log(user: *mut c_void, conn: *mut tercet_conn, level: i32, message: tercet_str) {
    let told = unsafe { &mut *user.cast::<Told>() };
    told.lines.push((level, text_of(message).unwrap()));
    told.refused.push(unsafe { tercet_conn_recv(conn, ptr::null(), 0) });
    told.refused.push(unsafe { tercet_conn_free(conn) });
}

unsafe extern "C" fn credentials(_: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    unsafe { tercet_conn_answer_password(conn, (*event).token, str_of("jul13t")) }
}

/// Drives a server under TLS with what a client says, until it is over or all is said.
fn drive(said: &[&str]) -> (Told, Vec<tercet_result>) {
    let mut told = Told::default();
    let callbacks = tercet_callbacks { credentials: Some(credentials), log: Some(log), ..tercet_callbacks::NONE };
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, TERCET_TLS_DIRECT), TERCET_OK);
        let conn = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        let user = (&raw mut told).cast();
        let drive = |said: &&str| tercet_conn_drive(conn, &raw const callbacks, user, said.as_ptr(), said.len(), 0);
        let results = said.iter().map(drive).collect();
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
        (told, results)
    }
}

fn plain(password: &str) -> String {
    std::format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{password}</auth>")
}

#[test]
fn the_course_of_a_connection_is_told_and_no_secret() {
    let bind =
        "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>";
    let (wrong, right) = (plain("AHJvbWVvAHdyb25n"), plain("AHJvbWVvAGp1bDEzdA=="));
    let message = "<message><body>hush</body></message>";
    let (told, results) = drive(&[HEADER, &wrong, &right, HEADER, bind, message, "<presence/></stream:stream>"]);
    assert_eq!(results, [TERCET_OK; 7]);
    let expected = [
        (TERCET_LOG_INFO, "stream opened"),
        (TERCET_LOG_DEBUG, "credentials of romeo@example.net are wanted"),
        (TERCET_LOG_WARNING, "login refused: not-authorized"),
        (TERCET_LOG_DEBUG, "credentials of romeo@example.net are wanted"),
        (TERCET_LOG_INFO, "logged in as romeo@example.net"),
        (TERCET_LOG_INFO, "stream opened"),
        (TERCET_LOG_DEBUG, "address romeo@example.net/r is asked for"),
        (TERCET_LOG_INFO, "session of romeo@example.net/r begins"),
        (TERCET_LOG_DEBUG, "message of 36 octets"),
        (TERCET_LOG_DEBUG, "presence of 11 octets"),
        (TERCET_LOG_INFO, "stream closed, by the peer first"),
    ];
    assert_eq!(told.lines, expected.map(|(level, line)| (level, String::from(line))));
    assert_eq!(told.refused, [TERCET_ERR_BUSY; 22], "as from inside any callback");
}

#[test]
fn the_error_that_ends_a_stream_is_told_once() {
    let (told, results) = drive(&[HEADER, "<message><!-- no --></message>", "", ""]);
    assert_eq!(results, [TERCET_OK, TERCET_ERR_SYNTAX, TERCET_ERR_SYNTAX, TERCET_ERR_SYNTAX]);
    assert_eq!(told.lines.len(), 2, "{:?}", told.lines);
    let (level, line) = &told.lines[1];
    assert_eq!(*level, TERCET_LOG_WARNING);
    assert!(line.starts_with("stream failed: ") && line.contains("comment"), "{line}");
}

#[test]
fn the_error_of_a_peer_is_told() {
    let error = "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
        <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>two\nlines</text></stream:error></stream:stream>";
    let (told, _) = drive(&[HEADER, error]);
    assert!(
        told.lines.contains(&(TERCET_LOG_WARNING, String::from("peer ended the stream: reset"))),
        "{:?}",
        told.lines
    );
    assert!(told.lines.iter().all(|(_, line)| !line.contains('\n')));
}

#[test]
fn the_end_is_told_also_where_nothing_is_read_any_more() {
    let mut told = Told::default();
    let callbacks = tercet_callbacks { log: Some(log), ..tercet_callbacks::NONE };
    let conn = server();
    unsafe {
        assert_eq!(tercet_conn_tls_failed(conn), TERCET_OK);
        let user = (&raw mut told).cast();
        for _ in 0..2 {
            let driven = tercet_conn_drive(conn, &raw const callbacks, user, b"x".as_ptr(), 1, 0);
            assert_eq!(driven, TERCET_ERR_CLOSED);
        }
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
    assert_eq!(told.lines, [(TERCET_LOG_WARNING, String::from("stream failed: the TLS handshake failed"))]);
}
