//! The stream rules of RFC 6120 that can be seen from one side's bytes alone. Who sends what when is for a connection
//! to know.

use tercet::Unit;
use tercet::stanza::Stanza;
use tercet::stream::{Breach, Header, check_element, check_header};

/// The rule that `unit` breaks, if any.
pub(super) fn breach(unit: Unit<'_>) -> Option<Breach> {
    match unit {
        Unit::Header(header) => check_header(&header).err(),
        Unit::Stanza(stanza) => check_element(stanza.root()).err(),
        Unit::Text => Some(Breach::TEXT),
        _ => None,
    }
}

/// Octets of the unit lent last, whichever it is.
pub(super) fn len(stanza: Option<Stanza<'_>>, header: Option<Header<'_>>) -> u64 {
    let raw = stanza.map(Stanza::raw).or(header.map(|header| header.raw()));
    raw.map_or(0, |raw| raw.len() as u64)
}
