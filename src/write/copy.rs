//! Elements that were received, written again.
//!
//! Names are resolved anew for the place they are written in, and text is decoded and escaped again, so a copy means
//! what the original meant, whatever prefixes, quotes and CDATA sections that one used.

use super::{Error, Writer};
use crate::scan::Within;
use crate::stanza::{Attr, Element, Piece, Step, Text};

impl Writer<'_> {
    /// Appends a copy of an element and all it holds.
    ///
    /// The copy has the same expanded names, attributes and text. Prefixes are chosen anew; a prefix inside a *value*
    /// is copied as the text it is.
    pub fn element(&mut self, view: Element<'_>) -> &mut Self {
        self.attempt(|writer| writer.copy(view, None))
    }

    /// Copies an element, with the elements of one namespace put into another as far as they reach unbroken from the
    /// top.
    pub(super) fn copy(&mut self, view: Element<'_>, renamed: Option<Renamed<'_>>) -> Result<(), Error> {
        let mut depth = 0_usize;
        let mut renamed_depth = 0;
        for step in view.walk() {
            match step {
                Step::Enter(element) => {
                    let mut ns = element.ns();
                    if let Some(new) = renamed.filter(|renamed| renamed_depth == depth && renamed.from == ns) {
                        ns = new.to;
                        renamed_depth += 1;
                    }
                    depth += 1;
                    self.write_open(ns, element.local())?;
                    self.copy_attrs(element, |_| None)?;
                }
                Step::Text(text) => self.copy_text(text)?,
                Step::Leave(_) => {
                    self.write_close()?;
                    depth = depth.saturating_sub(1);
                    renamed_depth = renamed_depth.min(depth);
                }
            }
        }
        Ok(())
    }

    /// Copies the attributes of an element, with the values that `replace` has for some.
    pub(super) fn copy_attrs<'v>(
        &mut self,
        element: Element<'_>,
        replace: impl Fn(Attr<'_>) -> Option<&'v str>,
    ) -> Result<(), Error> {
        for attr in element.attrs() {
            match (replace(attr), attr.prefix()) {
                // The parser has seen that no two are alike.
                (Some(new), _) => self.sink.push_attr("", attr.local(), new)?,
                (None, None) => {
                    self.sink.push_attr_name("", attr.local())?;
                    self.push_text(attr.value(), Within::Value)?;
                    self.sink.push(b"'")?;
                }
                (None, Some(_)) => self.write_attr_ns(attr.ns(), attr.local(), &attr.value().decode())?,
            }
        }
        Ok(())
    }

    pub(super) fn copy_text(&mut self, text: Text<'_>) -> Result<(), Error> {
        self.end_start_tag()?;
        self.push_text(text, Within::Text)
    }

    fn push_text(&mut self, text: Text<'_>, place: Within) -> Result<(), Error> {
        for piece in text.pieces() {
            match piece {
                Piece::Run(run) => self.sink.push_escaped(run, place)?,
                Piece::Char(c) => self.sink.push_escaped(c.encode_utf8(&mut [0; 4]), place)?,
            }
        }
        Ok(())
    }
}

/// A namespace and the one to put in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Renamed<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
}
