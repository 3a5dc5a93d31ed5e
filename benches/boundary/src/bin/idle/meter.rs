//! What the allocator has given out, and what the system says that the process holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The system's allocator, counted.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

static BLOCKS: AtomicUsize = AtomicUsize::new(0);
static OCTETS: AtomicUsize = AtomicUsize::new(0);

/// Octets that glibc keeps in front of each block.
const FRONT: usize = size_of::<usize>();

/// What the block at `at` takes, all of it.
unsafe fn taken(at: *mut u8) -> usize {
    // SAFETY: our caller's block, given out by the system's allocator, or null.
    FRONT + unsafe { libc::malloc_usable_size(at.cast()) }
}

// SAFETY: everything is handed on as it is; counting allocates nothing.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: our caller's promise.
        let at = unsafe { System.alloc(layout) };
        if !at.is_null() {
            BLOCKS.fetch_add(1, Relaxed);
            // SAFETY: a block just given out.
            OCTETS.fetch_add(unsafe { taken(at) }, Relaxed);
        }
        at
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        BLOCKS.fetch_sub(1, Relaxed);
        // SAFETY: our caller's block, which it gives back.
        unsafe {
            OCTETS.fetch_sub(taken(at), Relaxed);
            System.dealloc(at, layout);
        }
    }
}

/// A reading of both.
#[derive(Clone, Copy)]
pub struct Reading {
    /// Blocks given out.
    pub blocks: usize,
    /// Octets that they take, with what the allocator adds.
    pub octets: usize,
    /// Octets in memory of the process.
    pub resident: usize,
}

impl Reading {
    pub fn take() -> Self {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
        Self { blocks: BLOCKS.load(Relaxed), octets: OCTETS.load(Relaxed), resident: pages * 4_096 }
    }

    /// What came since `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            blocks: self.blocks.saturating_sub(before.blocks),
            octets: self.octets.saturating_sub(before.octets),
            resident: self.resident.saturating_sub(before.resident),
        }
    }
}

/// Has the allocator give free pages back to the system.
pub fn trim() {
    // SAFETY: it touches nothing that is in use.
    unsafe { libc::malloc_trim(0) };
}
