//! The parsers that are compared, one file each.
//!
//! In: a stream as octets. Out: the [`Answer`] to a [`Task`]. A peer is used as its documentation tells its users to;
//! what it leaves to them and a task needs is done here, and the time for it counts.

#[cfg(expat)]
mod expat;
#[cfg(libxml2)]
mod libxml2;
mod minidom;
#[cfg(pugixml)]
mod pugixml;
mod quick_xml;
#[cfg(rapidxml)]
mod rapidxml;
mod roxmltree;
mod rxml;
mod simdxml;
mod tercet;
mod xmlparser;

use crate::task::{Answer, Task};

pub use self::tercet::{NAME as TERCET, tell_stanzas};

/// The name of the peer whose speed is 1.
pub const BASELINE: &str = "expat";

/// What a row of the tables is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Another parser.
    Rival,
    /// tercet, as it is used.
    Tercet,
    /// tercet with something left out, to tell what that is worth: not for the chart.
    Detail,
}

/// A parser with the code that makes it do the tasks.
pub trait Peer {
    fn name(&self) -> &'static str;

    fn role(&self) -> Role {
        Role::Rival
    }

    fn version(&self) -> String;

    /// What a reader of the table must know: what is done for it, how it is called.
    fn remarks(&self) -> &'static str;

    /// Whether it can be given a stream in pieces.
    fn takes_pieces(&self) -> bool;

    /// Whether it reads streams by itself, so that what it accepts tells something.
    fn reads_streams(&self) -> bool {
        true
    }

    /// Gets ready for one run on `stream`: what is not to be timed, such as a copy to be overwritten.
    ///
    /// # Errors
    /// Why it cannot read the stream.
    fn prepare(&mut self, _stream: &[u8]) -> Result<(), String> {
        Ok(())
    }

    /// Reads `stream`, in pieces of `piece` octets where it takes them.
    ///
    /// # Errors
    /// Why it does not accept the stream.
    fn run(&mut self, task: Task, stream: &[u8], piece: usize) -> Result<Answer, String>;
}

/// Everyone who is here, tercet first.
pub fn all() -> Vec<Box<dyn Peer>> {
    let mut all: Vec<Box<dyn Peer>> = Vec::new();
    all.extend(tercet::rows().into_iter().map(|row| Box::new(row) as Box<dyn Peer>));
    all.push(Box::new(tercet::TercetSink));
    all.extend(rivals());
    all
}

fn rivals() -> Vec<Box<dyn Peer>> {
    vec![
        #[cfg(expat)]
        Box::new(expat::Expat { namespaces: false }),
        #[cfg(expat)]
        Box::new(expat::Expat { namespaces: true }),
        #[cfg(libxml2)]
        Box::new(libxml2::Libxml2::new()),
        #[cfg(pugixml)]
        Box::new(pugixml::Pugixml::new()),
        #[cfg(rapidxml)]
        Box::new(rapidxml::Whole::default()),
        #[cfg(rapidxml)]
        Box::new(rapidxml::Stanzas::default()),
        Box::new(quick_xml::QuickXml),
        Box::new(roxmltree::Roxmltree),
        Box::new(xmlparser::Xmlparser),
        Box::new(rxml::Rxml),
        Box::new(simdxml::Simdxml),
        Box::new(minidom::Minidom),
    ]
}

/// Those that build.rs did not find.
pub const MISSING: &str = env!("MISSING_PEERS");

/// The version of a crate that was built in.
fn locked(name: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")));
    let version = entry.and_then(|entry| entry.split("version = \"").nth(1)?.split('"').next());
    version.unwrap_or("?").to_owned()
}

/// For parsers that want their users to have checked UTF-8: the fastest check there is.
fn text(stream: &[u8]) -> Result<&str, String> {
    simdutf8::basic::from_utf8(stream).map_err(|error| error.to_string())
}

/// What a parser in C answered, given the code that 0 means success in.
#[cfg(any(expat, libxml2, pugixml, rapidxml))]
fn outcome(code: i32, answer: Answer) -> Result<Answer, String> {
    if code == 0 { Ok(answer) } else { Err(format!("error {code}")) }
}

/// A peer that has only a name, for tests of what is told of peers.
#[cfg(test)]
pub struct Named(pub &'static str);

#[cfg(test)]
impl Peer for Named {
    fn name(&self) -> &'static str {
        self.0
    }

    fn role(&self) -> Role {
        if self.0 == TERCET { Role::Tercet } else { Role::Rival }
    }

    fn version(&self) -> String {
        String::new()
    }

    fn remarks(&self) -> &'static str {
        ""
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn run(&mut self, _task: Task, _stream: &[u8], _piece: usize) -> Result<Answer, String> {
        Err(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ways::PIECE;
    use tercet_corpora::Kind;

    #[test]
    fn all_read_the_same() {
        for kind in Kind::ALL {
            let stream = kind.stream(3, 60_000);
            for task in Task::ALL {
                let mut answers = Vec::new();
                for mut peer in all() {
                    for piece in [stream.len(), 16_384, PIECE, 7] {
                        if piece == stream.len() || peer.takes_pieces() {
                            peer.prepare(&stream).unwrap();
                            answers.push((peer.name(), piece, peer.run(task, &stream, piece).unwrap()));
                        }
                    }
                }
                for (name, piece, answer) in &answers {
                    assert_eq!(*answer, answers[0].2, "{name} in pieces of {piece}: {kind:?} {task:?}");
                }
            }
        }
    }

    /// What streams of everyday hold seldom: names that begin as declarations do, what is in CDATA and not to be
    /// decoded, bodies with children and in other places, depth.
    #[test]
    fn all_read_the_same_of_odd_stanzas() {
        let stanzas = [
            "<a xmlns='u' xmlns:p='v' xmlnsp='1' x='22' xm='333' xmln='4444' p:to='5' to='&lt;&#x20AC;'/>",
            "<a id=' to=\"1\"' type='&amp;' from='f'>t&amp;<![CDATA[&amp;]]>u</a> ",
            "<a><body>b<c>d<body>e</body></c>&gt;<![CDATA[&gt;]]></body>f<body/><b><body>g</body></b></a>",
            &format!("<a>{}&amp;h<c x='&gt;'/>{}</a>", "<b>i".repeat(40), "j</b>".repeat(40)),
        ];
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
        for stanza in stanzas {
            let stream = format!("<?xml version='1.0'?>{header}\n{stanza} </stream:stream>").into_bytes();
            for task in Task::ALL {
                let mut expected = None;
                for mut peer in all() {
                    peer.prepare(&stream).unwrap();
                    let answer = peer.run(task, &stream, stream.len());
                    let expected = expected.get_or_insert_with(|| answer.clone());
                    assert_eq!(answer, *expected, "{}: {task:?} of {stanza}", peer.name());
                }
            }
        }
    }

    #[test]
    fn versions_are_known() {
        for peer in all() {
            assert_ne!(peer.version(), "?", "{}", peer.name());
        }
    }
}
