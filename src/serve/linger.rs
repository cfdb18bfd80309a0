//! Ends connections so that clients read their last answer.
//!
//! A body that is too large, or of a caller who may not ask, is answered before it was read. When the server then closes,
//! what the client goes on to send is answered by a reset, which takes the answer from it: most clients read only after
//! they have sent all. So what they still send is read and thrown away, some of it and for a while.

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// The most bytes that are thrown away.
const MOST: usize = 64 << 20;
/// How long that is done altogether.
const LONGEST: Duration = Duration::from_secs(10);
/// How long nothing may come.
const PAUSE: Duration = Duration::from_secs(2);

/// How far a connection's requests have been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<Read>);

#[derive(Debug, Default)]
struct Read {
    /// There was a request.
    asked: AtomicBool,
    /// The last one's body was not read to its end.
    unread: AtomicBool,
}

impl Progress {
    /// Notes a request, and when its body has been read to its end.
    pub(super) fn watch(&self, body: Incoming) -> Watched {
        self.0.asked.store(true, Ordering::Relaxed);
        self.0.unread.store(!body.is_end_stream(), Ordering::Relaxed);
        Watched { body, progress: self.clone() }
    }

    /// Tells whether there was a request.
    pub(super) fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    fn is_unread(&self) -> bool {
        self.0.unread.load(Ordering::Relaxed)
    }
}

/// A body whose end is noted.
#[derive(Debug)]
pub(super) struct Watched {
    body: Incoming,
    progress: Progress,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.progress.0.unread.store(false, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that throws away what still comes when it is shut down with a body unread.
pub(super) struct Lingering<S> {
    stream: S,
    progress: Progress,
    farewell: Option<Farewell>,
}

struct Farewell {
    left: usize,
    end: Pin<Box<Sleep>>,
    pause: Pin<Box<Sleep>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Lingering<S> {
    pub(super) fn new(stream: S, progress: Progress) -> Self {
        Self { stream, progress, farewell: None }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lingering<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, progress, farewell } = &mut *self;
        let farewell = match farewell {
            Some(farewell) => farewell,
            None => {
                ready!(Pin::new(&mut *stream).poll_shutdown(context))?;
                if !progress.is_unread() {
                    return Poll::Ready(Ok(()));
                }
                farewell.insert(Farewell { left: MOST, end: Box::pin(sleep(LONGEST)), pause: Box::pin(sleep(PAUSE)) })
            }
        };
        let mut bytes = [0; 8192];
        loop {
            let mut thrown = ReadBuf::new(&mut bytes);
            match Pin::new(&mut *stream).poll_read(context, &mut thrown) {
                Poll::Ready(Ok(())) => {
                    let came = thrown.filled().len();
                    farewell.left = farewell.left.saturating_sub(came);
                    if came == 0 || farewell.left == 0 {
                        return Poll::Ready(Ok(()));
                    }
                    farewell.pause.as_mut().reset(Instant::now() + PAUSE);
                }
                // The client has gone.
                Poll::Ready(Err(_)) => return Poll::Ready(Ok(())),
                Poll::Pending => break,
            }
        }
        let over = farewell.end.as_mut().poll(context).is_ready() || farewell.pause.as_mut().poll(context).is_ready();
        if over { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}
