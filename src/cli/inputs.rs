//! Which inputs a command reads: paths, a list of paths, or standard input.

use super::small;
use anyhow::{Context, bail};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// The longest list of files, in bytes.
const LONGEST_LIST: u64 = 256 << 20;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Inputs {
    /// Files to read; `-` is standard input, which is also read when no path is given
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read the paths of further files from LIST, one a line; `-` is standard input
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
}

impl Inputs {
    /// Returns the paths to read, in order; files need not exist.
    pub(super) fn resolve(self) -> anyhow::Result<Vec<PathBuf>> {
        let mut paths = self.paths;
        match self.files_from {
            Some(list) if is_stdin(&list) && paths.iter().any(|path| is_stdin(path)) => {
                bail!("standard input cannot be both a list of files and an input")
            }
            Some(list) => paths.extend(listed(&read_list(&list)?)),
            None if paths.is_empty() => {
                refuse_terminal()?;
                paths.push(PathBuf::from("-"));
            }
            None => {}
        }
        if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
            bail!("standard input (`-`) can be read only once")
        }
        Ok(paths)
    }
}

/// Fails with advice when standard input is a terminal: nobody means to type comments there.
pub(super) fn refuse_terminal() -> anyhow::Result<()> {
    if io::stdin().is_terminal() {
        bail!("nothing to read: name a file, or pipe something into standard input (see --help)")
    }
    Ok(())
}

/// Tells whether a path stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read_list(list: &Path) -> anyhow::Result<Vec<u8>> {
    if is_stdin(list) {
        return small::bounded(io::stdin().lock(), LONGEST_LIST).context("standard input");
    }
    small::file(list, LONGEST_LIST).with_context(|| list.display().to_string())
}

fn listed(list: &[u8]) -> impl Iterator<Item = PathBuf> {
    list.split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .map(path_from_bytes)
}

#[cfg(unix)]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn paths(paths: &[&str], files_from: Option<&Path>) -> anyhow::Result<Vec<PathBuf>> {
        Inputs { paths: paths.iter().map(PathBuf::from).collect(), files_from: files_from.map(Path::to_owned) }
            .resolve()
    }

    #[test]
    fn a_list_adds_to_the_paths_in_order() {
        let list = tempfile::NamedTempFile::new().unwrap();
        fs::write(list.path(), "b b.html\r\n\nc.html").unwrap();
        let expected: Vec<_> = ["a.html", "b b.html", "c.html"].map(PathBuf::from).into();
        assert_eq!(paths(&["a.html"], Some(list.path())).unwrap(), expected);
        fs::write(list.path(), "").unwrap();
        assert!(paths(&[], Some(list.path())).unwrap().is_empty());
    }

    #[test]
    fn standard_input_is_read_once() {
        assert!(paths(&["-", "a", "-"], None).is_err());
        assert!(paths(&["-"], Some(Path::new("-"))).is_err());
        assert!(paths(&[], Some(Path::new("no/such/list"))).is_err());
    }
}
