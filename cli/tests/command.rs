//! The command as a shell sees it: exit codes, and which stream says what.
#![allow(clippy::unwrap_used, missing_docs)]

use std::process::{Command, Output, Stdio};

fn tercet(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tercet"));
    command.args(words).stdin(Stdio::null()).env_remove("TERCET_PASSWORD");
    command
}

fn run(words: &[&str]) -> Output {
    tercet(words).output().unwrap()
}

#[test]
fn help_and_version_go_to_standard_output() {
    let version = run(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    assert_eq!(version.stdout, concat!("tercet ", env!("CARGO_PKG_VERSION"), "\n").as_bytes());
    for words in [&["--help"][..], &["inspect", "--help"], &["account", "add", "--help"]] {
        let help = run(words);
        assert_eq!(help.status.code(), Some(0), "{words:?}");
        assert!(String::from_utf8(help.stdout).unwrap().contains("Usage: tercet"), "{words:?}");
    }
}

/// Linux has a device that takes nothing.
#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_a_failure() {
    for words in [["--help", "inspect"], ["--version", "inspect"], ["inspect", "--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = tercet(&words).stdout(full).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {complaint}");
        assert!(complaint.starts_with("error: cannot write the output: "), "{complaint}");
    }
}

#[test]
fn wrong_usage_is_2_and_says_so_on_standard_error() {
    for words in [&[][..], &["dance"], &["inspect", "--fragment", "--document"], &["inspect", "--declare", "a=b"]] {
        let output = run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        assert!(!output.stderr.is_empty(), "{words:?}");
    }
}

/// Before a password is asked for, or anybody is connected to.
#[test]
fn what_cannot_be_a_message_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("input");
    for (bytes, complaint) in [
        (&b"a\x01"[..], "the message cannot be sent: character U+0001 cannot be written in XML"),
        (b"a\xef\xbf\xbe", "the message cannot be sent: character U+FFFE cannot be written in XML"),
        (b"a\xff", "cannot read standard input: stream did not contain valid UTF-8"),
        (b"\n", "the message is empty"),
    ] {
        std::fs::write(&input, bytes).unwrap();
        let mut send = tercet(&["send", "--jid", "romeo@localhost", "juliet@localhost", "-"]);
        let output = send.stdin(std::fs::File::open(&input).unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{bytes:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("error: {complaint}\n"));
    }
}

#[test]
fn a_host_that_nobody_has_is_named() {
    let mut roster = tercet(&["roster", "--jid", "romeo@localhost", "--insecure", "--server", "nosuch.invalid"]);
    let output = roster.env("TERCET_PASSWORD", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: no address found for nosuch.invalid\n");
}

#[test]
fn a_folder_that_is_mistyped_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let none = dir.path().join("none");
    let data = none.to_str().unwrap();
    for words in [
        &["account", "list", "--data", data][..],
        &["account", "remove", "romeo@localhost", "--data", data],
        &["account", "passwd", "romeo@localhost", "--password-file", "/dev/null", "--data", data],
    ] {
        let output = run(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("tercet.db"), "{words:?}");
        assert!(!none.exists(), "{words:?}");
    }
}

#[test]
fn stanzas_without_a_header_are_told_from_a_stream() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.xml");
    std::fs::write(&file, "<message><body>a</body></message>").unwrap();
    let inspect = |more: &[&str]| {
        let output = run(&[&["inspect", file.to_str().unwrap()], more].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap().contains("no stream header"))
    };
    assert_eq!(inspect(&[]), (Some(0), true));
    assert_eq!(inspect(&["--fragment"]), (Some(0), false));
    assert_eq!(inspect(&["--document"]), (Some(0), false));
}

#[test]
fn a_file_that_is_empty_is_no_document() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.xml");
    std::fs::write(&file, "").unwrap();
    let output = run(&["inspect", "--document", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = "truncated at byte offset 0 (line 1, column 1): the input is empty: there is no root element";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("error: {complaint}\n"));
    assert!(String::from_utf8(output.stdout).unwrap().contains("; 0 bytes before the error in "));
}

#[test]
fn a_file_that_cannot_be_opened_is_an_object_where_objects_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let none = dir.path().join("none");
    for (format, has_object) in [("json", true), ("text", false), ("canon", false)] {
        let output = run(&["inspect", none.to_str().unwrap(), "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let complaint = String::from_utf8(output.stderr).unwrap();
        let why = complaint.trim_end().strip_prefix("error: ").unwrap();
        assert!(why.starts_with("cannot open "), "{why}");
        let object = serde_json::json!({ "kind": "error", "reason": why });
        let said = if has_object { format!("{object}\n") } else { String::new() };
        assert_eq!(String::from_utf8(output.stdout).unwrap(), said);
    }
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("max-stanza"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = tercet(&["completions", "zsh"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = tercet(&["completions", "zsh"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"error: cannot write the output"));
}
