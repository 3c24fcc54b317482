//! Which rules a configuration does not want to hear in which of a template's files.

use std::path;

use crate::config::{Settings, without_dots};
use crate::rule::{Page, Selector};
use crate::source::{FileId, Source};

/// The rules that are muted, by file; of no files where the configuration mutes none at all.
pub(super) struct Muted<'s>(Vec<Vec<&'s Selector>>);

impl<'s> Muted<'s> {
    /// Holds the paths of a template and of the files that it names against the patterns.
    pub(super) fn of(settings: &'s Settings, sources: &[Source]) -> Self {
        let ignores = &settings.file_ignores;
        if ignores.is_empty() {
            return Self(Vec::new());
        }
        let muted_in = |source: &Source| -> Vec<&'s Selector> {
            let Ok(path) = path::absolute(source.path()) else { return Vec::new() };
            let path = without_dots(&path);
            let here = ignores.iter().filter(|ignore| ignore.files.matches(&path));
            here.flat_map(|ignore| &ignore.rules).collect()
        };
        Self(sources.iter().map(muted_in).collect())
    }

    /// Whether nothing is muted anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no file wants to hear a rule: it need not run.
    pub(super) fn everywhere(&self, page: &Page) -> bool {
        !self.is_empty() && self.0.iter().all(|muted| muted.iter().any(|selector| selector.names(page)))
    }

    /// Whether a file does not want to hear a rule.
    pub(super) fn at(&self, file: FileId, page: &Page) -> bool {
        self.0.get(file.0 as usize).is_some_and(|muted| muted.iter().any(|selector| selector.names(page)))
    }
}
