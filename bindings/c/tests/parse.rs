//! `examples/parse.c`, built and run.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use support::example;

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| example("parse"));

const STREAM: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' to='example.net' version='1.0'>\
    <message from='romeo@example.net' to='juliet@example.com' type='chat' xml:lang='en'><body>O &lt;3</body></message>\
    <presence/> ! </stream:stream>";

fn parse(input: &[u8]) -> Output {
    let mut child =
        Command::new(&*PROGRAM).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}

#[test]
fn prints_one_line_for_each_part() {
    let whole = parse(STREAM.as_bytes());
    let start = STREAM.find("<stream").unwrap();
    let header = STREAM.find("<message").unwrap() - start;
    let message = STREAM.find("<presence").unwrap() - start - header;
    let expected = format!(
        "header to=example.net ({header} bytes)\n\
        message to=juliet@example.com from=romeo@example.net type=chat lang=en <body>4 ({message} bytes)\n\
        presence (11 bytes)\ntext\nclose\n"
    );
    assert_eq!(text(&whole.stdout), expected);
    assert_eq!(text(&whole.stderr), "");
    assert!(whole.status.success());
}

#[test]
fn prints_what_came_before_the_error_and_where_it_is() {
    let broken = STREAM.replace("<presence/>", "<presence><!--");
    let outcome = parse(broken.as_bytes());
    assert!(text(&outcome.stdout).lines().last().unwrap().starts_with("message "));
    let error = text(&outcome.stderr);
    assert!(error.starts_with("error: restricted-xml at byte "), "{error}");
    assert_eq!(outcome.status.code(), Some(1));

    let cut = parse(&STREAM.as_bytes()[..STREAM.len() - 3]);
    assert!(text(&cut.stderr).contains(&format!("at byte {}", STREAM.len() - 3)), "{}", text(&cut.stderr));
    assert_eq!(cut.status.code(), Some(1));
}
