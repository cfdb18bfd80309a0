//! Sorting more than fits into memory: pieces of bytes by key and number, in runs in a temporary file.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

/// How many bytes are sorted in memory, and from how many the runs are merged.
const HELD: usize = 4 << 20;
/// The least that is read of a run in one go.
const LEAST: usize = 4 << 10;
const HEAD: usize = 16;

/// Pieces that are not sorted yet.
#[derive(Default)]
pub(super) struct Spill {
    bytes: Vec<u8>,
    /// Key, number, and where the piece stands in `bytes`.
    index: Vec<(u32, u64, u32, u32)>,
    file: Option<File>,
    runs: Vec<(u64, u64)>,
}

impl Spill {
    /// Adds a piece that `write` writes.
    pub(super) fn push(&mut self, key: u32, number: u64, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let from = self.bytes.len();
        write(&mut self.bytes);
        self.index.push((key, number, from as u32, self.bytes.len() as u32));
        if self.bytes.len() + self.index.len() * 24 > HELD { self.write_run() } else { Ok(()) }
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.write_sorted().map_err(|error| {
            // Otherwise it would seem to be the input that failed.
            io::Error::other(format!(
                "no temporary file could be written in {} ({error}); name a folder with room for it in TMPDIR",
                std::env::temp_dir().display()
            ))
        })
    }

    fn write_sorted(&mut self) -> io::Result<()> {
        self.index.sort_unstable();
        let mut file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        let start = file.seek(SeekFrom::End(0))?;
        let mut out = BufWriter::with_capacity(256 << 10, &mut file);
        let mut end = start;
        for (key, number, from, to) in &self.index {
            let piece = self.bytes.get(*from as usize..*to as usize).unwrap_or_default();
            out.write_all(&key.to_le_bytes())?;
            out.write_all(&number.to_le_bytes())?;
            out.write_all(&(piece.len() as u32).to_le_bytes())?;
            out.write_all(piece)?;
            end += (HEAD + piece.len()) as u64;
        }
        out.flush()?;
        drop(out);
        self.runs.push((start, end));
        self.file = Some(file);
        self.bytes.clear();
        self.bytes.shrink_to(HELD * 2);
        self.index.clear();
        Ok(())
    }

    /// Gives the pieces in order.
    pub(super) fn sorted(mut self) -> io::Result<Sorted> {
        if self.file.is_none() {
            self.index.sort_unstable();
            return Ok(Sorted::Held { bytes: self.bytes, index: self.index.into_iter() });
        }
        self.write_run()?;
        let share = (HELD / self.runs.len().max(1)).clamp(LEAST, 256 << 10);
        let mut runs: Vec<Run> =
            self.runs.iter().map(|&(at, end)| Run { at, end, share, ready: Vec::new(), used: 0 }).collect();
        let Some(mut file) = self.file else { return Err(io::ErrorKind::NotFound.into()) };
        let mut heap = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            heap.extend(run.head(&mut file)?.map(|(key, order, _)| Reverse((key, order, number))));
        }
        Ok(Sorted::Spilt { file, runs, heap })
    }
}

/// Pieces in the order of their keys and numbers.
pub(super) enum Sorted {
    Held { bytes: Vec<u8>, index: std::vec::IntoIter<(u32, u64, u32, u32)> },
    Spilt { file: File, runs: Vec<Run>, heap: BinaryHeap<Reverse<(u32, u64, usize)>> },
}

impl Sorted {
    /// Puts the next piece into `piece` and returns its key and number; `None` at the end.
    pub(super) fn next(&mut self, piece: &mut Vec<u8>) -> io::Result<Option<(u32, u64)>> {
        piece.clear();
        match self {
            Self::Held { bytes, index } => {
                let Some((key, number, from, to)) = index.next() else { return Ok(None) };
                piece.extend_from_slice(bytes.get(from as usize..to as usize).unwrap_or_default());
                Ok(Some((key, number)))
            }
            Self::Spilt { file, runs, heap } => {
                let Some(Reverse((key, number, place))) = heap.pop() else { return Ok(None) };
                let Some(run) = runs.get_mut(place) else { return Ok(None) };
                if let Some((_, _, length)) = run.head(file)? {
                    run.used += HEAD;
                    run.take(file, length, piece)?;
                }
                heap.extend(run.head(file)?.map(|(key, order, _)| Reverse((key, order, place))));
                Ok(Some((key, number)))
            }
        }
    }
}

/// A sorted part of the file, and the bytes of it that were read ahead.
pub(super) struct Run {
    at: u64,
    end: u64,
    share: usize,
    ready: Vec<u8>,
    used: usize,
}

impl Run {
    /// Key, number and length of the next piece.
    fn head(&mut self, file: &mut File) -> io::Result<Option<(u32, u64, usize)>> {
        if self.ready.len() - self.used < HEAD && !self.fill(file)? && self.ready.len() - self.used < HEAD {
            return Ok(None);
        }
        let head = self.ready.get(self.used..).and_then(|ready| ready.first_chunk::<HEAD>());
        Ok(head.map(|head| {
            let [k0, k1, k2, k3, n0, n1, n2, n3, n4, n5, n6, n7, l0, l1, l2, l3] = *head;
            (
                u32::from_le_bytes([k0, k1, k2, k3]),
                u64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]),
                u32::from_le_bytes([l0, l1, l2, l3]) as usize,
            )
        }))
    }

    fn take(&mut self, file: &mut File, length: usize, piece: &mut Vec<u8>) -> io::Result<()> {
        while piece.len() < length {
            let ready = self.ready.get(self.used..).unwrap_or_default();
            let part = ready.get(..ready.len().min(length - piece.len())).unwrap_or_default();
            piece.extend_from_slice(part);
            self.used += part.len();
            if piece.len() < length && !self.fill(file)? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    fn fill(&mut self, file: &mut File) -> io::Result<bool> {
        let length = (self.end - self.at).min(self.share as u64);
        if length == 0 {
            return Ok(false);
        }
        self.ready.drain(..self.used);
        self.used = 0;
        file.seek(SeekFrom::Start(self.at))?;
        let before = self.ready.len();
        (&mut *file).take(length).read_to_end(&mut self.ready)?;
        let read = (self.ready.len() - before) as u64;
        self.at += read;
        if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(true) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: usize, length: usize) {
        let mut spill = Spill::default();
        let key = |number: usize| (number * 7919 % 13) as u32;
        for number in 0..pieces {
            spill.push(key(number), number as u64, |out| out.extend(vec![number as u8; length + number % 5])).unwrap();
        }
        let (mut sorted, mut piece, mut seen, mut last) = (spill.sorted().unwrap(), Vec::new(), 0, (0, 0));
        while let Some(at) = sorted.next(&mut piece).unwrap() {
            assert!(seen == 0 || at > last);
            assert_eq!(at.0, key(at.1 as usize));
            assert_eq!(piece, vec![at.1 as u8; length + at.1 as usize % 5]);
            (seen, last) = (seen + 1, at);
        }
        assert_eq!(seen, pieces);
    }

    #[test]
    fn pieces_come_in_order_from_memory_and_from_the_disk() {
        check(0, 1);
        check(1000, 3);
        check(3000, 10_000);
        check(20, 3 << 20);
    }
}
