//! Published exchanges: those of the RFCs here, and a collection from many implementations where it is at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

extern crate std;

use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

use base64ct::{Base64, Encoding};
use serde_json::Value;

use super::client::AwaitFirst;
use super::hash::{equal, xor};
use super::server::ExpectFirst;
use super::{Account, Hash, Keys, keys};
use crate::sasl::binding::Flag;
use crate::sasl::client::Identity;
use crate::sasl::server::{self, Step};
use crate::sasl::tests::{Counter, RFC_MESSAGES, account, credentials, kind, rfc_client, rfc_server, secret, shared};
use crate::sasl::{BindingKind, Bindings, ChannelBinding, Error, Mechanism, Policy, Secured, Wanted, client, select};

/// RFC 5802 section 5, from both sides.
#[test]
fn a12_rfc_5802_exchange() {
    let (client, last) = rfc_client().handle(RFC_MESSAGES[1].as_bytes()).unwrap();
    assert_eq!(last, RFC_MESSAGES[2].as_bytes());
    assert_eq!(client.handle(RFC_MESSAGES[3].as_bytes()), Ok(()));

    let (server, account) = rfc_server();
    let (server, challenge) = server.handle(RFC_MESSAGES[0].as_bytes()).unwrap().challenge(&account);
    assert_eq!(challenge, RFC_MESSAGES[1].as_bytes());
    assert_eq!(server.handle(RFC_MESSAGES[2].as_bytes()).map(|proven| proven.signature), Ok(RFC_MESSAGES[3].into()));
}

/// RFC 7677 section 3, from both sides.
#[test]
fn a13_rfc_7677_exchange() {
    let messages = [
        "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ];
    let identity = Identity::prepare(&credentials("user", "pencil", None)).unwrap();
    let (client, first) = AwaitFirst::start(Hash::Sha256, Flag::Unable, identity, "rOprNGfwEbeRWgbNEkqO");
    assert_eq!(first, messages[0].as_bytes());
    let (client, last) = client.handle(messages[1].as_bytes()).unwrap();
    assert_eq!(last, messages[2].as_bytes());
    assert_eq!(client.handle(messages[3].as_bytes()), Ok(()));

    let salt = Base64::decode_vec("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    let account = Account::new(Keys::derive(Hash::Sha256, &secret("pencil"), &salt, 4096).unwrap());
    let server =
        ExpectFirst::new(Hash::Sha256, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".to_owned(), Mechanism::ScramSha256.into());
    let (server, challenge) = server.handle(messages[0].as_bytes()).unwrap().challenge(&account);
    assert_eq!(challenge, messages[1].as_bytes());
    assert_eq!(server.handle(messages[2].as_bytes()).map(|proven| proven.signature), Ok(messages[3].into()));
}

/// Rows A11 to A16 against the collection. What it holds for mechanisms that we do not speak is counted and named.
#[test]
fn a15_collected_exchanges() {
    let Some(text) = shared("vectors/sasl.jsonl") else { return };
    let mut played = 0;
    let mut others: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let row: Value = serde_json::from_str(line).unwrap();
        let name = field(&row, "mechanism");
        let mechanism = Mechanism::from_name(name).or_else(|| Mechanism::from_plus_name(name));
        match mechanism.map(|mechanism| (mechanism.hash(), field(&row, "outcome"))) {
            Some((None, _)) => plain(&row),
            // Here both sides add attributes of an extension that we do not know: the arithmetic is the same.
            Some((Some(hash), _)) if field(&row, "id") == "xep0474-sha1-plus-ssdp" => arithmetic(&row, hash),
            Some((Some(hash), "success")) => exchange(&row, hash),
            Some((Some(_), _)) if field(&row, "id") == "mellium-plus-no-cbdata-16" => without_data(name),
            Some((Some(hash), _)) => failure(&row, hash),
            None => {
                others.push(std::format!("{} ({name})", field(&row, "id")));
                continue;
            }
        }
        played += 1;
    }
    use std::io::Write;
    let note = "sasl.jsonl: exchanges played";
    writeln!(std::io::stderr(), "{note}: {played}; not applicable: {}: {}", others.len(), others.join(", ")).unwrap();
    assert!(played >= 39, "only {played} rows were played");
}

/// A whole login, on each side.
fn exchange(row: &Value, hash: Hash) {
    let id = field(row, "id");
    let messages = messages(row);
    let account = derived(row, hash);
    arithmetic(row, hash);
    let server = ExpectFirst::new(hash, server_share(row), wanted(row, hash)).handle(messages[0]);
    let data = binding_data(row);
    let (client, first) = AwaitFirst::start(hash, flag(row, &data), identity(row), field(row, "client_nonce"));
    if row["maths_only"] == true {
        // Either the server's nonce adds nothing to the client's, or the client's first message is not one at all.
        let client = client.handle(messages[1]).err();
        assert!(server.is_err() || client == Some(Error::NonceMismatch), "{id}: {client:?}");
        return;
    }
    let (server, challenge) = server.unwrap_or_else(|failure| panic!("{id}: {failure}")).challenge(&account);
    assert_eq!(challenge, messages[1], "{id}");
    assert_eq!(server.handle(messages[2]).map(|proven| proven.signature).as_deref(), Ok(messages[3]), "{id}");

    assert_eq!(first, messages[0], "{id}");
    let (client, last) = client.handle(messages[1]).unwrap_or_else(|error| panic!("{id}: {error}"));
    assert_eq!(last, messages[2], "{id}");
    assert_eq!(client.handle(messages[3]), Ok(()), "{id}");
}

/// A login that one side must refuse, at the message named or before.
fn failure(row: &Value, hash: Hash) {
    let id = field(row, "id");
    let messages = messages(row);
    let fails_at = row["fails_at"].as_u64().unwrap() as usize;
    assert_eq!(fails_at + 1, messages.len(), "{id}: what follows the refusal would not be played");
    let attribute = |message: &[u8], name: &str| -> Option<String> {
        let text = std::str::from_utf8(message).unwrap().to_owned();
        text.split(',').find_map(|part| part.strip_prefix(name).map(ToOwned::to_owned))
    };
    let refused = match field(row, "role") {
        "client" => {
            let nonce = attribute(messages[0], "r=").unwrap();
            let (client, first) = AwaitFirst::start(hash, Flag::Unable, identity(row), &nonce);
            assert_eq!(first, messages[0], "{id}");
            match client.handle(messages[1]) {
                Err(_) => true,
                Ok((client, _)) => messages.get(2).is_some_and(|message| client.handle(message).is_err()),
            }
        }
        "server" => {
            let (share, salt) = match messages.get(1) {
                None => ("abc".to_owned(), b"salt".to_vec()),
                Some(challenge) => {
                    let nonce = attribute(challenge, "r=").unwrap();
                    let share = nonce.strip_prefix(&attribute(messages[0], "r=").unwrap()).unwrap().to_owned();
                    (share, Base64::decode_vec(&attribute(challenge, "s=").unwrap()).unwrap())
                }
            };
            let account = Account::new(Keys::derive(hash, &secret(field(row, "password")), &salt, 4096).unwrap());
            match ExpectFirst::new(hash, share, wanted(row, hash)).handle(messages[0]) {
                Err(_) => true,
                Ok(state) => {
                    let (state, challenge) = state.challenge(&account);
                    assert_eq!(Some(&challenge[..]), messages.get(1).copied(), "{id}");
                    messages.get(2).is_some_and(|message| state.handle(message).is_err())
                }
            }
        }
        role => panic!("{id}: unknown role {role}"),
    };
    assert!(refused, "{id}: accepted, although {}", field(row, "why"));
}

/// A client without data for the channel does not choose a mechanism that binds to it.
fn without_data(name: &str) {
    let chosen = select([name].into_iter(), &Policy::default(), None, Bindings::NONE, None);
    assert_eq!(chosen.err(), Some(Error::NoMechanism));
}

/// What the client of a row binds to.
fn binding_data(row: &Value) -> Vec<u8> {
    row["channel_binding"]["data_b64"].as_str().map_or_else(Vec::new, |data| Base64::decode_vec(data).unwrap())
}

fn flag<'r>(row: &'r Value, data: &'r [u8]) -> Flag<(&'r str, &'r [u8])> {
    row["channel_binding"]["type"].as_str().map_or(Flag::Unable, |kind| Flag::Bound((kind, data)))
}

/// What the server of a row offered and was asked for.
fn wanted(row: &Value, hash: Hash) -> Wanted {
    let mut bindings = Bindings::default();
    if let Some(kind) = row["channel_binding"]["type"].as_str() {
        bindings.set(ChannelBinding::example(BindingKind::from_name(kind).unwrap(), &binding_data(row)));
    }
    let wanted = Wanted::read(field(row, "mechanism"), &bindings).unwrap();
    assert_eq!(wanted.mechanism(), Mechanism::from(hash));
    wanted
}

/// The keys, the proof and the signature of a row come out the same.
fn arithmetic(row: &Value, hash: Hash) {
    let id = field(row, "id");
    let account = derived(row, hash);
    let keys = account.keys().next().unwrap();
    let auth_message = field(&row["derived"], "auth_message");
    let signature = hash.hmac(keys.server_key(), &[auth_message]);
    assert_eq!(Base64::encode_string(&signature), field(&row["derived"], "server_signature_b64"), "{id}");
    let client_signature = hash.hmac(keys.stored_key(), &[auth_message]);
    let client_key = xor(&Base64::decode_vec(field(&row["derived"], "client_proof_b64")).unwrap(), &client_signature);
    assert!(equal(&hash.digest(&client_key), keys.stored_key()), "{id}");
}

/// A PLAIN message, on each side.
fn plain(row: &Value) {
    let id = field(row, "id");
    let secured = Some(Secured::assert_confidential());
    let message = Base64::decode_vec(field(row, "message_b64")).unwrap();
    let step = server::start(Mechanism::Plain, secured, Some(&message), &Counter::new());
    if field(row, "outcome") != "success" {
        assert_eq!(kind(&step), field(row, "outcome"), "{id}");
        return;
    }
    let Step::Lookup(lookup) = step else { panic!("{id}: {step:?}") };
    assert_eq!(lookup.username(), field(row, "username"), "{id}");
    assert_eq!(lookup.authzid(), row["authzid"].as_str(), "{id}");
    assert_eq!(kind(&lookup.found(&account(Hash::Sha1, field(row, "password")))), "success", "{id}");

    let credentials = credentials(field(row, "username"), field(row, "password"), row["authzid"].as_str());
    let (_, first) = client::start(Mechanism::Plain, &credentials, secured, &Counter::new()).unwrap();
    assert_eq!(first, message, "{id}");
}

/// The account behind a row; its keys are compared with those that the row tells.
fn derived(row: &Value, hash: Hash) -> Account {
    let id = field(row, "id");
    let salt = Base64::decode_vec(field(row, "salt_b64")).unwrap();
    let iterations = u32::try_from(row["iterations"].as_u64().unwrap()).unwrap();
    let salted = hash.stretch(field(row, "password"), &salt, iterations);
    let values = &row["derived"];
    assert_eq!(hex(&salted), field(values, "salted_password_hex"), "{id}");
    assert_eq!(hex(&keys::client_key(hash, &salted)), field(values, "client_key_hex"), "{id}");
    let keys = Keys::derive(hash, &secret(field(row, "password")), &salt, iterations).unwrap();
    assert_eq!(hex(keys.stored_key()), field(values, "stored_key_hex"), "{id}");
    assert_eq!(hex(keys.server_key()), field(values, "server_key_hex"), "{id}");
    Account::new(keys)
}

fn identity(row: &Value) -> Identity {
    let authzid = row.get("authzid").and_then(Value::as_str);
    Identity::prepare(&credentials(field(row, "username"), field(row, "password"), authzid)).unwrap()
}

fn server_share(row: &Value) -> String {
    field(row, "server_nonce").strip_prefix(field(row, "client_nonce")).unwrap().to_owned()
}

fn messages(row: &Value) -> Vec<&[u8]> {
    row["messages"].as_array().unwrap().iter().map(|message| field(message, "msg").as_bytes()).collect()
}

fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}"))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| std::format!("{octet:02x}")).collect()
}
