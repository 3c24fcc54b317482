//! A page's examples are its tests: each is a template, checked with that one rule.

use crate::finding::{Confidence, Finding, RunError};
use crate::rule::{Catalogue, Example, Page, Profile, Selection, Selector};
use crate::source::ColumnUnit;

use super::{Input, Linter};

/// What came of an example.
#[derive(Debug)]
pub struct ExampleResult {
    /// Whether it is a template at all.
    pub is_template: bool,
    /// The lines of the example, from 1, on which the rule fires, in order.
    pub fired: Vec<u32>,
    /// What it says there, each with its line: messages, what to write, and the words of labels.
    pub said: Vec<(u32, String)>,
    /// Findings of the linter's own, which an example of a rule should not have, each with its line.
    pub others: Vec<(u32, Finding)>,
    /// Why the rule cannot be evaluated over it.
    pub broken: Vec<RunError>,
}

impl ExampleResult {
    /// Whether the rule fires just where it should, and nothing else is wrong.
    pub fn is_as_marked(&self, example: &Example) -> bool {
        self.is_template && self.fired == example.fires && self.others.is_empty() && self.broken.is_empty()
    }
}

/// Runs a page of the catalogue, with all of its grades, over one of its examples.
pub fn run_example(catalogue: &Catalogue, page: &Page, example: &Example) -> ExampleResult {
    let selection = Selection {
        profile: Profile::Pedantic,
        select: vec![Selector::Rule(page.id.clone())],
        extend: Vec::new(),
        ignore: Vec::new(),
    };
    let path = if example.is_json { "template.json" } else { "template.yaml" };
    let linter = Linter::new(catalogue, selection, Confidence::Low);
    let mut result = ExampleResult {
        is_template: false,
        fired: Vec::new(),
        said: Vec::new(),
        others: Vec::new(),
        broken: Vec::new(),
    };
    let checked = linter.check(&Input { path, on_disk: None, bytes: example.text.as_bytes(), given: None });
    let Some(checked) = checked else { return result };
    result.is_template = true;
    result.broken = checked.broken;
    for finding in checked.findings {
        let start = finding.primary.location.span.start;
        let line = checked.sources[0].position(start, ColumnUnit::CodePoints).line;
        if finding.rule == page.id {
            result.fired.push(line);
            let Finding { message, help, primary, related, path, .. } = finding;
            let labels = related.into_iter().chain(path).chain([primary]).map(|label| label.message);
            let said = [message].into_iter().chain(help).chain(labels);
            result.said.extend(said.map(|text| (line, text)));
        } else {
            result.others.push((line, finding));
        }
    }
    result.fired.sort_unstable();
    result
}
