//! What each stage of judging a comment costs: `cargo bench --bench stages`. `scripts/bench-stages` makes a table of it.
//!
//! CPU time of the thread is measured, so that a busy machine matters less.

mod corpus;

use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gruff::features::RowMaker;
use gruff::model::{Columns, Tally};
use gruff::text::{Language, Normalized};
use gruff::thread::Row;
use gruff::{Moderator, Scorer};
use std::hint::black_box;
use std::time::Duration;

/// CPU time of the thread that measures.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        static CLOCK: WallTime = WallTime;
        CLOCK.formatter()
    }
}

fn stages(criterion: &mut Criterion<CpuTime>) {
    for (name, comments) in [("ascii", corpus::ascii()), ("mixed", corpus::mixed())] {
        let bytes = comments.iter().map(String::len).sum::<usize>() as u64;
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(bytes)).sample_size(20);
        let mut bench = |stage: &str, mut work: Box<dyn FnMut(&str)>| {
            group.bench_function(BenchmarkId::from_parameter(stage), |bencher| {
                bencher.iter(|| comments.iter().for_each(|comment| work(black_box(comment))));
            });
        };
        let moderator = Moderator::builtin().expect("the model inside");
        let mut text = Normalized::default();
        bench("language", Box::new(|comment| _ = black_box(Language::detect(comment))));
        bench("normalise", Box::new(move |comment| text.normalize(comment)));
        let mut text = Normalized::default();
        bench(
            "normalise and segment",
            Box::new(move |comment| {
                text.normalize(comment);
                text.segment();
            }),
        );
        let mut text = Normalized::default();
        bench("text", Box::new(move |comment| text.refill(comment)));
        let (mut text, mut rows) = (Normalized::default(), RowMaker::default());
        bench(
            "text and features",
            Box::new(move |comment| {
                text.refill(comment);
                black_box(rows.make(comment, &text));
            }),
        );
        let (mut text, mut tally, mut columns) = (Normalized::default(), Tally::default(), Columns::default());
        let model = moderator.clone();
        bench(
            "text and n-gram heads",
            Box::new(move |comment| {
                text.refill(comment);
                tally.score(model.model().weights(), (comment, &text), true, &mut columns);
            }),
        );
        let mut scorer = Scorer::new(moderator.clone());
        bench("all scores", Box::new(move |comment| _ = black_box(scorer.score(comment))));
        let rows: Vec<Row> = comments.iter().map(|text| Row { text: text.clone(), ..Row::default() }).collect();
        group.bench_function(BenchmarkId::from_parameter("judgements"), |bencher| {
            bencher.iter(|| rows.iter().for_each(|row| _ = black_box(moderator.judge_row(row))));
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = stages
}
criterion_main!(benches);
