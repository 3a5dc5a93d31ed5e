//! The callback door: the same events, handed to functions of the caller's instead of pulled.
//!
//! A thin loop over the calls that pull. Nothing of the handle is borrowed while a callback runs; the guard is busy
//! then, and refuses what would change the ground under the event being looked at.

use core::ffi::c_void;
use core::mem;
use std::format;
use std::string::String;

use zeroize::Zeroizing;

use super::answer::{TERCET_ANSWER_ACCEPT, TERCET_ANSWER_NO_ACCOUNT, tercet_conn_answer};
use super::binding::{TERCET_BINDING_BYTES, kinds};
use super::boundary::{alone, busy, code, guarded, part, with};
use super::connection::{tercet_conn, tercet_conn_recv, tercet_conn_tls_failed};
use super::event::{
    TERCET_EVENT_AUTHENTICATED, TERCET_EVENT_BOUND, TERCET_EVENT_CLOSED, TERCET_EVENT_CREDENTIALS, TERCET_EVENT_OPENED,
    TERCET_EVENT_REFUSED, TERCET_EVENT_RESOURCE, TERCET_EVENT_RESPONSE, TERCET_EVENT_ROSTER_PUSH, TERCET_EVENT_STANZA,
    TERCET_EVENT_START_TLS, TERCET_EVENT_STREAM_ERROR, tercet_event,
};
use super::log::{TERCET_LOG_WARNING, line, tercet_on_log};
use super::ptr::{table, tercet_str};
use super::result::{TERCET_ERR_CALLBACK, TERCET_NONE, TERCET_OK, TERCET_PAUSE, tercet_result};

/// A callback for an event. `user` is what was handed to `tercet_conn_drive`; `conn` is the connection, borrowed for
/// the call; `event` and its texts are borrowed for the call.
///
/// To be answered with `TERCET_OK`, or with `TERCET_PAUSE` to return from `tercet_conn_drive` (what has come is kept,
/// and worked on by the next call); anything else makes it return `TERCET_ERR_CALLBACK`.
pub type tercet_on_event = Option<
    unsafe extern "C" fn(user: *mut c_void, conn: *mut tercet_conn, event: *const tercet_event) -> tercet_result,
>;

/// The callback for output: takes some of `len` octets at `data`, borrowed for the call, and answers how many it took.
/// The rest is offered again, in this call of `tercet_conn_drive` or the next.
pub type tercet_on_write =
    Option<unsafe extern "C" fn(user: *mut c_void, conn: *mut tercet_conn, data: *const u8, len: usize) -> usize>;

/// The callback for channel binding: puts what the TLS connection under `conn` gives for the kind `kind`,
/// `TERCET_BINDING_...`, into `data`, where there is room for `capacity` octets, and their number into `len`. As
/// `tercet_conn_set_binding`, which it may be used instead of.
///
/// To be answered with `TERCET_OK`, or with `TERCET_NONE` for a kind that there is none of, be it for this connection
/// or because the function does not know it; anything else makes `tercet_conn_drive` return `TERCET_ERR_CALLBACK`, as
/// does a number of octets that the kind cannot have.
pub type tercet_on_binding = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        conn: *mut tercet_conn,
        kind: i32,
        data: *mut u8,
        capacity: usize,
        len: *mut usize,
    ) -> tercet_result,
>;

/// Functions of the caller's, to be called from inside `tercet_conn_drive`. Set all to zero, then `struct_size` to
/// `sizeof(tercet_callbacks)`, then those that are wanted: the table may grow at its end. NULL lets an event pass,
/// except where it says otherwise.
///
/// From inside a callback, `tercet_conn_answer` and its kin, `_send`, `_deliver`, `_forward`, `_request`,
/// `_reply_result`, `_reply_error`, `_defer`, `_close`, `_close_with`, `_set_binding`, `_secured`, `_tls_failed`,
/// `_jid`, `_deadline`, `_is_over`, `_wants_poll`, `_last_error`, `_memory` may be called on the same connection, and
/// everything on views and on other handles. All else answers `TERCET_ERR_BUSY`, `tercet_conn_free` too. A callback
/// must return: no longjmp, no C++ exception.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_callbacks {
    /// `sizeof(tercet_callbacks)` as the caller was compiled.
    pub struct_size: usize,
    /// Takes output for the transport. NULL leaves it to `tercet_conn_output`.
    pub write: tercet_on_write,
    /// `TERCET_EVENT_START_TLS`, once the output was offered to `write`. NULL fails the login with `TERCET_ERR_TLS`.
    pub start_tls: tercet_on_event,
    /// `TERCET_EVENT_OPENED`.
    pub opened: tercet_on_event,
    /// `TERCET_EVENT_CREDENTIALS`. NULL answers that there is no such account.
    pub credentials: tercet_on_event,
    /// `TERCET_EVENT_REFUSED`.
    pub refused: tercet_on_event,
    /// `TERCET_EVENT_AUTHENTICATED`.
    pub authenticated: tercet_on_event,
    /// `TERCET_EVENT_RESOURCE`. NULL accepts.
    pub resource: tercet_on_event,
    /// `TERCET_EVENT_BOUND`.
    pub bound: tercet_on_event,
    /// `TERCET_EVENT_STANZA`.
    pub stanza: tercet_on_event,
    /// `TERCET_EVENT_RESPONSE`.
    pub response: tercet_on_event,
    /// `TERCET_EVENT_ROSTER_PUSH`.
    pub roster_push: tercet_on_event,
    /// `TERCET_EVENT_STREAM_ERROR`.
    pub stream_error: tercet_on_event,
    /// `TERCET_EVENT_CLOSED`, once the output was offered to `write`.
    pub closed: tercet_on_event,
    /// One line for each event, before its callback is called, and for the error that ended the stream, once, when the
    /// output was offered to `write`.
    pub log: tercet_on_log,
    /// Asked once for each kind when the transport has become TLS: after `tercet_conn_secured`, or at the first call
    /// under `TERCET_TLS_DIRECT`. Where it fails, the next call asks again for all of them. NULL leaves it to
    /// `tercet_conn_set_binding`; without either nothing is bound.
    pub channel_binding: tercet_on_binding,
}

/// Takes in `len` octets as received (none is fine: `data` may be NULL then), works on them, and calls `callbacks` for
/// each event, with `user` handed through, then for the output. `callbacks` is read during the call and not kept. To be
/// called when `tercet_conn_poll` would be; `now_ms` as there.
///
/// `TERCET_PAUSE` where a callback asked for it: call again with no octets to go on. Errors: `TERCET_ERR_NULL`,
/// `TERCET_ERR_ARGUMENT` for a `struct_size` that is too small, or not a multiple of a pointer's size,
/// `TERCET_ERR_BUSY`, `TERCET_ERR_CALLBACK`, and those of `tercet_conn_recv` and `tercet_conn_poll`. What the peer is
/// to be told has been offered to `write`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_conn_drive(
    conn: *mut tercet_conn,
    callbacks: *const tercet_callbacks,
    user: *mut c_void,
    data: *const u8,
    len: usize,
    now_ms: u64,
) -> tercet_result {
    // SAFETY: the contract of the module, in each of the calls.
    unsafe {
        let callbacks = match table(callbacks, tercet_callbacks::NONE) {
            Ok(callbacks) => callbacks,
            Err(code) => return code,
        };
        // A call from inside a callback ends here, before it could offer output.
        if let Err(code) = alone(conn, |_| Ok(())) {
            return code;
        }
        code(Driver { conn, callbacks, user }.drive(data, len, now_ms))
    }
}

impl tercet_callbacks {
    pub(super) const NONE: Self = Self {
        struct_size: mem::size_of::<Self>(),
        write: None,
        start_tls: None,
        opened: None,
        credentials: None,
        refused: None,
        authenticated: None,
        resource: None,
        bound: None,
        stanza: None,
        response: None,
        roster_push: None,
        stream_error: None,
        closed: None,
        log: None,
        channel_binding: None,
    };
}

/// One call of `tercet_conn_drive`.
struct Driver {
    conn: *mut tercet_conn,
    callbacks: tercet_callbacks,
    user: *mut c_void,
}

/// What stopped the loop is an `Err`, be it an error or a wish to pause.
pub(super) type Flow = Result<(), tercet_result>;

impl Driver {
    unsafe fn drive(&self, data: *const u8, len: usize, now_ms: u64) -> Flow {
        // SAFETY: the contract of the module, in each of the calls.
        unsafe {
            let taken = if len > 0 { ok(tercet_conn_recv(self.conn, data, len)) } else { Ok(()) };
            let outcome = taken.and_then(|()| self.run(now_ms));
            let flushed = self.flush();
            flushed.and(outcome).and(self.note_end())
        }
    }

    unsafe fn run(&self, now_ms: u64) -> Flow {
        // SAFETY: the address of a field, of a handle that is alive by the contract of the module.
        let address = part(self.conn, |conn| unsafe { &raw mut (*conn).unit });
        // SAFETY: the contract of the module.
        unsafe { self.ask_binding() }?;
        loop {
            // SAFETY: as above.
            let event = unsafe { alone(self.conn, |conn| conn.poll(address, now_ms, |event| event)) }?;
            match event {
                // SAFETY: as above.
                Some(event) => unsafe {
                    self.note(|| Some(line(&event)))?;
                    self.hand(&event)?;
                },
                None => {
                    // A full output stops the reading: it goes on where some of it was taken.
                    // SAFETY: as above.
                    if !unsafe { self.unblock() }? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Hands an event to its callback, or does what is to be done without one.
    unsafe fn hand(&self, event: &tercet_event) -> Flow {
        let table = &self.callbacks;
        // SAFETY: the contract of the module, in each of the calls.
        unsafe {
            let callback = match event.kind {
                TERCET_EVENT_OPENED => table.opened,
                TERCET_EVENT_START_TLS => {
                    self.flush()?;
                    if table.start_tls.is_none() {
                        return ok(tercet_conn_tls_failed(self.conn));
                    }
                    table.start_tls
                }
                TERCET_EVENT_CREDENTIALS => {
                    if table.credentials.is_none() {
                        return ok(tercet_conn_answer(self.conn, event.token, TERCET_ANSWER_NO_ACCOUNT));
                    }
                    table.credentials
                }
                TERCET_EVENT_REFUSED => table.refused,
                TERCET_EVENT_AUTHENTICATED => table.authenticated,
                TERCET_EVENT_RESOURCE => {
                    if table.resource.is_none() {
                        return ok(tercet_conn_answer(self.conn, event.token, TERCET_ANSWER_ACCEPT));
                    }
                    table.resource
                }
                TERCET_EVENT_BOUND => table.bound,
                TERCET_EVENT_STANZA => table.stanza,
                TERCET_EVENT_RESPONSE => table.response,
                TERCET_EVENT_ROSTER_PUSH => table.roster_push,
                TERCET_EVENT_STREAM_ERROR => table.stream_error,
                TERCET_EVENT_CLOSED => {
                    self.flush()?;
                    table.closed
                }
                _ => None,
            };
            let Some(callback) = callback else { return Ok(()) };
            verdict(busy(self.conn, || callback(self.user, self.conn, event))?)?;
            if event.kind == TERCET_EVENT_START_TLS { self.ask_binding() } else { Ok(()) }
        }
    }

    /// Tells the log what `line` says, where there is a log.
    unsafe fn note(&self, line: impl FnOnce() -> Option<(i32, String)>) -> Flow {
        let Some(log) = self.callbacks.log else { return Ok(()) };
        let Some((level, line)) = guarded(|| Ok(line()))? else { return Ok(()) };
        // SAFETY: the contract of the module.
        unsafe { busy(self.conn, || log(self.user, self.conn, level, tercet_str::of(&line))) }
    }

    /// Tells the log of the error that ended the stream, if one did and this was not told yet.
    unsafe fn note_end(&self) -> Flow {
        let end = |conn: &mut tercet_conn| {
            let failure = conn.unit.failure().filter(|_| !conn.noted_end);
            conn.noted_end |= failure.is_some();
            Ok(failure)
        };
        // SAFETY: the contract of the module.
        unsafe {
            self.note(|| {
                let failure = with(self.conn, end).ok()??;
                Some((TERCET_LOG_WARNING, format!("stream failed: {failure}")))
            })
        }
    }

    /// Asks what the transport's TLS tells of it, once it is TLS.
    unsafe fn ask_binding(&self) -> Flow {
        let Some(channel_binding) = self.callbacks.channel_binding else { return Ok(()) };
        // SAFETY: the contract of the module; the callback gets room of our own.
        unsafe {
            if !with(self.conn, tercet_conn::wants_binding)? {
                return Ok(());
            }
            for kind in kinds() {
                let mut room = Zeroizing::new([0; TERCET_BINDING_BYTES]);
                let (data, mut len) = (room.as_mut_ptr(), 0);
                let asked = || channel_binding(self.user, self.conn, kind, data, TERCET_BINDING_BYTES, &raw mut len);
                match (busy(self.conn, asked)?, room.get(..len)) {
                    (TERCET_OK, Some(octets)) => {
                        with(self.conn, |conn| conn.bind(kind, octets).map_err(|_| TERCET_ERR_CALLBACK))?;
                    }
                    (TERCET_NONE, _) => {}
                    _ => return Err(TERCET_ERR_CALLBACK),
                }
            }
            with(self.conn, |conn| {
                conn.asked_binding = true;
                Ok(())
            })
        }
    }

    /// Offers the output to the transport.
    unsafe fn flush(&self) -> Flow {
        let Some(write) = self.callbacks.write else { return Ok(()) };
        // SAFETY: the contract of the module. The octets stay where they are while the callback runs: it may send, but
        // the output it then appends to is another one.
        unsafe {
            let waiting = with(self.conn, |conn| Ok(mem::take(&mut conn.output)))?;
            let octets = waiting.peek();
            let taken = if octets.is_empty() {
                Ok(0)
            } else {
                busy(self.conn, || write(self.user, self.conn, octets.as_ptr(), octets.len()))
            };
            with(self.conn, |conn| conn.put_back(waiting, taken?))
        }
    }

    /// Whether a full output has become less.
    unsafe fn unblock(&self) -> Result<bool, tercet_result> {
        // SAFETY: the contract of the module.
        unsafe {
            let blocked = with(self.conn, |conn| Ok(conn.output.is_blocked()))?;
            if !blocked {
                return Ok(false);
            }
            self.flush()?;
            with(self.conn, |conn| Ok(!conn.output.is_blocked()))
        }
    }
}

/// What a callback's answer means for the loop that called it.
pub(super) fn verdict(answer: tercet_result) -> Flow {
    match answer {
        TERCET_OK => Ok(()),
        TERCET_PAUSE => Err(TERCET_PAUSE),
        _ => Err(TERCET_ERR_CALLBACK),
    }
}

fn ok(result: tercet_result) -> Flow {
    if result == TERCET_OK { Ok(()) } else { Err(result) }
}
