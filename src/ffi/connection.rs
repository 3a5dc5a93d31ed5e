//! Connections of both roles: events pulled, bytes out by peek and consume.
//!
//! In: octets and the time, drafts, what the caller says of the transport. Out: one event for each call, and octets to
//! send. Invariants: an error that ended the stream is noted when it happens, be it in whichever call; a call that
//! answers another error has sent nothing. It refuses to know what is said on the stream.

use core::mem;
use std::boxed::Box;

use super::binding::binding;
use super::boundary::{Guard, Handle, alone, code, found, free_unless_running, give, part, with};
use super::config::{Shared as _, tercet_client_config, tercet_server_config};
use super::element::tercet_element;
use super::event::{TERCET_EVENT_ROSTER_PUSH, Telling, tercet_event};
use super::parser::{commit, recv, recv_buffer};
use super::ptr::{Out, bytes, foreign, tercet_str};
use super::result::{
    TERCET_ERR_ARGUMENT, TERCET_ERR_CLOSED, TERCET_ERR_FAILED, TERCET_ERR_JID, TERCET_ERR_NOT_AWAITING_TLS,
    TERCET_ERR_STALE, TERCET_ERR_UNSUPPORTED, TERCET_NEED_MORE, of_engine, of_write, tercet_result,
    tercet_result_is_fatal,
};
use super::unit::{Source, tercet_error, tercet_unit};
use super::writer::tercet_writer;
use crate::engine::{ApiMisuse, Client, Connection, Error, Event, Output, Reply, Request, Role, Server, Time, Token};
use crate::jid::JidBuf;
use crate::negotiate::Answer;
use crate::stanza::Stanza;
use crate::stream::{Condition, Feed, Held};
use crate::write::{Forward, StanzaCondition, forward};

/// One end of a stream, a client's or a server's. Opaque.
pub struct tercet_conn {
    pub(super) unit: tercet_unit,
    pub(super) output: Output,
    /// Whether the callback was asked what is known of the TLS connection.
    pub(super) asked_binding: bool,
    /// Whether the log was told of the error that ended the stream.
    pub(super) noted_end: bool,
    /// Whether the last walk through the input ended before the input did.
    left: bool,
}

impl Handle for tercet_conn {
    fn guard(&mut self) -> &mut Guard {
        self.unit.guard()
    }
}

/// No deadline: what `tercet_conn_deadline` gives where there is none.
pub const TERCET_NEVER: u64 = u64::MAX;

/// Runs `$body` with `$conn` as the connection of either role. Ends the function for a handle that is none.
macro_rules! either {
    ($source:expr, $conn:ident => $body:expr) => {
        match $source {
            Source::Client($conn) => $body,
            Source::Server($conn) => $body,
            Source::Parser(_) | Source::Owned(_) => return Err(TERCET_ERR_UNSUPPORTED),
        }
    };
}

/// Puts a new client's connection into `conn`: owned, to be freed with `tercet_conn_free`. It speaks first: call
/// `tercet_conn_poll` or `_drive` at once. `config` is not kept and may be freed.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_client_new(
    config: *mut tercet_client_config,
    conn: *mut *mut tercet_conn,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(config, |config| {
            let out = Out::new(conn)?;
            out.put(tercet_conn::give(Source::Client(Box::new(Client::new(config.share())))));
            Ok(())
        })
    })
}

/// Puts a new server's connection into `conn`, one for each client: owned, to be freed with `tercet_conn_free`.
/// `config` is not kept and may be freed.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_server_new(
    config: *mut tercet_server_config,
    conn: *mut *mut tercet_conn,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(config, |config| {
            let out = Out::new(conn)?;
            out.put(tercet_conn::give(Source::Server(Box::new(Server::new(config.share())))));
            Ok(())
        })
    })
}

/// Frees a connection, and ends the life of all its views. Nothing is written: close the stream first. NULL is fine.
///
/// Errors: `TERCET_ERR_BUSY` from inside a callback of this connection, which lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_free(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe { free_unless_running(conn) }
}

/// Takes in `len` octets as received: copied, all of them. Ends the life of views.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`, `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_CLOSED` where the connection is
/// over; `TERCET_ERR_ARGUMENT` for octets in memory of the connection, such as a text that it lent. Nothing was taken
/// then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_recv(conn: *mut tercet_conn, data: *const u8, len: usize) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(conn, |conn| {
            conn.reads()?;
            recv(&mut conn.unit, data, len)
        })
    })
}

/// Puts room for at least `want` octets into `buffer` and `capacity`: to read into without a copy, then to be confirmed
/// by `tercet_conn_commit`. Borrowed until the next call on the connection. Ends the life of views.
///
/// Errors: as `tercet_conn_recv`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_recv_buffer(
    conn: *mut tercet_conn,
    want: usize,
    buffer: *mut *mut u8,
    capacity: *mut usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(conn, |conn| {
            conn.reads()?;
            recv_buffer(&mut conn.unit, want, buffer, capacity)
        })
    })
}

/// Takes the first `len` octets of the room lent last as received, at most what it holds, and once: nothing where
/// another call that reads came in between.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_commit(conn: *mut tercet_conn, len: usize) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { alone(conn, |conn| commit(&mut conn.unit, len)) })
}

/// Works on what has come, up to the next event, and puts that into `event`; the one before it is forgotten. To be
/// called until it answers `TERCET_NEED_MORE`: at the start, whenever octets have come, after an answer was given, and
/// when the deadline has passed. `now_ms` is a clock in milliseconds that never goes back, from whatever beginning.
///
/// While more than 1 MiB of output waits, nothing is read: it answers `TERCET_NEED_MORE` although input waits. When the
/// transport has taken some of it, ask `tercet_conn_wants_poll`, or what has come is not worked on before more comes.
///
/// `TERCET_NEED_MORE` where there is no event for now. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`;
/// `TERCET_ERR_NO_MEMORY` where there was an event and no memory to tell it: it is lost; an error that ends the stream,
/// from then on at every call: what the peer is to be told is in the output.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_poll(
    conn: *mut tercet_conn,
    now_ms: u64,
    event: *mut tercet_event,
) -> tercet_result {
    // SAFETY: the address of a field, of a handle that is alive by the contract of the module.
    let address = part(conn, |conn| unsafe { &raw mut (*conn).unit });
    // SAFETY: the contract of the module.
    let outcome = unsafe {
        alone(conn, |conn| {
            let out = Out::new(event)?;
            Ok(conn.poll(address, now_ms, |event| out.put(event))?.is_some())
        })
    };
    found(outcome, TERCET_NEED_MORE)
}

/// Puts the octets that wait for the transport into `data` and `len`. Borrowed until the next call on the connection.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_output(
    conn: *mut tercet_conn,
    data: *mut *const u8,
    len: *mut usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(conn, |conn| {
            let (data, len) = (Out::new(data)?, Out::new(len)?);
            let text = conn.output.peek();
            data.put(if text.is_empty() { c"".as_ptr().cast() } else { text.as_ptr() });
            len.put(text.len());
            Ok(())
        })
    })
}

/// Forgets the oldest `len` octets of the output: the transport has taken them.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_output_consume(conn: *mut tercet_conn, len: usize) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(conn, |conn| {
            conn.output.consume(len);
            Ok(())
        })
    })
}

/// When `tercet_conn_poll` or `_drive` is to be called although no octet has come, by the clock that is handed to them;
/// `TERCET_NEVER` where nothing is due.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_deadline(conn: *mut tercet_conn) -> u64 {
    // SAFETY: the contract of the module.
    let deadline = unsafe { with(conn, |conn| Ok(either!(&conn.unit.source, conn => conn.deadline()))) };
    deadline.ok().flatten().map_or(TERCET_NEVER, Time::as_millis)
}

/// Whether `tercet_conn_poll` or `_drive` has something to do although no octet has come: at the start; after an
/// answer; after an event, where what came after it can be read, or a request is still to be refused; and where a full
/// output stopped the reading, once some of it was taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_wants_poll(conn: *mut tercet_conn) -> bool {
    // SAFETY: the contract of the module.
    unsafe { with(conn, |conn| conn.wants_poll()) }.unwrap_or(false)
}

/// Whether the connection is over: closed on both sides, failed, or not usable any more. True for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_is_over(conn: *mut tercet_conn) -> bool {
    // SAFETY: the contract of the module.
    unsafe { with(conn, |conn| conn.is_over()) }.unwrap_or(true)
}

/// Gives back the memory that only work needs: for a connection on which nothing has happened for a while, found by a
/// timer of yours. A bound session of a server takes some 600 octets then, at most 1,024, the handle and what the
/// allocator adds included, and more only where its address is long or its client's stream header declares more than
/// the usual two namespaces. Nothing is lost: a stanza in progress stays as it is, and so does output that waits. Ends
/// the life of views.
///
/// The rest is the allocator's again. Whether the system gets it is the allocator's matter: after a time when most
/// connections were busy at once, glibc wants to be told by `malloc_trim`.
///
/// The next stanza takes a dozen allocations, some 2 microseconds, more than others, and the memory is back in use
/// until the next call. White space between stanzas, which keeps connections alive, does not.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_shrink(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(conn, |conn| {
            conn.unit.shrink();
            conn.output.shrink();
            Ok(())
        })
    })
}

/// Octets of memory in use, the handle included, its configuration, which others may share, not; neither are texts of a
/// login under way, and what the allocator adds. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_memory(conn: *mut tercet_conn) -> usize {
    // SAFETY: the contract of the module.
    unsafe { with(conn, |conn| Ok(size_of::<tercet_conn>() + conn.unit.heap() + conn.output.heap())) }.unwrap_or(0)
}

/// The full address of the session; none before it is bound. Borrowed until the next call on the connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_jid(conn: *mut tercet_conn) -> tercet_str {
    // SAFETY: the contract of the module.
    let jid = unsafe {
        with(conn, |conn| Ok(either!(&conn.unit.source, conn => conn.jid().map(|jid| tercet_str::of(jid.as_str())))))
    };
    jid.ok().flatten().unwrap_or(tercet_str::NONE)
}

/// Says that the transport is TLS now, and for a client that the certificate was checked against the domain: starts the
/// stream anew. To be followed by `tercet_conn_poll` or `_drive`. Ends the life of views, of which none is lent then.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_AWAITING_TLS` where no `TERCET_EVENT_START_TLS` is open.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_secured(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let tercet_unit { source, input, held, .. } = &mut conn.unit;
            // A call in the wrong order leaves what is lent.
            if !either!(&*source, c => c.awaits_tls()) {
                return Err(TERCET_ERR_NOT_AWAITING_TLS);
            }
            let unread = input.resume(mem::take(held));
            let done = either!(source, c => c.secured(unread, &mut conn.output));
            conn.unit.turn();
            conn.settle(done)
        })
    })
}

/// Says that the TLS handshake failed, or the certificate did not fit: the connection is over, and nothing more is
/// said.
///
/// Errors: `TERCET_ERR_NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_tls_failed(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            if !conn.is_over()? {
                either!(&mut conn.unit.source, conn => conn.tls_failed());
                conn.verdict(&Error::Tls);
            }
            Ok(())
        })
    })
}

/// Says that the transport has ended.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`; `TERCET_ERR_DISCONNECTED` where the stream had not ended, the error
/// that ended it where one did.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_eof(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(conn, |conn| {
            let done = either!(&mut conn.unit.source, conn => conn.eof());
            conn.settle(done)
        })
    })
}

/// Says goodbye: writes the closing tag. `TERCET_EVENT_CLOSED` comes when the peer has answered.
///
/// Errors: `TERCET_ERR_NULL`; the error that ended the stream, where one did.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_close(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let done = either!(&mut conn.unit.source, c => c.close(&mut conn.output));
            conn.settle(done)
        })
    })
}

/// Ends the stream with an error; `condition` is the name of a stream error condition, such as `system-shutdown`
/// (RFC 6120 section 4.9.3).
///
/// Errors: as `tercet_conn_close`; `TERCET_ERR_UTF8`; `TERCET_ERR_NULL` also where `condition` is none;
/// `TERCET_ERR_ARGUMENT` for a name that the RFC does not know. The stream goes on then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_close_with(conn: *mut tercet_conn, condition: tercet_str) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let condition = Condition::from_name(condition.required()?).ok_or(TERCET_ERR_ARGUMENT)?;
            let done = either!(&mut conn.unit.source, c => c.close_with(condition, &mut conn.output));
            conn.settle(done)
        })
    })
}

/// Sends what is drafted in `stanza`, and empties the draft.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`, `TERCET_ERR_WRITE`, `TERCET_ERR_NO_MEMORY`,
/// and those that the draft keeps. Nothing is sent then, and the draft is as it was: `tercet_writer_clear` empties it.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_send(conn: *mut tercet_conn, stanza: *mut tercet_writer) -> tercet_result {
    // SAFETY: the contract of the module.
    let send = |draft: &mut tercet_writer| unsafe {
        with(conn, |conn| {
            let sent = either!(&mut conn.unit.source, c => c.send(&mut conn.output, |out| draft.play(out)));
            sent.map_err(|error| of_engine(&error))
        })
    };
    // SAFETY: the contract of the module.
    code(unsafe { spend(stanza, send) })
}

/// Sends `stanzas`: whole ones as they go on the wire, made by `tercet_writer_written` or by a `tercet_router`. They
/// are copied and not looked at: what is not well-formed, or not UTF-8, breaks the stream.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`, `TERCET_ERR_NO_MEMORY`;
/// `TERCET_ERR_ARGUMENT` for octets in the output of this connection. Nothing is sent then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_deliver(conn: *mut tercet_conn, stanzas: tercet_str) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            conn.check_foreign(stanzas)?;
            conn.deliver(bytes(stanzas.ptr.cast(), stanzas.len)?)
        })
    })
}

/// Sends on a stanza that was received on this connection or another, or that is kept: its own octets, with `from` and
/// `to` in place of its addresses, each of which stays as it is where that is none. `lang` is the language of the
/// stream on which it came, `event.stanza.lang` of its `TERCET_EVENT_OPENED`, and is put on a stanza that names none
/// (RFC 6120 section 8.1.5); none leaves it out. Prefixes that the header of its stream declared are declared on the
/// stanza (RFC 6120 section 4.8.5), and one of the namespace `jabber:server` is written anew in `jabber:client`.
/// `stanza` is the root of a stanza, such as `event.stanza.root`. A server must always name the sender: it cannot trust
/// the one that a client wrote (RFC 6120 section 8.1.2.1).
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`,
/// `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` where `stanza` is not the root of a stanza, or a text lies in the
/// output of this connection; `TERCET_ERR_WRITE` where its name has a prefix, or an address or the language holds what
/// XML does not allow. Nothing is sent then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_forward(
    conn: *mut tercet_conn,
    stanza: tercet_element,
    from: tercet_str,
    to: tercet_str,
    lang: tercet_str,
) -> tercet_result {
    let send = || {
        // The stanza may be this connection's own. So the output is taken out, and nothing of the connection is
        // borrowed while the stanza is looked at.
        let take = |conn: &mut tercet_conn| {
            [from, to, lang].into_iter().try_for_each(|text| conn.check_foreign(text))?;
            conn.deliver(&[]).map(|()| mem::take(&mut conn.output))
        };
        // SAFETY: the contract of the module.
        let (from, to, lang) = unsafe { (from.read()?, to.read()?, lang.read()?) };
        let change = Forward { from, to, lang, content_ns: Some("jabber:client") };
        // SAFETY: the contract of the module.
        let mut output = unsafe { with(conn, take) }?;
        let write = |stanza: Stanza<'_>| forward(output.buffer(), &stanza, change).map_err(|error| of_write(&error));
        // SAFETY: the contract of the module.
        let written = unsafe { stanza.look_whole(write) };
        let put = |conn: &mut tercet_conn| {
            conn.output = output;
            Ok(())
        };
        // SAFETY: the contract of the module.
        written.and(unsafe { with(conn, put) })
    };
    code(send())
}

/// A request that asks for something.
pub const TERCET_REQUEST_GET: i32 = 1;
/// A request that changes something.
pub const TERCET_REQUEST_SET: i32 = 2;

/// Client: sends a request (an iq of type get or set) with what is drafted in `payload` to the address `to`, or to the
/// own account where `to` is none, and empties the draft. Puts the number under which the answer comes, as
/// `TERCET_EVENT_RESPONSE`, into `token`.
///
/// Errors: as `tercet_conn_send`; `TERCET_ERR_ARGUMENT`, `TERCET_ERR_JID`, `TERCET_ERR_TOO_MANY_REQUESTS`;
/// `TERCET_ERR_UNSUPPORTED` for a server.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_request(
    conn: *mut tercet_conn,
    kind: i32,
    to: tercet_str,
    payload: *mut tercet_writer,
    token: *mut u64,
) -> tercet_result {
    // SAFETY: the contract of the module.
    let send = |draft: &mut tercet_writer| unsafe {
        with(conn, |conn| {
            let out = Out::new(token)?;
            let kind = match kind {
                TERCET_REQUEST_GET => Request::Get,
                TERCET_REQUEST_SET => Request::Set,
                _ => return Err(TERCET_ERR_ARGUMENT),
            };
            let to = to.read()?.map(JidBuf::parse).transpose().map_err(|_| TERCET_ERR_JID)?;
            let Source::Client(client) = &mut conn.unit.source else { return Err(TERCET_ERR_UNSUPPORTED) };
            let to = to.as_ref().map(JidBuf::as_jid);
            let request = client.request(&mut conn.output, kind, to, |out| draft.play(out));
            out.put(request.map_err(|error| of_engine(&error))?.0.into());
            Ok(())
        })
    };
    // SAFETY: the contract of the module.
    code(unsafe { spend(payload, send) })
}

/// Answers the stanza that the event lent last showed, a request, with a result that holds what is drafted in
/// `payload`, and empties the draft; with an empty result where `payload` is NULL.
///
/// Errors: as `tercet_conn_send`; `TERCET_ERR_STALE` where no stanza is lent, or the one that is was answered already;
/// `TERCET_ERR_ARGUMENT` where it is not an iq of type get or set.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_reply_result(
    conn: *mut tercet_conn,
    payload: *mut tercet_writer,
) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe {
        if payload.is_null() {
            return code(with(conn, |conn| conn.reply(|stanza, mut reply| reply.result(&stanza, |_| {}))));
        }
        let send = |draft: &mut tercet_writer| {
            with(conn, |conn| conn.reply(|stanza, mut reply| reply.result(&stanza, |out| draft.play(out))))
        };
        code(spend(payload, send))
    }
}

/// Answers the stanza that the event lent last showed with an error: `condition` is the name of a stanza error
/// condition (RFC 6120 section 8.3.3), `text` an English sentence or none. Does nothing where the stanza is itself an
/// answer.
///
/// Errors: as `tercet_conn_send`; `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` for a condition that the RFC does not know,
/// or a text in the output of this connection; `TERCET_ERR_STALE` where no stanza is lent, or the one that is was
/// answered already.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_reply_error(
    conn: *mut tercet_conn,
    condition: tercet_str,
    text: tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            let condition = StanzaCondition::from_name(condition.required()?).ok_or(TERCET_ERR_ARGUMENT)?;
            conn.check_foreign(text)?;
            let text = text.read()?;
            conn.reply(|stanza, mut reply| reply.error(&stanza, condition, text))
        })
    })
}

/// Client: leaves the request that the event lent last showed to a later answer of the caller's own.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE` where no stanza is lent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_defer(conn: *mut tercet_conn) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            conn.reply(|_, mut reply| {
                reply.defer();
                Ok(())
            })
        })
    })
}

/// Puts into `error` why the connection is over; `error->result` is `TERCET_OK` where it is not, or ended in order.
///
/// Errors: `TERCET_ERR_NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_last_error(conn: *mut tercet_conn, error: *mut tercet_error) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(conn, |conn| {
            Out::new(error)?.put(conn.unit.error());
            Ok(())
        })
    })
}

/// Uses up a draft: it is emptied once what it holds is sent.
unsafe fn spend(
    draft: *mut tercet_writer,
    send: impl FnOnce(&mut tercet_writer) -> Result<(), tercet_result>,
) -> Result<(), tercet_result> {
    // SAFETY: the contract of the module.
    unsafe {
        with(draft, |draft| {
            draft.check()?;
            send(draft)?;
            draft.clear();
            Ok(())
        })
    }
}

impl tercet_conn {
    fn give(source: Source) -> *mut Self {
        give(Self {
            unit: tercet_unit::new(source),
            output: Output::new(),
            asked_binding: false,
            noted_end: false,
            left: false,
        })
    }

    /// Walks up to the next event, and tells it if there is one; `address` is that of the own unit.
    #[inline]
    pub(super) fn poll<T>(
        &mut self,
        address: *const tercet_unit,
        now_ms: u64,
        tell: impl FnOnce(tercet_event) -> T,
    ) -> Result<Option<T>, tercet_result> {
        let Self { unit, output, left, .. } = self;
        unit.turn();
        let mark = unit.mark(address);
        let tercet_unit { source, input, held, arena, .. } = unit;
        let telling = Telling { mark, arena };
        let feed = input.resume(mem::take(held));
        let now = Time::from_millis(now_ms);
        let (found, lends, unread) = either!(source, conn => step(conn, feed, output, now, telling, tell));
        *held = lends;
        *left = unread && (output.is_blocked() || !matches!(found, Found::Nothing));
        match found {
            Found::Told(told) => Ok(Some(told)),
            Found::Push(tell) => self.lent(|stanza, _, arena| {
                let stanza = mark.stanza(stanza, arena)?;
                Ok(Some(tell(tercet_event { stanza, ..tercet_event::bare(TERCET_EVENT_ROSTER_PUSH) })))
            }),
            Found::Nothing => Ok(None),
            Found::Over(error) => Err(self.verdict(&error)),
            Found::Untold(code) => Err(code),
        }
    }

    /// Takes back the output that was offered to the transport, of which `taken` octets are gone. What was said
    /// meanwhile stands behind it.
    pub(super) fn put_back(&mut self, mut offered: Output, taken: usize) -> Result<(), tercet_result> {
        offered.consume(taken);
        let later = mem::replace(&mut self.output, offered);
        if later.is_empty() {
            return Ok(());
        }
        let buffer = self.output.buffer();
        if buffer.try_reserve(later.len()).is_err() {
            // A stream in which stanzas are missing must not go on.
            let error = either!(&mut self.unit.source, c => c.give_up(Error::OutOfMemory, &mut self.output));
            return Err(self.verdict(&error));
        }
        buffer.extend_from_slice(later.peek());
        Ok(())
    }

    /// Refuses a text in the output, which grows, and may move, while the text is read.
    fn check_foreign(&self, text: tercet_str) -> Result<(), tercet_result> {
        foreign(text.ptr.cast(), text.len, core::iter::once(self.output.place()))
    }

    /// Passes on what is serialised already.
    fn deliver(&mut self, serialised: &[u8]) -> Result<(), tercet_result> {
        let sent = either!(&mut self.unit.source, conn => conn.deliver(&mut self.output, serialised));
        sent.map_err(|error| of_engine(&error))
    }

    /// Gives an answer to the connection.
    pub(super) fn put(&mut self, token: Token, answer: Answer) -> Result<(), ApiMisuse> {
        match &mut self.unit.source {
            Source::Client(client) => client.answer(token, answer),
            Source::Server(server) => server.answer(token, answer),
            Source::Parser(_) | Source::Owned(_) => Err(ApiMisuse::StaleAnswer),
        }
    }

    /// Tells the connection what is known of its channel.
    pub(super) fn bind(&mut self, kind: i32, data: &[u8]) -> Result<(), tercet_result> {
        let binding = binding(kind, data)?;
        let done = either!(&mut self.unit.source, conn => conn.set_binding(binding));
        done.map_err(|misuse| of_engine(&misuse.into()))
    }

    /// Whether the callback is to be asked what is known of the TLS connection.
    pub(super) fn wants_binding(&mut self) -> Result<bool, tercet_result> {
        Ok(!self.asked_binding && either!(&mut self.unit.source, conn => conn.takes_binding()))
    }

    fn wants_poll(&self) -> Result<bool, tercet_result> {
        let (wants, reads) = either!(&self.unit.source, conn => (conn.wants_process(), conn.awaits_input()));
        Ok(wants || self.left && reads && !self.output.is_blocked())
    }

    fn is_over(&mut self) -> Result<bool, tercet_result> {
        Ok(either!(&self.unit.source, conn => conn.is_over()))
    }

    /// Whether octets may come.
    fn reads(&mut self) -> Result<(), tercet_result> {
        if self.is_over()? { Err(TERCET_ERR_CLOSED) } else { Ok(()) }
    }

    /// The number of what came of a call, which is noted where it ended the stream.
    fn settle(&mut self, done: Result<(), Error>) -> Result<(), tercet_result> {
        done.map_err(|error| self.verdict(&error))
    }

    fn verdict(&mut self, error: &Error) -> tercet_result {
        let code = of_engine(error);
        if matches!(error, Error::ApiMisuse(_)) {
            return code;
        }
        // What ended a stream has a number that says so, be it that memory ran out or that we could not write.
        let code = if tercet_result_is_fatal(code) { code } else { TERCET_ERR_FAILED };
        self.unit.ended(error, code);
        code
    }

    /// Shows the stanza that is lent, and the means to reply to it.
    fn lent<T>(
        &mut self,
        look: impl FnOnce(Stanza<'_>, Reply<'_>, &mut super::arena::Arena) -> Result<T, tercet_result>,
    ) -> Result<T, tercet_result> {
        let Self { unit: tercet_unit { source, input, held, arena, .. }, output, .. } = self;
        let feed = input.resume(mem::take(held));
        let (stanza, reply) = match source {
            Source::Client(client) => client.lent(&feed, output),
            Source::Server(server) => server.lent(&feed, output),
            Source::Parser(_) | Source::Owned(_) => return Err(TERCET_ERR_UNSUPPORTED),
        };
        let seen = stanza.ok_or(TERCET_ERR_STALE).and_then(|stanza| look(stanza, reply, arena));
        *held = feed.hold();
        seen
    }

    fn reply(&mut self, reply: impl FnOnce(Stanza<'_>, Reply<'_>) -> Result<(), Error>) -> Result<(), tercet_result> {
        self.lent(|stanza, means, _| reply(stanza, means).map_err(|error| of_engine(&error)))
    }
}

/// What a step came to.
enum Found<T, F> {
    /// An event.
    Told(T),
    /// A change of the roster, of which the stanza is still to be told.
    Push(F),
    /// No event for now.
    Nothing,
    /// The connection is over.
    Over(Error),
    /// There was an event, and no memory to tell it.
    Untold(tercet_result),
}

/// One event of a connection, told while it is lent; how much of the input stays lent; and whether there is more of it.
fn step<R: Role, T, F: FnOnce(tercet_event) -> T>(
    conn: &mut Connection<R>,
    feed: Feed<'_>,
    output: &mut Output,
    now: Time,
    telling: Telling<'_>,
    tell: F,
) -> (Found<T, F>, Held, bool) {
    let mut events = conn.process(feed, output, now);
    let found = match events.next() {
        Ok(Some((Event::RosterPush(_), _))) => Found::Push(tell),
        Ok(Some((event, _))) => telling.tell(event, tell).map_or_else(Found::Untold, Found::Told),
        Ok(None) => Found::Nothing,
        Err(error) => Found::Over(error),
    };
    let unread = events.unread() > 0;
    (found, events.hold(), unread)
}
