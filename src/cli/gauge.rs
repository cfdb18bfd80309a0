//! A bar that tells how far long inputs were read, on a terminal.

use gruff::corpus::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Below this many bytes nobody waits long enough to wonder.
const LONG: u64 = 16 << 20;
const PERIOD: Duration = Duration::from_millis(200);

/// The one bar; messages go above it.
static BAR: LazyLock<ProgressBar> = LazyLock::new(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()));

/// Runs `tell` while the bar is out of the way.
pub(super) fn pause(tell: impl FnOnce()) {
    BAR.suspend(tell);
}

/// What is read.
#[derive(Clone, Default)]
pub(super) struct Gauge {
    inputs: Arc<Mutex<Vec<Progress>>>,
    ended: Arc<AtomicBool>,
}

impl Gauge {
    /// Begins to show what will be added, where somebody looks and no output gets in between.
    pub(super) fn start() -> Self {
        let gauge = Self::default();
        if io::stderr().is_terminal() && !io::stdout().is_terminal() {
            let shown = gauge.clone();
            thread::spawn(move || shown.show());
        }
        gauge
    }

    /// Adds an input.
    pub(super) fn add(&self, progress: Progress) {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner).push(progress);
    }

    fn show(&self) {
        let template = "{wide_bar} {bytes:>10} of {total_bytes}, {bytes_per_sec}, {eta} left";
        let mut shown = false;
        while !self.ended.load(Ordering::Relaxed) {
            thread::sleep(PERIOD);
            let (read, total) = {
                let inputs = self.inputs.lock().unwrap_or_else(PoisonError::into_inner);
                let read: u64 = inputs.iter().map(Progress::bytes_read).sum();
                (read, inputs.iter().map(|input| input.total().unwrap_or(0)).sum::<u64>())
            };
            if total < LONG || self.ended.load(Ordering::Relaxed) {
                continue;
            }
            if !std::mem::replace(&mut shown, true) {
                BAR.set_draw_target(ProgressDrawTarget::stderr());
                BAR.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            }
            BAR.set_length(total);
            BAR.set_position(read);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if !self.ended.swap(true, Ordering::Relaxed) {
            BAR.finish_and_clear();
        }
    }
}
