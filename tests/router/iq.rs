//! Requests and answers (RFC 6120 section 8.2.3).

use crate::play::play;

/// Sends one bad iq and expects `bad-request`.
fn bad_request(iq: &str, id: &str) {
    play(&format!(
        "romeo/o connects
         romeo/o > {iq}
         romeo/o < <iq type='error'{id}><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    ));
}

#[test]
fn z01_bad_requests_are_answered() {
    bad_request("<iq type='get' id='1'/>", " id='1'");
    bad_request("<iq type='set' id='1'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>", " id='1'");
    bad_request("<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>", "");
    bad_request("<iq type='take' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", " id='1'");
    bad_request("<iq id='1'><ping xmlns='urn:xmpp:ping'/></iq>", " id='1'");
}

#[test]
fn z01_bad_answers_are_dropped() {
    play(
        "romeo both juliet
         romeo/o online
         juliet/b online
         romeo/o > <iq type='result' to='juliet@x/b'/>
         romeo/o > <iq type='error' to='juliet@x/b'/>
         romeo/o > <iq type='result' id='1' to='juliet@x/b'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>",
    );
}

#[test]
fn z02_a_request_from_client_to_client_and_back() {
    play(
        "romeo both juliet
         romeo/o online
         juliet/b online
         romeo/o > <iq type='get' id='1' to='juliet@x/b'><query xmlns='jabber:iq:version'/></iq>
         juliet/b < <iq type='get' id='1' to='juliet@x/b' from='romeo@x/o'><query xmlns='jabber:iq:version'/></iq>
         juliet/b > <iq type='result' id='1' to='romeo@x/o'><query xmlns='jabber:iq:version'><name>b</name></query></iq>
         romeo/o < <iq type='result' id='1' to='romeo@x/o' from='juliet@x/b'><query xmlns='jabber:iq:version'><name>b</name></query></iq>
         romeo/o > <iq type='get' id='2' to='romeo@x/o'><query xmlns='jabber:iq:version'/></iq>
         romeo/o < <iq type='get' id='2' to='romeo@x/o' from='romeo@x/o'><query xmlns='jabber:iq:version'/></iq>",
    );
}

#[test]
fn strangers_get_the_same_answer_whether_or_not_somebody_is_there() {
    let ask = |to: &str| {
        play(&format!(
            "romeo/o connects
             account juliet
             nurse/n online
             romeo/o > <iq type='get' id='1' to='{to}'><query xmlns='jabber:iq:version'/></iq>
             romeo/o < <iq type='error' id='1' from='{to}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ));
    };
    ["nurse@x/n", "nurse@x/m", "nurse@x", "juliet@x", "juliet@x/b", "nobody@x", "nobody@x/r"].into_iter().for_each(ask);
}

#[test]
fn h10_ping_and_service_discovery() {
    play(
        "romeo/o connects
         romeo/o > <iq type='get' id='1' to='x'><ping xmlns='urn:xmpp:ping'/></iq>
         romeo/o < <iq type='result' id='1' from='x'/>
         romeo/o > <iq type='get' id='2'><ping xmlns='urn:xmpp:ping'/></iq>
         romeo/o < <iq type='result' id='2'/>
         romeo/o > <iq type='get' id='3' to='romeo@x'><ping xmlns='urn:xmpp:ping'/></iq>
         romeo/o < <iq type='result' id='3' from='romeo@x'/>
         romeo/o > <iq type='get' id='4' to='x'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         romeo/o < <iq type='result' id='4' from='x'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/><feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/><feature var='urn:xmpp:ping'/><feature var='msgoffline'/></query></iq>
         romeo/o > <iq type='get' id='5' to='x'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>
         romeo/o < <iq type='result' id='5' from='x'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>
         romeo/o > <iq type='get' id='6' to='x'><query xmlns='http://jabber.org/protocol/disco#info' node='n'/></iq>
         romeo/o < <iq type='error' id='6' from='x'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         romeo/o > <iq type='set' id='7' to='x'><ping xmlns='urn:xmpp:ping'/></iq>
         romeo/o < <iq type='error' id='7' from='x'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    );
}
