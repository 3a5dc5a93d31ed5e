//! The C API, called as C calls it.
