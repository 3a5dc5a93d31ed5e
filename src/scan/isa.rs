//! Which instructions the block scan runs on.

use core::fmt;

/// An instruction set for which the block scan is written. All give the same answers.
///
/// What checks UTF-8 chooses for itself, and names are compared by SSE2 on any x86-64 CPU: neither is slowed by asking
/// for less.
///
/// ```
/// use tercet::{Isa, Limits, Parser};
/// for isa in Isa::available() {
///     let parser = Parser::stream(Limits::SERVER).with_isa(isa);
///     assert_eq!(parser.isa(), isa);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Isa {
    /// Words of eight octets, on any CPU.
    Portable,
    /// 16 octets at a time; every x86-64 CPU has it.
    Sse2,
    /// 32 octets at a time.
    Avx2,
    /// 64 octets at a time, with octet compression (`avx512bw`, `avx512vbmi`, `avx512vbmi2`).
    Avx512,
}

impl Isa {
    const ALL: [Self; 4] = [Self::Avx512, Self::Avx2, Self::Sse2, Self::Portable];

    /// Those that this CPU has, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|isa| isa.is_available())
    }

    /// The fastest that this CPU has. Without the feature `std`, the fastest that the compiler was told of.
    #[must_use]
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// Whether this CPU has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        super::arch::has(self)
    }
}

/// Work to be compiled anew for CPUs with better bit instructions. The compiler makes use of what there is only in what
/// is inlined into `run`, and it should be marked so itself.
pub(crate) trait Work {
    type Out;

    fn run(self) -> Self::Out;
}

/// An instruction set that this CPU has: whoever holds one may run its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Present(
    // INVARIANT: this CPU has it. Set by the constructor alone.
    Isa,
);

impl Present {
    /// `isa` where this CPU has it, else the best that it has.
    pub(crate) fn of(isa: Isa) -> Self {
        // The best is one that it has.
        Self(if isa.is_available() { isa } else { Isa::best() })
    }

    #[inline(always)]
    pub(crate) const fn isa(self) -> Isa {
        self.0
    }

    /// Does the work on these instructions.
    #[inline(always)]
    pub(crate) fn run<W: Work>(self, work: W) -> W::Out {
        super::arch::run(self, work)
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Sse2 => "SSE2",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        })
    }
}
