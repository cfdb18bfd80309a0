//! Events in an SQLite file.

use super::place::{Identity, companion};
use super::{Event, Features, Store};
use crate::error::{Error, Result};
use crate::features::{Family, Ngrams};
use crate::label::Label;
use rusqlite::{Connection, Row, TransactionBehavior, params};
use std::fmt;
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

/// How often events are written again because the file has become another.
const TRIES: usize = 3;

/// A store in one file, written through to the disk before an event counts as kept.
///
/// A file that is removed or replaced while it is open is opened anew, so that what is acknowledged is in the file that is
/// there.
pub struct Sqlite {
    path: PathBuf,
    open: Mutex<Open>,
}

/// The file as it is open.
struct Open {
    /// `None` after it could not be opened anew.
    connection: Option<Connection>,
    file: Option<Identity>,
    /// The log beside it, as soon as there is one.
    log: Option<Identity>,
    notice: Option<String>,
    /// Whether what was written last could not be.
    failed: bool,
}

/// What became of the files since they were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Same,
    /// The file is another one, or none.
    Moved,
    /// Only the log is: what is in it is not in the file yet.
    LogMoved,
}

impl Open {
    fn new(path: &Path) -> Result<Self> {
        make_private(path);
        let connection = Connection::open(path).map_err(|error| refused(path, &error))?;
        prepare(path, &connection)?;
        let (file, log) = (Identity::of(path), Identity::of(&companion(path, "-wal")));
        Ok(Self { connection: Some(connection), file, log, notice: None, failed: false })
    }

    fn connection(&mut self, path: &Path) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| Error::store(path, "it is not open"))
    }

    fn place(&mut self, path: &Path) -> Place {
        let log = Identity::of(&companion(path, "-wal"));
        self.log = self.log.or(log);
        match (self.file == Identity::of(path), self.log == log) {
            (true, true) => Place::Same,
            (true, false) => Place::LogMoved,
            (false, _) => Place::Moved,
        }
    }

    /// Opens the file anew where it is not what was opened; tells whether what was written last has to be written again.
    fn follow(&mut self, path: &Path) -> Result<bool> {
        let place = if self.connection.is_some() { self.place(path) } else { Place::Moved };
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
        *self = Self { notice: Some(notice), failed: self.failed, ..Self::new(path)? };
        Ok(place == Place::Moved)
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

fn prepare(path: &Path, connection: &Connection) -> Result<()> {
    let failed = |error: rusqlite::Error| refused(path, &error);
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
        open.failed = kept.is_err();
        kept.map(|()| true)
    }

    fn check(&self) -> Result<()> {
        let mut open = self.opened();
        open.follow(&self.path)?;
        let failed = open.failed;
        try_write(open.connection(&self.path)?, failed).map_err(|error| refused(&self.path, &error))?;
        open.failed = false;
        Ok(())
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

/// Takes the right to write, which another program may hold. A full disk shows only when something gets there: after a
/// failure the version is written once more, so that the store is ready as soon as that gets there.
fn try_write(connection: &mut Connection, through: bool) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if !through {
        return transaction.rollback();
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

fn write(connection: &mut Connection, events: &[Event]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
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
    drop((insert, decide));
    transaction.commit()
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
mod tests {
    use super::*;

    fn event(text: &str) -> Event {
        let decisions = vec![(Label::new("insult").unwrap(), 1.), (Label::new("toxicity").unwrap(), 0.25)];
        Event::now("perspective", Some("example.com".into()), None, text, decisions)
    }

    fn all(store: &Sqlite) -> Vec<Event> {
        let mut found = Vec::new();
        store
            .each(&mut |event| {
                found.push(event);
                Ok(())
            })
            .unwrap();
        found
    }

    /// The event of a text as the store has it, whenever it was kept.
    #[cfg(unix)]
    fn event_at(store: &Sqlite, text: &str) -> Event {
        Event { at: all(store)[0].at, ..event(text) }
    }

    #[test]
    fn events_come_back_as_they_were_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let (first, second) = (event("You fool."), event(""));
        let store = Sqlite::open(&path).unwrap();
        assert!(store.keep(&[first.clone(), second.clone()]).unwrap());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap()) & 0o777, 0o600);
        assert_eq!(all(&store), [first.clone(), second.clone()]);
        drop(store);
        assert_eq!(all(&Sqlite::open(&path).unwrap()), [first, second]);
    }

    #[test]
    fn events_are_kept_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite")).unwrap();
        let mut twice = event("You fool.");
        twice.decisions.push(twice.decisions[0].clone());
        assert!(store.keep(&[event("a"), twice]).is_err());
        assert!(all(&store).is_empty());
    }

    #[test]
    fn every_event_is_written_through_to_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite")).unwrap();
        let pragma = |name: &str| {
            let mut open = store.opened();
            let connection = open.connection(&store.path).unwrap();
            connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap()
        };
        assert_eq!(pragma("journal_mode"), rusqlite::types::Value::Text("wal".into()));
        assert_eq!(pragma("synchronous"), rusqlite::types::Value::Integer(2));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_removed_or_replaced_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let store = Sqlite::open(&path).unwrap();
        assert!(store.keep(&[event("first")]).unwrap() && store.check().is_ok() && store.notice().is_none());
        // What is acknowledged is in the file that is there, whoever opens it.
        std::fs::remove_file(&path).unwrap();
        assert!(store.keep(&[event("second")]).unwrap());
        assert!(store.notice().unwrap().contains("removed or replaced") && store.notice().is_none());
        assert_eq!(all(&store), [event_at(&store, "second")]);
        drop(store);
        let store = Sqlite::open(&path).unwrap();
        assert_eq!(all(&store).len(), 1);
        // Another store in its place, with the log of the first still beside it.
        assert!(store.keep(&[event("third")]).unwrap());
        let other = folder.path().join("other.sqlite");
        let backup = Sqlite::open(&other).unwrap();
        assert!(backup.keep(&[event("backed up"), event("too")]).unwrap());
        drop(backup);
        std::fs::rename(&other, &path).unwrap();
        assert!(store.check().is_ok() && store.notice().is_some());
        assert!(store.keep(&[event("fourth")]).unwrap());
        assert_eq!(all(&store).len(), 3);
        // Only the log.
        std::fs::remove_file(companion(&path, "-wal")).unwrap();
        assert!(store.keep(&[event("fifth")]).unwrap());
        assert!(store.notice().unwrap().contains("its log was removed"));
        std::fs::remove_file(companion(&path, "-wal")).unwrap();
        assert!(store.check().is_ok() && store.notice().is_some());
        assert_eq!((all(&store).len(), all(&Sqlite::open(&path).unwrap()).len()), (4, 4));
        // Nothing can be there.
        std::fs::remove_dir_all(folder.path()).unwrap();
        assert!(store.check().is_err() && store.keep(&[event("sixth")]).is_err());
        std::fs::create_dir(folder.path()).unwrap();
        assert!(store.check().is_ok() && store.keep(&[event("seventh")]).unwrap());
        assert_eq!(all(&store).len(), 1);
    }

    #[test]
    fn a_store_that_another_program_holds_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let store = Sqlite::open(&path).unwrap();
        store.opened().connection(&path).unwrap().busy_timeout(Duration::ZERO).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(store.check().is_err() && store.keep(&[event("a")]).is_err());
        other.execute_batch("ROLLBACK").unwrap();
        assert!(store.check().is_ok() && store.keep(&[event("a")]).unwrap());
        assert_eq!(all(&store).len(), 1);
    }

    #[test]
    fn after_a_failure_the_store_is_ready_when_it_can_be_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let store = Sqlite::open(&path).unwrap();
        // A file that may not grow is like a full disk: there is the right to write, and no room.
        let limit = |pages: i64| {
            let mut open = store.opened();
            open.connection(&path).unwrap().pragma_update(None, "max_page_count", pages).unwrap();
        };
        limit(1);
        assert!(store.check().is_ok(), "nothing was tried yet");
        assert!(store.keep(&vec![event("a"); 100]).is_err() && store.opened().failed);
        limit(1 << 20);
        assert!(store.check().is_ok() && !store.opened().failed);
        assert!(store.keep(&[event("a")]).unwrap());
    }

    #[test]
    fn no_word_of_a_comment_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite")).unwrap();
        store.keep(&[event("An unmistakable walnut.")]).unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(memchr::memmem::find(&bytes, b"walnut").is_none());
        }
    }

    #[test]
    fn other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "these are the notes of somebody, and they are no database at all").unwrap();
        let told = |path: &Path| Sqlite::open(path).unwrap_err().to_string();
        assert!(told(&path).contains("notes.txt"), "{}", told(&path));
        let other = folder.path().join("other.sqlite");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE visitor (name TEXT)").unwrap();
        assert!(told(&other).contains("something else"), "{}", told(&other));
        let later = folder.path().join("later.sqlite");
        drop(Sqlite::open(&later).unwrap());
        Connection::open(&later).unwrap().pragma_update(None, "user_version", 9).unwrap();
        assert!(told(&later).contains("version 9"), "{}", told(&later));
        assert!(told(&folder.path().join("no/such/folder.sqlite")).contains("folder.sqlite"));
    }
}
