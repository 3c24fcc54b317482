//! Modules: the files of a program's own that a file asks for.

use std::path::{Path, PathBuf};

use super::Language;
use super::expression::Code;
use super::token::Kind;
use super::tree::{CodeTree, normal};

/// What a file asks for.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Files of the program's own, relative to the root.
    pub(super) files: Vec<PathBuf>,
    /// Packages of others, by their first name.
    pub(super) packages: Vec<String>,
    /// Whether something is asked for that is nowhere, or by a name that is made up on the way.
    pub(super) has_gap: bool,
}

/// Imports of one file: one with more is not written by hand.
const MOST_IMPORTS: usize = 1000;

/// What the file at `path` imports.
pub(super) fn imports(code: &Code, path: &Path, tree: &CodeTree<'_>) -> Imports {
    let mut imports = Imports::default();
    for at in 0..code.len() {
        // Each is looked for on the disk.
        if imports.files.len() + imports.packages.len() > MOST_IMPORTS {
            imports.has_gap = true;
            break;
        }
        match code.language {
            Language::Python => imports.python(code, at, path, tree),
            Language::JavaScript => imports.java_script(code, at, path, tree),
            Language::Ruby => imports.ruby(code, at, path, tree),
            Language::Java | Language::Go | Language::CSharp | Language::Rust => {}
        }
    }
    imports
}

impl Imports {
    fn python(&mut self, code: &Code, at: usize, path: &Path, tree: &CodeTree<'_>) {
        let word = code.word(at);
        if matches!(word, "__import__" | "import_module" | "exec") && code.is(at + 1, "(") {
            self.has_gap = true;
        }
        let starts = at == 0 || code.kind(at - 1) == Some(Kind::Newline) || code.follows(at, &[";", ":"]);
        if !starts || !matches!(word, "import" | "from") {
            return;
        }
        let mut next = at + 1;
        let mut dots = 0;
        while code.is(next, ".") || code.is(next, "...") {
            dots += code.at(next).len();
            next += 1;
        }
        if word == "import" {
            loop {
                let (module, after) = dotted(code, next);
                self.python_module(&module, &[], 0, path, tree);
                next = if code.word(after) == "as" { after + 2 } else { after };
                if !code.is(next, ",") {
                    break;
                }
                next += 1;
            }
            return;
        }
        let (module, after) =
            if code.word(next) == "import" { (Vec::new(), next) } else { dotted(code, next) };
        let mut names = Vec::new();
        let names_end = if code.is(after + 1, "(") { code.after(after + 1) } else { code.len() };
        for index in after + 1..names_end {
            match code.kind(index) {
                Some(Kind::Newline) if names_end == code.len() => break,
                Some(Kind::Word)
                    if index == after + 1
                        || code.follows(index, &[",", "("])
                        || code.kind(index - 1) == Some(Kind::Newline) =>
                {
                    names.push(code.at(index));
                }
                Some(Kind::Word | Kind::Newline | Kind::Sign | Kind::Text | Kind::Piece) => {}
                None => break,
            }
        }
        self.python_module(&module, &names, dots, path, tree);
    }

    /// A module and the names that are taken out of it, any of which may be a module too.
    fn python_module(
        &mut self,
        module: &[&str],
        names: &[&str],
        dots: usize,
        path: &Path,
        tree: &CodeTree<'_>,
    ) {
        let around = if dots == 0 { Some(Path::new("")) } else { path.ancestors().nth(dots) };
        let Some(around) = around else {
            self.has_gap = true;
            return;
        };
        if let Some(first) = module.first().filter(|_| dots == 0)
            && !tree.has(Path::new(&format!("{first}.py")))
            && !tree.has_folder(Path::new(first))
        {
            self.packages.push((*first).to_owned());
            return;
        }
        let mut folder = around.to_owned();
        let mut is_found = true;
        for part in module {
            let file = folder.join(format!("{part}.py"));
            folder.push(part);
            let package = folder.join("__init__.py");
            is_found = false;
            for file in [file, package] {
                if tree.has(&file) {
                    self.files.push(file);
                    is_found = true;
                }
            }
            // A folder is a package also without a file that says so.
            is_found |= tree.has_folder(&folder);
        }
        for name in names {
            for file in [folder.join(format!("{name}.py")), folder.join(name).join("__init__.py")] {
                if tree.has(&file) {
                    self.files.push(file);
                }
            }
        }
        self.has_gap |= !is_found;
    }

    fn java_script(&mut self, code: &Code, at: usize, path: &Path, tree: &CodeTree<'_>) {
        let named = match code.word(at) {
            "from" | "import" if code.kind(at + 1) == Some(Kind::Text) => at + 1,
            "require" | "import" if code.is(at + 1, "(") && !code.follows(at, &["."]) => {
                if code.kind(at + 2) != Some(Kind::Text) {
                    self.has_gap = true;
                    return;
                }
                at + 2
            }
            _ => return,
        };
        let name = code.at(named);
        if name.starts_with("./") || name.starts_with("../") || matches!(name, "." | "..") {
            let folder = path.parent().unwrap_or(Path::new(""));
            match normal(&folder.join(name)).and_then(|target| java_script_file(&target, tree)) {
                Some(file) if file.extension().is_some_and(|it| it == "json") => {}
                Some(file) => self.files.push(file),
                None => self.has_gap = true,
            }
        } else if name.starts_with(['/', '@', '~', '#']) && !is_scoped_package(name) {
            self.has_gap = true;
        } else {
            self.packages.push(name.to_owned());
        }
    }

    fn ruby(&mut self, code: &Code, at: usize, path: &Path, tree: &CodeTree<'_>) {
        let is_relative = match code.word(at) {
            "require_relative" => true,
            "require" | "load" if !code.follows(at, &[".", ":"]) => false,
            _ => return,
        };
        let named = at + 1 + usize::from(code.is(at + 1, "("));
        if code.kind(named) != Some(Kind::Text) {
            self.has_gap = true;
            return;
        }
        let name = code.at(named);
        let with_extension =
            |path: PathBuf| if path.extension().is_some() { path } else { path.with_extension("rb") };
        let folder = path.parent().unwrap_or(Path::new(""));
        let candidates = if is_relative {
            vec![folder.join(name)]
        } else {
            vec![PathBuf::from(name), Path::new("lib").join(name)]
        };
        let mut candidates = candidates.iter().filter_map(|path| normal(path)).map(with_extension);
        match candidates.find(|file| tree.has(file)) {
            Some(file) => self.files.push(file),
            None if is_relative || name.starts_with('.') || name.starts_with('/') => self.has_gap = true,
            None => self.packages.push(name.split('/').next().unwrap_or(name).to_owned()),
        }
    }
}

/// `@scope/name`, which an alias of a folder (`@/lib`) is not.
fn is_scoped_package(name: &str) -> bool {
    name.strip_prefix('@').is_some_and(|rest| !rest.starts_with('/') && rest.contains('/'))
}

/// The file that a path without an extension, or with that of what it is compiled to, means.
pub(super) fn java_script_file(target: &Path, tree: &CodeTree<'_>) -> Option<PathBuf> {
    let extensions = Language::JavaScript.extensions();
    if target.extension().is_some() && tree.has(target) {
        return Some(target.to_owned());
    }
    let appended = |extension: &&str| {
        let mut name = target.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        PathBuf::from(name)
    };
    let beside = extensions.iter().chain(&["json"]).map(appended);
    let replaced = ["ts", "mts", "cts", "tsx"].iter().map(|extension| target.with_extension(extension));
    let is_compiled =
        target.extension().is_some_and(|it| matches!(it.to_str(), Some("js" | "mjs" | "cjs" | "jsx")));
    let replaced = replaced.filter(|_| is_compiled);
    let inside = extensions.iter().map(|extension| target.join(format!("index.{extension}")));
    beside.chain(replaced).chain(inside).find(|file| tree.has(file))
}

/// `a.b.c`, and the token after it.
fn dotted(code: &Code, start: usize) -> (Vec<&str>, usize) {
    let mut parts = Vec::new();
    let mut at = start;
    while code.is_word(at) {
        parts.push(code.at(at));
        if !code.is(at + 1, ".") {
            return (parts, at + 1);
        }
        at += 2;
    }
    (parts, at)
}
