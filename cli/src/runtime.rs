//! What the commands that speak on a network have in common: where they run, what stops them, how they tell time.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{Failure, failed};

/// Completes at SIGINT or SIGTERM.
///
/// # Errors
/// The signals cannot be caught.
pub(crate) fn signals() -> Result<impl Future<Output = ()>, Failure> {
    let caught = |kind| signal(kind).map_err(|why| Failure::Failed(format!("cannot catch signals: {why}")));
    let (mut interrupt, mut terminate) = (caught(SignalKind::interrupt())?, caught(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// What everything asynchronous runs on.
///
/// # Errors
/// The machine gives no more threads.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism().map_or(2, |count| count.get().max(2)))
        .enable_all()
        .build()
        .map_err(failed)
}

/// `duration` as the engine counts time.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
