//! What happens to connections, for whoever wants to know.
//!
//! In: entries. Out: one line each on standard output, written by a thread of its own: a reader that does not read
//! loses lines and stops nobody.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tercet::jid::JidBuf;
use tercet::sasl::Failure;
use tercet::stream::Condition;

use crate::limit::Full;
use crate::link::Secured;
use crate::words::counted;

/// Something that happened on a connection.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Whose it is; the server's own address where it is no client's.
    pub(crate) peer: SocketAddr,
    /// What happened.
    pub(crate) what: What,
}

/// What can happen.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A resource is bound.
    Bound(JidBuf),
    /// The stream is over.
    Closed(Why),
    /// Somebody is there.
    Connected,
    /// Too many are there: the connection was not taken.
    Declined(Full),
    /// An account has logged in.
    LoggedIn(JidBuf),
    /// A login failed; of this account, as far as the client said.
    LoginFailed(Option<JidBuf>, Failure),
    /// TLS is up.
    Secured(Secured),
    /// The server lets nobody in any more and ends so many connections.
    Stopping(u64),
    /// A login was put off, because others from this address had failed.
    Throttled(Duration),
    /// The database failed, or something else that is the server's own trouble.
    Trouble(String),
    /// So many messages did not reach the client; they are kept for its next session, or lost.
    Undelivered { kept: usize, lost: usize },
}

/// Why a stream ended.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// The client was done.
    ByClient,
    /// We were, for this reason, and the client agreed.
    ByUs(Condition),
    /// Something went wrong.
    Failed(String),
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ", self.peer)?;
        match &self.what {
            What::Bound(jid) => write!(f, "bound {jid}"),
            What::Closed(Why::ByClient) => write!(f, "closed by the client"),
            What::Closed(Why::ByUs(condition)) => write!(f, "closed by the server: {condition}"),
            What::Closed(Why::Failed(why)) => write!(f, "closed: {why}"),
            What::Connected => write!(f, "connected"),
            What::Declined(why) => write!(f, "declined: {why}"),
            What::LoggedIn(jid) => write!(f, "logged in as {jid}"),
            What::LoginFailed(Some(jid), why) => write!(f, "login failed as {jid}: {}", why.name()),
            What::LoginFailed(None, why) => write!(f, "login failed: {}", why.name()),
            What::Secured(tls) => write!(f, "secured: {tls}"),
            What::Stopping(clients) => write!(f, "shutting down: ending {}", counted(*clients, "connection")),
            What::Throttled(wait) => write!(f, "login put off: {} s to wait after failed ones", wait.as_secs() + 1),
            What::Trouble(why) => write!(f, "trouble: {why}"),
            What::Undelivered { kept, lost } => write!(f, "undelivered: {kept} kept for later, {lost} lost"),
        }
    }
}

/// Takes entries in.
pub(crate) type Journal = Arc<dyn Fn(Entry) + Send + Sync>;

/// Lines that wait for a slow reader of standard output; further ones are lost.
const WAITING: usize = 4_096;
/// At the end such a reader has so long for what waits.
const PATIENCE: Duration = Duration::from_millis(300);

/// Prints entries.
pub(super) struct Printer {
    lines: SyncSender<Entry>,
    done: Receiver<()>,
}

impl Printer {
    pub(super) fn start() -> Self {
        let (lines, waiting) = sync_channel::<Entry>(WAITING);
        let (finish, done) = sync_channel(1);
        std::thread::spawn(move || {
            let mut out = std::io::stdout();
            for entry in waiting {
                // A server whose log nobody reads any more goes on serving.
                let _ = writeln!(out, "{entry}").and_then(|()| out.flush());
            }
            let _ = finish.try_send(());
        });
        Self { lines, done }
    }

    pub(super) fn journal(&self) -> Journal {
        let lines = self.lines.clone();
        Arc::new(move |entry| {
            let _ = lines.try_send(entry);
        })
    }

    /// Waits a moment for what is not printed yet. All journals must be gone for it to end at once.
    pub(super) fn finish(self) {
        drop(self.lines);
        let _ = self.done.recv_timeout(PATIENCE);
    }
}
