//! libxml2: SAX2, pushed. `shims/libxml2.c` is the other half.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};

use super::{Peer, outcome};
use crate::task::{Answer, Task};

unsafe extern "C" {
    safe fn peer_libxml2_version() -> *const c_char;
    fn peer_libxml2_begin();
    fn peer_libxml2(task: c_int, bytes: *const u8, len: usize, piece: usize, answer: *mut Answer) -> c_int;
}

pub struct Libxml2(());

impl Libxml2 {
    pub fn new() -> Self {
        static BEGIN: std::sync::Once = std::sync::Once::new();
        // SAFETY: called once, and nothing of libxml2 can be called before, as all calls need a `Libxml2`.
        BEGIN.call_once(|| unsafe { peer_libxml2_begin() });
        Self(())
    }
}

impl Peer for Libxml2 {
    fn name(&self) -> &'static str {
        "libxml2"
    }

    fn version(&self) -> String {
        // SAFETY: the shim gives a string literal.
        unsafe { CStr::from_ptr(peer_libxml2_version()) }.to_string_lossy().into_owned()
    }

    fn remarks(&self) -> &'static str {
        "SAX2, pushed; its limits off"
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        let mut answer = Answer::default();
        // libxml2 counts in `int`.
        let piece = piece.min(1 << 30);
        // SAFETY: `stream` is readable for its length, `answer` is writable, and neither is kept.
        let code = unsafe { peer_libxml2(task as c_int, stream.as_ptr(), stream.len(), piece, &raw mut answer) };
        outcome(code, answer)
    }
}
