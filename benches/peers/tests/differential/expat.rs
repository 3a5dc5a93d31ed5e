//! expat's answer. `shims/events.c` is the other half.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::{ptr, slice};

use crate::event::{Attribute, Event, Name};

/// What expat met that XMPP leaves out of XML; the bits of `shims/events.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Saw(u32);

impl Saw {
    pub(crate) const COMMENT: Self = Self(1);
    pub(crate) const INSTRUCTION: Self = Self(2);
    pub(crate) const DOCTYPE: Self = Self(4);
    pub(crate) const OTHER_VERSION: Self = Self(8);
    pub(crate) const OTHER_ENCODING: Self = Self(16);

    pub(crate) fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) events: Vec<Event>,
    /// Why it refuses, and where.
    pub(crate) error: Option<(String, u64)>,
    pub(crate) saw: Saw,
}

#[repr(C)]
#[derive(Default)]
struct Verdict {
    error: i32,
    saw: u32,
    at: u64,
}

unsafe extern "C" {
    fn expat_events(bytes: *const u8, len: usize, verdict: *mut Verdict, log_len: *mut usize) -> *mut c_char;
    fn expat_events_free(bytes: *mut c_char);
    safe fn expat_error(error: i32) -> *const c_char;
}

/// What expat, given all of it at once, says of `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Answer {
    let (mut verdict, mut len) = (Verdict::default(), 0);
    // SAFETY: `bytes` are readable for their length, `verdict` and `len` are writable, and none is kept.
    let log =
        unsafe { expat_events(bytes.as_ptr(), bytes.len(), ptr::from_mut(&mut verdict), ptr::from_mut(&mut len)) };
    assert!(verdict.error >= 0, "no memory for expat");
    let events = if log.is_null() {
        Vec::new()
    } else {
        // SAFETY: not null, so `len` octets that were written; they are not freed before the slice is gone.
        events(unsafe { slice::from_raw_parts(log.cast(), len) })
    };
    // SAFETY: what `expat_events` gave, once.
    unsafe { expat_events_free(log) };
    let error = (verdict.error != 0).then(|| {
        // SAFETY: a string that ends with a zero and lives as long as the program.
        let text = unsafe { CStr::from_ptr(expat_error(verdict.error)) };
        (text.to_string_lossy().into_owned(), verdict.at)
    });
    Answer { events, error, saw: Saw(verdict.saw) }
}

fn events(log: &[u8]) -> Vec<Event> {
    let mut rest = log;
    let mut events = Vec::new();
    let mut declarations = Vec::new();
    while let Some((letter, after)) = rest.split_first() {
        rest = after;
        match letter {
            b'D' => declarations.push((string(&mut rest), string(&mut rest))),
            b'E' => {
                let declarations = std::mem::take(&mut declarations);
                events.push(Event::Open { name: name(&string(&mut rest)), declarations, attributes: Vec::new() });
            }
            b'A' => {
                let attribute = Attribute { name: name(&string(&mut rest)), value: string(&mut rest) };
                match events.last_mut() {
                    Some(Event::Open { attributes, .. }) => attributes.push(attribute),
                    _ => panic!("an attribute without an element"),
                }
            }
            b'T' => events.push(Event::Text(string(&mut rest))),
            b'X' => events.push(Event::Close),
            other => panic!("a record of another kind: {other}"),
        }
    }
    events
}

fn string(rest: &mut &[u8]) -> String {
    let end = rest.iter().position(|octet| *octet == 0).expect("a string ends with a zero");
    let (text, after) = rest.split_at(end);
    *rest = &after[1..];
    String::from_utf8(text.to_vec()).expect("expat speaks UTF-8")
}

/// `LOCAL`, `NS sep LOCAL` or `NS sep LOCAL sep PREFIX`.
fn name(triplet: &str) -> Name {
    let parts: Vec<&str> = triplet.split('\u{1}').collect();
    let (ns, local, prefix) = match parts[..] {
        [local] => ("", local, ""),
        [ns, local] => (ns, local, ""),
        [ns, local, prefix] => (ns, local, prefix),
        _ => panic!("a name of {} parts", parts.len()),
    };
    Name { ns: ns.to_owned(), local: local.to_owned(), prefix: prefix.to_owned() }
}
