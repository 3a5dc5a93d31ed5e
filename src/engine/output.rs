//! Bytes on their way to the peer.

use alloc::vec::Vec;
use core::fmt;

use super::Error;

/// What a connection has to say and the transport has not taken yet.
///
/// It lives apart from the connection, so that a view of one connection's input can be written to another's output.
///
/// ```
/// use tercet::Output;
/// let mut output = Output::new();
/// assert!(output.peek().is_empty());
/// output.consume(0); // as many octets as the transport took
/// let rest: Vec<u8> = output.take();
/// assert!(rest.is_empty());
/// ```
#[derive(Default)]
pub struct Output {
    bytes: Vec<u8>,
    sent: usize,
}

/// Tells how much waits, and not what: a password may be among it.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Output {
    /// Octets that may wait before a connection stops reading:
    /// beyond it a peer that does not read makes us hold no more.
    pub const BLOCKED: usize = 1 << 20;

    /// Octets of memory that an empty output may keep.
    pub const KEPT: usize = 4_096;

    /// Nothing to say.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), sent: 0 }
    }

    /// The octets that wait, oldest first.
    #[must_use]
    pub fn peek(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// Forgets the oldest `count` octets: the transport took them. More than there are counts as all.
    pub fn consume(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.bytes.len());
        if self.sent == self.bytes.len() {
            self.sent = 0;
            self.bytes.clear();
            // A little is kept, so that a busy connection allocates nothing; a burst is given back.
            self.bytes.shrink_to(Self::KEPT);
        }
    }

    /// Gives the memory back that an empty output keeps; one in which octets wait stays as it is.
    pub fn shrink(&mut self) {
        if self.is_empty() {
            *self = Self::new();
        }
    }

    /// Octets of memory in use, the output itself included. What the allocator adds is not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.heap()
    }

    /// Octets on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.bytes.capacity()
    }

    /// All octets that wait, handed over.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        let mut bytes = core::mem::take(&mut self.bytes);
        bytes.drain(..core::mem::take(&mut self.sent));
        bytes
    }

    /// How many octets wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.peek().len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.peek().is_empty()
    }

    /// Whether so much waits that the connection reads no further.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.len() > Self::BLOCKED
    }

    /// Where its octets lie.
    #[cfg(feature = "capi")]
    pub(crate) fn place(&self) -> core::ops::Range<*const u8> {
        self.bytes.as_ptr_range()
    }

    /// Appends what is serialised already.
    pub(super) fn append(&mut self, serialised: &[u8]) -> Result<(), Error> {
        self.bytes.try_reserve(serialised.len()).map_err(|_| Error::OutOfMemory)?;
        self.bytes.extend_from_slice(serialised);
        Ok(())
    }

    /// Where `write` appends.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}
