//! `lenslint guard`: plain Guard rules over documents as they were written.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use rayon::prelude::*;

use crate::discover::{self, Discovered, Found, RuleFile};
use crate::finding::{Checked, FileKind, Report, RunError};
use crate::guard::{self, Status};
use crate::lint::{GuardLinter, Input, Judged};
use crate::report::{self, Format};
use crate::rule::{Catalogue, GuardFile, Ids, Page};
use crate::verdict::Verdicts;

use super::arguments::{Color, Guard};
use super::output;
use super::reads::Reads;
use super::terminal::tell_all;
use super::{Ending, Trouble};

pub(super) fn run(guard: &Guard, color: Color, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let outputs = output::read(&guard.output)?;
    let Rules { files, catalogue, errors } = rules(&guard.rules)?;
    let linter = GuardLinter::new(&files, &catalogue, guard.strict);
    let judged = judge_all(&linter, &guard.data)?;
    let mut results = Results::of(judged, &catalogue, errors);
    results.report.errors.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    results.report.errors.dedup();
    let mut reads = Reads::default();
    reads.add(files.iter().map(|file| PathBuf::from(&file.path)), "a file of rules");
    let documents = results.report.checked.iter().flat_map(|checked| &checked.sources);
    reads.add(documents.map(|source| PathBuf::from(source.path())), "a document that the rules are run over");
    reads.spare(&output::written(&outputs))?;
    let is_whole = output::write_all(&outputs, color, out, |format, style, out| {
        results.write(format, &catalogue, &style, out)
    })?;
    output::add_step_summary(&outputs, &results.report, &catalogue);
    output::tell_of_sarif_limits(&outputs, &results.report, false);
    tell_all(&results.report.errors);
    Ok(if is_whole { results.ending() } else { Ending::Trouble })
}

/// The rules of a run.
struct Rules {
    files: Vec<GuardFile>,
    catalogue: Catalogue,
    errors: Vec<RunError>,
}

/// Reads the rules. That two files have one id is an error, since reports tell rules by their ids; both are run.
fn rules(paths: &[String]) -> Result<Rules, Trouble> {
    let (found, mut errors) = discover::read_rules(paths, discover::GUARD_FILES);
    if found.is_empty() && errors.is_empty() {
        return Err(Trouble::Usage("no rules found: expected files that end in .guard or .ruleset".into()));
    }
    let mut files: Vec<GuardFile> = Vec::new();
    let mut pages: Vec<Page> = Vec::new();
    let mut ids = Ids::default();
    for file in found {
        let file = match file {
            RuleFile::Guard(file) => file,
            RuleFile::Page(page) => {
                let path = page.file.unwrap_or_default();
                let message = "is a rule page: `lenslint check --rules` runs it over templates".to_owned();
                errors.push(RunError { path, message });
                continue;
            }
        };
        let of_file = file.pages();
        // Clauses outside of rules may stand in any number of files.
        let mut named = of_file.iter().filter(|page| page.id != guard::Rules::UNNAMED);
        if let Some(duplicate) = named.find_map(|page| ids.claim(page).err()) {
            errors.push(RunError { path: file.path.clone(), message: duplicate.to_string() });
        }
        pages.extend(of_file);
        files.push(file);
    }
    // The clauses outside of rules are one rule to those who read ids.
    pages.sort_by(|a, b| a.id.cmp(&b.id));
    pages.dedup_by(|a, b| a.id == b.id);
    Ok(Rules { files, catalogue: Catalogue { pages }, errors })
}

/// What became of each document, in the order of their paths.
type AllJudged = Vec<Result<Judged, RunError>>;

fn judge_all(linter: &GuardLinter<'_>, data: &[String]) -> Result<AllJudged, Trouble> {
    let (standard_input, paths): (Vec<String>, Vec<String>) =
        data.iter().cloned().partition(|path| path == "-");
    let Discovered { files: found, errors, unread_ignores } = discover::find(&paths, discover::DATA);
    tell_all(&unread_ignores);
    if found.is_empty() && errors.is_empty() && standard_input.is_empty() {
        return Err(Trouble::Usage("no document found: expected YAML or JSON files".into()));
    }
    let mut judged = AllJudged::new();
    if !standard_input.is_empty() {
        let bytes = discover::read_any_standard_input("-")?;
        judged.push(shielded(linter, &Input { path: "-", on_disk: None, bytes: &bytes, given: None }));
    }
    judged.par_extend(found.into_par_iter().map(|found| judge(linter, &found)));
    judged.extend(errors.into_iter().map(Err));
    Ok(judged)
}

fn judge(linter: &GuardLinter<'_>, found: &Found) -> Result<Judged, RunError> {
    let bytes = discover::read_any(found)?;
    shielded(linter, &Input { path: &found.shown, on_disk: Some(&found.path), bytes: &bytes, given: None })
}

/// A defect of ours in one document must not take the other verdicts with it.
fn shielded(linter: &GuardLinter<'_>, input: &Input<'_>) -> Result<Judged, RunError> {
    catch_unwind(AssertUnwindSafe(|| linter.check(input))).unwrap_or_else(|_| {
        let message = "lenslint failed on this file: please report it, with the file if you can".to_owned();
        Err(RunError { path: input.path.to_owned(), message })
    })
}

/// All that a run found, as verdicts and as findings.
struct Results {
    verdicts: Vec<Verdicts>,
    report: Report,
}

impl Results {
    /// Of every document, and of rules files that could not be read: no document has a verdict of those.
    fn of(judged: AllJudged, catalogue: &Catalogue, unread: Vec<RunError>) -> Self {
        let mut checked: Vec<Checked> = Vec::new();
        let mut verdicts: Vec<Verdicts> = Vec::new();
        for outcome in judged {
            verdicts.push(match outcome {
                Ok(judged) => {
                    checked.push(judged.checked);
                    judged.verdicts
                }
                Err(error) => Verdicts::unread(error),
            });
        }
        let mut errors: Vec<RunError> =
            verdicts.iter().flat_map(|of_document| of_document.errors.iter().cloned()).collect();
        for of_document in &mut verdicts {
            of_document.errors.extend(unread.iter().cloned());
        }
        errors.extend(unread);
        let rules = catalogue.pages.iter().map(|page| page.id.clone()).collect();
        Self {
            verdicts,
            report: Report { checked, kind: FileKind::Document, rules, errors, ..Report::default() },
        }
    }

    fn write(
        &self,
        format: Format,
        catalogue: &Catalogue,
        style: &report::Style,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        match format {
            Format::Json => report::write_verdicts(&self.verdicts, out),
            Format::Full
            | Format::Concise
            | Format::Jsonl
            | Format::Sarif
            | Format::Github
            | Format::Gitlab
            | Format::Junit
            | Format::Rdjson
            | Format::Markdown
            | Format::Azure
            | Format::Checkstyle => report::write(format, &self.report, catalogue, style, out),
        }
    }

    fn ending(&self) -> Ending {
        let mut rules = self.verdicts.iter().flat_map(|of_document| &of_document.rules);
        if !self.report.errors.is_empty() {
            Ending::Trouble
        } else if rules.any(|rule| rule.status == Status::Fail) {
            Ending::Findings
        } else {
            Ending::Clean
        }
    }
}
