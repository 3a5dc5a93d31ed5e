//! How a command ends when it does not end well.
//!
//! In: what went wrong, as a sentence. Out: one line on standard error and the exit code; or a warning there, which
//! changes no exit code. A reader that closed our standard output (`tercet inspect F | head`) is no failure: the
//! command ends quietly with 0.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input, a file or a peer was at fault: exit code 1.
    Failed(String),
    /// Standard output has no reader any more: exit code 0, nothing is said.
    NoReader,
    /// As [`Failure::Failed`], and the command has said so already.
    Reported,
    /// The command line was at fault in a way that only the command itself could see: exit code 2.
    Usage(String),
}

impl Failure {
    /// A failed write to standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::NoReader,
            _ => Self::Failed(format!("cannot write the output: {error}")),
        }
    }

    /// Says it on `to` and gives the exit code.
    pub(crate) fn report(self, to: &mut impl Write) -> ExitCode {
        let (message, code) = match self {
            Self::NoReader => return ExitCode::SUCCESS,
            Self::Reported => return ExitCode::from(1),
            Self::Failed(message) => (message, 1),
            Self::Usage(message) => (message, 2),
        };
        // Nobody is left to tell when standard error is closed too.
        let _ = writeln!(to, "error: {message}");
        ExitCode::from(code)
    }
}

/// [`Failure::Failed`], in the words of `why`.
pub(crate) fn failed(why: impl Display) -> Failure {
    Failure::Failed(why.to_string())
}

/// Says on standard error what is no failure, but is likely to be regretted.
pub(crate) fn warn(what: impl Display) {
    // Nobody is left to tell if this fails.
    let _ = writeln!(io::stderr(), "warning: {what}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn says_one_line() {
        let mut said = Vec::new();
        Failure::Failed("no such file".into()).report(&mut said);
        assert_eq!(said, b"error: no such file\n");
    }

    #[test]
    fn a_closed_pipe_is_quiet() {
        let mut said = Vec::new();
        Failure::output(ErrorKind::BrokenPipe.into()).report(&mut said);
        Failure::Reported.report(&mut said);
        assert!(said.is_empty());
        assert!(matches!(Failure::output(ErrorKind::StorageFull.into()), Failure::Failed(_)));
    }
}
