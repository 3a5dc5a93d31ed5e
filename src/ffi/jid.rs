//! Addresses: checked, brought into the one form that may be compared, taken apart.
//!
//! In: texts, and room of the caller's. Out: prepared addresses in that room. Invariant: what is not an address leaves
//! the room untouched. It refuses to know the rules of RFC 7622, which are `jid`'s.

use core::cmp::Ordering;
use core::ffi::c_char;

use super::boundary::{code, found, guarded};
use super::ptr::{Out, tercet_str};
use super::result::{TERCET_ERR_JID, TERCET_ERR_SPACE, tercet_result};
use crate::jid::JidBuf;

/// Octets that suffice for any address: three parts of 1023 and two separators (RFC 7622 section 3.1).
pub const TERCET_JID_BYTES: usize = 3_071;

/// An address in prepared form and its parts. They all lie in the buffer that was handed over, one after the other, and
/// are good for as long as that is. Two addresses are the same exactly if their octets are.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_jid {
    /// The whole address.
    pub full: tercet_str,
    /// The address without its resource.
    pub bare: tercet_str,
    /// The part before the `@`; none where there is none.
    pub local: tercet_str,
    /// The domain, which is always there.
    pub domain: tercet_str,
    /// The part after the `/`; none where there is none.
    pub resource: tercet_str,
}

/// Checks `text` by the rules of RFC 7622, prepares it (case, width, normal form), and puts the outcome into `buffer`,
/// not NUL-terminated, and its parts into `jid`. `TERCET_JID_BYTES` of `capacity` always suffice. `text` may lie in
/// `buffer`.
///
/// Errors, here and below: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_JID` where it is not an address, or not
/// ASCII in a build without the cargo feature `idna`; `TERCET_ERR_SPACE` where `capacity` is too small. Nothing is
/// written then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_jid_parse(
    text: tercet_str,
    buffer: *mut c_char,
    capacity: usize,
    jid: *mut tercet_jid,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe { put(buffer, capacity, jid, || JidBuf::parse(text.required()?).map_err(|_| TERCET_ERR_JID)) }
}

/// As `tercet_jid_parse`, from parts, each of which is prepared. `local` and `resource` may be none; one that is empty
/// is an error, as is a separator inside `local` or `domain`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_jid_join(
    local: tercet_str,
    domain: tercet_str,
    resource: tercet_str,
    buffer: *mut c_char,
    capacity: usize,
    jid: *mut tercet_jid,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        put(buffer, capacity, jid, || {
            JidBuf::new(local.read()?, domain.required()?, resource.read()?).map_err(|_| TERCET_ERR_JID)
        })
    }
}

/// Prepares two addresses and puts into `order` how they compare, octet by octet: -1, 0 where they are the same
/// address, or 1.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_jid_compare(a: tercet_str, b: tercet_str, order: *mut i32) -> tercet_result {
    code(guarded(|| {
        let out = Out::new(order)?;
        // SAFETY: the contract of the module.
        let parse = |text: tercet_str| JidBuf::parse(unsafe { text.required() }?).map_err(|_| TERCET_ERR_JID);
        let order = match parse(a)?.cmp(&parse(b)?) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        };
        // SAFETY: the contract of the module.
        unsafe { out.put(order) };
        Ok(())
    }))
}

/// Puts what `make` makes into `buffer`, and where its parts are into `jid`.
unsafe fn put(
    buffer: *mut c_char,
    capacity: usize,
    jid: *mut tercet_jid,
    make: impl FnOnce() -> Result<JidBuf, tercet_result>,
) -> tercet_result {
    let write = || {
        let (octets, out) = (Out::new(buffer.cast::<u8>())?, Out::new(jid)?);
        let made = make()?;
        let (whole, made) = (made.as_str(), made.as_jid());
        if whole.len() > capacity {
            return Ok(false);
        }
        // Parts of a text are as far from its beginning as they will be from that of the buffer.
        let at = |part: &str| tercet_str {
            ptr: buffer.wrapping_add(part.as_ptr().addr() - whole.as_ptr().addr()),
            len: part.len(),
        };
        // SAFETY: the contract of the module: `capacity` octets can be written there, and these are no more. What was
        // read from there is not looked at any more.
        unsafe {
            octets.put_all(whole.as_bytes());
            out.put(tercet_jid {
                full: at(whole),
                bare: at(made.bare().as_str()),
                local: made.local().map_or(tercet_str::NONE, at),
                domain: at(made.domain()),
                resource: made.resource().map_or(tercet_str::NONE, at),
            });
        }
        Ok(true)
    };
    found(guarded(write), TERCET_ERR_SPACE)
}
