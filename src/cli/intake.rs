//! Reads ahead: several inputs at once, handed over in their order, in batches of bounded weight.
//!
//! Every input has a lane of its own. A reader thread fills the lane of one input after the other and waits when the
//! lane holds [`LANE_WEIGHT`]; the consumer empties the lanes in the order of the inputs. Slow inputs give small batches
//! at once, fast ones full batches.

use super::gauge::Gauge;
use super::output;
use anyhow::anyhow;
use gruff::corpus::{Body, Columns, Entry, Reader};
use gruff::extract::Format;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{mem, thread, vec};

/// What one lane holds, and what one batch is filled to, in bytes of text; one entry more where that is larger.
const LANE_WEIGHT: usize = 4 << 20;
/// What an entry costs beside its text.
const ENTRY_WEIGHT: usize = 1 << 10;

/// An entry, or what is told in its place.
pub(super) type Item = Result<Entry, Told>;

/// What standard error is told, in the order of the input.
#[derive(Debug)]
pub(super) enum Told {
    /// Why something could not be read or written.
    Fault(anyhow::Error),
    /// What a person may wonder about though nothing is lost.
    Remark(String),
    /// The same, where it stands in the notes of a thread too.
    Note(String),
}

impl Told {
    /// Tells it; returns whether something is missing.
    pub(super) fn tell(&self) -> bool {
        match self {
            Self::Fault(error) => output::complain(error),
            Self::Remark(remark) | Self::Note(remark) => output::remark(remark),
        }
        matches!(self, Self::Fault(_))
    }
}

impl From<anyhow::Error> for Told {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

impl From<gruff::Error> for Told {
    fn from(error: gruff::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Says of a page or dump what its reader wondered about, and of one without comments, for which no line is written, why
/// that may be.
fn about(entry: &Entry, format: Option<Format>) -> Option<Told> {
    let Body::Thread(thread) = &entry.body else { return None };
    let path = thread.path.as_deref().unwrap_or(&entry.path);
    let notes = thread.notes.join("; ");
    match (thread.comments.is_empty(), notes.is_empty()) {
        (true, false) => Some(Told::Remark(format!("{path}: no comments: {notes}"))),
        (true, true) => {
            let how = match format {
                Some(Format::FlatText) => {
                    "; `gruff check` judges one comment, and `jq -Rc '{text: .}'` makes rows of a file with one a line"
                }
                _ => "",
            };
            Some(Told::Remark(format!("{path}: no comments were found in this{how}")))
        }
        // What is noted of rows and exports was told as it was read.
        (false, false) if entry.line.is_none() => Some(Told::Note(format!("{path}: {notes}"))),
        (false, _) => None,
    }
}

/// The consumer's end.
pub(super) struct Intake {
    lanes: Receiver<Arc<Lane>>,
    current: Option<Arc<Lane>>,
    gauge: Gauge,
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.gauge.end();
    }
}

impl Intake {
    /// Starts to read `paths`, up to `readers` of them at once.
    ///
    /// The reader threads are on their own: they may be waiting for a pipe when the program ends.
    pub(super) fn open(paths: Vec<PathBuf>, columns: Columns, readers: usize) -> Self {
        let readers = readers.min(paths.len()).max(1);
        let (announce, lanes) = sync_channel(readers);
        let tickets = Arc::new(Mutex::new((paths.into_iter(), announce)));
        let columns = Arc::new(columns);
        let gauge = Gauge::start();
        for _ in 0..readers {
            let (tickets, columns, gauge) = (Arc::clone(&tickets), Arc::clone(&columns), gauge.clone());
            thread::spawn(move || {
                while let Some((path, lane)) = next_lane(&tickets) {
                    lane.fill(&path, &columns, &gauge);
                }
            });
        }
        Self { lanes, current: None, gauge }
    }

    /// Returns the next items in order; waits for the first only. `None` at the end.
    pub(super) fn next_batch(&mut self) -> Option<Vec<Item>> {
        let (mut batch, mut weight) = (Vec::new(), 0);
        while weight < LANE_WEIGHT {
            let next_lane = || {
                if batch.is_empty() { self.lanes.recv().ok() } else { self.lanes.try_recv().ok() }
            };
            let Some(lane) = self.current.take().or_else(next_lane) else { break };
            let taken = lane.take(batch.is_empty());
            let waiting_for_more = taken.items.is_empty() && !taken.ended;
            weight += taken.weight;
            batch.extend(taken.items);
            if !taken.ended {
                self.current = Some(lane);
            }
            if waiting_for_more {
                break;
            }
        }
        (!batch.is_empty()).then_some(batch)
    }
}

/// Takes the next path and announces its lane: under one lock, so that lanes come in the order of the paths.
fn next_lane(tickets: &Mutex<(vec::IntoIter<PathBuf>, SyncSender<Arc<Lane>>)>) -> Option<(PathBuf, Arc<Lane>)> {
    let mut tickets = tickets.lock().unwrap_or_else(PoisonError::into_inner);
    let path = tickets.0.next()?;
    let lane = Arc::new(Lane::default());
    tickets.1.send(Arc::clone(&lane)).ok()?;
    Some((path, lane))
}

/// The items of one input between reader and consumer.
#[derive(Default)]
struct Lane {
    state: Mutex<Taken>,
    changed: Condvar,
}

#[derive(Default)]
struct Taken {
    items: Vec<Item>,
    weight: usize,
    /// Nothing will come after `items`.
    ended: bool,
}

impl Lane {
    fn fill(&self, path: &Path, columns: &Columns, gauge: &Gauge) {
        let read = || match Reader::open(path, columns) {
            Ok(mut entries) => {
                gauge.add(entries.progress());
                while let Some(entry) = entries.next() {
                    while let Some(remark) = entries.remark() {
                        self.push(Err(Told::Remark(remark)));
                    }
                    let about = entry.as_ref().ok().and_then(|entry| about(entry, entries.format()));
                    self.push(entry.map_err(Told::from));
                    if let Some(told) = about {
                        self.push(Err(told));
                    }
                }
                if let Some(remark) = entries.emptiness() {
                    self.push(Err(Told::Remark(remark)));
                }
            }
            Err(error) => self.push(Err(error.into())),
        };
        if catch_unwind(AssertUnwindSafe(read)).is_err() {
            self.push(Err(anyhow!("{}: reading it failed, which is a fault of gruff", path.display()).into()));
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn push(&self, item: Item) {
        let added = ENTRY_WEIGHT + item.as_ref().map_or(0, weight);
        let mut state = self.lock();
        state.weight += added;
        state.items.push(item);
        self.changed.notify_all();
        // Afterwards, so that the next one is not made before there is room for it.
        while state.weight >= LANE_WEIGHT {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes all there is; `wait` until there is something or the input has ended.
    fn take(&self, wait: bool) -> Taken {
        let mut state = self.lock();
        while wait && state.items.is_empty() && !state.ended {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let ended = state.ended;
        self.changed.notify_all();
        Taken { ended, ..mem::take(&mut *state) }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn weight(entry: &Entry) -> usize {
    match &entry.body {
        Body::Row(row) => row.text.len() + row.thread.iter().map(String::len).sum::<usize>(),
        Body::Thread(thread) => thread.comments.iter().map(|comment| ENTRY_WEIGHT + comment.text.len()).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gruff::thread::Row;

    fn row(id: usize, size: usize) -> Item {
        let row = Row { id: Some(id.to_string()), text: "x".repeat(size), ..Row::default() };
        Ok(Entry { path: "test".into(), line: None, body: Body::Row(row) })
    }

    fn ids(batch: &[Item]) -> Vec<usize> {
        let id = |item: &Item| match item {
            Ok(Entry { body: Body::Row(row), .. }) => row.id.as_deref().and_then(|id| id.parse().ok()),
            _ => None,
        };
        batch.iter().filter_map(id).collect()
    }

    /// Fills lanes from two threads while the test consumes them.
    fn intake(inputs: Vec<Vec<(usize, usize)>>) -> Intake {
        let (announce, lanes) = sync_channel(2);
        thread::spawn(move || {
            let mut fillers = Vec::new();
            for input in inputs {
                let lane = Arc::new(Lane::default());
                announce.send(Arc::clone(&lane)).unwrap();
                fillers.push(thread::spawn(move || {
                    input.into_iter().for_each(|(id, size)| lane.push(row(id, size)));
                    lane.lock().ended = true;
                    lane.changed.notify_all();
                }));
            }
            fillers.into_iter().for_each(|filler| filler.join().unwrap());
        });
        Intake { lanes, current: None, gauge: Gauge::default() }
    }

    #[test]
    fn batches_keep_the_order_and_are_bounded() {
        let inputs = vec![
            (0..3000).map(|id| (id, 5000)).collect(),
            vec![],
            (3000..3010).map(|id| (id, 1)).collect(),
            vec![(3010, 20 << 20)],
            (3011..3100).map(|id| (id, 100_000)).collect(),
        ];
        let mut intake = intake(inputs);
        let mut seen = Vec::new();
        while let Some(batch) = intake.next_batch() {
            let total: usize = batch.iter().flatten().map(weight).sum();
            assert!(total <= 2 * LANE_WEIGHT + (20 << 20) + 200_000, "{total}");
            seen.extend(ids(&batch));
        }
        assert_eq!(seen, (0..3100).collect::<Vec<_>>());
    }

    #[test]
    fn remarks_come_in_the_order_of_the_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..40).map(|at| folder.path().join(format!("{at}.jsonl"))).collect();
        for (at, path) in paths.iter().enumerate() {
            std::fs::write(path, if at % 3 == 0 { "" } else { "{\"text\":\"a\"}\n" }).unwrap();
        }
        let mut intake = Intake::open(paths.clone(), Columns::default(), 4);
        let mut seen = Vec::new();
        while let Some(batch) = intake.next_batch() {
            seen.extend(batch.into_iter().map(|item| match item {
                Ok(entry) => entry.path.to_string(),
                Err(Told::Remark(remark)) => remark.strip_suffix(": this is empty").unwrap().to_owned(),
                Err(Told::Note(note)) => panic!("{note}"),
                Err(Told::Fault(error)) => panic!("{error}"),
            }));
        }
        let expected: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn no_inputs_are_no_batches() {
        let mut intake = Intake::open(Vec::new(), Columns::default(), 2);
        assert!(intake.next_batch().is_none());
    }
}
