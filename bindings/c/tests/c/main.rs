//! The C API as C and C++ see it: the headers under a compiler, and the example programs at work.
#![allow(clippy::unwrap_used, reason = "tests")]

mod asio;
mod cpp;
mod header;
mod idle;
mod inspect;
mod papers;
mod programs;
mod session;
mod support;
