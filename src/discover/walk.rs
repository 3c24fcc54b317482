//! Turns the files, folders and globs that a user names into the files to look at.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, Walk, WalkBuilder};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::file::{self, Unread};
use crate::finding::RunError;
use crate::shown;

use super::assembly::{Assembly, is_named_as_template};
use super::ignored::Ignored;
use super::read::unreadable;

/// A file that may be a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where to read it.
    pub path: PathBuf,
    /// The argument as typed, without a leading `./`, joined by `/` with what was found below it.
    pub shown: String,
    /// The region that the CDK has bound its stack to: `eu-west-1`.
    pub region: Option<String>,
}

/// What a folder is searched for: extensions, without their dots and in any case.
pub type Extensions = &'static [&'static str];

/// Names tell little (in AWS's own samples, one template in eight has `template` in its name), so these let all
/// YAML and JSON pass and leave the choice to [`super::sniff()`].
pub const TEMPLATES: Extensions = &["yaml", "yml", "json", "template", "cfn", "cft"];
/// What Guard rules are run over: what `cfn-guard validate --data` looks for.
pub const DATA: Extensions = &["yaml", "yml", "json", "jsn", "template"];
/// Test files of Guard rules: what `cfn-guard test` looks for.
pub(super) const TESTS: Extensions = &["yaml", "yml", "json", "jsn"];
/// Plain Guard files.
pub const GUARD_FILES: Extensions = &["guard", "ruleset"];
/// Everything that may hold rules; a Markdown file with front matter is a page.
pub const RULE_FILES: Extensions = &["guard", "ruleset", "md"];

/// What a search came to.
#[derive(Debug, Default)]
pub struct Discovered {
    /// The files, sorted by what is shown, each once.
    pub files: Vec<Found>,
    /// The arguments that name nothing or cannot be read.
    pub errors: Vec<RunError>,
    /// The files called `.gitignore` and `.ignore` that were not read: nothing was left out for them.
    pub unread_ignores: Vec<RunError>,
}

/// The files that `arguments` name.
///
/// A file is taken whatever its name. Of a folder, those files are taken that have one of the extensions, except what
/// `.gitignore` leaves out and what tools have installed or generated. Where templates are wanted, a cloud assembly of
/// the CDK stands for the templates that its manifest names. An argument that is no path may be a glob.
#[must_use]
pub fn find(arguments: &[String], wanted: Extensions) -> Discovered {
    let mut search = Search {
        wanted,
        found: Vec::new(),
        errors: Vec::new(),
        unread_ignores: Vec::new(),
        named_in: FxHashMap::default(),
    };
    for argument in arguments {
        search.argument(argument);
    }
    let Search { mut found, mut errors, mut unread_ignores, .. } = search;
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    // One argument cannot name a file twice. Of two, the order does not decide which name is kept.
    if arguments.len() > 1 {
        keep_each_file_once(&mut found);
    }
    for errors in [&mut errors, &mut unread_ignores] {
        errors.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
        errors.dedup();
    }
    Discovered { files: found, errors, unread_ignores }
}

struct Search {
    wanted: Extensions,
    found: Vec<Found>,
    errors: Vec<RunError>,
    unread_ignores: Vec<RunError>,
    /// The cloud assemblies, by their folders, of which files are named one by one.
    named_in: FxHashMap<PathBuf, Option<Assembly>>,
}

impl Search {
    fn argument(&mut self, argument: &str) {
        let path = Path::new(argument);
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => self.folder(path),
            Ok(_) => self.file(path.to_owned()),
            Err(_) if argument.contains(['*', '?', '[', '{']) => self.glob(argument),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.error(argument, "no such file or folder");
            }
            Err(error) => self.errors.push(unreadable(&shown::joined(path), &Unread::System(error))),
        }
    }

    /// A file that is named itself, or by a glob.
    fn file(&mut self, path: PathBuf) {
        let folder = path.parent().filter(|_| self.wanted == TEMPLATES && is_named_as_template(&path));
        let region = folder.and_then(|folder| {
            let known = self.named_in.entry(folder.to_owned());
            let assembly = known.or_insert_with(|| Assembly::read(folder)).as_ref()?;
            assembly.stack(&path)?.region.clone()
        });
        self.add(path, region);
    }

    fn add(&mut self, path: PathBuf, region: Option<String>) {
        self.found.push(Found { shown: shown(&path), path, region });
    }

    fn folder(&mut self, folder: &Path) {
        // Who names an assembly means it, whatever `.gitignore` says of what is in it.
        if let Some(assembly) = self.assembly(folder) {
            for (template, stack) in assembly.into_stacks() {
                self.add(template, stack.region);
            }
            return;
        }
        let mut assembly: Option<Assembly> = None;
        let (walk, ignored) = walk(folder, None);
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.unwalkable(folder, &error);
                    continue;
                }
            };
            if let Some(assembly) = assembly.as_ref().filter(|assembly| assembly.contains(entry.path())) {
                if let Some(stack) = assembly.stack(entry.path()) {
                    let region = stack.region.clone();
                    self.add(entry.into_path(), region);
                }
            } else if is_folder(&entry) {
                assembly = self.assembly(entry.path());
            } else if is_file(&entry)
                && has_extension(entry.path(), self.wanted)
                && !is_part_of_another(entry.path())
            {
                self.add(entry.into_path(), None);
            }
        }
        self.unread_ignores.extend(locked(&ignored).take_unread());
    }

    /// The cloud assembly in a folder, where templates are wanted.
    fn assembly(&self, folder: &Path) -> Option<Assembly> {
        if self.wanted == TEMPLATES { Assembly::read(folder) } else { None }
    }

    /// What a shell would have made of `pattern`, had it been given the chance, less what `.gitignore` leaves out.
    fn glob(&mut self, pattern: &str) {
        let Some((matcher, root, depth)) = glob_matcher(pattern) else {
            return self.error(pattern, "no such file or folder");
        };
        if !root.is_dir() {
            return self.error(pattern, "no file matches this pattern");
        }
        let before = self.found.len();
        let mut folders: Vec<PathBuf> = Vec::new();
        let (walk, ignored) = walk(&root, depth);
        for entry in walk {
            match entry {
                Ok(entry) if folders.last().is_some_and(|folder| entry.path().starts_with(folder)) => {}
                Ok(entry) if !matcher.is_match(shown(entry.path())) => {}
                Ok(entry) if is_folder(&entry) => {
                    folders.push(entry.into_path());
                }
                Ok(entry) if entry.path().is_file() => self.file(entry.into_path()),
                Ok(_) => {}
                Err(error) => self.unwalkable(&root, &error),
            }
        }
        self.unread_ignores.extend(locked(&ignored).take_unread());
        if self.found.len() == before && folders.is_empty() {
            self.error(pattern, "no file matches this pattern");
        }
        for folder in folders {
            self.folder(&folder);
        }
    }

    fn error(&mut self, path: &str, message: &str) {
        self.errors.push(RunError { path: shown::joined(Path::new(path)), message: message.to_owned() });
    }

    fn unwalkable(&mut self, folder: &Path, error: &ignore::Error) {
        let path = shown(failed_path(error).unwrap_or(folder));
        match error.io_error() {
            Some(error) => {
                let message = format!("cannot be read: {}", file::cause(error));
                self.errors.push(RunError { path, message });
            }
            None => self.error(&path, &format!("cannot be read: {error}")),
        }
    }
}

/// Keeps the first name of each file.
fn keep_each_file_once(found: &mut Vec<Found>) {
    let mut seen = FxHashSet::default();
    found.retain(|found| seen.insert(fs::canonicalize(&found.path).unwrap_or_else(|_| found.path.clone())));
}

/// The walk through `root` that every folder and glob gets, and what is left out of it. It follows no links, so it
/// cannot go in circles.
fn walk(root: &Path, depth: Option<usize>) -> (Walk, Arc<Mutex<Ignored>>) {
    let ignored = Arc::new(Mutex::new(Ignored::below(root)));
    let asked = Arc::clone(&ignored);
    let walk = WalkBuilder::new(root)
        .max_depth(depth)
        // Templates live in `.infra` and the like too. What is left out is read by `Ignored`: the same files in a
        // checkout, an unpacked archive and a container, and none that one machine or one clone ignores.
        .standard_filters(false)
        .filter_entry(move |entry| {
            entry.depth() == 0 || !is_left_out(entry) && !locked(&asked).leaves_out(entry)
        })
        .build();
    (walk, ignored)
}

/// Whoever panicked while holding it has left it as it was.
fn locked(ignored: &Mutex<Ignored>) -> MutexGuard<'_, Ignored> {
    ignored.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Folders that hold a repository's innards, other people's packages, or copies that `sam build` and the Serverless
/// Framework made of the user's own template. `cdk.out` is not among them: what CDK makes has no other source. But the
/// code that it has put there for the functions is.
fn is_left_out(entry: &DirEntry) -> bool {
    const FOLDERS: [&str; 7] =
        [".git", ".hg", ".svn", ".aws-sam", ".serverless", "node_modules", "site-packages"];
    is_folder(entry)
        && entry.file_name().to_str().is_some_and(|name| FOLDERS.contains(&name) || is_asset_folder(name))
}

/// Whether a folder has the name that the CDK gives to a copy of one: `asset.` and the hash of what is in it.
fn is_asset_folder(name: &str) -> bool {
    let hash = name.strip_prefix("asset.").unwrap_or_default();
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a file repeats, in whole or in part, one that stands beside it: the Serverless Framework writes the template
/// that it deploys, the one that it begins a new stack with, and a copy.
fn is_part_of_another(path: &Path) -> bool {
    const WHOLE: &str = "cloudformation-template-update-stack.json";
    const PARTS: [&str; 2] =
        ["cloudformation-template-create-stack.json", "compiled-cloudformation-template.json"];
    path.file_name().is_some_and(|name| PARTS.iter().any(|part| name == *part))
        && path.with_file_name(WHOLE).is_file()
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}

pub(super) fn has_extension(path: &Path, wanted: Extensions) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| wanted.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

/// The matcher of a glob, the folder to start from, and how deep to look below it; `None` if it is not one.
fn glob_matcher(pattern: &str) -> Option<(GlobMatcher, PathBuf, Option<usize>)> {
    let pattern = shown(Path::new(pattern));
    let matcher = GlobBuilder::new(&pattern).literal_separator(true).build().ok()?.compile_matcher();
    let parts: Vec<&str> = pattern.split('/').collect();
    let literal = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '{'])).count();
    // `/*.yaml` has an empty first part.
    let root = match parts[..literal].join("/").as_str() {
        "" if pattern.starts_with('/') => PathBuf::from("/"),
        "" => PathBuf::from("."),
        root => PathBuf::from(root),
    };
    // A class or an alternative may hold a `/`, and `**` any number of them.
    let is_flat = !pattern.contains("**") && !pattern.contains(['[', '{']);
    let depth = is_flat.then_some(parts.len() - literal);
    Some((matcher, root, depth))
}

pub(super) fn shown(path: &Path) -> String {
    let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    shown::joined(&path)
}

/// The path inside an error of the walk.
fn failed_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failed_path(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(failed_path),
        _ => None,
    }
}
