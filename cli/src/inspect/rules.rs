//! The stream rules of RFC 6120 that one side's bytes alone can break: the header's, and what may stand on the first
//! level. Who sends what when is for a connection to know.

use tercet::Unit;
use tercet::stanza::Stanza;
use tercet::stream::{Condition, Header, check_element, check_header};

/// The rule that `unit` breaks, if any: its condition, and what is wrong.
pub(super) fn breach(unit: Unit<'_>) -> Option<(Condition, &'static str)> {
    let (verdict, why) = match unit {
        Unit::Header(header) => (check_header(&header), "the header is not that of an XMPP 1.x stream"),
        Unit::Stanza(stanza) => {
            (check_element(stanza.root()), "the element may not stand on the first level of a stream")
        }
        Unit::Text => (Err(Condition::BadFormat), "text between first-level elements"),
        _ => return None,
    };
    verdict.err().map(|condition| (condition, why))
}

/// Octets of the unit lent last, whichever it is.
pub(super) fn len(stanza: &Option<Stanza<'_>>, header: &Option<Header<'_>>) -> u64 {
    let raw = stanza.map(Stanza::raw).or(header.map(|header| header.raw()));
    raw.map_or(0, |raw| raw.len() as u64)
}
