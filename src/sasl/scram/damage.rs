//! The exchange of RFC 5802 section 5 with every small damage to every message, in every state: an error or an honest
//! misunderstanding, never a login, never a panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use base64ct::{Base64, Encoding};

use super::client::AwaitFinal;
use super::hash::xor;
use super::{Hash, keys};
use crate::sasl::Failure;
use crate::sasl::tests::{RFC_MESSAGES, rfc_client, rfc_server, rfc_server_alone};

#[test]
fn damage_is_never_believed() {
    let [client_first, server_first, client_final, server_final] = RFC_MESSAGES.map(str::as_bytes);
    let (_, account) = rfc_server();
    let (AwaitFinal { signature }, _) = rfc_client().handle(server_first).unwrap();

    for heard in damaged(client_first) {
        if let Ok(server) = rfc_server_alone().handle(&heard) {
            assert!(server.challenge(&account).0.handle(client_final).is_err(), "{}", shown(&heard));
        }
    }
    for heard in damaged(server_first) {
        if let Ok((client, response)) = rfc_client().handle(&heard) {
            let (server, _) = rfc_server_alone().handle(client_first).unwrap().challenge(&account);
            assert!(server.handle(&response).is_err(), "{}", shown(&heard));
            assert!(client.handle(server_final).is_err(), "{}", shown(&heard));
        }
    }
    for heard in damaged(client_final) {
        let (server, _) = rfc_server_alone().handle(client_first).unwrap().challenge(&account);
        assert!(server.handle(&heard).is_err(), "{}", shown(&heard));
    }
    for heard in damaged(server_final) {
        assert!(AwaitFinal { signature: signature.clone() }.handle(&heard).is_err(), "{}", shown(&heard));
    }
    // The same, undamaged: else the above would prove nothing.
    let (server, _) = rfc_server_alone().handle(client_first).unwrap().challenge(&account);
    assert!(server.handle(client_final).is_ok());
    assert!(AwaitFinal { signature }.handle(server_final).is_ok());
}

/// Every message that differs from `text` by one octet: changed, left out or put in; and every shorter beginning.
fn damaged(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for at in 0..text.len() {
        all.push(text[..at].to_vec());
        let mut shorter = text.to_vec();
        shorter.remove(at);
        all.push(shorter);
        for octet in [0, b',', 0xff, text[at] ^ 1] {
            let mut changed = text.to_vec();
            changed[at] = octet;
            all.push(changed);
        }
        for octet in [b'=', b' '] {
            let mut longer = text.to_vec();
            longer.insert(at, octet);
            all.push(longer);
        }
    }
    all.retain(|other| other != text);
    all
}

/// Someone who knows the password signs what it likes. The proof is right, so only the comparison of header and nonce
/// with what went before stands between a changed flag (or a replayed proof) and success.
#[test]
fn a16_signed_lies_about_header_and_nonce() {
    let nonce = "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
    for (signed, expected) in [
        (format!("c=biws,r={nonce}"), None),
        (format!("c=biws,r={nonce},x=1"), None),
        (format!("c=eSws,r={nonce}"), Some(Failure::NotAuthorized)),
        (format!("c=bixhPWEs,r={nonce}"), Some(Failure::NotAuthorized)),
        (format!("c=biwsAA==,r={nonce}"), Some(Failure::NotAuthorized)),
        (format!("c=biws,r={nonce}0"), Some(Failure::NotAuthorized)),
        ("c=biws,r=fyko+d2lbbFgONRv9qkxdawL".into(), Some(Failure::NotAuthorized)),
        ("c=biws,r=fyko+d2lbbFgONRv9qkxdawLanother".into(), Some(Failure::NotAuthorized)),
    ] {
        let (server, account) = rfc_server();
        let (server, challenge) = server.handle(RFC_MESSAGES[0].as_bytes()).unwrap().challenge(&account);
        let bare = RFC_MESSAGES[0].strip_prefix("n,,").unwrap();
        let auth_message = format!("{bare},{},{signed}", String::from_utf8(challenge).unwrap());
        let keys = account.keys().next().unwrap();
        let client_key = keys::client_key(Hash::Sha1, &Hash::Sha1.stretch("pencil", keys.salt(), keys.iterations()));
        let proof = xor(&client_key, &Hash::Sha1.hmac(keys.stored_key(), &[&auth_message]));
        let last = format!("{signed},p={}", Base64::encode_string(&proof));
        assert_eq!(server.handle(last.as_bytes()).err(), expected, "{last}");
    }
}

fn shown(message: &[u8]) -> String {
    String::from_utf8_lossy(message).into_owned()
}
