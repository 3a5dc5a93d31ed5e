//! `examples/inspect.c`, built and run.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use crate::support::example;

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| example("inspect"));

const STREAM: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' to='example.net' version='1.0'>\
    <message from='romeo@example.net' to='juliet@example.com' type='chat' xml:lang='en'><body>O &lt;3\n</body>\
    <sonnet xmlns='urn:example:note' by='me&amp;you'/></message><presence/> ! </stream:stream>";

fn inspect(input: &[u8]) -> Output {
    let mut child =
        Command::new(&*PROGRAM).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}

#[test]
fn prints_each_part_and_what_is_inside() {
    let whole = inspect(STREAM.as_bytes());
    let start = STREAM.find("<stream").unwrap();
    let header = STREAM.find("<message").unwrap() - start;
    let message = STREAM.find("<presence").unwrap() - start - header;
    let expected = format!(
        "header {{http://etherx.jabber.org/streams}}stream #4.58 to=example.net ({header} bytes)\n\
        {{jabber:client}}message #2.55 to=juliet@example.com from=romeo@example.net type=chat lang=en ({message} bytes)\n\
        \x20 {{jabber:client}}body #2.78\n\
        \x20   \"O <3\\n\"\n\
        \x20 {{urn:example:note}}sonnet #0.0 by='me&you'\n\
        {{jabber:client}}presence #2.56 (11 bytes)\ntext\nclose\n"
    );
    assert_eq!(text(&whole.stdout), expected);
    assert_eq!(text(&whole.stderr), "");
    assert!(whole.status.success());
}

#[test]
fn prints_what_came_before_the_error_and_where_it_is() {
    let broken = STREAM.replace("<presence/>", "<presence><!--");
    let outcome = inspect(broken.as_bytes());
    assert!(text(&outcome.stdout).lines().last().unwrap().starts_with("  {urn:example:note}sonnet "));
    let error = text(&outcome.stderr);
    let at = broken.find("<!--").unwrap();
    assert!((0..5).any(|on| error.contains(&format!(" at byte {} (restricted-xml)\n", at + on))), "{error}");
    assert_eq!(outcome.status.code(), Some(1));

    let cut = inspect(&STREAM.as_bytes()[..STREAM.len() - 3]);
    assert!(text(&cut.stderr).contains(&format!("at byte {}", STREAM.len() - 3)), "{}", text(&cut.stderr));
    assert_eq!(cut.status.code(), Some(1));
}

/// A second header looks like an element that does not end, or like a declaration that comes too late.
#[test]
fn says_that_a_stream_which_begins_anew_needs_a_restart() {
    let start = STREAM.find("<stream").unwrap();
    let old = &STREAM[start..STREAM.find("<message").unwrap()];
    for last in
        ["<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"]
    {
        for new in [STREAM[start..].to_owned(), format!("<?xml version='1.0'?>{}", &STREAM[start..])] {
            let outcome = inspect(format!("{old}{last}{new}").as_bytes());
            let error = text(&outcome.stderr);
            assert!(error.lines().nth(1).unwrap().contains("tercet_parser_restart"), "{error}");
            assert_eq!(outcome.status.code(), Some(1));
        }
    }
    let error = inspect(format!("{old}<iq/>{}", &STREAM[start..]).as_bytes()).stderr;
    assert!(!text(&error).contains("restart"), "{}", text(&error));
}

#[test]
fn says_where_there_is_nothing_to_read() {
    for nothing in ["/nowhere/at/all", env!("CARGO_MANIFEST_DIR")] {
        let outcome = Command::new(&*PROGRAM).arg(nothing).output().unwrap();
        assert_eq!(outcome.status.code(), Some(1), "{nothing}");
        assert!(text(&outcome.stderr).starts_with("error: "), "{nothing}");
    }
}

#[test]
fn says_how_it_is_called() {
    for words in [&["one", "two"][..], &["--bogus"]] {
        let outcome = Command::new(&*PROGRAM).args(words).output().unwrap();
        assert_eq!(outcome.status.code(), Some(2), "{words:?}");
        assert_eq!(text(&outcome.stderr), "usage: inspect [FILE]\n", "{words:?}");
    }
}
