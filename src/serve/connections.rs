//! Accepts connections, as many as allowed, gives those up that are too slow, and ends them in order.

use super::Server;
use super::config::Config;
use super::host::Checked;
use super::linger::{Lingering, Progress};
use axum::Router;
use futures_util::FutureExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

/// The longest head of a request, in bytes; beyond it 431 is answered.
const MAX_HEAD: usize = 64 << 10;
/// The most header lines of a request.
const MAX_HEADERS: usize = 100;
/// Connections that are told at a time that there are too many.
const REFUSED_AT_ONCE: usize = 64;
/// How long a refused client may take to read why.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// How long the first head of a connection may still take once the server stops.
const LAST_HEAD: Duration = Duration::from_secs(1);
/// What a connection too many is told: HTTP, without a look at what it asks for.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
    connection: close\r\ncontent-length: 106\r\n\r\n\
    {\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"too many connections are open\"}";

/// How a server takes its connections.
pub(super) struct Connections {
    server: Arc<Server>,
    router: Router,
    places: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    head_timeout: Duration,
    timeout: Duration,
    drain_delay: Duration,
    /// Whether connections are no longer accepted.
    stopped: watch::Sender<bool>,
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsAcceptor>,
}

impl Connections {
    /// # Errors
    /// When the certificate or its key is bad.
    pub(super) fn new(config: &Config, server: Arc<Server>, router: Router) -> io::Result<Self> {
        #[cfg(not(feature = "tls"))]
        if config.tls.is_some() {
            let what =
                "this gruff was built without TLS; build it with `--features tls`, or put a proxy in front of it";
            return Err(io::Error::new(io::ErrorKind::Unsupported, what));
        }
        Ok(Self {
            server,
            router,
            places: Arc::new(Semaphore::new(config.max_connections.min(Semaphore::MAX_PERMITS))),
            refusals: Arc::new(Semaphore::new(REFUSED_AT_ONCE)),
            head_timeout: config.head_timeout,
            timeout: config.timeout,
            drain_delay: config.drain_delay,
            stopped: watch::Sender::new(false),
            #[cfg(feature = "tls")]
            tls: config.tls.as_ref().map(super::tls::acceptor).transpose()?,
        })
    }

    /// Accepts until `stop` is done, then answers what is in flight, for as long as the time-outs allow twice: once to
    /// read and once to judge.
    pub(super) async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        {
            let mut stop = pin!(async {
                stop.await;
                self.server.drain();
                sleep(self.drain_delay).await;
            });
            loop {
                tokio::select! {
                    biased;
                    () = &mut stop => break,
                    accepted = listener.accept() => self.accepted(accepted.map(|(stream, _)| stream), &graceful).await,
                }
            }
        }
        // Whoever was already connected is answered too.
        while let Some(Ok((stream, _))) = listener.accept().now_or_never() {
            self.accepted(Ok(stream), &graceful).await;
        }
        drop(listener);
        self.stopped.send_replace(true);
        // A client that never finishes its request does not keep the server from stopping.
        let _ = timeout(self.timeout * 2, graceful.shutdown()).await;
    }

    async fn accepted(&self, accepted: io::Result<TcpStream>, graceful: &GracefulShutdown) {
        let stream = match accepted {
            Ok(stream) => stream,
            Err(error) if is_of_the_client(&error) => return,
            Err(_) => {
                // No file descriptors are left: those in use may be given back soon.
                sleep(Duration::from_millis(50)).await;
                return;
            }
        };
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.refuse(stream);
            return;
        };
        // Answers are written in one piece, so that waiting for more to send only makes them late.
        let _ = stream.set_nodelay(true);
        let open = Open::new(Arc::clone(&self.server), place);
        let mut timed = TimeoutStream::new(stream);
        timed.set_write_timeout(Some(self.timeout));
        let progress = Progress::default();
        let (timed, watcher) = (Lingering::new(Box::pin(timed), progress.clone()), graceful.watcher());
        let (service, head_timeout) = (Checked::new(self.router.clone(), progress.clone()), self.head_timeout);
        let given_up = given_up(self.stopped.subscribe(), progress);
        #[cfg(feature = "tls")]
        if let Some(acceptor) = self.tls.clone() {
            let talk = async move {
                if let Ok(Ok(encrypted)) = timeout(head_timeout, acceptor.accept(timed)).await {
                    talk(encrypted, service, head_timeout, watcher, open).await;
                }
            };
            tokio::spawn(unless(talk, given_up));
            return;
        }
        tokio::spawn(unless(talk(timed, service, head_timeout, watcher, open), given_up));
    }

    fn refuse(&self, mut stream: TcpStream) {
        self.server.metrics.connections_refused.inc();
        let Ok(place) = Arc::clone(&self.refusals).try_acquire_owned() else { return };
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return;
        }
        tokio::spawn(async move {
            let _place = place;
            let told = async {
                stream.write_all(REFUSAL).await?;
                stream.shutdown().await?;
                // Closing before the client has sent all would take the answer from it.
                let mut rest = [0; 1024];
                while stream.read(&mut rest).await? > 0 {}
                io::Result::Ok(())
            };
            let _ = timeout(REFUSAL_TIME, told).await;
        });
    }
}

/// Counts an open connection.
struct Open {
    server: Arc<Server>,
    _place: OwnedSemaphorePermit,
}

impl Open {
    fn new(server: Arc<Server>, place: OwnedSemaphorePermit) -> Self {
        server.metrics.connections.inc();
        Self { server, _place: place }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.server.metrics.connections.dec();
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    service: Checked,
    head_timeout: Duration,
    watcher: Watcher,
    open: Open,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_timeout).max_buf_size(MAX_HEAD).max_headers(MAX_HEADERS);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    // What goes wrong on a connection is the client's to notice.
    let _ = watcher.watch(connection).await;
    drop(open);
}

/// Talks until the connection is given up.
async fn unless(talk: impl Future<Output = ()>, given_up: impl Future<Output = ()>) {
    tokio::select! {
        () = talk => {}
        () = given_up => {}
    }
}

/// Is done when the server stops and a connection has not come to ask anything: half a head is no request in flight.
async fn given_up(mut stopped: watch::Receiver<bool>, progress: Progress) {
    // Without a sender the server has stopped.
    let _ = stopped.wait_for(|stopped| *stopped).await;
    sleep(LAST_HEAD).await;
    if progress.is_asked() {
        std::future::pending::<()>().await;
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_is_well_formed() {
        let text = std::str::from_utf8(REFUSAL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
        assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["status"], 503);
    }
}
