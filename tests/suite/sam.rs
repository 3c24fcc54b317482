//! The SAM transform over the corpus, held against what the real one makes of the same templates: ids and types,
//! the properties that rules read, templates with errors in them, and linting before and after.

mod differences;
mod equivalence;

mod errors;
mod ids;
mod masks;
mod properties;
mod wiring;

use std::fs;
use std::path::{Path, PathBuf};

use lenslint::lint::{Expanded, Input, expand};
use serde_json::{Map, Value};

/// Resources by their logical ids, as JSON.
type Resources = Map<String, Value>;

/// A folder of templates and the folder with what the real transform makes of them.
struct Corpus {
    /// What the exceptions call it.
    name: &'static str,
    inputs: PathBuf,
    expected: PathBuf,
}

/// A template that the real transform expands.
struct Template {
    /// Its path below the folder of templates, with `/`.
    name: String,
    /// What the real transform makes of it, with hashes masked.
    wanted: Resources,
    /// What is made of it here, with hashes masked.
    found: Resources,
}

impl Corpus {
    /// Both folders, or nothing where there is no corpus.
    fn all() -> Option<[Self; 2]> {
        let Some(corpus) = crate::corpus() else {
            println!("skipped: the corpus is not there");
            return None;
        };
        let fixtures = corpus.join("sam-fixtures");
        Some([
            Self {
                name: "patterns",
                inputs: corpus.join("patterns"),
                expected: corpus.join("patterns-expected"),
            },
            Self { name: "fixtures", inputs: fixtures.join("input"), expected: fixtures.join("expected") },
        ])
    }

    /// Every template that the real transform expands and that is there, in order.
    fn templates(&self) -> Vec<Template> {
        let expectations = files_below(&self.expected).into_iter();
        let templates: Vec<Template> = expectations.filter_map(|file| self.template(&file)).collect();
        assert!(templates.len() > 100, "{}: only {} templates", self.name, templates.len());
        templates
    }

    fn template(&self, expectation: &Path) -> Option<Template> {
        let name = expectation.strip_prefix(&self.expected).unwrap().with_extension("");
        let input = self.inputs.join(&name);
        if !input.is_file() {
            return None;
        }
        let expectation: Value = serde_json::from_str(&fs::read_to_string(expectation).unwrap()).unwrap();
        if expectation["status"] != "ok" {
            return None;
        }
        let wanted = masks::masked(expectation["resources"].as_object().unwrap());
        let found = masks::masked(&resources(expanded(&input)));
        Some(Template { name: name.to_str().unwrap().replace('\\', "/"), wanted, found })
    }
}

/// What `lenslint expand` makes of a file; null where it cannot be read.
fn expanded(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap();
    let shown = path.display().to_string();
    match expand(&Input { path: &shown, on_disk: Some(path), bytes: &bytes, given: None }) {
        Ok(Expanded { json, .. }) => json.unwrap_or_default(),
        Err(_) => Value::Null,
    }
}

/// The resources of an expansion.
fn resources(mut expansion: Value) -> Resources {
    match expansion.get_mut("Resources").map(Value::take) {
        Some(Value::Object(resources)) => resources,
        _ => Resources::new(),
    }
}

/// A type as a text; fixtures have types that are none.
fn type_of(resource: &Value) -> String {
    match &resource["Type"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Every file below a folder, in order.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
