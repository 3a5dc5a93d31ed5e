//! What is open where reading ends: the innermost element, and the piece of syntax that is cut.
//!
//! In: the octets from the beginning of a unit to where reading ends. Out: what of them has no end yet. They are read
//! once more for that, after something went wrong: nobody keeps account of it before.
//!
//! Refuses to know what came before the unit: of a stream's root its reader knows.

use std::fmt;

use tercet::Limits;
use tercet::token::{Token, Tokenizer};

use super::place::{Place, Position};
use crate::words::beginning;

/// An element that is open.
#[derive(Clone, Debug)]
pub(super) struct Open {
    name: String,
    since: Position,
}

impl Open {
    /// The element `name`, whose start tag begins at `since`.
    pub(super) fn new(name: &str, since: Position) -> Self {
        Self { name: name.to_owned(), since }
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, begun at {}, is open", beginning(&format!("<{}>", self.name)), self.since)
    }
}

/// A piece of syntax without its end: what it is, and what there is of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut<'t> {
    Cdata(&'t str),
    Character,
    Declaration(&'t str),
    /// It is not known yet what it is to be.
    Markup(&'t str),
    Reference(&'t str),
    Tag(&'t str),
}

impl<'t> Cut<'t> {
    /// What `rest`, behind the last piece that is whole, is cut in; nothing where it is character data.
    fn of(rest: &'t str) -> Option<Self> {
        if rest.starts_with("<![") {
            Some(Self::Cdata(rest))
        } else if rest.strip_prefix("<?xml").is_some_and(|behind| behind.starts_with([' ', '\t', '\r', '\n'])) {
            Some(Self::Declaration(rest))
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            Some(Self::Markup(rest))
        } else if rest.starts_with('<') {
            Some(Self::Tag(rest))
        } else {
            let reference = rest.get(rest.rfind('&')?..)?;
            (!reference.contains(';')).then_some(Self::Reference(reference))
        }
    }
}

impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text) = match self {
            Self::Cdata(text) => ("a CDATA section", text),
            Self::Character => return f.write_str("a character"),
            Self::Declaration(text) => ("an XML declaration", text),
            Self::Markup(text) => ("markup", text),
            Self::Reference(text) => ("a reference", text),
            Self::Tag(text) => ("a tag", text),
        };
        write!(f, "{what}: {:?}", beginning(text))
    }
}

/// What has no end yet.
pub(super) struct Unended<'t> {
    /// The innermost element that is open.
    pub(super) open: Option<Open>,
    pub(super) cut: Option<Cut<'t>>,
}

impl<'t> Unended<'t> {
    /// Of the unit that begins at `start`, or behind white space there, what has no end before `end`.
    pub(super) fn of(place: &'t Place, start: u64, end: u64) -> Self {
        let octets = place.from(start);
        let len = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        let octets = octets.get(..len).unwrap_or(octets);
        // What is no UTF-8 has been refused, if it is not a character without its end.
        let text = octets.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let is_in_character = text.len() < octets.len();
        let (open, done) = read(text);
        let open = open.map(|(at, name)| Open::new(name, place.of(start + at)));
        let cut = Cut::of(text.get(done..).unwrap_or_default()).or(is_in_character.then_some(Cut::Character));
        Self { open, cut }
    }
}

/// Where the innermost element that is open begins in `text` and its name, and where the last piece ends that is whole.
fn read(text: &str) -> (Option<(u64, &str)>, usize) {
    let mut tokenizer = Tokenizer::new(Limits::NONE.name_bytes);
    let (mut open, mut tag, mut done) = (Vec::new(), None, 0);
    while let Ok(Some(token)) = tokenizer.next(text) {
        done = match token {
            Token::Open { name } => {
                tag = Some((done as u64, name.span));
                continue;
            }
            Token::TagEnd { end, empty } => {
                open.extend(tag.take().filter(|_| !empty));
                end
            }
            Token::Close { span, .. } => {
                open.pop();
                span.end()
            }
            Token::Declaration { span } | Token::Text { span, .. } | Token::Cdata { span, .. } => span.end(),
            _ => continue,
        } as usize;
    }
    (open.pop().map(|(at, name)| (at, name.of(text))), done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn unended(text: &[u8]) -> (Option<String>, Option<String>) {
        let mut place = Place::default();
        place.arrived(text);
        let Unended { open, cut } = Unended::of(&place, 0, text.len() as u64);
        (open.map(|open| open.to_string()), cut.map(|cut| cut.to_string()))
    }

    #[test]
    fn the_innermost_element_is_open() {
        for (text, name) in [
            ("", ""),
            (" text", ""),
            ("<a>", "a"),
            ("<a><b/>", "a"),
            ("<a><p:b c='>'>", "p:b"),
            ("<a><b></b >", "a"),
            ("<a><b><c></c></b>", "a"),
            ("<a></a>", ""),
            ("<a/>", ""),
            ("<?xml version='1.0'?><a>&lt;<![CDATA[<b>]]>", "a"),
            // A tag that is cut is no element yet.
            ("<a><b c='", "a"),
            ("<a><b></b", "b"),
        ] {
            let (open, _) = unended(text.as_bytes());
            let told = text
                .find(&format!("<{name}"))
                .filter(|_| !name.is_empty())
                .map(|at| format!("\"<{name}>\", begun at byte offset {at} (line 1, column {}), is open", at + 1));
            assert_eq!(open, told, "{text}");
        }
    }

    #[test]
    fn what_is_cut_is_quoted_from_its_beginning() {
        for (text, cut) in [
            ("<", "a tag: \"<\""),
            ("<a>text</", "a tag: \"</\""),
            ("<a><bc d='1' e", "a tag: \"<bc d='1' e\""),
            ("<a b='&lt;", "a tag: \"<a b='&lt;\""),
            ("<?xml version", "an XML declaration: \"<?xml version\""),
            ("<?xml", "markup: \"<?xml\""),
            ("<?ph", "markup: \"<?ph\""),
            ("<a><!", "markup: \"<!\""),
            ("<a><!-", "markup: \"<!-\""),
            ("<!DOC", "markup: \"<!DOC\""),
            ("<a><![", "a CDATA section: \"<![\""),
            ("<a>x<![CDATA[y]]", "a CDATA section: \"<![CDATA[y]]\""),
            ("<a><![CDATA[y]]>&l", "a reference: \"&l\""),
            ("<a>&lt;x&#x2", "a reference: \"&#x2\""),
        ] {
            assert_eq!(unended(text.as_bytes()).1.as_deref(), Some(cut), "{text}");
        }
        for text in ["", " ", "text", "<a>", "<a>&lt;text", "<a>]]", "<a/>", "<a></a>\n", "<?xml version='1.0'?>"] {
            assert_eq!(unended(text.as_bytes()).1, None, "{text}");
        }
    }

    #[test]
    fn a_character_may_be_cut() {
        assert_eq!(unended(b"<a>\xe2\x82").1.unwrap(), "a character");
        assert_eq!(unended(b"<a>&lt;\xe2\x82").1.unwrap(), "a character");
        assert_eq!(unended(b"<a b='\xe2\x82").1.unwrap(), "a tag: \"<a b='\"");
        assert_eq!(unended("<a>\u{20ac}".as_bytes()).1, None);
    }
}
