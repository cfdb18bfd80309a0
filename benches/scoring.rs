//! Library scoring of all labels on one core: MB/s, cost and allocations of each stage.
//!
//! `cargo bench --bench scoring -- [FILE…]` reads the comments of `training-data/`, plain and dressed, or of files of rows.
//! `scripts/bench-score` runs it beside fastText.

mod corpus;

use cpu_time::ThreadTime;
use gruff::features::RowMaker;
use gruff::model::{Columns, Tally};
use gruff::text::{Language, Normalized};
use gruff::thread::Row;
use gruff::{Moderator, Scorer};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes that one measurement goes through at least.
const LEAST: usize = 8 << 20;
/// Measurements, in CPU time; the fastest counts, because a busy machine only slows down.
const RUNS: usize = 9;

fn main() {
    // cargo itself passes --bench.
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let moderator = Moderator::builtin().expect("the model inside");
    println!("{} labels, one thread, fastest of {RUNS}", moderator.labels().len());
    if files.is_empty() {
        measure("ascii", &corpus::ascii(), &moderator);
        measure("mixed", &corpus::mixed(), &moderator);
    }
    for file in &files {
        measure(file, &corpus::texts(&[file]), &moderator);
    }
}

fn measure(name: &str, comments: &[String], moderator: &Moderator) {
    let bytes = comments.iter().map(String::len).sum::<usize>();
    let shown = name.rsplit('/').next().unwrap_or(name);
    println!("\n{shown}: {} comments, {:.0} bytes each", comments.len(), bytes as f64 / comments.len() as f64);
    println!("{:<34}{:>9}{:>14}{:>14}{:>14}", "up to this stage", "MB/s", "ns a byte", "allocations", "bytes");
    let mut text = Normalized::default();
    line("normalise", comments, bytes, |comment| text.normalize(comment));
    line("+ segment", comments, bytes, |comment| {
        text.normalize(comment);
        text.segment();
    });
    line("+ evasion views", comments, bytes, |comment| text.refill(comment));
    let mut rows = RowMaker::default();
    line("+ features", comments, bytes, |comment| {
        text.refill(comment);
        black_box(rows.make(comment, &text));
    });
    let (mut tally, mut columns) = (Tally::default(), Columns::default());
    line("text and n-gram heads", comments, bytes, |comment| {
        text.refill(comment);
        tally.score(moderator.model().weights(), (comment, &text), true, &mut columns);
    });
    line("language alone", comments, bytes, |comment| _ = black_box(Language::detect(comment)));
    let mut scorer = Scorer::new(moderator.clone());
    line("all scores (Scorer)", comments, bytes, |comment| _ = black_box(scorer.score(comment)));
    let rows: Vec<Row> = comments.iter().map(|text| Row { text: text.clone(), ..Row::default() }).collect();
    let mut next = rows.iter().cycle();
    line("judgements (judge_row)", comments, bytes, |_| _ = black_box(next.next().map(|row| moderator.judge_row(row))));
}

/// Measures work on all comments and prints its speed and what it allocates a comment once it is warm.
fn line(name: &str, comments: &[String], bytes: usize, mut work: impl FnMut(&str)) {
    let mut pass = || comments.iter().for_each(|comment| work(black_box(comment)));
    pass();
    let region = Region::new(ALLOCATOR);
    pass();
    let change = region.change();
    let passes = LEAST.div_ceil(bytes);
    let mut fastest = f64::INFINITY;
    for _ in 0..RUNS {
        let start = ThreadTime::now();
        (0..passes).for_each(|_| pass());
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    let size = (bytes * passes) as f64;
    let count = comments.len() as f64;
    println!(
        "{name:<34}{:>9.1}{:>14.1}{:>14.3}{:>14.1}",
        size / 1e6 / fastest,
        fastest * 1e9 / size,
        (change.allocations + change.reallocations) as f64 / count,
        change.bytes_allocated as f64 / count,
    );
}
