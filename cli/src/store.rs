//! What the server keeps: accounts, rosters, subscription requests and messages that wait, in SQLite.
//!
//! In: prepared bare addresses as strings, and what belongs to them; the domain of a server. Out: the same again.
//! Invariants: one call is one transaction; what belongs to an account goes with it; a folder may be open in several
//! processes at once, of which one may claim to be its server, and for which domain that was last can be asked; the
//! number and the bytes of waiting messages are bounded for each account. It refuses to know what an address, a stanza
//! or a key is: it keeps text and bytes, and no password ever reaches it.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, named_params, params};
use zeroize::Zeroizing;

/// How long a call waits for another process to finish its transaction.
const BUSY: Duration = Duration::from_secs(5);
/// The file in the folder.
const FILE: &str = "tercet.db";
/// The file beside it that a server has locked while it runs. It holds the domain of the last one.
const LOCK: &str = "tercet.lock";
/// The form of the tables below, kept in the file as `user_version`.
const SCHEMA: i64 = 1;
/// Marks the file as ours in its header: "terc".
const APPLICATION: i64 = 0x7465_7263;

const TABLES: &str = "
CREATE TABLE account (
    jid TEXT PRIMARY KEY NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE login_key (
    owner TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    text TEXT NOT NULL,
    PRIMARY KEY (owner, text)
) STRICT, WITHOUT ROWID;
CREATE TABLE roster (
    owner TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    contact TEXT NOT NULL,
    name TEXT,
    subscription TEXT NOT NULL CHECK (subscription IN ('none', 'to', 'from', 'both')),
    ask INTEGER NOT NULL CHECK (ask IN (0, 1)),
    approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
    groups TEXT NOT NULL,
    PRIMARY KEY (owner, contact)
) STRICT, WITHOUT ROWID;
CREATE TABLE pending_in (
    owner TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    contact TEXT NOT NULL,
    stanza BLOB NOT NULL,
    PRIMARY KEY (owner, contact)
) STRICT;
CREATE TABLE offline (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    received_at INTEGER NOT NULL,
    stanza BLOB NOT NULL
) STRICT;
CREATE INDEX offline_owner ON offline (owner, id);
";

/// Why the store did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Error {
    /// There is such an account already.
    AccountExists,
    /// SQLite failed: the disk, the file's rights, another process that does not let go.
    Database(rusqlite::Error),
    /// The file system does not lock the file.
    Lock { path: PathBuf, why: std::io::Error },
    /// The folder or the file cannot be made.
    Make { path: PathBuf, why: std::io::Error },
    /// There is no database in the folder.
    Missing(PathBuf),
    /// A newer tercet has made this database.
    NewerSchema { path: PathBuf, found: i64 },
    /// There is no such account.
    NoAccount,
    /// The file is somebody else's database.
    NotOurs(PathBuf),
    /// Another process has claimed the folder.
    Served(PathBuf),
    /// The claim cannot be written.
    Write { path: PathBuf, why: std::io::Error },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AccountExists => f.write_str("there is such an account already"),
            Self::Database(why) => write!(f, "the database failed: {why}"),
            Self::Missing(path) => {
                write!(f, "there is no {}: `tercet account add` and `tercet serve` make one", path.display())
            }
            Self::Lock { path, why } => write!(f, "cannot lock {}: {why}", path.display()),
            Self::Make { path, why } => write!(f, "cannot make {}: {why}", path.display()),
            Self::NewerSchema { path, found } => write!(
                f,
                "{} has form {found}, made by a newer tercet; this one knows forms up to {SCHEMA}",
                path.display()
            ),
            Self::NoAccount => f.write_str("there is no such account"),
            Self::NotOurs(path) => write!(f, "{} is a database, but not of tercet", path.display()),
            Self::Served(dir) => write!(f, "another server runs on the folder {}", dir.display()),
            Self::Write { path, why } => write!(f, "cannot write {}: {why}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(why: rusqlite::Error) -> Self {
        match why.sqlite_error().map(|why| why.extended_code) {
            Some(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Self::NoAccount,
            _ => Self::Database(why),
        }
    }
}

/// What a server needs to let an account log in: keys in the text form of `tercet::sasl`, one for each hash, in any
/// order. Who reads them can pretend to be the server.
pub(crate) type Keys = Vec<Zeroizing<String>>;

/// Who of two sees the other's presence (RFC 6121 section 2.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subscription {
    /// Each the other's.
    Both,
    /// The contact the owner's.
    From,
    /// Neither.
    None,
    /// The owner the contact's.
    To,
}

impl Subscription {
    const ALL: [Self; 4] = [Self::Both, Self::From, Self::None, Self::To];

    /// The word for it in the attribute `subscription`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::From => "from",
            Self::None => "none",
            Self::To => "to",
        }
    }

    /// The table's CHECK lets no other word in.
    fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.name() == name).unwrap_or(Self::None)
    }
}

/// A contact in somebody's roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The contact's bare address.
    pub(crate) contact: String,
    /// What the owner calls it.
    pub(crate) name: Option<String>,
    /// Who sees whom.
    pub(crate) subscription: Subscription,
    /// Whether the owner's request waits for an answer.
    pub(crate) ask: bool,
    /// Whether the owner has approved a request that has not come yet.
    pub(crate) approved: bool,
    /// The groups that the owner has put it in.
    pub(crate) groups: Vec<String>,
}

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offline {
    /// Grows with time, never used twice.
    pub(crate) id: i64,
    /// When it came, in milliseconds since 1970.
    pub(crate) received_at: i64,
    /// The message.
    pub(crate) stanza: Vec<u8>,
}

/// Bounds on the waiting messages of one account: a sender must not fill the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OfflineLimits {
    /// Messages.
    pub(crate) messages: u32,
    /// Bytes of all of them.
    pub(crate) bytes: u64,
}

impl Default for OfflineLimits {
    fn default() -> Self {
        Self { messages: 1_000, bytes: 16 << 20 }
    }
}

/// What became of a message that should wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Pushed {
    /// It would be more than the limits allow; the sender should be told.
    Full,
    /// It waits.
    Kept,
}

/// The right to be the server of a folder, until it is dropped or the process ends, however that may be.
#[derive(Debug)]
pub(crate) struct Claim(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

/// Claims a folder that there is for the server of `domain`: what one server delivers, the sessions of another would
/// not see. Who only opens the store needs no claim.
///
/// # Errors
/// [`Error::Served`], and a file system that keeps no locks or has no room.
pub(crate) fn claim(dir: &Path, domain: &str) -> Result<Claim, Error> {
    let path = dir.join(LOCK);
    let mut file = make_file(&path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Error::Served(dir.into())),
        Err(TryLockError::Error(why)) => return Err(Error::Lock { path, why }),
    }
    match file.set_len(0).and_then(|()| file.write_all(domain.as_bytes())) {
        Ok(()) => Ok(Claim(file)),
        Err(why) => Err(Error::Write { path, why }),
    }
}

/// The domain that the folder was claimed for last; nothing where it never was, or its lock cannot be read, and perhaps
/// while a claim is being written.
pub(crate) fn served(dir: &Path) -> Option<String> {
    fs::read_to_string(dir.join(LOCK)).ok().filter(|domain| !domain.is_empty())
}

/// An open store.
#[derive(Debug)]
pub(crate) struct Store {
    db: Connection,
    offline: OfflineLimits,
}

impl Store {
    /// Opens the store in the folder `dir`, made where there is none; without a folder it lives in memory.
    ///
    /// # Errors
    /// The folder cannot be made or read, or holds something that this program did not make or cannot read.
    pub(crate) fn open(dir: Option<&Path>, offline: OfflineLimits) -> Result<Self, Error> {
        let (mut db, path) = match dir {
            None => (Connection::open_in_memory()?, PathBuf::from(":memory:")),
            Some(dir) => {
                let path = dir.join(FILE);
                make(dir, &path)?;
                (Connection::open(&path)?, path)
            }
        };
        db.busy_timeout(BUSY)?;
        db.pragma_update(None, "foreign_keys", true)?;
        patiently(|| prepare(&mut db, &path))?;
        if dir.is_some() {
            // SQLite does not wait by itself here: two who both want to change the mode would wait for ever.
            patiently(|| Ok(db.pragma_update(None, "journal_mode", "wal")?))?;
            // A transaction outlives the process as it is; for a power cut to take the last ones back is a fair price
            // for not waiting on the disk at every message.
            db.pragma_update(None, "synchronous", "normal")?;
        }
        Ok(Self { db, offline })
    }

    /// Opens the store in the folder `dir`, where there is one.
    ///
    /// # Errors
    /// [`Error::Missing`], and those of [`Self::open`].
    pub(crate) fn open_existing(dir: &Path, offline: OfflineLimits) -> Result<Self, Error> {
        let path = dir.join(FILE);
        if path.try_exists().is_ok_and(|exists| !exists) {
            return Err(Error::Missing(path));
        }
        Self::open(Some(dir), offline)
    }

    /// Makes an account. `created` is in milliseconds since 1970.
    ///
    /// # Errors
    /// [`Error::AccountExists`], or the database fails.
    pub(crate) fn account_add(&mut self, jid: &str, keys: &Keys, created: i64) -> Result<(), Error> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let made = change.execute(
            "INSERT INTO account (jid, created) VALUES (?1, ?2) ON CONFLICT (jid) DO NOTHING",
            params![jid, created],
        )?;
        if made == 0 {
            return Err(Error::AccountExists);
        }
        add_keys(&change, jid, keys)?;
        Ok(change.commit()?)
    }

    /// Gives an account other keys.
    ///
    /// # Errors
    /// [`Error::NoAccount`], or the database fails.
    pub(crate) fn account_set_keys(&mut self, jid: &str, keys: &Keys) -> Result<(), Error> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute("DELETE FROM login_key WHERE owner = ?1", [jid])?;
        if !has_account(&change, jid)? {
            return Err(Error::NoAccount);
        }
        add_keys(&change, jid, keys)?;
        Ok(change.commit()?)
    }

    /// Removes an account and all that is kept for it.
    ///
    /// # Errors
    /// [`Error::NoAccount`], or the database fails.
    pub(crate) fn account_remove(&mut self, jid: &str) -> Result<(), Error> {
        let removed = self.db.execute("DELETE FROM account WHERE jid = ?1", [jid])?;
        if removed == 0 { Err(Error::NoAccount) } else { Ok(()) }
    }

    /// The addresses of all accounts, in order.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn account_list(&self) -> Result<Vec<String>, Error> {
        let mut query = self.db.prepare_cached("SELECT jid FROM account ORDER BY jid")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The keys of an account; `None` where there is no such account.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn account_keys(&self, jid: &str) -> Result<Option<Keys>, Error> {
        if !has_account(&self.db, jid)? {
            return Ok(None);
        }
        let mut query = self.db.prepare_cached("SELECT text FROM login_key WHERE owner = ?1")?;
        let rows = query.query_map([jid], |row| row.get(0).map(Zeroizing::new))?;
        Ok(Some(rows.collect::<Result<_, _>>()?))
    }

    /// When the account was made, in milliseconds since 1970; `None` where there is no such account. One that was
    /// removed and made anew is another one.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn account_created(&self, jid: &str) -> Result<Option<i64>, Error> {
        let mut query = self.db.prepare_cached("SELECT created FROM account WHERE jid = ?1")?;
        Ok(query.query_row([jid], |row| row.get(0)).optional()?)
    }

    /// A number that is another one after others have changed the store; our own changes do not count.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn version(&self) -> Result<i64, Error> {
        let mut query = self.db.prepare_cached("PRAGMA data_version")?;
        Ok(query.query_row([], |row| row.get(0))?)
    }

    /// Whether there is such an account.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn account_exists(&self, jid: &str) -> Result<bool, Error> {
        has_account(&self.db, jid)
    }

    /// The contacts of `owner`, in the order of their addresses.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn roster_load(&self, owner: &str) -> Result<Vec<Item>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT contact, name, subscription, ask, approved, groups FROM roster WHERE owner = ?1 ORDER BY contact",
        )?;
        let rows = query.query_map([owner], |row| {
            Ok(Item {
                contact: row.get(0)?,
                name: row.get(1)?,
                subscription: Subscription::from_name(row.get_ref(2)?.as_str()?),
                ask: row.get(3)?,
                approved: row.get(4)?,
                groups: groups_from_json(row.get_ref(5)?.as_str()?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Puts a contact in the roster of `owner`, or replaces it there.
    ///
    /// # Errors
    /// [`Error::NoAccount`], or the database fails.
    pub(crate) fn roster_save_item(&mut self, owner: &str, item: &Item) -> Result<(), Error> {
        let mut query = self.db.prepare_cached(
            "INSERT OR REPLACE INTO roster (owner, contact, name, subscription, ask, approved, groups)
             VALUES (:owner, :contact, :name, :subscription, :ask, :approved, :groups)",
        )?;
        query.execute(named_params! {
            ":owner": owner,
            ":contact": item.contact,
            ":name": item.name,
            ":subscription": item.subscription.name(),
            ":ask": item.ask,
            ":approved": item.approved,
            ":groups": serde_json::Value::from(item.groups.clone()).to_string(),
        })?;
        Ok(())
    }

    /// Takes a contact out of the roster of `owner`; true if it was there.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn roster_remove_item(&mut self, owner: &str, contact: &str) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("DELETE FROM roster WHERE owner = ?1 AND contact = ?2")?;
        Ok(query.execute([owner, contact])? != 0)
    }

    /// Keeps a request of `contact` to see the presence of `owner`, in place of an earlier one of the same contact.
    ///
    /// # Errors
    /// [`Error::NoAccount`], or the database fails.
    pub(crate) fn pending_add(&mut self, owner: &str, contact: &str, stanza: &[u8]) -> Result<(), Error> {
        let mut query =
            self.db.prepare_cached("INSERT OR REPLACE INTO pending_in (owner, contact, stanza) VALUES (?1, ?2, ?3)")?;
        query.execute(params![owner, contact, stanza])?;
        Ok(())
    }

    /// Forgets a request; true if there was one.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn pending_remove(&mut self, owner: &str, contact: &str) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("DELETE FROM pending_in WHERE owner = ?1 AND contact = ?2")?;
        Ok(query.execute([owner, contact])? != 0)
    }

    /// The requests that wait for `owner`: contact and stanza, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn pending_load(&self, owner: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT contact, stanza FROM pending_in WHERE owner = ?1 ORDER BY rowid")?;
        let rows = query.query_map([owner], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps a message for `owner` if the limits allow. `received_at` is in milliseconds since 1970.
    ///
    /// # Errors
    /// [`Error::NoAccount`], or the database fails.
    pub(crate) fn offline_push(&mut self, owner: &str, received_at: i64, stanza: &[u8]) -> Result<Pushed, Error> {
        let limits = self.offline;
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if !has_room(&change, owner, stanza.len(), limits)? {
            return Ok(Pushed::Full);
        }
        change
            .prepare_cached("INSERT INTO offline (owner, received_at, stanza) VALUES (?1, ?2, ?3)")?
            .execute(params![owner, received_at, stanza])?;
        change.commit()?;
        Ok(Pushed::Kept)
    }

    /// The messages that wait for `owner`, the oldest first. They stay until [`Store::offline_delete`], so that none is
    /// lost on its way to a client.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn offline_load(&self, owner: &str) -> Result<Vec<Offline>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT id, received_at, stanza FROM offline WHERE owner = ?1 ORDER BY id")?;
        let rows = query
            .query_map([owner], |row| Ok(Offline { id: row.get(0)?, received_at: row.get(1)?, stanza: row.get(2)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets the messages of `owner` up to the id `through`, and how many these were. Younger ones stay.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn offline_delete(&mut self, owner: &str, through: i64) -> Result<usize, Error> {
        let mut query = self.db.prepare_cached("DELETE FROM offline WHERE owner = ?1 AND id <= ?2")?;
        Ok(query.execute(params![owner, through])?)
    }
}

/// Makes the folder and the file for the owner's eyes only; SQLite gives its other files the rights of this one.
fn make(dir: &Path, path: &Path) -> Result<(), Error> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(dir).map_err(|why| Error::Make { path: dir.into(), why })?;
    make_file(path).map(|_| ())
}

fn make_file(path: &Path) -> Result<File, Error> {
    let mut file = fs::OpenOptions::new();
    file.write(true).truncate(false).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map_err(|why| Error::Make { path: path.into(), why })
}

/// Tries again while another process is in the way, for as long as [`BUSY`].
fn patiently(mut step: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
    let start = Instant::now();
    loop {
        match step() {
            Err(Error::Database(why))
                if why.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < BUSY =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

/// Makes the tables in a new file, and looks whether an old one is ours. Two processes may do so at once.
fn prepare(db: &mut Connection, path: &Path) -> Result<(), Error> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |name| change.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = change.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, version) {
        (0, 0) if tables == 0 => {
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "application_id", APPLICATION)?;
            change.pragma_update(None, "user_version", SCHEMA)?;
        }
        (APPLICATION, SCHEMA) => {}
        (APPLICATION, found) if found > SCHEMA => return Err(Error::NewerSchema { path: path.into(), found }),
        _ => return Err(Error::NotOurs(path.into())),
    }
    Ok(change.commit()?)
}

fn has_account(db: &Connection, jid: &str) -> Result<bool, Error> {
    let mut query = db.prepare_cached("SELECT 1 FROM account WHERE jid = ?1")?;
    Ok(query.exists([jid])?)
}

fn add_keys(db: &Connection, owner: &str, keys: &Keys) -> Result<(), Error> {
    let mut query = db.prepare_cached("INSERT OR IGNORE INTO login_key (owner, text) VALUES (?1, ?2)")?;
    for text in keys {
        query.execute([owner, text.as_str()])?;
    }
    Ok(())
}

fn has_room(db: &Transaction<'_>, owner: &str, more: usize, limits: OfflineLimits) -> Result<bool, Error> {
    let (messages, bytes): (i64, i64) = db
        .prepare_cached("SELECT count(*), coalesce(sum(length(stanza)), 0) FROM offline WHERE owner = ?1")?
        .query_row([owner], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    Ok(messages < i64::from(limits.messages) && bytes <= limits.bytes)
}

/// What was written as a JSON array of strings; anything else in that column is passed over.
fn groups_from_json(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tempfile::TempDir;

    const JULIET: &str = "juliet@example.com";
    const ROMEO: &str = "romeo@example.com";

    fn keys(text: &str) -> Keys {
        [format!("{text}-1"), format!("{text}-2")].map(Zeroizing::new).into()
    }

    fn item(contact: &str) -> Item {
        Item {
            contact: contact.into(),
            name: Some("Romeo \"M\" \u{1F339}".into()),
            subscription: Subscription::To,
            ask: true,
            approved: false,
            groups: vec!["Friends".into(), "a,\"b\"".into(), String::new()],
        }
    }

    fn open(dir: Option<&Path>) -> Store {
        Store::open(dir, OfflineLimits::default()).unwrap()
    }

    fn with_accounts() -> Store {
        let mut store = open(None);
        for jid in [JULIET, ROMEO] {
            store.account_add(jid, &keys(jid), 1).unwrap();
        }
        store
    }

    #[test]
    fn accounts_come_and_go() {
        let mut store = open(None);
        assert_eq!(store.account_list().unwrap(), [""; 0]);
        store.account_add(ROMEO, &keys("a"), 1).unwrap();
        store.account_add(JULIET, &keys("b"), 2).unwrap();
        assert!(matches!(store.account_add(ROMEO, &keys("c"), 3), Err(Error::AccountExists)));
        assert_eq!(store.account_keys(ROMEO).unwrap(), Some(keys("a")), "the first stays");
        assert_eq!(store.account_list().unwrap(), [JULIET, ROMEO]);
        store.account_set_keys(ROMEO, &keys("d")).unwrap();
        assert_eq!(store.account_keys(ROMEO).unwrap(), Some(keys("d")));
        store.account_remove(ROMEO).unwrap();
        assert_eq!(store.account_keys(ROMEO).unwrap(), None);
        assert!(matches!(store.account_remove(ROMEO), Err(Error::NoAccount)));
        assert!(matches!(store.account_set_keys(ROMEO, &keys("e")), Err(Error::NoAccount)));
    }

    #[test]
    fn rosters_are_kept_as_given() {
        let mut store = with_accounts();
        let mut first = item(ROMEO);
        let plain = Item { name: None, ask: false, approved: true, groups: vec![], ..item("nurse@example.com") };
        store.roster_save_item(JULIET, &first).unwrap();
        store.roster_save_item(JULIET, &plain).unwrap();
        assert_eq!(store.roster_load(JULIET).unwrap(), [plain.clone(), first.clone()]);
        for subscription in Subscription::ALL {
            first.subscription = subscription;
            store.roster_save_item(JULIET, &first).unwrap();
            assert_eq!(store.roster_load(JULIET).unwrap(), [plain.clone(), first.clone()]);
        }
        assert_eq!(store.roster_load(ROMEO).unwrap(), []);
        assert!(!store.roster_remove_item(ROMEO, JULIET).unwrap());
        assert!(store.roster_remove_item(JULIET, ROMEO).unwrap());
        assert_eq!(store.roster_load(JULIET).unwrap(), [plain]);
    }

    #[test]
    fn requests_wait_once_for_each_contact() {
        let mut store = with_accounts();
        store.pending_add(JULIET, ROMEO, b"<presence/>").unwrap();
        store.pending_add(JULIET, "a@example.com", b"\xff\0").unwrap();
        assert_eq!(
            store.pending_load(JULIET).unwrap(),
            [(ROMEO.into(), b"<presence/>".to_vec()), ("a@example.com".into(), b"\xff\0".to_vec())]
        );
        store.pending_add(JULIET, ROMEO, b"again").unwrap();
        assert_eq!(store.pending_load(JULIET).unwrap().len(), 2);
        assert!(store.pending_remove(JULIET, ROMEO).unwrap());
        assert!(!store.pending_remove(JULIET, ROMEO).unwrap());
        assert_eq!(store.pending_load(JULIET).unwrap().len(), 1);
        assert_eq!(store.pending_load(ROMEO).unwrap(), []);
    }

    #[test]
    fn messages_wait_in_order_until_they_are_delivered() {
        let mut store = with_accounts();
        for (at, text) in [(10, "one"), (5, "two")] {
            assert_eq!(store.offline_push(JULIET, at, text.as_bytes()).unwrap(), Pushed::Kept);
        }
        let loaded = store.offline_load(JULIET).unwrap();
        assert_eq!(
            loaded.iter().map(|it| (it.received_at, &it.stanza[..])).collect::<Vec<_>>(),
            [(10, &b"one"[..]), (5, b"two")]
        );
        let last = loaded[1].id;
        assert_eq!(store.offline_push(JULIET, 20, b"late").unwrap(), Pushed::Kept);
        assert_eq!(store.offline_push(ROMEO, 20, b"his").unwrap(), Pushed::Kept);
        assert_eq!(store.offline_delete(JULIET, last).unwrap(), 2);
        assert_eq!(store.offline_load(JULIET).unwrap()[0].stanza, b"late", "came while the others were delivered");
        assert_eq!(store.offline_load(ROMEO).unwrap().len(), 1);
    }

    #[test]
    fn waiting_messages_are_bounded_by_number() {
        let limits = OfflineLimits { messages: 2, ..OfflineLimits::default() };
        let mut store = Store::open(None, limits).unwrap();
        store.account_add(JULIET, &keys("a"), 1).unwrap();
        store.account_add(ROMEO, &keys("b"), 1).unwrap();
        for expected in [Pushed::Kept, Pushed::Kept, Pushed::Full] {
            assert_eq!(store.offline_push(JULIET, 1, b"x").unwrap(), expected);
        }
        assert_eq!(store.offline_push(ROMEO, 1, b"x").unwrap(), Pushed::Kept, "each has limits of their own");
        let first = store.offline_load(JULIET).unwrap()[0].id;
        store.offline_delete(JULIET, first).unwrap();
        assert_eq!(store.offline_push(JULIET, 1, b"x").unwrap(), Pushed::Kept);
    }

    #[test]
    fn waiting_messages_are_bounded_by_bytes() {
        let limits = OfflineLimits { bytes: 10, ..OfflineLimits::default() };
        let mut store = Store::open(None, limits).unwrap();
        store.account_add(JULIET, &keys("a"), 1).unwrap();
        assert_eq!(store.offline_push(JULIET, 1, &[0; 11]).unwrap(), Pushed::Full);
        assert_eq!(store.offline_push(JULIET, 1, &[0; 6]).unwrap(), Pushed::Kept);
        assert_eq!(store.offline_push(JULIET, 1, &[0; 5]).unwrap(), Pushed::Full);
        assert_eq!(store.offline_push(JULIET, 1, &[0; 4]).unwrap(), Pushed::Kept);
    }

    #[test]
    fn nothing_is_kept_for_strangers() {
        let mut store = open(None);
        assert!(matches!(store.roster_save_item(JULIET, &item(ROMEO)), Err(Error::NoAccount)));
        assert!(matches!(store.pending_add(JULIET, ROMEO, b""), Err(Error::NoAccount)));
        assert!(matches!(store.offline_push(JULIET, 1, b""), Err(Error::NoAccount)));
    }

    #[test]
    fn an_account_takes_its_data_along() {
        let mut store = with_accounts();
        for (owner, other) in [(JULIET, ROMEO), (ROMEO, JULIET)] {
            store.roster_save_item(owner, &item(other)).unwrap();
            store.pending_add(owner, other, b"x").unwrap();
            assert_eq!(store.offline_push(owner, 1, b"x").unwrap(), Pushed::Kept);
        }
        store.account_remove(JULIET).unwrap();
        store.account_add(JULIET, &keys("again"), 1).unwrap();
        assert_eq!(store.roster_load(JULIET).unwrap(), []);
        assert_eq!(store.pending_load(JULIET).unwrap(), []);
        assert_eq!(store.offline_load(JULIET).unwrap(), []);
        assert_eq!(store.roster_load(ROMEO).unwrap().len(), 1);
        assert_eq!(store.pending_load(ROMEO).unwrap().len(), 1);
        assert_eq!(store.offline_load(ROMEO).unwrap().len(), 1);
    }

    #[test]
    fn a_folder_remembers() {
        let dir = TempDir::new().unwrap();
        let inside = dir.path().join("deep/er");
        let mut store = open(Some(&inside));
        store.account_add(JULIET, &keys("a"), 1).unwrap();
        store.roster_save_item(JULIET, &item(ROMEO)).unwrap();
        drop(store);
        let store = open(Some(&inside));
        assert_eq!(store.account_keys(JULIET).unwrap(), Some(keys("a")));
        assert_eq!(store.roster_load(JULIET).unwrap(), [item(ROMEO)]);
        let mode: String = store.db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = TempDir::new().unwrap();
        let inside = dir.path().join("data");
        let mut store = open(Some(&inside));
        let _claim = claim(&inside, "example.com").unwrap();
        store.account_add(JULIET, &keys("a"), 1).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inside), 0o700);
        let files: Vec<_> = fs::read_dir(&inside).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(files.len() >= 2, "{files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[test]
    fn a_newer_form_is_refused() {
        let dir = TempDir::new().unwrap();
        open(Some(dir.path())).db.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
        let error = Store::open(Some(dir.path()), OfflineLimits::default()).unwrap_err();
        assert!(matches!(error, Error::NewerSchema { found: 2, .. }), "{error}");
        assert!(error.to_string().contains("made by a newer tercet"), "{error}");
    }

    #[test]
    fn somebody_elses_file_is_refused() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join(FILE);
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        let before = fs::read(&path).unwrap();
        assert!(matches!(Store::open(Some(dir.path()), OfflineLimits::default()), Err(Error::NotOurs(_))));
        assert_eq!(fs::read(&path).unwrap(), before, "and left alone");
        fs::write(&path, "not a database at all, but long enough to be taken for one".repeat(20)).unwrap();
        assert!(matches!(Store::open(Some(dir.path()), OfflineLimits::default()), Err(Error::Database(_))));
    }

    #[test]
    fn two_openers_at_once() {
        for _ in 0..20 {
            let dir = TempDir::new().unwrap();
            std::thread::scope(|scope| {
                for name in ["a@example.com", "b@example.com", "c@example.com"] {
                    let dir = dir.path();
                    scope.spawn(move || open(Some(dir)).account_add(name, &keys("k"), 1).unwrap());
                }
            });
            assert_eq!(open(Some(dir.path())).account_list().unwrap().len(), 3);
        }
    }

    #[test]
    fn a_folder_has_one_server_at_a_time() {
        let dir = TempDir::new().unwrap();
        assert_eq!(served(dir.path()), None);
        let first = claim(dir.path(), "first.example").unwrap();
        assert!(matches!(claim(dir.path(), "second.example"), Err(Error::Served(_))));
        assert_eq!(served(dir.path()).as_deref(), Some("first.example"));
        drop(first);
        assert_eq!(served(dir.path()).as_deref(), Some("first.example"), "also when it is gone");
        let _third = claim(dir.path(), "3.example").unwrap();
        assert_eq!(served(dir.path()).as_deref(), Some("3.example"));
    }

    #[test]
    fn a_command_works_while_the_server_runs() {
        let dir = TempDir::new().unwrap();
        let (mut server, mut command) = (open(Some(dir.path())), open(Some(dir.path())));
        let empty = server.version().unwrap();
        command.account_add(JULIET, &keys("a"), 1).unwrap();
        assert_eq!(server.account_keys(JULIET).unwrap(), Some(keys("a")));
        assert_eq!(server.account_created(JULIET).unwrap(), Some(1));
        let added = server.version().unwrap();
        assert_ne!(added, empty);
        assert_eq!(server.offline_push(JULIET, 1, b"x").unwrap(), Pushed::Kept);
        assert_eq!(server.version().unwrap(), added);
        command.account_remove(JULIET).unwrap();
        assert_ne!(server.version().unwrap(), added);
        assert_eq!(server.account_created(JULIET).unwrap(), None);
        assert!(matches!(server.offline_push(JULIET, 1, b"x"), Err(Error::NoAccount)));
    }

    #[test]
    fn writers_wait_for_each_other() {
        let dir = TempDir::new().unwrap();
        open(Some(dir.path())).account_add(JULIET, &keys("a"), 1).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                let dir = dir.path();
                scope.spawn(move || {
                    let mut store = open(Some(dir));
                    for _ in 0..100 {
                        assert_eq!(store.offline_push(JULIET, 1, b"x").unwrap(), Pushed::Kept);
                    }
                });
            }
        });
        assert_eq!(open(Some(dir.path())).offline_load(JULIET).unwrap().len(), 200);
    }
}
