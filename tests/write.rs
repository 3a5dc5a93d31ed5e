//! The writer seen from outside: what it wrote, read again.
#![allow(clippy::unwrap_used)]

mod reader;

use std::path::Path;

use reader::{Step, steps, with_stanzas};
use tercet::Limits;
use tercet::ns::name;
use tercet::stream::{Input, Parser, Unit};
use tercet::write::{
    Error, ErrorType, Forward, StanzaCondition, Writer, error_reply, forward, forward_without, iq_error, iq_result,
    stream_close, stream_header,
};

const CLIENT: &str = "xmlns='jabber:client'";
const SERVER: &str = "xmlns='jabber:server'";
const XML_NS: &str = "http://www.w3.org/XML/1998/namespace";

/// A file of third-party cases, or nothing where this checkout came without them; then it says so past the capture of
/// test output, so that nobody takes the silence for success.
fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(file);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        use std::io::Write as _;
        writeln!(std::io::stderr(), "skipped: {} is not here", path.display()).expect("a standard error");
    }
    text
}

#[test]
fn z05_conditions_and_types_are_those_of_the_rfc() {
    let Some(text) = shared("vectors/rfc6120-errors.json") else { return };
    let facts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let facts = &facts["stanza_errors"];
    let names = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&facts["types"]), ErrorType::ALL.map(ErrorType::name));

    let conditions = facts["conditions"].as_array().unwrap();
    let known: Vec<_> = StanzaCondition::ALL.iter().map(|condition| condition.name()).collect();
    assert_eq!(conditions.iter().map(|fact| fact["name"].as_str().unwrap()).collect::<Vec<_>>(), known);
    for (fact, condition) in conditions.iter().zip(StanzaCondition::ALL) {
        let types = names(&fact["types"]);
        assert!(types.contains(&condition.default_type().name().to_owned()), "{}", condition.name());
    }
}

/// Numbers that look random and are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A string that XML can carry, made of what is hard to carry.
    fn string(&mut self) -> String {
        const HARD: &[&str] = &[
            "]]>",
            "]]",
            "'",
            "\"",
            "<",
            ">",
            "&",
            "&amp;",
            "&#0;",
            "&lt;",
            "<!--",
            "<![CDATA[",
            "<?x?>",
            "</a>",
            "/>",
            "\r",
            "\n",
            "\r\n",
            "\t",
            " ",
            "  ",
            "=",
            "xmlns='",
            "a",
            "body",
            "\u{7F}",
            "\u{85}",
            "\u{2028}",
            "é",
            "日本",
            "😀",
            "\u{FFFD}",
            "\u{FF0C}",
            "\u{D7FF}",
            "\u{E000}",
            "\u{10FFFF}",
        ];
        (0..self.below(6)).map(|_| self.pick(HARD)).collect()
    }

    /// A tree of a few elements in document order.
    fn tree(&mut self) -> Vec<Step> {
        let mut tree = vec![self.element("jabber:client")];
        let mut depth = 1;
        for _ in 0..self.below(20) {
            match (self.below(4), tree.last()) {
                (0, _) if depth > 1 => {
                    tree.push(Step::Close);
                    depth -= 1;
                }
                (1, Some(Step::Text(_))) => {}
                (1, _) => {
                    let text = self.string();
                    tree.extend((!text.is_empty()).then_some(Step::Text(text)));
                }
                _ => {
                    let ns = self.namespace();
                    tree.push(self.element(&ns));
                    depth += 1;
                }
            }
        }
        tree.extend((0..depth).map(|_| Step::Close));
        tree
    }

    fn namespace(&mut self) -> String {
        const KNOWN: &[&str] =
            &["", "jabber:client", "jabber:server", "http://etherx.jabber.org/streams", "urn:x", XML_NS];
        if self.below(4) == 0 { format!("urn:{}", self.string()) } else { self.pick(KNOWN).to_owned() }
    }

    fn element(&mut self, ns: &str) -> Step {
        const NAMES: &[&str] = &["message", "a", "é", "x-y.z", "xmlns", "stream"];
        let mut attrs = Vec::new();
        for _ in 0..self.below(5) {
            let ns = self.namespace();
            let local = self.pick(&["from", "id", "a", "lang"]);
            if !attrs.iter().any(|(other_ns, other, _)| *other_ns == ns && other == local) {
                attrs.push((ns, local.to_owned(), self.string()));
            }
        }
        attrs.sort();
        Step::Open(ns.to_owned(), self.pick(NAMES).to_owned(), attrs)
    }
}

fn written(tree: &[Step]) -> Result<String, Error> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    for step in tree {
        match step {
            Step::Open(ns, local, attrs) => {
                writer.open_ns(ns, local);
                for (ns, local, value) in attrs {
                    writer.attr_ns(ns, local, value);
                }
            }
            Step::Text(text) => _ = writer.text(text),
            Step::Close => _ = writer.close(),
        }
    }
    writer.finish()?;
    Ok(String::from_utf8(out).unwrap())
}

/// `change` done to the only stanza in `xml`, which came on a stream with the declarations `header`.
fn forwarded(header: &str, xml: &str, change: Forward<'_>) -> Result<String, Error> {
    let mut out = Vec::new();
    let mut result = Err(Error::Unbalanced);
    with_stanzas(header, xml, |stanza| result = forward(&mut out, &stanza, change));
    result.map(|()| String::from_utf8(out).unwrap())
}

#[test]
fn any_string_in_any_position_reads_back() {
    let mut random = Random(0x5EED);
    for round in 0..5_000 {
        let tree = random.tree();
        let xml = written(&tree).unwrap();
        assert_eq!(steps(CLIENT, &xml), tree, "round {round}: {xml}");
    }
}

#[test]
fn a_forbidden_character_anywhere_leaves_no_byte() {
    let mut random = Random(0xBAD);
    let forbidden = ['\0', '\u{1}', '\u{8}', '\u{B}', '\u{C}', '\u{E}', '\u{1F}', '\u{FFFE}', '\u{FFFF}'];
    for _ in 0..2_000 {
        let mut tree = random.tree();
        let at = random.below(tree.len());
        let bad = forbidden[random.below(forbidden.len())];
        match &mut tree[at] {
            Step::Open(ns, ..) => *ns = format!("urn:{bad}"),
            Step::Text(text) => text.push(bad),
            Step::Close => tree.insert(at, Step::Text(bad.to_string())),
        }
        assert_eq!(written(&tree), Err(Error::ForbiddenCharacter(bad)), "{tree:?}");
    }
}

#[test]
fn a_stream_header_reads_back() {
    let mut random = Random(0x11EAD);
    for _ in 0..500 {
        let (to, lang, content_ns) = (random.string(), random.string(), format!("urn:{}", random.string()));
        let mut out = Vec::new();
        stream_header(&mut out, &content_ns, |header| _ = header.attr("to", &to).lang(&lang)).unwrap();
        stream_close(&mut out).unwrap();

        let mut input = Input::new();
        let mut feed = input.with(&out);
        let mut parser = Parser::stream(Limits::NONE);
        let Some(Unit::Header(header)) = parser.next(&mut feed).unwrap() else { panic!("no header") };
        assert!(header.element().is(name::STREAM));
        assert_eq!(header.to().unwrap().decode(), to);
        assert_eq!(header.lang().unwrap().decode(), lang);
        let default_ns = header.declarations().find(|(prefix, _)| prefix.is_empty()).unwrap().1;
        assert_eq!(default_ns.decode(), content_ns);
        assert!(matches!(parser.next(&mut feed), Ok(Some(Unit::Close))));
    }
}

#[test]
fn a_copied_element_means_the_same() {
    let mut random = Random(0xC0B1);
    for _ in 0..2_000 {
        let tree = random.tree();
        let xml = written(&tree).unwrap();
        with_stanzas(CLIENT, &xml, |stanza| {
            let mut out = Vec::new();
            let mut writer = Writer::new(&mut out);
            writer.open(name::IQ).element(stanza.root()).close();
            writer.finish().unwrap();
            let copied = steps(CLIENT, std::str::from_utf8(&out).unwrap());
            assert_eq!(copied.get(1..copied.len() - 1), Some(tree.as_slice()));
        });
    }
}

#[test]
fn a_copied_element_has_prefixes_references_and_cdata_resolved() {
    let cases = [
        ("<x/>", "<x/>"),
        (
            "<p:x p:a='1' a=\"2'\"><y/></p:x>",
            "<x xmlns='urn:p' xmlns:ns1='urn:p' ns1:a='1' a='2&apos;'><y xmlns='jabber:client'/></x>",
        ),
        ("<x><![CDATA[<&]]>&#x41;\r\n</x>", "<x>&lt;&amp;A\n</x>"),
        ("<x a='&#10;\n&quot;'/>", "<x a='&#10; &quot;'/>"),
        ("<x xmlns=''><p:y xmlns:p='urn:q'/></x>", "<x xmlns=''><y xmlns='urn:q'/></x>"),
        ("<stream:x xml:lang='en'/>", "<stream:x xml:lang='en'/>"),
    ];
    for (xml, expected) in cases {
        let mut out = Vec::new();
        with_stanzas("xmlns='jabber:client' xmlns:p='urn:p'", xml, |stanza| {
            let mut writer = Writer::new(&mut out);
            writer.element(stanza.root());
            writer.finish().unwrap();
        });
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{xml}");
    }
}

#[test]
fn copying_does_not_recurse() {
    let depth = 100_000;
    let xml = "<a>".repeat(depth) + &"</a>".repeat(depth);
    let mut length = 0;
    with_stanzas(CLIENT, &xml, |stanza| {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        writer.element(stanza.root());
        writer.finish().unwrap();
        length = out.len();
    });
    assert_eq!(length, xml.len() + 1 - "</a>".len());
}

#[test]
fn forward_keeps_every_byte_but_what_changes() {
    let change = Forward { from: Some("a@x/r"), ..Forward::default() };
    let both = Forward { from: Some("a@x/r"), to: Some("b@y"), ..Forward::default() };
    let cases = [
        (
            change,
            "<message from='evil' to=\"b\" ><body>&#65;<![CDATA[<]]></body ></message>",
            "<message from='a@x/r' to=\"b\" ><body>&#65;<![CDATA[<]]></body ></message>",
        ),
        (change, "<presence/>", "<presence from='a@x/r'/>"),
        (change, "<presence\n  id='1'></presence>", "<presence from='a@x/r'\n  id='1'></presence>"),
        (change, "<iq id='1' from = \"x\"/>", "<iq id='1' from = \"a@x/r\"/>"),
        (change, "<iq from=''/>", "<iq from='a@x/r'/>"),
        (both, "<iq to='q' id='1' from='p'/>", "<iq to='b@y' id='1' from='a@x/r'/>"),
        (both, "<iq from='p' id='1' to='q'/>", "<iq from='a@x/r' id='1' to='b@y'/>"),
        (
            both,
            "<iq id='from'><x from='p' to='q'/></iq>",
            "<iq from='a@x/r' to='b@y' id='from'><x from='p' to='q'/></iq>",
        ),
        (Forward::default(), "<iq from='p' to='q'/>", "<iq from='p' to='q'/>"),
        (change, "<message xmlns='jabber:client' from='p'/>", "<message xmlns='jabber:client' from='a@x/r'/>"),
        (
            change,
            "<message><p:x xmlns:p='urn:own' p:from='1'/></message>",
            "<message from='a@x/r'><p:x xmlns:p='urn:own' p:from='1'/></message>",
        ),
    ];
    for (change, xml, expected) in cases {
        assert_eq!(forwarded("xmlns='jabber:client' xmlns:p='urn:p'", xml, change).unwrap(), expected);
    }
}

#[test]
fn a_forwarded_tree_is_the_same_but_for_what_changes() {
    let mut random = Random(0xF0E);
    for round in 0..3_000 {
        let mut tree = random.tree();
        let xml = written(&tree).unwrap();
        let (from, to) = (random.string(), random.string());
        let choose = |random: &mut Random| random.below(3) > 0;
        let change = Forward {
            from: choose(&mut random).then_some(&*from),
            to: choose(&mut random).then_some(&*to),
            content_ns: choose(&mut random).then_some("jabber:client"),
            lang: None,
        };
        if let Step::Open(_, _, attrs) = &mut tree[0] {
            for (local, new) in [("from", change.from), ("to", change.to)] {
                let Some(new) = new else { continue };
                attrs.retain(|(ns, other, _)| !ns.is_empty() || other != local);
                attrs.push((String::new(), local.to_owned(), new.to_owned()));
            }
            attrs.sort();
        }
        let out = forwarded(CLIENT, &xml, change).unwrap();
        assert_eq!(steps(CLIENT, &out), tree, "round {round}: {xml}");
    }
}

#[test]
fn no_stream_has_a_reserved_namespace_as_its_content() {
    for (ns, may_be_default) in [
        ("http://www.w3.org/XML/1998/namespace", false),
        ("http://www.w3.org/2000/xmlns/", false),
        ("http://etherx.jabber.org/streams", true),
    ] {
        let mut out = b"kept".to_vec();
        let change = Forward { content_ns: Some(ns), ..Forward::default() };
        with_stanzas(CLIENT, "<message/>", |stanza| {
            assert_eq!(forward(&mut out, &stanza, change), Err(Error::BadNamespace), "{ns}");
        });
        assert_eq!(stream_header(&mut out, ns, |_| {}), if may_be_default { Ok(()) } else { Err(Error::BadNamespace) });
        assert_eq!(out.len() > 4, may_be_default, "{ns}");
    }
}

#[test]
fn a_stanza_that_cannot_be_sent_on_leaves_no_byte() {
    let bad = "a@x/\u{FFFF}";
    let changes = [
        Forward { from: Some(bad), ..Forward::default() },
        Forward { to: Some(bad), ..Forward::default() },
        Forward { lang: Some(bad), ..Forward::default() },
        Forward { from: Some("a@x"), to: Some(bad), content_ns: Some("jabber:server"), ..Forward::default() },
    ];
    for xml in ["<iq/>", "<iq from='p' to='q'/>", "<iq to='q' id='1' from='p'><x/></iq>"] {
        for change in changes {
            let mut out = b"kept".to_vec();
            with_stanzas(CLIENT, xml, |stanza| {
                assert_eq!(forward(&mut out, &stanza, change), Err(Error::ForbiddenCharacter('\u{FFFF}')), "{xml}");
            });
            assert_eq!(out, b"kept", "{xml}");
        }
    }
}

#[test]
fn a_forwarded_address_cannot_break_out() {
    for to in ["x' from='evil", "x\" from=\"evil", "x'/><iq", "<", "&", "a\tb"] {
        for xml in ["<iq to='q'/>", "<iq to=\"q\"/>", "<iq/>"] {
            let out = forwarded(CLIENT, xml, Forward { to: Some(to), ..Forward::default() }).unwrap();
            let expected =
                Step::Open("jabber:client".into(), "iq".into(), vec![(String::new(), "to".into(), to.into())]);
            assert_eq!(steps(CLIENT, &out), [expected, Step::Close]);
        }
    }
    let bad = Forward { from: Some("a\0"), ..Forward::default() };
    assert_eq!(forwarded(CLIENT, "<iq/>", bad), Err(Error::ForbiddenCharacter('\0')));
}

#[test]
fn x12_a_prefixed_stanza_is_never_sent_on() {
    let header = "xmlns='urn:other' xmlns:c='jabber:client'";
    assert_eq!(forwarded(header, "<c:message/>", Forward::default()), Err(Error::PrefixedStanza));
}

#[test]
fn x13_prefixes_of_the_stream_header_are_declared_again() {
    let header = "xmlns='jabber:client' xmlns:p='urn:p&amp;&apos;' xmlns:q='urn:q' xmlns:unused='urn:unused'";
    let out = forwarded(header, "<message><p:x q:a='1'><p:y/></p:x><x xml:lang='en'/></message>", Forward::default());
    let out = out.unwrap();
    assert_eq!(out.matches("xmlns:p='urn:p&amp;&apos;'").count(), 1, "{out}");
    assert_eq!(out.matches("xmlns:q='urn:q'").count(), 1, "{out}");
    assert!(!out.contains("unused"), "{out}");
    let expected = steps(header, "<message><p:x q:a='1'><p:y/></p:x><x xml:lang='en'/></message>");
    assert_eq!(steps(CLIENT, &out), expected);
}

#[test]
fn x13_content_namespace_is_that_of_the_stream_it_goes_to() {
    let change = Forward { from: Some("a@x/r"), content_ns: Some("jabber:server"), ..Forward::default() };
    let cases = [
        (
            "<message from='p' to=\"q\"><body>hi</body></message>",
            "<message from='a@x/r' to='q'><body>hi</body></message>",
        ),
        ("<iq xmlns='jabber:client'><error xmlns='jabber:client'/></iq>", "<iq from='a@x/r'><error/></iq>"),
        // A stanza inside a payload is data: it stays what it is.
        (
            "<message><f xmlns='urn:f'><message xmlns='jabber:client'><body/></message></f><body/></message>",
            "<message from='a@x/r'><f xmlns='urn:f'><message xmlns='jabber:client'><body/></message></f><body/></message>",
        ),
        (
            "<message><p:f><message/></p:f>text</message>",
            "<message from='a@x/r'><f xmlns='urn:p'><message xmlns='jabber:client'/></f>text</message>",
        ),
        (
            "<iq><error><a/><b><f xmlns='urn:f'/><c/></b><d/></error></iq>",
            "<iq from='a@x/r'><error><a/><b><f xmlns='urn:f'/><c/></b><d/></error></iq>",
        ),
        ("<other xmlns='urn:o' to='q'><y/></other>", "<other xmlns='urn:o' to='q' from='a@x/r'><y/></other>"),
    ];
    for (xml, expected) in cases {
        assert_eq!(forwarded("xmlns='jabber:client' xmlns:p='urn:p'", xml, change).unwrap(), expected);
    }
    let both = Forward { to: Some("b@y"), ..change };
    for xml in ["<iq to='q' x:to='1' id='1' xmlns:x='urn:x' from='p'/>", "<iq id='1' xmlns:x='urn:x' x:to='1'/>"] {
        let out = forwarded(CLIENT, xml, both).unwrap();
        let expected = "<iq from='a@x/r' id='1' to='b@y' x:to='1' xmlns:x='urn:x'/>";
        assert_eq!(steps(SERVER, &out), steps(SERVER, expected), "{out}");
    }
    let back = Forward { content_ns: Some("jabber:client"), ..Forward::default() };
    assert_eq!(forwarded(SERVER, "<message><body/></message>", back).unwrap(), "<message><body/></message>");
}

#[test]
fn x14_language_is_stamped_only_where_there_is_none() {
    for content_ns in [None, Some("jabber:server")] {
        let change = Forward { lang: Some("de"), content_ns, ..Forward::default() };
        let cases = [
            ("<message/>", "<message xml:lang='de'/>"),
            ("<message xml:lang='en'/>", "<message xml:lang='en'/>"),
            ("<message xml:lang=''/>", "<message xml:lang=''/>"),
            (
                "<message lang='en'><body xml:lang='fr'/></message>",
                "<message xml:lang='de' lang='en'><body xml:lang='fr'/></message>",
            ),
        ];
        for (xml, expected) in cases {
            let out = forwarded(CLIENT, xml, change).unwrap();
            let header = if content_ns.is_some() { SERVER } else { CLIENT };
            assert_eq!(steps(header, &out), steps(header, expected), "{out}");
        }
    }
}

#[test]
fn no_copy_of_a_stripped_child_survives() {
    let is_trusted = |child: tercet::stanza::Element<'_>| child.is_named("urn:xmpp:sid:0", "stanza-id");
    let forms = [
        "<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>",
        "<s:stanza-id/>",
        "<s:stanza-id><stanza-id xmlns='urn:xmpp:sid:0'/>deep</s:stanza-id>",
        "<x:stanza-id xmlns:x='urn:xmpp:&#115;id:0'></x:stanza-id>",
    ];
    let kept = "<stanza-id>of another namespace</stanza-id>";
    for copies in [0, 1, 2, 3, 1_000] {
        for content_ns in [None, Some("jabber:server")] {
            let children: String = (0..copies).map(|at| format!("{}{kept}&#65;", forms[at % forms.len()])).collect();
            let xml = format!("<message from='p'>{children}<body/></message>");
            let change = Forward { from: Some("a@x/r"), content_ns, ..Forward::default() };
            let mut out = Vec::new();
            with_stanzas("xmlns='jabber:client' xmlns:s='urn:xmpp:sid:0'", &xml, |stanza| {
                forward_without(&mut out, &stanza, change, is_trusted).unwrap();
            });
            let expected = format!("<message from='a@x/r'>{}<body/></message>", format!("{kept}A").repeat(copies));
            let header = if content_ns.is_some() { SERVER } else { CLIENT };
            assert_eq!(steps(header, std::str::from_utf8(&out).unwrap()), steps(header, &expected), "{copies}");
        }
    }
}

#[test]
fn forwarded_examples_of_the_xeps_mean_the_same() {
    let Some(text) = shared("corpus/xep-examples.jsonl") else { return };
    let header =
        "xmlns='jabber:client' xmlns:db='jabber:server:dialback' xmlns:sasl='urn:ietf:params:xml:ns:xmpp-sasl'";
    let change = Forward { from: Some("a@x/r"), ..Forward::default() };
    let mut forwarded = 0;
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        with_stanzas(header, record["xml"].as_str().unwrap(), |stanza| {
            if stanza.root().prefix().is_some() {
                return;
            }
            let mut out = Vec::new();
            forward(&mut out, &stanza, change).unwrap();
            let out = String::from_utf8(out).unwrap();
            let mut expected = steps(header, stanza.raw());
            let Some(Step::Open(_, _, attrs)) = expected.first_mut() else { panic!("no element") };
            attrs.retain(|(ns, local, _)| !(ns.is_empty() && local == "from"));
            attrs.push((String::new(), "from".into(), "a@x/r".into()));
            attrs.sort();
            assert_eq!(steps(CLIENT, &out), expected, "{out}");

            let mut copy = Vec::new();
            let mut writer = Writer::new(&mut copy);
            writer.element(stanza.root());
            writer.finish().unwrap();
            assert_eq!(steps(CLIENT, std::str::from_utf8(&copy).unwrap()), steps(header, stanza.raw()));
            forwarded += 1;
        });
    }
    assert!(forwarded > 2_500, "only {forwarded}");
}

#[test]
fn z04_no_answer_to_an_answer() {
    let unanswerable = [
        "<message type='error'/>",
        "<presence type='error'/>",
        "<iq type='error'/>",
        "<iq type='result'/>",
        "<iq type='&#101;rror'/>",
        "<features/>",
        "<message xmlns='urn:x'/>",
    ];
    for xml in unanswerable {
        let mut out = b"kept".to_vec();
        with_stanzas(CLIENT, xml, |stanza| {
            let answered = error_reply(&mut out, &stanza, ErrorType::Wait, StanzaCondition::Conflict, None);
            assert_eq!(answered, Ok(false), "{xml}");
        });
        assert_eq!(out, b"kept", "{xml}");
    }
}

#[test]
fn z05_error_keeps_the_id_and_swaps_the_addresses() {
    let cases = [
        (
            CLIENT,
            "<iq from='a@x/&apos;r' to='b@y' id='&lt;1' type='get'><query xmlns='urn:q'/></iq>",
            None,
            "<iq type='error' to='a@x/&apos;r' from='b@y' id='&lt;1'><error type='cancel'>\
             <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        ),
        (
            SERVER,
            "<message to='b@y'/>",
            Some("no & never"),
            "<message type='error' from='b@y'><error type='cancel'>\
             <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
             <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>no &amp; never</text></error></message>",
        ),
    ];
    for (header, xml, text, expected) in cases {
        let mut out = Vec::new();
        with_stanzas(header, xml, |stanza| {
            let condition = StanzaCondition::ItemNotFound;
            assert_eq!(error_reply(&mut out, &stanza, condition.default_type(), condition, text), Ok(true));
        });
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn iq_answers_without_the_request() {
    let mut out = Vec::new();
    iq_result(&mut out, None, "1", |iq| _ = iq.open(name::PING).close()).unwrap();
    iq_result(&mut out, Some("a@x"), "2", |_| {}).unwrap();
    assert_eq!(iq_result(&mut out, None, "3", |iq| _ = iq.open(name::PING)), Err(Error::Unbalanced));
    iq_error(&mut out, Some("a@x"), "4", StanzaCondition::Forbidden).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "<iq type='result' id='1'><ping xmlns='urn:xmpp:ping'/></iq><iq type='result' to='a@x' id='2'/>\
         <iq type='error' to='a@x' id='4'><error type='auth'>\
         <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    );
}
