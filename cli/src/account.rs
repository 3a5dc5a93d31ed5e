//! Accounts: from a password to what is stored, from what is stored to what the engine checks with; and
//! `tercet account`.
//!
//! In: addresses, passwords, the command's words. Out: keys in the store, lines. Invariant: only keys are stored, for
//! every hash that the engine offers; a password is wiped when its keys are made.

use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use tercet::jid::JidBuf;
use tercet::sasl::scram::{Account, Keys};
use tercet::sasl::{KeysError, Secret, crypto};
use zeroize::Zeroizing;

use crate::args::{AccountAction, AccountWithPassword, Data};
use crate::failure::{Failure, failed, warn};
use crate::password::{self, Purpose};
use crate::store::{self, OfflineLimits, Store};

/// Runs `tercet account`.
///
/// # Errors
/// The address or the password is none, the account or the store is or is not there, the database fails.
pub(crate) fn run(action: &AccountAction, out: &mut impl Write) -> Result<(), Failure> {
    match action {
        AccountAction::Add(it) => {
            let jid = bare(&it.named.jid)?;
            // Before a password is asked for. Another may make the account meanwhile: the store says so below.
            if is_there(&jid, &it.named.data)? {
                return Err(about(&jid, store::Error::AccountExists));
            }
            let keys = new_keys(&jid, it)?;
            let mut store = Store::open(Some(&it.named.data.dir), OfflineLimits::default()).map_err(failed)?;
            store.account_add(jid.as_str(), &keys, unix_millis()).map_err(|why| about(&jid, why))?;
            if let Some(complaint) = complaint(&jid, &it.named.data.dir) {
                warn(complaint);
            }
            Ok(())
        }
        AccountAction::Passwd(it) => {
            let jid = bare(&it.named.jid)?;
            let mut store = existing(&it.named.data)?;
            let keys = new_keys(&jid, it)?;
            store.account_set_keys(jid.as_str(), &keys).map_err(|why| about(&jid, why))
        }
        AccountAction::Remove(it) => {
            let jid = bare(&it.jid)?;
            existing(&it.data)?.account_remove(jid.as_str()).map_err(|why| about(&jid, why))
        }
        AccountAction::List(data) => {
            let store = existing(data)?;
            for jid in store.account_list().map_err(failed)? {
                writeln!(out, "{jid}").map_err(Failure::output)?;
            }
            out.flush().map_err(Failure::output)
        }
    }
}

/// Whether there is such an account. The folder may be one that is yet to be made.
fn is_there(jid: &JidBuf, data: &Data) -> Result<bool, Failure> {
    match Store::open_existing(&data.dir, OfflineLimits::default()) {
        Ok(store) => store.account_exists(jid.as_str()).map_err(failed),
        Err(store::Error::Missing(_)) => Ok(false),
        Err(why) => Err(failed(why)),
    }
}

/// What is to be said of an account made in the folder of another domain's server. It may be meant: the next server
/// there may be its domain's.
fn complaint(jid: &JidBuf, dir: &Path) -> Option<String> {
    let own = jid.as_jid().domain();
    let served = store::served(dir).filter(|served| served != own)?;
    Some(format!(
        "the server of the folder {} is that of {served}: nobody can log in as {jid} before it is started with --domain \
         {own}; `tercet account remove` removes the account",
        dir.display()
    ))
}

fn new_keys(jid: &JidBuf, it: &AccountWithPassword) -> Result<store::Keys, Failure> {
    let password = password::read(it.password.file.as_deref(), jid.as_str(), Purpose::New)?;
    derive(password).map_err(|why| Failure::Failed(why.to_string()))
}

/// The store that is there: a folder that is mistyped is not made.
fn existing(data: &Data) -> Result<Store, Failure> {
    Store::open_existing(&data.dir, OfflineLimits::default()).map_err(failed)
}

fn about(jid: &JidBuf, why: store::Error) -> Failure {
    Failure::Failed(format!("{jid}: {why}"))
}

/// The address of an account: a local part at a domain, no resource.
///
/// # Errors
/// Wrong usage, with what is wrong.
pub(crate) fn bare(text: &str) -> Result<JidBuf, Failure> {
    let jid = JidBuf::parse(text).map_err(|why| Failure::Usage(format!("{text:?} is no address: {why}")))?;
    if jid.as_jid().local().is_none() || jid.as_jid().is_full() {
        return Err(Failure::Usage(format!("{text:?} is not the address of an account, as in juliet@example.com")));
    }
    Ok(jid)
}

/// What to store for a password: keys for every hash. Takes a few hundredths of a second.
///
/// # Errors
/// The password cannot be one, or there are no random numbers.
pub(crate) fn derive(mut password: Zeroizing<String>) -> Result<store::Keys, KeysError> {
    let secret = Secret::new(std::mem::take(&mut *password));
    let account = Account::derive(&secret, &crypto::Os)?;
    Ok(account.keys().map(|keys| Zeroizing::new(keys.to_text().expose().to_owned())).collect())
}

/// What the engine checks a login with; nothing where no stored key can be read.
pub(crate) fn account(keys: &store::Keys) -> Option<Account> {
    keys.iter().filter_map(|text| Keys::parse(text).ok()).fold(None, |account, keys| {
        Some(match account {
            None => Account::new(keys),
            Some(account) => Account::with(account, keys),
        })
    })
}

/// Milliseconds since 1970.
pub(crate) fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tercet::sasl::scram::Hash;

    #[test]
    fn what_is_stored_can_be_read_and_has_every_hash() {
        let keys = derive(Zeroizing::new("jul13t".into())).unwrap();
        let account = account(&keys).unwrap();
        assert_eq!(account.keys().count(), Hash::ALL.len());
        assert!(!keys.iter().any(|text| text.contains("jul13t")));
    }

    #[test]
    fn keys_that_nobody_can_read_are_no_account() {
        assert!(account(&vec![Zeroizing::new("what?".into())]).is_none());
        assert!(account(&vec![]).is_none());
    }

    #[test]
    fn only_an_account_is_an_account() {
        assert_eq!(bare("Juliet@Example.com").unwrap().as_str(), "juliet@example.com");
        for text in ["example.com", "juliet@example.com/balcony", "@", ""] {
            assert!(matches!(bare(text), Err(Failure::Usage(_))), "{text:?}");
        }
    }
}
