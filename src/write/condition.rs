//! The stanza error conditions and types of RFC 6120 section 8.3, as tables.

/// What the sender of a refused stanza may do about it (RFC 6120 section 8.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// Retry after providing credentials.
    Auth,
    /// Do not retry.
    Cancel,
    /// Proceed: it was only a warning.
    Continue,
    /// Retry after changing what was sent.
    Modify,
    /// Retry after waiting.
    Wait,
}

impl ErrorType {
    /// All five, in the order of the RFC.
    pub const ALL: [Self; 5] = [Self::Auth, Self::Cancel, Self::Continue, Self::Modify, Self::Wait];

    /// The value of the attribute `type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Cancel => "cancel",
            Self::Continue => "continue",
            Self::Modify => "modify",
            Self::Wait => "wait",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

macro_rules! conditions {
    ($($id:ident $name:literal $default:ident $doc:literal;)*) => {
        /// Why a stanza is refused: the element inside `<error/>` (RFC 6120 section 8.3.3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum StanzaCondition {
            $(#[doc = $doc] $id,)*
        }

        impl StanzaCondition {
            /// All of them, in the order of the RFC.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];

            /// The element's local name, in the namespace `urn:ietf:params:xml:ns:xmpp-stanzas`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$id => $name,)* }
            }

            /// The type that the RFC recommends with it: the first one where it names several, `cancel` where none.
            #[must_use]
            pub const fn default_type(self) -> ErrorType {
                match self { $(Self::$id => ErrorType::$default,)* }
            }

            /// The condition of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$id),)* _ => None }
            }
        }
    };
}

conditions! {
    BadRequest "bad-request" Modify "The stanza does not follow its schema or cannot be processed.";
    Conflict "conflict" Cancel "A resource or session of that name exists already.";
    FeatureNotImplemented "feature-not-implemented" Cancel "The receiver does not implement what was asked for.";
    Forbidden "forbidden" Auth "The sender lacks the right to do this.";
    Gone "gone" Cancel "The receiver has left this address for good.";
    InternalServerError "internal-server-error" Cancel "The server has failed on its own account.";
    ItemNotFound "item-not-found" Cancel "The address or thing does not exist.";
    JidMalformed "jid-malformed" Modify "An address in the stanza is not one.";
    NotAcceptable "not-acceptable" Modify "The receiver's criteria are not met.";
    NotAllowed "not-allowed" Cancel "Nobody may do this here.";
    NotAuthorized "not-authorized" Auth "The sender must first prove who it is.";
    PolicyViolation "policy-violation" Modify "A local rule, such as a size or a rate, was broken.";
    RecipientUnavailable "recipient-unavailable" Wait "The receiver is away for the moment.";
    Redirect "redirect" Modify "The receiver is elsewhere for the moment.";
    RegistrationRequired "registration-required" Auth "The sender must first register.";
    RemoteServerNotFound "remote-server-not-found" Cancel "The receiver's domain does not exist or has no server.";
    RemoteServerTimeout "remote-server-timeout" Wait "The receiver's server could not be reached in time.";
    ResourceConstraint "resource-constraint" Wait "The receiver is too busy.";
    ServiceUnavailable "service-unavailable" Cancel "The receiver does not provide the service.";
    SubscriptionRequired "subscription-required" Auth "The sender must first subscribe.";
    UndefinedCondition "undefined-condition" Cancel "None of the others; an element of the application says which.";
    UnexpectedRequest "unexpected-request" Wait "The request came out of order.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_own() {
        for &condition in StanzaCondition::ALL {
            assert_eq!(StanzaCondition::from_name(condition.name()), Some(condition));
        }
        for ty in ErrorType::ALL {
            assert_eq!(ErrorType::from_name(ty.name()), Some(ty));
        }
        assert_eq!(StanzaCondition::from_name("payment-required"), None);
        assert_eq!(ErrorType::from_name(""), None);
    }
}
