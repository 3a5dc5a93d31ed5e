//! The C API as a static library, for the C programs beside it to be linked with.

pub use tercet;
