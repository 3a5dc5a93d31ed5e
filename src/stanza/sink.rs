//! Who is told what is read: the tape, or a consumer that wants no tape.
//!
//! Both hang on the same walk, compiled for each. Where nothing is kept, the tape holds the open elements and the tag
//! that is being told, and no more.

use super::{Element, Text};

/// A consumer of elements as they are read, which needs no tree of them.
///
/// ```
/// use tercet::stanza::{Element, Sink, Text};
/// use tercet::{EventReader, Input, Limits};
///
/// #[derive(Default)]
/// struct Outline(String);
///
/// impl Sink for Outline {
///     fn start(&mut self, element: Element<'_>) {
///         self.0 += &format!("({}", element.local());
///     }
///     fn text(&mut self, piece: Text<'_>) {
///         self.0 += &format!(" {piece}");
///     }
///     fn end(&mut self, _element: Element<'_>) {
///         self.0 += ")";
///     }
/// }
///
/// let mut outline = Outline::default();
/// let mut reader = EventReader::document(Limits::SERVER);
/// let mut input = Input::new();
/// let mut feed = input.with(b"<iq to='a@b'><ping xmlns='urn:xmpp:ping'/>text</iq>");
/// while reader.next(&mut feed, &mut outline)?.is_some() {}
/// assert_eq!(outline.0, "(iq(ping) text)");
/// # Ok::<(), tercet::stream::Error>(())
/// ```
pub trait Sink {
    /// A start tag, whole, names resolved. What the element holds is not known yet: it looks empty.
    fn start(&mut self, element: Element<'_>);

    /// Character data that has come; never empty. Where the octets of a run of it came in several pieces, so may the
    /// run: the values of neighbours, put together, are its value. So it is within a CDATA section, too. References and
    /// line ends are never told in parts; of a `]` at the end of a piece of octets it is told when it is clear that no
    /// `]]>` is meant.
    ///
    /// Only values are told so: [`Text::raw`] may have one mark of a CDATA section without the other, and what stood on
    /// the wire is had from [`Element::inner_raw`] at the end.
    fn text(&mut self, piece: Text<'_>);

    /// The end of the element begun last and not ended yet. Its attributes and declarations are gone, and what it held
    /// was told and is not kept: it looks empty, but for [`Element::raw`], [`Element::inner_raw`] and
    /// [`Element::start_tag_raw`], which are what stood on the wire.
    fn end(&mut self, element: Element<'_>);
}

/// What the builder tells.
pub(crate) trait Outlet {
    /// Whether the tape keeps what was read.
    const KEEPS: bool;

    fn start(&mut self, element: Element<'_>);
    fn text(&mut self, piece: Text<'_>);
    fn end(&mut self, element: Element<'_>);
}

/// The tape alone.
pub(crate) struct OnTape;

impl Outlet for OnTape {
    const KEEPS: bool = true;

    fn start(&mut self, _: Element<'_>) {}
    fn text(&mut self, _: Text<'_>) {}
    fn end(&mut self, _: Element<'_>) {}
}

/// A sink, and no tape.
pub(crate) struct Told<'s, S>(pub(crate) &'s mut S);

impl<S: Sink> Outlet for Told<'_, S> {
    const KEEPS: bool = false;

    #[inline(always)]
    fn start(&mut self, element: Element<'_>) {
        self.0.start(element);
    }

    #[inline(always)]
    fn text(&mut self, piece: Text<'_>) {
        self.0.text(piece);
    }

    #[inline(always)]
    fn end(&mut self, element: Element<'_>) {
        self.0.end(element);
    }
}
