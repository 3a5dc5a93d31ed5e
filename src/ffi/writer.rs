//! A draft of what is to be sent: kept as it was asked for, written where it goes.
//!
//! A [`Writer`] borrows the output it appends to, which C cannot hold on to. So the calls of C are noted down and
//! played to a `Writer` on the output itself: one copy of the texts, as any hand-over would be, and no borrow to lie
//! about.

use core::ops::Range;
use std::string::String;
use std::vec::Vec;

use super::boundary::{Guard, Handle, code, free, give, guarded, with};
use super::element::tercet_element;
use super::ptr::{Out, tercet_str};
use super::result::{TERCET_ERR_NO_MEMORY, of_write, tercet_result};
use crate::ns::name;
use crate::stanza::{Element, Step as Walked, Text};
use crate::write::Writer;

/// A draft of one or more stanzas, or of a part of one. Opaque.
///
/// The calls that fill it answer nothing: the first error, also a NULL or a text that is not UTF-8, is kept, and given
/// by whatever uses the draft; nothing is written then. What is written is always well-formed, whatever the texts are.
pub struct tercet_writer {
    guard: Guard,
    draft: Draft,
    written: Vec<u8>,
}

impl Handle for tercet_writer {
    fn guard(&mut self) -> &mut Guard {
        &mut self.guard
    }
}

/// What was asked for.
#[derive(Debug, Default)]
struct Draft {
    steps: Vec<Step>,
    texts: String,
    fault: Option<tercet_result>,
}

#[derive(Debug)]
enum Step {
    Open { ns: Range<usize>, name: Range<usize> },
    Attr { ns: Range<usize>, name: Range<usize>, value: Range<usize> },
    Lang(Range<usize>),
    Text(Range<usize>),
    Close,
}

impl tercet_writer {
    /// Plays the draft to `out`.
    pub(super) fn play(&self, out: &mut Writer<'_>) {
        let text = |range: &Range<usize>| self.draft.texts.get(range.clone()).unwrap_or_default();
        for step in &self.draft.steps {
            match step {
                Step::Open { ns, name } => out.open_ns(text(ns), text(name)),
                Step::Attr { ns, name, value } => out.attr_ns(text(ns), text(name), text(value)),
                Step::Lang(tag) => out.lang(text(tag)),
                Step::Text(value) => out.text(text(value)),
                Step::Close => out.close(),
            };
        }
    }

    /// The error that was made in filling the draft, if one was.
    pub(super) fn check(&self) -> Result<(), tercet_result> {
        self.draft.fault.map_or(Ok(()), Err)
    }

    /// Octets on the heap.
    fn heap(&self) -> usize {
        let Self { draft, written, .. } = self;
        draft.steps.capacity() * size_of::<Step>() + draft.texts.capacity() + written.capacity()
    }

    /// Forgets the draft, and keeps some memory for the next.
    pub(super) fn clear(&mut self) {
        self.draft.steps.clear();
        self.draft.steps.shrink_to(64);
        self.draft.texts.clear();
        self.draft.texts.shrink_to(1_024);
        self.draft.fault = None;
    }
}

impl Draft {
    fn keep(&mut self, text: &str) -> Result<Range<usize>, tercet_result> {
        self.texts.try_reserve(text.len()).map_err(|_| TERCET_ERR_NO_MEMORY)?;
        let start = self.texts.len();
        self.texts.push_str(text);
        Ok(start..self.texts.len())
    }

    /// As [`Self::keep`], the value of a text that was received.
    fn keep_value(&mut self, text: Text<'_>) -> Result<Range<usize>, tercet_result> {
        // A value is never longer than what it was written as.
        self.texts.try_reserve(text.raw().len()).map_err(|_| TERCET_ERR_NO_MEMORY)?;
        let start = self.texts.len();
        text.decode_into(&mut self.texts);
        Ok(start..self.texts.len())
    }

    fn push(&mut self, step: Step) -> Result<(), tercet_result> {
        self.steps.try_reserve(1).map_err(|_| TERCET_ERR_NO_MEMORY)?;
        self.steps.push(step);
        Ok(())
    }

    /// Adds what `make` makes, unless something went wrong before.
    fn add(&mut self, make: impl FnOnce(&mut Self) -> Result<Step, tercet_result>) {
        self.attempt(|draft| make(draft).and_then(|step| draft.push(step)));
    }

    /// Changes the draft, unless something went wrong before.
    fn attempt(&mut self, change: impl FnOnce(&mut Self) -> Result<(), tercet_result>) {
        if self.fault.is_none() {
            self.fault = change(self).err();
        }
    }

    /// Adds a copy of an element, as it means: with the names, attributes and values that it has.
    fn copy(&mut self, element: Element<'_>) -> Result<(), tercet_result> {
        for step in element.walk() {
            match step {
                Walked::Enter(element) => {
                    let (ns, name) = (self.keep(element.ns())?, self.keep(element.local())?);
                    self.push(Step::Open { ns, name })?;
                    for attr in element.attrs() {
                        let (ns, name) = (self.keep(attr.ns())?, self.keep(attr.local())?);
                        let value = self.keep_value(attr.value())?;
                        self.push(Step::Attr { ns, name, value })?;
                    }
                }
                Walked::Text(text) => {
                    let text = self.keep_value(text)?;
                    self.push(Step::Text(text))?;
                }
                Walked::Leave(_) => self.push(Step::Close)?,
            }
        }
        Ok(())
    }
}

/// Notes a step down.
unsafe fn note(writer: *mut tercet_writer, make: impl FnOnce(&mut Draft) -> Result<Step, tercet_result>) {
    // A writer that is null has nowhere to keep an error; one that is poisoned gives that error when it is used.
    // SAFETY: the contract of the module.
    let _ = unsafe {
        with(writer, |writer| {
            writer.draft.add(make);
            Ok(())
        })
    };
}

/// Puts a new, empty draft into `writer`: owned, to be freed with `tercet_writer_free`.
///
/// Errors: `TERCET_ERR_NULL`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_new(writer: *mut *mut tercet_writer) -> tercet_result {
    code(guarded(|| {
        let handle = tercet_writer { guard: Guard::default(), draft: Draft::default(), written: Vec::new() };
        // SAFETY: the contract of the module.
        unsafe { Out::new(writer)?.put(give(handle)) };
        Ok(())
    }))
}

/// Frees a draft. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_free(writer: *mut tercet_writer) {
    // SAFETY: the contract of the module.
    unsafe { free(writer) }
}

/// Octets of memory in use, the handle included; what the allocator adds is not counted. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_memory(writer: *mut tercet_writer) -> usize {
    // SAFETY: the contract of the module.
    unsafe { with(writer, |writer| Ok(size_of::<tercet_writer>() + writer.heap())) }.unwrap_or(0)
}

/// Forgets what was drafted, an error included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_clear(writer: *mut tercet_writer) {
    // SAFETY: the contract of the module.
    let _ = unsafe {
        with(writer, |writer| {
            writer.clear();
            Ok(())
        })
    };
}

/// Opens the element `name` in the namespace `ns`: `jabber:client` where `ns` is `{NULL, 0}`, no namespace where it is
/// empty. Texts are copied, here and below.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_open(writer: *mut tercet_writer, ns: tercet_str, name: tercet_str) {
    // SAFETY: the contract of the module.
    unsafe {
        note(writer, |draft| {
            let (ns, name) = (ns.read()?.unwrap_or("jabber:client"), name.required()?);
            Ok(Step::Open { ns: draft.keep(ns)?, name: draft.keep(name)? })
        });
    }
}

/// Adds the attribute `name` without a namespace to the element just opened. Where `value` is `{NULL, 0}`, as an absent
/// attribute reads, the draft keeps the error `TERCET_ERR_NULL`: look at its `ptr` before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_attr(writer: *mut tercet_writer, name: tercet_str, value: tercet_str) {
    // SAFETY: the contract of the module; no octet is behind an empty text.
    unsafe { tercet_writer_attr_ns(writer, tercet_str::of(""), name, value) }
}

/// Adds the attribute `name` in the namespace `ns` to the element just opened, with a prefix that is declared for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_attr_ns(
    writer: *mut tercet_writer,
    ns: tercet_str,
    name: tercet_str,
    value: tercet_str,
) {
    // SAFETY: the contract of the module.
    unsafe {
        note(writer, |draft| {
            let (ns, name, value) = (ns.required()?, name.required()?, value.required()?);
            Ok(Step::Attr { ns: draft.keep(ns)?, name: draft.keep(name)?, value: draft.keep(value)? })
        });
    }
}

/// Adds `xml:lang` to the element just opened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_lang(writer: *mut tercet_writer, tag: tercet_str) {
    // SAFETY: the contract of the module.
    unsafe { note(writer, |draft| Ok(Step::Lang(draft.keep(tag.required()?)?))) }
}

/// Adds text to the innermost open element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_text(writer: *mut tercet_writer, text: tercet_str) {
    // SAFETY: the contract of the module.
    unsafe { note(writer, |draft| Ok(Step::Text(draft.keep(text.required()?)?))) }
}

/// Adds a copy of an element that was received and of all it holds, to the innermost open element or to the draft
/// itself. The copy means what the original does, with prefixes chosen anew. The draft keeps `TERCET_ERR_STALE` where
/// `element` is out of date, `TERCET_ERR_NULL` where it is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_copy(writer: *mut tercet_writer, element: tercet_element) {
    // SAFETY: the contract of the module. The handle that lends the element is not the writer.
    let _ = unsafe {
        with(writer, |writer| {
            writer.draft.attempt(|draft| element.look(|element, _| draft.copy(element)));
            Ok(())
        })
    };
}

/// Closes the innermost open element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_close(writer: *mut tercet_writer) {
    // SAFETY: the contract of the module.
    unsafe { note(writer, |_| Ok(Step::Close)) }
}

/// Puts the draft, written as for a client's stream, into `text`, and keeps it. Borrowed until the next call on the
/// writer.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_WRITE`, `TERCET_ERR_NO_MEMORY`, and those that the draft keeps.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_writer_written(writer: *mut tercet_writer, text: *mut tercet_str) -> tercet_result {
    // SAFETY: the contract of the module.
    code(unsafe {
        with(writer, |writer| {
            let out = Out::new(text)?;
            writer.check()?;
            let mut written = core::mem::take(&mut writer.written);
            written.clear();
            let mut pen = Writer::new(&mut written);
            writer.play(&mut pen);
            pen.finish().map_err(|error| of_write(&error))?;
            writer.written = written;
            out.put(core::str::from_utf8(&writer.written).map_or(tercet_str::NONE, tercet_str::of));
            Ok(())
        })
    })
}

/// Whether what `write` writes can be written. Where it could not be, that would be noticed only when a client waits
/// for it.
pub(super) fn writable(write: impl FnOnce(&mut Writer<'_>)) -> Result<(), tercet_result> {
    let mut written = Vec::new();
    let mut out = Writer::new(&mut written);
    write(&mut out);
    out.finish().map_err(|error| of_write(&error))
}

/// A language for `xml:lang`, which XML can hold.
pub(super) unsafe fn language<'a>(lang: tercet_str) -> Result<&'a str, tercet_result> {
    // SAFETY: the contract of the module.
    let lang = unsafe { lang.required() }?;
    writable(|out| {
        out.open(name::MESSAGE).lang(lang).close();
    })?;
    Ok(lang)
}
