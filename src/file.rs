//! A file that someone names is read within bounds: only if reading it comes to an end, and only so far.

use std::fmt;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::Path;

/// Why a file is not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The system does not give it.
    System(io::Error),
    /// It is something else: a folder, a pipe, a device.
    NoFile(&'static str),
    /// It is larger than this many bytes.
    TooLarge(u64),
}

/// The bytes of a file that has at most `most` of them.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, Unread> {
    read_from(open(path)?, most)
}

/// The bytes of what is open already, such as standard input.
pub(crate) fn read_from(input: impl Read, most: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too large, also one that grows meanwhile.
    input.take(most + 1).read_to_end(&mut bytes).map_err(Unread::System)?;
    if bytes.len() as u64 > most { Err(Unread::TooLarge(most)) } else { Ok(bytes) }
}

/// Opens a file. What a repository holds under its name may be anything, and opening a pipe waits for its writer; but
/// what the shell hands over (`<(git diff --name-only)`, `/dev/stdin`) is meant, and so is the file that is always
/// empty.
pub(crate) fn open(path: &Path) -> Result<File, Unread> {
    let kind = fs::metadata(path).map_err(Unread::System)?.file_type();
    if kind.is_dir() {
        return Err(Unread::NoFile("a folder"));
    }
    if !kind.is_file() && !is_handed_over(path) {
        return Err(Unread::NoFile(name_of(kind)));
    }
    File::open(path).map_err(Unread::System)
}

fn is_handed_over(path: &Path) -> bool {
    const FOLDERS: [&str; 2] = ["/dev/fd", "/proc/self/fd"];
    const FILES: [&str; 2] = ["/dev/stdin", "/dev/null"];
    let is_in = |folder: &&str| path.parent().is_some_and(|parent| parent == Path::new(folder));
    FOLDERS.iter().any(is_in) || FILES.iter().any(|file| path == Path::new(file))
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;

    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn name_of(_: FileType) -> &'static str {
    "a device"
}

impl Unread {
    /// Whether there is nothing of that name; below a file there is nothing.
    pub(crate) fn is_missing(&self) -> bool {
        let kinds = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
        matches!(self, Self::System(error) if kinds.contains(&error.kind()))
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => write!(f, "cannot be read: {}", cause(error)),
            Self::NoFile(what) => write!(f, "is {what}: expected a file"),
            Self::TooLarge(most) => write!(f, "is larger than {} MB", most >> 20),
        }
    }
}

/// The system's words without its number: `Permission denied`, not `Permission denied (os error 13)`.
pub(crate) fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "1234").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"1234");
        assert!(matches!(read(&path, 3), Err(Unread::TooLarge(3))));
        assert!(read(&folder.path().join("b"), 4).unwrap_err().is_missing());
        assert_eq!(read(folder.path(), 4).unwrap_err().to_string(), "is a folder: expected a file");
    }

    #[cfg(unix)]
    #[test]
    fn what_never_ends_is_no_file_and_what_the_shell_hands_over_is_one() {
        assert_eq!(read(Path::new("/dev/zero"), 4).unwrap_err().to_string(), "is a device: expected a file");
        assert_eq!(read(Path::new("/dev/null"), 4).unwrap(), b"");
        assert!(is_handed_over(Path::new("/dev/fd/63")) && !is_handed_over(Path::new("/dev/fd/../zero")));
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(read(&socket, 4).unwrap_err().to_string(), "is a socket: expected a file");
    }
}
