//! Which test files belong to which rules: `tests/X*.yaml` beside `X.guard`, as cfn-guard has it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::finding::RunError;

use super::rules::{RuleFile, read_rules};
use super::walk::{Discovered, Found, GUARD_FILES, RULE_FILES, TESTS, find, has_extension, shown};

/// A file of rules and the files that test it.
#[derive(Debug)]
pub struct Tested {
    /// The rules.
    pub rules: RuleFile,
    /// In the order of their paths; a page is tested by its own examples.
    pub tests: Vec<Found>,
}

/// All rules below some paths with their tests. A test file that is named itself is run alone.
///
/// A test file belongs to the rules file whose name its own name begins with; of several, to the one with the
/// longest. Those that belong to none are given back by name.
#[must_use]
pub fn find_tests(paths: &[String]) -> (Vec<Tested>, Vec<String>, Vec<RunError>) {
    let is_test = |path: &&String| Path::new(path).is_file() && has_extension(Path::new(path), TESTS);
    let (named, rules): (Vec<&String>, Vec<&String>) = paths.iter().partition(is_test);
    let to_strings = |paths: Vec<&String>| -> Vec<String> { paths.into_iter().cloned().collect() };
    let (rules, mut errors) = read_rules(&to_strings(rules), RULE_FILES);
    let mut orphans = Vec::new();
    let mut tested: Vec<Tested> =
        rules.into_iter().map(|rules| Tested { rules, tests: Vec::new() }).collect();

    let folders: BTreeSet<PathBuf> = tested.iter().filter_map(|tested| folder(&tested.rules)).collect();
    for folder in folders {
        for test in tests_of(&folder) {
            match owner(&folder, &test.path) {
                Some(owner) => {
                    let is_owner = |tested: &&mut Tested| match &tested.rules {
                        RuleFile::Guard(file) => Path::new(&file.path) == owner,
                        RuleFile::Page(_) => false,
                    };
                    if let Some(tested) = tested.iter_mut().find(is_owner) {
                        tested.tests.push(test);
                    }
                }
                None => orphans.push(test.shown),
            }
        }
    }
    let Discovered { files: named, errors: unfound, .. } = find(&to_strings(named), TESTS);
    errors.extend(unfound);
    let is_known = |test: &Found, tested: &[Tested]| {
        tested.iter().flat_map(|tested| &tested.tests).any(|known| known.shown == test.shown)
    };
    for test in named {
        if is_known(&test, &tested) {
            continue;
        }
        let folder = match test.path.parent() {
            Some(here) if here == Path::new("") || here == Path::new(".") => Path::new("..").to_owned(),
            around => around.and_then(Path::parent).map(Path::to_owned).unwrap_or_default(),
        };
        let Some(owner) = owner(&folder, &test.path) else {
            orphans.push(test.shown);
            continue;
        };
        let (rules, unreadable) = read_rules(&[shown(&owner)], GUARD_FILES);
        errors.extend(unreadable);
        tested.extend(rules.into_iter().map(|rules| Tested { rules, tests: vec![test.clone()] }));
    }
    (tested, orphans, errors)
}

/// The folder that holds a plain file.
fn folder(rules: &RuleFile) -> Option<PathBuf> {
    match rules {
        RuleFile::Page(_) => None,
        RuleFile::Guard(file) => Some(Path::new(&file.path).parent().unwrap_or(Path::new("")).to_owned()),
    }
}

fn tests_of(folder: &Path) -> Vec<Found> {
    let mut tests: Vec<Found> = files(&folder.join("tests"))
        .into_iter()
        .filter(|path| has_extension(path, TESTS))
        .map(|path| Found { shown: shown(&path), path, region: None })
        .collect();
    tests.sort_by(|a, b| a.shown.cmp(&b.shown));
    tests
}

/// The rules file in a folder that a test belongs to.
fn owner(folder: &Path, test: &Path) -> Option<PathBuf> {
    let name = test.file_name()?.to_str()?;
    let mut owners: Vec<PathBuf> = files(if folder == Path::new("") { Path::new(".") } else { folder });
    owners.retain(|path| {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        has_extension(path, GUARD_FILES) && stem.is_some_and(|stem| name.starts_with(stem))
    });
    owners.sort();
    let longest = owners.into_iter().rev().max_by_key(|path| path.file_stem().map_or(0, OsStr::len))?;
    Some(Path::new(&shown(&longest)).to_owned())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}
