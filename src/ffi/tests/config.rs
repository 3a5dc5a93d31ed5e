//! What the setters of configurations do to connections.

use core::mem::MaybeUninit;
use std::vec::Vec;

use super::*;

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
    to='example.net' version='1.0'>";

/// What a connection answers to octets, and what ended it.
fn hear(conn: *mut tercet_conn, said: &str) -> (String, tercet_result) {
    let mut event = MaybeUninit::<tercet_event>::uninit();
    assert_eq!(unsafe { tercet_conn_recv(conn, said.as_ptr(), said.len()) }, TERCET_OK);
    loop {
        match unsafe { tercet_conn_poll(conn, 0, event.as_mut_ptr()) } {
            TERCET_OK => {}
            end => return (output(conn), end),
        }
    }
}

fn client_of(config: *mut tercet_client_config) -> *mut tercet_conn {
    made(|out| unsafe { tercet_client_new(config, out) })
}

fn server_of(config: *mut tercet_server_config) -> *mut tercet_conn {
    made(|out| unsafe { tercet_server_new(config, out) })
}

/// What a client under TLS chooses of an offer.
fn choice(config: *mut tercet_client_config, offer: &[&str]) -> (String, tercet_result) {
    let client = client_of(config);
    hear(client, "");
    let names: Vec<String> = offer.iter().map(|name| std::format!("<mechanism>{name}</mechanism>")).collect();
    let said = std::format!(
        "{}<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{}</mechanisms></stream:features>",
        HEADER.replace("to='example.net'", "from='example.net' id='1'"),
        names.concat()
    );
    let (answer, end) = hear(client, &said);
    assert_eq!(unsafe { tercet_conn_free(client) }, TERCET_OK);
    let name = answer.split("mechanism='").nth(1).and_then(|rest| rest.split('\'').next());
    (String::from(name.unwrap_or_default()), end)
}

#[test]
fn a_client_uses_what_it_was_allowed() {
    unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net"), str_of("jul13t"), out));
        assert_eq!(tercet_client_config_set_tls(config, TERCET_TLS_DIRECT), TERCET_OK);
        let old = ["SCRAM-SHA-1", "PLAIN"];
        assert_eq!(choice(config, &old), ("SCRAM-SHA-1".into(), TERCET_NEED_MORE));
        assert_eq!(tercet_client_config_allow_scram_sha1(config, false), TERCET_OK);
        assert_eq!(choice(config, &old), (String::new(), TERCET_ERR_INCOMPATIBLE));
        assert_eq!(tercet_client_config_allow_plain(config, true), TERCET_OK);
        assert_eq!(choice(config, &old), ("PLAIN".into(), TERCET_NEED_MORE), "the one choice has not undone the other");
        tercet_client_config_free(config);
    }
}

#[test]
fn a_client_speaks_the_language_that_was_set() {
    unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net"), str_of("jul13t"), out));
        let before = client_of(config);
        assert_eq!(tercet_client_config_set_lang(config, str_of("de")), TERCET_OK);
        let broken = tercet_str { ptr: b"\xff".as_ptr().cast(), len: 1 };
        assert_eq!(tercet_client_config_set_lang(config, broken), TERCET_ERR_UTF8);
        assert_eq!(tercet_client_config_set_lang(config, tercet_str::NONE), TERCET_ERR_NULL);
        let after = client_of(config);
        tercet_client_config_free(config);
        assert!(hear(before, "").0.contains("xml:lang='en'"), "made before the change");
        assert!(hear(after, "").0.contains("xml:lang='de'"));
        assert_eq!(tercet_conn_free(before), TERCET_OK);
        assert_eq!(tercet_conn_free(after), TERCET_OK);
    }
}

#[test]
fn a_server_offers_the_mechanisms_that_were_set() {
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        assert_eq!(tercet_server_config_set_tls(config, TERCET_TLS_DIRECT), TERCET_OK);
        let offer = || {
            let server = server_of(config);
            let said = hear(server, HEADER).0;
            assert_eq!(tercet_conn_free(server), TERCET_OK);
            let names = said.split("<mechanism>").skip(1).map(|rest| String::from(rest.split('<').next().unwrap()));
            names.collect::<Vec<_>>()
        };
        let set = |names: &[&str]| {
            let names: Vec<tercet_str> = names.iter().copied().map(str_of).collect();
            tercet_server_config_set_mechanisms(config, names.as_ptr(), names.len())
        };
        assert_eq!(offer(), ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]);
        assert_eq!(set(&["PLAIN", "SCRAM-SHA-512"]), TERCET_OK);
        assert_eq!(set(&["SCRAM-SHA-1", "LOGIN"]), TERCET_ERR_ARGUMENT);
        assert_eq!(set(&[]), TERCET_ERR_ARGUMENT);
        assert_eq!(tercet_server_config_set_mechanisms(config, ptr::null(), 1), TERCET_ERR_NULL);
        let far = tercet_server_config_set_mechanisms(config, ptr::dangling(), usize::MAX);
        assert_eq!(far, TERCET_ERR_NULL, "more than memory can hold");
        let none = tercet_str::NONE;
        assert_eq!(tercet_server_config_set_mechanisms(config, &raw const none, 1), TERCET_ERR_NULL);
        assert_eq!(offer(), ["PLAIN", "SCRAM-SHA-512"], "what failed has changed nothing");
        tercet_server_config_free(config);
    }
}

#[test]
fn a_server_lets_space_pass_where_it_was_told_to() {
    unsafe {
        let config = made(|out| tercet_server_config_new(str_of("example.net"), out));
        for (allow, end) in [(false, TERCET_ERR_PROTOCOL), (true, TERCET_NEED_MORE), (false, TERCET_ERR_PROTOCOL)] {
            assert_eq!(tercet_server_config_allow_whitespace_after_starttls(config, allow), TERCET_OK);
            let server = server_of(config);
            hear(server, HEADER);
            assert_eq!(hear(server, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\n").1, end);
            assert_eq!(tercet_conn_free(server), TERCET_OK);
        }
        tercet_server_config_free(config);
    }
}

#[test]
fn limits_and_deadlines_are_set_side_by_side() {
    unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net"), str_of("jul13t"), out));
        assert_eq!(tercet_client_config_set_timing(config, 1_000, 2_000), TERCET_OK);
        assert_eq!(tercet_client_config_set_limit(config, TERCET_LIMIT_DEPTH, 3), TERCET_OK);
        assert_eq!(tercet_client_config_set_limit(config, 0, 3), TERCET_ERR_ARGUMENT);
        let client = client_of(config);
        hear(client, "");
        assert_eq!(tercet_conn_deadline(client), 1_000);
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        tercet_client_config_free(config);
    }
}

#[test]
fn a_language_is_one_that_xml_can_hold() {
    unsafe {
        let config = made(|out| tercet_client_config_new(str_of("romeo@example.net"), str_of("jul13t"), out));
        assert_eq!(tercet_client_config_set_lang(config, str_of("de")), TERCET_OK);
        assert_eq!(tercet_client_config_set_lang(config, str_of("d\u{1}e")), TERCET_ERR_WRITE);
        let client = client_of(config);
        assert!(hear(client, "").0.contains("xml:lang='de'"), "what failed has changed nothing");
        assert_eq!(tercet_conn_free(client), TERCET_OK);
        tercet_client_config_free(config);
    }
}
