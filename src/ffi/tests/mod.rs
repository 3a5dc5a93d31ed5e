//! The C API, called as C calls it: by pointers, from functions that know nothing but the header.
#![allow(clippy::unwrap_used, clippy::undocumented_unsafe_blocks, reason = "every handle here is the test's own")]

mod binding;
mod boundary;
mod config;
mod jid;
mod keeping;
mod log;
mod names;
mod pair;
mod router;
mod views;

use core::ptr;
use std::string::String;

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
