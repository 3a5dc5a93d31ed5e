//! No memory goes back to the allocator with a password in it: a login is watched from within.

#![allow(unsafe_code, reason = "an allocator is written so")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use support::*;
use tercet::TlsPolicy;

/// A password, and two parts of the message that holds it, `NUL romeo NUL jul14t`, in base64.
const NEEDLES: [&[u8]; 3] = [b"jul14t", b"AHJvbWVv", b"AGp1bDE0"];

thread_local! {
    static IS_WATCHING: Cell<bool> = const { Cell::new(false) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

/// Looks at what is given back. Memory that grows is taken anew, as the default of the trait does it.
struct Watching;

// SAFETY: all memory is the system's, which is given what this was given.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as promised by our caller. All of it is initialised, so that it may be looked at.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if IS_WATCHING.get() {
            // SAFETY: as promised by our caller, so many octets are there; `alloc` initialised them.
            let octets = unsafe { std::slice::from_raw_parts(place, layout.size()) };
            let holds = |needle: &&[u8]| octets.windows(needle.len()).any(|octets| octets == *needle);
            FOUND.set(FOUND.get() + usize::from(NEEDLES.iter().any(holds)));
        }
        // SAFETY: as promised by our caller.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// How often a needle is given back while `run` runs.
fn given_back(run: impl FnOnce()) -> usize {
    FOUND.set(0);
    IS_WATCHING.set(true);
    run();
    IS_WATCHING.set(false);
    FOUND.get()
}

#[test]
fn what_is_given_back_is_looked_at() {
    assert_eq!(given_back(|| drop(b"a jul14t b".to_vec())), 1);
    let mut text = String::from("AGp1bDE0");
    assert_eq!(given_back(|| text.reserve(100)), 1, "it has moved");
    assert_eq!(given_back(|| drop(vec![b'x'; 100])), 0);
}

#[test]
fn a_login_leaves_no_password_in_memory_that_is_given_back() {
    for content in [
        "AHJvbWVvAGp1bDE0dA==",
        "&#65;HJvbWVvAGp1bDE0dA==",
        "<![CDATA[AHJvbWVvAGp1bDE0dA==]]>",
        "AHJvbWVv<b/>AGp1bDE0dA==",
    ] {
        // So much behind it that memory grows while it is held.
        let tag = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>";
        let auth = format!("{tag}{content}</auth{:1500}>", "");
        for (chunk, len) in [(1, auth.len()), (100, auth.len()), (1_000, auth.len()), (64, auth.len() - 1)] {
            let mut server = server(server_config().tls(TlsPolicy::Direct));
            server.feed(HEADER.as_bytes(), usize::MAX).unwrap();
            let count = given_back(|| {
                let sent = server.feed(&auth.as_bytes()[..len], chunk).unwrap();
                assert_eq!(sent.contains("<not-authorized/>"), len == auth.len(), "{sent}");
                drop(server);
            });
            assert_eq!(count, 0, "{content} in pieces of {chunk}, {len} octets");
        }
    }
}
