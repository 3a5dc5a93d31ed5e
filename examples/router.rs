//! What a server does with a client's stanzas, on the parser alone: look, send on, keep.
//!
//! ```sh
//! cargo run --example router                                                # a stream of its own
//! cargo run --example router -- romeo@verona.example/orchard < stream.xml   # what a client of that address sent
//! ```
//!
//! Nothing of a stanza is copied to look at it: views borrow the bytes that were read, names are integers to `match`
//! on, and text is a `Cow` that is owned only where a reference had to be decoded. A stanza sent on is its own bytes
//! around another `from`. One that is to be kept goes to another thread with a share of the buffer it came in.
//!
//! The rules of RFC 6121 (who is there, who may see whom, what is stored) are those of `tercet::router`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use bytes::Bytes;
use tercet::jid::JidBuf;
use tercet::ns::{Name, NameId, NsId, name};
use tercet::stanza::OwnedStanza;
use tercet::write::{self, Forward, StanzaCondition};
use tercet::{Input, Limits, Parser, Stanza, Unit};

type Outcome<T> = Result<T, Box<dyn Error>>;

const STREAM: &str = "<?xml version='1.0'?>\
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' xmlns:r='urn:xmpp:receipts' \
        to='verona.example' version='1.0'>\
    <presence><show>away</show></presence>\
    <message to='juliet@verona.example/balcony' from='tybalt@verona.example' type='chat'>\
        <body>But soft! What light &amp; glory</body><r:request/></message>\
    <message to='juliet@verona.example' type='chat'>\
        <composing xmlns='http://jabber.org/protocol/chatstates'/></message>\
    <iq to='nobody@verona.example' type='get' id='v1'><query xmlns='jabber:iq:version'/></iq>\
    </stream:stream>";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sender = match &arguments[..] {
        [] => None,
        [sender] => Some(sender.as_str()),
        _ => {
            eprintln!("usage: router [JID] (with one, the stream comes from standard input)");
            return ExitCode::from(2);
        }
    };
    match run(sender) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(sender: Option<&str>) -> Outcome<()> {
    let (archive, kept) = mpsc::channel::<OwnedStanza>();
    let mut session = Session::new(sender.unwrap_or("romeo@verona.example/orchard"), archive)?;
    let author = session.sender.clone();
    let archivist = thread::spawn(move || -> Result<(), write::Error> {
        for stanza in kept {
            // The stream's header is not kept: the prefixes that it declared are declared on the stanza.
            let mut alone = Vec::new();
            write::forward(&mut alone, &stanza.view(), Forward { from: Some(&author), ..Forward::default() })?;
            println!("archive  {}", String::from_utf8_lossy(&alone));
        }
        Ok(())
    });

    match sender {
        None => session.read(&Bytes::from_static(STREAM.as_bytes()))?,
        Some(_) => loop {
            let mut piece = vec![0; 1 << 16];
            let count = std::io::stdin().read(&mut piece)?;
            if count == 0 {
                break;
            }
            piece.truncate(count);
            session.read(&piece.into())?;
        },
    }
    session.end()?;
    archivist.join().map_err(|_| "the archive is gone")??;
    Ok(())
}

/// One client's connection, and what is to be sent because of it.
struct Session {
    /// Who the client has proved to be, whatever its stanzas say.
    sender: String,
    parser: Parser,
    /// What came and is not a whole stanza yet.
    input: Input,
    /// Octets for each account; the sender's own are answers.
    outputs: BTreeMap<String, Vec<u8>>,
    archive: mpsc::Sender<OwnedStanza>,
}

impl Session {
    fn new(sender: &str, archive: mpsc::Sender<OwnedStanza>) -> Outcome<Self> {
        let sender = JidBuf::parse(sender)?.as_str().to_owned();
        let (parser, input) = (Parser::stream(Limits::SERVER), Input::new());
        Ok(Self { sender, parser, input, outputs: BTreeMap::new(), archive })
    }

    /// Takes in what was read, wherever it was cut.
    fn read(&mut self, piece: &Bytes) -> Outcome<()> {
        let Self { sender, parser, input, outputs, archive } = self;
        let mut feed = input.with(piece);
        while let Some(unit) = parser.next(&mut feed)? {
            match unit {
                // `Debug` of a header, a stanza or an element is its XML.
                Unit::Header(header) => println!("header   {header:?}"),
                Unit::Stanza(stanza) => {
                    describe(stanza);
                    send_on(stanza, sender, outputs)?;
                    if stanza.child(NameId::BODY).is_some() {
                        // No octet is copied of a stanza that lies in one piece; one that was cut is copied.
                        archive.send(stanza.detach_in(piece))?;
                    }
                }
                // The stream's end tag, and text where a stanza should be.
                _ => println!("{unit:?}"),
            }
        }
        Ok(())
    }

    fn end(self) -> Outcome<()> {
        for (account, output) in &self.outputs {
            println!("output   {account}: {}", String::from_utf8_lossy(output));
        }
        Ok(self.parser.eof(&self.input)?)
    }
}

/// Tells what is in a stanza.
fn describe(stanza: Stanza<'_>) {
    let to = stanza.to().map_or("no one".into(), |to| to.decode());
    println!("{:<8} to {to}", stanza.root().local());
    for child in stanza.root().elements() {
        match child.name() {
            // A `Cow`: borrowed from the piece that was read, unless a reference had to be decoded.
            name::BODY => println!("         says {:?}", child.text()),
            name::SHOW => println!("         is {}", child.text()),
            Name { ns: NsId::CHAT_STATES, .. } => println!("         is {}", child.local()),
            Name { ns: NsId::RECEIPTS, .. } => println!("         wants a receipt"),
            // Names that are not in the table are told apart by their text.
            _ if child.is_named("urn:example:poke", "poke") => println!("         pokes"),
            _ => println!("         holds {child:?}"),
        }
    }
}

/// Puts a stanza into the output of the account it is for, or an answer into that of the sender.
fn send_on(stanza: Stanza<'_>, sender: &str, outputs: &mut BTreeMap<String, Vec<u8>>) -> Outcome<()> {
    // Without an address it is for the sender's own account.
    let Ok(to) = JidBuf::parse(&stanza.to().map_or(sender.into(), |to| to.decode())) else {
        return refuse(stanza, sender, outputs, StanzaCondition::JidMalformed);
    };
    if to.as_jid().local() == Some("nobody") {
        return refuse(stanza, sender, outputs, StanzaCondition::ServiceUnavailable);
    }
    let output = outputs.entry(to.as_jid().bare().as_str().to_owned()).or_default();
    write::forward(output, &stanza, Forward { from: Some(sender), ..Forward::default() })?;
    Ok(())
}

fn refuse(
    stanza: Stanza<'_>,
    sender: &str,
    outputs: &mut BTreeMap<String, Vec<u8>>,
    condition: StanzaCondition,
) -> Outcome<()> {
    let output = outputs.entry(sender.to_owned()).or_default();
    write::error_reply(output, &stanza, condition.default_type(), condition, None)?;
    Ok(())
}
