//! What a site decided, kept on its own disk: events that a model can learn from and none that a comment can be read from.

mod event;
mod place;
mod sqlite;

pub use event::{Event, Features};
pub use sqlite::Sqlite;

use crate::error::Result;

/// A place for events.
pub trait Store: Send + Sync {
    /// Keeps events, all or none, and tells whether they were kept. Where that is `true`, they outlive the process and
    /// a loss of power.
    ///
    /// # Errors
    /// When the events could not be written; none is kept then.
    fn keep(&self, events: &[Event]) -> Result<bool>;

    /// Tells whether events could be kept now.
    ///
    /// # Errors
    /// When they could not.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Returns what its owner should know of and was not told yet.
    fn notice(&self) -> Option<String> {
        None
    }

    /// Hands every event to `take`, oldest first.
    ///
    /// # Errors
    /// When the events cannot be read, and what `take` returns.
    fn each(&self, take: &mut dyn FnMut(Event) -> Result<()>) -> Result<()>;
}

/// The store of a server that was given none: it keeps nothing and says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

impl Store for Nowhere {
    fn keep(&self, _: &[Event]) -> Result<bool> {
        Ok(false)
    }

    fn each(&self, _: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        Ok(())
    }
}
