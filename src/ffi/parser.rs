//! The parser alone: bytes in, units out, nothing of the protocol.

use core::mem;
use std::boxed::Box;

use super::boundary::{Guard, Handle, alone, code, found, free, give, guarded, part, with};
use super::event::{TERCET_UNIT_CLOSE, TERCET_UNIT_TEXT, tercet_stanza};
use super::limits::{preset, set};
use super::ptr::{Out, bytes, foreign};
use super::result::{TERCET_ERR_NO_MEMORY, TERCET_ERR_UNSUPPORTED, TERCET_NEED_MORE, tercet_result};
use super::unit::{Mark, Source, tercet_error, tercet_unit};
use crate::Limits;
use crate::stream::{Parser, Unit};

/// An incremental parser of XMPP streams. Opaque. It reads one stream: behind STARTTLS and SASL a new one begins, and
/// without `tercet_parser_restart` there the header of that is taken for a part of the old one, or for an error.
pub struct tercet_parser {
    unit: tercet_unit,
    limits: Limits,
}

impl Handle for tercet_parser {
    fn guard(&mut self) -> &mut Guard {
        self.unit.guard()
    }
}

/// Puts a new parser of a stream into `parser`: owned, to be freed with `tercet_parser_free`. `limits` is one of
/// `TERCET_LIMITS_...`.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_new(limits: i32, parser: *mut *mut tercet_parser) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe { make(Parser::stream, limits, parser) }
}

/// As `tercet_parser_new`, for one document, such as a file: its root is its only unit, of the kind that its name says.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_new_document(limits: i32, parser: *mut *mut tercet_parser) -> tercet_result {
    // SAFETY: the contract of the module.
    unsafe { make(Parser::document, limits, parser) }
}

unsafe fn make(parser: fn(Limits) -> Parser, limits: i32, handle: *mut *mut tercet_parser) -> tercet_result {
    code(guarded(|| {
        let (out, limits) = (Out::new(handle)?, preset(limits)?);
        let unit = tercet_unit::new(Source::Parser(Box::new(parser(limits))));
        // SAFETY: the contract of the module.
        unsafe { out.put(give(tercet_parser { unit, limits })) };
        Ok(())
    }))
}

/// Frees a parser, and ends the life of all its views. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_free(parser: *mut tercet_parser) {
    // SAFETY: the contract of the module.
    unsafe { free(parser) }
}

/// Sets one limit, `TERCET_LIMIT_...`, from the next octet on.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_set_limit(parser: *mut tercet_parser, limit: i32, value: u32) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(parser, |parser| {
            set(&mut parser.limits, limit, value)?;
            let limits = parser.limits;
            parser.unit.parser()?.set_limits(limits);
            Ok(())
        })
    })
}

/// Takes in `len` octets as received: copied, all of them. Ends the life of views.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` for octets in memory of the parser, such as
/// a text that it lent; nothing was taken then.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_recv(parser: *mut tercet_parser, data: *const u8, len: usize) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { alone(parser, |parser| recv(&mut parser.unit, data, len)) })
}

/// Puts room for at least `want` octets into `buffer` and `capacity`: to read into without a copy, then to be confirmed
/// by `tercet_parser_commit`. Borrowed until the next call on the parser. Ends the life of views.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_recv_buffer(
    parser: *mut tercet_parser,
    want: usize,
    buffer: *mut *mut u8,
    capacity: *mut usize,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { alone(parser, |parser| recv_buffer(&mut parser.unit, want, buffer, capacity)) })
}

/// Takes the first `len` octets of the room lent last as received, at most what it holds, and once: nothing where
/// another call came in between.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_commit(parser: *mut tercet_parser, len: usize) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { alone(parser, |parser| commit(&mut parser.unit, len)) })
}

/// Puts the next unit of the stream into `stanza`, and forgets the one before it. A unit is whole: it comes with the
/// call that follows its last octet, never in pieces.
///
/// `TERCET_NEED_MORE` where there is none yet. Errors: `TERCET_ERR_NULL`; `TERCET_ERR_NO_MEMORY`, with which a unit may
/// be lost, or the stream be at its end: then it comes again; `TERCET_ERR_SYNTAX` and `TERCET_ERR_LIMIT`, from then on
/// at every call.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_next(parser: *mut tercet_parser, stanza: *mut tercet_stanza) -> tercet_result {
    // SAFETY: the address of a field, of a handle that is alive by the contract of the module.
    let address = part(parser, |parser| unsafe { &raw mut (*parser).unit });
    // SAFETY: the contract of the module.
    let outcome = unsafe {
        alone(parser, |parser| {
            let out = Out::new(stanza)?;
            parser.unit.turn();
            let mark = parser.unit.mark(address);
            Ok(parser.unit.next_unit(mark, |unit| out.put(unit))?.is_some())
        })
    };
    found(outcome, TERCET_NEED_MORE)
}

/// Begins a new stream, as after STARTTLS and SASL (RFC 6120 section 4.3.3): nothing of the old one is left, an error
/// that ended it included. Octets taken in and not read yet belong to the new stream; limits stay. Ends the life of
/// views.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_restart(parser: *mut tercet_parser) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(parser, |parser| {
            parser.unit.settle();
            parser.unit.parser()?.restart();
            Ok(())
        })
    })
}

/// Gives back the memory that only work needs: for a stream that has had nothing to say for a while, and may have
/// nothing to say for long. Does nothing where a unit is in progress. Ends the life of views.
///
/// The next unit takes a dozen allocations more than others, and the memory is back in use until
/// the next call. White space between units does not.
///
/// Errors: `TERCET_ERR_NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_shrink(parser: *mut tercet_parser) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        alone(parser, |parser| {
            parser.unit.shrink();
            Ok(())
        })
    })
}

/// Octets of memory in use, the handle included; what the allocator adds is not counted. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_memory(parser: *mut tercet_parser) -> usize {
    // SAFETY: the contract of the module.
    unsafe { with(parser, |parser| Ok(size_of::<tercet_parser>() + parser.unit.heap())) }.unwrap_or(0)
}

/// Tells the parser that no more octets will come: to be called when `_next` answered `TERCET_NEED_MORE`, for what it
/// has not given yet counts as missing. Views live on.
///
/// Errors: `TERCET_ERR_NULL`; `TERCET_ERR_TRUNCATED`, which no other call gives, where the stream's end tag has not
/// been seen; the error that ended the stream, where one did.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_eof(parser: *mut tercet_parser) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe { alone(parser, |parser| parser.unit.eof()) })
}

/// Puts into `error` why the parser is at its end; `error->result` is `TERCET_OK` where it is not.
///
/// Errors: `TERCET_ERR_NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_parser_last_error(
    parser: *mut tercet_parser,
    error: *mut tercet_error,
) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(parser, |parser| {
            Out::new(error)?.put(parser.unit.error());
            Ok(())
        })
    })
}

/// What `_recv` does for a parser and for a connection.
pub(super) unsafe fn recv(unit: &mut tercet_unit, data: *const u8, len: usize) -> Result<(), tercet_result> {
    // Not a text that the handle lent, nor room of its own that was to be confirmed.
    foreign(data, len, unit.arena.places().chain([unit.input.place()]))?;
    // SAFETY: the contract of the module, and nothing of it is ours.
    let octets = unsafe { bytes(data, len) }?;
    unit.turn();
    unit.input.push(octets).map_err(|_| TERCET_ERR_NO_MEMORY)
}

/// What `_recv_buffer` does for a parser and for a connection.
pub(super) unsafe fn recv_buffer(
    unit: &mut tercet_unit,
    want: usize,
    buffer: *mut *mut u8,
    capacity: *mut usize,
) -> Result<(), tercet_result> {
    let (buffer, capacity) = (Out::new(buffer)?, Out::new(capacity)?);
    unit.turn();
    let spare = unit.input.spare_mut(want.max(1)).map_err(|_| TERCET_ERR_NO_MEMORY)?;
    // SAFETY: the contract of the module.
    unsafe {
        capacity.put(spare.len());
        buffer.put(spare.as_mut_ptr());
    }
    Ok(())
}

/// What `_commit` does for a parser and for a connection.
pub(super) fn commit(unit: &mut tercet_unit, len: usize) -> Result<(), tercet_result> {
    unit.input.commit(len);
    Ok(())
}

impl tercet_unit {
    fn parser(&mut self) -> Result<&mut Parser, tercet_result> {
        match &mut self.source {
            Source::Parser(parser) => Ok(parser),
            Source::Client(_) | Source::Server(_) | Source::Owned(_) => Err(TERCET_ERR_UNSUPPORTED),
        }
    }

    /// Tells the next unit, if there is one. It is told where it is made: copies of it would cost more than the rest.
    #[inline]
    fn next_unit<T>(&mut self, mark: Mark, tell: impl FnOnce(tercet_stanza) -> T) -> Result<Option<T>, tercet_result> {
        let Self { source: Source::Parser(parser), input, held, arena, .. } = self else {
            return Err(TERCET_ERR_UNSUPPORTED);
        };
        let mut feed = input.resume(mem::take(held));
        let told = match parser.next(&mut feed) {
            Ok(Some(Unit::Stanza(stanza))) => mark.stanza(stanza, arena).map(tell),
            Ok(Some(Unit::Header(header))) => mark.header(header, arena).map(tell),
            Ok(Some(Unit::Text)) => Ok(tell(tercet_stanza::bare(TERCET_UNIT_TEXT))),
            Ok(Some(Unit::Close)) => Ok(tell(tercet_stanza::bare(TERCET_UNIT_CLOSE))),
            Ok(None) => {
                *held = feed.hold();
                return Ok(None);
            }
            Err(error) => {
                *held = feed.hold();
                return Err(self.faulty(&error));
            }
        };
        *held = feed.hold();
        told.map(Some)
    }

    fn eof(&mut self) -> Result<(), tercet_result> {
        // Only what lies behind a unit that is still lent can be missing its end.
        let Self { source: Source::Parser(parser), input, held, .. } = self else { return Err(TERCET_ERR_UNSUPPORTED) };
        let ended = parser.eof_behind(input, held.0);
        ended.map_err(|truncated| self.truncated(truncated))
    }
}
