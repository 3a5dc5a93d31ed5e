//! Writes `include/tercet.h`, and adds what is new in it to `bindings/abi/symbols.txt`: `cargo run -p tercet-header`.
//!
//! A function that is no longer there stays in the list, and a test fails: to take it out, which ends a generation of
//! the ABI, is for a person to do.

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let header = tercet_header::generate()?;
    let mut symbols = tercet_header::symbols(&header);
    symbols.extend(fs::read_to_string(tercet_header::symbols_path())?.lines().map(String::from));
    let lines: Vec<String> = symbols.into_iter().map(|symbol| symbol + "\n").collect();
    fs::write(tercet_header::symbols_path(), lines.concat())?;
    fs::write(tercet_header::path(), header)?;
    Ok(())
}
