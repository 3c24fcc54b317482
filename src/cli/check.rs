//! `lenslint check`: finds the templates, checks them side by side, prints the report.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::thread;

use crate::discover::{self, Found, Kind};
use crate::finding::{Checked, Report, RunError};
use crate::lint::{Applications, Input, Linter};
use crate::parameters::Deployments;
use crate::report::{self, Style, inert::inert};
use crate::rule::{Catalogue, Selection, Selector};
use crate::source::Source;
use crate::spelling;

use super::arguments::{Check, Color};
use super::deployment;
use super::output::{self, Output};
use super::rules;
use super::terminal::{plain_style, style, tell, tell_all};
use super::{Ending, Trouble};

pub(super) fn run(check: &Check, color: Color, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let outputs = output::read(&check.output)?;
    let (catalogue, rule_errors) = rules::catalogue(&check.rules)?;
    let selection = selection(check, &catalogue)?;
    let jobs = jobs(check);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let threads = threads.map_err(|error| Trouble::Usage(format!("cannot start {jobs} threads: {error}")))?;
    let (inputs, mut errors) = inputs(check)?;
    errors.extend(rule_errors);
    if check.show_files {
        return show_files(inputs, errors, out);
    }
    let deployments = deployment::read(&check.deployment, &inputs.places())?;
    let report = threads.install(|| {
        let linter = Linter::new(&catalogue, selection, check.min_confidence.into());
        check_all(&linter, &deployments, inputs, check.merge, errors)
    });
    print(check, color, &outputs, &report, &catalogue, out)?;
    if !check.quiet {
        tell_of_given(&deployments, &report);
    }
    Ok(ending(check, &report))
}

/// Beyond this, threads only wait for each other; starting thousands takes longer than any check.
const MOST_JOBS: usize = 64;

fn jobs(check: &Check) -> usize {
    let asked = match check.jobs {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        jobs => jobs,
    };
    asked.min(MOST_JOBS)
}

fn selection(check: &Check, catalogue: &Catalogue) -> Result<Selection, Trouble> {
    let read = |names: &[String]| -> Result<Vec<Selector>, Trouble> {
        names
            .iter()
            .map(|name| {
                Selector::read(name, catalogue).map_err(|unknown| {
                    let hint = spelling::hint(unknown.nearest.as_deref());
                    Trouble::Usage(format!("there is no rule or family '{}'{hint}", unknown.name))
                })
            })
            .collect()
    };
    Ok(Selection {
        profile: check.profile.into(),
        select: read(&check.select)?,
        ignore: read(&check.ignore)?,
    })
}

/// What is to be checked: files, or what came on standard input.
enum Inputs {
    Files(Vec<Found>),
    Stdin { path: String, bytes: Vec<u8>, kind: Kind },
}

impl Inputs {
    /// Where the files lie; standard input without a name is nowhere.
    fn places(&self) -> Vec<Option<&Path>> {
        match self {
            Self::Files(files) => files.iter().map(|found| Some(found.path.as_path())).collect(),
            Self::Stdin { path, .. } => vec![(path != "-").then(|| Path::new(path))],
        }
    }
}

fn inputs(check: &Check) -> Result<(Inputs, Vec<RunError>), Trouble> {
    let is_stdin = check.stdin_filename.is_some() || check.paths.iter().any(|path| path == "-");
    if !is_stdin {
        let (found, errors) = discover::find(&check.paths, discover::TEMPLATES);
        return Ok((Inputs::Files(found), errors));
    }
    if !check.quiet && check.paths.iter().any(|path| path != "-" && path != ".") {
        tell("standard input is checked alone: the other paths are left out");
    }
    let path = check.stdin_filename.clone().unwrap_or_else(|| "-".to_owned());
    let (bytes, kind) = discover::read_standard_input(&path)?;
    Ok((Inputs::Stdin { path, bytes, kind }, Vec::new()))
}

fn show_files(inputs: Inputs, mut errors: Vec<RunError>, out: &mut dyn Write) -> Result<Ending, Trouble> {
    match inputs {
        Inputs::Stdin { path, kind: Kind::Template, .. } => writeln!(out, "{}", inert(&path))?,
        Inputs::Stdin { kind: Kind::TemplateOfTemplates | Kind::Other, .. } => {}
        Inputs::Files(files) => {
            for found in files {
                match discover::read(&found) {
                    Ok((_, Kind::Template)) => writeln!(out, "{}", inert(&found.shown))?,
                    Ok((_, Kind::TemplateOfTemplates | Kind::Other)) => {}
                    Err(error) => errors.push(error),
                }
            }
        }
    }
    Ok(if tell_all(&errors) { Ending::Trouble } else { Ending::Clean })
}

/// Checks every input.
fn check_all(
    linter: &Linter<'_>,
    deployments: &Deployments,
    inputs: Inputs,
    merge: bool,
    mut errors: Vec<RunError>,
) -> Report {
    let checked = match inputs {
        Inputs::Files(files) => {
            let applications = if merge { vec![(0..files.len()).collect()] } else { Applications::new() };
            let (checked, failed) = linter.check_files(&files, deployments, &applications);
            errors.extend(failed);
            checked
        }
        Inputs::Stdin { kind: Kind::TemplateOfTemplates | Kind::Other, .. } => Vec::new(),
        Inputs::Stdin { path, bytes, kind: Kind::Template } => {
            let on_disk = (path != "-").then(|| Path::new(&path));
            let given = Some(&deployments.of(on_disk));
            match linter.check_read(&Input { path: &path, on_disk, bytes: &bytes, given }) {
                Ok(checked) => checked.into_iter().collect(),
                Err(error) => {
                    errors.push(error);
                    Vec::new()
                }
            }
        }
    };
    errors.extend(checked.iter().flat_map(|checked: &Checked| checked.broken.iter().cloned()));
    errors.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    errors.dedup();
    Report { checked, rules: linter.rules(), errors, ..Report::default() }
}

fn print(
    check: &Check,
    color: Color,
    outputs: &[Output],
    report: &Report,
    catalogue: &Catalogue,
    out: &mut dyn Write,
) -> Result<(), Trouble> {
    let wanted = |style: Style| Style { shows_undecided: check.show_unknown, ..style };
    for output in outputs {
        match &output.file {
            None => report::write(output.format, report, catalogue, &wanted(style(color)), out)?,
            Some(file) => {
                let style = wanted(plain_style());
                output::write_file(file, |out| report::write(output.format, report, catalogue, &style, out))?;
            }
        }
    }
    output::add_step_summary(outputs, report, catalogue);
    tell_all(&report.errors);
    if check.statistics {
        statistics(report);
    }
    if report.checked.is_empty() && report.errors.is_empty() && !check.quiet {
        tell("no template found");
    }
    Ok(())
}

/// Says what is odd about the values that are given. What the file that does not parse declares is not known.
fn tell_of_given(deployments: &Deployments, report: &Report) {
    deployment::tell_notes(deployments);
    for checked in &report.checked {
        for note in &checked.notes {
            let path = checked.sources.first().map_or("-", Source::path);
            tell(&format!("warning: {path}: {note}"));
        }
    }
    if report.errors.is_empty()
        && !report.checked.is_empty()
        && report.checked.iter().all(|checked| checked.templates > 0)
    {
        let declared: Vec<&str> =
            report.checked.iter().flat_map(|checked| &checked.parameters).map(String::as_str).collect();
        deployment::tell_undeclared(deployments, &declared);
    }
}

fn statistics(report: &Report) {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in report.checked.iter().flat_map(|file| &file.findings) {
        *counts.entry((&finding.rule, &finding.name)).or_default() += 1;
    }
    for ((rule, name), count) in counts {
        tell(&format!("{count:>6}  {rule} {name}"));
    }
}

fn ending(check: &Check, report: &Report) -> Ending {
    let is_missing = check.require_templates && report.checked.is_empty();
    if !report.errors.is_empty() || is_missing {
        return Ending::Trouble;
    }
    let mut findings = report.checked.iter().flat_map(|file| &file.findings);
    if !check.exit_zero && findings.any(|finding| check.fail_on.includes(finding.severity)) {
        return Ending::Findings;
    }
    Ending::Clean
}
