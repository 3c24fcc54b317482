//! A text file of settings, within the bounds of what a person writes.

use std::path::Path;

use crate::file::{self, Unread};
use crate::source::Source;

use super::Error;
use super::error::shown;

/// 1 MiB: two hundred parameters of four kilobytes each, the most that CloudFormation takes, are less.
const MOST_BYTES: u64 = 1 << 20;

/// Reads a file, which may be what the shell hands over (`<(sops -d …)`).
pub(super) fn read(path: &Path) -> Result<Source, Error> {
    let name = shown(path);
    let fail = |what: &str| Error::new(format!("{name}: {what}"));
    let bytes = file::read(path, MOST_BYTES).map_err(|unread| match unread {
        Unread::TooLarge(_) => fail("is larger than 1 MiB, which no file of parameters is"),
        Unread::System(_) | Unread::NoFile(_) => fail(&unread.to_string()),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8: save it as UTF-8"))?;
    Ok(Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text)))
}
