//! The shape of a start tag, as its places tell it.
//!
//! In: places, the next of which begins a tag. Out: where its name and its values are, and what stands before them.
//! Most tags have their values between quotes of one kind, and nothing odd in them: there, places are told by their
//! number alone. Of the others it is found out which places are quotes. One space may stand before a tag's end.
//!
//! ```text
//!   <name a='..' b='..'/>
//!   ^       ^  ^   ^  ^ ^     places; what stands between two values is the name of the second
//! ```
//!
//! Refuses to know: which octets make a name.

use super::index::Near;
use super::{Load, Places, Word};

/// A start tag, of which the name may have been passed.
pub(crate) struct Shape<'s, Q = Pairs> {
    // INVARIANT: the places up to that of the `>` lie within it; from any offset between the first of them and
    // `last_word`, both included, a word does.
    text: Near<'s>,
    // INVARIANT: those up to that of the `>` rise, no two alike.
    places: &'s [u16; Places::AHEAD],
    quotes: Q,
    /// Where the name ends, or begins where it was not passed.
    // INVARIANT: behind the first place, and not behind the second.
    end: usize,
}

/// Which places of a tag, behind that of its `<`, are the quotes around its values.
///
/// # Safety
///
/// - `last` and `last_read` give the same at every call: `1 <= last < Places::AHEAD`, and `last_read < last`.
/// - `each` tells places by their number, in rising order, and none but those numbered `1..=last`.
/// - Every value but the last that it tells ends at a place numbered `last_read` at most, or 1 where that is more.
pub(crate) unsafe trait Quotes: Copy {
    /// Whether there may be values that do not read as written.
    const CODED: bool;

    /// How many values there are, at most `Places::MOST_VALUES`.
    fn values(self) -> usize;

    /// The number of the place of the tag's `>`.
    fn last(self) -> usize;

    /// The number of the last place right behind which a word may be read; 0 or 1 where that is none behind the second.
    fn last_read(self) -> usize;

    /// Puts the places of the quotes around each value, and whether it reads as written, into the value's slot of the
    /// room for them. Nothing where a value is refused or, if that is looked for, the places are not two quotes of one
    /// kind for each value and nothing between values, or there is no room for all.
    fn each<T>(
        self,
        places: &[u16; Places::AHEAD],
        room: &mut [T],
        put: impl FnMut(&mut T, [usize; 2], bool) -> Option<()>,
    ) -> Option<()>;
}

/// Two for each of so many values, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pairs {
    // INVARIANT: at most `Places::MOST_VALUES`.
    values: usize,
}

// SAFETY: `values` does not change. Twice as many and one, which is `last`, is less than 16, and more than what
// `last_read` takes off. Pairs of neighbours rise, from the second place on; before the last value's first quote stands
// the place that `last_read` tells.
unsafe impl Quotes for Pairs {
    const CODED: bool = false;

    #[inline(always)]
    fn values(self) -> usize {
        self.values
    }

    #[inline(always)]
    fn last(self) -> usize {
        2 * self.values + 1
    }

    #[inline(always)]
    fn last_read(self) -> usize {
        (2 * self.values).saturating_sub(2)
    }

    #[inline(always)]
    fn each<T>(
        self,
        places: &[u16; Places::AHEAD],
        room: &mut [T],
        mut put: impl FnMut(&mut T, [usize; 2], bool) -> Option<()>,
    ) -> Option<()> {
        let (quotes, _) = places[1..].as_chunks::<2>();
        for (slot, quotes) in room.iter_mut().zip(quotes.get(..self.values).unwrap_or(&[])) {
            put(slot, quotes.map(usize::from), true)?;
        }
        Some(())
    }
}

/// Those that were looked for: either kind may stand around a value, and references and the like may stand in it. A bit
/// for each place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    quotes: u32,
    /// Those of them that are `'`.
    single: u32,
    references: u32,
    /// The number of the place of the tag's `>`.
    // INVARIANT: at least 1, below `Places::AHEAD`, and behind all bits, none of which stands for the first place.
    last: u32,
}

// SAFETY: `last` does not change, and lies where its invariant says, one behind `last_read`. The bits of `quotes` are
// told from the lowest on, of which none stands for the first place, and each is looked at to be below `last`: so that
// a value with another one behind it ends before the place that `last_read` tells.
unsafe impl Quotes for Found {
    const CODED: bool = true;

    #[inline(always)]
    fn values(self) -> usize {
        // Of an odd number, one is no pair.
        self.quotes.count_ones() as usize / 2
    }

    #[inline(always)]
    fn last(self) -> usize {
        self.last as usize
    }

    #[inline(always)]
    fn last_read(self) -> usize {
        self.last() - 1
    }

    #[inline(always)]
    fn each<T>(
        self,
        places: &[u16; Places::AHEAD],
        room: &mut [T],
        mut put: impl FnMut(&mut T, [usize; 2], bool) -> Option<()>,
    ) -> Option<()> {
        let Self { quotes: mut left, mut references, .. } = self;
        let mut next = 1;
        for slot in room {
            if left == 0 {
                break;
            }
            let open = left.trailing_zeros();
            left &= left - 1;
            let close = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            // What stands between two values is no place; where a quote is missing, the last one would be behind all.
            if open != next || close >= self.last || (self.single >> open ^ self.single >> close) & 1 == 1 {
                return None;
            }
            next = close + 1;
            let behind = references & (u32::MAX << close);
            let quotes = [open, close].map(|number| places[number as usize % Places::AHEAD].into());
            put(slot, quotes, references == behind)?;
            references = behind;
        }
        (next == self.last).then_some(())
    }
}

impl<'s> Shape<'s, Found> {
    /// The tag that begins at the next place, a `<` as the caller knows, where a `>` comes soon enough; and those of
    /// the places between them that are no quotes, a bit for each: whether these may stand there, the caller asks.
    #[inline(always)]
    pub(crate) fn found(places: Places<'s>) -> Option<(Self, u32)> {
        let last = places.which(*b">>>>").trailing_zeros();
        if last == 0 || last >= Places::AHEAD as u32 {
            return None;
        }
        let before = (1 << last) - 2;
        let those = |octets| places.which(octets) & before;
        let (single, double) = (those(*b"''''"), those(*b"\"\"\"\""));
        let quotes = single | double;
        let found = Found { quotes, single, references: those(*b"&&&&"), last };
        let shape = Self::at(places.near(), places.left(last as usize + 1)?, found);
        // As in `with`.
        places.reach(shape.last_word()).then_some((shape, before ^ quotes))
    }
}

impl<'s> Shape<'s> {
    /// The tag that begins at the next place; `kinds` are [`Places::kinds`], which the caller has looked at.
    #[inline(always)]
    pub(crate) fn of(places: Places<'s>, kinds: u64) -> Option<Self> {
        let near = kinds >> 8;
        let quote = near as u8;
        let values = if quote == b'>' {
            0
        } else {
            if !is_quote(quote) {
                return None;
            }
            // Up to the first that differs from the one before, as the zero behind the seven left of eight does.
            let mut quotes = (near ^ (near >> 8)).trailing_zeros() / 8 + 1;
            let mut behind = near >> (8 * quotes);
            if quotes == 7 {
                let far = places.kinds_behind();
                let more = (far ^ (u64::from(quote) * (u64::MAX / 0xff))).trailing_zeros() / 8;
                quotes += more;
                behind = far.checked_shr(8 * more).unwrap_or(0);
            }
            if behind as u8 != b'>' || !quotes.is_multiple_of(2) {
                return None;
            }
            quotes as usize / 2
        };
        Self::with(places, values)
    }

    /// Whether [`Places::kinds`] begin with those of a tag with so many values, at most 3, between quotes of one kind.
    /// Who knows it so makes the shape [with](Self::with) that number, and need not count.
    #[inline(always)]
    pub(crate) const fn begins<const VALUES: usize>(kinds: u64) -> bool {
        const fn of_tag(quote: u8, values: usize) -> u64 {
            let mut octets = [0; 8];
            octets[0] = b'<';
            let mut at = 1;
            while at <= 2 * values {
                octets[at] = quote;
                at += 1;
            }
            octets[at] = b'>';
            u64::from_le_bytes(octets)
        }
        let behind = const { 8 * (6 - 2 * VALUES) };
        // Nobody foresees which kind of quotes it will be, so that no branch may ask: compared with both, the kinds
        // would get one each.
        let (single, apart) = const { (of_tag(b'\'', VALUES), of_tag(b'\'', VALUES) ^ of_tag(b'"', VALUES)) };
        let differences = kinds ^ single;
        differences << behind == (apart << behind) * (differences >> 8 & 1)
    }

    /// The tag with so many values that begins at the next place, as the caller knows of the octets there. A wrong
    /// number gives a wrong shape, but none that goes beyond the text.
    #[inline(always)]
    pub(crate) fn with(places: Places<'s>, values: usize) -> Option<Self> {
        if values > Places::MOST_VALUES {
            return None;
        }
        // Places that are left rise, and what lies between them is in the text. No offset from the first of them to
        // `last_word` lies before one that is left, so that what is said of the last holds for all.
        let quotes = Pairs { values };
        let shape = Self::at(places.near(), places.left(quotes.last() + 1)?, quotes);
        places.reach(shape.last_word()).then_some(shape)
    }
}

impl<'s, Q: Quotes> Shape<'s, Q> {
    #[inline(always)]
    fn at(text: Near<'s>, places: &'s [u16; Places::AHEAD], quotes: Q) -> Self {
        Self { text, places, quotes, end: usize::from(places[0]) + 1 }
    }

    /// The place of its `<`.
    #[inline(always)]
    pub(crate) fn first(&self) -> usize {
        self.places[0].into()
    }

    /// The place behind that: of the quote before its first value, or of its `>`.
    #[inline(always)]
    pub(crate) fn second(&self) -> usize {
        self.places[1].into()
    }

    /// Has the name end at `end`, if it may: what [`Self::name`] told was of a longer one.
    #[inline(always)]
    pub(crate) fn end_name(&mut self, end: usize) {
        if self.first() < end && end <= self.second() {
            self.end = end;
        }
    }

    /// The place of its `>`.
    #[inline(always)]
    pub(crate) fn last(&self) -> usize {
        self.places[self.quotes.last() % Places::AHEAD].into()
    }

    /// No word is read that begins behind this offset: right behind a place, or the second place itself.
    #[inline(always)]
    fn last_word(&self) -> usize {
        match self.quotes.last_read() {
            0 | 1 => self.second(),
            number => usize::from(self.places[number % Places::AHEAD]) + 1,
        }
    }

    /// How many values it has.
    #[inline(always)]
    pub(crate) fn values(&self) -> usize {
        self.quotes.values()
    }

    /// How many places it takes.
    #[inline(always)]
    pub(crate) fn place_count(&self) -> usize {
        self.quotes.last() + 1
    }

    /// Passes the name, first of all: where it begins, and how many octets it has. Before a value, 16 may stand for
    /// more, the rest of which is what [`Value::before`] begins with then.
    #[inline(always)]
    pub(crate) fn name(&mut self) -> Option<(Spot<'s>, usize)> {
        let (start, next) = (self.first() + 1, self.second());
        // SAFETY: a word begins right behind the first place, which is not behind `last_word`. The octets read lie
        // before the second place, and not before the first.
        let len = unsafe {
            match self.values() {
                0 => {
                    let behind = next - usize::from(self.text.octet(next - 1) == b'/');
                    let is_spaced = behind > start && self.text.octet(behind - 1) == b' ';
                    behind.checked_sub(start)? - usize::from(is_spaced)
                }
                _ => self.text.find(start, b' '),
            }
        };
        if start + len > next {
            return None;
        }
        self.end = start + len;
        debug_assert!((self.first() + 1..=next).contains(&self.end));
        // As above, a word begins there.
        Some((Spot { text: self.text, at: start }, len))
    }

    /// Puts each value into its place in the room for them, as far as that goes: where the last one ends, or the name
    /// where there is none. Nothing where one is refused.
    #[inline(always)]
    pub(crate) fn each_value<T>(
        &self,
        room: &mut [T],
        mut put: impl FnMut(&mut T, Value<'s>) -> Option<()>,
    ) -> Option<usize> {
        let mut end = self.end;
        self.quotes.each(self.places, room, |slot, [open, close], is_plain| {
            // Behind the name, which ends no later than the second place, or behind the value before: never behind
            // `last_word`.
            debug_assert!(end <= open && open < close && close <= self.last());
            debug_assert!(end <= self.last_word());
            put(slot, Value { before: Spot { text: self.text, at: end }, open, close, is_plain })?;
            end = close + 1;
            Some(())
        })?;
        Some(end)
    }

    /// Whether the element is empty, where the tag ends as it should behind `end`, which [`Self::each_value`] told.
    #[inline(always)]
    pub(crate) fn is_empty(&self, end: usize) -> Option<bool> {
        let last = self.last();
        if end == last {
            return Some(false);
        }
        // SAFETY: the octet lies right before the last place, which is behind the first.
        if end + 1 == last && unsafe { self.text.octet(end) } == b'/' {
            return Some(true);
        }
        if end <= self.first() || end >= last {
            return None;
        }
        // SAFETY: the octets lie between the first place and the last.
        match unsafe { (last - end, self.text.octet(end), self.text.octet(last - 1)) } {
            (1, b' ', _) => Some(false),
            (2, b' ', b'/') => Some(true),
            _ => None,
        }
    }
}

/// An offset in the text of a [`Shape`] from which on a word may be read.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'s> {
    text: Near<'s>,
    // INVARIANT: behind the first place of the tag, and not behind `Shape::last_word`.
    at: usize,
}

impl Load for Spot<'_> {
    #[inline(always)]
    fn half(self) -> u64 {
        // SAFETY: as `at` says, a word lies within the text from there on.
        unsafe { self.text.half(self.at) }
    }

    #[inline(always)]
    fn word(self) -> Word {
        // SAFETY: as above.
        unsafe { self.text.word(self.at) }
    }
}

/// A value of a [`Shape`].
pub(crate) struct Value<'s> {
    /// Behind the last value, or the element's name: what stands between is this value's name.
    pub(crate) before: Spot<'s>,
    /// The place of the quote before it.
    // INVARIANT: not before `before`, from which its distance is told.
    pub(crate) open: usize,
    /// The place of the quote behind it.
    pub(crate) close: usize,
    /// Whether it reads as written.
    pub(crate) is_plain: bool,
}

impl Value<'_> {
    /// How many octets stand between the last value, or the element's name, and this one.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.open - self.before.at
    }
}

/// Whether it is one of the two quotes, given an octet that is structure.
#[inline(always)]
pub(crate) const fn is_quote(octet: u8) -> bool {
    const QUOTES: u64 = 1 << b'\'' | 1 << b'"';
    // Of structure, none but the quotes has their number modulo 64. One test for both: see `Shape::begins`.
    QUOTES >> (octet % 64) & 1 == 1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::scan::{Index, Isa};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    /// What is found of a tag: its name's length, ` name=` and value of each attribute, whether it is empty.
    type Seen<'t> = (usize, Vec<(String, &'t str)>, bool);

    /// What is found of the tag that `text` begins with.
    fn shape(text: &str, isa: Isa) -> Option<Seen<'_>> {
        let index = Index::of_text(text.as_bytes(), isa);
        let (_, places) = index.places(text.as_bytes(), 0)?;
        let mut shape = Shape::of(places, places.kinds())?;
        let (_, name) = shape.name()?;
        let mut values = [const { (String::new(), "") }; Places::MOST_VALUES];
        let end = shape.each_value(&mut values, |(name, written), value| {
            let before = value.before.word().octets();
            name.push_str(core::str::from_utf8(before.get(..value.len()).unwrap_or(&before)).unwrap());
            *written = &text[value.open + 1..value.close];
            Some(())
        })?;
        Some((name, values.into_iter().take(shape.values()).collect(), shape.is_empty(end)?))
    }

    #[test]
    fn a_tag_is_known_by_its_places_where_a_word_lies_behind_the_last_to_be_looked_at() {
        let long = "v".repeat(300);
        let item = format!("<item a='{long}'>");
        let seven = "<b a='1' b='2' c='3' d='4' e='5' f='6' g='7'/>";
        let seven_values: Vec<_> =
            ["a", "b", "c", "d", "e", "f", "g"].into_iter().zip(["1", "2", "3", "4", "5", "6", "7"]).collect();
        // With the offset that a word must lie behind.
        type Tag<'t> = (&'t str, usize, usize, &'t [(&'t str, &'t str)], bool);
        let tags: [Tag<'_>; 11] = [
            ("<a>", 2, 1, &[], false),
            ("<body/>", 6, 4, &[], true),
            ("<body />", 7, 4, &[], true),
            ("<body >", 6, 4, &[], false),
            ("<iq id='1' >", 7, 2, &[("id", "1")], false),
            ("<iq id='1' />", 7, 2, &[("id", "1")], true),
            ("<iq id='1'>", 7, 2, &[("id", "1")], false),
            ("<iq to=\"\" id=\"2\"/>", 9, 2, &[("to", ""), ("id", "2")], true),
            ("<abcdefghijklmno x='1'>", 19, 15, &[("x", "1")], false),
            (seven, 38, 1, &seven_values, true),
            (&item, 8, 4, &[("a", &long)], false),
        ];
        for (tag, last_word, name, values, is_empty) in tags {
            let values: Vec<_> = values.iter().map(|(name, value)| (format!(" {name}="), *value)).collect();
            for isa in Isa::available() {
                for behind in 0..40 {
                    let text = format!("{tag}{}", "-".repeat(behind));
                    let reaches = last_word + Word::LEN <= text.len();
                    let expected = reaches.then(|| (name, values.clone(), is_empty));
                    assert_eq!(shape(&text, isa), expected, "{text} on {isa}");
                }
            }
        }
        let text = format!("<iq id='1'  to=''>{:16}", "");
        let (_, values, _) = shape(&text, Isa::best()).unwrap();
        assert_eq!(values, [(" id=".into(), "1"), ("  to=".into(), "")]);
    }

    #[test]
    fn what_is_no_such_tag_has_no_shape() {
        let eight = "<b a='1' b='2' c='3' d='4' e='5' f='6' g='7' h='8'/>";
        for tag in
            ["text", "<a b='1' c=\"2\">", "<a b='&amp;'>", "<a b='1", "<a b='1' c='", "<a b='<'>", "<a b='1'c", eight]
        {
            let text = format!("{tag}{}", "-".repeat(60));
            assert_eq!(shape(&text, Isa::best()), None, "{tag}");
        }
        for tag in ["<a b='1'x>", "<a b='1'  >", "<a b='1'//>", "<a b='1'/ >", "<a b='1'  />", "<a b='1'\n>", "<a'1'>"]
        {
            assert_eq!(shape(&format!("{tag}{:60}", ""), Isa::best()), None, "{tag}");
        }
        // Of a long name the rest stands before the first value.
        let text = format!("<abcdefghijklmnopq r='1'>{:20}", "");
        let (name, values, _) = shape(&text, Isa::best()).unwrap();
        assert_eq!((name, values.as_slice()), (16, &[("q r=".into(), "1")][..]));
    }

    #[test]
    fn a_token_is_cut_where_its_places_end_before_the_end_of_a_tag() {
        let many = format!("<a{}", " b='1'".repeat(20));
        for (text, is_cut) in [
            ("<a b='1'>", false),
            ("<a b='1'", true),
            ("<a b='1' c='", true),
            ("<a", true),
            ("</a>", false),
            ("text", true),
            ("text <a>", false),
            // Nobody looks so far ahead.
            (&many, false),
        ] {
            let index = Index::of_text(text.as_bytes(), Isa::best());
            let (_, places) = index.places(text.as_bytes(), 0).unwrap();
            assert_eq!(places.is_token_cut(), is_cut, "{text}");
        }
    }

    #[test]
    fn a_tag_of_few_values_is_known_by_its_first_octets() {
        for (tag, values) in [
            ("<a b='1'>", 1),
            ("<a b=\"1\"/>", 1),
            ("<a b='1' c='2'/>", 2),
            ("<a b=\"'\" c=\"2\">", 0),
            ("<a b=\"1\" c=\"2\">", 2),
            ("<a b='' c='' d=''>", 3),
            ("<a b=\"1\" c=\"2\" d=\"3\"/>", 3),
            ("<a b='1' c='2' d='3' e='4'/>", 0),
            ("<a b='1' c=\"2\">", 0),
            ("<a b='&lt;'>", 0),
            ("<a b='1'", 0),
            ("<a b='1", 0),
            ("<a>", 0),
            ("</a>", 0),
        ] {
            for behind in ["", "<e/>", "<e f='1'/>", "text</a>"] {
                let text = format!("{tag}{behind}{:20}", "");
                let index = Index::of_text(text.as_bytes(), Isa::best());
                let (_, places) = index.places(text.as_bytes(), 0).unwrap();
                let kinds = places.kinds();
                let found = [Shape::begins::<1>(kinds), Shape::begins::<2>(kinds), Shape::begins::<3>(kinds)];
                assert_eq!(found, [values == 1, values == 2, values == 3], "{text}");
                if values > 0 {
                    let [counted, known] = [Shape::of(places, kinds), Shape::with(places, values)].map(Option::unwrap);
                    assert_eq!((counted.places, counted.quotes), (known.places, known.quotes), "{text}");
                }
            }
        }
    }

    #[test]
    fn no_shape_has_more_values_than_places_are_looked_at_ahead() {
        let text = format!("{}{:40}", "<a b='1'><c/>".repeat(9), "");
        let index = Index::of_text(text.as_bytes(), Isa::best());
        let (_, places) = index.places(text.as_bytes(), 0).unwrap();
        assert!(Shape::with(places, Places::MOST_VALUES).is_some());
        for values in [Places::MOST_VALUES + 1, 20, usize::MAX / 4, 1 << (usize::BITS - 1), usize::MAX] {
            assert!(Shape::with(places, values).is_none(), "{values}");
        }
    }

    #[test]
    fn places_that_are_used_up_make_no_shape() {
        let text = format!("{}{:40}", "<a b='1'><c/>".repeat(9), "");
        let index = Index::of_text(text.as_bytes(), Isa::best());
        let (_, places) = index.places(text.as_bytes(), 0).unwrap();
        let kinds = places.kinds();
        assert!(Shape::of(places, kinds).is_some());
        let behind = |passed| {
            let mut behind = places;
            (0..passed).for_each(|_| behind.pass(1));
            behind
        };
        for passed in [9 * 6 - 3, 9 * 6, 9 * 6 + 100, 5_000] {
            assert!(Shape::of(behind(passed), kinds).is_none(), "{passed}");
            assert!((1..=3).all(|values| Shape::with(behind(passed), values).is_none()), "{passed}");
            assert!(Shape::found(behind(passed)).is_none(), "{passed}");
        }
        let places = behind(9 * 6 - 4);
        assert!(Shape::of(places, kinds).is_some(), "whatever the kinds were, places are in order");
    }

    /// What is found of a tag: its values, and whether each reads as written; how many places it takes; those of its
    /// octets that are structure and no quotes.
    type Quoted<'t> = (Vec<(&'t str, bool)>, usize, String);

    /// What is found of the tag that `text` begins with, where its quotes are looked for.
    fn found(text: &str, isa: Isa) -> Option<Quoted<'_>> {
        let index = Index::of_text(text.as_bytes(), isa);
        let (octets, places) = index.places(text.as_bytes(), 0)?;
        let (mut shape, others) = Shape::found(places)?;
        let others = (0..16).filter(|at| others >> at & 1 == 1);
        let others = others.map(|at| char::from(octets.octet(places.at(at)))).collect();
        shape.name()?;
        let mut values = [("", false); Places::MOST_VALUES];
        shape.each_value(&mut values, |slot, value| {
            *slot = (&text[value.open + 1..value.close], value.is_plain);
            Some(())
        })?;
        Some((values.into_iter().take(shape.values()).collect(), shape.place_count(), others))
    }

    #[test]
    fn quotes_are_found_around_references_and_the_like() {
        let most = "&amp;".repeat(12);
        let of_most = format!("<a b='{most}'>");
        type Tag<'t> = (&'t str, &'t [(&'t str, bool)], usize, &'t str);
        let tags: [Tag<'_>; 9] = [
            ("<a>", &[], 2, ""),
            ("<a/>", &[], 2, ""),
            ("<a b='1' c=\"2\"/>", &[("1", true), ("2", true)], 6, ""),
            ("<a b='&lt;' c='2'>", &[("&lt;", false), ("2", true)], 7, "&"),
            ("<a b=\"1\" c='&lt;'>", &[("1", true), ("&lt;", false)], 7, "&"),
            (
                "<a b='1' c='x &amp;&gt; y' d='\u{ff01}'>",
                &[("1", true), ("x &amp;&gt; y", false), ("\u{ff01}", true)],
                11,
                "&&\u{ef}",
            ),
            ("<a b='1' c='\u{ff01}&apos;'>", &[("1", true), ("\u{ff01}&apos;", false)], 8, "\u{ef}&"),
            (
                "<a b='' c='' d='' e='' f='' g='' h=''>",
                &[("", true), ("", true), ("", true), ("", true), ("", true), ("", true), ("", true)],
                16,
                "",
            ),
            (&of_most, &[(&most, false)], 16, "&&&&&&&&&&&&"),
        ];
        for (tag, values, places, others) in tags {
            for behind in ["", "<b/>", "<b c='&amp;' d='2'>x</b>"] {
                let text = format!("{tag}{behind}{:20}", "");
                for isa in Isa::available() {
                    assert_eq!(found(&text, isa), Some((values.to_vec(), places, others.into())), "{text} on {isa}");
                }
            }
        }
    }

    #[test]
    fn quotes_that_stand_in_no_pairs_are_not_found() {
        let many = format!("<a b='{}'>", "&amp;".repeat(13));
        let tags = [
            "<a b='1'",
            "<a b='1",
            "<a b='1' c='2>",
            "<a b='>",
            "<a b='1\"2'>",
            "<a b='\"1\"'>",
            "<a b='\"'>",
            "<a b='1\" c=\"2'>",
            "<a &amp; b='1'>",
            "<a b='1' &amp; c='2'>",
            "<a b='1' &amp;>",
            "<a &amp;>",
            "<a b=&amp;>",
            &many,
        ];
        for tag in tags {
            for isa in Isa::available() {
                assert_eq!(found(&format!("{tag}{:20}", ""), isa), None, "{tag} on {isa}");
                // Behind one without end, more places than are looked at ahead.
                assert_eq!(found(&format!("{tag}{}", "<b c='1'>".repeat(20)), isa), None, "{tag} on {isa}");
            }
        }
    }

    #[test]
    fn quotes_are_found_only_where_a_word_lies_behind_the_last() {
        let tag = "<a b='&amp;' c=\"2\"/>";
        for behind in 0..40 {
            let text = format!("{tag}{}", "-".repeat(behind));
            for isa in Isa::available() {
                // Behind the last quote, that is.
                assert_eq!(found(&text, isa).is_some(), "/>".len() + behind >= Word::LEN, "{text} on {isa}");
            }
        }
    }
}
