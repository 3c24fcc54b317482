//! Which files are a program's: what can be reached from its entry.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::expression::Code;
use super::modules::imports;
use super::tree::CodeTree;
use super::{Language, entry};

/// Files on the way to a program.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) paths: Vec<PathBuf>,
    pub(super) files: Vec<Code>,
    /// Packages of others that they ask for.
    pub(super) packages: Vec<String>,
    /// Whether something is missing that may hold a call.
    pub(super) has_gap: bool,
}

impl Reading {
    pub(super) fn add(&mut self, path: PathBuf, code: Code) {
        self.paths.push(path);
        self.files.push(code);
    }

    /// A file and what it imports, and so on.
    pub(super) fn by_imports(tree: &mut CodeTree<'_>, language: Language, first: PathBuf) -> Self {
        let mut reading = Self::default();
        let mut seen: FxHashSet<PathBuf> = FxHashSet::default();
        let mut waiting = VecDeque::from([first]);
        while let Some(path) = waiting.pop_front() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let Some(text) = tree.read(&path) else {
                reading.has_gap = true;
                continue;
            };
            let code = Code::new(text, language);
            let found = imports(&code, &path, tree);
            waiting.extend(found.files);
            reading.packages.extend(found.packages);
            reading.has_gap |= found.has_gap;
            reading.add(path, code);
        }
        reading
    }

    /// All source files of a folder.
    fn all(tree: &mut CodeTree<'_>, language: Language) -> Self {
        let mut reading = Self::default();
        let listing = tree.list(language);
        reading.has_gap = listing.has_others;
        for path in listing.files {
            match tree.read(&path) {
                Some(text) => reading.add(path, Code::new(text, language)),
                None => reading.has_gap = true,
            }
        }
        reading
    }

    /// A program of Go or Rust: nothing where the folder holds none, or several.
    pub(super) fn of_folder(tree: &mut CodeTree<'_>, language: Language) -> Option<Self> {
        let mut reading = Self::all(tree, language);
        if reading.files.iter().filter(|code| entry::has_main(code)).count() != 1 {
            return None;
        }
        let manifest = match language {
            Language::Go => "go.mod",
            Language::Python
            | Language::JavaScript
            | Language::Java
            | Language::CSharp
            | Language::Ruby
            | Language::Rust => "Cargo.toml",
        };
        // What lies beside the folder is not read.
        let manifest = tree.read(Path::new(manifest));
        reading.has_gap |=
            manifest.is_none_or(|text| text.contains("../") || text.contains("workspace = true"));
        Some(reading)
    }

    /// A class and the types that it mentions, and so on, with those that stand in for them.
    pub(super) fn by_types(tree: &mut CodeTree<'_>, language: Language, class: &str) -> Option<Self> {
        let all = Self::all(tree, language);
        let mut files_of: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut mentioned_in: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, code) in all.files.iter().enumerate() {
            for name in entry::declared(code) {
                files_of.entry(name).or_default().push(index);
            }
        }
        // What implements an interface, or extends a class, says so before its brace.
        for (index, code) in all.files.iter().enumerate() {
            for at in (0..code.len()).filter(|at| matches!(code.word(*at), "class" | "record")) {
                let head = (at + 2..code.len()).take(MOST_OF_HEAD).take_while(|at| !code.is(*at, "{"));
                for name in head.map(|at| code.word(at)).filter(|name| files_of.contains_key(name)) {
                    mentioned_in.entry(name).or_default().push(index);
                }
            }
        }
        let mut reached: Vec<bool> = vec![false; all.files.len()];
        let mut waiting: Vec<usize> = files_of.get(class)?.clone();
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        while let Some(index) = waiting.pop() {
            if std::mem::replace(&mut reached[index], true) {
                continue;
            }
            let code = &all.files[index];
            for name in (0..code.len()).map(|at| code.word(at)) {
                if files_of.contains_key(name) && seen.insert(name) {
                    waiting.extend(files_of[name].iter().chain(mentioned_in.get(name).into_iter().flatten()));
                }
            }
        }
        let has_unread =
            all.files.iter().zip(&reached).any(|(code, reached)| *reached && imports_unread(code, &files_of));
        let has_gap = all.has_gap || has_unread;
        let mut reading = Self { has_gap, ..Self::default() };
        for ((path, code), reached) in all.paths.into_iter().zip(all.files).zip(reached) {
            if reached {
                reading.add(path, code);
            }
        }
        Some(reading)
    }
}

/// Tokens between `class` and its brace.
const MOST_OF_HEAD: usize = 64;

/// Whether a file imports a class of its own organization (`com.acme`) that is not there.
fn imports_unread(code: &Code, files_of: &FxHashMap<&str, Vec<usize>>) -> bool {
    let package = (0..code.len()).find(|at| matches!(code.word(*at), "package" | "namespace"));
    let Some(own) = package.map(|at| (code.at(at + 1), code.at(at + 3))) else { return false };
    (0..code.len()).filter(|at| matches!(code.word(*at), "import" | "using")).any(|at| {
        let is_own = match code.language {
            Language::CSharp => code.at(at + 1) == own.0,
            Language::Python
            | Language::JavaScript
            | Language::Java
            | Language::Go
            | Language::Ruby
            | Language::Rust => (code.at(at + 1), code.at(at + 3)) == own,
        };
        let last =
            (at + 1..code.len()).find(|index| code.is(*index, ";")).map_or("", |end| code.word(end - 1));
        // `using` names a namespace, whose types are found by their names.
        is_own && code.language == Language::Java && !last.is_empty() && !files_of.contains_key(last)
    })
}
