//! Events in an SQLite file.

use super::place::{Identity, companion, length};
use super::{Event, Features, Store};
use crate::error::{Error, Result};
use crate::features::{Family, Ngrams};
use crate::label::Label;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// `gruf`: tells a store from other SQLite files.
const APPLICATION: i32 = 0x6772_7566;
const VERSION: i32 = 1;

const SCHEMA: &str = "
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        protocol TEXT NOT NULL,
        community TEXT,
        subject TEXT NOT NULL,
        language TEXT NOT NULL,
        scheme TEXT NOT NULL,
        words INTEGER NOT NULL,
        pieces INTEGER NOT NULL,
        slots BLOB NOT NULL
    ) STRICT;
    CREATE TABLE decision (
        event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        label TEXT NOT NULL,
        value REAL NOT NULL,
        PRIMARY KEY (event, label)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX event_subject ON event (community, subject);
";

const DAMAGED: &str =
    "it is damaged; move it away and start again (`sqlite3 FILE .recover` prints what can be read of it)";

/// The largest file that is looked through when it is opened: a second or two.
const LOOKED_THROUGH: u64 = 1 << 30;

/// How often events are written again because the file has become another.
const TRIES: usize = 3;

/// A store in one file, written through to the disk before an event counts as kept.
///
/// A file that is removed, replaced or cut while it is open is opened anew, so that what is acknowledged is in the file that
/// is there.
pub struct Sqlite {
    path: PathBuf,
    open: Mutex<Open>,
}

/// The file as it is open.
struct Open {
    /// `None` after it could not be opened anew.
    connection: Option<Connection>,
    file: Option<Identity>,
    /// How long the file has been seen to be; it only grows.
    length: u64,
    /// The log beside it, as soon as there is one.
    log: Option<Identity>,
    notice: Option<String>,
    /// What was to be written last, where it could not be.
    failed: Vec<Event>,
}

/// What became of the files since they were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Same,
    /// The file is another one, or none.
    Moved,
    /// The file is shorter than it was.
    Shorter,
    /// The file is no SQLite file any more.
    Overwritten,
    /// Only the log is: what is in it is not in the file yet.
    LogMoved,
}

impl Open {
    fn new(path: &Path) -> Result<Self> {
        make_private(path);
        if path.metadata().is_ok_and(|file| !file.is_file()) {
            return Err(Error::store(path, "it is no file; name one, which is made where there is none"));
        }
        let connection = Connection::open(path).map_err(|error| unusable(path, &error))?;
        prepare(path, &connection)?;
        let (file, log) = (Identity::of(path), Identity::of(&companion(path, "-wal")));
        let length = length(path).map_err(|error| unread(path, &error))?.unwrap_or_default();
        Ok(Self { connection: Some(connection), file, length, log, notice: None, failed: Vec::new() })
    }

    fn connection(&mut self, path: &Path) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| Error::store(path, "it is not open"))
    }

    fn place(&mut self, path: &Path) -> Result<Place> {
        let log = Identity::of(&companion(path, "-wal"));
        self.log = self.log.or(log);
        if self.file != Identity::of(path) {
            return Ok(Place::Moved);
        }
        match length(path).map_err(|error| unread(path, &error))? {
            Some(length) if length >= self.length => self.length = length,
            Some(_) => return Ok(Place::Shorter),
            None => return Ok(Place::Overwritten),
        }
        Ok(if self.log == log { Place::Same } else { Place::LogMoved })
    }

    /// Opens the file anew where it is not what was opened; tells whether what was written last has to be written again.
    fn follow(&mut self, path: &Path) -> Result<bool> {
        let place = if self.connection.is_some() { self.place(path)? } else { Place::Moved };
        let notice = match place {
            Place::Same => return Ok(false),
            Place::Moved => {
                let file = path.display();
                self.connection = None;
                // The log of the file that was here belongs to none that is.
                let log = companion(path, "-wal");
                if self.log.is_some() && Identity::of(&log) == self.log {
                    for stale in [log, companion(path, "-shm")] {
                        // Where it cannot be removed, opening tells why.
                        let _ = std::fs::remove_file(stale);
                    }
                }
                format!(
                    "store {file}: the file was removed or replaced; decisions are kept in the one that is there now, without those before"
                )
            }
            Place::Shorter | Place::Overwritten => {
                if let Some(connection) = self.connection.take() {
                    // Closing would write the pages of the log into what is left of the file.
                    connection
                        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
                        .map_err(|error| refused(path, &error))?;
                }
                // A file that another program packed is shorter, too, and goes on with its log.
                if place == Place::Overwritten {
                    for stale in ["-wal", "-shm"] {
                        let _ = std::fs::remove_file(companion(path, stale));
                    }
                }
                format!(
                    "store {}: the file was cut or written over; decisions are kept in what is there now, without those that are not",
                    path.display()
                )
            }
            Place::LogMoved => {
                // What is in the log is written to the file as long as somebody has the log.
                if let Some(connection) = self.connection.take() {
                    let left: i64 = connection
                        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
                        .map_err(|error| refused(path, &error))?;
                    if left != 0 {
                        self.connection = Some(connection);
                        return Err(Error::store(
                            path,
                            "its log was removed, and another program holds the file; end that",
                        ));
                    }
                }
                format!("store {}: its log was removed; what was in it is in the file", path.display())
            }
        };
        let opened = Self::new(path)?;
        *self = Self { notice: Some(notice), failed: std::mem::take(&mut self.failed), ..opened };
        Ok(place != Place::LogMoved)
    }

    /// Writes events to the file that is there.
    fn keep(&mut self, path: &Path, events: &[Event]) -> Result<()> {
        for _ in 0..TRIES {
            self.follow(path)?;
            write(self.connection(path)?, events).map_err(|error| refused(path, &error))?;
            if !self.follow(path)? {
                return Ok(());
            }
        }
        Err(Error::store(path, "it is replaced again and again"))
    }
}

impl Sqlite {
    /// Opens a store, and makes it where there is none.
    ///
    /// # Errors
    /// When the file cannot be opened or made, is no store, or is of a later version.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), open: Mutex::new(Open::new(path)?) })
    }

    /// A panic of another thread leaves no transaction open, so the connection is as good as before.
    fn opened(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}

fn refused(path: &Path, error: &rusqlite::Error) -> Error {
    Error::store(path, error.to_string())
}

/// Says what to do about a file that cannot be opened as a store.
fn unusable(path: &Path, error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, NotADatabase, PermissionDenied, ReadOnly};
    let what = match error.sqlite_error_code() {
        Some(NotADatabase) => "it is a file of something else; name another one".to_owned(),
        Some(DatabaseCorrupt) => DAMAGED.to_owned(),
        Some(CannotOpen | PermissionDenied | ReadOnly) => {
            format!("{error}; name a file in a folder where the user that gruff runs as may write and make files")
        }
        _ => error.to_string(),
    };
    Error::store(path, what)
}

fn unread(path: &Path, error: &io::Error) -> Error {
    Error::store(path, format!("it cannot be read: {error}"))
}

fn prepare(path: &Path, connection: &Connection) -> Result<()> {
    let failed = |error: rusqlite::Error| unusable(path, &error);
    connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    let (application, version) = (number("application_id").map_err(failed)?, number("user_version").map_err(failed)?);
    match (tables, application, version) {
        (0, 0, 0) => {}
        (_, APPLICATION, VERSION) => {}
        (_, APPLICATION, later) if later > VERSION => {
            return Err(Error::store(
                path,
                format!("it is of version {later}, and this gruff writes version {VERSION}; use a later gruff"),
            ));
        }
        _ => return Err(Error::store(path, "it is a database of something else; name another file")),
    }
    if path.metadata().is_ok_and(|file| file.len() <= LOOKED_THROUGH) {
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
        if found != "ok" {
            return Err(Error::store(path, DAMAGED));
        }
    }
    // An event is acknowledged only after its page of the log is on the disk.
    connection.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "full").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    if tables == 0 {
        let all = format!(
            "BEGIN EXCLUSIVE; {SCHEMA} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
        );
        connection.execute_batch(&all).map_err(failed)?;
    }
    Ok(())
}

/// Makes a store that is not there yet a file that only its owner reads; SQLite gives its companions the same rights. A
/// failure is told by opening it afterwards.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

impl Store for Sqlite {
    fn keep(&self, events: &[Event]) -> Result<bool> {
        let mut open = self.opened();
        let kept = open.keep(&self.path, events);
        open.failed = if kept.is_err() { events.to_vec() } else { Vec::new() };
        kept.map(|()| true)
    }

    fn check(&self) -> Result<()> {
        let mut open = self.opened();
        open.follow(&self.path)?;
        let failed = std::mem::take(&mut open.failed);
        let tried = open
            .connection(&self.path)
            .and_then(|connection| try_write(connection, &failed).map_err(|error| refused(&self.path, &error)));
        if tried.is_err() {
            open.failed = failed;
        }
        tried
    }

    fn notice(&self) -> Option<String> {
        self.opened().notice.take()
    }

    fn each(&self, take: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        let failed = |error: rusqlite::Error| refused(&self.path, &error);
        let mut open = self.opened();
        let connection = open.connection(&self.path)?;
        let mut events = connection
            .prepare(
                "SELECT id, at, protocol, community, subject, language, scheme, words, pieces, slots FROM event ORDER BY id",
            )
            .map_err(failed)?;
        let mut decisions =
            connection.prepare("SELECT label, value FROM decision WHERE event = ? ORDER BY label").map_err(failed)?;
        let mut rows = events.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut event = read(row).map_err(failed)?;
            let decided = decisions
                .query_map([row.get::<_, i64>(0).map_err(failed)?], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
                .map_err(failed)?;
            for pair in decided {
                let (label, value) = pair.map_err(failed)?;
                event.decisions.push((Label::new(&label)?, value));
            }
            take(event)?;
        }
        Ok(())
    }
}

/// Takes the right to write, which another program may hold. A full disk or a damaged page shows only when something gets
/// there: what could not be written is written, and deleted, so that the store is ready as soon as that can be.
fn try_write(connection: &mut Connection, failed: &[Event]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if failed.is_empty() {
        return transaction.rollback();
    }
    let last: i64 = transaction.query_row("SELECT coalesce(max(id), 0) FROM event", [], |row| row.get(0))?;
    insert(&transaction, failed)?;
    transaction.execute("DELETE FROM event WHERE id > ?", [last])?;
    transaction.commit()
}

fn write(connection: &mut Connection, events: &[Event]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    insert(&transaction, events)?;
    transaction.commit()
}

fn insert(transaction: &Transaction<'_>, events: &[Event]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO event (at, protocol, community, subject, language, scheme, words, pieces, slots) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )?;
    let mut decide = transaction.prepare("INSERT INTO decision (event, label, value) VALUES (?, ?, ?)")?;
    for Event { at, protocol, community, subject, language, decisions, features } in events {
        let ngrams = &features.ngrams;
        let slots: Vec<u8> = ngrams.families().concat().iter().flat_map(|slot| slot.to_le_bytes()).collect();
        let count = |slots: &[u32]| i64::try_from(slots.len()).unwrap_or(i64::MAX);
        let (words, pieces) = (count(ngrams.family(Family::Words)), count(ngrams.family(Family::Pieces)));
        let id: i64 = insert.query_row(
            params![at, protocol, community, subject, language, features.scheme, words, pieces, slots],
            |row| row.get(0),
        )?;
        for (label, value) in decisions {
            decide.execute(params![id, label.as_str(), value])?;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    let slots: Vec<u8> = row.get("slots")?;
    let slots: Vec<u32> =
        slots.chunks_exact(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap_or_default())).collect();
    let count = |column: &str| row.get::<_, i64>(column).map(|count| usize::try_from(count).unwrap_or(0));
    let ngrams = Ngrams::from_slots(&slots, [count("words")?, count("pieces")?]);
    Ok(Event {
        at: row.get("at")?,
        protocol: row.get("protocol")?,
        community: row.get("community")?,
        subject: row.get("subject")?,
        language: row.get("language")?,
        decisions: Vec::new(),
        features: Features { scheme: row.get("scheme")?, ngrams },
    })
}

#[cfg(test)]
mod tests;
