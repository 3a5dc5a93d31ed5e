//! Prefix bindings: what each prefix means at the point reached, by Namespaces in XML 1.0 (third edition).
//!
//! In: the declarations of a start tag, prefixes to resolve, the depth left. Out: [`SpaceRef`], a namespace as an
//! integer that lasts as long as the unit it was met in; those of the stream header last as long as the stream.
//!
//! Invariant: texts of the header are owned here; texts of a unit are spans of that unit's text, which every call is
//! handed. Equal namespace names have equal numbers, and equal prefixes too. A look-up costs at most the length of the
//! looked-up text, whatever a peer has declared.
//!
//! Refuses to know: tokens, attributes, limits.

use super::known::NsId;
use super::trie::Trie;
use crate::scan::Word;
use crate::span::Span;
use alloc::collections::TryReserveError;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A namespace within one unit: a well-known one by its own number, another by its place in the [`Scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SpaceRef(u32);

impl SpaceRef {
    /// No namespace.
    pub(crate) const NONE: Self = Self::known(NsId::NONE);
    /// That of the prefix `xml`.
    pub(crate) const XML: Self = Self::known(NsId::XML);
    /// That of the prefix `xmlns`; marks declarations.
    pub(crate) const XMLNS: Self = Self::known(NsId::XMLNS);

    const KNOWN: u32 = NsId::COUNT;

    pub(super) const fn known(id: NsId) -> Self {
        Self(id.position())
    }

    /// The well-known number, or [`NsId::OTHER`].
    #[inline]
    pub(crate) fn id(self) -> NsId {
        NsId::at(self.0)
    }

    /// Which of the scope's own namespaces it is.
    fn other(self) -> Option<u32> {
        self.0.checked_sub(Self::KNOWN)
    }
}

impl Default for SpaceRef {
    fn default() -> Self {
        Self::NONE
    }
}

/// Why a declaration or a prefix was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A prefix that nothing declares.
    UnboundPrefix,
    /// `xmlns:p=''`, which Namespaces in XML 1.0 does not know.
    EmptyNamespace,
    /// `xml` bound to another namespace, `xmlns` declared, or another prefix bound to the namespace of one of them.
    Reserved,
    /// No memory for another binding.
    OutOfMemory,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnboundPrefix => "prefix is not bound to a namespace",
            Self::EmptyNamespace => "prefix bound to an empty namespace name",
            Self::Reserved => "reserved prefix or namespace name bound anew",
            Self::OutOfMemory => "out of memory for namespace bindings",
        })
    }
}

impl core::error::Error for Error {}

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

/// A namespace name as a declaration gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Declared<'a> {
    /// Reads as written, at this place of the unit.
    Written(Span),
    /// Held references; this is what they stand for.
    Decoded(&'a str),
}

impl<'a> Declared<'a> {
    fn text(self, unit: &'a str) -> &'a str {
        match self {
            Self::Written(span) => span.of(unit),
            Self::Decoded(text) => text,
        }
    }

    /// Whether no declaration may name it but that of `xml`.
    pub(crate) fn is_reserved(self, unit: &str) -> bool {
        matches!(self.number(unit), NsId::XML | NsId::XMLNS)
    }

    /// The number of the name in the table of those that are well known.
    #[inline(always)]
    fn number(self, unit: &str) -> NsId {
        match self {
            Self::Written(span) => NsId::of_span(unit.as_bytes(), span.start as usize, span.len as usize),
            Self::Decoded(text) => NsId::of(text),
        }
    }
}

/// Where a text is kept.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the scope's `kept`, for as long as the stream.
    Stream(Span),
    /// In the unit's text.
    Unit(Span),
    /// In the scope's `decoded`, for as long as the unit.
    Decoded(Span),
}

/// What a prefix means now.
#[derive(Clone, Copy, Debug, Default)]
struct Meaning {
    /// Nothing where the prefix is not bound.
    space: Option<SpaceRef>,
    /// Depth of the element that declared it; 0 for the stream header.
    depth: u32,
}

impl Meaning {
    /// The namespace, where the stream header bound it.
    fn of_header(self) -> Option<SpaceRef> {
        self.space.filter(|_| self.depth == 0)
    }
}

#[derive(Clone, Copy, Debug)]
struct Prefix {
    text: Place,
    meaning: Meaning,
    /// Whether a name of this unit leans on the header's binding.
    leaned: bool,
}

/// A binding in force and the meaning it hides.
#[derive(Clone, Copy, Debug)]
struct Binding {
    /// The number of the prefix; nothing where the default namespace is bound.
    prefix: Option<u32>,
    depth: u32,
    hidden: Meaning,
}

/// The bindings of one stream: the header's, and those of the unit being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// The default namespace. Apart from the prefixes: most names are in it, and this is one load.
    default: Meaning,
    prefixes: Vec<Prefix>,
    /// Namespaces that are not well known.
    spaces: Vec<Place>,
    bindings: Vec<Binding>,
    /// To leave an element that declared nothing is one comparison.
    // INVARIANT: the depth of the last of `bindings`; 0 where there is none.
    innermost: u32,
    /// Numbers of prefixes with [`Prefix::leaned`] set.
    leaned: Vec<u32>,
    /// Whether a name of this unit leans on the header's default namespace.
    default_leaned: bool,
    /// The prefix resolved last, if it is short: it is often that of all elements of a payload.
    recent: Option<Recent>,
    /// Texts of the header.
    kept: String,
    /// Decoded texts of the unit.
    decoded: String,
    /// How many of each vector above are the header's.
    header: HeaderCounts,
    header_prefix_trie: Trie,
    header_space_trie: Trie,
    unit_prefix_trie: Trie,
    unit_space_trie: Trie,
}

#[derive(Clone, Copy, Debug, Default)]
struct HeaderCounts {
    prefixes: usize,
    spaces: usize,
    bindings: usize,
}

/// A prefix and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recent {
    /// The prefix and the colon behind it.
    written: Word,
    /// Octets of both.
    len: usize,
    number: u32,
}

impl Recent {
    /// That of the prefix of a name, a span of the unit, where it fits.
    fn new(unit: &str, prefix: Span, number: u32) -> Option<Self> {
        let len = prefix.len as usize + 1;
        let word = Word::load(unit.as_bytes(), prefix.start as usize);
        (len <= Word::LEN).then(|| Self { written: word.head(len), len, number })
    }

    /// Whether a name that begins with `word` has this prefix.
    #[inline(always)]
    fn is_prefix_of(self, word: Word) -> bool {
        word.differ(self.written).head(self.len).is_empty()
    }
}

impl Scope {
    /// Entries per vector whose memory an idle scope keeps beyond the header's.
    const KEPT: usize = 16;

    /// The namespace name behind `space`.
    #[inline]
    pub(crate) fn text<'a>(&'a self, space: SpaceRef, unit: &'a str) -> &'a str {
        NsId::text_at(space.0).unwrap_or_else(|| self.other_text(space, unit))
    }

    /// The same of one that is not well known.
    fn other_text<'a>(&'a self, space: SpaceRef, unit: &'a str) -> &'a str {
        space.other().map_or("", |number| self.space_text(number, unit))
    }

    /// How many bindings are in force.
    pub(crate) fn bindings(&self) -> usize {
        self.bindings.len()
    }

    /// The header's bindings that names of this unit lean on, as (prefix, namespace name); for a unit that has ended.
    pub(crate) fn leaned(&self) -> Leaned<'_> {
        Leaned { scope: self, default: self.default_leaned, others: self.leaned.iter() }
    }

    /// The header's bindings, as (prefix, namespace name): the default namespace, then prefixes in the order in which
    /// they were declared; for a scope without a unit.
    pub(crate) fn outer_bindings(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        let prefixes = (0..).take(self.header.prefixes).filter_map(|number| self.outer(number));
        self.outer_default().into_iter().chain(prefixes)
    }

    fn outer(&self, prefix: u32) -> Option<(&str, &str)> {
        let prefix = self.prefixes.get(prefix as usize)?;
        let declared = prefix.meaning.of_header()?;
        Some((self.read(prefix.text, ""), self.text(declared, "")))
    }

    fn outer_default(&self) -> Option<(&str, &str)> {
        Some(("", self.text(self.default.of_header()?, "")))
    }

    /// Binds `prefix`, a span of the unit (empty: the default namespace), for the element at `depth`.
    pub(crate) fn declare(&mut self, unit: &str, prefix: Span, name: Declared<'_>, depth: u32) -> Result<(), Error> {
        if prefix.of(unit) == "xml" {
            let is_its_own = name.number(unit) == NsId::XML;
            return if is_its_own { Ok(()) } else { Err(Error::Reserved) };
        }
        let space = self.declared(unit, name)?;
        let number = match prefix.of(unit) {
            "" => None,
            "xmlns" => return Err(Error::Reserved),
            _ if space == SpaceRef::NONE => return Err(Error::EmptyNamespace),
            _ => Some(self.prefix(unit, prefix)?),
        };
        self.bindings.try_reserve(1)?;
        self.bind_in_room(number, space, depth);
        Ok(())
    }

    /// The namespace that a declaration names, if one look finds it among those that are well known.
    #[inline(always)]
    pub(crate) fn well_known(unit: &str, name: Span) -> Option<SpaceRef> {
        NsId::declarable(unit.as_bytes(), name.start as usize, name.len as usize).map(SpaceRef::known)
    }

    /// Makes `space` the default namespace for the element at `depth`, if there is room for a binding.
    #[inline(always)]
    pub(crate) fn bind_default_in_room(&mut self, space: SpaceRef, depth: u32) -> Option<()> {
        (self.bindings.len() < self.bindings.capacity()).then(|| self.bind_in_room(None, space, depth))
    }

    /// Binds a prefix, which has its number, or the default namespace. There must be room for a binding.
    #[inline(always)]
    fn bind_in_room(&mut self, prefix: Option<u32>, space: SpaceRef, depth: u32) {
        debug_assert!(self.bindings.len() < self.bindings.capacity());
        if let Some(meaning) = self.meaning_mut(prefix) {
            let hidden = core::mem::replace(meaning, Meaning { space: Some(space), depth });
            self.bindings.push(Binding { prefix, depth, hidden });
            self.innermost = depth;
        }
    }

    #[inline(always)]
    fn meaning_mut(&mut self, prefix: Option<u32>) -> Option<&mut Meaning> {
        match prefix {
            None => Some(&mut self.default),
            Some(number) => self.prefixes.get_mut(number as usize).map(|prefix| &mut prefix.meaning),
        }
    }

    /// The namespace that a declaration names, whatever prefix it binds; nothing is bound. Cold: those that are
    /// met often are found by [`Self::well_known`], and no other caller is hot.
    #[cold]
    #[inline(never)]
    pub(crate) fn declared(&mut self, unit: &str, name: Declared<'_>) -> Result<SpaceRef, Error> {
        match name.number(unit) {
            NsId::OTHER => self.space(unit, name),
            NsId::XML | NsId::XMLNS => Err(Error::Reserved),
            known => Ok(SpaceRef::known(known)),
        }
    }

    /// The namespace of an element without prefix.
    #[inline(always)]
    pub(crate) fn default_space(&mut self) -> SpaceRef {
        let Meaning { space: Some(space), depth } = self.default else { return SpaceRef::NONE };
        self.default_leaned |= depth == 0;
        space
    }

    /// How many octets a name that begins with `word` has up to its colon, and with it,
    /// if its prefix is the one that was resolved last.
    #[inline(always)]
    pub(crate) fn recent_prefix_and_colon(&self, word: Word) -> Option<usize> {
        self.recent.filter(|recent| recent.is_prefix_of(word)).map(|recent| recent.len)
    }

    /// The namespace of the prefix that was resolved last. The first name to lean on the header is to be noted, by
    /// [`Self::resolve`].
    #[inline(always)]
    pub(crate) fn recent_space(&self) -> Option<SpaceRef> {
        let prefix = self.prefixes.get(self.recent?.number as usize)?;
        let is_noted = prefix.leaned || prefix.meaning.depth > 0;
        prefix.meaning.space.filter(|_| is_noted)
    }

    /// The namespace that `prefix`, that of a name in the unit, is bound to.
    pub(crate) fn resolve(&mut self, unit: &str, prefix: Span) -> Result<SpaceRef, Error> {
        let number = match self.recent {
            Some(recent) if recent.is_prefix_of(Word::load(unit.as_bytes(), prefix.start as usize)) => recent.number,
            _ => match self.look_up(unit, prefix)? {
                Some(number) => number,
                None => return Ok(SpaceRef::XML),
            },
        };
        let meaning = self.prefixes.get(number as usize).map(|prefix| prefix.meaning);
        let space = meaning.and_then(|meaning| meaning.space).ok_or(Error::UnboundPrefix)?;
        self.lean(number)?;
        Ok(space)
    }

    /// The number of a prefix that is declared; nothing for `xml`, which always is.
    #[inline(never)]
    fn look_up(&mut self, unit: &str, prefix: Span) -> Result<Option<u32>, Error> {
        let text = prefix.of(unit);
        if text == "xml" {
            return Ok(None);
        }
        let number = self.find_prefix(unit, text).ok_or(Error::UnboundPrefix)?;
        self.recent = Recent::new(unit, prefix, number);
        Ok(Some(number))
    }

    /// Undoes what the element at `depth` declared.
    #[inline(always)]
    pub(crate) fn leave(&mut self, depth: u32) {
        while self.innermost >= depth && self.unbind() {}
    }

    /// Undoes the last binding; whether there was one. Inlined, as payloads mostly bind one, and a call would cost the
    /// loop that ends them its registers.
    #[inline(always)]
    fn unbind(&mut self) -> bool {
        let Some(Binding { prefix, hidden, .. }) = self.bindings.pop() else { return false };
        self.innermost = self.bindings.last().map_or(0, |binding| binding.depth);
        if let Some(meaning) = self.meaning_mut(prefix) {
            *meaning = hidden;
        }
        true
    }

    /// Makes everything declared so far the stream header's, and owns its texts; `unit` is the header's text.
    pub(crate) fn keep_header(&mut self, unit: &str) -> Result<(), Error> {
        let Self { prefixes, spaces, kept, decoded, .. } = self;
        for place in prefixes.iter_mut().map(|prefix| &mut prefix.text).chain(spaces) {
            let text = match *place {
                Place::Stream(_) => continue,
                Place::Unit(span) => span.of(unit),
                Place::Decoded(span) => span.of(decoded),
            };
            *place = Place::Stream(append(kept, text)?);
        }
        self.header =
            HeaderCounts { prefixes: self.prefixes.len(), spaces: self.spaces.len(), bindings: self.bindings.len() };
        self.header_prefix_trie = core::mem::take(&mut self.unit_prefix_trie);
        self.header_space_trie = core::mem::take(&mut self.unit_space_trie);
        Ok(())
    }

    /// Forgets the unit that was read; its spaces mean nothing any more.
    #[inline(always)]
    pub(crate) fn forget_unit(&mut self) {
        self.leave(1);
        for number in &self.leaned {
            if let Some(prefix) = self.prefixes.get_mut(*number as usize) {
                prefix.leaned = false;
            }
        }
        self.leaned.clear();
        self.default_leaned = false;
        if self.prefixes.len() > self.header.prefixes || self.spaces.len() > self.header.spaces {
            self.forget_names();
        }
    }

    #[inline(never)]
    fn forget_names(&mut self) {
        self.recent = None;
        self.prefixes.truncate(self.header.prefixes);
        self.spaces.truncate(self.header.spaces);
        self.unit_prefix_trie.clear();
        self.unit_space_trie.clear();
        self.decoded.clear();
    }

    /// Gives back memory beyond the header's and a few entries; for a scope without a unit.
    pub(crate) fn shrink(&mut self) {
        self.prefixes.shrink_to(self.header.prefixes + Self::KEPT);
        self.spaces.shrink_to(self.header.spaces + Self::KEPT);
        self.bindings.shrink_to(self.header.bindings + Self::KEPT);
        self.leaned.shrink_to(Self::KEPT);
        self.unit_prefix_trie.shrink_to(Self::KEPT);
        self.unit_space_trie.shrink_to(Self::KEPT);
        self.decoded.shrink_to(0);
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        let Self { prefixes, spaces, bindings, leaned, kept, decoded, .. } = self;
        let tries = [&self.header_prefix_trie, &self.header_space_trie, &self.unit_prefix_trie, &self.unit_space_trie];
        prefixes.capacity() * size_of::<Prefix>()
            + spaces.capacity() * size_of::<Place>()
            + bindings.capacity() * size_of::<Binding>()
            + leaned.capacity() * size_of::<u32>()
            + kept.capacity()
            + decoded.capacity()
            + tries.into_iter().map(Trie::heap).sum::<usize>()
    }

    /// Notes that a name of the unit uses `prefix`, where the header's binding is the one in force.
    #[inline(always)]
    fn lean(&mut self, number: u32) -> Result<(), Error> {
        match self.prefixes.get_mut(number as usize) {
            Some(prefix) if prefix.meaning.depth == 0 && !prefix.leaned => self.first_lean(number),
            _ => Ok(()),
        }
    }

    #[cold]
    fn first_lean(&mut self, number: u32) -> Result<(), Error> {
        self.leaned.try_reserve(1)?;
        if let Some(prefix) =
            self.prefixes.get_mut(..self.header.prefixes).and_then(|kept| kept.get_mut(number as usize))
        {
            prefix.leaned = true;
            self.leaned.push(number);
        }
        Ok(())
    }

    fn read<'a>(&'a self, place: Place, unit: &'a str) -> &'a str {
        match place {
            Place::Stream(span) => span.of(&self.kept),
            Place::Unit(span) => span.of(unit),
            Place::Decoded(span) => span.of(&self.decoded),
        }
    }

    fn prefix_text<'a>(&'a self, number: u32, unit: &'a str) -> &'a str {
        self.prefixes.get(number as usize).map_or("", |prefix| self.read(prefix.text, unit))
    }

    fn space_text<'a>(&'a self, number: u32, unit: &'a str) -> &'a str {
        self.spaces.get(number as usize).map_or("", |place| self.read(*place, unit))
    }

    fn find_prefix(&self, unit: &str, text: &str) -> Option<u32> {
        let find = |trie: &Trie| trie.nearest(text).filter(|&number| self.prefix_text(number, unit) == text);
        find(&self.unit_prefix_trie).or_else(|| find(&self.header_prefix_trie))
    }

    /// The number of the prefix at `span`, a fresh one where it was not met before.
    fn prefix(&mut self, unit: &str, span: Span) -> Result<u32, Error> {
        let text = span.of(unit);
        if let Some(number) = self.find_prefix(unit, text) {
            return Ok(number);
        }
        let number = self.add_prefix(span)?;
        let mut trie = core::mem::take(&mut self.unit_prefix_trie);
        let near = trie.nearest(text).map(|near| self.prefix_text(near, unit));
        let added = trie.insert(text, number, near);
        self.unit_prefix_trie = trie;
        added?;
        Ok(number)
    }

    fn add_prefix(&mut self, span: Span) -> Result<u32, Error> {
        let number = u32::try_from(self.prefixes.len()).map_err(|_| Error::OutOfMemory)?;
        self.prefixes.try_reserve(1)?;
        self.prefixes.push(Prefix { text: Place::Unit(span), meaning: Meaning::default(), leaned: false });
        Ok(number)
    }

    /// The number of a namespace that is not well known.
    fn space(&mut self, unit: &str, name: Declared<'_>) -> Result<SpaceRef, Error> {
        let text = name.text(unit);
        let find = |trie: &Trie| trie.nearest(text).filter(|&number| self.space_text(number, unit) == text);
        let found = find(&self.unit_space_trie).or_else(|| find(&self.header_space_trie));
        if let Some(number) = found {
            return Ok(SpaceRef(number + SpaceRef::KNOWN));
        }
        let number = u32::try_from(self.spaces.len()).map_err(|_| Error::OutOfMemory)?;
        let place = match name {
            Declared::Written(span) => Place::Unit(span),
            Declared::Decoded(text) => Place::Decoded(append(&mut self.decoded, text)?),
        };
        self.spaces.try_reserve(1)?;
        self.spaces.push(place);
        let mut trie = core::mem::take(&mut self.unit_space_trie);
        let near = trie.nearest(text).map(|near| self.space_text(near, unit));
        let added = trie.insert(text, number, near);
        self.unit_space_trie = trie;
        added?;
        Ok(SpaceRef(number.saturating_add(SpaceRef::KNOWN)))
    }
}

/// Iterator over bindings of the header; made by [`Scope::leaned`].
#[derive(Clone)]
pub(crate) struct Leaned<'s> {
    scope: &'s Scope,
    default: bool,
    others: core::slice::Iter<'s, u32>,
}

impl Leaned<'_> {
    /// Leaves out the default namespace.
    pub(crate) fn of_prefixes(self) -> Self {
        Self { default: false, ..self }
    }
}

impl<'s> Iterator for Leaned<'s> {
    type Item = (&'s str, &'s str);

    fn next(&mut self) -> Option<Self::Item> {
        if core::mem::take(&mut self.default) {
            return self.scope.outer_default();
        }
        self.scope.outer(*self.others.next()?)
    }
}

/// Adds `text` to `store` and says where it went.
fn append(store: &mut String, text: &str) -> Result<Span, Error> {
    let start = u32::try_from(store.len()).map_err(|_| Error::OutOfMemory)?;
    let len = u32::try_from(text.len()).map_err(|_| Error::OutOfMemory)?;
    store.try_reserve(text.len())?;
    store.push_str(text);
    Ok(Span { start, len })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The span of `part` in `unit`.
    fn span(unit: &str, part: &str) -> Span {
        Span { start: unit.find(part).unwrap() as u32, len: part.len() as u32 }
    }

    #[test]
    fn the_prefix_resolved_last_means_what_it_does_now() {
        let mut scope = Scope::default();
        let header = "out urn:out";
        scope.declare(header, span(header, "out"), Declared::Written(span(header, "urn:out")), 0).unwrap();
        scope.keep_header(header).unwrap();

        let unit = "one:a urn:one out:b urn:in";
        let (one, out) = (span(unit, "one"), span(unit, "out"));
        let name =
            |scope: &mut Scope, prefix| scope.resolve(unit, prefix).map(|space| String::from(scope.text(space, unit)));
        scope.declare(unit, one, Declared::Written(span(unit, "urn:one")), 1).unwrap();
        assert_eq!(name(&mut scope, one).as_deref(), Ok("urn:one"));
        assert_eq!(name(&mut scope, out).as_deref(), Ok("urn:out"));
        scope.declare(unit, out, Declared::Written(span(unit, "urn:in")), 2).unwrap();
        assert_eq!(name(&mut scope, out).as_deref(), Ok("urn:in"));
        scope.leave(2);
        assert_eq!(name(&mut scope, out).as_deref(), Ok("urn:out"));
        assert_eq!(name(&mut scope, one).as_deref(), Ok("urn:one"));

        scope.forget_unit();
        let unit = "two:a urn:two one:b";
        scope.declare(unit, span(unit, "two"), Declared::Written(span(unit, "urn:two")), 1).unwrap();
        assert_eq!(scope.resolve(unit, span(unit, "one")), Err(Error::UnboundPrefix), "it was another stanza's");
    }

    #[test]
    fn the_prefix_met_last_is_known_by_its_colon_once_the_header_was_leaned_on() {
        let mut scope = Scope::default();
        let header = "out:a urn:out fifteen-octets-p:b urn:long";
        for (prefix, name) in [("out", "urn:out"), ("fifteen-octets-p", "urn:long")] {
            scope.declare(header, span(header, prefix), Declared::Written(span(header, name)), 0).unwrap();
        }
        scope.keep_header(header).unwrap();
        let word = |text: &str| Word::load(text.as_bytes(), 0);
        assert_eq!(scope.recent_prefix_and_colon(word("out:a")), None, "none was met");

        let unit = "out:a fifteen-octets-p:b urn:in";
        scope.resolve(unit, span(unit, "out")).unwrap();
        assert_eq!(scope.recent_prefix_and_colon(word("out:b")), Some(4));
        for other in ["out", "outer:b", "ou:tb", "Out:b", ""] {
            assert_eq!(scope.recent_prefix_and_colon(word(other)), None, "{other:?}");
        }
        let space = scope.recent_space().unwrap();
        assert_eq!(scope.text(space, unit), "urn:out");
        scope.forget_unit();
        assert_eq!(scope.recent_space(), None, "a stanza's first name that leans on the header is to be noted");

        scope.resolve(unit, span(unit, "out")).unwrap();
        scope.declare(unit, span(unit, "out"), Declared::Written(span(unit, "urn:in")), 1).unwrap();
        let space = scope.recent_space().unwrap();
        assert_eq!(scope.text(space, unit), "urn:in");
        scope.resolve(unit, span(unit, "fifteen-octets-p")).unwrap();
        assert_eq!(scope.recent_prefix_and_colon(word(unit.split_at(6).1)), None, "it is too long with its colon");
    }
}
