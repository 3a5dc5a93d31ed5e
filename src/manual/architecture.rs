//! The house as built: the flow, the layers, the decisions behind them.
//!
//! # The flow
//!
//! ```text
//!  caller's input                                                    caller's output
//!    bytes ──> scan ──> token ──> stanza ──> stream ──> negotiate ──┐      ▲
//!              masks    spans     tape+view  units      phases      ├──> write
//!                          ▲        ▲          │           │        │   (escape, serialise)
//!                          └── ns ──┘          └──> session ────────┘
//!                                                      │
//!                         engine: owns the order, lends Event<'_> to the caller
//!                         router: RFC 6121 section 8 between many sessions (pure: stanza in, deliveries out)
//!                         ffi:    the same, in C
//! ```
//!
//! One call, [`Connection::process`](crate::Connection::process), walks from left to right once and lends events.
//! [`write`](crate::write) is the only thing that makes XML, [`engine`](crate::engine) the only one that orders the
//! rest, `ffi` the only one that knows C. Nothing here reads a socket, a clock, a random source or a database that it
//! was not handed.
//!
//! # The layers
//!
//! A module imports only what its row names, besides `span` and `limits`; all of that has a lower number. Modules of
//! the same number do not know each other. The test `layers` reads this very table and holds the source to it. Modules
//! compiled for tests alone are exempt.
//!
//! | # | module | may import | must not know |
//! |---|---|---|---|
//! | 0 | `span`, `limits` | - | anything |
//! | 1 | `scan` | - | grammar (it knows classes of bytes, names in ASCII, tags and quotes, what a value and a text keep, and UTF-8), XMPP |
//! | 1 | `precis` | - | addresses, passwords: only profiles of strings |
//! | 2 | `token` | scan | namespaces, trees |
//! | 2 | `ns` | scan | tokens |
//! | 2 | `jid` | precis | XML |
//! | 2 | `sasl` | precis | XML, addresses, streams |
//! | 3 | `stanza` | scan, token, ns | the protocol |
//! | 4 | `write` | scan, ns, jid, stanza | negotiation |
//! | 5 | `stream` | scan, token, ns, stanza, write, jid | SASL, rosters |
//! | 6 | `session` | stream, stanza, write, jid, ns | how the session came to be |
//! | 7 | `negotiate` | session, stream, sasl, stanza, write, jid, ns | the caller's I/O |
//! | 7 | `router` | session, stanza, write, jid, ns | streams, TLS, SASL |
//! | 8 | `engine` | negotiate, session, stream, sasl, stanza, write, jid, ns | C |
//! | 9 | `ffi` | engine, router, negotiate, session, stream, sasl, stanza, write, jid, ns | what is not public |
//!
//! The command line, the C programs and the examples stand outside and use what is public.
//!
//! Each layer has an `Error` of its own, which is `Copy`. They are composed once, in `engine`, by who is to blame, and
//! the conversions point upward only.
//!
//! # The two ways through a stanza
//!
//! ```text
//!                 ┌─ straight: whole tokens of common shapes, from the index ────┐
//!  bytes ─> scan ─┤                                                              ├─> build ─> tape, or sink
//!    blocks,      └─ token: any octet, resumable, says what is wrong ────────────┘
//!    index
//! ```
//!
//! `scan` turns blocks of 64 octets into bit masks and those into an index of structure: the places of `<`, of the `>`
//! that end tags, of quotes in tags, and of whatever is odd. `stanza::straight` reads along that index: a tag is looked
//! at by its structure, its names are compared as numbers of 8 or 16 octets with the well-known ones, and what equals a
//! good name needs no look at its characters. What most traffic is made of is read in one loop (`stanza::fast`), which
//! asks first for what is most frequent: names that are well known, quotes of one kind, what reads as written; then for
//! any other name in ASCII, the prefix that was met last, and references. `stanza::general` takes a single token of any
//! other common shape. Whatever is of none is left at the start of its token to `token`, which reads octet by octet,
//! can stop anywhere, and alone knows what every fault of the syntax is called and where it lies: the fast way only
//! ever decides that syntax is good. A token that is cut where the text ends waits for its rest if `stanza::cut` finds
//! no octet in it that a fault or limit could be told of; if not, or if it comes in small pieces, it is left to
//! `token`, too, so that each is told in the call that brings its octet. Limits lower than what the loop takes without
//! counting (a name of 16 octets, 7 attributes, a declaration, the longest of the well-known namespaces) leave all to
//! `token`. Faults of the tree (limits, namespaces, duplicates) are found by the same checks of `build` on both ways,
//! which agree at every chunking: the tests hold them against each other, and against other parsers.
//!
//! The code of `scan` is written once over a trait of blocks, with a file for each instruction set and one chooser;
//! the loop of `fast` is compiled anew for processors with better bit instructions. [`Isa`](crate::Isa) says which
//! there are, and [`Parser::with_isa`](crate::Parser::with_isa) forces one.
//!
//! The builder tells an outlet: the tape, which views read afterwards, or a [`Sink`](crate::stanza::Sink), which is
//! told at once while the tape holds no more than the open elements. Where the octets that have come end amid a text, a
//! sink is told of it up to there; the tape waits for the rest.
//!
//! # Decisions
//!
//! - **One owner of the bytes.** Inside there are offsets, outside there are views. A stanza that lies wholly in a
//!   slice handed to one call is lent from that slice; what is unfinished at its end is copied, once, into
//!   [`Input`](crate::Input). Bytes in an `Input` were checked when they came and cannot be changed behind its back, so
//!   they are not checked again. A stanza that outlives them, an [`OwnedStanza`](crate::stanza::OwnedStanza), holds
//!   them in a reference-counted buffer: a copy, or the caller's own buffer where that is one. The position of the scan
//!   is kept: a stanza that comes in pieces of one byte costs linear time.
//! - **Events are lent, not called back.** The caller pulls them, so nothing of the caller's runs in the middle of a
//!   walk, and calling back into the machine does not compile. [`drive`](crate::drive) offers callbacks on top.
//! - **Outputs live apart from connections.** A stanza lent by one connection can be written to the output of another.
//! - **A state is a struct, a transition consumes it.** What is true in one phase alone lives in that phase. An error
//!   leaves no phase behind: the connection is over, and says why at every later call.
//! - **A dangerous step takes a value that only its check makes.** No byte in clear may be left unread when TLS starts;
//!   the server's SCRAM signature must have been right before a login counts; PLAIN needs a confidential channel. Each
//!   of the three is a type without a public constructor.
//! - **Two roles, one body.** Both are one [`Connection`](crate::Connection); what differs is below `negotiate::client`
//!   and `negotiate::server`, which mirror each other file for file.
//! - **Questions may be answered later.** Whatever needs a database is an event with a token. While the negotiation
//!   waits for an answer it reads no further.
//! - **Limits are counted as bytes arrive** and refused at the byte that crosses, by the layer that sees the counted
//!   thing first. Before login they are lower.
//! - **Facts are tables.** Names, conditions, mechanisms, moves of a subscription and limits are data, with the line of
//!   the specification beside them.
