//! `tercet roster`: the contacts, one a line.

use std::io::Write;

use serde_json::json;
use tercet::engine::Request;
use tercet::ns::name;
use tercet::session::iq::error_condition;
use tercet::session::roster::{Item, read_result};
use tercet::{Event, Stanza};

use super::{Session, plain, with_session};
use crate::args;
use crate::failure::{Failure, failed};

/// Runs the command.
///
/// # Errors
/// The server does not give the roster.
pub(crate) fn run(options: &args::Roster) -> Result<(), Failure> {
    with_session(&options.login, |session| ask(session, options.json))
}

async fn ask(mut session: Session, is_json: bool) -> Result<(), Failure> {
    let (connection, output) = session.link.engine();
    let asked = connection.request(output, Request::Get, None, |query| {
        query.open(name::ROSTER).close();
    });
    let asked = asked.map_err(failed)?;
    let answer = session.answer(|event| match event {
        Event::Response(request, stanza) if *request == asked => Some(read(stanza)),
        _ => None,
    });
    let (items, session) = answer.await.map_err(failed)?;
    // What is there is printed before anything can go wrong with the end.
    let printed = items.and_then(|items| print(&items, is_json));
    session.close(|_| {}).await;
    printed
}

fn print(items: &[Item], is_json: bool) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let line = if is_json { json } else { text };
    items
        .iter()
        .try_for_each(|item| writeln!(out, "{}", line(item)))
        .and_then(|()| out.flush())
        .map_err(Failure::output)
}

fn read(stanza: &Stanza<'_>) -> Result<Vec<Item>, Failure> {
    if stanza.ty().is_some_and(|ty| ty == "error") {
        let condition = error_condition(stanza).name();
        return Err(Failure::Failed(format!("the server does not give the roster: {condition}")));
    }
    Ok(read_result(stanza).collect())
}

fn text(item: &Item) -> String {
    let ask = if item.ask { "ask" } else { "-" };
    let name = item.name.as_deref().map(plain).unwrap_or_default();
    let groups: Vec<_> = item.groups.iter().map(|group| plain(group)).collect();
    [item.contact.as_str(), item.subscription.name(), ask, &name, &groups.join(", ")].join("\t")
}

fn json(item: &Item) -> String {
    json!({
        "jid": item.contact.as_str(),
        "subscription": item.subscription.name(),
        "ask": item.ask,
        "name": item.name,
        "groups": item.groups,
    })
    .to_string()
}
