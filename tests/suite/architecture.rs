//! The house rules that rustc cannot check: imports run downhill, every file says what it is.

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest floor first. A module may import those before it, never those after it.
const FLOORS: &[&str] = &[
    "corpus",
    "file",
    "names",
    "shown",
    "spelling",
    "date",
    "facts",
    "source",
    "document",
    "code",
    "guard",
    "template",
    "sam",
    "asl",
    "graph",
    "view",
    "finding",
    "baseline",
    "revision",
    "verdict",
    "rule",
    "suppress",
    "discover",
    "config",
    "engine",
    "parameters",
    "lint",
    "report",
    "draw",
    "cli",
    "main",
];

/// Pairs that the order would allow and the house does not.
const NEVER: &[(&str, &str)] = &[
    // Source is read whoever wants to know what it calls.
    ("code", "document"),
    // A tree of YAML or JSON, whatever it is about.
    ("document", "names"),
    // Templates know nothing of the language.
    ("template", "guard"),
    ("sam", "guard"),
    ("graph", "guard"),
    // A resource that SAM made and one that its author wrote are the same to the graph.
    ("graph", "sam"),
    // A finding or a page can be read, and printed, without a template at hand.
    ("finding", "template"),
    ("finding", "graph"),
    // What is known is known by its name, whatever is in the file.
    ("baseline", "document"),
    ("baseline", "template"),
    ("rule", "template"),
    ("rule", "graph"),
    // What is given is read without a template at hand.
    ("parameters", "template"),
    ("parameters", "graph"),
    ("parameters", "engine"),
    // A configuration names rules and files, whatever is in them; and no rule asks how it came to run.
    ("config", "document"),
    ("config", "template"),
    ("config", "graph"),
    ("config", "discover"),
    ("engine", "config"),
    // What an author suppresses is read from the text, whatever was found in it, and by nobody but the stages.
    ("suppress", "template"),
    ("suppress", "graph"),
    ("config", "suppress"),
    ("engine", "suppress"),
    // A file is judged by its bytes.
    ("discover", "document"),
    ("discover", "template"),
    // A format sees findings, not how they came about.
    ("report", "template"),
    ("report", "graph"),
    ("report", "engine"),
    ("report", "lint"),
    ("report", "suppress"),
    // A drawing shows the graph and the findings, not how they came about.
    ("draw", "engine"),
    ("draw", "lint"),
    ("draw", "suppress"),
];

#[test]
fn the_house_stands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaks = Vec::new();
    for file in rust_files(&root) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&root).unwrap().display().to_string().replace('\\', "/");
        if !text.starts_with("//!") {
            breaks.push(format!("{name}: does not open with //!"));
        }
        let here = module_of(&name);
        // What only tests see may borrow from above: a graph's tests build their templates with SAM.
        let is_test = name.ends_with("tests.rs") || name.contains("/tests/");
        if here == "lib" || is_test {
            continue;
        }
        let Some(floor_here) = floor(here) else {
            breaks.push(format!("{name}: `{here}` has no floor"));
            continue;
        };
        for there in imported(&text) {
            let uphill = floor(there).is_some_and(|floor| floor > floor_here);
            if uphill || NEVER.contains(&(here, there)) {
                breaks.push(format!("{name}: imports {there}"));
            }
        }
    }
    assert!(breaks.is_empty(), "{}", breaks.join("\n"));
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let text = "use crate::graph::{Edge, Node};\nuse crate::{names::Name, source::{FileId, Span}, view};\n\
                fn f() -> crate::template::Value { crate :: sam() }";
    assert_eq!(imported(text), ["graph", "names", "source", "view", "template"]);
}

fn module_of(file: &str) -> &str {
    first_word(file)
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|name| *name == module)
}

/// The first name after each `crate::`, also of each branch of `crate::{a::b, c}`.
fn imported(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(branches(group).into_iter().map(first_word)),
            None => names.push(first_word(rest)),
        }
    }
    names
}

/// The parts of `a::{b, c}, d}…` that the outermost commas separate, up to the brace that closes the group.
fn branches(group: &str) -> Vec<&str> {
    let mut branches = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                branches.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        if c == '}' && start == at + 1 {
            break;
        }
    }
    branches
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
