//! Character data as received, decoded when asked.
//!
//! In: raw octets of an attribute value or a text run that the tokenizer has accepted. Out: the value XML gives them:
//! references replaced, CDATA sections opened (XML 1.0 section 2.7), line ends made one LF (2.11), white space in
//! attribute values made spaces (3.3.3). Text that reads as written is borrowed, never copied.

use crate::scan;
use crate::token::{predefined_at, referenced};
use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

/// How raw octets turn into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As written.
    Plain,
    /// An attribute's value.
    Value,
    /// Character data, perhaps with CDATA sections.
    Content,
    /// The same, where it begins within a CDATA section.
    Section,
}

/// What the octets that end a plain run stand for, and how many they are, where it is not themselves. Only a value's
/// runs end at a tab or a line feed, and no CDATA section's at `&`.
#[inline]
fn stand_in(octets: &[u8], coding: Coding) -> Option<(char, usize)> {
    match octets {
        [b'&', ..] => predefined_at(octets).or_else(|| other_reference(octets)),
        [b'\r', behind @ ..] => {
            let line_end = if coding == Coding::Value { ' ' } else { '\n' };
            Some((line_end, if behind.starts_with(b"\n") { 2 } else { 1 }))
        }
        [b'\t' | b'\n', ..] => Some((' ', 1)),
        _ => None,
    }
}

/// The same of a reference to a character's number.
#[inline(never)]
fn other_reference(octets: &[u8]) -> Option<(char, usize)> {
    let end = octets.iter().position(|octet| *octet == b';')?;
    let body = core::str::from_utf8(octets.get(1..end)?).ok()?;
    Some((referenced(body)?, end + 1))
}

/// An attribute value or a run of character data, as received.
///
/// Comparing, printing and [`decode`](Self::decode) use the value; [`raw`](Self::raw) is what stood on the wire.
///
/// ```
/// use tercet::stanza::Text;
/// let text = Text::from_plain("Tybalt & Juliet");
/// assert!(text == "Tybalt & Juliet" && text.len() == 15);
/// ```
#[derive(Clone, Copy)]
pub struct Text<'a> {
    raw: &'a str,
    coding: Coding,
}

impl<'a> Text<'a> {
    pub(crate) const fn new(raw: &'a str, coding: Coding) -> Self {
        Self { raw, coding }
    }

    /// Text that stands for itself: no reference in it means anything.
    #[inline]
    #[must_use]
    pub const fn from_plain(text: &'a str) -> Self {
        Self { raw: text, coding: Coding::Plain }
    }

    /// The octets as received, references and all. Of a piece that a [`Sink`](super::Sink) was told, they may begin or
    /// end within a CDATA section: only the values of such pieces can be put together.
    #[inline]
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.raw
    }

    /// The value as a borrow, where it reads as written.
    #[inline]
    #[must_use]
    pub fn as_plain(self) -> Option<&'a str> {
        (self.coding == Coding::Plain).then_some(self.raw)
    }

    /// The value; borrowed where it reads as written.
    #[inline]
    #[must_use]
    pub fn decode(self) -> Cow<'a, str> {
        if let Some(plain) = self.as_plain() {
            return Cow::Borrowed(plain);
        }
        let mut value = String::new();
        self.decode_into(&mut value);
        Cow::Owned(value)
    }

    /// Appends the value to `out`.
    #[inline]
    pub fn decode_into(self, out: &mut String) {
        decode(self.raw, self.coding, out);
    }

    /// The value in pieces, in order, without allocating.
    #[inline]
    #[must_use]
    pub const fn pieces(self) -> Pieces<'a> {
        Pieces { rest: self.raw, coding: self.coding, char: None }
    }

    fn chars(self) -> impl Iterator<Item = char> + use<'a> {
        self.pieces().flat_map(|piece| {
            let (run, char) = match piece {
                Piece::Run(run) => (run, None),
                Piece::Char(char) => ("", Some(char)),
            };
            run.chars().chain(char)
        })
    }

    /// How many octets the value has, without decoding it: one for `&amp;`, and none for the marks of a CDATA section.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        if self.coding == Coding::Plain { self.raw.len() } else { decoded_len(self.raw, self.coding) }
    }

    /// Whether the value is empty.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.pieces().next().is_none()
    }
}

/// Appends to `out` what `raw` stands for. Takes the fields apart: a [`Text`] as one argument would go through memory.
#[inline(never)]
fn decode(raw: &str, coding: Coding, out: &mut String) {
    // No value is longer than what stands for it.
    out.reserve(raw.len());
    let mut pieces = Text::new(raw, coding).pieces();
    while let Some((run, char)) = pieces.run_and_char() {
        out.push_str(run);
        if let Some(char) = char {
            out.push(char);
        }
    }
}

/// How many octets [`decode`] appends.
#[inline(never)]
fn decoded_len(raw: &str, coding: Coding) -> usize {
    let (mut len, mut pieces) = (0, Text::new(raw, coding).pieces());
    while let Some((run, char)) = pieces.run_and_char() {
        len += run.len() + char.map_or(0, char::len_utf8);
    }
    len
}

/// A part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Octets that stand for themselves; never empty.
    Run(&'a str),
    /// What a reference, a line end or a white space character stands for.
    Char(char),
}

/// Iterator over a value's pieces; made by [`Text::pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: &'a str,
    /// What the rest begins with: CDATA sections change it.
    coding: Coding,
    /// What stands behind the run that was given last.
    char: Option<char>,
}

const CDATA_START: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

impl<'a> Pieces<'a> {
    /// Splits off the first `at` octets.
    fn take(&mut self, at: usize) -> &'a str {
        let (head, tail) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    /// How many octets stand for themselves, where we are.
    #[inline]
    fn plain_run(&self) -> usize {
        match self.coding {
            Coding::Plain => self.rest.len(),
            Coding::Section => cdata_run(self.rest),
            // Each for itself, so that what is looked for is known beforehand.
            Coding::Content => scan::position(self.rest.as_bytes(), *b"&\r<<"),
            Coding::Value => scan::position(self.rest.as_bytes(), *b"&\r\t\n"),
        }
    }

    /// Enters or leaves a CDATA section that begins or ends right here.
    fn cross_cdata(&mut self) -> bool {
        let (mark, behind) = match self.coding {
            Coding::Content => (CDATA_START, Coding::Section),
            Coding::Section => (CDATA_END, Coding::Content),
            Coding::Plain | Coding::Value => return false,
        };
        let Some(rest) = self.rest.strip_prefix(mark) else { return false };
        (self.rest, self.coding) = (rest, behind);
        true
    }
}

/// How many octets stand for themselves in a CDATA section.
fn cdata_run(text: &str) -> usize {
    let mut run = 0;
    loop {
        let rest = text.get(run..).unwrap_or("");
        run += scan::position(rest.as_bytes(), *b"\r\r]]");
        match text.get(run..) {
            Some(end) if end.starts_with(']') && !end.starts_with(CDATA_END) => run += 1,
            _ => return run,
        }
    }
}

impl<'a> Pieces<'a> {
    /// The octets that stand for themselves, and what stands behind them, where something does; either may be nothing.
    #[inline(always)]
    fn run_and_char(&mut self) -> Option<(&'a str, Option<char>)> {
        if self.rest.is_empty() {
            return None;
        }
        let plain = self.take(self.plain_run());
        if self.rest.is_empty() {
            return Some((plain, None));
        }
        let char = match stand_in(self.rest.as_bytes(), self.coding) {
            Some((char, len)) => {
                self.take(len);
                Some(char)
            }
            None if self.cross_cdata() => None,
            // No accepted text comes here: a stray octet stands for itself.
            None => self.take(1).chars().next(),
        };
        Some((plain, char))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    #[inline]
    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if let Some(char) = self.char.take() {
                return Some(Piece::Char(char));
            }
            let (run, char) = self.run_and_char()?;
            self.char = char;
            if !run.is_empty() {
                return Some(Piece::Run(run));
            }
        }
    }
}

/// Whether the values are equal, however each is written.
///
/// ```
/// use tercet::stanza::Text;
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<message to='r&amp;j@example.net' from='r&#38;j@example.net'/>");
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <message to='r&amp;j@example.net' from='r&#38;j@example.net'/>
/// assert!(stanza.to() == stanza.from());
/// assert!(stanza.to() == Some(Text::from_plain("r&j@example.net")));
/// # Ok::<(), tercet::stream::Error>(())
/// ```
impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_plain(), other.as_plain()) {
            (Some(plain), _) => *other == *plain,
            (_, Some(plain)) => *self == *plain,
            (None, None) => self.chars().eq(other.chars()),
        }
    }
}

impl Eq for Text<'_> {}

/// As [`Text::decode`].
impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        text.decode()
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        let mut rest = other;
        for piece in self.pieces() {
            let tail = match piece {
                Piece::Run(run) => rest.strip_prefix(run),
                Piece::Char(char) => rest.strip_prefix(char),
            };
            match tail {
                Some(tail) => rest = tail,
                None => return false,
            }
        }
        rest.is_empty()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        self.pieces().try_for_each(|piece| match piece {
            Piece::Run(run) => f.write_str(run),
            Piece::Char(char) => f.write_char(char),
        })
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.decode(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_equal_however_they_are_written() {
        let ways = [
            Text::from_plain("a<b\nc"),
            Text::new("a&lt;b\r\nc", Coding::Content),
            Text::new("<![CDATA[a<]]>b\n&#x63;", Coding::Content),
            Text::new("&#97;&#60;b&#10;c", Coding::Value),
        ];
        let others = [
            Text::from_plain("a&lt;b\nc"),
            Text::new("a&lt;b\nc", Coding::Value),
            Text::new("a&lt;b", Coding::Content),
            Text::new("", Coding::Content),
        ];
        for one in ways {
            assert!(ways.iter().all(|way| *way == one), "{one:?}");
            assert!(!others.contains(&one), "{one:?}");
        }
    }

    #[test]
    fn a_section_ends_where_its_mark_is_and_no_run_is_empty() {
        for (raw, value) in [
            ("<![CDATA[a]b]]c]]]>\r\n", "a]b]]c]\n"),
            ("<![CDATA[]]]]><![CDATA[>]]>", "]]>"),
            ("&lt;&gt;<![CDATA[]]>x", "<>x"),
            ("\r\r\n&amp;", "\n\n&"),
        ] {
            let within = format!("a&amp;{CDATA_END}{raw}");
            let value_within = format!("a&amp;{value}");
            for (raw, coding, value) in [(raw, Coding::Content, value), (&within, Coding::Section, &value_within)] {
                let text = Text::new(raw, coding);
                assert!(text == *value, "{text:?}");
                assert_eq!((text.decode(), text.len()), (value.into(), value.len()));
                assert!(text.pieces().all(|piece| piece != Piece::Run("")), "{raw}");
            }
        }
    }
}
