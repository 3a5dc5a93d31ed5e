//! Logins bound to TLS, told by a call and by a callback.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr;
use std::vec::Vec;

use super::*;

/// How a side tells what it knows of its TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tells {
    Nothing,
    ByCall,
    ByCallback,
}

struct Side {
    conn: *mut tercet_conn,
    tells: Tells,
    /// What this side's end of TLS exports.
    exported: [u8; 32],
    /// Whether `start_tls` reports TLS from inside.
    at_once: bool,
    tls_due: bool,
    asked: Vec<i32>,
    said: Vec<u8>,
    keys: String,
}

unsafe fn side<'a>(user: *mut c_void) -> &'a mut Side {
    unsafe { &mut *user.cast::<Side>() }
}

impl Side {
    fn new(conn: *mut tercet_conn, tells: Tells, channel: u8, at_once: bool) -> Self {
        let keys = super::pair::keys();
        Self {
            conn,
            tells,
            exported: [channel; 32],
            at_once,
            tls_due: false,
            asked: Vec::new(),
            said: Vec::new(),
            keys,
        }
    }

    fn callbacks(&self) -> tercet_callbacks {
        tercet_callbacks {
            write: Some(write),
            start_tls: Some(start_tls),
            credentials: Some(credentials),
            channel_binding: (self.tells == Tells::ByCallback).then_some(channel_binding),
            ..tercet_callbacks::NONE
        }
    }

    fn drive(&mut self, heard: &[u8]) -> tercet_result {
        let callbacks = self.callbacks();
        let user = ptr::from_mut(self).cast();
        unsafe { tercet_conn_drive(self.conn, &raw const callbacks, user, heard.as_ptr(), heard.len(), 0) }
    }

    fn tell(&self) {
        if self.tells == Tells::ByCall {
            let (data, len) = (self.exported.as_ptr(), self.exported.len());
            unsafe {
                assert_eq!(tercet_conn_set_binding(self.conn, TERCET_BINDING_TLS_EXPORTER, data, len), TERCET_OK);
            }
        }
    }

    fn secure(&mut self) {
        self.tell();
        assert_eq!(unsafe { tercet_conn_secured(self.conn) }, TERCET_OK);
    }
}

unsafe extern "C" fn write(user: *mut c_void, _: *mut tercet_conn, data: *const u8, len: usize) -> usize {
    unsafe { side(user).said.extend_from_slice(core::slice::from_raw_parts(data, len)) };
    len
}

unsafe extern "C" fn start_tls(user: *mut c_void, _: *mut tercet_conn, _: *const tercet_event) -> tercet_result {
    let side = unsafe { side(user) };
    assert!(side.asked.is_empty(), "asked before there was TLS");
    if side.at_once {
        side.secure();
    } else {
        side.tls_due = true;
    }
    TERCET_OK
}

unsafe extern "C" fn credentials(
    user: *mut c_void,
    conn: *mut tercet_conn,
    event: *const tercet_event,
) -> tercet_result {
    unsafe {
        let keys = [str_of(&side(user).keys)];
        tercet_conn_answer_keys(conn, (*event).token, keys.as_ptr(), 1)
    }
}

unsafe extern "C" fn channel_binding(
    user: *mut c_void,
    conn: *mut tercet_conn,
    kind: i32,
    data: *mut u8,
    capacity: usize,
    len: *mut usize,
) -> tercet_result {
    let side = unsafe { side(user) };
    side.asked.push(kind);
    assert_eq!(capacity, TERCET_BINDING_BYTES);
    assert_eq!(unsafe { tercet_conn_recv(conn, b" ".as_ptr(), 1) }, TERCET_ERR_BUSY);
    if kind != TERCET_BINDING_TLS_EXPORTER {
        return TERCET_NONE;
    }
    unsafe {
        ptr::copy_nonoverlapping(side.exported.as_ptr(), data, side.exported.len());
        *len = side.exported.len();
    }
    TERCET_OK
}

fn ends(tls: i32) -> (*mut tercet_conn, *mut tercet_conn) {
    unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net/orchard"), str_of("jul13t"), out));
        assert_eq!(tercet_client_config_set_tls(config, tls), TERCET_OK);
        let client = made(|out| tercet_client_new(config, out));
        tercet_client_config_free(config);
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, tls), TERCET_OK);
        let server = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        (client, server)
    }
}

/// Plays a login; gives the client's result and address, and what it said.
fn login(
    tls: i32,
    at_once: bool,
    tells: (Tells, Tells),
    channels: (u8, u8),
) -> (tercet_result, Option<String>, String, Vec<i32>) {
    let (client, server) = ends(tls);
    let mut client = Side::new(client, tells.0, channels.0, at_once);
    let mut server = Side::new(server, tells.1, channels.1, at_once);
    if tls == TERCET_TLS_DIRECT {
        client.tell();
        server.tell();
    }
    let mut all = String::new();
    let (mut to_client, mut outcome) = (Vec::new(), TERCET_OK);
    for _ in 0..50 {
        outcome = client.drive(&core::mem::take(&mut to_client));
        if outcome != TERCET_OK {
            break;
        }
        let to_server = core::mem::take(&mut client.said);
        all.push_str(core::str::from_utf8(&to_server).unwrap());
        let served = server.drive(&to_server);
        assert!(served == TERCET_OK || channels.0 != channels.1, "{served}");
        to_client = core::mem::take(&mut server.said);
        if client.tls_due && server.tls_due {
            (client.tls_due, server.tls_due) = (false, false);
            client.secure();
            server.secure();
        }
    }
    let jid = text_of(unsafe { tercet_conn_jid(client.conn) });
    let expected: &[i32] = match (tells.1, tells.0) {
        (Tells::ByCallback, Tells::ByCallback) => {
            assert_eq!(client.asked, server.asked);
            &[1, 2, 3]
        }
        (Tells::ByCallback, _) => {
            assert!(client.asked.is_empty());
            &[1, 2, 3]
        }
        _ => &[],
    };
    assert_eq!(server.asked, expected, "each kind once");
    unsafe {
        assert_eq!(tercet_conn_free(client.conn), TERCET_OK);
        assert_eq!(tercet_conn_free(server.conn), TERCET_OK);
    }
    (outcome, jid, all, client.asked)
}

#[test]
fn a_login_is_bound_where_both_sides_tell_what_they_know() {
    for tls in [TERCET_TLS_REQUIRED, TERCET_TLS_DIRECT] {
        for at_once in [false, true] {
            for client in [Tells::Nothing, Tells::ByCall, Tells::ByCallback] {
                for server in [Tells::Nothing, Tells::ByCall, Tells::ByCallback] {
                    let (outcome, jid, said, _) = login(tls, at_once, (client, server), (5, 5));
                    assert_eq!(outcome, TERCET_OK);
                    assert_eq!(jid.as_deref(), Some("romeo@example.net/orchard"), "{said}");
                    let bound = client != Tells::Nothing && server != Tells::Nothing;
                    let mechanism = if bound { "'SCRAM-SHA-256-PLUS'" } else { "'SCRAM-SHA-256'" };
                    assert!(said.contains(mechanism), "{tls} {at_once} {client:?} {server:?}: {said}");
                }
            }
        }
    }
}

#[test]
fn two_channels_are_not_one() {
    for tells in [Tells::ByCall, Tells::ByCallback] {
        let (outcome, jid, said, _) = login(TERCET_TLS_REQUIRED, false, (tells, tells), (5, 6));
        assert_eq!((outcome, jid), (TERCET_ERR_LOGIN, None));
        assert!(said.contains("'SCRAM-SHA-256-PLUS'"), "{said}");
    }
}

#[test]
fn a_binding_is_taken_in_time_and_in_shape() {
    let octets = [1; 100];
    let set = |conn, kind, len: usize| unsafe { tercet_conn_set_binding(conn, kind, octets.as_ptr(), len) };
    let (client, server) = ends(TERCET_TLS_REQUIRED);
    assert_eq!(set(client, TERCET_BINDING_TLS_EXPORTER, 32), TERCET_ERR_NOT_AWAITING_TLS);
    assert_eq!(set(server, TERCET_BINDING_TLS_EXPORTER, 32), TERCET_ERR_NOT_AWAITING_TLS);
    unsafe {
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
    let (client, server) = ends(TERCET_TLS_DIRECT);
    for conn in [client, server] {
        for (kind, len, expected) in [
            (TERCET_BINDING_TLS_EXPORTER, 32, TERCET_OK),
            (TERCET_BINDING_TLS_EXPORTER, 31, TERCET_ERR_ARGUMENT),
            (TERCET_BINDING_TLS_EXPORTER, 0, TERCET_ERR_ARGUMENT),
            (TERCET_BINDING_TLS_SERVER_END_POINT, 48, TERCET_OK),
            (TERCET_BINDING_TLS_SERVER_END_POINT, 0, TERCET_ERR_ARGUMENT),
            (TERCET_BINDING_TLS_SERVER_END_POINT, 65, TERCET_ERR_ARGUMENT),
            (TERCET_BINDING_TLS_UNIQUE, 12, TERCET_OK),
            (0, 32, TERCET_ERR_ARGUMENT),
            (4, 32, TERCET_ERR_ARGUMENT),
            (-1, 32, TERCET_ERR_ARGUMENT),
        ] {
            assert_eq!(set(conn, kind, len), expected, "{kind} {len}");
        }
        unsafe {
            assert_eq!(tercet_conn_set_binding(conn, TERCET_BINDING_TLS_EXPORTER, ptr::null(), 32), TERCET_ERR_NULL);
        }
    }
    assert_eq!(set(ptr::null_mut(), TERCET_BINDING_TLS_EXPORTER, 32), TERCET_ERR_NULL);
    let mut event = MaybeUninit::<tercet_event>::uninit();
    unsafe {
        assert_eq!(tercet_conn_poll(client, 0, event.as_mut_ptr()), TERCET_NEED_MORE);
        tercet_conn_tls_failed(client);
        assert_eq!(set(client, TERCET_BINDING_TLS_EXPORTER, 32), TERCET_ERR_NOT_AWAITING_TLS);
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}

/// What a callback that does wrong answers, and how many octets it says to have written.
struct Wrong {
    answer: tercet_result,
    len: usize,
    asked: usize,
}

unsafe extern "C" fn wrong(
    user: *mut c_void,
    _: *mut tercet_conn,
    _: i32,
    _: *mut u8,
    _: usize,
    len: *mut usize,
) -> tercet_result {
    let wrong = unsafe { &mut *user.cast::<Wrong>() };
    wrong.asked += 1;
    unsafe { *len = wrong.len };
    wrong.answer
}

/// Nothing goes on without the binding that was to be: the callback is asked again.
#[test]
fn a_callback_that_does_wrong_stops_the_login() {
    for (answer, len, expected) in [
        (-1, 32, TERCET_ERR_CALLBACK),
        (TERCET_PAUSE, 32, TERCET_ERR_CALLBACK),
        (TERCET_OK, TERCET_BINDING_BYTES + 1, TERCET_ERR_CALLBACK),
        (TERCET_OK, usize::MAX, TERCET_ERR_CALLBACK),
        (TERCET_OK, 31, TERCET_ERR_CALLBACK),
        (TERCET_OK, 0, TERCET_ERR_CALLBACK),
    ] {
        let (client, server) = ends(TERCET_TLS_DIRECT);
        let mut said = Wrong { answer, len, asked: 0 };
        let callbacks = tercet_callbacks { channel_binding: Some(wrong), ..tercet_callbacks::NONE };
        for tries in 1..3 {
            let user = (&raw mut said).cast();
            let driven = unsafe { tercet_conn_drive(client, &raw const callbacks, user, ptr::null(), 0, 0) };
            assert_eq!((driven, said.asked), (expected, tries), "{answer} {len}");
            assert_eq!(output(client), "");
        }
        unsafe {
            assert_eq!(tercet_conn_free(client), TERCET_OK);
            assert_eq!(tercet_conn_free(server), TERCET_OK);
        }
    }
}
