//! pugixml: a tree of a whole document, in place. `shims/pugixml.cpp` is the other half.
#![allow(unsafe_code)]

use std::ffi::c_int;

use super::{Peer, outcome};
use crate::task::{Answer, Task};

unsafe extern "C" {
    safe fn peer_pugixml_version() -> c_int;
    safe fn peer_pugixml_begin();
    fn peer_pugixml(task: c_int, bytes: *mut u8, len: usize, answer: *mut Answer) -> c_int;
}

/// Holds the copy that will be overwritten.
pub struct Pugixml {
    copy: Vec<u8>,
}

impl Pugixml {
    pub fn new() -> Self {
        peer_pugixml_begin();
        Self { copy: Vec::new() }
    }
}

impl Peer for Pugixml {
    fn name(&self) -> &'static str {
        "pugixml"
    }

    fn version(&self) -> String {
        // 1130 is 1.13.
        let version = peer_pugixml_version();
        format!("{}.{}", version / 1000, version % 1000 / 10)
    }

    fn remarks(&self) -> &'static str {
        "one tree of the whole stream, in a copy that is given free; namespaces resolved for it, for `dom` only"
    }

    fn takes_pieces(&self) -> bool {
        false
    }

    fn prepare(&mut self, stream: &[u8]) -> Result<(), String> {
        self.copy.clear();
        self.copy.extend_from_slice(stream);
        Ok(())
    }

    fn run(&mut self, task: Task, _stream: &[u8], _piece: usize) -> Result<Answer, String> {
        let mut answer = Answer::default();
        // SAFETY: `copy` is writable for its length, `answer` is writable, and neither is kept.
        let code = unsafe { peer_pugixml(task as c_int, self.copy.as_mut_ptr(), self.copy.len(), &raw mut answer) };
        outcome(code, answer)
    }
}
