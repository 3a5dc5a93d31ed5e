//! `tercet send`: one message, and whether it came back.
//!
//! A server answers in order (RFC 6120 section 10.1), so the answer to a ping sent behind the message comes behind an
//! error for the message. Our closing tag alone would not do: a server that reads it in one go with the message may be
//! gone before its own error for the message reaches the stream, as ejabberd is.

use std::io::Read;

use tercet::Event;
use tercet::engine::Request;
use tercet::jid::JidBuf;
use tercet::ns::{NameId, NsId, name};
use tercet::session::iq::error_condition;
use tercet::stanza::{Kind, Stanza};
use tercet::write::Writer;

use super::{Session, plain, with_session};
use crate::args;
use crate::failure::{Failure, failed};

/// A message that is longer is refused before anybody is bothered with it.
const LONGEST: usize = 200_000;
/// Names our message in an answer.
const ID: &str = "m1";

/// Runs the command.
///
/// # Errors
/// The message cannot be sent, came back, or nothing tells that it did not.
pub(crate) fn run(options: &args::Send) -> Result<(), Failure> {
    let to =
        JidBuf::parse(&options.to).map_err(|why| Failure::Usage(format!("{:?} is no address: {why}", options.to)))?;
    let text = text(&options.text)?;
    // What cannot be written is refused before anybody is asked for a password.
    let mut trial = Vec::new();
    let mut writer = Writer::new(&mut trial);
    write(&mut writer, &to, &text);
    writer.finish().map_err(cannot_be_sent)?;
    with_session(&options.login, |session| send(session, to, text))
}

fn write(message: &mut Writer<'_>, to: &JidBuf, text: &str) {
    message.open(name::MESSAGE).attr("to", to.as_str()).attr("type", "chat").attr("id", ID);
    message.open(name::BODY).text(text).close();
    message.close();
}

fn cannot_be_sent(why: impl std::fmt::Display) -> Failure {
    Failure::Failed(format!("the message cannot be sent: {why}"))
}

async fn send(mut session: Session, to: JidBuf, text: String) -> Result<(), Failure> {
    let (connection, output) = session.link.engine();
    connection.send(output, |message| write(message, &to, &text)).map_err(cannot_be_sent)?;
    let asked = connection.request(output, Request::Get, None, |ping| {
        ping.open(name::PING).close();
    });
    let asked = asked.map_err(failed)?;
    let mut refused = None;
    let mut look = |event: &Event<'_>| {
        if let Event::Stanza(stanza) = event
            && let Some(why) = bounced(stanza)
        {
            refused.get_or_insert(why);
        }
    };
    // Any answer will do, an error too.
    let answered = session.answer(|event| {
        look(event);
        matches!(event, Event::Response(request, _) if *request == asked).then_some(())
    });
    let confirmed = match answered.await {
        Ok(((), session)) => {
            session.close(look).await;
            Ok(())
        }
        Err(why) => Err(Failure::Failed(format!("the message was sent, but not confirmed: {why}"))),
    };
    match refused {
        Some(why) => Err(Failure::Failed(format!("{to}: the message came back: {why}"))),
        None => confirmed,
    }
}

/// Why our message came back, if this is it.
fn bounced(stanza: &Stanza<'_>) -> Option<String> {
    let is_error = stanza.kind() == Kind::Message && stanza.ty().is_some_and(|ty| ty == "error");
    if !is_error || stanza.id().is_none_or(|id| id != ID) {
        return None;
    }
    let error = stanza.child(NameId::ERROR);
    let text = error.and_then(|error| {
        error.elements().find(|child| child.name().ns == NsId::STANZA_ERRORS && child.local() == "text")
    });
    let condition = error_condition(stanza).name();
    Some(match text {
        Some(text) => format!("{condition} ({})", plain(&text.text())),
        None => condition.to_owned(),
    })
}

/// The words joined, or standard input.
fn text(words: &[String]) -> Result<String, Failure> {
    let text = match words {
        [only] if only == "-" => {
            let mut text = String::new();
            let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
            let read = std::io::stdin().lock().take(limit).read_to_string(&mut text);
            read.map_err(|why| Failure::Failed(format!("cannot read standard input: {why}")))?;
            text.truncate(text.trim_end_matches('\n').len());
            text
        }
        words => words.join(" "),
    };
    match text.len() {
        0 => Err(Failure::Failed("the message is empty".into())),
        length if length > LONGEST => Err(Failure::Failed(format!("the message is longer than {LONGEST} bytes"))),
        _ => Ok(text),
    }
}
