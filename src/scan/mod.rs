//! Bytes by class: where a run of plain bytes ends.
//!
//! In: octets. Out: offsets of the first octet that means something. A class table and a few searches over it; the
//! portable form here is the yardstick for any faster one.
//!
//! Refuses to know: grammar, XML beyond byte classes, who asks.

mod chars;

pub(crate) use chars::is_xml_char;
