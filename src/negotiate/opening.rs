//! What both roles ask of a stream header.

use crate::ns::NsId;
use crate::stream::{Breach, Condition, Header, check_header};

use super::Misbehaved;

/// Whether the header opens a client-to-server stream of XMPP 1.x.
pub(super) fn check(header: &Header<'_>) -> Result<(), Misbehaved> {
    check_header(header).map_err(Misbehaved::Header)?;
    if header.content_namespace() == Some(NsId::CLIENT) {
        return Ok(());
    }
    let why = "the default namespace is not that of clients' stanzas";
    Err(Misbehaved::Header(Breach::new(Condition::InvalidNamespace, why)))
}
