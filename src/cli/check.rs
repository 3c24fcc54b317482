//! `lenslint check`: what it reads, what it says of what it found, and how it ends.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZero;
use std::thread;

use crate::discover::{self, Kind};
use crate::finding::{Report, RunError};
use crate::report::{self, Style, inert::inert};
use crate::revision::Revision;
use crate::rule::Catalogue;

use super::add_ignore;
use super::arguments::{Check, Color};
use super::inputs::Inputs;
use super::known::Baseline;
use super::output::{self, Output};
use super::run::Run;
use super::terminal::{tell, tell_all};
use super::{Ending, Trouble, old_facts, paths, watch};

pub(super) fn run(check: &Check, color: Color, out: &mut dyn Write) -> Result<Ending, Trouble> {
    if check.watch { watch::run(check, color, out) } else { once(check, color, out) }
}

/// One run.
pub(super) fn once(check: &Check, color: Color, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let outputs = output::read(&check.output)?;
    let reason = check.add_ignore.as_deref().map(add_ignore::reason).transpose()?;
    let jobs = jobs(check);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let threads = threads.map_err(|error| Trouble::Usage(format!("cannot start {jobs} threads: {error}")))?;
    let (mut run, mut errors) = Run::of(check, color)?;
    if check.show_files {
        return show_files(run.inputs, errors, out);
    }
    run.written = run.reads.spare_from(check, &outputs)?;
    let baseline = Baseline::of(check, &run.catalogue)?;
    let revision = revision(check)?;
    if let Some(reason) = &reason {
        if matches!(run.inputs, Inputs::Stdin { .. }) {
            return Err(Trouble::Usage("--add-ignore cannot write into standard input".to_owned()));
        }
        // What is known already needs no comment.
        let known = baseline.clone().filter(|_| !check.write_baseline);
        let (report, _) = threads.install(|| run.report(Vec::new(), known, revision.as_ref()))?;
        errors.extend(add_ignore::add(&report, reason, check.quiet));
    }
    // What is reported are the files as they are now.
    let (report, fails) = threads.install(|| run.report(errors, baseline, revision.as_ref()))?;
    let is_whole = print(check, color, &outputs, &report, &run.catalogue, out)?;
    if check.statistics {
        statistics(&report);
        threads.install(|| run.tell_of_stricter_profiles(&report));
    }
    if !check.quiet {
        run.tell_of_given(&report.checked, &report.errors);
        old_facts::tell_of_age(&run.catalogue, &run.settings);
    }
    Ok(if is_whole { ending(check, &report, fails) } else { Ending::Trouble })
}

/// The revision that findings are held against.
fn revision(check: &Check) -> Result<Option<Revision>, Trouble> {
    let Some(name) = &check.new_since else { return Ok(None) };
    if paths::is_stdin(check) && check.stdin_filename.is_none() {
        return Err(Trouble::Usage("`--new-since` needs `--stdin-filename` to know the file".to_owned()));
    }
    let revision = Revision::open(name);
    revision.map(Some).map_err(|message| Trouble::Usage(format!("--new-since: {message}")))
}

/// Beyond this, threads only wait for each other; starting thousands takes longer than any check.
const MOST_JOBS: usize = 64;

fn jobs(check: &Check) -> usize {
    let asked = match check.jobs {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        jobs => jobs,
    };
    if asked > MOST_JOBS && check.jobs > 0 && !check.quiet {
        tell(&format!("-j {asked}: {MOST_JOBS} is the most, and is taken"));
    }
    asked.min(MOST_JOBS)
}

fn show_files(inputs: Inputs, mut errors: Vec<RunError>, out: &mut dyn Write) -> Result<Ending, Trouble> {
    match inputs {
        Inputs::Stdin { path, kind: Kind::Template, .. } => writeln!(out, "{}", inert(&path))?,
        Inputs::Stdin { kind: Kind::TemplateOfTemplates | Kind::Other, .. } => {}
        Inputs::Files(files) => {
            for (found, _) in files {
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

/// Prints the report; whether every output could be written.
fn print(
    check: &Check,
    color: Color,
    outputs: &[Output],
    report: &Report,
    catalogue: &Catalogue,
    out: &mut dyn Write,
) -> Result<bool, Trouble> {
    let is_whole = output::write_all(outputs, color, out, |format, style, out| {
        let style =
            Style { shows_undecided: check.show_unknown, shows_suppressed: check.show_suppressed, ..style };
        report::write(format, report, catalogue, &style, out)
    })?;
    output::add_step_summary(outputs, report, catalogue);
    if !check.quiet {
        output::tell_of_sarif_limits(outputs, report, check.show_suppressed);
    }
    tell_all(&report.errors);
    if report.checked.is_empty() && report.errors.is_empty() && !check.quiet {
        tell("no template found");
    }
    Ok(is_whole)
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

fn ending(check: &Check, report: &Report, fails: bool) -> Ending {
    let is_missing = check.require_templates && report.checked.is_empty();
    if !report.errors.is_empty() || is_missing {
        return Ending::Trouble;
    }
    if fails && !check.exit_zero { Ending::Findings } else { Ending::Clean }
}
