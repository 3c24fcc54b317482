//! The folder that a template lies in: the only place from which files that it names are read.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A template's own folder. Nothing outside it is read, symbolic links included, and nothing larger than
/// [`Folder::MOST_BYTES`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// Without symbolic links in it.
    root: Option<PathBuf>,
}

impl Folder {
    /// A definition file larger than this is left alone: 4 MiB, four times the largest template that
    /// CloudFormation accepts.
    pub(crate) const MOST_BYTES: u64 = 4 << 20;

    /// The folder of the template at `path`.
    pub(crate) fn of(path: &Path) -> Self {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self { root: fs::canonicalize(parent.unwrap_or(Path::new("."))).ok() }
    }

    /// No folder: a template from standard input without a name. Nothing can be read.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Whether it is known which folder it is.
    pub(crate) fn is_known(&self) -> bool {
        self.root.is_some()
    }

    /// The text of a file named relative to the folder, if it is there, inside, small enough and UTF-8.
    pub(crate) fn read(&self, relative: &str) -> Option<String> {
        let root = self.root.as_deref()?;
        let path = fs::canonicalize(root.join(relative)).ok()?;
        // Opening a pipe would wait for its writer: only what is known to be a file is opened.
        if !path.starts_with(root) || !fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut text = String::new();
        // One byte more than is allowed tells a file that is too large, also one that grows meanwhile.
        File::open(path).ok()?.take(Self::MOST_BYTES + 1).read_to_string(&mut text).ok()?;
        (text.len() as u64 <= Self::MOST_BYTES).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_inside_is_read() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("app");
        fs::create_dir_all(inside.join("asl")).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        fs::write(inside.join("asl/flow.json"), "{}").unwrap();
        fs::write(inside.join("large"), vec![b'x'; Folder::MOST_BYTES as usize + 1]).unwrap();
        fs::write(inside.join("binary"), [0xff]).unwrap();
        let folder = Folder::of(&inside.join("template.yaml"));
        assert_eq!(folder.read("asl/flow.json").as_deref(), Some("{}"));
        assert_eq!(folder.read("./asl/../asl/flow.json").as_deref(), Some("{}"));
        for refused in ["../secret", "nowhere", "large", "binary", "asl", ".", ""] {
            assert_eq!(folder.read(refused), None, "{refused}");
        }
        assert_eq!(folder.read(&outside.path().join("secret").display().to_string()), None);
        assert_eq!(Folder::none().read("asl/flow.json"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_out_of_the_folder_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("app");
        fs::create_dir(&inside).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), inside.join("link")).unwrap();
        assert_eq!(Folder::of(&inside.join("template.yaml")).read("link"), None);
    }
}
