//! What depends on the CPU, and the one place that chooses.
//!
//! In: work, and an instruction set that is [`Present`]. Out: the same answers on each. Code for blocks, and for the
//! loop over what they tell, is chosen as a program runs; what is asked of 16 octets is chosen as it is compiled, as
//! every x86-64 CPU has SSE2. UTF-8 is checked by simdutf8, which chooses for itself.

#[cfg(any(test, tercet_portable, not(target_arch = "x86_64")))]
pub(super) mod chunk;
pub(super) mod portable;
#[cfg(target_arch = "x86_64")]
#[cfg_attr(tercet_portable, allow(dead_code, reason = "what SSE2 tells of 16 octets is left out"))]
pub(super) mod x86_64;

use super::index::Fill;
use super::{Isa, Present, Work};

#[cfg(any(tercet_portable, not(target_arch = "x86_64")))]
pub(super) use chunk::{any_of, chunk_masks, first_difference, name_octets, prefetch};
#[cfg(all(not(tercet_portable), target_arch = "x86_64"))]
pub(super) use x86_64::{
    prefetch,
    sse2::{any_of, chunk_masks, first_difference, name_octets},
};

/// Whether this CPU has the instructions.
pub(super) fn has(isa: Isa) -> bool {
    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    macro_rules! detected {
        ($($feature:tt)*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
    }
    #[cfg(all(target_arch = "x86_64", not(feature = "std")))]
    macro_rules! detected {
        ($($feature:tt)*) => { $(cfg!(target_feature = $feature))&&* };
    }
    match isa {
        Isa::Portable => true,
        #[cfg(target_arch = "x86_64")]
        Isa::Sse2 => true,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => detected!("avx2" "bmi1" "bmi2" "lzcnt" "popcnt"),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => has(Isa::Avx2) && detected!("avx512f" "avx512bw" "avx512vbmi" "avx512vbmi2"),
        #[cfg(not(target_arch = "x86_64"))]
        _ => false,
    }
}

/// Scans on the instructions of `present`.
pub(super) fn fill(present: Present, work: Fill<'_>) {
    match present.isa() {
        // SAFETY: what is `Present` is here.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { x86_64::avx512::fill(work) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { x86_64::avx2::fill(work) },
        // SAFETY: every x86-64 CPU has SSE2.
        #[cfg(target_arch = "x86_64")]
        Isa::Sse2 => unsafe { x86_64::sse2::fill(work) },
        // SAFETY: words need no instructions of their own.
        _ => unsafe { work.run::<portable::Words>() },
    }
}

/// Does work that is compiled for the instructions of `present`.
#[inline(always)]
pub(super) fn run<W: Work>(present: Present, work: W) -> W::Out {
    match present.isa() {
        // SAFETY: what is `Present` is here, and what has AVX-512 has AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx2 => unsafe { x86_64::avx2::run(work) },
        _ => run_plainly(work),
    }
}

/// Apart, so that only a call is left of it where a CPU has better; where none has, a call a run does not matter.
#[inline(never)]
fn run_plainly<W: Work>(work: W) -> W::Out {
    work.run()
}

/// Calls a function that is generic over [`Block`](super::block::Block) for an instruction set that is here.
#[cfg(test)]
macro_rules! with_block {
    ($isa:expr, $function:ident, $octets:expr) => {
        match $isa {
            #[cfg(target_arch = "x86_64")]
            crate::scan::Isa::Avx512 => $function::<crate::scan::arch::x86_64::avx512::Avx512>($octets),
            #[cfg(target_arch = "x86_64")]
            crate::scan::Isa::Avx2 => $function::<crate::scan::arch::x86_64::avx2::Avx2>($octets),
            #[cfg(target_arch = "x86_64")]
            crate::scan::Isa::Sse2 => $function::<crate::scan::arch::x86_64::sse2::Sse2>($octets),
            _ => $function::<crate::scan::arch::portable::Words>($octets),
        }
    };
}
#[cfg(test)]
pub(super) use with_block;
