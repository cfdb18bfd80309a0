//! The thread that writes what is to be kept, so that nothing else waits for the disk.

use super::judging::Refusal;
use crate::store::{Event, Store};
use axum::http::StatusCode;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Events that are written to the disk at once, at most.
const TOGETHER: usize = 256;

/// What is to be done, and who waits for it.
enum Order {
    Keep(Box<Event>, oneshot::Sender<Option<bool>>),
    Check(oneshot::Sender<Option<()>>),
}

/// Hands events to the store.
pub(super) struct Keeper {
    orders: SyncSender<Order>,
    patience: Duration,
}

impl Keeper {
    /// Starts the thread. As many as `waiting` events may wait; none waits longer than `patience`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn start(store: Box<dyn Store>, waiting: usize, patience: Duration) -> io::Result<Self> {
        let (orders, received) = sync_channel(waiting);
        thread::Builder::new().name("keeper".to_owned()).spawn(move || work(&*store, &received))?;
        Ok(Self { orders, patience })
    }

    /// Keeps an event and tells whether it was kept; `false` where the server has no store.
    ///
    /// # Errors
    /// When it could not be kept, or not in time.
    pub(super) async fn keep(&self, event: Event) -> Result<bool, Refusal> {
        let (done, receiver) = oneshot::channel();
        self.ask(Order::Keep(Box::new(event), done), receiver, "the decision could not be written").await
    }

    /// Tells whether decisions could be kept now.
    ///
    /// # Errors
    /// When they could not.
    pub(super) async fn check(&self) -> Result<(), Refusal> {
        let (done, receiver) = oneshot::channel();
        self.ask(Order::Check(done), receiver, "the store of decisions cannot be written").await
    }

    async fn ask<T>(&self, order: Order, receiver: oneshot::Receiver<Option<T>>, failed: &str) -> Result<T, Refusal> {
        let unavailable = |sentence: &str| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, sentence);
        self.orders.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many decisions are waiting to be written"),
            TrySendError::Disconnected(_) => unavailable("decisions are no longer written"),
        })?;
        let done = timeout(self.patience, receiver)
            .await
            .map_err(|_| unavailable("the decision was not written in time"))?
            .ok()
            .flatten();
        done.ok_or_else(|| unavailable(failed))
    }
}

/// Writes until nobody can send any more. What has gathered while the disk was busy is written together.
fn work(store: &dyn Store, received: &Receiver<Order>) {
    while let Ok(first) = received.recv() {
        let (mut events, mut waiting, mut checking) = (Vec::new(), Vec::new(), Vec::new());
        for order in std::iter::once(first).chain(received.try_iter().take(TOGETHER - 1)) {
            match order {
                Order::Keep(event, done) => {
                    events.push(*event);
                    waiting.push(done);
                }
                Order::Check(done) => checking.push(done),
            }
        }
        // Whoever waited may have gone meanwhile.
        if !events.is_empty() {
            let kept = succeeded(store.keep(&events));
            for done in waiting {
                let _ = done.send(kept);
            }
        }
        if !checking.is_empty() {
            let sound = succeeded(store.check());
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
