//! Which settings hold for which template: the configuration files, and over them the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{self, Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::config::{Choices, ConfigId, Files, Layer, Settings, without_dots};
use crate::finding::{RunError, Severity};
use crate::report::write_problems;
use crate::rule::{Catalogue, Page, Selector};

use super::Trouble;
use super::arguments::{Check, Color};
use super::rules;
use super::terminal::{style_of_errors, tell, tell_all};

/// The settings of a run.
pub(super) struct Configured {
    /// The rules that lenslint carries, those of the command line and those of every configuration.
    pub(super) catalogue: Catalogue,
    /// Rules that could not be read.
    pub(super) errors: Vec<RunError>,
    /// One for each configuration that files have; of no files, one all the same.
    pub(super) settings: Vec<Settings>,
    /// For each of them, the file that it stands in, as it is shown; `None` where there is none.
    pub(super) stands_in: Vec<Option<String>>,
    /// For each file that was asked about, the index of its settings.
    pub(super) of_files: Vec<usize>,
    /// The configuration files that were read.
    pub(super) files: Vec<PathBuf>,
}

/// The settings for some files; `None` is a standard input without a name. What is wrong with a configuration is told
/// here, and ends the run if it is an error.
pub(super) fn configure(check: &Check, color: Color, files: &[Option<&Path>]) -> Result<Configured, Trouble> {
    let mut configs = Files::new(without_dots(&path::absolute(".")?));
    let named = check.terms.config.as_deref().and_then(|config| configs.named(config));
    let mut config_of = |file: Option<&Path>| match (&check.terms.config, check.terms.isolated) {
        (None, false) => configs.nearest(file.and_then(Path::parent).unwrap_or(Path::new(""))),
        (Some(_), _) | (None, true) => named,
    };
    let ids: Vec<Option<ConfigId>> = files.iter().copied().map(&mut config_of).collect();
    let mut used: BTreeSet<Option<ConfigId>> = ids.iter().copied().collect();
    if used.is_empty() {
        used.insert(named);
    }
    let (catalogue, own) = OwnRules::read(check, &mut configs, used.iter().flatten())?;
    let layers = configs.resolve(&catalogue);
    if tell_problems(check, color, &configs)? {
        return Err(Trouble::Told);
    }
    let typed = typed(check, &catalogue)?;
    let mut settings = Vec::new();
    let mut stands_in = Vec::new();
    let mut index: FxHashMap<Option<ConfigId>, usize> = FxHashMap::default();
    for id in used {
        let chain = id.map(|id| configs.chain(id)).unwrap_or_default();
        let mut of_this = Settings::of(chain.iter().map(|id| &layers[id.index()]).chain([&typed]));
        of_this.selection.ignore.extend(own.of_others(&configs, id));
        of_this.honours_suppressions = !check.no_ignores;
        if let Some(day) = check.as_of {
            of_this.circumstances.as_of = day;
        }
        index.insert(id, settings.len());
        settings.push(of_this);
        stands_in.push(id.map(|id| configs.name(id).to_owned()));
    }
    let of_files = ids.iter().map(|id| index[id]).collect();
    let files = configs.paths().map(Path::to_owned).collect();
    Ok(Configured { catalogue, errors: own.errors, settings, stands_in, of_files, files })
}

/// What was typed, as the nearest of all layers.
fn typed(check: &Check, catalogue: &Catalogue) -> Result<Layer, Trouble> {
    let read = |names: &[String]| -> Result<Vec<Selector>, Trouble> {
        names
            .iter()
            .map(|name| {
                Selector::read(name, catalogue).map_err(|unknown| {
                    let hint =
                        unknown.nearest.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
                    Trouble::Usage(format!("there is no rule or family '{}'{hint}", unknown.name))
                })
            })
            .collect()
    };
    let select = read(&check.select)?;
    let ignore = read(&check.ignore)?;
    let mut named: Vec<&String> = check.select.iter().chain(&check.ignore).collect();
    named.sort();
    named.dedup();
    for former in named.into_iter().filter(|_| !check.quiet) {
        if let Some(page) = catalogue.renamed(former) {
            tell(&format!("warning: rule '{former}' has another name now: '{}'", page.now(former)));
        }
    }
    let choices = Choices {
        profile: check.terms.profile.map(Into::into),
        select: (!select.is_empty()).then_some(select),
        ignore,
        ..Choices::default()
    };
    Ok(Layer {
        choices,
        min_confidence: check.min_confidence.map(Into::into),
        fail_on: check.fail_on.map(Into::into),
        force_exclude: check.force_exclude.then_some(true),
        ..Layer::default()
    })
}

/// Problems that are told of one file: one with more is no configuration.
const MOST_PROBLEMS: usize = 100;

/// Tells what is wrong with the configurations; whether any of it is an error.
fn tell_problems(check: &Check, color: Color, configs: &Files) -> Result<bool, Trouble> {
    let mut is_wrong = tell_all(configs.errors());
    let style = style_of_errors(color);
    let mut text = Vec::new();
    for (source, problems) in configs.problems() {
        let is_error = |severity| severity >= Severity::Error;
        is_wrong |= problems.iter().any(|problem| is_error(problem.severity));
        let told = problems.iter().filter(|problem| !check.quiet || is_error(problem.severity));
        write_problems(source, told.take(MOST_PROBLEMS), &style, &mut text)?;
    }
    // As for all that is said there: that it cannot be said is nothing to fail for.
    let _ = io::Write::write_all(&mut io::stderr().lock(), &text);
    Ok(is_wrong)
}

/// The rules that are not lenslint's: those of the command line are for all templates, those of a configuration for
/// its own.
#[derive(Default)]
struct OwnRules {
    /// The ids of the command line's.
    typed: BTreeSet<String>,
    /// The ids by the path that a configuration names.
    by_path: BTreeMap<PathBuf, BTreeSet<String>>,
    errors: Vec<RunError>,
}

impl OwnRules {
    fn read<'i>(
        check: &Check,
        configs: &mut Files,
        used: impl Iterator<Item = &'i ConfigId>,
    ) -> Result<(Catalogue, Self), Trouble> {
        let mut own = Self::default();
        let mut pages: Vec<Page> = Vec::new();
        // Two configurations may name one file, in two ways.
        let mut seen: BTreeSet<(PathBuf, String)> = BTreeSet::new();
        let mut keep = |read: Vec<Page>, ids: &mut BTreeSet<String>| {
            for page in read {
                ids.insert(page.id.clone());
                let file = page.file.as_deref().map(|file| fs::canonicalize(file).unwrap_or(file.into()));
                if seen.insert((file.unwrap_or_default(), page.id.clone())) {
                    pages.push(page);
                }
            }
        };
        let (typed, errors) = rules::pages(&check.terms.own.rules)?;
        keep(typed, &mut own.typed);
        own.errors.extend(errors);
        let paths: BTreeSet<PathBuf> = used.flat_map(|id| configs.rules(*id)).map(Path::to_owned).collect();
        for path in paths {
            let shown = configs.shown(&path);
            let (read, errors) = rules::read(std::slice::from_ref(&shown));
            // What is amiss with a path is told where it is written, before anything is checked.
            if read.is_empty() && errors.is_empty() {
                let message = format!("There are no rules in '{shown}': {}", rules::EXPECTED);
                configs.complain_of_rules(&path, &message);
            } else if !path.exists() && errors.iter().any(|error| error.path == shown) {
                configs.complain_of_rules(&path, &format!("No file matches '{shown}'"));
            }
            keep(read, own.by_path.entry(path).or_default());
            own.errors.extend(errors);
        }
        Ok((rules::catalogue_with(pages)?, own))
    }

    /// The rules of other configurations than this one.
    fn of_others(&self, configs: &Files, id: Option<ConfigId>) -> Vec<Selector> {
        let named: BTreeSet<&Path> = id.into_iter().flat_map(|id| configs.rules(id)).collect();
        let (ours, others): (Vec<_>, Vec<_>) =
            self.by_path.iter().partition(|(path, _)| named.contains(path.as_path()));
        let is_ours = |id: &String| self.typed.contains(id) || ours.iter().any(|(_, ids)| ids.contains(id));
        let others = others.into_iter().flat_map(|(_, ids)| ids);
        others.filter(|id| !is_ours(id)).map(|id| Selector::Rule(id.clone())).collect()
    }
}
