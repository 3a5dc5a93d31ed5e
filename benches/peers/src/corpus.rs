//! Streams to be parsed: made up, or captured and given as files.
//!
//! In: a kind, or a path. Out: a [`Corpus`], whose stream is whole, as parsers of whole documents want it.

use std::fs;
use std::path::Path;

use tercet::{Input, Limits, Parser, Unit};
use tercet_corpora::Kind;

/// A stream to be parsed.
pub struct Corpus {
    pub name: String,
    pub stream: Vec<u8>,
    /// What was done to make it whole.
    pub note: Option<String>,
}

impl Corpus {
    /// Octets of the shortest stream that there are figures of: in those of a shorter one, what the clock and making a
    /// parser take would show.
    pub const LEAST: usize = 50_000;

    pub fn made_up(kind: Kind, seed: u64, size: usize) -> Self {
        Self { name: kind.name().to_owned(), stream: kind.stream(seed, size), note: None }
    }

    /// The stream in a file. Where it is cut off, the stanza that is not finished goes and the end tag comes.
    ///
    /// # Errors
    /// A sentence on why there is nothing to be parsed.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let stream = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::captured(name, stream).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn captured(name: String, mut stream: Vec<u8>) -> Result<Self, String> {
        if stream.is_empty() {
            return Err("the file is empty".to_owned());
        }
        let head = Head::of(&stream, usize::MAX)
            .map_err(|error| format!("{error}; wanted is one stream of XMPP, from its header on"))?;
        if head.stanzas == 0 {
            let lacks = if head.has_header { "stanza" } else { "stream header" };
            return Err(format!("there is no whole {lacks} in it"));
        }
        let mut note = None;
        if !head.end_tag.is_empty() {
            let cut = stream.len() - head.len;
            note =
                Some(format!("{name} has no end: {cut} octets behind its last whole stanza left out, end tag added"));
            stream.truncate(head.len);
            stream.extend_from_slice(head.end_tag.as_bytes());
        }
        Ok(Self { name, stream, note })
    }

    /// Whether it is long enough for figures to mean something.
    pub fn is_timed(&self) -> bool {
        self.stream.len() >= Self::LEAST
    }

    /// What the report says of it beside figures.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let short = || {
            let (name, len, least) = (&self.name, self.stream.len(), Self::LEAST);
            format!("{name} is too short for figures to mean something: {len} octets, {least} are wanted")
        };
        self.note.clone().into_iter().chain((!self.is_timed()).then(short))
    }

    /// A stream of the first stanzas, as many as it takes to reach `size` octets.
    pub fn head(&self, size: usize) -> Vec<u8> {
        match Head::of(&self.stream, size) {
            Ok(head) => [&self.stream[..head.len], head.end_tag.as_bytes()].concat(),
            Err(_) => self.stream.clone(),
        }
    }
}

/// How much of a stream is whole.
#[derive(Default)]
struct Head {
    has_header: bool,
    stanzas: u64,
    /// Octets up to where the last whole stanza ends.
    len: usize,
    /// What is missing behind them.
    end_tag: String,
}

impl Head {
    /// Reads on until a stanza reaches `size` octets.
    fn of(stream: &[u8], size: usize) -> Result<Self, tercet::stream::Error> {
        let mut head = Self::default();
        let mut parser = Parser::stream(Limits::NONE);
        let mut input = Input::new();
        let mut feed = input.with(stream);
        while let Some(unit) = parser.next(&mut feed)? {
            match unit {
                Unit::Header(header) => {
                    head.has_header = true;
                    head.end_tag = format!("</{}>", header.element().qname());
                }
                Unit::Stanza(_) => head.stanzas += 1,
                Unit::Close => head.end_tag.clear(),
                _ => {}
            }
            head.len = feed.position() as usize;
            if head.len >= size && head.stanzas > 0 {
                break;
            }
        }
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "<?xml version='1.0'?><s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>\
                          <a>1</a><b x='é'/></s:stream>";

    #[test]
    fn a_cut_stream_ends_behind_its_last_whole_stanza() {
        let (first, second) = (STREAM.find("<b").unwrap(), STREAM.find("</s").unwrap());
        for at in first..STREAM.len() {
            let corpus = Corpus::captured("a".to_owned(), STREAM.as_bytes()[..at].to_vec()).unwrap();
            let kept = if at < second { first } else { second };
            assert_eq!(corpus.stream, format!("{}</s:stream>", &STREAM[..kept]).into_bytes(), "{at}");
            assert!(corpus.note.is_some());
        }
        let whole = Corpus::captured("a".to_owned(), STREAM.into()).unwrap();
        assert!(whole.stream == STREAM.as_bytes() && whole.note.is_none());
    }

    #[test]
    fn what_holds_no_stream_is_refused() {
        let error = |bytes: &[u8]| Corpus::captured("a".to_owned(), bytes.to_vec()).err().unwrap();
        assert_eq!(error(b""), "the file is empty");
        assert_eq!(error(&STREAM.as_bytes()[..40]), "there is no whole stream header in it");
        assert_eq!(error(&STREAM.as_bytes()[..STREAM.find("<a").unwrap()]), "there is no whole stanza in it");
        assert!(error(b"HTTP/1.1 200 OK").contains("at byte 0"));
        assert!(error(&STREAM.repeat(2).into_bytes()).contains("from its header on"));
    }

    #[test]
    fn a_short_stream_is_not_timed_and_says_so() {
        let corpus = |size| Corpus::made_up(Kind::Chat, 1, size);
        assert!(corpus(Corpus::LEAST).is_timed() && corpus(Corpus::LEAST).notes().next().is_none());
        let short = Corpus { note: Some("cut".to_owned()), stream: vec![b' '; Corpus::LEAST - 1], ..corpus(1) };
        let notes: Vec<String> = short.notes().collect();
        assert!(!short.is_timed() && notes[0] == "cut" && notes[1].contains("chat is too short"), "{notes:?}");
    }

    #[test]
    fn heads_are_streams_of_whole_stanzas() {
        let corpus = Corpus::made_up(Kind::Chat, 1, 20_000);
        let head = corpus.head(5_000);
        assert!((5_000..10_000).contains(&head.len()));
        assert!(Head::of(&head, usize::MAX).unwrap().end_tag.is_empty());
        assert_eq!(corpus.head(usize::MAX), corpus.stream);
        assert_eq!(Corpus { note: None, name: String::new(), stream: STREAM.into() }.head(0).len(), STREAM.len() - 11);
    }
}
