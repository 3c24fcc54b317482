//! A pattern says of files whether they are meant, relative to the folder of the configuration that holds it.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// A glob, and where it starts from. One without a `/` is the name of a file or folder, however deep; one with a `/` is
/// a path from that folder. A folder stands for everything below it.
#[derive(Clone, Debug)]
pub struct FilePattern {
    folder: PathBuf,
    glob: GlobMatcher,
    is_name: bool,
}

impl FilePattern {
    /// Reads a pattern that is written in a file of `folder`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as the end of a sentence that begins with the pattern.
    pub fn read(pattern: &str, folder: &Path) -> Result<Self, String> {
        if pattern.starts_with('!') {
            return Err("begins with '!': a pattern cannot be negated".to_owned());
        }
        if pattern.split('/').any(|part| part == "..") {
            return Err("leads upwards: patterns look below the folder of their file".to_owned());
        }
        let is_name = !pattern.trim_end_matches('/').contains('/');
        let bare = pattern.trim_start_matches("./").trim_matches('/');
        if bare.is_empty() {
            return Err("names no file".to_owned());
        }
        let glob = GlobBuilder::new(bare).literal_separator(true).build();
        let glob = glob.map_err(|error| format!("is no glob: {}", error.kind()))?.compile_matcher();
        Ok(Self { folder: folder.to_owned(), glob, is_name })
    }

    /// The folder of the configuration.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether a file is meant; its path is absolute and [`without_dots`].
    pub fn matches(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.folder).ok();
        if self.is_name {
            let parts = below.unwrap_or_else(|| path.file_name().map_or(path, Path::new));
            parts.components().any(|part| self.glob.is_match(part.as_os_str()))
        } else {
            below.is_some_and(|below| below.ancestors().any(|part| self.glob.is_match(part)))
        }
    }
}

/// An absolute path without `.` and `..`, as it is written: links are not followed.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        FilePattern::read(pattern, Path::new("/repo/infra")).unwrap().matches(Path::new(path))
    }

    #[test]
    fn a_pattern_without_a_slash_is_a_name_at_any_depth() {
        for pattern in ["tests", "tests/", "t*s"] {
            assert!(matches(pattern, "/repo/infra/a/tests/b/t.yaml"), "{pattern}");
            assert!(!matches(pattern, "/repo/tests/infra/t.yaml"), "{pattern}");
        }
        assert!(matches("t.yaml", "/repo/infra/a/t.yaml"));
        assert!(matches("*.yaml", "/elsewhere/t.yaml"), "a name needs no folder");
        assert!(!matches("elsewhere", "/elsewhere/t.yaml"));
    }

    #[test]
    fn a_pattern_with_a_slash_is_a_path_from_the_folder_of_its_file() {
        for pattern in ["a/tests", "a/tests/", "./a/tests", "/a", "./a", "a/**", "**/b/*.yaml"] {
            assert!(matches(pattern, "/repo/infra/a/tests/b/t.yaml"), "{pattern}");
        }
        for pattern in ["tests/b", "/tests", "a/*.yaml", "infra/a"] {
            assert!(!matches(pattern, "/repo/infra/a/tests/b/t.yaml"), "{pattern}");
        }
        assert!(!matches("/a", "/repo/a/t.yaml"));
    }

    #[test]
    fn a_folder_whose_name_could_be_a_glob_is_a_folder() {
        let pattern = FilePattern::read("a/*.yaml", Path::new("/repo/[x]{y}")).unwrap();
        assert!(pattern.matches(Path::new("/repo/[x]{y}/a/t.yaml")));
        assert!(!pattern.matches(Path::new("/repo/xy/a/t.yaml")));
    }

    #[test]
    fn what_can_match_nothing_is_refused() {
        for pattern in ["!a", "../a", "a/../b", "", "/", "./", "a["] {
            assert!(FilePattern::read(pattern, Path::new("/repo")).is_err(), "{pattern}");
        }
    }
}
