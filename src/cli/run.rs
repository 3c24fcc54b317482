//! A run of `lenslint check`: all that decides what it says, and what it comes to.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{self, Path, PathBuf};

use crate::baseline::Apart;
use crate::config::{Settings, without_dots};
use crate::discover::{self, Found, Kind};
use crate::finding::{Checked, FailOn, Report, RunError};
use crate::lint::{Applications, Input, Linter, Onlooker, check_files};
use crate::parameters::Given;
use crate::revision::Revision;
use crate::rule::{Catalogue, Profile};
use crate::source::Source;

use super::arguments::{Check, Color, handler_code};
use super::configuration::{Configured, configure};
use super::deployment::{self, Configured as ConfiguredDeployments};
use super::inputs::{
    Inputs, Named, applications, found, inputs, of_applications, on_disk, parts_of, with_all_parts,
};
use super::known::{self, Baseline, Looked};
use super::reads::Reads;
use super::terminal::tell;
use super::verbose::{Asked, tell_of_files};
use super::{Trouble, paths, progress};

/// All that decides what a run says.
pub(super) struct Run<'r> {
    check: &'r Check,
    pub(super) catalogue: Catalogue,
    /// What was named.
    paths: Vec<String>,
    pub(super) settings: Vec<Settings>,
    /// For each of them, the file that it stands in.
    stands_in: Vec<Option<String>>,
    deployments: ConfiguredDeployments,
    pub(super) inputs: Inputs,
    /// What is not looked at, since its settings exclude it.
    excluded: Vec<(String, usize)>,
    /// What is read besides the templates and the baseline.
    pub(super) reads: Reads,
    /// The files that are written at the end, each with the option that says so.
    pub(super) written: Vec<(String, PathBuf)>,
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
        let Configured {
            catalogue,
            errors: rule_errors,
            settings,
            stands_in,
            of_files,
            files: configurations,
        } = configure(check, color, &places)?;
        let errors = [errors, rule_errors].concat();
        let (found, of_files) =
            if check.merge { (found, of_files) } else { with_all_parts(found, of_files, &settings) };
        let (inputs, excluded) = inputs(found, &paths, &settings, &of_files)?;
        let deployments = deployment::configured(check, &settings, &inputs.places())?;
        let reads = Reads::of(check, configurations, &catalogue, &deployments);
        let written = Vec::new();
        let run = Self {
            check,
            catalogue,
            paths,
            settings,
            stands_in,
            deployments,
            inputs,
            excluded,
            reads,
            written,
        };
        Ok((run, errors))
    }

    /// Checks every input, and says whether what was found fails the run.
    pub(super) fn report(
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
            let unwritten = baseline.hold(self.check, &mut checked, &looked);
            errors.extend(unwritten);
        }
        if let Some((known, revision)) = earlier {
            known::hide_earlier(known, revision, &mut checked);
        }
        let fails = checked.iter().any(|(settings, checked)| {
            let level: FailOn = self.settings[*settings].fail_on;
            checked.findings.iter().any(|finding| level.includes(finding.severity))
        });
        if self.check.verbose {
            let Self { excluded, stands_in, .. } = self;
            let asked = Asked { files: &self.files(), excluded, configurations: stands_in };
            tell_of_files(&asked, &checked);
        }
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
    pub(super) fn tell_of_stricter_profiles(&self, report: &Report) {
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
