//! Numbers of names stay what they are.
#![allow(clippy::unwrap_used, reason = "a test")]

use tercet_header::Constant;

fn line(constant: &Constant) -> String {
    format!("{} {} {}", constant.name, constant.number, constant.text).trim_end().to_owned()
}

/// Programs that were compiled with an older header know the numbers of that header.
#[test]
fn numbers_once_given_stay() {
    let given = std::fs::read_to_string(tercet_header::golden()).unwrap();
    let now: Vec<String> = tercet_header::names().iter().map(line).collect();
    for line in given.lines() {
        assert!(now.iter().any(|now| now == line), "{line}: gone or changed, which breaks programs out there");
    }
    let fresh: Vec<&str> =
        now.iter().map(String::as_str).filter(|now| !given.lines().any(|line| line == *now)).collect();
    assert!(
        fresh.is_empty(),
        "to be added to bindings/abi/names.txt, each behind the last of its kind:\n{}",
        fresh.join("\n")
    );
}

#[test]
fn no_two_names_share_a_number_and_none_is_zero() {
    let all = tercet_header::names();
    for (at, one) in all.iter().enumerate() {
        assert!(one.number > 0, "{}", one.name);
        let kind = |constant: &Constant| constant.name.split('_').nth(1).unwrap().to_owned();
        let twin = all[..at].iter().find(|other| {
            other.name == one.name
                || (kind(other) == kind(one) && (other.number == one.number || other.text == one.text))
        });
        assert_eq!(twin, None, "{}", one.name);
    }
}
