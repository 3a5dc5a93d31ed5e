//! Counts what is allocated, on both sides of the language border, while it is told to.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

#[global_allocator]
static COUNTER: Counter = Counter { on: AtomicBool::new(false), count: AtomicU64::new(0), bytes: AtomicU64::new(0) };

struct Counter {
    on: AtomicBool,
    count: AtomicU64,
    bytes: AtomicU64,
}

/// How often memory was asked for, and how much of it. Growing counts as asking for the new size.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocations {
    pub count: u64,
    pub bytes: u64,
}

#[cfg(any(expat, libxml2, pugixml, rapidxml))]
unsafe extern "C" {
    safe fn count_allocations(on: std::ffi::c_int) -> Allocations;
}

/// Machines without any peer in C.
#[cfg(not(any(expat, libxml2, pugixml, rapidxml)))]
fn count_allocations(_on: i32) -> Allocations {
    Allocations::default()
}

/// What `work` allocates.
pub fn during<T>(work: impl FnOnce() -> T) -> (T, Allocations) {
    COUNTER.count.store(0, Relaxed);
    COUNTER.bytes.store(0, Relaxed);
    COUNTER.on.store(true, Relaxed);
    count_allocations(1);
    let result = work();
    let c = count_allocations(0);
    COUNTER.on.store(false, Relaxed);
    let (count, bytes) = (COUNTER.count.load(Relaxed), COUNTER.bytes.load(Relaxed));
    (result, Allocations { count: count + c.count, bytes: bytes + c.bytes })
}

impl Counter {
    fn note(&self, size: usize) {
        if self.on.load(Relaxed) {
            self.count.fetch_add(1, Relaxed);
            self.bytes.fetch_add(size as u64, Relaxed);
        }
    }
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.note(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.note(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.note(size);
        // SAFETY: the caller's promises are the same.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(old, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let (vec, allocations) = during(|| Vec::<u8>::with_capacity(12_345));
        // Other tests may allocate at the same time.
        assert!(allocations.count >= 1 && allocations.bytes >= vec.capacity() as u64);
    }
}
