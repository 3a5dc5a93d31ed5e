//! Subscriptions (RFC 6121 section 3 and appendix A).

use serde_json::Value;
use tercet::router::RouterConfig;
use tercet::session::subscription::{State, Verb};

use crate::host::{DOMAIN, Host};
use crate::play::{play, play_with};
use crate::shared::shared;

fn state_of(name: &Value) -> State {
    match name.as_str().unwrap() {
        "None" => State::None,
        "None + Pending Out" => State::NonePendingOut,
        "None + Pending In" => State::NonePendingIn,
        "None + Pending Out+In" => State::NonePendingOutIn,
        "To" => State::To,
        "To + Pending In" => State::ToPendingIn,
        "From" => State::From,
        "From + Pending Out" => State::FromPendingOut,
        "Both" => State::Both,
        other => panic!("no state {other}"),
    }
}

#[test]
fn p07_all_72_transitions_of_appendix_a() {
    let Some(text) = shared("vectors/rfc6121-subscription-states.json") else { return };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let transitions = vectors["transitions"].as_array().unwrap();
    assert_eq!(transitions.len(), 72);
    for row in transitions {
        let state = state_of(&row["state"]);
        let verb = Verb::from_name(row["event"].as_str().unwrap()).unwrap();
        let (step, passes) = match row["direction"].as_str().unwrap() {
            "outbound" => (state.outbound(verb), &row["route"]),
            _ => (state.inbound(verb), &row["deliver"]),
        };
        assert_eq!(step.state, state_of(&row["new_state"]), "{row}");
        assert_eq!(step.passes, passes.as_bool().unwrap(), "{row}");
        assert_eq!(step.state != state, row["changed"].as_bool().unwrap(), "{row}");
        let replies = matches!((row["direction"].as_str(), verb), (Some("inbound"), Verb::Subscribe))
            && row["note"].as_str().is_some_and(|note| note.starts_with("not delivered; server SHOULD auto-reply"));
        assert_eq!(step.reply == Some(Verb::Subscribed), replies, "{row}");
    }
    for (name, item) in vectors["roster_item_of_state"].as_object().unwrap() {
        let state = state_of(&Value::from(name.as_str()));
        assert_eq!(state.subscription().name(), item["subscription"].as_str().unwrap(), "{name}");
        assert_eq!(state.ask(), item["ask"].as_str() == Some("subscribe"), "{name}");
    }
}

#[test]
fn p07_the_whole_handshake() {
    play(
        "romeo/o online
         juliet/b online
         # Romeo asks.
         romeo/o > <presence to='juliet@x' type='subscribe' id='a'><status>Me!</status></presence>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe' id='a'><status>Me!</status></presence>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none' ask='subscribe'/></query></iq>
         roster romeo: juliet=none+ask
         roster juliet:
         requests juliet: romeo
         # Juliet agrees.
         juliet/b > <presence to='romeo@x' type='subscribed' id='b'/>
         romeo/o < <presence from='juliet@x' to='romeo@x' type='subscribed' id='b'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='to'/></query></iq>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='from'/></query></iq>
         roster romeo: juliet=to
         roster juliet: romeo=from
         requests juliet:
         # Juliet asks, and Romeo agrees.
         juliet/b > <presence to='romeo@x' type='subscribe'/>
         romeo/o < <presence from='juliet@x' to='romeo@x' type='subscribe'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='from' ask='subscribe'/></query></iq>
         romeo/o > <presence to='juliet@x' type='subscribed'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='both'/></query></iq>
         juliet/b < <presence from='romeo@x/o' to='juliet@x'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='both'/></query></iq>
         # Romeo no longer wants to see her.
         romeo/o > <presence to='juliet@x' type='unsubscribe'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='unsubscribe'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='to'/></query></iq>
         romeo/o < <presence from='juliet@x/b' to='romeo@x' type='unavailable'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='from'/></query></iq>
         # And is not to be seen.
         romeo/o > <presence to='juliet@x' type='unsubscribed'/>
         juliet/b < <presence from='romeo@x/o' to='juliet@x' type='unavailable'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='unsubscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none'/></query></iq>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none'/></query></iq>
         roster romeo: juliet=none
         roster juliet: romeo=none",
    );
}

#[test]
fn p07_a_denied_request_leaks_no_presence() {
    play(
        "romeo/o online
         juliet/b online
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none' ask='subscribe'/></query></iq>
         juliet/b > <presence to='romeo@x' type='unsubscribed'/>
         romeo/o < <presence from='juliet@x' to='romeo@x' type='unsubscribed'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none'/></query></iq>
         requests juliet:
         roster juliet:",
    );
}

#[test]
fn p07_approval_without_request_gives_nothing_away() {
    play(
        "romeo/o online
         juliet/b online
         romeo/o > <presence to='juliet@x' type='subscribed'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none' approved='true'/></query></iq>
         romeo/o > <presence to='nurse@x' type='unsubscribed'/>
         romeo/o > <presence to='nurse@x' type='unsubscribe'/>",
    );
}

#[test]
fn p08_subscription_stanzas_go_by_bare_addresses() {
    play(
        "romeo/o online
         juliet/b online
         romeo/o > <presence to='juliet@x/b' type='subscribe' from='romeo@x/o'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none' ask='subscribe'/></query></iq>
         juliet/b > <presence to='romeo@x/gone' type='subscribed'/>
         romeo/o < <presence from='juliet@x' to='romeo@x' type='subscribed'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='to'/></query></iq>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='from'/></query></iq>
         requests juliet:
         romeo/o > <presence to='juliet@x/gone' type='unsubscribe'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='unsubscribe'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none'/></query></iq>
         romeo/o < <presence from='juliet@x/b' to='romeo@x' type='unavailable'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none'/></query></iq>",
    );
}

/// Who sends one to a full address hears the same whether anybody is there or not.
#[test]
fn p08_subscription_stanzas_do_not_tell_which_resources_are_there() {
    // The second of each pair takes back what the first said.
    for (first, verb) in [
        (None, "subscribe"),
        (None, "subscribed"),
        (Some("subscribe"), "unsubscribe"),
        (Some("subscribed"), "unsubscribed"),
    ] {
        let heard = |resource: &str| {
            let mut host = Host::new(RouterConfig::new(DOMAIN).unwrap());
            host.account("juliet@x");
            let romeo = host.attach("romeo@x/o").unwrap();
            host.handle(romeo, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
            host.attach("juliet@x/b").unwrap();
            if let Some(first) = first {
                host.handle(romeo, &format!("<presence to='juliet@x' type='{first}'/>"));
            }
            host.sent.clear();
            host.handle(romeo, &format!("<presence to='juliet@x{resource}' type='{verb}' id='1'/>"));
            let own = host.sent.iter().filter(|(session, _)| *session == romeo).map(|(_, stanza)| stanza.clone());
            (own.collect::<Vec<_>>(), host.stored_roster("romeo@x"))
        };
        let to_account = heard("");
        assert!(!to_account.0.is_empty(), "{verb}");
        assert_eq!(heard("/b"), to_account, "{verb}: somebody is there");
        assert_eq!(heard("/gone"), to_account, "{verb}: nobody is there");
    }
}

#[test]
fn p09_a_request_is_kept_and_heard_at_each_login_until_answered() {
    play(
        "account juliet
         romeo/o online
         romeo/o > <presence to='juliet@x' type='subscribe'><status>Me!</status></presence>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none' ask='subscribe'/></query></iq>
         # Asking again is not asking twice.
         romeo/o > <presence to='juliet@x' type='subscribe'><status>Me again!</status></presence>
         requests juliet: romeo
         juliet/b connects
         juliet/b > <presence/>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'><status>Me!</status></presence>
         # An update is no login.
         juliet/b > <presence><show>away</show></presence>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'><show>away</show></presence>
         juliet/b leaves
         juliet/c connects
         juliet/c > <presence/>
         juliet/c < <presence from='juliet@x/c' to='juliet@x'/>
         juliet/c < <presence from='romeo@x' to='juliet@x' type='subscribe'><status>Me!</status></presence>
         juliet/c > <presence to='romeo@x' type='unsubscribed'/>
         romeo/o < <presence from='juliet@x' to='romeo@x' type='unsubscribed'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none'/></query></iq>
         juliet/d connects
         juliet/d > <presence/>
         juliet/d < <presence from='juliet@x/d' to='juliet@x'/>
         juliet/c < <presence from='juliet@x/d' to='juliet@x'/>
         juliet/d < <presence from='juliet@x/c' to='juliet@x'/>",
    );
}

#[test]
fn p09_a_withdrawn_request_is_forgotten() {
    play(
        "romeo asks juliet
         romeo/o connects
         romeo/o > <presence to='juliet@x' type='unsubscribe'/>
         requests juliet:
         roster romeo: juliet=none",
    );
}

#[test]
fn p10_an_approval_in_advance_is_used_once() {
    play(
        "juliet/b online
         juliet/b > <presence to='romeo@x' type='subscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none' approved='true'/></query></iq>
         roster juliet: romeo=none+approved
         romeo/o online
         romeo/o > <presence to='juliet@x' type='subscribe' id='s'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='from'/></query></iq>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='none' ask='subscribe'/></query></iq>
         romeo/o < <presence from='juliet@x' to='romeo@x' type='subscribed' id='s'/>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='to'/></query></iq>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>
         roster juliet: romeo=from
         roster romeo: juliet=to",
    );
}

#[test]
fn p10_an_approval_in_advance_can_be_taken_back() {
    play(
        "account romeo
         juliet/b online
         juliet/b > <presence to='romeo@x' type='subscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none' approved='true'/></query></iq>
         juliet/b > <presence to='romeo@x' type='unsubscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none'/></query></iq>
         roster juliet: romeo=none",
    );
}

#[test]
fn a_request_for_what_is_granted_is_granted_again() {
    play(
        "juliet from romeo
         juliet/b online
         romeo/o online
         romeo/o > <presence to='juliet@x' type='subscribe' id='s'/>
         requests juliet:",
    );
}

#[test]
fn what_happened_to_somebody_who_is_away_is_seen_at_the_next_login() {
    play(
        "romeo asks juliet
         juliet/b online
         juliet/b > <presence to='romeo@x' type='subscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='from'/></query></iq>
         roster romeo: juliet=to
         romeo/o connects
         romeo/o > <presence/>
         romeo/o < <presence from='romeo@x/o' to='romeo@x'/>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>",
    );
}

#[test]
fn a_slow_database_keeps_the_order() {
    play(
        "account juliet
         romeo/o connects
         slow
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         romeo/o > <presence to='juliet@x' type='unsubscribe'/>
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         requests juliet:
         answer 0
         requests juliet: romeo
         roster romeo: juliet=none+ask",
    );
}

#[test]
fn a_late_reply_does_not_meet_a_newer_wish() {
    // Juliet let Romeo see her. He gives that up and asks anew before her roster has come.
    play(
        "romeo to juliet
         romeo/o connects
         slow
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         romeo/o > <presence to='juliet@x' type='unsubscribe'/>
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         answer 0
         roster romeo: juliet=none+ask
         roster juliet: romeo=none
         requests juliet: romeo",
    );
}

#[test]
fn nobody_is_looked_up_only_to_hear_what_is_known() {
    play(
        "romeo to juliet
         romeo/o connects
         slow
         romeo/o > <presence to='juliet@x' type='unsubscribe'/>
         romeo/o leaves
         answer 0
         answer none
         roster romeo: juliet=none
         roster juliet: romeo=none",
    );
}

#[test]
fn a_roster_that_comes_with_a_login_settles_what_waited_for_it() {
    play(
        "account juliet
         romeo/o connects
         slow
         romeo/o > <presence to='juliet@x' type='subscribe'/>
         juliet/b connects
         requests juliet: romeo
         juliet/b > <presence/>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
         juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'/>
         # The late answer does no harm.
         answer 0
         requests juliet: romeo",
    );
}

#[test]
fn m05_subscription_stanzas_to_nobody_are_dropped() {
    for ty in ["subscribe", "unsubscribe", "unsubscribed"] {
        play(&format!(
            "romeo/o connects
             romeo/o > <presence to='nobody@x' type='{ty}'/>
             requests nobody:
             roster nobody:"
        ));
    }
}

#[test]
fn ties_to_other_domains_cannot_be_made_but_can_be_ended() {
    for ty in ["subscribe", "subscribed"] {
        play(&format!(
            "romeo/o online
             romeo/o > <presence to='juliet@y' type='{ty}' id='s'/>
             romeo/o < <presence type='error' from='juliet@y' id='s'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
             roster romeo:"
        ));
    }
    play(
        "romeo/o online
         romeo/o > <presence to='juliet@y' type='unsubscribe'/>
         romeo/o > <presence to='juliet@y' type='unsubscribed'/>
         romeo/o > <presence to='x' type='subscribe' id='s'/>
         romeo/o < <presence type='error' from='x' id='s'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o > <presence to='romeo@x' type='subscribe' id='t'/>
         romeo/o < <presence type='error' from='romeo@x' id='t'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o > <presence type='subscribe' id='u'/>
         romeo/o < <presence type='error' id='u'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
    );
}

#[test]
fn a_long_request_is_kept_short() {
    let mut config = RouterConfig::new(DOMAIN).unwrap();
    config.limits.pending_bytes = 100;
    let status = "x".repeat(100);
    play_with(
        config,
        &format!(
            "account juliet
             romeo/o connects
             romeo/o > <presence to='juliet@x' type='subscribe'><status>{status}</status></presence>
             juliet/b connects
             juliet/b > <presence/>
             juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
             juliet/b < <presence from='romeo@x' to='juliet@x' type='subscribe'/>"
        ),
    );
}
