//! Names as numbers.

use super::views::{feed, lent, next, texts};
use super::*;
use crate::ns::{NameId, NsId};

fn ns_id(text: &str) -> u32 {
    unsafe { tercet_ns_id(str_of(text)) }
}

fn name_id(text: &str) -> u32 {
    unsafe { tercet_name_id(str_of(text)) }
}

fn child(element: tercet_element, ns: u32, name: u32) -> Result<tercet_element, tercet_result> {
    let mut child = tercet_element::NONE;
    match unsafe { tercet_element_child_id(element, ns, name, &raw mut child) } {
        TERCET_OK => Ok(child),
        other => Err(other),
    }
}

fn attr(element: tercet_element, name: u32) -> Result<String, tercet_result> {
    let mut value = tercet_str::NONE;
    match unsafe { tercet_element_attr_id(element, name, &raw mut value) } {
        TERCET_OK => Ok(text_of(value).unwrap()),
        other => Err(other),
    }
}

#[test]
fn every_text_of_the_tables_has_its_number_and_no_other_has_one() {
    for (constant, id, text) in NsId::all() {
        assert_eq!(ns_id(text), id, "{constant}");
        assert_eq!(NsId::of_id(id).and_then(NsId::text), Some(text));
    }
    for (constant, id, text) in NameId::all() {
        assert_eq!(name_id(text), id, "{constant}");
        assert_eq!(NameId::of_id(id).and_then(NameId::text), Some(text));
    }
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    for unknown in [tercet_str::NONE, broken, str_of("nobody-knows-it"), tercet_str { ptr: ptr::null(), len: 3 }] {
        assert_eq!(unsafe { (tercet_ns_id(unknown), tercet_name_id(unknown)) }, (TERCET_ID_OTHER, TERCET_ID_OTHER));
    }
    assert_eq!(NsId::of_id(NsId::OTHER.id()), None);
    assert_eq!(NsId::of_id(u32::try_from(NsId::all().count()).unwrap() + 1), None);
    assert_eq!(NameId::of_id(u32::from(u16::MAX)), None);
    assert_eq!(NameId::of_id(u32::MAX), None);
}

#[test]
fn stanzas_and_elements_tell_their_numbers() {
    let (parser, stanza) = lent(
        "<iq type='get' id='a&amp;b'><x xmlns='urn:x'/><query xmlns='urn:x'/><query xmlns='jabber:iq:roster' ver='7'>r</query></iq>",
    );
    let (roster, query) = (ns_id("jabber:iq:roster"), name_id("query"));
    assert_eq!((stanza.ns_id, stanza.name_id), (ns_id("jabber:client"), name_id("iq")));
    let found = child(stanza.root, roster, query).unwrap();
    assert_eq!(texts(found).unwrap(), "r");
    assert_eq!(unsafe { (tercet_element_ns_id(found), tercet_element_name_id(found)) }, (roster, query));
    assert_eq!(child(stanza.root, ns_id("jabber:client"), query).unwrap_err(), TERCET_NONE);
    assert_eq!(attr(found, name_id("ver")).unwrap(), "7");
    assert_eq!(attr(stanza.root, name_id("id")).unwrap(), "a&b");
    assert_eq!(attr(found, name_id("id")), Err(TERCET_NONE));
    assert_eq!(attr(found, name_id("xmlns")), Err(TERCET_NONE), "a declaration is no attribute");

    let mut unknown = tercet_element::NONE;
    unsafe {
        assert_eq!(tercet_element_child(stanza.root, str_of("urn:x"), str_of("x"), &raw mut unknown), TERCET_OK);
        assert_eq!((tercet_element_ns_id(unknown), tercet_element_name_id(unknown)), (TERCET_ID_OTHER, name_id("x")));
        tercet_parser_free(parser);
    }
}

#[test]
fn headers_have_numbers_and_bare_units_have_none() {
    let parser = parser();
    feed(parser, super::views::HEADER);
    let header = next(parser).unwrap();
    assert_eq!((header.ns_id, header.name_id), (ns_id("http://etherx.jabber.org/streams"), name_id("stream")));
    feed(parser, "</stream:stream>");
    let close = next(parser).unwrap();
    assert_eq!((close.ns_id, close.name_id), (TERCET_ID_OTHER, TERCET_ID_OTHER));
    unsafe { tercet_parser_free(parser) };
}

#[test]
fn numbers_that_are_none_and_views_out_of_date_say_so() {
    let (parser, stanza) = lent("<message id='1'><unknown xmlns='urn:x'/></message>");
    let (client, body) = (ns_id("jabber:client"), name_id("body"));
    for wrong in [TERCET_ID_OTHER, 100_000, u32::MAX] {
        assert_eq!(child(stanza.root, wrong, body).unwrap_err(), TERCET_ERR_ARGUMENT);
        assert_eq!(child(stanza.root, client, wrong).unwrap_err(), TERCET_ERR_ARGUMENT);
        assert_eq!(attr(stanza.root, wrong), Err(TERCET_ERR_ARGUMENT));
    }
    assert_eq!(next(parser).unwrap_err(), TERCET_NEED_MORE);
    assert_eq!(child(stanza.root, client, body).unwrap_err(), TERCET_ERR_STALE);
    assert_eq!(attr(stanza.root, body), Err(TERCET_ERR_STALE));
    let none = (TERCET_ID_OTHER, TERCET_ID_OTHER);
    assert_eq!(unsafe { (tercet_element_ns_id(stanza.root), tercet_element_name_id(stanza.root)) }, none);
    unsafe { tercet_parser_free(parser) };
}
