//! The XML declaration (XML 1.0 section 2.8): version 1.0, encoding UTF-8 or none.

use super::Fault;

/// Checks a declaration from `<?xml` to `?>`. On a fault, says how many octets into it.
pub(super) fn check(text: &str) -> Result<(), (usize, Fault)> {
    let body = text.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>"));
    let mut rest = Reader { text, at: 5, body: body.ok_or((text.len().saturating_sub(1), Fault::Declaration))? };
    match rest.pseudo_attribute()? {
        Some((_, "version", "1.0")) => {}
        Some((at, ..)) => return Err((at, Fault::Declaration)),
        None => return Err((rest.at, Fault::Declaration)),
    }
    let mut next = rest.pseudo_attribute()?;
    if let Some((at, "encoding", encoding)) = next {
        if !encoding.eq_ignore_ascii_case("utf-8") {
            return Err((at, Fault::Encoding));
        }
        next = rest.pseudo_attribute()?;
    }
    if let Some((_, "standalone", "yes" | "no")) = next {
        next = rest.pseudo_attribute()?;
    }
    match next {
        Some((at, ..)) => Err((at, Fault::Declaration)),
        None => Ok(()),
    }
}

/// Offset of the value, name, value.
type PseudoAttribute<'a> = (usize, &'a str, &'a str);

struct Reader<'a> {
    text: &'a str,
    /// Offset of `body` in the declaration.
    at: usize,
    body: &'a str,
}

impl<'a> Reader<'a> {
    /// The next `name='value'` with the offset of its value; nothing at the end.
    fn pseudo_attribute(&mut self) -> Result<Option<PseudoAttribute<'a>>, (usize, Fault)> {
        let spaced = self.skip_space();
        if self.body.is_empty() {
            return Ok(None);
        }
        if !spaced {
            return Err(self.fault());
        }
        let name = self.take(self.body.find(|char: char| !char.is_ascii_lowercase()));
        self.skip_space();
        self.expect('=')?;
        self.skip_space();
        let quote = if self.body.starts_with('"') { '"' } else { '\'' };
        self.expect(quote)?;
        let at = self.at;
        let value = self.take(self.body.find(quote));
        self.expect(quote)?;
        Ok(Some((at, name, value)))
    }

    fn skip_space(&mut self) -> bool {
        !self.take(self.body.find(|char| !matches!(char, ' ' | '\t' | '\r' | '\n'))).is_empty()
    }

    fn expect(&mut self, char: char) -> Result<(), (usize, Fault)> {
        if !self.body.starts_with(char) {
            return Err(self.fault());
        }
        self.take(Some(1));
        Ok(())
    }

    /// Splits off everything before `end`, or all.
    fn take(&mut self, end: Option<usize>) -> &'a str {
        let (head, tail) = end.and_then(|end| self.body.split_at_checked(end)).unwrap_or((self.body, ""));
        self.at += head.len();
        self.body = tail;
        head
    }

    fn fault(&self) -> (usize, Fault) {
        (self.at.min(self.text.len()), Fault::Declaration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x09_version_and_encoding() {
        for good in [
            "<?xml version='1.0'?>",
            "<?xml version=\"1.0\" encoding='UTF-8' ?>",
            "<?xml\tversion = '1.0'\r\nencoding\n=\n\"utf-8\" standalone='yes'?>",
            "<?xml version='1.0' standalone='no'?>",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "<?xml ?>",
            "<?xml version='1.1'?>",
            "<?xml version='1.0\"?>",
            "<?xml version='1.0'encoding='UTF-8'?>",
            "<?xml encoding='UTF-8' version='1.0'?>",
            "<?xml version='1.0' standalone='maybe'?>",
            "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>",
            "<?xml version='1.0' version='1.0'?>",
            "<?xml version='1.0' a?>",
            "<?xml version='1.0'>",
        ] {
            assert_eq!(check(bad).map_err(|(_, fault)| fault), Err(Fault::Declaration), "{bad}");
        }
        assert_eq!(check("<?xml version='1.0' encoding='latin1'?>"), Err((30, Fault::Encoding)));
    }
}
