//! Finds the units: what is header, first-level element, text between, end tag.
//!
//! In: checked text from the current unit's first octet on, and what follows it. Out: a [`UnitKind`] and a length;
//! views are made from them afterwards. A sink is told what a unit holds as it is read, at the end of the octets also
//! of text that is not over. Knows XML's rules for where things may stand; which names XMPP wants there is for others.

use super::{Error, Fault, UnitKind};
use crate::limits::{Limit, Limits};
use crate::ns::{self, Declared, Scope};
use crate::scan::{self, Class, Edge, Index, Present};
use crate::span::Span;
use crate::stanza::{self, Builder, Built, Context, Outlet, Source, Stop};
use crate::token::{self, QName, Token, Tokenizer, without_loose_end};
use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::string::String;

/// What the root element means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The root's start tag is the header; each child is a unit; the root's end tag closes the stream.
    Stream,
    /// The root is the one unit.
    Document,
}

/// How far the stream has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Before the root.
    Prolog,
    /// In a stream, between and in its units.
    Open {
        /// Whether the run of text that we are in has been reported.
        text_told: bool,
    },
    /// The header ended with `/>`: the stream closes where it opened.
    Closing,
    /// After the root.
    Epilog,
}

/// What came of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Octets to drop from the window's start, before the unit.
    pub(crate) skipped: usize,
    /// The unit, if there is one, and its length.
    pub(crate) unit: Option<(UnitKind, usize)>,
}

/// A stream's grammar, resumable at any octet.
pub(crate) struct Framer {
    mode: Mode,
    phase: Phase,
    limits: Limits,
    /// Whether [`Builder::reads_lines`] under the limits: asked once, as each step needs it.
    // INVARIANT: so for `limits`, but within `read_cut`.
    reads_lines: bool,
    tokenizer: Tokenizer,
    builder: Builder,
    index: Index,
    scope: Scope,
    /// The root's name as written, which its end tag must repeat.
    root: String,
    /// The token that waits for more of it.
    cut: Option<Cut>,
    /// Where the next window begins, if it is one of the same input, or before that.
    next: u64,
}

/// A token of which some has come, all of it good, and which is to be read as a whole.
#[derive(Clone, Copy, Debug)]
struct Cut {
    /// Where it begins in the stream.
    at: u64,
    /// Octets that have come of it.
    len: usize,
    /// The limits by which they were found good, where those have changed since.
    limits: Option<Limits>,
}

impl Cut {
    /// What has come of a token that waits, at most: few tags are longer.
    const LONGEST: usize = 512;
}

/// What a stream between two units can be read on from: the root's name, then prefix and name of each namespace that
/// the header declared. A NUL, which no name holds, ends each of them.
pub(crate) struct Seed(Box<str>);

impl Seed {
    fn new(root: &str, scope: &Scope) -> Result<Self, TryReserveError> {
        let bindings = scope.outer_bindings().flat_map(|(prefix, name)| [prefix, name]);
        let texts = core::iter::once(root).chain(bindings);
        let mut seed = String::new();
        seed.try_reserve_exact(texts.clone().map(|text| text.len() + 1).sum())?;
        for text in texts {
            seed.push_str(text);
            seed.push('\0');
        }
        Ok(Self(seed.into_boxed_str()))
    }

    fn texts(&self) -> impl Iterator<Item = Span> {
        let ends = self.0.bytes().zip(0..).filter(|(octet, _)| *octet == 0).map(|(_, end)| end);
        ends.scan(0, |start, end| Some(Span::between(core::mem::replace(start, end + 1), end)))
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.0.len()
    }
}

/// What became of the octets seen.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// Nothing yet.
    More,
    /// So many octets from the start are done with.
    Skip(u32),
    /// A unit of so many octets from the start.
    Unit(UnitKind, u32),
}

/// A fault, counted from the unit's first octet.
struct Local {
    at: u32,
    fault: Fault,
}

impl Framer {
    pub(crate) fn new(mode: Mode, limits: Limits, isa: Present) -> Self {
        Self {
            mode,
            phase: Phase::Prolog,
            limits,
            reads_lines: Builder::reads_lines(&limits),
            tokenizer: Tokenizer::new(limits.name_bytes),
            builder: Builder::default(),
            index: Index::new(isa),
            scope: Scope::default(),
            root: String::new(),
            cut: None,
            next: 0,
        }
    }

    /// A stream's framer as it was when the seed was taken from it.
    pub(crate) fn grown(seed: &Seed, limits: Limits, isa: Present) -> Result<Self, ns::Error> {
        let mut framer = Self::new(Mode::Stream, limits, isa);
        let mut texts = seed.texts();
        if let Some(root) = texts.next().map(|root| root.of(&seed.0)) {
            framer.root.try_reserve_exact(root.len())?;
            framer.root.push_str(root);
        }
        while let (Some(prefix), Some(name)) = (texts.next(), texts.next()) {
            framer.scope.declare(&seed.0, prefix, Declared::Written(name), 0)?;
        }
        framer.scope.keep_header(&seed.0)?;
        framer.phase = Phase::Open { text_told: false };
        framer.tokenizer.go_to(0);
        Ok(framer)
    }

    /// What to read on from by [`Self::grown`]; nothing where a unit or text is in progress, or the stream is not open.
    /// The unit found last is forgotten.
    pub(crate) fn seed(&mut self) -> Result<Option<Seed>, TryReserveError> {
        // Of a unit in progress, its first tag has been read.
        let is_between = self.tokenizer.next_token() == Some(0) && self.cut.is_none();
        if self.phase != (Phase::Open { text_told: false }) || !is_between {
            return Ok(None);
        }
        self.forget_unit();
        Seed::new(&self.root, &self.scope).map(Some)
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.builder.heap() + self.scope.heap() + self.root.capacity()
    }

    /// Goes on with `window`, whose first octet stands at `base` in the stream. It begins where the last call ended:
    /// behind the octets skipped and the unit found. The unit found last is forgotten.
    #[inline]
    pub(crate) fn step<O: Outlet>(
        &mut self,
        window: &str,
        edge: Edge,
        base: u64,
        outlet: &mut O,
    ) -> Result<Progress, Error> {
        // A stream goes on: this is another input, of whose structure nothing is known.
        if base < self.next {
            self.index.forget();
        }
        let progress = self.step_in(window, edge, base, outlet)?;
        self.next = base + (progress.skipped + progress.unit.map_or(0, |(_, len)| len)) as u64;
        Ok(progress)
    }

    #[inline(always)]
    fn step_in<O: Outlet>(&mut self, window: &str, edge: Edge, base: u64, outlet: &mut O) -> Result<Progress, Error> {
        if self.cut.is_some_and(|cut| cut.limits.is_some()) {
            self.read_cut(window, base, outlet).map_err(|local| local.after(base))?;
        }
        if !self.builder.is_inside() {
            self.forget_unit();
        }
        let stop = self.straight_on(window, base, outlet).map_err(|local| local.after(base))?;
        match stop {
            Some(Stop::Closed(end)) => {
                self.stanza(end);
                self.tokenizer.go_to(0);
                Ok(Progress { skipped: 0, unit: Some((UnitKind::Stanza, end as usize)) })
            }
            Some(Stop::Text(_)) if edge == Edge::Open => Ok(Progress { skipped: 0, unit: None }),
            stop => self.step_on(window, edge, base, matches!(stop, Some(Stop::Other(_))), outlet),
        }
    }

    /// Reads on to the end of the stanza that is in progress or that the window begins with, if all of it is of the
    /// common shape: where that ended. Of a stanza that is not, what was read stays read.
    #[inline(always)]
    fn straight_on<O: Outlet>(&mut self, window: &str, base: u64, outlet: &mut O) -> Result<Option<Stop>, Local> {
        let Some(at) = self.straight_start(window) else { return Ok(None) };
        if window.len() > self.limits.stanza_bytes as usize || at > 0 && !self.builder.is_inside() {
            return Ok(None);
        }
        let mut cx = Context { text: window, scope: &mut self.scope, limits: &self.limits, outlet };
        let stop = self.builder.straight(&mut cx, &mut self.index, base, at, self.cut.is_some())?;
        Ok(Some(self.stopped(stop, window, base)))
    }

    /// Has the tokenizer go on where the line through `text` stopped. A cut token waits there, as text does, for as
    /// long as it doubles: what is read again stays in proportion.
    /// One that is long, or comes in small pieces, is the tokenizer's.
    #[inline(always)]
    fn stopped(&mut self, stop: Stop, text: &str, base: u64) -> Stop {
        let before = self.cut.take();
        match stop {
            Stop::Closed(_) => {}
            Stop::Other(at) | Stop::Text(at) => self.tokenizer.go_to(at),
            Stop::Cut(at) => {
                self.tokenizer.go_to(at);
                // Less of the text than was read may be left by a limit that came lower.
                let Some(len) = text.len().checked_sub(at) else { return Stop::Other(at) };
                let cut = Cut { at: base + at as u64, len, limits: None };
                let has_grown_little = before.is_some_and(|before| before.at == cut.at && before.len > cut.len / 2);
                if has_grown_little || cut.len > Cut::LONGEST {
                    return Stop::Other(at);
                }
                self.cut = Some(cut);
                return Stop::Text(at);
            }
        }
        stop
    }

    /// Reads what has come of a token that waits, by the limits that held then.
    #[cold]
    fn read_cut<O: Outlet>(&mut self, window: &str, base: u64, outlet: &mut O) -> Result<(), Local> {
        let Some(Cut { at, len, limits: Some(limits) }) = self.cut.take() else { return Ok(()) };
        let part = at.checked_sub(base).and_then(|at| window.get(..at as usize + len)).unwrap_or("");
        let limits = core::mem::replace(&mut self.limits, limits);
        self.tokenizer.set_name_bytes(self.limits.name_bytes);
        while let Some(token) = self.tokenizer.next(part)? {
            self.take(token, part, outlet)?;
        }
        self.set_limits(limits);
        Ok(())
    }

    /// Tells a sink of the text of a stanza that has come, where the octets end with `window`, which was looked at.
    #[inline(never)]
    pub(crate) fn tell_partial_text<O: Outlet>(
        &mut self,
        window: &str,
        base: u64,
        outlet: &mut O,
    ) -> Result<(), Error> {
        if self.builder.is_inside() {
            self.take_partial_text(window, outlet).map_err(|local| local.after(base))?;
        }
        Ok(())
    }

    /// The text stands behind the place where the next token begins, or in what the tokenizer has begun, perhaps in a
    /// CDATA section, or is a run that such a section may go on with.
    fn take_partial_text<O: Outlet>(&mut self, window: &str, outlet: &mut O) -> Result<(), Local> {
        let waiting = self.tokenizer.next_token().map(|at| (at, window.get(at..).unwrap_or("")));
        if let Some((at, text)) = waiting.filter(|(_, text)| !text.starts_with('<')) {
            if self.cut.take().is_none() {
                // There is no structure in it.
                debug_assert!(!text.contains(['<', '&', '\r']));
                let len = without_loose_end(text).len();
                if len > 0 {
                    let span = Span { start: at as u32, len: len as u32 };
                    self.take(Token::Text { span, plain: true }, window, outlet)?;
                    self.tokenizer.go_to(at + len);
                }
            } else if let Some(token) = self.tokenizer.next(window)? {
                // Of a tag behind it, nothing has come but the `<`.
                self.take(token, window, outlet)?;
            }
        }
        if let Some(token) = self.tokenizer.take_text(window) {
            self.take(token, window, outlet)?;
        }
        if let Some((span, plain)) = self.tokenizer.take_cdata(window) {
            self.builder.take_part_of_section(span, plain);
        }
        let mut cx = Context { text: window, scope: &mut self.scope, limits: &self.limits, outlet };
        Ok(self.builder.tell_run(&mut cx)?)
    }

    /// Goes on with a window that holds another thing than the rest of a stanza; `is_other` as in [`Self::advance`].
    #[inline(never)]
    fn step_on<O: Outlet>(
        &mut self,
        window: &str,
        edge: Edge,
        base: u64,
        mut is_other: bool,
        outlet: &mut O,
    ) -> Result<Progress, Error> {
        let mut skipped = 0;
        loop {
            skipped += self.skip_space(window.get(skipped..).unwrap_or(""));
            let rest = window.get(skipped..).unwrap_or("");
            let (text, wall) = wall(rest, edge, self.limits.stanza_bytes);
            let at = base + skipped as u64;
            match self.advance(text, at, core::mem::take(&mut is_other), outlet).map_err(|local| local.after(at))? {
                Outcome::Unit(kind, len) => {
                    self.tokenizer.shift(len);
                    return Ok(Progress { skipped, unit: Some((kind, len as usize)) });
                }
                Outcome::Skip(len) => {
                    self.tokenizer.shift(len);
                    skipped += len as usize;
                }
                Outcome::More => {
                    if let Some(fault) = wall {
                        return Err(fault.after(at));
                    }
                    if self.is_between() {
                        self.rest();
                    }
                    return Ok(Progress { skipped, unit: None });
                }
            }
        }
    }

    /// What the views of the unit found last read, `text` being its octets.
    pub(crate) fn source<'a>(&'a self, text: &'a str) -> Source<'a> {
        Source { text, tape: self.builder.tape(), scope: &self.scope }
    }

    /// Changes the limits, from the next octet on.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        if let Some(cut) = &mut self.cut {
            // It would have been read by them.
            cut.limits.get_or_insert(self.limits);
        }
        self.tokenizer.set_name_bytes(limits.name_bytes);
        (self.limits, self.reads_lines) = (limits, Builder::reads_lines(&limits));
    }

    /// Whether no unit is in progress.
    pub(crate) fn is_between(&self) -> bool {
        !self.builder.is_inside() && self.tokenizer.is_in_text() && self.cut.is_none()
    }

    /// Whether the root has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.phase == Phase::Epilog
    }

    /// Whether the header has been read, and the end tag not.
    fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// Octets of white space that no unit needs. What follows an empty root stands behind the end, which is still to be
    /// told.
    fn skip_space(&mut self, rest: &str) -> usize {
        if self.phase == Phase::Closing || !self.tokenizer.is_between() || rest.starts_with('<') {
            return 0;
        }
        let space = scan::skip(rest.as_bytes(), 0, Class::SPACE);
        if space > 0 {
            self.tokenizer.leave_start();
        }
        space
    }

    /// Forgets the last unit and gives its memory back, if the stream is open and neither a unit nor text is in
    /// progress; whether that is so.
    #[inline]
    pub(crate) fn rest_between(&mut self) -> bool {
        let is_between = self.is_open() && self.tokenizer.next_token() == Some(0) && self.is_between();
        if is_between {
            self.forget_unit();
            self.rest();
        }
        is_between
    }

    /// Forgets the unit that was read last.
    #[inline]
    fn forget_unit(&mut self) {
        self.builder.forget();
        self.scope.forget_unit();
    }

    /// Gives memory back; for a framer between units, the last of which is forgotten.
    fn rest(&mut self) {
        self.builder.rest();
        self.scope.shrink();
    }

    /// Goes on in `text`, which begins at `base` of the stream. A tag that goes on behind it is read octet by octet,
    /// unless nothing can be wrong with it, so that faults are told where they are, however it was cut. Of the next
    /// token it may be known already that it `is_other` than of the common shape.
    fn advance<O: Outlet>(
        &mut self,
        text: &str,
        base: u64,
        mut is_other: bool,
        outlet: &mut O,
    ) -> Result<Outcome, Local> {
        if let Some(outcome) = self.outside_markup(text)? {
            return Ok(outcome);
        }
        loop {
            if !core::mem::take(&mut is_other)
                && let Some(at) = self.straight_start(text)
            {
                let mut cx = Context { text, scope: &mut self.scope, limits: &self.limits, outlet };
                let stop = self.builder.straight(&mut cx, &mut self.index, base, at, self.cut.is_some())?;
                match self.stopped(stop, text, base) {
                    Stop::Closed(end) => {
                        self.tokenizer.go_to(end as usize);
                        return Ok(self.stanza(end));
                    }
                    Stop::Text(_) => return Ok(Outcome::More),
                    Stop::Other(_) | Stop::Cut(_) => {}
                }
            }
            let Some(token) = self.tokenizer.next(text)? else { break };
            let outcome = self.take(token, text, outlet)?;
            if !matches!(outcome, Outcome::More) {
                return Ok(outcome);
            }
        }
        // Between units nobody keeps text: it is checked, and gone.
        let dropped = if self.builder.is_inside() { 0 } else { self.tokenizer.text_so_far() };
        Ok(if dropped == 0 { Outcome::More } else { Outcome::Skip(dropped) })
    }

    /// A token that the tokenizer has read.
    fn take<O: Outlet>(&mut self, token: Token, text: &str, outlet: &mut O) -> Result<Outcome, Local> {
        if matches!(token, Token::Cdata { .. }) {
            self.index.forget();
        }
        if self.builder.is_inside() { self.inside(token, text, outlet) } else { self.outside(token, text, outlet) }
    }

    /// What can be told of the octets between units before they make a token.
    fn outside_markup(&mut self, text: &str) -> Result<Option<Outcome>, Local> {
        if self.phase == Phase::Closing {
            self.phase = Phase::Epilog;
            return Ok(Some(Outcome::Unit(UnitKind::Close, 0)));
        }
        if !self.tokenizer.is_between() || text.is_empty() || text.starts_with('<') {
            return Ok(None);
        }
        self.tell_text(0, 0)
    }

    /// Reports text once per run; `len` octets are done with.
    fn tell_text(&mut self, at: u32, len: u32) -> Result<Option<Outcome>, Local> {
        match &mut self.phase {
            Phase::Open { text_told: true } => Ok(None),
            Phase::Open { text_told } => {
                *text_told = true;
                Ok(Some(Outcome::Unit(UnitKind::Text, len)))
            }
            _ => Err(Local { at, fault: Fault::OutsideRoot }),
        }
    }

    /// A token where no unit is in progress.
    fn outside<O: Outlet>(&mut self, token: Token, text: &str, outlet: &mut O) -> Result<Outcome, Local> {
        match token {
            Token::Declaration { span } | Token::Text { span, .. } => Ok(Outcome::Skip(span.end())),
            Token::CdataOpen { .. } if self.is_open() => Ok(Outcome::More),
            Token::CdataOpen { start } => Err(Local { at: start, fault: Fault::OutsideRoot }),
            Token::Cdata { span, empty: true } => Ok(Outcome::Skip(span.end())),
            Token::Cdata { span, .. } => {
                let told = self.tell_text(span.start, span.end())?;
                Ok(told.unwrap_or(Outcome::Skip(span.end())))
            }
            Token::Close { span, name } => self.close(span, name, text),
            Token::Open { name } => {
                self.begin(name)?;
                self.inside(token, text, outlet)
            }
            Token::Attribute { .. } | Token::TagEnd { .. } => Ok(Outcome::More),
        }
    }

    /// A unit begins with the start tag `name`.
    fn begin(&mut self, name: QName) -> Result<(), Local> {
        match &mut self.phase {
            Phase::Prolog => {}
            Phase::Open { text_told } => *text_told = false,
            Phase::Closing | Phase::Epilog => {
                let at = name.span.start.saturating_sub(1);
                return Err(Local { at, fault: Fault::OutsideRoot });
            }
        }
        self.builder.begin(self.is_header());
        Ok(())
    }

    /// Whether the unit in progress, or next, is the header.
    fn is_header(&self) -> bool {
        self.mode == Mode::Stream && self.phase == Phase::Prolog
    }

    /// A token of the unit in progress.
    fn inside<O: Outlet>(&mut self, token: Token, text: &str, outlet: &mut O) -> Result<Outcome, Local> {
        let mut context = Context { text, scope: &mut self.scope, limits: &self.limits, outlet };
        match self.builder.token(token, &mut context)? {
            Built::RootOpen(end) if self.is_header() => self.header(end, text, Phase::Open { text_told: false }),
            Built::RootClosed(end) if self.is_header() => self.header(end, text, Phase::Closing),
            Built::More | Built::RootOpen(_) => Ok(Outcome::More),
            Built::RootClosed(end) => Ok(self.stanza(end)),
        }
    }

    /// A unit that is no header is whole.
    fn stanza(&mut self, end: u32) -> Outcome {
        if self.mode == Mode::Document {
            self.phase = Phase::Epilog;
        }
        Outcome::Unit(UnitKind::Stanza, end)
    }

    /// Where tokens of the common shape may begin, if the limits let them be read so: between two tokens of a stanza,
    /// or where one begins.
    fn straight_start(&mut self, text: &str) -> Option<usize> {
        let at = self.tokenizer.next_token().filter(|_| self.reads_lines)?;
        if self.builder.is_inside() {
            return (!self.is_header()).then_some(at);
        }
        let Phase::Open { text_told } = &mut self.phase else { return None };
        match text.as_bytes().get(at..) {
            Some([b'<', first, ..]) if Class::NAME_START.holds(*first) => {
                *text_told = false;
                self.builder.begin(false);
                Some(at)
            }
            _ => None,
        }
    }

    /// The header is complete: its bindings hold for the stream.
    fn header(&mut self, end: u32, text: &str, phase: Phase) -> Result<Outcome, Local> {
        self.builder.close_header(end);
        let root = self.builder.tape().root_qname(text).of(text);
        self.root.try_reserve(root.len()).map_err(|_| Local { at: 0, fault: Fault::OutOfMemory })?;
        self.root.push_str(root);
        self.scope.keep_header(text).map_err(|error| stanza::Error { at: 0, fault: error.into() })?;
        self.phase = phase;
        Ok(Outcome::Unit(UnitKind::Header, end))
    }

    /// An end tag where no element of a unit is open: the stream's, or an error.
    fn close(&mut self, span: Span, name: QName, text: &str) -> Result<Outcome, Local> {
        let fault = match self.phase {
            Phase::Open { .. } if name.span.of(text) == self.root => {
                self.phase = Phase::Epilog;
                return Ok(Outcome::Unit(UnitKind::Close, span.end()));
            }
            Phase::Open { .. } => Fault::Tree(stanza::Fault::MismatchedTag),
            _ => Fault::OutsideRoot,
        };
        Err(Local { at: span.start, fault })
    }
}

/// The text that may be read, and the fault that lies right behind it: whichever of the first bad octet and the byte
/// limit comes first, however much has arrived.
fn wall(rest: &str, edge: Edge, limit: u32) -> (&str, Option<Local>) {
    let over = Local { at: limit, fault: Fault::Limit(Limit::StanzaBytes) };
    if rest.len() > limit as usize {
        return (rest.get(..rest.floor_char_boundary(limit as usize)).unwrap_or(""), Some(over));
    }
    match edge {
        Edge::Open => (rest, None),
        Edge::Bad(past) => {
            // Told where the sequence begins, found where it breaks.
            let at = rest.len() as u32;
            (rest, Some(if at + u32::from(past) < limit { Local { at, fault: Fault::Utf8 } } else { over }))
        }
    }
}

impl Local {
    fn after(self, base: u64) -> Error {
        Error { at: base + u64::from(self.at), fault: self.fault }
    }
}

impl From<token::Error> for Local {
    fn from(error: token::Error) -> Self {
        let fault = match error.fault {
            token::Fault::NameBytes => Fault::Limit(Limit::NameBytes),
            fault => Fault::Syntax(fault),
        };
        Self { at: error.at, fault }
    }
}

impl From<stanza::Error> for Local {
    fn from(error: stanza::Error) -> Self {
        let fault = match error.fault {
            stanza::Fault::Limit(limit) => Fault::Limit(limit),
            stanza::Fault::OutOfMemory => Fault::OutOfMemory,
            fault => Fault::Tree(fault),
        };
        Self { at: error.at, fault }
    }
}
