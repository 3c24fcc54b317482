//! What is known already: the findings that a baseline lists, and those that an earlier revision has too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use crate::baseline::{Apart, Known, Places};
use crate::config::without_dots;
use crate::discover::{Found, TEMPLATES};
use crate::file::{self, cause};
use crate::finding::{Checked, RunError, SuppressionKind};
use crate::lint::{Applications, Linter, check_files};
use crate::parameters::Given;
use crate::revision::Revision;
use crate::rule::Catalogue;
use crate::shown;
use crate::source::Source;

use super::Trouble;
use super::arguments::Check;
use super::output;
use super::terminal::tell;

/// Bytes of a baseline: a hundred thousand findings are fewer.
const LONGEST: u64 = 64 << 20;

/// A baseline file, and what it lists.
#[derive(Clone)]
pub(super) struct Baseline {
    file: PathBuf,
    known: Known,
    /// Paths start from its folder.
    places: Places,
}

/// What was looked at in a run.
pub(super) struct Looked<'l> {
    /// The paths that were named.
    pub(super) paths: &'l [String],
    /// The files, each with the index of its settings.
    pub(super) files: &'l [(Found, usize)],
    /// The rules that ran, by the index of the settings.
    pub(super) rules: Vec<BTreeSet<String>>,
    /// What could not be read.
    pub(super) errors: &'l [RunError],
}

impl Baseline {
    /// Reads the baseline of a run, if it has one; one that is to be written need not be there yet.
    pub(super) fn of(check: &Check, catalogue: &Catalogue) -> Result<Option<Self>, Trouble> {
        let Some(path) = &check.baseline else { return Ok(None) };
        let fail = |message: String| Trouble::Usage(format!("{}: {message}", shown::joined(path)));
        let known = match file::read(path, LONGEST) {
            Ok(bytes) => Known::read(&bytes).map_err(fail)?,
            Err(unread) if unread.is_missing() && check.write_baseline => Known::default(),
            Err(unread) if unread.is_missing() => {
                return Err(fail("there is no such baseline; `--write-baseline` makes it".to_owned()));
            }
            Err(unread) => return Err(fail(unread.to_string())),
        };
        let known = known.with_rules(|rule| catalogue.renamed(rule).map(|page| page.id.clone()));
        let places = Places::from(path.parent().unwrap_or(Path::new("")));
        Ok(Some(Self { file: path.clone(), known, places }))
    }

    /// What is listed of findings that are new in part.
    pub(super) fn in_part(&mut self, checked: &[(usize, Checked)]) -> Apart {
        self.known.in_part(checked.iter().map(|(_, checked)| checked), &mut self.places)
    }

    /// Hides what is listed, and tells how much of the list is stale; or writes the list anew and hides all of it. The
    /// number beside what was checked is the index of its settings. A list that cannot be written hides what it did, and
    /// the report comes all the same, with that error.
    pub(super) fn hold(
        mut self,
        check: &Check,
        checked: &mut [(usize, Checked)],
        looked: &Looked<'_>,
    ) -> Option<RunError> {
        let of_all = checked.iter_mut().map(|(_, checked)| checked);
        let left = self.known.clone().hide(of_all, &mut self.places, SuppressionKind::Baseline);
        let stale = self.stale(left, checked, looked);
        let file = shown::joined(&self.file);
        if !check.write_baseline {
            if !stale.is_empty() && !check.quiet {
                tell(&format!(
                    "{file}: {} that {} gone; `--write-baseline` removes what is stale",
                    counted(stale.len()),
                    if stale.len() == 1 { "is" } else { "are" }
                ));
            }
            return None;
        }
        // A path that names nothing may be a slip, and a list that is made of what is left is one too.
        if !looked.errors.is_empty() {
            tell(&format!("{file}: is not written, since not everything could be read"));
            return None;
        }
        let new = Known::of(checked.iter().map(|(_, checked)| checked), &mut self.places);
        let (added, removed) = (new.len(), stale.len());
        let written = self.known.without(&stale).with(new.clone());
        if let Err(error) = output::write_file(&self.file, |out| written.write(out)) {
            return Some(RunError { path: file, message: format!("cannot be written: {}", cause(&error)) });
        }
        // All of them are listed now.
        let _ = new.hide(
            checked.iter_mut().map(|(_, checked)| checked),
            &mut self.places,
            SuppressionKind::Baseline,
        );
        if !check.quiet {
            tell(&format!("{file}: {}, {added} of them new; {removed} removed", counted(written.len())));
        }
        None
    }

    /// Of what was not found, that which would have been: in files that were checked by its rule, and in files that are
    /// gone from a folder that was searched. What is in a file that a template names (a nested stack) may be another
    /// template's word, so that it counts where the folder was searched for that one too.
    fn stale(&mut self, left: Known, checked: &[(usize, Checked)], looked: &Looked<'_>) -> Known {
        if left.is_empty() {
            return left;
        }
        let mut judged: BTreeMap<String, usize> = BTreeMap::new();
        for (found, settings) in looked.files {
            judged.insert(self.places.name(&found.shown), *settings);
        }
        let mut of_others: BTreeSet<String> = BTreeSet::new();
        for (settings, checked) in checked {
            for source in &checked.sources {
                let name = self.places.name(source.path());
                if judged.insert(name.clone(), *settings).is_none() {
                    of_others.insert(name);
                }
            }
            of_others.extend(checked.nested.iter().map(|path| self.places.name(&shown::joined(path))));
        }
        // Of a file that cannot be read, or over which a rule fails, nothing is known.
        let failed = checked.iter().filter(|(_, one)| one.templates == 0 || !one.broken.is_empty());
        let sources = failed.flat_map(|(_, checked)| &checked.sources);
        let unread = sources.map(Source::path).chain(looked.errors.iter().map(|error| error.path.as_str()));
        for path in unread {
            judged.remove(&self.places.name(path));
        }
        let searched: Vec<PathBuf> = looked
            .paths
            .iter()
            .filter(|path| Path::new(path).is_dir())
            .filter_map(|path| fs::canonicalize(path).ok())
            .collect();
        let Self { places, .. } = self;
        left.filtered(|path, rule| {
            let file = without_dots(&places.path(path));
            let is_searched = || searched.iter().any(|folder| file.starts_with(folder));
            match judged.get(path) {
                Some(settings) => {
                    looked.rules[*settings].contains(rule) && (!of_others.contains(path) || is_searched())
                }
                None => !file.exists() && is_searched(),
            }
        })
    }
}

fn counted(findings: usize) -> String {
    format!("{findings} finding{}", if findings == 1 { "" } else { "s" })
}

/// Extensions of what else a template may name: the sources of functions.
const BESIDE: [&str; 17] = [
    "py", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "java", "kt", "scala", "go", "cs", "fs",
    "rb", "rs",
];

/// The findings that an earlier revision has, in the files that are checked now: with the rules and settings of now,
/// and with the files that lie beside them as they were then.
pub(super) fn earlier(
    revision: &Revision,
    linters: &[Linter<'_>],
    files: &[(Found, usize)],
    given: Vec<Given>,
    applications: &Applications,
) -> Result<Known, Trouble> {
    let mut places = Places::from(revision.root());
    let mut index_then: BTreeMap<usize, usize> = BTreeMap::new();
    let mut paths: BTreeSet<PathBuf> = BTreeSet::new();
    let mut files_then: Vec<(Found, usize)> = Vec::new();
    let mut given_then: Vec<Given> = Vec::new();
    let fail = |message: String| Trouble::Usage(format!("--new-since: {message}"));
    let folder = tempfile::tempdir().map_err(|error| fail(format!("cannot make a folder: {error}")))?;
    for (index, ((found, settings), given)) in files.iter().zip(given).enumerate() {
        let Some(then) = revision.path_of(&places.name(&found.shown)) else { continue };
        index_then.insert(index, files_then.len());
        paths.insert(PathBuf::from(then));
        let shown = shown::joined(&revision.root().join(then));
        let then = Found { path: folder.path().join(then), shown, region: found.region.clone() };
        files_then.push((then, *settings));
        given_then.push(given);
    }
    let is_wanted = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_among = |known: &[&str]| {
            extension.is_some_and(|extension| known.iter().any(|known| known.eq_ignore_ascii_case(extension)))
        };
        is_among(TEMPLATES) || is_among(&BESIDE) || paths.contains(path)
    };
    revision.write_to(folder.path(), is_wanted).map_err(fail)?;
    // A template may name what lies in its repository, which this tells the end of.
    fs::create_dir(folder.path().join(".git"))
        .map_err(|error| fail(format!("cannot make a folder: {error}")))?;
    let of_then = |application: &Vec<usize>| -> Vec<usize> {
        application.iter().filter_map(|index| index_then.get(index).copied()).collect()
    };
    let applications = applications.iter().map(of_then).collect();
    // What could not be read then hides nothing.
    let (checked, _) = check_files(linters, &files_then, &given_then, &applications, &AtomicUsize::new(0));
    let known = Known::of(checked.iter().map(|(_, checked)| checked), &mut places);
    Ok(known.renamed(|then| revision.path_now(then).map(str::to_owned)))
}

/// What an earlier revision has of findings that are new in part.
pub(super) fn earlier_in_part(known: &Known, revision: &Revision, checked: &[(usize, Checked)]) -> Apart {
    known.in_part(checked.iter().map(|(_, checked)| checked), &mut Places::from(revision.root()))
}

/// Hides the findings that are known since an earlier revision.
pub(super) fn hide_earlier(known: Known, revision: &Revision, checked: &mut [(usize, Checked)]) {
    let mut places = Places::from(revision.root());
    let _ =
        known.hide(checked.iter_mut().map(|(_, checked)| checked), &mut places, SuppressionKind::Revision);
}
