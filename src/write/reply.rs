//! Answers to stanzas.

use alloc::vec::Vec;

use super::{Error, ErrorType, StanzaCondition, Writer};
use crate::ns::{NsId, name};
use crate::stanza::{Kind, Stanza};

/// Appends `<iq type='result'>` on a client's stream, with what `payload` writes inside.
///
/// ```
/// let mut out = Vec::new();
/// tercet::write::iq_result(&mut out, Some("romeo@example.net/orchard"), "v1", |payload| {
///     payload.open_ns("jabber:iq:version", "query").close();
/// })?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "<iq type='result' to='romeo@example.net/orchard' id='v1'><query xmlns='jabber:iq:version'/></iq>"
/// );
/// # Ok::<(), tercet::write::Error>(())
/// ```
///
/// # Errors
///
/// As [`Writer::finish`].
pub fn iq_result(
    out: &mut Vec<u8>,
    to: Option<&str>,
    id: &str,
    payload: impl FnOnce(&mut Writer<'_>),
) -> Result<(), Error> {
    let mut writer = Writer::new(out);
    writer.open(name::IQ).attr("type", "result").attr_opt("to", to).attr("id", id);
    payload(&mut writer);
    writer.close();
    writer.finish()
}

/// Appends the error that answers `stanza`, for the stream it came on; says whether there was anything to answer.
///
/// The answer has the name and the `id` of the stanza, and its two addresses swapped (RFC 6120 section 8.3.1). What the
/// stanza held is not sent back: an answer should not be larger than its cause. `text` explains to people, in English.
///
/// Writes nothing, and returns false, where the stanza is itself an error or a result, since two entities that answer
/// each other's answers never end; and where it is none of the three stanzas.
///
/// ```
/// use tercet::write::{StanzaCondition, error_reply};
/// # use tercet::{Input, Limits, Parser, Unit};
/// # let (mut parser, mut input) = (Parser::stream(Limits::SERVER), Input::new());
/// # let mut feed = input.with(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
/// #     <iq type='get' id='1' from='a@b/c' to='d'><x xmlns='urn:x'/></iq>");
/// # parser.next(&mut feed)?;
/// # let Some(Unit::Stanza(stanza)) = parser.next(&mut feed)? else { panic!() };
/// // <iq type='get' id='1' from='a@b/c' to='d'><x xmlns='urn:x'/></iq>
/// let (mut out, condition) = (Vec::new(), StanzaCondition::ServiceUnavailable);
/// assert!(error_reply(&mut out, &stanza, condition.default_type(), condition, None)?);
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "<iq type='error' to='a@b/c' from='d' id='1'><error type='cancel'>\
///      <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`Writer::finish`]; only `text` can be to blame, or memory.
pub fn error_reply(
    out: &mut Vec<u8>,
    stanza: &Stanza<'_>,
    ty: ErrorType,
    condition: StanzaCondition,
    text: Option<&str>,
) -> Result<bool, Error> {
    let is_answer = stanza.ty().is_some_and(|ty| ty == "error" || ty == "result");
    if is_answer || stanza.kind() == Kind::Other {
        return Ok(false);
    }
    let content_ns = stanza.root().ns();
    let mut writer = Writer::in_namespace(out, content_ns);
    writer.open_ns(content_ns, stanza.root().local()).attr("type", "error");
    for (name, value) in [("to", stanza.from()), ("from", stanza.to()), ("id", stanza.id())] {
        writer.attr_opt(name, value.map(|value| value.decode()).as_deref());
    }
    write_error(&mut writer, content_ns, ty, condition, text);
    writer.close();
    writer.finish()?;
    Ok(true)
}

/// Appends `<iq type='error'>` on a client's stream, for a request of which only `id` and sender are left.
///
/// # Errors
///
/// As [`Writer::finish`].
pub fn iq_error(out: &mut Vec<u8>, to: Option<&str>, id: &str, condition: StanzaCondition) -> Result<(), Error> {
    let mut writer = Writer::new(out);
    writer.open(name::IQ).attr("type", "error").attr_opt("to", to).attr("id", id);
    write_error(&mut writer, "jabber:client", condition.default_type(), condition, None);
    writer.close();
    writer.finish()
}

fn write_error(
    writer: &mut Writer<'_>,
    content_ns: &str,
    ty: ErrorType,
    condition: StanzaCondition,
    text: Option<&str>,
) {
    let errors_ns = NsId::STANZA_ERRORS.text().unwrap_or_default();
    writer.open_ns(content_ns, "error").attr("type", ty.name());
    writer.open_ns(errors_ns, condition.name()).close();
    if let Some(text) = text {
        writer.open_ns(errors_ns, "text").lang("en").text(text).close();
    }
    writer.close();
}
