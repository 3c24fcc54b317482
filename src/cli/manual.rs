//! `lenslint completions` and `lenslint man`: what shells and `man` know of the arguments, made from the arguments.

use std::io::Write;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use super::arguments::Arguments;
use super::{Ending, Trouble};

pub(super) fn completions(shell: Shell, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), env!("CARGO_PKG_NAME"), &mut script);
    out.write_all(&script)?;
    Ok(Ending::Clean)
}

pub(super) fn page(of: Option<&str>, out: &mut dyn Write) -> Result<Ending, Trouble> {
    // Building gives the commands the options that all of them take, and their full names.
    let mut program = Arguments::command();
    program.build();
    let command = match of {
        None => program,
        Some(name) => {
            let command = program.find_subcommand(name).cloned();
            command.ok_or_else(|| Trouble::Usage(format!("there is no command 'lenslint {name}'")))?
        }
    };
    let mut page = Vec::new();
    let source = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    Man::new(command).source(source).render(&mut page)?;
    out.write_all(&page)?;
    Ok(Ending::Clean)
}
