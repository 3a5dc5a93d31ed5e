//! The three tasks, and what a parser must answer.
//!
//! In: what a parser tells, in document order. Out: an [`Answer`], equal for all parsers that read the same. Only
//! first-level elements and what they hold count: neither the stream header nor what stands between stanzas.
//! `shims/collector.h` does the same for the parsers in C. Both are inlined always, so that no parser's row pays for
//! calls that another's does not.

use crate::digest::{self, K0, K1, K2, K3, mix};

/// Numbers that two parsers have in common if they read the same; see each task for their meaning.
pub type Answer = [u64; 5];

/// What is to be found out about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Every element, attribute and text is seen; lengths of decoded values are summed.
    Events,
    /// Each stanza's name, `to`, `from`, `id`, `type` and the length of its body.
    Route,
    /// Every name with its namespace resolved, every value and text decoded, every octet of them digested.
    Dom,
}

impl Task {
    pub const ALL: [Self; 3] = [Self::Events, Self::Route, Self::Dom];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Route => "route",
            Self::Dom => "dom",
        }
    }

    /// In a few words.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Events => "all elements, attributes, text",
            Self::Route => "heads of stanzas, length of body",
            Self::Dom => "namespaces resolved, all decoded",
        }
    }
}

/// Where a parser's events go.
pub trait Sink {
    /// Whether local names are looked at; where not, they may be left empty.
    const NAMES: bool;
    /// Whether namespaces are looked at; where not, prefixes may be given instead.
    const NAMESPACES: bool;
    /// Whether values of attributes are looked at; where not, [`Self::attribute_len`] will do.
    const VALUES: bool = true;
    /// Whether text is looked at; where not, [`Self::piece_len`] will do.
    const TEXT: bool = true;

    /// An element begins.
    fn open(&mut self, ns: &str, local: &str);
    /// Whether attributes of the element begun last are looked at; only then they may be given.
    fn wants_attributes(&self) -> bool;
    /// An attribute of the element begun last, namespace declarations left out.
    fn attribute(&mut self, ns: &str, local: &str, value: &str);
    /// The same, of whose decoded value this is the length: for parsers that need not decode to know it, and only where
    /// [`Self::VALUES`] are not looked at.
    fn attribute_len(&mut self, _len: usize) {
        unreachable!("a length for a value that is looked at");
    }
    /// Whether text right here is looked at; only then it may be given.
    fn wants_text(&self) -> bool;
    /// A piece of text; more of the same run may follow.
    fn piece(&mut self, text: &str);
    /// The same, of which this is the decoded length; only where [`Self::TEXT`] is not looked at.
    fn piece_len(&mut self, _len: usize) {
        unreachable!("a length for text that is looked at");
    }
    /// A run of text as a whole.
    fn run(&mut self, text: &str) {
        self.piece(text);
    }
    /// The innermost element ends.
    fn close(&mut self);
    fn answer(&self) -> Answer;
}

/// How deep the innermost open element lies: 1 the stream, 2 a stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Depth(u32);

impl Depth {
    /// Outside of everything: the stream header is to come.
    pub const DOCUMENT: Self = Self(0);
    /// Behind the stream header, for parsers that are given single stanzas.
    pub const STREAM: Self = Self(1);
    const STANZA: Self = Self(2);
    const CHILD: Self = Self(3);

    fn enter(&mut self) {
        self.0 += 1;
    }

    fn leave(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }
}

/// [`Task::Events`]: stanzas, elements, attributes, octets of values, octets of text. For parsers that can be asked for
/// all of a stanza's elements and text in a row, without the ends of elements; [`Events`] is for all others.
#[derive(Debug, Default)]
pub struct Seen {
    stanzas: u64,
    elements: u64,
    attributes: u64,
    values: u64,
    text: u64,
}

impl Seen {
    /// A stanza begins.
    #[inline(always)]
    pub fn stanza(&mut self) {
        self.stanzas += 1;
    }

    /// An element of the stanza, the first of them the stanza itself.
    #[inline(always)]
    pub fn element(&mut self) {
        self.elements += 1;
    }

    /// An attribute, of whose decoded value this is the length.
    #[inline(always)]
    pub fn value(&mut self, len: usize) {
        self.attributes += 1;
        self.values += len as u64;
    }

    /// Text, of which this is the decoded length.
    #[inline(always)]
    pub fn text(&mut self, len: usize) {
        self.text += len as u64;
    }

    pub fn answer(&self) -> Answer {
        [self.stanzas, self.elements, self.attributes, self.values, self.text]
    }
}

/// The same, where ends of elements tell which of them are stanzas.
#[derive(Debug)]
pub struct Events {
    depth: Depth,
    seen: Seen,
}

impl Events {
    pub fn new(depth: Depth) -> Self {
        Self { depth, seen: Seen::default() }
    }
}

impl Sink for Events {
    const NAMES: bool = false;
    const NAMESPACES: bool = false;
    const VALUES: bool = false;
    const TEXT: bool = false;

    #[inline(always)]
    fn open(&mut self, _ns: &str, _local: &str) {
        self.depth.enter();
        self.seen.stanzas += u64::from(self.depth == Depth::STANZA);
        self.seen.elements += u64::from(self.depth >= Depth::STANZA);
    }

    #[inline(always)]
    fn wants_attributes(&self) -> bool {
        self.depth >= Depth::STANZA
    }

    #[inline(always)]
    fn attribute(&mut self, _ns: &str, _local: &str, value: &str) {
        self.attribute_len(value.len());
    }

    #[inline(always)]
    fn attribute_len(&mut self, len: usize) {
        self.seen.value(len);
    }

    #[inline(always)]
    fn wants_text(&self) -> bool {
        self.depth >= Depth::STANZA
    }

    #[inline(always)]
    fn piece(&mut self, text: &str) {
        self.piece_len(text.len());
    }

    #[inline(always)]
    fn piece_len(&mut self, len: usize) {
        self.seen.text(len);
    }

    #[inline(always)]
    fn close(&mut self) {
        self.depth.leave();
    }

    fn answer(&self) -> Answer {
        self.seen.answer()
    }
}

/// [`Task::Route`]: stanzas, one digest of all.
#[derive(Debug)]
pub struct Route {
    depth: Depth,
    stanzas: u64,
    sum: u64,
    stanza: u64,
    /// Whether the stanza's child begun last is called `body`.
    is_body: bool,
    body: u64,
}

/// An attribute that routing wants.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Head {
    To = K0,
    From = K1,
    Id = K2,
    Type = K3,
}

impl Head {
    /// That of an attribute without prefix.
    #[inline(always)]
    pub fn named(local: &str) -> Option<Self> {
        match local {
            "to" => Some(Self::To),
            "from" => Some(Self::From),
            "id" => Some(Self::Id),
            "type" => Some(Self::Type),
            _ => None,
        }
    }
}

impl Route {
    pub fn new(depth: Depth) -> Self {
        Self { depth, stanzas: 0, sum: 0, stanza: 0, is_body: false, body: 0 }
    }

    /// A stanza called `local` begins. This, [`Self::head`] and [`Self::finish`] are for parsers that can be asked for
    /// single attributes.
    #[inline(always)]
    pub fn begin(&mut self, local: &str) {
        self.stanza = digest::ends(local);
        self.body = 0;
    }

    #[inline(always)]
    pub fn head(&mut self, head: Head, value: &str) {
        self.stanza = self.stanza.wrapping_add(mix(digest::ends(value), head as u64));
    }

    /// Octets of text right in a child called `body`.
    #[inline(always)]
    pub fn body(&mut self, len: usize) {
        self.body += len as u64;
    }

    /// The stanza ends.
    #[inline(always)]
    pub fn finish(&mut self) {
        self.stanzas += 1;
        self.sum = mix(self.sum ^ self.stanza, K1 ^ self.body);
    }
}

impl Sink for Route {
    const NAMES: bool = true;
    const NAMESPACES: bool = false;
    const TEXT: bool = false;

    #[inline(always)]
    fn open(&mut self, _ns: &str, local: &str) {
        self.depth.enter();
        if self.depth == Depth::CHILD {
            self.is_body = local == "body";
        }
        if self.depth == Depth::STANZA {
            self.begin(local);
        }
    }

    #[inline(always)]
    fn wants_attributes(&self) -> bool {
        self.depth == Depth::STANZA
    }

    #[inline(always)]
    fn attribute(&mut self, ns: &str, local: &str, value: &str) {
        if ns.is_empty()
            && let Some(head) = Head::named(local)
        {
            self.head(head, value);
        }
    }

    #[inline(always)]
    fn wants_text(&self) -> bool {
        self.is_body && self.depth == Depth::CHILD
    }

    #[inline(always)]
    fn piece(&mut self, text: &str) {
        self.piece_len(text.len());
    }

    #[inline(always)]
    fn piece_len(&mut self, len: usize) {
        self.body(len);
    }

    #[inline(always)]
    fn close(&mut self) {
        if self.depth == Depth::STANZA {
            self.finish();
        }
        self.depth.leave();
    }

    fn answer(&self) -> Answer {
        [self.stanzas, self.sum, 0, 0, 0]
    }
}

/// [`Task::Dom`]: stanzas, a digest of elements and text in their order, a digest of attributes in any order.
#[derive(Debug)]
pub struct Dom {
    depth: Depth,
    stanzas: u64,
    tree: u64,
    attributes: u64,
    /// The run in progress, where it comes in pieces.
    text: String,
}

impl Dom {
    pub fn new(depth: Depth) -> Self {
        Self { depth, stanzas: 0, tree: 0, attributes: 0, text: String::new() }
    }

    #[inline(always)]
    fn end_run(&mut self) {
        if !self.text.is_empty() {
            self.tree = mix(self.tree ^ digest::whole(&self.text), K3);
            self.text.clear();
        }
    }
}

impl Sink for Dom {
    const NAMES: bool = true;
    const NAMESPACES: bool = true;

    #[inline(always)]
    fn open(&mut self, ns: &str, local: &str) {
        self.end_run();
        self.depth.enter();
        if self.depth >= Depth::STANZA {
            self.stanzas += u64::from(self.depth == Depth::STANZA);
            self.tree = mix(self.tree ^ digest::whole(ns), digest::whole(local) ^ K1);
        }
    }

    #[inline(always)]
    fn wants_attributes(&self) -> bool {
        self.depth >= Depth::STANZA
    }

    #[inline(always)]
    fn attribute(&mut self, ns: &str, local: &str, value: &str) {
        let name = digest::whole(ns).rotate_left(1) ^ digest::whole(local);
        // The tree so far tells the element.
        self.attributes = self.attributes.wrapping_add(mix(self.tree ^ name, digest::whole(value) ^ K2));
    }

    #[inline(always)]
    fn wants_text(&self) -> bool {
        self.depth >= Depth::STANZA
    }

    #[inline(always)]
    fn piece(&mut self, text: &str) {
        self.text.push_str(text);
    }

    #[inline(always)]
    fn run(&mut self, text: &str) {
        if !text.is_empty() {
            self.tree = mix(self.tree ^ digest::whole(text), K3);
        }
    }

    #[inline(always)]
    fn close(&mut self) {
        self.end_run();
        if self.depth >= Depth::STANZA {
            self.tree = mix(self.tree ^ K2, K0);
        }
        self.depth.leave();
    }

    fn answer(&self) -> Answer {
        [self.stanzas, self.tree, self.attributes, 0, 0]
    }
}
