//! The two sides against each other, through the public API.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::{Counter, credentials, secret};
use crate::sasl::client;
use crate::sasl::scram::Account;
use crate::sasl::server::{self, Step};
use crate::sasl::{Credentials, Failure, Mechanism, Secured};

struct Login<'a> {
    mechanism: Mechanism,
    credentials: &'a Credentials,
    /// Send the first message only when asked for it.
    asked: bool,
}

/// Plays a login to its end. The client checks the server's last word.
fn play(login: &Login<'_>, account: Option<&Account>) -> Result<(String, Option<String>), Failure> {
    let random = Counter::new();
    let secured = Some(Secured::assert_confidential());
    let (client, first) = client::start(login.mechanism, login.credentials, secured, &random).unwrap();
    let mut client = Some(client);
    let mut step = if login.asked {
        match server::start(login.mechanism, secured, None, &random) {
            Step::Challenge(server, empty) if empty.is_empty() => server.response(&first),
            step => panic!("{step:?}"),
        }
    } else {
        server::start(login.mechanism, secured, Some(&first), &random)
    };
    loop {
        step = match step {
            Step::Challenge(server, challenge) => {
                let (next, response) = client.take().unwrap().challenge(&challenge).unwrap();
                client = Some(next);
                server.response(&response)
            }
            Step::Lookup(lookup) => match account {
                Some(account) => lookup.found(account),
                None => lookup.not_found(b"a secret of the server", "nobody"),
            },
            Step::Success { authcid, authzid, data } => {
                let _: client::Verified = client.take().unwrap().success(data.as_deref()).unwrap();
                return Ok((authcid, authzid));
            }
            Step::Failure(failure) => return Err(failure),
        };
    }
}

/// Rows A11 to A14: every mechanism, with and without initial response, for oneself and for another.
#[test]
fn a14_logins_of_every_kind() {
    let account = Account::derive(&secret("r0m30 my r0m30"), &Counter::new()).unwrap();
    for &mechanism in Mechanism::ALL {
        for asked in [false, true] {
            for authzid in [None, Some("nurse,=@example.com")] {
                let play = |username, password, account| {
                    let credentials = credentials(username, password, authzid);
                    play(&Login { mechanism, credentials: &credentials, asked }, account)
                };
                let success = Ok(("juliet,=".to_owned(), authzid.map(ToOwned::to_owned)));
                assert_eq!(play("juliet,=", "r0m30 my r0m30", Some(&account)), success, "{mechanism} {asked}");
                let refused = Err(Failure::NotAuthorized);
                assert_eq!(play("juliet,=", "r0m30 my R0m30", Some(&account)), refused, "{mechanism} {asked}");
                assert_eq!(play("romeo", "r0m30 my r0m30", None), refused, "{mechanism} {asked}");
            }
        }
    }
}

/// However it is typed, it is the same name and the same password: accents in one piece or two, wide letters in a name,
/// another kind of space in a password.
#[cfg(feature = "idna")]
#[test]
fn a21_spellings_of_the_same_credentials() {
    let account = Account::derive(&secret("caf\u{e9} noir"), &Counter::new()).unwrap();
    for &mechanism in Mechanism::ALL {
        for (username, password, right) in [
            ("Ren\u{e9}e", "caf\u{e9} noir", true),
            ("Ren\u{65}\u{301}e", "caf\u{65}\u{301}\u{a0}noir", true),
            ("\u{ff32}en\u{e9}e", "caf\u{e9}\u{2003}noir", true),
            ("Ren\u{e9}e", "Caf\u{e9} noir", false),
            ("Ren\u{e9}e", "cafe noir", false),
        ] {
            let credentials = credentials(username, password, None);
            let end = play(&Login { mechanism, credentials: &credentials, asked: false }, Some(&account));
            let expected = if right { Ok(("Ren\u{e9}e".to_owned(), None)) } else { Err(Failure::NotAuthorized) };
            assert_eq!(end, expected, "{mechanism} {username} {password}");
        }
    }
}

#[cfg(feature = "crypto")]
#[test]
fn the_systems_random_source_differs_from_itself() {
    use crate::sasl::crypto::{Os, Provider};
    let (mut a, mut b) = ([0; 32], [0; 32]);
    Os.random(&mut a).unwrap();
    Os.random(&mut b).unwrap();
    assert_ne!(a, b);
}
