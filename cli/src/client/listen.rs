//! `tercet listen`: messages as they come, one a line.

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::json;
use tercet::engine::ClientRole;
use tercet::ns::name;
use tercet::session::message::{Kind, body};
use tercet::{Event, Stanza};
use tokio::time::timeout;

use super::{Plan, close, leave, over, plain};
use crate::args;
use crate::failure::{Failure, failed, warn};
use crate::link::Link;
use crate::runtime::{runtime, signals};
use crate::words::counted;

/// Runs the command.
///
/// # Errors
/// Login fails, the stream breaks, ends with an error or does not end in order when somebody stops us, or fewer
/// messages came than were asked for.
pub(crate) fn run(options: &args::Listen) -> Result<(), Failure> {
    let plan = Plan::new(&options.login)?;
    runtime()?.block_on(async {
        let signals = signals()?;
        tokio::pin!(signals);
        let login = timeout(plan.patience, plan.log_in());
        let mut link = tokio::select! {
            link = login => link.unwrap_or_else(|_| Err(failed(plan.lateness())))?,
            () = &mut signals => return Ok(()),
        };
        let mut heard = Heard { options, count: 0 };
        let ended = tokio::select! {
            ended = heard.all(&mut link) => ended,
            () = &mut signals => Ok(End::Asked),
            () = time_is_up(options.wait) => Ok(End::Enough),
        };
        match ended {
            Ok(end @ (End::Enough | End::Asked)) => {
                // What the server has handed over is nowhere else any more: it is printed, however much was asked for.
                let closed = close(link, |event| heard.late(event)).await;
                if matches!(end, End::Asked) {
                    return closed.map_err(failed);
                }
                // What was to be heard has been heard or not, whatever the end was like.
                if let Err(why) = closed {
                    warn(why);
                }
            }
            Ok(End::Server) => leave(link).await,
            Ok(End::Error(why)) => {
                leave(link).await;
                return Err(Failure::Failed(why));
            }
            Err(why) => {
                // The stream may be in order all the same: it was the reader of our output that went away.
                let _ = close(link, |_| {}).await;
                return Err(why);
            }
        }
        heard.verdict()
    })
}

/// Why listening is over.
enum End {
    /// All is heard.
    Enough,
    /// Somebody asked us to end.
    Asked,
    /// The server ended the stream.
    Server,
    /// The server ended it with an error; this says so.
    Error(String),
}

struct Heard<'o> {
    options: &'o args::Listen,
    count: u64,
}

impl Heard<'_> {
    async fn all(&mut self, link: &mut Link<ClientRole>) -> Result<End, Failure> {
        let (connection, output) = link.engine();
        connection
            .send(output, |it| {
                it.open(name::PRESENCE).close();
            })
            .map_err(failed)?;
        if let Some(jid) = connection.jid() {
            // For a person to see that it works; who does not look does not miss it.
            let _ = writeln!(std::io::stderr(), "online as {jid}");
        }
        let ended = link.wait_for(|event, _| match event {
            Event::Stanza(stanza) => self.stanza(&stanza),
            Event::Closed(_) => ControlFlow::Break(Ok(End::Server)),
            event => over(&event).map_or(ControlFlow::Continue(()), |why| ControlFlow::Break(Ok(End::Error(why)))),
        });
        ended.await.map_err(failed)?
    }

    /// A message that was on its way when we had heard enough. A reader that went away is told no more.
    fn late(&mut self, event: &Event<'_>) {
        if let Event::Stanza(stanza) = event {
            let _ = self.stanza(stanza);
        }
    }

    fn stanza(&mut self, stanza: &Stanza<'_>) -> ControlFlow<Result<End, Failure>> {
        if !stanza.root().is(name::MESSAGE) || Kind::of(stanza) == Kind::Error {
            return ControlFlow::Continue(());
        }
        let Some(text) = body(stanza, None) else { return ControlFlow::Continue(()) };
        let from = stanza.from().map(|from| from.decode().into_owned()).unwrap_or_default();
        let line = match self.options.json {
            true => json!({ "from": from, "type": Kind::of(stanza).name(), "body": text }).to_string(),
            false => format!("{}\t{}", plain(&from), plain(&text)),
        };
        let mut out = std::io::stdout().lock();
        if let Err(why) = writeln!(out, "{line}").and_then(|()| out.flush()) {
            return ControlFlow::Break(Err(Failure::output(why)));
        }
        self.count += 1;
        match self.options.count {
            Some(count) if self.count >= count => ControlFlow::Break(Ok(End::Enough)),
            _ => ControlFlow::Continue(()),
        }
    }

    fn verdict(&self) -> Result<(), Failure> {
        match self.options.count {
            Some(count) if self.count < count => {
                Err(Failure::Failed(format!("{} of {} came", self.count, counted(count, "message"))))
            }
            _ => Ok(()),
        }
    }
}

async fn time_is_up(seconds: Option<u32>) {
    match seconds {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds.into())).await,
        None => std::future::pending().await,
    }
}
