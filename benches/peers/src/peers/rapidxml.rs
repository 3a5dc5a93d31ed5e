//! RapidXML, the engine of MongooseIM's exml: on the whole stream, and stanza by stanza with the framing given.
//! `shims/rapidxml.cpp` is the other half.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int};

use tercet::{Input, Limits, Parser, Unit};

use super::{Peer, outcome};
use crate::task::{Answer, Task};

unsafe extern "C" {
    fn peer_rapidxml(task: c_int, bytes: *mut u8, answer: *mut Answer) -> c_int;
    fn peer_rapidxml_stanzas(
        task: c_int,
        bytes: *mut u8,
        ends: *const [usize; 2],
        count: usize,
        header: *const [*const c_char; 2],
        declarations: usize,
        answer: *mut Answer,
    ) -> c_int;
}

/// Debian's, which is the last there was.
const VERSION: &str = "1.13";

/// One tree of all. Holds the copy that will be overwritten.
#[derive(Default)]
pub struct Whole {
    copy: Vec<u8>,
}

impl Peer for Whole {
    fn name(&self) -> &'static str {
        "RapidXML"
    }

    fn version(&self) -> String {
        VERSION.to_owned()
    }

    fn remarks(&self) -> &'static str {
        "one tree of the whole stream, in a copy that is given free; namespaces resolved for it, for `dom` only"
    }

    fn takes_pieces(&self) -> bool {
        false
    }

    fn prepare(&mut self, stream: &[u8]) -> Result<(), String> {
        copy(stream, &mut self.copy);
        Ok(())
    }

    fn run(&mut self, task: Task, _stream: &[u8], _piece: usize) -> Result<Answer, String> {
        let mut answer = Answer::default();
        // SAFETY: `copy` is writable and ends with a zero, `answer` is writable, and neither is kept.
        let code = unsafe { peer_rapidxml(task as c_int, self.copy.as_mut_ptr(), &raw mut answer) };
        outcome(code, answer)
    }
}

/// One tree a stanza. Where stanzas begin and end is found out before.
#[derive(Default)]
pub struct Stanzas {
    copy: Vec<u8>,
    ends: Vec<[usize; 2]>,
    /// The bindings of the stream header.
    header: Vec<[CString; 2]>,
}

impl Peer for Stanzas {
    fn name(&self) -> &'static str {
        "RapidXML, stanzas"
    }

    fn version(&self) -> String {
        VERSION.to_owned()
    }

    fn remarks(&self) -> &'static str {
        "one tree a stanza, in a copy; the copy and where stanzas begin and end are given free; namespaces as above"
    }

    fn takes_pieces(&self) -> bool {
        false
    }

    fn reads_streams(&self) -> bool {
        false
    }

    fn prepare(&mut self, stream: &[u8]) -> Result<(), String> {
        copy(stream, &mut self.copy);
        self.frame(stream).map_err(|error| error.to_string())
    }

    fn run(&mut self, task: Task, _stream: &[u8], _piece: usize) -> Result<Answer, String> {
        let mut answer = Answer::default();
        let header: Vec<[*const c_char; 2]> =
            self.header.iter().map(|[prefix, name]| [prefix.as_ptr(), name.as_ptr()]).collect();
        // SAFETY: `copy` is writable and ends with a zero, every pair of `ends` lies in it, `header` points to strings
        // that end with zeros and outlive the call, `answer` is writable, and nothing is kept.
        let code = unsafe {
            peer_rapidxml_stanzas(
                task as c_int,
                self.copy.as_mut_ptr(),
                self.ends.as_ptr(),
                self.ends.len(),
                header.as_ptr(),
                header.len(),
                &raw mut answer,
            )
        };
        outcome(code, answer)
    }
}

impl Stanzas {
    fn frame(&mut self, stream: &[u8]) -> Result<(), tercet::stream::Error> {
        self.ends.clear();
        self.header.clear();
        let mut parser = Parser::stream(Limits::NONE);
        let mut input = Input::new();
        let mut feed = input.with(stream);
        while let Some(unit) = parser.next(&mut feed)? {
            match unit {
                Unit::Header(header) => {
                    let strings = |text: &str| CString::new(text).unwrap_or_default();
                    let pairs = header.declarations();
                    self.header = pairs.map(|(prefix, name)| [strings(prefix), strings(&name.decode())]).collect();
                }
                Unit::Stanza(stanza) => {
                    let begin = stanza.raw().as_ptr().addr() - stream.as_ptr().addr();
                    self.ends.push([begin, begin + stanza.raw().len()]);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn copy(stream: &[u8], into: &mut Vec<u8>) {
    into.clear();
    into.extend_from_slice(stream);
    into.push(0);
}
