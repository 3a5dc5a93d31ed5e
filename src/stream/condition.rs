//! The stream error conditions of RFC 6120 section 4.9.3, and the element that carries one.

use alloc::vec::Vec;

use crate::ns::{NsId, name};
use crate::stanza::{Element, Text};
use crate::write::{self, Writer};

macro_rules! conditions {
    ($($id:ident $text:literal $doc:literal;)*) => {
        /// A stream error condition (RFC 6120 section 4.9.3).
        ///
        /// ```
        /// use tercet::stream::Condition;
        /// assert_eq!(Condition::from_name("host-unknown"), Some(Condition::HostUnknown));
        /// assert_eq!(Condition::from_name("no-such-thing"), None);
        /// ```
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Condition {
            $(#[doc = concat!("`", $text, "`: ", $doc, ".")] $id,)*
        }

        impl Condition {
            /// Every condition, in the order of the RFC.
            pub const ALL: &[Self] = &[$(Self::$id),*];

            /// The element's local name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$id => $text,)* }
            }

            /// The condition of that local name, where it is a defined one.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$id),)* _ => None }
            }
        }
    };
}

conditions! {
    BadFormat "bad-format" "XML that cannot be processed where it stands";
    BadNamespacePrefix "bad-namespace-prefix" "a namespace prefix that is not supported, or is missing where one is needed";
    Conflict "conflict" "another stream took this one's place";
    ConnectionTimeout "connection-timeout" "the other side seems to be gone";
    HostGone "host-gone" "the host named in `to` is no longer served here";
    HostUnknown "host-unknown" "the host named in `to` is not served here";
    ImproperAddressing "improper-addressing" "a stanza between servers lacks `to` or `from`";
    InternalServerError "internal-server-error" "a fault of the server's own";
    InvalidFrom "invalid-from" "a `from` that is not the sender's";
    InvalidNamespace "invalid-namespace" "the stream or content namespace is not a known one";
    InvalidXml "invalid-xml" "XML that is invalid against a schema";
    NotAuthorized "not-authorized" "data before authentication, or an action that is not allowed";
    NotWellFormed "not-well-formed" "XML or namespaces that are not well-formed";
    PolicyViolation "policy-violation" "a rule of the local service was broken, such as a limit";
    RemoteConnectionFailed "remote-connection-failed" "a remote entity that is needed cannot be reached";
    Reset "reset" "the stream is to be negotiated anew";
    ResourceConstraint "resource-constraint" "the service lacks resources";
    RestrictedXml "restricted-xml" "a comment, processing instruction, document type or entity reference";
    SeeOtherHost "see-other-host" "the service is at another address";
    SystemShutdown "system-shutdown" "the service is being shut down";
    UndefinedCondition "undefined-condition" "a condition of the application's";
    UnsupportedEncoding "unsupported-encoding" "an encoding other than UTF-8";
    UnsupportedFeature "unsupported-feature" "a mandatory feature that the other side does not support";
    UnsupportedStanzaType "unsupported-stanza-type" "a first-level element that is not known";
    UnsupportedVersion "unsupported-version" "a version of XMPP that is not supported";
}

impl core::fmt::Display for Condition {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// A received `<stream:error/>`: what the peer holds against us (RFC 6120 section 4.9).
///
/// The text and the application's own condition are carried, never interpreted.
#[derive(Clone, Copy, Debug)]
pub struct StreamError<'a> {
    element: Element<'a>,
}

impl<'a> StreamError<'a> {
    /// Reads `element` where it is a stream error.
    #[must_use]
    pub fn read(element: Element<'a>) -> Option<Self> {
        element.is(name::STREAM_ERROR).then_some(Self { element })
    }

    /// The defined condition; [`Condition::UndefinedCondition`] where none, or an unknown one, is named.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let named = self.defined().find(|child| child.local() != "text");
        named.and_then(|child| Condition::from_name(child.local())).unwrap_or(Condition::UndefinedCondition)
    }

    /// The human-readable text, where the peer sent one.
    #[must_use]
    pub fn text(&self) -> Option<alloc::borrow::Cow<'a, str>> {
        self.defined().find(|child| child.local() == "text").map(|child| child.text())
    }

    /// The language of [`StreamError::text`], where it says one.
    #[must_use]
    pub fn lang(&self) -> Option<Text<'a>> {
        self.defined().find(|child| child.local() == "text").and_then(|child| child.lang())
    }

    /// The application's own condition element, where there is one.
    #[must_use]
    pub fn application(&self) -> Option<Element<'a>> {
        self.element.elements().find(|child| child.name().ns != NsId::STREAM_ERRORS)
    }

    /// The whole element.
    #[must_use]
    pub fn element(&self) -> Element<'a> {
        self.element
    }

    fn defined(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.element.elements().filter(|child| child.name().ns == NsId::STREAM_ERRORS)
    }
}

/// Appends `<stream:error/>` with `condition` and, where given, English `text`.
///
/// The closing tag of the stream is not part of it: see [`write::stream_close`].
///
/// # Errors
/// Where `text` holds a character that XML forbids; nothing is written then.
pub fn write_error(out: &mut Vec<u8>, condition: Condition, text: Option<&str>) -> Result<(), write::Error> {
    let mut writer = Writer::new(out);
    writer.open(name::STREAM_ERROR).open_ns(STREAM_ERRORS, condition.name()).close();
    if let Some(text) = text {
        writer.open_ns(STREAM_ERRORS, "text").lang("en").text(text).close();
    }
    writer.close();
    writer.finish()
}

const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
