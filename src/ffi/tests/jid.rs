//! Addresses.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use std::vec::Vec;

use super::*;
use crate::jid::MAX_PART;

/// The parts of what a call put out: whole, bare, local, domain, resource.
type Parts = [Option<String>; 5];

/// Calls for an address with so much room, and checks that nothing is written behind it.
fn put(
    capacity: usize,
    call: impl FnOnce(*mut c_char, usize, *mut tercet_jid) -> tercet_result,
) -> Result<Parts, tercet_result> {
    let mut buffer: Vec<c_char> = std::vec![0x55; capacity + 1];
    let mut jid = MaybeUninit::<tercet_jid>::uninit();
    let outcome = call(buffer.as_mut_ptr(), capacity, jid.as_mut_ptr());
    assert_eq!(buffer[capacity], 0x55);
    if outcome != TERCET_OK {
        assert!(buffer.iter().all(|octet| *octet == 0x55), "nothing is written on failure");
        return Err(outcome);
    }
    let jid = unsafe { jid.assume_init() };
    let within = buffer.as_ptr_range();
    let parts = [jid.full, jid.bare, jid.local, jid.domain, jid.resource];
    assert!(parts.iter().all(|part| part.ptr.is_null() || within.contains(&part.ptr)));
    Ok(parts.map(text_of))
}

fn parse(text: &str, capacity: usize) -> Result<Parts, tercet_result> {
    put(capacity, |buffer, capacity, jid| unsafe { tercet_jid_parse(str_of(text), buffer, capacity, jid) })
}

fn join(local: Option<&str>, domain: &str, resource: Option<&str>) -> Result<Parts, tercet_result> {
    let text = |text: Option<&str>| text.map_or(tercet_str::NONE, str_of);
    put(TERCET_JID_BYTES, |buffer, capacity, jid| unsafe {
        tercet_jid_join(text(local), str_of(domain), text(resource), buffer, capacity, jid)
    })
}

fn parts(parts: [&str; 5]) -> Parts {
    parts.map(|part| (!part.is_empty()).then(|| String::from(part)))
}

#[test]
fn addresses_are_prepared_and_taken_apart() {
    let full = parts(["juliet@example.com/Balcony", "juliet@example.com", "juliet", "example.com", "Balcony"]);
    assert_eq!(parse("Juliet@Example.COM./Balcony", TERCET_JID_BYTES).unwrap(), full);
    assert_eq!(join(Some("JULIET"), "example.com.", Some("Balcony")).unwrap(), full);
    let bare = parts(["juliet@example.com", "juliet@example.com", "juliet", "example.com", ""]);
    assert_eq!(parse("juliet@example.com", TERCET_JID_BYTES).unwrap(), bare);
    assert_eq!(join(Some("juliet"), "example.com", None).unwrap(), bare);
    let domain = parts(["example.com/x/y@z", "example.com", "", "example.com", "x/y@z"]);
    assert_eq!(parse("example.com/x/y@z", TERCET_JID_BYTES).unwrap(), domain);
    assert_eq!(join(None, "example.com", Some("x/y@z")).unwrap(), domain);
}

#[test]
fn what_is_no_address_says_so() {
    for text in ["", "@example.com", "a@", "a@b/", "a b@c", "a@b@c", "a@-b"] {
        assert_eq!(parse(text, TERCET_JID_BYTES), Err(TERCET_ERR_JID), "{text}");
    }
    assert_eq!(join(Some(""), "example.com", None), Err(TERCET_ERR_JID));
    assert_eq!(join(Some("a@b"), "example.com", None), Err(TERCET_ERR_JID));
    assert_eq!(join(Some("a"), "example.com/x", None), Err(TERCET_ERR_JID));
    assert_eq!(join(None, "example.com", Some("")), Err(TERCET_ERR_JID));
    let broken = tercet_str { ptr: b"\xc3\x28".as_ptr().cast(), len: 2 };
    let broken = put(9, |buffer, capacity, jid| unsafe { tercet_jid_parse(broken, buffer, capacity, jid) });
    assert_eq!(broken, Err(TERCET_ERR_UTF8));
}

#[test]
fn the_buffer_suffices_or_nothing_is_written() {
    assert_eq!(parse("a@b/c", 4), Err(TERCET_ERR_SPACE));
    assert!(parse("a@b/c", 5).is_ok());
    let domain = ["d".repeat(63), "d".repeat(63), "d".repeat(63), "d".repeat(61)].join(".");
    let longest = std::format!("{}@{domain}/{}", "l".repeat(MAX_PART), "r".repeat(MAX_PART));
    assert_eq!(parse(&longest, TERCET_JID_BYTES).unwrap()[0].as_deref(), Some(&*longest));
    assert_eq!(TERCET_JID_BYTES, 3 * MAX_PART + 2);
}

#[test]
fn an_address_is_prepared_in_place() {
    let mut buffer = *b"Juliet@Example.COM";
    let (data, len) = (buffer.as_mut_ptr().cast::<c_char>(), buffer.len());
    let mut jid = MaybeUninit::<tercet_jid>::uninit();
    let text = tercet_str { ptr: data, len };
    assert_eq!(unsafe { tercet_jid_parse(text, data, len, jid.as_mut_ptr()) }, TERCET_OK);
    assert_eq!(text_of(unsafe { jid.assume_init() }.full).unwrap(), "juliet@example.com");
}

#[test]
fn addresses_are_compared_as_addresses() {
    let compare = |a: &str, b: &str| {
        let mut order = 7;
        match unsafe { tercet_jid_compare(str_of(a), str_of(b), &raw mut order) } {
            TERCET_OK => Ok(order),
            other => {
                assert_eq!(order, 7, "nothing is put out on failure");
                Err(other)
            }
        }
    };
    assert_eq!(compare("Juliet@Example.com/x", "juliet@example.com./x"), Ok(0));
    assert_eq!(compare("juliet@example.com/x", "juliet@example.com/X"), Ok(1));
    assert_eq!(compare("a@example.com", "b@example.com"), Ok(-1));
    assert_eq!(compare("@", "b@example.com"), Err(TERCET_ERR_JID));
    assert_eq!(compare("b@example.com", ""), Err(TERCET_ERR_JID));
}

#[test]
fn null_is_an_answer() {
    let (mut buffer, mut jid, mut order) = ([0; 9], MaybeUninit::<tercet_jid>::uninit(), 0);
    let (data, out) = (buffer.as_mut_ptr(), jid.as_mut_ptr());
    let (none, some) = (tercet_str::NONE, str_of("a"));
    let answers = unsafe {
        [
            tercet_jid_parse(none, data, 9, out),
            tercet_jid_parse(some, ptr::null_mut(), 9, out),
            tercet_jid_parse(some, data, 9, ptr::null_mut()),
            tercet_jid_join(none, none, none, data, 9, out),
            tercet_jid_join(none, some, none, ptr::null_mut(), 9, out),
            tercet_jid_join(none, some, none, data, 9, ptr::null_mut()),
            tercet_jid_compare(none, some, &raw mut order),
            tercet_jid_compare(some, none, &raw mut order),
            tercet_jid_compare(some, some, ptr::null_mut()),
        ]
    };
    assert_eq!(answers, [TERCET_ERR_NULL; 9]);
}
