//! `lenslint config`: about configuration files.

use std::io::Write;

use crate::config::schema;
use crate::rule::Catalogue;

use super::arguments::ConfigCommand;
use super::{Ending, Trouble};

pub(super) fn run(command: &ConfigCommand, out: &mut dyn Write) -> Result<Ending, Trouble> {
    match command {
        ConfigCommand::Schema => {
            serde_json::to_writer_pretty(&mut *out, &schema(Catalogue::built_in()))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Ending::Clean)
}
