//! What a server is allowed to take and whom it answers: the configuration file and its defaults.

use super::keys::KeyTable;
use crate::error::{Error, Result, toml_in_words};
use crate::label::Label;
use serde::{Deserialize, Deserializer};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The configuration of a server. Its `Default` answers on loopback with the built-in model and policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a configuration of `gruff serve`")]
pub struct Config {
    /// The address to listen at.
    pub listen: String,
    /// The model file; without it the built-in model judges.
    pub model: Option<PathBuf>,
    /// The policy file; without it the built-in policy decides.
    pub policy: Option<PathBuf>,
    /// The labels to judge; empty for all.
    pub labels: Vec<Label>,
    /// How many threads judge; 0 for as many as there are cores.
    pub threads: usize,
    /// The largest request body, in bytes; of a stream, its longest line.
    pub max_body: usize,
    /// How many rows a request, or comments its thread, may have.
    pub max_rows: usize,
    /// How many requests are judged or wait for it at once; further ones are answered with 503.
    pub max_requests: usize,
    /// How many connections are open at once; further ones are answered with 503.
    pub max_connections: usize,
    /// How many bytes of bodies are held at once, of all requests together; beyond it requests are answered with 503.
    pub max_memory: usize,
    /// How many bytes the articles may take that callers have told about; the longest unused are forgotten first.
    pub articles: usize,
    /// How long reading a request's body, then judging it, and then a standstill in sending the answer may take.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How long the head of a request may take to arrive, or a connection be idle.
    #[serde(deserialize_with = "seconds")]
    pub head_timeout: Duration,
    /// How long requests are still accepted, and `/readyz` answered with 503, once the server is told to stop.
    #[serde(deserialize_with = "seconds")]
    pub drain_delay: Duration,
    /// Whether [`listen`](super::listen) writes a line about each request to standard error.
    pub access_log: bool,
    /// Whether Akismet's clients are told to throw away unseen what the policy rejects.
    pub akismet_discard: bool,
    /// The file in which suggested decisions are kept; without one they are acknowledged and not kept.
    pub store: Option<PathBuf>,
    /// Certificate and key for HTTPS.
    pub tls: Option<Tls>,
    /// Whether there is `POST /v1/noop`, which reads a body and does nothing, to compare with what is judged.
    #[serde(skip)]
    pub noop: bool,
    /// Who may ask; when empty, everybody on this machine.
    #[serde(rename = "key")]
    pub keys: Vec<KeyTable>,
}

/// Where the files for HTTPS are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with certificate and key")]
pub struct Tls {
    /// The certificate chain (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".to_owned(),
            model: None,
            policy: None,
            labels: Vec::new(),
            threads: 0,
            max_body: 4 << 20,
            max_rows: 1000,
            max_requests: 128,
            max_connections: 1024,
            max_memory: 256 << 20,
            articles: 64 << 20,
            timeout: Duration::from_secs(30),
            head_timeout: Duration::from_secs(15),
            drain_delay: Duration::ZERO,
            access_log: true,
            akismet_discard: true,
            store: None,
            tls: None,
            noop: false,
            keys: Vec::new(),
        }
    }
}

/// Threads that judge, at most.
const MOST_THREADS: usize = 1024;

impl Config {
    /// Reads a configuration file; `name` is what messages call it. What the file leaves out is as in the default.
    ///
    /// # Errors
    /// For a file that is no TOML, unknown keys, values out of range and malformed API keys, with line and column.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| {
            // The line itself is not shown: it may hold a key.
            let message = toml_in_words(error.message());
            let what = match error.span() {
                Some(span) => format!("{}: {message}", position(text, span.start)),
                None => message,
            };
            Error::config(name, what)
        })?;
        config.check().map_err(|what| Error::config(name, what))?;
        Ok(config)
    }

    /// Lets file names that are not absolute begin at `folder`, where the configuration file is.
    #[must_use]
    pub fn relative_to(mut self, folder: &Path) -> Self {
        let tls = self.tls.iter_mut().flat_map(|tls| [&mut tls.certificate, &mut tls.key]);
        for path in self.model.iter_mut().chain(&mut self.policy).chain(&mut self.store).chain(tls) {
            *path = folder.join(&*path);
        }
        self
    }

    /// Names the settings that differ from those of `started` and are looked at when a server starts only.
    pub(super) fn differences_at_start(&self, started: &Self) -> Vec<&'static str> {
        let differences = [
            ("listen", self.listen != started.listen),
            ("threads", self.threads != started.threads),
            ("max_body", self.max_body != started.max_body),
            ("max_rows", self.max_rows != started.max_rows),
            ("max_requests", self.max_requests != started.max_requests),
            ("max_connections", self.max_connections != started.max_connections),
            ("max_memory", self.max_memory != started.max_memory),
            ("articles", self.articles != started.articles),
            ("timeout", self.timeout != started.timeout),
            ("head_timeout", self.head_timeout != started.head_timeout),
            ("drain_delay", self.drain_delay != started.drain_delay),
            ("access_log", self.access_log != started.access_log),
            ("akismet_discard", self.akismet_discard != started.akismet_discard),
            ("store", self.store != started.store),
            ("tls", self.tls != started.tls),
        ];
        differences.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }

    /// Returns what is wrong with values that are each in order by themselves.
    fn check(&self) -> std::result::Result<(), String> {
        for (number, key) in self.keys.iter().enumerate() {
            if key.burst.is_some() && key.per_second.is_none() {
                return Err(format!(
                    "the key {:?} has a burst without per_second, which limits nothing; give per_second too, or leave \
                     burst out",
                    key.name
                ));
            }
            let earlier = self.keys.get(..number).unwrap_or_default();
            if earlier.iter().any(|other| other.name == key.name) {
                return Err(format!("two keys are named {:?}; give each its own name", key.name));
            }
            if earlier.iter().any(|other| other.hash == key.hash) {
                return Err(format!("the key {:?} is the key of another entry as well; make one for each", key.name));
            }
        }
        let limits = [
            ("max_body", self.max_body),
            ("max_connections", self.max_connections),
            ("max_requests", self.max_requests),
            ("max_rows", self.max_rows),
        ];
        for (name, value) in limits {
            if value == 0 {
                return Err(format!("{name} = 0 would refuse everything; leave it out for the default"));
            }
        }
        if self.threads > MOST_THREADS {
            return Err(format!("threads = {} is beyond {MOST_THREADS}; leave it out for one a core", self.threads));
        }
        if self.max_memory < self.max_body {
            return Err("max_memory is below max_body, so that the largest bodies would never be read".to_owned());
        }
        for (name, value) in [("timeout", self.timeout), ("head_timeout", self.head_timeout)] {
            if value.is_zero() {
                return Err(format!("{name} = 0 would give every request up; leave it out for the default"));
            }
        }
        Ok(())
    }
}

/// Reads whole or fractional seconds.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Duration, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a number of seconds")]
    enum Seconds {
        Whole(u32),
        Parts(f64),
    }
    match Seconds::deserialize(deserializer)? {
        Seconds::Whole(seconds) => Ok(Duration::from_secs(seconds.into())),
        Seconds::Parts(seconds) if (0. ..=f64::from(u32::MAX)).contains(&seconds) => {
            Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
        }
        Seconds::Parts(seconds) => {
            let what = format!("{seconds} is out of range: seconds are a number from 0 to {}", u32::MAX);
            Err(serde::de::Error::custom(what))
        }
    }
}

/// Says where a byte stands: line and column from 1, the column in characters.
fn position(text: &str, byte: usize) -> String {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    format!("line {}, column {}", before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn refused(text: &str) -> String {
        Config::parse("site.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_is_the_default() {
        let (empty, default) = (Config::parse("site.toml", "").unwrap(), Config::default());
        assert_eq!(format!("{empty:?}"), format!("{default:?}"));
    }

    #[test]
    fn every_key_is_read() {
        let text = format!(
            "listen = \"0.0.0.0:443\"\nmodel = \"site.gruff\"\npolicy = \"site.toml\"\nlabels = [\"insult\"]\nthreads = 2\n\
             max_body = 1000\nmax_rows = 10\nmax_requests = 5\nmax_connections = 7\nmax_memory = 5000\narticles = 99\n\
             timeout = 0.5\nhead_timeout = 5\ndrain_delay = 3\naccess_log = false\n\
             akismet_discard = false\n\
             [tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n\
             [[key]]\nname = \"coral\"\nhash = \"{HASH}\"\nscopes = [\"score\", \"learn\"]\nper_second = 50\nburst = 100\n"
        );
        let config = Config::parse("site.toml", &text).unwrap();
        assert_eq!((config.timeout, config.head_timeout), (Duration::from_millis(500), Duration::from_secs(5)));
        assert_eq!((config.keys.len(), config.threads, config.articles), (1, 2, 99));
        assert!(!config.access_log && !config.akismet_discard);
        let config = config.relative_to(Path::new("/etc/gruff"));
        assert_eq!(config.model.as_deref(), Some(Path::new("/etc/gruff/site.gruff")));
        assert_eq!(config.tls.map(|tls| tls.key).as_deref(), Some(Path::new("/etc/gruff/key.pem")));
    }

    #[test]
    fn what_a_reload_cannot_change_is_known() {
        let differences = |text: &str| Config::parse("a", text).unwrap().differences_at_start(&Config::default());
        assert_eq!(differences("model = \"m\"\npolicy = \"p\"\nlabels = [\"insult\"]"), [""; 0]);
        assert_eq!(differences("listen = \"[::1]:80\"\nstore = \"s\"\nmax_rows = 5"), ["listen", "max_rows", "store"]);
        assert_eq!(differences("[tls]\ncertificate = \"c\"\nkey = \"k\""), ["tls"]);
    }

    #[test]
    fn faults_are_told_with_their_place() {
        let key = |rest: &str| format!("[[key]]\nname = \"a\"\n{rest}");
        let cases = [
            ("lisen = \"x\"".to_owned(), "config site.toml: line 1, column 1: unknown field `lisen`, expected one of"),
            ("\nmax_rows = \"x\"".to_owned(), "line 2, column 12: invalid type"),
            ("timeout = 0".to_owned(), "timeout = 0 would"),
            ("timeout = -1".to_owned(), "line 1, column 11: -1 is out of range: seconds are a number from 0"),
            ("timeout = nan".to_owned(), "line 1, column 11: NaN is out of range"),
            ("timeout = inf".to_owned(), "line 1, column 11: inf is out of range"),
            ("max_rows = -1".to_owned(), "integer `-1`, expected a whole number from 0"),
            ("max_body = 99999999999999999999".to_owned(), "integer `99999999999999999999`, expected a whole number"),
            ("timeout = \"x\"".to_owned(), "expected a number of seconds"),
            ("max_body = 0".to_owned(), "max_body = 0 would"),
            ("max_requests = 0".to_owned(), "max_requests = 0 would"),
            ("max_rows = 0".to_owned(), "max_rows = 0 would"),
            ("max_memory = 1".to_owned(), "max_memory is below max_body"),
            ("labels = [\"No!\"]".to_owned(), "a label is"),
            (key("hash = \"gruff-secret\"\nscopes = [\"score\"]"), "line 3, column 8: a hash is"),
            (key(&format!("hash = \"{HASH}\"")), "missing field `scopes`"),
            (key(&format!("hash = \"{HASH}\"\nscopes = [\"all\"]")), "unknown variant `all`"),
            (key(&format!("hash = \"{HASH}\"\nscopes = []")), "line 4"),
            (
                key(&format!("hash = \"{HASH}\"\nscopes = [\"score\"]\nper_second = 0")),
                "line 5, column 14: invalid value: integer `0`, expected a whole number from 1",
            ),
            (
                key(&format!("hash = \"{HASH}\"\nscopes = [\"score\"]\nburst = 10")),
                "the key \"a\" has a burst without per_second",
            ),
            (format!("{0}{0}", key(&format!("hash = \"{HASH}\"\nscopes = [\"score\"]\n"))), "two keys are named \"a\""),
        ];
        for (text, told) in cases {
            let refused = refused(&text);
            assert!(refused.contains(told), "{text}\n{refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
