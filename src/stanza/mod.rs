//! The parsed stanza: a tape of fixed-size nodes, and the views that read it.
//!
//! In: the text of one unit with its index of structure, or its tokens, and the prefix bindings around it. Out:
//! [`Stanza`], [`Element`], [`Text`]: small `Copy` views that borrow the bytes as received and the tape, and decode
//! only what they are asked for.
//!
//! Invariant: a tape is lent once its root is closed; a sink is lent one element at a time, without what it holds, and
//! a header without its stream. Every name that is lent is resolved, and every span lies within the unit's text.
//! Nothing here recurses over the depth of a stanza: the tape is flat, and a subtree is the range between a node and
//! the index just past its last descendant.
//!
//! ```text
//!   <iq id='1'><query xmlns='x'>hi</query><done/></iq>
//!   nodes  [0] iq     next 4, attributes 0..1
//!          [1] query  next 3, declarations 1..2, attributes 2..2
//!          [2] "hi"
//!          [3] done   next 4
//! ```
//!
//! Refuses to know: the protocol, streams, where the bytes came from.

mod attrs;
mod build;
mod checked;
mod cut;
mod element;
mod error;
mod fast;
mod general;
mod line;
mod owned;
mod sink;
mod stack;
mod straight;
mod tape;
mod text;
mod view;

pub use attrs::{Attr, Attrs, Declarations};
pub use element::{Children, Descendants, Element, Elements, Node, Step, Walk};
pub use owned::OwnedStanza;
pub use text::{Piece, Pieces, Text};
pub use view::{AttrRange, Kind, OuterBindings, Stanza};

pub(crate) use build::{Builder, Built, Context};
pub use error::{Error, Fault};
pub use sink::Sink;
pub(crate) use sink::{OnTape, Outlet, Told};
pub(crate) use straight::Stop;
pub(crate) use tape::{AttrNode, Label, Node as TapeNode, NodeKind, Tape};
pub(crate) use text::Coding;

use crate::ns::Scope;

/// What every view carries: the unit's bytes, its tape, and the names of its namespaces.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) tape: &'a Tape,
    pub(crate) scope: &'a Scope,
}
