//! The paths of a run: those that are typed, and those that a file lists.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::discover;
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
    let mut text = String::new();
    let read = if list.as_os_str() == "-" {
        io::stdin().lock().take(LONGEST + 1).read_to_string(&mut text)
    } else {
        File::open(list).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text))
    };
    read.map_err(|error| Trouble::Usage(format!("{shown}: cannot be read: {error}")))?;
    // Who pipes a template here has taken one option for another; the lines of it would all be missing files.
    if discover::sniff(text.as_bytes()) != discover::Kind::Other {
        return Err(Trouble::Usage(format!("{shown}: expected a list of files, found a template")));
    }
    if text.len() as u64 > LONGEST {
        return Err(Trouble::Usage(format!("{shown}: is larger than 64 MB")));
    }
    // No path has a NUL in it: where there is one, a line break is part of a name.
    let names: Vec<&str> =
        if text.contains('\0') { text.split('\0').collect() } else { text.lines().collect() };
    Ok(names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect())
}
