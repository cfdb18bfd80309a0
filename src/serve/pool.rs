//! Work that keeps a core busy, away from the threads that talk to clients.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// The threads that judge.
pub(super) struct Pool(ThreadPool);

/// Tells whether somebody still waits for the work.
pub(super) type Wanted<'a> = dyn Fn() -> bool + Sync + 'a;

/// The work panicked: a fault of gruff.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Panicked;

impl Pool {
    /// # Errors
    /// When the threads cannot be started.
    pub(super) fn new(threads: usize) -> io::Result<Self> {
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).thread_name(|number| format!("judge-{number}"));
        pool.build().map(Self).map_err(io::Error::other)
    }

    /// Runs `work` on the pool. Work whose caller has gone before it began is not done; work that takes long asks its
    /// argument now and then whether somebody still waits.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Wanted<'_>) -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (sender, receiver) = oneshot::channel();
        self.0.spawn(move || {
            if sender.is_closed() {
                return;
            }
            // A panic on a thread of the pool would end the process.
            if let Ok(done) = catch_unwind(AssertUnwindSafe(|| work(&|| !sender.is_closed()))) {
                // Whoever waited may have gone meanwhile.
                let _ = sender.send(done);
            }
        });
        receiver.await.map_err(|_| Panicked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn work_is_done_and_a_panic_is_an_error() {
        let pool = Pool::new(1).unwrap();
        assert_eq!(pool.run(|_| 6 * 7).await, Ok(42));
        assert_eq!(pool.run(|_| panic!("for the test")).await, Err::<(), _>(Panicked));
        assert_eq!(pool.run(|_| "still there").await, Ok("still there"));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_skipped() {
        let pool = Arc::new(Pool::new(1).unwrap());
        let (started, done) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&pool));
        let first = tokio::spawn(async move { done.run(|_| std::thread::sleep(Duration::from_millis(200))).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        let counted = Arc::clone(&started);
        let second = pool.run(move |_| counted.fetch_add(1, Ordering::SeqCst));
        assert!(tokio::time::timeout(Duration::from_millis(20), second).await.is_err());
        first.await.unwrap().unwrap();
        pool.run(|_| ()).await.unwrap();
        assert_eq!(started.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn work_is_told_when_nobody_waits_any_more() {
        let pool = Pool::new(1).unwrap();
        let endless = pool.run(|wanted| {
            while wanted() {
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        assert!(tokio::time::timeout(Duration::from_millis(20), endless).await.is_err());
        assert_eq!(
            tokio::time::timeout(Duration::from_secs(5), pool.run(|_| "free again")).await,
            Ok(Ok("free again"))
        );
    }
}
