//! Where a password comes from, so that it need not stand on the command line.
//!
//! In: a file's name, the variable `TERCET_PASSWORD`, a person at the terminal; the first of these that is there
//! counts. Out: the password, wiped from memory when it is dropped; or why there is none, which is wrong usage where
//! nothing was given and nobody can be asked. Invariant: it is not empty, one line, UTF-8. What the operating system
//! keeps (the variable, the file's cache) is beyond its reach.
//! It refuses to prepare or judge a password.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::{Failure, failed};

/// The variable looked at.
pub(crate) const VARIABLE: &str = "TERCET_PASSWORD";
/// Longest password taken, in bytes. RFC 8265 sets no bound; a file that is none must not be read to its end.
const LONGEST: usize = 1_024;

/// Why there is no password.
#[derive(Debug)]
pub(crate) enum Error {
    /// The two answers to the question differ.
    Differ,
    /// It is empty.
    Empty,
    /// It is longer than [`LONGEST`].
    Long,
    /// Neither file nor variable, and nobody to ask.
    NoTerminal,
    /// It is no UTF-8.
    NotText,
    /// The file cannot be read.
    Read { path: PathBuf, why: io::Error },
    /// The terminal failed.
    Terminal(io::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Differ => f.write_str("the two passwords differ"),
            Self::Empty => f.write_str("the password is empty"),
            Self::Long => write!(f, "the password is longer than {LONGEST} bytes"),
            Self::NoTerminal => {
                write!(f, "no password: there is no terminal to ask on; give --password-file FILE or set {VARIABLE}")
            }
            Self::NotText => f.write_str("the password is not UTF-8"),
            Self::Read { path, why } => write!(f, "cannot read {}: {why}", path.display()),
            Self::Terminal(why) => write!(f, "cannot ask for the password: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            // An option or the variable was to be given.
            Error::NoTerminal => Self::Usage(error.to_string()),
            _ => failed(error),
        }
    }
}

/// What a password is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A server knows it already.
    Login,
    /// It is a new one: a person types it twice.
    New,
}

/// The password of `jid`.
///
/// # Errors
/// There is none, or what is there cannot be one.
pub(crate) fn read(file: Option<&Path>, jid: &str, purpose: Purpose) -> Result<Zeroizing<String>, Error> {
    choose(file, std::env::var_os(VARIABLE), || {
        if !is_anybody_there() {
            return Err(Error::NoTerminal);
        }
        ask(jid, purpose, |question| rpassword::prompt_password(question).map(Zeroizing::new))
    })
}

/// The question goes to the terminal itself, whatever standard input and output are.
fn is_anybody_there() -> bool {
    if cfg!(unix) { File::open("/dev/tty").is_ok() } else { io::stdin().is_terminal() }
}

fn choose(
    file: Option<&Path>,
    variable: Option<OsString>,
    person: impl FnOnce() -> Result<Zeroizing<String>, Error>,
) -> Result<Zeroizing<String>, Error> {
    let password = match (file, variable) {
        (Some(path), _) => first_line(path)?,
        (None, Some(value)) => value.into_string().map(Zeroizing::new).map_err(|_| Error::NotText)?,
        (None, None) => person()?,
    };
    match password.len() {
        0 => Err(Error::Empty),
        length if length > LONGEST => Err(Error::Long),
        _ => Ok(password),
    }
}

/// Reads by itself, not through a buffering reader, whose memory nobody would wipe.
fn first_line(path: &Path) -> Result<Zeroizing<String>, Error> {
    let failed = |why| Error::Read { path: path.into(), why };
    let mut file = File::open(path).map_err(failed)?;
    // Room for the longest password, CR LF, and one more byte that shows that there is more.
    let mut memory = Zeroizing::new([0; LONGEST + 3]);
    let mut filled = 0;
    while let Some(free) = memory.get_mut(filled..).filter(|free| !free.is_empty()) {
        match file.read(free) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(failed(why)),
        }
    }
    let read = memory.get(..filled).unwrap_or_default();
    let line = read.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text =
        std::str::from_utf8(line).map_err(|_| if line.len() > LONGEST { Error::Long } else { Error::NotText })?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn ask(
    jid: &str,
    purpose: Purpose,
    mut question: impl FnMut(&str) -> io::Result<Zeroizing<String>>,
) -> Result<Zeroizing<String>, Error> {
    let first = question(&format!("Password of {jid}: ")).map_err(Error::Terminal)?;
    if purpose == Purpose::New && question("Again: ").map_err(Error::Terminal)? != first {
        return Err(Error::Differ);
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn nobody() -> Result<Zeroizing<String>, Error> {
        Err(Error::NoTerminal)
    }

    fn from_file(content: &[u8]) -> Result<String, Error> {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, content).unwrap();
        choose(Some(&path), None, nobody).map(|password| password.to_string())
    }

    #[test]
    fn the_first_line_of_a_file_counts() {
        for content in ["pa ss", "pa ss\n", "pa ss\r\n", "pa ss\nmore\n", "pa ss\n\n"] {
            assert_eq!(from_file(content.as_bytes()).unwrap(), "pa ss", "{content:?}");
        }
        assert_eq!(from_file(" pa\r \n".as_bytes()).unwrap(), " pa\r ", "nothing else is cut");
        let long = "x".repeat(LONGEST);
        for ending in ["", "\n", "\r\n", "\nmore"] {
            assert_eq!(from_file(format!("{long}{ending}").as_bytes()).unwrap(), long);
        }
    }

    #[test]
    fn what_cannot_be_a_password_is_refused() {
        assert!(matches!(from_file(b""), Err(Error::Empty)));
        assert!(matches!(from_file(b"\nsecond"), Err(Error::Empty)));
        assert!(matches!(from_file(b"\xff\n"), Err(Error::NotText)));
        assert!(matches!(from_file("x".repeat(LONGEST + 1).as_bytes()), Err(Error::Long)));
        assert!(matches!(from_file("\u{1F339}".repeat(LONGEST).as_bytes()), Err(Error::Long)));
        assert!(matches!(choose(Some(Path::new("/does/not/exist")), None, nobody), Err(Error::Read { .. })));
        assert!(matches!(choose(None, Some("".into()), nobody), Err(Error::Empty)));
    }

    #[test]
    fn a_file_comes_before_the_variable_and_that_before_a_person() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, "file").unwrap();
        let person = || Ok(Zeroizing::new("person".to_owned()));
        assert_eq!(*choose(Some(&path), Some("variable".into()), person).unwrap(), "file");
        assert_eq!(*choose(None, Some("variable".into()), person).unwrap(), "variable");
        assert_eq!(*choose(None, None, person).unwrap(), "person");
        let error = choose(None, None, nobody).unwrap_err().to_string();
        assert!(error.contains("--password-file") && error.contains(VARIABLE), "{error}");
        assert!(matches!(Error::NoTerminal.into(), Failure::Usage(why) if why == error));
        assert!(matches!(Error::Empty.into(), Failure::Failed(_)));
    }

    #[test]
    fn a_new_password_is_typed_twice() {
        let typed = |purpose, answers: &[&str]| {
            let mut answers = answers.iter();
            let question = |_: &str| Ok(Zeroizing::new((*answers.next().unwrap()).to_owned()));
            ask("a@b", purpose, question).map(|password| password.to_string())
        };
        assert_eq!(typed(Purpose::Login, &["one"]).unwrap(), "one");
        assert_eq!(typed(Purpose::New, &["one", "one"]).unwrap(), "one");
        assert!(matches!(typed(Purpose::New, &["one", "two"]), Err(Error::Differ)));
    }
}
