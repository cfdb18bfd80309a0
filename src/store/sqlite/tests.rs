//! What a store keeps, through whatever happens to its file.

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

#[cfg(unix)]
#[test]
fn a_file_that_is_cut_or_written_over_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Sqlite::open(&path).unwrap();
    assert!(store.keep(&[event("first")]).unwrap() && store.keep(&[event("second")]).unwrap());
    std::fs::write(&path, "").unwrap();
    assert!(store.keep(&[event("third")]).unwrap());
    assert!(store.notice().unwrap().contains("was cut") && store.notice().is_none());
    // What was acknowledged since is there for everybody, also after the process was killed.
    let copy = folder.path().join("copy.sqlite");
    std::fs::copy(&path, &copy).unwrap();
    std::fs::copy(companion(&path, "-wal"), companion(&copy, "-wal")).unwrap();
    assert_eq!((all(&store).len(), all(&Sqlite::open(&copy).unwrap()).len()), (1, 1));
    // A file that another program packs is shorter, and loses nothing.
    assert!(store.keep(&vec![event("many"); 500]).unwrap());
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert!(store.check().is_ok());
    other.execute_batch("DELETE FROM event WHERE id > 3; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(other);
    assert!(store.keep(&[event("fourth")]).unwrap());
    assert_eq!(all(&store).len(), 4);
    // Nothing is acknowledged where there is no store to be made of what is there.
    std::fs::write(&path, "x".repeat(100_000)).unwrap();
    assert!(store.keep(&[event("fifth")]).is_err() && store.check().is_err());
}

#[cfg(unix)]
#[test]
fn a_damaged_file_is_not_ready() {
    use std::os::unix::fs::FileExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Sqlite::open(&path).unwrap();
    assert!(store.keep(&vec![event("a comment of some words"); 200]).unwrap());
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // Pages that are still in memory are not read.
    store.opened().connection(&path).unwrap().execute_batch("PRAGMA shrink_memory").unwrap();
    file.write_all_at(&[0xff; 16_000], 4096).unwrap();
    assert!(store.check().is_ok(), "nothing was tried yet");
    assert!(store.keep(&[event("second")]).is_err());
    assert!(store.check().is_err() && store.check().is_err());
    drop(store);
    let told = Sqlite::open(&path).unwrap_err().to_string();
    assert!(told.contains("it is damaged; move it away"), "{told}");
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
    assert!(store.keep(&vec![event("a"); 100]).is_err() && store.opened().failed.len() == 100);
    assert!(store.check().is_err() && store.opened().failed.len() == 100);
    limit(1 << 20);
    assert!(store.check().is_ok() && store.opened().failed.is_empty());
    assert!(store.keep(&[event("a")]).unwrap());
    assert_eq!(all(&store).len(), 1, "a try leaves nothing");
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
    assert!(told(&path).contains("notes.txt: it is a file of something else; name"), "{}", told(&path));
    let other = folder.path().join("other.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE visitor (name TEXT)").unwrap();
    assert!(told(&other).contains("something else"), "{}", told(&other));
    let later = folder.path().join("later.sqlite");
    drop(Sqlite::open(&later).unwrap());
    Connection::open(&later).unwrap().pragma_update(None, "user_version", 9).unwrap();
    assert!(told(&later).contains("version 9"), "{}", told(&later));
    let nowhere = told(&folder.path().join("no/such/folder.sqlite"));
    assert!(nowhere.contains("folder.sqlite") && nowhere.contains("; name a file in a folder"), "{nowhere}");
    assert!(told(folder.path()).contains("it is no file; name one"), "{}", told(folder.path()));
}
