//! `gruff serve`: the HTTP server, and `gruff serve key`, which makes an API key for it.

use super::judging::{Judging, Threads};
use super::output;
use anyhow::Context;
use clap::ValueEnum;
use gruff::Moderator;
use gruff::serve::{Config, KeyHash, Scope, generate, listen};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Judge comments over HTTP
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    long_about = "Judge comments over HTTP.\n\n\
        POST /v1/moderate takes a row (JSON), an array of rows, {\"rows\": […]}, a thread as `gruff extract` prints it, \
        or a stream of rows (application/x-ndjson), and answers with a judgement or several; ?explain=true adds the \
        evidence, ?offsets=chars|utf16 changes the unit of offsets. PUT /v1/articles/ID tells about an article before its \
        comments come. GET /openapi.json describes all of it. SIGHUP reloads model, policy and keys; SIGTERM and SIGINT \
        stop the server once the requests in flight are answered. Neither texts nor keys are logged.\n\n\
        What is typed here goes before what the file given with --config says. Without keys in that file only this \
        machine may ask.",
    after_help = "Examples:\n  \
        gruff serve --listen 127.0.0.1:8000 --policy site.toml\n  \
        curl -s http://127.0.0.1:8000/v1/moderate -d '{\"text\": \"What an idiot.\"}'\n  \
        gruff serve key --name coral --scope score,learn >>gruff.toml"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serving: Serving,
}

#[derive(clap::Subcommand)]
enum Command {
    Key(Key),
}

/// Make an API key: the key itself is printed once, to standard error; to standard output go the lines for the
/// configuration, which hold only its hash
#[derive(clap::Args)]
struct Key {
    /// What metrics call the key
    #[arg(long, value_name = "NAME", default_value = "unnamed", value_parser = name)]
    name: String,
    /// What its holder may do, separated by commas
    #[arg(long, value_name = "SCOPE", value_delimiter = ',', default_value = "score")]
    scope: Vec<ScopeName>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ScopeName {
    /// Have comments judged, and tell about articles
    Score,
    /// Report decisions to learn from
    Learn,
    /// Reload, and read the metrics
    Admin,
}

/// A name that needs no escapes in the configuration.
fn name(typed: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if typed.is_empty() || typed.len() > 64 || !typed.chars().all(plain) {
        return Err("a name is 1 to 64 of letters, digits, `-`, `_` and `.`".to_owned());
    }
    Ok(typed.to_owned())
}

#[derive(Clone, clap::Args)]
struct Serving {
    /// Read the configuration in FILE (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to listen at; port 0 picks a free one [default: 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Refuse request bodies of more than N bytes [default: 4194304]
    #[arg(long, value_name = "N")]
    max_body: Option<usize>,
    /// Refuse requests of more than N rows, or threads of more than N comments [default: 1000]
    #[arg(long, value_name = "N")]
    max_rows: Option<usize>,
    /// Refuse requests while N others are waited for [default: 128]
    #[arg(long, value_name = "N")]
    max_requests: Option<usize>,
    /// Give a request up after N seconds [default: 30]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    timeout: Option<u64>,
    /// Keep the decisions that sites suggest in this file (SQLite; made where it is missing)
    #[arg(long, value_name = "PATH")]
    store: Option<PathBuf>,
    /// Do not write a line about each request to standard error
    #[arg(long)]
    no_access_log: bool,
    /// Answer POST /v1/noop, to measure what a request costs without judging
    #[arg(long, hide = true)]
    bench_noop: bool,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    threads: Threads,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(Command::Key(key)) = self.command {
            return key.run();
        }
        hide_texts_of_panics();
        let serving = self.serving;
        let load = Arc::new(move || serving.load().map_err(|error| format!("{error:#}")));
        listen(load, |told| {
            // A server whose standard error is closed still serves.
            let _ = writeln!(std::io::stderr(), "gruff: {told}");
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Serving {
    /// Reads the configuration, puts what was typed over it, and loads what it names.
    fn load(&self) -> anyhow::Result<(Config, Moderator)> {
        let mut config = match &self.config {
            Some(path) => {
                let name = path.display().to_string();
                let text = super::small::settings(path).with_context(|| format!("config {name}"))?;
                Config::parse(&name, &text)?.relative_to(path.parent().unwrap_or(Path::new("")))
            }
            None => Config::default(),
        };
        let moderator = self.judging.clone().or(&config).resolve_and_warn()?;
        config.listen = self.listen.clone().unwrap_or(config.listen);
        config.max_body = self.max_body.unwrap_or(config.max_body);
        config.max_memory = config.max_memory.max(config.max_body);
        config.max_rows = self.max_rows.unwrap_or(config.max_rows);
        config.max_requests = self.max_requests.unwrap_or(config.max_requests);
        config.timeout = self.timeout.map_or(config.timeout, Duration::from_secs);
        config.threads = self.threads.typed().unwrap_or(config.threads);
        config.store = self.store.clone().or(config.store);
        config.access_log &= !self.no_access_log;
        config.noop = self.bench_noop;
        Ok((config, moderator))
    }
}

impl Key {
    fn run(self) -> anyhow::Result<ExitCode> {
        let key = generate().context("the system has no random numbers")?;
        let scopes: Vec<String> = self.scope.iter().map(|scope| format!("{:?}", scope.meant().as_str())).collect();
        // Lines that are sent on to the configuration must not take the key along.
        writeln!(std::io::stderr(), "The key, for whoever asks; it is not kept anywhere:\n  {key}")
            .context("the key cannot be shown, as standard error is closed")?;
        let mut out = output::stdout();
        writeln!(
            out,
            "\n[[key]]\nname = \"{}\"\nhash = \"{}\"\nscopes = [{}]",
            self.name,
            KeyHash::of(&key),
            scopes.join(", ")
        )?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

impl ScopeName {
    fn meant(self) -> Scope {
        match self {
            Self::Score => Scope::Score,
            Self::Learn => Scope::Learn,
            Self::Admin => Scope::Admin,
        }
    }
}

/// The message of a panic may quote a comment, so only its place is logged.
fn hide_texts_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "gruff: a fault of gruff at {place}; the request was answered with 500");
    }));
}
