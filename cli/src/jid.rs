//! `tercet jid`: the prepared parts of addresses, one JSON object a line.

use std::io::{self, BufRead, Write};

use serde_json::json;
use tercet::jid::JidBuf;

/// Writes a line for each address in `args`, or, if there are none, for each line of `input`.
///
/// `false` if any was bad. An empty line is a bad address; a line ends in LF or CRLF, the last one also without.
///
/// # Errors
/// Those of reading `input` and writing `out`.
pub(crate) fn run(args: &[String], mut input: impl BufRead, mut out: impl Write) -> io::Result<bool> {
    let mut good = true;
    for text in args {
        good &= answer(text.as_bytes(), &mut out)?;
    }
    let mut line = Vec::new();
    while args.is_empty() && input.read_until(b'\n', &mut line)? > 0 {
        good &= answer(without_ending(&line), &mut out)?;
        line.clear();
    }
    out.flush()?;
    Ok(good)
}

fn without_ending(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Writes one line; whether the address was good.
fn answer(text: &[u8], out: &mut impl Write) -> io::Result<bool> {
    let parsed = str::from_utf8(text)
        .map_err(|_| "is not UTF-8".to_owned())
        .and_then(|text| JidBuf::parse(text).map_err(|error| error.to_string()));
    match parsed {
        Ok(jid) => {
            // Written field by field: a JSON map would sort them.
            let parts = jid.as_jid();
            let [whole, domain] = [jid.as_str(), parts.domain()].map(|part| json!(part));
            let [local, resource] = [parts.local(), parts.resource()].map(|part| json!(part));
            writeln!(out, r#"{{"jid":{whole},"local":{local},"domain":{domain},"resource":{resource}}}"#)?;
            Ok(true)
        }
        Err(error) => {
            let [input, error] = [&*String::from_utf8_lossy(text), &error].map(|text| json!(text));
            writeln!(out, r#"{{"input":{input},"error":{error}}}"#)?;
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn output(args: &[&str], input: &[u8]) -> (bool, String) {
        let args: Vec<String> = args.iter().copied().map(String::from).collect();
        let mut out = Vec::new();
        let good = run(&args, input, &mut out).unwrap();
        (good, String::from_utf8(out).unwrap())
    }

    #[test]
    fn arguments_come_before_input() {
        let (good, out) = output(&["Juliet@Example.COM/Balcony", "example.com"], b"ignored");
        assert!(good);
        assert_eq!(
            out,
            concat!(
                r#"{"jid":"juliet@example.com/Balcony","local":"juliet","domain":"example.com","resource":"Balcony"}"#,
                "\n",
                r#"{"jid":"example.com","local":null,"domain":"example.com","resource":null}"#,
                "\n"
            )
        );
    }

    #[test]
    fn lines_end_in_lf_or_crlf_or_with_the_input() {
        let (good, out) = output(&[], b"a@b\r\nc@d\ne@f");
        assert!(good);
        let jids: Vec<_> = out.lines().map(|line| line.split('"').nth(3).unwrap()).collect();
        assert_eq!(jids, ["a@b", "c@d", "e@f"]);
        assert_eq!(output(&[], b""), (true, String::new()));
    }

    #[test]
    fn bad_lines_are_answered_and_the_rest_goes_on() {
        let (good, out) = output(&[], b"\n@b\n\xff@b\na\"b@c\na@b\n");
        assert!(!good);
        assert_eq!(
            out.lines().collect::<Vec<_>>(),
            [
                r#"{"input":"","error":"the domainpart is empty"}"#,
                r#"{"input":"@b","error":"the localpart is empty"}"#,
                "{\"input\":\"\u{fffd}@b\",\"error\":\"is not UTF-8\"}",
                r#"{"input":"a\"b@c","error":"the localpart contains a character that is not allowed"}"#,
                r#"{"jid":"a@b","local":"a","domain":"b","resource":null}"#,
            ]
        );
    }

    #[test]
    fn parts_are_quoted_for_json() {
        let (good, out) = output(&["b/\"\\"], b"");
        assert!(good);
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(value["resource"], "\"\\");
    }
}
