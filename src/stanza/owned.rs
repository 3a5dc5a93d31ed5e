//! A stanza that outlives the bytes it came in.
//!
//! In: a stanza that is lent, and perhaps the shared buffer that it lies in. Out: the same to keep, with the bindings
//! it leans on; its octets are shared where they lie in that buffer, and copied once where not.

use super::checked::Checked;
use super::{Source, Stanza, Tape};
use crate::ns::Scope;
use alloc::sync::Arc;
use bytes::Bytes;
use core::fmt;

/// A stanza that owns what it was parsed into: to be stored, queued, sent to another thread.
///
/// A clone is a reference count. The octets are a [`Bytes`], a copy of those received or, by [`Stanza::detach_in`], a
/// share of the buffer that was parsed. Nothing is checked or parsed again to view it.
///
/// ```
/// use tercet::{Input, Limits, Parser, Unit};
/// let mut parser = Parser::document(Limits::SERVER);
/// let mut input = Input::new();
/// let mut feed = input.with(b"<message to='juliet@capulet.example'/>");
/// let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// let kept = stanza.detach();
/// drop(feed);
/// let elsewhere = std::thread::spawn(move || kept.view().to().unwrap() == "juliet@capulet.example");
/// assert!(elsewhere.join().unwrap());
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Clone)]
pub struct OwnedStanza {
    held: Arc<Held>,
}

struct Held {
    text: Checked,
    tape: Tape,
    scope: Scope,
}

impl OwnedStanza {
    /// The stanza, as it was lent.
    #[must_use]
    pub fn view(&self) -> Stanza<'_> {
        let Held { text, tape, scope } = &*self.held;
        Stanza::new(Source { text: text.as_str(), tape, scope })
    }

    /// The octets as received, from the first `<` to the last `>`; a clone of them is a reference count.
    ///
    /// Without the stream they came on they may mean something else: see [`Stanza::outer_bindings`], and
    /// [`forward`](crate::write::forward) for octets to put on another stream.
    #[must_use]
    pub fn octets(&self) -> &Bytes {
        self.held.text.octets()
    }

    /// Octets of memory that it keeps, shared by its clones. Of a buffer that it shares, those of the stanza are
    /// counted, though all of it is kept. What the allocator adds is not counted.
    ///
    /// Its tape and the namespaces it was read under take 400 to 1,000 octets beside those of a short stanza, and more
    /// the more elements and attributes it has: who keeps many for long keeps [`octets`](Self::octets) and
    /// [`Stanza::outer_bindings`], and reads them again.
    ///
    /// ```
    /// # use tercet::{Input, Limits, Parser, Unit};
    /// # let (mut parser, mut input) = (Parser::document(Limits::SERVER), Input::new());
    /// # let mut feed = input.with(b"<presence to='juliet@capulet.example'/>");
    /// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
    /// let kept = stanza.detach();
    /// assert!((400..1_000).contains(&(kept.memory() - kept.octets().len())));
    /// # Ok::<(), tercet::stream::Error>(())
    /// ```
    #[must_use]
    pub fn memory(&self) -> usize {
        const COUNTS: usize = 2 * size_of::<usize>();
        let Held { text, tape, scope } = &*self.held;
        COUNTS + size_of::<Held>() + text.octets().len() + tape.heap() + scope.heap()
    }
}

impl Stanza<'_> {
    /// Copies the stanza out of the bytes it is lent from.
    #[must_use]
    pub fn detach(self) -> OwnedStanza {
        self.detached(Checked::copied)
    }

    /// Takes the stanza out of the bytes it is lent from and copies none of them, where they are those of `buffer`.
    ///
    /// That is so for a stanza that came as a whole in the slice given to [`Input::with`](crate::Input::with). One that
    /// came in pieces, or from elsewhere, is copied as by [`detach`](Self::detach). A share keeps all of the buffer in
    /// memory, so a small stanza to be stored for long is better copied.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use tercet::{Input, Limits, Parser, Unit};
    /// let buffer = Bytes::from_static(b"<presence/>");
    /// let mut parser = Parser::document(Limits::SERVER);
    /// let mut input = Input::new();
    /// let mut feed = input.with(&buffer);
    /// let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
    /// let kept = stanza.detach_in(&buffer);
    /// assert_eq!(kept.octets().as_ptr(), buffer.as_ptr());
    /// # Ok::<(), tercet::stream::Error>(())
    /// ```
    #[must_use]
    pub fn detach_in(self, buffer: &Bytes) -> OwnedStanza {
        self.detached(|text| Checked::shared(text, buffer).unwrap_or_else(|| Checked::copied(text)))
    }

    fn detached(self, own: impl FnOnce(&str) -> Checked) -> OwnedStanza {
        let Source { text, tape, scope } = self.root().source;
        OwnedStanza { held: Arc::new(Held { text: own(text), tape: tape.clone(), scope: scope.clone() }) }
    }
}

/// Prints the stanza as received.
impl fmt::Debug for OwnedStanza {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.view(), f)
    }
}

/// Threads may share and hand over what is owned.
const _: () = {
    const fn is_shareable<T: Clone + Send + Sync + 'static>() {}
    is_shareable::<OwnedStanza>();
};
