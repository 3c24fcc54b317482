//! Templates that the real transform refuses are expanded as far as they can be.

use std::fs;

use lenslint::document::{Document, NodeId};

use super::{Corpus, expanded, files_below, resources, type_of};

#[test]
fn a_template_with_an_error_keeps_its_resources() {
    let Some([_, fixtures]) = Corpus::all() else { return };
    let is_error =
        |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("error_");
    let inputs: Vec<_> = files_below(&fixtures.inputs).into_iter().filter(is_error).collect();
    assert!(inputs.len() > 100, "only {} templates with errors", inputs.len());
    let mut lost = Vec::new();
    for path in &inputs {
        let text = fs::read_to_string(path).unwrap();
        let Some(document) = Document::parse(&path.to_string_lossy(), &text).document else { continue };
        let found = resources(expanded(path));
        for (id, type_name) in written(&document) {
            let is_there = if type_name.starts_with("AWS::Serverless::") {
                found.keys().any(|made| made.starts_with(&id))
            } else {
                found.get(&id).map(type_of).as_deref() == Some(type_name.as_str())
            };
            if !is_there {
                lost.push(format!("{}: {id} ({type_name})", path.display()));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// The resources that the author wrote, with their types.
fn written(document: &Document) -> Vec<(String, String)> {
    let Some(section) = document.value(document.root(), "Resources") else { return Vec::new() };
    let text = |node: NodeId| document.scalar(node).text.to_owned();
    let type_of = |body| document.value(body, "Type").map(text).filter(|text| !text.is_empty());
    document.entries(section).filter_map(|entry| Some((text(entry.key), type_of(entry.value)?))).collect()
}
