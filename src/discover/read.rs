//! Reads a file and says what it is.

use std::io::{self, Read};

use crate::file::{self, Unread};
use crate::finding::RunError;

use super::{Found, Kind, sniff};

/// Far above what CloudFormation takes (1 MB); it bounds what a hostile or endless file can cost.
const LARGEST: u64 = 256 << 20;

/// The bytes of a file, and what they are.
///
/// # Errors
///
/// The file cannot be read, or is above 256 MB and begins as a template does; if it does not, it is some other file
/// and nobody's concern.
pub fn read(found: &Found) -> Result<(Vec<u8>, Kind), RunError> {
    let file = file::open(&found.path).map_err(|unread| unreadable(&found.shown, &unread))?;
    read_up_to(LARGEST, file, &found.shown)
}

/// The same for standard input, which is called `shown`.
///
/// # Errors
///
/// As for [`read`].
pub fn read_standard_input(shown: &str) -> Result<(Vec<u8>, Kind), RunError> {
    read_up_to(LARGEST, io::stdin().lock(), shown)
}

/// The bytes of a file, whatever it is.
///
/// # Errors
///
/// The file cannot be read, or is above 256 MB.
pub fn read_any(found: &Found) -> Result<Vec<u8>, RunError> {
    let file = file::open(&found.path).map_err(|unread| unreadable(&found.shown, &unread))?;
    bounded(read_up_to(LARGEST, file, &found.shown)?.0, &found.shown)
}

/// The same for standard input, which is called `shown`.
///
/// # Errors
///
/// As for [`read_any`].
pub fn read_any_standard_input(shown: &str) -> Result<Vec<u8>, RunError> {
    bounded(read_up_to(LARGEST, io::stdin().lock(), shown)?.0, shown)
}

fn bounded(bytes: Vec<u8>, shown: &str) -> Result<Vec<u8>, RunError> {
    if bytes.len() as u64 > LARGEST {
        let message = format!("is larger than {} MB", LARGEST >> 20);
        return Err(RunError { path: shown.to_owned(), message });
    }
    Ok(bytes)
}

fn read_up_to(largest: u64, input: impl Read, shown: &str) -> Result<(Vec<u8>, Kind), RunError> {
    let mut bytes = Vec::new();
    let read = input.take(largest + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(shown, &Unread::System(error)))?;
    let kind = sniff(&bytes);
    if bytes.len() as u64 > largest && kind == Kind::Template {
        let message = format!("is larger than {} MB; CloudFormation takes 1 MB", largest >> 20);
        return Err(RunError { path: shown.to_owned(), message });
    }
    Ok((bytes, kind))
}

/// The error of a path that is there but cannot be read.
pub(super) fn unreadable(shown: &str, unread: &Unread) -> RunError {
    RunError { path: shown.to_owned(), message: unread.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_never_ends_is_refused() {
        let template = b"Resources: {Queue: {Type: AWS::SQS::Queue}}\n".chain(io::repeat(b'\n'));
        let error = read_up_to(1 << 20, template, "t.yaml").unwrap_err();
        assert_eq!(error.message, "is larger than 1 MB; CloudFormation takes 1 MB");
    }

    #[test]
    fn other_files_may_be_of_any_size() {
        let (_, kind) = read_up_to(1 << 10, io::repeat(b'a'), "data.json").unwrap();
        assert_eq!(kind, Kind::Other);
    }
}
