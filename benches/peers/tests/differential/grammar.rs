//! Texts to be read: XMPP as it is spoken, and odd XML, most of it well-formed, that nobody sends and anybody may.

use std::ops::Range;

use tercet_corpora::Kind;

use crate::trace::dice::Dice;

/// A text and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_stream: bool,
    /// The part to be mutated: of a stream, mostly what is between its header and its end tag.
    pub(crate) body: Range<usize>,
}

/// Makes cases; the stanzas of the corpora are made once.
pub(crate) struct Grammar {
    stanzas: Vec<Vec<u8>>,
}

const HEADERS: &[&str] = &[
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' \
     to='a.example' version='1.0' xml:lang='en' xmlns:p='urn:p' xmlns:q='urn:q'>",
    "<s xmlns='jabber:server' xmlns:p='urn:p' xmlns:q='urn:p' xmlns:r='jabber:server'>",
    "<s>",
];

impl Grammar {
    pub(crate) fn new(seed: u64) -> Self {
        let kinds = Kind::ALL.map(|kind| kind.stream(seed, 60_000));
        Self { stanzas: kinds.iter().flat_map(|stream| stanzas(stream)).filter(|stanza| stanza.len() < 1500).collect() }
    }

    pub(crate) fn case(&self, dice: &mut Dice) -> Case {
        let mut writer = Writer { dice, out: Vec::new(), scope: vec!["xml"] };
        if writer.dice.percent(40) {
            writer.prolog();
            self.element(&mut writer);
            writer.space(10);
            let body = 0..writer.out.len();
            return Case { bytes: writer.out, is_stream: false, body };
        }
        let header = writer.dice.pick(HEADERS);
        writer.add(header);
        for prefix in ["p", "q", "r"] {
            if header.contains(&format!("xmlns:{prefix}=")) {
                writer.scope.push(prefix);
            }
        }
        let start = writer.out.len();
        writer.padding();
        for _ in 0..=writer.dice.below(3) {
            self.element(&mut writer);
            writer.space(20);
            if writer.dice.percent(5) {
                writer.text();
            }
        }
        let end = writer.out.len();
        if writer.dice.percent(95) {
            writer.add(if header.contains("<stream:") { "</stream:stream>" } else { "</s>" });
        }
        let body = if writer.dice.percent(90) { start..end } else { 0..writer.out.len() };
        Case { bytes: writer.out, is_stream: true, body }
    }

    fn element(&self, writer: &mut Writer<'_>) {
        if writer.dice.percent(25) {
            let stanza = &self.stanzas[writer.dice.below(self.stanzas.len())];
            writer.out.extend_from_slice(stanza);
        } else {
            let depth = writer.dice.below(6);
            writer.element(depth);
        }
    }
}

/// The first-level elements of a corpus.
fn stanzas(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut parser = tercet::Parser::stream(tercet::Limits::NONE);
    let (mut input, mut stanzas) = (tercet::Input::new(), Vec::new());
    let mut feed = input.with(stream);
    while let Some(unit) = parser.next(&mut feed).expect("a corpus is valid") {
        if let tercet::Unit::Stanza(stanza) = unit {
            stanzas.push(stanza.raw().as_bytes().to_vec());
        }
    }
    stanzas
}

/// Names, some with characters of more than one octet, some that only the fifth edition allows, some long.
const NAMES: &[&str] = &[
    "a", "b", "message", "iq", "presence", "body", "query", "item", "x", "_", "a-b", "a.b", "a1", "é", "été", "жук",
    "中", "a·", "to", "from", "id", "type", "lang", "xmlns", "xml", "stream", "name", "jid", "node", "var", "ver",
    "hash", "never", "abort", "file", "NUMBER", "prekeys", "stamp", "code",
];
const LONG: &str = "an-element-whose-name-is-longer-than-a-block-of-sixty-four-octets-and-then-a-little";
const BAD_NAMES: &[&str] =
    &["1", "-a", "a:b:c", ":a", "a:", "\u{300}a", "a\u{d7}", "\u{ec7}", "\u{10000}", "a\u{2c6}", ""];
const PREFIXES: &[&str] = &["p", "q", "r", "long-prefix", "é", "stream"];
const SPACES: &[&str] = &[
    "urn:p",
    "urn:q",
    "urn:r",
    "jabber:client",
    "jabber:server",
    "jabber:iq:roster",
    "http://etherx.jabber.org/streams",
    "urn:&#112;",
    "u&amp;v",
    "urn:\u{e9}",
    " urn:p ",
    "urn:\tp",
    "'",
    "urn:xmpp:a-namespace-longer-than-sixty-four-octets:indeed:0",
];
/// Namespaces that a declaration may or may not name, by the prefix that it declares.
const RESERVED: &[&str] = &[
    "",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
    "http://www.w3.org/2000/xmlns",
    "http://www.w3.org/XML/1998/namespace ",
    "http://www.w3.org/XML/1998/namespac&#101;",
];
const TEXTS: &[&str] = &[
    "a",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\r",
    "\r\r\n",
    "]",
    "]]",
    "]]]",
    ">",
    "] ]>",
    "/>",
    "=",
    "'",
    "\"",
    "hello, world",
    "é",
    "日本",
    "😀",
    "\u{fffd}",
    "\u{80}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{10ffff}",
    "\u{feff}",
    "&amp;",
    "&lt;",
    "&gt;",
    "&apos;",
    "&quot;",
    "&#65;",
    "&#x41;",
    "&#x0041;",
    "&#13;",
    "&#10;",
    "&#9;",
    "&#32;",
    "&#xD;",
    "&#x10FFFF;",
    "&#xFFFD;",
    "&#x1F600;",
    "&#55295;",
    "&#0000000000000000000065;",
    "Lorem ipsum dolor sit amet, consectetur",
];
const BAD_TEXTS: &[&str] = &[
    "&",
    "&;",
    "&amp",
    "&#;",
    "&#x;",
    "&#0;",
    "&#x0;",
    "&#1;",
    "&#xD800;",
    "&#xFFFE;",
    "&#xFFFF;",
    "&#x110000;",
    "&#65",
    "&#X41;",
    "&#6A;",
    "&nbsp;",
    "&AMP;",
    "&amp ;",
    "& amp;",
    "&a:b;",
    "&#99999999999999999999;",
    "\u{fffe}",
    "\u{ffff}",
    "\u{1}",
    "\u{0}",
    "\u{b}",
    "\u{1f}",
    "&x\u{e9};",
    "&#x10FFFF0;",
    "&lt",
    "&\u{e9};",
];
/// Octets that are no UTF-8.
pub(crate) const BAD_OCTETS: &[&[u8]] = &[
    b"\x80",
    b"\xbf",
    b"\xc0\x80",
    b"\xc0\xaf",
    b"\xc1\xbf",
    b"\xe0\x80\xaf",
    b"\xe0\x9f\xbf",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf0\x80\x80\xaf",
    b"\xf0\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xff",
    b"\xfe",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xc3",
    b"\xf8\x88\x80\x80\x80",
];
/// What XMPP leaves out of XML, most of which expat takes.
const RESTRICTED: &[&str] = &[
    "<!-- c -->",
    "<!---->",
    "<!-- a - b -->",
    "<?php echo ?>",
    "<?x?>",
    "<?xml-style a='b'?>",
    "<!-- <a> & ]]> -->",
    "<!--c",
    "<!-- -- -->",
    "<?XML ?>",
    "<?xml version='1.0'?>",
    "<?a:b ?>",
    "<? x?>",
    "<?x",
];
const PROLOGS: &[&str] = &[
    "<?xml version='1.0'?>",
    "<?xml version=\"1.0\" encoding='UTF-8'?>",
    "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n",
    "<?xml\tversion = '1.0'\n?>\n",
    " ",
    "\r\n",
    "",
];
const ODD_PROLOGS: &[&str] = &[
    "<?xml version='1.1'?>",
    "<?xml version='1.0' encoding='latin1'?>",
    "<?xml version='1.0' encoding='utf-16'?>",
    "<?xml?>",
    " <?xml version='1.0'?>",
    "<?xml version='1.0' standalone='maybe'?>",
    "<?xml encoding='utf-8'?>",
    "\u{feff}",
    "<!DOCTYPE a>",
    "<!DOCTYPE a [<!ENTITY e 'f'>]>",
    "<!-- c -->",
    "<?x y?>",
    "x",
    "<![CDATA[]]>",
    "&#32;",
    "<?xml version='1.0'><",
    "<!DOCTYPE",
    "<?xml version='1.0' ?><?xml version='1.0'?>",
    "<?xml version='1.0\"?>",
    "<?xml version='1.0'encoding='utf-8'?>",
    "<!DOCTYPE a [<!ATTLIST a b CDATA 'd'>]>\n",
    "<?xml version='1.0' encoding='us-ascii'?>",
];

struct Writer<'d> {
    dice: &'d mut Dice,
    out: Vec<u8>,
    /// Prefixes that are declared.
    scope: Vec<&'static str>,
}

impl Writer<'_> {
    fn add(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Whether something that seldom happens happens now: what makes most texts ill-formed.
    fn seldom(&mut self) -> bool {
        self.dice.below(160) == 0
    }

    fn prolog(&mut self) {
        let odd = self.dice.percent(12);
        let text = self.dice.pick(if odd { ODD_PROLOGS } else { PROLOGS });
        self.add(text);
    }

    /// White space, where it may stand or not.
    fn space(&mut self, percent: usize) {
        if self.dice.percent(percent) {
            let text = self.dice.pick(&[" ", "\t", "\r", "\n", "\r\n", "  \t\n", "          "]);
            self.add(text);
        }
    }

    /// Shifts what follows to any place within two blocks.
    fn padding(&mut self) {
        if self.dice.percent(50) {
            let len = self.dice.below(131);
            let octet = self.dice.pick(b" \n\t\r");
            self.out.extend(std::iter::repeat_n(octet, len));
        }
    }

    fn name(&mut self) -> String {
        let local = if self.seldom() {
            self.dice.pick(BAD_NAMES)
        } else if self.dice.percent(2) {
            LONG
        } else {
            self.dice.pick(NAMES)
        };
        if self.dice.percent(30) {
            let stray = self.seldom();
            let prefix = if stray { self.dice.pick(PREFIXES) } else { self.dice.pick(&self.scope) };
            return format!("{prefix}:{local}");
        }
        if self.seldom() { format!("xmlns:{local}") } else { local.to_owned() }
    }

    fn element(&mut self, depth: usize) {
        let known = self.scope.len();
        let mut attributes = Vec::new();
        for _ in 0..self.dice.pick(&[0, 0, 0, 1, 1, 2]) {
            let prefix = self.dice.pick(PREFIXES);
            let odd = self.seldom();
            let ns = if odd || self.dice.percent(2) { self.dice.pick(RESERVED) } else { self.dice.pick(SPACES) };
            let name = match () {
                () if odd && self.dice.percent(30) => {
                    self.dice.pick(&["xmlns:xml", "xmlns:xmlns", "xmlns:"]).to_owned()
                }
                () if self.dice.percent(40) => "xmlns".to_owned(),
                () if !odd && ns.is_empty() => "xmlns".to_owned(),
                () => {
                    self.scope.push(prefix);
                    format!("xmlns:{prefix}")
                }
            };
            attributes.push((name, ns.to_owned()));
        }
        if self.dice.percent(2) {
            attributes.push(("xmlns:xml".to_owned(), RESERVED[1].to_owned()));
        }
        for _ in 0..self.dice.pick(&[0, 0, 1, 1, 2, 3, 5, 12]) {
            attributes.push((self.name(), self.value()));
        }
        let keep_duplicates = self.dice.percent(3);
        if !keep_duplicates {
            // By local name, so that no two prefixes for one namespace collide.
            let local =
                |name: &str| name.strip_prefix("xmlns").unwrap_or(name).rsplit(':').next().unwrap_or("").to_owned();
            let mut seen = Vec::new();
            attributes.retain(|(name, _)| {
                let key = (name.starts_with("xmlns"), local(name));
                let fresh = !seen.contains(&key);
                seen.push(key);
                fresh
            });
        }
        for _ in 0..attributes.len() {
            let (one, other) = (self.dice.below(attributes.len()), self.dice.below(attributes.len()));
            attributes.swap(one, other);
        }
        let name = self.name();
        self.add("<");
        self.add(&name);
        self.attributes(&attributes);
        self.space(10);
        if self.dice.percent(25) {
            self.add("/>");
        } else {
            self.add(">");
            self.content(depth);
            self.add("</");
            self.add(&name);
            self.space(5);
            self.add(">");
        }
        self.scope.truncate(known);
    }

    fn attributes(&mut self, attributes: &[(String, String)]) {
        for (name, value) in attributes {
            if !self.seldom() {
                let space = if self.dice.percent(85) { " " } else { self.dice.pick(&["\n", "\t", "\r\n", "   "]) };
                self.add(space);
            }
            self.add(name);
            self.space(5);
            self.add("=");
            self.space(5);
            let quote = if self.dice.percent(50) { "'" } else { "\"" };
            let other = if quote == "'" { "&apos;" } else { "&quot;" };
            let value = value.replace(quote, other);
            self.add(quote);
            self.add(&value);
            if !self.seldom() {
                self.add(quote);
            }
        }
    }

    fn value(&mut self) -> String {
        let mut value = String::new();
        if self.dice.percent(3) {
            value.push_str(&self.dice.pick(&["v", "é"]).repeat(self.dice.below(131)));
        }
        for _ in 0..self.dice.pick(&[0, 1, 1, 2, 4]) {
            value.push_str(if self.seldom() { self.dice.pick(BAD_TEXTS) } else { self.dice.pick(TEXTS) });
        }
        if self.dice.percent(5) {
            value.push_str(&"v".repeat(self.dice.below(131)));
        }
        if self.seldom() {
            value.push('<');
        }
        if self.dice.percent(2) { value + "]]>" } else { value }
    }

    fn content(&mut self, depth: usize) {
        for _ in 0..self.dice.pick(&[0, 1, 1, 2, 3]) {
            match self.dice.below(10) {
                0..4 if depth > 0 => self.element(depth - 1),
                4 => self.cdata(),
                5 if self.seldom() => {
                    let text = self.dice.pick(RESTRICTED);
                    self.add(text);
                }
                _ => self.text(),
            }
        }
    }

    fn text(&mut self) {
        if self.dice.percent(5) {
            let text = self.dice.pick(&["t", "]", "é"]).repeat(self.dice.below(131));
            self.add(&text);
        }
        for _ in 0..self.dice.pick(&[1, 1, 2, 3, 6]) {
            if self.seldom() {
                if self.dice.percent(50) {
                    let octets = self.dice.pick(BAD_OCTETS);
                    self.out.extend_from_slice(octets);
                } else {
                    let text = self.dice.pick(BAD_TEXTS);
                    self.add(text);
                }
            }
            let text = self.dice.pick(TEXTS);
            self.add(text);
        }
        if self.dice.percent(5) {
            let text = "t".repeat(self.dice.below(131));
            self.add(&text);
        }
        if self.seldom() {
            self.add("]]>");
        }
    }

    fn cdata(&mut self) {
        self.add("<![CDATA[");
        if self.dice.percent(10) {
            let text = self.dice.pick(&["t", "]", "é"]).repeat(self.dice.below(131));
            self.add(&text);
        }
        for _ in 0..self.dice.below(4) {
            let text = match self.dice.below(8) {
                0 => self.dice.pick(&["<a>", "&", "]] >", "<![CDATA[", "</a>", "]]", "<!--"]),
                _ => self.dice.pick(TEXTS),
            };
            // `]]` before the `>` of the end is part of the section, `]]>` its end: both are fine.
            self.add(text);
        }
        self.add("]]>");
    }
}
