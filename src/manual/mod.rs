//! The manual: how the house is built, what it promises, how it is used.
//!
//! These pages hold no code of the library; they exist for the documentation alone.
//!
//! - [`architecture`]: the flow of bytes, the layers, and who may import whom.
//! - [`invariants`]: what always holds, and where it is enforced.
//! - [`restricted_xml`]: which XML is accepted, and which error the rest gets.
//! - [`howto`]: the loops to write around the library, for each door.
//! - [`migration`]: the calls of quick-xml, rxml and minidom, and ours beside them.
//! - [`security`]: what is promised against a hostile peer, and what is left to the caller.

pub mod architecture;
pub mod howto;
pub mod invariants;
pub mod migration;
pub mod restricted_xml;
pub mod security;
