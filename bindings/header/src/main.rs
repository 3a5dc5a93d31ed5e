//! Writes `include/tercet.h`: `cargo run -p tercet-header`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::write(tercet_header::path(), tercet_header::generate()?)?;
    Ok(())
}
