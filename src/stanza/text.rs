//! Character data as received, decoded when asked.
//!
//! In: raw octets of an attribute value or a text run that the tokenizer has accepted. Out: the value XML gives them:
//! references replaced, CDATA sections opened (XML 1.0 section 2.7), line ends made one LF (2.11), white space in
//! attribute values made spaces (3.3.3). Text that reads as written is borrowed, never copied.

use crate::scan::{self, Word};
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
}

/// An attribute value or a run of character data, as received.
///
/// Comparing, printing and [`decode`](Self::decode) use the value; [`raw`](Self::raw) is what stood on the wire.
///
/// ```
/// use tercet::stanza::Text;
/// let text = Text::from_plain("Tybalt & Juliet");
/// assert!(text == "Tybalt & Juliet");
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

    /// The octets as received, references and all.
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
        let mut value = String::with_capacity(self.raw.len());
        self.decode_into(&mut value);
        Cow::Owned(value)
    }

    /// Appends the value to `out`.
    pub fn decode_into(self, out: &mut String) {
        let mut pieces = self.pieces();
        while let Some((run, char)) = pieces.run_and_char() {
            out.push_str(run);
            out.extend(char);
        }
    }

    /// The value in pieces, in order, without allocating.
    #[inline]
    #[must_use]
    pub const fn pieces(self) -> Pieces<'a> {
        Pieces { rest: self.raw, coding: self.coding, in_cdata: false, char: None }
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

    /// Whether the value is empty.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.pieces().next().is_none()
    }
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
    coding: Coding,
    in_cdata: bool,
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
        let bytes = self.rest.as_bytes();
        match self.coding {
            Coding::Plain => bytes.len(),
            Coding::Value => scan::position(bytes, *b"&\t\n\r"),
            Coding::Content if self.in_cdata => cdata_run(self.rest),
            Coding::Content => scan::position(bytes, *b"&&\r<"),
        }
    }

    /// Enters or leaves a CDATA section that begins or ends right here.
    fn cross_cdata(&mut self) -> bool {
        let mark = if self.in_cdata { CDATA_END } else { CDATA_START };
        match self.rest.strip_prefix(mark) {
            Some(rest) if self.coding == Coding::Content => {
                self.rest = rest;
                self.in_cdata = !self.in_cdata;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn reference(&mut self) -> Option<char> {
        if let Some((char, len)) = predefined_at(Word::load(self.rest.as_bytes(), 0).low()) {
            self.take(len);
            return Some(char);
        }
        let end = self.rest.bytes().position(|byte| byte == b';')?;
        let char = referenced(self.rest.get(1..end)?)?;
        self.take(end + 1);
        Some(char)
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
    #[inline]
    fn run_and_char(&mut self) -> Option<(&'a str, Option<char>)> {
        if self.rest.is_empty() {
            return None;
        }
        let plain = self.take(self.plain_run());
        let octets = self.rest.as_bytes();
        let Some(first) = octets.first() else { return Some((plain, None)) };
        let char = match first {
            b'&' => match self.reference() {
                Some(char) => char,
                // No accepted text comes here; a stray ampersand stands for itself.
                None => self.take_char('&'),
            },
            b'\r' => {
                let is_value = self.coding == Coding::Value;
                self.take(1 + usize::from(octets.get(1) == Some(&b'\n')));
                if is_value { ' ' } else { '\n' }
            }
            b'\t' | b'\n' => self.take_char(' '),
            _ if self.cross_cdata() => return Some((plain, None)),
            // Neither does any come here: a `<` that opens no CDATA section stands for itself.
            other => self.take_char(char::from(*other)),
        };
        Some((plain, Some(char)))
    }

    /// Passes an octet that stands for `char`.
    fn take_char(&mut self, char: char) -> char {
        self.take(1);
        char
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
            let text = Text::new(raw, Coding::Content);
            assert!(text == *value, "{text:?}");
            assert_eq!(text.decode(), value);
            assert!(text.pieces().all(|piece| piece != Piece::Run("")), "{raw}");
        }
    }
}
