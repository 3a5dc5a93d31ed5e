//! Limits by number, so that one more is no change of a struct.
//!
//! In: the number of a limit and its value. Out: [`Limits`]. Invariant: a number keeps its meaning; one that is unknown
//! changes nothing. It refuses to know who is limited.

use super::result::{TERCET_ERR_ARGUMENT, tercet_result};
use crate::Limits;

/// A server's limits on a client that has not logged in: 10000 octets of a stanza, 64 elements in it.
pub const TERCET_LIMITS_PRE_LOGIN: i32 = 1;
/// A server's limits on a client that has logged in: 262144 octets of a stanza, 10000 elements in it.
pub const TERCET_LIMITS_SERVER: i32 = 2;
/// A client's limits on its server: 1048576 octets of a stanza, 100000 elements in it.
pub const TERCET_LIMITS_CLIENT: i32 = 3;
/// No limits: for files, never for a peer.
pub const TERCET_LIMITS_NONE: i32 = 4;

/// Octets of a stanza, from its first `<` to its last `>`.
pub const TERCET_LIMIT_STANZA_BYTES: i32 = 1;
/// Elements in a stanza, its root counted.
pub const TERCET_LIMIT_ELEMENTS: i32 = 2;
/// Elements open at a time, the stanza's root counted as 1.
pub const TERCET_LIMIT_DEPTH: i32 = 3;
/// Attributes in a start tag, namespace declarations included.
pub const TERCET_LIMIT_ATTRIBUTES: i32 = 4;
/// Namespace declarations in a start tag.
pub const TERCET_LIMIT_DECLARATIONS: i32 = 5;
/// Namespace bindings in scope at a time.
pub const TERCET_LIMIT_BINDINGS: i32 = 6;
/// Octets of a name, prefix and colon included.
pub const TERCET_LIMIT_NAME_BYTES: i32 = 7;
/// Octets of a namespace name.
pub const TERCET_LIMIT_NAMESPACE_BYTES: i32 = 8;

/// The limits of that number.
pub(super) fn preset(number: i32) -> Result<Limits, tercet_result> {
    Ok(match number {
        TERCET_LIMITS_PRE_LOGIN => Limits::PRE_LOGIN,
        TERCET_LIMITS_SERVER => Limits::SERVER,
        TERCET_LIMITS_CLIENT => Limits::CLIENT,
        TERCET_LIMITS_NONE => Limits::NONE,
        _ => return Err(TERCET_ERR_ARGUMENT),
    })
}

/// Sets one limit.
pub(super) fn set(limits: &mut Limits, limit: i32, value: u32) -> Result<(), tercet_result> {
    let place = match limit {
        TERCET_LIMIT_STANZA_BYTES => &mut limits.stanza_bytes,
        TERCET_LIMIT_ELEMENTS => &mut limits.elements,
        TERCET_LIMIT_DEPTH => &mut limits.depth,
        TERCET_LIMIT_ATTRIBUTES => &mut limits.attributes,
        TERCET_LIMIT_DECLARATIONS => &mut limits.declarations,
        TERCET_LIMIT_BINDINGS => &mut limits.bindings,
        TERCET_LIMIT_NAME_BYTES => &mut limits.name_bytes,
        TERCET_LIMIT_NAMESPACE_BYTES => &mut limits.namespace_bytes,
        _ => return Err(TERCET_ERR_ARGUMENT),
    };
    // Sums of two limits must not overflow.
    *place = value.min(u32::MAX / 2);
    Ok(())
}
