//! Memory between two pages that nobody may touch: a load past either end of what lies there kills the process.
//!
//! ```text
//!   no access  |  room                    |  no access
//!              |  [behind]  ..  [before]  |
//! ```
#![allow(unsafe_code, reason = "only the operating system can take access to memory away")]

use std::slice;

/// Some room, fenced in.
pub(crate) struct Fence {
    // INVARIANT: a mapping of `room` octets that may be read and written, with a page before it and a page behind it
    // that may not; it is ours alone until `drop`.
    map: *mut u8,
    page: usize,
    room: usize,
}

impl Fence {
    /// Room for at least `room` octets.
    pub(crate) fn new(room: usize) -> Self {
        // SAFETY: asks for a number.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).expect("pages have a size");
        let room = room.next_multiple_of(page).max(page);
        let (access, flags) = (libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANON);
        // SAFETY: a new mapping, wherever there is place, disturbs no other.
        let map = unsafe { libc::mmap(std::ptr::null_mut(), room + 2 * page, access, flags, -1, 0) };
        assert_ne!(map, libc::MAP_FAILED, "no memory");
        let map = map.cast::<u8>();
        // SAFETY: the pages between the first and the last one of what was mapped above.
        let opened = unsafe { libc::mprotect(map.add(page).cast(), room, libc::PROT_READ | libc::PROT_WRITE) };
        assert_eq!(opened, 0, "no access");
        Self { map, page, room }
    }

    /// `octets`, the first of which is the first behind the fence, or the last of which is the last before it. All
    /// around them is `around`.
    pub(crate) fn at(&mut self, behind: bool, octets: &[u8], around: u8) -> &[u8] {
        let start = self.room.checked_sub(octets.len()).expect("enough room");
        let start = if behind { 0 } else { start };
        // SAFETY: as the field says; `self` is borrowed alone as long as the slice is.
        let room = unsafe { slice::from_raw_parts_mut(self.map.add(self.page), self.room) };
        room.fill(around);
        let place = &mut room[start..start + octets.len()];
        place.copy_from_slice(octets);
        place
    }

    /// The octet beyond one of the ends, which cannot be read.
    pub(crate) fn trespass(&self, behind: bool) -> u8 {
        let end = if behind { self.page + self.room } else { self.page - 1 };
        // SAFETY: none: the process dies here, which is what this is for.
        unsafe { self.map.add(end).read_volatile() }
    }
}

impl Drop for Fence {
    fn drop(&mut self) {
        // SAFETY: what `new` mapped; nothing borrows from it any more.
        unsafe { libc::munmap(self.map.cast(), self.room + 2 * self.page) };
    }
}
