//! The C API, called as C calls it: by pointers, from functions that know nothing but the header.
#![allow(clippy::unwrap_used, clippy::undocumented_unsafe_blocks, reason = "every handle here is the test's own")]

mod binding;
mod boundary;
mod callbacks;
mod config;
mod jid;
mod keeping;
mod log;
mod names;
mod pair;
mod replies;
mod router;
mod views;

use core::ffi::c_void;
use core::ptr;
use std::string::String;
use std::vec::Vec;

use super::*;

/// A text for C.
fn str_of(text: &str) -> tercet_str {
    tercet_str::of(text)
}

/// A text from C, copied before anything can happen to it.
fn text_of(text: tercet_str) -> Option<String> {
    unsafe { text.read() }.unwrap().map(String::from)
}

/// What a constructor puts out.
fn made<H>(new: impl FnOnce(*mut *mut H) -> tercet_result) -> *mut H {
    let mut handle = ptr::null_mut();
    assert_eq!(new(&raw mut handle), TERCET_OK);
    assert!(!handle.is_null());
    handle
}

fn parser() -> *mut tercet_parser {
    made(|out| unsafe { tercet_parser_new(TERCET_LIMITS_SERVER, out) })
}

fn client() -> *mut tercet_conn {
    unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net/orchard"), str_of("jul13t"), out));
        let client = made(|out| tercet_client_new(config, out));
        tercet_client_config_free(config);
        client
    }
}

fn server() -> *mut tercet_conn {
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        let server = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        server
    }
}

/// The output of a connection, taken.
fn output(conn: *mut tercet_conn) -> String {
    let (mut data, mut len) = (ptr::null(), 0);
    unsafe {
        assert_eq!(tercet_conn_output(conn, &raw mut data, &raw mut len), TERCET_OK);
        let text = String::from_utf8(core::slice::from_raw_parts(data, len).to_vec()).unwrap();
        tercet_conn_output_consume(conn, len);
        text
    }
}

/// A server with a session that its client has bound, under TLS from the first octet and PLAIN.
fn bound_server() -> *mut tercet_conn {
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAGp1bDEzdA==</auth>";
    let bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, TERCET_TLS_DIRECT), TERCET_OK);
        let conn = made(|out| tercet_server_new(config, out));
        tercet_server_config_free(config);
        let credentials: tercet_on_event = Some(let_in);
        let callbacks = tercet_callbacks { credentials, ..tercet_callbacks::NONE };
        for said in [header, auth, header, bind] {
            let driven = tercet_conn_drive(conn, &raw const callbacks, ptr::null_mut(), said.as_ptr(), said.len(), 0);
            assert_eq!(driven, TERCET_OK);
        }
        assert!(!tercet_conn_jid(conn).ptr.is_null());
        output(conn);
        conn
    }
}

unsafe extern "C" fn let_in(_: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result {
    unsafe { tercet_conn_answer_password(conn, (*event).token, str_of("jul13t")) }
}

/// The names of the header that begin with `prefix`, sorted.
fn exported(prefix: &str) -> Vec<String> {
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/abi/symbols.txt");
    let list = std::fs::read_to_string(list).unwrap();
    let mut names: Vec<_> = list.lines().filter(|name| name.starts_with(prefix)).map(String::from).collect();
    names.sort_unstable();
    names
}
