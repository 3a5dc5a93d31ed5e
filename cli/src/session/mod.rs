//! `tercet session`: the whole conversation, end to end, in one process.
//!
//! ```text
//!   romeo  ──TCP, TLS──┐                          an ear at each of the four ends hears
//!                      ├── server, store           what passes; the transcript is what
//!   juliet ──TCP, TLS──┘                           the clients' ears heard
//! ```
//!
//! In: nothing. Out: the transcript, and whether all eight steps were seen from both sides. Invariant: the server is
//! the one of `tercet serve`, the clients know it by nothing but its address and its certificate. A step counts only if
//! what one end sent is what the other received, and both engines say that it is done.

mod actor;
mod ear;
mod step;
mod transcript;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tercet::TlsPolicy;
use tercet::jid::JidBuf;
use tercet::session::roster::Item;
use tercet::session::subscription::Subscription;
use time::OffsetDateTime;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::account;
use crate::args;
use crate::failure::{Failure, failed};
use crate::link::Tap;
use crate::runtime::runtime;
use crate::serve::{self, Entry, Plan, Server};
use crate::store::{OfflineLimits, Store};
use crate::tls::{self, Trust};
use actor::Actor;
use ear::Ear;
use transcript::Transcript;

const DOMAIN: &str = "example.com";
const ROMEO: &str = "romeo@example.com/orchard";
const JULIET: &str = "juliet@example.com/balcony";
/// On a loopback all of it takes a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs `tercet session`.
///
/// # Errors
/// A step was not seen from both sides; the transcript says how far it went.
pub(crate) fn run(options: &args::Session) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("tercet-").tempdir().map_err(failed)?;
    let certificate = tls::self_signed(DOMAIN, folder.path(), OffsetDateTime::now_utc()).map_err(failed)?;
    let trust = Trust::File(certificate.cert.clone());
    let passwords = [password()?, password()?];
    let store = store(&passwords)?;
    let journal = Arc::new(Mutex::new(Vec::<Entry>::new()));
    let ears = Arc::new(Mutex::new(HashMap::<SocketAddr, Arc<Mutex<Ear>>>::new()));
    let plan = Plan {
        domain: jid(DOMAIN)?,
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        store,
        certificate,
        policy: TlsPolicy::Required,
        binds: true,
        connections: 2,
        rate: NonZeroU32::MAX,
        journal: {
            let journal = journal.clone();
            Arc::new(move |entry| lock(&journal).push(entry))
        },
        taps: {
            let ears = ears.clone();
            Some(Arc::new(move |peer| listen(&lock(&ears).entry(peer).or_insert_with(new_ear).clone())))
        },
    };
    let [romeo_password, juliet_password] = passwords;
    let mut transcript = Transcript::new(options.raw);
    let outcome = runtime()?.block_on(async {
        let server = Server::start(plan).await?;
        let address = server.address;
        let (enough, stop) = oneshot::channel::<()>();
        let served = tokio::spawn(server.run(async move { drop(stop.await) }));
        let romeo = Actor::new("romeo", jid(ROMEO)?, romeo_password, &trust, address)?;
        let juliet = Actor::new("juliet", jid(JULIET)?, juliet_password, &trust, address)?;
        let played = timeout(PATIENCE, transcript.play([romeo, juliet])).await;
        drop(enough);
        let stopped = timeout(PATIENCE, served).await;
        match (played, stopped) {
            (Ok(Ok(())), Ok(Ok(()))) => Ok(()),
            (Ok(Err(why)), _) => Err(why),
            _ => Err(Failure::Failed("the conversation did not come to its end in time".into())),
        }
    });
    let ears = lock(&ears).iter().map(|(peer, ear)| (*peer, ear.clone())).collect();
    let missing = transcript.missing(&ears, &lock(&journal));
    transcript.print(&mut std::io::BufWriter::new(std::io::stdout().lock())).map_err(Failure::output)?;
    outcome?;
    if missing.is_empty() { Ok(()) } else { Err(Failure::Failed(format!("not seen: {}", missing.join("; ")))) }
}

/// Accounts for both, each in the other's roster as friends for long.
fn store(passwords: &[zeroize::Zeroizing<String>; 2]) -> Result<Store, Failure> {
    let mut store = Store::open(None, OfflineLimits::default()).map_err(failed)?;
    let pairs = [(ROMEO, JULIET, "Juliet"), (JULIET, ROMEO, "Romeo")];
    for ((own, _, _), password) in pairs.iter().zip(passwords) {
        let keys = account::derive(password.clone()).map_err(failed)?;
        store.account_add(jid(own)?.as_jid().bare().as_str(), &keys, account::unix_millis()).map_err(failed)?;
    }
    for (own, other, name) in pairs {
        let mut item = Item::new(jid(other)?.as_jid().bare().to_buf());
        (item.name, item.subscription) = (Some(name.into()), Subscription::Both);
        store.roster_save_item(jid(own)?.as_jid().bare().as_str(), &serve::stored(&item)).map_err(failed)?;
    }
    Ok(store)
}

/// A password that nobody knows, for as long as this process lives.
fn password() -> Result<zeroize::Zeroizing<String>, Failure> {
    use tercet::sasl::crypto::{Os, Provider};
    let mut octets = [0; 16];
    Os.random(&mut octets).map_err(failed)?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>().into())
}

fn new_ear() -> Arc<Mutex<Ear>> {
    Arc::new(Mutex::new(Ear::new()))
}

fn listen(ear: &Arc<Mutex<Ear>>) -> Tap {
    let ear = ear.clone();
    Box::new(move |way, octets| lock(&ear).take(way, octets))
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn jid(text: &str) -> Result<JidBuf, Failure> {
    JidBuf::parse(text).map_err(failed)
}
