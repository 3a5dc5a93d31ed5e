//! What has arrived and is not consumed.
//!
//! In: octets, pushed, written in place or lent for one feed. Out: windows of text that was checked to be UTF-8, each
//! beginning behind the unit consumed last. What is left of a slice that was lent is kept when its feed ends.
//!
//! Refuses to know: what a unit is.

use super::octets::{Lent, Octets};
use super::{Error, Fault};
use crate::scan::{self, Class, Edge};
use core::fmt;

/// The bytes of one connection that no unit has taken yet: append-only, owned by tercet so that what was checked once
/// stays true.
///
/// Bytes get in by [`push`](Self::push), by reading into [`spare_mut`](Self::spare_mut), or by lending a slice with
/// [`with`](Self::with), which copies only an unfinished tail. A parser reads them from a [`Feed`]. Once a feed is
/// gone, an input that is empty keeps at most 640 octets on the heap.
///
/// ```
/// use tercet::stream::{Feed, Input, Parser, Unit};
/// # use tercet::Limits;
/// let mut input = Input::new();
/// input.push(b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' ")?;
/// let spare = input.spare_mut(1024)?;
/// let read = std::io::Read::read(&mut &b"version='1.0'>"[..], spare).unwrap();
/// input.commit(read);
/// assert_eq!(input.len(), 77);
///
/// let mut parser = Parser::stream(Limits::SERVER);
/// let mut feed = Feed::from(&mut input);
/// assert!(matches!(parser.next(&mut feed)?, Some(Unit::Header(_))));
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Default)]
pub struct Input {
    octets: Octets,
    /// Octets consumed before the first one held.
    offset: u64,
    /// Octets lent by a slice could not be kept: what follows makes no sense without them.
    torn: bool,
    /// A feed works on it.
    is_fed: bool,
}

/// Tells how much it holds, and not what: a password may be among it.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("len", &self.len()).field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl Input {
    /// An empty input at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`]; then nothing was appended.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.octets.push(bytes).map_err(|_| self.out_of_memory())
    }

    /// Room to read at least `min` octets into; [`commit`](Self::commit) then says how many came.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`]; the input is unchanged.
    pub fn spare_mut(&mut self, min: usize) -> Result<&mut [u8], Error> {
        let error = self.out_of_memory();
        self.octets.spare_mut(min).map_err(|_| error)
    }

    /// Takes the first `count` octets of the room lent last as arrived; at most what it held, and once. Nothing, where
    /// anything was done with the input since it was lent.
    pub fn commit(&mut self, count: usize) {
        self.octets.commit(count);
    }

    /// This input continued by `slice`.
    ///
    /// A feed that is forgotten rather than dropped takes its slice with it,
    /// and no later one gives anything but an error.
    pub fn with<'i>(&'i mut self, slice: &'i [u8]) -> Feed<'i> {
        self.torn |= core::mem::replace(&mut self.is_fed, true);
        self.octets.end_loan();
        Feed { input: self, slice: Lent::new(slice), moved: 0, lent: 0, is_begun: false, has_turned: false }
    }

    /// Octets held.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.octets.len()
    }

    /// Whether no octet is held.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Octets consumed so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Gives the memory back that an empty input keeps; one that holds octets stays as it is.
    pub fn shrink(&mut self) {
        self.octets.shrink();
    }

    /// Octets of memory in use, the input itself included. What the allocator adds is not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.heap()
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.octets.heap()
    }

    fn consume(&mut self, count: usize) {
        self.octets.consume(count);
        self.offset += count as u64;
    }

    fn out_of_memory(&self) -> Error {
        Error { at: self.offset, fault: Fault::OutOfMemory }
    }
}

/// How much of an input stays lent although its feed is gone; made by [`Feed::hold`] for a caller that cannot keep a
/// borrow.
#[cfg(feature = "capi")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held(pub(crate) usize);

#[cfg(feature = "capi")]
impl Input {
    /// A feed as the one that was ended by [`Feed::hold`], of this input.
    pub(crate) fn resume(&mut self, held: Held) -> Feed<'_> {
        let mut feed = Feed::from(self);
        feed.lent = held.0;
        feed
    }

    /// Where its octets lie.
    pub(crate) fn place(&self) -> core::ops::Range<*const u8> {
        self.octets.place()
    }

    /// What stays lent of this input.
    #[inline]
    pub(crate) fn lent(&self, held: Held) -> &str {
        self.octets.text().get(..held.0).unwrap_or("")
    }
}

/// What one call works on: an [`Input`], perhaps continued by a slice.
///
/// Units are lent from the slice while the input holds nothing. Where it holds an unfinished unit, pieces of the slice
/// move over until the unit is whole. What came along of the next one is put back, unless nothing else of the slice is
/// left: then the rest is read where it is. When the feed is dropped, what was not consumed stays in the input.
pub struct Feed<'i> {
    input: &'i mut Input,
    slice: Lent<'i>,
    /// How many of the input's last octets came from the slice, and can be put back.
    moved: usize,
    /// Octets of the unit lent last, consumed before the next.
    lent: usize,
    /// Whether the window may be looked at.
    is_begun: bool,
    /// The input's last octets were consumed since the window was looked at: it is the slice's text now, some of which
    /// may have been checked long before.
    has_turned: bool,
}

/// Tells how much is unread and where the unit lent ends, and nothing of what it is.
impl fmt::Debug for Feed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("unread", &self.unread())
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl<'i> From<&'i mut Input> for Feed<'i> {
    fn from(input: &'i mut Input) -> Self {
        input.with(&[])
    }
}

impl Feed<'_> {
    /// Octets that move into the input at a time: most stanzas end within so many, and what one packet brings moves at
    /// once.
    const PIECE: usize = 2_048;

    /// Octets that move if there is room for no more; a slice of fewer is moved as it is, and checked there.
    const LEAST: usize = 384;

    /// Octets left behind the unit lent last.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.input.len() + self.slice.len() - self.lent
    }

    /// Octets of the stream consumed so far, the unit lent last included. While a unit that
    /// [`Parser::next`](super::Parser::next) gave is in use, the feed cannot be asked: who wants both takes units by
    /// [`Parser::advance`](super::Parser::advance).
    #[must_use]
    #[inline]
    pub fn position(&self) -> u64 {
        self.input.offset + self.lent as u64
    }

    /// The checked text not consumed, from the unit lent last on, and what follows it; after [`Self::begin`].
    #[inline(always)]
    pub(crate) fn window(&mut self) -> (&str, Edge) {
        debug_assert!(self.is_begun);
        if !self.input.is_empty() {
            let edge = self.input.octets.check();
            return (self.input.octets.text(), edge);
        }
        self.has_turned = false;
        if self.slice.text().is_empty() {
            self.slice.check();
        }
        (self.slice.text(), self.slice.edge())
    }

    /// The unit lent last.
    #[inline]
    pub(crate) fn lent(&self) -> &str {
        let text = if self.input.is_empty() { self.slice.text() } else { self.input.octets.text() };
        text.get(..self.lent).unwrap_or("")
    }

    /// Lends the first `count` octets of the window until [`Self::release`].
    #[inline]
    pub(crate) fn lend(&mut self, count: usize) {
        self.lent = count;
    }

    /// Says whether the input's octets may be secret from now on, and are wiped wherever they are no longer held; those
    /// of the slice are the caller's.
    #[inline]
    pub(crate) fn set_secret(&mut self, is_secret: bool) {
        self.input.octets.set_secret(is_secret);
    }

    /// Lends the whitespace behind the unit along with it, so that both go together. Nothing else is looked at.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`].
    pub(crate) fn lend_whitespace(&mut self) -> Result<(), Error> {
        self.begin()?;
        loop {
            let lent = self.lent;
            let (window, _) = self.window();
            let behind = window.get(lent..).unwrap_or("");
            let rest = behind.trim_start_matches([' ', '\t', '\r', '\n']).len();
            self.lent = lent + behind.len() - rest;
            // What follows may still be in the slice, or not checked yet.
            if rest > 0 || !self.extend()? {
                return Ok(());
            }
        }
    }

    /// Consumes the unit lent last. What else came along from the slice goes back there, unless that is at its end: all
    /// that is left would soon be copied once more.
    #[inline(always)]
    pub(crate) fn release(&mut self) {
        let lent = core::mem::take(&mut self.lent);
        if lent == 0 {
            return;
        }
        self.consume(lent);
        if self.moved == 0 {
            return;
        }
        let ahead = self.input.len();
        if ahead > 0 && ahead <= self.moved && self.slice.len() > 0 {
            self.input.octets.clear();
            self.slice.back(ahead);
        }
        self.moved = if self.input.is_empty() { 0 } else { self.moved };
    }

    /// Consumes the first `count` octets of the window.
    #[inline]
    pub(crate) fn consume(&mut self, count: usize) {
        if self.input.is_empty() {
            self.slice.consume(count);
            self.input.offset += count as u64;
        } else {
            self.input.consume(count);
            self.has_turned = self.input.is_empty();
        }
    }

    /// Makes the window longer before it is looked at first, where it holds what was looked at before.
    ///
    /// # Errors
    /// As [`Self::extend`]; and whenever octets were lost for lack of memory.
    #[inline]
    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        if self.is_begun { Ok(()) } else { self.begin_first() }
    }

    #[inline(never)]
    fn begin_first(&mut self) -> Result<(), Error> {
        if self.input.torn {
            return Err(self.input.out_of_memory());
        }
        self.is_begun = true;
        if self.input.is_empty() { Ok(()) } else { self.extend().map(|_| ()) }
    }

    /// Makes the window longer, where the slice has more for it; whether it did.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`]; nothing has moved then.
    #[inline]
    pub(crate) fn extend(&mut self) -> Result<bool, Error> {
        if self.input.is_empty() {
            return self.extend_in_slice();
        }
        if self.slice.len() == 0 { Ok(false) } else { self.extend_in_input().map(|()| true) }
    }

    fn extend_in_slice(&mut self) -> Result<bool, Error> {
        if self.has_turned || self.slice.check() {
            return Ok(true);
        }
        self.keep()?;
        Ok(false)
    }

    /// Moves some of the slice, of which there must be any, into the input.
    fn extend_in_input(&mut self) -> Result<(), Error> {
        let octets = &self.input.octets;
        // A stanza that is short ends in the first piece; of a long one, each piece trebles what there is. Memory that
        // is there will do if it may be enough.
        let (wanted, room) = ((2 * octets.len()).max(Self::PIECE), octets.room());
        let piece = if room < Self::LEAST { wanted } else { wanted.min(room) }.min(self.slice.len());
        self.moved += self.move_over(piece)?;
        Ok(())
    }

    /// Moves the slice's first `piece` octets into the input, or some fewer; how many. What is found to be text in a
    /// slice that is long is checked there once, though some of it is put back.
    fn move_over(&mut self, piece: usize) -> Result<usize, Error> {
        let octets = &mut self.input.octets;
        let has_text = |slice: &mut Lent<'_>| {
            if slice.text().is_empty() && slice.len() >= Self::LEAST {
                slice.check();
            }
            !slice.text().is_empty()
        };
        if octets.is_checked() && has_text(&mut self.slice) {
            let text = self.slice.text();
            let text = text.get(..text.floor_char_boundary(piece)).unwrap_or(text);
            octets.push_checked(text, &[]).map_err(|_| self.input.out_of_memory())?;
            self.slice.consume(text.len());
            return Ok(text.len());
        }
        let octets = self.slice.front(piece);
        self.input.push(octets)?;
        self.slice.pass(octets.len());
        Ok(octets.len())
    }

    /// Consumes the white space in front, however much has come of it; for a feed that lends nothing. Memory that is
    /// not used then is given back.
    pub(crate) fn consume_whitespace(&mut self) {
        loop {
            let (window, _) = self.window();
            let space = scan::skip(window.as_bytes(), 0, Class::SPACE);
            if space == 0 {
                self.input.shrink();
                return;
            }
            self.consume(space);
        }
    }

    /// Throws everything away, for a stream that has ended.
    pub(crate) fn discard(&mut self) {
        let all = self.unread() + self.lent;
        self.input.octets.clear();
        self.input.offset += all as u64;
        self.slice = Lent::new(&[]);
        (self.moved, self.lent) = (0, 0);
    }

    /// Moves what is left of the slice into the input.
    #[inline]
    fn keep(&mut self) -> Result<(), Error> {
        if self.slice.len() == 0 { Ok(()) } else { self.keep_slice() }
    }

    fn keep_slice(&mut self) -> Result<(), Error> {
        let octets = &mut self.input.octets;
        octets.push_checked(self.slice.text(), self.slice.unchecked()).map_err(|_| self.input.out_of_memory())?;
        self.slice = Lent::new(&[]);
        self.moved = 0;
        Ok(())
    }
}

#[cfg(feature = "capi")]
impl Feed<'_> {
    /// Ends the feed and consumes nothing: the unit lent last stays at the front of the input.
    pub(crate) fn hold(mut self) -> Held {
        Held(core::mem::take(&mut self.lent))
    }
}

impl Drop for Feed<'_> {
    fn drop(&mut self) {
        self.release();
        if self.keep().is_err() {
            self.input.torn = true;
        }
        self.input.octets.rest();
        self.input.is_fed = false;
    }
}
