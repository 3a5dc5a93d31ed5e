//! Messages (RFC 6121 sections 5 and 8.5).

use crate::play::play;

#[test]
fn m01_an_unknown_type_is_normal() {
    play(
        "romeo/o connects
         juliet/b online
         romeo/o > <message to='juliet@x' type='shout'><body>Hi</body></message>
         juliet/b < <message to='juliet@x' type='shout' from='romeo@x/o'><body>Hi</body></message>",
    );
}

#[test]
fn m03_the_highest_priority_gets_it_and_ties_all_get_it() {
    play(
        "romeo/o connects
         juliet/b online
         juliet/c online
         juliet/d online
         juliet/d > <presence><priority>-5</priority></presence>
         juliet/b < <presence from='juliet@x/d' to='juliet@x'><priority>-5</priority></presence>
         juliet/c < <presence from='juliet@x/d' to='juliet@x'><priority>-5</priority></presence>
         juliet/d < <presence from='juliet@x/d' to='juliet@x'><priority>-5</priority></presence>
         romeo/o > <message to='juliet@x' type='chat'><body>Hi</body></message>
         juliet/b < <message to='juliet@x' type='chat' from='romeo@x/o'><body>Hi</body></message>
         juliet/c < <message to='juliet@x' type='chat' from='romeo@x/o'><body>Hi</body></message>",
    );
}

#[test]
fn m03_kept_messages_come_at_login_with_the_time_they_were_kept() {
    play(
        "account juliet
         romeo/o connects
         romeo/o > <message to='juliet@x' type='chat'><body>1</body></message>
         romeo/o > <message to='juliet@x'><body>2</body></message>
         # Of no use later, or not wanted later.
         romeo/o > <message to='juliet@x' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>
         romeo/o > <message to='juliet@x' type='headline'><body>3</body></message>
         messages juliet: 2
         juliet/b connects
         juliet/b > <presence><priority>-1</priority></presence>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'><priority>-1</priority></presence>
         messages juliet: 2
         juliet/b > <presence/>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
         juliet/b < <message to='juliet@x' type='chat' from='romeo@x/o'><body>1</body><delay xmlns='urn:xmpp:delay' from='x' stamp='2026-01-31T23:59:59Z'/></message>
         juliet/b < <message to='juliet@x' from='romeo@x/o'><body>2</body><delay xmlns='urn:xmpp:delay' from='x' stamp='2026-01-31T23:59:59Z'/></message>
         messages juliet: 0
         juliet/b > <presence><priority>3</priority></presence>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'><priority>3</priority></presence>",
    );
}

#[test]
fn m03_kept_messages_are_not_lost_with_the_session_they_were_for() {
    play(
        "account juliet
         romeo/o connects
         romeo/o > <message to='juliet@x'><body>1</body></message>
         slow
         juliet/b connects
         juliet/b > <presence/>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
         juliet/c connects
         juliet/c > <presence/>
         juliet/b < <presence from='juliet@x/c' to='juliet@x'/>
         juliet/c < <presence from='juliet@x/c' to='juliet@x'/>
         juliet/c < <presence from='juliet@x/b' to='juliet@x'/>
         juliet/b leaves
         juliet/c < <presence from='juliet@x/b' to='juliet@x' type='unavailable'/>
         answer 0 stale
         messages juliet: 1
         answer 0
         juliet/c < <message to='juliet@x' from='romeo@x/o'><body>1</body><delay xmlns='urn:xmpp:delay' from='x' stamp='*'/></message>
         messages juliet: 0",
    );
}

#[test]
fn m03_kept_messages_do_not_come_to_a_session_that_takes_none_any_more() {
    for presence in ["<presence><priority>-1</priority></presence>", "<presence type='unavailable'/>"] {
        let heard = presence.replace("<presence", "<presence from='juliet@x/b' to='juliet@x'");
        play(&format!(
            "account juliet
             romeo/o connects
             romeo/o > <message to='juliet@x'><body>1</body></message>
             slow
             juliet/b connects
             juliet/b > <presence/>
             juliet/b < <presence from='juliet@x/b' to='juliet@x'/>
             juliet/b > {presence}
             juliet/b < {heard}
             answer 0 stale
             messages juliet: 1"
        ));
    }
}

#[test]
fn m04_to_a_resource_that_is_gone_comes_back_to_those_who_may_know() {
    play(
        "romeo to juliet
         account nurse
         romeo/o connects
         juliet/b online
         romeo/o > <message to='juliet@x/gone' id='1'><body>Hi</body></message>
         romeo/o < <message type='error' from='juliet@x/gone' id='1'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
         romeo/o > <message to='romeo@x/gone' id='2' type='headline'/>
         romeo/o < <message type='error' from='romeo@x/gone' id='2'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
         juliet/b > <message to='romeo@x/gone'><body>Hi</body></message>
         romeo/o > <message to='nurse@x/gone'><body>Hi</body></message>
         romeo/o > <message to='nobody@x/gone' type='groupchat'><body>Hi</body></message>",
    );
}

#[test]
fn m05_to_nobody_comes_back() {
    play(
        "romeo/o connects
         romeo/o > <message to='nobody@x' id='1'><body>Hi</body></message>
         romeo/o < <message type='error' from='nobody@x' id='1'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
    );
}

#[test]
fn a_sender_who_has_gone_is_not_told_that_the_message_was_refused() {
    play(
        "romeo/o connects
         slow
         romeo/o > <message to='nobody@x' id='1'><body>Hi</body></message>
         romeo/o leaves
         answer 0",
    );
}

#[test]
fn z06_unknown_extensions_pass_untouched() {
    play(
        "romeo/o connects
         juliet/b online
         romeo/o > <message to='juliet@x/b'><x xmlns='urn:unknown' a='1'><y xmlns=''/></x>text</message>
         juliet/b < <message to='juliet@x/b' from='romeo@x/o'><x xmlns='urn:unknown' a='1'><y xmlns=''/></x>text</message>",
    );
}

#[test]
fn z07_the_senders_own_idea_of_its_address_counts_for_nothing() {
    play(
        "romeo/o connects
         juliet/b online
         romeo/o > <message to='juliet@x' from='nurse@x/n'><body>Hi</body></message>
         juliet/b < <message to='juliet@x' from='romeo@x/o'><body>Hi</body></message>
         romeo/o > <presence to='juliet@x' from='nurse@x' type='subscribe'/>
         juliet/b < <presence to='juliet@x' from='romeo@x' type='subscribe'/>",
    );
}

#[test]
fn the_server_does_not_lend_its_name_to_a_forged_delay() {
    play(
        "romeo/o connects
         juliet/b online
         romeo/o > <message to='juliet@x'><delay xmlns='urn:xmpp:delay' from='X' stamp='2002-09-10T23:08:25Z'/><body>Hi</body><delay xmlns='urn:xmpp:delay' from='x' stamp='2002-09-10T23:08:25Z'/><delay xmlns='urn:xmpp:delay' from='room@x' stamp='2002-09-10T23:08:25Z'/></message>
         juliet/b < <message to='juliet@x' from='romeo@x/o'><body>Hi</body><delay xmlns='urn:xmpp:delay' from='room@x' stamp='2002-09-10T23:08:25Z'/></message>",
    );
}

#[test]
fn j05_an_address_that_is_none_comes_back() {
    play(
        "romeo/o connects
         romeo/o > <message to='a@b@c@' id='1'/>
         romeo/o < <message type='error' from='a@b@c@' id='1'><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
    );
}

#[test]
fn z10_order_is_kept_between_two() {
    play(
        "romeo/o connects
         juliet/b online
         romeo/o > <message to='juliet@x'><body>1</body></message>
         juliet/b < <message to='juliet@x' from='romeo@x/o'><body>1</body></message>
         romeo/o > <message to='juliet@x/b'><body>2</body></message>
         juliet/b < <message to='juliet@x/b' from='romeo@x/o'><body>2</body></message>",
    );
}
