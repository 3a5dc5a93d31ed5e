//! Stanzas that outlive the handle that lent them.
//!
//! In: a view of a stanza. Out: a handle of its own, and views of what it keeps. Invariant: what it keeps does not
//! change or move until it is freed. It refuses to know where the stanza came from.

use std::boxed::Box;

use super::boundary::{Guard, Handle, code, free, give, part, with};
use super::element::tercet_element;
use super::event::tercet_stanza;
use super::ptr::Out;
use super::result::{TERCET_ERR_UNSUPPORTED, tercet_result};
use super::unit::{Source, tercet_unit};

/// A stanza that is kept, for a queue, a store, another thread. Opaque.
pub struct tercet_owned {
    unit: tercet_unit,
    /// How it is seen, once somebody has asked: what of it had to be decoded is decoded once.
    view: Option<Box<tercet_stanza>>,
}

impl Handle for tercet_owned {
    fn guard(&mut self) -> &mut Guard {
        self.unit.guard()
    }
}

/// Puts a copy of the stanza of which `stanza` is the root into `owned`: to be freed with `tercet_owned_free`. It is
/// not parsed again, and lives on its own: the handle that lent the stanza may read on, or be freed.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT` where `stanza` is not the root of a stanza.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_stanza_detach(stanza: tercet_element, owned: *mut *mut tercet_owned) -> tercet_result {
    let detach = || {
        let out = Out::new(owned)?;
        // SAFETY: the contract of the module.
        let detached = unsafe { stanza.look_whole(|stanza| Ok(stanza.detach())) }?;
        let handle = tercet_owned { unit: tercet_unit::new(Source::Owned(detached)), view: None };
        // SAFETY: the contract of the module.
        unsafe { out.put(give(handle)) };
        Ok(())
    };
    code(detach())
}

/// Shows a stanza that is kept, as it was lent. Everything in `stanza` is borrowed until `tercet_owned_free`. Texts
/// that are asked for later, as by `tercet_element_text`, and do not read as written, take memory until then at each
/// call.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_owned_stanza(owned: *mut tercet_owned, stanza: *mut tercet_stanza) -> tercet_result {
    // SAFETY: the address of a field, of a handle that is alive by the contract of the module.
    let address = part(owned, |owned| unsafe { &raw mut (*owned).unit });
    // SAFETY: the contract of the module.
    code(unsafe {
        with(owned, |owned| {
            let out = Out::new(stanza)?;
            let seen = match &owned.view {
                Some(seen) => **seen,
                None => **owned.view.insert(Box::new(owned.unit.kept(address)?)),
            };
            out.put(seen);
            Ok(())
        })
    })
}

/// Octets of memory in use, the handle included; what the allocator adds is not counted. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_owned_memory(owned: *mut tercet_owned) -> usize {
    // SAFETY: the contract of the module.
    let memory = unsafe {
        with(owned, |owned| {
            let view = owned.view.as_ref().map_or(0, |_| size_of::<tercet_stanza>());
            Ok(size_of::<tercet_owned>() + owned.unit.heap() + view)
        })
    };
    memory.unwrap_or(0)
}

/// Frees a stanza that is kept, and ends the life of all its views. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_owned_free(owned: *mut tercet_owned) {
    // SAFETY: the contract of the module.
    unsafe { free(owned) }
}

impl tercet_unit {
    /// A view of the stanza kept; `address` is where `self` lies.
    fn kept(&mut self, address: *const Self) -> Result<tercet_stanza, tercet_result> {
        let mark = self.mark(address);
        let Self { source: Source::Owned(owned), arena, .. } = self else { return Err(TERCET_ERR_UNSUPPORTED) };
        mark.stanza(owned.view(), arena)
    }
}
