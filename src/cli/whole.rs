//! Files that are written whole or not at all, and never over something else than an older file of the kind.

use anyhow::{Context, bail};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// More symbolic links than this one after another are a circle.
const MOST_LINKS: usize = 40;

/// A file to be written, checked before the work that makes its bytes.
pub(super) struct Target {
    /// As it was typed, for messages.
    typed: PathBuf,
    /// Where symbolic links lead.
    path: PathBuf,
}

impl Target {
    /// Follows symbolic links and refuses what is there and no regular file.
    pub(super) fn new(typed: &Path) -> anyhow::Result<Self> {
        if typed.as_os_str() == "-" {
            bail!("`-`: a result is not written to standard output; name a file (./- where it is called so)");
        }
        if let Some(folder) = typed.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
            bail!("{}: there is no folder {}; make it first", typed.display(), folder.display());
        }
        let path = followed(typed).with_context(|| typed.display().to_string())?;
        let target = Self { typed: typed.to_owned(), path };
        target.refuse_irregular()?;
        Ok(target)
    }

    /// Refuses to be one of the files that are read.
    pub(super) fn refuse_inputs<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> anyhow::Result<()> {
        for input in inputs {
            // An input that cannot be found is told by whoever reads it.
            if fs::canonicalize(input).is_ok_and(|input| input == self.path) {
                bail!(
                    "{}: this is one of the inputs, which would be lost; write to another file",
                    self.typed.display()
                );
            }
        }
        Ok(())
    }

    /// Refuses to be the same file as another target.
    pub(super) fn refuse_same(&self, other: &Self) -> anyhow::Result<()> {
        if self.path == other.path {
            bail!("{}: two results cannot be written to one file", self.typed.display());
        }
        Ok(())
    }

    /// Writes a file of another name beside it first, so that nobody finds half of it.
    pub(super) fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        self.refuse_irregular()?;
        self.replace(bytes)
    }

    fn replace(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let (partial, file) = self.partial().with_context(|| self.typed.display().to_string())?;
        self.fill(file, bytes).and_then(|()| fs::rename(&partial, &self.path)).map_err(|error| {
            // What went wrong first is what is told.
            let _ = fs::remove_file(&partial);
            anyhow::Error::new(error).context(self.typed.display().to_string())
        })
    }

    fn fill(&self, mut file: File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)?;
        if let Ok(old) = fs::metadata(&self.path) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()
    }

    /// Makes a new file that is nobody else's.
    fn partial(&self) -> io::Result<(PathBuf, File)> {
        let mut number = 0;
        loop {
            let mut name = self.path.as_os_str().to_owned();
            name.push(format!(".{}-{number}.partial", std::process::id()));
            let partial = PathBuf::from(name);
            match OpenOptions::new().write(true).create_new(true).open(&partial) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
                opened => return opened.map(|file| (partial, file)),
            }
        }
    }

    fn refuse_irregular(&self) -> anyhow::Result<()> {
        let typed = self.typed.display();
        match fs::metadata(&self.path) {
            Ok(found) if found.is_file() => Ok(()),
            Ok(found) if found.is_dir() => bail!("{typed}: this is a directory; name a file in it"),
            Ok(_) => {
                bail!("{typed}: this is no regular file (a device or a pipe), which would be replaced; name a file")
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).with_context(|| typed.to_string()),
        }
    }
}

/// Returns where a path leads, also when nothing is there yet; its folder must be there.
fn followed(typed: &Path) -> io::Result<PathBuf> {
    let mut path = typed.to_owned();
    for _ in 0..MOST_LINKS {
        if let Ok(there) = fs::canonicalize(&path) {
            return Ok(there);
        }
        let Some(name) = path.file_name() else { break };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder)?;
        let there = folder.join(name);
        match fs::read_link(&there) {
            Ok(link) => path = folder.join(link),
            Err(_) => return Ok(there),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "this names no file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_and_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        for bytes in ["first", "second"] {
            Target::new(&path).unwrap().write(bytes.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), bytes);
        }
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn directories_inputs_and_missing_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (input, inner) = (folder.path().join("in"), folder.path().join("inner"));
        fs::write(&input, "rows").unwrap();
        fs::create_dir(&inner).unwrap();
        assert!(Target::new(&inner).is_err_and(|error| error.to_string().contains("directory")));
        assert!(
            Target::new(&folder.path().join("none/out"))
                .is_err_and(|error| error.to_string().contains("there is no folder"))
        );
        assert!(Target::new(Path::new("-")).is_err_and(|error| error.to_string().contains("standard output")));
        let roundabout = Target::new(&inner.join("../in")).unwrap();
        assert!(roundabout.refuse_inputs([input.as_path()]).is_err());
        assert!(roundabout.refuse_same(&Target::new(&input).unwrap()).is_err());
        let other = Target::new(&inner.join("in")).unwrap();
        other.refuse_inputs([input.as_path(), Path::new("no-such-file")]).unwrap();
        other.refuse_same(&roundabout).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_sockets_are_kept() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink("later", at("link")).unwrap();
        for bytes in ["first", "second"] {
            Target::new(&at("link")).unwrap().write(bytes.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("later")).unwrap(), bytes);
        }
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
        symlink("circle", at("circle")).unwrap();
        assert!(Target::new(&at("circle")).is_err());
        let _listener = UnixListener::bind(at("socket")).unwrap();
        assert!(Target::new(&at("socket")).is_err_and(|error| error.to_string().contains("no regular file")));
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let target = Target::new(&path).unwrap();
        // A file cannot be renamed over a directory.
        fs::create_dir(&path).unwrap();
        assert!(target.replace(b"bytes").is_err());
        assert_eq!(names(folder.path()), ["out"]);
    }
}
