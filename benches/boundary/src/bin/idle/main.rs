//! `idle [connections] [--out FILE]`: what an idle, bound connection of a server takes, made by the C API as a program
//! in C makes it.
//!
//! In: how many connections, 100,000 unless told. Out: a table of octets per connection: by the allocator's count, with
//! all that it adds; by the system's, which sees pages; and by `tercet_conn_memory`. Then what it costs to wake one.
//! All that stands in a file, too, where one is named.
//! Each connection is logged in (STARTTLS, SCRAM-SHA-256, bind), sends presence and a message, and is sent one back; a
//! hundredth of all later it is taken for idle: `tercet_conn_shrink`. Ends with 1 where an idle one takes more than
//! 1,024 octets or something fails, with 2 for wrong usage.
#![allow(unsafe_code)]

mod client;
mod host;
mod meter;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::Client;
use host::{Conn, Host};
use meter::Reading;
use tercet_boundary::Page;

/// What an idle connection may take.
const MOST: usize = 1_024;
/// Connections, unless told.
const MANY: usize = 100_000;
/// Measurements of time, of which the least counts.
const TRIES: usize = 50;
/// One of so many connections is busy at a time.
const BUSY: usize = 100;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let out = tercet_boundary::out(&mut words);
    let count = match words.as_slice() {
        [] => Ok(MANY),
        [count] => count.parse().map_err(|_| ()),
        _ => Err(()),
    };
    let Ok(count @ BUSY..) = count else {
        return tercet_boundary::usage(
            &words,
            &format!("idle [CONNECTIONS] [--out FILE]; CONNECTIONS is {BUSY} or more, {MANY} where it is not given"),
        );
    };
    match measure(count, out.as_deref()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what so many connections take; whether an idle one takes no more than it may.
fn measure(count: usize, out: Option<&Path>) -> Result<bool, Box<dyn Error>> {
    let mut page = Page::begin("What an idle connection takes", out)?;
    page.line("- octets per connection\n");
    let busy = count / BUSY;
    let mut host = Host::new("example.net", "jul13t").map_err(|refused| format!("{refused:?}"))?;
    let mut client = Client::new("example.net", "jul13t");
    let mut conns = vec![std::ptr::null_mut(); count];

    page.line(format_args!("| {count} connections | allocator | blocks | resident | tercet_conn_memory |"));
    page.line("|---|--:|--:|--:|--:|");
    let began = Instant::now();
    let before = Reading::take();
    for number in 0..count {
        let conn = host.connect().map_err(|refused| format!("{refused:?}"))?;
        conns[number] = conn;
        client.log_in(&mut host, conn, number)?;
        client.talk(&mut host, conn)?;
        if number + 1 == busy {
            row(&mut page, "busy", before, &host, &conns[..busy]);
        }
        if number >= busy {
            shrink(&host, &conns[number - busy..=number - busy])?;
        }
    }
    shrink(&host, &conns[count - busy..])?;
    let idle = row(&mut page, "idle", before, &host, &conns);
    let logins = began.elapsed();

    for conn in &conns {
        host.hear(*conn, " ").map_err(|refused| format!("{refused:?}"))?;
    }
    row(&mut page, "idle, after white space", before, &host, &conns);
    for conn in &conns {
        client.say(&mut host, *conn)?;
    }
    row(&mut page, "all busy at once", before, &host, &conns);
    shrink(&host, &conns)?;
    row(&mut page, "idle again", before, &host, &conns);
    meter::trim();
    row(&mut page, "the same, after `malloc_trim`", before, &host, &conns);

    let (awake, woken) = wake(&client, &mut host, &conns[..busy])?;
    for conn in conns {
        host.disconnect(conn).map_err(|refused| format!("{refused:?}"))?;
    }
    page.line(format_args!(
        "\nA message and its answer take {awake} ns, and {woken} ns where the connection had given its memory back, at best \
         of {TRIES} times."
    ));
    page.line(format_args!("{count} logins took {:.1} s.", logins.as_secs_f64()));
    // Rounded as in the table, and judged as it is told.
    let most = (idle.octets.max(idle.resident) as f64 / count as f64).round() as usize;
    page.line(format_args!("An idle connection takes {most} octets, {MOST} are allowed."));
    page.end()?;
    Ok(most <= MOST)
}

fn shrink(host: &Host, conns: &[Conn]) -> Result<(), Box<dyn Error>> {
    conns.iter().try_for_each(|conn| host.shrink(*conn).map_err(|refused| format!("{refused:?}").into()))
}

/// Prints what came since `before`, per connection.
fn row(page: &mut Page<'_>, state: &str, before: Reading, host: &Host, conns: &[Conn]) -> Reading {
    let now = Reading::take().since(before);
    let memory: usize = conns.iter().map(|conn| host.memory(*conn)).sum();
    let each = |sum: usize| sum as f64 / conns.len() as f64;
    let (octets, blocks, resident, memory) = (each(now.octets), each(now.blocks), each(now.resident), each(memory));
    page.line(format_args!("| {state} | {octets:.0} | {blocks:.1} | {resident:.0} | {memory:.0} |"));
    now
}

/// How long a message and its answer take, and how long where memory must be had first; nanoseconds, at best of
/// [`TRIES`] times over all connections.
fn wake(client: &Client, host: &mut Host, conns: &[Conn]) -> Result<(u128, u128), Box<dyn Error>> {
    let mut least = [Duration::MAX; 2];
    for _ in 0..TRIES {
        for (least, gives_back) in least.iter_mut().zip([false, true]) {
            for conn in conns {
                client.say(host, *conn)?;
            }
            if gives_back {
                shrink(host, conns)?;
            }
            let began = Instant::now();
            for conn in conns {
                client.say(host, *conn)?;
            }
            *least = began.elapsed().min(*least);
        }
    }
    let [awake, woken] = least.map(|least| least.as_nanos() / conns.len() as u128);
    Ok((awake, woken))
}
