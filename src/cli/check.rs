//! `lenslint check`: finds the templates, checks them side by side, prints the report.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::num::NonZero;
use std::path::{self, Path, PathBuf};
use std::thread;

use rustc_hash::FxHashSet;

use crate::baseline::Apart;
use crate::config::{Application, Settings, without_dots};
use crate::discover::{self, Discovered, Found, Kind};
use crate::finding::{Checked, FailOn, Report, RunError};
use crate::lint::{Applications, Input, Linter, Onlooker, check_files};
use crate::parameters::Given;
use crate::report::{self, Style, inert::inert};
use crate::revision::Revision;
use crate::rule::{Catalogue, Profile};
use crate::shown;
use crate::source::Source;

use super::add_ignore;
use super::arguments::{Check, Color, handler_code};
use super::configuration::{Configured, configure};
use super::deployment::{self, Configured as ConfiguredDeployments};
use super::known::{self, Baseline, Looked};
use super::output::{self, Output};
use super::reads::Reads;
use super::terminal::{tell, tell_all};
use super::{Ending, Trouble, old_facts, paths, progress, watch};

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

/// What was named: files, or what comes on standard input, by its name.
enum Named {
    Files(Vec<Found>),
    Stdin(String),
}

fn found(check: &Check, paths: &[String]) -> (Named, Vec<RunError>) {
    if !paths::is_stdin(check) {
        let Discovered { files, errors, unread_ignores } = discover::find(paths, discover::TEMPLATES);
        // More is checked than was asked for, and nothing less: that fails no run.
        tell_all(&unread_ignores);
        return (Named::Files(files), errors);
    }
    if !check.quiet && paths.iter().any(|path| path != "-" && path != ".") {
        tell("standard input is checked alone: the other paths are left out");
    }
    (
        Named::Stdin(
            check
                .stdin_filename
                .as_ref()
                .map_or_else(|| "-".to_owned(), |path| shown::joined(Path::new(path))),
        ),
        Vec::new(),
    )
}

/// With the parts of applications that were not named: what one part lacks may stand in another, and a hook names only
/// those that changed.
fn with_all_parts(found: Named, of_files: Vec<usize>, settings: &[Settings]) -> (Named, Vec<usize>) {
    let Named::Files(files) = found else { return (found, of_files) };
    let absolute = |found: &Found| path::absolute(&found.path).map(|path| without_dots(&path)).ok();
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    let mut all: Vec<(Found, usize)> = files.into_iter().zip(of_files).collect();
    for (index, application) in of_applications(settings) {
        known.extend(all.iter().filter_map(|(found, _)| absolute(found)));
        if all
            .iter()
            .any(|(found, of)| *of == index && absolute(found).is_some_and(|at| application.holds(&at)))
        {
            let parts = parts_of(application).into_iter();
            let parts = parts.filter(|found| absolute(found).is_some_and(|path| !known.contains(&path)));
            all.extend(parts.map(|found| (found, index)).collect::<Vec<_>>());
        }
    }
    all.sort_by(|(a, _), (b, _)| a.shown.cmp(&b.shown));
    let (files, of_files) = all.into_iter().unzip();
    (Named::Files(files), of_files)
}

fn of_applications(settings: &[Settings]) -> impl Iterator<Item = (usize, &Application)> {
    let settings = settings.iter().enumerate();
    settings.flat_map(|(index, settings)| settings.applications.iter().map(move |one| (index, one)))
}

/// The files of an application, wherever it is asked from.
fn parts_of(application: &Application) -> Vec<Found> {
    let Some(folder) = application.folder() else { return Vec::new() };
    let here = path::absolute(".").map(|here| without_dots(&here)).unwrap_or_default();
    let shown = match folder.strip_prefix(&here) {
        Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
        Ok(below) => below.to_string_lossy().into_owned(),
        Err(_) => folder.to_string_lossy().into_owned(),
    };
    let Discovered { files: mut parts, .. } = discover::find(&[shown], discover::TEMPLATES);
    parts.retain(|found| {
        path::absolute(&found.path).is_ok_and(|path| application.holds(&without_dots(&path)))
    });
    parts
}

/// Where what comes on standard input would lie.
fn on_disk(stdin_path: &str) -> Option<&Path> {
    (stdin_path != "-").then(|| Path::new(stdin_path))
}

/// What is to be checked, each with the index of its settings.
enum Inputs {
    Files(Vec<(Found, usize)>),
    Stdin { path: String, bytes: Vec<u8>, kind: Kind, settings: usize },
}

impl Inputs {
    /// Where the files lie, each with the index of its settings; standard input without a name is nowhere.
    fn places(&self) -> Vec<(Option<&Path>, usize)> {
        match self {
            Self::Files(files) => {
                files.iter().map(|(found, settings)| (Some(found.path.as_path()), *settings)).collect()
            }
            Self::Stdin { path, settings, .. } => vec![(on_disk(path), *settings)],
        }
    }
}

/// Leaves out what the settings exclude, and reads standard input.
fn inputs(
    found: Named,
    paths: &[String],
    settings: &[Settings],
    of_files: &[usize],
) -> Result<Inputs, Trouble> {
    let excludes = |index: usize, path: &Path| {
        let settings: &Settings = &settings[index];
        // Few configurations exclude anything, and a path costs more than they do.
        !settings.exclude.is_empty()
            && path::absolute(path).is_ok_and(|path| settings.excludes(&without_dots(&path)))
    };
    match found {
        Named::Files(files) => {
            let named: FxHashSet<String> =
                paths.iter().map(|path| shown::joined(Path::new(path.trim_start_matches("./")))).collect();
            let is_named = |found: &Found| named.contains(&found.shown);
            let files = files.into_iter().zip(of_files.iter().copied());
            let files = files.filter(|(found, index)| {
                !excludes(*index, &found.path) || !settings[*index].force_exclude && is_named(found)
            });
            Ok(Inputs::Files(files.collect()))
        }
        Named::Stdin(path) => {
            let index = of_files[0];
            if settings[index].force_exclude && on_disk(&path).is_some_and(|path| excludes(index, path)) {
                return Ok(Inputs::Files(Vec::new()));
            }
            let (bytes, kind) = discover::read_standard_input(&path)?;
            Ok(Inputs::Stdin { path, bytes, kind, settings: index })
        }
    }
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

/// All that decides what a run says.
pub(super) struct Run<'r> {
    check: &'r Check,
    catalogue: Catalogue,
    /// What was named.
    paths: Vec<String>,
    settings: Vec<Settings>,
    deployments: ConfiguredDeployments,
    inputs: Inputs,
    /// What is read besides the templates and the baseline.
    reads: Reads,
    /// The files that are written at the end, each with the option that says so.
    written: Vec<(String, PathBuf)>,
}

impl<'r> Run<'r> {
    /// What was asked for, and what of it could not be had.
    pub(super) fn of(check: &'r Check, color: Color) -> Result<(Self, Vec<RunError>), Trouble> {
        let paths = paths::of(check)?;
        let (found, errors) = found(check, &paths);
        let places: Vec<Option<&Path>> = match &found {
            Named::Files(files) => files.iter().map(|file| Some(file.path.as_path())).collect(),
            Named::Stdin(path) => vec![on_disk(path)],
        };
        let Configured { catalogue, errors: rule_errors, settings, of_files, files: configurations } =
            configure(check, color, &places)?;
        let errors = [errors, rule_errors].concat();
        let (found, of_files) =
            if check.merge { (found, of_files) } else { with_all_parts(found, of_files, &settings) };
        let inputs = inputs(found, &paths, &settings, &of_files)?;
        let deployments = deployment::configured(check, &settings, &inputs.places())?;
        let reads = Reads::of(check, configurations, &catalogue, &deployments);
        let run = Self { check, catalogue, paths, settings, deployments, inputs, reads, written: Vec::new() };
        Ok((run, errors))
    }

    /// Checks every input, and says whether what was found fails the run.
    fn report(
        &self,
        mut errors: Vec<RunError>,
        baseline: Option<Baseline>,
        revision: Option<&Revision>,
    ) -> Result<(Report, bool), Trouble> {
        let linters = self.linters(self.settings.iter().cloned());
        let is_compared = baseline.is_some() || revision.is_some();
        let (mut checked, failed) = self.checked(&linters);
        errors.extend(failed);
        Reads::sources(checked.iter().map(|(_, checked)| checked)).spare(&self.written)?;
        // What has no findings has none that are known.
        let revision = revision.filter(|_| checked.iter().any(|(_, one)| !one.findings.is_empty()));
        let earlier = revision.map(|revision| -> Result<_, Trouble> {
            let (files, applications) = (self.files(), self.applications());
            Ok((known::earlier(revision, &linters, &files, self.given(&files), &applications)?, revision))
        });
        let earlier = earlier.transpose()?;
        let mut baseline = baseline;
        let mut apart = baseline.as_mut().map(|baseline| baseline.in_part(&checked)).unwrap_or_default();
        if let Some((known, revision)) = &earlier {
            apart = apart.with(known::earlier_in_part(known, revision, &checked));
        }
        if !apart.is_empty() {
            checked = self.checked_apart(&apart);
        }
        if let Some(baseline) = baseline {
            let looked = Looked {
                paths: &self.paths,
                files: &self.files(),
                rules: linters.iter().map(|linter| linter.rules().into_iter().collect()).collect(),
                errors: &errors,
            };
            baseline.hold(self.check, &mut checked, &looked)?;
        }
        if let Some((known, revision)) = earlier {
            known::hide_earlier(known, revision, &mut checked);
        }
        let fails = checked.iter().any(|(settings, checked)| {
            let level: FailOn = self.settings[*settings].fail_on;
            checked.findings.iter().any(|finding| level.includes(finding.severity))
        });
        let checked: Vec<Checked> = checked.into_iter().map(|(_, checked)| checked).collect();
        errors.extend(checked.iter().flat_map(|checked: &Checked| checked.broken.iter().cloned()));
        errors.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
        errors.dedup();
        let rules: BTreeSet<String> = linters.iter().flat_map(Linter::rules).collect();
        let rules = rules.into_iter().collect();
        Ok((Report { checked, rules, is_compared, errors, ..Report::default() }, fails))
    }

    /// A linter for each of the run's settings, and somebody who looks on.
    pub(super) fn linters_watched_by<'l>(&'l self, onlooker: &'l Onlooker<'l>) -> Vec<Linter<'l>> {
        let linters = self.linters(self.settings.iter().cloned()).into_iter();
        linters.map(|linter| linter.watched_by(onlooker)).collect()
    }

    fn linters(&self, settings: impl Iterator<Item = Settings>) -> Vec<Linter<'_>> {
        let code = handler_code(self.check.no_code);
        settings.map(|settings| Linter::configured(&self.catalogue, settings).with_code(code)).collect()
    }

    /// What was checked, where one finding for many places is told anew: of those that are known alone, and of those that
    /// are new together.
    fn checked_apart(&self, apart: &Apart) -> Vec<(usize, Checked)> {
        let linters = self.linters(self.settings.iter().cloned()).into_iter();
        let linters: Vec<Linter<'_>> = linters.map(|linter| linter.with_apart(apart.clone())).collect();
        self.checked(&linters).0
    }

    /// What was checked, each with the index of its settings, and what could not be.
    pub(super) fn checked(&self, linters: &[Linter<'_>]) -> (Vec<(usize, Checked)>, Vec<RunError>) {
        match &self.inputs {
            Inputs::Files(files) => {
                let (given, applications) = (self.given(files), self.applications());
                let (checked, failed) = progress::shown(files.len(), self.check.quiet, |seen| {
                    check_files(linters, files, &given, &applications, seen)
                });
                (checked.into_iter().map(|(index, checked)| (files[index].1, checked)).collect(), failed)
            }
            Inputs::Stdin { kind: Kind::TemplateOfTemplates | Kind::Other, .. } => (Vec::new(), Vec::new()),
            Inputs::Stdin { path, bytes, kind: Kind::Template, settings } => {
                let on_disk = on_disk(path);
                let given = Some(&self.deployments.of(*settings, on_disk));
                let input = Input { path, on_disk, bytes, given };
                if let Some(checked) = self.checked_with_parts(&linters[*settings], &input, *settings) {
                    return (checked.into_iter().map(|checked| (*settings, checked)).collect(), Vec::new());
                }
                match linters[*settings].check_read(&input) {
                    Ok(checked) => {
                        (checked.into_iter().map(|checked| (*settings, checked)).collect(), Vec::new())
                    }
                    Err(error) => (Vec::new(), vec![error]),
                }
            }
        }
    }

    /// Checks what came on standard input with the other parts of its application, if it is a part of one.
    fn checked_with_parts(
        &self,
        linter: &Linter<'_>,
        input: &Input<'_>,
        settings: usize,
    ) -> Option<Vec<Checked>> {
        let at = without_dots(&path::absolute(input.on_disk?).ok()?);
        let (_, application) =
            of_applications(&self.settings).find(|(of, one)| *of == settings && one.holds(&at))?;
        let mut others = parts_of(application);
        others.retain(|found| path::absolute(&found.path).is_ok_and(|path| without_dots(&path) != at));
        let others: Vec<(Found, Vec<u8>)> = others
            .into_iter()
            .filter_map(|found| match discover::read(&found) {
                Ok((bytes, Kind::Template)) => Some((found, bytes)),
                Ok((_, Kind::TemplateOfTemplates | Kind::Other)) | Err(_) => None,
            })
            .collect();
        let others = others.iter().map(|(found, bytes)| Input {
            path: &found.shown,
            on_disk: Some(&found.path),
            bytes,
            given: input.given,
        });
        let mut inputs: Vec<Input<'_>> = others.collect();
        inputs.push(Input { ..*input });
        inputs.sort_by(|a, b| a.path.cmp(b.path));
        Some(linter.check_merged(&inputs))
    }

    /// The files that are checked, one of which may come on standard input.
    fn files(&self) -> Cow<'_, [(Found, usize)]> {
        match &self.inputs {
            Inputs::Files(files) => Cow::Borrowed(files),
            Inputs::Stdin { path, settings, .. } => {
                let found = Found { path: PathBuf::from(path), shown: path.clone(), region: None };
                Cow::Owned(vec![(found, *settings)])
            }
        }
    }

    fn given(&self, files: &[(Found, usize)]) -> Vec<Given> {
        let given = |(found, settings): &(Found, usize)| -> Given {
            let given = self.deployments.of(*settings, Some(&found.path));
            // The region that the CDK has bound a stack to is its own, unless another is asked for.
            given.or_region(found.region.as_deref())
        };
        files.iter().map(given).collect()
    }

    fn applications(&self) -> Applications {
        match &self.inputs {
            Inputs::Files(files) if self.check.merge => vec![(0..files.len()).collect()],
            Inputs::Files(files) => applications(files, &self.settings),
            Inputs::Stdin { .. } => Applications::new(),
        }
    }

    /// Says what is odd about the values that are given. What the file that does not parse declares is not known.
    pub(super) fn tell_of_given(&self, checked: &[Checked], errors: &[RunError]) {
        self.deployments.tell_notes();
        for one in checked {
            for note in &one.notes {
                let path = one.sources.first().map_or("-", Source::path);
                tell(&format!("warning: {path}: {note}"));
            }
        }
        if errors.is_empty() && !checked.is_empty() && checked.iter().all(|one| one.templates > 0) {
            let declared: Vec<&str> =
                checked.iter().flat_map(|one| &one.parameters).map(String::as_str).collect();
            self.deployments.tell_undeclared(&declared);
        }
    }

    /// Counts what the profiles above that of the run would add. That takes another check for each of them, so it is
    /// not part of every summary.
    fn tell_of_stricter_profiles(&self, report: &Report) {
        let count = |checked: &Checked| checked.findings.len();
        let found: usize = report.checked.iter().map(count).sum();
        for profile in [Profile::Strict, Profile::Pedantic] {
            let is_below = |settings: &Settings| {
                settings.selection.select.is_empty() && settings.selection.profile < profile
            };
            // What is new in a stricter profile was never held against anything.
            if report.is_compared || !self.settings.iter().any(is_below) {
                continue;
            }
            let raised = self.settings.iter().cloned().map(|mut settings| {
                settings.selection.profile = settings.selection.profile.max(profile);
                settings
            });
            let (checked, _) = self.checked(&self.linters(raised));
            let more = checked.iter().map(|(_, checked)| count(checked)).sum::<usize>().saturating_sub(found);
            if more > 0 {
                tell(&format!("{more:>6}  more with --profile {}", profile.as_str()));
            }
        }
    }
}

/// The files of each application that a configuration names; one that is in two belongs to the first.
fn applications(files: &[(Found, usize)], settings: &[Settings]) -> Applications {
    let mut applications = Applications::new();
    let mut taken = BTreeSet::new();
    for (index, settings) in settings.iter().enumerate() {
        for application in &settings.applications {
            let is_part = |found: &Found| {
                path::absolute(&found.path).is_ok_and(|path| application.holds(&without_dots(&path)))
            };
            let parts = files.iter().enumerate().filter(|(_, (found, of))| *of == index && is_part(found));
            applications.push(parts.map(|(part, _)| part).filter(|part| taken.insert(*part)).collect());
        }
    }
    applications
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
