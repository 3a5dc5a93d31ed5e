//! A bar for long work on bytes.
//!
//! In: how much is to do, how much is done. Out: a bar on standard error, or nothing. It is shown only when standard
//! error is a terminal and standard output is not the same screen, where the results themselves show the progress; and
//! it leaves no trace when it goes.

use std::io::{self, IsTerminal, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const SIZED: &str = "{bar:40} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}";
const UNSIZED: &str = "{spinner} {bytes} {binary_bytes_per_sec} {elapsed}";

/// A bar that goes away when it is dropped.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for `total` bytes, if that is known.
    pub(crate) fn bytes(total: Option<u64>) -> Self {
        let shown = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self::on(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }, total)
    }

    fn on(target: ProgressDrawTarget, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, target);
        let template = if total.is_some() { SIZED } else { UNSIZED };
        // The templates are constants, and a test parses them; without one the bar has its own.
        Self(match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// So many more bytes are done.
    pub(crate) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Counts what is read through the result.
    pub(crate) fn reading<R: Read>(self, from: R) -> Reading<R> {
        Reading { from, progress: self }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A reader whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Reading<R> {
    from: R,
    progress: Progress,
}

impl<R: Read> Read for Reading<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.progress.add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn templates_parse() {
        for template in [SIZED, UNSIZED] {
            ProgressStyle::with_template(template).unwrap();
        }
    }

    #[test]
    fn reading_counts() {
        let mut reading = Progress::on(ProgressDrawTarget::hidden(), Some(5)).reading(&b"hello"[..]);
        let mut all = Vec::new();
        reading.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"hello");
        assert_eq!(reading.progress.0.position(), 5);
    }
}
