//! Reads the bodies of requests: no longer than allowed, no slower, and all together in bounded memory.

use super::Server;
use super::problem::Problem;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use http_body_util::BodyExt;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bytes that one permit stands for.
const UNIT: usize = 1024;

/// The memory that bodies may take, of all requests together.
pub(super) struct Memory(Arc<Semaphore>);

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.div_ceil(UNIT).min(Semaphore::MAX_PERMITS))))
    }

    /// Takes memory until `held` is enough for `bytes` bytes. Totals are rounded, not what comes at a time: a body may
    /// arrive a byte at a time.
    pub(super) fn hold(&self, bytes: usize, held: &mut Option<OwnedSemaphorePermit>) -> Result<(), Problem> {
        let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(units) = bytes.div_ceil(UNIT).checked_sub(has).filter(|units| *units > 0) else { return Ok(()) };
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let more = Arc::clone(&self.0).try_acquire_many_owned(units).map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the bodies of other requests take all memory there is for them",
            )
        })?;
        match held {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        Ok(())
    }
}

/// Takes from a share what `bytes` bytes do not need.
pub(super) fn split(bytes: usize, held: &mut Option<OwnedSemaphorePermit>) -> Option<OwnedSemaphorePermit> {
    let permits = held.as_ref()?.num_permits();
    match permits.checked_sub(bytes.div_ceil(UNIT)) {
        Some(spare) if spare < permits => held.as_mut()?.split(spare),
        Some(_) => held.take(),
        None => None,
    }
}

/// A body that was read, and its share of the memory.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Server {
    /// Reads a body of at most `max_body` bytes.
    ///
    /// # Errors
    /// When it is too large, does not arrive in time or whole, or there is no memory for it.
    pub(super) async fn read(&self, body: Body) -> Result<Held, Problem> {
        // A stated length is refused before anything is read.
        if usize::try_from(body.size_hint().lower()).is_ok_and(|stated| stated > self.max_body) {
            return Err(self.too_large());
        }
        match timeout(self.timeout, self.collect(body)).await {
            Ok(read) => read,
            Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
        }
    }

    async fn collect(&self, mut body: Body) -> Result<Held, Problem> {
        let (mut first, mut rest, mut share) = (Bytes::new(), Vec::new(), None);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| {
                Problem::new(StatusCode::BAD_REQUEST, "the body did not arrive whole, or is not encoded as it says")
            })?;
            let Ok(data) = frame.into_data() else { continue };
            if first.len() + rest.len() + data.len() > self.max_body {
                return Err(self.too_large());
            }
            self.memory.hold(first.len() + rest.len() + data.len(), &mut share)?;
            // Nearly all bodies arrive in one piece, which is not copied.
            if first.is_empty() && rest.is_empty() {
                first = data;
            } else {
                rest.extend_from_slice(&std::mem::take(&mut first));
                rest.extend_from_slice(&data);
            }
        }
        let bytes = if rest.is_empty() { first } else { rest.into() };
        Ok(Held { bytes, _share: share })
    }

    fn too_large(&self) -> Problem {
        let detail = format!("the body is larger than {} bytes", self.max_body);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back() {
        let memory = Memory::new(4 * UNIT);
        let (mut one, mut other) = (None, None);
        (1..=3 * UNIT).for_each(|bytes| memory.hold(bytes, &mut one).unwrap());
        assert_eq!(memory.0.available_permits(), 1, "bytes are counted together");
        memory.hold(UNIT, &mut other).unwrap();
        assert_eq!(memory.hold(UNIT + 1, &mut other).unwrap_err().status, 503);
        drop(one);
        memory.hold(4 * UNIT, &mut other).unwrap();
        let spare = split(UNIT + 1, &mut other);
        assert_eq!((spare.map(|share| share.num_permits()), memory.0.available_permits()), (Some(2), 2));
        assert!(split(9 * UNIT, &mut other).is_none() && other.is_some());
        drop(split(0, &mut other));
        assert_eq!((other.is_none(), memory.0.available_permits()), (true, 4));
    }
}
