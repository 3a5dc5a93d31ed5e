//! Writes one stanza, always well-formed.

use crate::Random;

/// A stanza being written; elements close in the order that they must.
pub(crate) struct Sketch<'s> {
    out: &'s mut String,
    open: Vec<&'static str>,
    in_tag: bool,
    quote: char,
    /// Whether quotes in text become references too.
    zealous: bool,
}

impl<'s> Sketch<'s> {
    pub(crate) fn new(out: &'s mut String, random: &mut Random) -> Self {
        let quote = if random.percent(67) { '\'' } else { '"' };
        Self { out, open: Vec::new(), in_tag: false, quote, zealous: random.percent(25) }
    }

    /// Begins an element in the namespace around it.
    pub(crate) fn open(&mut self, name: &'static str) -> &mut Self {
        self.end_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.in_tag = true;
        self
    }

    /// Begins an element that declares its namespace.
    pub(crate) fn open_in(&mut self, name: &'static str, namespace: &str) -> &mut Self {
        self.open(name).attr("xmlns", namespace)
    }

    /// An attribute of the element begun last.
    pub(crate) fn attr(&mut self, name: &str, value: &str) -> &mut Self {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push('=');
        self.out.push(self.quote);
        self.escape(value, true, true);
        self.out.push(self.quote);
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.end_tag();
        self.escape(text, self.zealous, false);
        self
    }

    /// Ends the innermost element.
    pub(crate) fn close(&mut self) -> &mut Self {
        let Some(name) = self.open.pop() else { return self };
        if std::mem::take(&mut self.in_tag) {
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        self
    }

    /// An element with nothing but a namespace.
    pub(crate) fn mark(&mut self, name: &'static str, namespace: &str) -> &mut Self {
        self.open_in(name, namespace).close()
    }

    /// An element with nothing but text.
    pub(crate) fn leaf(&mut self, name: &'static str, text: &str) -> &mut Self {
        self.open(name).text(text).close()
    }

    /// Ends all that is open.
    pub(crate) fn finish(mut self) {
        while !self.open.is_empty() {
            self.close();
        }
    }

    fn end_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.out.push('>');
        }
    }

    fn escape(&mut self, text: &str, quotes: bool, value: bool) {
        for char in text.chars() {
            match char {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\'' if quotes => self.out.push_str("&apos;"),
                '"' if quotes => self.out.push_str("&quot;"),
                // A bare one would be read as a space.
                '\n' if value => self.out.push_str("&#10;"),
                _ => self.out.push(char),
            }
        }
    }
}
