//! A template and its expansion, written out as a plain template, have the same findings: a rule sees nothing of
//! SAM's own shapes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lenslint::document::{Document, Kind, NodeId, Typed};
use lenslint::finding::{Confidence, Finding};
use lenslint::lint::{Input, Linter, expand_with_provenance};
use lenslint::rule::{Catalogue, Profile, Selection, Selector};
use serde_json::{Map, Value};

use super::{Corpus, files_below, type_of};

/// A rule and the resource of the author's that it speaks of; none for what is in `Globals` or in another file.
type Said = BTreeSet<(String, Option<String>)>;

#[test]
fn a_template_and_its_expansion_have_the_same_findings() {
    let Some([patterns, _]) = Corpus::all() else { return };
    let selection = Selection {
        profile: Profile::Pedantic,
        select: vec![Selector::All],
        extend: Vec::new(),
        ignore: Vec::new(),
    };
    let linter = Linter::new(Catalogue::built_in(), selection, Confidence::Low);
    let mut differences: BTreeMap<String, String> = BTreeMap::new();
    let (mut templates, mut findings) = (0, 0);
    for path in files_below(&patterns.inputs) {
        let bytes = fs::read(&path).unwrap();
        let Some((plain, provenance)) = plain(&path, &bytes) else { continue };
        let before = said(&linter, &path, "template.yaml", &bytes, &Value::Null);
        let after = said(&linter, &path, "template.json", plain.as_bytes(), &provenance);
        templates += 1;
        findings += before.len();
        let how = difference(&before, &after);
        if !how.is_empty() {
            differences.insert(path.display().to_string(), how);
        }
    }
    println!("{templates} templates with {findings} findings, {} of them other after", differences.len());
    assert!(templates > 300 && findings > 200, "{templates} templates, {findings} findings");
    assert!(differences.is_empty(), "{differences:#?}");
}

/// What a template says before (`-`) or after (`+`) it is expanded, and not on the other side.
fn difference(before: &Said, after: &Said) -> String {
    // What is wrong in `Globals` is said once, there, and after the expansion of each resource.
    let is_moved = |rule: &String| before.contains(&(rule.clone(), None));
    let lacking = before.difference(after).filter(|(_, resource)| resource.is_some()).map(|said| ('-', said));
    let new = after.difference(before).filter(|(rule, _)| !is_moved(rule)).map(|said| ('+', said));
    let told: Vec<String> = lacking
        .chain(new)
        .map(|(sign, (rule, resource))| format!("{sign}{rule} {}", resource.as_deref().unwrap_or("?")))
        .collect();
    told.join(", ")
}

/// What is said of a template; a resource that the transform made counts as the one that it was made from.
fn said(linter: &Linter<'_>, on_disk: &Path, path: &str, bytes: &[u8], provenance: &Value) -> Said {
    let Some(checked) = linter.check(&Input { path, on_disk: Some(on_disk), bytes, given: None }) else {
        return Said::new();
    };
    let said = |Finding { rule, resource, .. }: Finding| {
        let resource = resource.map(|id| provenance[&id]["from"].as_str().map_or(id, str::to_owned));
        (rule, resource)
    };
    // What the linter has to say of a text itself (a key that stands twice) goes with the text.
    checked.findings.into_iter().filter(|finding| !finding.rule.starts_with("SLP0")).map(said).collect()
}

/// The expansion of a template as a template of its own, and where its resources come from.
fn plain(path: &Path, bytes: &[u8]) -> Option<(String, Value)> {
    let shown = path.display().to_string();
    let expanded =
        expand_with_provenance(&Input { path: &shown, on_disk: Some(path), bytes, given: None }).ok()?;
    let mut json = expanded.json?;
    let provenance = json.as_object_mut()?.remove("Provenance")?;
    let text = std::str::from_utf8(bytes).ok()?;
    let document = Document::parse(&shown, text).document?;
    for section in ["Parameters", "Mappings"] {
        if let Some(node) = document.value(document.root(), section) {
            json[section] = as_written(&document, node);
        }
    }
    let is_sam = |resource: &Value| type_of(resource).starts_with("AWS::Serverless::");
    // Without the transform it is a part of a template, of which nobody knows what `Globals` the whole has.
    transforms(&document).iter().find(|name| *name == "AWS::Serverless-2016-10-31")?;
    let is_left = json["Resources"].as_object()?.values().any(is_sam);
    let transforms: Vec<Value> = transforms(&document)
        .into_iter()
        .filter(|name| name != "AWS::LanguageExtensions" && (is_left || name != "AWS::Serverless-2016-10-31"))
        .map(Value::from)
        .collect();
    json["Transform"] = transforms.into();
    let resources = in_order(json.as_object_mut()?.remove("Resources")?, &provenance);
    let rest = json.to_string();
    Some((format!("{{\"Resources\": {resources}, {}", &rest[1..]), provenance))
}

/// The resources in the order of their author: what is said of several is said at the first.
fn in_order(resources: Value, provenance: &Value) -> String {
    let Value::Object(resources) = resources else { return "{}".to_owned() };
    let mut resources: Vec<(String, Value)> = resources.into_iter().collect();
    let place = |id: &str| ["line", "column"].map(|part| provenance[id][part].as_u64());
    resources.sort_by_cached_key(|(id, _)| place(id));
    let resources: Vec<String> =
        resources.iter().map(|(id, resource)| format!("{}: {resource}", Value::from(id.as_str()))).collect();
    format!("{{{}}}", resources.join(", "))
}

fn transforms(document: &Document) -> Vec<String> {
    let Some(node) = document.value(document.root(), "Transform") else { return Vec::new() };
    let nodes: Vec<NodeId> =
        if document.kind(node) == Kind::Sequence { document.items(node).collect() } else { vec![node] };
    nodes
        .into_iter()
        .map(|node| document.scalar(document.value(node, "Name").unwrap_or(node)).text.to_owned())
        .collect()
}

/// A section that has no intrinsics.
fn as_written(document: &Document, node: NodeId) -> Value {
    match document.kind(node) {
        Kind::Scalar => match document.scalar(node).typed() {
            Typed::Null => Value::Null,
            Typed::Bool(value) => value.into(),
            Typed::Int(value) => value.into(),
            Typed::Float(value) => value.into(),
            Typed::Text(text) => text.into(),
        },
        Kind::Sequence => document.items(node).map(|item| as_written(document, item)).collect(),
        Kind::Mapping => {
            let entries: BTreeMap<_, _> = document
                .entries(node)
                .map(|entry| (document.scalar(entry.key).text.to_owned(), as_written(document, entry.value)))
                .collect();
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
    }
}
