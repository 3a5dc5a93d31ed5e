//! The C API as C and C++ see it: the headers under a compiler, and the example programs at work.
#![allow(clippy::unwrap_used, reason = "tests")]

mod asio;
mod cpp;
mod header;
mod idle;
mod login;
mod papers;
mod parse;
mod programs;
mod support;
