//! Work that keeps a core busy, away from the threads that talk to clients, and no more of it than can be done soon.
//!
//! A comment by itself is judged in microseconds, so handing it over must not cost more: a queue whose threads are woken
//! only when they sleep. Many comments of one request are spread over a rayon pool beside it.

use rayon::ThreadPoolBuilder;
use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The threads that judge, and the queue before them.
pub(super) struct Pool {
    queue: Arc<Queue>,
    wide: rayon::ThreadPool,
    /// One for every request that is worked on or waits.
    places: Arc<Semaphore>,
    size: usize,
    /// One for every piece of a stream that is worked on: half of the threads, so that however many streams there are, and
    /// however long, single requests never find more than those before them.
    streams: Arc<Semaphore>,
    most_streams: usize,
}

/// Tells whether somebody still waits for the work.
pub(super) type Wanted<'a> = dyn Fn() -> bool + Sync + 'a;

/// Why work was not done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undone {
    /// The queue is full.
    Full,
    /// The work panicked: a fault of gruff.
    Panicked,
}

impl Pool {
    /// Starts `threads` threads, for `places` pieces of work at a time, done or waited for.
    ///
    /// # Errors
    /// When the threads cannot be started.
    pub(super) fn new(threads: usize, places: usize) -> io::Result<Self> {
        let (threads, size) = (threads.max(1), places.min(Semaphore::MAX_PERMITS));
        let builder =
            ThreadPoolBuilder::new().num_threads(threads).thread_name(|number| format!("judge-many-{number}"));
        let wide = builder.build().map_err(io::Error::other)?;
        let most_streams = (threads / 2).max(1);
        let (places, streams) = (Arc::new(Semaphore::new(size)), Arc::new(Semaphore::new(most_streams)));
        let pool = Self { queue: Arc::default(), wide, places, size, streams, most_streams };
        for number in 0..threads {
            let queue = Arc::clone(&pool.queue);
            std::thread::Builder::new().name(format!("judge-{number}")).spawn(move || queue.work())?;
        }
        Ok(pool)
    }

    /// Tells whether further work would be refused.
    pub(super) fn is_full(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// Returns how many pieces of work are done or waited for.
    pub(super) fn load(&self) -> usize {
        let streams = self.most_streams.saturating_sub(self.streams.available_permits());
        self.size.saturating_sub(self.places.available_permits()) + streams
    }

    /// Lets work that is on the pool already use rayon's iterators on as many threads as the pool has.
    pub(super) fn widely<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.wide.install(work)
    }

    /// Runs `work` on the pool. Work whose caller has gone before it began is not done; work that takes long asks its
    /// argument now and then whether somebody still waits.
    ///
    /// # Errors
    /// At once when the queue is full; when the work panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Wanted<'_>) -> T + Send + 'static,
    ) -> Result<T, Undone> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Undone::Full)?;
        self.run_in(place, work).await
    }

    /// Runs a piece of a stream as [`Pool::run`] runs a request, but waits for its turn among the pieces of all streams,
    /// whose places are their own. A piece should be short: a request may have to wait for it.
    ///
    /// # Errors
    /// When the work panics.
    pub(super) async fn run_in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Wanted<'_>) -> T + Send + 'static,
    ) -> Result<T, Undone> {
        let place = Arc::clone(&self.streams).acquire_owned().await.map_err(|_| Undone::Full)?;
        self.run_in(place, work).await
    }

    async fn run_in<T: Send + 'static>(
        &self,
        place: OwnedSemaphorePermit,
        work: impl FnOnce(&Wanted<'_>) -> T + Send + 'static,
    ) -> Result<T, Undone> {
        let (sender, receiver) = oneshot::channel();
        self.queue.push(Box::new(move || {
            // A panic would end the thread.
            let done = catch_unwind(AssertUnwindSafe(|| (!sender.is_closed()).then(|| work(&|| !sender.is_closed()))));
            // The place is taken until the work is done, also when the caller has gone, and free when that is known.
            drop(place);
            if let Ok(Some(done)) = done {
                // Whoever waited may have gone meanwhile.
                let _ = sender.send(done);
            }
        }));
        receiver.await.map_err(|_| Undone::Panicked)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.state().closed = true;
        self.queue.filled.notify_all();
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// Jobs in the order in which they came.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Threads that wait, and those of them that have been told to wake up. Waking is a system call, which is saved where
    /// nobody sleeps.
    asleep: usize,
    waking: usize,
    closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) {
        let mut state = self.state();
        state.jobs.push_back(job);
        let wake = state.asleep > state.waking;
        if wake {
            state.waking += 1;
        }
        drop(state);
        if wake {
            self.filled.notify_one();
        }
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    /// Waits for a job; `None` when there will be no more.
    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state.asleep += 1;
            // A thread may wake up by itself; then it counts as one that was told to if there is one.
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
            state.waking = state.waking.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn work_is_done_and_a_panic_is_an_error() {
        let pool = Pool::new(1, 1).unwrap();
        assert_eq!(pool.run(|_| 6 * 7).await, Ok(42));
        assert_eq!(pool.run_in_turn(|_| panic!("for the test")).await, Err::<(), _>(Undone::Panicked));
        assert_eq!(pool.run_in_turn(|_| "still there").await, Ok("still there"));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_skipped() {
        let pool = Arc::new(Pool::new(1, 9).unwrap());
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
    async fn a_full_queue_refuses_at_once() {
        let pool = Arc::new(Pool::new(1, 1).unwrap());
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let busy = Arc::clone(&pool);
        let first = tokio::spawn(async move { busy.run(move |_| wait.recv()).await });
        while !pool.is_full() {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|_| ()).await, Err(Undone::Full));
        assert_eq!(pool.load(), 1);
        release.send(()).unwrap();
        assert!(first.await.unwrap().is_ok());
        assert_eq!(pool.run(|_| "done").await, Ok("done"));
    }

    #[tokio::test]
    async fn streams_leave_room_for_requests_and_take_turns() {
        let pool = Arc::new(Pool::new(2, 1).unwrap());
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let pieces: Vec<_> = (0..9)
            .map(|_| {
                let (pool, wait) = (Arc::clone(&pool), Arc::clone(&wait));
                tokio::spawn(async move { pool.run_in_turn(move |_| wait.lock().unwrap().recv()).await })
            })
            .collect();
        while pool.load() == 0 {
            tokio::task::yield_now().await;
        }
        // One of them works, and all others wait: a request finds a place, and a thread.
        for _ in 0..20 {
            assert!(!pool.is_full());
            assert_eq!(pool.run(|_| "answered").await, Ok("answered"));
        }
        (0..9).for_each(|_| release.send(()).unwrap());
        for piece in pieces {
            assert!(piece.await.unwrap().is_ok());
        }
    }

    #[tokio::test]
    async fn work_is_told_when_nobody_waits_any_more() {
        let pool = Pool::new(1, 2).unwrap();
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
