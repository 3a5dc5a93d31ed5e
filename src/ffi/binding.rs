//! What both ends know of the TLS connection between them, for mechanisms that bind to it.
//!
//! In: octets and the number of their kind. Out: a [`ChannelBinding`]. Invariant: it has a length that its kind can
//! have. It refuses to know TLS, and when a binding is of use.

use super::boundary::{code, with};
use super::connection::tercet_conn;
use super::ptr::bytes;
use super::result::{TERCET_ERR_ARGUMENT, tercet_result};
use crate::sasl::{BindingKind, ChannelBinding};

/// `tls-exporter` (RFC 9266): 32 octets that TLS exports under the label `EXPORTER-Channel-Binding` with an empty
/// context (`use_context` 1 and no octets, for `SSL_export_keying_material` of OpenSSL). Not where the handshake was
/// one of TLS 1.2 without the extended master secret, or where the connection may be renegotiated.
pub const TERCET_BINDING_TLS_EXPORTER: i32 = 1;
/// `tls-server-end-point` (RFC 5929 section 4): the hash of the server's certificate in DER, by the hash function of
/// the certificate's signature, by SHA-256 where that is MD5 or SHA-1.
pub const TERCET_BINDING_TLS_SERVER_END_POINT: i32 = 2;
/// `tls-unique` (RFC 5929 section 3): the first `Finished` message of the handshake. Up to TLS 1.2 alone, and there
/// only with the extended master secret.
pub const TERCET_BINDING_TLS_UNIQUE: i32 = 3;
/// The most octets that a binding can have.
pub const TERCET_BINDING_BYTES: usize = 64;

const _: () = assert!(TERCET_BINDING_BYTES == ChannelBinding::BYTES);

/// Tells what both ends know of the TLS connection under the stream: `len` octets at `data` of the kind `kind`,
/// `TERCET_BINDING_...`. Copied; the copy is wiped before the session is bound. A client then logs in with a -PLUS
/// mechanism where the server offers one and knows that kind; a server offers one for each of its SCRAM mechanisms (RFC
/// 5802 section 6, XEP-0440).
///
/// To be called when the handshake is done and before `tercet_conn_secured`, or before the first `tercet_conn_poll` or
/// `_drive` under `TERCET_TLS_DIRECT`. One call tells of one kind; where a kind is told twice, the later call counts.
///
/// What `tls-exporter` gives binds one login and no second (RFC 9266 section 4.1): to a server that was told it, a
/// login bound to it is the only one on its connection, and the stream ends where that one fails.
///
/// Errors: `TERCET_ERR_NULL`; `TERCET_ERR_ARGUMENT` for another kind, or a number of octets that it cannot have: 32 for
/// `TERCET_BINDING_TLS_EXPORTER`, 1 to `TERCET_BINDING_BYTES` for the others; `TERCET_ERR_NOT_AWAITING_TLS` before TLS
/// was agreed on, and once the features of the secured stream were sent or read.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_set_binding(
    conn: *mut tercet_conn,
    kind: i32,
    data: *const u8,
    len: usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let data = bytes(data, len)?;
            conn.bind(kind, data)
        })
    })
}

/// The kinds by their numbers.
const KINDS: [(i32, BindingKind); 3] = [
    (TERCET_BINDING_TLS_EXPORTER, BindingKind::TlsExporter),
    (TERCET_BINDING_TLS_SERVER_END_POINT, BindingKind::TlsServerEndPoint),
    (TERCET_BINDING_TLS_UNIQUE, BindingKind::TlsUnique),
];

/// The numbers of the kinds, in the order in which a callback is asked for them.
pub(super) fn kinds() -> impl Iterator<Item = i32> {
    KINDS.into_iter().map(|(number, _)| number)
}

/// The binding of these octets.
pub(super) fn binding(kind: i32, data: &[u8]) -> Result<ChannelBinding, tercet_result> {
    let known = KINDS.into_iter().find(|(number, _)| *number == kind);
    let (_, kind) = known.ok_or(TERCET_ERR_ARGUMENT)?;
    ChannelBinding::new(kind, data).map_err(|_| TERCET_ERR_ARGUMENT)
}
