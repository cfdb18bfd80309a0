//! The HTTP server: judges what is posted, on threads of its own, and refuses what it cannot do in time.

mod akismet;
mod judging;
mod keeper;
mod moderate;
mod openai;
mod perspective;
mod pool;
mod problem;

use crate::moderator::Moderator;
use crate::store::{Nowhere, Sqlite, Store};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use keeper::Keeper;
use pool::Pool;
use problem::Problem;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

/// What a server is allowed to take.
#[derive(Debug, Clone)]
pub struct Config {
    /// The largest request body, in bytes.
    pub max_body: usize,
    /// How many rows a request, or comments its thread, may have.
    pub max_rows: usize,
    /// How many requests are worked on or waited for at once; further ones are answered with 503.
    pub max_requests: usize,
    /// How long reading a request's body, and then judging it, may take.
    pub timeout: Duration,
    /// How many threads judge.
    pub threads: usize,
    /// The file in which suggested decisions are kept; without one they are acknowledged and not kept.
    pub store: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self { max_body: 4 << 20, max_rows: 1000, max_requests: 128, timeout: Duration::from_secs(30), threads: 1, store: None }
    }
}

/// Serves at `address` until the process is told to stop (SIGTERM or SIGINT), then answers what is in flight.
///
/// `announce` is called with the address once connections are accepted.
///
/// # Errors
/// When the address is no loopback address, cannot be bound, or the threads cannot be started.
pub fn listen(
    address: &str,
    config: Config,
    moderator: Moderator,
    announce: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let address = loopback(address)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("{address} cannot be listened at: {error}")))?;
        announce(listener.local_addr()?);
        serve(listener, config, moderator, stop_signal()?).await
    })
}

/// Serves at a bound listener until `stop` is done, then answers what is in flight, for as long as `config.timeout`
/// allows twice: once to read and once to judge.
///
/// # Errors
/// When the threads cannot be started.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    moderator: Moderator,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let patience = config.timeout * 2;
    let router = router(config, moderator)?;
    let (stopping, stopped) = oneshot::channel();
    let stop = async move {
        stop.await;
        // The receiver is gone only when serving has ended anyway.
        let _ = stopping.send(());
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop).into_future();
    let too_late = async {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        served = serving => served,
        // A client that never finishes its request does not keep the server from stopping.
        () = too_late => Ok(()),
    }
}

/// Returns the routes, for serving inside another program.
///
/// # Errors
/// When the threads that judge cannot be started, or the store cannot be opened.
pub fn router(config: Config, moderator: Moderator) -> io::Result<Router> {
    let store: Box<dyn Store> = match &config.store {
        Some(path) => Box::new(Sqlite::open(path).map_err(io::Error::other)?),
        None => Box::new(Nowhere),
    };
    let state = Server {
        usage: akismet::Usage::default(),
        keeper: Keeper::start(store, config.max_requests, config.timeout)?,
        pool: Pool::new(config.threads)?,
        places: Arc::new(Semaphore::new(config.max_requests.min(Semaphore::MAX_PERMITS))),
        moderator,
        max_body: config.max_body,
        max_rows: config.max_rows,
        timeout: config.timeout,
    };
    Ok(Router::new()
        .route("/v1/moderate", post(moderate::moderate))
        .route("/healthz", get(|| async { "ok\n" }))
        .merge(perspective::routes())
        .merge(openai::routes())
        .merge(akismet::routes())
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path has another method, see the Allow header")
        })
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "there are POST /v1/moderate and GET /healthz") })
        .with_state(Arc::new(state)))
}

/// What all requests share.
struct Server {
    pool: Pool,
    /// One for every request that may be worked on or waited for.
    places: Arc<Semaphore>,
    moderator: Moderator,
    keeper: Keeper,
    usage: akismet::Usage,
    max_body: usize,
    max_rows: usize,
    timeout: Duration,
}

/// Resolves an address, and refuses it when others could reach it.
fn loopback(address: &str) -> io::Result<SocketAddr> {
    let refused = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
    let resolved: Vec<SocketAddr> = address
        .to_socket_addrs()
        .map_err(|error| refused(format!("{address} is no address to listen at, as 127.0.0.1:8000 is: {error}")))?
        .collect();
    if !resolved.iter().all(|address| address.ip().is_loopback()) {
        return Err(refused(format!(
            "{address} can be reached from other machines, and gruff does not yet know API keys: listen at 127.0.0.1 \
             and put a reverse proxy that checks who is asking in front of it"
        )));
    }
    resolved.first().copied().ok_or_else(|| refused(format!("{address} resolves to nothing")))
}

/// Returns a future that is done when the process is told to stop.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Returns a future that is done when the process is told to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests;
