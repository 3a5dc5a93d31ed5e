//! Well-known namespaces and names as numbers, so that C can `switch` on them.
//!
//! The numbers themselves are written at the end of the header, from the tables in `ns`.

use super::boundary::guarded;
use super::ptr::tercet_str;
use crate::ns::{NameId, NsId};

/// A namespace or a name that has no number: two of those may well differ.
///
/// Namespaces and names that XMPP knows have numbers, `TERCET_NS_...` and `TERCET_NAME_...`, which stand at the end of
/// this header. A number keeps its meaning in all releases that share a soname; a younger release may number more.
pub const TERCET_ID_OTHER: u32 = 0;

/// The number of a namespace, one of `TERCET_NS_...`; `TERCET_ID_OTHER` where it has none, or `ns` is not a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_ns_id(ns: tercet_str) -> u32 {
    // SAFETY: the contract of the module.
    guarded(|| Ok(NsId::of(unsafe { ns.required() }?).id())).unwrap_or(TERCET_ID_OTHER)
}

/// The number of a local name of an element or attribute, one of `TERCET_NAME_...`; `TERCET_ID_OTHER` where it has
/// none, or `name` is not a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_name_id(name: tercet_str) -> u32 {
    // SAFETY: the contract of the module.
    guarded(|| Ok(NameId::of(unsafe { name.required() }?).id())).unwrap_or(TERCET_ID_OTHER)
}
