//! `check --add-ignore`: writes a suppression into the templates for everything that was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::finding::{Report, RunError};
use crate::source::{ColumnUnit, Source};
use crate::suppress::{self, Addition, Asked, Reason, SUPPRESSION};

use super::Trouble;
use super::output::rewrite;
use super::terminal::tell;

/// Checks the reason that was typed, before anything is written.
pub(super) fn reason(text: &str) -> Result<Reason, Trouble> {
    Reason::read(text).map_err(|wrong| Trouble::Usage(format!("--add-ignore: {wrong}")))
}

/// Writes the suppressions, and tells what was written and what could not be.
pub(super) fn add(report: &Report, reason: &Reason, is_quiet: bool) -> Vec<RunError> {
    let mut files: BTreeMap<&str, (&Source, BTreeSet<Asked>)> = BTreeMap::new();
    for checked in &report.checked {
        // What is wrong with a suppression is not mended by another.
        for finding in checked.findings.iter().filter(|finding| finding.rule != SUPPRESSION) {
            for (file, one) in Asked::of(finding) {
                let source = &checked.sources[file.0 as usize];
                let (_, asked) = files.entry(source.path()).or_insert((source, BTreeSet::new()));
                asked.insert(one);
            }
        }
    }
    let mut errors = Vec::new();
    for (path, (source, asked)) in files {
        let Addition { text, written, left } = suppress::add(source, &asked, reason);
        for (Asked { span, rule }, why) in left {
            let line = source.position(span.start, ColumnUnit::CodePoints).line;
            tell(&format!("{path}:{line}: {rule} is not suppressed: {why}"));
        }
        let Some(text) = text else { continue };
        match write(source, &text) {
            Ok(()) if is_quiet => {}
            Ok(()) => {
                let rules: BTreeSet<&str> = written.iter().map(|asked| asked.rule.as_str()).collect();
                let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
                tell(&format!("{path}: suppressed {} ({rules})", counted(written.len())));
            }
            Err(why) => {
                let message = format!("suppressions cannot be written: {why}");
                errors.push(RunError { path: path.to_owned(), message });
            }
        }
    }
    errors
}

fn counted(number: usize) -> String {
    format!("{number} finding{}", if number == 1 { "" } else { "s" })
}

fn write(source: &Source, text: &str) -> Result<(), String> {
    let path = Path::new(source.path());
    let now = fs::read(path).map_err(|error| error.to_string())?;
    if now != source.text().as_bytes() {
        return Err("the file is not what was checked".to_owned());
    }
    rewrite(path, text.as_bytes()).map_err(|error| error.to_string())
}
