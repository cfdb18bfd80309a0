//! `gruff serve` as an operator runs it: files that change while it runs, and what it says about them.
#![cfg(all(unix, feature = "cli", feature = "serve"))]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

fn gruff(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gruff"));
    command.args(arguments);
    command
}

fn printed_policy() -> String {
    let done = gruff(&["policy"]).output().unwrap();
    assert!(done.status.success());
    String::from_utf8(done.stdout).unwrap()
}

/// A server, and what it tells line by line.
struct Running {
    process: Child,
    address: String,
    told: Receiver<String>,
}

impl Running {
    fn start(config: &Path) -> Self {
        let mut process =
            gruff(&["serve", "--config", config.to_str().unwrap()]).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, told) = channel();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut server = Self { process, address: String::new(), told };
        let listening = server.tells("http://");
        server.address = listening.split_once("http://").unwrap().1.to_owned();
        server
    }

    /// Waits for a line that has `what` in it.
    fn tells(&self, what: &str) -> String {
        loop {
            let line = self.told.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("nothing of {what}"));
            if line.contains(what) {
                return line;
            }
        }
    }

    fn ask(&self, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: gruff\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }

    fn hang_up(&self) {
        let done = Command::new("kill").args(["-HUP", &self.process.id().to_string()]).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn score(policy: &Path, text: &str) -> Output {
    let mut process = gruff(&["score", "--policy", policy.to_str().unwrap(), "--format", "jsonl", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let row = serde_json::json!({ "text": text }).to_string() + "\n";
    // A program that refuses its policy may have ended before it reads.
    let _ = process.stdin.take().unwrap().write_all(row.as_bytes());
    process.wait_with_output().unwrap()
}

#[test]
fn the_printed_policy_is_one_that_every_command_takes() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("site.toml");
    fs::write(&policy, printed_policy()).unwrap();
    assert!(gruff(&["policy", "--policy", policy.to_str().unwrap()]).status().unwrap().success());
    let done = score(&policy, "You utter idiot, you stupid moron.");
    let judged = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && judged.contains("\"action\":\"reject\""), "{judged}");
    let config = folder.path().join("gruff.toml");
    fs::write(&config, "listen = \"127.0.0.1:0\"\npolicy = \"site.toml\"\n").unwrap();
    let server = Running::start(&config);
    let answer = server.ask("/v1/reload", "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("site.toml"), "{answer}");
    assert!(server.ask("/v1/moderate", r#"{"text":"You utter idiot, you stupid moron."}"#).contains("\"reject\""));
}

#[test]
fn a_policy_that_says_nothing_is_refused_and_the_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, config) = (folder.path().join("site.toml"), folder.path().join("gruff.toml"));
    fs::write(&policy, printed_policy()).unwrap();
    fs::write(&config, "listen = \"127.0.0.1:0\"\npolicy = \"site.toml\"\n").unwrap();
    let server = Running::start(&config);
    let cut = printed_policy().lines().take(12).collect::<Vec<_>>().join("\n");
    for nothing in ["", "\n\n", "# hold = 0.5\n# all of it is a comment\n", "[labels.toxicity]\n", &cut] {
        fs::write(&policy, nothing).unwrap();
        let answer = server.ask("/v1/reload", "");
        assert!(answer.starts_with("HTTP/1.1 422") && answer.contains("no hold, no reject and no rule"), "{answer}");
        server.hang_up();
        assert!(server.tells("reload refused").contains("no hold, no reject and no rule"));
        let done = score(&policy, "a");
        assert!(
            done.status.code() == Some(2)
                && String::from_utf8_lossy(&done.stderr).contains("no hold, no reject and no rule")
        );
    }
    assert!(server.ask("/v1/moderate", r#"{"text":"You utter idiot, you stupid moron."}"#).contains("\"reject\""));
    // Where it is meant, the file says so.
    fs::write(&policy, "approve_all = true\n").unwrap();
    assert!(server.ask("/v1/reload", "").starts_with("HTTP/1.1 200"));
    assert!(server.ask("/v1/moderate", r#"{"text":"You utter idiot, you stupid moron."}"#).contains("\"approve\""));
}

#[test]
fn what_a_reload_cannot_change_is_told_in_the_log_and_in_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gruff.toml");
    fs::write(&config, "listen = \"127.0.0.1:0\"\n").unwrap();
    let server = Running::start(&config);
    assert!(server.ask("/v1/reload", "").contains(r#""needs_restart":[]"#));
    fs::write(&config, "listen = \"127.0.0.1:1\"\nstore = \"decisions.sqlite\"\nmax_rows = 5\n").unwrap();
    let answer = server.ask("/v1/reload", "");
    assert!(answer.contains(r#""needs_restart":["listen","max_rows","store"]"#), "{answer}");
    server.hang_up();
    let line = server.tells("gruff: reloaded");
    assert!(line.ends_with("not in force until the next start, though changed: listen, max_rows, store"), "{line}");
}

#[test]
fn a_store_that_is_taken_away_is_told_and_what_follows_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (config, store) = (folder.path().join("gruff.toml"), folder.path().join("decisions.sqlite"));
    fs::write(&config, "listen = \"127.0.0.1:0\"\nstore = \"decisions.sqlite\"\n").unwrap();
    let mut server = Running::start(&config);
    let suggest = |server: &Running, token: &str| {
        let body = serde_json::json!({"comment": {"text": "You fool."}, "clientToken": token,
            "attributeScores": {"INSULT": {"summaryScore": {"value": 1}}}});
        let answer = server.ask("/v1alpha1/comments:suggestscore", &body.to_string());
        assert!(answer.contains("x-gruff-kept: yes"), "{answer}");
    };
    suggest(&server, "before");
    fs::remove_file(&store).unwrap();
    suggest(&server, "after");
    assert!(server.tells("removed or replaced").contains("decisions.sqlite"));
    // SIGKILL: what was acknowledged is in the file that is there.
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    let mut kept = Vec::new();
    let sqlite = gruff::store::Sqlite::open(&store).unwrap();
    gruff::store::Store::each(&sqlite, &mut |event| {
        kept.push(event.subject);
        Ok(())
    })
    .unwrap();
    assert_eq!(kept, ["after"]);
}
