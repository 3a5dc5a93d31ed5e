//! Pointers from C, made into borrows or refused; borrows, made into pointers for C.

use core::ffi::{CStr, c_char};
use core::ops::Range;
use core::ptr::NonNull;
use core::slice;

use super::result::{TERCET_ERR_ARGUMENT, TERCET_ERR_NULL, TERCET_ERR_UTF8, tercet_result};

/// A text by address and length, passed by value. Not NUL-terminated.
///
/// From the library: valid UTF-8 without NUL, `ptr` not NULL even where it is empty; `ptr` is NULL where there is no
/// such text at all. How long it is there is said by the function that gives it. To the library: UTF-8, read during the
/// call and not kept; `{NULL, 0}` stands for "none".
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_str {
    /// The first octet.
    pub ptr: *const c_char,
    /// The number of octets.
    pub len: usize,
}

/// The text of a NUL-terminated string: borrowed, for as long as the string is there. NULL gives "none".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_str_from(string: *const c_char) -> tercet_str {
    if string.is_null() {
        return tercet_str::NONE;
    }
    // SAFETY: not null, and a NUL-terminated string by this function's contract.
    let len = unsafe { CStr::from_ptr(string) }.count_bytes();
    tercet_str { ptr: string, len }
}

impl tercet_str {
    /// No text.
    pub(super) const NONE: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// The address of `text`. It carries no lifetime: who gives it to C says how long it is good for.
    pub(super) fn of(text: &str) -> Self {
        Self::of_octets(text.as_bytes())
    }

    /// The address of `octets`, which are UTF-8; as [`Self::of`].
    pub(super) fn of_octets(octets: &[u8]) -> Self {
        // Empty ones may have an address where nothing is, which C must not even hand to memcpy.
        let ptr = if octets.is_empty() { c"".as_ptr() } else { octets.as_ptr().cast() };
        Self { ptr, len: octets.len() }
    }

    /// The text, or nothing where there is none.
    pub(super) unsafe fn read<'a>(self) -> Result<Option<&'a str>, tercet_result> {
        if self.ptr.is_null() && self.len == 0 {
            return Ok(None);
        }
        // SAFETY: the contract of the module: that many octets can be read there during the call.
        let octets = unsafe { bytes(self.ptr.cast(), self.len) }?;
        core::str::from_utf8(octets).map(Some).map_err(|_| TERCET_ERR_UTF8)
    }

    /// The text; none is an error.
    pub(super) unsafe fn required<'a>(self) -> Result<&'a str, tercet_result> {
        // SAFETY: as `read`.
        unsafe { self.read() }?.ok_or(TERCET_ERR_NULL)
    }
}

/// Refuses `len` octets at `data` of which any lies in a `place` of the handle that is to read them: it may move, or be
/// written to, meanwhile.
pub(super) fn foreign(
    data: *const u8,
    len: usize,
    mut places: impl Iterator<Item = Range<*const u8>>,
) -> Result<(), tercet_result> {
    let (start, end) = (data.addr(), data.addr().saturating_add(len));
    let overlaps = |place: Range<*const u8>| start < place.end.addr() && place.start.addr() < end;
    if !data.is_null() && len > 0 && places.any(overlaps) { Err(TERCET_ERR_ARGUMENT) } else { Ok(()) }
}

/// `len` octets at `data`; null is fine for none.
pub(super) unsafe fn bytes<'a>(data: *const u8, len: usize) -> Result<&'a [u8], tercet_result> {
    // SAFETY: as `list`.
    unsafe { list(data, len) }
}

/// `count` values at `first`; null is fine for none.
pub(super) unsafe fn list<'a, T>(first: *const T, count: usize) -> Result<&'a [T], tercet_result> {
    if count == 0 {
        return Ok(&[]);
    }
    let size = count.checked_mul(size_of::<T>()).filter(|&size| isize::try_from(size).is_ok());
    if first.is_null() || size.is_none() {
        return Err(TERCET_ERR_NULL);
    }
    // SAFETY: not null; the contract of the module: that many can be read there and stay as they are.
    Ok(unsafe { slice::from_raw_parts(first, count) })
}

/// The table of callbacks at `table`, as much of it as its maker knew, the rest as in `none`. A table is its size, then
/// callbacks, and `T` is nothing else.
pub(super) unsafe fn table<T: Copy>(table: *const T, none: T) -> Result<T, tercet_result> {
    if table.is_null() {
        return Err(TERCET_ERR_NULL);
    }
    // SAFETY: not null; every release's table begins with its size.
    let size = unsafe { table.cast::<usize>().read_unaligned() };
    let word = size_of::<usize>();
    if size <= word || size % word != 0 {
        return Err(TERCET_ERR_ARGUMENT);
    }
    let mut known = none;
    // SAFETY: `size` octets are there by the contract of the table, and no more than ours are copied. Every field is a
    // word for which any function pointer, and zero, is a value.
    unsafe {
        let size = size.min(size_of::<T>());
        core::ptr::copy_nonoverlapping(table.cast::<u8>(), (&raw mut known).cast(), size);
    }
    Ok(known)
}

/// Where a call puts what it found. Nothing is read from it, and nothing written but on success.
pub(super) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// The place `ptr`, which must not be null.
    pub(super) fn new(ptr: *mut T) -> Result<Self, tercet_result> {
        NonNull::new(ptr).map(Self).ok_or(TERCET_ERR_NULL)
    }

    /// Puts `value` there.
    pub(super) unsafe fn put(self, value: T) {
        // SAFETY: not null; the contract of the module: a `T` can be written there.
        unsafe { self.0.write(value) }
    }
}

impl Out<u8> {
    /// Puts `octets` there, one after the other.
    pub(super) unsafe fn put_all(self, octets: &[u8]) {
        // SAFETY: not null; by contract of the caller as many octets can be written there. They are ours, so the two do
        // not overlap.
        unsafe { core::ptr::copy_nonoverlapping(octets.as_ptr(), self.0.as_ptr(), octets.len()) }
    }
}
