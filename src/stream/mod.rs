//! stub
mod condition;
mod features;
mod header;
use crate::{
    Limits,
    ns::NsId,
    stanza::{Element, Stanza, Text},
};
pub use condition::{Condition, StreamError, write_error};
pub use features::Features;
pub(crate) use features::Offer;
pub(crate) use header::{Opening, check as check_header};
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error;
impl Error {
    pub fn condition(&self) -> Condition {
        unimplemented!()
    }
}
impl core::fmt::Display for Error {
    fn fmt(&self, _: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        unimplemented!()
    }
}
pub struct Input;
pub struct Feed<'i>(&'i mut Input);
impl<'i> From<&'i mut Input> for Feed<'i> {
    fn from(i: &'i mut Input) -> Self {
        Feed(i)
    }
}
impl Feed<'_> {
    pub fn unread(&self) -> usize {
        0
    }
    pub fn position(&self) -> u64 {
        0
    }
}
#[derive(Debug, Clone, Copy)]
pub struct Header<'a>(Element<'a>);
impl<'a> Header<'a> {
    pub fn element(&self) -> Element<'a> {
        self.0
    }
    pub fn to(&self) -> Option<Text<'a>> {
        None
    }
    pub fn from(&self) -> Option<Text<'a>> {
        None
    }
    pub fn version(&self) -> Option<Text<'a>> {
        None
    }
    pub fn content_namespace(&self) -> Option<NsId> {
        None
    }
}
pub enum Unit<'a> {
    Header(Header<'a>),
}
#[derive(Clone, Copy)]
pub enum UnitKind {
    Header,
    Stanza,
    Text,
    Close,
}
pub struct Parser;
impl Parser {
    pub fn stream(_: Limits) -> Self {
        Parser
    }
    pub fn advance(&mut self, _: &mut Feed<'_>) -> Result<Option<UnitKind>, Error> {
        Ok(None)
    }
    pub fn header<'a>(&'a self, _: &'a Feed<'_>) -> Option<Header<'a>> {
        None
    }
    pub fn stanza<'a>(&'a self, _: &'a Feed<'_>) -> Option<Stanza<'a>> {
        None
    }
    pub fn restart(&mut self) {}
    pub fn set_limits(&mut self, _: Limits) {}
}
