//! Where a report goes: `FORMAT` to standard output, `FORMAT=FILE` to a file.

use std::env;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::file;
use crate::finding::{Checked, Report};
use crate::report::{self, Format, Style, UnknownFormat};
use crate::rule::Catalogue;
use crate::shown;

use super::Trouble;
use super::arguments::Color;
use super::terminal::{plain_style, style, tell};

/// A format and where it goes.
pub(super) struct Output {
    pub(super) format: Format,
    /// `None` is standard output.
    pub(super) file: Option<PathBuf>,
}

/// Reads what `--output` was given. Only one of them may go to standard output, and
/// no two to one file.
pub(super) fn read(words: &[String]) -> Result<Vec<Output>, Trouble> {
    let mut outputs = Vec::new();
    for word in words {
        let (format, file) = match word.split_once('=') {
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (word.as_str(), None),
        };
        let format: Format =
            format.parse().map_err(|unknown: UnknownFormat| Trouble::Usage(unknown.to_string()))?;
        if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            return Err(Trouble::Usage(format!("`--output {word}` names no file")));
        }
        outputs.push(Output { format, file });
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(Trouble::Usage(
            "only one --output can go to standard output: give the others a file".into(),
        ));
    }
    let mut places = FxHashSet::default();
    for file in outputs.iter().filter_map(|output| output.file.as_deref()) {
        if !places.insert(place(file)) {
            return Err(Trouble::Usage(format!("two --output name the same file: {}", shown::joined(file))));
        }
    }
    Ok(outputs)
}

/// Names the file that GitHub shows on the page of a run.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// Bytes of that file; GitHub shows nothing of a longer one.
const LONGEST_SUMMARY: u64 = 1 << 20;

/// Adds the report as a table to the summary of the step, if one of the outputs is for GitHub and it runs us. It is
/// an extra: that it cannot be written is told and fails nothing.
pub(super) fn add_step_summary(outputs: &[Output], report: &Report, catalogue: &Catalogue) {
    let path = env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty());
    let is_wanted = outputs.iter().any(|output| output.format == Format::Github);
    let Some(path) = path.filter(|_| is_wanted) else { return };
    let add = || {
        let mut text = Vec::new();
        report::write(Format::Markdown, report, catalogue, &plain_style(), &mut text)?;
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        // What earlier commands of the step wrote would be lost with ours.
        if file.metadata()?.len() + text.len() as u64 > LONGEST_SUMMARY {
            return Err(io::Error::other("it is full"));
        }
        file.write_all(&text)
    };
    if let Err(error) = add() {
        tell(&format!("cannot write to the step summary: {error}"));
    }
}

/// Results of a SARIF log that GitHub's code scanning keeps: the worst. GitLab keeps as many.
const KEPT_RESULTS: usize = 5_000;
/// Results of a log above which GitHub refuses the whole log.
const TAKEN_RESULTS: usize = 25_000;

/// Says if a SARIF log has more results than services take.
pub(super) fn tell_of_sarif_limits(outputs: &[Output], report: &Report, shows_suppressed: bool) {
    if outputs.iter().all(|output| output.format != Format::Sarif) {
        return;
    }
    let suppressed = |checked: &Checked| if shows_suppressed { checked.suppressed.len() } else { 0 };
    let results = report.checked.iter().map(|checked| checked.findings.len() + suppressed(checked)).sum();
    if let Some(limit) = sarif_limit(results) {
        tell(&format!("the SARIF log has {results} results, and code scanning {limit}"));
    }
}

/// What becomes of a log with that many results, if not all of it is kept.
fn sarif_limit(results: usize) -> Option<String> {
    if results > TAKEN_RESULTS {
        return Some(format!("takes no more than {TAKEN_RESULTS}: check less at once, or with a baseline"));
    }
    (results > KEPT_RESULTS).then(|| format!("keeps the first {KEPT_RESULTS}, which are the worst"))
}

/// The files that the outputs are written to, each with what was typed for it.
pub(super) fn written(outputs: &[Output]) -> Vec<(String, PathBuf)> {
    let files = outputs.iter().filter_map(|output| Some((output.format, output.file.as_ref()?)));
    files.map(|(format, file)| (format!("--output {format}={}", shown::joined(file)), file.clone())).collect()
}

/// Writes each output; whether all could be written. One that cannot be is told, and keeps none of the others back.
pub(super) fn write_all(
    outputs: &[Output],
    color: Color,
    out: &mut dyn Write,
    write: impl Fn(Format, Style, &mut dyn Write) -> io::Result<()>,
) -> Result<bool, Trouble> {
    let mut is_whole = true;
    // Files first: whoever reads standard output may stop reading (`| head`).
    for output in outputs {
        let Some(file) = &output.file else { continue };
        if let Err(error) = write_file(file, |out| write(output.format, plain_style(), out)) {
            tell(&cannot_write(file, &error));
            is_whole = false;
        }
    }
    for output in outputs.iter().filter(|output| output.file.is_none()) {
        write(output.format, style(color), out)?;
    }
    Ok(is_whole)
}

/// Says that a file cannot be written.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {}", shown::joined(path), file::cause(error))
}

/// Where a file lies or will lie, however it is spelt.
pub(super) fn place(file: &Path) -> PathBuf {
    let in_its_folder = || {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?.join(file.file_name()?))
    };
    fs::canonicalize(file).ok().or_else(in_its_folder).unwrap_or_else(|| file.to_owned())
}

/// Writes a file whole or not at all; what is there and is no regular file (a pipe, a device) is written to.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    put(path, &bytes)
}

/// Writes a file that is there anew, whole or not at all. A link is left alone: what it leads to is not what was named.
pub(super) fn rewrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let about = fs::symlink_metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    // Opened as it stands: what may not be written must not be replaced either.
    OpenOptions::new().write(true).open(path)?;
    replace(path, bytes, Some(about.permissions()))
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Opened as it stands: what may not be written must not be replaced either.
    let mut there = match OpenOptions::new().write(true).open(path) {
        Ok(there) => there,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // A link to a file that is yet to be made.
        Err(_) if path.is_symlink() => return fs::write(path, bytes),
        Err(_) => return replace(path, bytes, None),
    };
    let about = there.metadata()?;
    if about.is_file() {
        replace(&fs::canonicalize(path)?, bytes, Some(about.permissions()))
    } else {
        there.write_all(bytes)
    }
}

/// Writes under another name first, so that no reader sees half a file and a full disk leaves the old one.
fn replace(path: &Path, bytes: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    let unfinished = path.with_file_name(format!(".lenslint-{}.tmp", std::process::id()));
    // What a run that was killed left behind; or a link that someone laid, which must not be followed.
    let _ = fs::remove_file(&unfinished);
    let written = OpenOptions::new().write(true).create_new(true).open(&unfinished).and_then(|mut file| {
        if let Some(mode) = mode {
            file.set_permissions(mode)?;
        }
        file.write_all(bytes)
    });
    written.and_then(|()| fs::rename(&unfinished, path)).inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_code_scanning_does_with_many_results_is_told_from_the_first_that_it_drops() {
        assert_eq!(sarif_limit(5_000), None);
        assert_eq!(sarif_limit(25_000).unwrap(), "keeps the first 5000, which are the worst");
        assert!(sarif_limit(25_001).unwrap().starts_with("takes no more than 25000: "));
    }
}
