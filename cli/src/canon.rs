//! Canonical event lines: what an element says, one line per event, for comparing parsers.
//!
//! `S NS|LOCAL` for a start tag, `A NS|LOCAL=VALUE` for each attribute in the order of (NS, LOCAL), `T TEXT` for each
//! run of character data, `E` for an end tag. Backslash, LF, CR and TAB in values and text are written `\\ \n \r \t`.

use std::io::{self, Write};
use tercet::stanza::{Attr, Element, Step};

/// Writes the lines of `element` and all it holds; tells how many there were.
pub(crate) fn write(element: Element<'_>, out: &mut impl Write) -> io::Result<u64> {
    let mut lines = 0;
    for step in element.walk() {
        lines += match step {
            Step::Enter(element) => start(element, out)?,
            Step::Text(text) => {
                writeln!(out, "T {}", escaped(&text.decode()))?;
                1
            }
            Step::Leave(_) => {
                writeln!(out, "E")?;
                1
            }
            _ => 0,
        };
    }
    Ok(lines)
}

fn start(element: Element<'_>, out: &mut impl Write) -> io::Result<u64> {
    writeln!(out, "S {}|{}", element.ns(), element.local())?;
    let mut attrs: Vec<Attr<'_>> = element.attrs().collect();
    attrs.sort_unstable_by_key(|attr| (attr.ns(), attr.local()));
    for attr in &attrs {
        writeln!(out, "A {}|{}={}", attr.ns(), attr.local(), escaped(&attr.value().decode()))?;
    }
    Ok(1 + attrs.len() as u64)
}

fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            other => line.push(other),
        }
    }
    line
}
