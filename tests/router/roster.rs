//! Rosters (RFC 6121 section 2).

use crate::play::play;

#[test]
fn o01_get_returns_all_items() {
    play(
        "romeo both juliet
         romeo to nurse
         romeo/o connects
         romeo/o > <iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>
         romeo/o < <iq type='result' id='r' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='both'/><item jid='nurse@x' subscription='to'/></query></iq>",
    );
}

#[test]
fn o01_get_to_the_own_bare_address_works_too() {
    play(
        "romeo/o connects
         romeo/o > <iq type='get' id='r' to='Romeo@X'><query xmlns='jabber:iq:roster'/></iq>
         romeo/o < <iq type='result' id='r' to='romeo@x/o'><query xmlns='jabber:iq:roster'/></iq>",
    );
}

#[test]
fn o02_set_adds_and_changes() {
    play(
        "romeo/o online
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='Nurse@x' name='Nurse'><group>Servants</group></item></query></iq>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='nurse@x' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
         romeo/o < <iq type='result' id='s'/>
         roster romeo: nurse=none
         romeo/o > <iq type='set' id='t'><query xmlns='jabber:iq:roster'><item jid='nurse@x' name=''/></query></iq>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='nurse@x' subscription='none'/></query></iq>
         romeo/o < <iq type='result' id='t'/>",
    );
}

/// Sends one roster set and expects one error.
fn refused(query: &str, condition: &str, ty: &str) {
    play(&format!(
        "romeo both juliet
         romeo/o online
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'>{query}</query></iq>
         romeo/o < <iq type='error' id='s'><error type='{ty}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         roster romeo: juliet=both"
    ));
}

#[test]
fn o02_bad_sets_are_refused() {
    let long = "x".repeat(1024);
    refused("", "bad-request", "modify");
    refused("<item jid='a@x'/><item jid='b@x'/>", "bad-request", "modify");
    refused("<item name='nobody'/>", "bad-request", "modify");
    refused("<item jid='a@x/resource'/>", "bad-request", "modify");
    refused("<item jid='a@x'><group>A</group><group>A</group></item>", "bad-request", "modify");
    refused("<item jid='a@@x'/>", "jid-malformed", "modify");
    refused("<item jid='romeo@x'/>", "not-allowed", "cancel");
    refused("<item jid='a@x'><group/></item>", "not-acceptable", "modify");
    refused(&format!("<item jid='a@x'><group>{long}</group></item>"), "not-acceptable", "modify");
    refused(&format!("<item jid='a@x' name='{long}'/>"), "not-acceptable", "modify");
    refused("<item jid='nurse@x' subscription='remove'/>", "item-not-found", "cancel");
}

#[test]
fn o02_a_name_of_1023_octets_is_accepted() {
    let name = "x".repeat(1023);
    play(&format!(
        "romeo/o connects
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='a@x' name='{name}'><group>{name}</group></item></query></iq>
         romeo/o < <iq type='result' id='s'/>
         roster romeo: a=none"
    ));
}

#[test]
fn o02_one_hundred_groups_and_one() {
    let groups = |number| (0..number).map(|group| format!("<group>{group}</group>")).collect::<String>();
    refused(&format!("<item jid='a@x'>{}</item>", groups(101)), "not-acceptable", "modify");
    play(&format!(
        "romeo/o connects
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='a@x'>{}</item></query></iq>
         romeo/o < <iq type='result' id='s'/>",
        groups(100)
    ));
}

#[test]
fn o02_another_users_roster_is_forbidden() {
    for ty in ["get", "set"] {
        play(&format!(
            "romeo both juliet
             romeo/o connects
             romeo/o > <iq type='{ty}' id='s' to='juliet@x'><query xmlns='jabber:iq:roster'><item jid='nurse@x'/></query></iq>
             romeo/o < <iq type='error' id='s' from='juliet@x'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
             roster juliet: romeo=both"
        ));
    }
}

#[test]
fn o03_pushes_go_to_interested_resources_only() {
    play(
        "romeo/o connects
         romeo/p connects
         romeo/q connects
         romeo/p > <iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>
         romeo/p < <iq type='result' id='r' to='romeo@x/p'><query xmlns='jabber:iq:roster'/></iq>
         romeo/q > <iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>
         romeo/q < <iq type='result' id='r' to='romeo@x/q'><query xmlns='jabber:iq:roster'/></iq>
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='nurse@x'/></query></iq>
         romeo/p < <iq type='set' id='push1' to='romeo@x/p'><query xmlns='jabber:iq:roster'><item jid='nurse@x' subscription='none'/></query></iq>
         romeo/q < <iq type='set' id='push2' to='romeo@x/q'><query xmlns='jabber:iq:roster'><item jid='nurse@x' subscription='none'/></query></iq>
         romeo/o < <iq type='result' id='s'/>
         romeo/p > <iq type='result' id='push1'/>
         romeo/q > <iq type='error' id='push2'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    );
}

#[test]
fn o05_remove_cancels_both_ways() {
    play(
        "romeo both juliet
         romeo/o online
         juliet/b online
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='set' id='*' to='romeo@x/o'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='remove'/></query></iq>
         juliet/b < <presence type='unavailable' from='romeo@x/o' to='juliet@x'/>
         juliet/b < <presence type='unsubscribe' from='romeo@x' to='juliet@x'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='to'/></query></iq>
         romeo/o < <presence type='unavailable' from='juliet@x/b' to='romeo@x'/>
         juliet/b < <presence type='unsubscribed' from='romeo@x' to='juliet@x'/>
         juliet/b < <iq type='set' id='*' to='juliet@x/b'><query xmlns='jabber:iq:roster'><item jid='romeo@x' subscription='none'/></query></iq>
         romeo/o < <iq type='result' id='s'/>
         roster romeo:
         roster juliet: romeo=none",
    );
}

#[test]
fn o05_remove_withdraws_and_denies_open_requests() {
    play(
        "romeo asks juliet
         romeo/o connects
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='result' id='s'/>
         requests juliet:",
    );
    play(
        "juliet asks romeo
         romeo/o connects
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='juliet@x'/></query></iq>
         romeo/o < <iq type='result' id='s'/>
         romeo/o > <iq type='set' id='t'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='remove'/></query></iq>
         romeo/o < <iq type='result' id='t'/>
         requests romeo:
         roster juliet: romeo=none",
    );
}

#[test]
fn o06_what_only_the_server_sets_is_not_taken_from_a_client() {
    play(
        "romeo/o connects
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='juliet@x' subscription='both' ask='subscribe' approved='true'/></query></iq>
         romeo/o < <iq type='result' id='s'/>
         roster romeo: juliet=none",
    );
}

#[test]
fn o06_renaming_leaves_the_subscription_alone() {
    play(
        "romeo from juliet
         romeo/o connects
         romeo/o > <iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='juliet@x' name='J' subscription='none'/></query></iq>
         romeo/o < <iq type='result' id='s'/>
         roster romeo: juliet=from",
    );
}
