//! What the measures have in common: a page in Markdown, printed line by line and left in a file where one is named.

#[path = "../../peers/src/machine.rs"]
mod machine;

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Room for a page, so that nobody who counts memory meanwhile finds it growing.
const ROOM: usize = 4_096;

/// Takes `--out FILE` out of the words of a command line.
pub fn out(words: &mut Vec<String>) -> Option<PathBuf> {
    let at = words.iter().position(|word| word == "--out").filter(|at| at + 1 < words.len())?;
    words.drain(at..at + 2).nth(1).map(PathBuf::from)
}

/// Says how to call a measure, whose arguments these were; success where `--help` or `-h` asked for it, else 2.
#[must_use]
pub fn usage(words: &[String], usage: &str) -> ExitCode {
    if let [word] = words
        && matches!(word.as_str(), "--help" | "-h")
    {
        println!("usage: {usage}");
        return ExitCode::SUCCESS;
    }
    eprintln!("usage: {usage}");
    ExitCode::from(2)
}

/// What is printed, and the file that it goes to.
pub struct Page<'f> {
    text: String,
    file: Option<(&'f Path, File)>,
}

impl<'f> Page<'f> {
    /// Begins a page, and prints its head.
    ///
    /// # Errors
    /// Why the file cannot be written: rather now than at the end of it all.
    pub fn begin(title: &str, file: Option<&'f Path>) -> Result<Self, String> {
        let file = file.map(|path| Ok::<_, String>((path, open(path)?))).transpose()?;
        let mut page = Self { text: String::with_capacity(ROOM), file };
        page.line(format_args!("# {title}\n"));
        page.line(format_args!("- machine: {}", machine::machine()));
        Ok(page)
    }

    /// Prints a line.
    pub fn line(&mut self, line: impl Display) {
        println!("{line}");
        self.text += &format!("{line}\n");
    }

    /// Prints what load there was, and fills the file.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn end(mut self) -> Result<(), String> {
        self.line(format_args!("\nLoad of the machine at the end, this program included: {}.", machine::load()));
        let Some((path, mut file)) = self.file else { return Ok(()) };
        file.set_len(0).and_then(|()| file.write_all(self.text.as_bytes())).map_err(|error| failed(path, &error))
    }
}

/// The file, with what it holds until there is something else.
fn open(path: &Path) -> Result<File, String> {
    File::options().write(true).create(true).truncate(false).open(path).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_that_was_asked_for_is_no_wrong_usage() {
        let code = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            usage(&words, "measure")
        };
        for (line, expected) in [("--help", 0), ("-h", 0), ("--help 3", 2), ("x", 2), ("", 2)] {
            assert_eq!(code(line), ExitCode::from(expected), "{line}");
        }
    }

    #[test]
    fn a_file_is_taken_out_of_the_command_line() {
        let taken = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned).collect();
            (out(&mut words), words.join(" "))
        };
        assert_eq!(taken("100"), (None, "100".to_owned()));
        assert_eq!(taken("--out a 100"), (Some("a".into()), "100".to_owned()));
        assert_eq!(taken("100 --out a"), (Some("a".into()), "100".to_owned()));
        // Left for who says what is right.
        assert_eq!(taken("100 --out"), (None, "100 --out".to_owned()));
        assert_eq!(taken("--out a --out b"), (Some("a".into()), "--out b".to_owned()));
    }
}
