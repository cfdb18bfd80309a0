//! Counts every request and writes a line about it: method, route, status, bytes of the answer, milliseconds. Neither a
//! path as it was asked for nor a query, which may hold a key.

use super::Server;
use super::host::Wrong;
use super::judging::Refusal;
use super::metrics::known;
use super::{dialect, encoding};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::Frame;
use std::io::{self, Write};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Lines that wait to be written; a log that cannot keep up loses lines instead of holding requests up.
const LINES: usize = 16_384;
/// How long lines are gathered before they are written.
const PAUSE: Duration = Duration::from_millis(50);

/// What a page of another site is told.
const FOREIGN: &str = "a web page of another site sent this: a server without keys answers programs on its own machine only; \
    give it keys";

/// A log that a thread of its own writes.
pub(super) struct Log(SyncSender<String>);

impl Log {
    /// Starts to write to `sink`. The thread ends with the log.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn new(sink: impl Write + Send + 'static) -> io::Result<(Self, JoinHandle<()>)> {
        let (sender, receiver) = sync_channel(LINES);
        let writer = std::thread::Builder::new().name("log".to_owned()).spawn(move || write(&receiver, sink))?;
        Ok((Self(sender), writer))
    }
}

fn write(lines: &Receiver<String>, mut sink: impl Write) {
    while let Ok(line) = lines.recv() {
        let mut text = line;
        text.extend(lines.try_iter().take(LINES));
        // A log that cannot be written stops nothing else.
        let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
        // While this thread sleeps, those that talk to clients need not wake it.
        std::thread::sleep(PAUSE);
    }
}

/// What a line says.
struct Entry {
    server: Arc<Server>,
    method: Method,
    route: Option<MatchedPath>,
    status: StatusCode,
    took: Duration,
}

impl Entry {
    fn write(&self, bytes: u64) {
        let Some(log) = &self.server.log else { return };
        let route = route(self.route.as_ref());
        let millis = self.took.as_secs_f64() * 1000.;
        let line = format!("{} {route} {} {bytes} {millis:.2}\n", known(&self.method), self.status.as_u16());
        if log.0.try_send(line).is_err() {
            self.server.metrics.log_lines_lost.inc();
        }
    }
}

fn route(matched: Option<&MatchedPath>) -> &str {
    matched.map_or("unknown", MatchedPath::as_str)
}

/// Lets a request through and notes how it went.
pub(super) async fn note(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let refusal = if let Some(Wrong(told)) = request.extensions().get() {
        Some(Refusal::new(StatusCode::BAD_REQUEST, *told))
    } else if !server.needs_keys() && comes_from_another_site(&method, request.headers()) {
        Some(Refusal::new(StatusCode::FORBIDDEN, FOREIGN))
    } else {
        None
    };
    let response = match refusal {
        Some(refusal) => dialect::refuse(request.uri().path(), refusal),
        None => encoding::undo(request, next).await,
    };
    let (status, took) = (response.status(), begun.elapsed());
    server.metrics.request(&method, route(matched.as_ref()), status, took);
    if server.log.is_none() {
        return response;
    }
    let entry = Entry { server, method, route: matched, status, took };
    if let Some(bytes) = response.body().size_hint().exact() {
        entry.write(bytes);
        return response;
    }
    response.map(|body| Body::new(Counted { body, bytes: 0, entry }))
}

/// Tells whether a browser sent a request on behalf of a page that is not of this machine. Without keys such a page could
/// teach the store what it likes; programs send neither `Origin` nor `Sec-Fetch-Site`. A link may be followed from anywhere.
fn comes_from_another_site(method: &Method, headers: &HeaderMap) -> bool {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|said| said == value);
    let Some(origin) = headers.get(header::ORIGIN) else {
        return says("sec-fetch-site", "cross-site") && !(method == Method::GET && says("sec-fetch-mode", "navigate"));
    };
    let host = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok()).and_then(|uri| {
        let host = uri.host()?.trim_matches(['[', ']']).to_owned();
        Some(host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()))
    });
    // An origin that cannot be read, as `null` of a sandboxed page, is not one of ours.
    host != Some(true)
}

/// A body of unknown length, whose line is written when it ends.
struct Counted {
    body: Body,
    bytes: u64,
    entry: Entry,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            self.bytes += data.len() as u64;
        }
        polled
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.entry.write(self.bytes);
    }
}
