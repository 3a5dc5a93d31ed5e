#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a21_ascii_keeps_case_where_the_profile_does() {
    assert_eq!(enforce(Profile::UsernameCaseMapped, "Juliet.C").unwrap(), "juliet.c");
    assert_eq!(enforce(Profile::UsernameCasePreserved, "Juliet.C").unwrap(), "Juliet.C");
    assert_eq!(enforce(Profile::OpaqueString, " Juliet C ").unwrap(), " Juliet C ");
}

#[test]
fn a21_ascii_class_is_exact() {
    for byte in 0..128_u8 {
        let text = char::from(byte).to_string();
        let printable = matches!(byte, b' '..=b'~');
        for (profile, allowed) in [
            (Profile::OpaqueString, printable),
            (Profile::UsernameCaseMapped, printable && byte != b' '),
            (Profile::UsernameCasePreserved, printable && byte != b' '),
        ] {
            match enforce(profile, &text) {
                Ok(_) => assert!(allowed, "{profile:?} {byte:#x}"),
                Err(error) => assert_eq!((allowed, error), (false, Error::Disallowed), "{profile:?} {byte:#x}"),
            }
        }
    }
}

#[test]
fn prepared_ascii_is_borrowed() {
    for profile in [Profile::OpaqueString, Profile::UsernameCaseMapped, Profile::UsernameCasePreserved] {
        assert!(matches!(enforce(profile, "juliet"), Ok(Cow::Borrowed("juliet"))));
    }
}

#[test]
fn a21_nothing_is_no_string() {
    for profile in [Profile::OpaqueString, Profile::UsernameCaseMapped, Profile::UsernameCasePreserved] {
        assert_eq!(enforce(profile, ""), Err(Error::Empty));
    }
}

#[cfg(not(feature = "idna"))]
#[test]
fn text_outside_ascii_is_never_passed_raw() {
    for profile in [Profile::OpaqueString, Profile::UsernameCaseMapped, Profile::UsernameCasePreserved] {
        assert_eq!(enforce(profile, "é"), Err(Error::Unsupported));
    }
    assert!(Error::Unsupported.to_string().contains("feature idna"));
}

#[cfg(feature = "idna")]
mod wide {
    use std::time::{Duration, Instant};

    use super::*;

    fn username(text: &str) -> Result<String, Error> {
        enforce(Profile::UsernameCaseMapped, text).map(Cow::into_owned)
    }

    fn opaque(text: &str) -> Result<String, Error> {
        enforce(Profile::OpaqueString, text).map(Cow::into_owned)
    }

    #[test]
    fn a21_mappings() {
        assert_eq!(username("Σίσυφος").unwrap(), "σίσυφος", "a final sigma stays");
        assert_eq!(username("ΣΑΣ").unwrap(), "σας", "case mapping knows where a word ends");
        assert_eq!(username("Ｊｕｌｉｅｔ").unwrap(), "juliet", "width is mapped");
        assert_eq!(username("e\u{301}").unwrap(), "é", "composed");
        assert_eq!(opaque("e\u{301}").unwrap(), "é", "composed");
        assert_eq!(opaque("Ｊ").unwrap(), "Ｊ", "width is kept");
        assert_eq!(opaque("foo\u{1680}bar").unwrap(), "foo bar", "spaces are one space");
        assert_eq!(opaque("Jack of ♦s").unwrap(), "Jack of ♦s");
    }

    #[test]
    fn prepared_text_is_borrowed() {
        assert!(matches!(enforce(Profile::UsernameCaseMapped, "père"), Ok(Cow::Borrowed(_))));
        assert!(matches!(enforce(Profile::OpaqueString, "Père"), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn classes_follow_unicode_past_their_tables() {
        // U+1F980 crab: Unicode 8; U+1E900 Adlam capital alif: Unicode 9; U+20C0 som sign: Unicode 14.
        assert_eq!(opaque("🦀").unwrap(), "🦀");
        assert_eq!(opaque("\u{20c0}").unwrap(), "\u{20c0}");
        assert_eq!(username("🦀"), Err(Error::Disallowed));
        assert_eq!(username("\u{1e900}").unwrap(), "\u{1e922}");
        // U+107A5 modifier letter small q: Unicode 14, with a compatibility mapping.
        assert_eq!(username("\u{107a5}"), Err(Error::Disallowed));
        assert_eq!(opaque("\u{107a5}").unwrap(), "\u{107a5}");
    }

    #[test]
    fn unassigned_private_and_ignorable_code_points_are_refused() {
        for text in
            ["\u{378}", "\u{e000}", "\u{fdd0}", "\u{1ffff}", "a\u{ad}", "\u{200b}", "\u{feff}", "\u{e0001}", "\u{180f}"]
        {
            assert_eq!(username(text), Err(Error::Disallowed), "{text:?}");
            assert_eq!(opaque(text), Err(Error::Disallowed), "{text:?}");
        }
    }

    #[test]
    fn contextual_code_points_need_their_context() {
        assert_eq!(username("l·l").unwrap(), "l·l");
        assert_eq!(username("a·l"), Err(Error::Disallowed));
        assert_eq!(username("क्\u{200d}ष").unwrap(), "क्\u{200d}ष");
        assert_eq!(username("a\u{200d}b"), Err(Error::Disallowed));
        assert_eq!(
            username("ب\u{64e}\u{200c}\u{64e}ب").unwrap(),
            "ب\u{64e}\u{200c}\u{64e}ب",
            "marks do not hide a join"
        );
        assert_eq!(username("ب\u{200c}a"), Err(Error::Disallowed));
        assert_eq!(username("ア・ア").unwrap(), "ア・ア");
        assert_eq!(username("a・a"), Err(Error::Disallowed));
        assert_eq!(username("ا٠۰"), Err(Error::Disallowed), "two sets of Arabic digits");
    }

    #[test]
    fn bidi_rule() {
        assert_eq!(username("שלום").unwrap(), "שלום");
        assert_eq!(username("שָׁלוֹם").unwrap(), "שָׁלוֹם", "marks may stand inside");
        assert_eq!(username("ދިވެހި").unwrap(), "ދިވެހި", "marks may stand at the end");
        assert_eq!(username("א1").unwrap(), "א1");
        assert_eq!(username("ا٠").unwrap(), "ا٠");
        for mixed in ["אa", "aא", "1א", "א1٠", "א-", "א!\u{5b8}", "\u{5b8}א"] {
            assert_eq!(username(mixed), Err(Error::Direction), "{mixed:?}");
        }
        assert_eq!(opaque("aא").unwrap(), "aא", "no rule of direction for opaque strings");
    }

    fn time(profile: Profile, text: &str) -> Duration {
        let started = Instant::now();
        assert!(enforce(profile, text).is_ok());
        started.elapsed()
    }

    #[test]
    fn time_is_linear() {
        // Each of these makes a rule look far. Eight times the text takes 8 times as long, or 64 times if the rule is
        // asked for each code point anew.
        let digits = |n| (Profile::OpaqueString, "٠".repeat(n));
        let dots = |n| (Profile::OpaqueString, "・".repeat(n) + "ア");
        let joins = |n| (Profile::OpaqueString, "ب".to_owned() + &"\u{200c}ب".repeat(n));
        let marks = |n| (Profile::UsernameCaseMapped, "א".to_owned() + &"\u{5b8}\u{5b0}".repeat(n));
        let cases: [&dyn Fn(usize) -> (Profile, String); 4] = [&digits, &dots, &joins, &marks];
        for (at, case) in cases.into_iter().enumerate() {
            let [(profile, short), (_, long)] = [case(2_000), case(16_000)];
            // The least of interleaved runs: on a busy machine a fair one comes in the end.
            let mut least = [Duration::MAX; 2];
            let linear = (0..50).any(|_| {
                least = [least[0].min(time(profile, &short)), least[1].min(time(profile, &long))];
                least[1] < least[0] * 30
            });
            assert!(linear, "case {at}: {least:?}");
        }
    }

    #[test]
    fn every_code_point_is_stable_or_refused() {
        for c in ('\u{80}'..'\u{34000}').chain('\u{e0000}'..'\u{e0200}') {
            for profile in [Profile::OpaqueString, Profile::UsernameCaseMapped, Profile::UsernameCasePreserved] {
                let text = c.to_string();
                if let Ok(once) = enforce(profile, &text) {
                    assert_eq!(enforce(profile, &once).as_deref(), Ok(&*once), "{profile:?} {c:?}");
                }
            }
        }
    }
}
