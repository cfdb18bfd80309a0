//! The thread that writes what is to be kept, so that nothing else waits for the disk.

use super::judging::Refusal;
use crate::store::{Event, Store};
use axum::http::StatusCode;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Events that are written to the disk at once, at most.
const TOGETHER: usize = 256;

/// How long whoever asks whether decisions could be kept waits for one that is being written: what asks has little patience.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is to be done, and who waits for it.
enum Order {
    Keep(Box<Event>, oneshot::Sender<Option<bool>>),
    Check(oneshot::Sender<Option<()>>),
}

/// Hands events to the store.
pub(super) struct Keeper {
    orders: SyncSender<Order>,
    patience: Duration,
    busy: Busy,
}

/// Since when the store is at work; `None` while it is not.
#[derive(Debug, Clone, Default)]
struct Busy(Arc<Mutex<Option<Instant>>>);

impl Busy {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// Tells whether the store has been at one thing for too long to wait for it.
    fn is_stuck(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| since.elapsed() > PATIENCE)
    }
}

impl Keeper {
    /// Starts the thread. As many as `waiting` events may wait; none waits longer than `patience`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn start(store: Box<dyn Store>, waiting: usize, patience: Duration) -> io::Result<Self> {
        let (orders, received) = sync_channel(waiting);
        let busy = Busy::default();
        let at_work = busy.clone();
        thread::Builder::new().name("keeper".to_owned()).spawn(move || work(&*store, &received, &at_work))?;
        Ok(Self { orders, patience, busy })
    }

    /// Keeps an event and tells whether it was kept; `false` where the server has no store.
    ///
    /// # Errors
    /// When it could not be kept, or not in time.
    pub(super) async fn keep(&self, event: Event) -> Result<bool, Refusal> {
        let (done, receiver) = oneshot::channel();
        let order = Order::Keep(Box::new(event), done);
        self.ask(order, receiver, self.patience, "the decision could not be written").await
    }

    /// Tells whether decisions could be kept now. That is not so either while the store is not done with one, as another
    /// program holds the file.
    ///
    /// # Errors
    /// When they could not.
    pub(super) async fn check(&self) -> Result<(), Refusal> {
        if self.busy.is_stuck() {
            return Err(unavailable("the store of decisions is held up; end what else holds its file"));
        }
        let (done, receiver) = oneshot::channel();
        let patience = self.patience.min(PATIENCE);
        self.ask(Order::Check(done), receiver, patience, "the store of decisions cannot be written").await
    }

    async fn ask<T>(
        &self,
        order: Order,
        receiver: oneshot::Receiver<Option<T>>,
        patience: Duration,
        failed: &str,
    ) -> Result<T, Refusal> {
        self.orders.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many decisions are waiting to be written"),
            TrySendError::Disconnected(_) => unavailable("decisions are no longer written"),
        })?;
        let done = timeout(patience, receiver)
            .await
            .map_err(|_| unavailable("the decision was not written in time"))?
            .ok()
            .flatten();
        done.ok_or_else(|| unavailable(failed))
    }
}

fn unavailable(sentence: &str) -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
}

/// Writes until nobody can send any more. What has gathered while the disk was busy is written together.
fn work(store: &dyn Store, received: &Receiver<Order>, busy: &Busy) {
    while let Ok(first) = received.recv() {
        let (mut events, mut waiting, mut checking) = (Vec::new(), Vec::new(), Vec::new());
        for order in std::iter::once(first).chain(received.try_iter().take(TOGETHER - 1)) {
            match order {
                Order::Keep(event, done) => {
                    events.push(*event);
                    waiting.push(done);
                }
                // Whoever asked may have had no more patience.
                Order::Check(done) if done.is_closed() => {}
                Order::Check(done) => checking.push(done),
            }
        }
        // Whoever waited may have gone meanwhile.
        if !events.is_empty() {
            busy.set(Some(Instant::now()));
            let kept = succeeded(store.keep(&events));
            busy.set(None);
            for done in waiting {
                let _ = done.send(kept);
            }
        }
        if !checking.is_empty() {
            busy.set(Some(Instant::now()));
            let sound = succeeded(store.check());
            busy.set(None);
            for done in checking {
                let _ = done.send(sound);
            }
        }
        if let Some(notice) = store.notice() {
            tell(&notice);
        }
    }
}

fn succeeded<T>(done: crate::error::Result<T>) -> Option<T> {
    // The error names the file, never a comment.
    done.inspect_err(|error| tell(&error.to_string())).ok()
}

/// Tells the server's owner; a server whose standard error is closed still serves.
fn tell(what: &str) {
    let _ = writeln!(io::stderr(), "gruff: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Result};
    use crate::store::Nowhere;
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    fn event() -> Event {
        Event::now("test", None, None, "text", Vec::new())
    }

    #[derive(Default, Clone)]
    struct Slow(Arc<Mutex<Vec<usize>>>);

    impl Store for Slow {
        fn keep(&self, events: &[Event]) -> Result<bool> {
            thread::sleep(Duration::from_millis(50));
            self.0.lock().unwrap().push(events.len());
            Ok(true)
        }

        fn each(&self, _: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
            Ok(())
        }
    }

    struct Broken;

    impl Store for Broken {
        fn keep(&self, _: &[Event]) -> Result<bool> {
            Err(Error::store(Path::new("broken"), "for the test"))
        }

        fn check(&self) -> Result<()> {
            Err(Error::store(Path::new("broken"), "for the test"))
        }

        fn each(&self, _: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
            Ok(())
        }
    }

    /// A store that another program holds until the test lets go.
    struct Held(Mutex<Receiver<()>>);

    impl Store for Held {
        fn keep(&self, _: &[Event]) -> Result<bool> {
            let _ = self.0.lock().unwrap().recv();
            Ok(true)
        }

        fn each(&self, _: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn whoever_asks_does_not_wait_for_what_is_held_up() {
        let (let_go, held) = sync_channel(1);
        let keeper = Keeper::start(Box::new(Held(Mutex::new(held))), 8, Duration::from_secs(60)).unwrap();
        let asking = async {
            // At first it is a moment's patience, then none.
            assert_eq!(keeper.check().await.unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
            while !keeper.busy.is_stuck() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(keeper.check().await.unwrap_err().sentence.contains("held up"));
            let_go.send(()).unwrap();
        };
        assert_eq!(tokio::join!(keeper.keep(event()), asking).0, Ok(true));
        assert_eq!(keeper.check().await, Ok(()));
    }

    #[tokio::test]
    async fn what_waits_is_written_together() {
        let slow = Slow::default();
        let keeper = Keeper::start(Box::new(slow.clone()), 8, Duration::from_secs(10)).unwrap();
        let kept = tokio::join!(keeper.keep(event()), keeper.keep(event()), keeper.keep(event()), keeper.keep(event()));
        assert_eq!(kept, (Ok(true), Ok(true), Ok(true), Ok(true)));
        let sizes = slow.0.lock().unwrap().clone();
        assert!(sizes.iter().sum::<usize>() == 4 && sizes.len() < 4, "{sizes:?}");
    }

    #[tokio::test]
    async fn what_is_not_written_is_not_acknowledged() {
        let keeper = Keeper::start(Box::new(Broken), 8, Duration::from_secs(10)).unwrap();
        assert_eq!(keeper.keep(event()).await.unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(keeper.check().await.unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        let full = Keeper::start(Box::new(Slow::default()), 0, Duration::from_millis(1)).unwrap();
        assert_eq!(full.keep(event()).await.unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        let none = Keeper::start(Box::new(Nowhere), 8, Duration::from_secs(10)).unwrap();
        assert_eq!((none.keep(event()).await, none.check().await), (Ok(false), Ok(())));
    }
}
