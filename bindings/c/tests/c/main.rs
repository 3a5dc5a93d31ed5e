//! The C API as C sees it: the header under a compiler, and the example programs at work.
#![allow(clippy::unwrap_used, reason = "tests")]

mod header;
mod login;
mod parse;
mod programs;
mod readme;
mod support;
