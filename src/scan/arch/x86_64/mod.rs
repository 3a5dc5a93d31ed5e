//! x86-64: from 16 octets, which every such CPU has, to 64.

pub(in crate::scan) mod avx2;
pub(in crate::scan) mod avx512;
pub(in crate::scan) mod sse2;
