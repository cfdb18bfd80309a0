//! Standard output and standard error: no write is taken for granted, and no message can forge another.

use super::terminal::visible;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// Standard output, buffered.
pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Tells whether standard output is a terminal.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Tells whether an error means that nobody reads the output any more, as in `gruff … | head`.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.downcast_ref::<io::Error>().is_some_and(is_closed) || of_output(error).is_some_and(is_closed)
}

/// Returns the error of the system that comes with nothing about it: everything but standard output has a name.
fn of_output(error: &anyhow::Error) -> Option<&io::Error> {
    if let Some(error) = error.downcast_ref::<csv::Error>() {
        return if let csv::ErrorKind::Io(error) = error.kind() { Some(error) } else { None };
    }
    let bare = if error.chain().len() == 1 { error.downcast_ref::<io::Error>() } else { None };
    bare.filter(|error| error.raw_os_error().is_some())
}

/// Tells standard error about one input, on one line; the rest is done.
pub(super) fn complain(error: &anyhow::Error) {
    let message = message(error);
    // Nothing can be done about a standard error that is closed.
    super::gauge::pause(|| drop(writeln!(io::stderr(), "gruff: {}", visible(message.trim_end()))));
}

/// Tells standard error, on one line, what a person may wonder about though nothing went wrong.
pub(super) fn remark(message: &str) {
    super::gauge::pause(|| drop(writeln!(io::stderr(), "gruff: {}", visible(message))));
}

/// Tells standard error why the program ends; a message may show an excerpt below its first line.
pub(super) fn fatal(error: &anyhow::Error) {
    let message = message(error);
    let lines: Vec<_> = message.trim_end().lines().map(visible).collect();
    let _ = writeln!(io::stderr(), "gruff: {}", lines.join("\n"));
}

/// Returns the error with its causes; the library's own errors name theirs themselves.
fn message(error: &anyhow::Error) -> String {
    if let Some(error) = of_output(error) {
        return format!("standard output: writing failed: {error}; what is written there is not all");
    }
    error.downcast_ref::<gruff::Error>().map_or_else(|| format!("{error:#}"), ToString::to_string)
}
