//! `gruff serve`: the HTTP server.

use super::judging::{Judging, Threads};
use gruff::serve::{Config, listen};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Judge comments over HTTP
#[derive(clap::Args)]
#[command(
    long_about = "Judge comments over HTTP.\n\n\
        POST /v1/moderate takes a row (JSON), an array of rows, {\"rows\": […]}, or a thread as `gruff extract` prints \
        it, and answers with a judgement or an array of them; ?explain=true adds the evidence, ?offsets=chars|utf16 \
        changes the unit of offsets. GET /healthz answers when the server is up. SIGTERM and SIGINT stop it once the \
        requests in flight are answered. Texts are not logged.",
    after_help = "Examples:\n  \
        gruff serve --listen 127.0.0.1:8000 --policy site.toml\n  \
        curl -s http://127.0.0.1:8000/v1/moderate -d '{\"text\": \"What an idiot.\"}'"
)]
pub(super) struct Args {
    /// The address to listen at; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: String,
    /// Refuse request bodies of more than N bytes
    #[arg(long, value_name = "N", default_value_t = Config::default().max_body)]
    max_body: usize,
    /// Refuse requests of more than N rows, or threads of more than N comments
    #[arg(long, value_name = "N", default_value_t = Config::default().max_rows)]
    max_rows: usize,
    /// Refuse requests while N others are waited for
    #[arg(long, value_name = "N", default_value_t = Config::default().max_requests)]
    max_requests: usize,
    /// Give a request up after N seconds
    #[arg(long, value_name = "N", default_value_t = Config::default().timeout.as_secs())]
    timeout: u64,
    /// Keep the decisions that sites suggest in this file (SQLite; made where it is missing)
    #[arg(long, value_name = "PATH")]
    store: Option<PathBuf>,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    threads: Threads,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config {
            max_body: self.max_body,
            max_rows: self.max_rows,
            max_requests: self.max_requests,
            timeout: Duration::from_secs(self.timeout),
            threads: self.threads.count(),
            store: self.store,
        };
        let moderator = self.judging.resolve()?;
        if config.store.is_none() {
            // A server whose standard error is closed still serves.
            let _ = writeln!(
                std::io::stderr(),
                "gruff: no --store: decisions that sites suggest are acknowledged but not kept"
            );
        }
        hide_texts_of_panics();
        let announce = |address| {
            // A server whose standard error is closed still serves.
            let _ = writeln!(std::io::stderr(), "gruff: listening at http://{address}");
        };
        listen(&self.listen, config, moderator, announce)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The message of a panic may quote a comment, so only its place is logged.
fn hide_texts_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "gruff: a fault of gruff at {place}; the request was answered with 500");
    }));
}
