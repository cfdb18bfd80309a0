//! The HTTP server: judges what is posted, on threads of its own, and refuses what it cannot do in time.

mod access;
mod akismet;
mod articles;
mod body;
mod config;
mod connections;
mod dialect;
mod encoding;
mod host;
mod json;
mod judging;
mod keeper;
mod keys;
mod linger;
mod metrics;
mod moderate;
mod openai;
mod operating;
mod perspective;
mod pool;
mod problem;
mod server;
#[cfg(feature = "tls")]
mod tls;

pub use config::{Config, Tls};
pub use keys::{KeyHash, KeyTable, Scope, generate};
pub use server::Loader;

use crate::moderator::Moderator;
use access::Log;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use connections::Connections;
use problem::Problem;
use server::Server;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroUsize;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tower_http::catch_panic::CatchPanicLayer;

/// Returns a runtime for talking to clients. That takes about a third of the work of a request; the rest is the pool's.
fn runtime() -> io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut builder = match cores.div_ceil(3) {
        // One thread by itself spares the means by which several share their work.
        1 => Builder::new_current_thread(),
        several => {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(several);
            builder
        }
    };
    builder.enable_all().build()
}

/// Loads configuration, model and policy, and serves until the process is told to stop (SIGTERM or SIGINT), then answers
/// what is in flight. SIGHUP loads model, policy and keys anew.
///
/// `announce` is called with the address once connections are accepted, and with what a SIGHUP led to.
///
/// # Errors
/// When the first load fails, the address cannot be bound or is not loopback though there are no keys, certificate or
/// key are bad, or the threads cannot be started.
pub fn listen(load: Loader, announce: impl Fn(&str) + Send + Sync + 'static) -> io::Result<()> {
    let (config, moderator) = load().map_err(|what| io::Error::new(io::ErrorKind::InvalidInput, what))?;
    let address = resolved(&config)?;
    let mut server = Server::new(&config, moderator)?.reloading_by(load, !address.ip().is_loopback());
    let mut writer = None;
    if config.access_log {
        let (log, thread) = Log::new(io::stderr())?;
        (server, writer) = (server.logging_to(log), Some(thread));
    }
    // Every connection may need a file descriptor; where the system allows fewer, accepting waits.
    let _ = rlimit::increase_nofile_limit(config.max_connections as u64 + 128);
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        let server = Arc::new(server);
        let connections = Connections::new(&config, Arc::clone(&server), routes(Arc::clone(&server), config.noop))?;
        let stop = stop_signal()?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("{address} cannot be listened at: {error}")))?;
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        announce(&format!("listening at {scheme}://{}", listener.local_addr()?));
        if config.store.is_none() {
            announce("no store: decisions that sites suggest are acknowledged but not kept");
        }
        let reloads = operating::reload_on_signal(Arc::clone(&server), announce)?;
        tokio::select! {
            () = connections.serve(listener, stop) => {}
            () = reloads => {}
        }
        Ok(())
    });
    // The log ends with the server, which tasks that were given up may hold.
    drop(runtime);
    if let Some(writer) = writer {
        // It says nothing about how it ended.
        let _ = writer.join();
    }
    served
}

/// Serves at a bound listener until `stop` is done, then answers what is in flight, for as long as `config.timeout`
/// allows twice: once to read and once to judge.
///
/// # Errors
/// When the threads cannot be started, or certificate or key are bad.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    moderator: Moderator,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let server = Arc::new(Server::new(&config, moderator)?);
    let router = routes(Arc::clone(&server), config.noop);
    Connections::new(&config, server, router)?.serve(listener, stop).await;
    Ok(())
}

/// Returns the routes, for serving inside another program.
///
/// # Errors
/// When the threads that judge cannot be started.
pub fn router(config: Config, moderator: Moderator) -> io::Result<Router> {
    Ok(routes(Arc::new(Server::new(&config, moderator)?), config.noop))
}

/// Every route with what answers it; `openapi.json` describes the same ones.
type Table = Vec<(String, MethodRouter<Arc<Server>>)>;

fn table() -> Table {
    let native = [
        ("/v1/moderate", post(moderate::moderate)),
        ("/v1/articles/{id}", get(articles::get).put(articles::put).delete(articles::delete)),
        ("/v1/articles/{id}/comments", post(articles::publish)),
        ("/v1/reload", post(operating::reload)),
        ("/healthz", get(operating::health)),
        ("/readyz", get(operating::ready)),
        ("/metrics", get(operating::metrics)),
        ("/openapi.json", get(operating::openapi)),
    ];
    let native = native.map(|(path, methods)| (path.to_owned(), methods));
    native.into_iter().chain(perspective::table()).chain(openai::table()).chain(akismet::table()).collect()
}

fn routes(server: Arc<Server>, noop: bool) -> Router {
    let router = table()
        .into_iter()
        .chain(perspective::aliases())
        .fold(Router::new(), |router, (path, methods)| router.route(&path, methods));
    let router = if noop { router.route("/v1/noop", post(operating::noop)) } else { router };
    router
        .method_not_allowed_fallback(dialect::other_method)
        .fallback(dialect::unknown)
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "answering failed, which is a fault of gruff")
                .into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&server), access::note))
        .with_state(server)
}

/// Resolves the address to listen at, and refuses it when others could reach it and there are no keys.
fn resolved(config: &Config) -> io::Result<SocketAddr> {
    let address = &config.listen;
    let refused = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
    let resolved: Vec<SocketAddr> = address
        .to_socket_addrs()
        .map_err(|error| refused(format!("{address} is no address to listen at, as 127.0.0.1:8000 is: {error}")))?
        .collect();
    if config.keys.is_empty() && !resolved.iter().all(|address| address.ip().is_loopback()) {
        return Err(refused(format!(
            "{address} can be reached from other machines, so that callers need API keys: make one with `gruff serve \
             key` and put it into the configuration (--config), or listen at 127.0.0.1"
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
