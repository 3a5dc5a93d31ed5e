//! The resumable machine behind [`Token`].
//!
//! In: windows of one text, each beginning where the one before did and reaching as far or farther. Out: its tokens,
//! one at a time, or the first fault. Keeps how far it came, and nothing of the text.

use super::{Error, Fault, QName, Token, declaration, referenced};
use crate::scan::{self, Class};
use crate::span::Span;

/// Turns a growing window of text into tokens.
///
/// The window's first octet stays the same between calls, until [`Tokenizer::shift`] says otherwise.
///
/// ```
/// use tercet::token::{Token, Tokenizer};
/// let mut tokenizer = Tokenizer::new(256);
/// assert_eq!(tokenizer.next("<bo")?, None);
/// let Some(Token::Open { name }) = tokenizer.next("<body>hi")? else { panic!() };
/// assert_eq!(name.span.of("<body>hi"), "body");
/// # Ok::<(), tercet::token::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tokenizer {
    state: State,
    /// Next octet to look at; every one before it is good.
    cursor: usize,
    /// First octet of the token in progress.
    start: usize,
    /// The name in progress or, of an attribute, finished.
    name: NameSoFar,
    /// First octet of the attribute value in progress, or of what was not taken yet of a CDATA section's content.
    value: usize,
    /// Whether the token in progress reads as written so far.
    plain: bool,
    /// Longest name.
    name_bytes: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Nothing read yet: an XML declaration may come.
    Start,
    Declaration,
    /// Between two tokens.
    Between,
    Text {
        brackets: Brackets,
    },
    /// After `&`, which stands at `at`.
    Reference {
        at: usize,
        home: Home,
    },
    /// After `<`.
    Markup,
    /// After `<!`.
    Bang,
    /// After `<?`.
    Question,
    Cdata {
        brackets: Brackets,
    },
    StartName,
    /// In a start tag, after its name or an attribute.
    Tag,
    /// In a start tag, after white space.
    TagSpace,
    /// After `/` in a start tag.
    Slash,
    AttrName,
    Equals,
    Quote,
    Value {
        quote: u8,
    },
    EndName,
    EndTag,
    /// A fault was told, and is told for ever after.
    Failed(Error),
}

/// Where a reference stands.
#[derive(Clone, Copy, Debug)]
enum Home {
    Text,
    Value { quote: u8 },
}

/// How many `]` came right before the cursor; two or more count alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brackets {
    None,
    One,
    Two,
}

impl Brackets {
    const fn another(self) -> Self {
        match self {
            Self::None => Self::One,
            Self::One | Self::Two => Self::Two,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct NameSoFar {
    start: usize,
    colon: Option<usize>,
    /// Where the prefix or the local name began; its first character has rules of its own.
    part: usize,
    /// Just past its last octet, once that is known.
    end: usize,
}

/// What a state makes of the octets at the cursor.
type Step = Result<Option<Token>, Error>;

impl Tokenizer {
    /// A tokenizer at the beginning of a stream or document, for names of at most `name_bytes` octets. Its windows must
    /// be shorter than 4 GiB: offsets are told in 32 bits.
    #[must_use]
    pub const fn new(name_bytes: u32) -> Self {
        Self {
            state: State::Start,
            cursor: 0,
            start: 0,
            name: NameSoFar { start: 0, colon: None, part: 0, end: 0 },
            value: 0,
            plain: true,
            name_bytes,
        }
    }

    /// The next token, or nothing where the window ends before one does.
    ///
    /// # Errors
    /// The first fault, and the same ever after.
    pub fn next(&mut self, window: &str) -> Result<Option<Token>, Error> {
        if let State::Failed(error) = self.state {
            return Err(error);
        }
        // In a window that does not go on with the last one, the cursor may stand within a character.
        while window.is_char_boundary(self.cursor)
            && let Some(&byte) = window.as_bytes().get(self.cursor)
        {
            match self.step(window, byte) {
                Ok(None) => {}
                Ok(token) => return Ok(token),
                Err(error) => {
                    self.state = State::Failed(error);
                    return Err(error);
                }
            }
            if self.wants_lookahead(window) {
                break;
            }
        }
        Ok(None)
    }

    /// The window will begin `octets` later from now on; nothing before that is part of a token in progress.
    #[inline]
    pub fn shift(&mut self, octets: u32) {
        let octets = octets as usize;
        if matches!(self.state, State::Between) {
            // Nothing is in progress: the other places mean nothing.
            self.cursor = self.cursor.saturating_sub(octets);
        } else {
            self.shift_all(octets);
        }
    }

    fn shift_all(&mut self, octets: usize) {
        let Self { cursor, start, value, name, .. } = self;
        for place in [cursor, start, value, &mut name.start, &mut name.part, &mut name.end] {
            *place = place.saturating_sub(octets);
        }
        name.colon = name.colon.map(|colon| colon.saturating_sub(octets));
        match &mut self.state {
            State::Reference { at, .. } => *at = at.saturating_sub(octets),
            State::Failed(error) => error.at = error.at.saturating_sub(offset(octets)),
            _ => {}
        }
    }

    /// Changes the longest name allowed, from the next octet on.
    pub fn set_name_bytes(&mut self, name_bytes: u32) {
        self.name_bytes = name_bytes;
    }

    /// Whether no token is in progress.
    #[must_use]
    #[inline]
    pub const fn is_between(&self) -> bool {
        matches!(self.state, State::Start | State::Between) && self.cursor == 0
    }

    /// Whether character data or nothing is in progress: no markup, no reference.
    pub(crate) const fn is_in_text(&self) -> bool {
        matches!(self.state, State::Start | State::Between | State::Text { .. })
    }

    /// Where the next token begins, if none is in progress and no XML declaration may come.
    #[inline]
    pub(crate) const fn next_token(&self) -> Option<usize> {
        if matches!(self.state, State::Between) { Some(self.cursor) } else { None }
    }

    /// Goes on at `place`: what lies between was read by others, token by token.
    #[inline]
    pub(crate) fn go_to(&mut self, place: usize) {
        self.cursor = place;
        self.state = State::Between;
    }

    /// Octets from the window's start that are character data, checked, of a text that goes on: a caller who throws
    /// text away may [`shift`](Self::shift) past them.
    pub(crate) fn text_so_far(&self) -> u32 {
        match self.state {
            State::Text { .. } => offset(self.cursor),
            State::Reference { at, home: Home::Text } => offset(at),
            _ => 0,
        }
    }

    /// Takes what has come of a text that goes on behind the window, as a token of its own, but for what may mean
    /// something else together with what follows: a reference, half of a line end, brackets that may become `]]>`.
    pub(crate) fn take_text(&mut self, window: &str) -> Option<Token> {
        let start = self.start;
        let text = match self.state {
            State::Text { .. } => {
                let text = without_loose_end(window.get(start..self.cursor)?);
                self.go_to(start + text.len());
                text
            }
            State::Reference { at, home: Home::Text } => {
                self.start = at;
                window.get(start..at)?
            }
            _ => return None,
        };
        // What is left out may alone not read as written.
        let plain = self.plain || memchr::memchr2(b'&', b'\r', text.as_bytes()).is_none();
        let span = Span::between(offset(start), offset(start + text.len()));
        (!text.is_empty()).then_some(Token::Text { span, plain })
    }

    /// Takes what has come of a CDATA section that goes on behind the window, but for what may mean something else
    /// together with what follows; and whether it reads as written. What is taken first begins with the section's mark;
    /// what is taken later, and the token in the end, with what was left.
    pub(crate) fn take_cdata(&mut self, window: &str) -> Option<(Span, bool)> {
        let State::Cdata { .. } = self.state else { return None };
        let content = without_loose_end(window.get(self.value..self.cursor)?);
        if content.is_empty() {
            return None;
        }
        let plain = self.start == self.value && !content.contains('\r');
        let end = self.value + content.len();
        let span = Span::between(offset(self.start), offset(end));
        (self.start, self.value) = (end, end);
        Some((span, plain))
    }

    /// Something that is no token came first: an XML declaration can no longer come.
    pub(crate) fn leave_start(&mut self) {
        if matches!(self.state, State::Start) {
            self.state = State::Between;
        }
    }

    fn step(&mut self, window: &str, byte: u8) -> Step {
        match self.state {
            State::Failed(error) => Err(error),
            State::Start => self.first(window),
            State::Declaration => self.declaration(window),
            State::Between => self.between(byte),
            State::Text { brackets } => self.text(window, brackets),
            State::Reference { at, home } => self.reference(window, at, home),
            State::Markup => self.markup(byte),
            State::Bang => self.bang(window),
            State::Question => self.question(window),
            State::Cdata { brackets } => self.cdata(window, brackets),
            State::StartName => self.start_name(window),
            State::Tag | State::TagSpace => self.tag(window, byte),
            State::Slash => self.slash(byte),
            State::AttrName => self.attr_name(window),
            State::Equals => self.equals(window),
            State::Quote => self.quote(window),
            State::Value { quote } => self.value(window, quote),
            State::EndName => self.end_name(window),
            State::EndTag => self.end_tag(window),
        }
    }

    /// Only the first octets are looked at more than once, until it is clear whether `<?xml ` stands there.
    fn wants_lookahead(&self, window: &str) -> bool {
        matches!(self.state, State::Start) && window.len() <= DECLARATION.len()
    }

    fn first(&mut self, window: &str) -> Step {
        let bytes = window.as_bytes();
        let head = bytes.get(..DECLARATION.len()).unwrap_or(bytes);
        if !DECLARATION.starts_with(head) {
            self.state = State::Between;
        } else if let Some(&after) = bytes.get(DECLARATION.len()) {
            self.state = State::Between;
            if Class::SPACE.holds(after) {
                self.cursor = DECLARATION.len();
                self.state = State::Declaration;
            }
        }
        Ok(None)
    }

    fn declaration(&mut self, window: &str) -> Step {
        let rest = window.as_bytes().get(self.cursor..).unwrap_or(&[]);
        let Some(run) = memchr::memchr2(b'<', b'>', rest) else {
            self.cursor = window.len();
            return Ok(None);
        };
        self.cursor += run + 1;
        let span = self.span(self.start);
        match declaration::check(span.of(window)) {
            Ok(()) => self.emit(Token::Declaration { span }),
            Err((at, fault)) => Err(error(at, fault)),
        }
    }

    fn between(&mut self, byte: u8) -> Step {
        self.start = self.cursor;
        if byte == b'<' {
            self.cursor += 1;
            self.state = State::Markup;
        } else {
            self.plain = true;
            self.state = State::Text { brackets: Brackets::None };
        }
        Ok(None)
    }

    fn text(&mut self, window: &str, brackets: Brackets) -> Step {
        let bytes = window.as_bytes();
        if brackets == Brackets::Two && bytes.get(self.cursor) == Some(&b'>') {
            return Err(error(self.cursor, Fault::CdataEnd));
        }
        let stop = scan::find(bytes, self.cursor, Class::TEXT_STOP);
        let brackets = if stop > self.cursor { Brackets::None } else { brackets };
        self.cursor = stop;
        self.state = State::Text { brackets };
        match bytes.get(stop) {
            None => {}
            Some(b'<') if stop > self.start => {
                let token = Token::Text { span: self.span(self.start), plain: self.plain };
                return self.emit(token);
            }
            Some(b'<') => self.state = State::Between,
            Some(b'&') => self.begin_reference(Home::Text),
            Some(b']') => {
                self.cursor += 1;
                self.state = State::Text { brackets: brackets.another() };
            }
            Some(&other) => {
                self.rare(window, other)?;
                self.state = State::Text { brackets: Brackets::None };
            }
        }
        Ok(None)
    }

    fn cdata(&mut self, window: &str, brackets: Brackets) -> Step {
        let bytes = window.as_bytes();
        if brackets == Brackets::Two && bytes.get(self.cursor) == Some(&b'>') {
            self.cursor += 1;
            let empty = self.cursor == self.value + CDATA_END_LEN;
            let token = Token::Cdata { span: self.span(self.start), empty };
            return self.emit(token);
        }
        let stop = scan::find(bytes, self.cursor, Class::CDATA_STOP);
        let brackets = if stop > self.cursor { Brackets::None } else { brackets };
        self.cursor = stop;
        self.state = State::Cdata { brackets };
        match bytes.get(stop) {
            None => {}
            Some(b']') => {
                self.cursor += 1;
                self.state = State::Cdata { brackets: brackets.another() };
            }
            Some(&other) => {
                self.rare(window, other)?;
                self.state = State::Cdata { brackets: Brackets::None };
            }
        }
        Ok(None)
    }

    fn value(&mut self, window: &str, quote: u8) -> Step {
        let bytes = window.as_bytes();
        self.cursor = scan::find(bytes, self.cursor, Class::VALUE_STOP);
        match bytes.get(self.cursor) {
            None => {}
            Some(&byte) if byte == quote => {
                let (name, value) = (self.qname(), self.span(self.value));
                self.cursor += 1;
                self.state = State::Tag;
                return Ok(Some(Token::Attribute { name, value, plain: self.plain }));
            }
            Some(b'"' | b'\'') => self.cursor += 1,
            Some(b'<') => return Err(error(self.cursor, Fault::LessThan)),
            Some(b'&') => self.begin_reference(Home::Value { quote }),
            Some(b'\t' | b'\n') => {
                self.plain = false;
                self.cursor += 1;
            }
            Some(&other) => self.rare(window, other)?,
        }
        Ok(None)
    }

    /// An octet that stops every run: a carriage return, the lead of a possible U+FFFE or U+FFFF, a control character.
    fn rare(&mut self, window: &str, byte: u8) -> Result<(), Error> {
        match char_at(window, self.cursor) {
            Some(char) if scan::is_xml_char(char) => self.cursor += char.len_utf8(),
            _ => return Err(error(self.cursor, Fault::Char)),
        }
        self.plain &= byte != b'\r';
        Ok(())
    }

    fn begin_reference(&mut self, home: Home) {
        self.plain = false;
        self.state = State::Reference { at: self.cursor, home };
        self.cursor += 1;
    }

    fn reference(&mut self, window: &str, at: usize, home: Home) -> Step {
        while let Some(char) = char_at(window, self.cursor) {
            if char == ';' {
                check_reference(window, at, self.cursor)?;
                self.cursor += 1;
                self.state = match home {
                    Home::Text => State::Text { brackets: Brackets::None },
                    Home::Value { quote } => State::Value { quote },
                };
                break;
            }
            if !may_continue_reference(window, at, self.cursor, char) {
                return Err(error(self.cursor, Fault::Reference));
            }
            self.cursor += char.len_utf8();
        }
        Ok(None)
    }

    fn markup(&mut self, byte: u8) -> Step {
        let state = match byte {
            b'/' => State::EndName,
            b'!' => State::Bang,
            b'?' => State::Question,
            _ => {
                self.begin_name(State::StartName);
                return Ok(None);
            }
        };
        self.cursor += 1;
        self.begin_name(state);
        Ok(None)
    }

    fn bang(&mut self, window: &str) -> Step {
        self.cursor += 1;
        let seen = window.as_bytes().get(self.start..self.cursor).unwrap_or(&[]);
        if seen == CDATA {
            self.value = self.cursor;
            self.state = State::Cdata { brackets: Brackets::None };
            return Ok(Some(Token::CdataOpen { start: offset(self.start) }));
        }
        match seen {
            COMMENT => Err(error(self.start, Fault::Comment)),
            DOCTYPE => Err(error(self.start, Fault::Doctype)),
            _ if [CDATA, COMMENT, DOCTYPE].iter().any(|markup| markup.starts_with(seen)) => Ok(None),
            // What may become a CDATA section is judged when it is long enough to be one. A character beyond ASCII is
            // none of one, and of several octets.
            [b'<', b'!', b'[', ..] if seen.len() < CDATA.len() && seen.is_ascii() => Ok(None),
            _ => Err(error(self.start, Fault::Markup)),
        }
    }

    /// A processing instruction, once its target is known not to be `xml` in any case, which is reserved.
    fn question(&mut self, window: &str) -> Step {
        if !self.scan_name(window)? {
            return Ok(None);
        }
        let target = self.qname().span.of(window);
        let fault = match target {
            "xml" => Fault::LateDeclaration,
            _ if target.eq_ignore_ascii_case("xml") => Fault::Name,
            _ => Fault::ProcessingInstruction,
        };
        Err(error(self.start, fault))
    }

    fn start_name(&mut self, window: &str) -> Step {
        if !self.scan_name(window)? {
            return Ok(None);
        }
        self.state = State::Tag;
        Ok(Some(Token::Open { name: self.qname() }))
    }

    fn tag(&mut self, window: &str, byte: u8) -> Step {
        match byte {
            b'>' => {
                self.cursor += 1;
                self.emit(Token::TagEnd { end: offset(self.cursor), empty: false })
            }
            b'/' => {
                self.cursor += 1;
                self.state = State::Slash;
                Ok(None)
            }
            _ if Class::SPACE.holds(byte) => {
                self.skip_space(window);
                self.state = State::TagSpace;
                Ok(None)
            }
            _ if matches!(self.state, State::TagSpace) => {
                self.begin_name(State::AttrName);
                Ok(None)
            }
            _ => Err(error(self.cursor, Fault::Space)),
        }
    }

    fn slash(&mut self, byte: u8) -> Step {
        if byte != b'>' {
            return Err(error(self.cursor, Fault::TagEnd));
        }
        self.cursor += 1;
        self.emit(Token::TagEnd { end: offset(self.cursor), empty: true })
    }

    fn attr_name(&mut self, window: &str) -> Step {
        if self.scan_name(window)? {
            self.state = State::Equals;
        }
        Ok(None)
    }

    fn equals(&mut self, window: &str) -> Step {
        match self.skip_space(window) {
            None => {}
            Some(b'=') => {
                self.cursor += 1;
                self.state = State::Quote;
            }
            Some(_) => return Err(error(self.cursor, Fault::Equals)),
        }
        Ok(None)
    }

    fn quote(&mut self, window: &str) -> Step {
        match self.skip_space(window) {
            None => {}
            Some(quote @ (b'"' | b'\'')) => {
                self.cursor += 1;
                self.value = self.cursor;
                self.plain = true;
                self.state = State::Value { quote };
            }
            Some(_) => return Err(error(self.cursor, Fault::Quote)),
        }
        Ok(None)
    }

    fn end_name(&mut self, window: &str) -> Step {
        if self.scan_name(window)? {
            self.state = State::EndTag;
        }
        Ok(None)
    }

    fn end_tag(&mut self, window: &str) -> Step {
        match self.skip_space(window) {
            None => Ok(None),
            Some(b'>') => {
                self.cursor += 1;
                let token = Token::Close { span: self.span(self.start), name: self.qname() };
                self.emit(token)
            }
            Some(_) => Err(error(self.cursor, Fault::TagEnd)),
        }
    }

    fn begin_name(&mut self, state: State) {
        self.name = NameSoFar { start: self.cursor, colon: None, part: self.cursor, end: self.cursor };
        self.state = state;
    }

    /// Goes on with a name; whether its end was reached.
    fn scan_name(&mut self, window: &str) -> Result<bool, Error> {
        let bytes = window.as_bytes();
        loop {
            if self.cursor > self.name.part {
                self.cursor = scan::skip(bytes, self.cursor, Class::NAME);
            }
            let limit = self.name.start.saturating_add(self.name_bytes as usize);
            if self.cursor > limit {
                return Err(error(limit, Fault::NameBytes));
            }
            let Some(char) = char_at(window, self.cursor) else { return Ok(false) };
            if self.cursor == self.name.part {
                if !scan::is_name_start(char) {
                    return Err(error(self.cursor, Fault::Name));
                }
            } else if char == ':' {
                if self.name.colon.is_some() {
                    return Err(error(self.cursor, Fault::Name));
                }
                self.name.colon = Some(self.cursor);
                self.name.part = self.cursor + 1;
            } else if char.is_ascii() {
                self.name.end = self.cursor;
                return Ok(true);
            } else if !scan::is_name_char(char) {
                return Err(error(self.cursor, Fault::Name));
            }
            self.cursor += char.len_utf8();
        }
    }

    /// The octet after any white space, if it is there.
    fn skip_space(&mut self, window: &str) -> Option<u8> {
        let bytes = window.as_bytes();
        self.cursor = scan::skip(bytes, self.cursor, Class::SPACE);
        bytes.get(self.cursor).copied()
    }

    /// The name that was finished last.
    fn qname(&self) -> QName {
        let NameSoFar { start, colon, end, .. } = self.name;
        let prefix_len = offset(colon.map_or(0, |colon| colon - start));
        QName { span: Span::between(offset(start), offset(end)), prefix_len }
    }

    /// From `start` to the cursor.
    fn span(&self, start: usize) -> Span {
        Span::between(offset(start), offset(self.cursor))
    }

    fn emit(&mut self, token: Token) -> Step {
        self.state = State::Between;
        Ok(Some(token))
    }
}

const DECLARATION: &[u8] = b"<?xml";
const CDATA: &[u8] = b"<![CDATA[";
const COMMENT: &[u8] = b"<!--";
const DOCTYPE: &[u8] = b"<!DOCTYPE";
const CDATA_END_LEN: usize = 3;

/// The text but for its last octets, where these may mean something else together with what follows.
pub(crate) fn without_loose_end(text: &str) -> &str {
    let loose = ["\r", "]]", "]"].into_iter().find_map(|end| text.strip_suffix(end));
    loose.unwrap_or(text)
}

/// Windows are shorter than 4 GiB: a unit's limit is a `u32`.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn error(at: usize, fault: Fault) -> Error {
    Error { at: offset(at), fault }
}

fn char_at(window: &str, at: usize) -> Option<char> {
    window.get(at..).and_then(|rest| rest.chars().next())
}

/// Whether `char` at `at` may follow in the reference that begins at `start`.
fn may_continue_reference(window: &str, start: usize, at: usize, char: char) -> bool {
    let bytes = window.as_bytes();
    let numeric = bytes.get(start + 1) == Some(&b'#');
    match at - start {
        1 => char == '#' || char == ':' || scan::is_name_start(char),
        2 if numeric => char == 'x' || char.is_ascii_digit(),
        _ if numeric && bytes.get(start + 2) == Some(&b'x') => char.is_ascii_hexdigit(),
        _ if numeric => char.is_ascii_digit(),
        _ => char == ':' || scan::is_name_char(char),
    }
}

/// Checks the whole reference from `&` at `start` to `;` at `end`.
fn check_reference(window: &str, start: usize, end: usize) -> Result<(), Error> {
    let body = window.get(start + 1..end).unwrap_or("");
    match (referenced(body), body) {
        (Some(_), _) => Ok(()),
        (None, "" | "#" | "#x") => Err(error(end, Fault::Reference)),
        (None, body) if body.starts_with('#') => Err(error(start, Fault::CharReference)),
        (None, _) => Err(error(start, Fault::Entity)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_fault_is_told_for_ever_after() {
        for (text, fault) in [
            ("<!x", Fault::Markup),
            ("<!-- c", Fault::Comment),
            ("<?a b?>", Fault::ProcessingInstruction),
            ("<a b=1", Fault::Quote),
            ("<a>\u{1}", Fault::Char),
            ("<a>&#0;", Fault::CharReference),
        ] {
            let mut tokenizer = Tokenizer::new(64);
            let told = loop {
                match tokenizer.next(text) {
                    Ok(token) => assert!(token.is_some(), "{text} holds no fault"),
                    Err(error) => break error,
                }
            };
            assert_eq!(told.fault, fault, "{text}");
            assert_eq!(tokenizer.next(&format!("{text}<b/>text")), Err(told));
            tokenizer.shift(1);
            let shifted = Error { at: told.at.saturating_sub(1), fault };
            assert_eq!(tokenizer.next("<b/>"), Err(shifted), "the fault moves with its octet");
        }
    }
}
