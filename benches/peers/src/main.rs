//! tercet beside the parsers that are used today.
mod digest;
mod peers;
mod scope;
mod task;
fn main() { let _ = peers::all(); }
