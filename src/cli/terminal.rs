//! What a person at the terminal sees besides the report: one-line complaints and notes on standard error.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::finding::RunError;
use crate::report::Style;
use crate::report::inert::inert;

use super::arguments::Color;

/// A terminal that does not tell its width, and every file, gets this many columns.
const USUAL_WIDTH: usize = 100;

/// Says one line on standard error. That it cannot be said is nothing to fail for.
pub(super) fn tell(message: &str) {
    let _ = writeln!(io::stderr().lock(), "lenslint: {}", inert(message));
}

/// Says what kept us from doing the job, path by path; whether there was anything to say. Of rules that do not
/// parse the message shows the line too.
pub(super) fn tell_all(errors: &[RunError]) -> bool {
    for error in errors {
        let mut lines = error.message.lines();
        tell(&format!("{}: {}", error.path, lines.next().unwrap_or_default()));
        for line in lines {
            let _ = writeln!(io::stderr().lock(), "{}", inert(line));
        }
    }
    !errors.is_empty()
}

/// How a report looks on standard output.
pub(super) fn style(color: Color) -> Style {
    let width = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
    let is_linked =
        io::stdout().is_terminal() && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    Style {
        colour: is_coloured(color, io::stdout().is_terminal()),
        hyperlinks: is_linked,
        width,
        ..plain_style()
    }
}

/// How a complaint about a configuration looks on standard error.
pub(super) fn style_of_errors(color: Color) -> Style {
    let width =
        terminal_size::terminal_size_of(io::stderr()).map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
    Style { colour: is_coloured(color, io::stderr().is_terminal()), width, ..Style::default() }
}

/// How a report looks in a file.
pub(super) fn plain_style() -> Style {
    let working_folder = env::current_dir().unwrap_or_default();
    let repository_root = repository_root(&working_folder);
    Style { width: USUAL_WIDTH, working_folder, repository_root, ..Style::default() }
}

/// What GitLab says, whose project may be around a submodule; else the nearest parent with `.git`, a folder or (in
/// worktrees and submodules) a file; else the folder itself.
fn repository_root(folder: &Path) -> PathBuf {
    let project = env::var_os("CI_PROJECT_DIR").map(PathBuf::from);
    let project = project.filter(|project| project.is_absolute() && folder.starts_with(project));
    let with_git = || folder.ancestors().find(|parent| parent.join(".git").exists());
    project.unwrap_or_else(|| with_git().unwrap_or(folder).to_owned())
}

fn is_coloured(color: Color, is_terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") => true,
        Color::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}
