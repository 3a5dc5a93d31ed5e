//! What a server owes a client, from its address to its answers.
//!
//! In: the engine's events, and what they do not tell: that TLS stands, that the client went on by itself. Out: words
//! for what has not come, where the time is over, or something else or no more comes. It decides nothing.

use std::fmt;

use tercet::Event;

/// What comes next, if the server goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owed {
    /// Where it is, by DNS.
    Place,
    /// TCP.
    Connection,
    /// The first stream header (RFC 6120 section 4.7).
    Header,
    /// The features behind it (section 4.3.2).
    Features,
    /// `<proceed/>` (section 5.4.2.3).
    Tls,
    /// The server's part of the TLS handshake.
    Handshake,
    /// The header of the stream inside TLS.
    HeaderInTls,
    /// The features behind it, SASL's mechanisms among them.
    FeaturesInTls,
    /// The end of SASL (section 6.4).
    Login,
    /// The header of the stream behind SASL.
    HeaderBehindLogin,
    /// The features behind it.
    FeaturesBehindLogin,
    /// The full JID (section 7).
    Resource,
    /// What was asked for on the session.
    Answer,
}

impl Owed {
    /// What is owed once this has happened.
    pub(super) fn after(self, event: &Event<'_>) -> Self {
        match (event, self) {
            (Event::Opened(_), Self::Header) => Self::Features,
            (Event::Opened(_), Self::HeaderInTls) => Self::FeaturesInTls,
            (Event::Opened(_), Self::HeaderBehindLogin) => Self::FeaturesBehindLogin,
            (Event::StartTls, _) => Self::Handshake,
            (Event::Authenticated(_), _) => Self::HeaderBehindLogin,
            (Event::Bound(_), _) => Self::Answer,
            _ => self,
        }
    }

    /// What is owed once the TLS handshake is done.
    pub(super) fn secured(self) -> Self {
        if self == Self::Handshake { Self::HeaderInTls } else { self }
    }

    /// What is owed once the client has something to say without being asked to: no event tells of features, but it is
    /// they that it goes on with.
    pub(super) fn answered(self) -> Self {
        match self {
            Self::Features => Self::Tls,
            Self::FeaturesInTls => Self::Login,
            Self::FeaturesBehindLogin => Self::Resource,
            _ => self,
        }
    }
}

impl fmt::Display for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Place => "its address",
            Self::Connection => "the connection",
            Self::Header => "its stream header",
            Self::Features => "its stream features",
            Self::Tls => "its consent to TLS",
            Self::Handshake => "the TLS handshake",
            Self::HeaderInTls => "its stream header inside TLS",
            Self::FeaturesInTls => "its stream features inside TLS",
            Self::Login => "the outcome of the login",
            Self::HeaderBehindLogin => "its stream header behind the login",
            Self::FeaturesBehindLogin => "its stream features behind the login",
            Self::Resource => "a resource to be bound",
            Self::Answer => "its answer",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tercet::engine::Client;
    use tercet::jid::JidBuf;
    use tercet::sasl::{Policy, Secret};
    use tercet::{ClientConfig, Input, Output, Time};

    use super::*;

    const HEADER: &str = "<stream:stream from='localhost' id='1' version='1.0' xmlns='jabber:client' \
                          xmlns:stream='http://etherx.jabber.org/streams'>";
    const STARTTLS: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
    const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    const PLAIN: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
                         <mechanism>PLAIN</mechanism></mechanisms></stream:features>";
    const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
    const BIND: &str = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";

    /// A client that hears one thing after the other; TLS stands as soon as it is agreed on.
    struct Play {
        client: Client,
        input: Input,
        output: Output,
        said: String,
        owed: Owed,
    }

    impl Play {
        fn new() -> Self {
            let jid = JidBuf::parse("romeo@localhost").unwrap();
            let policy = Policy { allow_plain: true, ..Policy::default() };
            let config = ClientConfig::new(jid, Secret::new("r0m30".into())).unwrap().sasl(policy);
            let (input, output) = (Input::new(), Output::new());
            let mut play = Self { client: Client::new(config), input, output, said: String::new(), owed: Owed::Header };
            play.hear("");
            play
        }

        /// What is owed behind `words`.
        fn hear(&mut self, words: &str) -> Owed {
            let octets = words.as_bytes();
            self.input.spare_mut(octets.len()).unwrap()[..octets.len()].copy_from_slice(octets);
            self.input.commit(octets.len());
            let mut events = self.client.process(&mut self.input, &mut self.output, Time::default());
            while let Some((event, _)) = events.next().unwrap() {
                self.owed = self.owed.after(&event);
            }
            drop(events);
            if !self.output.is_empty() {
                self.owed = self.owed.answered();
            }
            self.said = String::from_utf8(self.output.take().to_vec()).unwrap();
            self.owed
        }

        fn secure(&mut self) -> Owed {
            self.client.secured(&mut self.input, &mut self.output).unwrap();
            self.owed = self.owed.secured();
            self.hear("")
        }
    }

    #[test]
    fn each_step_owes_the_next() {
        let mut play = Play::new();
        assert_eq!(play.hear(""), Owed::Header);
        assert_eq!(play.hear(HEADER), Owed::Features);
        assert_eq!(play.hear(STARTTLS), Owed::Tls);
        assert_eq!(play.hear(PROCEED), Owed::Handshake);
        assert_eq!(play.secure(), Owed::HeaderInTls);
        assert_eq!(play.hear(HEADER), Owed::FeaturesInTls);
        assert_eq!(play.hear(PLAIN), Owed::Login);
        assert_eq!(play.hear(SUCCESS), Owed::HeaderBehindLogin);
        assert_eq!(play.hear(HEADER), Owed::FeaturesBehindLogin);
        assert_eq!(play.hear(BIND), Owed::Resource);
        let id = play.said.split("id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let bound = format!(
            "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>romeo@localhost/1</jid>\
             </bind></iq>"
        );
        assert_eq!(play.hear(&bound), Owed::Answer);
    }

    #[test]
    fn what_comes_at_once_owes_what_comes_behind_all_of_it() {
        let mut play = Play::new();
        assert_eq!(play.hear(&[HEADER, STARTTLS, PROCEED].concat()), Owed::Handshake);
        assert_eq!(play.secure(), Owed::HeaderInTls);
        assert_eq!(play.hear(&[HEADER, PLAIN].concat()), Owed::Login);
        assert_eq!(play.hear(SUCCESS), Owed::HeaderBehindLogin);
        assert_eq!(play.hear(&[HEADER, BIND].concat()), Owed::Resource);
    }
}
