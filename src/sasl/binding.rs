//! What both ends know of the one TLS connection between them, and nobody in the middle of two (RFC 5056).
//!
//! In: octets that the caller asked its TLS for. Out: for each side what to do with them: a client's GS2 flag (RFC 5802
//! section 6), the variants of a server. That both sides mean the same octets is for SCRAM to find out.

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::Mechanism;

/// What the octets of a [`ChannelBinding`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BindingKind {
    /// `tls-exporter` (RFC 9266): 32 octets that TLS exports under the label `EXPORTER-Channel-Binding` with an empty
    /// context. Only where master secrets are unique: TLS 1.3, or TLS 1.2 with the extended master secret (RFC 7627)
    /// and without renegotiation.
    TlsExporter,
    /// `tls-unique` (RFC 5929 section 3): the first `Finished` message of the handshake. Up to TLS 1.2 alone, and there
    /// only with the extended master secret: without it a man in the middle can bring about the same on both sides.
    TlsUnique,
    /// `tls-server-end-point` (RFC 5929 section 4): the hash of the server's certificate.
    TlsServerEndPoint,
}

impl BindingKind {
    /// Every kind, the one we prefer first (XEP-0440 section 4).
    pub const ALL: &'static [Self] = &[Self::TlsExporter, Self::TlsUnique, Self::TlsServerEndPoint];
    /// What a server means that offers a variant with channel binding and does not name the kinds it knows: the default
    /// of RFC 5802 section 6.1. RFC 9266 section 3 has another for TLS 1.3; but servers that know `tls-exporter` name
    /// it, and those that name nothing refuse it, ejabberd 23.01 also under TLS 1.3.
    pub(super) const UNNAMED: &'static [Self] = &[Self::TlsUnique];

    /// The registered name, as it is on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsUnique => "tls-unique",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }

    /// The kind registered under `name`, compared octet for octet.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    const fn fits(self, octets: usize) -> bool {
        match self {
            Self::TlsExporter => octets == 32,
            Self::TlsUnique | Self::TlsServerEndPoint => octets > 0 && octets <= ChannelBinding::BYTES,
        }
    }
}

/// Octets of a TLS connection, of a kind. Wiped on drop, and silent in `Debug`.
///
/// ```
/// use tercet::sasl::{BindingKind, ChannelBinding};
/// let exported = [7; 32]; // asked of TLS
/// let binding = ChannelBinding::new(BindingKind::TlsExporter, &exported).unwrap();
/// assert_eq!(format!("{binding:?}"), "ChannelBinding(TlsExporter)");
/// assert!(ChannelBinding::new(BindingKind::TlsExporter, b"too short").is_err());
/// ```
#[derive(Clone)]
pub struct ChannelBinding {
    kind: BindingKind,
    data: Zeroizing<Vec<u8>>,
}

impl ChannelBinding {
    /// The most octets that there can be: the longest hash in use.
    pub const BYTES: usize = 64;

    /// A copy of `data`, which is of that kind.
    ///
    /// # Errors
    /// [`BindingLength`] for a number of octets that the kind cannot have: another than 32 for `tls-exporter`; none, or
    /// more than [`ChannelBinding::BYTES`], for the others.
    pub fn new(kind: BindingKind, data: &[u8]) -> Result<Self, BindingLength> {
        if kind.fits(data.len()) { Ok(Self { kind, data: Zeroizing::new(data.to_vec()) }) } else { Err(BindingLength) }
    }

    /// As published examples have it, of whatever length.
    #[cfg(test)]
    pub(super) fn example(kind: BindingKind, data: &[u8]) -> Self {
        Self { kind, data: Zeroizing::new(data.to_vec()) }
    }

    /// What the octets are.
    #[must_use]
    pub const fn kind(&self) -> BindingKind {
        self.kind
    }

    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelBinding({:?})", self.kind)
    }
}

/// A number of octets that a [`ChannelBinding`] of that kind cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindingLength;

impl fmt::Display for BindingLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel binding data of this kind cannot have that many octets")
    }
}

impl core::error::Error for BindingLength {}

/// All that is known of one TLS connection: at most one [`ChannelBinding`] of each kind. Empty where there is no TLS,
/// or the caller's TLS tells nothing.
#[derive(Clone, Debug, Default)]
pub struct Bindings(Vec<ChannelBinding>);

impl Bindings {
    /// Nothing is known.
    pub const NONE: &'static Self = &Self(Vec::new());

    /// Adds `binding`, or puts it in the place of another of its kind.
    pub fn set(&mut self, binding: ChannelBinding) {
        self.0.retain(|other| other.kind != binding.kind);
        let place = self.0.partition_point(|other| other.kind < binding.kind);
        self.0.insert(place, binding);
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What there is of a kind.
    #[must_use]
    pub fn get(&self, kind: BindingKind) -> Option<&ChannelBinding> {
        self.0.iter().find(|binding| binding.kind == kind)
    }

    /// The kinds there are, the one we prefer first.
    pub fn kinds(&self) -> impl Iterator<Item = BindingKind> + use<'_> {
        self.0.iter().map(ChannelBinding::kind)
    }
}

/// What a client says about channel binding: the flag of the GS2 header (RFC 5802 section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag<B> {
    /// `n`: it cannot bind, or not in a way that the server can.
    Unable,
    /// `y`: it can, and was offered no variant that does.
    Unoffered,
    /// `p=`: it does.
    Bound(B),
}

impl<B> Flag<B> {
    pub(super) fn map<T>(self, change: impl FnOnce(B) -> T) -> Flag<T> {
        match self {
            Self::Unable => Flag::Unable,
            Self::Unoffered => Flag::Unoffered,
            Self::Bound(binding) => Flag::Bound(change(binding)),
        }
    }
}

/// What a client uses, as [`select`](super::select) chose it:
/// a mechanism, and what is said in it about channel binding.
///
/// Made from a [`Mechanism`] alone it is that mechanism for a client that cannot bind.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'b> {
    pub(super) mechanism: Mechanism,
    pub(super) flag: Flag<&'b ChannelBinding>,
}

impl Choice<'_> {
    /// The mechanism, be it the variant that binds or the one that does not.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// What it binds to, if it binds: then it is the -PLUS variant.
    #[must_use]
    pub const fn binds(&self) -> Option<BindingKind> {
        match self.flag {
            Flag::Bound(binding) => Some(binding.kind),
            Flag::Unable | Flag::Unoffered => None,
        }
    }

    /// The registered name of the variant.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (self.flag, self.mechanism.plus_name()) {
            (Flag::Bound(_), Some(name)) => name,
            _ => self.mechanism.name(),
        }
    }
}

impl From<Mechanism> for Choice<'_> {
    fn from(mechanism: Mechanism) -> Self {
        Self { mechanism, flag: Flag::Unable }
    }
}

/// What a client asked a server for: a mechanism, in the variant with or without channel binding, and what the server
/// knows of the channel.
///
/// Made from a [`Mechanism`] alone it is that mechanism at a server that cannot bind.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub(super) mechanism: Mechanism,
    pub(super) plus: bool,
    pub(super) bindings: Bindings,
}

impl Wanted {
    /// What `name` stands for at a server that knows `bindings` of the channel, and therefore offered both variants of
    /// each mechanism that has two, or only the one that does not bind.
    #[must_use]
    pub fn read(name: &str, bindings: &Bindings) -> Option<Self> {
        let plain = Mechanism::from_name(name).map(|mechanism| (mechanism, false));
        let (mechanism, plus) = plain.or_else(|| {
            let mechanism = Mechanism::from_plus_name(name).filter(|_| !bindings.is_empty())?;
            Some((mechanism, true))
        })?;
        Some(Self { mechanism, plus, bindings: bindings.clone() })
    }

    /// The mechanism, in whichever variant.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }
}

impl From<Mechanism> for Wanted {
    fn from(mechanism: Mechanism) -> Self {
        Self { mechanism, plus: false, bindings: Bindings::default() }
    }
}
