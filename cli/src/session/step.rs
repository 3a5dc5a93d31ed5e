//! The eight steps of the conversation.

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Connect,
    StartTls,
    Login,
    Bind,
    Presence,
    Roster,
    Messages,
    Close,
}

impl Step {
    /// All, in their order.
    pub(super) const ALL: [Self; 8] = [
        Self::Connect,
        Self::StartTls,
        Self::Login,
        Self::Bind,
        Self::Presence,
        Self::Roster,
        Self::Messages,
        Self::Close,
    ];

    /// What it is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect: TCP, stream headers, features",
            Self::StartTls => "STARTTLS, and the stream anew inside TLS",
            Self::Login => "login by SCRAM, each side proving itself",
            Self::Bind => "the stream anew, a resource bound",
            Self::Presence => "presence that reaches the subscriber",
            Self::Roster => "roster",
            Self::Messages => "a message each way",
            Self::Close => "closing tags both ways",
        }
    }
}
