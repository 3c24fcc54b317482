//! What `.ignore` and `.gitignore` leave out of a walk. They are read here and not by the walker, which opens whatever
//! has their names and reads it to its end: a pipe that nobody writes to, a device, a file of gigabytes.

use std::path::{Path, PathBuf};

use ignore::DirEntry;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::file;
use crate::finding::RunError;

use super::walk::shown;

/// Bytes of such a file: ten thousand patterns are fewer.
const LARGEST: u64 = 1 << 20;

const IGNORE: &str = ".ignore";
const GITIGNORE: &str = ".gitignore";

/// What is left out below a folder, as far as a walk has come.
pub(super) struct Ignored {
    /// The folder as it is walked, and without links.
    root: PathBuf,
    real_root: PathBuf,
    /// The folders around what the walk is at, the outermost first.
    around: Vec<Folder>,
    /// How many of them lie above the root.
    above: usize,
    /// Files that were not read.
    unread: Vec<RunError>,
}

struct Folder {
    /// As it is walked; without links, if it is above the root.
    path: PathBuf,
    ignore: Option<Gitignore>,
    gitignore: Option<Gitignore>,
    /// Whether it is the root of a repository: no `.gitignore` above it counts.
    is_repository: bool,
}

impl Ignored {
    /// What is left out below `root`, for which the folders above it count too.
    pub(super) fn below(root: &Path) -> Self {
        let real_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut ignored =
            Self { root: root.to_owned(), real_root, around: Vec::new(), above: 0, unread: Vec::new() };
        let mut is_in_repository = ignored.real_root.join(".git").exists();
        for folder in ignored.real_root.clone().ancestors().skip(1) {
            let folder = ignored.folder(folder, folder, !is_in_repository);
            is_in_repository |= folder.is_repository;
            ignored.around.push(folder);
        }
        ignored.around.reverse();
        ignored.above = ignored.around.len();
        ignored
    }

    /// Whether an entry of the walk is left out. The walk goes from each folder to what is in it.
    pub(super) fn leaves_out(&mut self, entry: &DirEntry) -> bool {
        let Some(folder) = entry.path().parent().filter(|_| entry.depth() > 0) else { return false };
        // The walk leaves folders in the order in which it came.
        while self.around[self.above..].last().is_some_and(|last| !folder.starts_with(&last.path)) {
            self.around.pop();
        }
        if self.around[self.above..].last().is_none_or(|last| last.path != folder) {
            let read = self.folder(folder, &self.real(folder), true);
            self.around.push(read);
        }
        if self.around.iter().all(|folder| folder.ignore.is_none() && folder.gitignore.is_none()) {
            return false;
        }
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        self.matches(&self.real(entry.path()), is_folder)
    }

    /// The files that were not read.
    pub(super) fn take_unread(&mut self) -> Vec<RunError> {
        std::mem::take(&mut self.unread)
    }

    /// The nearest file that says something has the say, and any `.ignore` before any `.gitignore`.
    fn matches(&self, path: &Path, is_folder: bool) -> bool {
        let mut is_outside = false;
        let of_repository = self.around.iter().rev().take_while(|folder| {
            let is_inside = !is_outside;
            is_outside |= folder.is_repository;
            is_inside
        });
        let mut by_git = of_repository.filter_map(|folder| folder.gitignore.as_ref());
        let mut by_any = self.around.iter().rev().filter_map(|folder| folder.ignore.as_ref());
        let mut says = |file: &Gitignore| said(file, path, is_folder);
        by_any.find_map(&mut says).or_else(|| by_git.find_map(&mut says)).unwrap_or(false)
    }

    fn real(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).map_or_else(|_| path.to_owned(), |below| self.real_root.join(below))
    }

    fn folder(&mut self, path: &Path, real: &Path, is_in_repository: bool) -> Folder {
        Folder {
            path: path.to_owned(),
            ignore: self.file(path, real, IGNORE),
            gitignore: if is_in_repository { self.file(path, real, GITIGNORE) } else { None },
            is_repository: real.join(".git").exists(),
        }
    }

    fn file(&mut self, folder: &Path, real: &Path, name: &str) -> Option<Gitignore> {
        let path = folder.join(name);
        let bytes = match file::read(&path, LARGEST) {
            Ok(bytes) => bytes,
            Err(unread) => {
                if !unread.is_missing() {
                    let message = format!("{unread}; nothing is left out for it");
                    self.unread.push(RunError { path: shown(&path), message });
                }
                return None;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut builder = GitignoreBuilder::new(real);
        for line in text.trim_start_matches('\u{feff}').lines() {
            // A pattern that cannot be understood leaves nothing out, as in git.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok().filter(|patterns| !patterns.is_empty())
    }
}

/// Whether a path is left out; nothing if the file says nothing of it.
fn said(file: &Gitignore, path: &Path, is_folder: bool) -> Option<bool> {
    let said = file.matched(path, is_folder);
    (!said.is_none()).then(|| said.is_ignore())
}
