//! What all requests share: the moderator, the keys, the pool, the limits; and how the first two are replaced.

use super::access::Log;
use super::akismet::Usage;
use super::articles::Articles;
use super::body::Memory;
use super::config::Config;
use super::keeper::Keeper;
use super::keys::{Caller, Denied, Keys, Scope, in_headers};
use super::metrics::{Levels, Metrics};
use super::pool::{Pool, Undone, Wanted};
use super::problem::Problem;
use crate::moderator::Moderator;
use crate::store::{Nowhere, Sqlite, Store};
use arc_swap::ArcSwap;
use axum::http::{HeaderMap, StatusCode};
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Reads configuration, model and policy anew; the error is a sentence.
pub type Loader = Arc<dyn Fn() -> Result<(Config, Moderator), String> + Send + Sync>;

/// What all requests share.
pub(super) struct Server {
    pub(super) pool: Pool,
    pub(super) memory: Memory,
    pub(super) articles: Articles,
    pub(super) metrics: Metrics,
    pub(super) keeper: Keeper,
    pub(super) usage: Usage,
    /// Whether Akismet's clients are told to throw away what the policy rejects.
    pub(super) akismet_discard: bool,
    /// Callers talk to this server itself by HTTPS.
    pub(super) https: bool,
    pub(super) max_body: usize,
    pub(super) max_rows: usize,
    pub(super) timeout: Duration,
    pub(super) log: Option<Log>,
    /// The configuration that the server was started with.
    started: Config,
    /// What a reload replaces, all of it or nothing.
    current: ArcSwap<Current>,
    loader: Option<Loader>,
    /// One reload at a time.
    reloading: tokio::sync::Mutex<()>,
    /// Others than this machine can reach the server, so that it must not lose its keys.
    exposed: bool,
    draining: watch::Sender<bool>,
}

/// What a reload led to.
pub(super) struct Reloaded {
    /// What is in force now.
    pub(super) told: String,
    /// The settings that have changed and take effect at the next start only.
    pub(super) needs_restart: Vec<&'static str>,
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)?;
        match self.needs_restart.as_slice() {
            [] => Ok(()),
            names => write!(f, "; not in force until the next start, though changed: {}", names.join(", ")),
        }
    }
}

struct Current {
    moderator: Moderator,
    keys: Keys,
}

impl Server {
    /// # Errors
    /// When the threads cannot be started, or the store cannot be opened.
    pub(super) fn new(config: &Config, moderator: Moderator) -> io::Result<Self> {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = if config.threads == 0 { cores() } else { config.threads };
        let keys = Keys::new(&config.keys, &Keys::default());
        let store: Box<dyn Store> = match &config.store {
            Some(path) => Box::new(Sqlite::open(path).map_err(io::Error::other)?),
            None => Box::new(Nowhere),
        };
        Ok(Self {
            pool: Pool::new(threads, config.max_requests)?,
            memory: Memory::new(config.max_memory),
            articles: Articles::new(config.articles),
            metrics: Metrics::new(),
            keeper: Keeper::start(store, config.max_requests, config.timeout)?,
            usage: Usage::default(),
            akismet_discard: config.akismet_discard,
            https: config.tls.is_some(),
            max_body: config.max_body,
            max_rows: config.max_rows,
            timeout: config.timeout,
            log: None,
            started: config.clone(),
            current: ArcSwap::from_pointee(Current { moderator, keys }),
            loader: None,
            reloading: tokio::sync::Mutex::default(),
            exposed: false,
            draining: watch::Sender::new(false),
        })
    }

    /// Lets the server reload, and says whether other machines can reach it.
    pub(super) fn reloading_by(mut self, loader: Loader, exposed: bool) -> Self {
        self.loader = Some(loader);
        self.exposed = exposed;
        self
    }

    /// Writes a line about each request.
    pub(super) fn logging_to(mut self, log: Log) -> Self {
        self.log = Some(log);
        self
    }

    /// Returns the moderator as it is now; a request keeps the one it began with.
    pub(super) fn moderator(&self) -> Moderator {
        self.current.load().moderator.clone()
    }

    /// Tells whether callers need a key.
    pub(super) fn needs_keys(&self) -> bool {
        self.current.load().keys.are_needed()
    }

    /// Lets a caller in who presents `key` and wants what `scope` allows, and counts one comment. Protocols that carry a key
    /// in a place of their own call this; [`Server::admit`] finds it in the headers.
    ///
    /// # Errors
    /// When there are keys, and this is none of them, lacks the scope, or was used too often.
    pub(super) fn admit_key(&self, key: Option<&str>, scope: Scope) -> Result<Caller, Denied> {
        self.noted(self.current.load().keys.admit(key, scope))
    }

    /// As [`Server::admit_key`], for requests of several comments: [`Server::charge`] counts them once it is known how many
    /// there are, so that whoever is to wait waits long enough for all.
    ///
    /// # Errors
    /// When there are keys, and this is none of them, or lacks the scope.
    pub(super) fn let_key_in(&self, key: Option<&str>, scope: Scope) -> Result<Caller, Denied> {
        self.noted(self.current.load().keys.let_in(key, scope))
    }

    fn noted(&self, admitted: Result<(Option<&str>, Caller), Denied>) -> Result<Caller, Denied> {
        let (name, caller) = admitted.map_err(|denied| self.denied(denied))?;
        if let Some(name) = name {
            self.metrics.admitted(name);
        }
        Ok(caller)
    }

    /// Counts the comments of a request whose caller was let in but not charged; one that has none, or is refused, counts as
    /// one.
    ///
    /// # Errors
    /// When they are more than the caller's key allows, now or at all.
    pub(super) fn charge(&self, caller: &Caller, comments: usize) -> Result<(), Problem> {
        Ok(caller.charge_request(comments).map_err(|denied| self.denied(denied))?)
    }

    fn denied(&self, denied: Denied) -> Denied {
        self.metrics.denied(denied.as_str());
        denied
    }

    /// Lets a caller in whose key is in the headers.
    ///
    /// # Errors
    /// As [`Server::admit_key`].
    pub(super) fn admit(&self, headers: &HeaderMap, scope: Scope) -> Result<Caller, Problem> {
        Ok(self.admit_key(in_headers(headers), scope)?)
    }

    /// As [`Server::let_key_in`], of a caller whose key is in the headers.
    ///
    /// # Errors
    /// As [`Server::let_key_in`].
    pub(super) fn let_in(&self, headers: &HeaderMap, scope: Scope) -> Result<Caller, Problem> {
        Ok(self.let_key_in(in_headers(headers), scope)?)
    }

    /// Does a request's work on the pool.
    ///
    /// # Errors
    /// At once when too many others are being worked on; when it takes too long or fails.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Wanted<'_>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        match timeout(self.timeout, self.pool.run(work)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(undone)) => Err(undone.into()),
            Err(_) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "judging did not end in time")),
        }
    }

    /// Refuses further work before its body is read, when it would be refused after that anyway.
    ///
    /// # Errors
    /// When too many other requests are being worked on.
    pub(super) fn has_room(&self) -> Result<(), Problem> {
        if self.pool.is_full() { Err(Undone::Full.into()) } else { Ok(()) }
    }

    /// Replaces model, policy and keys by what their files hold now; says what is in force. Requests that are being
    /// judged keep the old ones.
    ///
    /// # Errors
    /// When one of the files is bad: all stays as it was.
    pub(super) async fn reload(&self) -> Result<Reloaded, Problem> {
        let _alone = self.reloading.lock().await;
        let loaded = self.load().await;
        match &loaded {
            Ok(_) => self.metrics.reloads.inc(),
            Err(_) => self.metrics.reloads_refused.inc(),
        };
        loaded
    }

    async fn load(&self) -> Result<Reloaded, Problem> {
        let refused =
            |what: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("nothing was changed: {what}"));
        let Some(loader) = self.loader.clone() else {
            return Err(refused("this server was started without files to reload".to_owned()));
        };
        let loaded = tokio::task::spawn_blocking(move || loader()).await;
        let (config, moderator) =
            loaded.map_err(|_| refused("reading failed, which is a fault of gruff".to_owned()))?.map_err(refused)?;
        let keys = Keys::new(&config.keys, &self.current.load().keys);
        if !keys.are_needed() && (self.exposed || self.needs_keys()) {
            return Err(refused(
                "without keys everybody who can reach the server could use it; to take away all keys, start it anew"
                    .to_owned(),
            ));
        }
        let (model, policy) = (moderator.model().card().name.clone(), moderator.policy().name().to_owned());
        let told = format!("model {model}, policy {policy}, {} keys", config.keys.len());
        self.current.store(Arc::new(Current { moderator, keys }));
        Ok(Reloaded { told, needs_restart: config.differences_at_start(&self.started) })
    }

    /// Says that the server is about to stop.
    pub(super) fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Tells whether the server is about to stop.
    pub(super) fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Is done when the server is about to stop.
    pub(super) async fn drains(&self) {
        // The sender lives as long as the server.
        let _ = self.draining.subscribe().wait_for(|draining| *draining).await;
    }

    /// Returns the metrics as Prometheus reads them.
    pub(super) fn metrics_text(&self) -> String {
        let (articles, articles_bytes) = self.articles.size();
        self.metrics.text(&Levels { articles, articles_bytes, load: self.pool.load() })
    }
}

impl From<Undone> for Problem {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Full => Self::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests are being worked on"),
            Undone::Panicked => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "judging failed, which is a fault of gruff")
            }
        }
    }
}
