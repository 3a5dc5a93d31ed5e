#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use super::*;

fn parts(text: &str) -> Result<(Option<String>, String, Option<String>), Error> {
    let jid = JidBuf::parse(text)?;
    let jid = jid.as_jid();
    Ok((jid.local().map(Into::into), jid.domain().into(), jid.resource().map(Into::into)))
}

fn refusal(text: &str) -> (Part, Reason) {
    let error = JidBuf::parse(text).unwrap_err();
    (error.part, error.reason)
}

fn prepared(text: &str) -> String {
    JidBuf::parse(text).unwrap().as_str().into()
}

#[test]
fn j01_splits_at_the_first_slash_then_at_the_first_at() {
    let some = |text: &str| Some(String::from(text));
    assert_eq!(parts("example.com"), Ok((None, "example.com".into(), None)));
    assert_eq!(parts("a@b"), Ok((some("a"), "b".into(), None)));
    assert_eq!(parts("a@b/c@d/e"), Ok((some("a"), "b".into(), some("c@d/e"))));
    assert_eq!(parts("b/c@d"), Ok((None, "b".into(), some("c@d"))));
    assert_eq!(refusal("a@b@c"), (Part::Domain, Reason::Name));
}

#[test]
fn j01_empty_parts() {
    assert_eq!(refusal(""), (Part::Domain, Reason::Empty));
    assert_eq!(refusal("/r"), (Part::Domain, Reason::Empty));
    assert_eq!(refusal("a@"), (Part::Domain, Reason::Empty));
    assert_eq!(refusal("."), (Part::Domain, Reason::Empty));
    assert_eq!(refusal("@b"), (Part::Local, Reason::Empty));
    assert_eq!(refusal("b/"), (Part::Resource, Reason::Empty));
}

#[test]
fn j01_lengths_at_the_edge() {
    let longest = "a".repeat(MAX_PART);
    let over = "a".repeat(MAX_PART + 1);
    assert_eq!(prepared(&format!("{longest}@b/{longest}")).len(), 2 * MAX_PART + 3);
    assert_eq!(refusal(&format!("{over}@b")), (Part::Local, Reason::TooLong));
    assert_eq!(refusal(&format!("b/{over}")), (Part::Resource, Reason::TooLong));
    assert_eq!(refusal(&format!("{}@b", over.to_uppercase())), (Part::Local, Reason::TooLong));
}

#[test]
fn j02_excluded_characters() {
    for excluded in ['"', '&', '\'', ':', '<', '>', ' ', '\u{7f}', '\n'] {
        let text = format!("a{excluded}b@example.com");
        assert_eq!(refusal(&text), (Part::Local, Reason::Disallowed), "{excluded:?}");
        assert!(Jid::prepared(&text).is_none());
    }
    for excluded in ['@', '/'] {
        let error = JidBuf::new(Some(&format!("a{excluded}b")), "example.com", None).unwrap_err();
        assert_eq!((error.part, error.reason), (Part::Local, Reason::Disallowed));
    }
}

#[test]
fn j03_resource_keeps_case_and_spaces() {
    assert_eq!(prepared("A@B/ My Phone "), "a@b/ My Phone ");
    assert_eq!(refusal("a@b/\t"), (Part::Resource, Reason::Disallowed));
}

#[test]
fn j04_names() {
    assert_eq!(prepared("Example.COM."), "example.com");
    assert_eq!(prepared("a.1.b-c"), "a.1.b-c");
    assert_eq!(prepared("127.0.0.1"), "127.0.0.1");
    for bad in
        ["a..b", ".a", "a..", "-a", "a-", "a.-b", "ab--c", "AB--C", "a_b", "a b", "a:1", "a,b", "*", "a]", "::1", "a\0"]
    {
        assert_eq!(refusal(bad), (Part::Domain, Reason::Name), "{bad:?}");
    }
}

#[test]
fn j04_dns_limits() {
    let label = "a".repeat(63);
    let name = [&*label, &label, &label, &"a".repeat(61)].join(".");
    assert_eq!(name.len(), 253);
    assert_eq!(prepared(&label), label);
    assert_eq!(prepared(&name), name);
    assert_eq!(prepared(&format!("{name}.")), name);
    assert_eq!(prepared(&name.to_uppercase()), name);
    for bad in [format!("{label}a"), format!("{name}a"), format!("{}A", label), format!("{name}A")] {
        assert_eq!(refusal(&bad), (Part::Domain, Reason::Name), "{bad}");
    }
}

#[test]
fn j04_address_literals_keep_their_spelling() {
    for good in ["[::1]", "[2001:DB8::0001]", "[::ffff:192.0.2.1]"] {
        assert_eq!(prepared(good), good);
        assert!(Jid::prepared(good).is_some());
    }
    assert_eq!(prepared("A@[::1]./r"), "a@[::1]/r");
    for bad in ["[", "[]", "[::1", "[127.0.0.1]", "[::1]:5222", "[fe80::1%eth0]", "[example.com]", "[[::1]]"] {
        assert_eq!(refusal(bad), (Part::Domain, Reason::Address), "{bad}");
    }
}

#[test]
fn j05_equal_if_prepared_forms_are() {
    let [a, b] = ["Juliet@Example.com./x", "juliet@example.com/x"].map(|text| JidBuf::parse(text).unwrap());
    assert_eq!(a, b);
    assert_eq!(a.as_jid(), b);
    assert_eq!(a.as_jid().bare(), Jid::prepared("juliet@example.com").unwrap());
    assert_ne!(a.as_jid(), a.as_jid().bare());
    assert_ne!(a, JidBuf::parse("juliet@example.com/X").unwrap());

    let map = HashMap::from([(a, 1)]);
    assert_eq!(map.get("juliet@example.com/x"), Some(&1));
    assert_eq!(map.get(b.as_str()), Some(&1));
}

#[test]
fn prepared_borrows_exactly_what_parse_leaves_alone() {
    let pieces = ["", "a", "A", ".", "-", "_", "@", "/", "[::1]", " ", "\u{7f}", "b--", "xn--", "0", "é", "\\"];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                for fourth in pieces {
                    let text = [first, second, third, fourth].concat();
                    let unchanged = JidBuf::parse(&text).is_ok_and(|jid| jid.as_str() == text);
                    assert_eq!(Jid::prepared(&text).is_some(), unchanged && text.is_ascii(), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn resources_are_replaced_prepared() {
    let jid = Jid::prepared("a@b/c").unwrap();
    assert_eq!(jid.with_resource("d/e").unwrap().as_str(), "a@b/d/e");
    assert_eq!(jid.bare().with_resource("d").unwrap().as_str(), "a@b/d");
    assert_eq!(Jid::prepared("b").unwrap().with_resource("d").unwrap().as_jid().resource(), Some("d"));
    assert_eq!(jid.with_resource("").unwrap_err().reason, Reason::Empty);
    assert!(jid.is_full() && !jid.is_bare() && jid.bare().is_bare() && !jid.bare().is_full());
}

#[test]
fn errors_read_as_sentences() {
    assert_eq!(JidBuf::parse("@b").unwrap_err().to_string(), "the localpart is empty");
    assert_eq!(JidBuf::parse("[b]").unwrap_err().to_string(), "the domainpart is in brackets but not an IPv6 address");
}

#[test]
fn escapes_only_what_would_be_misread() {
    assert_eq!(escape(r"\2F").as_deref(), Some(r"\5c2F"), "preparing would make it an escape");
    assert_eq!(escape(r"\+2 \2").as_deref(), Some(r"\+2\20\2"));
    assert_eq!(escape("trailing "), None);
    assert!(matches!(escape(r"plain\name"), Some(Cow::Borrowed(_))));
}

#[test]
fn unescapes_what_escape_wrote_and_nothing_else() {
    assert_eq!(unescape(r"\5c20"), r"\20", "read once, not twice");
    assert_eq!(unescape(r"\5C\2f"), r"\/");
    assert_eq!(unescape(r"\20a\20b\20"), r"\20a b\20", "no name begins or ends with a space");
    assert_eq!(unescape(r"\é\2"), r"\é\2", "cut in the middle of a character");
    assert!(matches!(unescape(r"a\41"), Cow::Borrowed(_)));
    for name in ["", "\\", r"\5c5c", r"a\20 \5c\\", "é@\\\\3a"] {
        assert_eq!(unescape(&escape(name).unwrap()), name);
    }
}

#[cfg(not(feature = "idna"))]
#[test]
fn text_outside_ascii_is_never_passed_raw() {
    assert_eq!(refusal("é@b"), (Part::Local, Reason::Unsupported));
    assert_eq!(refusal("a@é"), (Part::Domain, Reason::Unsupported));
    assert_eq!(refusal("XN--9ca.example"), (Part::Domain, Reason::Unsupported));
    assert_eq!(refusal("b/é"), (Part::Resource, Reason::Unsupported));
    let said = JidBuf::parse("é@b").unwrap_err().to_string();
    assert!(said.starts_with("the localpart is not ASCII") && said.contains("feature idna"), "{said}");
}

#[cfg(feature = "idna")]
mod wide {
    use super::*;

    #[test]
    fn j01_no_part_is_cut_to_fit() {
        // U+00E9 has two octets, so 1022 end on its edge and 1023 would cut it.
        let two = "é".repeat(511);
        assert_eq!(prepared(&format!("{two}@b/{two}")).len(), 2 * 1022 + 3);
        assert_eq!(prepared(&format!("{two}a@b/{two}a")).len(), 2 * 1023 + 3);
        assert_eq!(refusal(&format!("{two}é@b")), (Part::Local, Reason::TooLong));
        assert_eq!(refusal(&format!("b/a{two}é")), (Part::Resource, Reason::TooLong));
    }

    #[test]
    fn j01_lengths_count_in_prepared_form() {
        assert_eq!(prepared(&format!("{}@b", "Ａ".repeat(MAX_PART))).len(), MAX_PART + 2);
        assert_eq!(refusal(&format!("{}@b", "Ａ".repeat(MAX_PART + 1))), (Part::Local, Reason::TooLong));
        assert_eq!(prepared(&format!("{}@b", "ｕ\u{308}\u{304}".repeat(511))).len(), 1022 + 2);
        // U+023A has two octets, its lower case three.
        assert_eq!(refusal(&format!("{}@b", "\u{23a}".repeat(342))), (Part::Local, Reason::TooLong));
    }

    #[test]
    fn j02_excluded_characters_after_mapping() {
        for wide in ["＠", "／", "＜", "＞", "＆", "＂", "＇", "："] {
            assert_eq!(refusal(&format!("a{wide}@b")), (Part::Local, Reason::Disallowed), "{wide}");
        }
    }

    #[test]
    fn j04_unicode_names() {
        assert_eq!(prepared("Faß.Example."), "faß.example");
        assert_eq!(prepared("ÖKO.de"), "öko.de");
        assert_eq!(prepared("xn--ko-eka.de"), "öko.de");
        assert_eq!(prepared("XN--KO-EKA.de"), "öko.de");
        assert_eq!(prepared("ｅｘａｍｐｌｅ.com"), "example.com");
        assert_eq!(prepared("例え。テスト"), "例え.テスト");
        assert_eq!(prepared("l·l.cat"), "l·l.cat");
        for bad in [
            "☃.net",
            "♥",
            "a·l",
            "a・b",
            "a\u{200d}b",
            "a\u{378}",
            "אa",
            "\u{301}a",
            "é-",
            "-é",
            "éé--é",
            "é_",
            "é é",
            "é:1",
            "é..b",
            "é.。",
            "a＠é",
            "a／é",
            "é\u{ad}..",
            "xn--",
            "xn---",
            "xn--a",
            "xn--a-",
            "xn--abc-",
            "xn--ASCII-",
            "xn--n3h",
            "xn--example-",
            "xn--\u{e9}",
            "xn--xn--ko-eka-",
            "a٠۰",
        ] {
            assert_eq!(refusal(&format!("{bad}.org")), (Part::Domain, Reason::Name), "{bad:?}");
        }
    }

    #[test]
    fn j04_ascii_labels_are_judged_as_among_unicode_ones() {
        let mut names = vec![String::new()];
        for _ in 0..6 {
            let longer: Vec<_> =
                names.iter().flat_map(|name| ["a", "-", "."].map(|next| name.to_owned() + next)).collect();
            for name in &longer {
                let mixed = format!("{name}.é");
                assert_eq!(domain::is_prepared(name), domain::prepare(&mixed).as_deref() == Ok(&*mixed), "{name:?}");
            }
            names = longer;
        }
    }

    #[test]
    fn j04_dns_limits_count_in_ascii_form() {
        // 57 times U+00E9 are 114 octets here and a label of 63 in ASCII form.
        let label = |letters| "é".repeat(letters);
        assert_eq!(prepared(&label(57)), label(57));
        assert_eq!(refusal(&label(58)), (Part::Domain, Reason::Name));
        // 55 make a label of 61, and with three of 63 a name of 253.
        let name = |last| [label(57), label(57), label(57), label(last)].join(".");
        assert_eq!(prepared(&name(55)), name(55));
        assert_eq!(refusal(&name(56)), (Part::Domain, Reason::Name));
    }

    #[test]
    fn j05_twins_are_equal() {
        for (one, other) in [
            ("a@xn--ko-eka.de", "a@öko.de"),
            ("a@o\u{308}ko.de", "a@öko.de"),
            ("Ａ@b", "a@b"),
            ("e\u{301}@b/e\u{301}", "é@b/é"),
            ("b/\u{a0}", "b/ "),
        ] {
            assert_eq!(JidBuf::parse(one), JidBuf::parse(other));
            assert!(JidBuf::parse(one).is_ok());
        }
    }

    #[test]
    fn j05_every_code_point_in_a_name_is_stable_or_refused() {
        for c in ('\u{80}'..'\u{34000}').chain('\u{e0000}'..'\u{e0200}') {
            let Ok(once) = domain::prepare(c.encode_utf8(&mut [0; 4])).map(Cow::into_owned) else { continue };
            assert_eq!(domain::prepare(&once).as_deref(), Ok(&*once), "{c:?}");
        }
    }

    #[test]
    fn j01_what_cannot_fit_is_refused_without_a_look() {
        let far = "\u{ad}".repeat(MAX_INPUT);
        assert_eq!(refusal(&format!("{far}@b")), (Part::Local, Reason::TooLong));
        assert_eq!(refusal(&far), (Part::Domain, Reason::TooLong));
        assert_eq!(refusal(&format!("b/{far}")), (Part::Resource, Reason::TooLong));
    }
}
