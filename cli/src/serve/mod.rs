//! `tercet serve`: an instant messaging server on the engine.
//!
//! ```text
//!   listener ──> session ─┐                 ┌─> queue ──> session ──> client
//!   listener ──> session ─┼──> hub: router, ┼─> queue ──> session ──> client
//!                         │    store        └─> journal: one line an event
//! ```
//!
//! In: the command's options. Out: a listening server, until a signal or the caller says stop. Invariants: a connection
//! more than allowed is not taken; at the end every stream is closed in order, and whoever does not answer in time is
//! left. This file starts and stops; what is between stands in the other files.

mod hub;
mod journal;
mod queue;
mod session;

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tercet::jid::JidBuf;
use tercet::negotiate::Timing;
use tercet::router::RouterConfig;
use tercet::{ServerConfig, TlsPolicy};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::account;
use crate::args;
use crate::failure::{Failure, failed, warn};
use crate::limit::Connections;
use crate::link::{Tap, Tls};
use crate::runtime::{millis, runtime, signals};
use crate::store::{self, OfflineLimits, Store};
use crate::tls::{self, Files};
use hub::Hub;
pub(crate) use hub::stored;
use journal::Printer;
pub(crate) use journal::{Entry, Journal, What, Why};
use session::Terms;

/// A client has so long from its first octet to a session.
const LOGIN: Duration = Duration::from_secs(60);
/// And so long to answer a closing tag.
const CLOSE: Duration = Duration::from_secs(2);
/// At the end all clients together have so long.
const STOP: Duration = Duration::from_secs(5);
/// After a failure to take a connection (no file numbers left, say).
const PAUSE: Duration = Duration::from_millis(100);
/// So often the server looks whether accounts of sessions were removed, also where no client says anything.
const LOOK: Duration = Duration::from_secs(1);
/// So many accounts of other domains are named.
const STRANGERS: usize = 5;
/// One address may have a quarter of all connections, and so many in any case.
const OF_ONE_ADDRESS: usize = 100;

/// Runs `tercet serve` until SIGINT or SIGTERM.
///
/// # Errors
/// The server cannot be set up.
pub(crate) fn run(options: &args::Serve) -> Result<(), Failure> {
    let domain = domain(&options.domain)?;
    let accounts: Vec<_> = options.account.iter().map(|pair| trial_account(pair, &domain)).collect::<Result<_, _>>()?;
    // Without a folder of its own the server leaves nothing behind.
    let scratch = match &options.data {
        None => Some(tempfile::Builder::new().prefix("tercet-").tempdir().map_err(failed)?),
        Some(_) => None,
    };
    let mut store = Store::open(options.data.as_deref(), OfflineLimits::default()).map_err(failed)?;
    let claim = options.data.as_deref().map(|dir| store::claim(dir, domain.as_str()));
    let _claim = claim.transpose().map_err(failed)?;
    for (jid, keys) in &accounts {
        add_account(&mut store, jid, keys)?;
    }
    if let Some(complaint) = complaint_of_strangers(&store.account_list().map_err(failed)?, domain.as_str()) {
        warn(complaint);
    }
    let folder = scratch.as_ref().map(|scratch| scratch.path()).or(options.data.as_deref());
    let files = certificate(options, &domain, folder)?;
    let policy = match options.tls {
        args::Tls::Optional => TlsPolicy::Optional,
        args::Tls::Required => TlsPolicy::Required,
    };
    let printer = Printer::start();
    let plan = Plan {
        domain,
        listen: options.listen,
        store,
        certificate: files,
        policy,
        binds: !options.no_channel_binding,
        connections: options.max_connections.get(),
        rate: options.max_rate,
        journal: printer.journal(),
        taps: None,
    };
    let outcome = runtime()?.block_on(async {
        let server = Server::start(plan).await?;
        // Before the first line: whoever has read it may send a signal at once.
        let signals = signals()?;
        let mut out = std::io::stdout();
        let cert = server.certificate.display();
        writeln!(out, "listening on {} for {}, certificate {cert}", server.address, server.domain)
            .and_then(|()| out.flush())
            .map_err(Failure::output)?;
        server.run(signals).await;
        Ok(())
    });
    printer.finish();
    outcome
}

/// What a server is made from.
pub(crate) struct Plan {
    pub(crate) domain: JidBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) store: Store,
    pub(crate) certificate: Files,
    pub(crate) policy: TlsPolicy,
    /// Whether logins can be bound to their TLS connections.
    pub(crate) binds: bool,
    pub(crate) connections: usize,
    /// Octets a second that a client is listened to.
    pub(crate) rate: NonZeroU32,
    pub(crate) journal: Journal,
    /// Makes an onlooker for the connection from an address.
    pub(crate) taps: Option<Arc<dyn Fn(SocketAddr) -> Tap + Send + Sync>>,
}

/// A server that listens.
pub(crate) struct Server {
    /// Where it can be reached.
    pub(crate) address: SocketAddr,
    domain: JidBuf,
    certificate: PathBuf,
    listener: TcpListener,
    connections: Arc<Connections>,
    stop: watch::Sender<bool>,
    terms: Terms,
}

impl Server {
    /// Listens; nobody is served before [`Server::run`].
    ///
    /// # Errors
    /// The address cannot be listened on, or the certificate cannot be used.
    pub(crate) async fn start(plan: Plan) -> Result<Self, Failure> {
        let tls = tls::server_config(&plan.certificate).map_err(failed)?;
        let end_point = tls::own_end_point(&plan.certificate).map_err(failed)?;
        let tls = Tls::Accept { config: tls, binds: plan.binds.then_some(end_point) };
        let timing = Timing { login: millis(LOGIN), close: millis(CLOSE) };
        let config = ServerConfig::new(plan.domain.clone()).map_err(failed)?.tls(plan.policy).timing(timing);
        // Clients in use end <starttls/> with a line feed.
        let config = config.allow_whitespace_after_starttls(true);
        let router = RouterConfig::new(plan.domain.as_str()).map_err(failed)?;
        let listener = TcpListener::bind(plan.listen)
            .await
            .map_err(|why| Failure::Failed(format!("cannot listen on {}: {why}", plan.listen)))?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(false);
        let of_one = plan.connections.min(OF_ONE_ADDRESS.max(plan.connections / 4));
        let terms = Terms {
            hub: Arc::new(Hub::new(router, plan.store, plan.journal.clone())),
            config: Arc::new(config),
            tls,
            journal: plan.journal,
            rate: plan.rate,
            taps: plan.taps,
            stop: stopped,
        };
        let connections = Connections::new(plan.connections, of_one);
        let (domain, certificate) = (plan.domain, plan.certificate.cert);
        Ok(Self { address, domain, certificate, listener, connections, stop, terms })
    }

    /// Serves clients until `enough`, then closes their streams; takes [`STOP`] for that at most.
    pub(crate) async fn run(self, enough: impl Future<Output = ()>) {
        let mut clients = JoinSet::new();
        let mut enough = std::pin::pin!(enough);
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut enough => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer, &mut clients),
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
                Some(_) = clients.join_next() => {}
                _ = look.tick() => self.terms.hub.expel_removed(),
            }
        }
        drop(self.listener);
        (self.terms.journal)(Entry { peer: self.address, what: What::Stopping(clients.len() as u64) });
        let _ = self.stop.send(true);
        let left = async { while clients.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(STOP, left).await;
        clients.shutdown().await;
    }

    fn admit(&self, stream: tokio::net::TcpStream, peer: SocketAddr, clients: &mut JoinSet<()>) {
        match self.connections.admit(peer.ip()) {
            Ok(place) => {
                let serve = session::run(self.terms.clone(), stream, peer);
                clients.spawn(async move {
                    serve.await;
                    drop(place);
                });
            }
            Err(full) => (self.terms.journal)(Entry { peer, what: What::Declined(full) }),
        }
    }
}

fn domain(text: &str) -> Result<JidBuf, Failure> {
    let jid = JidBuf::parse(text).map_err(|why| Failure::Usage(format!("{text:?} is no domain: {why}")))?;
    if jid.as_jid().local().is_some() || jid.as_jid().resource().is_some() {
        return Err(Failure::Usage(format!("{text:?} is not a domain alone")));
    }
    Ok(jid)
}

fn trial_account((jid, password): &(String, String), domain: &JidBuf) -> Result<(JidBuf, store::Keys), Failure> {
    let jid = account::bare(jid)?;
    if jid.as_jid().domain() != domain.as_str() {
        return Err(Failure::Usage(format!("{jid} is not an account of {domain}")));
    }
    let keys = account::derive(password.clone().into()).map_err(|why| Failure::Usage(format!("{jid}: {why}")))?;
    Ok((jid, keys))
}

/// Makes the account, or gives the one that there is the new password.
fn add_account(store: &mut Store, jid: &JidBuf, keys: &store::Keys) -> Result<(), Failure> {
    match store.account_add(jid.as_str(), keys, account::unix_millis()) {
        Err(store::Error::AccountExists) => store.account_set_keys(jid.as_str(), keys).map_err(failed),
        other => other.map_err(failed),
    }
}

/// Names the accounts, or the first few, that are there in vain: nobody can log in to a domain that is not served.
fn complaint_of_strangers(accounts: &[String], domain: &str) -> Option<String> {
    let is_ours = |jid: &str| jid.split_once('@').is_some_and(|(_, its)| its == domain);
    let strangers: Vec<_> = accounts.iter().map(String::as_str).filter(|jid| !is_ours(jid)).collect();
    let named = strangers.chunks(STRANGERS).next()?;
    let more = match strangers.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = named.join(", ");
    Some(format!(
        "this server is that of {domain}: nobody can log in as {named}{more}; `tercet account remove` removes an account"
    ))
}

fn certificate(options: &args::Serve, domain: &JidBuf, folder: Option<&Path>) -> Result<Files, Failure> {
    match (&options.cert, &options.key) {
        (Some(cert), Some(key)) => {
            let files = Files { cert: cert.clone(), key: key.clone() };
            // No more than a warning: some clients take other names than those of DNS (RFC 6120 section 13.7.1.2).
            if let Some(complaint) = tls::complaint(&files, domain.as_str()) {
                warn(complaint);
            }
            Ok(files)
        }
        _ => {
            let folder = folder.unwrap_or(Path::new("."));
            tls::self_signed(domain.as_str(), folder, OffsetDateTime::now_utc()).map_err(failed)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn accounts_of_other_domains_are_named() {
        let ours = ["a@example.com", "b@example.com"].map(String::from);
        assert_eq!(complaint_of_strangers(&ours, "example.com"), None);
        assert_eq!(complaint_of_strangers(&[], "example.com"), None);
        let theirs: Vec<_> = (1..=7).map(|n| format!("a@{n}.example.com")).chain(ours).collect();
        let named = |accounts| complaint_of_strangers(accounts, "example.com").unwrap();
        assert!(named(&theirs[6..]).contains("log in as a@7.example.com;"), "{}", named(&theirs[6..]));
        assert!(named(&theirs[2..]).contains("a@6.example.com, a@7.example.com;"), "{}", named(&theirs[2..]));
        assert!(named(&theirs).contains("a@4.example.com, a@5.example.com and 2 more;"), "{}", named(&theirs));
    }
}
