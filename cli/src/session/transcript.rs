//! The play, its transcript, and what is missing from it.
//!
//! In: two clients. Out: lines, times, and the names of what was not seen. Invariant: a step counts for the client side
//! by what its engine said, for the server side by the server's journal and ear, and for the wire by both ears having
//! heard the same.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::ProtocolVersion;
use tercet::jid::JidBuf;
use tercet::session::subscription::Subscription;

use super::actor::{Actor, Connected};
use super::ear::{Ear, Heard};
use super::lock;
use super::step::Step;
use crate::failure::Failure;
use crate::link::{Secured, Way};
use crate::serve::{Entry, What, Why};

const ASK: &str = "But soft, what light through yonder window breaks?";
const REPLY: &str = "O Romeo, Romeo, wherefore art thou Romeo?";

/// What one client saw.
struct Saw {
    name: &'static str,
    address: SocketAddr,
    ear: Arc<Mutex<Ear>>,
    secured: Option<Secured>,
    account: Option<JidBuf>,
    bound: Option<JidBuf>,
    done: Vec<Step>,
}

/// See the module.
pub(super) struct Transcript {
    raw: bool,
    clients: Vec<Saw>,
    times: Vec<(Step, Duration)>,
    missing: Vec<String>,
}

impl Transcript {
    pub(super) fn new(raw: bool) -> Self {
        Self { raw, clients: Vec::new(), times: Vec::new(), missing: Vec::new() }
    }

    /// Goes through all steps.
    ///
    /// # Errors
    /// Where it got stuck.
    pub(super) async fn play(&mut self, actors: [Actor; 2]) -> Result<(), Failure> {
        let mut began = Instant::now();
        let mut on_stage = Vec::with_capacity(actors.len());
        for actor in actors {
            let client = actor.connect().await?;
            self.clients.push(Saw::new(&client));
            on_stage.push(client);
        }
        self.done(Step::Connect, &mut began);
        for (client, saw) in on_stage.iter_mut().zip(&mut self.clients) {
            saw.secured = Some(client.start_tls().await?);
        }
        self.done(Step::StartTls, &mut began);
        for (client, saw) in on_stage.iter_mut().zip(&mut self.clients) {
            saw.account = Some(client.log_in().await?);
        }
        self.done(Step::Login, &mut began);
        let mut bound = Vec::new();
        for (client, saw) in on_stage.iter_mut().zip(&mut self.clients) {
            let jid = client.bind().await?;
            bound.push(jid.clone());
            saw.bound = Some(jid);
        }
        self.done(Step::Bind, &mut began);
        let (Ok([mut romeo, mut juliet]), Ok([his, hers])) =
            (<[Connected; 2]>::try_from(on_stage), <[JidBuf; 2]>::try_from(bound))
        else {
            return Err(Failure::Failed("somebody is missing on stage".into()));
        };

        romeo.send_presence().await?;
        juliet.send_presence().await?;
        juliet.await_presence(his.as_jid()).await?;
        romeo.await_presence(hers.as_jid()).await?;
        self.done(Step::Presence, &mut began);

        for (client, other) in [(&mut romeo, &hers), (&mut juliet, &his)] {
            let roster = client.roster().await?;
            let friends = roster
                .iter()
                .any(|item| item.contact.as_jid() == other.as_jid().bare() && item.subscription == Subscription::Both);
            self.expect(friends, || format!("{other} in the roster of {}", client.name));
        }
        self.done(Step::Roster, &mut began);

        romeo.send_message(hers.as_jid(), ASK).await?;
        let asked = juliet.await_message(his.as_jid()).await?;
        juliet.send_message(his.as_jid(), REPLY).await?;
        let replied = romeo.await_message(hers.as_jid()).await?;
        self.expect(asked == ASK && replied == REPLY, || "the words of the messages".into());
        self.done(Step::Messages, &mut began);

        romeo.close().await?;
        juliet.await_absence(his.as_jid()).await?;
        juliet.close().await?;
        self.done(Step::Close, &mut began);
        Ok(())
    }

    fn done(&mut self, step: Step, began: &mut Instant) {
        self.times.push((step, began.elapsed()));
        *began = Instant::now();
        for saw in &mut self.clients {
            saw.done.push(step);
        }
    }

    fn expect(&mut self, seen: bool, what: impl FnOnce() -> String) {
        if !seen {
            self.missing.push(what());
        }
    }

    /// What was not seen, by the clients, by the server's ears or in its journal.
    pub(super) fn missing(&mut self, server: &HashMap<SocketAddr, Arc<Mutex<Ear>>>, journal: &[Entry]) -> Vec<String> {
        if self.clients.len() < 2 {
            self.missing.push("two clients".into());
        }
        for saw in &self.clients {
            let journal: Vec<_> = journal.iter().filter(|it| it.peer == saw.address).map(|it| &it.what).collect();
            let own = lock(&saw.ear);
            for step in Step::ALL {
                if !saw.done.contains(&step) {
                    self.missing.push(format!("{} at {}", step.name(), saw.name));
                }
                if !saw.served(step, &journal) {
                    self.missing.push(format!("{} of {} at the server", step.name(), saw.name));
                }
                for way in [Way::In, Way::Out] {
                    if !own.heard().iter().any(|heard| heard.step == step && heard.way == way) {
                        self.missing.push(format!("{} of {}, one way, on the wire", step.name(), saw.name));
                    }
                }
            }
            let same = server.get(&saw.address).is_some_and(|other| {
                let other = lock(other);
                own.units(Way::Out) == other.units(Way::In) && own.units(Way::In) == other.units(Way::Out)
            });
            if !same {
                self.missing.push(format!("what {} sent and got, the same at the server", saw.name));
            }
        }
        self.missing.clone()
    }

    /// Writes all of it.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        for (number, step) in Step::ALL.into_iter().enumerate() {
            let time = self.times.iter().find(|(of, _)| *of == step).map(|(_, time)| *time);
            let time = time.map_or("not done".into(), |time| format!("{:.1} ms", time.as_secs_f64() * 1e3));
            writeln!(out, "{} {:<60} {time:>10}", number + 1, step.name())?;
            self.print_step(step, out)?;
        }
        let all: Duration = self.times.iter().map(|(_, time)| *time).sum();
        let words = if self.missing.is_empty() { "all eight steps seen from both sides" } else { "incomplete" };
        writeln!(out, "{words}, {:.1} ms", all.as_secs_f64() * 1e3)?;
        out.flush()
    }

    fn print_step(&self, step: Step, out: &mut impl Write) -> io::Result<()> {
        let mut lines: Vec<(&Saw, Heard)> = Vec::new();
        for saw in &self.clients {
            let heard = lock(&saw.ear).heard().iter().filter(|heard| heard.step == step).cloned().collect::<Vec<_>>();
            lines.extend(heard.into_iter().map(|heard| (saw, heard)));
        }
        lines.sort_by_key(|(_, heard)| heard.at);
        for (saw, heard) in lines {
            let (from, to) = match heard.way {
                Way::In => ("server", saw.name),
                Way::Out => (saw.name, "server"),
            };
            writeln!(out, "    {from:>6} \u{2192} {to:<6}  {}", heard.summary)?;
            if self.raw {
                writeln!(out, "                       {}", heard.raw)?;
            }
            // The handshake stands where the peer's word for it came.
            if let (Way::In, true, Some(tls)) = (heard.way, heard.raw.starts_with("<proceed"), saw.secured) {
                writeln!(out, "    {:>6} \u{2194} server  ({tls})", saw.name)?;
            }
        }
        Ok(())
    }
}

impl Saw {
    fn new(client: &Connected) -> Self {
        Self {
            name: client.name,
            address: client.address,
            ear: client.ear.clone(),
            secured: None,
            account: None,
            bound: None,
            done: Vec::new(),
        }
    }

    /// Whether the server's journal tells the same of a step as the client does;
    /// of the steps that are stanzas alone the ears tell.
    fn served(&self, step: Step, journal: &[&What]) -> bool {
        journal.iter().any(|what| match (step, what) {
            (Step::Connect, What::Connected) => true,
            (Step::StartTls, What::Secured(theirs)) => self.secured.is_some_and(|ours| {
                let known = matches!(ours.version, ProtocolVersion::TLSv1_3 | ProtocolVersion::TLSv1_2);
                known && ours.version == theirs.version && ours.suite == theirs.suite
            }),
            (Step::Login, What::LoggedIn(theirs)) => self.account.as_ref() == Some(theirs),
            (Step::Bind, What::Bound(theirs)) => self.bound.as_ref() == Some(theirs),
            (Step::Presence | Step::Roster | Step::Messages, _) => true,
            (Step::Close, What::Closed(Why::ByClient)) => true,
            _ => false,
        })
    }
}
