//! A text file of settings, within the bounds of what a person writes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::source::Source;

use super::Error;
use super::error::shown;

/// 1 MiB: two hundred parameters of four kilobytes each, the most that CloudFormation takes, are less.
const MOST_BYTES: u64 = 1 << 20;

/// Reads a file, which may be a pipe (`<(sops -d …)`).
pub(super) fn read(path: &Path) -> Result<Source, Error> {
    let name = shown(path);
    let fail = |what: &str| Error::new(format!("{name}: {what}"));
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too large, also one that never ends.
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| fail(&format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(fail("is larger than 1 MiB, which no file of parameters is"));
    }
    let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8: save it as UTF-8"))?;
    Ok(Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text)))
}
