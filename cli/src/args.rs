//! The command line: every command, its options, its help.
//!
//! In: the words after `tercet`. Out: one [`Args`], in which whatever can be checked without looking anywhere has been
//! checked. Wrong usage that the words alone show never gets past this module; what only a command can see is its
//! `Failure::Usage`. Both are explained on standard error with exit code 2. It refuses to know what an address is;
//! commands prepare those themselves.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use tercet::{Limit, Limits};

/// Look into XMPP streams, run a server, log in to one.
#[derive(Debug, Parser)]
#[command(name = "tercet", version, propagate_version = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 the input or the other side failed, 2 wrong usage.

Passwords are never needed on the command line: they come from --password-file FILE (its first line), \
from the variable TERCET_PASSWORD, or from a question on the terminal.";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Hold a whole conversation between one server and two clients, in this process
    Session(Session),
    /// Read a stream as it came off the wire and say what is in it
    Inspect(Inspect),
    /// Run an instant messaging server
    Serve(Serve),
    /// Keep the accounts of a server, also while it runs
    Account(Account),
    /// Log in and send one message
    Send(Send),
    /// Log in and list the contacts
    Roster(Roster),
    /// Log in and print what arrives
    Listen(Listen),
    /// Prepare addresses and show their parts
    Jid(Jid),
    /// Print a completion script for a shell
    Completions(Completions),
}

/// `tercet session`
#[derive(Debug, Group)]
#[command(after_help = "\
A server and two clients (romeo and juliet, who know each other) connect over loopback TCP, start TLS, log in with \
SCRAM, bind, exchange presence and a message each way, and close. Ends with 0 only if all eight steps were seen from \
both sides.

Examples:
  tercet session
  tercet session --raw | less")]
pub(crate) struct Session {
    /// Show the bytes of every step too
    #[arg(long)]
    pub(crate) raw: bool,
}

/// `tercet inspect`
#[derive(Debug, Group)]
#[command(after_help = "\
The input is what one side of one connection said, decrypted. A stream that STARTTLS or SASL restarts is read on with \
its new header. Split the file before the header of any other stream: behind the end of one it is refused; inside one, \
without an XML declaration, it is an element as any other, which only --strict refuses.

Each line of `text` is one part of the stream: its kind, its attributes `to`, `from`, `id`, `type` and `lang` (xml:lang; a \
header has `version` instead of `type`, and its declarations), its length, `text` with the first 60 characters of all text \
in it (white space folded, `...` where there is more), and for the namespace of each child element, once, `child-ns`. A \
line `text` stands for text between the elements, whatever it says; white space is none, and a byte order mark is named \
that the text begins with. `json` has the same attributes, the whole text of the element itself and of each child, and \
`byte_order_mark` of such text. `canon` has every attribute and all else there is in the elements, and nothing of \
headers, ends of streams and text between the elements.

Without --strict any header, any element and any text between them passes that is well-formed. With it such text is an \
error, and so are a header that RFC 6120 does not want, a prefix on a stanza, and elements that are neither stanzas nor \
part of the negotiation.

Everything complete before an error is printed; the error follows on standard error with its RFC 6120 condition and its \
place: the byte offset counts from 0, line and column count from 1, columns in characters. An input that ends too early \
has `truncated` instead of a condition. `json` has the error on standard \
output too, as its last object, of the kind `error`, with `condition`, `offset`, `line`, `column` and `reason`; of a file \
that cannot be opened or read it has the `reason` alone. No limits are set but those asked for; what crosses one is an error.

Examples:
  tercet inspect captured.xml
  tercet inspect --format json captured.xml | jq .kind
  tercet inspect --strict --limits server --chunk 1 < captured.xml
  echo '<message><body>hi</body></message>' | tercet inspect --fragment
  tercet inspect --fragment --declare x=urn:example:x stanzas.xml
  tercet inspect --document --format canon settings.xml")]
pub(crate) struct Inspect {
    /// What to read; standard input where none is given, or `-`
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// How to print what is found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// Feed the parser this many bytes at a time
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(LONGEST_CHUNK, "bytes"))]
    pub(crate) chunk: Option<NonZeroUsize>,

    /// The input is a sequence of stanzas without a stream header; a byte order mark before it is passed over
    #[arg(long, conflicts_with = "document")]
    pub(crate) fragment: bool,

    /// Declare one more prefix in the header that --fragment supposes (repeatable)
    #[arg(long, value_name = "PREFIX=URI", requires = "fragment", conflicts_with = "document", value_parser = declaration)]
    pub(crate) declare: Vec<(String, String)>,

    /// The input is one XML document with any root: the parser alone, without stream rules. What XMPP forbids is
    /// refused all the same: comments, processing instructions, DOCTYPE, encodings other than UTF-8; but a byte order
    /// mark before the document is passed over
    #[arg(long)]
    pub(crate) document: bool,

    /// Hold the input to the stream rules of RFC 6120 too: what the parser accepts but these rules forbid is an error
    /// (see below)
    #[arg(long, conflicts_with = "document")]
    pub(crate) strict: bool,

    #[command(flatten)]
    pub(crate) bounds: Bounds,
}

/// The forms of output of `tercet inspect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One readable line for each stanza, and totals
    Text,
    /// One JSON object for each event, and for the error
    Json,
    /// Canonical event lines of the elements, for comparison: no stream headers, ends or text between them
    Canon,
}

/// Limits of the parser: a set of them, and single ones that override it.
#[derive(Debug, Group)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Bounds {
    /// Start from the limits of a server before login, of a server, or of a client; without it there are none
    #[arg(long, value_enum, value_name = "SET")]
    pub(crate) limits: Option<LimitSet>,

    /// Bytes of one stanza, from its first `<` to its last `>`
    #[arg(long, value_name = "BYTES", value_parser = bound("bytes"))]
    pub(crate) max_stanza: Option<u32>,

    /// Elements in one stanza, itself included
    #[arg(long, value_name = "N", value_parser = bound("elements"))]
    pub(crate) max_elements: Option<u32>,

    /// Elements open at a time, the stanza included
    #[arg(long, value_name = "N", value_parser = bound("elements"))]
    pub(crate) max_depth: Option<u32>,

    /// Attributes in one tag, declarations included
    #[arg(long, value_name = "N", value_parser = bound("attributes"))]
    pub(crate) max_attributes: Option<u32>,

    /// Namespace declarations in one tag
    #[arg(long, value_name = "N", value_parser = bound("declarations"))]
    pub(crate) max_declarations: Option<u32>,

    /// Namespace bindings in scope at a time
    #[arg(long, value_name = "N", value_parser = bound("bindings"))]
    pub(crate) max_bindings: Option<u32>,

    /// Bytes of a name, prefix included
    #[arg(long, value_name = "BYTES", value_parser = bound("bytes"))]
    pub(crate) max_name: Option<u32>,

    /// Bytes of a namespace
    #[arg(long, value_name = "BYTES", value_parser = bound("bytes"))]
    pub(crate) max_namespace: Option<u32>,
}

impl Bounds {
    /// The limits asked for.
    pub(crate) fn limits(&self) -> Limits {
        let set = self.limits.map_or(Limits::NONE, LimitSet::limits);
        Limits {
            stanza_bytes: self.max_stanza.unwrap_or(set.stanza_bytes),
            elements: self.max_elements.unwrap_or(set.elements),
            depth: self.max_depth.unwrap_or(set.depth),
            attributes: self.max_attributes.unwrap_or(set.attributes),
            declarations: self.max_declarations.unwrap_or(set.declarations),
            bindings: self.max_bindings.unwrap_or(set.bindings),
            name_bytes: self.max_name.unwrap_or(set.name_bytes),
            namespace_bytes: self.max_namespace.unwrap_or(set.namespace_bytes),
        }
    }

    /// How much `limit` is among `limits`, and the option that sets it; nothing of one that no option sets.
    pub(crate) fn setting(limit: Limit, limits: &Limits) -> Option<(u32, &'static str)> {
        Some(match limit {
            Limit::StanzaBytes => (limits.stanza_bytes, "--max-stanza"),
            Limit::Elements => (limits.elements, "--max-elements"),
            Limit::Depth => (limits.depth, "--max-depth"),
            Limit::Attributes => (limits.attributes, "--max-attributes"),
            Limit::Declarations => (limits.declarations, "--max-declarations"),
            Limit::Bindings => (limits.bindings, "--max-bindings"),
            Limit::NameBytes => (limits.name_bytes, "--max-name"),
            Limit::NamespaceBytes => (limits.namespace_bytes, "--max-namespace"),
            _ => return None,
        })
    }
}

/// A set of limits with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LimitSet {
    /// A server's on a client that has not logged in
    PreLogin,
    /// A server's on a client that has logged in
    Server,
    /// A client's on its server
    Client,
}

impl LimitSet {
    fn limits(self) -> Limits {
        match self {
            Self::PreLogin => Limits::PRE_LOGIN,
            Self::Server => Limits::SERVER,
            Self::Client => Limits::CLIENT,
        }
    }
}

/// `tercet serve`
#[derive(Debug, Group)]
#[command(after_help = "\
The first line on standard output is `listening on IP:PORT for DOMAIN, certificate PATH`, then one line for each event. \
Without --cert and --key a self-signed certificate is made. A certificate given with --cert that is not for the domain \
gets a warning.

Runs until SIGINT (Ctrl-C) or SIGTERM. Then nobody is let in any more, every open stream ends with the stream error \
`system-shutdown` and its end tag, and after some 5 seconds at most the exit code is 0, whether the clients answered or not. \
Messages that are still queued for a client are kept with --data. Any other signal ends it at once, with none of that.

A folder has one server at a time; a second one ends with 1. `tercet account` changes it all the same.

Examples:
  tercet account add romeo@example.com --data /var/lib/tercet
  tercet account add juliet@example.com --data /var/lib/tercet
  tercet serve --domain example.com --listen 0.0.0.0:5222 \\
      --data /var/lib/tercet --cert full.pem --key key.pem
  tercet serve --domain localhost --data trial \\
      --account romeo@localhost:secret --account juliet@localhost:secret")]
pub(crate) struct Serve {
    /// The domain served
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: String,

    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5222", value_parser = address)]
    pub(crate) listen: SocketAddr,

    /// Folder of the database and of the certificate made; without it all is forgotten at the end
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Certificate chain, PEM, the server's own first
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,

    /// Private key of the certificate, PEM (PKCS #8, SEC 1 or PKCS #1)
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,

    /// Make an account, or give it this password (repeatable); for trials:
    /// other users of the machine can see the password
    #[arg(long, value_name = "JID:PASSWORD", value_parser = account)]
    pub(crate) account: Vec<(String, String)>,

    /// Whether clients must start TLS; `optional` lets SCRAM, never PLAIN, run in clear
    #[arg(long, value_enum, value_name = "POLICY", default_value_t = Tls::Required)]
    pub(crate) tls: Tls,

    /// Offer no SCRAM-...-PLUS, for clients that take it up and get it wrong, such as slixmpp 1.8
    #[arg(long)]
    pub(crate) no_channel_binding: bool,

    /// Connections at a time
    #[arg(long, value_name = "N", default_value = "1000", value_parser = whole::<NonZeroUsize>(MOST, "connections"))]
    pub(crate) max_connections: NonZeroUsize,

    /// Bytes a second that one client is listened to; it may say 512 KiB at once
    #[arg(long, value_name = "BYTES", default_value = "1048576", value_parser = whole::<NonZeroU32>(MOST, "bytes"))]
    pub(crate) max_rate: NonZeroU32,
}

/// Whether a stream must be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    /// Nothing happens before TLS
    Required,
    /// TLS is offered; for debugging
    Optional,
}

/// `tercet account`
#[derive(Debug, Group)]
#[command(after_help = "\
Only SCRAM keys are stored, never passwords. A server has one domain: `add` warns where the account's is another than \
that of the folder's last server, and `serve` names the accounts that nobody can log in as.

Examples:
  tercet account add juliet@example.com --data /var/lib/tercet
  tercet account add romeo@example.com --data /var/lib/tercet \\
      --password-file secret.txt
  tercet account list --data /var/lib/tercet")]
pub(crate) struct Account {
    /// What to do with accounts.
    #[command(subcommand)]
    pub(crate) action: AccountAction,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountAction {
    /// Make an account
    Add(AccountWithPassword),
    /// Give an account another password
    Passwd(AccountWithPassword),
    /// Remove an account with its contacts and waiting messages; in a running server its sessions get nothing more and
    /// end within a second
    Remove(AccountNamed),
    /// List the accounts
    List(Data),
}

/// An account, and where its new password comes from.
#[derive(Debug, Group)]
pub(crate) struct AccountWithPassword {
    #[command(flatten)]
    pub(crate) named: AccountNamed,

    #[command(flatten)]
    pub(crate) password: Password,
}

/// An account.
#[derive(Debug, Group)]
pub(crate) struct AccountNamed {
    /// The account's address, as in juliet@example.com
    #[arg(value_name = "JID")]
    pub(crate) jid: String,

    #[command(flatten)]
    pub(crate) data: Data,
}

/// Where a server keeps what it keeps.
#[derive(Debug, Group)]
pub(crate) struct Data {
    /// The server's folder, as given to `tercet serve --data`
    #[arg(long = "data", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Where a password comes from.
#[derive(Debug, Group)]
pub(crate) struct Password {
    /// Take the password from the first line of this file
    #[arg(long = "password-file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// How to log in, the same for all commands in the client's role.
#[derive(Debug, Group)]
#[command(next_help_heading = "Login")]
pub(crate) struct Login {
    /// Own address, as in romeo@example.com or romeo@example.com/home
    #[arg(long, value_name = "JID")]
    pub(crate) jid: String,

    #[command(flatten)]
    pub(crate) password: Password,

    /// Where to connect instead of looking the domain up in DNS; the certificate must match the domain all the same
    #[arg(long, value_name = "HOST[:PORT]", value_parser = host_port)]
    pub(crate) server: Option<HostPort>,

    /// Trust the certificates in this PEM file (authorities, or the server's own) and no others
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(crate) ca: Option<PathBuf>,

    /// Accept any certificate: anyone on the way can be the server
    #[arg(long)]
    pub(crate) insecure: bool,

    /// Log in with PLAIN too, where the server offers nothing better, as many with LDAP: it is sent the password
    /// itself, only inside TLS and only once its certificate is checked; with --insecure whoever answers is sent it
    #[arg(long)]
    pub(crate) allow_plain: bool,

    /// Give up after so many seconds; for `listen`, when login has not succeeded by then
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = whole::<u32>(MOST, "seconds"))]
    pub(crate) timeout: u32,
}

/// A host to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPort {
    /// A DNS name or an IP address, IPv6 without brackets.
    pub(crate) host: String,
    /// TCP port.
    pub(crate) port: u16,
}

/// `tercet send`
#[derive(Debug, Group)]
#[command(after_help = "\
Ends with 0 once the server has answered a ping behind the message, and with 1 if the message came back, or if no answer \
tells that it did not.

Examples:
  tercet send --jid romeo@example.com juliet@example.com 'Wherefore art thou?'
  tercet send --jid romeo@localhost --server 127.0.0.1 \\
      --ca trial/self-signed-localhost.crt juliet@localhost hello
  uptime | tercet send --jid romeo@example.com juliet@example.com -")]
pub(crate) struct Send {
    /// Who gets the message
    #[arg(value_name = "TO")]
    pub(crate) to: String,

    /// What it says, words joined by spaces; `-` alone reads standard input
    #[arg(value_name = "TEXT", required = true)]
    pub(crate) text: Vec<String>,

    #[command(flatten)]
    pub(crate) login: Login,
}

/// `tercet roster`
#[derive(Debug, Group)]
#[command(after_help = "\
One line for each contact, tabs between: address, subscription (`none`, `to`, `from`, `both`), `ask` where an answer is \
awaited or `-`, name, groups.

Examples:
  tercet roster --jid romeo@example.com
  tercet roster --jid romeo@example.com --json | jq .name")]
pub(crate) struct Roster {
    /// One JSON object for each contact
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) login: Login,
}

/// `tercet listen`
#[derive(Debug, Group)]
#[command(after_help = "\
Runs until SIGINT, SIGTERM, the server's end of the stream, --count messages, or --wait seconds. Messages that were \
on their way by then are printed, too. Ends with 1 if --count was given and fewer came, or if the server ended the \
stream with an error, as one that is shut down does. One line for each message, a tab between sender and text; nothing \
is answered.

Examples:
  tercet listen --jid romeo@example.com
  tercet listen --jid romeo@example.com --count 1")]
pub(crate) struct Listen {
    /// End after so many messages, one at least
    #[arg(long, value_name = "N", value_parser = whole::<u64>(u64::MAX, "messages"))]
    pub(crate) count: Option<u64>,

    /// End after so many seconds online
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>(MOST, "seconds"))]
    pub(crate) wait: Option<u32>,

    /// One JSON object for each message
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) login: Login,
}

/// `tercet jid`
#[derive(Debug, Group)]
#[command(after_help = "\
One JSON object for each address: its prepared form and parts, or the reason why it is none (exit code 1).

Examples:
  tercet jid 'Juliet@Example.COM/Balcony'
  tercet jid < addresses.txt")]
pub(crate) struct Jid {
    /// Addresses; without any, one a line from standard input
    #[arg(value_name = "JID")]
    pub(crate) jids: Vec<String>,
}

/// `tercet completions`
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  tercet completions bash > ~/.local/share/bash-completion/completions/tercet
  tercet completions zsh > ~/.zfunc/_tercet
  tercet completions fish > ~/.config/fish/completions/tercet.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Where clients connect when no port is named (RFC 6120 section 14.7).
const CLIENT_PORT: u16 = 5222;

/// Bytes of a chunk, which stands in memory as a whole.
const LONGEST_CHUNK: u64 = 16 * 1024 * 1024;
/// The most that a `u32` counts, where nothing else bounds a number: of connections, more than any system has.
const MOST: u64 = u32::MAX as u64;

/// The parser's counters end at half the range of `u32`.
fn bound(of: &'static str) -> impl Fn(&str) -> Result<u32, String> + Clone {
    whole(Limits::NONE.stanza_bytes.into(), of)
}

/// A number from 1 to `most`. Whoever gives anything else is told what is wanted, rather than in the words of the type.
fn whole<N: FromStr>(most: u64, of: &'static str) -> impl Fn(&str) -> Result<N, String> + Clone {
    move |text| {
        let in_range = text.parse::<u64>().ok().filter(|number| (1..=most).contains(number));
        let number = in_range.and_then(|_| text.parse().ok());
        number.ok_or_else(|| format!("a whole number of {of} from 1 to {most} is needed"))
    }
}

/// `PREFIX=URI`, with what Namespaces in XML forbids to declare refused here, where it is wrong usage.
fn declaration(text: &str) -> Result<(String, String), String> {
    let (prefix, uri) = text.split_once('=').ok_or("it has no `=`")?;
    check_prefix(prefix)?;
    if uri.is_empty() {
        return Err("a prefix cannot be declared empty".into());
    }
    if matches!(uri, "http://www.w3.org/XML/1998/namespace" | "http://www.w3.org/2000/xmlns/") {
        return Err(format!("the namespace {uri} cannot be declared"));
    }
    if let Some(bad) = uri.chars().find(|c| c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}')) {
        return Err(format!("the namespace contains {bad:?}"));
    }
    Ok((prefix.into(), uri.into()))
}

/// Whether `--declare` takes `prefix`.
///
/// # Errors
/// What it has against it.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), String> {
    if !is_prefix(prefix) {
        return Err(format!("`{prefix}` cannot be a prefix"));
    }
    if matches!(prefix, "xml" | "xmlns" | "stream") {
        return Err(format!("the prefix `{prefix}` is taken"));
    }
    Ok(())
}

/// The ASCII part of NCName: enough for a command line.
fn is_prefix(text: &str) -> bool {
    let head = |c: char| c.is_ascii_alphabetic() || c == '_';
    let tail = |c: char| head(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    text.starts_with(head) && text.chars().all(tail)
}

/// `JID:PASSWORD`. A bare address has no colon but inside the brackets of an IPv6 domain.
fn account(text: &str) -> Result<(String, String), String> {
    let from = match text.split_once("@[") {
        Some((local, rest)) if !local.contains(':') => local.len() + 2 + rest.find(']').ok_or("`[` without `]`")?,
        _ => 0,
    };
    let colon = text.get(from..).and_then(|rest| rest.find(':')).ok_or("it has no `:` before a password")? + from;
    match (text.get(..colon), text.get(colon + 1..)) {
        (Some(jid), Some(password)) if !jid.is_empty() && !password.is_empty() => Ok((jid.into(), password.into())),
        _ => Err("both the address and the password are needed".into()),
    }
}

/// `IP:PORT`.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an IP address and a port are needed, as in 127.0.0.1:5222 or [::1]:5222".into())
}

/// `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT` or a bare IPv6 address.
fn host_port(text: &str) -> Result<HostPort, String> {
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(HostPort { host: text.into(), port: CLIENT_PORT });
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or("`[` without `]`")?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| "no IPv6 address between the brackets")?;
            match after {
                "" => (host, None),
                _ => (host, Some(after.strip_prefix(':').ok_or("after `]` only `:PORT` may follow")?)),
            }
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err("the host is missing".into());
    }
    let port = match port.map(str::parse::<u16>) {
        None => CLIENT_PORT,
        Some(Ok(port)) if port != 0 => port,
        Some(_) => return Err("the port is no number from 1 to 65535".into()),
    };
    Ok(HostPort { host: host.into(), port })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::CommandFactory;
    use clap::error::ErrorKind;
    use std::collections::BTreeSet;

    fn parse(words: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("tercet").chain(words.split_whitespace()))
    }

    #[track_caller]
    fn refused(words: &str, kind: ErrorKind) {
        let error = parse(words).unwrap_err();
        assert_eq!(error.kind(), kind, "{words}: {error}");
        assert_eq!(error.exit_code(), 2, "{words}");
    }

    #[test]
    fn each_limit_is_told_with_the_option_that_sets_it() {
        use tercet::Limit::{
            Attributes, Bindings, Declarations, Depth, Elements, NameBytes, NamespaceBytes, StanzaBytes,
        };
        let all = [StanzaBytes, Elements, Depth, Attributes, Declarations, Bindings, NameBytes, NamespaceBytes];
        for limit in all {
            let (_, option) = Bounds::setting(limit, &Limits::SERVER).unwrap();
            let limits = inspect(&format!("inspect --limits server {option} 77")).bounds.limits();
            assert_eq!(Bounds::setting(limit, &limits), Some((77, option)));
            for other in all.into_iter().filter(|other| *other != limit) {
                let [before, after] = [&Limits::SERVER, &limits].map(|of| Bounds::setting(other, of));
                assert_eq!(before, after, "{limit:?}");
            }
        }
    }

    #[track_caller]
    fn inspect(words: &str) -> Inspect {
        match parse(words).unwrap().command {
            Command::Inspect(it) => it,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn definitions_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_shows_how_it_is_used() {
        for command in Args::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                help.contains(&format!("  tercet {}", command.get_name())),
                "{} lacks examples",
                command.get_name()
            );
        }
    }

    /// All commands there are, below each other too.
    fn commands() -> Vec<clap::Command> {
        let mut root = Args::command();
        root.build();
        let mut commands = vec![root];
        let mut next = 0;
        while let Some(command) = commands.get(next) {
            let below: Vec<_> = command.get_subcommands().cloned().collect();
            commands.extend(below);
            next += 1;
        }
        commands
    }

    /// The terminal's width says where lines end: clap breaks them there, and leaves the ends that there are.
    #[test]
    fn no_line_of_the_help_ends_within_a_paragraph() {
        assert!(commands().iter().any(|command| command.get_name() == "passwd"), "one below another");
        for command in commands() {
            let own = [command.get_about(), command.get_long_about(), command.get_after_help()];
            let options = command.get_arguments().flat_map(|option| [option.get_help(), option.get_long_help()]);
            for text in own.into_iter().chain(options).flatten() {
                for paragraph in text.to_string().split("\n\n") {
                    // Examples are indented.
                    assert!(paragraph.lines().skip(1).all(|line| line.starts_with("  ")), "{paragraph}");
                }
            }
        }
    }

    #[test]
    fn examples_parse() {
        for command in Args::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.replace("\\\n", "").lines().filter_map(|line| line.strip_prefix("  tercet ")) {
                let words = line.split(['|', '<', '>']).next().unwrap().replace('\'', "");
                parse(&words).unwrap_or_else(|error| panic!("{line}: {error}"));
            }
        }
    }

    /// What is copied from there, one after the other, is about the same servers: whoever is named has an account on
    /// one of them, and the certificate trusted is one that they make.
    #[test]
    fn examples_fit_together() {
        let (mut accounts, mut named, mut domains) = (Vec::new(), Vec::new(), Vec::new());
        let (mut made, mut trusted) = (Vec::new(), Vec::new());
        for command in commands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.replace("\\\n", "").lines().filter(|line| line.starts_with("  ")) {
                let Some((_, words)) = line.split_once("tercet ") else { continue };
                match parse(&words.split(['|', '<', '>']).next().unwrap().replace('\'', "")).unwrap().command {
                    Command::Account(Account { action: AccountAction::Add(it) }) => accounts.push(it.named.jid),
                    Command::Serve(it) => {
                        made.extend(it.data.map(|dir| dir.join(format!("self-signed-{}.crt", it.domain))));
                        accounts.extend(it.account.into_iter().map(|(jid, _)| jid));
                        domains.push(it.domain);
                    }
                    Command::Send(Send { to, login, .. }) => {
                        named.extend([to, login.jid]);
                        trusted.extend(login.ca);
                    }
                    Command::Listen(Listen { login, .. }) | Command::Roster(Roster { login, .. }) => {
                        named.push(login.jid);
                        trusted.extend(login.ca);
                    }
                    _ => {}
                }
            }
        }
        assert!(!trusted.is_empty() && trusted.iter().all(|file| made.contains(file)), "{trusted:?} of {made:?}");
        assert!(named.len() > 5 && named.iter().all(|jid| accounts.contains(jid)), "{named:?} of {accounts:?}");
        let is_served = |jid: &String| domains.iter().any(|domain| jid.ends_with(&format!("@{domain}")));
        assert!(accounts.iter().all(is_served), "{accounts:?} of {domains:?}");
    }

    /// Clap would break a longer one anywhere, and what is copied from there would be two commands.
    #[test]
    fn no_line_of_an_example_is_wider_than_a_terminal() {
        for command in commands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines().filter(|line| line.starts_with("  ")) {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }

    #[test]
    fn what_is_no_number_in_range_is_told_what_is_wanted() {
        let parsers_most = u64::from(Limits::NONE.stanza_bytes);
        let mut told = BTreeSet::new();
        for (option, of, most) in [
            ("inspect --chunk", "bytes", LONGEST_CHUNK),
            ("inspect --max-stanza", "bytes", parsers_most),
            ("inspect --max-elements", "elements", parsers_most),
            ("inspect --max-depth", "elements", parsers_most),
            ("inspect --max-attributes", "attributes", parsers_most),
            ("inspect --max-declarations", "declarations", parsers_most),
            ("inspect --max-bindings", "bindings", parsers_most),
            ("inspect --max-name", "bytes", parsers_most),
            ("inspect --max-namespace", "bytes", parsers_most),
            ("serve --domain d --max-connections", "connections", MOST),
            ("serve --domain d --max-rate", "bytes", MOST),
            ("send --jid a@d b@d hi --timeout", "seconds", MOST),
            ("roster --jid a@d --timeout", "seconds", MOST),
            ("listen --jid a@d --timeout", "seconds", MOST),
            ("listen --jid a@d --wait", "seconds", MOST),
            ("listen --jid a@d --count", "messages", u64::MAX),
        ] {
            let words: Vec<&str> = option.split(' ').collect();
            let (command, name) = (words[0], words[words.len() - 1]);
            told.insert(format!("{command} {name}"));
            for number in [1, most] {
                parse(&format!("{option} {number}")).unwrap();
            }
            let wanted = format!("a whole number of {of} from 1 to {most} is needed\n");
            for wrong in ["0", "x", "1.5", "9k", &(u128::from(most) + 1).to_string()] {
                let words = format!("{option} {wrong}");
                refused(&words, ErrorKind::ValueValidation);
                let complaint = parse(&words).unwrap_err().to_string();
                assert!(complaint.contains(name) && complaint.contains(&wanted), "{complaint}");
            }
        }
        let takes_number = |option: &clap::Arg| {
            let names = option.get_value_names().unwrap_or_default();
            names.iter().any(|name| matches!(name.as_str(), "N" | "BYTES" | "SECONDS"))
        };
        let mut all = BTreeSet::new();
        for command in commands() {
            let numbers = command.get_arguments().filter(|option| takes_number(option));
            all.extend(numbers.map(|option| format!("{} --{}", command.get_name(), option.get_long().unwrap())));
        }
        assert_eq!(told, all);
    }

    #[test]
    fn help_and_version_are_no_errors() {
        for words in ["--help", "--version", "serve --help", "account add --help"] {
            assert_eq!(parse(words).unwrap_err().exit_code(), 0, "{words}");
        }
    }

    #[test]
    fn conflicts_are_wrong_usage() {
        refused("inspect --fragment --document", ErrorKind::ArgumentConflict);
        refused("inspect --strict --document", ErrorKind::ArgumentConflict);
        refused("inspect --declare a=b", ErrorKind::MissingRequiredArgument);
        refused("inspect --document --declare a=b", ErrorKind::ArgumentConflict);
        refused("inspect --chunk 0", ErrorKind::ValueValidation);
        refused("inspect --max-stanza 0", ErrorKind::ValueValidation);
        refused("inspect --max-depth 4294967295", ErrorKind::ValueValidation);
        refused("inspect --limits huge", ErrorKind::InvalidValue);
        refused("inspect a b", ErrorKind::UnknownArgument);
        refused("serve", ErrorKind::MissingRequiredArgument);
        refused("serve --domain d --cert c", ErrorKind::MissingRequiredArgument);
        refused("serve --domain d --key c", ErrorKind::MissingRequiredArgument);
        refused("serve --domain d --account a@d", ErrorKind::ValueValidation);
        refused("serve --domain d --max-connections 0", ErrorKind::ValueValidation);
        refused("serve --domain d --tls never", ErrorKind::InvalidValue);
        refused("account add a@d", ErrorKind::MissingRequiredArgument);
        refused("account list", ErrorKind::MissingRequiredArgument);
        refused("roster --jid a@d --ca f --insecure", ErrorKind::ArgumentConflict);
        refused("send --jid a@d b@d", ErrorKind::MissingRequiredArgument);
        refused("send b@d hello", ErrorKind::MissingRequiredArgument);
        refused("listen --jid a@d --count 0", ErrorKind::ValueValidation);
        refused("serve --domain d --listen localhost:5222", ErrorKind::ValueValidation);
        let complaint = parse("serve --domain d --listen localhost:5222").unwrap_err().to_string();
        assert!(complaint.contains("as in 127.0.0.1:5222"), "{complaint}");
        refused("completions cmd", ErrorKind::InvalidValue);
    }

    #[test]
    fn no_limits_but_those_asked_for() {
        assert_eq!(inspect("inspect").bounds.limits(), Limits::NONE);
        assert_eq!(inspect("inspect --limits pre-login").bounds.limits(), Limits::PRE_LOGIN);
        assert_eq!(inspect("inspect --limits server").bounds.limits(), Limits::SERVER);
        assert_eq!(
            inspect("inspect --limits client --max-stanza 7 --max-depth 3").bounds.limits(),
            Limits { stanza_bytes: 7, depth: 3, ..Limits::CLIENT }
        );
        let all = "inspect --max-stanza 1 --max-elements 2 --max-depth 3 --max-attributes 4 --max-declarations 5 \
                   --max-bindings 6 --max-name 7 --max-namespace 8";
        let expected = Limits {
            stanza_bytes: 1,
            elements: 2,
            depth: 3,
            attributes: 4,
            declarations: 5,
            bindings: 6,
            name_bytes: 7,
            namespace_bytes: 8,
        };
        assert_eq!(inspect(all).bounds.limits(), expected);
    }

    #[test]
    fn declarations() {
        let it = inspect("inspect --fragment --declare a=urn:x=y --declare b=c");
        assert_eq!(it.declare, [("a".into(), "urn:x=y".into()), ("b".into(), "c".into())]);
        for bad in ["a", "=u", "a=", "1=u", "a:b=u", "a b=u", "xml=u", "xmlns=u", "stream=u", "a=\u{1}", "a=\u{FFFF}"] {
            assert!(declaration(bad).is_err(), "{bad:?}");
        }
        assert!(declaration("a=http://www.w3.org/2000/xmlns/").is_err());
    }

    #[test]
    fn trial_accounts() {
        let pair = |jid: &str, password: &str| Ok((jid.to_owned(), password.to_owned()));
        assert_eq!(account("a@b:c:d"), pair("a@b", "c:d"));
        assert_eq!(account("a@[::1]:p"), pair("a@[::1]", "p"));
        assert_eq!(account("a@b:@[x]:y"), pair("a@b", "@[x]:y"));
        for bad in ["", "a@b", "a@b:", ":p", "a@[::1]", "a@[::1"] {
            assert!(account(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn hosts_and_ports() {
        let at = |host: &str, port| Ok(HostPort { host: host.into(), port });
        assert_eq!(host_port("xmpp.example.com"), at("xmpp.example.com", 5222));
        assert_eq!(host_port("127.0.0.1:5280"), at("127.0.0.1", 5280));
        assert_eq!(host_port("[::1]:5280"), at("::1", 5280));
        assert_eq!(host_port("[::1]"), at("::1", 5222));
        assert_eq!(host_port("::1"), at("::1", 5222));
        for bad in ["", ":1", "a:", "a:0", "a:65536", "a:b:1", "[::1", "[::1]1", "[a]:1", "a:-1"] {
            assert!(host_port(bad).is_err(), "{bad:?}");
        }
    }
}
