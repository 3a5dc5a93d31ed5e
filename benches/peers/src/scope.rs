//! Namespaces for parsers that know none: what their users have to write themselves. A prefix that is not bound is not
//! found out. `shims/scope.h` is the same in C.

use std::borrow::Cow;

/// Bindings, innermost last.
#[derive(Debug, Default)]
pub struct Scope<'s> {
    bindings: Vec<(u32, &'s str, Cow<'s, str>)>,
    depth: u32,
}

impl<'s> Scope<'s> {
    pub fn enter(&mut self) {
        self.depth += 1;
    }

    pub fn declare(&mut self, prefix: &'s str, name: Cow<'s, str>) {
        self.bindings.push((self.depth, prefix, name));
    }

    pub fn leave(&mut self) {
        while self.bindings.pop_if(|(depth, ..)| *depth >= self.depth).is_some() {}
        self.depth = self.depth.saturating_sub(1);
    }

    pub fn find(&self, prefix: &str) -> &str {
        match self.bindings.iter().rev().find(|(_, bound, _)| *bound == prefix) {
            Some((.., name)) => name,
            None if prefix == "xml" => "http://www.w3.org/XML/1998/namespace",
            None => "",
        }
    }
}
