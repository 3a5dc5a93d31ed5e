//! xmlparser: a tokenizer; references, line ends and namespaces are its users' matter.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Reference, Stream, Token, Tokenizer};

use super::{Peer, locked, text};
use crate::scope::Scope;
use crate::task::{Answer, Depth, Dom, Events, Route, Sink, Task};

pub struct Xmlparser;

impl Peer for Xmlparser {
    fn name(&self) -> &'static str {
        "xmlparser"
    }

    fn version(&self) -> String {
        locked("xmlparser")
    }

    fn remarks(&self) -> &'static str {
        "tokens only: UTF-8 checked, references decoded, namespaces resolved for it"
    }

    fn takes_pieces(&self) -> bool {
        false
    }

    fn run(&mut self, task: Task, stream: &[u8], _piece: usize) -> Result<Answer, String> {
        match task {
            Task::Events => read(Events::new(Depth::DOCUMENT), stream),
            Task::Route => read(Route::new(Depth::DOCUMENT), stream),
            Task::Dom => read(Dom::new(Depth::DOCUMENT), stream),
        }
    }
}

/// A tag as it is read: its names can be resolved at its end only.
#[derive(Default)]
struct Tag<'s> {
    prefix: &'s str,
    local: &'s str,
    attributes: Vec<(&'s str, &'s str, &'s str)>,
}

fn read<S: Sink>(mut sink: S, stream: &[u8]) -> Result<Answer, String> {
    let mut scope = Scope::default();
    let mut tag = Tag::default();
    for token in Tokenizer::from(text(stream)?) {
        match token.map_err(|error| error.to_string())? {
            Token::ElementStart { prefix, local, .. } => {
                (tag.prefix, tag.local) = (prefix.as_str(), local.as_str());
                tag.attributes.clear();
            }
            Token::Attribute { prefix, local, value, .. } => {
                tag.attributes.push((prefix.as_str(), local.as_str(), value.as_str()));
            }
            Token::ElementEnd { end, .. } => {
                if !matches!(end, ElementEnd::Close(..)) {
                    open(&mut sink, &mut scope, &tag)?;
                }
                if !matches!(end, ElementEnd::Open) {
                    scope.leave();
                    sink.close();
                }
            }
            Token::Text { text } if sink.wants_text() => {
                if S::TEXT {
                    sink.piece(&decode(text.as_str(), false)?);
                } else {
                    sink.piece_len(decoded_len(text.as_str(), false)?);
                }
            }
            Token::Cdata { text, .. } if sink.wants_text() => sink.piece(text.as_str()),
            _ => {}
        }
    }
    Ok(sink.answer())
}

fn open<'s, S: Sink>(sink: &mut S, scope: &mut Scope<'s>, tag: &Tag<'s>) -> Result<(), String> {
    scope.enter();
    if S::NAMESPACES {
        for &(prefix, local, value) in &tag.attributes {
            match (prefix, local) {
                ("", "xmlns") => scope.declare("", decode(value, true)?),
                ("xmlns", _) => scope.declare(local, decode(value, true)?),
                _ => {}
            }
        }
    }
    sink.open(if S::NAMESPACES { scope.find(tag.prefix) } else { "" }, tag.local);
    if !sink.wants_attributes() {
        return Ok(());
    }
    for &(prefix, local, value) in &tag.attributes {
        if prefix == "xmlns" || (prefix.is_empty() && local == "xmlns") {
            continue;
        }
        if !S::VALUES {
            sink.attribute_len(decoded_len(value, true)?);
            continue;
        }
        let ns = if S::NAMESPACES && !prefix.is_empty() { scope.find(prefix) } else { prefix };
        sink.attribute(ns, local, &decode(value, true)?);
    }
    Ok(())
}

/// The value of text as written.
fn decode(raw: &str, attribute: bool) -> Result<Cow<'_, str>, String> {
    if is_plain(raw, attribute) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    decode_into(raw, attribute, |part| value.push_str(part))?;
    Ok(Cow::Owned(value))
}

/// How long that value is: where nothing else is wanted, nothing is put together.
fn decoded_len(raw: &str, attribute: bool) -> Result<usize, String> {
    if is_plain(raw, attribute) {
        return Ok(raw.len());
    }
    let mut len = 0;
    decode_into(raw, attribute, |part| len += part.len())?;
    Ok(len)
}

fn is_plain(raw: &str, attribute: bool) -> bool {
    if attribute {
        !raw.bytes().any(|byte| is_special(byte, true))
    } else {
        memchr::memchr2(b'&', b'\r', raw.as_bytes()).is_none()
    }
}

fn is_special(byte: u8, attribute: bool) -> bool {
    byte == b'&' || byte == b'\r' || (attribute && matches!(byte, b'\n' | b'\t'))
}

/// Gives `take` the parts of the value, one after the other.
fn decode_into(raw: &str, attribute: bool, mut take: impl FnMut(&str)) -> Result<(), String> {
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(|byte| is_special(byte, attribute)) {
        take(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let mut stream = Stream::from(rest);
            let char = match stream.consume_reference().map_err(|error| error.to_string())? {
                Reference::Char(char) => char,
                Reference::Entity(name) => entity(name)?,
            };
            take(char.encode_utf8(&mut [0; 4]));
            rest = &rest[stream.pos()..];
        } else {
            take(if attribute { " " } else { "\n" });
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        }
    }
    take(rest);
    Ok(())
}

fn entity(name: &str) -> Result<char, String> {
    Ok(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "quot" => '"',
        _ => return Err(format!("undefined entity {name}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_values_length_is_that_of_the_decoded_value() {
        for (raw, attribute, value) in [
            ("", false, ""),
            ("plain", true, "plain"),
            ("a&amp;b&#x20AC;&lt;", false, "a&b€<"),
            ("a&amp;b&#x20AC;&lt;", true, "a&b€<"),
            ("a\r\nb\rc\n\td", false, "a\nb\nc\n\td"),
            ("a\r\nb\rc\n\td", true, "a b c  d"),
        ] {
            assert_eq!(decode(raw, attribute).unwrap(), value, "{raw:?}");
            assert_eq!(decoded_len(raw, attribute), Ok(value.len()), "{raw:?}");
        }
        assert!(decode("&nbsp;", false).is_err() && decoded_len("&nbsp;", false).is_err());
    }
}
