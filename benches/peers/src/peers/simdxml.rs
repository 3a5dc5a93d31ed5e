//! simdxml: flat arrays of tags and of text over a whole document; entities and namespaces are its users' matter.

use std::borrow::Cow;

use simdxml::XmlIndex;
use simdxml::index::{TagType, TextRange};

use super::{Peer, locked, text};
use crate::scope::Scope;
use crate::task::{Answer, Depth, Dom, Head, Route, Seen, Sink, Task};

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
        check(&index)?;
        Ok(match task {
            Task::Events => events(&index, stream),
            Task::Route => heads(&index, stream),
            Task::Dom => dom(&index),
        })
    }
}

/// How deep stanzas lie, as it counts.
const STANZA: u16 = 1;

const CDATA: &[u8] = b"<![CDATA[";

/// Refuses a stream that does not end, or ends more than it began, which it does not.
fn check(index: &XmlIndex<'_>) -> Result<(), String> {
    let count = |wanted| (0..index.tag_count()).filter(|tag| index.tag_type(*tag) == wanted).count();
    if count(TagType::Open) == count(TagType::Close) {
        Ok(())
    } else {
        Err("as many start tags as end tags there are not".to_owned())
    }
}

fn is_element(index: &XmlIndex<'_>, tag: usize) -> bool {
    matches!(index.tag_type(tag), TagType::Open | TagType::SelfClose)
}

fn events(index: &XmlIndex<'_>, stream: &[u8]) -> Answer {
    let mut seen = Seen::default();
    for tag in (0..index.tag_count()).filter(|tag| index.depth(*tag) >= STANZA && is_element(index, *tag)) {
        if index.depth(tag) == STANZA {
            seen.stanza();
        }
        seen.element();
        for (_, value) in index.attributes(tag).into_iter().filter(|(name, _)| !is_declaration(name)) {
            seen.value(decode(value).len());
        }
    }
    let root = (0..index.tag_count()).find(|tag| index.tag_type(*tag) == TagType::Open);
    let end = (0..index.tag_count()).rfind(|tag| index.tag_type(*tag) == TagType::Close);
    if let (Some(root), Some(end)) = (root, end) {
        let root_lies = index.tag_starts[root]..index.tag_starts[end];
        // What lies deep has no parent here, as what lies outside of the root.
        let in_stanza = |range: &&TextRange| root_lies.contains(&range.start) && range.parent_tag as usize != root;
        for range in index.text_ranges.iter().filter(in_stanza) {
            seen.text(text_len(index, stream, range));
        }
    }
    seen.answer()
}

/// Tags are passed over in a row, as their depths are known: its lists of children would have to be made first, which
/// looks at all tags more than once. All attributes are asked for at once: its search for a single one goes through the
/// tag anew each time, and takes what stands in another's value for one.
fn heads(index: &XmlIndex<'_>, stream: &[u8]) -> Answer {
    let mut route = Route::new(Depth::STREAM);
    let mut tags = (0..index.tag_count()).peekable();
    while let Some(stanza) = tags.next() {
        if index.depth(stanza) != STANZA || !is_element(index, stanza) {
            continue;
        }
        route.begin(split(index.tag_name(stanza)).1);
        for (name, value) in index.attributes(stanza) {
            if let Some(head) = Head::named(name) {
                route.head(head, &decode(value));
            }
        }
        while let Some(child) = tags.next_if(|tag| index.depth(*tag) > STANZA) {
            if index.depth(child) == STANZA + 1 && is_element(index, child) && split(index.tag_name(child)).1 == "body"
            {
                route.body(direct_text_len(index, stream, child));
            }
        }
        route.finish();
    }
    route.answer()
}

/// Octets of text right in an element, that of its children left out.
fn direct_text_len(index: &XmlIndex<'_>, stream: &[u8], tag: usize) -> usize {
    let end = index.matching_close(tag).map_or(0, |close| index.tag_starts[close]);
    let first = index.text_ranges.partition_point(|range| range.start < index.tag_starts[tag]);
    let ranges = index.text_ranges[first..].iter().take_while(|range| range.start < end);
    ranges.filter(|range| range.parent_tag as usize == tag).map(|range| text_len(index, stream, range)).sum()
}

fn text_len(index: &XmlIndex<'_>, stream: &[u8], range: &TextRange) -> usize {
    let raw = index.text_content(range);
    if is_plain(raw) || stream[..range.start as usize].ends_with(CDATA) { raw.len() } else { decode(raw).len() }
}

fn dom(index: &XmlIndex<'_>) -> Answer {
    let mut dom = Dom::new(Depth::DOCUMENT);
    let mut scope = Scope::default();
    let mut ranges = index.text_ranges.iter().peekable();
    for tag in 0..index.tag_count() {
        let begin = index.tag_starts[tag];
        while let Some(range) = ranges.next_if(|range| range.start < begin) {
            if dom.wants_text() {
                dom.piece(&decode(index.text_content(range)));
            }
        }
        match index.tag_type(tag) {
            TagType::Open => open(&mut dom, &mut scope, index, tag),
            TagType::SelfClose => {
                open(&mut dom, &mut scope, index, tag);
                scope.leave();
                dom.close();
            }
            TagType::Close => {
                scope.leave();
                dom.close();
            }
            TagType::CData => {
                if let Some(range) = ranges.next_if(|range| range.start == begin + CDATA.len() as u64)
                    && dom.wants_text()
                {
                    dom.piece(index.text_content(range));
                }
            }
            TagType::Comment | TagType::PI => {}
        }
    }
    dom.answer()
}

fn open<'s>(dom: &mut Dom, scope: &mut Scope<'s>, index: &XmlIndex<'s>, tag: usize) {
    let (prefix, local) = split(index.tag_name(tag));
    let attributes = index.attributes(tag);
    scope.enter();
    for &(name, value) in attributes.iter().filter(|(name, _)| is_declaration(name)) {
        scope.declare(name[5..].trim_start_matches(':'), decode(value));
    }
    dom.open(scope.find(prefix), local);
    if dom.wants_attributes() {
        for &(name, value) in attributes.iter().filter(|(name, _)| !is_declaration(name)) {
            let (prefix, local) = split(name);
            let ns = if prefix.is_empty() { "" } else { scope.find(prefix) };
            dom.attribute(ns, local, &decode(value));
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

/// The value of text as written. Of a value that is coded its own function makes a string, even where only the length
/// is wanted, which no function of its tells. It looks for `&` character by character, the search here is memchr's.
fn decode(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) { Cow::Borrowed(raw) } else { XmlIndex::decode_entities(raw) }
}

fn is_plain(raw: &str) -> bool {
    memchr::memchr(b'&', raw.as_bytes()).is_none()
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
