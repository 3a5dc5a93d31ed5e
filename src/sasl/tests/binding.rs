//! Channel binding: both sides against each other in every combination, and somebody in the middle.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Counter, account, bindings, credentials, refusal};
use crate::sasl::BindingKind::{TlsExporter, TlsServerEndPoint, TlsUnique};
use crate::sasl::scram::{Account, Hash};
use crate::sasl::server::{self, Step};
use crate::sasl::{
    BindingKind, BindingLength, Bindings, ChannelBinding, Choice, Error, Failure, Mechanism, Policy, Wanted, client,
    select,
};

const MECHANISMS: [Mechanism; 3] = [Mechanism::ScramSha1, Mechanism::ScramSha256, Mechanism::ScramSha512];

/// What a server that knows `bindings` offers.
fn offer(bindings: &Bindings, mechanisms: &[Mechanism]) -> Vec<&'static str> {
    let plus = |mechanism: &Mechanism| mechanism.plus_name().filter(|_| !bindings.is_empty());
    mechanisms.iter().flat_map(|mechanism| plus(mechanism).into_iter().chain([mechanism.name()])).collect()
}

/// Plays a login to its end; the client checks the server's last word.
fn play(choice: Choice<'_>, server: &Bindings, account: &Account) -> Result<(), Failure> {
    let random = Counter::new();
    let (client, first) = client::start(choice, &credentials("user", "pencil", None), None, &random).unwrap();
    let wanted = Wanted::read(choice.name(), server).ok_or(Failure::InvalidMechanism)?;
    let lookup = match server::start(wanted, None, Some(&first), &random) {
        Step::Lookup(lookup) => lookup,
        step => return Err(refusal(&step).unwrap()),
    };
    assert_eq!(lookup.binds_once(), choice.binds() == Some(TlsExporter));
    let Step::Challenge(server, challenge) = lookup.found(account) else { panic!() };
    let (client, response) = client.challenge(&challenge).unwrap();
    match server.response(&response) {
        Step::Success { data, .. } => client.success(data.as_deref()).map(drop).map_err(|error| panic!("{error}")),
        step => Err(refusal(&step).unwrap()),
    }
}

fn chosen<'b>(offered: &[&str], client: &'b Bindings, named: Option<&[BindingKind]>) -> Choice<'b> {
    select(offered.iter().copied(), &Policy::default(), None, client, named).unwrap()
}

fn subsets() -> Vec<Vec<BindingKind>> {
    let kinds = [TlsServerEndPoint, TlsExporter, TlsUnique];
    (0..8).map(|set| (0..3).filter(|bit| set >> bit & 1 == 1).map(|bit| kinds[bit]).collect()).collect()
}

/// Both sides honest and on one channel: a login, bound wherever both know the same of it.
#[test]
fn a12_a13_a14_a17_honest_sides_always_find_each_other() {
    for mechanism in MECHANISMS {
        let account = account(mechanism.hash().unwrap(), "pencil");
        for client_knows in subsets() {
            for server_knows in subsets() {
                let (client, server) = (bindings(&client_knows), bindings(&server_knows));
                let offered = offer(&server, &[mechanism]);
                let choice = chosen(&offered, &client, (!server.is_empty()).then_some(&server_knows));
                let best =
                    BindingKind::ALL.iter().find(|kind| client_knows.contains(kind) && server_knows.contains(kind));
                assert_eq!(choice.binds(), best.copied(), "{client_knows:?} {server_knows:?}");
                assert_eq!(play(choice, &server, &account), Ok(()), "{mechanism} {client_knows:?} {server_knows:?}");
            }
        }
    }
}

/// Two TLS connections with somebody between them, who passes SASL on: what is bound is refused, for each octet that
/// differs, one more and one less.
#[test]
fn a16_two_channels_are_not_one() {
    let account = account(Hash::Sha256, "pencil");
    for kind in [TlsExporter, TlsUnique, TlsServerEndPoint] {
        let server = bindings(&[kind]);
        let honest = server.get(kind).unwrap().data().to_vec();
        let mut others: Vec<Vec<u8>> = (0..honest.len())
            .map(|at| {
                let mut other = honest.clone();
                other[at] ^= 1;
                other
            })
            .collect();
        others.push(honest[1..].to_vec());
        others.push([&honest[..], &[0]].concat());
        for other in others {
            let mut client = Bindings::default();
            client.set(ChannelBinding::example(kind, &other));
            let choice = chosen(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], &client, Some(&[kind]));
            assert_eq!(choice.binds(), Some(kind));
            assert_eq!(play(choice, &server, &account), Err(Failure::NotAuthorized), "{kind:?} {other:?}");
        }
    }
}

/// The same octets under another name are something else.
#[test]
fn a16_a_kind_is_part_of_what_is_bound() {
    let account = account(Hash::Sha256, "pencil");
    let octets = [7; 32];
    let (mut client, mut server) = (Bindings::default(), Bindings::default());
    client.set(ChannelBinding::new(TlsUnique, &octets).unwrap());
    server.set(ChannelBinding::new(TlsServerEndPoint, &octets).unwrap());
    let choice = chosen(&["SCRAM-SHA-256-PLUS"], &client, Some(&[TlsUnique]));
    assert_eq!(play(choice, &server, &account), Err(Failure::NotAuthorized));
}

/// Somebody strikes the -PLUS names out of the offer:
/// the client says that it heard of none, and the server knows better.
#[test]
fn a16_a_struck_out_offer_is_noticed() {
    let account = account(Hash::Sha256, "pencil");
    for server_knows in subsets() {
        let server = bindings(&server_knows);
        let client = bindings(&[TlsExporter]);
        let choice = chosen(&["SCRAM-SHA-256"], &client, None);
        assert_eq!(choice.binds(), None);
        let expected = if server.is_empty() { Ok(()) } else { Err(Failure::NotAuthorized) };
        assert_eq!(play(choice, &server, &account), expected, "{server_knows:?}");
    }
}

/// What a client says about binding has to agree with the variant that it chose and with what was offered.
#[test]
fn a16_flags_and_variants_agree() {
    let first = |name: &str, flag: &str, server: &Bindings| {
        let message = format!("{flag},,n=user,r=abc");
        let wanted = Wanted::read(name, server)?;
        Some(refusal(&server::start(wanted, None, Some(message.as_bytes()), &Counter::new())))
    };
    let (none, some) = (Bindings::default(), bindings(&[TlsExporter]));
    let malformed = Some(Some(Failure::MalformedRequest));
    let refused = Some(Some(Failure::NotAuthorized));
    for (name, flag, server, expected) in [
        ("SCRAM-SHA-1", "n", &none, Some(None)),
        ("SCRAM-SHA-1", "y", &none, Some(None)),
        ("SCRAM-SHA-1", "p=tls-exporter", &none, malformed),
        ("SCRAM-SHA-1", "n", &some, Some(None)),
        ("SCRAM-SHA-1", "y", &some, refused),
        ("SCRAM-SHA-1", "p=tls-exporter", &some, malformed),
        ("SCRAM-SHA-1-PLUS", "n", &none, None),
        ("SCRAM-SHA-1-PLUS", "p=tls-exporter", &none, None),
        ("SCRAM-SHA-1-PLUS", "n", &some, malformed),
        ("SCRAM-SHA-1-PLUS", "y", &some, malformed),
        ("SCRAM-SHA-1-PLUS", "p=tls-exporter", &some, Some(None)),
        ("SCRAM-SHA-1-PLUS", "p=tls-unique", &some, refused),
        ("SCRAM-SHA-1-PLUS", "p=tls-server-end-point", &some, refused),
        ("SCRAM-SHA-1-PLUS", "p=TLS-EXPORTER", &some, refused),
        ("SCRAM-SHA-1-PLUS", "p=", &some, malformed),
        ("SCRAM-SHA-1-PLUS", "p", &some, malformed),
        ("PLAIN-PLUS", "n", &some, None),
    ] {
        assert_eq!(first(name, flag, server), expected, "{name} {flag} {}", server.is_empty());
    }
}

/// Someone who knows the password signs what it likes: header and octets must still be those of the channel.
#[test]
fn a16_the_octets_are_compared_and_not_only_signed() {
    let account = account(Hash::Sha256, "pencil");
    let server = bindings(&[TlsExporter]);
    let random = Counter::new();
    let choice = chosen(&["SCRAM-SHA-256-PLUS"], &server, Some(&[TlsExporter]));
    let (client, first) = client::start(choice, &credentials("user", "pencil", None), None, &random).unwrap();
    let wanted = Wanted::read("SCRAM-SHA-256-PLUS", &server).unwrap();
    // The header is changed on the way, so that what the client signs is not what the server heard.
    let heard = String::from_utf8(first).unwrap().replace("p=tls-exporter,,", "p=tls-exporter,a=boss,");
    let Step::Lookup(lookup) = server::start(wanted, None, Some(heard.as_bytes()), &random) else { panic!() };
    let Step::Challenge(server, challenge) = lookup.found(&account) else { panic!() };
    let (_, response) = client.challenge(&challenge).unwrap();
    assert_eq!(refusal(&server.response(&response)), Some(Failure::NotAuthorized));
}

#[test]
fn a17_octets_have_the_length_of_their_kind() {
    let fits = |kind, octets| ChannelBinding::new(kind, &[0; 100][..octets]).map(drop);
    for octets in 0..100 {
        let expected = |right| if right { Ok(()) } else { Err(BindingLength) };
        assert_eq!(fits(TlsExporter, octets), expected(octets == 32), "{octets}");
        assert_eq!(fits(TlsUnique, octets), expected((1..=64).contains(&octets)), "{octets}");
        assert_eq!(fits(TlsServerEndPoint, octets), expected((1..=64).contains(&octets)), "{octets}");
    }
}

#[test]
fn the_last_of_a_kind_counts() {
    let mut known = bindings(&[TlsServerEndPoint, TlsExporter]);
    known.set(ChannelBinding::new(TlsExporter, &[9; 32]).unwrap());
    assert_eq!(known.kinds().collect::<Vec<_>>(), [TlsExporter, TlsServerEndPoint]);
    assert_eq!(known.get(TlsExporter).unwrap().data(), [9; 32]);
    assert!(known.get(TlsUnique).is_none());
}

#[test]
fn debug_shows_no_octets() {
    let mut known = Bindings::default();
    known.set(ChannelBinding::new(TlsExporter, &[201; 32]).unwrap());
    let choice = chosen(&["SCRAM-SHA-256-PLUS"], &known, Some(&[TlsExporter]));
    let wanted = Wanted::read("SCRAM-SHA-256-PLUS", &known).unwrap();
    let shown = format!("{known:?} {choice:?} {wanted:?}");
    assert!(shown.contains("TlsExporter") && !shown.contains("201") && !shown.contains("c9"), "{shown}");
}

#[test]
fn only_a_variant_that_binds_is_no_offer_to_a_client_that_cannot() {
    let bindings = bindings(&[TlsServerEndPoint]);
    let select = |named: Option<&[BindingKind]>| {
        let offered = ["SCRAM-SHA-256-PLUS"].into_iter();
        select(offered, &Policy::default(), None, &bindings, named).map(|choice| choice.name())
    };
    assert_eq!(select(None), Err(Error::NoMechanism), "without a word it means another kind");
    assert_eq!(select(Some(&[TlsExporter])), Err(Error::NoMechanism));
    assert_eq!(select(Some(&[TlsServerEndPoint])), Ok("SCRAM-SHA-256-PLUS"));
}
