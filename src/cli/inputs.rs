//! What a check looks at: the files that were named, with the parts of their applications and without what a
//! configuration excludes; or standard input.

use std::collections::BTreeSet;
use std::path::{self, Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::config::{Application, Settings, without_dots};
use crate::discover::{self, Discovered, Found, Kind};
use crate::finding::RunError;
use crate::lint::Applications;
use crate::shown;

use super::arguments::Check;
use super::terminal::{tell, tell_all};
use super::{Trouble, paths};

/// What was named: files, or what comes on standard input, by its name.
pub(super) enum Named {
    Files(Vec<Found>),
    Stdin(String),
}

pub(super) fn found(check: &Check, paths: &[String]) -> (Named, Vec<RunError>) {
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
pub(super) fn with_all_parts(
    found: Named,
    of_files: Vec<usize>,
    settings: &[Settings],
) -> (Named, Vec<usize>) {
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

pub(super) fn of_applications(settings: &[Settings]) -> impl Iterator<Item = (usize, &Application)> {
    let settings = settings.iter().enumerate();
    settings.flat_map(|(index, settings)| settings.applications.iter().map(move |one| (index, one)))
}

/// The files of an application, wherever it is asked from.
pub(super) fn parts_of(application: &Application) -> Vec<Found> {
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
pub(super) fn on_disk(stdin_path: &str) -> Option<&Path> {
    (stdin_path != "-").then(|| Path::new(stdin_path))
}

/// What is to be checked, each with the index of its settings.
pub(super) enum Inputs {
    Files(Vec<(Found, usize)>),
    Stdin { path: String, bytes: Vec<u8>, kind: Kind, settings: usize },
}

impl Inputs {
    /// Where the files lie, each with the index of its settings; standard input without a name is nowhere.
    pub(super) fn places(&self) -> Vec<(Option<&Path>, usize)> {
        match self {
            Self::Files(files) => {
                files.iter().map(|(found, settings)| (Some(found.path.as_path()), *settings)).collect()
            }
            Self::Stdin { path, settings, .. } => vec![(on_disk(path), *settings)],
        }
    }
}

/// Leaves out what the settings exclude, and reads standard input. What is left out comes by its name.
pub(super) fn inputs(
    found: Named,
    paths: &[String],
    settings: &[Settings],
    of_files: &[usize],
) -> Result<(Inputs, Vec<(String, usize)>), Trouble> {
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
            let (files, left_out): (Vec<_>, Vec<_>) = files.partition(|(found, index)| {
                !excludes(*index, &found.path) || !settings[*index].force_exclude && is_named(found)
            });
            let left_out = left_out.into_iter().map(|(found, index)| (found.shown, index)).collect();
            Ok((Inputs::Files(files), left_out))
        }
        Named::Stdin(path) => {
            let index = of_files[0];
            if settings[index].force_exclude && on_disk(&path).is_some_and(|path| excludes(index, path)) {
                return Ok((Inputs::Files(Vec::new()), vec![(path, index)]));
            }
            let (bytes, kind) = discover::read_standard_input(&path)?;
            Ok((Inputs::Stdin { path, bytes, kind, settings: index }, Vec::new()))
        }
    }
}

/// The files of each application that a configuration names; one that is in two belongs to the first.
pub(super) fn applications(files: &[(Found, usize)], settings: &[Settings]) -> Applications {
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
