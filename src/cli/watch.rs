//! `check --watch`: checks, waits until a file changes that may matter, and checks again.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use notify::{Event, RecursiveMode, Watcher as _};

use crate::discover::{RULE_FILES, TEMPLATES};

use super::arguments::{Check, Color};
use super::terminal::tell;
use super::{Ending, Trouble, check, output, paths};

/// An editor saves a file in several steps, and a checkout changes many: a check waits until it is still.
const STILL: Duration = Duration::from_millis(100);
/// But no longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// Beside templates and rules, what a check may read: configurations, parameters, the sources of functions.
const BESIDE: [&str; 12] = ["toml", "env", "py", "js", "mjs", "cjs", "ts", "java", "go", "cs", "rb", "rs"];

/// Never ends but by an error. Only a person can end it otherwise, so it needs one to be there.
pub(super) fn run(check: &Check, color: Color, out: &mut dyn Write) -> Result<Ending, Trouble> {
    if paths::is_stdin(check) {
        return Err(Trouble::Usage("`--watch` watches files, not standard input".to_owned()));
    }
    if !io::stdout().is_terminal() {
        return Err(Trouble::Usage("`--watch` needs a terminal: it runs until it is interrupted".to_owned()));
    }
    let ours = ours(check)?;
    let (sender, events) = mpsc::channel();
    let cannot = |error: &notify::Error| Trouble::Usage(format!("cannot watch the files: {error}"));
    let mut watcher = notify::recommended_watcher(sender).map_err(|error| cannot(&error))?;
    for folder in folders(check)? {
        watcher.watch(&folder, RecursiveMode::Recursive).map_err(|error| cannot(&error))?;
    }
    loop {
        // Clears the screen and what has scrolled out of it.
        write!(out, "\u{1b}[2J\u{1b}[3J\u{1b}[H")?;
        match check::once(check, color, out) {
            Ok(_) | Err(Trouble::Told) => {}
            Err(Trouble::Usage(message)) => tell(&message),
            Err(error @ Trouble::Output(_)) => return Err(error),
        }
        out.flush()?;
        tell("waiting for a change; Ctrl-C ends");
        wait(&events, &ours).map_err(|error| cannot(&error))?;
    }
}

/// Waits for a change that may matter, and until it is over.
fn wait(events: &Receiver<notify::Result<Event>>, ours: &[PathBuf]) -> notify::Result<()> {
    let ended = |_| notify::Error::generic("the system says nothing any more");
    while !matters(&events.recv().map_err(ended)??, ours) {}
    let since = Instant::now();
    while since.elapsed() < PATIENCE && events.recv_timeout(STILL).is_ok() {}
    Ok(())
}

/// Whether a change may change a report: not those that the check itself makes.
fn matters(event: &Event, ours: &[PathBuf]) -> bool {
    let is_read = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let known = TEMPLATES.iter().chain(RULE_FILES).chain(&BESIDE);
        known.into_iter().any(|known| known.eq_ignore_ascii_case(extension))
    };
    let is_folder_of_git = |path: &Path| path.components().any(|part| part.as_os_str() == ".git");
    !event.kind.is_access()
        && event
            .paths
            .iter()
            .any(|path| is_read(path) && !is_folder_of_git(path) && !ours.contains(&output::place(path)))
}

/// The files that a check writes.
fn ours(check: &Check) -> Result<Vec<PathBuf>, Trouble> {
    let outputs = output::read(&check.output)?;
    Ok(outputs.into_iter().filter_map(|output| output.file).map(|file| output::place(&file)).collect())
}

/// The folders that hold what a check reads: those that are named, and those of the files that are.
fn folders(check: &Check) -> Result<Vec<PathBuf>, Trouble> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let named = paths::of(check)?;
    let files = check.terms.config.iter().chain(&check.baseline).cloned();
    let files = files.chain(check.terms.deployment.parameter_file.iter().map(PathBuf::from));
    for path in named.iter().chain(&check.terms.own.rules).map(PathBuf::from).chain(files) {
        let folder = path.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("."));
        folders.push(fs::canonicalize(folder)?);
    }
    folders.sort();
    // What is below another one is watched with it.
    folders.dedup_by(|folder, above| folder.starts_with(above));
    Ok(folders)
}
