//! Proof values of negotiation: made only by the check they stand for, spent by the step that needs it.

/// No byte has been read past the element that turns the stream to TLS.
///
/// Bytes behind `<starttls/>` or `<proceed/>` were sent in clear; taken into the secured stream they would be commands
/// of whoever sits on the path (RFC 6120 section 5.4.3.3).
#[derive(Debug)]
pub(crate) struct AlignedProof(());

impl AlignedProof {
    /// The proof, where `unread` octets are waiting behind the element and there are none.
    pub(crate) const fn check(unread: usize) -> Option<Self> {
        if unread == 0 { Some(Self(())) } else { None }
    }
}
