//! Finds the configuration file of each template: the one in the nearest parent folder, with the files that it extends.
//! Every file is read once.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memmem;
use rustc_hash::FxHashMap;
use toml::de::{DeTable, DeValue};

use crate::file;
use crate::finding::RunError;
use crate::rule::Catalogue;
use crate::shown;
use crate::source::{ColumnUnit, Source};

use super::layer::{Layer, Named, Read};
use super::pattern::without_dots;
use super::problem::{FROM_FOLDER, Problem};

/// The names of configuration files; in one folder, an earlier one hides the later.
pub(super) const NAMES: [&str; 3] = ["lenslint.toml", ".lenslint.toml", PYPROJECT];
/// A file of many tools: it counts if it has our table.
const PYPROJECT: &str = "pyproject.toml";

/// Bytes; it bounds what a path that never ends can cost.
const LARGEST: u64 = 1 << 20;

/// A file among [`Files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigId(usize);

impl ConfigId {
    /// Its place in what [`Files::resolve`] gives.
    pub fn index(self) -> usize {
        self.0
    }
}

/// The configuration files of a run.
#[derive(Debug)]
pub struct Files {
    /// Relative paths start from there, and paths below it are shown without it.
    working_folder: PathBuf,
    configs: Vec<ConfigFile>,
    by_path: FxHashMap<PathBuf, Option<ConfigId>>,
    by_folder: FxHashMap<PathBuf, Option<ConfigId>>,
    errors: Vec<RunError>,
}

#[derive(Debug)]
struct ConfigFile {
    source: Source,
    layer: Layer<Named>,
    base: Option<ConfigId>,
    problems: Vec<Problem>,
}

/// A file that is read, but whose base is not yet.
struct Pending {
    path: PathBuf,
    file: ConfigFile,
    /// The path of its base, and where that is written.
    extend: Option<(PathBuf, Range<usize>)>,
}

impl Files {
    /// No files yet. `working_folder` is absolute.
    pub fn new(working_folder: PathBuf) -> Self {
        Self {
            working_folder,
            configs: Vec::new(),
            by_path: FxHashMap::default(),
            by_folder: FxHashMap::default(),
            errors: Vec::new(),
        }
    }

    /// The path from the root, without `.` and `..`: what patterns are held against.
    fn absolute(&self, path: &Path) -> PathBuf {
        without_dots(&self.working_folder.join(path))
    }

    /// The path as it is shown: from the working folder, if it lies below.
    pub fn shown(&self, path: &Path) -> String {
        let path = self.absolute(path);
        match path.strip_prefix(&self.working_folder) {
            Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
            Ok(below) => shown::joined(below),
            Err(_) => shown::joined(&path),
        }
    }

    /// The configuration of the files in a folder: that of the folder, or else of the nearest one above it.
    pub fn nearest(&mut self, folder: &Path) -> Option<ConfigId> {
        let folder = self.absolute(folder);
        let mut found = None;
        let mut visited = Vec::new();
        for parent in folder.ancestors() {
            if let Some(known) = self.by_folder.get(parent) {
                found = *known;
                break;
            }
            visited.push(parent.to_owned());
            let mut here = NAMES.iter().map(|name| parent.join(name)).filter(|path| is_one(path));
            found = here.find_map(|path| self.load(&path));
            if found.is_some() {
                break;
            }
        }
        self.by_folder.extend(visited.into_iter().map(|folder| (folder, found)));
        found
    }

    /// The configuration file that was named on the command line; `None` after an error.
    pub fn named(&mut self, path: &Path) -> Option<ConfigId> {
        let absolute = self.absolute(path);
        let before = self.errors.len();
        let found = self.load(&absolute);
        if found.is_none() && self.errors.len() == before {
            let message = "has no table `[tool.lenslint]`".to_owned();
            self.errors.push(RunError { path: self.shown(path), message });
        }
        found
    }

    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.by_path.iter().filter(|(_, id)| id.is_some()).map(|(path, _)| path.as_path())
    }

    /// The path of a file as it is shown.
    pub fn name(&self, id: ConfigId) -> &str {
        self.configs[id.0].source.path()
    }

    /// What kept us from reading a file.
    pub fn errors(&self) -> &[RunError] {
        &self.errors
    }

    /// What is wrong with the files, each with its text.
    pub fn problems(&self) -> impl Iterator<Item = (&Source, &[Problem])> {
        self.configs.iter().map(|file| (&file.source, file.problems.as_slice()))
    }

    /// The layer of each file, with its rules looked up; what is wrong with those is then among the problems.
    pub fn resolve(&mut self, catalogue: &Catalogue) -> Vec<Layer> {
        let mut layers = Vec::with_capacity(self.configs.len());
        for file in &mut self.configs {
            let (layer, problems) = file.layer.resolve(catalogue);
            file.problems.extend(problems);
            file.problems.sort_by_key(|problem| problem.at);
            layers.push(layer);
        }
        layers
    }

    /// The paths of users' own rules that a file and those below it name.
    pub fn rules(&self, id: ConfigId) -> impl Iterator<Item = &Path> {
        let of_all = self.chain(id).into_iter().flat_map(|id| &self.configs[id.0].layer.rules);
        of_all.map(|rules| rules.path.as_path())
    }

    /// Says at each place that names these rules what is wrong with them.
    pub fn complain_of_rules(&mut self, path: &Path, message: &str) {
        for file in &mut self.configs {
            let of_path = file.layer.rules.iter().filter(|rules| rules.path == path);
            let problems = of_path.map(|rules| Problem::error(rules.at.range(), message).help(FROM_FOLDER));
            file.problems.extend(problems);
        }
    }

    /// A file and those that it builds on, the lowest first.
    pub fn chain(&self, id: ConfigId) -> Vec<ConfigId> {
        let mut chain: Vec<ConfigId> =
            std::iter::successors(Some(id), |id| self.configs[id.0].base).collect();
        chain.reverse();
        chain
    }

    /// Loads a file and, without recursion, those that it extends.
    fn load(&mut self, path: &Path) -> Option<ConfigId> {
        let mut pending: Vec<Pending> = Vec::new();
        let mut next = path.to_owned();
        // The same file under another name, by way of a link, closes a circle too.
        let mut places: Vec<PathBuf> = Vec::new();
        let mut base = None;
        loop {
            let place = next.canonicalize().unwrap_or_else(|_| next.clone());
            if places.contains(&place) {
                complain(&mut pending, "The file extends itself, directly or by way of others");
                break;
            }
            places.push(place);
            let read = match self.by_path.get(&next) {
                Some(known) => {
                    base = *known;
                    Ok(None)
                }
                None => self.read(&next),
            };
            match read {
                Ok(Some(read)) => {
                    let extend = read.extend.as_ref().map(|(path, _)| self.absolute(path));
                    pending.push(read);
                    match extend {
                        Some(path) => next = path,
                        None => break,
                    }
                }
                Ok(None) => {
                    if base.is_none() {
                        self.by_path.insert(next, None);
                        complain(&mut pending, "That file has no table `[tool.lenslint]`");
                    }
                    break;
                }
                Err(error) if pending.is_empty() => {
                    self.errors.push(error);
                    self.by_path.insert(next, None);
                    break;
                }
                Err(RunError { path, message }) => {
                    complain(&mut pending, &format!("{path} {message}"));
                    break;
                }
            }
        }
        for Pending { path, file, .. } in pending.into_iter().rev() {
            let id = ConfigId(self.configs.len());
            self.configs.push(ConfigFile { base, ..file });
            self.by_path.insert(path, Some(id));
            base = Some(id);
        }
        self.by_path.get(path).copied().flatten()
    }

    /// The file at a path; none in a `pyproject.toml` without our table.
    fn read(&self, path: &Path) -> Result<Option<Pending>, RunError> {
        let shown = self.shown(path);
        let fail = |message: String| RunError { path: shown.clone(), message };
        let bytes = file::read(path, LARGEST).map_err(|unread| fail(unread.to_string()))?;
        let is_of_many = path.file_name().is_some_and(|name| name == PYPROJECT);
        // A file that is not about us is none of our business, even if it is broken.
        if is_of_many && memmem::find(&bytes, b"lenslint").is_none() {
            return Ok(None);
        }
        let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8".to_owned()))?;
        let source = Source::new(shown, text);
        let text = source.text();
        let (document, errors) = DeTable::parse_recoverable(text);
        let table = if is_of_many { own_table(document.get_ref()) } else { Some(document.get_ref()) };
        let (read, problems) = match table {
            None if errors.is_empty() || !has_own_header(text) => return Ok(None),
            Some(table) if errors.is_empty() => Layer::read(table, path.parent().unwrap_or(path)),
            // After a syntax error, what was read is a guess.
            Some(_) | None => {
                (Read { layer: Layer::default(), extend: None }, syntax_problems(&errors, &source))
            }
        };
        let Read { layer, extend } = read;
        let file = ConfigFile { source, layer, base: None, problems };
        Ok(Some(Pending { path: path.to_owned(), file, extend }))
    }
}

/// Says at the `extend` of the last file what is wrong with it.
fn complain(pending: &mut [Pending], message: &str) {
    if let Some(Pending { file, extend: Some((_, at)), .. }) = pending.last_mut() {
        file.problems.push(Problem::error(at.clone(), message).help(FROM_FOLDER));
    }
}

/// Whether something is there that its user takes for a configuration, also a folder or a link that leads nowhere: it
/// is told that it cannot be read. What is called like a file of many tools may be anything.
fn is_one(path: &Path) -> bool {
    path.is_file() || !path.ends_with(PYPROJECT) && fs::symlink_metadata(path).is_ok()
}

/// `[tool.lenslint]`
fn own_table<'t, 'i>(document: &'t DeTable<'i>) -> Option<&'t DeTable<'i>> {
    let DeValue::Table(tools) = document.get("tool")?.get_ref() else { return None };
    let DeValue::Table(own) = tools.get("lenslint")?.get_ref() else { return None };
    Some(own)
}

/// Whether a line opens our table, for a file that is too broken to say.
fn has_own_header(text: &str) -> bool {
    let is_own = |line: &str| {
        let written: String = line.chars().filter(|c| !matches!(c, ' ' | '\t' | '"' | '\'')).collect();
        written.starts_with("[tool.lenslint") || written.starts_with("tool.lenslint")
    };
    text.lines().any(is_own)
}

/// The first error of each line: what follows on it is mostly the parser finding its feet again.
fn syntax_problems(errors: &[toml::de::Error], source: &Source) -> Vec<Problem> {
    let text = source.text();
    let on_boundary = |offset: usize| {
        let offset = offset.min(text.len());
        (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0)
    };
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| {
            let at = error.span().unwrap_or(text.len()..text.len());
            let start = on_boundary(at.start);
            let message = format!("The file is not TOML: {}", error.message());
            Problem::error(start..on_boundary(at.end).max(start), message)
        })
        .collect();
    problems.sort_by_key(|problem| problem.at);
    problems.dedup_by_key(|problem| source.position(problem.at.start, ColumnUnit::Bytes).line);
    problems
}
