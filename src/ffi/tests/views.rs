//! What can be seen of a unit, and for how long.

use core::mem::MaybeUninit;
use std::vec::Vec;

use super::*;

pub(super) const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
    from='example.net' id='s1' version='1.0' xml:lang='en'>";

pub(super) fn feed(parser: *mut tercet_parser, text: &str) {
    assert_eq!(unsafe { tercet_parser_recv(parser, text.as_ptr(), text.len()) }, TERCET_OK);
}

pub(super) fn next(parser: *mut tercet_parser) -> Result<tercet_stanza, tercet_result> {
    let mut stanza = MaybeUninit::uninit();
    match unsafe { tercet_parser_next(parser, stanza.as_mut_ptr()) } {
        TERCET_OK => Ok(unsafe { stanza.assume_init() }),
        other => Err(other),
    }
}

/// A parser that has just lent the stanza `text`.
pub(super) fn lent(text: &str) -> (*mut tercet_parser, tercet_stanza) {
    lent_by(parser(), text)
}

fn lent_by(parser: *mut tercet_parser, text: &str) -> (*mut tercet_parser, tercet_stanza) {
    feed(parser, HEADER);
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_HEADER);
    feed(parser, text);
    let stanza = next(parser).unwrap();
    (parser, stanza)
}

pub(super) fn texts(element: tercet_element) -> Option<String> {
    let mut text = tercet_str::NONE;
    (unsafe { tercet_element_text(element, &raw mut text) } == TERCET_OK).then(|| text_of(text)).flatten()
}

#[test]
fn units_of_a_stream_come_whole_at_every_chunking() {
    let stream = [
        HEADER,
        "<message to='a&amp;b' xml:lang='de'><body>1 &lt; 2</body></message>",
        "<presence/> x <iq type='get' id='1'><q xmlns='urn:q'/></iq></stream:stream>",
    ]
    .concat();
    let kinds = [
        TERCET_UNIT_HEADER,
        TERCET_UNIT_MESSAGE,
        TERCET_UNIT_PRESENCE,
        TERCET_UNIT_TEXT,
        TERCET_UNIT_IQ,
        TERCET_UNIT_CLOSE,
    ];
    for chunk in 1..=stream.len() {
        let parser = parser();
        let mut seen = Vec::new();
        for octets in stream.as_bytes().chunks(chunk) {
            assert_eq!(unsafe { tercet_parser_recv(parser, octets.as_ptr(), octets.len()) }, TERCET_OK);
            while let Ok(stanza) = next(parser) {
                if stanza.kind == TERCET_UNIT_MESSAGE {
                    assert_eq!(text_of(stanza.to).unwrap(), "a&b");
                    assert_eq!(text_of(stanza.lang).unwrap(), "de");
                    assert_eq!(text_of(stanza.from), None);
                    assert_eq!(text_of(stanza.ns).unwrap(), "jabber:client");
                    assert!(text_of(stanza.raw).unwrap().ends_with("</body></message>"));
                }
                seen.push(stanza.kind);
            }
        }
        assert_eq!(seen, kinds, "{chunk} at a time");
        assert_eq!(unsafe { tercet_parser_eof(parser) }, TERCET_OK);
        unsafe { tercet_parser_free(parser) };
    }
}

#[test]
fn reading_straight_into_the_parser() {
    let parser = parser();
    let (mut buffer, mut capacity) = (ptr::null_mut(), 0);
    unsafe {
        assert_eq!(tercet_parser_recv_buffer(parser, 500, &raw mut buffer, &raw mut capacity), TERCET_OK);
        assert!(capacity >= 500);
        ptr::copy_nonoverlapping(HEADER.as_ptr(), buffer, HEADER.len());
        assert_eq!(tercet_parser_commit(parser, HEADER.len()), TERCET_OK);
    }
    let header = next(parser).unwrap();
    assert_eq!(text_of(header.from).unwrap(), "example.net");
    assert_eq!(text_of(header.id).unwrap(), "s1");
    assert_eq!(text_of(header.name).unwrap(), "stream");
    unsafe { tercet_parser_free(parser) };
}

/// Each is asked for by its number: that must not take the way past all before it.
#[test]
fn a_hundred_thousand_attributes_take_no_square() {
    let attributes: String = (0..100_000).map(|at| std::format!(" a{at}=''")).collect();
    let parser = made(|out| unsafe { tercet_parser_new(TERCET_LIMITS_NONE, out) });
    let (parser, stanza) = lent_by(parser, &std::format!("<message{attributes}/>"));
    let began = std::time::Instant::now();
    let (mut iter, mut attr) = (tercet_iterate(stanza.root), MaybeUninit::<tercet_attr>::uninit());
    let mut count = 0;
    while unsafe { tercet_attrs_next(&raw mut iter, attr.as_mut_ptr()) } == TERCET_OK {
        count += 1;
    }
    assert_eq!(count, 100_000);
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn children_attributes_and_text() {
    let (parser, stanza) = lent(
        "<message><x b='2' xmlns='urn:x' xml:lang='la' xmlns:p='p' a='&#49;'>one<y/>two &amp; <![CDATA[<three>]]></x></message>",
    );
    let mut x = tercet_element::NONE;
    unsafe {
        assert_eq!(tercet_element_child(stanza.root, str_of("urn:x"), str_of("x"), &raw mut x), TERCET_OK);
        assert!(tercet_element_is(x, str_of("urn:x"), str_of("x")));
        assert!(!tercet_element_is(x, str_of("urn:y"), str_of("x")));
        assert_eq!(tercet_element_child(x, str_of("urn:x"), str_of("x"), &raw mut x), TERCET_NONE);
    }
    assert_eq!(texts(x).unwrap(), "onetwo & <three>");

    let mut iter = tercet_iterate(x);
    let mut node = MaybeUninit::<tercet_node>::uninit();
    let mut children = Vec::new();
    while unsafe { tercet_children_next(&raw mut iter, node.as_mut_ptr()) } == TERCET_OK {
        let node = unsafe { node.assume_init() };
        children.push((node.kind, text_of(node.text), text_of(node.raw).unwrap()));
        if node.kind == TERCET_NODE_ELEMENT {
            assert_eq!(text_of(unsafe { tercet_element_raw(node.element) }), text_of(node.raw));
        }
    }
    let text = |text: &str, raw: &str| (TERCET_NODE_TEXT, Some(String::from(text)), String::from(raw));
    let element = |raw: &str| (TERCET_NODE_ELEMENT, None, String::from(raw));
    let coded = text("two & <three>", "two &amp; <![CDATA[<three>]]>");
    assert_eq!(children, [text("one", "one"), element("<y/>"), coded]);

    let mut iter = tercet_iterate(x);
    let mut attr = MaybeUninit::<tercet_attr>::uninit();
    let mut attrs = Vec::new();
    while unsafe { tercet_attrs_next(&raw mut iter, attr.as_mut_ptr()) } == TERCET_OK {
        let attr = unsafe { attr.assume_init() };
        attrs.push([attr.ns, attr.name, attr.value, attr.raw].map(|text| text_of(text).unwrap()));
    }
    let xml = "http://www.w3.org/XML/1998/namespace";
    assert_eq!(attrs, [["", "b", "2", "2"], [xml, "lang", "la", "la"], ["", "a", "1", "&#49;"]]);

    let mut value = tercet_str::NONE;
    unsafe {
        assert_eq!(tercet_element_attr(x, str_of("a"), &raw mut value), TERCET_OK);
        assert_eq!(text_of(value).unwrap(), "1");
        assert_eq!(tercet_element_attr_ns(x, str_of(xml), str_of("lang"), &raw mut value), TERCET_OK);
        assert_eq!(text_of(value).unwrap(), "la");
        assert_eq!(tercet_element_attr(x, str_of("lang"), &raw mut value), TERCET_NONE);
        tercet_parser_free(parser);
    }
}

#[test]
fn decoded_texts_stay_where_they_are_while_others_are_made() {
    let body: String = (0..200).map(|n| std::format!("<t n='&#{};'>&lt;{n}&gt;</t>", 65 + n)).collect();
    let (parser, stanza) = lent(&["<message to='x&amp;y'>", &body, "</message>"].concat());
    let mut iter = tercet_iterate(stanza.root);
    let mut node = MaybeUninit::<tercet_node>::uninit();
    let mut made = Vec::new();
    while unsafe { tercet_children_next(&raw mut iter, node.as_mut_ptr()) } == TERCET_OK {
        let mut text = tercet_str::NONE;
        assert_eq!(unsafe { tercet_element_text(node.assume_init().element, &raw mut text) }, TERCET_OK);
        made.push(text);
    }
    assert_eq!(made.len(), 200);
    for (n, text) in made.into_iter().enumerate() {
        assert_eq!(text_of(text).unwrap(), std::format!("<{n}>"));
    }
    assert_eq!(text_of(stanza.to).unwrap(), "x&y");
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn views_out_of_date_say_so() {
    let (parser, stanza) = lent("<message><body>old</body></message><message><body>new</body></message>");
    assert_eq!(text_of(unsafe { tercet_element_name(stanza.root) }).unwrap(), "message");
    let fresh = next(parser).unwrap();
    let mut text = tercet_str::NONE;
    let mut iter = tercet_iterate(stanza.root);
    let mut node = MaybeUninit::<tercet_node>::uninit();
    unsafe {
        assert_eq!(tercet_element_text(stanza.root, &raw mut text), TERCET_ERR_STALE);
        assert!(tercet_element_name(stanza.root).ptr.is_null());
        assert_eq!(tercet_children_next(&raw mut iter, node.as_mut_ptr()), TERCET_ERR_STALE);
        assert_eq!(text_of(tercet_element_name(fresh.root)).unwrap(), "message");
        // Octets that arrive may move those that are there.
        assert_eq!(tercet_parser_recv(parser, b" ".as_ptr(), 1), TERCET_OK);
        assert_eq!(tercet_element_text(fresh.root, &raw mut text), TERCET_ERR_STALE);
        assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
        // A view that the library did not make finds nothing, or something harmless.
        let forged = tercet_element { place: 1_000_000, ..fresh.root };
        assert!(tercet_element_name(forged).ptr.is_null());
        tercet_parser_free(parser);
    }
}

#[test]
fn errors_are_given_for_ever_and_say_where() {
    let parser = parser();
    feed(parser, HEADER);
    next(parser).unwrap();
    feed(parser, "<message><!-- no --></message>");
    for _ in 0..3 {
        assert_eq!(next(parser).unwrap_err(), TERCET_ERR_SYNTAX);
        let mut error = MaybeUninit::<tercet_error>::uninit();
        let error = unsafe {
            assert_eq!(tercet_parser_last_error(parser, error.as_mut_ptr()), TERCET_OK);
            error.assume_init()
        };
        assert_eq!(error.result, TERCET_ERR_SYNTAX);
        assert_eq!(text_of(error.condition).unwrap(), "restricted-xml");
        let at = usize::try_from(error.offset).unwrap();
        assert!((HEADER.len() + 9..HEADER.len() + 14).contains(&at), "{at}");
        assert!(text_of(error.message).unwrap().contains("comment"));
    }
    assert_eq!(unsafe { tercet_parser_eof(parser) }, TERCET_ERR_SYNTAX);
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn limits_are_set_one_by_one() {
    let parser = parser();
    unsafe {
        assert_eq!(tercet_parser_set_limit(parser, TERCET_LIMIT_DEPTH, 2), TERCET_OK);
        assert_eq!(tercet_parser_set_limit(parser, 0, 2), TERCET_ERR_ARGUMENT);
    }
    feed(parser, HEADER);
    next(parser).unwrap();
    feed(parser, "<a><b/></a><a><b><c/></b></a>");
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_OTHER);
    assert_eq!(next(parser).unwrap_err(), TERCET_ERR_LIMIT);
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn an_end_that_comes_too_early_is_an_error() {
    let (parser, _) = lent("<message/>");
    assert_eq!(unsafe { tercet_parser_eof(parser) }, TERCET_ERR_TRUNCATED);
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn an_end_behind_a_fault_is_that_fault() {
    let (parser, _) = lent("<message/>");
    feed(parser, "</stream:stream>x");
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_CLOSE);
    for _ in 0..2 {
        assert_eq!(next(parser).unwrap_err(), TERCET_ERR_SYNTAX);
        assert_eq!(unsafe { tercet_parser_eof(parser) }, TERCET_ERR_SYNTAX);
    }
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn drafts_are_written_well_formed_or_not_at_all() {
    unsafe {
        let writer = made(|out| tercet_writer_new(out));
        let none = tercet_str::NONE;
        tercet_writer_open(writer, none, str_of("message"));
        tercet_writer_attr(writer, str_of("to"), str_of("juliet@example.com"));
        tercet_writer_lang(writer, str_of("en"));
        tercet_writer_open(writer, none, str_of("body"));
        tercet_writer_text(writer, str_of("R&J"));
        tercet_writer_close(writer);
        tercet_writer_open(writer, str_of("urn:xmpp:receipts"), str_of("request"));
        tercet_writer_attr_ns(writer, str_of("urn:a"), str_of("k"), str_of("'"));
        tercet_writer_close(writer);
        tercet_writer_close(writer);
        let mut text = none;
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_OK);
        let expected = "<message to='juliet@example.com' xml:lang='en'><body>R&amp;J</body>\
            <request xmlns='urn:xmpp:receipts' xmlns:ns1='urn:a' ns1:k='&apos;'/></message>";
        assert_eq!(text_of(text).unwrap(), expected);

        // The first error stays until the draft is cleared.
        tercet_writer_text(writer, tercet_str { ptr: b"\xff".as_ptr().cast(), len: 1 });
        tercet_writer_attr(writer, none, str_of("x"));
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_ERR_UTF8);
        tercet_writer_clear(writer);
        tercet_writer_open(writer, none, str_of("a><b"));
        tercet_writer_close(writer);
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_ERR_WRITE);
        tercet_writer_clear(writer);
        tercet_writer_open(writer, none, str_of("open"));
        assert_eq!(tercet_writer_written(writer, &raw mut text), TERCET_ERR_WRITE);
        tercet_writer_free(writer);
    }
}

#[test]
fn memory_goes_back_and_the_stream_goes_on() {
    let parser = parser();
    feed(parser, &[HEADER, "<message to='a&amp;b'/>", "<mess"].concat());
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_HEADER);
    let message = next(parser).unwrap();
    unsafe {
        let busy = tercet_parser_memory(parser);
        assert_eq!(tercet_parser_shrink(parser), TERCET_OK);
        assert!(text_of(tercet_element_name(message.root)).is_none(), "a view from before");
        let halfway = tercet_parser_memory(parser);
        assert!(halfway < busy, "{halfway} {busy}");
        feed(parser, "age id='1'/>");
        assert_eq!(text_of(next(parser).unwrap().id).as_deref(), Some("1"));
        assert_eq!(tercet_parser_shrink(parser), TERCET_OK);
        let idle = tercet_parser_memory(parser);
        assert!(idle < 512 && idle < halfway, "{idle} {halfway} {busy}");
        feed(parser, "\n");
        assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
        assert_eq!(tercet_parser_memory(parser), idle);
        feed(parser, "<presence/>");
        let presence = next(parser).unwrap();
        assert_eq!(presence.kind, TERCET_UNIT_PRESENCE);
        assert_eq!(text_of(presence.ns).as_deref(), Some("jabber:client"));
        tercet_parser_free(parser);
    }
}

#[test]
fn a_parser_reads_another_stream_after_a_restart() {
    let parser = parser();
    feed(parser, HEADER);
    let old = next(parser).unwrap();
    feed(parser, "<message>");
    feed(parser, "</presence>");
    assert_eq!(next(parser).unwrap_err(), TERCET_ERR_SYNTAX);
    unsafe {
        assert_eq!(tercet_parser_restart(parser), TERCET_OK);
        let mut error = MaybeUninit::uninit();
        assert_eq!(tercet_parser_last_error(parser, error.as_mut_ptr()), TERCET_OK);
        assert_eq!(error.assume_init().result, TERCET_OK);
        assert!(text_of(tercet_element_name(old.root)).is_none(), "a view of the old stream");
        tercet_parser_free(parser);
    }
    let parser = self::parser();
    // What waits behind the unit that is lent belongs to the new stream.
    feed(parser, &[HEADER, "<message/>", HEADER, "<presence/>"].concat());
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_HEADER);
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_MESSAGE);
    unsafe { assert_eq!(tercet_parser_restart(parser), TERCET_OK) };
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_HEADER);
    assert_eq!(next(parser).unwrap().kind, TERCET_UNIT_PRESENCE);
    unsafe {
        assert_eq!(tercet_parser_restart(ptr::null_mut()), TERCET_ERR_NULL);
        tercet_parser_free(parser);
    }
}

#[test]
fn a_document_is_one_unit() {
    let parser = made(|out| unsafe { tercet_parser_new_document(TERCET_LIMITS_NONE, out) });
    feed(parser, "<?xml version='1.0'?>\n<list xmlns='urn:list'><item/></list>");
    let root = next(parser).unwrap();
    assert_eq!((root.kind, text_of(root.name).as_deref()), (TERCET_UNIT_OTHER, Some("list")));
    assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
    unsafe {
        assert_eq!(tercet_parser_eof(parser), TERCET_OK);
        tercet_parser_free(parser);
        let mut none = ptr::null_mut();
        assert_eq!(tercet_parser_new_document(99, &raw mut none), TERCET_ERR_ARGUMENT);
        assert!(none.is_null());
    }
}

#[test]
fn the_end_of_the_octets_leaves_what_is_lent() {
    let parser = made(|out| unsafe { tercet_parser_new_document(TERCET_LIMITS_NONE, out) });
    // More than an empty input keeps.
    let text = "x".repeat(5_000);
    feed(parser, &format!("<list>{text}</list>"));
    let root = next(parser).unwrap();
    unsafe {
        assert_eq!(tercet_parser_eof(parser), TERCET_OK);
        assert_eq!(texts(root.root).as_deref(), Some(text.as_str()));
        assert!(text_of(root.raw).unwrap().ends_with("x</list>"));
        tercet_parser_free(parser);
    }
    let (parser, stanza) = lent("<message id='1'/><mess");
    unsafe {
        assert_eq!(tercet_parser_eof(parser), TERCET_ERR_TRUNCATED);
        assert_eq!(text_of(stanza.raw).as_deref(), Some("<message id='1'/>"));
        tercet_parser_free(parser);
    }
}

/// The buffer it lies in may grow, and move, while it is read.
#[test]
fn what_a_handle_lent_is_not_taken_in_again() {
    let (parser, stanza) = lent("<message to='a&amp;b'/>");
    unsafe {
        for text in [stanza.raw, stanza.to] {
            assert_eq!(tercet_parser_recv(parser, text.ptr.cast(), text.len), TERCET_ERR_ARGUMENT);
        }
        assert_eq!(text_of(stanza.to).as_deref(), Some("a&b"), "nothing was done");
        let (mut room, mut capacity) = (ptr::null_mut(), 0);
        assert_eq!(tercet_parser_recv_buffer(parser, 8, &raw mut room, &raw mut capacity), TERCET_OK);
        assert_eq!(tercet_parser_recv(parser, room, 8), TERCET_ERR_ARGUMENT);
        tercet_parser_free(parser);
    }
}

#[test]
fn room_is_confirmed_once() {
    let (parser, stanza) = lent("<message id='1'/>");
    let len = text_of(stanza.raw).unwrap().len();
    assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
    unsafe {
        assert_eq!(tercet_parser_commit(parser, len), TERCET_OK);
        assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE, "no room was lent: these are octets of the past");
        let (mut room, mut capacity) = (ptr::null_mut(), 0);
        assert_eq!(tercet_parser_recv_buffer(parser, len, &raw mut room, &raw mut capacity), TERCET_OK);
        core::ptr::copy_nonoverlapping(b"<message id='2'/>".as_ptr(), room, len);
        for _ in 0..2 {
            assert_eq!(tercet_parser_commit(parser, len), TERCET_OK);
        }
        assert_eq!(text_of(next(parser).unwrap().id).as_deref(), Some("2"));
        assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
        tercet_parser_free(parser);
    }
}
