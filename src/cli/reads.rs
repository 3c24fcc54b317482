//! What a run reads: nothing that it writes may take the place of it.

use std::env;
use std::path::{Path, PathBuf};

use crate::finding::Checked;
use crate::rule::Catalogue;
use crate::shown;

use super::Trouble;
use super::arguments::Check;
use super::deployment::Configured as Deployments;
use super::output::{self, Output, place};

/// Files that a run reads, each with what it is to the run.
#[derive(Default)]
pub(super) struct Reads(Vec<(PathBuf, &'static str)>);

impl Reads {
    /// What a check reads besides templates and its baseline.
    pub(super) fn of(
        check: &Check,
        configurations: Vec<PathBuf>,
        catalogue: &Catalogue,
        deployments: &Deployments,
    ) -> Self {
        let rules = catalogue.pages.iter().filter_map(|page| page.file.as_ref());
        let mut reads = Self::default();
        reads.add(configurations, "a configuration");
        reads.add(rules.map(PathBuf::from), "a file of rules");
        reads.add(deployments.files(), "a file of parameters");
        reads.add(check.files_from.clone(), "the list of files");
        reads
    }

    /// The texts that were checked: templates, and what they name.
    pub(super) fn sources<'c>(checked: impl Iterator<Item = &'c Checked>) -> Self {
        let mut reads = Self::default();
        for Checked { sources, .. } in checked {
            for (index, source) in sources.iter().enumerate() {
                let role =
                    if index == 0 { "a template that is checked" } else { "a file that a template names" };
                reads.add([PathBuf::from(source.path())], role);
            }
        }
        reads
    }

    /// The files that a check writes, each with the option that says so, if all that it reads is spared.
    pub(super) fn spare_from(
        &mut self,
        check: &Check,
        outputs: &[Output],
    ) -> Result<Vec<(String, PathBuf)>, Trouble> {
        let baseline = check.baseline.iter().filter(|_| check.write_baseline);
        let baseline: Vec<_> = baseline.map(|file| ("--write-baseline".to_owned(), file.clone())).collect();
        self.spare(&baseline)?;
        self.add(check.baseline.clone(), "the baseline");
        let outputs = output::written(outputs);
        self.spare(&outputs)?;
        Ok([baseline, outputs].concat())
    }

    /// Files that are all the same to the run: `a file of rules`.
    pub(super) fn add(&mut self, files: impl IntoIterator<Item = PathBuf>, role: &'static str) {
        self.0.extend(files.into_iter().map(|file| (file, role)));
    }

    /// Refuses to write a file that is one of them.
    pub(super) fn spare(&self, written: &[(String, PathBuf)]) -> Result<(), Trouble> {
        for (option, path) in written {
            let target = (place(path), identity(path));
            let is_target = |read: &PathBuf| {
                place(read) == target.0 && !is_special(read)
                    || target.1.is_some() && identity(read) == target.1
            };
            if let Some((read, role)) = self.0.iter().find(|(read, _)| is_target(read)) {
                let here = env::current_dir().unwrap_or_default();
                let read = shown::joined(read.strip_prefix(here).unwrap_or(read));
                return Err(Trouble::Usage(format!("`{option}` would overwrite {read}, which is {role}")));
            }
        }
        Ok(())
    }
}

/// Whether a path leads to no file that can be overwritten: `/dev/null`, a terminal.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| !about.is_file())
}

/// What two names of one file have in common.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;

    let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}
