//! What the receiving entity offers at this point of a stream (RFC 6120 section 4.3.2).
//!
//! In: a `<stream:features/>` view. Out: the offers this engine understands, and whether one that it does not
//! understand is mandatory. The other way round, [`Offer`] writes the element.

use alloc::vec::Vec;

use crate::ns::name;
use crate::stanza::Element;
use crate::write::{self, Writer};

/// Features as received.
///
/// ```
/// use tercet::{Input, Limits, Parser, Unit};
/// use tercet::stream::Features;
///
/// let mut input = Input::new();
/// input.push(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
///     <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>").unwrap();
/// let mut parser = Parser::stream(Limits::CLIENT);
/// let mut feed = input.with(&[]);
/// parser.next(&mut feed).unwrap(); // the header
/// let Some(Unit::Stanza(stanza)) = parser.next(&mut feed).unwrap() else { panic!("features are complete") };
/// let features = Features::read(stanza.root()).unwrap();
/// assert!(features.starttls());
/// assert!(features.starttls_required(), "the only feature is mandatory");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Features<'a> {
    element: Element<'a>,
}

impl<'a> Features<'a> {
    /// Reads `element` where it is `<stream:features/>`.
    #[must_use]
    pub fn read(element: Element<'a>) -> Option<Self> {
        element.is(name::STREAM_FEATURES).then_some(Self { element })
    }

    /// Whether STARTTLS is offered (RFC 6120 section 5.4.1).
    #[must_use]
    pub fn starttls(&self) -> bool {
        self.element.child(name::TLS_STARTTLS).is_some()
    }

    /// Whether TLS is mandatory: said so, or the only feature there is (RFC 6120 section 5.3.1).
    #[must_use]
    pub fn starttls_required(&self) -> bool {
        self.element.child(name::TLS_STARTTLS).is_some_and(|starttls| {
            starttls.child(name::TLS_REQUIRED).is_some() || self.element.elements().count() == 1
        })
    }

    /// The names of the SASL mechanisms on offer, in the order received; empty where SASL is not offered.
    pub fn mechanisms(&self) -> impl Iterator<Item = alloc::borrow::Cow<'a, str>> + use<'a> {
        let list = self.element.child(name::SASL_MECHANISMS);
        list.into_iter()
            .flat_map(|list| list.elements())
            .filter(|child| child.is(name::SASL_MECHANISM))
            .map(|mechanism| mechanism.text())
    }

    /// The names of the channel bindings that the server says to know (XEP-0440); `None` where it does not say.
    #[must_use]
    pub fn channel_bindings(&self) -> Option<impl Iterator<Item = alloc::borrow::Cow<'a, str>> + use<'a>> {
        let list = self.element.child(name::SASL_CHANNEL_BINDING)?;
        let kinds = list.elements().filter(|child| child.is(name::CHANNEL_BINDING));
        Some(kinds.filter_map(|kind| kind.attr("type")).map(|kind| kind.decode()))
    }

    /// Whether a resource can be bound (RFC 6120 section 7.4).
    #[must_use]
    pub fn bind(&self) -> bool {
        self.element.child(name::BIND).is_some()
    }

    /// Whether the retired session request is offered and not marked optional.
    #[must_use]
    pub fn session_required(&self) -> bool {
        self.element
            .child(name::SESSION)
            .is_some_and(|session| !session.elements().any(|child| child.local() == "optional"))
    }

    /// Whether roster versioning is offered (RFC 6121 section 2.6.1).
    #[must_use]
    pub fn roster_versioning(&self) -> bool {
        self.element.child(name::ROSTER_VERSIONING).is_some()
    }

    /// Whether subscriptions may be approved in advance (RFC 6121 section 3.4).
    #[must_use]
    pub fn pre_approval(&self) -> bool {
        self.element.child(name::PRE_APPROVAL).is_some()
    }

    /// The element itself, for offers of other extensions.
    #[must_use]
    pub fn element(&self) -> Element<'a> {
        self.element
    }
}

/// Features to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Offer<'a> {
    /// Before TLS, where it is mandatory: STARTTLS and nothing else.
    StartTls,
    /// Before TLS, where it is voluntary: STARTTLS and these mechanisms.
    StartTlsOrSasl(&'a [&'static str]),
    /// Under TLS: these mechanisms, and the channel bindings that some of them take, if any.
    Sasl { mechanisms: &'a [&'static str], bindings: &'a [&'static str] },
    /// After authentication: binding, and what the session can do.
    Bind,
}

impl Offer<'_> {
    /// Appends the element to `out`.
    pub(crate) fn write(self, out: &mut Vec<u8>) -> Result<(), write::Error> {
        let mut writer = Writer::new(out);
        writer.open(name::STREAM_FEATURES);
        match self {
            Offer::StartTls => {
                writer.open(name::TLS_STARTTLS).open(name::TLS_REQUIRED).close().close();
            }
            Offer::StartTlsOrSasl(mechanisms) => {
                writer.open(name::TLS_STARTTLS).close();
                write_mechanisms(&mut writer, mechanisms);
            }
            Offer::Sasl { mechanisms, bindings } => {
                write_bindings(&mut writer, bindings);
                write_mechanisms(&mut writer, mechanisms);
            }
            Offer::Bind => {
                writer.open(name::BIND).open(name::BIND_REQUIRED).close().close();
                writer.open(name::PRE_APPROVAL).close();
            }
        }
        writer.close();
        writer.finish()
    }
}

fn write_bindings(writer: &mut Writer<'_>, bindings: &[&'static str]) {
    if bindings.is_empty() {
        return;
    }
    writer.open(name::SASL_CHANNEL_BINDING);
    for kind in bindings {
        writer.open(name::CHANNEL_BINDING).attr("type", kind).close();
    }
    writer.close();
}

fn write_mechanisms(writer: &mut Writer<'_>, mechanisms: &[&'static str]) {
    writer.open(name::SASL_MECHANISMS);
    for mechanism in mechanisms {
        writer.open(name::SASL_MECHANISM).text(mechanism).close();
    }
    writer.close();
}
