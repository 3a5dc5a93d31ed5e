//! What C can do wrong, and what we could: each is an answer.

use core::ffi::{CStr, c_void};
use core::mem::{self, MaybeUninit};

use super::super::boundary::{alone, with};
use super::*;

const NULL: *mut c_void = ptr::null_mut();

#[test]
fn null_is_an_answer_everywhere() {
    let none = tercet_str::NONE;
    let element = tercet_element::NONE;
    let mut iter = tercet_iterate(element);
    let (mut text, mut child) = (none, element);
    let mut node = MaybeUninit::<tercet_node>::uninit();
    let mut attr = MaybeUninit::<tercet_attr>::uninit();
    let mut event = MaybeUninit::<tercet_event>::uninit();
    let mut stanza = MaybeUninit::<tercet_stanza>::uninit();
    let mut error = MaybeUninit::<tercet_error>::uninit();
    let mut number = 0;
    let (mut buffer, mut data, mut size) = (ptr::null_mut(), ptr::null(), 0_usize);
    let callbacks = tercet_callbacks::NONE;
    let conn = ptr::null_mut::<tercet_conn>();
    let parser = ptr::null_mut::<tercet_parser>();
    let writer = ptr::null_mut::<tercet_writer>();
    let mut owned = ptr::null_mut::<tercet_owned>();
    let (client, server) = (ptr::null_mut(), ptr::null_mut());
    unsafe {
        let answers = [
            tercet_parser_new(TERCET_LIMITS_SERVER, ptr::null_mut()),
            tercet_parser_set_limit(parser, TERCET_LIMIT_DEPTH, 1),
            tercet_parser_recv(parser, ptr::null(), 0),
            tercet_parser_recv_buffer(parser, 1, &raw mut buffer, &raw mut size),
            tercet_parser_commit(parser, 0),
            tercet_parser_next(parser, stanza.as_mut_ptr()),
            tercet_parser_eof(parser),
            tercet_parser_shrink(parser),
            tercet_parser_last_error(parser, error.as_mut_ptr()),
            tercet_element_text(element, &raw mut text),
            tercet_element_attr(element, str_of("a"), &raw mut text),
            tercet_element_attr_ns(element, str_of("a"), str_of("a"), &raw mut text),
            tercet_element_attr_id(element, 1, &raw mut text),
            tercet_element_child(element, str_of("a"), str_of("a"), &raw mut child),
            tercet_element_child_id(element, 1, 1, &raw mut child),
            tercet_children_next(&raw mut iter, node.as_mut_ptr()),
            tercet_attrs_next(&raw mut iter, attr.as_mut_ptr()),
            tercet_children_next(ptr::null_mut(), node.as_mut_ptr()),
            tercet_attrs_next(&raw mut iter, ptr::null_mut()),
            tercet_stanza_detach(element, ptr::null_mut()),
            tercet_stanza_detach(element, &raw mut owned),
            tercet_owned_stanza(ptr::null_mut(), stanza.as_mut_ptr()),
            tercet_writer_new(ptr::null_mut()),
            tercet_writer_written(writer, &raw mut text),
            tercet_client_config_new(none, none, ptr::null_mut()),
            tercet_client_config_set_tls(client, TERCET_TLS_REQUIRED),
            tercet_client_config_allow_plain(client, true),
            tercet_client_config_allow_scram_sha1(client, true),
            tercet_client_config_set_lang(client, str_of("de")),
            tercet_client_config_set_timing(client, 1, 1),
            tercet_client_config_set_limit(client, TERCET_LIMIT_DEPTH, 1),
            tercet_server_config_new(none, ptr::null_mut()),
            tercet_server_config_set_tls(server, TERCET_TLS_REQUIRED),
            tercet_server_config_set_mechanisms(server, ptr::null(), 1),
            tercet_server_config_allow_whitespace_after_starttls(server, true),
            tercet_server_config_set_timing(server, 1, 1),
            tercet_server_config_set_limit(server, TERCET_LIMIT_DEPTH, 1),
            tercet_client_new(client, ptr::null_mut()),
            tercet_server_new(server, ptr::null_mut()),
            tercet_conn_recv(conn, ptr::null(), 0),
            tercet_conn_recv_buffer(conn, 1, &raw mut buffer, &raw mut size),
            tercet_conn_commit(conn, 0),
            tercet_conn_poll(conn, 0, event.as_mut_ptr()),
            tercet_conn_output(conn, &raw mut data, &raw mut size),
            tercet_conn_output_consume(conn, 0),
            tercet_conn_secured(conn),
            tercet_conn_tls_failed(conn),
            tercet_conn_eof(conn),
            tercet_conn_shrink(conn),
            tercet_conn_close(conn),
            tercet_conn_close_with(conn, str_of("reset")),
            tercet_conn_send(conn, writer),
            tercet_conn_deliver(conn, none),
            tercet_conn_forward(conn, element, none, none, none),
            tercet_conn_request(conn, TERCET_REQUEST_GET, none, writer, &raw mut number),
            tercet_conn_reply_result(conn, writer),
            tercet_conn_reply_error(conn, str_of("forbidden"), none),
            tercet_conn_defer(conn),
            tercet_conn_last_error(conn, error.as_mut_ptr()),
            tercet_conn_answer(conn, 1, TERCET_ANSWER_ACCEPT),
            tercet_conn_answer_keys(conn, 1, &raw const text, 1),
            tercet_conn_answer_password(conn, 1, str_of("p")),
            tercet_conn_answer_resource(conn, 1, str_of("r")),
            tercet_conn_answer_refuse(conn, 1, str_of("conflict")),
            tercet_keys_derive(none, none, ptr::null_mut(), 0, &raw mut size),
            tercet_conn_drive(conn, &raw const callbacks, NULL, ptr::null(), 0, 0),
            tercet_conn_drive(conn, ptr::null(), NULL, ptr::null(), 0, 0),
        ];
        for (index, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer, TERCET_ERR_NULL, "call {index}");
        }
        let memory = [tercet_parser_memory(parser), tercet_conn_memory(conn), tercet_writer_memory(writer)];
        assert_eq!(memory, [0; 3]);
        assert_eq!(tercet_conn_deadline(conn), TERCET_NEVER);
        assert!(tercet_conn_is_over(conn));
        assert!(!tercet_conn_wants_poll(conn));
        assert!(tercet_conn_jid(conn).ptr.is_null());
        assert!(tercet_element_name(element).ptr.is_null());
        assert_eq!(
            (tercet_element_ns_id(element), tercet_element_name_id(element)),
            (TERCET_ID_OTHER, TERCET_ID_OTHER)
        );
        assert!(!tercet_element_is(element, none, none));
        assert!(tercet_str_from(ptr::null()).ptr.is_null());
        tercet_writer_open(writer, none, none);
        tercet_writer_clear(writer);
        assert!(owned.is_null());

        tercet_owned_free(owned);
        tercet_parser_free(parser);
        tercet_writer_free(writer);
        tercet_client_config_free(client);
        tercet_server_config_free(server);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);

        // Null where an out-pointer, or a text, is wanted.
        let conn = super::client();
        assert_eq!(tercet_conn_poll(conn, 0, ptr::null_mut()), TERCET_ERR_NULL);
        assert_eq!(tercet_conn_output(conn, ptr::null_mut(), &raw mut size), TERCET_ERR_NULL);
        assert_eq!(tercet_conn_recv(conn, ptr::null(), 5), TERCET_ERR_NULL);
        assert_eq!(tercet_conn_recv(conn, ptr::null(), 0), TERCET_OK);
        assert_eq!(tercet_conn_close_with(conn, none), TERCET_ERR_NULL);
        assert_eq!(tercet_conn_free(conn), TERCET_OK);
    }
}

#[test]
fn wrong_texts_and_numbers_are_answers() {
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    let mut config = ptr::null_mut();
    let (mut parser, mut server) = (ptr::null_mut(), ptr::null_mut());
    unsafe {
        assert_eq!(tercet_client_config_new(broken, str_of("p"), &raw mut config), TERCET_ERR_UTF8);
        assert_eq!(tercet_client_config_new(str_of("example.net"), str_of("p"), &raw mut config), TERCET_ERR_JID);
        for password in ["", "p\u{1}"] {
            let made = tercet_client_config_new(str_of("romeo@example.net"), str_of(password), &raw mut config);
            assert_eq!(made, TERCET_ERR_PASSWORD, "{password:?}");
        }
        assert_eq!(tercet_server_config_new(str_of("a@example.net"), &raw mut server), TERCET_ERR_JID);
        assert_eq!(tercet_parser_new(99, &raw mut parser), TERCET_ERR_ARGUMENT);
        assert!(config.is_null() && parser.is_null() && server.is_null(), "nothing is put out on failure");

        let server = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(server, 0), TERCET_ERR_ARGUMENT);
        assert_eq!(tercet_server_config_set_limit(server, TERCET_LIMIT_STANZA_BYTES, 9_999), TERCET_ERR_ARGUMENT);
        assert_eq!(tercet_server_config_set_limit(server, TERCET_LIMIT_STANZA_BYTES, 10_000), TERCET_OK);
        tercet_server_config_free(server);
    }
}

#[test]
fn a_panic_is_an_answer_and_poisons_the_handle_alone() {
    let (broken, whole) = (client(), client());
    let mut event = MaybeUninit::<tercet_event>::uninit();
    unsafe {
        let caught: Result<(), _> = alone(broken, |_| panic!("this message belongs to a test"));
        assert_eq!(caught, Err(TERCET_ERR_PANIC));
        assert_eq!(tercet_conn_poll(broken, 0, event.as_mut_ptr()), TERCET_ERR_POISONED);
        assert_eq!(tercet_conn_recv(broken, b"x".as_ptr(), 1), TERCET_ERR_POISONED);
        assert_eq!(tercet_conn_close(broken), TERCET_ERR_POISONED);
        assert!(tercet_conn_is_over(broken));
        assert_eq!(tercet_conn_poll(whole, 0, event.as_mut_ptr()), TERCET_NEED_MORE);
        assert!(output(whole).starts_with("<?xml"));
        assert_eq!(tercet_conn_free(broken), TERCET_OK);
        assert_eq!(tercet_conn_free(whole), TERCET_OK);
    }
}

unsafe extern "C" fn break_conn(user: *mut c_void, conn: *mut tercet_conn, _: *const tercet_event) -> tercet_result {
    unsafe {
        let caught: Result<(), _> = with(conn, |_| panic!("this message belongs to a test"));
        let answers = [caught.unwrap_err(), tercet_conn_defer(conn), tercet_conn_free(conn)];
        *user.cast::<[tercet_result; 3]>() = answers;
    }
    TERCET_OK
}

unsafe extern "C" fn break_router(
    user: *mut c_void,
    router: *mut tercet_router,
    _: *const tercet_action,
) -> tercet_result {
    let mut session = 0;
    unsafe {
        let caught: Result<(), _> = with(router, |_| panic!("this message belongs to a test"));
        let asked = tercet_router_find(router, str_of("romeo@example.net/orchard"), &raw mut session);
        *user.cast::<[tercet_result; 3]>() = [caught.unwrap_err(), asked, tercet_router_free(router)];
    }
    TERCET_OK
}

#[test]
fn a_handle_that_broke_in_a_callback_is_not_freed_before_the_callback_returns() {
    let expected = [TERCET_ERR_PANIC, TERCET_ERR_POISONED, TERCET_ERR_BUSY];
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    unsafe {
        let (server, mut answers) = (server(), [TERCET_OK; 3]);
        let callbacks = tercet_callbacks { opened: Some(break_conn), ..tercet_callbacks::NONE };
        let user = (&raw mut answers).cast();
        let driven = tercet_conn_drive(server, &raw const callbacks, user, header.as_ptr(), header.len(), 0);
        assert_eq!((driven, answers), (TERCET_ERR_POISONED, expected));
        assert_eq!(tercet_conn_free(server), TERCET_OK);

        let (router, mut answers) = (made(|out| tercet_router_new(str_of("example.net"), out)), [TERCET_OK; 3]);
        let address = str_of("romeo@example.net/orchard");
        assert_eq!(tercet_router_attach(router, 1, address, ptr::null_mut()), TERCET_OK);
        let store = tercet_store { load_offline: Some(break_router), ..tercet_store::NONE };
        let presence = parser();
        let mut stanza = MaybeUninit::<tercet_stanza>::uninit();
        for text in [header, "<presence/>"] {
            assert_eq!(tercet_parser_recv(presence, text.as_ptr(), text.len()), TERCET_OK);
            assert_eq!(tercet_parser_next(presence, stanza.as_mut_ptr()), TERCET_OK);
        }
        assert_eq!(tercet_router_handle(router, 1, stanza.assume_init().root), TERCET_OK);
        assert_eq!(tercet_router_drive(router, &raw const store, (&raw mut answers).cast()), TERCET_ERR_POISONED);
        assert_eq!(answers, expected);
        assert_eq!(tercet_router_free(router), TERCET_OK);
        tercet_parser_free(presence);
    }
}

#[test]
fn every_result_has_a_sentence() {
    let known = (-21..=3).chain(-110..=-100);
    for result in known {
        let text = unsafe { CStr::from_ptr(tercet_result_str(result)) };
        assert_ne!(text, c"not a result", "{result}");
        let broken = matches!(result, TERCET_ERR_PANIC | TERCET_ERR_POISONED);
        assert_eq!(tercet_result_is_fatal(result), broken || result <= TERCET_ERR_SYNTAX);
    }
    for unknown in [4, -22, -99, -111, i32::MIN, i32::MAX] {
        assert_eq!(unsafe { CStr::from_ptr(tercet_result_str(unknown)) }, c"not a result");
    }
}

unsafe extern "C" fn pause(_: *mut c_void, _: *mut tercet_conn, _: *const tercet_event) -> tercet_result {
    TERCET_PAUSE
}

unsafe extern "C" fn fail(_: *mut c_void, _: *mut tercet_conn, _: *const tercet_event) -> tercet_result {
    -77
}

#[test]
fn a_callback_can_pause_and_fail() {
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    for (opened, outcome) in [(pause as unsafe extern "C" fn(_, _, _) -> _, TERCET_PAUSE), (fail, TERCET_ERR_CALLBACK)]
    {
        let server = server();
        let callbacks = tercet_callbacks { opened: Some(opened), ..tercet_callbacks::NONE };
        unsafe {
            let driven = tercet_conn_drive(server, &raw const callbacks, NULL, header.as_ptr(), header.len(), 0);
            assert_eq!(driven, outcome);
            assert_eq!(tercet_conn_drive(server, &raw const callbacks, NULL, ptr::null(), 0, 0), TERCET_OK);
            assert!(output(server).contains("<starttls"));
            assert_eq!(tercet_conn_free(server), TERCET_OK);
        }
    }
}

#[test]
fn the_table_is_read_as_far_as_its_maker_knew() {
    let server = server();
    let drive = |callbacks: &tercet_callbacks| unsafe {
        tercet_conn_drive(server, &raw const *callbacks, NULL, ptr::null(), 0, 0)
    };
    for size in [0, 1, mem::size_of::<usize>(), mem::size_of::<usize>() + 1] {
        assert_eq!(drive(&tercet_callbacks { struct_size: size, ..tercet_callbacks::NONE }), TERCET_ERR_ARGUMENT);
    }
    // A table that ends before `opened` has no such callback, whatever lies behind it.
    let short = mem::offset_of!(tercet_callbacks, opened);
    let callbacks = tercet_callbacks { struct_size: short, opened: Some(fail), ..tercet_callbacks::NONE };
    let header = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        to='example.net' version='1.0'>";
    unsafe {
        let driven = tercet_conn_drive(server, &raw const callbacks, NULL, header.as_ptr(), header.len(), 0);
        assert_eq!(driven, TERCET_OK);
        with(server, |_| Ok(())).unwrap();
        assert_eq!(tercet_conn_free(server), TERCET_OK);
    }
}
