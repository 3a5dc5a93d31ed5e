//! What callbacks of a connection may call on it: every function of the header stands on one side or the other.

use core::mem::MaybeUninit;

use super::pair::keys;
use super::*;

/// A call on the connection, with the root of the stanza that is lent.
type Call = unsafe fn(*mut tercet_conn, tercet_element) -> tercet_result;

/// What may be called: what it answers when a stream is opened, and when a session has a request before it and more
/// input behind that. What is no result is `TERCET_OK` for yes.
const PERMITTED: [(&str, Call, tercet_result, tercet_result); 23] = [
    ("tercet_conn_answer", answer, TERCET_ERR_STALE, TERCET_ERR_STALE),
    ("tercet_conn_answer_keys", answer_keys, TERCET_ERR_STALE, TERCET_ERR_STALE),
    ("tercet_conn_answer_password", answer_password, TERCET_ERR_STALE, TERCET_ERR_STALE),
    ("tercet_conn_answer_refuse", answer_refuse, TERCET_ERR_STALE, TERCET_ERR_STALE),
    ("tercet_conn_answer_resource", answer_resource, TERCET_ERR_STALE, TERCET_ERR_STALE),
    ("tercet_conn_close", close, TERCET_OK, TERCET_OK),
    ("tercet_conn_close_with", close_with, TERCET_OK, TERCET_OK),
    ("tercet_conn_deadline", deadline, TERCET_OK, TERCET_NONE),
    ("tercet_conn_defer", defer, TERCET_ERR_STALE, TERCET_OK),
    ("tercet_conn_deliver", deliver, TERCET_ERR_NOT_BOUND, TERCET_OK),
    ("tercet_conn_forward", forward, TERCET_ERR_NOT_BOUND, TERCET_OK),
    ("tercet_conn_is_over", is_over, TERCET_NONE, TERCET_NONE),
    ("tercet_conn_jid", jid, TERCET_NONE, TERCET_OK),
    ("tercet_conn_last_error", last_error, TERCET_OK, TERCET_OK),
    ("tercet_conn_memory", memory, TERCET_OK, TERCET_OK),
    ("tercet_conn_reply_error", reply_error, TERCET_ERR_STALE, TERCET_OK),
    ("tercet_conn_reply_result", reply_result, TERCET_ERR_STALE, TERCET_OK),
    ("tercet_conn_request", request, TERCET_ERR_UNSUPPORTED, TERCET_ERR_UNSUPPORTED),
    ("tercet_conn_secured", secured, TERCET_ERR_NOT_AWAITING_TLS, TERCET_ERR_NOT_AWAITING_TLS),
    ("tercet_conn_send", send, TERCET_ERR_NOT_BOUND, TERCET_OK),
    ("tercet_conn_set_binding", set_binding, TERCET_ERR_NOT_AWAITING_TLS, TERCET_ERR_NOT_AWAITING_TLS),
    ("tercet_conn_tls_failed", tls_failed, TERCET_OK, TERCET_OK),
    ("tercet_conn_wants_poll", wants_poll, TERCET_NONE, TERCET_OK),
];

/// What must wait until the callback has returned.
const FORBIDDEN: [(&str, Call); 10] = [
    ("tercet_conn_commit", commit),
    ("tercet_conn_drive", drive),
    ("tercet_conn_eof", eof),
    ("tercet_conn_free", free),
    ("tercet_conn_output", output_of),
    ("tercet_conn_output_consume", output_consume),
    ("tercet_conn_poll", poll),
    ("tercet_conn_recv", recv),
    ("tercet_conn_recv_buffer", recv_buffer),
    ("tercet_conn_shrink", shrink),
];

fn yes(yes: bool) -> tercet_result {
    if yes { TERCET_OK } else { TERCET_NONE }
}

unsafe fn answer(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_answer(conn, 7, TERCET_ANSWER_ACCEPT) }
}

unsafe fn answer_keys(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let keys = keys();
    let keys = str_of(&keys);
    unsafe { tercet_conn_answer_keys(conn, 7, &raw const keys, 1) }
}

unsafe fn answer_password(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_answer_password(conn, 7, str_of("jul13t")) }
}

unsafe fn answer_refuse(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_answer_refuse(conn, 7, str_of("conflict")) }
}

unsafe fn answer_resource(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_answer_resource(conn, 7, str_of("orchard")) }
}

unsafe fn close(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_close(conn) }
}

unsafe fn close_with(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_close_with(conn, str_of("reset")) }
}

unsafe fn deadline(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    yes(unsafe { tercet_conn_deadline(conn) } != TERCET_NEVER)
}

unsafe fn defer(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_defer(conn) }
}

unsafe fn deliver(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_deliver(conn, str_of("<presence/>")) }
}

unsafe fn forward(conn: *mut tercet_conn, root: tercet_element) -> tercet_result {
    let none = tercet_str::NONE;
    unsafe { tercet_conn_forward(conn, root, none, none, none) }
}

unsafe fn is_over(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    yes(unsafe { tercet_conn_is_over(conn) })
}

unsafe fn jid(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    yes(!unsafe { tercet_conn_jid(conn) }.ptr.is_null())
}

unsafe fn last_error(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let mut error = MaybeUninit::<tercet_error>::uninit();
    unsafe { tercet_conn_last_error(conn, error.as_mut_ptr()) }
}

unsafe fn memory(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    yes(unsafe { tercet_conn_memory(conn) } > 0)
}

unsafe fn reply_error(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_reply_error(conn, str_of("forbidden"), tercet_str::NONE) }
}

unsafe fn reply_result(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_reply_result(conn, ptr::null_mut()) }
}

unsafe fn with_presence(spend: impl FnOnce(*mut tercet_writer) -> tercet_result) -> tercet_result {
    unsafe {
        let writer = made(|out| tercet_writer_new(out));
        tercet_writer_open(writer, tercet_str::NONE, str_of("presence"));
        tercet_writer_close(writer);
        let spent = spend(writer);
        tercet_writer_free(writer);
        spent
    }
}

unsafe fn request(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let mut token = 0;
    unsafe {
        with_presence(|writer| tercet_conn_request(conn, TERCET_REQUEST_GET, tercet_str::NONE, writer, &raw mut token))
    }
}

unsafe fn secured(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_secured(conn) }
}

unsafe fn send(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { with_presence(|writer| tercet_conn_send(conn, writer)) }
}

unsafe fn set_binding(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_set_binding(conn, TERCET_BINDING_TLS_EXPORTER, [0; 32].as_ptr(), 32) }
}

unsafe fn tls_failed(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_tls_failed(conn) }
}

unsafe fn wants_poll(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    yes(unsafe { tercet_conn_wants_poll(conn) })
}

unsafe fn commit(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_commit(conn, 0) }
}

unsafe fn drive(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let none = tercet_callbacks::NONE;
    unsafe {
        let empty = tercet_conn_drive(conn, &raw const none, ptr::null_mut(), ptr::null(), 0, 0);
        let full = tercet_conn_drive(conn, &raw const none, ptr::null_mut(), b"<".as_ptr(), 1, 0);
        assert_eq!(empty, full);
        full
    }
}

unsafe fn eof(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_eof(conn) }
}

unsafe fn free(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_free(conn) }
}

unsafe fn output_of(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let (mut data, mut len) = (ptr::null(), 0);
    unsafe { tercet_conn_output(conn, &raw mut data, &raw mut len) }
}

unsafe fn output_consume(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_output_consume(conn, 1) }
}

unsafe fn poll(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let mut event = MaybeUninit::<tercet_event>::uninit();
    unsafe { tercet_conn_poll(conn, 0, event.as_mut_ptr()) }
}

unsafe fn recv(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_recv(conn, b"<".as_ptr(), 1) }
}

unsafe fn recv_buffer(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    let (mut buffer, mut capacity) = (ptr::null_mut(), 0);
    unsafe { tercet_conn_recv_buffer(conn, 1, &raw mut buffer, &raw mut capacity) }
}

unsafe fn shrink(conn: *mut tercet_conn, _: tercet_element) -> tercet_result {
    unsafe { tercet_conn_shrink(conn) }
}

/// What callbacks call, and what came of it.
struct Caller {
    call: Call,
    in_event: Option<tercet_result>,
    in_write: Option<tercet_result>,
}

unsafe extern "C" fn on_event(user: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    unsafe {
        let caller = &mut *user.cast::<Caller>();
        caller.in_event.get_or_insert((caller.call)(conn, (*event).stanza.root));
    }
    TERCET_OK
}

unsafe extern "C" fn on_write(user: *mut c_void, conn: *mut tercet_conn, _: *const u8, len: usize) -> usize {
    unsafe {
        let caller = &mut *user.cast::<Caller>();
        caller.in_write.get_or_insert((caller.call)(conn, tercet_element::NONE));
    }
    len
}

/// What comes of a call from inside the callbacks of `conn`, which hears `said`.
fn called(conn: *mut tercet_conn, said: &str, call: Call) -> (Option<tercet_result>, Option<tercet_result>) {
    let mut caller = Caller { call, in_event: None, in_write: None };
    let callbacks = tercet_callbacks {
        write: Some(on_write),
        opened: Some(on_event),
        stanza: Some(on_event),
        ..tercet_callbacks::NONE
    };
    unsafe {
        let user = (&raw mut caller).cast();
        let driven = tercet_conn_drive(conn, &raw const callbacks, user, said.as_ptr(), said.len(), 0);
        assert!(matches!(driven, TERCET_OK | TERCET_ERR_TLS), "{driven}");
        assert_eq!(tercet_conn_free(conn), TERCET_OK, "free once the callbacks have returned");
    }
    (caller.in_event, caller.in_write)
}

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
    to='example.net' version='1.0'>";
const REQUEST: &str = "<iq type='get' id='q'><query xmlns='urn:example'/></iq><presence/>";

#[test]
fn callbacks_may_call_some_functions() {
    for (name, call, opened, lent) in PERMITTED {
        let (in_event, in_write) = called(server(), HEADER, call);
        assert_eq!(in_event, Some(opened), "{name}");
        assert_ne!(in_write, Some(TERCET_ERR_BUSY), "{name}");
        assert_eq!(called(bound_server(), REQUEST, call).0, Some(lent), "{name}");
    }
}

#[test]
fn callbacks_are_refused_by_all_others() {
    for (name, call) in FORBIDDEN {
        assert_eq!(called(server(), HEADER, call), (Some(TERCET_ERR_BUSY), Some(TERCET_ERR_BUSY)), "{name}");
    }
}

#[test]
fn each_function_is_either_permitted_or_forbidden() {
    let permitted = PERMITTED.iter().map(|(name, ..)| *name);
    let mut known: Vec<_> = permitted.chain(FORBIDDEN.iter().map(|(name, _)| *name)).collect();
    known.sort_unstable();
    assert_eq!(known, exported("tercet_conn_"));
}
