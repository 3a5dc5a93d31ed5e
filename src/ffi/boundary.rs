//! Where Rust ends: no panic gets past here, and a handle in which one happened is not used again.

use core::ptr;
use std::boxed::Box;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::result::{
    TERCET_ERR_BUSY, TERCET_ERR_NULL, TERCET_ERR_PANIC, TERCET_ERR_POISONED, TERCET_OK, tercet_result,
};

/// Whether a handle may be used, and whether it may be freed. Two facts: a panic in a call that a callback made does
/// not end the callback.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Guard {
    /// A callback runs: calls that work on the stream, and the one that frees, must wait until it has returned.
    running: bool,
    /// A panic was caught half-way through a change.
    poisoned: bool,
}

/// What C holds by a pointer, and a panic may leave half changed.
pub(super) trait Handle {
    fn guard(&mut self) -> &mut Guard;
}

/// Runs `body`; a panic in it becomes a number.
pub(super) fn guarded<T>(body: impl FnOnce() -> Result<T, tercet_result>) -> Result<T, tercet_result> {
    // What `body` may leave broken is either dropped with it or in a handle, which `with` poisons.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(TERCET_ERR_PANIC))
}

/// Runs `body` on a handle, also where a callback of the handle is running.
pub(super) unsafe fn with<H: Handle, T>(
    handle: *mut H,
    body: impl FnOnce(&mut H) -> Result<T, tercet_result>,
) -> Result<T, tercet_result> {
    // SAFETY: null, or a live handle that no other thread uses (the contract of the module), of which nothing is
    // borrowed: each borrow ends with the call that made it, and none is alive while a callback runs.
    let handle = unsafe { handle.as_mut() }.ok_or(TERCET_ERR_NULL)?;
    if handle.guard().poisoned {
        return Err(TERCET_ERR_POISONED);
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| body(handle)));
    outcome.unwrap_or_else(|_| {
        handle.guard().poisoned = true;
        Err(TERCET_ERR_PANIC)
    })
}

/// Runs `body` on a handle of which no callback is running.
pub(super) unsafe fn alone<H: Handle, T>(
    handle: *mut H,
    body: impl FnOnce(&mut H) -> Result<T, tercet_result>,
) -> Result<T, tercet_result> {
    // SAFETY: as `with`.
    unsafe { with(handle, |handle| if handle.guard().running { Err(TERCET_ERR_BUSY) } else { body(handle) }) }
}

/// Runs a callback, with nothing of the handle borrowed and the handle marked as busy.
pub(super) unsafe fn busy<H: Handle, T>(handle: *mut H, callback: impl FnOnce() -> T) -> Result<T, tercet_result> {
    // SAFETY: as `with`.
    unsafe {
        with(handle, |handle| {
            handle.guard().running = true;
            Ok(())
        })?;
        let answer = callback();
        // It is still there, since it could not be freed meanwhile; whether it was poisoned or not, nothing runs now.
        (*handle).guard().running = false;
        with(handle, |_| Ok(answer))
    }
}

/// Frees what [`give`] made; null is fine.
pub(super) unsafe fn free<H>(handle: *mut H) {
    if !handle.is_null() {
        // SAFETY: not null, so by the contract of the module it came from `Box::into_raw` in `give`, and only once.
        let handle = unsafe { Box::from_raw(handle) };
        // There is nobody to tell of a panic in a destructor.
        let _ = guarded(|| {
            drop(handle);
            Ok(())
        });
    }
}

/// As [`free`], of a handle that calls back: not while a callback of it is running, which would return into what is
/// gone.
pub(super) unsafe fn free_unless_running<H: Handle>(handle: *mut H) -> tercet_result {
    // SAFETY: as `with`.
    if unsafe { handle.as_mut() }.is_some_and(|handle| handle.guard().running) {
        return TERCET_ERR_BUSY;
    }
    // SAFETY: as `free`.
    unsafe { free(handle) };
    TERCET_OK
}

/// Hands a new handle to C.
pub(super) fn give<H>(handle: H) -> *mut H {
    Box::into_raw(Box::new(handle))
}

/// The number for C.
pub(super) fn code(outcome: Result<(), tercet_result>) -> tercet_result {
    outcome.err().unwrap_or(TERCET_OK)
}

/// As [`code`], for what may be there or not.
pub(super) fn found(outcome: Result<bool, tercet_result>, otherwise: tercet_result) -> tercet_result {
    match outcome {
        Ok(true) => TERCET_OK,
        Ok(false) => otherwise,
        Err(code) => code,
    }
}

/// The address of a part of a handle, made without a borrow of the handle.
pub(super) fn part<H, P>(handle: *mut H, project: impl FnOnce(*mut H) -> *mut P) -> *mut P {
    if handle.is_null() { ptr::null_mut() } else { project(handle) }
}
