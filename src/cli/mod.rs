//! The command line: what was typed, what it means, and where the output goes.

mod add_ignore;
mod arguments;
mod check;
mod config;
mod configuration;
mod deployment;
mod expand;
mod explain;
mod graph;
mod guard;
mod init;
mod inputs;
mod known;
mod manual;
mod old_facts;
mod output;
mod paths;
mod progress;
mod reads;
mod rules;
mod run;
mod terminal;
mod test;
mod verbose;
mod watch;

use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

use clap::Parser;

use crate::finding::RunError;
use crate::report::inert::inert;

use arguments::{Arguments, Command};

/// How a run ends. Two outranks one outranks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// Nothing at or above the level that fails a run.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// The job could not be done, or not all of it.
    Trouble = 2,
}

/// Why a command could not do its job.
pub(crate) enum Trouble {
    /// What was asked for makes no sense, or cannot be had; in one line.
    Usage(String),
    /// The output could not be written.
    Output(io::Error),
    /// It has been told already.
    Told,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<RunError> for Trouble {
    fn from(error: RunError) -> Self {
        Self::Usage(format!("{}: {}", error.path, error.message))
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    // What a panic says may quote the template that brought it about: only its place in our own code is told.
    panic::set_hook(Box::new(|defect| terminal::tell(&internal_error(defect.location()))));
    let ending = panic::catch_unwind(|| {
        let mut stdout = io::BufWriter::new(io::stdout().lock());
        run(&mut stdout).and_then(|ending| Ok(stdout.flush().map(|()| ending)?))
    });
    match ending {
        Ok(Ok(ending)) => ExitCode::from(ending as u8),
        // Whoever reads us has seen enough (`| head`): that is no failure.
        Ok(Err(Trouble::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Ok(Err(Trouble::Output(error))) => complain(&format!("cannot write the output: {error}")),
        Ok(Err(Trouble::Usage(message))) => complain(&message),
        Ok(Err(Trouble::Told)) | Err(_) => ExitCode::from(Ending::Trouble as u8),
    }
}

fn run(out: &mut dyn Write) -> Result<Ending, Trouble> {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    match arguments.command {
        Command::Check(check) => check::run(&check, arguments.color, out),
        Command::Explain(explain) => explain::run(&explain, out),
        Command::Rules(rules) => rules::run(&rules, out),
        Command::Expand(expand) => expand::run(&expand, out),
        Command::Graph(graph) => graph::run(graph, arguments.color, out),
        Command::Guard(guard) => guard::run(&guard, arguments.color, out),
        Command::Test(test) => test::run(&test, out),
        Command::Init(init) => init::run(&init),
        Command::Config(config) => config::run(&config.command, out),
        Command::Completions(completions) => manual::completions(completions.shell, out),
        Command::Man(man) => manual::page(man.command.as_deref(), out),
    }
}

/// Help and version go to standard output and are no failure; bad usage is, and echoes what was typed.
fn usage(error: &clap::Error) -> Result<Ending, Trouble> {
    if !error.use_stderr() {
        error.print()?;
        return Ok(Ending::Clean);
    }
    let mut stderr = io::stderr().lock();
    for line in error.render().to_string().lines() {
        let _ = writeln!(stderr, "{}", inert(line));
    }
    Ok(Ending::Trouble)
}

fn complain(message: &str) -> ExitCode {
    terminal::tell(message);
    ExitCode::from(Ending::Trouble as u8)
}

fn internal_error(place: Option<&panic::Location<'_>>) -> String {
    place.map_or_else(
        || "internal error".to_owned(),
        |place| format!("internal error at {}:{}", place.file(), place.line()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_is_told_by_its_place_in_our_own_code() {
        let place = panic::Location::caller();
        assert_eq!(internal_error(Some(place)), format!("internal error at {}:{}", file!(), place.line()));
    }
}
