//! What is promised against a hostile peer, and what is left to the caller.
//!
//! "Peer" is whoever is at the other end, server or client. How to report a hole is said in `SECURITY.md`.
//!
//! # Promised
//!
//! - **No panic and no undefined behaviour** from any bytes, at any chunking. `unsafe` is denied but in four rooms: the
//!   C API, the scan in blocks, and the two places that turn checked bytes into `str`,
//!   of a connection and of a stanza that outlives it.
//! - **No quadratic work**: not for large tokens in small pieces, not for many attributes or namespaces.
//! - **No entity expansion, no external entity**: neither exists here.
//! - **No second reading of the same bytes**: what is ambiguous is refused, so a stanza cannot be smuggled past us to a
//!   more lenient parser behind us.
//! - **No injection on output**: no string given to [`write`](crate::write) becomes markup. The one way past it is
//!   [`Connection::deliver`](crate::Connection::deliver) (and `Reply::deliver`),
//!   for what a `Writer` or the router made.
//! - **No command injection at STARTTLS**, in either role: what was sent in clear is never read as if it came over TLS.
//! - **No stripping of STARTTLS** with [`TlsPolicy::Required`](crate::TlsPolicy::Required), the default.
//! - **No password in clear and no login that proves nothing**: PLAIN needs TLS;
//!   the server's SCRAM signature is checked.
//! - **No login passed on between two TLS connections** where both ends bind it, by a -PLUS variant of SCRAM: each end
//!   hands in what its TLS knows of the connection ([`Connection::set_binding`](crate::Connection::set_binding)). A
//!   server that offered it refuses a client that could have bound and says that it was offered nothing.
//! - **Bounded SCRAM work**: iteration counts outside [`sasl::scram`](crate::sasl::scram)'s bounds are refused before
//!   any hashing.
//! - **No hint whether an account exists**: an unknown user is led through the same dialogue.
//! - **Nobody speaks for another**: a client whose `from` is not its own ends its stream; a roster push or the answer
//!   to a request counts only from whom it may come.
//! - **Secrets** are wiped when dropped, compared in constant time, and do not show in `Debug` or in errors. From when
//!   it first reads an [`Input`](crate::Input) until a session is bound, a connection has it wipe what it no longer
//!   holds.
//!
//! # Left to the caller
//!
//! - TLS itself: its versions, its certificates, and that the certificate fits the domain
//!   ([`Connection::secured`](crate::Connection::secured) is the caller's word for it).
//! - What is handed in for a login to be bound to: that it is of this connection, and of a kind that is safe for it
//!   ([`BindingKind`](crate::sasl::BindingKind) says when). A client logs in unbound where the server names no kind
//!   that it knows (XEP-0440): somebody between two connections can bring that about, and must have got past the check
//!   of the certificate for it.
//! - Rate limits, numbers of connections, and how often an address may try to log in.
//! - What to do with a session whose output is [blocked](crate::Output::is_blocked).
//! - Copies of a password that lie outside: in a slice that was lent, in what the transport keeps, and in an
//!   [`Output`](crate::Output), which a client's PLAIN goes through and which is not wiped.
//! - The safe-keeping of stored keys ([`sasl::scram::Account`](crate::sasl::scram::Account)): they are not passwords,
//!   and whoever steals them can impersonate the server, and can try passwords at leisure.
