//! Reads Rust source as far as its imports go: words, `::` and punctuation, nothing of the grammar behind them.
//!
//! In: the text of a file and the module it is. Out: which top-level modules it names (through `crate::`, or through
//! `super::` chains that end at the root), which of its modules exist for tests alone, and where it says `unsafe`.
//! Comments, and with them links in documentation, say nothing about what is imported and are skipped.

/// A word or a sign of a source file, with its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) line: usize,
    pub(crate) what: What<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What<'a> {
    Word(&'a str),
    /// `::`
    Path,
    Sign(char),
}

/// What a file says of its surroundings.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whether it opens with `//!`.
    pub(crate) has_contract: bool,
    /// Top-level names of this crate, each with the line that says so. `*` stands for the root itself.
    pub(crate) imports: Vec<(usize, String)>,
    /// Modules in files of their own that are compiled for tests alone, as paths from the root.
    pub(crate) test_modules: Vec<Vec<String>>,
    /// Lines that say `unsafe`, tests included.
    pub(crate) unsafe_lines: Vec<usize>,
    /// Lines that bring source in by a way that this reader does not follow.
    pub(crate) back_doors: Vec<usize>,
}

/// Reads `text`, which is the module `module` (a path from the root).
pub(crate) fn facts(module: &[String], text: &str) -> Facts {
    let tokens = tokens(text);
    let mut facts = Facts { has_contract: text.starts_with("//!"), ..Facts::default() };
    for (at, token) in tokens.iter().enumerate() {
        match token.what {
            What::Word("unsafe") => facts.unsafe_lines.push(token.line),
            What::Word("include") if word(&tokens, at + 1) == Some(What::Sign('!')) => {
                facts.back_doors.push(token.line);
            }
            What::Word("path") if at > 1 && tokens[at - 2].what == What::Sign('#') => facts.back_doors.push(token.line),
            _ => {}
        }
    }
    Walk { tokens: &tokens, at: 0, module: module.to_vec(), open: Vec::new() }.run(&mut facts);
    facts
}

/// The names that `use` lines of the root give to things of its modules: (name, module).
pub(crate) fn reexports(root: &str) -> Vec<(String, String)> {
    let tokens = tokens(root);
    let mut names = Vec::new();
    for at in 0..tokens.len() {
        let (What::Word("use"), Some(What::Word(module))) = (tokens[at].what, word(&tokens, at + 1)) else { continue };
        for token in tokens[at + 2..].iter().take_while(|token| token.what != What::Sign(';')) {
            if let What::Word(name) = token.what {
                names.push((name.to_owned(), module.to_owned()));
            }
        }
    }
    names
}

fn word<'a>(tokens: &[Token<'a>], at: usize) -> Option<What<'a>> {
    tokens.get(at).map(|token| token.what)
}

/// One pass over the tokens of a file that knows in which inline module it is.
struct Walk<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    module: Vec<String>,
    /// Open braces; whether each opened an inline module.
    open: Vec<bool>,
}

impl<'a> Walk<'_, 'a> {
    fn run(mut self, facts: &mut Facts) {
        while let Some(what) = self.peek(0) {
            match what {
                What::Sign('#') if self.peek(1) == Some(What::Sign('[')) => self.attribute(facts),
                What::Sign('{') => self.enter(false),
                What::Sign('}') => self.leave(),
                What::Word("mod") => self.inline_module(),
                What::Word("crate" | "super" | "self") if self.starts_path() => self.path(facts),
                _ => self.at += 1,
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<What<'a>> {
        word(self.tokens, self.at + ahead)
    }

    fn enter(&mut self, module: bool) {
        self.open.push(module);
        self.at += 1;
    }

    fn leave(&mut self) {
        if self.open.pop() == Some(true) {
            self.module.pop();
        }
        self.at += 1;
    }

    fn inline_module(&mut self) {
        self.at += 1;
        let (Some(What::Word(name)), Some(What::Sign('{'))) = (self.peek(0), self.peek(1)) else { return };
        self.module.push(name.to_owned());
        self.at += 1;
        self.enter(true);
    }

    /// Skips an attribute, and the item behind it where that is compiled for tests alone.
    fn attribute(&mut self, facts: &mut Facts) {
        let start = self.at + 1;
        self.at = start;
        self.skip_group();
        let says = |text| self.tokens[start..self.at].iter().any(|token| token.what == What::Word(text));
        if says("cfg") && says("test") && !says("not") {
            self.skip_item(facts);
        }
    }

    fn skip_item(&mut self, facts: &mut Facts) {
        while let Some(what) = self.peek(0) {
            match what {
                What::Sign('{') => return self.skip_group(),
                What::Sign('(' | '[') => self.skip_group(),
                What::Sign(';') => {
                    self.at += 1;
                    return;
                }
                What::Word("mod") => {
                    if let (Some(What::Word(name)), Some(What::Sign(';'))) = (self.peek(1), self.peek(2)) {
                        let path = self.module.iter().cloned().chain([name.to_owned()]).collect();
                        facts.test_modules.push(path);
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Skips from an opening bracket to behind the one that closes it.
    fn skip_group(&mut self) {
        let mut depth = 0;
        while let Some(what) = self.peek(0) {
            self.at += 1;
            match what {
                What::Sign('(' | '[' | '{') => depth += 1,
                What::Sign(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn starts_path(&self) -> bool {
        let follows = self.at.checked_sub(1).and_then(|before| word(self.tokens, before)) == Some(What::Path);
        let named_root = self.peek(0) == Some(What::Word("crate")) && self.peek(1) == Some(What::Word("as"));
        !follows && (self.peek(1) == Some(What::Path) || named_root)
    }

    fn path(&mut self, facts: &mut Facts) {
        let base = self.module.clone();
        self.tree(base, facts);
    }

    /// Follows one branch of a path from `base`, up to the first name below the root.
    fn tree(&mut self, mut base: Vec<String>, facts: &mut Facts) {
        loop {
            let line = self.tokens.get(self.at).map_or(0, |token| token.line);
            let what = self.peek(0);
            match what {
                Some(What::Word("crate")) => base.clear(),
                Some(What::Word("self")) => {}
                Some(What::Word("super")) => {
                    base.pop();
                }
                Some(What::Sign('{')) => return self.branches(&base, facts),
                _ if !base.is_empty() => return,
                Some(What::Word(name)) => {
                    facts.imports.push((line, name.to_owned()));
                    self.at += 1;
                    return;
                }
                _ => return facts.imports.push((line, "*".to_owned())),
            }
            self.at += 1;
            if self.peek(0) == Some(What::Path) {
                self.at += 1;
            } else {
                if base.is_empty() {
                    facts.imports.push((line, "*".to_owned()));
                }
                return;
            }
        }
    }

    /// Follows each branch of `{..}` in a `use`.
    fn branches(&mut self, base: &[String], facts: &mut Facts) {
        self.at += 1;
        while self.at < self.tokens.len() && self.peek(0) != Some(What::Sign('}')) {
            self.tree(base.to_vec(), facts);
            while let Some(what) = self.peek(0) {
                match what {
                    What::Sign('{') => self.skip_group(),
                    What::Sign('}') => break,
                    What::Sign(',') => {
                        self.at += 1;
                        break;
                    }
                    _ => self.at += 1,
                }
            }
        }
        self.at += 1;
    }
}

/// The words and signs of `text`, without comments, strings and character literals.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (len, what) = lexeme(rest, first);
        tokens.extend(what.map(|what| Token { line, what }));
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    tokens
}

/// How long the lexeme at the start of `rest` is, and what it is if it counts.
fn lexeme(rest: &str, first: char) -> (usize, Option<What<'_>>) {
    let until = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    match first {
        '/' if rest.starts_with("//") => (until("\n"), None),
        '/' if rest.starts_with("/*") => (block_comment(rest), None),
        '"' => (quoted(rest, '"'), None),
        '\'' => match rest[1..].chars().next() {
            Some('\\') => (quoted(rest, '\''), None),
            Some(c) if rest[1 + c.len_utf8()..].starts_with('\'') => (2 + c.len_utf8(), None),
            // A lifetime: its name is no path.
            _ => (1 + rest[1..].find(|c| !is_word(c)).unwrap_or(rest.len() - 1), None),
        },
        ':' if rest.starts_with("::") => (2, Some(What::Path)),
        c if is_word(c) => {
            let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            match raw_string(&rest[word.len()..]) {
                Some(len) if matches!(word, "r" | "br" | "cr") => (word.len() + len, None),
                _ => (word.len(), Some(What::Word(word))),
            }
        }
        c if c.is_whitespace() => (c.len_utf8(), None),
        c => (c.len_utf8(), Some(What::Sign(c))),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of `#"..."#` with any number of `#`, if that is what `rest` starts with.
fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.find(|c| c != '#')?;
    let body = rest[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", &rest[..hashes]);
    Some(hashes + 1 + body.find(&end)? + end.len())
}
