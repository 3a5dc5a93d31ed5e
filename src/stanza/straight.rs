//! The straight line through a stanza: whole tokens, from the index of structure onto the tape.
//!
//! In: the unit's text, the places of structure in it, where a token begins, and whether that was cut before. Out: the
//! tape, built as far as tokens are whole and of a common shape, and the place where one is not: the tokenizer reads
//! that one, octet by octet, and says what is wrong with it if anything is, unless it is cut and may wait (see `cut`).
//! Nothing of a tag is kept unless all of it is good, so both always agree.
//!
//! The loop of `fast` reads nearly all; a token that it leaves is read by `general`, if it is of a common shape, and
//! the loop goes on behind it.

use super::build::{Builder, Context};
use super::fast::Loop;
use super::line::{Halt, Line, Taken};
use super::tape::index;
use super::{Error, Outlet};
use crate::limits::Limits;
use crate::ns::NsId;
use crate::scan::{Index, Places, Present, Word};

/// Where the line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The root's last octet is the one before this offset.
    Closed(u32),
    /// The token that begins here is of another shape, or goes on behind the text; nothing of it was taken.
    Other(usize),
    /// Character data that begins here goes on behind the text; nothing is wrong with what there is.
    Text(usize),
    /// The token that begins here goes on behind the text; nothing is wrong with what there is, and nothing of it was
    /// taken.
    Cut(usize),
}

impl Builder {
    /// Attributes of a tag of a common shape.
    pub(super) const FEW_ATTRIBUTES: u32 = 16;

    /// Whether [`Self::straight`] may be called under `limits`. The loop of `fast` takes names of one word, tags of so
    /// many attributes with one declaration, and well-known namespaces without asking the limits: these must allow all
    /// of them.
    pub(crate) const fn reads_lines(limits: &Limits) -> bool {
        limits.name_bytes >= Word::LEN as u32
            && limits.attributes >= Places::MOST_VALUES as u32
            && limits.declarations >= 1
            && limits.namespace_bytes >= NsId::LONGEST
    }

    /// Reads tokens of common shapes from `at` on, where one begins; `offset` is that of the text in the stream.
    /// `was_cut` is whether that token was read before and found to go on. With what it calls first it is part of its
    /// caller: most stanzas are so short that calls show.
    #[inline(always)]
    pub(crate) fn straight<O: Outlet>(
        &mut self,
        cx: &mut Context<'_, O>,
        structure: &mut Index,
        offset: u64,
        at: usize,
        was_cut: bool,
    ) -> Result<Stop, Error> {
        debug_assert!(Self::reads_lines(cx.limits));
        let octets = cx.text.as_bytes();
        let isa = structure.isa();
        let start = offset + at as u64;
        // Mostly the structure known goes on right here: then nothing is to be dropped or scanned.
        if was_cut || !structure.is_at(start) {
            structure.skip_to(start);
            // Of a token that was cut, all structure known is what did not suffice; else there is none. Either way the
            // first turn of the loop would only come back for more.
            if was_cut || structure.is_used_up() {
                structure.extend(octets, offset);
            }
            // A root begins with structure; where none is, the places are those of another input.
            if self.depth == 0 && !structure.is_at(start) {
                return Ok(Stop::Other(at));
            }
        }
        let mut begin = at;
        loop {
            let Some((text, places)) = structure.places(octets, offset) else { return Ok(Stop::Other(begin)) };
            let mut line = Line { text, places, at: text.of_offset(begin) };
            let read = line.read(isa, self, cx);
            let (at, head) = (text.offset(line.at), line.places.head());
            structure.use_up(head);
            begin = at;
            match read {
                Ok(()) => return Ok(Stop::Closed(index(at))),
                Err(Halt::Fault(error)) => return Err(error),
                Err(Halt::Full) if self.tape.attrs.reserve(Self::FEW_ATTRIBUTES as usize).is_ok() => {}
                // Where there is no memory, the tokenizer's way says so.
                Err(Halt::Other | Halt::Full) => return Ok(Stop::Other(at)),
                Err(Halt::Starved) if structure.extend(octets, offset) => {}
                Err(Halt::Starved) if at < octets.len() && structure.is_used_up() => return Ok(Stop::Text(at)),
                Err(Halt::Starved) if self.may_wait(cx, structure, offset, at) => return Ok(Stop::Cut(at)),
                Err(Halt::Starved) => return Ok(Stop::Other(at)),
            }
        }
    }
}

impl Line<'_> {
    /// Reads tokens until the root ends, or one cannot be read.
    #[inline(always)]
    fn read<O: Outlet>(&mut self, isa: Present, builder: &mut Builder, cx: &mut Context<'_, O>) -> Result<(), Halt> {
        if builder.is_in_run() {
            self.end_run(builder, cx)?;
        }
        loop {
            if isa.run(Loop { line: self, builder, cx }) {
                return Ok(());
            }
            // What is left of a tag that is cut is read when it has come.
            if self.is_at_cut_tag() {
                return Err(Halt::Starved);
            }
            if self.read_any(builder, cx)? == Taken::RootEnds {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_under_limits_that_allow_what_the_loop_takes_unasked() {
        let least = Limits {
            name_bytes: Word::LEN as u32,
            attributes: Places::MOST_VALUES as u32,
            declarations: 1,
            namespace_bytes: NsId::LONGEST,
            ..Limits::SERVER
        };
        assert!(Builder::reads_lines(&least) && Builder::reads_lines(&Limits::PRE_LOGIN));
        for lower in [
            Limits { name_bytes: least.name_bytes - 1, ..least },
            Limits { attributes: least.attributes - 1, ..least },
            Limits { declarations: 0, ..least },
            Limits { namespace_bytes: NsId::LONGEST - 1, ..least },
        ] {
            assert!(!Builder::reads_lines(&lower), "{lower:?}");
        }
    }
}
