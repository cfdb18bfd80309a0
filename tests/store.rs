//! A decision that was acknowledged outlives the process, however that ends.

use gruff::store::{Sqlite, Store};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Starts a server and returns it with its address.
fn start(store: &Path) -> (Child, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_gruff"))
        .args(["serve", "--listen", "127.0.0.1:0", "--store"])
        .arg(store)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(server.stderr.take().unwrap()).lines();
    let address = told.find_map(|line| Some(line.unwrap().split_once("http://")?.1.to_owned())).unwrap();
    // What else it tells is read, so that it can go on telling.
    thread::spawn(move || told.for_each(drop));
    (server, address)
}

/// Suggests a decision and tells whether it was acknowledged as kept.
fn suggest(address: &str, token: &str) -> bool {
    let body = format!(
        r#"{{"comment":{{"text":"You fool."}},"attributeScores":{{"INSULT":{{"summaryScore":{{"value":1}}}}}},"clientToken":"{token}"}}"#
    );
    let head = format!(
        "POST /v1alpha1/comments:suggestscore HTTP/1.1\r\nHost: gruff\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let Ok(mut socket) = TcpStream::connect(address) else { return false };
    let mut answer = String::new();
    let sent = socket.write_all((head + &body).as_bytes()).and_then(|()| socket.read_to_string(&mut answer));
    sent.is_ok() && answer.starts_with("HTTP/1.1 200") && answer.contains("x-gruff-kept: yes") && answer.contains(token)
}

fn kept(store: &Path) -> BTreeSet<String> {
    let mut tokens = BTreeSet::new();
    Sqlite::open(store)
        .unwrap()
        .each(&mut |event| {
            tokens.insert(event.subject);
            Ok(())
        })
        .unwrap();
    tokens
}

#[test]
fn acknowledged_decisions_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.sqlite");
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..3 {
        let (mut server, address) = start(&store);
        let (over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let clients: Vec<_> = (0..4)
            .map(|client| {
                let (address, over, count) = (address.clone(), Arc::clone(&over), Arc::clone(&count));
                let acknowledged = Arc::clone(&acknowledged);
                thread::spawn(move || {
                    for number in 0.. {
                        let token = format!("comment:{round}-{client}-{number}");
                        if suggest(&address, &token) {
                            acknowledged.lock().unwrap().insert(token);
                            count.fetch_add(1, Ordering::SeqCst);
                        } else if over.load(Ordering::SeqCst) {
                            break;
                        }
                    }
                })
            })
            .collect();
        while count.load(Ordering::SeqCst) < 40 {
            assert!(server.try_wait().unwrap().is_none(), "the server ended by itself");
            thread::sleep(Duration::from_millis(1));
        }
        // SIGKILL, with requests in flight.
        server.kill().unwrap();
        server.wait().unwrap();
        over.store(true, Ordering::SeqCst);
        clients.into_iter().for_each(|client| client.join().unwrap());
        let kept = kept(&store);
        let acknowledged = acknowledged.lock().unwrap();
        let lost: Vec<_> = acknowledged.difference(&kept).collect();
        assert!(lost.is_empty(), "{} of {} were lost: {lost:?}", lost.len(), acknowledged.len());
    }
}

#[test]
fn a_server_without_a_store_says_that_nothing_is_kept() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_gruff"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    let lines: Vec<String> = told.take(2).collect();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(lines.iter().any(|line| line.contains("acknowledged but not kept")), "{lines:?}");
}
