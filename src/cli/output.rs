//! Where a report goes: `FORMAT` to standard output, `FORMAT=FILE` to a file.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::report::{Format, UnknownFormat};

use super::Trouble;

/// A format and where it goes.
pub(super) struct Output {
    pub(super) format: Format,
    /// `None` is standard output.
    pub(super) file: Option<PathBuf>,
}

/// Reads what `--output` was given. Only one of them may go to standard output, and
/// no two to one file.
pub(super) fn read(words: &[String]) -> Result<Vec<Output>, Trouble> {
    let mut outputs = Vec::new();
    for word in words {
        let (format, file) = match word.split_once('=') {
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (word.as_str(), None),
        };
        let format: Format =
            format.parse().map_err(|unknown: UnknownFormat| Trouble::Usage(unknown.to_string()))?;
        if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            return Err(Trouble::Usage(format!("`--output {word}` names no file")));
        }
        outputs.push(Output { format, file });
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(Trouble::Usage(
            "only one --output can go to standard output: give the others a file".into(),
        ));
    }
    let mut places = FxHashSet::default();
    for file in outputs.iter().filter_map(|output| output.file.as_deref()) {
        if !places.insert(place(file)) {
            return Err(Trouble::Usage(format!("two --output name the same file: {}", file.display())));
        }
    }
    Ok(outputs)
}

/// Where a file lies or will lie, however it is spelt.
fn place(file: &Path) -> PathBuf {
    let in_its_folder = || {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?.join(file.file_name()?))
    };
    fs::canonicalize(file).ok().or_else(in_its_folder).unwrap_or_else(|| file.to_owned())
}

/// Writes a file whole or not at all; what is there and is no regular file (a pipe, a device) is written to.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Trouble> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    put(path, &bytes).map_err(|error| Trouble::Usage(format!("cannot write {}: {error}", path.display())))
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Opened as it stands: what may not be written must not be replaced either.
    let mut there = match OpenOptions::new().write(true).open(path) {
        Ok(there) => there,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // A link to a file that is yet to be made.
        Err(_) if path.is_symlink() => return fs::write(path, bytes),
        Err(_) => return replace(path, bytes, None),
    };
    let about = there.metadata()?;
    if about.is_file() {
        replace(&fs::canonicalize(path)?, bytes, Some(about.permissions()))
    } else {
        there.write_all(bytes)
    }
}

/// Writes under another name first, so that no reader sees half a file and a full disk leaves the old one.
fn replace(path: &Path, bytes: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    let unfinished = path.with_file_name(format!(".lenslint-{}.tmp", std::process::id()));
    // What a run that was killed left behind; or a link that someone laid, which must not be followed.
    let _ = fs::remove_file(&unfinished);
    let written = OpenOptions::new().write(true).create_new(true).open(&unfinished).and_then(|mut file| {
        if let Some(mode) = mode {
            file.set_permissions(mode)?;
        }
        file.write_all(bytes)
    });
    written.and_then(|()| fs::rename(&unfinished, path)).inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })
}
