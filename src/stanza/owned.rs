//! A stanza that outlives the bytes it came in.

use super::{Source, Stanza, Tape};
use crate::ns::Scope;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

/// A stanza with its own copy of octets, tape and bindings; a further clone is a reference count.
///
/// ```
/// use tercet::{Input, Limits, Parser, Unit};
/// let mut parser = Parser::document(Limits::SERVER);
/// let mut input = Input::new();
/// let mut feed = input.with(b"<message to='juliet@capulet.example'/>");
/// let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// let kept = stanza.detach();
/// drop(feed);
/// assert!(kept.view().to().unwrap() == "juliet@capulet.example");
/// # Ok::<(), tercet::stream::Error>(())
/// ```
#[derive(Clone)]
pub struct OwnedStanza {
    held: Arc<Held>,
}

struct Held {
    text: String,
    tape: Tape,
    scope: Scope,
}

impl OwnedStanza {
    /// The stanza, as it was lent.
    #[must_use]
    pub fn view(&self) -> Stanza<'_> {
        let Held { text, tape, scope } = &*self.held;
        Stanza::new(Source { text, tape, scope })
    }
}

impl Stanza<'_> {
    /// Copies the stanza out of the bytes it is lent from.
    #[must_use]
    pub fn detach(self) -> OwnedStanza {
        let Source { text, tape, scope } = self.root().source;
        OwnedStanza { held: Arc::new(Held { text: text.into(), tape: tape.clone(), scope: scope.clone() }) }
    }
}

/// Prints the stanza as received.
impl fmt::Debug for OwnedStanza {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.view(), f)
    }
}
