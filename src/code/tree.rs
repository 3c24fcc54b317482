//! A code tree is the folder that holds a function's code: what may be read of it, and how much.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use super::Language;

/// What is left to be read for one template.
#[derive(Debug)]
pub(crate) struct Reserve {
    bytes: usize,
}

impl Default for Reserve {
    /// 16 MiB.
    fn default() -> Self {
        Self { bytes: 16 << 20 }
    }
}

/// A folder of code. Nothing outside of it is read, links out of it included.
#[derive(Debug)]
pub(crate) struct CodeTree<'r> {
    /// Without symbolic links in it.
    root: PathBuf,
    reserve: &'r mut Reserve,
    files: usize,
    bytes: usize,
    /// Whether something was too much, or could not be read.
    pub(super) is_cut_off: bool,
}

/// The source files of a folder.
pub(super) struct Listing {
    /// Relative to the root, in order.
    pub(super) files: Vec<PathBuf>,
    /// Whether there is source in a language that is not read.
    pub(super) has_others: bool,
}

/// Folders whose code is another's, or made by a build.
const NOT_OWN: [&str; 12] = [
    "node_modules",
    "vendor",
    "target",
    "build",
    "dist",
    "obj",
    "test",
    "tests",
    "Test",
    "Tests",
    "examples",
    "testdata",
];

/// Languages that share a runtime with one that is read.
const OTHERS: [&str; 6] = ["kt", "kts", "scala", "groovy", "clj", "fs"];

impl<'r> CodeTree<'r> {
    /// Files of one function.
    const MOST_FILES: usize = 200;
    /// All of them together: 2 MiB.
    const MOST_BYTES: usize = 2 << 20;
    const MOST_LEVELS: usize = 16;
    /// Files and folders that are looked at when a folder is listed.
    const MOST_ENTRIES: usize = 10_000;

    /// The tree below a folder, whose path has no symbolic links in it.
    pub(crate) fn new(root: PathBuf, reserve: &'r mut Reserve) -> Self {
        Self { root, reserve, files: 0, bytes: 0, is_cut_off: false }
    }

    /// The text of a file; nothing where there is none that may be read.
    pub(super) fn read(&mut self, relative: &Path) -> Option<String> {
        let path = fs::canonicalize(self.root.join(relative)).ok()?;
        if !path.starts_with(&self.root) || !path.is_file() {
            return None;
        }
        let most = (Self::MOST_BYTES - self.bytes).min(self.reserve.bytes);
        if self.files == Self::MOST_FILES || most == 0 {
            self.is_cut_off = true;
            return None;
        }
        let mut text = String::new();
        let read = File::open(&path).ok()?.take(most as u64 + 1).read_to_string(&mut text);
        if read.is_err() || text.len() > most {
            self.is_cut_off = true;
            return None;
        }
        self.files += 1;
        self.bytes += text.len();
        self.reserve.bytes -= text.len();
        Some(text)
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, relative: &Path) -> bool {
        let path = fs::canonicalize(self.root.join(relative));
        path.is_ok_and(|path| path.starts_with(&self.root) && path.is_file())
    }

    /// Whether there is such a folder.
    pub(super) fn has_folder(&self, relative: &Path) -> bool {
        let path = fs::canonicalize(self.root.join(relative));
        path.is_ok_and(|path| path.starts_with(&self.root) && path.is_dir())
    }

    /// The source files of a language, without those of tests and of other packages.
    pub(super) fn list(&mut self, language: Language) -> Listing {
        let mut listing = Listing { files: Vec::new(), has_others: false };
        let mut entries_left = Self::MOST_ENTRIES;
        let mut folders = vec![(PathBuf::new(), 0)];
        while let Some((folder, level)) = folders.pop() {
            let Ok(entries) = fs::read_dir(self.root.join(&folder)) else {
                self.is_cut_off = true;
                continue;
            };
            for entry in entries {
                if entries_left == 0 {
                    self.is_cut_off = true;
                    break;
                }
                entries_left -= 1;
                let Ok(entry) = entry else { continue };
                let name = entry.file_name();
                let text = name.to_string_lossy();
                let path = folder.join(&name);
                // A link is neither a folder nor a file here.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => {
                        if level == Self::MOST_LEVELS {
                            self.is_cut_off = true;
                        } else if !text.starts_with('.') && !NOT_OWN.contains(&&*text) {
                            folders.push((path, level + 1));
                        }
                    }
                    Ok(kind) if kind.is_file() => {
                        let extension = path.extension().unwrap_or_default().to_string_lossy();
                        listing.has_others |= OTHERS.contains(&&*extension);
                        let is_source = language.extensions().contains(&&*extension);
                        if is_source && !language.is_of_tests(&path) {
                            listing.files.push(path);
                        }
                    }
                    Ok(_) | Err(_) => {}
                }
            }
        }
        listing.files.sort();
        listing
    }
}

/// A path without `.` and `..`; nothing for one that leads out.
pub(super) fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => normal.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_function_has_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for index in 0..=CodeTree::MOST_FILES {
            fs::write(root.join(format!("f{index}.go")), "package main").unwrap();
        }
        fs::write(root.join("large.py"), vec![b'#'; CodeTree::MOST_BYTES + 1]).unwrap();
        let mut reserve = Reserve::default();
        let mut tree = CodeTree::new(root.clone(), &mut reserve);
        let files = tree.list(Language::Go).files;
        let read = files.iter().filter(|file| tree.read(file).is_some()).count();
        assert_eq!((files.len(), read), (CodeTree::MOST_FILES + 1, CodeTree::MOST_FILES));
        assert!(tree.is_cut_off);
        let mut tree = CodeTree::new(root.clone(), &mut reserve);
        assert_eq!(tree.read(Path::new("large.py")), None);
        assert!(tree.is_cut_off);
        let mut nothing_left = Reserve { bytes: 0 };
        assert_eq!(CodeTree::new(root, &mut nothing_left).read(Path::new("f0.go")), None);
    }

    #[test]
    fn what_lies_outside_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("code");
        fs::create_dir_all(root.join("inner")).unwrap();
        fs::write(folder.path().join("secret.py"), "").unwrap();
        fs::write(root.join("app.py"), "").unwrap();
        let mut reserve = Reserve::default();
        let mut tree = CodeTree::new(root, &mut reserve);
        for (path, is_there) in
            [("app.py", true), ("inner/../app.py", true), ("../secret.py", false), ("inner", false)]
        {
            assert_eq!(tree.has(Path::new(path)), is_there, "{path}");
            assert_eq!(tree.read(Path::new(path)).is_some(), is_there, "{path}");
        }
        assert!(!tree.has_folder(Path::new("..")));
        assert_eq!(normal(Path::new("a/./b/../c")), Some(PathBuf::from("a/c")));
        assert_eq!(normal(Path::new("a/../../b")), None);
    }
}
