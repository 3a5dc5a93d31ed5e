//! Presence (RFC 6121 section 4).

use crate::play::play;

#[test]
fn p01_initial_presence() {
    play(
        "romeo both juliet
         romeo from nurse
         romeo to tybalt
         romeo/p online
         juliet/b online
         nurse/n online
         tybalt/t online
         mercutio/m online
         romeo/o connects
         romeo/o > <presence id='1'><show>chat</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>
         romeo/o < <presence from='romeo@x/o' to='romeo@x' id='1'><show>chat</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>
         romeo/p < <presence from='romeo@x/o' to='romeo@x' id='1'><show>chat</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>
         juliet/b < <presence from='romeo@x/o' to='juliet@x' id='1'><show>chat</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>
         nurse/n < <presence from='romeo@x/o' to='nurse@x' id='1'><show>chat</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>
         romeo/o < <presence from='tybalt@x/t' to='romeo@x'/>
         romeo/o < <presence from='romeo@x/p' to='romeo@x'/>",
    );
}

#[test]
fn p02_nobody_sees_who_does_not_show_herself() {
    // Romeo's roster says that he sees Juliet, hers does not: hers counts.
    play(
        "romeo to juliet
         juliet/b online
         juliet/b > <presence to='romeo@x' type='unsubscribed'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none'/></query></iq>
         romeo to juliet
         romeo/o connects
         romeo/o > <presence/>
         romeo/o < <presence from='romeo@x/o' to='romeo@x'/>",
    );
}

#[test]
fn p02_probes_are_answered_for_subscribers_only() {
    play(
        "romeo to juliet
         juliet/b online
         romeo/o online
         nurse/n online
         juliet/b > <presence><show>dnd</show></presence>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'><show>dnd</show></presence>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'><show>dnd</show></presence>
         romeo/o > <presence to='juliet@x' type='probe'/>
         romeo/o < <presence from='juliet@x/b' to='romeo@x/o'><show>dnd</show></presence>
         romeo/o > <presence to='juliet@x/b' type='probe'/>
         romeo/o < <presence from='juliet@x/b' to='romeo@x/o'/>
         nurse/n > <presence to='juliet@x' type='probe'/>
         nurse/n > <presence to='juliet@x/b' type='probe'/>
         nurse/n > <presence to='nobody@x' type='probe'/>
         nurse/n > <presence type='probe'/>
         # Directed presence lets one resource be seen, and only that it is there.
         juliet/b > <presence to='nurse@x'><show>dnd</show></presence>
         nurse/n < <presence from='juliet@x/b' to='nurse@x'><show>dnd</show></presence>
         nurse/n > <presence to='juliet@x/b' type='probe'/>
         nurse/n < <presence from='juliet@x/b' to='nurse@x/n'/>
         nurse/n > <presence to='juliet@x' type='probe'/>",
    );
}

#[test]
fn p03_updates_and_unavailable_reach_all_who_were_told() {
    play(
        "romeo both juliet
         romeo to tybalt
         juliet/b online
         tybalt/t online
         nurse/n online
         romeo/o online
         romeo/o > <presence to='nurse@x/n'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n'/>
         # Updates go to subscribers, not to those with directed presence.
         romeo/o > <presence><show>away</show></presence>
         juliet/b < <presence from='romeo@x/o' to='juliet@x'><show>away</show></presence>
         romeo/o < <presence from='romeo@x/o' to='romeo@x'><show>away</show></presence>
         romeo/o > <presence type='unavailable'><status>Bye</status></presence>
         juliet/b < <presence from='romeo@x/o' to='juliet@x' type='unavailable'><status>Bye</status></presence>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n' type='unavailable'><status>Bye</status></presence>
         romeo/o < <presence from='romeo@x/o' to='romeo@x' type='unavailable'><status>Bye</status></presence>
         # Once is enough.
         romeo/o leaves",
    );
}

#[test]
fn p04_a_session_that_vanishes_is_reported() {
    play(
        "romeo both juliet
         juliet/b online
         romeo/p online
         romeo/o online
         romeo/o leaves
         juliet/b < <presence from='romeo@x/o' to='juliet@x' type='unavailable'/>
         romeo/p < <presence from='romeo@x/o' to='romeo@x' type='unavailable'/>",
    );
}

#[test]
fn p05_directed_presence_is_taken_back() {
    play(
        "romeo both juliet
         nurse/n online
         nurse/m online
         juliet/b online
         romeo/o connects
         # Not available, but here for the nurse and for Juliet.
         romeo/o > <presence to='nurse@x'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x'/>
         nurse/m < <presence from='romeo@x/o' to='nurse@x'/>
         romeo/o > <presence to='juliet@x/b'/>
         juliet/b < <presence from='romeo@x/o' to='juliet@x/b'/>
         romeo/o leaves
         nurse/n < <presence from='romeo@x/o' to='nurse@x' type='unavailable'/>
         nurse/m < <presence from='romeo@x/o' to='nurse@x' type='unavailable'/>
         juliet/b < <presence from='romeo@x/o' to='juliet@x/b' type='unavailable'/>",
    );
}

#[test]
fn p05_who_was_told_good_bye_is_not_told_again() {
    play(
        "nurse/n online
         romeo/o online
         romeo/o > <presence to='nurse@x/n'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n'/>
         romeo/o > <presence to='nurse@x/n' type='unavailable'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n' type='unavailable'/>
         romeo/o leaves",
    );
}

#[test]
fn p05_who_is_told_as_a_subscriber_is_not_told_twice() {
    play(
        "romeo both juliet
         juliet/b online
         romeo/o connects
         romeo/o > <presence to='juliet@x/b'/>
         juliet/b < <presence from='romeo@x/o' to='juliet@x/b'/>
         romeo/o > <presence/>
         juliet/b < <presence from='romeo@x/o' to='juliet@x'/>
         romeo/o < <presence from='romeo@x/o' to='romeo@x'/>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>
         romeo/o leaves
         juliet/b < <presence from='romeo@x/o' to='juliet@x' type='unavailable'/>",
    );
}

#[test]
fn p05_who_has_gone_is_not_told_later() {
    play(
        "nurse/n online
         romeo/o online
         romeo/o > <presence to='nurse@x/n'/>
         nurse/n < <presence from='romeo@x/o' to='nurse@x/n'/>
         nurse/n > <presence to='romeo@x/o' type='unavailable'/>
         romeo/o < <presence from='nurse@x/n' to='romeo@x/o' type='unavailable'/>
         romeo/o leaves",
    );
}

#[test]
fn quotes_in_a_resource_stay_in_their_attribute() {
    play(
        "nurse/&'<n online
         romeo/o connects
         romeo/o > <presence to='nurse@x/&amp;&apos;&lt;n'/>
         nurse/&'<n < <presence from='romeo@x/o' to='nurse@x/&amp;&apos;&lt;n'/>
         romeo/o leaves
         nurse/&'<n < <presence from='romeo@x/o' to='nurse@x/&amp;&apos;&lt;n' type='unavailable'/>",
    );
}

#[test]
fn p06_values_outside_the_rfc_are_refused() {
    for content in [
        "<show>invisible</show>",
        "<priority>128</priority>",
        "<priority>-129</priority>",
        "<priority>high</priority>",
        "<priority/>",
    ] {
        play(&format!(
            "romeo/o connects
             romeo/o > <presence id='p'>{content}</presence>
             romeo/o < <presence type='error' id='p'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
        ));
    }
    for content in [
        "<show>xa</show>",
        "<show/>",
        "<priority>127</priority>",
        "<priority>-128</priority>",
        "<priority>+1</priority>",
    ] {
        play(&format!(
            "romeo/o connects
             romeo/o > <presence>{content}</presence>
             romeo/o < <presence from='romeo@x/o' to='romeo@x'>{content}</presence>"
        ));
    }
    play(
        "romeo/o connects
         romeo/o > <presence type='invisible' id='p'/>
         romeo/o < <presence type='error' id='p'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
    );
}

#[test]
fn a_connected_resource_hears_no_presence() {
    play(
        "romeo both juliet
         romeo/o connects
         juliet/b connects
         juliet/b > <presence/>
         juliet/b < <presence from='juliet@x/b' to='juliet@x'/>",
    );
}

#[test]
fn presence_after_unavailable_presence_is_initial_again() {
    play(
        "romeo to juliet
         juliet/b online
         romeo/o online
         romeo/o > <presence type='unavailable'/>
         romeo/o < <presence type='unavailable' from='romeo@x/o' to='romeo@x'/>
         romeo/o > <presence/>
         romeo/o < <presence from='romeo@x/o' to='romeo@x'/>
         romeo/o < <presence from='juliet@x/b' to='romeo@x'/>",
    );
}

#[test]
fn errors_come_back_to_the_resource_named() {
    play(
        "romeo/o online
         juliet/b online
         juliet/b > <presence type='error' to='romeo@x/o'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         romeo/o < <presence type='error' from='juliet@x/b' to='romeo@x/o'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         juliet/b > <presence type='error' to='romeo@x'/>
         juliet/b > <presence type='error'/>",
    );
}

#[test]
fn x14_the_language_of_the_stream_is_stamped() {
    play(
        "romeo both juliet
         juliet/b online
         romeo/o online
         lang romeo/o it
         romeo/o > <message to='juliet@x'><body>Ciao</body></message>
         juliet/b < <message from='romeo@x/o' to='juliet@x' xml:lang='it'><body>Ciao</body></message>
         romeo/o > <message to='juliet@x' xml:lang='en'><body>Hi</body></message>
         juliet/b < <message from='romeo@x/o' to='juliet@x' xml:lang='en'><body>Hi</body></message>",
    );
}
