//! A server as a program in C has it: connections behind pointers, events pulled, answers given.

use std::mem::MaybeUninit;
use std::ptr;

use tercet::ffi::*;

/// What all connections share.
pub(super) struct Host {
    config: *mut tercet_server_config,
    writer: *mut tercet_writer,
    keys: Vec<u8>,
    event: MaybeUninit<tercet_event>,
    /// The output taken last.
    pub said: String,
}

/// A connection; null for none.
pub(super) type Conn = *mut tercet_conn;

/// A number that is not `TERCET_OK`, where that was expected.
#[derive(Debug)]
pub(super) struct Refused(#[allow(dead_code, reason = "to be printed")] tercet_result);

fn text(text: &str) -> tercet_str {
    tercet_str { ptr: text.as_ptr().cast(), len: text.len() }
}

fn ok(result: tercet_result) -> Result<(), Refused> {
    if result == TERCET_OK { Ok(()) } else { Err(Refused(result)) }
}

// SAFETY, in all of it: handles are null or live, made by their `_new` and freed by nobody;
// texts are lent for the call.
impl Host {
    /// A host of `domain`, each account of which has the password `password`.
    pub(super) fn new(domain: &str, password: &str) -> Result<Self, Refused> {
        let (mut config, mut writer) = (ptr::null_mut(), ptr::null_mut());
        let (mut keys, mut written) = (vec![0; TERCET_KEYS_BYTES], 0);
        unsafe {
            ok(tercet_server_config_new(text(domain), &raw mut config))?;
            ok(tercet_writer_new(&raw mut writer))?;
            let (at, capacity) = (keys.as_mut_ptr().cast(), keys.len());
            ok(tercet_keys_derive(text("SCRAM-SHA-256"), text(password), at, capacity, &raw mut written))?;
        }
        keys.truncate(written);
        Ok(Self { config, writer, keys, event: MaybeUninit::uninit(), said: String::with_capacity(4_096) })
    }

    pub(super) fn connect(&self) -> Result<Conn, Refused> {
        let mut conn = ptr::null_mut();
        unsafe { ok(tercet_server_new(self.config, &raw mut conn))? };
        Ok(conn)
    }

    /// Takes in `octets`, works on them, and leaves what the client is told in `said`.
    pub(super) fn hear(&mut self, conn: Conn, octets: &str) -> Result<&str, Refused> {
        let (mut data, mut len) = (ptr::null(), 0);
        let mut secures = false;
        unsafe {
            ok(tercet_conn_recv(conn, octets.as_ptr(), octets.len()))?;
            loop {
                match tercet_conn_poll(conn, 0, self.event.as_mut_ptr()) {
                    TERCET_OK => secures |= self.act(conn)?,
                    TERCET_NEED_MORE => break,
                    other => return Err(Refused(other)),
                }
            }
            ok(tercet_conn_output(conn, &raw mut data, &raw mut len))?;
            let said = std::slice::from_raw_parts(data, len);
            self.said.clear();
            self.said.push_str(std::str::from_utf8(said).unwrap_or_default());
            ok(tercet_conn_output_consume(conn, len))?;
            if secures {
                ok(tercet_conn_secured(conn))?;
            }
        }
        Ok(&self.said)
    }

    /// Does what the event asks for; whether that is TLS.
    unsafe fn act(&mut self, conn: Conn) -> Result<bool, Refused> {
        unsafe {
            let event = self.event.assume_init_ref();
            match event.kind {
                TERCET_EVENT_START_TLS => return Ok(true),
                TERCET_EVENT_CREDENTIALS => {
                    let keys = tercet_str { ptr: self.keys.as_ptr().cast(), len: self.keys.len() };
                    ok(tercet_conn_answer_keys(conn, event.token, &raw const keys, 1))?;
                }
                TERCET_EVENT_RESOURCE => ok(tercet_conn_answer(conn, event.token, TERCET_ANSWER_ACCEPT))?,
                TERCET_EVENT_STANZA if event.stanza.kind == TERCET_UNIT_MESSAGE => {
                    self.echo(conn, event.stanza.root)?;
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// Sends the text of a message back.
    unsafe fn echo(&self, conn: Conn, message: tercet_element) -> Result<(), Refused> {
        let mut body = message;
        let mut said = text("");
        unsafe {
            ok(tercet_element_child(message, text("jabber:client"), text("body"), &raw mut body))?;
            ok(tercet_element_text(body, &raw mut said))?;
            tercet_writer_open(self.writer, text("jabber:client"), text("message"));
            tercet_writer_attr(self.writer, text("to"), tercet_conn_jid(conn));
            tercet_writer_open(self.writer, text("jabber:client"), text("body"));
            tercet_writer_text(self.writer, said);
            tercet_writer_close(self.writer);
            tercet_writer_close(self.writer);
            ok(tercet_conn_send(conn, self.writer))
        }
    }

    /// Frees a connection, which is not used again.
    pub(super) fn disconnect(&self, conn: Conn) -> Result<(), Refused> {
        unsafe { ok(tercet_conn_free(conn)) }
    }

    pub(super) fn shrink(&self, conn: Conn) -> Result<(), Refused> {
        unsafe { ok(tercet_conn_shrink(conn)) }
    }

    /// What the library says that the connection takes.
    pub(super) fn memory(&self, conn: Conn) -> usize {
        unsafe { tercet_conn_memory(conn) }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        unsafe {
            tercet_writer_free(self.writer);
            tercet_server_config_free(self.config);
        }
    }
}
