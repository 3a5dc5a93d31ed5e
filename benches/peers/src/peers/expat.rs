//! expat: what ejabberd, Prosody, jabberd2 and libstrophe parse with. `shims/expat.c` is the other half.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};

use super::{Peer, outcome};
use crate::task::{Answer, Task};

unsafe extern "C" {
    safe fn peer_expat_version() -> *const c_char;
    fn peer_expat(
        namespaces: c_int,
        task: c_int,
        bytes: *const u8,
        len: usize,
        piece: usize,
        answer: *mut Answer,
    ) -> c_int;
}

pub struct Expat {
    pub namespaces: bool,
}

impl Peer for Expat {
    fn name(&self) -> &'static str {
        if self.namespaces { "expat, namespaces" } else { super::BASELINE }
    }

    fn version(&self) -> String {
        // SAFETY: expat gives a string that ends with a zero and lives as long as the program.
        let version = unsafe { CStr::from_ptr(peer_expat_version()) };
        version.to_string_lossy().trim_start_matches("expat_").to_owned()
    }

    fn remarks(&self) -> &'static str {
        if self.namespaces { "resolves namespaces by itself" } else { "namespaces resolved for it, for `dom` only" }
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String> {
        let mut answer = Answer::default();
        let namespaces = c_int::from(self.namespaces);
        // expat counts in `int`.
        let piece = piece.min(1 << 30);
        // SAFETY: `stream` is readable for its length, `answer` is writable, and neither is kept.
        let code =
            unsafe { peer_expat(namespaces, task as c_int, stream.as_ptr(), stream.len(), piece, &raw mut answer) };
        outcome(code, answer)
    }
}
