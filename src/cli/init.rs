//! `lenslint init`: a configuration to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use crate::config::{FILE_NAME, STARTER};
use crate::shown;

use super::arguments::Init;
use super::terminal::tell;
use super::{Ending, Trouble};

pub(super) fn run(init: &Init) -> Result<Ending, Trouble> {
    let path = init.folder.join(FILE_NAME);
    let shown = shown::joined(path.strip_prefix(".").unwrap_or(&path));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(STARTER.as_bytes()));
    written.map_err(|error| {
        Trouble::Usage(match error.kind() {
            ErrorKind::AlreadyExists => format!("{shown} is there already, and stays as it is"),
            _ => format!("cannot write {shown}: {error}"),
        })
    })?;
    tell(&format!("wrote {shown}"));
    Ok(Ending::Clean)
}
