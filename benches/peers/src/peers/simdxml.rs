//! simdxml: flat arrays of tags and of text over a whole document; entities and namespaces are its users' matter.

use std::borrow::Cow;

use simdxml::XmlIndex;
use simdxml::index::TagType;

use super::{Peer, locked, text};
use crate::scope::Scope;
use crate::task::{Answer, Depth, Dom, Events, Route, Sink, Task};

pub struct Simdxml;

impl Peer for Simdxml {
    fn name(&self) -> &'static str {
        "simdxml"
    }

    fn version(&self) -> String {
        locked("simdxml")
    }

    fn remarks(&self) -> &'static str {
        "one index of the whole stream, its tags walked; UTF-8 checked, namespaces resolved for it, for `dom` only; its \
         vector path, taken where values in double quotes abound, takes quotes in text for quotes of values"
    }

    fn takes_pieces(&self) -> bool {
        false
    }

    fn run(&mut self, task: Task, stream: &[u8], _piece: usize) -> Result<Answer, String> {
        // It makes `str` of octets unchecked.
        let index = simdxml::parse(text(stream)?.as_bytes()).map_err(|error| error.to_string())?;
        match task {
            Task::Events => walk(&index, Events::new(Depth::DOCUMENT)),
            Task::Route => walk(&index, Route::new(Depth::DOCUMENT)),
            Task::Dom => walk(&index, Dom::new(Depth::DOCUMENT)),
        }
    }
}

const CDATA: u64 = "<![CDATA[".len() as u64;

fn walk<S: Sink>(index: &XmlIndex<'_>, mut sink: S) -> Result<Answer, String> {
    let mut scope = Scope::default();
    let mut ranges = index.text_ranges.iter().peekable();
    let (mut opened, mut closed) = (0_usize, 0_usize);
    for tag in 0..index.tag_count() {
        let begin = index.tag_starts[tag];
        while let Some(range) = ranges.next_if(|range| range.start < begin) {
            if sink.wants_text() {
                sink.piece(&decode(index.text_content(range)));
            }
        }
        match index.tag_type(tag) {
            TagType::Open => {
                opened += 1;
                open(&mut sink, &mut scope, index, tag);
            }
            TagType::SelfClose => {
                open(&mut sink, &mut scope, index, tag);
                scope.leave();
                sink.close();
            }
            TagType::Close => {
                closed += 1;
                scope.leave();
                sink.close();
            }
            TagType::CData => {
                if let Some(range) = ranges.next_if(|range| range.start == begin + CDATA)
                    && sink.wants_text()
                {
                    sink.piece(index.text_content(range));
                }
            }
            TagType::Comment | TagType::PI => {}
        }
    }
    if opened == closed { Ok(sink.answer()) } else { Err("as many start tags as end tags there are not".to_owned()) }
}

fn open<'s, S: Sink>(sink: &mut S, scope: &mut Scope<'s>, index: &XmlIndex<'s>, tag: usize) {
    if !S::NAMESPACES {
        sink.open("", if S::NAMES { split(index.tag_name(tag)).1 } else { "" });
        if sink.wants_attributes() {
            for (name, value) in index.attributes(tag).into_iter().filter(|(name, _)| !is_declaration(name)) {
                let (prefix, local) = if S::NAMES { split(name) } else { ("", "") };
                sink.attribute(prefix, local, &decode(value));
            }
        }
        return;
    }
    let (prefix, local) = split(index.tag_name(tag));
    let attributes = index.attributes(tag);
    scope.enter();
    for &(name, value) in attributes.iter().filter(|(name, _)| is_declaration(name)) {
        scope.declare(name[5..].trim_start_matches(':'), decode(value));
    }
    sink.open(scope.find(prefix), local);
    if sink.wants_attributes() {
        for &(name, value) in attributes.iter().filter(|(name, _)| !is_declaration(name)) {
            let (prefix, local) = split(name);
            let ns = if prefix.is_empty() { "" } else { scope.find(prefix) };
            sink.attribute(ns, local, &decode(value));
        }
    }
}

/// A name's prefix and the rest of it.
fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

fn is_declaration(name: &str) -> bool {
    name.strip_prefix("xmlns").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// The value of text as written. Its own function looks for `&` character by character, the search here is memchr's.
fn decode(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() { Cow::Borrowed(raw) } else { XmlIndex::decode_entities(raw) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the remarks tell of its vector path. Where this fails, they have to be changed.
    #[test]
    fn quotes_in_text_hide_tags_from_the_vector_path() {
        let stanza = r#"<a b="1" c="2" d="3" e="4" f="5" g="6">it's</a>"#;
        let stream = format!("<stream>{}</stream>", stanza.repeat(10));
        let answer = Simdxml.run(Task::Events, stream.as_bytes(), stream.len());
        let right = [10, 10, 60, 60, 40];
        assert_ne!(answer, Ok(right));
        let plain = stream.replace("it's", "itss");
        assert_eq!(Simdxml.run(Task::Events, plain.as_bytes(), plain.len()), Ok(right));
    }
}
