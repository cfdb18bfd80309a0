//! What judges: model, policy and labels as they were typed, and the moderator they mean.

use anyhow::{Context, bail};
use gruff::span::OffsetUnit;
use gruff::{Label, Moderator, policy::Policy};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// What was typed.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Judging")]
pub(super) struct Judging {
    /// Judge only these labels, separated by commas; what the policy says of others is then without effect
    #[arg(long, value_name = "LABEL", value_delimiter = ',', value_parser = Label::new)]
    labels: Vec<Label>,
    /// Use the model in FILE instead of the built-in one
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Decide by the policy in FILE (TOML) instead of the built-in one
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Judging {
    /// Tells whether a policy was named.
    pub(super) fn has_policy(&self) -> bool {
        self.policy.is_some()
    }

    /// Tells whether labels or a model were named.
    pub(super) fn has_labels_or_model(&self) -> bool {
        !self.labels.is_empty() || self.model.is_some()
    }

    /// The files that were named.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.model.as_deref().into_iter().chain(self.policy.as_deref())
    }

    /// Loads another model, `builtin` or a file, to judge under the same policy what it knows of the same labels.
    pub(super) fn other(&self, model: &Path) -> anyhow::Result<Moderator> {
        super::small::refuse_folder(model)?;
        let mut other = if model.as_os_str() == "builtin" { Moderator::builtin()? } else { Moderator::open(model)? };
        if let Some(path) = &self.policy {
            other = other.with_policy(read_policy(path)?)?;
        }
        let shared: Vec<Label> = self.labels.iter().filter(|label| other.labels().contains(label)).cloned().collect();
        Ok(if shared.is_empty() { other } else { other.with_labels(&shared)? })
    }

    /// Takes from a configuration what was not typed.
    #[cfg(feature = "serve")]
    pub(super) fn or(self, config: &gruff::serve::Config) -> Self {
        Self {
            labels: if self.labels.is_empty() { config.labels.clone() } else { self.labels },
            model: self.model.or_else(|| config.model.clone()),
            policy: self.policy.or_else(|| config.policy.clone()),
        }
    }

    /// Loads what was named and fits it together.
    pub(super) fn resolve(self) -> anyhow::Result<Moderator> {
        let mut moderator = match &self.model {
            Some(path) => {
                super::small::refuse_folder(path)?;
                Moderator::open(path)?
            }
            None => Moderator::builtin()?,
        };
        if let Some(path) = &self.policy {
            moderator = moderator.with_policy(read_policy(path)?)?;
        }
        Ok(if self.labels.is_empty() { moderator } else { moderator.with_labels(&self.labels)? })
    }

    /// Does the same, and tells standard error which labels the policy would act on that are not judged.
    pub(super) fn resolve_and_warn(self) -> anyhow::Result<Moderator> {
        let moderator = self.resolve()?;
        let known = moderator.model().heads().iter().map(|head| &head.label);
        let idle: Vec<&str> = known
            .filter(|label| !moderator.labels().contains(label) && moderator.policy().names(label.as_str()))
            .map(Label::as_str)
            .collect();
        if !idle.is_empty() {
            super::output::remark(&format!(
                "--labels leaves out {}, which the policy ({}) acts on: what it says of them has no effect",
                idle.join(", "),
                moderator.policy().name()
            ));
        }
        Ok(moderator)
    }
}

fn read_policy(path: &Path) -> anyhow::Result<Policy> {
    let name = path.display().to_string();
    let text = super::small::settings(path).with_context(|| format!("policy {name}"))?;
    let policy = Policy::parse(&name, &text)?;
    // Half a file that is being written may say as little.
    if policy.is_bare() {
        bail!(
            "policy {name}: it has no hold, no reject and no rule, so that every comment would be approved; `gruff policy` \
             prints one to start from, and `approve_all = true` says that this is meant"
        );
    }
    Ok(policy)
}

/// How many threads work.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Threads {
    /// Work with N threads, 1024 at most; without it, as many as there are cores. Results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Threads {
    /// Returns the number that was typed.
    #[cfg(feature = "serve")]
    pub(super) fn typed(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }

    /// Returns their number.
    pub(super) fn count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, usize::from)
    }

    /// Sets the size of the pool in which comments are judged, and returns it.
    pub(super) fn start(&self) -> anyhow::Result<usize> {
        let count = self.count();
        rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .build_global()
            .context("the threads could not be started")?;
        Ok(count)
    }
}

/// The unit of `start` and `end`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Offsets {
    /// Bytes of UTF-8
    #[default]
    Bytes,
    /// Unicode characters, as Python counts
    Chars,
    /// UTF-16 code units, as JavaScript and Java count
    Utf16,
}

impl From<Offsets> for OffsetUnit {
    fn from(offsets: Offsets) -> Self {
        match offsets {
            Offsets::Bytes => Self::Bytes,
            Offsets::Chars => Self::Chars,
            Offsets::Utf16 => Self::Utf16,
        }
    }
}
