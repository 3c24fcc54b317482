//! The transform makes the resources that the real one makes, under the same ids and of the same types.

use std::collections::BTreeMap;

use super::differences::{Differences, Known};
use super::{Corpus, Resources, type_of};

#[test]
fn ids_and_types_are_the_transforms() {
    let Some(corpora) = Corpus::all() else { return };
    let mut differences = Differences::new();
    for corpus in corpora {
        let templates = corpus.templates();
        let before = differences.len();
        for template in &templates {
            let how = difference(&template.wanted, &template.found);
            if !how.is_empty() {
                differences.insert(format!("{}/{}", corpus.name, template.name), how);
            }
        }
        let (all, equal) = (templates.len(), templates.len() + before - differences.len());
        println!("{}: {equal} of {all} templates have the transform's ids and types", corpus.name);
    }
    Known::read("ids.tsv").assert_are(&differences);
}

/// What lacks (`-`) and what is too much (`+`), by type.
fn difference(wanted: &Resources, found: &Resources) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (sign, these, those) in [('-', wanted, found), ('+', found, wanted)] {
        for (id, resource) in these {
            let type_name = type_of(resource);
            if those.get(id).map(type_of).as_ref() != Some(&type_name) {
                *counts.entry(format!("{sign}{type_name}")).or_default() += 1;
            }
        }
    }
    let counts: Vec<String> = counts.into_iter().map(|(what, count)| format!("{what} {count}")).collect();
    counts.join(", ")
}
