//! The `tercet` command: look into streams, run a server, log in to one.
//!
//! In: the command line, standard input. Out: standard output for results, standard error for complaints and progress,
//! and an exit code: 0 done, 1 the input or a peer was at fault, 2 the command line was. This file chooses the command
//! and turns its outcome into the code; it knows nothing of what the commands do.

mod account;
mod args;
mod canon;
mod client;
mod failure;
mod inspect;
mod jid;
mod limit;
mod link;
mod password;
mod progress;
mod resolve;
mod runtime;
mod serve;
mod session;
mod store;
mod tls;
mod words;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Args, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let outcome = match Args::try_parse() {
        Ok(args) => run(args),
        // It goes to standard error, and nobody is left to tell if that fails.
        Err(error) if error.use_stderr() => error.exit(),
        Err(help) => help.print().map_err(Failure::output),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&mut std::io::stderr()),
    }
}

fn run(args: Args) -> Result<(), Failure> {
    match args.command {
        Command::Account(it) => account::run(&it.action, &mut std::io::stdout()),
        Command::Completions(it) => completions(it.shell),
        Command::Inspect(it) => inspect::command(it),
        Command::Jid(it) => jids(&it.jids),
        Command::Listen(it) => client::listen(&it),
        Command::Roster(it) => client::roster(&it),
        Command::Send(it) => client::send(&it),
        Command::Serve(it) => serve::run(&it),
        Command::Session(it) => session::run(&it),
    }
}

fn jids(jids: &[String]) -> Result<(), Failure> {
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    match jid::run(jids, std::io::stdin().lock(), out) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Reported),
        Err(why) => Err(Failure::output(why)),
    }
}

/// Writes to memory first: the generator panics where a reader has closed the pipe.
fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "tercet", &mut script);
    let mut out = std::io::stdout();
    out.write_all(&script).and_then(|()| out.flush()).map_err(Failure::output)
}
