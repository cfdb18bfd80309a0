//! The one error type of the library: opaque outside, a kind and a sentence inside.

use std::fmt;
use std::path::{Path, PathBuf};

/// What can go wrong while reading input, models or policies.
///
/// Its `Display` is one sentence for a person: what was wrong, where, and how to mend it. Scoring text never fails
/// once a model is loaded, so nothing on that path returns it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

/// The result of everything in this library that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Kind {
    #[error("{place}: {what}", place = Place(path.as_deref(), *line, *byte))]
    Input { path: Option<PathBuf>, line: Option<u64>, byte: Option<u64>, what: String },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("model {name}: {what}")]
    Model { name: String, what: String },
    #[error("policy {name}: {what}")]
    Policy { name: String, what: String },
    #[cfg(feature = "serve")]
    #[error("config {name}: {what}")]
    Config { name: String, what: String },
    #[cfg(feature = "serve")]
    #[error("store {}: {what}", path.display())]
    Store { path: PathBuf, what: String },
    #[error("training: {0}")]
    Training(String),
    #[error("label {0:?}: a label is 1 to 40 of a-z, 0-9 and _, and begins with a letter")]
    Label(String),
}

/// Says where in an input something stands: `file:line: byte N`.
struct Place<'a>(Option<&'a Path>, Option<u64>, Option<u64>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => write!(f, "{}", path.display())?,
            None => f.write_str("input")?,
        }
        if let Some(line) = self.1 {
            write!(f, ":{line}")?;
        }
        if let Some(byte) = self.2 {
            write!(f, ": byte {byte}")?;
        }
        Ok(())
    }
}

/// A message of the TOML reader in the words of those who write the file, on one line.
pub(crate) fn toml_in_words(message: &str) -> String {
    const WORDS: [(&str, &str); 9] = [
        (" as i128", ""),
        (" as u128", ""),
        ("expected f64", "expected a number"),
        ("expected a nonzero u32", "expected a whole number from 1"),
        ("expected usize", "expected a whole number from 0"),
        ("expected u32", "expected a whole number from 0"),
        ("expected u64", "expected a whole number from 0"),
        ("expected a map", "expected a table"),
        ("wanted string or table", "expected a text"),
    ];
    let line = message.trim().replace('\n', "; ");
    WORDS.iter().fold(line, |line, (theirs, ours)| line.replace(theirs, ours))
}

impl Error {
    /// Something in an input file is wrong. `line` counts from 1, `byte` from 0 at the start of the file.
    pub(crate) fn input(path: Option<&Path>, line: Option<u64>, byte: Option<u64>, what: impl Into<String>) -> Self {
        Kind::Input { path: path.map(Path::to_owned), line, byte, what: what.into() }.into()
    }

    /// A file could not be opened, read or written.
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Kind::Io { path: path.to_owned(), source }.into()
    }

    /// A model file was refused.
    pub(crate) fn model(name: impl Into<String>, what: impl Into<String>) -> Self {
        Kind::Model { name: name.into(), what: what.into() }.into()
    }

    /// A policy file was refused.
    pub(crate) fn policy(name: impl Into<String>, what: impl Into<String>) -> Self {
        Kind::Policy { name: name.into(), what: what.into() }.into()
    }

    /// A server's configuration was refused.
    #[cfg(feature = "serve")]
    pub(crate) fn config(name: impl Into<String>, what: impl Into<String>) -> Self {
        Kind::Config { name: name.into(), what: what.into() }.into()
    }

    /// A store of decisions cannot be used.
    #[cfg(feature = "serve")]
    pub(crate) fn store(path: &Path, what: impl Into<String>) -> Self {
        Kind::Store { path: path.to_owned(), what: what.into() }.into()
    }

    /// The training rows or parameters do not allow a model.
    pub(crate) fn training(what: impl Into<String>) -> Self {
        Kind::Training(what.into()).into()
    }

    /// A label's name is malformed.
    pub(crate) fn label(name: &str) -> Self {
        Kind::Label(name.chars().take(60).collect()).into()
    }
}
