//! The paths of a run: those that are typed, and those that a file lists.

use std::io;
use std::path::Path;

use crate::discover;
use crate::file;
use crate::shown;

use super::Trouble;
use super::arguments::Check;

/// Bytes of a list of files.
const LONGEST: u64 = 64 << 20;

/// The paths that are to be checked: without any, the working folder. An empty list is no reason to check everything.
pub(super) fn of(check: &Check) -> Result<Vec<String>, Trouble> {
    let mut paths = check.paths.clone();
    if let Some(list) = &check.files_from {
        if list.as_os_str() == "-" && is_stdin(check) {
            return Err(Trouble::Usage(
                "standard input cannot be the list of files and a file of it: name one of the two".to_owned(),
            ));
        }
        paths.extend(listed(list)?);
    } else if paths.is_empty() {
        paths.push(".".to_owned());
    }
    Ok(paths)
}

/// Whether a template comes on standard input.
pub(super) fn is_stdin(check: &Check) -> bool {
    check.stdin_filename.is_some() || check.paths.iter().any(|path| path == "-")
}

fn listed(list: &Path) -> Result<Vec<String>, Trouble> {
    let shown = shown::joined(list);
    let fail = |message: &str| Trouble::Usage(format!("{shown}: {message}"));
    let bytes = if list.as_os_str() == "-" {
        file::read_from(io::stdin().lock(), LONGEST)
    } else {
        file::read(list, LONGEST)
    };
    let bytes = bytes.map_err(|unread| fail(&unread.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8"))?;
    // Who pipes a template here has taken one option for another; the lines of it would all be missing files.
    if discover::sniff(text.as_bytes()) != discover::Kind::Other {
        return Err(fail("expected a list of files, found a template"));
    }
    // No path has a NUL in it: where there is one, a line break is part of a name.
    let names: Vec<&str> =
        if text.contains('\0') { text.split('\0').collect() } else { text.lines().collect() };
    Ok(names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect())
}
