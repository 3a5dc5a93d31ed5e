//! The states of a presence subscription and how they move (RFC 6121 appendix A).
//!
//! In: a state and a verb, sent by the user or arriving for the user. Out: a [`Move`]. Both tables are total: every
//! state answers every verb.
//!
//! A state is always seen from one user's side: "to" means that the user sees the contact, "from" that the contact
//! sees the user. Refuses to know: who the two are, stanzas, rosters.

use core::fmt;

/// What one user's roster says of a contact: the attribute `subscription` (RFC 6121 section 2.1.2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Subscription {
    /// Neither sees the other.
    #[default]
    None,
    /// The user sees the contact.
    To,
    /// The contact sees the user.
    From,
    /// Each sees the other.
    Both,
}

impl Subscription {
    /// The value on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::To => "to",
            Self::From => "from",
            Self::Both => "both",
        }
    }

    /// Reads a value from the wire; `remove` and unknown values are nothing.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::To, Self::From, Self::Both].into_iter().find(|subscription| subscription.name() == name)
    }

    /// Whether the user sees the contact's presence.
    #[must_use]
    pub const fn sees_contact(self) -> bool {
        matches!(self, Self::To | Self::Both)
    }

    /// Whether the contact sees the user's presence.
    #[must_use]
    pub const fn shows_user(self) -> bool {
        matches!(self, Self::From | Self::Both)
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The presence types that manage subscriptions (RFC 6121 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Asks to see the other's presence.
    Subscribe,
    /// Lets the other see one's own presence.
    Subscribed,
    /// Gives up seeing the other's presence.
    Unsubscribe,
    /// Denies the other one's own presence, or takes the permission back.
    Unsubscribed,
}

impl Verb {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Subscribe, Self::Subscribed, Self::Unsubscribe, Self::Unsubscribed];

    /// The presence type on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Subscribed => "subscribed",
            Self::Unsubscribe => "unsubscribe",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// Reads a presence type from the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }
}

/// The nine states of RFC 6121 appendix A.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Neither sees the other, nobody asked.
    None,
    /// Neither sees the other, the user asked.
    NonePendingOut,
    /// Neither sees the other, the contact asked.
    NonePendingIn,
    /// Neither sees the other, both asked.
    NonePendingOutIn,
    /// The user sees the contact.
    To,
    /// The user sees the contact, who asked to see the user.
    ToPendingIn,
    /// The contact sees the user.
    From,
    /// The contact sees the user, who asked to see the contact.
    FromPendingOut,
    /// Each sees the other.
    Both,
}

impl State {
    /// All nine, in the order of the tables.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::NonePendingOut,
        Self::NonePendingIn,
        Self::NonePendingOutIn,
        Self::To,
        Self::ToPendingIn,
        Self::From,
        Self::FromPendingOut,
        Self::Both,
    ];

    /// The state that a roster item and the list of open requests show together.
    ///
    /// `ask`: the user asked and awaits an answer; `pending_in`: the contact did. A request for what is granted
    /// already counts for nothing, so that every combination is one of the nine.
    #[must_use]
    pub const fn new(subscription: Subscription, ask: bool, pending_in: bool) -> Self {
        match (subscription, ask, pending_in) {
            (Subscription::None, false, false) => Self::None,
            (Subscription::None, true, false) => Self::NonePendingOut,
            (Subscription::None, false, true) => Self::NonePendingIn,
            (Subscription::None, true, true) => Self::NonePendingOutIn,
            (Subscription::To, _, false) => Self::To,
            (Subscription::To, _, true) => Self::ToPendingIn,
            (Subscription::From, false, _) => Self::From,
            (Subscription::From, true, _) => Self::FromPendingOut,
            (Subscription::Both, _, _) => Self::Both,
        }
    }

    /// The attribute `subscription` of this state's roster item.
    #[must_use]
    pub const fn subscription(self) -> Subscription {
        match self {
            Self::None | Self::NonePendingOut | Self::NonePendingIn | Self::NonePendingOutIn => Subscription::None,
            Self::To | Self::ToPendingIn => Subscription::To,
            Self::From | Self::FromPendingOut => Subscription::From,
            Self::Both => Subscription::Both,
        }
    }

    /// Whether the user asked and awaits an answer: the attribute `ask` of the roster item.
    #[must_use]
    pub const fn ask(self) -> bool {
        matches!(self, Self::NonePendingOut | Self::NonePendingOutIn | Self::FromPendingOut)
    }

    /// Whether the contact asked and awaits the user's answer. No roster item shows it.
    #[must_use]
    pub const fn pending_in(self) -> bool {
        matches!(self, Self::NonePendingIn | Self::NonePendingOutIn | Self::ToPendingIn)
    }

    /// What happens when the user sends `verb` to the contact (appendix A.2).
    ///
    /// ```
    /// use tercet::session::subscription::{State, Verb};
    /// let asked = State::None.outbound(Verb::Subscribe);
    /// assert_eq!(asked.state, State::NonePendingOut);
    /// assert!(asked.passes);
    /// ```
    #[must_use]
    pub const fn outbound(self, verb: Verb) -> Move {
        OUTBOUND[verb as usize][self as usize]
    }

    /// What happens when `verb` arrives for the user from the contact (appendix A.3).
    #[must_use]
    pub const fn inbound(self, verb: Verb) -> Move {
        INBOUND[verb as usize][self as usize]
    }
}

/// What the user's server does with one subscription stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// The state afterwards.
    pub state: State,
    /// Outbound: whether the stanza goes on to the contact. Inbound: whether it is delivered to the user.
    pub passes: bool,
    /// Inbound only: what the server answers by itself on the user's behalf.
    pub reply: Option<Verb>,
}

/// The stanza goes on.
const fn pass(state: State) -> Move {
    Move { state, passes: true, reply: None }
}

/// The stanza ends at the server.
const fn stop(state: State) -> Move {
    Move { state, passes: false, reply: None }
}

/// The stanza is delivered, and the server says `unsubscribed` for the user (appendix A.3.2).
const fn ends(state: State) -> Move {
    Move { state, passes: true, reply: Some(Verb::Unsubscribed) }
}

/// The stanza ends at the server, which says again `subscribed` for the user (section 3.1.3, rule 2).
const fn again(state: State) -> Move {
    Move { state, passes: false, reply: Some(Verb::Subscribed) }
}

/// One row for each verb, one column for each state, both in the order of `ALL`.
type Table = [[Move; State::ALL.len()]; Verb::ALL.len()];

use State::{
    Both as B, From as F, FromPendingOut as FO, None as N, NonePendingIn as NI, NonePendingOut as NO,
    NonePendingOutIn as NOI, To as T, ToPendingIn as TI,
};

/// RFC 6121 tables 2 to 5.
#[rustfmt::skip]
const OUTBOUND: Table = [
    //  None      None+Out   None+In    None+Out+In  To       To+In     From      From+Out  Both
    [ pass(NO), pass(NO),  pass(NOI), pass(NOI),   pass(T), pass(TI), pass(FO), pass(FO), pass(B) ], // subscribe
    [ stop(N),  stop(NO),  pass(F),   pass(FO),    stop(T), pass(B),  stop(F),  stop(FO), stop(B) ], // subscribed
    [ pass(N),  pass(N),   pass(NI),  pass(NI),    pass(N), pass(NI), pass(F),  pass(F),  pass(F) ], // unsubscribe
    [ stop(N),  stop(NO),  pass(N),   pass(NO),    stop(T), pass(T),  pass(N),  pass(NO), pass(T) ], // unsubscribed
];

/// RFC 6121 tables 6 to 9.
#[rustfmt::skip]
const INBOUND: Table = [
    //  None      None+Out   None+In    None+Out+In  To        To+In     From      From+Out   Both
    [ pass(NI), pass(NOI), stop(NI),  stop(NOI),   pass(TI), stop(TI), again(F), again(FO), again(B) ], // subscribe
    [ stop(N),  pass(T),   stop(NI),  pass(TI),    stop(T),  stop(TI), stop(F),  pass(B),   stop(B)  ], // subscribed
    [ stop(N),  stop(NO),  ends(N),   ends(NO),    stop(T),  ends(T),  ends(N),  ends(NO),  ends(T)  ], // unsubscribe
    [ stop(N),  pass(N),   stop(NI),  pass(NI),    pass(N),  pass(NI), stop(F),  pass(F),   pass(F)  ], // unsubscribed
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_state_is_its_three_facts() {
        for state in State::ALL {
            assert_eq!(State::new(state.subscription(), state.ask(), state.pending_in()), state);
        }
    }

    #[test]
    fn names_read_back() {
        for verb in Verb::ALL {
            assert_eq!(Verb::from_name(verb.name()), Some(verb));
        }
        assert_eq!(Verb::from_name("probe"), None);
        assert_eq!(Subscription::from_name("both"), Some(Subscription::Both));
        assert_eq!(Subscription::from_name("remove"), None);
    }

    #[test]
    fn a_move_that_stops_changes_nothing() {
        for state in State::ALL {
            for verb in Verb::ALL {
                for step in [state.outbound(verb), state.inbound(verb)] {
                    assert!(step.passes || step.state == state, "{state:?} {verb:?}");
                }
            }
        }
    }

    /// Two users who keep the tables never disagree: whatever they send, and however often, one's "to" is the other's
    /// "from", and one's open question is known to the other. So each of the nine states has one counterpart.
    #[test]
    fn two_sides_stay_in_step() {
        let mut seen = alloc::vec![(State::None, State::None)];
        let mut next = 0;
        while let Some(&(user, contact)) = seen.get(next) {
            next += 1;
            assert_eq!(user.subscription().sees_contact(), contact.subscription().shows_user(), "{user:?} {contact:?}");
            assert_eq!(user.ask(), contact.pending_in(), "{user:?} {contact:?}");
            for verb in Verb::ALL {
                let sent = user.outbound(verb);
                let got = if sent.passes { contact.inbound(verb) } else { stop(contact) };
                for pair in [(sent.state, got.state), (got.state, sent.state)] {
                    if !seen.contains(&pair) {
                        seen.push(pair);
                    }
                }
            }
        }
        assert_eq!(seen.len(), State::ALL.len());
    }
}
